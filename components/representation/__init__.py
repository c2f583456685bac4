"""Steps 1 and 2.1."""
