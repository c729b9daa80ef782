"""Get data over a network, when asked: incidents, areas, populations and deprivation, into the cache, by name.

Nothing else of the toolkit uses a network, and nothing below this room knows of it: other commands find what was
fetched by its name, through `hotspots.base.named`.
"""
