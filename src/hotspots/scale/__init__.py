"""Counting in batches and on several machines, to the same result."""
