"""The networks of Segment Anything."""
