"""What is to be done with every batch of incidents, wherever it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import shapely

from hotspots.areas.gate import as_areas, code_order
from hotspots.areas.locate.index import AreaIndex
from hotspots.base.codes import as_code
from hotspots.base.crs import parse_crs
from hotspots.base.errors import ParameterError
from hotspots.counting.belonging import By
from hotspots.counting.counts import Per
from hotspots.incidents.cells import dictionary
from hotspots.incidents.columns import SETTINGS, ColumnNames
from hotspots.incidents.dates import ORDERS
from hotspots.incidents.files import IncidentFile
from hotspots.incidents.filters import Words, month_range
from hotspots.incidents.opening import open_incidents
from hotspots.incidents.places import Places, place_rows
from hotspots.incidents.repeats import downloaded_again, repeated_ids, shared_rows, without_copies
from hotspots.incidents.sources import CSV, PARQUET, Source, find_sources
from hotspots.scale.rows import (
    AGREES,
    CODED,
    INSIDE,
    KNOWN,
    LOCATED,
    PLACED_ROW,
    PLACED_SPOT,
    RECORDED,
    ROW,
    SPOT,
    WANTED,
    WEIGHTED_ROW,
    WITH_ID,
    Filters,
    Placing,
    Table,
    Tally,
    category_of,
    code_number,
    describe_rows,
    month_of,
    stray_number,
    what_is,
)

if TYPE_CHECKING:
    import geopandas as gpd

# A row of a police.uk CSV has about 230 bytes.
_CSV_ROW_BYTES = 230


@dataclass(frozen=True, eq=False)
class Layer:
    """Areas that rows are counted in beside those of the job.

    Attributes
    ----------
    geometries, codes, by, order
        As of a `Job`.
    """

    geometries: npt.NDArray[np.object_]
    codes: pd.Index
    by: By
    order: npt.NDArray[np.int64] | None = None

    @classmethod
    def of(cls, areas: gpd.GeoDataFrame, by: By) -> Layer:
        """Return areas as a layer."""
        areas = as_areas(areas, crs="metres")
        return cls(areas.geometry.to_numpy(), areas.index.astype("str"), by, code_order(areas.index))


@dataclass(frozen=True, eq=False)
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
    several : bool
        Whether there are several files, which may hold the same month.
    beside : tuple of Layer
        Further areas that the same rows are counted in.
    shared : dict
        The months of files that another file holds too, each with the first of these files.
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
    several: bool = False
    beside: tuple[Layer, ...] = ()
    shared: Mapping[tuple[int, int], int] = field(default_factory=dict)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the rows."""
        weighted = ROW if self.named.weight is None else WEIGHTED_ROW
        own = PLACED_ROW if self.with_coordinates else weighted
        return np.dtype([*own.descr, ("beside", "i8", (len(self.beside),))]) if self.beside else own

    @property
    def spot_dtype(self) -> np.dtype[Any]:
        """Of what is to be known of the places of rows."""
        return PLACED_SPOT if self.with_coordinates else SPOT

    @property
    def shared_dtype(self) -> np.dtype[Any]:
        """Of rows of months that files share: with their file and the first that shares it."""
        return np.dtype([*self.dtype.descr, ("file", "i4"), ("group", "i4")])

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All areas that rows are counted in; the first are the job's own."""
        return (Layer(self.geometries, self.codes, self.by, self.order), *self.beside)

    def indexes(self) -> list[AreaIndex]:
        """Return the index of each of the layers."""
        # By code, places are looked up of codes that no area has alone: a grid would take longer to build.
        return [
            AreaIndex(layer.geometries, points=self.points if layer.by == "polygon" else 0, order=layer.order)
            for layer in self.layers
        ]

    def rows(
        self,
        file: IncidentFile,
        number: int,
        table: pa.Table,
        indexes: Sequence[AreaIndex],
        tally: Tally,
    ) -> tuple[Table, Table, Table]:
        """Turn a batch of one file into rows, and note in the tally what rows do not carry.

        Returns
        -------
        settled, named, shared : ndarray
            Rows that are counted as they are; rows with a Crime ID, and rows of months that files share, of
            which those that repeat others are yet to be found.
        """
        places = place_rows(Placing.of(file, table), source_crs=self.source_crs, crs=self.crs)
        if places.transformation:
            tally.transformations[places.transformation] = None
        tally.notes |= dict.fromkeys(places.notes)
        tally.doubts = places.doubts | tally.doubts
        tally.out_of_range += places.out_of_range
        tally.out_of_range_example = tally.out_of_range_example or places.out_of_range_example
        rows = np.empty(table.num_rows, dtype=self.dtype)
        rows["place"] = places.key
        rows["key"], rows["cell"], with_id = describe_rows(table, rows["place"], self.filters, tally)
        recorded = self._recorded(file, table, tally, (rows["cell"] & WANTED) > 0)
        if self.by == "code":
            rows["area"] = recorded
            rows["cell"] |= _inside(recorded, places, indexes[0]) * INSIDE
        else:
            rows["area"] = _located(places, indexes[0])
            both = (recorded >= 0) & (rows["area"] >= 0)
            rows["cell"] |= both * CODED | (both & (recorded == rows["area"])) * AGREES
        rows["cell"] |= (recorded != -1) * RECORDED | (recorded >= 0) * KNOWN
        for place, layer in enumerate(self.beside):
            rows["beside"][:, place] = self._beside(layer, file, table, places, indexes[1 + place])
        self._note_extent(rows, places, tally)
        if self.with_coordinates:
            rows["x"], rows["y"] = places.x, places.y
        if "weight" in (self.dtype.names or ()):
            rows["weight"] = table.column("weight").to_numpy()
        months = table.column("month").to_numpy()
        tally.dated = tally.dated or not np.isnat(_days(table)).all()
        if self.several and not self.shared:
            tally.sketches.add(number, months[~with_id], rows["key"][~with_id])
        shared = self._shared(rows, number, months, ~with_id)
        settled = ~with_id
        settled[shared[1]] = False
        return rows[settled], rows[with_id], shared[0]

    def _beside(
        self, layer: Layer, file: IncidentFile, table: pa.Table, places: Places, index: AreaIndex
    ) -> npt.NDArray[np.int64]:
        """Return the area of each row in a layer beside; see `stray_number` for codes that no area has."""
        if layer.by == "polygon":
            return _located(places, index).astype(np.int64)
        if file.columns.lsoa_code is None:
            return np.full(table.num_rows, -1)
        texts, codes = dictionary(table.column("lsoa_code"))
        recorded = np.append(_positions(texts, layer.codes), -1)[codes]
        stray = recorded < -1
        recorded[stray] = stray_number(recorded[stray], _inside(recorded, places, index)[stray])
        return recorded

    def _shared(
        self, rows: Table, number: int, months: npt.NDArray[np.int64], without_id: npt.NDArray[np.bool_]
    ) -> tuple[Table, npt.NDArray[np.int64]]:
        mine = {(0, month): first for (file, month), first in self.shared.items() if file == number}
        chosen, group = shared_rows(mine, np.zeros(len(rows), dtype=np.int64), months, without_id)
        shared = np.empty(len(chosen), dtype=self.shared_dtype)
        for name in rows.dtype.names or ():
            shared[name] = rows[name][chosen]
        shared["file"], shared["group"] = number, group
        return shared, chosen

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
        """Return the position of the area whose code each row recorded; -1 for no code, less for no area's."""
        if file.columns.lsoa_code is None:
            return np.full(table.num_rows, -1)
        texts, codes = dictionary(table.column("lsoa_code"))
        # One code more, for rows without one.
        used = np.bincount(codes[wanted] + 1, minlength=len(texts) + 1)[1:]
        tally.codes.update(text for text, n in zip(texts, used.tolist(), strict=True) if n)
        return np.append(_positions(texts, self.codes), -1)[codes]

    def tally(self) -> Tally:
        """Return an empty tally."""
        return Tally(areas=len(self.codes), weighted=self.named.weight is not None)

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
        spots = np.empty(len(kept), dtype=self.spot_dtype)
        for name in set(spots.dtype.names or ()) - {"same"}:
            spots[name] = kept[name]
        spots["same"] = np.where((kept["cell"] & WITH_ID) > 0, np.uint64(0), kept["key"])
        return spots

    def settle_named(self, rows: Table, tally: Tally) -> tuple[Table, Table]:
        """Drop the repeats among all rows of some Crime IDs; return the rows kept, and `settle`'s account of them."""
        repeated, recurring = repeated_ids(
            rows["key"], what_is(rows["cell"]), rows["place"], shared=bool(self.shared)
        )
        tally.add_repeats(rows[repeated])
        tally.recurring_ids += int(np.count_nonzero(recurring))
        kept = rows[~repeated]
        return kept, self.settle(kept, tally)

    def settle_shared(self, rows: Table, tally: Tally) -> tuple[Table, Table]:
        """Drop the rows that an earlier file has; return the rows kept, and `settle`'s account of their places."""
        again = downloaded_again(rows["key"], rows["file"], rows["group"])
        tally.overlap += int(np.count_nonzero(again))
        kept = np.empty(len(rows) - int(again.sum()), dtype=self.dtype)
        for name in kept.dtype.names or ():
            kept[name] = rows[name][~again]
        return kept, self.settle(kept, tally)


