"""A report as plain data: sections, parts and blocks of text, tables and pictures, whatever file it becomes.

What writes a page, a Word file or slides reads these and nothing else; every text is plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Division = Literal["report", "partnerships", "appendix"]
"""The divisions of a report, in their order: what all read, a page for each partnership, and how it was made."""

DIVISIONS: dict[Division, str] = {"report": "", "partnerships": "Partnerships", "appendix": "Appendix"}
"""The heading that each division begins with."""


@dataclass(frozen=True)
class Paragraphs:
    """Plain text, one paragraph each.

    Attributes
    ----------
    texts : sequence of str
        The paragraphs.
    small : bool
        Whether they are notes.
    lead : bool
        Whether they are what a reader should take away, in larger letters.
    """

    texts: Sequence[str]
    small: bool = False
    lead: bool = False


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
class Legend:
    """What the colours of a picture mean: a title, and pairs of a colour (``#rrggbb``) and its words, in order."""

    title: str
    entries: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Picture:
    """A picture of a map.

    Attributes
    ----------
    svg : bytes
        An SVG file.
    alt : str
        What it shows and where, for who cannot see it.
    caption : str
        The line below: what it shows, its period and source.
    png : bytes
        The same as pixels, for programs that show no SVG; empty unless asked for.
    legend : Legend or None
        What its colours mean, where that is not drawn in the picture or said once for the pictures of a grid.
    """

    svg: bytes
    alt: str
    caption: str
    png: bytes = b""
    legend: Legend | None = None


@dataclass(frozen=True)
class Grid:
    """Two to four pictures of one size side by side, two to a row.

    Attributes
    ----------
    pictures : sequence of Picture
        Each with a short caption of its own.
    caption : str
        The line below them all: their period and source, and what they have in common.
    legend : Legend or None
        What their colours mean, where all share it; it is shown once, above the caption.
    """

    pictures: Sequence[Picture]
    caption: str
    legend: Legend | None = None


@dataclass(frozen=True)
class Slot:
    """Words that only people can supply: under its own small heading, the text, or else a request to write it.

    Attributes
    ----------
    title : str
        What it is about, such as ``"At-risk groups"``.
    prompt : str
        What is to be written, where there is no text; it is marked as not yet written.
    texts : sequence of str
        The paragraphs that the partnership supplied; empty where none are.
    """

    title: str
    prompt: str
    texts: Sequence[str] = ()


Block = Paragraphs | Figures | Terms | Table | Picture | Grid | Slot


@dataclass(frozen=True)
class Part:
    """A part of a section, with its own heading and, in print, its own page where asked for."""

    title: str
    blocks: Sequence[Block]
    new_page: bool = False


@dataclass(frozen=True)
class Section:
    """A section of the report; in print it begins a page unless it follows straight on.

    Attributes
    ----------
    title : str
        Its heading.
    blocks : sequence of Block
        What stands before its parts.
    parts : sequence of Part
        Its parts.
    new_page : bool
        Whether it begins a page.
    division : {'report', 'partnerships', 'appendix'}
        Where it belongs. A document holds its sections in the order of the divisions; those of the appendix are
        lettered, the others are numbered.
    """

    title: str
    blocks: Sequence[Block] = ()
    parts: Sequence[Part] = ()
    new_page: bool = True
    division: Division = "report"


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title, period : str
        The heading, and the time covered in words.
    sections : sequence of Section
        In order; they are numbered and listed in the contents, which follow the first.
    origin : sequence of str
        Source and licence lines.
    made_with : str
        The last line.
    """

    title: str
    period: str
    sections: Sequence[Section]
    origin: Sequence[str] = field(default_factory=tuple)
    made_with: str = ""


def section_numbers(sections: Sequence[Section]) -> list[str]:
    """Return the number of each section: ``"1"``, ``"2"`` and so on, and in the appendix ``"A"``, ``"B"``.

    Examples
    --------
    >>> section_numbers([Section("Summary"), Section("Themes"), Section("Methods", division="appendix")])
    ['1', '2', 'A']
    """
    numbers = []
    body = appendix = 0
    for section in sections:
        if section.division == "appendix":
            numbers.append(chr(ord("A") + appendix))
            appendix += 1
        else:
            body += 1
            numbers.append(str(body))
    return numbers
