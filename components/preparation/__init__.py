"""Settings, data set and registered models."""
