"""The report and the workbook of an analysis: which tables and pictures they hold, and in what words."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from hotspots._version import __version__
from hotspots.analysis.recipe.tables import Report, ReportFormat
from hotspots.analysis.results import Analysis, Group, Layer
from hotspots.areas.hidden import CONFIDENTIAL
from hotspots.base.columns import COLUMNS, format_value
from hotspots.base.crs import crs_label
from hotspots.export.document import (
    DIVISIONS,
    Block,
    Division,
    Document,
    Grid,
    Paragraphs,
    Part,
    Section,
    Table,
    Terms,
)
from hotspots.export.pages.report import write_report
from hotspots.export.tables.flag_table import make_flag_table
from hotspots.export.tables.workbook import write_workbook
from hotspots.publish.report.assess import assess_section
from hotspots.publish.report.change import change_section
from hotspots.publish.report.charts import charts_section
from hotspots.publish.report.classes import (
    breakdowns_section,
    classes_section,
    repeats_section,
)
from hotspots.publish.report.emerging import emerging_section
from hotspots.publish.report.figures import headline_section
from hotspots.publish.report.partnerships import holds_places, partnership_sections, profile_section
from hotspots.publish.report.places import places_section
from hotspots.publish.report.plates import Kinds, area_plate, origin_words, pair_size
from hotspots.publish.report.priorities import matrix_section, priorities_section
from hotspots.publish.report.quality import quality_section
from hotspots.publish.report.risk import risk_section
from hotspots.publish.report.sheets import make_sheets, summary_sheet
from hotspots.publish.report.since import since_section
from hotspots.publish.report.slides import slides_of
from hotspots.publish.report.summary import summary_section
from hotspots.publish.report.themes import themes_section
from hotspots.publish.report.times import times_section
from hotspots.publish.views import drawn_columns
from hotspots.publish.words.change import calendar_words, compared_words, is_whole
from hotspots.publish.words.coverage import force_sentence
from hotspots.publish.words.names import plural, singular
from hotspots.publish.words.notes import method_notes
from hotspots.publish.words.profile import rules_words
from hotspots.publish.words.publication import few_of, foot_words, printed_base, publication_line

APPENDIX = frozenset(
    ["headline", "priorities", "matrix", "change", "tables", "risk", "emerging", "maps", "quality", "methods"]
)
"""The sections that only the appendix has: how it was made, and statistics in the words of statistics."""

_CONFIDENTIAL = (
    "A cell that is hidden, or made of a count that is hidden, so that nobody can be told from it. An empty cell has "
    "no value. Sums and averages pass over both."
)


def make_document(analysis: Analysis, *, pictures: Kinds = ("svg",)) -> Document:
    """Return the report of an analysis, with the sections that its recipe asks for, in that order.

    Whatever their order, those of the appendix stand behind the others, and partnerships' pages between. A section
    that the analysis cannot fill, such as the change where there is only one year, is left out.

    Parameters
    ----------
    analysis : Analysis
        What was computed.
    pictures : tuple of {'svg', 'png'}
        How the pictures are drawn: always as SVG and, where a program that shows none is to have them, as PNG.

    Returns
    -------
    Document
        For `hotspots.export.pages.report.write_report`.
    """
    made = _sections(analysis, pictures)
    if "partnerships" in made and holds_places(analysis):
        made.pop("places", None)
    return _bound(analysis, list(made.values()))


def _sections(analysis: Analysis, pictures: Kinds) -> dict[str, Section]:
    """Return the sections of a report by their names in a recipe, in the order in which they stand."""
    makers: dict[str, Callable[[Analysis], Section | None]] = {
        "summary": lambda analysis: summary_section(analysis, pictures),
        "since": since_section,
        "themes": lambda analysis: themes_section(analysis, pictures),
        "charts": lambda analysis: charts_section(analysis, pictures),
        "headline": headline_section,
        "profile": profile_section,
        "partnerships": lambda analysis: partnership_sections(analysis, pictures),
        "places": places_section,
        "priorities": priorities_section,
        "matrix": matrix_section,
        "assess": assess_section,
        "maps": lambda analysis: _maps_section(analysis, pictures),
        "tables": _tables_section,
        "classes": classes_section,
        "breakdowns": breakdowns_section,
        "times": lambda analysis: times_section(analysis, pictures),
        "repeats": repeats_section,
        "risk": risk_section,
        "emerging": emerging_section,
        "change": change_section,
        "quality": quality_section,
        "methods": _methods_section,
    }
    made = {
        name: replace(section, division=_division(name))
        for name in (analysis.recipe.report or Report()).sections
        if (section := makers[name](analysis)) is not None
    }
    order = sorted(made, key=lambda name: list(DIVISIONS).index(made[name].division))
    return {name: replace(made[name], new_page=place > 0) for place, name in enumerate(order)}


def _bound(analysis: Analysis, sections: Sequence[Section]) -> Document:
    """Return sections as a document, with its period and source."""
    origin = [f"Source: {analysis.origin.source}."] if analysis.origin.source else []
    return Document(
        analysis.recipe.title,
        calendar_words(analysis.calendar),
        sections,
        origin=[*origin, foot_words(analysis)],
        made_with=f"Made with hotspots {__version__}.",
    )


def _division(name: str) -> Division:
    """Return the division that a section of the recipe belongs to."""
    if name == "partnerships":
        return "partnerships"
    return "appendix" if name in APPENDIX else "report"


def write_documents(analysis: Analysis, folder: Path, formats: Sequence[ReportFormat]) -> None:
    """Write the report into a folder as ``report.html``, ``report.docx`` and ``report.pptx``, as far as asked for."""
    sections = _sections(analysis, ("svg", "png") if "docx" in formats else ("svg",))
    document = _bound(analysis, list(sections.values()))
    if "html" in formats:
        write_report(document, folder / "report.html")
    if "docx" in formats:
        from hotspots.export.office.word import write_word

        write_word(document, folder / "report.docx")
    if "pptx" in formats:
        from hotspots.export.office.slides import write_slides

        write_slides(_bound(analysis, slides_of(analysis, sections)), folder / "report.pptx")


def write_tables(analysis: Analysis, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write one workbook: a summary, areas and partnerships by theme, and each theme and layer but the cells.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    recipe, quality = analysis.recipe, analysis.quality
    notes = [note.entry() for note in method_notes(analysis)]
    about = [
        ("Period", calendar_words(analysis.calendar)),
        ("Source", analysis.origin.source),
        ("Publication", publication_line(analysis)),
        *([] if analysis.published is None else [(CONFIDENTIAL, _CONFIDENTIAL)]),
        ("Attribution", analysis.origin.attribution),
        ("Made with", f"hotspots {__version__}"),
        ("Reference system", crs_label(recipe.crs)),
        *((f"Method: {word}", text) for word, text in notes),
        *(
            (
                f"File: {source.name}",
                f"{source.rows:,} rows" + (f", SHA-256 {source.sha256}" if source.sha256 else ""),
            )
            for source in quality.sources
        ),
    ]
    write_workbook(
        make_sheets(analysis),
        path,
        title=recipe.title,
        about=about,
        summary=summary_sheet(analysis),
        hidden="" if analysis.published is None else CONFIDENTIAL,
        few=few_of(analysis),
        overwrite=overwrite,
    )


def _maps_section(analysis: Analysis, kinds: Kinds) -> Section | None:
    """Return the maps that no theme's page has, four to a page."""
    parts = []
    for group in analysis.groups:
        drawn = [(layer, column) for layer in group.layers for column in _further(layer)]
        pictures = [
            area_plate(analysis, layer, column, size=pair_size(analysis.areas), kinds=kinds)
            for layer, column in drawn
        ]
        columns = [column for _, column in drawn]
        grids = [
            Grid(
                pictures[start : start + 4],
                f"{group.name}: {origin_words(analysis)}{_changes(analysis, columns[start : start + 4])}",
            )
            for start in range(0, len(pictures), 4)
        ]
        if grids:
            parts.append(Part(group.name, grids))
    return Section("Further maps", parts=parts) if parts else None


