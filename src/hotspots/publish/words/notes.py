"""How an analysis was made, in what a reader must know to use it honestly."""

from __future__ import annotations

from hotspots.analysis.charts import Charts
from hotspots.analysis.provenance import METHODS
from hotspots.analysis.recipe.tables import Change, Flag, GiStar, Outliers, Risk
from hotspots.analysis.results import Analysis
from hotspots.areas.population import Populations
from hotspots.areas.uncovered import NOT_COVERED, uncovered_words
from hotspots.base.months import span_words
from hotspots.base.surface import Surface
from hotspots.base.text import counted, list_words
from hotspots.publish.words.coverage import partly_words, without_words
from hotspots.publish.words.emerging import emerging_note, steps_of
from hotspots.publish.words.names import times_words
from hotspots.publish.words.note import Note
from hotspots.publish.words.places import places_note
from hotspots.publish.words.priorities import priority_notes
from hotspots.publish.words.publication import publication_note


def method_notes(analysis: Analysis) -> tuple[Note, ...]:
    """Return what a reader must know to use the map honestly, a note for each method used."""
    recipe = analysis.recipe
    notes = [_counts(analysis), publication_note(analysis), *coverage_note(analysis)]
    notes += [Note(entry.label, entry.note) for entry in recipe.areas if entry.note]
    if any("rate" in layer.table for theme in analysis.themes for layer in theme.layers):
        notes.append(_rates(analysis))
    if recipe.flag is not None:
        notes.append(_average(recipe.flag))
    if analysis.charts is not None and analysis.charts.areas is not None:
        notes.append(_charts(analysis.charts.areas))
    if analysis.comparison is not None and analysis.comparison.asked:
        before, after = analysis.comparison.before, analysis.comparison.after
        notes.append(
            Note(
                "Change",
                f"{span_words(after)} against {span_words(before)}; {_clear_change(recipe.change)}, no clear change "
                "elsewhere.",
            )
        )
    if analysis.standings is not None:
        notes.append(places_note(analysis))
    if analysis.selection is not None:
        notes += priority_notes(analysis.selection.priorities, analysis.selection.plan)
    surfaces = [theme.surface for theme in analysis.themes if theme.surface is not None]
    notes += [_density(surface) for surface in surfaces[:1]]
    if recipe.gistar is not None:
        notes.append(_hotspots(recipe.gistar))
    if recipe.outliers is not None:
        notes.append(_outliers(recipe.outliers))
    if recipe.emerging is not None:
        notes.append(emerging_note(recipe.emerging, steps_of(analysis)))
    if recipe.risk is not None:
        notes.append(_risk(recipe.risk))
    return (*notes, Note("", METHODS))


def _counts(analysis: Analysis) -> Note:
    quality, covered = analysis.quality, " that are covered" if analysis.uncovered else ""
    return Note(
        "Counts",
        f"{quality.used:,} of {quality.rows_read:,} rows were used; {quality.unlocated:,} have no coordinates "
        f"and {quality.outside or 0:,} lie outside the areas{covered}, so they are on no map. {_by_source(analysis)}"
        "Police.uk moves each incident "
        "to the nearest of a fixed set of map points: read areas, not addresses. Recorded crime is not all crime.",
    )


def coverage_note(analysis: Analysis) -> tuple[Note, ...]:
    """Return notes on the areas that the files do not cover, by the first layer that has such, and on months."""
    held = next(iter(analysis.uncovered.values()), None)
    missing = held if held is None or "coverage" not in held else held[held["coverage"] == NOT_COVERED]
    notes = []
    if missing is not None and len(missing):
        notes.append(
            Note(
                "Not covered",
                f"{uncovered_words(missing)}: the files hold none of their incidents. Nothing is known of them, "
                "and they are in no figure, average, rank or test.",
            )
        )
    if analysis.lacking:
        what = (
            "that their themes have 0 there is not known to be true."
            if analysis.published is not None
            else "their themes are not covered there, and in no figure, average, rank or test."
        )
        told = f"{analysis.lacking}, which another source covers: {what}"
        notes.append(Note("Sources that cover a part", told))
    if analysis.gaps:
        said = partly_words(analysis) or [f"The figures are {without_words(analysis)}"]
        notes.append(Note("Months not covered", ". ".join([*said, _of_gaps(analysis)])))
    return tuple(notes)


def _of_gaps(analysis: Analysis) -> str:
    """Return what becomes of the areas that lack a month."""
    if analysis.published is not None:
        return "These areas have no figure here."
    told = "No change is told across a month that is lacking."
    if analysis.parts:
        charted = analysis.charts is not None and analysis.charts.areas is not None
        return (
            "Their counts are those of the other months, as they are, and they are in no rate, average, rank, test or "
            f"density. {told}{' Their other months are charted, and judged one by one.' * charted}"
        )
    return told if not analysis.all_lacking else f"Counts and rates are too low by these months. {told}"


def _by_source(analysis: Analysis) -> str:
    """Return how many rows of each source were used, as a sentence; empty where there is one source."""
    told = [f"{name} {one.used:,} of {one.rows_read:,}" for name, one in analysis.accounts.items()]
    return f"By source: {list_words(told)}. " if told else ""


