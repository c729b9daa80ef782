"""Lets ``python -m hotspots_cli`` stand for ``hotspots``."""

from hotspots_cli.main import main

main()
