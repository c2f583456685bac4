"""A training in several processes, the ranks of MPI, each of which computes its rows of every
batch.
"""
