"""Data sets in ImageNet-S layout: reading, packing, checking, and the synthetic set."""
