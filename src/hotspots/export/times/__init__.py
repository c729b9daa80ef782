"""Grids of times, such as weekday by hour: what they hold, the page and the picture of one."""
