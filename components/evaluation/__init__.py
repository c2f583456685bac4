"""Scores, diagnostics and reports."""
