"""Weights in files of anyone's: read without running anything, checked by name, shape and value."""
