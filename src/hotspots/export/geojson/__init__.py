"""GeoJSON as RFC 7946 wants it."""
