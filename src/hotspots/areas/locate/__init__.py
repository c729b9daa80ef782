"""Which area a point is in, exactly."""
