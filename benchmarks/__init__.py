"""Races against named peers: `make bench ONLY=NAME`. Each prints one line of JSON per metric."""
