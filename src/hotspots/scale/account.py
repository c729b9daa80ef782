"""The account of every row, and the columns of counts, from a tally of rows that were never all in memory."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hotspots.base.codes import as_code
from hotspots.base.crs import crs_label
from hotspots.base.sums import MILLION, from_millionths
from hotspots.counting.belonging import By, assign_areas, refuse_other_census
from hotspots.counting.counts import Per, count_incidents
from hotspots.incidents import QualityReport
from hotspots.incidents.cells import month_ordinals
from hotspots.incidents.dates import NO_MONTH
from hotspots.incidents.files import IncidentFile
from hotspots.incidents.filters import category_mask, month_mask, month_range, period_fields, refuse_nothing
from hotspots.incidents.quality import Share, by_most, describe, partial_month
from hotspots.incidents.repeats import told
from hotspots.incidents.tables import account_of, refuse_no_rows
from hotspots.scale.rows import (
    AGREES,
    CODED,
    LOCATED,
    WANTED,
    Filters,
    Tally,
    category_of,
    code_number,
    month_of,
)

log = logging.getLogger(__name__)


def make_report(
    files: Sequence[IncidentFile],
    tally: Tally,
    filters: Filters,
    crs: Any,
    *,
    copies: tuple[str, ...],
    shared: Mapping[tuple[int, int], int],
) -> QualityReport:
    """Return the account of every row, and refuse filters that leave nothing.

    Raises
    ------
    DataError
        When there is no row, no row has a category asked for, or the filters leave none.
    """
    refuse_no_rows(files)
    cells, n = cell_frame(tally.cells, tally)
    alive = np.ones(len(cells), dtype=bool)
    tests = []
    if filters.category is not None or filters.exclude is not None:
        tests.append(("filtered_category", category_mask(cells, filters.category, filters.exclude)))
    wanted = month_range(filters.period)
    beside = filters.beside(month_ordinals(cells["month"]))
    if wanted is not None:
        tests.append(("filtered_period", month_mask(cells, wanted) | beside))
    dropped = {}
    for name, passed in tests:
        dropped[name] = int(n[alive & ~passed].sum())
        alive &= passed
        refuse_nothing(alive & ~beside, name)
    beside &= alive
    alive &= ~beside
    bits = np.fromiter(tally.cells, dtype=np.uint64)
    located = (bits & LOCATED) > 0
    # Whether a row is wanted was decided as it was read; the report checks that both come to the same.
    told_of = account_of(files)
    if tally.out_of_range_example:
        told_of["notes"]["out_of_range"] = tally.out_of_range_example
    return QualityReport(
        crs=crs_label(crs),
        transformation="; ".join(tally.transformations) or None,
        duplicates=tally.repeats.total(),
        overlap=tally.overlap,
        filtered_category=dropped.get("filtered_category", 0),
        filtered_period=dropped.get("filtered_period", 0),
        filtered_unlocated=0,
        filtered_area=0,
        compared=int(n[beside].sum()),
        compared_with=filters.compared,
        out_of_range=tally.out_of_range,
        repeated=_repeated(tally),
        copies=copies,
        overlaps=told(shared, files),
        recurring_ids=tally.recurring_ids,
        used=int(n[(bits & WANTED) > 0].sum()),
        located=int(n[alive & located].sum()),
        unlocated=int(n[alive & ~located].sum()),
        identical=tally.identical,
        coordinates=tally.coordinates,
        most_at_one=tally.most_at_one,
        weight=tally.weight / MILLION if tally.weighted else None,
        **period_fields(cells["month"], wanted),
        **told_of,
        **_shares(cells[alive], n[alive], located[alive], _codes(files, tally)),
    )


def _repeated(tally: Tally) -> tuple[Share, ...]:
    cells = np.fromiter(tally.repeats, dtype=np.uint64, count=len(tally.repeats))
    n = np.fromiter(tally.repeats.values(), dtype=np.int64, count=len(tally.repeats))
    names = pd.Series([tally.labels.get(number, "") for number in category_of(cells).tolist()], dtype=object)
    return by_most(_shared(names, n, (cells & LOCATED) > 0))


def located_inside(tally: Tally) -> int:
    """Return how many used rows with coordinates are in an area."""
    both = int(WANTED | LOCATED)
    return sum(rows for cell, rows in tally.placed.items() if cell & both == both)


def cell_frame(numbers: dict[int, int], tally: Tally) -> tuple[pd.DataFrame, Any]:
    """Return the cells as incidents, one for each, and how many rows each stands for."""
    cells = np.fromiter(numbers, dtype=np.uint64, count=len(numbers))
    names = sorted(tally.labels.items(), key=lambda item: item[1])
    # A text may be left over from malformed rows alone, and is then no category.
    there = set(category_of(cells).tolist())
    names = [(number, text) for number, text in names if number in there]
    position = {number: place for place, (number, _) in enumerate(names)}
    codes = [position.get(number, -1) for number in category_of(cells).tolist()]
    months = pd.arrays.PeriodArray(month_of(cells), dtype=pd.PeriodDtype("M"))
    category = pd.Categorical.from_codes(codes, categories=pd.Index([text for _, text in names], dtype="str"))
    frame = pd.DataFrame({"category": category, "month": months})
    return frame, np.fromiter(numbers.values(), dtype=np.int64, count=len(numbers))


def _codes(files: Sequence[IncidentFile], tally: Tally) -> pd.Index | None:
    if not any(file.columns.lsoa_code for file in files):
        return None
    return pd.Index(sorted(tally.codes), dtype="str")


def _shares(cells: pd.DataFrame, n: Any, located: Any, codes: pd.Index | None) -> dict[str, Any]:
    """Return what `describe` says of used rows by category and month, and of their recorded codes."""
    cells = cells.assign(category=cells["category"].cat.remove_unused_categories())
    if codes is not None:
        cells["lsoa_code"] = pd.Categorical.from_codes([-1] * len(cells), categories=codes)
    nowhere = np.full(len(cells), -1)
    said = describe(cells, place=nowhere, alike=np.empty(0, dtype=np.uint64))
    categories = _shared(cells["category"].astype("str").fillna(""), n, located)
    months = _shared(cells["month"].astype("str").where(cells["month"].notna(), ""), n, located)
    by_month = sorted(months, key=lambda share: (not share.label, share.label))
    return {
        "by_category": by_most(categories),
        "by_month": tuple(by_month),
        "months_missing": said["months_missing"],
        "partial_month": partial_month(tuple(share for share in by_month if share.label)),
        "lsoa_vintage": said["lsoa_vintage"],
    }


def _shared(labels: pd.Series, n: Any, located: Any) -> list[Share]:
    sums = pd.DataFrame({"rows": n, "located": n * located}).groupby(labels.to_numpy(dtype=object)).sum()
    return [Share(str(label), int(rows), int(there)) for label, rows, there in sums.itertuples()]


def check_counted(report: QualityReport, tally: Tally, *, by: By, areas: Any) -> None:
    """Refuse incidents that are nowhere near the areas, and say how many were placed.

    Raises
    ------
    DataError
        As `hotspots.assign_areas`.
    """
    refuse_elsewhere(tally, by=by, areas=areas, stacklevel=5)
    wanted = _placed(tally)
    log.info("areas: %s of %s incidents placed by %s", f"{sum(wanted.values()):,}", f"{report.used:,}", by)
    if by == "polygon" and areas.index.isin(sorted(tally.codes)).any():
        both = sum(rows for cell, rows in wanted.items() if cell & int(CODED))
        same = sum(rows for cell, rows in wanted.items() if cell & int(AGREES))
        log.info(
            "areas: the recorded code names the same area for %.1f%% of %s incidents",
            100 * same / both if both else float("nan"),
            f"{both:,}",
        )


def _placed(tally: Tally) -> dict[int, int]:
    """Return how many wanted rows of each cell are in an area."""
    return {cell: rows for cell, rows in tally.placed.items() if cell & int(WANTED)}


def refuse_elsewhere(tally: Tally, *, by: By, areas: Any, stacklevel: int = 2) -> None:
    """Refuse incidents that are nowhere near the areas, or whose codes are those of another census.

    Raises
    ------
    DataError
        As `hotspots.assign_areas`.
    """
    codes = sorted(tally.codes)
    if by == "code":
        assign_areas(pd.DataFrame({"lsoa_code": pd.Categorical(codes, categories=codes)}), areas, by="code")
        refuse_other_census(
            stray_codes(tally, tally.strange, tally.strange_inside),
            recorded=codes,
            codes=areas.index,
            placed=sum(_placed(tally).values()),
            stacklevel=stacklevel,
        )
    elif not tally.near:
        west, south, east, north = tally.extent
        assign_areas(pd.DataFrame({"x": [west, east], "y": [south, north]}), areas)


def stray_codes(tally: Tally, located: Mapping[int, int], inside: Mapping[int, int]) -> pd.DataFrame:
    """Return how many rows with coordinates recorded each code that no area has, and how many are inside an area.

    Parameters
    ----------
    tally : Tally
        With all recorded codes.
    located, inside : mapping of int to int
        The rows, by the `code_number`.
    """
    numbers = {code: code_number(as_code(code)) for code in sorted(tally.codes)}
    strays = {
        code: (located[number], inside.get(number, 0))
        for code, number in numbers.items()
        if located.get(number)
    }
    return pd.DataFrame.from_dict(strays, orient="index", columns=["located", "inside"])


def split_columns(
    tally: Tally, per: Per, areas: Any, *, counts: dict[int, Any] | None = None
) -> pd.DataFrame:
    """Return the counts by category, month or year: a column for each that used rows have.

    The lines are those of `counts`, else what the tally was split by.

    Raises
    ------
    DataError
        When no used row has a month, and months were asked for.
    """
    cells, _ = cell_frame({cell: rows for cell, rows in tally.cells.items() if cell & int(WANTED)}, tally)
    nowhere = pd.Series(pd.Categorical.from_codes([-1] * len(cells), categories=areas.index))
    table = count_incidents(cells, areas, per=per, assigned=nowhere)
    values = table.to_numpy(copy=True)
    for key, line in (tally.counts if counts is None else counts).items():
        if per == "category":
            label: Any = tally.labels.get(key)
        else:
            known = key != NO_MONTH
            label = (
                (pd.Period(ordinal=key, freq="M") if per == "month" else 1970 + key // 12) if known else None
            )
        if label is not None:
            values[:, table.columns.get_loc(label)] += line
    return pd.DataFrame(
        from_millionths(values) if tally.weighted else values, index=table.index, columns=table.columns
    )
