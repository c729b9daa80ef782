"""The places at greatest risk in words: the themes of each in brackets, the rule, and what it is measured against."""

from __future__ import annotations

from typing import Any

from hotspots.analysis.recipe.tables import Flag
from hotspots.analysis.results import Analysis
from hotspots.analysis.standings import STANDINGS, Standings
from hotspots.base.text import area_name, counted
from hotspots.publish.words.change import compared_words, is_whole
from hotspots.publish.words.names import plural, singular
from hotspots.publish.words.note import Note
from hotspots.publish.words.reference import reference_words

WORDS = dict(
    zip(
        STANDINGS,
        ("significantly above", "above", "narrowly below", "above before, no longer"),
        strict=True,
    )
)
FEW = 10
"""A standing that rests on fewer incidents is said with their number."""


def themes_words(standings: Standings, code: Any, *, only: str | None = None) -> str:
    """Return the themes of one area by where it stands in them, from the highest.

    Parameters
    ----------
    standings : Standings
        From `hotspots.analysis.standings.find_standings`.
    code : str
        The area.
    only : str, optional
        One of `STANDINGS`: its themes alone, without the word for it.

    Examples
    --------
    >>> import pandas as pd
    >>> code = pd.Index(["E1"])
    >>> grid = pd.DataFrame({"All crime": "significantly above", "ASB": "above", "Robbery": "above"}, index=code)
    >>> n = pd.DataFrame({"All crime": [900], "ASB": [80], "Robbery": [8]}, index=code)
    >>> themes_words(Standings(grid, n, pd.DataFrame(), 5), "E1")
    'significantly above: All crime; above: ASB, Robbery (8 incidents)'

    Of rounded counts a 0 stands for several:

    >>> themes_words(Standings(grid, n * 0 + [900, 80, 0], pd.DataFrame(), 5, few=5), "E1")
    'significantly above: All crime; above: ASB, Robbery (fewer than 5 incidents)'
    """
    row, counts = standings.grid.loc[code], standings.counts.loc[code]
    said = []
    for standing in STANDINGS if only is None else (only,):
        named = [_theme(str(theme), counts[theme], standings.few) for theme in row.index[row == standing]]
        if named:
            said.append(", ".join(named) if only else f"{WORDS[standing]}: {', '.join(named)}")
    return "; ".join(said)


def _theme(name: str, count: float, few: int) -> str:
    if few and count == 0:
        return f"{name} (fewer than {few} incidents)"
    return f"{name} ({counted(count, 'incident')})" if count < FEW else name


def place_words(standings: Standings, code: Any, *, only: str | None = None) -> str:
    """Return an area's name with its themes in brackets, such as ``"Forebridge (significantly above: ASB)"``."""
    return area_name(str(standings.places["name"][code]), figure=themes_words(standings, code, only=only))


def places_plainly(analysis: Analysis) -> str:
    """Return in plain words what the places are measured against; `places_note` has the rule."""
    flag = analysis.recipe.flag or Flag()
    areas, before = plural(analysis.recipe.areas[0].label), before_words(analysis)
    return (
        f"The {'rate' if flag.value == 'rate' else 'count'} of each {singular(areas)} in each theme is measured "
        f"against {reference_words(analysis)}. Significantly above is far over their average. In each district, the "
        f"{areas} that are high in most themes come first. The appendix has the rule.{f' {before}' if before else ''}"
    )


def before_words(analysis: Analysis) -> str:
    """Return which months "above before, no longer" speaks of, where a place is; they need not be the whole period."""
    found, comparison = analysis.standings, analysis.comparison
    if found is None or comparison is None or not (found.grid == "previously").any(axis=None):
        return ""
    before, after = compared_words(comparison)
    now = (
        f"and not in {after}"
        if is_whole(comparison, analysis.calendar)
        else f"and neither in {after} nor in the whole period"
    )
    return f"Above before, no longer: above in {before}, {now}."


def places_note(analysis: Analysis) -> Note:
    """Return how the places are found and ordered."""
    flag = analysis.recipe.flag or Flag()
    areas = plural(analysis.recipe.areas[0].label)
    return Note(
        "Places at greatest risk",
        f"the {'rate' if flag.value == 'rate' else 'count'} of each {singular(areas)} in each theme is measured "
        f"against {reference_words(analysis)}. Significantly above is over their mean plus 2 standard deviations, "
        f"above is over the mean plus 1, narrowly below is at most {flag.near:g} standard deviations under that. "
        f"Within a district, {areas} stand by the number of themes significantly above, then above, then narrowly "
        "below; equals by the mean of their standard deviations from the mean. Themes that share incidents count each.",
    )
