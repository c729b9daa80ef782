"""The Getis-Ord statistics Gi and Gi*."""
