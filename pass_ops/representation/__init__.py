"""Steps 1 and 2.1: self-supervised pre-training and pixel attention."""
