"""The table of priorities by partnership as one HTML page that prints on A4."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence

import pandas as pd

from hotspots.base.files import replacing

_STYLE = """
@page { size: A4 landscape; margin: 12mm }
body { font: 11pt/1.4 "Segoe UI", Arial, sans-serif; color: #1a1a1a; max-width: 75em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 1.5em }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #999; padding: .3em .5em; text-align: center; vertical-align: middle }
th[scope=row] { text-align: left; font-weight: 600 } thead th { background: #eef1f4; font-size: .9em }
.scroll { overflow-x: auto } p, li { max-width: 60em } .notes { font-size: .85em; color: #333 }
@media print { body { margin: 0; max-width: none } .scroll { overflow: visible } tr { break-inside: avoid } }
"""
_MARKS = {"✓": "priority", "(✓)": "priority in part", "": "no priority"}


def matrix_html(matrix: pd.DataFrame, *, title: str, notes: Sequence[str] = (), attribution: str = "") -> str:
    """Return priorities by partnership as a page: one table of the most prevalent themes, one of the others.

    Parameters
    ----------
    matrix : DataFrame
        From `hotspots.priorities.matrix_rules.priority_matrix`.
    title : str
        The heading.
    notes : sequence of str
        Rules and cautions, below the tables.
    attribution : str
        Whose data it is.

    Returns
    -------
    str
        A whole HTML document that loads nothing; every text of the data is escaped.

    Examples
    --------
    >>> matrix = pd.DataFrame({"<Town>": ["✓"], "ticks": [1], "prevalence": ["most prevalent"]}, index=["ASB"])
    >>> "&lt;Town&gt;" in matrix_html(matrix, title="Priorities")
    True
    """
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for prevalence, heading in (
        ("most prevalent", "Most prevalent priorities"),
        ("less prevalent", "Less prevalent priorities"),
    ):
        rows = matrix[matrix["prevalence"] == prevalence]
        if len(rows):
            parts.append(f"<h2>{heading}</h2>\n{_table(rows, heading)}")
    if notes:
        parts.append(
            '<ul class="notes">' + "".join(f"<li>{html.escape(note)}</li>" for note in notes) + "</ul>"
        )
    if attribution:
        parts.append(f'<p class="notes">{html.escape(attribution)}</p>')
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f"<title>{html.escape(title)}</title><style>{_STYLE}</style>"
    return (
        f'<!doctype html>\n<html lang="en-GB"><head>{head}</head>\n<body>\n<main>\n'
        + "\n".join(parts)
        + "\n</main>\n</body></html>\n"
    )


def write_matrix(
    matrix: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    title: str,
    notes: Sequence[str] = (),
    attribution: str = "",
    overwrite: bool = False,
) -> None:
    """Write the page of `matrix_html` to a file.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    text = matrix_html(matrix, title=title, notes=notes, attribution=attribution)
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _table(rows: pd.DataFrame, name: str) -> str:
    places = [column for column in rows.columns if column not in ("ticks", "prevalence")]
    head = "".join(f'<th scope="col">{html.escape(str(place))}</th>' for place in places)
    body = []
    for theme, row in rows.iterrows():
        cells = "".join(f'<td title="{_MARKS[row[place]]}">{row[place]}</td>' for place in places)
        body.append(f'<tr><th scope="row">{html.escape(str(theme))}</th>{cells}</tr>')
    table = f'<table><thead><tr><th scope="col">Priority</th>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'
    # On a narrow screen it is scrolled sideways, by the keyboard too.
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{name}">{table}</div>'
