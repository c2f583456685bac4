"""Steps 5.1 to 5.3, 6.1 and 6.2."""
