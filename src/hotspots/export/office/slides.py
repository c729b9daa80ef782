"""A report as slides to be edited: one idea a slide, native titles and tables, the rest of the words in the notes."""

from __future__ import annotations

import io
import math
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pptx
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from hotspots.base.classes import NEUTRAL
from hotspots.export.document import (
    Block,
    Document,
    Figures,
    Grid,
    Legend,
    Paragraphs,
    Part,
    Picture,
    Section,
    Slot,
    Table,
    Terms,
)
from hotspots.export.office.package import MADE, letters_width, lines_of, plain, write_package

ROWS = 10
"""Rows of a table on one slide."""
MOST = 30
"""Rows of a table on slides; of a longer one the report has the rest, and the slide says so."""
FEW = 240
"""Letters of words that stand above a table; more have a slide of their own."""
LINES = 3
"""Sentences beside a map."""
FONT = "Arial"
INK, ACCENT, GREY = RGBColor(0x1D, 0x27, 0x33), RGBColor(0x12, 0x39, 0x5B), RGBColor(0x54, 0x60, 0x6D)
_TINT, _WHITE = RGBColor(0xEE, 0xF2, 0xF6), RGBColor(0xFF, 0xFF, 0xFF)
_SIZE = 13.333, 7.5  # inches of a slide
_LEFT, _WIDTH = 0.6, 12.133
_TOP, _BOTTOM = 1.25, 6.75  # between the title and the foot
_LISTED = 12.0  # points of a legend beside a map
_SMALL = (11, 10, 9, 8, 7, 6)  # points of what stands below or above
_LETTERS = (16, 14, 13, 12, 11, 10, 9, 8)  # points of text: the first at which it fits its box
_INCH = 72  # points
_LEADING = 1.22
_CELL = 0.16  # inches that a cell keeps clear at its sides


