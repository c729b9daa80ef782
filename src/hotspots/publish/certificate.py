"""The certificate of a folder for publication: what a reader can still work out, for who has to answer for it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hotspots._version import __version__
from hotspots.analysis.audit.audit import Audit, audit_folders
from hotspots.analysis.audit.context import CERTIFICATE, Context, read_context
from hotspots.analysis.audit.links import Cell
from hotspots.base.columns import COLUMNS
from hotspots.base.errors import DataError
from hotspots.base.text import list_words
from hotspots.disclosure.rules import Profile
from hotspots.export.document import Document, Figures, Paragraphs, Section, Table, Terms
from hotspots.export.pages.report import report_html
from hotspots.publish.words.audit import BEYOND, audit_lines, audit_record
from hotspots.publish.words.protected import (
    columns_words,
    files_words,
    periods_words,
    protected_rows,
    withheld_rows,
)

PAGE = "about/disclosure.html"
FILES = (PAGE, CERTIFICATE)
"""What `certify` adds to a folder."""
_NAMED = 5
"""So many areas at most are named of each kind of sum that was left out."""


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
    context = read_context(root)
    record = {
        "made_with": f"hotspots {__version__}",
        "title": context.title,
        "period": context.period,
        **audit_record(audit),
        "may_be_small": [
            dict(
                zip(
                    ("theme", "areas", "periods", "counts", "may_be_small", "fewest_values"), row, strict=True
                )
            )
            for row in protected_rows(audit.cells, context.names)
        ],
        "withheld": [
            dict(zip(("areas", "districts", "number", "why", "names"), row, strict=True))
            for row in withheld_rows(audit.withheld, context.names)
        ],
        "left_out": list(left_out),
    }
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (root / CERTIFICATE).write_text(text, encoding="utf-8", newline="\n")
    (root / PAGE).write_text(
        report_html(certificate(audit, left_out, context)), encoding="utf-8", newline="\n"
    )
    return audit


def certificate(audit: Audit, left_out: Sequence[str] = (), context: Context | None = None) -> Document:
    """Return the certificate as a document, in words for who has to answer for publishing it.

    Parameters
    ----------
    audit : Audit
    left_out : sequence of str
        What is not in the folder that was asked for.
    context : Context, optional
        What the folder says of itself: its title and period, and what it calls its themes and areas.
    """
    told = context or Context()
    period = ", ".join(one for one in (told.title, told.period) if one)
    return Document(
        title="Disclosure certificate",
        period=period or "What a reader can still work out from this folder",
        sections=[
            Section("Finding", [*_finding(audit)]),
            Section("The rules", [Paragraphs(audit.rules.sentences()), *_source(audit)], new_page=False),
            Section("What was protected", _protected(audit, told), new_page=False),
            *_withheld(audit, told),
            *([Section("What was left out", [Paragraphs(left_out)], new_page=False)] if left_out else []),
            Section("What was checked", [*_checked(audit, told)], new_page=False),
            Section("What was not read", _unread(audit), new_page=False),
            Section("What no check of files can tell", [Paragraphs(BEYOND)], new_page=False),
            Section("Before it is published", [Paragraphs([*_ASK, _REPEAT])], new_page=False),
        ],
        made_with=f"hotspots {__version__}",
    )


_ASK = (
    "A person decides. Is a map of areas this small right for these offences, and does any area hold one institution "
    "or one household? Were the same figures published before in other rounding, areas or periods, and were those "
    "folders checked with this one? Has somebody read the texts that people wrote, which no rule changes?",
)
_REPEAT = (
    "To repeat this check, type 'hotspots audit' and the name of the folder; with the names of earlier editions it is "
    "made for all of them together. A folder in which a file was changed by hand is no longer covered by this page."
)


def _finding(audit: Audit) -> list[Figures | Paragraphs]:
    states = audit.cells["state"].value_counts()
    protected = int(states.get("protected", 0))
    said = [
        "The numbers of this folder that stand for an area, a theme and a period were read back from its files, and "
        "what they say together of the counts behind them was solved: sums and differences, rates and populations, "
        "limits, scores, classes and changes. What was read is listed below, and what was not.",
    ]
    if len(audit.folders) > 1:
        said.append(
            f"It was read together with {list_words(audit.folders[1:])}, as a reader has "
            f"{'that edition' if len(audit.folders) == 2 else 'those editions'} too."
        )
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
            f"For {open_:,} of them no wider limits were searched for, since those found keep the promise already, or "
            "the search came to its end: they are possible values, so that the true limits are the same or wider."
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


def _protected(audit: Audit, told: Context) -> list[Table | Paragraphs]:
    """Return how many counts are protected in each theme and kind of area, and how closely the closest is known."""
    held = audit.cells[audit.cells["state"] == "protected"]
    if held.empty:
        return [Paragraphs(["No count of this folder may be small."])]
    table = Table(
        "Counts that may be small, by theme and kind of area",
        ("Theme", "Areas", "Periods", "Counts", "May be small", "Fewest possible values"),
        protected_rows(audit.cells, told.names),
        numbers=frozenset({2, 3, 4, 5}),
    )
    words = periods_words(sorted(set(held["period"]), key=lambda one: (-len(one), one)))
    return [table, Paragraphs([words], small=True)] if words else [table]


def _withheld(audit: Audit, told: Context) -> list[Section]:
    """Return which areas have no figure because the files lack them, or a month of them."""
    rows = withheld_rows(audit.withheld, told.names)
    if not rows:
        return []
    table = Table(
        "Areas that the files do not cover",
        ("Areas", "Districts", "Number", "What the files lack", "Which they are"),
        rows,
        numbers=frozenset({2}),
        prose=frozenset({4}),
    )
    return [Section("Areas of which nothing is shown", [Paragraphs([_NOTHING]), table], new_page=False)]


_NOTHING = (
    "The blanks of these areas hide no small count. The files that the folder was made of do not cover them, or lack a "
    "month of them, so that they have no figure in it: they are in no total, no rate and no comparison, and not among "
    "the counts above."
)


def _failed(row: Mapping[Any, Any], told: Context) -> str:
    """Return how many sums were left out, and of which areas these are."""
    areas = [told.names.get(area, area) for area in row["of"]]
    named = f": {list_words(areas[:_NAMED])}" + (
        f" and {len(areas) - _NAMED:,} others" if len(areas) > _NAMED else ""
    )
    return f"{row['fail']:,}" + (named if areas else "")


def _checked(audit: Audit, told: Context) -> list[Table]:
    """Return which columns of which kinds of files were read, and which sums were solved."""
    columns = audit.columns.assign(kind=audit.columns["file"].str.rpartition(".")[2].map(files_words))
    labels = {name: column.label for name, column in COLUMNS.items()}
    rows = [
        (
            str(kind),
            columns_words(sorted(set(part["column"])), labels),
            f"{part['numbers'].sum():,}",
            str(found),
        )
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
                    (row["why"], f"{row['hold']:,}", _failed(row, told))
                    for row in audit.links.to_dict("records")
                ],
                numbers=frozenset({1}),
                prose=frozenset({0, 2}),
            )
        )
    return tables


def _unread(audit: Audit) -> list[Paragraphs | Terms]:
    unexplained = audit.columns[audit.columns["found"] == "unexplained"]
    told = dict.fromkeys(
        [
            *(
                f"{row['file']}: column '{row['column']}', by no formula that is known"
                for row in unexplained.to_dict("records")
            ),
            *audit.unread,
        ]
    )
    files: dict[str, list[str]] = {}
    for one in told:
        file, mark, words = one.partition(", " if ", '" in one.partition(": ")[0] else ": ")
        files.setdefault(file, []).append(words if mark else one)
    if not files:
        return [Paragraphs([_FORMULAS])]
    listed = Terms([(file, "; ".join(words)) for file, words in files.items()])
    return [Paragraphs([_MADE]), listed, Paragraphs([_FORMULAS])]


_MADE = (
    "These parts of files were not turned back into counts. They are made from the published counts like all else, but "
    "this check does not prove it: look at them."
)
_FORMULAS = (
    "Scores of Gi* are compared with those of the counts shown, where all of these are shown. Smoothed rates are "
    "solved for, and so are scores of funnels of chance alone or of one spread. Scores of other funnels, rates with"
    " chance taken out and ranks by rate or number are used for what their order says: which of two areas has more."
    " Limits and classes of funnels and risks, rates with chance taken out that neighbours share, ranks by a score "
    "and their intervals, indicators of harm or with chance taken out, means of areas of which some are hidden, "
    "Moran's I, p and q values, kinds of hotspots over time, and shares, indexes and ratios of bands and classes "
    "are not turned back into counts here. In a folder for publication they are measured from the published counts,"
    " and so tell nothing that those do not. Tables without areas are read from CSV files; in workbook and report "
    "the same tables are not read again. Of PDF files the sentences are read, not tables."
)
