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

from hotspots.base.columns import format_value
from hotspots.base.files import replacing
from hotspots.base.text import area_name

COLOURS = {
    "force-wide": "#b2182b",
    "borderline force-wide": "#d9848b",
    "overall": "#b2182b",
    "borderline overall": "#d9848b",
    "local": "#ef8a62",
    "borderline local": "#f8c6aa",
    "watch": "#fddbc7",
    "": "#f4f4f2",
}
"""Fill of each priority: from the red side of ColorBrewer's RdBu, which keeps its order in grey; paler, borderline."""
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
SIZES = (9.0, 8.75, 8.5, 8.25, 8.0, 7.75, 7.5, 7.25, 7.0)
"""Points of the printed text: the first at which everything stands on one page, else the last."""

_SIDE = 640  # longer side of the drawing, in its own units
_DETAIL = 1_500  # that side over the smallest detail kept
_ROOM = 29  # a rank is written where no higher one stands this close
# Printed, in millimetres. A page is 190 x 277 inside its margins, in two columns under the heading.
_PAGE, _WIDE, _COLUMN, _RANK = 277.0, 190.0, 92.5, 8.0
_HEADING, _MAP, _SPARE = 9.0, 58.0, 4.0
_POINT = 0.3528
_LINE = 1.2  # of a line, in heights of the text
_NARROW, _SLIM, _BROAD = (
    frozenset(" .,;:'!|()[]-/fijlrtI"),
    frozenset("ckszvxyJ"),
    frozenset("mwMW%@"),
)  # letters of Arial, by their width
_STYLE = """
@font-face { font-family: Narrowed; src: local("DejaVu Sans"), local("Verdana"); size-adjust: 87% }
@font-face { font-family: Narrowed; font-weight: bold; size-adjust: 84%;
  src: local("DejaVu Sans Bold"), local("Verdana Bold") }
@page { size: A4; margin: 10mm }
body { font: 10pt/1.35 Arial, "Liberation Sans", Helvetica, Narrowed, sans-serif; color: #1a1a1a }
body { max-width: 64em; margin: 1.5em auto; padding: 0 1em }
h1 { font-size: 1.5em; margin: 0 0 .4em } h2 { font-size: 1.1em; margin: .7em 0 .25em }
p { margin: 0 0 .4em }
.sheet { columns: 2; column-gap: 1.5em }
svg { display: block; width: 100%; height: auto; max-height: 28em; margin-bottom: .3em }
svg text { font: 600 24px Arial, sans-serif; text-anchor: middle }
.key span, td i { display: inline-block; width: .75em; height: .75em; border: 1px solid #777 }
.key span { margin: 0 .3em 0 .9em } .key span:first-child { margin-left: 0 } td i { margin-right: .35em }
table { border-collapse: collapse; width: 100% } thead th { border-bottom: 1.5px solid #555 }
th, td { border-bottom: 1px solid #bbb; padding: .2em .3em; text-align: left; vertical-align: top }
td.n, th.n { text-align: right; width: 2.2em } td > span { float: right; margin-left: .8em; white-space: nowrap }
tr.place th { background: #eee; font-weight: 600 } tr { break-inside: avoid } tr.place { break-after: avoid }
.notes { font-size: .9em; color: #333 }
@media screen and (max-width: 40em) { .sheet { columns: 1 } }
@media print { body { margin: 0; padding: 0; max-width: none }
  body { font-size: calc(SIZEpt * var(--fit, 1)); line-height: HEIGHTpt }
  h1 { font-size: 14pt; line-height: 1.2; margin: 0 0 2mm } .sheet { column-gap: 5mm } svg { max-height: MAPmm }
  .rest { break-before: page } thead { display: table-header-group }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
"""
# Where letters are wider than the page was reckoned with, whatever the font, they are printed as much smaller. Without
# scripts the common wide fonts are narrowed by the style.
_SAMPLE = "Local priority: 2.1 SD above the average score of its district, and flagged in 9 of 12 periods"
_FIT = """<script>
{
  const probe = document.body.appendChild(document.createElement("span"));
  probe.textContent = "SAMPLE";
  probe.style.cssText = "position: absolute; visibility: hidden; white-space: nowrap; font-size: 100px";
  const excess = probe.getBoundingClientRect().width / (100 * EMS);
  probe.remove();
  if (excess > 1) document.body.style.setProperty("--fit", (1 / excess).toFixed(4));
}
</script>"""


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

    The selected areas stand by rank, those of one locality together under its name. The type gets smaller as
    there is more to say, down to the last of `SIZES`; reasons are never cut. Where even that would not hold
    all on one A4 page, the lowest selected go overleaf, and the page says so.

    Parameters
    ----------
    layer : GeoDataFrame
        Areas with ``name``, ``district``, ``rank``, ``rank_lo``, ``rank_hi``, ``sel_share``, ``priority``,
        ``selected``, ``locality`` and ``reason``, as `hotspots.priorities.prioritise.prioritise` makes it.
    title : str
        The heading.
    summary : sequence of str
        Sentences above the map.
    notes : sequence of str
        The method and its limits, at the foot: one paragraph of two or three lines.
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
    chosen = _by_locality(ranked[ranked["selected"].astype(bool)])
    others = [_other_areas(ranked[~ranked["selected"].astype(bool)]), html.escape(_unscored(layer))]
    others = [line for line in others if line]
    foot = [" ".join(notes)] * bool(notes) + [attribution] * bool(attribution)
    size, kept = _fit(layer, chosen, [_run_on(summary), *others, *foot])
    members = {str(name): int(n) for name, n in chosen["locality"].value_counts().items()}
    here, rest = chosen.head(kept), chosen.iloc[kept:]
    sheet = [
        _drawing(layer),
        _key(layer),
        f"<h2>Selected {html.escape(noun)}s</h2>",
        _table(here, noun, members),
    ]
    if chosen.empty:
        sheet[-1] = f"<p>No {html.escape(noun)} is selected.</p>"
    if len(rest):
        sheet.append(f"<p><strong>{html.escape(_overleaf(len(rest), noun))}</strong></p>")
    said = f"<p>{html.escape(_run_on(summary))}</p>" if summary else ""
    parts = [f"<h1>{html.escape(title)}</h1>{said}", f'<div class="sheet">{"".join(sheet)}</div>']
    if others:
        parts.append("<h2>What was not chosen, and why</h2>")
        parts += [f"<p>{line}</p>" for line in others]
    parts += [f'<p class="notes">{html.escape(line)}</p>' for line in foot]
    if len(rest):
        heading = html.escape(f"Selected {noun}s, continued")
        parts.append(
            f'<section class="rest"><h2>{heading}</h2><div class="sheet">{_table(rest, noun, members)}</div></section>'
        )
    parts.append(_FIT.replace("SAMPLE", _SAMPLE).replace("EMS", f"{sum(map(_letter, _SAMPLE)):.2f}"))
    style = (
        _STYLE.replace("SIZE", f"{size:g}").replace("HEIGHT", f"{_LINE * size:g}").replace("MAP", f"{_MAP:g}")
    )
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{style}</style>'
    body = "\n".join(parts)
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


