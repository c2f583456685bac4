"""What a training goes on from when its process was ended (docs/checkpoints.md)."""
