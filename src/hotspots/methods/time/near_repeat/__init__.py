"""Near repeat: whether incidents that are near in place are near in time too."""