def _changes(analysis: Analysis, columns: list[str]) -> str:
    """Return which months the maps of change among some compare: they are not those of the caption."""
    if analysis.comparison is None or not {"ch_flag", "sd_since"} & set(columns):
        return ""
    before, after = compared_words(analysis.comparison)
    return f" Change, and newly or no longer above: {after} against {before}."


def _further(layer: Layer) -> list[str]:
    """Return the columns of classes that a map colours, or else the first of the others."""
    columns = drawn_columns(layer.table, layer.kind)
    return [name for name in columns if COLUMNS[name].kind == "flag"] or columns[:1]


def _tables_section(analysis: Analysis) -> Section | None:
    flag = analysis.recipe.flag
    if flag is None:
        return None
    parts = []
    for theme in analysis.themes:
        tables = [_flag_table(analysis, theme, layer) for layer in theme.layers if "sd_flag" in layer.table]
        if tables:
            parts.append(Part(theme.name, tables))
    return Section("Areas above the average", parts=parts) if parts else None


def _flag_table(analysis: Analysis, theme: Group, layer: Layer) -> Block:
    """Return the table as a strategic assessment prints it: rounded count, rate, and difference to the average."""
    flag = analysis.recipe.flag
    assert flag is not None  # noqa: S101 - the caller checked; this tells the type checker
    area = singular(layer.label)
    table = make_flag_table(layer.whole, value=flag.value, area=area, base=printed_base(analysis))
    if table.empty:
        return Paragraphs([f"{theme.name}: no {plural(area)} is above the average."])
    if not (layer.table["district"].astype(str) != "").any():
        table = table.drop(columns=["Partnership Area"])
    headings = [str(name) for name in table.columns]
    headings = [f"{name} ¹" if name.startswith("Difference") else name for name in headings]
    if analysis.comparison is not None and "sd_since" in layer.table:
        before, after = compared_words(analysis.comparison)
        # The flag beside it is of the whole period: of a part of it, the same ward may well be "no longer above".
        headings[-1] = (
            f"Since {before}"
            if is_whole(analysis.comparison, analysis.calendar)
            else f"In {after}, since {before}"
        )
    what = "count and rate" if flag.value == "rate" else "count"
    caption = (
        f"{theme.name}: {area}-level {what}, {calendar_words(analysis.calendar)} "
        f"(where the {'rate' if flag.value == 'rate' else 'count'} is above the {plural(area)}-level average)"
    )
    rows = table.astype(str).to_numpy().tolist()
    return Table(caption, headings, rows, note=_flag_note(analysis, layer))


