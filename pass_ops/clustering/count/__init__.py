"""How many clusters a data set falls into (method 6.7)."""
