"""What is to be done with every batch of incidents, wherever it is read."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import shapely

from hotspots.areas.gate import as_areas, code_order
from hotspots.areas.locate.index import AreaIndex
from hotspots.base.codes import as_code
from hotspots.base.crs import parse_crs
from hotspots.base.errors import HotspotsWarning, ParameterError
from hotspots.counting.counts import By, Per
from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.files import IncidentFile
from hotspots.incidents.filters import Words, month_range
from hotspots.incidents.sources import CSV, PARQUET, Source
from hotspots.incidents.tables import Places, place_rows
from hotspots.scale.rows import (
    AGREES,
    CODED,
    LOCATED,
    PLACED_ROW,
    ROW,
    SPOT,
    WANTED,
    WITH_ID,
    Filters,
    Table,
    Tally,
    category_of,
    describe_rows,
    dictionary,
    first_of_each,
    month_of,
    only_places,
    place_keys,
    text_hash,
)

if TYPE_CHECKING:
    import geopandas as gpd

# A row of a police.uk CSV has about 230 bytes.
_CSV_ROW_BYTES = 230
_SETTINGS = ("source_crs", "x", "y", "category_column", "month_column", "weight_column")


@dataclass(frozen=True)
class Job:
    """What to do with every batch; the same on every machine that takes part.

    Attributes
    ----------
    geometries : ndarray of shapely geometries, codes : Index
        The areas.
    crs : CRS
        Of the areas, and so of the coordinates.
    by, per, filters, source_crs
        As asked for.
    named : ColumnNames
        The columns that were named.
    points : int
        About how many rows there are.
    order : ndarray of int64 or None
        Positions of the areas in the order that decides shared borders; None where it is their own.
    with_coordinates : bool
        Whether rows keep their coordinates and weight.
    """

    geometries: npt.NDArray[np.object_]
    codes: pd.Index
    crs: Any
    by: By
    per: Per | None
    filters: Filters
    source_crs: Any
    named: ColumnNames
    points: int
    order: npt.NDArray[np.int64] | None = None
    with_coordinates: bool = False

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the rows."""
        return PLACED_ROW if self.with_coordinates else ROW

    def index(self) -> AreaIndex | None:
        """Return the index of the areas, where places are to be looked up in it."""
        if self.by == "code" or self.with_coordinates:
            return None
        return AreaIndex(self.geometries, points=self.points, order=self.order)

    def rows(self, file: IncidentFile, table: pa.Table, index: AreaIndex | None, tally: Tally) -> Table:
        """Turn a batch of one file into rows, and note in the tally what rows do not carry."""
        x, y = table.column("x").to_numpy(), table.column("y").to_numpy()
        with warnings.catch_warnings():
            # Rows whose coordinates cannot be are summed up and announced once, at the end.
            warnings.simplefilter("ignore", HotspotsWarning)
            places = place_rows(only_places(file, table), source_crs=self.source_crs, crs=self.crs)
        if places.transformation:
            tally.transformations[places.transformation] = None
        tally.out_of_range += places.out_of_range
        rows = np.empty(len(x), dtype=self.dtype)
        rows["place"] = place_keys(x, y, places, text_hash(places.transformation or ""))
        rows["key"], rows["cell"], _ = describe_rows(table, rows["place"], self.filters, tally)
        recorded = self._recorded(file, table, tally, (rows["cell"] & WANTED) > 0)
        if index is None:
            rows["area"] = recorded
        else:
            # Number -1, no coordinates, takes the last entry.
            found = np.append(index.locate(places.distinct_x, places.distinct_y), np.int32(-1))
            rows["area"] = found[places.number]
            both = (recorded >= 0) & (rows["area"] >= 0)
            rows["cell"] |= both * CODED | (both & (recorded == rows["area"])) * AGREES
        self._note_extent(rows, places, tally)
        if self.with_coordinates:
            rows["x"], rows["y"] = places.x, places.y
            rows["weight"] = table.column("weight").to_numpy()
        return rows

    def _note_extent(self, rows: Table, places: Places, tally: Tally) -> None:
        wanted = (rows["cell"] & (WANTED | LOCATED)) == (WANTED | LOCATED)
        if not wanted.any():
            return
        x, y = places.x[wanted], places.y[wanted]
        west, south, east, north = shapely.total_bounds(self.geometries)
        tally.near += int(np.count_nonzero((x >= west) & (x <= east) & (y >= south) & (y <= north)))
        tally.widen(float(x.min()), float(y.min()), float(x.max()), float(y.max()))

    def _recorded(
        self, file: IncidentFile, table: pa.Table, tally: Tally, wanted: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.int64]:
        """Return the position of the area whose code each row recorded; -1 for none of them."""
        if file.columns.lsoa_code is None:
            return np.full(table.num_rows, -1)
        texts, codes = dictionary(table.column("lsoa_code"))
        # One code more, for rows without one.
        used = np.bincount(codes[wanted] + 1, minlength=len(texts) + 1)[1:]
        tally.codes.update(text for text, n in zip(texts, used.tolist(), strict=True) if n)
        return np.append(
            self.codes.get_indexer(pd.Index([as_code(text) for text in texts], dtype="str")), -1
        )[codes]

    def tally(self) -> Tally:
        """Return an empty tally."""
        return Tally(areas=len(self.codes))

    def settle(self, rows: Table, tally: Tally) -> Table:
        """Count rows that are not repeats, and return what is to be known of their places."""
        if self.per == "category":
            split = category_of(rows["cell"]).astype(np.int64)
        elif self.per is None:
            split = np.zeros(len(rows), dtype=np.int64)
        else:
            split = month_of(rows["cell"])
        tally.add_rows(rows, split)
        located = LOCATED | WANTED
        kept = rows[(rows["cell"] & located) == located]
        spots = np.empty(len(kept), dtype=SPOT)
        spots["place"] = kept["place"]
        spots["same"] = np.where((kept["cell"] & WITH_ID) > 0, np.uint64(0), kept["key"])
        return spots

    def settle_drawer(self, rows: Table, tally: Tally) -> tuple[Table, Table]:
        """Keep the first row of each Crime ID; return the rows kept, and `settle`'s account of their places."""
        kept = first_of_each(rows)
        tally.duplicates += len(rows) - len(kept)
        return kept, self.settle(kept, tally)


