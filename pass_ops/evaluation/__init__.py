"""Metrics, threshold curve, diagnostics and reports (method 7.2, 15).

The only package, with the threshold search, that may read class folders and masks (method 0.5).
"""