def _positions(texts: Sequence[str], codes: pd.Index) -> npt.NDArray[np.int64]:
    """Return the position of the area of each recorded code; less than -1, its `code_number`, for no area's."""
    plain = [as_code(text) for text in texts]
    positions = codes.get_indexer(pd.Index(plain, dtype="str")).astype(np.int64)
    for strange in np.flatnonzero(positions < 0):
        positions[strange] = code_number(plain[strange])
    return positions


def _days(table: pa.Table) -> npt.NDArray[np.datetime64]:
    """Return the day of each row; NaT for none."""
    days: npt.NDArray[np.datetime64] = table.column("date").to_numpy().astype("datetime64[s]")
    return days


def _located(places: Places, index: AreaIndex) -> npt.NDArray[np.int32]:
    """Return the position of the area in which each row lies; -1 for none."""
    # Number -1, no coordinates, takes the last entry.
    found = np.append(index.locate(places.distinct_x, places.distinct_y), np.int32(-1))
    area: npt.NDArray[np.int32] = found[places.number]
    return area


def _inside(recorded: npt.NDArray[np.int64], places: Places, index: AreaIndex) -> npt.NDArray[np.bool_]:
    """Return which rows recorded a code that no area has, and lie inside one."""
    strange = (recorded < -1) & (places.number >= 0)
    if not strange.any():
        return np.zeros(len(recorded), dtype=bool)
    number, distinct = pd.factorize(places.number[strange])
    inside = index.locate(places.distinct_x[distinct], places.distinct_y[distinct]) >= 0
    strange[strange] = inside[number]
    return strange