def make_job(
    sources: Sequence[Source],
    areas: gpd.GeoDataFrame,
    *,
    per: Per | None,
    by: By,
    category: Words,
    exclude: Words,
    period: Any,
    settings: dict[str, Any],
    with_coordinates: bool = False,
) -> Job:
    """Check what was asked for, and say what is to be done with every batch."""
    if by not in ("polygon", "code"):
        raise ParameterError(f"'by' is '{by}'", hint="use 'polygon' or 'code'")
    if per not in (None, "category", "month", "year"):
        raise ParameterError(f"'per' is '{per}'", hint="use 'category', 'month' or 'year'")
    if unknown := set(settings) - set(_SETTINGS):
        raise TypeError(f"unexpected keyword argument '{min(unknown)}'")
    x, y = settings.get("x"), settings.get("y")
    if (x is None) != (y is None):
        raise ParameterError("only one of 'x' and 'y' is given", hint="name both columns, or neither")
    month_range(period)
    areas = as_areas(areas, crs="metres")
    return Job(
        geometries=areas.geometry.to_numpy(),
        codes=areas.index.astype("str"),
        crs=parse_crs(areas.crs),
        by=by,
        per=per,
        filters=Filters(category, exclude, period),
        source_crs=settings.get("source_crs"),
        named=ColumnNames(
            x=x,
            y=y,
            category=settings.get("category_column"),
            month=settings.get("month_column"),
            weight=settings.get("weight_column"),
        ),
        points=estimate_rows(sources),
        order=code_order(areas.index),
        with_coordinates=with_coordinates,
    )


def estimate_rows(sources: Sequence[Source]) -> int:
    """Return about how many rows some files have, by their size."""
    return max(sum(_estimate(source) for source in sources), 1)


def _estimate(source: Source) -> int:
    if source.suffix in PARQUET:
        import pyarrow.parquet as pq

        try:
            return int(pq.read_metadata(source.path).num_rows)
        except (pa.ArrowInvalid, OSError):
            # Reading it will say what is wrong.
            return 0
    if source.member is not None:
        with zipfile.ZipFile(source.path) as archive:
            return archive.getinfo(source.member).file_size // _CSV_ROW_BYTES
    size = source.path.stat().st_size
    return size // (_CSV_ROW_BYTES if source.suffix in CSV else 2 * _CSV_ROW_BYTES)
