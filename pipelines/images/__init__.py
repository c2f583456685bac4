"""Building the images, and the digests that a compiled pipeline refers to."""
