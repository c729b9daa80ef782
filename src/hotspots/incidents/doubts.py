"""Say aloud what in the account of rows deserves a look: nothing large is lost without a warning."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Iterator
from typing import Literal

from hotspots.base.errors import HotspotsWarning
from hotspots.base.text import percent
from hotspots.incidents.quality import QualityReport, SourceReport

MANY = 0.02
"""A share of rows that is lost without a warning."""
MANY_REPEATS = 0.005
"""The same of repeated Crime IDs."""

_WITHOUT = {
    "counts": "counts there are without them",
    "density": "the density has those alone that its kernel carries over the border",
}


def warn_of(report: QualityReport, *, stacklevel: int) -> None:
    """Warn of all that a report gives reason to doubt.

    Parameters
    ----------
    report : QualityReport
        Of any engine: the same rows give the same warnings.
    stacklevel : int
        As of `warnings.warn`, counted from the caller.
    """
    for doubt in doubts(report):
        warnings.warn(doubt, HotspotsWarning, stacklevel=stacklevel + 1)


def doubts(report: QualityReport) -> Iterator[str]:
    """Give each doubt about the rows of a report as a sentence."""
    for place in report.mended:
        yield f"{place}: a quotation mark is opened and not closed; it is left out, and the rows after it are read"
    yield from _malformed(report)
    if report.out_of_range:
        rows = f"{_rows(report.out_of_range)} {'has' if report.out_of_range == 1 else 'have'} coordinates"
        yield f"{rows} that {report.notes['out_of_range']}: counted as without coordinates"
    yield from _repeats(report)
    yield from _months(report)
    yield from _to_come(report)


def warn_outside(
    outside: int,
    located: int,
    *,
    label: str,
    stacklevel: int,
    result: Literal["counts", "density"] = "counts",
) -> None:
    """Warn of many incidents outside all areas, which may be cut off, of a part of a force or of another place.

    Parameters
    ----------
    outside, located : int
        Incidents with coordinates outside all areas, and all with coordinates.
    label : str
        What the areas are called.
    stacklevel : int
        As of `warnings.warn`, counted from the caller.
    result : {'counts', 'density'}, default 'counts'
        What is made of them.
    """
    if outside > MANY * located:
        lie = "incident with coordinates lies" if located == 1 else "incidents with coordinates lie"
        warnings.warn(
            f"{label}: {outside:,} of {located:,} {lie} outside all areas ({percent(outside, located)}), "
            f"and {_WITHOUT[result]}: are these all the areas that the files cover?",
            HotspotsWarning,
            stacklevel=stacklevel + 1,
        )


def _rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"


def _to_come(report: QualityReport) -> Iterator[str]:
    """Doubt months that are still to come by this machine's calendar: a year mistyped, or a plan among the records."""
    late = [month for month in report.by_month if month.label > f"{datetime.date.today():%Y-%m}"]
    if late:
        number = sum(month.rows for month in late)
        rows = f"{_rows(number)} {'is' if number == 1 else 'are'}"
        yield f"{rows} of months still to come, such as {late[-1].label}: is the year right?"


def _malformed(report: QualityReport) -> Iterator[str]:
    large = [source for source in report.sources if source.malformed > MANY * source.rows]
    if not large:
        return
    worst: SourceReport = max(large, key=lambda source: source.malformed)
    others = f", and more in {len(large) - 1:,} other files" if len(large) > 1 else ""
    start = f"{worst.name}, row "
    example = next((example for example in report.examples if example.startswith(start)), "")
    such = f", such as row {example.removeprefix(start)}" if example else ""
    yield f"{worst.malformed:,} of {_rows(worst.rows)} of '{worst.name}' cannot be read and are left out{such}{others}"


def _repeats(report: QualityReport) -> Iterator[str]:
    for copy in report.copies:
        yield f"{copy}, byte for byte, and is left out"
    if report.overlaps:
        named = "; ".join(report.overlaps[:3]) + ("; ..." if len(report.overlaps) > 3 else "")
        were = (
            "1 row without a Crime ID is"
            if report.overlap == 1
            else f"{report.overlap:,} rows without a Crime ID are"
        )
        yield f"{named}: {were} counted once"
    if report.duplicates > MANY_REPEATS * report.rows_read:
        most = ", ".join(f"{share.label or 'no category'} {share.rows:,}" for share in report.repeated[:3])
        yield (
            f"{report.duplicates:,} of {_rows(report.rows_read)} repeat the Crime ID, month, category and place of an "
            f"earlier row and are dropped ({most})"
        )
    if report.no_ids > MANY_REPEATS * report.rows_read:
        rows = f"{_rows(report.no_ids)} {'has' if report.no_ids == 1 else 'have'}"
        yield (
            f"{rows} '{report.notes['no_ids']}' or the like in the place of a Crime ID: "
            "repeats among them are not found"
        )
    if report.recurring_ids > MANY_REPEATS * report.rows_read:
        yield (
            f"{_rows(report.recurring_ids)} have a Crime ID that stands for more than ten different incidents: "
            "repeats among them are not found"
        )


def _months(report: QualityReport) -> Iterator[str]:
    if report.day_numbers:
        hold = "1 row holds" if report.day_numbers == 1 else f"{report.day_numbers:,} rows hold"
        yield (
            f"{hold} a spreadsheet's day number for a date, such as '{report.notes['day_numbers']}': "
            "taken as days since 1900"
        )
    without = sum(share.rows for share in report.by_month if not share.label)
    if not without or not (report.unread_months or any(share.label for share in report.by_month)):
        return
    such = f" that can be read, such as '{report.notes['unread_months']}'" if report.unread_months else ""
    has = "has no month" if without == 1 else "have no month"
    yield f"{without:,} of {report.used:,} incidents {has}{such}: counted, but not for the length of the period"