def _flag_note(analysis: Analysis, layer: Layer) -> str:
    flag = analysis.recipe.flag
    assert flag is not None  # noqa: S101 - as above
    areas = plural(layer.label)
    scope = f"the {areas} compared" if flag.within == "all" else f"the {areas} of its own district"
    limits = layer.table[["sd_mean", "sd_above", "sd_signif"]].dropna().drop_duplicates()
    figures = ["", "", ""]
    if len(limits) == 1:
        figures = [f" ({format_value(name, float(limits[name].iloc[0]))})" for name in limits.columns]
    mean, above, significantly = figures
    spread = "sample" if flag.ddof == 1 else "population"
    base = printed_base(analysis)
    rounded = f"Counts are rounded to the nearest {base}" if base > 1 else "Counts are as published"
    rounded += (
        "; rates are from these. "
        if analysis.published is not None
        else (
            "; rates are per 1,000 people a year, from the exact counts. " if flag.value == "rate" else ". "
        )
    )
    return (
        f"¹ Above: over the mean of {scope}{mean} plus one standard deviation{above}. Significantly above: over the "
        f"mean plus two standard deviations{significantly}. The standard deviation is the {spread}'s, and each area "
        f"counts alike. {rounded}The order is that of the {'rate' if flag.value == 'rate' else 'count'}."
    )


def _methods_section(analysis: Analysis) -> Section:
    notes = [note.entry() for note in method_notes(analysis)]
    if analysis.profile is not None:
        said = [rules_words(analysis.profile), force_sentence(analysis)]
        notes.insert(0, ("How to read the rates of partnerships", " ".join(said).strip()))
    return Section("How it was made", [Terms(notes)])
