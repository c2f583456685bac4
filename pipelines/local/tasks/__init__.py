"""The tasks of a run: at the same time, told about, measured."""
