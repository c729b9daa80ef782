"""The report's section on places: which areas of each partnership are at greatest risk, and in which themes."""

from __future__ import annotations

import pandas as pd

from hotspots.analysis.pages import paged
from hotspots.analysis.results import Analysis
from hotspots.analysis.standings import Standings
from hotspots.export.document import Block, Paragraphs, Part, Section, Table
from hotspots.publish.words.names import plural, singular
from hotspots.publish.words.partnership import pages_words
from hotspots.publish.words.places import place_words, places_plainly, themes_words

NONE = "in no theme above, the highest of the others"


def places_section(analysis: Analysis) -> Section | None:
    """Return the places of each partnership in order, each with its themes; None where none were asked for."""
    found = analysis.standings
    if found is None:
        return None
    label = analysis.recipe.areas[0].label
    every = [district for district in found.districts if district]
    named = [district for district in listed(analysis, found) if district]
    parts = [Part(district, place_blocks(found, district, label)) for district in named]
    if "" in found.districts:
        parts.append(Part(f"{label} without a district" if every else label, place_blocks(found, "", label)))
    left_out = pages_words(len(named), len(every))
    said = [places_plainly(analysis), *([left_out] if left_out else [])]
    return Section("Places at greatest risk", [Paragraphs(said)], parts)


def listed(analysis: Analysis, found: Standings) -> list[str]:
    """Return the districts whose places the report lists: those that have a page, and the areas without a district."""
    shown = paged(analysis.recipe, [district for district in found.districts if district])
    return [district for district in found.districts if district in shown or not district]


def place_blocks(found: Standings, district: str, label: str, *, caption: str = "") -> list[Block]:
    """Return the first places of one district with their themes, and which others are near or were above.

    Parameters
    ----------
    found : Standings
        From `hotspots.analysis.standings.find_standings`.
    district : str
        The district; empty for the areas without one.
    label : str
        What the areas are called: ``"Wards"``.
    caption : str
        That of the table; empty where a heading says it.
    """
    own = found.of_district(district)
    first, rest = own.head(found.top), own.iloc[found.top :]
    if own.empty:
        return [Paragraphs([f"No {plural(singular(label))} has a value to be measured by."])]
    rows = [
        [f"{row['place']}", str(row["name"]), themes_words(found, code) or NONE]
        for code, row in first.iterrows()
    ]
    at_risk = int((own["listed"] == "greatest risk").sum())
    blocks: list[Block] = [
        Paragraphs([_how_many(at_risk, len(own), label)]),
        Table(
            caption, ["Place", singular(label), "Themes"], rows, numbers=frozenset({0}), prose=frozenset({2})
        ),
    ]
    said = [
        _run_on(found, rest, "greatest risk", None, "Also above in a theme"),
        _run_on(found, rest, "narrowly below", "near", "Narrowly below in a theme, above in none"),
        _run_on(
            found, rest, "no longer above", "previously", "Above in a theme before, and no longer in any"
        ),
    ]
    if any(said):
        blocks.append(Paragraphs([line for line in said if line], small=True))
    return blocks


def _how_many(at_risk: int, areas: int, label: str) -> str:
    """Return how many areas of a partnership are above in any theme."""
    one, many = plural(singular(label)), plural(label)
    if not at_risk:
        return f"None of the {areas:,} {many} is above in any theme."
    whole = f"the {areas:,} {many}" if areas != 1 else f"the one {one}"
    return f"Of {whole}, {at_risk:,} {'is' if at_risk == 1 else 'are'} above in at least one theme."


def _run_on(found: Standings, rest: pd.DataFrame, listed: str, only: str | None, start: str) -> str:
    named = [place_words(found, code, only=only) for code in rest.index[rest["listed"] == listed]]
    return f"{start}: {', '.join(named)}." if named else ""


def places_table(found: Standings) -> pd.DataFrame:
    """Return every area with its place, its themes in words, and where it stands in each theme.

    By district and place; the areas without a place come last in their district.
    """
    places = found.places.sort_values(["district", "place"], kind="stable", na_position="last")
    table = places.drop(columns=["th_score"])
    table.insert(4, "themes", [themes_words(found, code) for code in places.index])
    grid = found.grid.loc[places.index]
    taken = {str(name).casefold() for name in (*table.columns, "code")}
    shown = {theme: f"{theme} (theme)" if str(theme).casefold() in taken else theme for theme in grid.columns}
    table = table.join(grid.rename(columns=shown))
    table.index.name = "code"
    return table
