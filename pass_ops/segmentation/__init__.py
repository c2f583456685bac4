"""Steps 5 and 6: training a segmenter on pseudo-labels, choosing a checkpoint, predicting."""
