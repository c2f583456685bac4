"""Files and objects: whole or not at all, and verified."""
