"""The hotspots command."""
