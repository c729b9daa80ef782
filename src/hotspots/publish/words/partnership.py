"""A partnership's page in words: how its rates stand beside others, in which offences, and its change."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hotspots.analysis.profile import FORCE, TOTAL, Profile
from hotspots.analysis.results import Analysis
from hotspots.base.text import list_words
from hotspots.publish.words.change import change_words, compared_words
from hotspots.publish.words.names import plural
from hotspots.publish.words.profile import comparator_words, figures_of
from hotspots.publish.words.publication import count_words, few_of

_RATE = {"above": "above", "similar": "similar to", "below": "below"}


def beside_words(profile: Profile, name: str, comparators: tuple[str, ...]) -> str:
    """Return how the rate of all crime in one place stands beside each comparator; empty where none has a rate."""
    parts: dict[str, list[str]] = {}
    against: Any = profile.against
    for comparator in comparators:
        row = against.loc[(name, TOTAL, comparator)]
        if pd.notna(row["cmp_flag"]):
            other = f"that of {comparator_words(comparator)} ({row['cmp_rate']:,.1f})"
            parts.setdefault(_RATE[str(row["cmp_flag"])], []).append(other)
    if not parts:
        return ""
    said = list_words([f"{flag} {list_words(others)}" for flag, others in parts.items()])
    rate = figures_of(profile, name)["rate"][TOTAL]
    return f"The rate of recorded crime, {rate:,.1f} for every 1,000 people a year, is {said}."


def kinds_words(profile: Profile, name: str, comparator: str) -> str:
    """Return which offences are above and below those of a comparator, those that differ most first."""
    rows: Any = profile.against.xs((name, comparator), level=("district", "comparator"))
    rows = rows[rows["cmp_flag"].notna()].drop(index=TOTAL, errors="ignore")
    if rows.empty:
        return ""
    other = comparator_words(comparator)
    said = []
    for flag in ("above", "below"):
        found = rows["cmp_diff"][rows["cmp_flag"] == flag].abs().sort_values(ascending=False, kind="stable")
        if len(found):
            said.append(f"{flag} in {list_words([plural(str(kind)) for kind in found.index])}")
    alike = int((rows["cmp_flag"] == "similar").sum())
    if not said:
        return f"In every offence it is similar to {other}."
    if alike:
        said.append(f"similar in the other {alike:,}" if alike > 1 else "similar in the other")
    return f"Compared with {other}, it is {'; '.join(said)}."


def change_sentence(analysis: Analysis, profile: Profile, name: str) -> str:
    """Return how all crime of one place changed, with both periods; empty where none are compared."""
    row: Any = figures_of(profile, name).loc[TOTAL]
    if analysis.comparison is None or "ch_flag" not in row.index or pd.isna(row["ch_flag"]):
        return ""
    before, after = compared_words(analysis.comparison)
    words, few = change_words(row, few=few_of(analysis)), few_of(analysis)
    season = "" if analysis.comparison.same_season else " These are not the same months of the year."
    return (
        f"{words[:1].upper()}{words[1:]} in all crime: {count_words(row['n_before'], few=few)} in {before}, "
        f"{count_words(row['n_after'], few=few)} in {after}.{season}"
    )


def table_caption(analysis: Analysis, name: str, *, changed: bool) -> str:
    """Return what the table of one place's offences shows, with the periods of its change."""
    place = "The force" if name == FORCE else name
    said = f"{place}: rates per 1,000 people a year"
    if not changed or analysis.comparison is None:
        return said
    before, after = compared_words(analysis.comparison)
    return f"{said}; change, {after} on {before}"


PLAINLY = (
    "Above and below: the two rates differ by more than chance explains; similar: they do not. The appendix says how "
    "this was judged."
)


def pages_words(shown: int, partnerships: int) -> str:
    """Return how many partnerships have a page of their own and where the others are; empty where all have one.

    Examples
    --------
    >>> pages_words(9, 9), pages_words(0, 264)
    ('', 'None of the 264 partnerships has a page here: the tables of the report and the workbook have their figures.')
    >>> pages_words(1, 264)
    'Of the 264 partnerships 1 has a page here: the tables of the report and the workbook have their figures.'
    """
    if shown == partnerships:
        return ""
    which = (
        f"Of the {partnerships:,} partnerships {shown:,} {'has' if shown == 1 else 'have'}"
        if shown
        else f"None of the {partnerships:,} partnerships has"
    )
    return f"{which} a page here: the tables of the report and the workbook have their figures."
