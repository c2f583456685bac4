"""What a stage records while it runs, and where it is kept: MLflow, or nowhere."""
