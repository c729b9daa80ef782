"""Which figures of a table of people to hide."""
