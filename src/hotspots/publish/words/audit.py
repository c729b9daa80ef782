"""What an audit of published folders found, in words and for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.audit.audit import Audit
from hotspots.base.text import counted, list_words

_MOST = 12  # columns, cells and remarks named one by one

BEYOND = (
    "What readers know already: a victim, a neighbour or an officer knows of one incident, and can take it from a "
    "count.",
    "What others publish of the same place and time: police.uk's own files, answers to other requests, court and "
    "news reports.",
    "Whether a place with few residents, or with one household, is told from its mere presence on a map.",
    "Ground that areas of two layers share, where these have over 300 areas in all or one is a grid: only areas "
    "that lie inside another are set against it.",
    "Months of an area of which none is shown: what the months of its district and of its other areas leave of them is "
    "not solved for.",
    "Pictures: what a map shows in colour is checked through the classes that its legend names, not from its pixels.",
)
"""What no audit of files can check."""


def audit_lines(audit: Audit) -> list[str]:
    """Return a short account for a terminal."""
    return [*_held_to(audit), "", *_verdict(audit), *_sources(audit), *_others(audit)]


def _held_to(audit: Audit) -> list[str]:
    areas = audit.cells["area"].nunique()
    files = audit.columns["file"].nunique()
    themes = audit.cells["theme"].nunique()
    stated = "which it states" if audit.stated else "chosen for this audit"
    if not audit.stated and audit.rules.name == "own":
        stated = "as the folder states no rules (choose others with --profile)"
    return [
        f"Audited {list_words(audit.folders)}: {counted(len(audit.cells), 'count')} of {counted(themes, 'theme')} in "
        f"{counted(areas, 'area')}, read back from {counted(files, 'file')}",
        f"Held to: {rules_words(audit)}, {stated}",
    ]


def rules_words(audit: Audit) -> str:
    """Return in a few words what the folders were held to.

    Examples
    --------
    >>> from hotspots.analysis.audit.audit import Audit
    >>> import pandas as pd
    >>> from hotspots.disclosure.rules import profile
    >>> none = pd.DataFrame()
    >>> rules_words(Audit(("a",), profile("documents"), True, none, none, none, (), (), ()))
    "the profile 'documents': counts of 0 to 4 protected, counts rounded to 10"
    """
    rules = audit.rules
    least = 1 if rules.zeros == "shown" else 0
    name = "" if rules.name == "own" else f"the profile '{rules.name}': "
    rounding = f", counts rounded to {rules.base}" if rules.rounds else ""
    return f"{name}counts of {least} to {rules.threshold - 1} protected{rounding}"


def _verdict(audit: Audit) -> list[str]:
    """Return what it comes to."""
    back, kept = len(audit.given_back), int((audit.cells["state"] == "protected").sum())
    if audit.disagree:
        return [
            "The numbers do not agree with each other, so nothing can be said of what they protect:",
            *_some(audit.disagree),
        ]
    if back:
        exact = int((audit.given_back["low"] == audit.given_back["high"]).sum())
        lines = [
            f"Not safe to publish: {counted(back, 'small count')} given back, {exact:,} exactly; {kept:,} protected"
        ]
        stopped = int((~audit.given_back["proved"].astype(bool)).sum())
        if stopped:
            lines.append(
                f"  Of {stopped:,} of them this is not proved: the search took too long, and what it had not met "
                "counts as impossible (audit again when the machine has less to do)"
            )
    elif audit.troubles:
        lines = [
            f"Not safe to publish as it is: no small count is given back ({kept:,} are protected), but see below"
        ]
    elif audit.narrowest is None:
        lines = ["No small count is given back: no count can be small"]
    else:
        lines = [
            f"No small count is given back: {kept:,} may be small, and the most closely known may be any of "
            f"{audit.narrowest:,} values"
        ]
    return lines


def _sources(audit: Audit) -> list[str]:
    """Return by which file and column counts are given back, and by which sums and differences."""
    if audit.disagree or not len(audit.given_back):
        return []
    gives = audit.columns[audit.columns["gives"] > 0]
    by = _by_column(gives, "gives").most_common()
    lines = ["", "Given back by one column alone"] if by else []
    lines += [f"  {file}, column '{column}': {count:,}" for (file, column), count in by[:_MOST]]
    if len(by) > _MOST:
        lines.append(f"  and {len(by) - _MOST:,} other columns")
    whys = {*audit.links["why"], "several sums together"}
    sums = audit.given_back[audit.given_back["by"].isin(whys)]["by"].value_counts(sort=False)
    if len(sums):
        lines += ["", "Given back by subtraction", *(f"  {why}: {count:,}" for why, count in sums.items())]
    first = audit.given_back.head(3)
    return [*lines, "", "For example", *(f"  {_cell(row)}" for row in first.to_dict("records"))]


def _by_column(columns: pd.DataFrame, what: str) -> Counter[tuple[str, str]]:
    """Return a sum by file and column."""
    found: Counter[tuple[str, str]] = Counter()
    for file, column, number in zip(columns["file"], columns["column"], columns[what], strict=True):
        found[file, column] += int(number)
    return found


def _cell(row: Mapping[Any, Any]) -> str:
    low, high = row["low"], row["high"]
    number = (
        f"{low:.0f}"
        if low == high
        else f"{low:.0f} to {high:.0f}"
        if np.isfinite(high)
        else f"{low:.0f} or more"
    )
    period = f", {row['period']}" if row["period"] else ""
    return f"{row['theme']} in {row['area']}{period}: {number}"


def _others(audit: Audit) -> list[str]:
    """Return what else is wrong, and what was not read."""
    lines = []
    if audit.troubles:
        lines += ["", "Not to be published whatever the numbers", *_some(audit.troubles)]
    unexplained = _by_column(audit.columns[audit.columns["found"] == "unexplained"], "numbers")
    unread = [
        *(f"{file}, column '{column}': by no formula that is known" for file, column in unexplained),
        *audit.unread,
    ]
    if unread:
        lines += ["", "Not read, or not understood", *_some(unread)]
    return lines


def _some(told: tuple[str, ...] | list[str]) -> list[str]:
    more = [f"  and {len(told) - _MOST:,} more"] if len(told) > _MOST else []
    return [*(f"  {one}" for one in told[:_MOST]), *more]


def audit_record(audit: Audit) -> dict[str, Any]:
    """Return the same for machines, without any count that is given back."""
    held = audit.cells
    numbers = audit.columns
    return {
        "folders": list(audit.folders),
        "profile": profile_record(audit),
        "stated": audit.stated,
        "passed": audit.passed,
        "counts": len(held),
        "shown": int((held["state"] == "shown").sum()),
        "protected": int((held["state"] == "protected").sum()),
        "given_back": len(audit.given_back),
        "narrowest": audit.narrowest,
        "not_proved": int((~held["proved"]).sum()),
        "given_back_by": [
            {"file": file, "column": column, "counts": count}
            for (file, column), count in _by_column(numbers[numbers["gives"] > 0], "gives").items()
        ],
        "columns": [
            {"file": file, "column": column, "found": found, "numbers": count}
            for found in sorted(set(numbers["found"]))
            for (file, column), count in _by_column(numbers[numbers["found"] == found], "numbers").items()
        ],
        "links": [
            {"why": row["why"], "hold": int(row["hold"]), "fail": int(row["fail"]), "of": list(row["of"])}
            for row in audit.links.to_dict("records")
        ],
        "troubles": list(audit.troubles),
        "disagree": list(audit.disagree),
        "not_read": list(audit.unread),
        "not_checked": list(BEYOND),
    }


def profile_record(audit: Audit) -> dict[str, Any]:
    """Return the rules for machines."""
    rules = audit.rules
    return {
        "name": rules.name,
        "threshold": rules.threshold,
        "base": rules.base,
        "zeros": rules.zeros,
        "hide": rules.hide,
        "dominance": None if rules.dominance is None else list(rules.dominance),
        "rate_decimals": rules.rate_decimals,
    }


def audit_json(audit: Audit) -> str:
    """Return the record as JSON."""
    return json.dumps(audit_record(audit), indent=2, ensure_ascii=False)
