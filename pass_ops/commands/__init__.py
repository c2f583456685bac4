"""The stages on the command line: `pass-ops <stage>`."""
