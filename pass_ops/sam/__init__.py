"""Promptable segmentation: Segment Anything in Jittor and its substitutes (ALGORITHMS 16)."""