class Opened(NamedTuple):
    """Files of incidents, opened and not read, and what is to be done with every batch of them.

    Attributes
    ----------
    job : Job
        What is to be done.
    files : list of IncidentFile
        The files, without copies of others.
    copies : tuple of str
        What is to be said of the copies.
    """

    job: Job
    files: list[IncidentFile]
    copies: tuple[str, ...]


def open_job(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    *,
    per: Per | None = None,
    by: By = "polygon",
    category: Words = None,
    exclude: Words = None,
    period: Any = None,
    compared: tuple[str, ...] = (),
    with_coordinates: bool = False,
    beside: Sequence[Layer] = (),
    **settings: Any,
) -> Opened:
    """Check what was asked for, as `hotspots.count_stream` takes it, and open the files."""
    sources = find_sources(source)
    job = _make_job(
        sources,
        areas,
        per=per,
        by=by,
        filters=Filters(category, exclude, period, compared),
        settings=settings,
        with_coordinates=with_coordinates,
        beside=tuple(beside),
    )
    return Opened(job, *without_copies(open_incidents(sources, job.named)))


def _make_job(
    sources: Sequence[Source],
    areas: gpd.GeoDataFrame,
    *,
    per: Per | None,
    by: By,
    filters: Filters,
    settings: dict[str, Any],
    with_coordinates: bool,
    beside: tuple[Layer, ...],
) -> Job:
    """Check what was asked for, and say what is to be done with every batch."""
    if by not in ("polygon", "code"):
        raise ParameterError(f"'by' is '{by}'", hint="use 'polygon' or 'code'")
    if per not in (None, "category", "month", "year"):
        raise ParameterError(f"'per' is '{per}'", hint="use 'category', 'month' or 'year'")
    if "lookup" in settings:
        raise ParameterError(
            "'lookup' is given, but counting in batches and on Dask takes none",
            hint="read all with hotspots.read_incidents, and give 'lookup' to hotspots.assign_areas",
        )
    if unknown := set(settings) - set(SETTINGS):
        raise TypeError(f"unexpected keyword argument '{min(unknown)}'")
    x, y = settings.get("x"), settings.get("y")
    if (x is None) != (y is None):
        raise ParameterError("only one of 'x' and 'y' is given", hint="name both columns, or neither")
    order = settings.get("date_order")
    if order not in (None, *ORDERS):
        raise ParameterError(f"'date_order' is '{order}'", hint="use 'day', 'month' or 'year'")
    month_range(filters.period)
    areas = as_areas(areas, crs="metres")
    return Job(
        geometries=areas.geometry.to_numpy(),
        codes=areas.index.astype("str"),
        crs=parse_crs(areas.crs),
        by=by,
        per=per,
        filters=filters,
        source_crs=settings.get("source_crs"),
        named=ColumnNames(
            x=x,
            y=y,
            category=settings.get("category_column"),
            month=settings.get("month_column"),
            weight=settings.get("weight_column"),
            id=settings.get("id_column"),
            date_order=order,
        ),
        points=estimate_rows(sources),
        order=code_order(areas.index),
        with_coordinates=with_coordinates,
        several=len(sources) > 1,
        beside=beside,
    )


def estimate_rows(sources: Sequence[Source]) -> int:
    """Return about how many rows some files have, by their size; of a database, how many there are."""
    return max(sum(_estimate(source) for source in sources), 1)


def _estimate(source: Source) -> int:
    if source.address is not None:
        from hotspots.base.database.rows import open_rows

        with open_rows(source.address) as rows:
            return rows.number()
    if source.suffix in PARQUET:
        import pyarrow.parquet as pq

        try:
            return int(pq.read_metadata(source.path).num_rows)
        except (pa.ArrowInvalid, OSError):
            # Reading it will say what is wrong.
            return 0
    return source.size // (_CSV_ROW_BYTES if source.suffix in CSV else 2 * _CSV_ROW_BYTES)
