"""Whether there is room for what a stage writes, before it begins (docs/architecture.md)."""
