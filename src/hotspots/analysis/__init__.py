"""A recipe and what it comes to."""
