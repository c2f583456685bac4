"""Batches for networks, made ahead by processes or threads.

Their order and random numbers do not depend on how many there are. Jittor 1.3.11's own loader
shuffles with the same seed in every run, changes the order with its workers, and a worker's
exception kills the process.
"""
