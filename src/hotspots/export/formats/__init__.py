"""Layers in the formats of other programs."""
