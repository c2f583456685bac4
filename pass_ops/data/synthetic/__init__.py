"""The synthetic set of shapes."""

DRAWN_SET = "synthetic"
"""What runs call it, which is drawn where they are given no set."""
