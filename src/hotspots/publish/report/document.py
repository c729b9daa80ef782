"""The report and the workbook of an analysis: which tables and pictures they hold, and in what words."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import geopandas as gpd

from hotspots._version import __version__
from hotspots.analysis.recipe import Report, ReportFormat
from hotspots.analysis.results import Analysis, Group, Layer
from hotspots.base.columns import COLUMNS, format_value, theme_words
from hotspots.base.crs import crs_label
from hotspots.export.document import Block, Document, Paragraphs, Part, Picture, Section, Table, Terms
from hotspots.export.office.slides import write_slides
from hotspots.export.office.word import write_word
from hotspots.export.pages.report import write_report
from hotspots.export.picture.draw import draw_heatmap, draw_map, picture_bytes
from hotspots.export.style import layer_style
from hotspots.export.tables.flag_table import make_flag_table
from hotspots.export.tables.workbook import write_workbook
from hotspots.publish.report.assess import assess_section
from hotspots.publish.report.change import change_section
from hotspots.publish.report.classes import (
    breakdowns_section,
    classes_section,
    people_tables,
    repeats_section,
)
from hotspots.publish.report.partnerships import partnership_sections, profile_section
from hotspots.publish.report.places import places_section, places_table
from hotspots.publish.report.priorities import matrix_section, priorities_section
from hotspots.publish.report.risk import risk_section
from hotspots.publish.report.summary import headline_section, quality_section
from hotspots.publish.views import drawing, drawn_columns, outline_of
from hotspots.publish.words.change import calendar_words, compared_words
from hotspots.publish.words.names import plural, singular
from hotspots.publish.words.notes import method_notes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 6.85  # inches of a picture: the width of the text on an A4 page
HEIGHT, FULL_HEIGHT = 4.15, 8.4  # inches: two to a page, and one
_MAP_WIDTH = 4.3  # what the legend leaves of the width
_TALL = 1.15  # a study area higher than this many times its width has a page for each picture
LETTERS = 7.6  # points, in a picture's legend

PictureKind = Literal["svg", "png"]


def make_document(analysis: Analysis, *, pictures: tuple[PictureKind, ...] = ("svg",)) -> Document:
    """Return the report of an analysis, with the sections that its recipe asks for, in that order.

    A section that the analysis cannot fill, such as the change where there is only one year, is left out.

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
    recipe = analysis.recipe
    makers: dict[str, Callable[[Analysis], Section | None]] = {
        "headline": headline_section,
        "profile": profile_section,
        "partnerships": partnership_sections,
        "places": places_section,
        "priorities": priorities_section,
        "matrix": matrix_section,
        "assess": assess_section,
        "maps": lambda analysis: _maps_section(analysis, pictures),
        "tables": _tables_section,
        "classes": classes_section,
        "breakdowns": breakdowns_section,
        "repeats": repeats_section,
        "risk": risk_section,
        "change": change_section,
        "quality": quality_section,
        "methods": _methods_section,
    }
    wanted = (recipe.report or Report()).sections
    made = [section for name in wanted if (section := makers[name](analysis)) is not None]
    origin = [f"Source: {recipe.source}."] if recipe.source else []
    return Document(
        recipe.title,
        calendar_words(analysis.calendar),
        made,
        origin=[*origin, recipe.attribution],
        made_with=f"Made with hotspots {__version__}.",
    )


def write_documents(analysis: Analysis, folder: Path, formats: Sequence[ReportFormat]) -> None:
    """Write the report into a folder as ``report.html``, ``report.docx`` and ``report.pptx``, as far as asked for."""
    edited = any(kind != "html" for kind in formats)
    document = make_document(analysis, pictures=("svg", "png") if edited else ("svg",))
    writers = {"html": write_report, "docx": write_word, "pptx": write_slides}
    for kind in dict.fromkeys(formats):
        writers[kind](document, folder / f"report.{kind}")


