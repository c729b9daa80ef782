"""Which months a recipe reports on, which it compares them with, and whether the files hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hotspots.base.errors import ParameterError
from hotspots.incidents.filters import month_range, range_text

Range = tuple[int, int]
Slip = tuple[str, str]

PERIOD, BEFORE, AFTER, COVERS = (
    "'period' in [incidents]",
    "'before' in [change]",
    "'after' in [change]",
    "'covers' in [incidents]",
)


@dataclass(frozen=True)
class Periods:
    """The months that a recipe asks for, as first and last ordinals of monthly periods, both included.

    Attributes
    ----------
    report : (int, int) or None
        The reporting period; None stands for all months of the files.
    before : tuple of (int, int)
        What it is compared with, in the order of time; the last of them is the one that change is measured from.
    after : (int, int) or None
        The months of the reporting period that are compared with the last of `before`.
    """

    report: Range | None = None
    before: tuple[Range, ...] = ()
    after: Range | None = None

    @property
    def asked(self) -> dict[str, tuple[Range, ...]]:
        """The ranges of months that must be in the files, by what a message calls them."""
        found: dict[str, tuple[Range, ...]] = {}
        if self.report is not None and not (self.before and self.report == self.after):
            found[PERIOD] = (self.report,)
        if self.before and self.after is not None:
            found |= {BEFORE: self.before, AFTER: (self.after,)}
        return found


def settle(period: str | None, before: Sequence[str], after: str | None) -> tuple[Periods, list[Slip]]:
    """Return the months that are meant, and what is wrong with them.

    The reporting period is `period` or, without it, `after`. Without `after`, the last of `before` is compared with
    the same months of a later year, which must lie in the reporting period once.

    Examples
    --------
    >>> found, slips = settle("2025", ["2024-01..2024-04"], None)
    >>> [range_text(one) for one in (found.report, found.before[0], found.after)], slips
    (['2025-01..2025-12', '2024-01..2024-04', '2025-01..2025-04'], [])
    """
    slips: list[Slip] = []
    report, later = _read(period, PERIOD, slips), _read(after, AFTER, slips)
    earlier = [found for one in before if (found := _read(one, BEFORE, slips)) is not None]
    if slips or not before:
        return Periods(report), slips
    if any(two[0] <= one[1] for one, two in pairwise(earlier)):
        slips.append(
            (
                "[change]: the ranges of 'before' overlap, or are not in the order of time",
                "write the earliest first",
            )
        )
    if later is not None:
        if later[0] <= earlier[-1][1]:
            slips.append(
                (
                    "[change]: 'after' does not begin after 'before' ends",
                    "give two ranges that do not overlap",
                )
            )
        if report is not None and not (report[0] <= later[0] and later[1] <= report[1]):
            slips.append(
                (
                    f"{AFTER} is {range_text(later)}, which is not all in the period {range_text(report)}",
                    "leave out 'after', or widen 'period'",
                )
            )
        return Periods(later if report is None else report, tuple(earlier), later), slips
    if report is None:
        slips.append(
            (
                "[change] says what to compare with, but not what is compared",
                'name the reporting period: period = "2025" under [incidents]',
            )
        )
        return Periods(None), slips
    return _same_months(report, tuple(earlier), slips), slips


def _same_months(report: Range, before: tuple[Range, ...], slips: list[Slip]) -> Periods:
    """Return the periods with the months of the reporting period that are those of the last before."""
    first, last = before[-1]
    years = range(1, (report[1] - first) // 12 + 1)
    fits = [(first + 12 * k, last + 12 * k) for k in years]
    fits = [one for one in fits if report[0] <= one[0] and one[1] <= report[1]]
    if len(fits) == 1 and fits[0][0] > last:
        return Periods(report, before, fits[0])
    what = (
        "does not hold the same months of a later year"
        if not fits
        else "holds the same months more than once"
    )
    slips.append(
        (
            f"{BEFORE} is {range_text(before[-1])}, but the period {range_text(report)} {what}",
            'say in [change] what to compare it with: after = "2025-01..2025-04"',
        )
    )
    return Periods(report)


def _read(text: str | None, where: str, slips: list[Slip]) -> Range | None:
    try:
        return month_range(text)
    except ParameterError as error:
        slips.append((f"{where}: {error.message}", "write it as 2025, 2025-01 or 2025-01..2025-06"))
        return None


def missing_months(period: Range, months: Iterable[str]) -> str:
    """Return the months of a period that are not among those there, in words; empty where all are.

    Examples
    --------
    >>> missing_months((660, 664), ["2025-01", "2025-04"])
    '2025-02..2025-03, 2025-05'
    """
    there = {found[0] for month in months if (found := month_range(month)) is not None}
    return _spans([month for month in range(period[0], period[1] + 1) if month not in there])


def lacking(periods: Periods, months: Iterable[str], covers: str | None = None) -> list[Slip]:
    """Return a slip for each range of months of which the files lack some.

    Parameters
    ----------
    periods : Periods
        What is asked for.
    months : iterable of str
        The months of the files, such as ``"2025-01"``.
    covers : str, optional
        Months that the files are said to cover, so that one without an incident is no gap.

    Examples
    --------
    >>> found, _ = settle("2025-01..2025-03", [], None)
    >>> lacking(found, ["2024-12", "2025-01", "2025-02"])[0][0]
    "'period' in [incidents] asks for 2025-03, which no file holds; the files hold 2024-12..2025-02"
    """
    there = {found[0] for month in months if (found := month_range(month)) is not None}
    said = month_range(covers)
    if said is not None:
        there |= set(range(said[0], said[1] + 1))
    slips = []
    for where, ranges in periods.asked.items():
        missing = sorted({month for one in ranges for month in range(one[0], one[1] + 1)} - there)
        if missing:
            held = f"the files hold {_spans(sorted(there))}" if there else "no row of the files has a month"
            slips.append(
                (
                    f"{where} asks for {_spans(missing)}, which no file holds; {held}",
                    "choose months that are there or add the files; where the files do cover them and nothing "
                    'happened, say so: covers = "2025" under [incidents]',
                )
            )
    return slips


def _spans(months: Sequence[int]) -> str:
    spans: list[list[int]] = []
    for month in months:
        if spans and month == spans[-1][1] + 1:
            spans[-1][1] = month
        else:
            spans.append([month, month])
    return ", ".join(range_text((first, last)) for first, last in spans)
