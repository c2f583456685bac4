"""The wiring: sub-pipelines of the training and the evaluation pipeline."""
