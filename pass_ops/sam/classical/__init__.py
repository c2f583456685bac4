"""A promptable segmenter without weights, from classical image processing."""
