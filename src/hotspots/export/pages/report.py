"""A report as one HTML file that reads on a screen and prints to clean A4 pages; nothing is loaded from outside."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files

from hotspots.base.files import replacing


@dataclass(frozen=True)
class Paragraphs:
    """Plain text, one paragraph each; `small` ones are notes."""

    texts: Sequence[str]
    small: bool = False


@dataclass(frozen=True)
class Figures:
    """The main figures, large: pairs of a figure and what it counts."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Terms:
    """Words and what is said of each; where `compact`, on the same line."""

    pairs: Sequence[tuple[str, str]]
    compact: bool = False


@dataclass(frozen=True)
class Table:
    """A table of text.

    Attributes
    ----------
    caption : str
        What it shows; empty for none.
    headings : sequence of str
        One for each column. A heading that ends in ``¹`` refers to the note.
    rows : sequence of sequence of str
        The cells.
    numbers : collection of int
        The columns that are set to the right.
    note : str
        Below the table; it begins with the ¹ where a heading refers to it.
    total : bool
        Whether the last row is the sum of the others.
    marks : collection of int
        The columns of ticks, which are centred; where there are many, their headings stand upright.
    prose : collection of int
        The columns of sentences, which are wide; a table with one may be divided between pages.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    note: str = ""
    total: bool = False
    marks: frozenset[int] = frozenset()
    prose: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """A picture of a map.

    Attributes
    ----------
    svg : bytes
        An SVG file.
    alt : str
        What it shows, for who cannot see it.
    caption : str
        The line below.
    """

    svg: bytes
    alt: str
    caption: str


UPRIGHT = 6  # columns of ticks whose headings still have room side by side

Block = Paragraphs | Figures | Terms | Table | Picture


@dataclass(frozen=True)
class Part:
    """A part of a section, with its own heading and, in print, its own page where asked for."""

    title: str
    blocks: Sequence[Block]
    new_page: bool = False


@dataclass(frozen=True)
class Section:
    """A numbered section of the report; in print it begins a page unless it follows straight on."""

    title: str
    blocks: Sequence[Block] = ()
    parts: Sequence[Part] = ()
    new_page: bool = True


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title, period : str
        The heading, and the time covered in words.
    sections : sequence of Section
        In order; they are numbered and listed in the contents.
    origin : sequence of str
        Source and licence lines, on the first page.
    made_with : str
        The last line.
    """

    title: str
    period: str
    sections: Sequence[Section]
    origin: Sequence[str] = field(default_factory=tuple)
    made_with: str = ""


def report_html(document: Document) -> str:
    """Return a report as the text of an HTML file.

    Every text is shown as text, whatever it contains. The same document gives the same bytes.

    Examples
    --------
    >>> page = report_html(Document("<Burglary>", "2025", [Section("Tables", [Paragraphs(["None & none"])])]))
    >>> "<title>&lt;Burglary&gt;</title>" in page, "None &amp; none" in page, "http" in page
    (True, True, False)
    """
    style = (files("hotspots.export.pages") / "report.css").read_text(encoding="utf-8")
    style = style.replace("RUNNING_TITLE", _css_string(document.title))
    counter = _Counter()
    sections = [
        _section(section, number, counter) for number, section in enumerate(document.sections, start=1)
    ]
    period = f'<p class="period">{escape(document.period)}</p>' if document.period else ""
    origin = "".join(f"<p>{escape(line)}</p>" for line in document.origin)
    parts = [
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(document.title)}</title>",
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>",
        f'<header class="masthead"><h1>{escape(document.title)}</h1>{period}</header>',
        _contents(document.sections),
        *sections,
        f'<footer class="origin">{origin}<p>{escape(document.made_with)}</p></footer>',
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def write_report(document: Document, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a report as one HTML file; see `report_html`.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_text(report_html(document), encoding="utf-8", newline="\n")


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


def _contents(sections: Sequence[Section]) -> str:
    if len(sections) < 2:
        return ""
    items = []
    for number, section in enumerate(sections, start=1):
        parts = [
            f'<a href="#s{number}-{place}">{escape(part.title)}</a>'
            for place, part in enumerate(section.parts, start=1)
        ]
        inner = f"<p>{' · '.join(parts)}</p>" if parts else ""
        items.append(f'<li><a href="#s{number}">{escape(section.title)}</a>{inner}</li>')
    return f'<nav class="contents" aria-label="Contents"><h2>Contents</h2><ol>{"".join(items)}</ol></nav>'


def _section(section: Section, number: int, counter: _Counter) -> str:
    look = ' class="page"' if section.new_page else ""
    heading = f"<h2><span>{number}</span> {escape(section.title)}</h2>"
    blocks = "\n".join(_block(block, counter) for block in section.blocks)
    parts = []
    for place, part in enumerate(section.parts, start=1):
        own = "\n".join(_block(block, counter) for block in part.blocks)
        turn = ' class="page"' if part.new_page else ""
        parts.append(
            f'<section id="s{number}-{place}"{turn}>\n<h3>{escape(part.title)}</h3>\n{own}\n</section>'
        )
    return f'<section id="s{number}"{look}>\n{heading}\n{blocks}\n' + "\n".join(parts) + "\n</section>"


def _block(block: Block, counter: _Counter) -> str:
    if isinstance(block, Paragraphs):
        look = ' class="small"' if block.small else ""
        return "\n".join(f"<p{look}>{escape(text)}</p>" for text in block.texts)
    if isinstance(block, Figures):
        tiles = "".join(f"<li><b>{escape(figure)}</b> {escape(word)}</li>" for figure, word in block.pairs)
        return f'<ul class="figures">{tiles}</ul>'
    if isinstance(block, Terms):
        pairs = [f"<div><dt>{escape(word)}</dt> <dd>{escape(text)}</dd></div>" for word, text in block.pairs]
        look = ' class="compact"' if block.compact else ""
        return f"<dl{look}>{''.join(pairs)}</dl>"
    if isinstance(block, Picture):
        data = base64.b64encode(block.svg).decode("ascii")
        picture = f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(block.alt)}">'
        caption = f"<b>{counter.picture()}.</b> {escape(block.caption)}"
        return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"
    return _table(block, counter)


def _table(table: Table, counter: _Counter) -> str:
    caption = f"<caption><b>{counter.table()}.</b> {escape(table.caption)}</caption>" if table.caption else ""
    head = "".join(
        f'<th scope="col"{_side(place, table)}>{_heading(place, table)}</th>'
        for place in range(len(table.headings))
    )
    rows = []
    for number, row in enumerate(table.rows, start=1):
        cells = "".join(
            f'<th scope="row">{escape(cell)}</th>'
            if place == 0
            else f"<td{_side(place, table)}>{escape(cell)}</td>"
            for place, cell in enumerate(row)
        )
        last = ' class="total"' if table.total and number == len(table.rows) else ""
        rows.append(f"<tr{last}>{cells}</tr>")
    note = f'<p class="note">{_raised(table.note)}</p>' if table.note else ""
    look = "long" if table.prose or len(table.rows) > 30 else "short"
    look += " upright" if len(table.marks) > UPRIGHT else ""
    body = f"<table>{caption}<thead><tr>{head}</tr></thead>\n<tbody>" + "\n".join(rows) + "</tbody></table>"
    return f'<div class="table {look}">{body}{note}</div>'


def _heading(place: int, table: Table) -> str:
    heading = _raised(table.headings[place])
    return f"<span>{heading}</span>" if place in table.marks else heading


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
