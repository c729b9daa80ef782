"""Classes of areas, bands of people, shares of a kind and repeats in words."""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd

from hotspots.analysis.breakdowns import Breakdown
from hotspots.analysis.repeats import Repeats
from hotspots.analysis.shares import Share
from hotspots.base.binomial import FEW
from hotspots.base.columns import format_value

GAP = "\u2013"  # an en dash stands where there is no value
SNAPPED = (
    "A location is a map point of police.uk, the nearest of a fixed set to where the incident was; each stands for "
    "eight or more addresses, or for none, such as a park: never for one house."
)
ADDRESSES = (
    "A location is a coordinate of the file. Where the file holds addresses, this list names homes: keep it "
    "inside."
)


def percent_words(share: float) -> str:
    """Return a share in whole percent, never rounded to none or all.

    Examples
    --------
    >>> percent_words(0.113), percent_words(0.001), percent_words(0.999), percent_words(float("nan"))
    ('11%', 'under 1%', 'over 99%', '–')
    """
    if math.isnan(share):
        return GAP
    if 0 < share < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= share < 1 else f"{100 * share:.0f}%"


def share_words(low: float, high: float) -> str:
    """Return the limits of a share in percent: ``"6% to 18%"``; a dash without them."""
    return GAP if math.isnan(low) else f"{percent_words(low)} to {percent_words(high)}"


def ratio_words(ratio: float, low: float, high: float) -> str:
    """Return a ratio with its limits.

    Examples
    --------
    >>> ratio_words(1.872, 1.8, 1.94), ratio_words(float("nan"), 0.0, 1.0)
    ('1.87 (1.80 to 1.94)', '–')
    """
    if math.isnan(ratio):
        return GAP
    upper = "no upper limit" if math.isnan(high) else f"{high:,.2f}"
    return f"{ratio:,.2f} ({low:,.2f} to {upper})"


def class_sentence(layer: gpd.GeoDataFrame, *, against: str) -> str:
    """Return what stands out: the class whose rate is highest beyond chance, with its shares; or that none does."""
    reference = "the rest" if against == "rest" else "all"
    if "cmp_ratio" not in layer or not (layer["cmp_flag"] == "above").any():
        return f"No class has a rate clearly above that of {reference}." if "rate" in layer else ""
    top = layer[layer["cmp_flag"] == "above"].sort_values("cmp_ratio", ascending=False, kind="stable").iloc[0]
    if layer["n"].sum() < FEW:
        return f"{top['name']}: its rate is {top['cmp_ratio']:.1f} times that of {reference}."
    return (
        f"{top['name']}: {percent_words(top['share_pop'])} of the people and {percent_words(top['share_n'])} of the "
        f"incidents; its rate is {top['cmp_ratio']:.1f} times that of {reference}."
    )


def breakdown_note(made: Breakdown) -> str:
    """Return what a reader must know of a breakdown: what is left out, what is hidden, what the index is."""
    said = []
    if made.unrecorded:
        few = 0 < made.unrecorded < made.fewest
        blank = f"fewer than {made.fewest}" if few else format_value("n", made.unrecorded)
        said.append(f"Not recorded, and in no row: {blank} incidents.")
    if made.people:
        said.append(
            "Index: share of incidents over share of people, times 100, with 95% limits that hold for each band by "
            "itself; in brackets where they leave out 100."
            if made.people != "hours of the day"
            else "Index: share of incidents over share of the hours of the day, times 100, with 95% limits."
        )
    if made.table["hidden"].any():
        said.append(
            f"{GAP}: hidden. Counts under {made.fewest}, 0 among them, are hidden, and others with them, so that no "
            "total gives them back."
        )
    return " ".join(said)


def share_sentence(made: Share, theme: str) -> str:
    """Return the share of a theme as a whole, and which groups differ from the rest."""
    if math.isnan(made.of):
        return f"{made.name} ({theme}): hidden, as it tells of fewer than {made.fewest}."
    if math.isnan(made.share):
        return f"{made.name}: {made.n:,.0f} of {made.of:,.0f} ({theme}), too few for a percentage."
    whole = (
        f"{made.name}: {percent_words(made.share)} of {made.of:,.0f} ({theme}), between "
        f"{percent_words(made.share_lo)} and {percent_words(made.share_hi)}."
    )
    differing = [
        f"{name} {percent_words(row['of_share'])} against {percent_words(row['of_rest'])} in the rest"
        for table in (made.districts, *made.classes.values())
        if "of_flag" in table
        for name, row in table[table["of_flag"].isin(["above", "below"])].iterrows()
    ]
    return whole + (f" {'; '.join(differing)}." if differing else "")


def share_note(made: Share) -> str:
    """Return what the limits of a share allow for, what is hidden, and what hiding does not promise."""
    said = [f"Exact limits, with a dispersion of {made.dispersion:.2f}."]
    tables = [made.areas, made.districts, *made.classes.values()]
    if any(bool(table["hidden"].any()) for table in tables if len(table)):
        said.append(
            f"{GAP}: hidden. Where fewer than {made.fewest} say yes, or fewer say no, both counts are hidden, and "
            "others with them, so that no total gives them back."
        )
        if made.classes and len(made.districts):
            said.append(
                "Sums by district and sums by class are each safe by themselves; who puts them together may narrow "
                "some of what is hidden."
            )
    return " ".join(said)


def repeats_sentences(made: Repeats) -> list[str]:
    """Return what a reader should take away of repeat locations and targets."""
    said = [
        f"{percent_words(row['share_n'])} of {made.n:,.0f} incidents are at the {row['places']:,} locations with "
        f"{row['at_least']} or more; by chance it would be {percent_words(row['by_chance'])}."
        for row in made.spread.to_dict("records")
        if row["at_least"] in (2, 10) and made.n >= FEW
    ]
    if made.top["hidden"].any():
        said.append(
            f"{GAP}: hidden, as fewer than {made.fewest} incidents, or as they would tell those of another."
        )
    for column, found in made.targets.items():
        said += _target_sentences(column, found, fewest=made.fewest)
    return said


def _target_sentences(column: str, found: Any, *, fewest: int) -> list[str]:
    """Return how many people, callers or premises were met again; of fewer than ten no percentage."""
    said = []
    if found.repeated is None or found.events is None:
        either = f"either fewer than {fewest} were met more than once, or fewer than {fewest} only once"
        said.append(f"{column}: of {found.targets:,} {either}.")
    elif found.targets < FEW:
        said.append(f"{column}: {found.repeated:,} of {found.targets:,} were met more than once.")
    else:
        said.append(
            f"{column}: {percent_words(found.share)} of {found.targets:,} were met more than once, in "
            f"{percent_words(found.share_n)} of {found.events:,} events."
        )
    if found.followed and found.followed < FEW:
        said.append(
            f"Only {found.followed} could be followed for {found.months} months: too few for a percentage."
        )
    elif found.followed:
        told = (
            f"{percent_words(found.again_share)} were met again in that time ({found.again:,}; between "
            f"{percent_words(found.again_lo)} and {percent_words(found.again_hi)})."
            if found.again is not None
            else f"either fewer than {fewest} were met again in that time, or fewer than {fewest} were not."
        )
        said.append(
            f"Of the {found.followed:,} that could be followed for {found.months} months from their first event, {told}"
        )
    reached = f"fewer than {fewest}" if found.reached is None else f"{found.reached:,}"
    said.append(
        f"{reached[:1].upper()}{reached[1:]} had {found.reports} or more within {found.in_months} months."
    )
    return said
