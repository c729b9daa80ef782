"""Run a recipe, from its files to all that is in them."""