def _by_locality(chosen: pd.DataFrame) -> pd.DataFrame:
    """Return the selected areas by rank, but each locality's together where its highest stands."""
    first = chosen["rank"].groupby(chosen["locality"].astype(str)).transform("min")
    order = pd.DataFrame({"first": first, "rank": chosen["rank"]}).sort_values(
        ["first", "rank"], kind="stable"
    )
    return chosen.loc[order.index]


def _fit(layer: gpd.GeoDataFrame, chosen: pd.DataFrame, wide: list[str]) -> tuple[float, int]:
    """Return the size of the text at which the page holds everything, and how many areas it holds."""
    west, south, east, north = layer.total_bounds
    drawn = min(_MAP, _COLUMN * (north - south) / (east - west))
    kept = 0
    locality = chosen["locality"].astype(str)
    heads = locality.duplicated(keep=False) & ~locality.duplicated()
    for size in SIZES:
        em = size * _POINT
        fixed = 2.5 * em + sum(_lines(text, _WIDE, em) * _LINE * em + 0.4 * em for text in wide)
        # The map, its key in three lines, the heading, and the head of the table in each column.
        room = 2 * (_PAGE - _HEADING - _SPARE - fixed) - drawn - 8 * em
        heights = [
            (1 + _lines(reason, _COLUMN - _RANK - em, em)) * _LINE * em + 0.5 * em
            for reason in chosen["reason"]
        ]
        heights = [height + 3 * em * head for height, head in zip(heights, heads, strict=True)]
        kept = int((np.cumsum(heights) <= room).sum()) if heights else 0
        if kept == len(heights):
            return size, kept
    return SIZES[-1], kept


