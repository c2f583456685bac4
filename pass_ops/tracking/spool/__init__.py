"""What stages record, kept on disk until the MLflow server has it."""
