"""What the settings of several stages are made of."""