def _rates(analysis: Analysis) -> Note:
    months = (
        counted(analysis.months, "month")
        if analysis.months == int(analysis.months)
        else f"{analysis.months:g} months"
    )
    return Note(
        "Rates",
        f"incidents per 1,000 people a year{people_words(analysis)}, from {months} of data scaled to twelve; "
        f"no rate is given for areas of under {analysis.recipe.count.min_population:g} people. "
        "Town centres have few residents and many visitors, which raises their rates.",
    )


def people_words(analysis: Analysis) -> str:
    """Return of which year the population is, as it follows "people": ``" (population of 2020)"``; else nothing."""
    held = analysis.areas.attrs.get("populations")
    return f" (population of {held.year})" if isinstance(held, Populations) and held.year else ""


def people_note(analysis: Analysis) -> tuple[str, ...]:
    """Return the sentence on the year of the population, where it is known."""
    year = people_words(analysis).strip(" ()")
    return (f"Rates are per head of the {year}.",) if year else ()


def _clear_change(step: Change | None) -> str:
    if step is not None and step.flagged_by == "limits":
        return "up or down where the exact 95% limits of the rate ratio leave out 1"
    return (
        "up or down where q is at most 0.05: of those areas, at most 5 in 100 are expected to be chance, the counts' "
        "own dispersion allowed for"
    )


def _charts(charts: Charts) -> Note:
    phi = ", ".join(f"{name} {told:.2f}" for name, told in zip(charts.themes, charts.dispersion, strict=True))
    season = {"all": "the season of all areas", "own": "its own season", "none": "its own mean a day"}[
        charts.season
    ]
    rule = (
        "a month is unusual outside the range of 997 in 1,000 ordinary months where its q, corrected for the areas and "
        "themes of that month, is at most 0.05"
        if charts.flagged_by == "q"
        else "a month is unusual outside the range of 997 in 1,000 ordinary months, however many are looked at"
    )
    return Note(
        "Unusual this month",
        f"each area is expected to follow {season}; counts are negative binomial with the dispersion of the theme "
        f"({phi}); {rule}. A history is steady unless a trend, a step or a season is beyond chance, corrected too.",
    )


def _average(flag: Flag) -> Note:
    scope = "all areas" if flag.within == "all" else "the areas of the same district"
    spread = "sample" if flag.ddof == 1 else "population"
    return Note(
        "Against the average",
        f"'above' is over the mean of {scope} plus 1 standard deviation, "
        f"'significantly above' over the mean plus 2 ({spread} SD, each area counting alike). "
        "It ranks areas; it is not a significance test.",
    )


def _density(surface: Surface) -> Note:
    made = surface.parameters
    edge = "not corrected for" if made["edge"] == "none" else "made up for"
    return Note(
        "Density",
        f"{made['kernel']} kernel, bandwidth {made['bandwidth']:g} m, cells of {made['cell_size']:g} m, in "
        f"incidents per km² a year; what lies beyond the outer boundary is {edge}. "
        + (
            "The heat-map's classes are multiples of the mean over the cells with any density."
            if surface.classes == "mean"
            else "The heat-map's classes are the densest ground that holds up to 10, 25, 50 and 75% of the incidents."
        ),
    )


def _outliers(step: Outliers) -> Note:
    capped = f" of values capped at the {step.cap:g} quantile of those over 0" * (step.cap < 1)
    return Note(
        "Clusters and outliers",
        f"local Moran's I of the {'rate' if step.value == 'rate' else 'count'} against that of an area's neighbours "
        f"({step.neighbours}); exact p values{capped}, corrected for the number of areas tested (Benjamini-Hochberg): "
        "of the areas marked, at most 5 in 100 are expected to be chance. High and low are over and under the mean.",
    )


def _risk(step: Risk) -> Note:
    spread = {
        "lognormal": "lognormal risks",
        "gamma": "gamma distributed risks",
        "bym2": f"lognormal risks that neighbours ({step.neighbours}) share in part (BYM2)",
    }[step.model]
    return Note(
        "Risk",
        f"the probability that an area's rate is over {times_words(step.times)} of all areas together, from its own "
        f"count and from the spread of all areas' ({spread}): clear from 95%, likely from 80%. It says which areas "
        "exceed their people, not where most incidents are.",
    )


def hotspot_promise(step: GiStar) -> str:
    """Return what its q is worth, which depends on where p comes from; docs/methods.md measures it."""
    kept = "of the areas marked with q up to 0.05, at most 5 in 100 are expected to be chance"
    return {
        "exact": kept,
        "analytic": "where a few areas hold many incidents, many more of those marked are chance than q says",
        "permutation": f"{kept}, but most hotspots are missed where a few areas hold many incidents",
    }[step.inference]


def _hotspots(step: GiStar) -> Note:
    capped = (
        f", the largest values counting as much as the {step.cap:g} quantile of those over 0 so that no single area "
        "decides"
    )
    inference = {
        "exact": "exact p values, hotspots and coldspots each tested on one side" + capped * (step.cap < 1),
        "analytic": "two-sided p values from the normal distribution",
        "permutation": f"two-sided p values from {step.permutations:,} permutations (seed {step.seed})",
    }[step.inference]
    return Note(
        "Hotspots",
        f"Getis-Ord Gi* of the {'rate' if step.value == 'rate' else 'count'} over each area and its neighbours "
        f"({step.neighbours}); {inference}; q corrects for the number of areas tested (Benjamini-Hochberg): "
        f"{hotspot_promise(step)}. Of counts, Gi* finds where people are.",
    )
