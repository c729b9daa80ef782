"""Kernel density."""
