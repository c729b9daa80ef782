"""The certificate of a folder for publication: what a reader can still work out, for who has to answer for it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hotspots._version import __version__
from hotspots.analysis.audit.audit import Audit, audit_folders
from hotspots.analysis.audit.context import CERTIFICATE
from hotspots.analysis.audit.links import Cell
from hotspots.base.errors import DataError
from hotspots.disclosure.rules import Profile
from hotspots.export.document import Document, Figures, Paragraphs, Section, Table
from hotspots.export.pages.report import report_html
from hotspots.publish.words.audit import BEYOND, audit_lines, audit_record

PAGE = "about/disclosure.html"
FILES = (PAGE, CERTIFICATE)
"""What `certify` adds to a folder."""


def certify(
    folder: str | os.PathLike[str],
    *,
    rules: Profile,
    since: Sequence[str | os.PathLike[str]] = (),
    small: dict[Cell, int] | None = None,
    left_out: Sequence[str] = (),
) -> Audit:
    """Audit a folder that was made for publication, and leave the certificate in it.

    Parameters
    ----------
    folder : path
        The folder, with all its files written.
    rules : Profile
        What it was made by.
    since : sequence of paths
        Earlier editions that were published: a reader has them too.
    small : dict of (theme, area, period) to int, optional
        The exact counts; see `hotspots.analysis.audit.audit.audit_folders`.
    left_out : sequence of str
        What is not in the folder that was asked for, in sentences with the reason.

    Returns
    -------
    Audit

    Raises
    ------
    DataError
        When a small count is known more closely than the rules promise, or something is in the folder that must not
        be published; nothing is written then.
    """
    audit = audit_folders([folder, *since], rules=rules, small=small)
    if not audit.passed:
        raise DataError(
            "the folder would give away what its rules protect, and was not published: "
            + "; ".join(line.strip() for line in audit_lines(audit)[3:8] if line.strip()),
            hint="choose a profile that hides more, areas that hold more incidents, or fewer layers and periods",
        )
    # Its name may be another tomorrow, and is one of a draft while a run writes it.
    audit = replace(audit, folders=("this folder", *audit.folders[1:]))
    root = Path(folder)
    (root / "about").mkdir(exist_ok=True)
    record = {"made_with": f"hotspots {__version__}", **audit_record(audit), "left_out": list(left_out)}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (root / CERTIFICATE).write_text(text, encoding="utf-8", newline="\n")
    (root / PAGE).write_text(report_html(certificate(audit, left_out)), encoding="utf-8", newline="\n")
    return audit


def certificate(audit: Audit, left_out: Sequence[str] = ()) -> Document:
    """Return the certificate as a document, in words for who has to answer for publishing it."""
    return Document(
        title="Disclosure certificate",
        period="What a reader can still work out from this folder",
        sections=[
            Section("Finding", [*_finding(audit)]),
            Section("The rules", [Paragraphs(audit.rules.sentences()), *_source(audit)], new_page=False),
            Section("What was protected", [_protected(audit)], new_page=False),
            *([Section("What was left out", [Paragraphs(left_out)], new_page=False)] if left_out else []),
            Section("What was checked", [*_checked(audit)], new_page=False),
            Section("What was not read", [_unread(audit)], new_page=False),
            Section(
                "What no check of files can tell", [Paragraphs(BEYOND), Paragraphs([_REPEAT])], new_page=False
            ),
        ],
        made_with=f"hotspots {__version__}",
    )


_REPEAT = (
    "To repeat this check, type 'hotspots audit' and the name of the folder; with the names of earlier editions it is "
    "made for all of them together. A folder in which a file was changed by hand is no longer covered by this page."
)


def _finding(audit: Audit) -> list[Figures | Paragraphs]:
    states = audit.cells["state"].value_counts()
    protected = int(states.get("protected", 0))
    said = [
        "Every number in the files of this folder that is tied to an area, a theme and a period was read back from the "
        "files themselves, and everything that they say together of the counts behind them was solved: sums and "
        "differences, rates and populations, limits, scores, classes and changes.",
    ]
    if audit.narrowest is None:
        said.append("None of these counts may be small, by what the files say; none needs protection.")
    else:
        said.append(
            f"No small count can be worked out from what was read. Of the {protected:,} counts that may be small, a "
            f"reader who puts all of it together cannot tell any closer than to {audit.narrowest:,} possible values."
        )
    open_ = int((~audit.cells["proved"]).sum())
    if open_:
        said.append(
            f"For {open_:,} of them the solver was stopped before it had proved its limits; those given are possible "
            "values, so that the true limits are the same or wider."
        )
    figures = [
        (f"{len(audit.cells):,}", "counts that the files speak of"),
        (f"{protected:,}", "may be small, and are protected"),
    ]
    if audit.narrowest is not None:
        figures.append((f"{audit.narrowest:,}", "values that the most closely known of them may have"))
    return [Figures(figures), Paragraphs(said)]


def _source(audit: Audit) -> list[Paragraphs]:
    source = audit.rules.source
    return [Paragraphs([f"The rules are those of {source}"], small=True)] if source else []


def _protected(audit: Audit) -> Table | Paragraphs:
    """Return how many counts are protected in each theme and period, and how closely the closest is known."""
    held = audit.cells[audit.cells["state"] == "protected"]
    if held.empty:
        return Paragraphs(["No count of this folder may be small."])
    rows = []
    for (theme, period), part in held.groupby(["theme", "period"]):
        widths = part["high"] - part["low"] + 1
        finite = widths[np.isfinite(widths)]
        every = int(((audit.cells["theme"] == theme) & (audit.cells["period"] == period)).sum())
        fewest = f"{finite.min():,.0f}" if len(finite) else "no limit"
        rows.append((str(theme), str(period), f"{every:,}", f"{len(part):,}", fewest))
    return Table(
        "Counts that may be small, by theme and period",
        ("Theme", "Months", "Counts", "May be small", "Fewest possible values"),
        rows,
        numbers=frozenset({2, 3, 4}),
    )


def _checked(audit: Audit) -> list[Table]:
    """Return which columns of which kinds of files were read, and which sums were solved."""
    columns = audit.columns.assign(kind=audit.columns["file"].str.rpartition(".")[2].str.upper())
    rows = [
        (str(kind), ", ".join(sorted(set(part["column"]))), f"{part['numbers'].sum():,}", str(found))
        for (kind, found), part in columns.groupby(["kind", "found"])
    ]
    tables = [
        Table(
            "Numbers that were read back",
            ("Files", "Columns", "Numbers", "What they are"),
            rows,
            numbers=frozenset({2}),
            prose=frozenset({1}),
        )
    ]
    if len(audit.links):
        tables.append(
            Table(
                "Sums and differences that were solved",
                ("Sum or difference", "Solved", "Left out, as the numbers do not add up"),
                [
                    (row["why"], f"{row['hold']:,}", f"{row['fail']:,}")
                    for row in audit.links.to_dict("records")
                ],
                numbers=frozenset({1, 2}),
                prose=frozenset({0}),
            )
        )
    return tables


def _unread(audit: Audit) -> Paragraphs:
    unexplained = audit.columns[audit.columns["found"] == "unexplained"]
    told = [
        *dict.fromkeys(
            f"{row['file']}, column '{row['column']}': by no formula that is known"
            for row in unexplained.to_dict("records")
        ),
        *audit.unread,
        _FORMULAS,
    ]
    return Paragraphs(told)


_FORMULAS = (
    "Scores of Gi* are compared with those of the counts shown, where all of these are shown. Moran's I, funnels, "
    "smoothed rates, risks, ranks, p and q values, kinds of hotspots over time, and shares, indexes and ratios of "
    "bands and classes are not turned back into counts here. In a folder for publication they are measured from the "
    "published counts, and so tell nothing that those do not. Tables without areas are read from CSV files; in "
    "workbook and report the same tables are not read again. PDF files are not read: those of a report are printed "
    "from it."
)
