"""Steps 2.3, 2.4, 4.3 to 4.5 and 5.4, 5.5: pixel labels for training, and their refinement."""
