"""Step 2.2: pooled descriptors and k-means."""
