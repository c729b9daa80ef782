"""Priorities on one page for a partnership meeting: a map, a ranked table with reasons, and what was not chosen."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.columns import format_value
from hotspots.files import replacing

COLOURS = {"force-wide": "#b2182b", "local": "#ef8a62", "watch": "#fddbc7", "": "#f4f4f2"}
"""Fill of each priority: from the red side of ColorBrewer's RdBu, which keeps its order in grey."""
LABELS = {"force-wide": "Force-wide priority", "local": "Local priority", "watch": "Watch", "": "Neither"}
OUTLINE, BORDER = "#444", "#c4c4c0"
NOT_CHOSEN = 5
"""How many of the highest-ranked areas that were not selected are listed."""

_SIDE = 640  # longer side of the drawing, in its own units
_DETAIL = 1_500  # that side over the smallest detail kept
_ROOM = 21  # a rank is written where no higher one stands this close
_STYLE = """
@page { size: A4; margin: 12mm }
body { font: 10pt/1.35 "Segoe UI", Arial, sans-serif; color: #1a1a1a }
body { max-width: 60em; margin: 1.5em auto; padding: 0 1em }
h1 { font-size: 1.5em; margin: 0 0 .3em } h2 { font-size: 1.1em; margin: 1em 0 .3em }
.top { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5em; align-items: start }
svg { width: 100%; height: auto; max-height: 30em }
svg text { font: 600 17px Arial, sans-serif; text-anchor: middle }
.key span { display: inline-block; width: .9em; height: .9em; border: 1px solid #777; margin: 0 .3em 0 .9em }
table { border-collapse: collapse; width: 100% } thead th { border-bottom: 2px solid #555 }
th, td { border-bottom: 1px solid #bbb; padding: .25em .4em; text-align: left; vertical-align: top }
td.n, th.n { text-align: right; white-space: nowrap }
.notes { font-size: .85em; color: #333 }
@media (max-width: 40em) { .top { grid-template-columns: 1fr } }
@media print { body { margin: 0; max-width: none; font-size: 8.5pt } svg { max-height: 22em }
  tr { break-inside: avoid } thead { display: table-header-group }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
"""


def brief_html(
    layer: gpd.GeoDataFrame,
    *,
    title: str,
    summary: Sequence[str] = (),
    notes: Sequence[str] = (),
    attribution: str = "",
    noun: str = "area",
) -> str:
    """Return priorities as one page: the map, the selected areas, those not chosen, and the method.

    Parameters
    ----------
    layer : GeoDataFrame
        Areas with ``name``, ``district``, ``rank``, ``rank_lo``, ``rank_hi``, ``sel_share``, ``priority``,
        ``selected``, ``locality`` and ``reason``, as `hotspots.priorities.prioritise` makes it.
    title : str
        The heading.
    summary : sequence of str
        Sentences beside the map.
    notes : sequence of str
        The method and its limits, at the foot.
    attribution : str
        Whose data it is.
    noun : str, default "area"
        What an area is called.

    Returns
    -------
    str
        A whole HTML document that loads nothing and prints on A4; every text of the data is escaped.
    """
    ranked = layer[layer["rank"].notna()].sort_values("rank", kind="stable")
    chosen = ranked[ranked["selected"].astype(bool)]
    rest = ranked[~ranked["selected"].astype(bool)]
    watched = rest[rest["priority"] == "watch"]
    near = rest[rest["priority"] != "watch"].head(NOT_CHOSEN)
    said = "".join(f"<p>{html.escape(line)}</p>" for line in summary)
    parts = [
        f"<h1>{html.escape(title)}</h1>",
        f'<div class="top"><div>{_drawing(layer)}{_key(layer)}</div><div>{said}</div></div>',
        _section(f"Selected {noun}s", chosen, f"No {noun} is selected."),
        _section("Watched", watched, ""),
        _section("Not chosen, though next in rank", near, ""),
    ]
    unscored = layer[layer["rank"].isna()]
    if len(unscored):
        listed = "; ".join(
            f"{name} ({reason.rstrip('.')})"
            for name, reason in zip(unscored["name"], unscored["reason"], strict=True)
        )
        parts.append(f"<p>{html.escape(f'Without a score: {listed}.')}</p>")
    if notes:
        listed = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
        parts.append(f'<h2>How it was done</h2><ul class="notes">{listed}</ul>')
    if attribution:
        parts.append(f'<p class="notes">{html.escape(attribution)}</p>')
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{_STYLE}</style>'
    body = "\n".join(part for part in parts if part)
    return f'<!doctype html>\n<html lang="en-GB"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


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


def _section(heading: str, rows: pd.DataFrame, nothing: str) -> str:
    if rows.empty:
        return f"<h2>{html.escape(heading)}</h2><p>{html.escape(nothing)}</p>" if nothing else ""
    columns = (("n", "Rank"), ("", "Name"), ("", "Reason"), ("n", "Ranks, 95%"), ("n", "Runs selected"))
    head = "".join(f'<th class="{kind}" scope="col">{label}</th>' for kind, label in columns)
    body = []
    for row in rows.itertuples():
        place = f"<strong>{html.escape(str(row.name))}</strong>"
        if row.district:
            place += f"<br>{html.escape(str(row.district))}"
        share = format_value("sel_share", row.sel_share)
        body.append(
            f'<tr><td class="n">{format_value("rank", row.rank)}</td><td>{place}</td>'
            f"<td>{html.escape(str(row.reason))}</td>"
            f'<td class="n">{format_value("rank_lo", row.rank_lo)} to {format_value("rank_hi", row.rank_hi)}</td>'
            f'<td class="n">{share}</td></tr>'
        )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    return f"<h2>{html.escape(heading)}</h2>{table}"


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
    label = "Map of the priorities; the table lists them"
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
        halo = 'stroke="#fff" stroke-width="4" paint-order="stroke"'
        texts.append(f'<text x="{x:.1f}" y="{y + 6:.1f}" {halo}>{int(rank)}</text>')
    return texts
