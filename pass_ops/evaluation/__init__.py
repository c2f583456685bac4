"""Matching clusters to classes, metrics, threshold curve, diagnostics, pictures and report (ALGORITHMS 7.2, 15).

The only package, with the threshold search, that may read class folders and masks (ALGORITHMS 0.5).
"""
