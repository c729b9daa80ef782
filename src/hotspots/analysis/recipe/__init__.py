"""One TOML file is one analysis: its tables are the steps, its keys the functions' keywords."""
