"""Whether a hotspot depends on the choices behind it."""
