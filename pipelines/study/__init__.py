"""Studies: settings × data sets × seeds, each a local run, and one table of what came out."""
