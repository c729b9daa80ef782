"""The account of the rows as a public folder tells it: rounded, and without a word of what the rows hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from hotspots.base.named import find_named
from hotspots.disclosure.rounding import rounded
from hotspots.disclosure.rules import Profile
from hotspots.incidents.quality import QualityReport, Share, by_most

EXTRACT = "Extract"
"""What the files of an extract are called, with a number each."""
_STREET = re.compile(r"\d{4}-\d{2}-[a-z-]+-street\.csv", re.IGNORECASE)


def told_names(names: Sequence[str], what: str) -> tuple[str, ...]:
    """Return names of sources as they are told: those of public data as they are, of others a number each.

    The name of an extract may be that of a person, an officer or a case.

    Parameters
    ----------
    names : sequence of str
        Of files, folders or data.
    what : str
        What the others are called.

    Examples
    --------
    >>> told_names(["archive/2025-01-kent-street.csv", "Jane Roe.csv", "west-yorkshire-incidents"], "Extract")
    ('2025-01-kent-street.csv', 'Extract 2', 'west-yorkshire-incidents')
    """
    lasts = [re.split(r"[/\\:#]", name.rstrip("/\\"))[-1].strip() for name in names]
    return tuple(
        last if _STREET.fullmatch(last) or (last == name and find_named(name)) else f"{what} {number}"
        for number, (name, last) in enumerate(zip(names, lasts, strict=True), start=1)
    )


def about(number: float, profile: Profile) -> int:
    """Return a number of rows as it is told."""
    return int(rounded([number], profile.rows_rounded_to)[0])


def public_account(report: QualityReport, profile: Profile) -> QualityReport:
    """Return an account of which every number is rounded, and which quotes no cell, value or place of a file.

    Each part is rounded on its own, and what adds up in the account adds up of the rounded parts. A category of which
    there are so few rows that they round to none is not named, as its name alone would tell that there is one. No file
    has its hash beside it, by which who knows all rows but one could try that one until the hash is right. Files of
    extracts are numbered, see `told_names`.
    """
    near = partial(about, profile=profile)
    parts: dict[str, Any] = {
        name: near(getattr(report, name))
        for name in (
            "malformed", "duplicates", "overlap", "filtered_category", "filtered_period", "filtered_unlocated",
            "filtered_area", "compared", "unlocated",
        )
    }  # fmt: skip
    known = report.inside is not None and report.outside is not None
    inside, outside = (near(report.inside or 0), near(report.outside or 0)) if known else (None, None)
    located = (inside or 0) + (outside or 0) if known else near(report.located)
    used = located + parts["unlocated"]
    read = used + sum(parts.values()) - parts["unlocated"]
    return replace(
        report,
        **parts,
        inside=inside,
        outside=outside,
        located=located,
        used=used,
        rows_read=read,
        sources=tuple(
            replace(
                source,
                name=name,
                rows=near(source.rows),
                malformed=near(source.malformed),
                reasons={},
                forces={},
                sha256="",
            )
            for source, name in zip(
                report.sources, told_names([source.name for source in report.sources], EXTRACT), strict=True
            )
        ),
        # By size as shown: the order of those shown alike would tell which of them has more.
        by_category=by_most(share for share in _shares(report.by_category, near) if share.rows),
        by_month=_shares(report.by_month, near),
        repeated=(),
        out_of_range=near(report.out_of_range),
        identical=near(report.identical),
        coordinates=0,
        most_at_one=0,
        examples=(),
        copies=(),
        overlaps=(),
        mended=(),
        no_ids=near(report.no_ids),
        recurring_ids=near(report.recurring_ids),
        unread_months=near(report.unread_months),
        day_numbers=near(report.day_numbers),
        notes={},
        weight=None if report.weight is None else float(near(report.weight)),
    )


def _shares(shares: Iterable[Share], near: Callable[[float], int]) -> tuple[Share, ...]:
    return tuple(replace(share, rows=near(share.rows), located=near(share.located)) for share in shares)


def public_rows(rows: Mapping[str, int], profile: Profile) -> dict[str, int]:
    """Return the rows used by month, rounded."""
    return {month: about(number, profile) for month, number in rows.items()}
