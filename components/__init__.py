"""KFP components: one per stage, each a typed signature and one call into `pass_ops`."""
