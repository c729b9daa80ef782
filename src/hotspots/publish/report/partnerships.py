"""The report's sections on partnerships: all of them by offence, and a page for each."""

from __future__ import annotations

from typing import Any

from hotspots.analysis.profile import FORCE, Profile
from hotspots.analysis.results import Analysis
from hotspots.base.text import list_words
from hotspots.export.document import Block, Paragraphs, Part, Section, Table
from hotspots.publish.words.change import change_words, limits_words
from hotspots.publish.words.names import plural
from hotspots.publish.words.profile import (
    cell_words,
    changed_words,
    figures_of,
    mix_words,
    period_words,
    rules_words,
    share_words,
    standing_words,
)


def profile_section(analysis: Analysis) -> Section | None:
    """Return districts by offence, and the force beside its comparators; None where there is no profile."""
    profile = analysis.profile
    if profile is None or len(profile.names) < 2:
        return None
    blocks: list[Block] = [_crossed(profile, "Incidents", counts=True)]
    if profile.force["rate"].notna().any():
        blocks.append(_crossed(profile, "Rate per 1,000 people a year", counts=False))
    others = [label for label in profile.comparators if label != FORCE]
    if others:
        blocks.append(_beside(profile, FORCE, others, "Force"))
        blocks.append(Paragraphs([said for one in others if (said := standing_words(profile, FORCE, one))]))
    blocks.append(Paragraphs(period_words(profile), small=True))
    return Section("Partnerships by offence", blocks)


def partnership_sections(analysis: Analysis) -> Section | None:
    """Return a page for each partnership; None where there is no profile."""
    profile = analysis.profile
    if profile is None:
        return None
    parts = [Part(name, _page(analysis, profile, name), new_page=True) for name in profile.names]
    rules = Paragraphs([*period_words(profile), rules_words(profile)], small=True)
    return Section("Each partnership", [rules], parts)


def _page(analysis: Analysis, profile: Profile, name: str) -> list[Block]:
    texts = [mix_words(profile, name), *(standing_words(profile, name, one) for one in profile.comparators)]
    texts += [changed_words(profile, name), *_flagged(analysis, name)]
    blocks: list[Block] = [Paragraphs([text for text in texts if text])]
    blocks.append(_beside(profile, name, profile.comparators, name))
    return blocks


def _flagged(analysis: Analysis, district: str) -> list[str]:
    """Return a sentence for each theme that has areas of the district significantly above the average."""
    said = []
    for theme in analysis.themes:
        layer = theme.layers[0]
        if "sd_flag" not in layer.table:
            continue
        own = layer.table[layer.table["district"].astype(str) == district]
        high = own[own["sd_flag"].astype(str) == "significantly above"].sort_values(
            "n", ascending=False, kind="stable"
        )
        if len(high):
            names = list_words([str(one) for one in high["name"]])
            said.append(
                f"{plural(layer.label).capitalize()} significantly above the average, {theme.name}: {names}."
            )
    return said


def _beside(profile: Profile, name: str, comparators: tuple[str, ...] | list[str], heading: str) -> Table:
    """Return the offences of one place: count, share, rate, each comparator's rate with its flag, and change."""
    figures = figures_of(profile, name)
    against: Any = profile.against
    changed = "ch_flag" in figures
    rows = []
    for offence, row in figures.iterrows():
        cells = [str(offence), f"{row['n']:,.0f}", share_words(row["share"], row["n"])]
        cells.append(".." if row.isna()["rate"] else f"{row['rate']:,.1f}")
        cells += [cell_words(against.loc[(name, offence, label)]) for label in comparators]
        rows.append(cells + ([change_words(row), limits_words(row)] if changed else []))
    headings = ["Offence", "Incidents", "Share of crime", f"Rate, {heading}", *comparators]
    headings += ["Change", "95% limits"] if changed else []
    return Table(
        f"{heading}: offences, rates per 1,000 people a year, and how they compare",
        headings,
        rows,
        numbers=frozenset(range(1, len(headings))),
    )


def _crossed(profile: Profile, what: str, *, counts: bool) -> Table:
    table = profile.counts() if counts else profile.rates()
    rows = [
        [
            str(offence),
            *("" if value != value else f"{value:,.{0 if counts else 1}f}" for value in table[offence]),
        ]
        for offence in table
    ]
    headings = ["Offence", *map(str, table.index)]
    caption = f"{what} by offence and partnership"
    return Table(caption, headings, rows, numbers=frozenset(range(1, len(headings))))
