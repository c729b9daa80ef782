"""Priorities on one page for a partnership meeting: a map, a ranked table with reasons, and what was not chosen."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.base.classes import PRIORITY
from hotspots.base.columns import format_value
from hotspots.base.files import replacing
from hotspots.base.text import area_name, list_words

COLOURS = {str(entry.value): entry.colour for entry in PRIORITY}
"""Fill of each priority, as on the map."""
LABELS = {
    "force-wide": "Force-wide priority",
    "borderline force-wide": "Force-wide, borderline",
    "overall": "Overall priority",
    "borderline overall": "Overall, borderline",
    "local": "Local priority",
    "borderline local": "Local, borderline",
    "watch": "Watch",
    "": "Neither",
}
OUTLINE, BORDER = "#444", "#c4c4c0"
WATCHED, NEXT = 2, 3
"""How many watched areas, and how many of the highest-ranked others, are named with their reasons."""
UNSCORED = 5
"""How many areas without a score are named."""
LISTED = 20
"""How many selected areas the page lists; of more it says how many they are, and where."""

_SIDE = 640  # longer side of the drawing, in its own units
_DETAIL = 1_500  # that side over the smallest detail kept
_ROOM = 29  # a rank is written where no higher one stands this close
# Points of the letters where no script measures them, up to so many areas.
_WITHOUT_SCRIPTS = ((8, 8.0), (14, 7.0), (LISTED, 6.25))


def brief_html(
    layer: gpd.GeoDataFrame,
    *,
    title: str,
    under: str = "",
    summary: Sequence[str] = (),
    notes: Sequence[str] = (),
    attribution: str = "",
    noun: str = "area",
    reasons: pd.Series[str] | None = None,
    elsewhere: str = "",
) -> str:
    """Return priorities as one page: the map, the selected areas, those not chosen, and the method.

    The selected areas stand by rank, under the name of their district where there are several. It is one page of A4 in
    any font: a script measures it where it is opened and takes the largest letters at which everything has room, from
    9 points down to 7; below that it leaves out the reasons of areas that were not chosen. Of more than `LISTED`
    selected areas it says how many are left out, and in which districts they lie.

    Parameters
    ----------
    layer : GeoDataFrame
        Areas with ``name``, ``district``, ``rank``, ``rank_lo``, ``rank_hi``, ``sel_share``, ``priority``,
        ``selected``, ``locality`` and ``reason``, as `hotspots.priorities.prioritise.prioritise` makes it.
    title, under : str
        The heading, and a line below it.
    summary : sequence of str
        Sentences above the map.
    notes : sequence of str
        The method and its limits, at the foot: one paragraph of two or three lines.
    attribution : str
        Whose data it is.
    noun : str, default "area"
        What an area is called.
    reasons : Series of str, optional
        What is said of each area, on the layer's index, instead of its ``reason``.
    elsewhere : str, optional
        Where all selected areas are listed, such as the name of a table.

    Returns
    -------
    str
        A whole HTML document that loads nothing; every text of the data is escaped.
    """
    told = layer if reasons is None else layer.assign(reason=reasons)
    ranked = told[told["rank"].notna()].sort_values("rank", kind="stable")
    picked = ranked["selected"].astype(bool)
    chosen, rest = ranked[picked], ranked[~picked]
    parts = [f"<h1>{html.escape(title)}</h1>"]
    parts += [f'<p class="under">{html.escape(under)}</p>'] * bool(under)
    parts += [f"<p>{html.escape(_run_on(summary))}</p>"] * bool(summary)
    parts.append(
        f'<div class="columns">{_drawing(layer)}{_key(layer)}{_listed(chosen, noun, elsewhere)}</div>'
    )
    others = _other_areas(rest) + _unscored(told)
    if others:
        parts.append(f'<h2 class="others">What was not chosen, and why</h2>{others}')
    foot = [" ".join(notes)] * bool(notes) + [attribution] * bool(attribution)
    parts += [f'<p class="notes">{html.escape(line)}</p>' for line in foot]
    here = files("hotspots.export.pages")
    style, script = ((here / name).read_text(encoding="utf-8") for name in ("brief.css", "fit.js"))
    size = next((size for most, size in _WITHOUT_SCRIPTS if len(chosen) <= most), _WITHOUT_SCRIPTS[-1][1])
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f"<title>{html.escape(title)}</title>\n<style>\n{style}</style>"
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en-GB"><head>{head}</head>\n<body>\n<main style="--size: {size:g}pt">\n{body}\n'
        f'</main>\n<div id="room"></div>\n<script>\n{script}Hotspots.paper.start();\n</script>\n</body></html>\n'
    )


def write_brief(
    layer: gpd.GeoDataFrame, path: str | os.PathLike[str], *, overwrite: bool = False, **content: Any
) -> None:
    """Write the page of `brief_html`, whose other parameters it takes, to a file.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    text = brief_html(layer, **content)
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _run_on(sentences: Sequence[str]) -> str:
    """Return sentences as one paragraph, each ended by a full stop."""
    return " ".join(line if line.endswith(".") else f"{line}." for line in sentences)


