"""A report as one HTML file that reads on a screen and prints to clean A4 pages; nothing is loaded from outside."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from itertools import chain

from hotspots.base.files import replacing
from hotspots.export.document import (
    DIVISIONS,
    Block,
    Document,
    Figures,
    Grid,
    Legend,
    Paragraphs,
    Picture,
    Section,
    Slot,
    Table,
    Terms,
    section_numbers,
)

STANDING = 10  # columns of numbers whose headings still have room side by side
WIDE = ((8, "widest"), (6, "wide"))
"""From more than how many columns the letters of a table are smaller: a browser that prints a table wider than the
page makes the whole report smaller."""
FRONT_ROWS = 8  # of a table on the first page
UPRIGHT = 6  # columns of ticks whose headings still have room side by side


def report_html(document: Document) -> str:
    """Return a report as the text of an HTML file.

    Every text is shown as text, whatever it contains. The same document gives the same bytes.

    Examples
    --------
    >>> page = report_html(Document("<Burglary>", "2025", [Section("Tables", [Paragraphs(["None & none"])])]))
    >>> "<title>&lt;Burglary&gt;</title>" in page, "None &amp; none" in page, "http" in page
    (True, True, False)
    """
    return "\n".join(_page(document))


def _page(document: Document) -> Iterator[str]:
    """Yield the lines of a report one by one, since with their pictures they are megabytes."""
    style = (files("hotspots.export.pages") / "report.css").read_text(encoding="utf-8")
    style = style.replace("RUNNING_TITLE", _css_string(document.title))
    counter = _Counter()
    numbers = section_numbers(document.sections)
    sections = [
        chain(_division(document.sections, place), _section(section, numbers[place], counter))
        for place, section in enumerate(document.sections)
    ]
    period = f'<p class="period">{escape(document.period)}</p>' if document.period else ""
    origin = "".join(f"<p>{escape(line)}</p>" for line in document.origin)
    yield '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(document.title)}</title>"
    yield f"<style>\n{style}</style>\n</head>\n<body>\n<main>"
    yield '<div class="front">' if _is_front(document.sections) else ""
    yield f'<header class="masthead"><h1>{escape(document.title)}</h1>{period}</header>'
    yield from chain(*sections[:1])
    yield _contents(document.sections, numbers)
    yield "</div>" if _is_front(document.sections) else ""
    yield from chain(*sections[1:])
    yield f'<footer class="origin">{origin}<p>{escape(document.made_with)}</p></footer>'
    yield "</main>\n</body>\n</html>\n"


def write_report(document: Document, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a report as one HTML file; see `report_html`.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    with (
        replacing(path, overwrite=overwrite) as draft,
        draft.open("w", encoding="utf-8", newline="\n") as page,
    ):
        for place, part in enumerate(_page(document)):
            page.write("\n" * (place > 0) + part)


class _Counter:
    """Numbers tables and pictures as they come."""

    def __init__(self) -> None:
        self.tables = self.pictures = 0

    def table(self) -> str:
        self.tables += 1
        return f"Table {self.tables}"

    def picture(self) -> str:
        self.pictures += 1
        return f"Figure {self.pictures}"


def _division(sections: Sequence[Section], place: int) -> Iterator[str]:
    """Yield the heading of a division where a section is the first of it."""
    division = sections[place].division
    first = all(section.division != division for section in sections[:place])
    heading = DIVISIONS[division]
    if heading and first:
        yield f'<h2 class="division">{escape(heading)}</h2>'


def _is_front(sections: Sequence[Section]) -> bool:
    """Return whether title, first section and contents are a page of their own, whose picture takes the room left."""
    blocks = sections[0].blocks if sections and not sections[0].parts else []
    short = all(len(block.rows) <= FRONT_ROWS for block in blocks if isinstance(block, Table))
    return short and sum(isinstance(block, Picture) for block in blocks) == 1


def _contents(sections: Sequence[Section], numbers: Sequence[str]) -> str:
    """Return the list of the sections and their parts, a list for each division."""
    if len(sections) < 2:
        return ""
    lists = []
    for division, heading in DIVISIONS.items():
        items = "".join(
            _entry(section, number)
            for section, number in zip(sections, numbers, strict=True)
            if section.division == division
        )
        name = f"<h3>{escape(heading)}</h3>" if heading else ""
        lists.append(f"{name}<ol>{items}</ol>" if items else "")
    return f'<nav class="contents" aria-label="Contents"><h2>Contents</h2>{"".join(lists)}</nav>'


def _entry(section: Section, number: str) -> str:
    parts = [
        f'<a href="#s{number}-{place}">{escape(part.title)}</a>'
        for place, part in enumerate(section.parts, start=1)
    ]
    inner = f"<p>{' · '.join(parts)}</p>" if parts else ""
    return f'<li><b>{number}</b> <a href="#s{number}">{escape(section.title)}</a>{inner}</li>'


def _section(section: Section, number: str, counter: _Counter) -> Iterator[str]:
    looks = ["page"] * section.new_page + ["partnerships"] * (section.division == "partnerships")
    look = f' class="{" ".join(looks)}"' if looks else ""
    yield f'<section id="s{number}"{look}>'
    yield f"<h2><span>{number}</span> {escape(section.title)}</h2>"
    yield from (_block(block, counter) for block in section.blocks)
    for place, part in enumerate(section.parts, start=1):
        turn = ' class="page"' if part.new_page else ""
        yield f'<section id="s{number}-{place}"{turn}>'
        yield f"<h3>{escape(part.title)}</h3>"
        yield from (_block(block, counter) for block in part.blocks)
        yield "</section>"
    yield "</section>"


def _block(block: Block, counter: _Counter) -> str:
    if isinstance(block, Paragraphs):
        look = ' class="small"' if block.small else ' class="lead"' if block.lead else ""
        return "\n".join(f"<p{look}>{escape(text)}</p>" for text in block.texts)
    if isinstance(block, Figures):
        tiles = "".join(f"<li><b>{escape(figure)}</b> {escape(word)}</li>" for figure, word in block.pairs)
        return f'<ul class="figures">{tiles}</ul>'
    if isinstance(block, Terms):
        pairs = [f"<div><dt>{escape(word)}</dt> <dd>{escape(text)}</dd></div>" for word, text in block.pairs]
        look = ' class="compact"' if block.compact else ""
        return f"<dl{look}>{''.join(pairs)}</dl>"
    if isinstance(block, Picture):
        caption = f"<b>{counter.picture()}.</b> {escape(block.caption)}"
        return f"<figure>{_image(block)}{_legend(block.legend)}<figcaption>{caption}</figcaption></figure>"
    if isinstance(block, Grid):
        return _grid(block, counter)
    if isinstance(block, Slot):
        return _slot(block)
    return _table(block, counter)


def _image(picture: Picture) -> str:
    data = base64.b64encode(picture.svg).decode("ascii")
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(picture.alt)}">'


def _legend(legend: Legend | None) -> str:
    if legend is None:
        return ""
    entries = "".join(
        f'<li><i style="background:{escape(colour)}"></i>{escape(word)}</li>'
        for colour, word in legend.entries
    )
    return f'<div class="legend"><b>{escape(legend.title)}</b><ul>{entries}</ul></div>'


def _grid(grid: Grid, counter: _Counter) -> str:
    """Return the pictures side by side, lettered under one number."""
    pictures = "".join(
        f"<figure>{_image(picture)}<figcaption><b>{letter}</b> {escape(picture.caption)}</figcaption>"
        f"{_legend(picture.legend)}</figure>"
        for letter, picture in zip("abcdefgh", grid.pictures, strict=False)
    )
    caption = f"<b>{counter.picture()}.</b> {escape(grid.caption)}"
    return (
        f'<figure class="grid"><div>{pictures}</div>{_legend(grid.legend)}'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _slot(slot: Slot) -> str:
    if slot.texts:
        return f"<h4>{escape(slot.title)}</h4>" + "".join(f"<p>{escape(text)}</p>" for text in slot.texts)
    return (
        f'<div class="slot"><h4>{escape(slot.title)}</h4>'
        f"<p>To be written by the partnership: {escape(slot.prompt)}</p></div>"
    )


def _table(table: Table, counter: _Counter) -> str:
    number = counter.table() if table.caption else ""
    name = number or f"Table: {', '.join(heading for heading in table.headings if heading)}"
    caption = f"<caption><b>{number}.</b> {escape(table.caption)}</caption>" if table.caption else ""
    head = "".join(
        f'<th scope="col"{_side(place, table)}>{_heading(place, table)}</th>'
        for place in range(len(table.headings))
    )
    rows = []
    for line, row in enumerate(table.rows, start=1):
        cells = "".join(
            f'<th scope="row"{_side(place, table)}>{escape(cell)}</th>'
            if place == 0
            else f"<td{_side(place, table)}>{escape(cell)}</td>"
            for place, cell in enumerate(row)
        )
        last = ' class="total"' if table.total and line == len(table.rows) else ""
        rows.append(f"<tr{last}>{cells}</tr>")
    note = f'<p class="note">{_raised(table.note)}</p>' if table.note else ""
    look = "long" if table.prose or len(table.rows) > 30 else "short"
    look += " upright" if len(table.marks) > UPRIGHT or len(table.numbers) > STANDING else ""
    look += next((f" {word}" for most, word in WIDE if len(table.headings) - len(table.marks) > most), "")
    body = f"<table>{caption}<thead><tr>{head}</tr></thead>\n<tbody>" + "\n".join(rows) + "</tbody></table>"
    # On a narrow screen it is scrolled sideways, by the keyboard too.
    return (
        f'<div class="table {look}" tabindex="0" role="group" aria-label="{escape(name)}">{body}{note}</div>'
    )


def _heading(place: int, table: Table) -> str:
    heading = _raised(table.headings[place])
    upright = place in table.marks or (place in table.numbers and len(table.numbers) > STANDING)
    return f"<span>{heading}</span>" if upright else heading


def _side(place: int, table: Table) -> str:
    if place in table.marks:
        return ' class="mark"'
    if place in table.prose:
        return ' class="prose"'
    return ' class="number"' if place in table.numbers else ""


def _raised(text: str) -> str:
    """Return text with a raised figure one where it refers to a note."""
    return escape(text).replace("¹", "<sup>1</sup>")


def _css_string(text: str) -> str:
    """Return text as a CSS string in which every letter but the plainest is written by its number and a space."""
    return '"' + re.sub(r"[^A-Za-z0-9 ]", lambda match: f"\\{ord(match[0]):x} ", text) + '"'
