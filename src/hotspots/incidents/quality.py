"""The account of every row: what was read, what was dropped and why, and what is left."""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.codes import new_in_2021
from hotspots.base.months import month_runs
from hotspots.base.text import percent
from hotspots.incidents.cells import month_ordinals
from hotspots.incidents.dates import NO_MONTH

log = logging.getLogger(__name__)

_WIDTH = 12
# About 6 % of the LSOA codes of 2021 are new in 2021 (see `hotspots.base.codes`),
# so that a hundred codes without one are of 2011 but for one chance in five hundred.
_ENOUGH_CODES = 100
_CELL = re.compile(r": '.*' in '", re.DOTALL)
_PLAIN = ("no_ids", "out_of_range")  # notes that quote no more than a word in the place of an ID, or numbers


@dataclass(frozen=True)
class SourceReport:
    """One file of incidents, as it was read.

    Attributes
    ----------
    name : str
        The file's name; ``archive.zip/member`` for a member of an archive.
    sha256 : str
        Of the file's, or the member's, bytes.
    rows, malformed : int
        Rows read, and how many of them could not be used.
    reasons : dict of int
        How many of these by what is wrong with them: ``"fields"`` for a wrong number of them, ``"blank"``
        where no cell tells of an incident, or the column that holds no number.
    encoding : str or None
        Of a text file.
    has_ids : bool
        Whether the file has a Crime ID column, by which duplicates are found.
    forces : dict of str to tuple of str
        The police forces that its rows fall within, by the file's own column, and the months that each one's are of;
        empty where no column tells.
    """

    name: str
    sha256: str
    rows: int
    malformed: int
    encoding: str | None
    has_ids: bool
    reasons: dict[str, int] = dataclasses.field(default_factory=dict)
    forces: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """How many of a category's or month's used rows have coordinates.

    Attributes
    ----------
    label : str
        The category, or the month as ``"2025-01"``; empty for rows that have none.
    rows, located : int
        Used rows, and those with coordinates.
    """

    label: str
    rows: int
    located: int

    @property
    def share(self) -> float:
        """Located rows as a share of all, in [0, 1]; 1 where there are no rows."""
        return self.located / self.rows if self.rows else 1.0


