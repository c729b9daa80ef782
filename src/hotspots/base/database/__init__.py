"""Tables and SELECTs of PostgreSQL and DuckDB, named by an address."""
