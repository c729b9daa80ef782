"""Figures by area: the ONS's population estimates of LSOAs and wards, and the English indices of deprivation."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from hotspots.base.errors import DataError, HotspotsError, ParameterError, did_you_mean
from hotspots.base.foreign import reading
from hotspots.base.named import Named
from hotspots.fetch.settings import Settings
from hotspots.fetch.store import OGL, Parts, alone, file_record, put, today
from hotspots.fetch.web import Web

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

Of = Literal["lsoa", "wards"]
LARGEST = 300 << 20
ONS = "Source: Office for National Statistics licensed under the Open Government Licence v3.0."
MHCLG = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Source: Ministry of Housing, Communities and Local Government, English indices of deprivation {year}."
)
_SHEET = re.compile(r"mid-?\s?(\d{4}) (lsoa|ward) (\d{4})", re.IGNORECASE)
_CODE = re.compile(r"(lsoa|ward) \d{4} code", re.IGNORECASE)
_NAME = re.compile(r"(lsoa|ward) \d{4} name", re.IGNORECASE)
_DISTRICT = re.compile(r"lad \d{4} name", re.IGNORECASE)
_LSOA_CODE = re.compile(r"lsoa code \((\d{4})\)", re.IGNORECASE)


@alone()
def fetch_population(web: Web, settings: Settings, of: Of = "lsoa") -> Named:
    """Fetch the ONS's mid-year estimates into the cache as ``ons/population-<of>-<year>``.

    The year in the name is that of the areas: 2021 for LSOAs. The table has a row for each area of England and Wales
    and a column ``population <year>`` for each year of the workbook; a run takes the one nearest to the incidents.

    Parameters
    ----------
    web, settings : Web, Settings
    of : {'lsoa', 'wards'}

    Raises
    ------
    ParameterError
        When there are no estimates of such areas.
    FileError, DataError
        When the workbook cannot be had, or is not laid out as the ONS lays it out.
    """
    if of not in get_args(Of):
        raise ParameterError(
            f"there are no populations of '{of}' to fetch", hint=did_you_mean(of, get_args(Of))
        )
    address = settings.table(f"population-{of}")
    parts = Parts()
    folder = parts.folder(address)
    book = folder / "estimates.xlsx"
    if not book.is_file():
        web.download(address, book, largest=LARGEST)
    try:
        year, table = _estimates(book, of)
    except HotspotsError:
        parts.drop()
        raise
    years = [
        column.removeprefix("population ") for column in table.columns if column.startswith("population ")
    ]
    file = f"population-{of}-{year}.csv"
    path = folder / file
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    noun = "LSOAs" if of == "lsoa" else "wards"
    span = f"mid-{years[0]}" if len(years) == 1 else f"mid-{years[0]} to mid-{years[-1]}"
    record = {
        "kind": "table",
        "title": f"Population of {noun} of {year}, England and Wales, {span}",
        "rows": len(table),
        "columns": {column: f"{column[0].upper()}{column[1:]}" for column in table.columns},
        "source": f"ONS small area population estimates: {address}",
        "date": ", ".join(years),
        "licence": OGL,
        "attribution": ONS,
        "retrieved": today(),
        "file": file,
        "files": {file: file_record(path, made_of=file_record(book, address=address))},
    }
    entry = put(f"ons/population-{of}-{year}", {file: path}, record)
    parts.drop()
    return entry


def _estimates(book: Path, of: Of) -> tuple[str, pd.DataFrame]:
    """Return the populations of a workbook's areas, by year, and the year of the areas: the latest that it has."""
    import python_calamine

    with reading(
        "what came is not a workbook",
        hint="if the ONS has moved it, write its new address under [tables] of your settings "
        "(hotspots fetch settings)",
    ):
        names = python_calamine.load_workbook(book).sheet_names
    kind = "lsoa" if of == "lsoa" else "ward"
    found = [(name, _SHEET.match(name.strip())) for name in names]
    sheets = [(match[3], match[1], name) for name, match in found if match and match[2].lower() == kind]
    if not sheets:
        raise DataError(
            f"the workbook has no sheet of {of} by year, such as 'Mid-2024 LSOA 2021'; it has {', '.join(names[:8])}",
            hint="look for a newer version of hotspots, or for the workbook's new address",
        )
    year = max(areas for areas, _, _ in sheets)
    made: pd.DataFrame | None = None
    for _, estimate, name in sorted(one for one in sheets if one[0] == year):
        table = _sheet(f"{book}[{name}]", estimate)
        made = (
            table
            if made is None
            else made.merge(table[["code", f"population {estimate}"]], on="code", how="outer")
        )
    assert made is not None  # noqa: S101 - there is a sheet of that year
    return year, made.sort_values("code", ignore_index=True)


