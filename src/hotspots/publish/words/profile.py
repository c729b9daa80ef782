"""The profile of a partnership in sentences: what its crime is made of, and how it stands beside others."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hotspots.analysis.comparators import DISORDER, SIMILAR
from hotspots.analysis.profile import FORCE, TOTAL, Profile
from hotspots.base.poisson import FEW
from hotspots.base.text import list_words
from hotspots.publish.words.names import plural

STANDING = {
    "above": "statistically above",
    "similar": "statistically similar to",
    "below": "statistically below",
}
"""How a flag stands in a sentence, before what is compared with."""

_NAMED = 3  # offences that a sentence names


def share_words(share: float, n: float) -> str:
    """Return a share in percent; the count alone where it is under 10, and under 1 % as such.

    Examples
    --------
    >>> share_words(0.449, 4000), share_words(0.003, 12), share_words(0.3, 9)
    ('45%', 'under 1%', '')
    """
    if pd.isna(share) or n < FEW:
        return ""
    return "under 1%" if share < 0.005 else f"{share:.0%}"


def mix_words(profile: Profile, district: str) -> str:
    """Return what the crime of a district is made of: its most frequent offences and their shares."""
    table = figures_of(profile, district)
    total = float(table["n"][TOTAL])
    crimes = table[table["share"].notna()].drop(index=TOTAL, errors="ignore")
    told = crimes[crimes["n"] >= FEW].sort_values("n", ascending=False, kind="stable")
    if pd.isna(total):
        return f"How many crimes were recorded in {district} is hidden."
    if told.empty:
        return f"{total:,.0f} crimes were recorded in {district}, too few of any one kind for percentages."
    kinds = [str(kind) for kind in told.index]
    shares = [share_words(share, n) for share, n in zip(told["share"], told["n"], strict=True)]
    others = [f"{plural(kind)} {share}" for kind, share in zip(kinds, shares, strict=True)][1 : 1 + _NAMED]
    more = f", followed by {list_words(others)}" if others else ""
    count = f"{told['n'].iloc[0]:,.0f} of {total:,.0f}"
    return f"{kinds[0]} {_verb(kinds[0])} {shares[0]} of all crime in {district} ({count}){more}."


def _verb(offence: str) -> str:
    return (
        "are"
        if offence.casefold().endswith("offences") or " and " in offence or offence.endswith("s")
        else "is"
    )


def comparator_words(comparator: str) -> str:
    """Return a comparator as it stands inside a sentence."""
    return {FORCE: "the force", SIMILAR: "similar forces"}.get(comparator, comparator)


def figures_of(profile: Profile, name: str) -> pd.DataFrame:
    """Return the figures of a district, or of the force."""
    if name == FORCE:
        return profile.force
    found: Any = profile.districts.loc[name]
    table: pd.DataFrame = found
    return table


def cell_words(row: pd.Series[Any]) -> str:
    """Return a comparator's rate and its flag as a table's cell: ``"24.8 below"``; empty where none is known."""
    if pd.isna(row["cmp_rate"]):
        return ".."
    return f"{row['cmp_rate']:,.1f}" + ("" if pd.isna(row["cmp_flag"]) else f" {row['cmp_flag']}")


def period_words(profile: Profile) -> tuple[str, ...]:
    """Return what is to be known of the comparators' periods: of each that is stated, of seasons, and of recording."""
    said = []
    for label, period in profile.periods.items():
        if period:
            said.append(f"{label}: {period}.")
    if said and profile.months < 12:
        length = f"{profile.months:g} month{'' if profile.months == 1 else 's'}"
        said.append(
            f"The rates here are those of {length}, scaled to a year; where a comparator covers a whole year, the "
            "season is part of the difference. Crime is more frequent in summer than in winter."
        )
    tables = [label for label in profile.comparators if label != FORCE and label not in profile.street]
    if tables:
        rates = profile.against["cmp_rate"].reset_index()
        disorder = rates[
            rates["comparator"].isin(tables) & (rates["offence"].str.casefold() == DISORDER.casefold())
        ]["cmp_rate"]
        # A table of one's own may have it, from another source.
        lacks = "" if disorder.notna().any() else ", and it has no anti-social behaviour"
        said.append(
            "The comparators' table is another source than the incidents of this report. Where it is police recorded "
            f"crime, its offences were put in police.uk's categories, {'' if lacks else 'and '}the two are revised at "
            f"different times{lacks}."
        )
    return tuple(said)


def rules_words(profile: Profile) -> str:
    """Return what above, similar and below mean, and how many would be called so by chance."""
    compared = int(profile.against["cmp_flag"].notna().sum())
    chance = (
        f" Of {compared:,} comparisons about {max(1, round(compared / 20)):,} would be called above or below by chance "
        "alone if nothing differed."
        if compared
        else ""
    )
    rest = (
        " Beside the force's rate stands whether the district differs from the rest of the force."
        if FORCE in profile.comparators
        else ""
    )
    return (
        "Rates are recorded incidents in the district per 1,000 people a year. Above and below: the 95% limits of the "
        f"ratio of the two rates leave out 1, with the dispersion of the counts; similar: they do not."
        f"{rest}{chance} Incidents without coordinates are in no district."
    )
