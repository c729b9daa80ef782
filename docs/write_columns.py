"""Write docs/columns.md from the output vocabulary; a test holds it to be current."""

from __future__ import annotations

from pathlib import Path

from hotspots.base.columns import COLUMNS, Column

PAGE = Path(__file__).with_name("columns.md")

HEAD = """# Every output column

Written by `python docs/write_columns.py` from `src/hotspots/base/columns.py`, where each column is defined once.
Layers, tables, tooltips, QGIS aliases and legends all say the same. Files hold every value in full; *decimals* are
what a reader is shown. A missing value reads "no data". A column of one period ends in it, as `n_2018-07` does, and
means what the column without it means.

| column | label | unit | holds | decimals | meaning | colours a map |
| --- | --- | --- | --- | --- | --- | --- |
"""

KINDS = {"text": "text", "integer": "whole number", "real": "number", "flag": "class", "boolean": "yes or no"}


def columns_page() -> str:
    """Return the page: a line for each column, then the classes of each that holds classes."""
    lines = [_line(column) for column in COLUMNS.values()]
    classes = [_classes(column) for column in COLUMNS.values() if column.classes]
    order = "As a legend lists them, each with the word that files hold."
    return f"{HEAD}{''.join(lines)}\n## The classes\n\n{order}\n{''.join(classes)}"


def _line(column: Column) -> str:
    decimals = str(column.decimals) if column.kind == "real" else ""
    cells = (
        f"`{column.name}`",
        column.label,
        column.unit,
        KINDS[column.kind],
        decimals,
        column.meaning,
        "yes" if column.drawn else "",
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _classes(column: Column) -> str:
    lines = "".join(f"- `{entry.value}`: {entry.label}\n" for entry in column.classes)
    return f"\n### `{column.name}`: {column.label}\n\n{lines}"


if __name__ == "__main__":
    PAGE.write_text(columns_page(), encoding="utf-8", newline="\n")
