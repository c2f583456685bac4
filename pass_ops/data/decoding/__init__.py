"""What is looked at in a picture's file before a decoder sees it: JPEG and PNG, nothing else."""
