"""Wiring of the components into pipelines, and the ways to run them."""
