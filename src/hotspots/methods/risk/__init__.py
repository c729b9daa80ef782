"""How likely it is that an area's rate is far over that of all areas together."""
