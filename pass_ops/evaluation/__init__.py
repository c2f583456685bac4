"""Matching clusters to classes, metrics, threshold curve, diagnostics, pictures and report
(method 7.2, 15).

The only package, with the threshold search, that may read class folders and masks (method 0.5).
"""
