"""The outputs: layers, rasters, maps and tables. Nothing here computes a statistic."""
