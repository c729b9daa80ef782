"""The report's sections on partnerships: all of them by offence, and a page for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from hotspots.analysis.harms import numbers_and_harm
from hotspots.analysis.pages import paged
from hotspots.analysis.profile import FORCE, Profile
from hotspots.analysis.results import Analysis
from hotspots.base.poisson import FEW
from hotspots.base.text import area_name
from hotspots.export.document import Block, Paragraphs, Part, Picture, Section, Table
from hotspots.publish.report.places import listed, place_blocks
from hotspots.publish.report.plates import Kinds, area_plate, origin_words, pair_size
from hotspots.publish.words.change import change_words
from hotspots.publish.words.coverage import force_sentence
from hotspots.publish.words.names import plural, singular
from hotspots.publish.words.partnership import (
    PLAINLY,
    beside_words,
    change_sentence,
    kinds_words,
    pages_words,
    table_caption,
)
from hotspots.publish.words.places import before_words
from hotspots.publish.words.profile import cell_words, figures_of, mix_words, period_words, share_words
from hotspots.publish.words.publication import count_cell, few_of, rate_cell
from hotspots.publish.words.reference import reference_words

RANKED = 5
"""Areas of a partnership that are ranked by number and by harm."""
MOST_COLUMNS = 16
"""Partnerships that a table has columns for, with the force."""


def profile_section(analysis: Analysis) -> Section | None:
    """Return districts by offence, and the force beside its comparators; None where there is no profile."""
    profile = analysis.profile
    if profile is None or len(profile.names) < 2:
        return None
    counts = profile.counts()
    blocks: list[Block] = [_crossed("Incidents", counts, lambda _, __, n: count_cell(n, analysis))]
    if profile.force["rate"].notna().any():

        def rated(offence: Any, name: Any, value: Any) -> str:
            return rate_cell(value, counts.loc[name, offence], analysis)

        blocks.append(_crossed("Rate per 1,000 people a year", profile.rates(), rated))
    others = tuple(label for label in profile.comparators if label != FORCE)
    if others:
        blocks.append(_beside(analysis, profile, FORCE, others))
        texts = [beside_words(profile, FORCE, others), *(kinds_words(profile, FORCE, one) for one in others)]
        blocks.append(Paragraphs([text for text in [*texts, PLAINLY] if text]))
    blocks.append(Paragraphs([*_force(analysis), *period_words(profile)], small=True))
    return Section("Partnerships by offence", blocks)


def partnership_sections(analysis: Analysis, kinds: Kinds) -> Section | None:
    """Return a page for each partnership; None where there is no profile."""
    profile = analysis.profile
    if profile is None:
        return None
    chosen = paged(analysis.recipe, profile.names)
    parts = [Part(name, _page(analysis, profile, name, kinds), new_page=True) for name in chosen]
    reading = [PLAINLY] if profile.comparators and parts else []
    said = [*reading, *(_force(analysis) if FORCE in profile.comparators else ()), *period_words(profile)]
    said += [before_words(analysis)]
    rules = Paragraphs([" ".join(text for text in said if text)], small=True)
    left_out = pages_words(len(chosen), len(profile.names))
    return Section("Each partnership", [*([Paragraphs([left_out])] if left_out else []), rules], parts)


def _force(analysis: Analysis) -> list[str]:
    """Return what the force stands for where some areas lack a month; nothing where it is whole."""
    said = force_sentence(analysis)
    return [said] if said else []


def holds_places(analysis: Analysis) -> bool:
    """Return whether the pages of the partnerships hold all places at greatest risk, which need no section then."""
    profile, found = analysis.profile, analysis.standings
    return profile is not None and found is not None and set(listed(analysis, found)) <= set(profile.names)


def _page(analysis: Analysis, profile: Profile, name: str, kinds: Kinds) -> list[Block]:
    """Return a partnership's words, its map beside its places, its areas by number and by harm, and its offences."""
    texts = [beside_words(profile, name, profile.comparators)]
    texts += [kinds_words(profile, name, profile.comparators[0])] if profile.comparators else []
    texts.append(change_sentence(analysis, profile, name))
    beside = " ".join(text for text in texts if text)
    blocks: list[Block] = [Paragraphs([mix_words(profile, name), *([beside] if beside else [])])]
    blocks.append(_map(analysis, name, kinds))
    blocks += [] if analysis.standings is None else _places(analysis, name)
    return [*blocks, *_by_harm(analysis, name), _beside(analysis, profile, name, profile.comparators)]


def _places(analysis: Analysis, name: str) -> list[Block]:
    assert analysis.standings is not None  # noqa: S101 - the caller checked; this tells the type checker
    label = analysis.recipe.areas[0].label
    return place_blocks(
        analysis.standings,
        name,
        label,
        caption=f"Places at greatest risk, against {reference_words(analysis)}",
    )


