"""The statistics: each takes a table and returns one on the same index."""
