"""Steps 2.3, 2.4, 4 and 5.4 to 5.5."""
