"""Grids of times as one HTML page: words on top, real tables with text in every cell, and nothing loaded."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape

from hotspots.base.classes import TIMES
from hotspots.base.files import replacing
from hotspots.export.times.grid import DOWN, UP, Cell, TimeGrid

_STYLE = """
@page { size: A4 landscape; margin: 10mm }
body { font: 11pt/1.4 "Segoe UI", Arial, sans-serif; color: #1a1a1a; max-width: 80em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em } h2 { font-size: 1.2em; margin-top: 2em }
p, li { max-width: 60em } .lead { font-size: 1.15em; margin: .3em 0 } .notes { font-size: .85em; color: #333 }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
caption { text-align: left; font-weight: 600; padding: .4em 0 }
th, td { border: 1px solid #b5b5b5; padding: .25em .3em; text-align: center; font-size: .82em; min-width: 2.3em }
th { background: #eef1f4; font-weight: 600 } th[scope=row] { text-align: left; white-space: nowrap }
td.total { border-left: 2px solid #555 } tr.total > * { border-top: 2px solid #555 }
td.sure { font-weight: 700 }
.legend { list-style: none; padding: 0; margin: .6em 0; display: flex; flex-wrap: wrap; gap: .3em 1.2em;
  font-size: .85em }
.legend i { display: inline-block; width: 1.4em; height: 1em; margin-right: .4em; border: 1px solid #8a8a8a;
  forced-color-adjust: none;
  vertical-align: -.12em; print-color-adjust: exact; -webkit-print-color-adjust: exact }
td { print-color-adjust: exact; -webkit-print-color-adjust: exact }
@media print { body { margin: 0; max-width: none } section { break-inside: avoid }
  th, td { font-size: 7.5pt; padding: 1pt 2pt } }
"""


def times_html(grids: Sequence[TimeGrid], *, title: str, attribution: str = "") -> str:
    """Return grids of times as a page.

    Parameters
    ----------
    grids : sequence of TimeGrid
        In order; a section each.
    title : str
        The heading.
    attribution : str
        Whose data it is.

    Returns
    -------
    str
        A whole HTML document that loads nothing; every text of the data is escaped. The same grids give the same
        bytes.

    Examples
    --------
    >>> grid = TimeGrid("<Theft>", ["Most: nights."], "Weekday", ["All"], ["Monday"], [[Cell(2.04, UP, "Monday: 9")]])
    >>> page = times_html([grid], title="Hot times")
    >>> "&lt;Theft&gt;" in page, ">2.0▲</td>" in page, "http" in page
    (True, True, False)
    """
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
    )
    parts = [f"<h1>{escape(title)}</h1>", *(_section(grid) for grid in grids)]
    if attribution:
        parts.append(f'<p class="notes">{escape(attribution)}</p>')
    return (
        f'<!doctype html>\n<html lang="en-GB"><head>{head}<style>{_STYLE}</style></head>\n<body>\n<main>\n'
        + "\n".join(parts)
        + "\n</main>\n</body></html>\n"
    )


def write_times(
    grids: Sequence[TimeGrid],
    path: str | os.PathLike[str],
    *,
    title: str,
    attribution: str = "",
    overwrite: bool = False,
) -> None:
    """Write the page of `times_html` to a file.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    text = times_html(grids, title=title, attribution=attribution)
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _section(grid: TimeGrid) -> str:
    lead = "".join(f'<p class="lead">{escape(text)}</p>' for text in grid.lead)
    notes = "".join(f"<li>{escape(note)}</li>" for note in grid.notes)
    return (
        f"<section>\n<h2>{escape(grid.title)}</h2>\n{lead}\n{_table(grid)}\n{_legend()}\n"
        f'<ul class="notes">{notes}</ul>\n</section>'
    )


def _table(grid: TimeGrid) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in grid.columns)
    body = []
    for name, cells in zip(grid.rows, grid.cells, strict=True):
        row = "".join(
            _cell(cell, total=column == "All") for cell, column in zip(cells, grid.columns, strict=True)
        )
        look = ' class="total"' if name == "All" and len(grid.rows) > 1 else ""
        body.append(f'<tr{look}><th scope="row">{escape(name)}</th>{row}</tr>')
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(grid.title)}"><table>'
        f"<caption>{escape(grid.corner)}: times the mean rate per hour</caption>"
        f"<thead><tr><td></td>{head}</tr></thead>\n<tbody>" + "\n".join(body) + "</tbody></table></div>"
    )


def _cell(cell: Cell, *, total: bool) -> str:
    names = [name for name, on in (("sure", cell.mark), ("total", total)) if on]
    look = f' class="{" ".join(names)}"' if names else ""
    fill = "" if cell.look is None else f' style="background:{cell.look.colour};color:{cell.ink}"'
    return f'<td{look}{fill} title="{escape(cell.words)}">{escape(cell.text)}</td>'


def _legend() -> str:
    entries = "".join(f'<li><i style="background:{one.colour}"></i>{escape(one.label)}</li>' for one in TIMES)
    marks = f"<li>{UP} above, {DOWN} below the mean beyond chance</li>"
    return f'<ul class="legend">{entries}{marks}</ul>'
