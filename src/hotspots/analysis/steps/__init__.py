"""The steps of an analysis; the command line takes one at a time, a recipe several, and both do it here."""