def _map(analysis: Analysis, name: str, kinds: Kinds) -> Picture:
    """Return the map of one partnership's areas in the first theme; its numbers are those of its places."""
    theme = analysis.themes[0]
    layer = theme.layers[0]
    own = layer.table[layer.table["district"].astype(str) == name]
    areas = analysis.areas[analysis.areas["district"].astype(str) == name]
    column = next(one for one in ("sd_flag", "rate", "n") if one in own)
    found = analysis.standings
    marked = () if found is None else tuple(map(str, found.of_district(name).index[: found.top]))
    said = origin_words(analysis)
    origin = said[:1].upper() + said[1:]
    numbers = " The numbers are those of the list." if marked else ""
    return area_plate(
        replace(analysis, areas=areas),
        replace(layer, table=own),
        column,
        size=pair_size(areas),
        kinds=kinds,
        caption=f"{name}, {plural(theme.name)} by {singular(plural(layer.label))}.{numbers} {origin}",
        marked=marked,
        insets=1,
    )


def _by_harm(analysis: Analysis, name: str) -> list[Block]:
    """Return the areas with most incidents beside those with most harm, for each indicator that is weighed by it."""
    if analysis.selection is None:
        return []
    made, label = analysis.selection.priorities, analysis.recipe.areas[0].label
    tables: list[Block] = []
    for indicator, found in numbers_and_harm(made.indicators).items():
        own = found[made.layer["district"].reindex(found.index).astype(str) == name].join(made.layer["name"])
        if not own["harm"].sum() > 0:
            continue
        ranked = [_ranked(own, by) for by in ("n", "harm")]
        rows = [[f"{place}", *pair] for place, pair in enumerate(zip(*ranked, strict=True), start=1)]
        tables.append(
            Table(
                f"{label} with most incidents, and with most harm",
                ["Rank", "By number, with its share", f"By {plural(indicator)}"],
                rows,
                numbers=frozenset({0}),
                note="Harm: incidents by the weights of the plan.",
            )
        )
    return tables


def _ranked(own: pd.DataFrame, by: str) -> list[str]:
    """Return the first areas by a column, each with its share; without one where it rests on under ten incidents."""
    first = own[own[by] > 0].sort_values(by, ascending=False, kind="stable").head(RANKED)
    whole = float(own[by].sum())
    said = [
        area_name(str(row["name"]), figure=share_words(row[by] / whole, row["n"]) or f"under {FEW} incidents")
        for _, row in first.iterrows()
    ]
    return said + [""] * (min(RANKED, int((own["n"] > 0).sum())) - len(said))


def _beside(analysis: Analysis, profile: Profile, name: str, comparators: tuple[str, ...]) -> Table:
    """Return the offences of one place: count, share, rate, each comparator's rate with its flag, and change."""
    figures = figures_of(profile, name)
    against: Any = profile.against
    changed = "ch_flag" in figures
    rows = []
    for offence, row in figures.iterrows():
        cells = [str(offence), count_cell(row["n"], analysis), share_words(row["share"], row["n"])]
        cells.append(".." if row.isna()["rate"] else rate_cell(row["rate"], row["n"], analysis))
        cells += [cell_words(against.loc[(name, offence, label)]) for label in comparators]
        rows.append(cells + ([change_words(row, few=few_of(analysis))] if changed else []))
    headings = ["Offence", "Incidents", "Share of crime", f"Rate, {name}", *comparators]
    return Table(
        table_caption(analysis, name, changed=changed),
        headings + ["Change"] * changed,
        rows,
        numbers=frozenset(range(1, 4 + len(comparators) + changed)),
        note=_unsaid(figures, rows),
    )


def _unsaid(figures: pd.DataFrame, rows: list[list[str]]) -> str:
    """Return why some cells of `_beside` hold no figure; empty where all do."""
    said = []
    if any(".." in row for row in rows):
        said.append("..: no such rate is known.")
    if (figures["share"].notna() & (figures["n"] < FEW)).any():
        said.append(f"No share is given of an offence of under {FEW} incidents.")
    return " ".join(said)


def _crossed(what: str, table: pd.DataFrame, written: Callable[[Any, Any, Any], str]) -> Table:
    """Return offences by partnership; where these are too many for the columns of a page, they are its rows.

    `written` is called with an offence, a partnership and a value that is known.
    """
    cells = table.astype(object)
    for offence in table:
        values = table[offence].items()
        cells[offence] = ["" if pd.isna(value) else written(offence, name, value) for name, value in values]
    turned = len(table) > MOST_COLUMNS
    cells = cells if turned else cells.T
    rows = [[str(name), *map(str, row)] for name, row in zip(cells.index, cells.to_numpy(), strict=True)]
    headings = ["Partnership" if turned else "Offence", *map(str, cells.columns)]
    return Table(
        f"{what} by offence and partnership", headings, rows, numbers=frozenset(range(1, len(headings)))
    )
