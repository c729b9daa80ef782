"""Reading incidents: points with a category and a month, and the account of every row.

The incidents table is a DataFrame with `x` and `y` in metres (missing where a row has no coordinates),
`category`, `month`, `weight`, and `date` and `lsoa_code` where the source has them. Its index is the row's
number over all sources, and ``attrs["crs"]`` names the reference system.
"""

from hotspots.incidents.quality import QualityReport
from hotspots.incidents.reading import coordinates, read_incidents, select_incidents, to_points

__all__ = ["QualityReport", "coordinates", "read_incidents", "select_incidents", "to_points"]
