"""What benchmarks share, and what runs in processes of its own."""