def write_tables(analysis: Analysis, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write the areas of every theme as one workbook, a sheet for each theme and layer but the cells.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    recipe, quality = analysis.recipe, analysis.quality
    tables = {
        f"{group.name}: {layer.label}": layer.table
        for group in analysis.groups
        for layer in group.layers
        if layer.kind != "cells"
    }
    if analysis.profile is not None:
        tables = {"Partnerships": analysis.profile.wide(), **tables}
    if analysis.standings is not None:
        tables = {"Places at greatest risk": places_table(analysis.standings), **tables}
    tables |= people_tables(analysis)
    notes = [note.entry() for note in method_notes(analysis)]
    about = [
        ("Period", calendar_words(analysis.calendar)),
        ("Source", recipe.source),
        ("Attribution", recipe.attribution),
        ("Made with", f"hotspots {__version__}"),
        ("Reference system", crs_label(recipe.crs)),
        *((f"Method: {word}", text) for word, text in notes),
        *(
            (f"File: {source.name}", f"{source.rows:,} rows, SHA-256 {source.sha256}")
            for source in quality.sources
        ),
    ]
    write_workbook(tables, path, title=recipe.title, about=about, overwrite=overwrite)


def _maps_section(analysis: Analysis, kinds: tuple[PictureKind, ...]) -> Section | None:
    outline = outline_of(analysis.areas)
    parts = []
    for group in analysis.groups:
        pictures = _pictures(analysis, group, outline, kinds)
        if pictures:
            parts.append(Part(group.name, pictures, new_page=True))
    return Section("Maps", parts=parts) if parts else None


def _pictures(
    analysis: Analysis, group: Group, outline: gpd.GeoDataFrame, kinds: tuple[PictureKind, ...]
) -> list[Block]:
    blocks: list[Block] = []
    if group.surface is not None:
        figure = draw_heatmap(
            group.surface,
            areas=_few(analysis.areas),
            outline=outline,
            size=_size(outline),
            letters=LETTERS,
        )
        made = group.surface.parameters
        caption = f"{group.name}: heat-map ({made['kernel']} kernel, bandwidth {made['bandwidth']:g} m)."
        highest = format_value(
            "density", float(group.surface.values[group.surface.values >= 0].max(initial=0))
        )
        alt = f"{caption} The highest density is {highest} {group.surface.unit}."
        blocks.append(_as_picture(figure, alt, caption, kinds))
    for layer in group.layers:
        columns = drawn_columns(layer.table, layer.kind)
        classed = [name for name in columns if COLUMNS[name].kind == "flag"]
        blocks += [_picture(group, layer, column, outline, kinds) for column in classed or columns]
    return blocks


def _picture(
    group: Group, layer: Layer, column: str, outline: gpd.GeoDataFrame, kinds: tuple[PictureKind, ...]
) -> Picture:
    figure = draw_map(
        layer.table,
        column,
        outline=outline,
        draw=drawing(layer.table, layer.kind),
        noun=plural(layer.label),
        size=_size(outline),
        letters=LETTERS,
    )
    kind = theme_words(column)
    caption = f"{group.name}: {plural(layer.label)}, {kind}."
    style = layer_style(layer.table, column)
    found = style.classify(layer.table[column])
    counts = [
        f"{entry.label}: {int((found == place).sum()):,}"
        for place, entry in enumerate(style.classes)
        if (found == place).any()
    ]
    return _as_picture(figure, f"{caption} {'; '.join(counts)}.", caption, kinds)


def _as_picture(figure: Figure, alt: str, caption: str, kinds: tuple[PictureKind, ...]) -> Picture:
    png = picture_bytes(figure, "png") if "png" in kinds else b""
    return Picture(picture_bytes(figure, "svg"), alt, caption, png)


def _size(outline: gpd.GeoDataFrame) -> tuple[float, float]:
    """Return the size of the pictures: two to a page, but of a tall study area one, or its names would crowd."""
    west, south, east, north = outline.total_bounds
    ratio = float((north - south) / (east - west))
    return WIDTH, HEIGHT if ratio <= _TALL else min(FULL_HEIGHT, _MAP_WIDTH * ratio + 0.2)


def _few(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return areas whose borders can be told apart on a heat-map of this size; of more, none are drawn."""
    return areas if len(areas) <= 500 else None


def _tables_section(analysis: Analysis) -> Section | None:
    flag = analysis.recipe.flag
    if flag is None:
        return None
    parts = []
    for theme in analysis.themes:
        tables = [_flag_table(analysis, theme, layer) for layer in theme.layers if "sd_flag" in layer.table]
        parts.append(Part(theme.name, tables))
    return Section("Areas above the average", parts=parts)


def _flag_table(analysis: Analysis, theme: Group, layer: Layer) -> Block:
    """Return the table as a strategic assessment prints it: rounded count, rate, and difference to the average."""
    flag = analysis.recipe.flag
    assert flag is not None  # noqa: S101 - the caller checked; this tells the type checker
    area = singular(layer.label)
    table = make_flag_table(layer.table, value=flag.value, area=area)
    if table.empty:
        return Paragraphs([f"{theme.name}: no {plural(area)} is above the average."])
    if not (layer.table["district"].astype(str) != "").any():
        table = table.drop(columns=["Partnership Area"])
    headings = [str(name) for name in table.columns]
    headings = [f"{name} ¹" if name.startswith("Difference") else name for name in headings]
    if analysis.comparison is not None and "sd_since" in layer.table:
        headings[-1] = f"Since {compared_words(analysis.comparison)[0]}"
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
    rounded = "Counts are rounded to the nearest 10"
    rounded += (
        "; rates are per 1,000 people a year, from the exact counts. " if flag.value == "rate" else ". "
    )
    return (
        f"¹ Above: over the mean of {scope}{mean} plus one standard deviation{above}. Significantly above: over the "
        f"mean plus two standard deviations{significantly}. The standard deviation is the {spread}'s, and each area "
        f"counts alike. {rounded}The order is that of the {'rate' if flag.value == 'rate' else 'count'}."
    )


def _methods_section(analysis: Analysis) -> Section:
    return Section("How it was made", [Terms([note.entry() for note in method_notes(analysis)])])
