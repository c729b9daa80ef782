"""What kind of hotspot a place is over time, in plain sentences: one for each kind, for map, report and terminal."""

from __future__ import annotations

import re

import pandas as pd

from hotspots.analysis.recipe.tables import Emerging
from hotspots.analysis.results import Analysis
from hotspots.base.text import counted, list_words
from hotspots.publish.words.note import Note

_UNITS = {"M": "month", "W": "week", "D": "day"}
_MEANINGS = {
    "new": "{hot} in the last {step} for the first time",
    "consecutive": "{hot} in an unbroken run of {steps} up to the last, and never before",
    "intensifying": "{hot} in 90% of {steps} or more, the last among them, and more so as time went on",
    "persistent": "{hot} in 90% of {steps} or more, the last among them, without a clear trend",
    "diminishing": "{hot} in 90% of {steps} or more, the last among them, but less so as time went on",
    "sporadic": "{hot} in the last {step}, and on and off before",
    "oscillating": "{hot} in the last {step}, and {cold} in one before",
    "historical": "{hot} in 90% of {steps} or more, but not in the last",
}
_TOLD = (
    "new",
    "consecutive",
    "intensifying",
    "persistent",
    "diminishing",
    "sporadic",
    "oscillating",
    "historical",
)


def step_word(step: str) -> str:
    """Return what a step is called: ``"month"``, or ``"step"`` where it is several months, weeks or days.

    Examples
    --------
    >>> step_word("1M"), step_word("W"), step_word("3M")
    ('month', 'week', 'step')
    """
    found = re.fullmatch(r"\s*1?\s*([MWD])\s*", step.upper())
    return _UNITS[found[1]] if found else "step"


def kind_words(kind: str, *, step: str = "month") -> str:
    """Return what a kind of hotspot or coldspot means, as the end of a sentence.

    Parameters
    ----------
    kind : str
        A class of ``em_class``.
    step : str, default 'month'
        What a step of time is called.

    Examples
    --------
    >>> kind_words("new hotspot")
    'hot in the last month for the first time'
    >>> kind_words("oscillating coldspot")
    'cold in the last month, and hot in one before'
    """
    word, _, side = kind.partition(" ")
    hot, cold = ("hot", "cold") if side == "hotspot" else ("cold", "hot")
    return _MEANINGS[word].format(hot=hot, cold=cold, step=step, steps=f"{step}s")


def sentence_of(kind: str, number: int, *, step: str = "1M") -> str:
    """Return how many areas are of a kind and what that means.

    Parameters
    ----------
    kind : str
        A class of ``em_class``, ``"none"`` among them.
    number : int
        How many areas are of it.
    step : str, default '1M'
        The length of a step of time.

    Examples
    --------
    >>> sentence_of("sporadic hotspot", 1)
    '1 sporadic hotspot: hot in the last month, and on and off before'
    """
    if kind == "none":
        return f"{counted(number, 'area')} of none of these kinds"
    return f"{counted(number, kind)}: {kind_words(kind, step=step_word(step))}"


def kinds_found(table: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the kinds of hotspot, then of coldspot, that a table has, and how many areas are of each."""
    counts = table["em_class"].astype(str).value_counts()
    kinds = [f"{kind} {side}" for side in ("hotspot", "coldspot") for kind in _TOLD]
    return [(kind, int(counts[kind])) for kind in kinds if counts.get(kind, 0)]


def kinds_line(table: pd.DataFrame) -> str:
    """Return how many areas are of each kind: ``"1 new and 10 persistent hotspots; 2 sporadic coldspots"``.

    Examples
    --------
    >>> kinds_line(pd.DataFrame({"em_class": ["new hotspot", "none", "new hotspot", "historical coldspot"]}))
    '2 new hotspots; 1 historical coldspot'
    """
    found = kinds_found(table)
    parts = []
    for side in ("hotspot", "coldspot"):
        held = [(kind.partition(" ")[0], number) for kind, number in found if kind.endswith(side)]
        if held:
            listed = list_words([f"{number:,} {kind}" for kind, number in held])
            parts.append(f"{listed} {side}{'s' * (sum(number for _, number in held) != 1)}")
    return "; ".join(parts) or "no kind of hotspot"


def steps_of(analysis: Analysis) -> int:
    """Return how many steps of time emerging hotspots were told from."""
    tables = [layer.table for theme in analysis.themes for layer in theme.layers if "em_steps" in layer.table]
    return len(tables[0]["em_steps"].iloc[0])


def steps_words(analysis: Analysis) -> str:
    """Return over how many steps of time emerging hotspots were told: ``"12 months"``."""
    step = analysis.recipe.emerging
    return "" if step is None else _over(step, steps_of(analysis))


def _over(step: Emerging, steps: int) -> str:
    word = step_word(step.step)
    return counted(steps, word) if word != "step" else f"{steps} steps of {step.step}"


def emerging_note(step: Emerging, steps: int) -> Note:
    """Return how emerging hotspots were found, and what is chance among them.

    Parameters
    ----------
    step : Emerging
        What the recipe asks for.
    steps : int
        How many steps of time there are.
    """
    word = step_word(step.step)
    over = _over(step, steps)
    added = 0 if step.comparison == "step" else 1 if step.previous is None else step.previous
    sums = f", {added} before added to each" * (added > 0)
    against = {
        "step": f"against all areas in the same {word}, so that no season makes a hotspot",
        "neighbourhood": f"against all areas in the same {word}s",
        "cube": f"against all areas in all {word}s, so that a busy season is hot",
    }[step.comparison]
    return Note(
        "Emerging hotspots",
        f"Getis-Ord Gi* of the counts of {over}{sums}, {against}; exact p values, corrected for the number of areas "
        f"times {word}s (Benjamini-Hochberg): of all {word}s of areas that are called hot, at most 5 in 100 are "
        "expected to be chance. The kinds and their order are Esri's. A trend is Mann-Kendall's at 5%, each area "
        f"looked at alone, on the single {word}s.",
    )
