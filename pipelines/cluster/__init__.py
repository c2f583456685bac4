"""Sending a pipeline to a KFP server."""
