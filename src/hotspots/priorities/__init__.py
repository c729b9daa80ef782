"""From indicators to a short, defended list of areas."""
