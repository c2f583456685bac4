"""Step 3: classifiers learn the clean majority of the labels, and select these (method 9)."""
