"""Jittor's headers, compiled once for all of its files and kernels."""
