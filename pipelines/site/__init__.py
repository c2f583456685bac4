"""What `make docs` adds to the pages of `docs/`: pages of stages, and those beyond it."""
