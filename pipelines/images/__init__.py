"""Building the images of stages, and naming them in a compiled pipeline."""