def _sheet(source: str, estimate: str) -> pd.DataFrame:
    """Return code, name, district and population of each area on a sheet."""
    import pandas as pd

    from hotspots.base.tables import read_table

    table = read_table(source)
    headings = [str(heading) for heading in table.rows.columns]

    def column(pattern: re.Pattern[str], what: str) -> str:
        for heading in headings:
            if pattern.fullmatch(heading.strip()):
                return heading
        raise DataError(
            f"the sheet of {estimate} has no column of {what}; it has {', '.join(headings[:6])}",
            hint="look for a newer version of hotspots",
        )

    code = table.rows[column(_CODE, "codes")]
    kept = code.notna() & code.astype(str).str.fullmatch(r"[EW]\d{8}")
    people = table.numbers(table.rows[column(re.compile("total", re.IGNORECASE), "totals")])
    return pd.DataFrame(
        {
            "code": code[kept],
            "name": table.rows[column(_NAME, "names")][kept],
            "district": table.rows[column(_DISTRICT, "districts")][kept],
            f"population {estimate}": people[kept].astype("int64"),
        }
    )


@alone()
def fetch_imd(web: Web, settings: Settings, *, year: int = 2025) -> Named:
    """Fetch the English indices of deprivation into the cache as ``gov.uk/imd-<year>``, as they are published.

    Of LSOAs of 2011 in 2019, and of 2021 in 2025. Wales has an index of its own, which is not comparable.

    Raises
    ------
    ParameterError
        When no address of that year is known.
    FileError, DataError
        When the file cannot be had, or is no table of LSOAs.
    """
    address = settings.table(f"imd-{year}")
    parts = Parts()
    file = f"imd-{year}.csv"
    path = parts.folder(address) / file
    if not path.is_file():
        web.download(address, path, largest=LARGEST)
    try:
        rows, areas = _lsoas(path)
    except HotspotsError:
        parts.drop()
        raise
    record: Mapping[str, Any] = {
        "kind": "table",
        "title": f"English indices of deprivation {year}, LSOAs of {areas}: scores, ranks, deciles",
        "rows": rows,
        "source": f"English indices of deprivation {year}: {address}",
        "date": str(year),
        "licence": OGL,
        "attribution": MHCLG.format(year=year),
        "retrieved": today(),
        "file": file,
        "files": {file: file_record(path, address=address)},
    }
    entry = put(f"gov.uk/imd-{year}", {file: path}, record)
    parts.drop()
    return entry


def _lsoas(path: Path) -> tuple[int, str]:
    """Return how many LSOAs a table has, and of which census they are."""
    from hotspots.base.tables import read_table

    table = read_table(path, what="the indices of deprivation")
    for heading in table.rows.columns:
        found = _LSOA_CODE.match(str(heading).strip())
        if found:
            codes = table.rows[heading].astype(str)
            return int(codes.str.fullmatch(r"E01\d{6}").sum()), found[1]
    raise DataError(
        "the file of the indices of deprivation has no column such as 'LSOA code (2021)'",
        hint="if it has moved, write its new address under [tables] of your settings (hotspots fetch settings)",
    )
