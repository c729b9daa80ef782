"""Which column of a file holds what."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hotspots.base.errors import DataError, did_you_mean
from hotspots.base.text import plain_text
from hotspots.incidents.clock import Clock
from hotspots.incidents.dates import Order, month_number, parse_date

Kind = Literal["degrees", "metres", "unknown"]

SETTINGS = (
    "source_crs",
    "x",
    "y",
    "category_column",
    "month_column",
    "weight_column",
    "id_column",
    "date_order",
)
"""What may be said of the columns of incidents, by the names that every reader of them takes."""

# Compared without case, spaces, hyphens and underscores. The Welsh names are those of Welsh extracts.
_PAIRS: tuple[tuple[Kind, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "metres",
        ("easting", "eastings", "osx", "osgbx", "gridx", "xbng", "bngx", "oseasting", "bngeasting", "dwyreiniad"),
        ("northing", "northings", "osy", "osgby", "gridy", "ybng", "bngy", "osnorthing", "bngnorthing", "gogleddiad"),
    ),
    (
        "degrees",
        ("longitude", "lon", "lng", "long", "xlongitude", "wgs84longitude", "geolon", "geolong", "geolongitude",
         "longitud", "longitudex", "longitudewgs84", "hydred"),
        ("latitude", "lat", "ylatitude", "wgs84latitude", "geolat", "geolatitude", "latitud", "latitudey",
         "latitudewgs84", "lledred"),
    ),
    (
        "unknown",
        ("x", "xcoord", "xcoordinate", "coordx", "pointx", "geox"),
        ("y", "ycoord", "ycoordinate", "coordy", "pointy", "geoy"),
    ),
)  # fmt: skip
_USUAL: dict[str, tuple[str, ...]] = {
    "category": (
        "crimetype", "category", "crimecategory", "majorcategory", "offencecategory", "offensecategory", "offencetype",
        "offensetype", "offence", "offense", "offencedescription", "offensedescription", "offencegroup", "incidenttype",
        "incidentcategory", "incidenttypename", "offensecategoryid", "offensetypeid",
        "calltype", "primarytype", "crimedescription", "ucrcategory", "type",
        "crime", "mathodrosedd", "categori",
    ),
    "month": (
        "month", "yearmonth", "monthyear", "date", "incidentdate", "offencedate", "offensedate", "crimedate",
        "calldate", "eventdate", "dateofoffence", "dateofoffense", "dateofincident", "dateoccurred", "dateocc",
        "occurreddate", "occurdate", "occurrencedate", "dateofoccurrence", "firstoccurrencedate", "occurredon",
        "occurredondate", "occurredat", "incidentdatetime", "occurdatetime", "datetime", "timestamp", "startdate",
        "committedfrom",
        "committedfromdate", "occurredfrom", "datefrom", "fromdate", "datereported", "reporteddate",
        "reportdate", "reportedon", "daterecorded", "recordeddate", "datecreated", "createddate", "dateentered", "mis",
        "dyddiad",
    ),
    "year": ("year", "blwyddyn"),
    "lsoa_code": (
        "lsoacode", "lsoa", "lsoa21cd", "lsoa11cd", "lsoa21", "lsoa11", "lsoa2021", "lsoa2011",
        "lsoacode2021", "lsoacode2011", "codlsoa", "codacehi", "wardcode", "areacode", "precinct", "policeprecinct",
    ),
    "crime_id": ("crimeid", "iddrosedd"),
    "force": ("fallswithin", "reportedby", "policeforce", "policeforcename", "forcename"),
    "time": (
        "time", "timefrom", "fromtime", "starttime", "timestart", "committedfromtime", "committedtimefrom",
        "occurredfromtime", "incidenttime", "offencetime", "offensetime", "crimetime", "timeofoffence",
        "timeofincident", "timeoccurred", "timeocc", "occurredtime", "calltime", "amser",
    ),
    "to": (
        "dateto", "todate", "enddate", "dateend", "committedto", "committedtodate", "committeddateto", "occurredto",
        "occurredtodate", "offenceenddate", "enddatetime", "datetimeto", "todatetime",
    ),
    "to_time": (
        "timeto", "totime", "endtime", "timeend", "committedtotime", "committedtimeto", "occurredtotime",
    ),
}  # fmt: skip
# What no heading is: a number, a date, a time of day.
_VALUE = re.compile(r"[-+]?[\d.,:/ TZ-]*\d[\d.,:/ TZ-]*")
_NO_PAIR: tuple[str, str, Kind] = ("", "", "unknown")
ROLES = (
    "x", "y", "x2", "y2", "category", "month", "year", "lsoa_code", "crime_id", "force", "weight", "time", "to",
    "to_time",
)  # fmt: skip


def kept_role(name: str) -> str:
    """Return the role of a column that is kept as it is; no other role has a blank."""
    return f"keep {name}"


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", plain_text(name)).casefold()


@dataclass(frozen=True)
class ColumnNames:
    """The columns that the caller named, and how dates are written; None means: recognise it."""

    x: str | None = None
    y: str | None = None
    category: str | None = None
    month: str | None = None
    weight: str | None = None
    id: str | None = None
    date_order: Order | None = None
    keep: tuple[str, ...] = ()
    clock: Clock | None = None


@dataclass(frozen=True)
class Columns:
    """The columns of one file that hold an incident's values; None where the file has no such column.

    Attributes
    ----------
    x, y : str
        Easting or longitude, and northing or latitude; empty for a file with geometries, and for one that
        has no coordinates but area codes.
    kind : {'degrees', 'metres', 'unknown'}
        What the names of `x` and `y` promise.
    x2, y2 : str or None
        A second pair, of longitude and latitude, for rows in which the first is blank.
    category, month, lsoa_code, crime_id, weight : str or None
        The other columns.
    year : str or None
        A column of years, where `month` holds months without them.
    dates : tuple of str
        All columns that may hold the month or date, by their names.
    kept : tuple of (str, str)
        Columns that are kept as they are: what the caller calls each, and its name in the file.
    force : str or None
        The police force that a row falls within; it is no column of incidents, but tells what a file covers.
    time, to, to_time : str or None
        Times of day, ends of spans, and the times of these; only where times are asked for.
    """

    x: str
    y: str
    kind: Kind
    x2: str | None
    y2: str | None
    category: str | None
    month: str | None
    year: str | None
    lsoa_code: str | None
    crime_id: str | None
    weight: str | None
    dates: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    force: str | None = None
    time: str | None = None
    to: str | None = None
    to_time: str | None = None

    def present(self) -> dict[str, str]:
        """Return the columns to read: what each holds, and its name in the file."""
        roles = {role: getattr(self, role) for role in ROLES if getattr(self, role)}
        return roles | {kept_role(asked): name for asked, name in self.kept}

    def choose_dates(self, sample: Mapping[str, Sequence[str | None]]) -> Columns:
        """Return these with the first column of months or dates that can be read, to judge by a sample.

        A column of months without years serves where a column of years stands beside it.
        """
        for name in self.dates:
            texts = [text for text in sample.get(name, ()) if text and text.strip()]
            if texts and 2 * sum(
                any(parse_date(text, order) for order in ("day", "month")) for text in texts
            ) > len(texts):
                return dataclasses.replace(self, month=name, year=None)
        for name in self.dates if self.year else ():
            texts = [text for text in sample.get(name, ()) if text and text.strip()]
            if texts and 2 * sum(month_number(text) is not None for text in texts) > len(texts):
                return dataclasses.replace(self, month=name)
        return dataclasses.replace(self, year=None)


def recognise(present: Sequence[str], named: ColumnNames, *, file: str, geometry: bool = False) -> Columns:
    """Find the columns of an incident file, by the names given or by the usual ones.

    Parameters
    ----------
    present : sequence of str
        The file's columns.
    named : ColumnNames
        What the caller chose; these are matched without regard to case.
    file : str
        The file's name, for messages.
    geometry : bool, default False
        Whether the file has point geometries, so that it needs no coordinate columns.

    Raises
    ------
    DataError
        When a named column is not there, or neither a pair of coordinate columns nor a column of area codes
        is recognised.
    """
    by_plain: dict[str, str] = {}
    for name in present:
        if name:
            by_plain.setdefault(_plain(name), name)

    def chosen(option: str, name: str) -> str:
        found = name if name in present else by_plain.get(_plain(name))
        if found is None:
            raise DataError(
                f"'{file}' has no column '{name}' ('{option}')",
                hint=did_you_mean(name, [one for one in present if one])
                if any(present)
                else "give a file with a header line",
            )
        return found

    def usual(role: str) -> str | None:
        return next((by_plain[name] for name in _USUAL[role] if name in by_plain), None)

    lsoa_code = usual("lsoa_code")
    pairs = [_NO_PAIR] if geometry else _coordinate_columns(by_plain, named, chosen)
    if not pairs and lsoa_code is None:
        values = [name for name in by_plain.values() if _VALUE.fullmatch(name)]
        if 2 * len(values) > len(by_plain):
            raise DataError(
                f"'{file}' has no line of headings: its first line holds values, such as '{values[0]}'",
                hint="write a line above it that names each column, such as Longitude, Latitude, Month, Category",
            )
        columns = ", ".join(f"'{name}'" for name in by_plain.values())
        raise DataError(
            f"'{file}' has no coordinate columns that are recognised; its columns are {columns}",
            hint="name them with 'x' (easting or longitude) and 'y' (northing or latitude)",
        )
    x, y, kind = pairs[0] if pairs else _NO_PAIR
    second = next((pair for pair in pairs[1:] if pair[2] == "degrees"), None)
    dates = tuple(by_plain[name] for name in _USUAL["month"] if name in by_plain)
    if named.month:
        dates = (chosen("month_column", named.month),)
    return Columns(
        x=x,
        y=y,
        kind=kind,
        x2=second[0] if second else None,
        y2=second[1] if second else None,
        category=chosen("category_column", named.category) if named.category else usual("category"),
        month=dates[0] if dates else None,
        year=usual("year"),
        lsoa_code=lsoa_code,
        crime_id=chosen("id_column", named.id) if named.id else usual("crime_id"),
        weight=chosen("weight_column", named.weight) if named.weight else None,
        dates=dates,
        kept=tuple((name, chosen("keep", name)) for name in named.keep),
        force=usual("force"),
        **_time_columns(named.clock, chosen, usual),
    )


def _time_columns(
    clock: Clock | None, chosen: Callable[[str, str], str], usual: Callable[[str], str | None]
) -> dict[str, str | None]:
    """Return the columns of times of day and of ends, by their roles; none where no times are asked for."""
    if clock is None:
        return {}
    return {
        role: chosen(f"{role}_column", name) if name else usual(role)
        for role, name in (
            ("time", clock.time_column),
            ("to", clock.to_column),
            ("to_time", clock.to_time_column),
        )
    }


def _coordinate_columns(
    by_plain: dict[str, str], named: ColumnNames, chosen: Callable[[str, str], str]
) -> list[tuple[str, str, Kind]]:
    if named.x and named.y:
        x, y = chosen("x", named.x), chosen("y", named.y)
        kinds = (kind for kind, east, north in _PAIRS if _plain(x) in east and _plain(y) in north)
        return [(x, y, next(kinds, "unknown"))]
    found: list[tuple[str, str, Kind]] = []
    for kind, east, north in _PAIRS:
        x_name = next((by_plain[name] for name in east if name in by_plain), None)
        y_name = next((by_plain[name] for name in north if name in by_plain), None)
        if x_name is not None and y_name is not None:
            found.append((x_name, y_name, kind))
    return found
