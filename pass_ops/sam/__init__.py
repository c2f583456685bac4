"""Promptable segmentation: Segment Anything in Jittor and its substitutes (method 16)."""
