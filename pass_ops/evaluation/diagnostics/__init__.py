"""What features, image labels and label maps are worth after each step, and baselines."""
