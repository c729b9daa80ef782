"""The report's section on priority setting: themes as people scored them."""

from __future__ import annotations

from hotspots.analysis.results import Analysis
from hotspots.base.text import list_words
from hotspots.export.document import Paragraphs, Section, Table
from hotspots.priorities.assess import CONFIDENCE


def assess_section(analysis: Analysis) -> Section | None:
    """Return the themes by rank, with their groups' scores and how steady the ranks are; None without a sheet."""
    made, step = analysis.assessment, analysis.recipe.assess
    if made is None or step is None:
        return None
    groups = list(made.columns[: made.columns.get_loc("score")])
    top = min(step.top, len(made))
    headings = [
        "Theme",
        "Rank",
        "Likely ranks ¹",
        f"Among the first {top} ¹",
        "Score",
        *map(str.capitalize, groups),
    ]
    numbers = frozenset(range(1, len(headings)))
    banner = (made["banner"] != "").any()
    rows = [
        [
            str(theme),
            f"{row['rank']}",
            f"{row['rank_lo']} to {row['rank_hi']}",
            f"{row['p_top']:.0%}",
            f"{row['score']:.3g}",
            *(f"{row[group]:.2g}" for group in groups),
            *([row["banner"]] if banner else []),
        ]
        for theme, row in made.iterrows()
    ]
    if banner:
        headings.append("Volume and harm")
    chosen = [name.casefold() for name in step.groups] or [
        name for name in groups if name != CONFIDENCE or len(groups) == 1
    ]
    how = "multiplied" if step.combine == "product" else "added"
    note = (
        f"¹ Where two people may differ by {step.step:g} on every score: the middle 95 % of the ranks, and the share "
        f"of ranks up to {top}, in {step.draws:,} draws."
    )
    told = (
        f"The themes were scored by people, on criteria and a scale that are theirs. The score is that of "
        f"{list_words(chosen)}{f', {how}' if len(chosen) > 1 else ''}; each is the mean of its criteria."
    )
    table = Table(
        "Themes by score",
        headings,
        rows,
        numbers=numbers,
        prose=frozenset({len(headings) - 1}) if banner else frozenset(),
        note=note,
    )
    return Section("Priority setting", [Paragraphs([told]), table])