def write_slides(document: Document, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a report as slides (.pptx), each with one idea and with what else there is to say in its notes.

    A title; for each section and part its words, each picture with up to three sentences, and each table, ten rows to
    a slide and at most thirty. The appendix is one slide, whose notes hold the method. Text is as large as its box
    allows. The file holds no name of a person or machine and no time; same document, same bytes.

    Parameters
    ----------
    document : Document
        The report; its pictures must have their `png`.
    path : path
        The file.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    write_package(_Slides(document).deck.save, path, overwrite=overwrite)


class _Slides:
    """Slides in the making."""

    def __init__(self, document: Document) -> None:
        self.deck = pptx.Presentation()
        # The library's own deck brings settings of somebody's printer.
        for name, link in list(self.deck.part.rels.items()):
            if link.reltype.endswith("/printerSettings"):
                self.deck.part.drop_rel(name)
        self.document = document
        _set_properties(self.deck, document)
        _widen(self.deck)
        self._opening()
        appendix = []
        for section in document.sections:
            if section.division == "appendix":
                appendix.append(section)
                continue
            self._blocks(section.title, section.blocks)
            for part in section.parts:
                self._blocks(_titled(section, part), part.blocks)
        self._method(appendix)

    def _opening(self) -> None:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[0])
        title, below = slide.placeholders[0], slide.placeholders[1]
        _place(title, 0.9, 2.0, 11.5, 1.9)
        _place(below, 0.9, 4.0, 11.5, 1.6)
        _fill(
            title.text_frame,
            [self.document.title],
            11.5,
            1.9,
            sizes=(40, 36, 32, 28, 24, 20, 16, 12),
            bold=True,
        )
        title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        lines = [line for line in (self.document.period, *self.document.origin) if line]
        _fill(below.text_frame, lines, 11.5, 1.6, sizes=(20, 18, 16, 14, 12, 10, 8), colour=GREY)
        _note(slide, [self.document.made_with])

    def _slide(self, title: str, notes: Sequence[str] = ()) -> Any:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        heading = slide.shapes.title
        _place(heading, _LEFT, 0.35, _WIDTH, 0.8)
        _fill(
            heading.text_frame,
            [title],
            _WIDTH,
            0.8,
            sizes=(28, 26, 24, 22, 20, 18, 16, 14, 12, 10),
            bold=True,
        )
        heading.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        foot = slide.shapes.add_textbox(Inches(_LEFT), Inches(6.9), Inches(_WIDTH - 1), Inches(0.42))
        foot.name = "Source and licence"
        words = " ".join(line for line in (self.document.period, *self.document.origin) if line)
        _fill(foot.text_frame, [words], _WIDTH - 1, 0.42, sizes=(10, 9, 8, 7, 6), colour=GREY)
        number = slide.shapes.add_textbox(
            Inches(_LEFT + _WIDTH - 0.9), Inches(6.9), Inches(0.9), Inches(0.42)
        )
        number.name = "Slide number"
        _number(number.text_frame)
        _note(slide, notes)
        return slide

    def _blocks(self, title: str, blocks: Sequence[Block]) -> None:
        """Make the slides of a section or part: its words beside its first picture, then the other pictures."""
        sentences = list(_sentences(blocks))
        notes = [*sentences[LINES:], *_more_notes(blocks)]
        figures = [block for block in blocks if isinstance(block, Figures)]
        drawn = [block for block in blocks if isinstance(block, Picture | Grid)]
        tables = [block for block in blocks if isinstance(block, Table)]
        said = ""
        if drawn:
            self._picture(title, drawn[0], sentences[:LINES], notes)
        elif tables and not figures and sum(map(len, sentences)) <= FEW:
            said = " ".join(sentences)
        elif sentences or figures:
            self._words(title, figures, sentences, notes)
        for other in drawn[1:]:
            self._picture(title, other, [], [])
        for place, table in enumerate(tables):
            self._table(title, table, said="" if place else said)
        for block in blocks:
            if isinstance(block, Slot):
                asked = f"To be written by the partnership: {block.prompt}"
                self._words(f"{title}: {block.title}", [], list(block.texts) or [asked], [])

    def _words(
        self, title: str, figures: Sequence[Figures], sentences: Sequence[str], notes: Sequence[str]
    ) -> None:
        slide = self._slide(title, notes)
        top = _TOP
        for block in figures:
            _tiles(slide, block, top)
            top += 1.45
        if sentences:
            box = slide.shapes.add_textbox(Inches(_LEFT), Inches(top), Inches(_WIDTH), Inches(_BOTTOM - top))
            box.name = "Text"
            sizes = (20, 18, *_LETTERS, 7, 6)
            _fill(box.text_frame, sentences, _WIDTH, _BOTTOM - top, sizes=sizes, gap=0.5)

    def _picture(
        self, title: str, block: Picture | Grid, sentences: Sequence[str], notes: Sequence[str]
    ) -> None:
        pictures = [block] if isinstance(block, Picture) else list(block.pictures)
        slide = self._slide(title, [*notes, *(picture.alt for picture in pictures)])
        beside = 3.9 if sentences else 0.0
        held = [legend for legend in (block.legend, *(p.legend for p in pictures)) if legend is not None]
        legends = list({(legend.title, tuple(legend.entries)): legend for legend in held}.values())
        # One map has its legend beside it, below the words; several share lines below them.
        listed = beside > 0 and len(pictures) == 1
        foot = 0.4 + (0.0 if listed else 0.3 * len(legends))
        width, height = _WIDTH - beside, _BOTTOM - _TOP - foot
        if listed:
            width = min(width, height * _ratio(pictures[0].png))
            beside = _WIDTH - width
        _add_pictures(slide, pictures, width, height)
        top = _BOTTOM - foot
        left, room, tall = _LEFT + width + 0.2, beside - 0.2, 0.0
        for legend in legends:
            if listed:
                tall += _legend_height(legend, room)
                _legend_list(slide, legend, left, _BOTTOM - tall, room)
            else:
                _legend_box(slide, legend, top, width)
                top += 0.3
        _box(slide, [block.caption], _LEFT, top, width, 0.4, sizes=_SMALL, colour=GREY, name="Caption")
        if sentences:
            _box(
                slide,
                sentences,
                left,
                _TOP,
                room,
                _BOTTOM - _TOP - tall,
                sizes=(18, *_LETTERS, 7, 6),
                name="Text",
                gap=0.6,
            )

    def _table(self, title: str, table: Table, *, said: str = "") -> None:
        shown = table.rows[:MOST]
        groups = list(_groups(table, shown))
        for place, rows in enumerate(groups, start=1):
            count = f" ({place} of {len(groups)})" if len(groups) > 1 else ""
            rest = len(table.rows) - len(shown)
            more = [f"The report has {rest:,} more rows."] if rest and place == len(groups) else []
            slide = self._slide(title + count, [line for line in (table.caption, table.note) if line])
            below = " ".join([*more, table.note] if table.note and len(table.note) < 300 else more)
            if above := f"{said} {table.caption}".strip():
                _box(
                    slide,
                    [above],
                    _LEFT,
                    1.15,
                    _WIDTH,
                    0.4,
                    sizes=(16, 14, 13, *_SMALL) if said else (12, *_SMALL),
                    colour=INK if said else GREY,
                    name="Caption",
                )
            _add_table(slide, table, rows, last=place == len(groups) and not rest)
            if below:
                _box(
                    slide,
                    [below],
                    _LEFT,
                    6.45,
                    _WIDTH,
                    0.42,
                    sizes=(10, 9, 8, 7, 6, 5),
                    colour=GREY,
                    name="Note",
                )

    def _method(self, appendix: Sequence[Section]) -> None:
        """Write one slide on how it was made: its first sentences, what else there is, and all words in the notes."""
        notes, named = [], []
        for section in appendix:
            named.append(section.title)
            for title, blocks in [
                ("", section.blocks),
                *((part.title, part.blocks) for part in section.parts),
            ]:
                words = [*_sentences(blocks), *_more_notes(blocks)]
                notes += [f"{title or section.title}:"] * bool(words) + words
        if named:
            first = next((list(_sentences(section.blocks)) for section in appendix if section.blocks), [])
            rest = f"The report's appendix holds: {', '.join(named)}. The notes of this slide have its words."
            said = [*first[:LINES], rest]
            self._words("How it was made", [], said, notes)


