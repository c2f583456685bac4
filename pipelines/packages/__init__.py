"""What becomes of a compiled pipeline before a cluster gets it."""
