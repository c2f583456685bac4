"""Counts of images, matching of clusters to classes, and the benchmark's metrics."""
