"""Folders of label PNGs, of anyone."""
