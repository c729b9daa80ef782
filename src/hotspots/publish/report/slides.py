"""The slides of an analysis: what of its report a meeting sees, one slide to a theme; the rest stays in the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hotspots.analysis.results import Analysis, ThemeResult
from hotspots.export.document import Block, Paragraphs, Part, Section, Table, Terms
from hotspots.publish.report.charts import charts_section
from hotspots.publish.report.plates import Kinds, area_plate, origin_words
from hotspots.publish.report.summary import first_areas, first_map
from hotspots.publish.report.themes import banner_words, first_column, theme_words
from hotspots.publish.report.times import times_section
from hotspots.publish.words.names import plural

_HIGH, _WIDE, _NARROW = 5.1, 8.2, 5.2
_INSETS = 3.0
KINDS: Kinds = ("svg", "png")
SHOWN = ("assess", "classes", "breakdowns", "repeats")
"""The sections that stand on slides as they are."""


def _map(analysis: Analysis) -> dict[str, Any]:
    """Return how a map is drawn beside three lines and its legend: inches, points, kinds.

    As high as the slide leaves, and as wide as the study area and its insets want.
    """
    west, south, east, north = analysis.areas.total_bounds
    wide = _HIGH * (east - west) / max(north - south, 1e-9) + _INSETS
    return {"size": (min(max(wide, _NARROW), _WIDE), _HIGH), "letters": 11.0, "kinds": KINDS}


def slides_of(analysis: Analysis, sections: Mapping[str, Section]) -> list[Section]:
    """Return the sections of a report as slides show them.

    The summary and its table; what changed since an earlier edition; priority setting; for each theme one slide, with
    a large map and what is said of scale, place and change, all else being in its notes; what is unusual in the last
    month; hot times; which themes are a priority of which partnership; a slide for each partnership, with its places
    at greatest risk; and how it was made.

    Parameters
    ----------
    analysis : Analysis
        What was computed.
    sections : mapping of str to Section
        The report's sections, by their names in the recipe and in their order.

    Returns
    -------
    list of Section
        For `hotspots.export.office.slides.write_slides`.
    """
    made: list[Section] = []
    for name, section in sections.items():
        if name == "summary":
            made += _summary(analysis, section)
        elif name == "themes":
            made += [_theme(analysis, theme) for theme in analysis.themes]
        elif name == "since":
            made.append(_since(section))
        elif name == "charts" and (months := charts_section(analysis, KINDS)) is not None:
            made.append(_charts(months))
        elif name == "times" and (times := times_section(analysis, KINDS)) is not None:
            made.append(_times(times))
        elif name in SHOWN:
            made.append(section)
    if "matrix" in sections:
        tables = [block for block in sections["matrix"].blocks if isinstance(block, Table)]
        made.append(Section(sections["matrix"].title, tables))
    made += _partnerships(sections)
    return [*made, *(section for section in sections.values() if section.division == "appendix")]


def _summary(analysis: Analysis, section: Section) -> list[Section]:
    """Return the first page as two slides: what it says beside a large map, and its table."""
    said = [block for block in section.blocks if isinstance(block, Paragraphs)]
    map_ = first_map(analysis, first_areas(analysis), **_map(analysis))
    rows = [block for block in section.blocks if isinstance(block, Table)]
    label = plural(analysis.recipe.areas[0].label)
    title = f"Priorities: the first {label}" if analysis.selection is not None else f"The first {label}"
    return [Section(section.title, [*said, map_]), Section(title, rows)]


def _theme(analysis: Analysis, theme: ThemeResult) -> Section:
    """Return a theme's one slide: its lines, of which the first three stand beside the map, and the map."""
    layer = theme.layers[0]
    column = first_column(layer)
    caption = f"{theme.name}, {plural(layer.label)}. {origin_words(analysis)}"
    map_ = area_plate(analysis, layer, column, caption=caption, **_map(analysis))
    more = [
        (f"{word}:", text)
        for word, texts in (
            ("Volume and harm", banner_words(analysis, theme)),
            ("At-risk groups", theme.theme.at_risk),
            ("Recommendations", theme.theme.recommendations),
        )
        if (text := " ".join(texts.split()))
    ]
    return Section(theme.name, [Terms([*theme_words(analysis, theme), *more], compact=True), map_])


def _since(section: Section) -> Section:
    """Return what changed since an earlier edition as one slide of words, its themes among them, and its tables."""
    said = [text for block in section.blocks if isinstance(block, Paragraphs) for text in block.texts]
    for part in section.parts:
        said += [
            f"{part.title}: {text}"
            for block in part.blocks
            if isinstance(block, Paragraphs)
            for text in block.texts
        ]
    held = [*section.blocks, *(block for part in section.parts for block in part.blocks)]
    return Section(section.title, [Paragraphs(said), *(block for block in held if isinstance(block, Table))])


def _charts(section: Section) -> Section:
    """Return what is unusual in the last month as slides: the words beside the charts, and the first table."""
    later = [block for block in section.blocks if isinstance(block, Table)][1:]
    return Section(section.title, [block for block in section.blocks if block not in later])


def _times(section: Section) -> Section:
    """Return hot times as a slide for each theme: the grid and what to take away from it; the report has the totals."""
    parts = [
        Part(part.title, [block for block in part.blocks if not isinstance(block, Table)])
        for part in section.parts
    ]
    return Section(section.title, parts=parts)


def _partnerships(sections: Mapping[str, Section]) -> list[Section]:
    """Return a slide for each partnership: the first that is said of it, and its places at greatest risk."""
    pages = {part.title: part for part in _parts(sections, "partnerships")}
    places = {part.title: part for part in _parts(sections, "places")}
    found = []
    for name in dict.fromkeys([*pages, *places]):
        said = _first_words(pages[name].blocks) if name in pages else []
        tables = (
            [block for block in places[name].blocks if isinstance(block, Table)] if name in places else []
        )
        found.append(Section(name, [Paragraphs(said), *tables]))
    return found


def _parts(sections: Mapping[str, Section], name: str) -> Sequence[Part]:
    return sections[name].parts if name in sections else ()


def _first_words(blocks: Sequence[Block]) -> list[str]:
    texts = [text for block in blocks if isinstance(block, Paragraphs) for text in block.texts]
    return texts[:1]
