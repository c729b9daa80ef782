"""How many incidents each area has, and the rate."""