@dataclass(frozen=True)
class QualityReport:
    """Every row accounted for.

    ``rows_read`` is exactly ``malformed + duplicates + overlap + filtered_category + filtered_period +
    filtered_unlocated + filtered_area + compared + used``; ``used`` is exactly ``located + unlocated``; and where areas
    are known, ``located`` is exactly ``inside + outside``. Each of the three is checked by itself when a
    report is made.

    Attributes
    ----------
    sources : tuple of SourceReport
        The files, in reading order.
    crs : str
        The reference system of the coordinates kept.
    transformation : str or None
        How coordinates came to `crs`, and how exact that is; None where all were in it already.
    rows_read : int
        Rows in all files.
    malformed : int
        Rows with a wrong number of fields, or a coordinate or weight that is not a number.
    duplicates : int
        Rows whose Crime ID stands in an earlier row of the same month, category and place.
    overlap : int
        Rows without a Crime ID that another file holds as well, which covers the same month.
    filtered_category, filtered_period : int
        Rows of other categories, then of other months, than were asked for.
    filtered_unlocated, filtered_area : int
        Where an area was asked for: rows that have no coordinates, and rows outside it.
    compared : int
        Rows of the months that the period is compared with, and not of the period: in the change, in no other result.
    compared_with : tuple of str
        These ranges of months.
    used, located, unlocated : int
        Rows kept, with coordinates and without.
    out_of_range : int
        Rows, before any filter, whose coordinates cannot be and were set aside; they count as without
        coordinates.
    by_category, by_month : tuple of Share
        Used rows by category (most first, ties by name) and by month.
    months_missing : tuple of str
        Months without a used row between the first and the last.
    partial_month : str or None
        The last month, where it has under half of the mean of the other months' rows.
    identical : int
        Used rows without a Crime ID that repeat an earlier row's category, month, coordinates, code and
        weight. They are kept: anti-social behaviour has no IDs, and several incidents share one snap point.
    coordinates : int
        Distinct coordinates among located rows.
    most_at_one : int
        Most located rows on one of them.
    lsoa_vintage : {'2011', '2021', None}
        Which LSOA codes the rows hold, where that can be told.
    examples : tuple of str
        The first malformed rows, in words.
    inside, outside : int or None
        Located rows inside the areas of an analysis and outside them all; None before they are known.
    period : str or None
        The months that were asked for, such as ``"2025-01..2025-06"``.
    months : tuple of str
        The months of the rows that are neither malformed nor repeats, before any choice among them.
    repeated : tuple of Share
        The duplicates by category (most first, ties by name).
    copies, overlaps : tuple of str
        Files left out, as they have the bytes of another, and months that two files share, in words.
    no_ids, recurring_ids : int
        Rows with a word or a zero in the place of a Crime ID, and rows whose ID stands for many different
        incidents: repeats are not looked for among them.
    unread_months, day_numbers : int
        Rows, before any filter, whose month or date is not understood, and whose date is a spreadsheet's day
        number.
    mended : tuple of str
        Rows with a quotation mark that was left open, and is not taken for one.
    notes : dict of str
        For ``no_ids``, ``unread_months``, ``day_numbers`` and ``out_of_range`` a value that was met.
    weight : float or None
        How many incidents the used rows stand for: the sum of the column of weights, where one was named.
    """

    sources: tuple[SourceReport, ...]
    crs: str
    transformation: str | None
    rows_read: int
    malformed: int
    duplicates: int
    filtered_category: int
    filtered_period: int
    filtered_unlocated: int
    filtered_area: int
    used: int
    located: int
    unlocated: int
    out_of_range: int
    by_category: tuple[Share, ...]
    by_month: tuple[Share, ...]
    months_missing: tuple[str, ...]
    partial_month: str | None
    identical: int
    coordinates: int
    most_at_one: int
    lsoa_vintage: str | None
    examples: tuple[str, ...]
    inside: int | None = None
    outside: int | None = None
    period: str | None = None
    months: tuple[str, ...] = ()
    overlap: int = 0
    repeated: tuple[Share, ...] = ()
    copies: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()
    no_ids: int = 0
    recurring_ids: int = 0
    unread_months: int = 0
    day_numbers: int = 0
    mended: tuple[str, ...] = ()
    notes: dict[str, str] = dataclasses.field(default_factory=dict)
    compared: int = 0
    compared_with: tuple[str, ...] = ()
    weight: float | None = None

    def __post_init__(self) -> None:
        dropped = sum(count for _, count in self.dropped())
        _balance("rows read", self.rows_read, dropped + self.used)
        _balance("rows used", self.used, self.located + self.unlocated)
        if self.inside is not None and self.outside is not None:
            _balance("located rows", self.located, self.inside + self.outside)

    def __repr__(self) -> str:
        files = _count(len(self.sources), "file")
        return f"<QualityReport: {self.used:,} of {self.rows_read:,} rows of {files} used, {self.located:,} located>"

    def dropped(self) -> tuple[tuple[str, int], ...]:
        """Return each reason for which rows were dropped, and how many were, in the order of the checks."""
        return (
            ("malformed", self.malformed),
            ("repeated Crime IDs", self.duplicates),
            ("in another file already", self.overlap),
            ("other categories", self.filtered_category),
            ("other months", self.filtered_period),
            ("without coordinates, so not in the area", self.filtered_unlocated),
            ("outside the area", self.filtered_area),
            *(
                [("used for the comparison only", self.compared)]
                if self.compared or self.compared_with
                else []
            ),
        )

    def say_rows(self) -> None:
        """Say how many rows were read and are used."""
        files = "1 file" if len(self.sources) == 1 else f"{len(self.sources):,} files"
        log.info("Rows read: %s, from %s; used: %s", f"{self.rows_read:,}", files, f"{self.used:,}")

    def say_compared(self) -> None:
        """Say how many rows are used for the comparison alone, where any is."""
        if self.compared:
            log.info("Rows used for the comparison alone: %s", f"{self.compared:,}")

    def say_weights(self) -> None:
        """Say how many incidents the used rows stand for, where they have weights."""
        if self.weight is not None:
            log.info(
                "Weights: %s used rows stand for %s incidents; counts are sums of weights, and limits take them as "
                "counts",
                f"{self.used:,}", f"{self.weight:,.10g}",
            )  # fmt: skip

    def with_areas(self, *, inside: int, outside: int) -> QualityReport:
        """Return the report with how many located rows fell inside the areas, and outside them all.

        Parameters
        ----------
        inside, outside : int
            Two counts, made separately; together they must be `located`.
        """
        return dataclasses.replace(self, inside=inside, outside=outside)

    def unquoted(self) -> QualityReport:
        """Return the report without a word of the cells that could not be read, which may hold anything.

        What is wrong with which row of which file stays.
        """
        return dataclasses.replace(
            self,
            examples=tuple(_CELL.sub(": a cell in '", example) for example in self.examples),
            notes={name: text if name in _PLAIN else "..." for name, text in self.notes.items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values that JSON can hold; a record that others see is made of `unquoted`."""
        plain = dataclasses.asdict(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    def lines(self) -> list[str]:
        """Return the report as lines of text, columns aligned; every column of figures adds up, or has no total."""
        total = Share("Total", self.used, self.located)
        parts = [self._source_lines(), self._row_lines()]
        if self.by_category and (len(self.by_category) > 1 or self.by_category[0].label):
            parts.append(_share_lines("Category", self.by_category, "(no category)", total))
        if self.by_month and (len(self.by_month) > 1 or self.by_month[0].label):
            parts.append(_share_lines("Month", self.by_month, "(no month)", total))
        parts.append(self._note_lines())
        return [line for number, part in enumerate(parts) for line in ([""] * (number > 0) + part)]

    def _source_lines(self) -> list[str]:
        shown = self.sources if len(self.sources) <= 24 else (*self.sources[:12], *self.sources[-12:])
        width = max(len(source.name) for source in shown) if shown else 0
        lines = []
        for source in shown:
            if len(shown) < len(self.sources) and source is shown[12]:
                lines.append(f"  ... {len(self.sources) - 24:,} more ...")
            encoding = f"  {source.encoding}" if source.encoding else ""
            lines.append(f"  {source.name:<{width}}  {source.rows:>10,} rows{encoding}")
        return [_count(len(self.sources), "file"), *lines]

    def _row_lines(self) -> list[str]:
        always = {"malformed", "repeated Crime IDs"}
        rows = [("Rows read", self.rows_read, "")]
        rows += [(f"  {reason}", -count, "") for reason, count in self.dropped() if count or reason in always]
        rows.append(("Rows used", self.used, ""))
        rows.append(("  with coordinates", self.located, percent(self.located, self.used)))
        if self.inside is not None and self.outside is not None:
            rows.append(("    inside the areas", self.inside, percent(self.inside, self.used)))
            rows.append(("    outside all areas", self.outside, percent(self.outside, self.used)))
        rows.append(("  without coordinates", self.unlocated, percent(self.unlocated, self.used)))
        width = max(len(label) for label, _, _ in rows)
        return [f"{label:<{width}}  {count:>{_WIDTH},}  {share:>6}".rstrip() for label, count, share in rows]

    def _note_lines(self) -> list[str]:
        facts = [
            ("Period", self._period()),
            ("Places", _places(self.coordinates, self.most_at_one)),
            ("Weights", self._weights()),
            ("Duplicates", self._duplicates()),
            *(
                ("Repeated", f"{share.label or '(no category)'}, {_count(share.rows, 'row')}")
                for share in self.repeated[:5]
            ),
            *(("File twice", copy) for copy in self.copies),
            *(("Overlap", overlap) for overlap in self.overlaps),
            ("No Crime ID", self._no_ids()),
            ("Identical", self._identical()),
            ("LSOA codes", f"{self.lsoa_vintage} vintage" if self.lsoa_vintage else ""),
            ("Encodings", self._encodings()),
            ("Coordinates", f"{self.crs}" + (f" ({self.transformation})" if self.transformation else "")),
            (
                "Out of range",
                f"{_count(self.out_of_range, 'row')}, counted as without coordinates"
                * bool(self.out_of_range),
            ),
            ("No month", self._unread()),
            *(("Malformed", example) for example in self.examples),
            *(("Quotation", place) for place in self.mended),
        ]
        return [f"{label:<12}  {fact}" for label, fact in facts if fact]

    def _period(self) -> str:
        months = [month.label for month in self.by_month if month.label]
        if not months:
            return "no months are recorded"
        span = (
            months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}, {_count(len(months), 'month')}"
        )
        missing = f"; nothing in {month_spans(self.months_missing)}" if self.months_missing else ""
        partial = f"; {self.partial_month} looks incomplete" if self.partial_month else ""
        return span + missing + partial

    def _weights(self) -> str:
        if self.weight is None:
            return ""
        return f"{_count(self.used, 'used row')} for {self.weight:,.10g} incidents, by the column of weights"

    def _duplicates(self) -> str:
        without = sum(not source.has_ids for source in self.sources)
        if without == len(self.sources):
            return "could not be checked: no file has a Crime ID column"
        unchecked = f"; could not be checked in {_count(without, 'file')} without a Crime ID column" * bool(
            without
        )
        if not self.duplicates:
            return f"no Crime ID is repeated{unchecked}"
        rows = "1 row repeats" if self.duplicates == 1 else f"{self.duplicates:,} rows repeat"
        verb = "was" if self.duplicates == 1 else "were"
        return f"{rows} a Crime ID, month, category and place, and {verb} dropped, the first of each kept{unchecked}"

    def _no_ids(self) -> str:
        found = []
        if self.no_ids:
            found.append(
                f"{_count(self.no_ids, 'row')} with '{self.notes.get('no_ids', '')}' or the like in its place"
            )
        if self.recurring_ids:
            found.append(f"{_count(self.recurring_ids, 'row')} with an ID of many different incidents")
        return "; ".join(found)

    def _unread(self) -> str:
        if not self.unread_months:
            return ""
        rows = _count(self.unread_months, "row")
        return f"{rows} with a month or date that is not understood, such as '{self.notes.get('unread_months', '')}'"

    def _identical(self) -> str:
        if not self.identical:
            return ""
        return (
            f"{self.identical:,} rows without a Crime ID repeat another's category, month and place; "
            "kept, as separate incidents share snap points"
        )

    def _encodings(self) -> str:
        found = [source.encoding for source in self.sources if source.encoding]
        counted = {name: found.count(name) for name in sorted(set(found))}
        if len(counted) < 2:
            return ""
        return "mixed: " + ", ".join(f"{name} ({count:,})" for name, count in counted.items())


def describe(
    incidents: pd.DataFrame, *, place: npt.NDArray[np.int64], alike: npt.NDArray[np.uint64]
) -> dict[str, Any]:
    """Return the fields of a `QualityReport` that describe the rows kept.

    Parameters
    ----------
    incidents : DataFrame
        The rows kept.
    place : ndarray of int64
        Each row's coordinate as a number; -1 for none.
    alike : ndarray of uint64
        The fingerprint of each row that has coordinates and no Crime ID.
    """
    located = place >= 0
    categories = incidents["category"].cat
    by_category = shares_of([*categories.categories, ""], categories.codes.to_numpy(), located)
    months = month_ordinals(incidents["month"])
    labels, codes = np.unique(months, return_inverse=True)
    by_month = shares_of([_month_label(month) for month in labels], codes, located)
    named = tuple(sorted((share for share in by_month if share.label), key=lambda share: share.label))
    at_one = np.bincount(place[located])
    return {
        "used": len(incidents),
        "located": int(np.count_nonzero(located)),
        "unlocated": int(np.count_nonzero(place < 0)),
        "by_category": by_most(by_category),
        "by_month": named + tuple(share for share in by_month if not share.label),
        "months_missing": _missing_months(named),
        "partial_month": partial_month(named),
        "identical": len(alike) - len(pd.unique(alike)),
        "coordinates": int(np.count_nonzero(at_one)),
        "most_at_one": int(at_one.max(initial=0)),
        "lsoa_vintage": _vintage(incidents),
    }


def add_reports(reports: Mapping[str, QualityReport], incidents: pd.DataFrame) -> QualityReport:
    """Return the account of several sources together, their categories told apart by the source's name.

    Parameters
    ----------
    reports : mapping of str to QualityReport
        Of each source, by its name; of the same months.
    incidents : DataFrame
        The used rows of all, or their sums by place, for the coordinates that sources share.
    """
    each = list(reports.values())
    names = [entry.name for entry in dataclasses.fields(QualityReport)]
    numbers = [name for name in names if all(type(getattr(one, name)) is int for one in each)]
    listed = [name for name in names if all(isinstance(getattr(one, name), tuple) for one in each)]
    months = pd.DataFrame([dataclasses.asdict(one) for report in each for one in report.by_month])
    by_month = tuple(
        Share(str(label), int(rows), int(located))
        for label, rows, located in (
            months.groupby("label", as_index=False).sum().to_numpy().tolist() if len(months) else ()
        )
    )
    named = tuple(share for share in by_month if share.label)
    there = incidents.loc[incidents["x"].notna()]
    at_one = there[["x", "y"]].value_counts()
    if "sums" in incidents.attrs:
        at_one = there.groupby(["x", "y"])["rows"].sum()
    vintages = {one.lsoa_vintage for one in each if one.lsoa_vintage}
    changed: dict[str, Any] = {name: sum(getattr(one, name) for one in each) for name in numbers}
    changed |= {name: tuple(value for one in each for value in getattr(one, name)) for name in listed}
    changed |= {
        "transformation": "; ".join(dict.fromkeys(one.transformation for one in each if one.transformation))
        or None,
        "by_category": by_most(
            _of_source(name, share) for name, one in reports.items() for share in one.by_category
        ),
        "repeated": by_most(
            _of_source(name, share) for name, one in reports.items() for share in one.repeated
        ),
        "by_month": named + tuple(share for share in by_month if not share.label),
        "months_missing": _missing_months(named),
        "partial_month": partial_month(named),
        "coordinates": len(at_one),
        "most_at_one": int(at_one.max()) if len(at_one) else 0,
        "lsoa_vintage": vintages.pop() if len(vintages) == 1 else None,
        "months": tuple(sorted({month for one in each for month in one.months})),
        "compared_with": each[0].compared_with,
        "notes": {key: value for one in reversed(each) for key, value in one.notes.items()},
        "weight": None
        if all(one.weight is None for one in each)
        else sum(float(one.used) if one.weight is None else one.weight for one in each),
    }
    return dataclasses.replace(each[0], **changed)


def _of_source(name: str, share: Share) -> Share:
    return Share(f"{name}: {share.label or 'no category'}", share.rows, share.located)


def shares_of(labels: list[str], codes: npt.NDArray[Any], located: npt.NDArray[np.bool_]) -> list[Share]:
    """Return how many rows have each label, by its position, and how many of them have coordinates."""
    # Code -1, no category, is the last label.
    wrapped = codes.astype(np.int64) % len(labels)
    rows = np.bincount(wrapped, minlength=len(labels))
    there = np.bincount(wrapped[located], minlength=len(labels))
    return [
        Share(label, int(n), int(with_place))
        for label, n, with_place in zip(labels, rows, there, strict=True)
        if n
    ]


def by_most(shares: Iterable[Share]) -> tuple[Share, ...]:
    """Return shares with most rows first, ties by name, and that without a name last."""
    return tuple(sorted(shares, key=lambda share: (not share.label, -share.rows, share.label)))


def _month_label(ordinal: int) -> str:
    return f"{1970 + ordinal // 12:04d}-{ordinal % 12 + 1:02d}" if ordinal > NO_MONTH else ""


def month_spans(months: tuple[str, ...]) -> str:
    """Return months in order as spans of months that follow one another."""
    runs = month_runs(months)
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _missing_months(months: tuple[Share, ...]) -> tuple[str, ...]:
    if not months:
        return ()
    there = {month.label for month in months}
    span = pd.period_range(months[0].label, months[-1].label, freq="M")
    return tuple(label for label in map(str, span) if label not in there)


def partial_month(months: tuple[Share, ...]) -> str | None:
    """Return the last month where it has under half of the mean of the other months' rows."""
    if len(months) < 3:
        return None
    *others, last = months
    return last.label if last.rows < sum(month.rows for month in others) / len(others) / 2 else None


def _vintage(incidents: pd.DataFrame) -> str | None:
    if "lsoa_code" not in incidents:
        return None
    codes = [code for code in incidents["lsoa_code"].cat.categories if code[:1] in "EW"]
    if any(new_in_2021(code) for code in codes):
        return "2021"
    return "2011" if len(codes) >= _ENOUGH_CODES else None


def _balance(what: str, total: int, parts: int) -> None:
    # A sum that does not add up is a defect of the toolkit, not of the data, so it keeps its traceback.
    if total != parts:
        raise AssertionError(f"{what}: {total:,} in all, but the parts add up to {parts:,}")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _places(coordinates: int, most: int) -> str:
    if not coordinates:
        return ""
    return f"{_count(coordinates, 'distinct coordinate')}, at most {_count(most, 'incident')} on one"


def _share_lines(title: str, shares: tuple[Share, ...], unnamed: str, total: Share) -> list[str]:
    # Counts that were rounded each on its own do not add up.
    adds_up = sum(share.rows for share in shares) == total.rows
    width = max(len(title), *(len(share.label or unnamed) for share in shares))
    lines = [f"{title:<{width}}  {'Rows':>{_WIDTH}}  {'Located':>{_WIDTH}}  {'Share':>6}"]
    for share in (*shares, *[total] * adds_up):
        label, located = share.label or unnamed, percent(share.located, share.rows)
        lines.append(
            f"{label:<{width}}  {share.rows:>{_WIDTH},}  {share.located:>{_WIDTH},}  {located:>6}".rstrip()
        )
    return lines