def _lines(text: str, width: float, em: float) -> int:
    """Return how many lines a text takes, word by word."""
    lines, used = 1, 0.0
    for word in str(text).split():
        long = em * sum(map(_letter, word))
        if used and used + long > width:
            lines, used = lines + 1, 0.0
        used += long + em * _letter(" ")
    return lines


def _letter(letter: str) -> float:
    """Return the width of a letter in heights of the text, to a few hundredths and rather too wide."""
    if letter in _NARROW:
        return 0.28
    if letter in _BROAD:
        return 0.84
    if letter in _SLIM:
        return 0.5
    return 0.7 if letter.isupper() else 0.556


def _run_on(sentences: Sequence[str]) -> str:
    """Return sentences as one paragraph, each ended by a full stop."""
    return " ".join(line if line.endswith(".") else f"{line}." for line in sentences)


def _overleaf(count: int, noun: str) -> str:
    return f"The list continues overleaf with {count:,} more {noun}{'' if count == 1 else 's'}."


def _table(rows: pd.DataFrame, noun: str, members: dict[str, int]) -> str:
    """Return areas as rows, a locality of several under its name; `members` is the size of each locality."""
    head = f'<th class="n" scope="col">Rank</th><th scope="col">{html.escape(noun.capitalize())} and why</th>'
    body = []
    before = ""
    for row in rows.itertuples():
        place = str(row.locality)
        if place != before and members.get(place, 0) > 1:
            said = f"Locality: {place} ({members[place]} {noun}s)"
            body.append(f'<tr class="place"><th colspan="2" scope="rowgroup">{html.escape(said)}</th></tr>')
        before = place
        low, high = format_value("rank_lo", row.rank_lo), format_value("rank_hi", row.rank_hi)
        sure = f"rank {low} to {high}; chance {row.sel_share:.0%}"
        swatch = f'<i style="background:{COLOURS[str(row.priority)]}"></i>'
        body.append(
            f'<tr><td class="n">{format_value("rank", row.rank)}</td>'
            f"<td><span>{sure}</span>{swatch}<strong>{html.escape(_place(row))}</strong><br>"
            f"{html.escape(str(row.reason))}</td></tr>"
        )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _other_areas(rest: pd.DataFrame) -> str:
    """Return the watched and the highest-ranked of the others with their reasons, as HTML."""
    watched = rest[rest["priority"] == "watch"]
    near = rest[rest["priority"] != "watch"].head(NEXT)
    told = [
        f"<strong>{html.escape(_place(row))}</strong>: {html.escape(str(row.reason))}"
        for row in pd.concat([watched.head(WATCHED), near]).itertuples()
    ]
    more = len(watched) - WATCHED
    if more > 0:
        told.append(f"{more:,} more {'is' if more == 1 else 'are'} watched.")
    return " ".join(told)


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
    return f"Without a score: {told}{f'; and {more:,} more' if more else ''}."


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
        halo = 'stroke="#fff" stroke-width="5" paint-order="stroke"'
        texts.append(f'<text x="{x:.1f}" y="{y + 8:.1f}" {halo}>{int(rank)}</text>')
    return texts
