"""What changed since an earlier edition, in words."""

from __future__ import annotations

import pandas as pd

from hotspots.analysis.since import Since
from hotspots.base.text import area_name, counted, list_words
from hotspots.publish.words.names import plural

# What an area is that a column of classes marks, and how it is when it is no longer.
MARKED = {
    "priority": "priority",
    "sd_flag": "significantly above the average",
    "gi_class": "in a hotspot",
    "rk_class": "clearly over the limit of risk",
}


def since_sentences(found: Since) -> list[str]:
    """Return what is new since an earlier edition: months, revisions, definitions and areas that differ."""
    said = [f"Since {found.title} ({found.period})."]
    months = found.months
    if months.empty:
        said.append(
            "Rows of months are not compared: the two editions take other incidents from their files."
        )
    else:
        state = months["state"]
        new, gone = (months.index[state == one].tolist() for one in ("new", "not read"))
        revised = months[state == "revised"]
        said.append(
            f"{counted(len(new), 'new month')}{_named(new)}"
            + (f"; {counted(len(gone), 'month')} no longer read{_named(gone)}" if gone else "")
            + "."
        )
        if len(revised):
            change = int((revised["now"] - revised["before"]).sum())
            said.append(
                f"{counted(len(revised), 'month')} of that edition "
                f"{'was' if len(revised) == 1 else 'were'} revised in the files: {change:+,} rows in all."
            )
        elif (state == "same").any():
            said.append(f"{counted(int((state == 'same').sum()), 'month')} of both: none was revised.")
    if found.shared:
        said.append(
            f"The periods reported on share {counted(found.shared, 'month')}, so that much is the same by itself."
        )
    if len(found.definitions):
        said.append(
            f"{counted(len(found.definitions), 'definition')} changed: what is new or gone may be so for that reason."
        )
    for label, (only_before, only_now) in found.unmatched.items():
        said.append(
            f"{plural(label)[0].upper()}{plural(label)[1:]} that only one edition has are not compared: "
            f"{only_before:,} of that one, {only_now:,} of this one."
        )
    return said


def marked_sentence(found: Since, theme: str, layer: str, measure: str, *, most: int = 5) -> str:
    """Return which areas a measure marks newly, still and no longer; at most some by name."""
    own = found.areas[
        (found.areas["theme"] == theme)
        & (found.areas["layer"] == layer)
        & (found.areas["measure"] == measure)
    ]
    parts = []
    for state, word in (("new", "newly"), ("kept", "still"), ("gone", "no longer")):
        rows = own[own["state"] == state]
        if len(rows):
            names = [area_name(row["name"], row["district"]) for _, row in rows.head(most).iterrows()]
            more = [f"{len(rows) - most:,} more"] if len(rows) > most else []
            named = "" if state == "kept" else f" ({list_words([*names, *more])})"
            parts.append(f"{len(rows):,} {word}{named}")
    return f"{layer}, {MARKED[measure]}: {'; '.join(parts)}."


def ranks_moved(found: Since) -> pd.DataFrame:
    """Return the areas that either edition selects whose rank before lies outside the range of their rank now."""
    ranks = found.ranks
    outside = (ranks["before"] < ranks["rank_lo"]) | (ranks["before"] > ranks["rank_hi"])
    return ranks[outside]


def _named(months: list[str]) -> str:
    if not months:
        return ""
    return f" ({months[0]})" if len(months) == 1 else f" ({months[0]} to {months[-1]})"