def _titled(section: Section, part: Part) -> str:
    return f"{section.title}: {part.title}"


def _sentences(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield what a section says in words, its main points first."""
    for small in (False, True):
        for block in blocks:
            if isinstance(block, Paragraphs) and block.small == small:
                yield from (text for text in block.texts if text)
            elif isinstance(block, Terms) and not small:
                yield from (f"{word.removesuffix(':')}: {text}" for word, text in block.pairs)


def _more_notes(blocks: Sequence[Block]) -> list[str]:
    return [block.note for block in blocks if isinstance(block, Table) and block.note]


def _set_properties(deck: Any, document: Document) -> None:
    about = deck.core_properties
    about.title, about.language, about.created, about.modified = (
        plain(document.title)[:255],
        "en-GB",
        MADE,
        MADE,
    )
    about.subject = plain(document.period)[:255]
    about.author = about.last_modified_by = about.comments = ""
    about.revision = 1


def _widen(deck: Any) -> None:
    """Make slides of 16:9 of the library's own of 4:3, its master and layouts too."""
    factor = _SIZE[0] / 10
    deck.slide_width, deck.slide_height = Inches(_SIZE[0]), Inches(_SIZE[1])
    for held in (deck.slide_master, *deck.slide_layouts):
        for shape in held.shapes:
            if shape._element.xpath(".//a:xfrm"):
                shape.left, shape.width = Emu(int(shape.left * factor)), Emu(int(shape.width * factor))


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))


