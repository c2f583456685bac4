"""Steps 2.3 and 2.4: threshold search on validation, coarse pixel labels, points and image labels
for training.
"""
