"""What became of areas in which something was done, beside those in which nothing was."""
