"""What `make docs` adds to the pages of `docs/`: a page of each stage, and those beyond the folder."""
