"""Incidents: read them from any file, choose among them, and turn them into coordinates or points."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.crs import WGS84, crs_label, crs_text, parse_crs, require_metres, transform_xy
from hotspots.base.errors import ParameterError
from hotspots.base.sums import MILLION, millionths
from hotspots.incidents.cells import Hashes, point_coordinates
from hotspots.incidents.clock import TIMINGS, Clock, local_times
from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.dates import ORDERS, Order
from hotspots.incidents.doubts import warn_of
from hotspots.incidents.filters import (
    Mask,
    Period,
    Words,
    area_mask,
    category_mask,
    month_mask,
    month_range,
    period_attrs,
    range_text,
    refuse_nothing,
    within_months,
    words_of,
)
from hotspots.incidents.gate import as_incidents, is_layer
from hotspots.incidents.identifiers import hashed
from hotspots.incidents.places import Places, announce, place_rows
from hotspots.incidents.quality import QualityReport, by_most, describe, shares_of
from hotspots.incidents.repeats import (
    Sketches,
    category_hashes,
    downloaded_again,
    fingerprints,
    repeated_ids,
    shared_rows,
    told,
    what_of,
)
from hotspots.incidents.sources import find_sources
from hotspots.incidents.tables import Rows, account_of, read_rows

if TYPE_CHECKING:
    import geopandas as gpd

_LOG = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]
OWN = ("x", "y", "category", "month", "date", "lsoa_code", "weight", "start", "end", "timing", "geometry")
"""Columns that every table of incidents may have."""


def read_incidents(
    source: str | Path | Sequence[str | Path],
    *,
    crs: Any = "EPSG:27700",
    source_crs: Any = None,
    x: str | None = None,
    y: str | None = None,
    category_column: str | None = None,
    month_column: str | None = None,
    weight_column: str | None = None,
    id_column: str | None = None,
    date_order: Order | None = None,
    keep: Words = None,
    identifiers: Words = None,
    clock: Clock | None = None,
    category: Words = None,
    exclude: Words = None,
    period: Period = None,
    area: gpd.GeoDataFrame | None = None,
) -> tuple[pd.DataFrame, QualityReport]:
    r"""Read incidents, one row each, and account for every row of the files.

    A row is dropped when it is malformed (a wrong number of fields; a coordinate or weight that is not a
    number; neither place, category, month, code nor ID), when an earlier row has the same Crime ID, month,
    category and place, when it has no ID and another file that holds the same month has it too, or by one of
    the filters; nothing else is. Rows without coordinates (blank, or 0 and 0) are kept, with NaN. Alike rows of
    one file without an ID, as all anti-social behaviour, are never taken for duplicates. An ID that stands for
    more than ten different incidents, a zero, or a word such as "Not recorded" is none. A file with the bytes
    of another is left out. What is lost so, above 0.5 % of the rows for repeats and 2 % for malformed rows, is
    warned of.

    Parameters
    ----------
    source : path, str, or sequence of them
        A police.uk street CSV, a folder of months, an archive (ZIP), another CSV (any delimiter or encoding;
        packed, as ``.csv.gz``), an Excel workbook or a Parquet file with longitude and latitude, easting and
        northing, or area codes alone, a GeoJSON, GeoPackage, Shapefile (zipped, too), file geodatabase, KML
        or GeoParquet of points, a wildcard such as ``"2025-*-street.csv"``, or the name of a bundled set.
        Files of a folder, archive or wildcard are read in the order of their names.
    crs : anything that pyproj takes, default 'EPSG:27700'
        The reference system of the result; its unit must be the metre.
    source_crs : anything that pyproj takes, optional
        The reference system of the file's coordinates. By default WGS 84 for longitude and latitude, British
        National Grid for easting and northing, what fits the values for columns named x and y (WGS 84 or
        `crs`), and the file's own for a layer. Where easting and northing are blank and longitude and
        latitude stand beside them, these are taken.
    x, y : str, optional
        The columns of easting or longitude, and of northing or latitude. Usual names are recognised.
    category_column, month_column : str, optional
        The columns of the category, and of the month or date. Usual names are recognised; of several columns
        of dates the first is taken that can be read, and months without years go with a column of years.
    weight_column : str, optional
        A column of weights, at least 0. By default every incident weighs 1.
    id_column : str, optional
        The column of Crime IDs, or of other references that tell incidents apart; ``Crime ID`` is recognised.
    date_order : {'day', 'month', 'year'}, optional
        What dates in numbers, such as 03/04/2025, begin with. By default the file tells: a number over 12
        anywhere settles it, and dates that stay open are refused.
    keep : str or sequence of str, optional
        Other columns to keep, as text; each becomes a column of the result under the name given here.
    identifiers : str or sequence of str, optional
        Columns that name people, callers or premises. They are kept too, but what they hold is replaced at once
        by a hash with a random key that is kept nowhere: the same identifier has the same hash within this
        table, and no other reading gives it again.
    clock : Clock, optional
        Which columns tell times of day and ends of spans, and by what clock they are told. No times are read
        without it.
    category, exclude : str or sequence of str, optional
        Keep only these categories; leave these out. Case does not matter.
    period : str or pair of str, optional
        Keep only this month, ``"2025-01"``, or these, ``"2025-01..2025-06"`` (both ends included).
    area : GeoDataFrame of polygons, optional
        Keep only incidents inside or on the border of these.

    Returns
    -------
    incidents : DataFrame
        ``x``, ``y`` (float64, metres; both or neither NaN), ``category`` (categorical; NA = none), ``month``
        (period[M]; NaT = none or not understood), ``date`` (datetime64[s], where some file has full dates),
        ``lsoa_code`` (categorical, where some file has it), ``weight`` (float64) and the columns to keep
        (categorical; NA = blank, and for identifiers also "unknown" and the like). With `clock` also ``start``
        and ``end`` (datetime64[s] by the local clock; NaT = not known) and ``timing`` (categorical, what is known;
        see `Clock`). The index is the row's
        number over all files in reading order, from 0, header lines and blank lines not counted.
        ``attrs["crs"]`` names the reference system, ``attrs["months"]`` the months of the files before any
        choice, and ``attrs["period"]`` the months asked for, if any; see `hotspots.counting.period`.
    report : QualityReport
        What was read, dropped and kept.

    Raises
    ------
    FileError
        When a file is missing, empty, damaged or of another format.
    DataError
        When neither coordinates nor area codes are recognised, dates may be read in two ways, or a filter
        leaves nothing.
    CRSError
        When a reference system is missing or in degrees, or the coordinates contradict it.
    ParameterError
        When `period` is not a month or a range of them, one of `x` and `y` is given alone, or a column to keep
        has the name of a column that every table has.

    Warns
    -----
    HotspotsWarning
        When much is dropped, a file or month is given twice, coordinates cannot be, or months are not
        understood.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "calls.csv").write_text(
    ...     "Easting,Northing,Category,Date\n385000,345000,Noise,13/04/2025\n,,Litter,04/04/2025\n"
    ... )
    >>> incidents, report = read_incidents(folder / "calls.csv")
    >>> incidents[["x", "y", "category", "month"]]
              x         y category    month
    0  385000.0  345000.0    Noise  2025-04
    1       NaN       NaN   Litter  2025-04
    >>> report.used, report.located, report.unlocated
    (2, 1, 1)
    """
    month_range(period)  # refused before anything is read
    reading = read_everything(
        source, crs=crs, source_crs=source_crs, x=x, y=y, category_column=category_column, month_column=month_column,
        weight_column=weight_column, id_column=id_column, date_order=date_order, keep=keep, identifiers=identifiers,
        clock=clock,
    )  # fmt: skip
    chosen = reading.choose(category=category, exclude=exclude, period=period, area=area)
    warn_of(chosen.report, stacklevel=2)
    return chosen.incidents, chosen.report


def read_everything(
    source: str | Path | Sequence[str | Path],
    *,
    crs: Any = "EPSG:27700",
    source_crs: Any = None,
    x: str | None = None,
    y: str | None = None,
    category_column: str | None = None,
    month_column: str | None = None,
    weight_column: str | None = None,
    id_column: str | None = None,
    date_order: Order | None = None,
    keep: Words = None,
    identifiers: Words = None,
    clock: Clock | None = None,
) -> Reading:
    """Read all rows of incident files, from which some are then chosen; see `read_incidents`."""
    goal = require_metres(crs, what="incidents")
    if (x is None) != (y is None):
        raise ParameterError("only one of 'x' and 'y' is given", hint="name both columns, or neither")
    if date_order not in (None, *ORDERS):
        raise ParameterError(f"'date_order' is '{date_order}'", hint="use 'day', 'month' or 'year'")
    secret = words_of(identifiers)
    kept = _columns_to_keep([*words_of(keep), *secret])
    named = ColumnNames(
        x, y, category_column, month_column, weight_column, id_column, date_order, kept, clock
    )
    rows = read_rows(find_sources(source), named)
    places = place_rows(rows, source_crs=source_crs, crs=goal)
    announce(places.notes, places.doubts.values(), stacklevel=2)
    everything = _frame(rows, places, crs_text(goal), secret, clock)
    if clock is not None:
        _say_offsets(everything["start"], rows.times["written"], clock)
    again = _Again.among(rows, places)
    months = period_attrs(everything["month"][~again.repeated], None)["months"]
    return Reading(everything, tuple(months), rows, places, again, weight_column is not None)


@dataclass(frozen=True, eq=False)
class Chosen:
    """What was chosen of the rows of files.

    Attributes
    ----------
    incidents : DataFrame
        As `read_incidents` returns it.
    before : DataFrame
        The same of months that the period is compared with and that lie outside it; it may be empty.
    report : QualityReport
        The account of every row.
    """

    incidents: pd.DataFrame
    before: pd.DataFrame
    report: QualityReport


@dataclass(frozen=True, eq=False)
class Reading:
    """The rows of files, read and placed, before any is chosen.

    Attributes
    ----------
    everything : DataFrame
        All rows that could be read, repeated ones too.
    months : tuple of str
        The months of the files, ascending.
    """

    everything: pd.DataFrame
    months: tuple[str, ...]
    _rows: Rows
    _places: Places
    _again: _Again
    _weighted: bool

    def choose(
        self,
        *,
        category: Words = None,
        exclude: Words = None,
        period: Period = None,
        compared: Sequence[str] = (),
        area: gpd.GeoDataFrame | None = None,
    ) -> Chosen:
        """Choose among the rows, and account for all of them.

        Parameters
        ----------
        category, exclude, period, area
            As for `read_incidents`.
        compared : sequence of str
            Ranges of months that the period is compared with. Their rows that are not of the period itself are
            returned apart, and accounted for as such.

        Raises
        ------
        DataError
            When a filter leaves nothing; no row of the months compared is no error.
        """
        rows, places, again, everything = self._rows, self._places, self._again, self.everything
        wanted = month_range(period)
        alive, dropped = ~again.repeated, {"duplicates": int(np.count_nonzero(again.repeated))}
        beside = np.zeros(len(alive), dtype=bool)
        tests: list[tuple[str, Mask]] = [("overlap", ~again.overlapping)]
        if category is not None or exclude is not None:
            tests.append(("filtered_category", category_mask(everything, category, exclude)))
        if wanted is not None:
            inside = month_mask(everything, wanted)
            beside = ~inside & within_months(everything["month"], [month_range(one) for one in compared])
            tests.append(("filtered_period", inside | beside))
        if area is not None:
            goal = parse_crs(everything.attrs["crs"])
            located = places.number >= 0
            tests += [("filtered_unlocated", located), ("filtered_area", area_mask(places, area, goal))]
        attrs = everything.attrs | period_attrs(everything["month"][~again.repeated], wanted)
        for name, passed in tests:
            dropped[name] = int(np.count_nonzero(alive & ~passed))
            alive &= passed
            refuse_nothing(alive & ~beside, name)
        beside &= alive
        alive &= ~beside
        dropped["compared"] = int(np.count_nonzero(beside))
        everything.attrs = attrs
        incidents = everything if alive.all() else _without_unused(everything.loc[alive])
        report = _report(rows, places, again, alive, dropped, incidents, weighted=self._weighted)
        report = replace(report, compared_with=tuple(compared))
        report.say_rows()
        report.say_compared()
        report.say_weights()
        return Chosen(incidents, _without_unused(everything.loc[beside]), report)


@dataclass(frozen=True)
class _Again:
    """Which rows stand in the files twice.

    Attributes
    ----------
    repeated, recurring : ndarray of bool
        See `hotspots.incidents.repeats.repeated_ids`.
    overlapping : ndarray of bool
        Rows without an ID of months that an earlier file holds too.
    prints : ndarray of uint64
        The fingerprint of each row.
    overlaps : tuple of str
        Which files share which months, in words.
    """

    repeated: Mask
    recurring: Mask
    overlapping: Mask
    prints: Hashes
    overlaps: tuple[str, ...]

    @classmethod
    def among(cls, rows: Rows, places: Places) -> _Again:
        what = what_of(category_hashes(rows.category.categories, rows.category.codes), rows.month)
        coded = rows.lsoa_code
        code = np.zeros(1, np.uint64) if coded is None else category_hashes(coded.categories, coded.codes)
        place = places.key
        prints = fingerprints(what, place, code, rows.weight)
        shared: dict[tuple[int, int], int] = {}
        without = rows.crime_id == 0
        if len(rows.files) > 1:
            sketches = Sketches()
            for number in range(len(rows.files)):
                mine = slice(*np.searchsorted(rows.file, [number, number + 1]))
                bare = without[mine]
                sketches.add(number, rows.month[mine][bare], prints[mine][bare])
            shared = sketches.overlaps(rows.files)
        repeated, recurring = repeated_ids(rows.crime_id, what, place, shared=bool(shared))
        overlapping = np.zeros(len(prints), dtype=bool)
        if shared:
            held, group = shared_rows(shared, rows.file, rows.month, without)
            overlapping[held] = downloaded_again(prints[held], rows.file[held], group)
        return cls(repeated, recurring, overlapping, prints, told(shared, rows.files))


def _report(
    rows: Rows,
    places: Places,
    again: _Again,
    alive: Mask,
    dropped: dict[str, int],
    incidents: pd.DataFrame,
    *,
    weighted: bool,
) -> QualityReport:
    told_of = account_of(rows.files)
    if places.out_of_range_example:
        told_of["notes"]["out_of_range"] = places.out_of_range_example
    categories = rows.category
    repeats = shares_of(
        [*categories.categories, ""], categories.codes[again.repeated], places.number[again.repeated] >= 0
    )
    return QualityReport(
        crs=crs_label(incidents.attrs["crs"]),
        transformation=places.transformation,
        duplicates=dropped["duplicates"],
        overlap=dropped["overlap"],
        filtered_category=dropped.get("filtered_category", 0),
        filtered_period=dropped.get("filtered_period", 0),
        filtered_unlocated=dropped.get("filtered_unlocated", 0),
        filtered_area=dropped.get("filtered_area", 0),
        compared=dropped["compared"],
        out_of_range=places.out_of_range,
        period=incidents.attrs.get("period"),
        months=tuple(incidents.attrs["months"]),
        weight=int(millionths(rows.weight[alive]).sum()) / MILLION if weighted else None,
        repeated=by_most(repeats),
        copies=rows.copies,
        overlaps=again.overlaps,
        recurring_ids=int(np.count_nonzero(again.recurring)),
        **told_of,
        **describe(
            incidents,
            place=places.number[alive],
            alike=again.prints[alive & (rows.crime_id == 0) & (places.number >= 0)],
        ),
    )


def _say_offsets(start: pd.Series[Any], written: npt.NDArray[Any], clock: Clock) -> None:
    """Say, with an example, that times with offsets are told by another clock than the one they are written by."""
    wall = start.dt.tz_localize(None)
    second = (wall.dt.hour * 3600 + wall.dt.minute * 60 + wall.dt.second).to_numpy()
    moved = np.flatnonzero((written >= 0) & start.notna().to_numpy() & (second != written))
    if len(moved):
        first = moved[0]
        _LOG.info(
            "%s times have an offset and are told by the clock of %s: %02d:%02d is %s (where a program wrote local "
            "times as if they were UTC, choose 'ignore' with 'offsets')",
            f"{len(moved):,}", clock.time_zone, written[first] // 3600, written[first] // 60 % 60,
            f"{wall.iloc[first]:%H:%M}",
        )  # fmt: skip


def _columns_to_keep(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if name in OWN:
            raise ParameterError(
                f"'{name}' cannot be kept, as every table of incidents has a column '{name}' of its own",
                hint="give the file's column another heading",
            )
    return tuple(dict.fromkeys(names))


def _frame(rows: Rows, places: Places, crs: str, secret: Sequence[str], clock: Clock | None) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "x": places.x,
        "y": places.y,
        "category": rows.category,
        "month": pd.arrays.PeriodArray(rows.month, dtype=pd.PeriodDtype("M")),
    }
    if rows.date is not None:
        columns["date"] = rows.date
    if rows.lsoa_code is not None:
        columns["lsoa_code"] = rows.lsoa_code
    columns["weight"] = rows.weight
    if clock is not None:
        columns |= {name: local_times(rows.times[name], clock.time_zone).array for name in ("start", "end")}
        columns["timing"] = pd.Categorical.from_codes(rows.times["timing"], categories=pd.Index(TIMINGS))
    columns |= {name: hashed(values) if name in secret else values for name, values in rows.kept.items()}
    frame = pd.DataFrame(columns, index=pd.Index(rows.row, dtype="int64"))
    frame.attrs["crs"] = crs
    return frame


def _without_unused(incidents: pd.DataFrame) -> pd.DataFrame:
    kept = incidents.copy()
    for name in kept.columns:
        if isinstance(kept[name].dtype, pd.CategoricalDtype):
            kept[name] = kept[name].cat.remove_unused_categories()
    return kept


def select_incidents(
    incidents: pd.DataFrame, *, category: Words = None, exclude: Words = None, period: Period = None
) -> pd.DataFrame:
    """Return the incidents of some categories and months, in the same order and on the same index.

    Parameters
    ----------
    incidents : DataFrame or GeoDataFrame
        With a column ``category`` where `category` or `exclude` is given, and ``month`` where `period` is.
    category, exclude : str or sequence of str, optional
        Keep only these categories; leave these out. Case does not matter.
    period : str or pair of str, optional
        Keep only this month, ``"2025-01"``, or these, ``"2025-01..2025-06"`` (both ends included). Incidents
        without a month are left out.

    Returns
    -------
    DataFrame or GeoDataFrame
        A new table; categories that no row has are dropped from its categorical columns.

    Raises
    ------
    DataError
        When no incident has a category that is named, or nothing is left.
    ParameterError
        When `period` is not a month or a range of them.

    Examples
    --------
    >>> import pandas as pd
    >>> incidents = pd.DataFrame({"category": ["Burglary", "Drugs"], "month": ["2025-01", "2025-02"]})
    >>> select_incidents(incidents, category="burglary")
       category    month
    0  Burglary  2025-01
    """
    kept = np.ones(len(incidents), dtype=bool)
    if category is not None or exclude is not None:
        kept &= category_mask(incidents, category, exclude)
        refuse_nothing(kept, "filtered_category")
    wanted = month_range(period)
    if wanted is not None:
        kept &= month_mask(incidents, wanted)
        refuse_nothing(kept, "filtered_period")
    chosen = _without_unused(incidents.loc[kept])
    if wanted is not None:
        chosen.attrs["period"] = range_text(wanted)
    return chosen


def coordinates(incidents: pd.DataFrame, crs: Any) -> tuple[Floats, Floats]:
    """Return the coordinates of incidents as two arrays, whatever kind of table holds them.

    Parameters
    ----------
    incidents : DataFrame or GeoDataFrame
        With columns ``x`` and ``y`` in the reference system that ``attrs["crs"]`` names, or a layer of
        points. Where a DataFrame names no reference system, its values are taken to be in `crs` already.
    crs : anything that pyproj takes
        The reference system wanted.

    Returns
    -------
    x, y : ndarray of float64, shape (n,)
        In the order of the rows; both are NaN for an incident without coordinates.

    Raises
    ------
    CRSError
        When a layer has no reference system, or the values are degrees but metres are wanted.
    DataError
        When there are no coordinates, or a layer holds other geometries than points.

    Examples
    --------
    >>> import pandas as pd
    >>> incidents = pd.DataFrame({"x": [385000.0], "y": [345000.0]})
    >>> coordinates(incidents, "EPSG:27700")
    (array([385000.]), array([345000.]))
    """
    goal = parse_crs(crs)
    table: Any = as_incidents(incidents)
    if is_layer(table):
        x, y, held = *point_coordinates(table.geometry.to_numpy()), table.crs
    else:
        x, y = (table[name].to_numpy(dtype=float, na_value=np.nan) for name in ("x", "y"))
        held = table.attrs.get("crs")
        if held is None and not goal.is_geographic and _all_degrees(x, y):
            require_metres(WGS84, what="incidents")
    x, y = transform_xy(x, y, source=goal if held is None else held, target=goal)
    either = np.isnan(x) | np.isnan(y)
    return np.where(either, np.nan, x), np.where(either, np.nan, y)


def _all_degrees(x: Floats, y: Floats) -> bool:
    known = ~(np.isnan(x) | np.isnan(y))
    return bool(known.any() and np.all(np.abs(x[known]) <= 180) and np.all(np.abs(y[known]) <= 90))


def to_points(incidents: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the incidents that have coordinates as a layer of points, on the same index.

    Parameters
    ----------
    incidents : DataFrame
        As `read_incidents` returns it; British National Grid where ``attrs["crs"]`` names no reference
        system.

    Returns
    -------
    GeoDataFrame
        The other columns and the points. Rows without coordinates are left out.

    Raises
    ------
    CRSError
        When the reference system is not named and the values are degrees.
    DataError
        When there are no coordinates.

    Examples
    --------
    >>> import pandas as pd
    >>> incidents = pd.DataFrame({"x": [385000.0, float("nan")], "y": [345000.0, float("nan")]})
    >>> to_points(incidents).geometry.to_wkt()
    0    POINT (385000 345000)
    dtype: str
    """
    import geopandas as gpd

    crs = incidents.attrs.get("crs", "EPSG:27700")
    x, y = coordinates(incidents, crs)
    located = ~np.isnan(x)
    rest = incidents.loc[located].drop(columns=["x", "y"])
    return gpd.GeoDataFrame(rest, geometry=gpd.points_from_xy(x[located], y[located]), crs=crs)
