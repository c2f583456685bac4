"""The S3 and MLflow servers of a run on one machine."""
