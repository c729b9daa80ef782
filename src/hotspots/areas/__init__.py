"""Reading areas, making cells, and telling which area a point is in and which areas touch."""
