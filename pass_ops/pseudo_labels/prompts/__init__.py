"""Steps 4.4, 4.5, 5.4 and 5.5: prompts, the masks that come back, and painting them."""