def _box(
    slide: Any,
    texts: Sequence[str],
    left: float,
    top: float,
    width: float,
    height: float,
    *,
    sizes: Sequence[float],
    name: str,
    colour: RGBColor = INK,
    gap: float = 0.0,
) -> None:
    box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    box.name = name
    _fill(box.text_frame, texts, width, height, sizes=sizes, colour=colour, gap=gap)


def _fill(
    frame: Any,
    texts: Sequence[str],
    width: float,
    height: float,
    *,
    sizes: Sequence[float],
    colour: RGBColor | None = None,
    bold: bool = False,
    gap: float = 0.0,
) -> None:
    """Write paragraphs into a box, as large as they fit; what does not fit at the smallest size is cut with a mark."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = Inches(0.05)
    frame.margin_top = frame.margin_bottom = Inches(0.02)
    texts = [plain(text) for text in texts]
    size = next((size for size in sizes if _height(texts, width, size, gap) <= height), sizes[-1])
    texts = _cut(texts, width, height, size, gap)
    for place, text in enumerate(texts):
        line = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        line.alignment = PP_ALIGN.LEFT
        line.space_after = Pt(gap * size)
        _write(line, text, size, colour=(ACCENT if bold else INK) if colour is None else colour, bold=bold)


def _height(texts: Sequence[str], width: float, size: float, gap: float) -> float:
    """Return the inches that paragraphs take."""
    em = size / _INCH
    return sum((lines_of(text, width - 0.1, em) * _LEADING + gap) * em for text in texts) + 0.04


def _cut(texts: list[str], width: float, height: float, size: float, gap: float) -> list[str]:
    while _height(texts, width, size, gap) > height and (len(texts) > 1 or len(texts[0]) > 20):
        last = texts.pop()
        if not texts or len(last) > 60:
            texts.append(last[: int(len(last) * 0.8)].rstrip(" …") + "…")
    return texts


def _write(line: Any, text: str, size: float, *, colour: RGBColor, bold: bool = False) -> None:
    run = line.add_run()
    run.text = plain(text)
    font = run.font
    font.size, font.bold, font.name, font.color.rgb = Pt(size), bold, FONT, colour
    run._r.get_or_add_rPr().set("lang", "en-GB")


def _number(frame: Any) -> None:
    """Write the number of the slide, as a field."""
    line = frame.paragraphs[0]
    line.alignment = PP_ALIGN.RIGHT
    _write(line, "1", 10, colour=GREY)
    run = line._p.r_lst[0]
    field = run.makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}fld", {})
    field.set("id", "{5A4D8E3C-0B6F-4C1E-9D2A-7F3B1C5E8A90}")
    field.set("type", "slidenum")
    for child in list(run):
        field.append(child)
    line._p.replace(run, field)


def _note(slide: Any, texts: Sequence[str]) -> None:
    texts = [plain(text) for text in texts if text]
    if texts:
        slide.notes_slide.notes_text_frame.text = "\n".join(texts)


def _tiles(slide: Any, figures: Figures, top: float) -> None:
    """Write the main figures side by side."""
    width = _WIDTH / len(figures.pairs)
    for place, (figure, word) in enumerate(figures.pairs):
        box = slide.shapes.add_textbox(
            Inches(_LEFT + place * width), Inches(top), Inches(width - 0.15), Inches(1.25)
        )
        box.name = f"Figure {place + 1}"
        box.fill.solid()
        box.fill.fore_color.rgb = _TINT
        frame = box.text_frame
        frame.word_wrap = True
        _write(
            frame.paragraphs[0],
            figure,
            _fitting([figure], width - 0.4, 0.6, (30, 24, 20, 16, 12)),
            colour=ACCENT,
            bold=True,
        )
        _write(
            frame.add_paragraph(),
            word,
            _fitting([word], width - 0.4, 0.55, (14, 12, 11, 10, 9, 8)),
            colour=GREY,
        )


def _fitting(texts: Sequence[str], width: float, height: float, sizes: Sequence[float]) -> float:
    return next((size for size in sizes if _height(texts, width, size, 0) <= height), sizes[-1])


def _add_pictures(slide: Any, pictures: Sequence[Picture], width: float, height: float) -> None:
    """Place pictures in a space of so many inches, several side by side and each below its caption."""
    across = 1 if len(pictures) == 1 else 2 if len(pictures) != 3 else 3
    down = math.ceil(len(pictures) / across)
    caption = 0.34 if across > 1 else 0.0
    room = width / across - 0.1 * (across > 1), height / down - (0.36 if across > 1 else 0)
    for place, picture in enumerate(pictures):
        column, row = place % across, place // across
        left, top = _LEFT + column * width / across, _TOP + row * height / down
        if caption:
            _box(slide, [picture.caption], left, top, room[0], caption, sizes=_SMALL, name="Caption")
        _add_picture(slide, picture, left, top + caption, *room)


def _add_picture(slide: Any, picture: Picture, left: float, top: float, width: float, height: float) -> None:
    shape = slide.shapes.add_picture(io.BytesIO(picture.png), Inches(left), Inches(top))
    scale = min(Inches(width) / shape.width, Inches(height) / shape.height)
    shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
    shape.name = "Map"
    about = shape._element._nvXxPr.cNvPr
    about.set("descr", plain(picture.alt))


def _ratio(png: bytes) -> float:
    """Return the width of a PNG over its height, which stand in its first chunk."""
    return int.from_bytes(png[16:20], "big") / int.from_bytes(png[20:24], "big")


def _legend_height(legend: Legend, width: float) -> float:
    texts = [legend.title, *(f"■ {word}" for _, word in legend.entries)]
    return _height(texts, width, _LISTED, 0) + 0.15


def _legend_list(slide: Any, legend: Legend, left: float, top: float, width: float) -> None:
    """Write a legend with a line for each class."""
    box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(0.3))
    box.name = "Legend"
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = Inches(0.05)
    frame.margin_top = frame.margin_bottom = Inches(0.02)
    _write(frame.paragraphs[0], legend.title, _LISTED, colour=INK, bold=True)
    for colour, word in legend.entries:
        line = frame.add_paragraph()
        pale = colour in (NEUTRAL, "#ffffff")  # a square of it would not be seen
        shade = GREY if pale else RGBColor.from_string(colour.lstrip("#").upper())
        _write(line, "□ " if pale else "■ ", _LISTED, colour=shade)
        _write(line, word, _LISTED, colour=INK)


def _legend_box(slide: Any, legend: Legend, top: float, width: float) -> None:
    box = slide.shapes.add_textbox(Inches(_LEFT), Inches(top), Inches(width), Inches(0.3))
    box.name = "Legend"
    frame = box.text_frame
    frame.word_wrap = True
    words = " ".join([legend.title, *(f"■ {word}" for _, word in legend.entries)])
    size = _fitting([words], width * 0.9, 0.3, (11, 10, 9, 8, 7, 6))
    line = frame.paragraphs[0]
    _write(line, f"{legend.title}: ", size, colour=INK, bold=True)
    for colour, word in legend.entries:
        _write(line, "■ ", size, colour=RGBColor.from_string(colour.lstrip("#").upper()))
        _write(line, f"{word}   ", size, colour=INK)


def _columns(table: Table, size: float) -> list[float]:
    """Return the inches of each column: as much as its longest text wants, or its share of the slide."""
    em = size / _INCH * 1.08  # bold is wider
    least, wanted = [], []
    for place, heading in enumerate(table.headings):
        texts = [heading, *(row[place] for row in table.rows[:MOST])]
        # Headings are white and bold, and a word may be broken after its hyphen.
        words = [(word, 1.07) for word in _BREAKS.split(heading)]
        words += [(word, 1.0) for text in texts[1:] for word in _BREAKS.split(text)]
        widest = max((min(letters_width(word), 14) * bold for word, bold in words), default=1)
        least.append(_CELL + em * widest)
        wanted.append(_CELL + em * max((min(letters_width(text), 70) for text in texts), default=1))
    if sum(least) >= _WIDTH:
        return [low * _WIDTH / sum(least) for low in least]
    wanted = [max(low, want) for low, want in zip(least, wanted, strict=True)]
    if sum(wanted) <= _WIDTH:
        return wanted
    extra = [want - low for want, low in zip(wanted, least, strict=True)]
    share = (_WIDTH - sum(least)) / sum(extra)
    return [low + more * share for low, more in zip(least, extra, strict=True)]


def _row_height(cells: Sequence[str], widths: Sequence[float], size: float) -> float:
    em = size / _INCH * 1.04
    lines = max(lines_of(cell, width - _CELL, em) for cell, width in zip(cells, widths, strict=True))
    return lines * _LEADING * size / _INCH + 0.08


_READ = 12  # points; smaller letters are no gain
_BREAKS = re.compile(r"\s+|(?<=-)")
_ROOM = 6.4 - 1.6  # inches of a table


def _table_size(table: Table) -> tuple[float, list[float]]:
    """Return the points of a table's text: the largest at which its first ten rows fit, or five of its highest."""
    for size in (18, 16, 14, 13, 12, 11, 10, 9, 8):
        widths = _columns(table, size)
        rows = [_row_height(row, widths, size) for row in table.rows[:MOST]]
        head = _row_height(table.headings, widths, size)
        wanted = sum(rows[:ROWS]) if size >= _READ else max(rows, default=0) * min(5, len(rows))
        if head + wanted <= _ROOM:
            return size, widths
    return size, widths


