"""When: what is unusual, at what hours, and what is changing."""
