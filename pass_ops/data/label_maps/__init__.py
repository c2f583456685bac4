"""Label maps as an artifact: predictions and pseudo-labels, one map of ids per image.

A folder: tar shards of one-channel 16-bit PNG, `manifest.parquet` (key, shard, offset, bytes,
height, width, sha256) and `meta.json` (what the ids mean: label space, threshold, …).
"""
