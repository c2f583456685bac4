"""Scores at every attention threshold, and thresholds chosen by them or without labels."""
