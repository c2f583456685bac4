"""The synthetic set of shapes."""
