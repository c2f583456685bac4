"""Two runs side by side: what was set otherwise, and what came out."""
