"""The one graph: which stages follow each other, and what they hand on (method 2.1).

Each function here is wiring: it makes stages and passes their outputs to others. A recorder runs it
for the command line (`graph.recorder`), KFP's compiler for a cluster (`pipelines.steps`).
"""
