"""What a folder gives away: read back from its files, and solved for."""
