"""The benchmark's other protocols: distance matching, and what its server takes."""