def _listed(chosen: pd.DataFrame, noun: str, elsewhere: str) -> str:
    """Return the first of the selected areas, by district where there are several, and what of the others."""
    if chosen.empty:
        return f"<p>No {html.escape(noun)} is selected.</p>"
    first, left = chosen.head(LISTED), chosen.iloc[LISTED:]
    district = chosen["district"].astype(str)
    told = [f"<h2>Selected {html.escape(noun)}s, by rank</h2>"]
    for name in dict.fromkeys(district[first.index]):
        rows = first[district[first.index] == name]
        if len(set(district)) > 1:
            told.append(f"<h3>{html.escape(name or 'Without a district')}</h3>")
        told.append(f"<ol>{''.join(_item(row, chosen) for row in rows.itertuples())}</ol>")
    if len(left):
        told.append(f"<p><strong>{html.escape(_left_out(left, len(chosen), noun, elsewhere))}</strong></p>")
    return "".join(told)


def _left_out(left: pd.DataFrame, selected: int, noun: str, elsewhere: str) -> str:
    where = left["district"].astype(str).value_counts(sort=False)
    places = [
        f"{count:,} in {name}" if name else f"{count:,} without a district" for name, count in where.items()
    ]
    named = f": {list_words(places)}" if left["district"].astype(str).any() else ""
    more = (
        f"{len(left):,} more selected {noun}{' is' if len(left) == 1 else 's are'} not on this page{named}."
    )
    listed = f", and {elsewhere} lists all {selected:,}" if elsewhere else ""
    return f"{more} The map shows {'it' if len(left) == 1 else 'them'}{listed}."


def _item(row: Any, chosen: pd.DataFrame) -> str:
    """Return one selected area: its rank, how sure it is, its name and why, and which selected ones it touches."""
    low, high = format_value("rank_lo", row.rank_lo), format_value("rank_hi", row.rank_hi)
    ranks = f"rank {low}" if low == high else f"rank {low} to {high}"
    sure = f"{ranks}; chance {row.sel_share:.0%}"
    joined = chosen[(chosen["locality"].astype(str) == str(row.locality)) & (chosen.index != row.Index)]
    along = ""
    if str(row.locality) and len(joined):
        names = [
            str(one.name) if one.district == row.district else _place(one) for one in joined.itertuples()
        ]
        along = f" One locality with {list_words(names)}."
    rank = format_value("rank", row.rank)
    return (
        f'<li value="{rank}"><b class="rank">{rank}</b><span>{sure}</span>'
        f'<i style="background:{COLOURS[str(row.priority)]}"></i>'
        f"<strong>{html.escape(_place(row))}</strong><br>{html.escape(str(row.reason) + along)}</li>"
    )


