"""Pages to read and print."""
