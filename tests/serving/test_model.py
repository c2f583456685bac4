"""An exported model labels images as the pipeline's predictions do."""
