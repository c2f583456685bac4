"""Checking a set in ImageNet-S layout, and packing it into shards."""
