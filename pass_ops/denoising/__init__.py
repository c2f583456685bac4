"""Step 3: classifiers that learn the clean majority of the cluster labels, and what is kept of
these (method 9).
"""
