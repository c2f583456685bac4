"""What others made: lock files, licences, and lists of what images contain."""
