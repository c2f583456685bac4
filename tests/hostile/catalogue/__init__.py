"""Hostile files by what they attack, each kind with a name and its bytes."""