def _groups(table: Table, rows: Sequence[Sequence[str]]) -> Iterator[Sequence[Sequence[str]]]:
    """Yield the rows of each slide: ten, or fewer where they are high."""
    size, widths = _table_size(table)
    room = _ROOM - _row_height(table.headings, widths, size)
    group: list[Sequence[str]] = []
    used = 0.0
    for row in rows:
        height = _row_height(row, widths, size)
        if group and (len(group) == ROWS or used + height > room):
            yield group
            group, used = [], 0.0
        group.append(row)
        used += height
    yield group


def _add_table(slide: Any, table: Table, rows: Sequence[Sequence[str]], *, last: bool) -> None:
    size, widths = _table_size(table)
    heights = [_row_height(cells, widths, size) for cells in (table.headings, *rows)]
    frame = slide.shapes.add_table(
        len(rows) + 1, len(widths), Inches(_LEFT), Inches(1.6), Inches(sum(widths)), Inches(sum(heights))
    )
    frame.name = "Table"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(table.caption))
    made = frame.table
    made.first_col, made.horz_banding = True, False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Inches(width)
    for number, (cells, height) in enumerate(zip((table.headings, *rows), heights, strict=True)):
        made.rows[number].height = Inches(height)
        total = table.total and last and number == len(rows)
        for place, text in enumerate(cells):
            cell = made.cell(number, place)
            cell.margin_left = cell.margin_right = Inches(_CELL / 2)
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.vertical_anchor = MSO_ANCHOR.TOP
            cell.fill.solid()
            cell.fill.fore_color.rgb = (
                ACCENT if number == 0 else _TINT if total or number % 2 == 0 else _WHITE
            )
            line = cell.text_frame.paragraphs[0]
            if place in table.numbers:
                line.alignment = PP_ALIGN.RIGHT
            elif place in table.marks:
                line.alignment = PP_ALIGN.CENTER
            _write(
                line,
                text,
                size,
                colour=_WHITE if number == 0 else INK,
                bold=number == 0 or total or place == 0,
            )