def _other_areas(rest: pd.DataFrame) -> str:
    """Return the watched and the highest-ranked of the others with their reasons, and shorter, as HTML."""
    watched = rest[rest["priority"] == "watch"]
    near = rest[rest["priority"] != "watch"].head(NEXT)
    told = list(pd.concat([watched.head(WATCHED), near]).itertuples())
    if not told:
        return ""
    count = len(watched) - WATCHED
    more = f" {count:,} more {'is' if count == 1 else 'are'} watched." if count > 0 else ""
    full = [f"<strong>{html.escape(_place(row))}</strong>: {html.escape(str(row.reason))}" for row in told]
    short = f"Next in rank or watched: {list_words([_place(row) for row in told])}."
    return f'<p class="spare">{" ".join(full)}{more}</p>\n<p class="instead">{html.escape(short)}{more}</p>'


def _place(row: Any) -> str:
    return area_name(str(row.name), str(row.district or ""))


def _unscored(layer: pd.DataFrame) -> str:
    """Return which areas have no score, and why; empty where all have."""
    missing = layer[layer["rank"].isna()]
    if missing.empty:
        return ""
    shown = missing.head(UNSCORED)
    told = "; ".join(f"{_place(row)}: {str(row.reason).rstrip('.')}" for row in shown.itertuples())
    more = len(missing) - len(shown)
    said = f"Without a score: {told}{f'; and {more:,} more' if more else ''}."
    return f"<p>{html.escape(said)}</p>"


def _key(layer: gpd.GeoDataFrame) -> str:
    found = set(layer["priority"].astype(str))
    swatches = [
        f'<span style="background:{colour}"></span>{LABELS[priority]}'
        for priority, colour in COLOURS.items()
        if priority in found
    ]
    return f'<p class="key notes">{"".join(swatches)}<br>Numbers are ranks, where there is room.</p>'


def _drawing(layer: gpd.GeoDataFrame) -> str:
    """Return the map as SVG: areas by priority, districts outlined, the ranks of the selected areas."""
    west, south, east, north = layer.total_bounds
    side = max(east - west, north - south)
    scale = _SIDE / side
    width, height = (east - west) * scale, (north - south) * scale
    shapes = shapely.coverage_simplify(layer.geometry.to_numpy(), side / _DETAIL)

    def drawn(geometry: Any) -> str:
        rings = [
            ring
            for part in shapely.get_parts(geometry)
            for ring in (part.exterior, *part.interiors)
            if part.geom_type == "Polygon"
        ]
        points = [(np.asarray(ring.coords)[:, :2] - (west, north)) * (scale, -scale) for ring in rings]
        return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line[:-1]) + "Z" for line in points)

    parts = []
    for shape, priority in zip(shapes, layer["priority"].astype(str), strict=True):
        parts.append(
            f'<path d="{drawn(shape)}" fill="{COLOURS[priority]}" stroke="{BORDER}" stroke-width=".5"/>'
        )
    for members in layer.groupby("district").indices.values():
        outline = shapely.union_all(shapes[members])
        parts.append(f'<path d="{drawn(outline)}" fill="none" stroke="{OUTLINE}" stroke-width="1.2"/>')
    parts += _ranks(layer, west, north, scale)
    box = f"-4 -4 {width + 8:.0f} {height + 8:.0f}"
    label = "Map of the priorities; the list names them"
    return f'<svg viewBox="{box}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _ranks(layer: gpd.GeoDataFrame, west: float, north: float, scale: float) -> list[str]:
    """Return the ranks of the selected areas as text, the highest first, where there is room."""
    chosen = layer[layer["selected"].astype(bool) & layer["rank"].notna()].sort_values("rank", kind="stable")
    points = chosen.geometry.representative_point()
    placed: list[tuple[float, float]] = []
    texts = []
    for rank, point in zip(chosen["rank"], points, strict=True):
        x, y = (point.x - west) * scale, (north - point.y) * scale
        if any(abs(x - left) < _ROOM and abs(y - top) < _ROOM for left, top in placed):
            continue
        placed.append((x, y))
        halo = 'stroke="#fff" stroke-width="5" paint-order="stroke"'
        texts.append(f'<text x="{x:.1f}" y="{y + 8:.1f}" {halo}>{int(rank)}</text>')
    return texts
