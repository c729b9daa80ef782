"""A report as a Word file to be edited: native headings, contents, tables, captions and pictures with alt text."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Mm, Pt, RGBColor

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
from hotspots.export.office.package import MADE, letters_width, plain, write_package

FONT = "Arial"
INK, ACCENT, GREY = RGBColor(0x1D, 0x27, 0x33), RGBColor(0x12, 0x39, 0x5B), RGBColor(0x54, 0x60, 0x6D)
_TINT, _LINE = "EEF2F6", "C9D1D9"
_WIDTH = 174.0  # millimetres of text: A4 without its margins of 18 mm
_POINT = 0.3528  # millimetres
_CELL_SIZES = (
    9.0,
    8.0,
    7.0,
    6.0,
)  # points of a table's text: the first at which each column holds its longest word
_PADDING = 4.6  # millimetres that a cell keeps clear at its sides
_UPRIGHT = 6  # columns of ticks whose headings still have room side by side
_TALLEST = Cm(21)
_LISTED = 20  # headings, at most, of which the contents list the parts too


def write_word(document: Document, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a report as a Word file (.docx).

    Headings, captions and lists of contents are Word's own, so that what an editor adds is numbered and found; each
    table repeats its headings on every page, and each picture has a text that says what it shows and where. The list
    of contents is a field: Word puts page numbers into it when it is updated (F9). The file holds no name of a
    person or machine and no time; same document, same bytes.

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
    write_package(_Word(document).book.save, path, overwrite=overwrite)


class _Word:
    """A Word file in the making."""

    def __init__(self, document: Document) -> None:
        self.book = docx.Document()
        self.tables = self.pictures = self.marks = 0
        _set_properties(self.book, document)
        _set_styles(self.book)
        _set_page(self.book, document)
        self.book.add_paragraph(plain(document.title), style="Title")
        if document.period:
            self.book.add_paragraph(plain(document.period), style="Subtitle")
        numbers = section_numbers(document.sections)
        for place in range(len(document.sections)):
            if place == 1:
                self._contents(document.sections, numbers)
            self._section(document.sections, place, numbers[place])
        for line in (*document.origin, document.made_with):
            if line:
                self._text(line, "Note")

    def _text(self, text: str, style: str = "Normal") -> Any:
        return self.book.add_paragraph(plain(text), style=style)

    def _contents(self, sections: Sequence[Section], numbers: Sequence[str]) -> None:
        """Write the list of contents: a field whose entries, until it is updated, are links without page numbers."""
        self._text("Contents", "Contents heading")
        entries = list(_entries(sections, numbers))
        levels = 2 if len(entries) <= _LISTED else 1
        entries = [entry for entry in entries if entry[1] <= levels]
        for place, (mark, level, words) in enumerate(entries):
            line = self.book.add_paragraph(style=f"toc {level}")
            if place == 0:
                _field_begin(line, rf'TOC \o "1-{levels}" \h \z \u')
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), mark)
            line._p.append(link)
            run = line.add_run(plain(words))
            link.append(run._r)
            if place == len(entries) - 1:
                _field_end(line)

    def _section(self, sections: Sequence[Section], place: int, number: str) -> None:
        section = sections[place]
        division = DIVISIONS[section.division]
        opens = bool(division) and all(earlier.division != section.division for earlier in sections[:place])
        if opens:
            self._text(division, "Division").paragraph_format.page_break_before = True
        heading = self._heading(f"{number}  {section.title}", 1)
        heading.paragraph_format.page_break_before = section.new_page and place > 0 and not opens
        for block in section.blocks:
            self._block(block)
        for turn, part in enumerate(section.parts):
            heading = self._heading(part.title, 2)
            # The first part of a section without words of its own stands below its heading.
            heading.paragraph_format.page_break_before = part.new_page and bool(turn or section.blocks)
            for block in part.blocks:
                self._block(block)

    def _heading(self, text: str, level: int) -> Any:
        line = self.book.add_paragraph(style=f"Heading {level}")
        mark = OxmlElement("w:bookmarkStart")
        end = OxmlElement("w:bookmarkEnd")
        for element in (mark, end):
            element.set(qn("w:id"), str(self.marks))
        mark.set(qn("w:name"), _mark(self.marks))
        self.marks += 1
        line._p.append(mark)
        line.add_run(plain(text))
        line._p.append(end)
        return line

    def _block(self, block: Block) -> None:
        if isinstance(block, Paragraphs):
            for text in block.texts:
                self._text(text, "Note" if block.small else "Lead" if block.lead else "Normal")
        elif isinstance(block, Figures):
            self._figures(block)
        elif isinstance(block, Terms):
            for word, text in block.pairs:
                line = self.book.add_paragraph(style="Normal")
                line.add_run(plain(word) + " ").bold = True
                line.add_run(plain(text))
        elif isinstance(block, Picture):
            self._picture(block, Mm(_WIDTH))
            self._legend(block.legend)
            self._caption("Figure", block.caption)
        elif isinstance(block, Grid):
            self._grid(block)
        elif isinstance(block, Slot):
            self._text(block.title, "Heading 3")
            for text in block.texts:
                self._text(text)
            if not block.texts:
                self._text(f"To be written by the partnership: {block.prompt}", "Slot")
        else:
            self._table(block)

    def _figures(self, figures: Figures) -> None:
        """Write the main figures side by side, each over what it counts."""
        row = self.book.add_table(rows=1, cols=len(figures.pairs)).rows[0]
        for cell, (figure, word) in zip(row.cells, figures.pairs, strict=True):
            _shade(cell, _TINT)
            line = cell.paragraphs[0]
            line.paragraph_format.space_after = Pt(0)
            run = line.add_run(plain(figure))
            run.bold, run.font.size, run.font.color.rgb = True, Pt(17), ACCENT
            cell.add_paragraph(plain(word), style="Note")
        self._gap()

    def _grid(self, grid: Grid) -> None:
        """Write pictures two to a row, lettered under one caption."""
        pictures = list(grid.pictures)
        table = self.book.add_table(rows=(len(pictures) + 1) // 2, cols=2)
        for place, picture in enumerate(pictures):
            cell = table.cell(place // 2, place % 2)
            self._picture(picture, Mm(_WIDTH / 2 - 4), cell.paragraphs[0])
            line = cell.add_paragraph(style="Caption")
            line.add_run(f"{'abcdefgh'[place]} ").bold = True
            line.add_run(plain(picture.caption))
            line.paragraph_format.keep_with_next = True
            if picture.legend is not None:
                _legend_line(cell.add_paragraph(style="Note"), picture.legend)
        for row in table.rows:
            _set_row(row, "w:cantSplit")
        self._legend(grid.legend)
        self._caption("Figure", grid.caption)

    def _picture(self, picture: Picture, width: Any, line: Any = None) -> None:
        line = self.book.add_paragraph() if line is None else line
        line.paragraph_format.keep_with_next = True
        line.paragraph_format.space_after = Pt(2)
        shape = line.add_run().add_picture(io.BytesIO(picture.png), width=width)
        if shape.height > _TALLEST:
            shape.width = Emu(int(shape.width * _TALLEST / shape.height))
            shape.height = _TALLEST
        about = shape._inline.docPr
        about.set("name", plain(picture.caption)[:250] or "Map")
        about.set("descr", plain(picture.alt))

    def _legend(self, legend: Legend | None) -> None:
        if legend is not None:
            line = self.book.add_paragraph(style="Note")
            line.paragraph_format.keep_with_next = True
            _legend_line(line, legend)

    def _caption(self, kind: str, caption: str) -> Any:
        """Write a caption whose number is a field, so that it counts what an editor adds."""
        number = self.tables = self.tables + 1 if kind == "Table" else self.tables
        if kind == "Figure":
            number = self.pictures = self.pictures + 1
        line = self.book.add_paragraph(style="Caption")
        line.add_run(f"{kind} ").bold = True
        _field(line, f"SEQ {kind} \\* ARABIC", str(number)).bold = True
        line.add_run(". ").bold = True
        line.add_run(plain(caption))
        return line

    def _table(self, made: Table) -> None:
        if made.caption:
            self._caption("Table", made.caption).paragraph_format.keep_with_next = True
        size, widths = _widths(made)
        table = self.book.add_table(rows=0, cols=len(made.headings), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        _set_borders(table, made.caption)
        upright = made.marks if len(made.marks) > _UPRIGHT else frozenset[int]()
        self._row(table, made, made.headings, size, head=True)
        for place in upright:
            _set_upright(table.rows[0].cells[place])
        for number, cells in enumerate(made.rows, start=1):
            self._row(table, made, cells, size, total=made.total and number == len(made.rows))
        grid = table._tbl.tblGrid
        for column, width in zip(grid.gridCol_lst, widths, strict=True):
            column.w = Mm(width)
        for row in table._tbl.tr_lst:
            for cell, width in zip(row.tc_lst, widths, strict=True):
                cell.width = Mm(width)
        if made.note:
            self._text(made.note, "Note").paragraph_format.space_before = Pt(3)
        else:
            self._gap()

    def _row(
        self,
        table: Any,
        made: Table,
        texts: Sequence[str],
        size: float,
        *,
        head: bool = False,
        total: bool = False,
    ) -> None:
        row = table.add_row()
        _set_row(row, "w:cantSplit", *(["w:tblHeader"] if head else []))
        for place, (cell, text) in enumerate(zip(row._tr.tc_lst, texts, strict=True)):
            line = cell.p_lst[0]
            line.style = "Table heading" if head else "Table text"
            run = line.add_r()
            run.text = plain(text)
            properties = run.get_or_add_rPr()
            properties.sz_val = Pt(size)
            if total or place == 0:
                properties._add_b()
            if place in made.marks:
                line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            elif place in made.numbers:
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _gap(self) -> None:
        self.book.add_paragraph(style="Note")


def _entries(sections: Sequence[Section], numbers: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Yield the bookmark, the level and the words of each heading, in order."""
    mark = 0
    for section, number in zip(sections, numbers, strict=True):
        yield _mark(mark), 1, f"{number}  {section.title}"
        mark += 1
        for part in section.parts:
            yield _mark(mark), 2, part.title
            mark += 1


def _mark(number: int) -> str:
    return f"_Toc{number + 1:06d}"


def _set_properties(book: Any, document: Document) -> None:
    about = book.core_properties
    about.title, about.language, about.created, about.modified = (
        plain(document.title)[:255],
        "en-GB",
        MADE,
        MADE,
    )
    about.subject = plain(document.period)[:255]
    about.author = about.last_modified_by = about.comments = ""
    about.revision = 1


def _set_styles(book: Any) -> None:
    styles = book.styles
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    _look(styles["Normal"], 10, INK, after=5)
    for name, size, before in (
        ("Title", 24, 0),
        ("Heading 1", 16, 12),
        ("Heading 2", 12.5, 10),
        ("Heading 3", 10.5, 8),
    ):
        _look(styles[name], size, ACCENT, bold=True, before=before, after=4)
    _look(styles["Subtitle"], 13, GREY, after=10)
    styles["Subtitle"].font.italic = False
    _look(styles["Caption"], 9, INK, before=6, after=3)
    styles["Caption"].font.bold = False
    for name, base, size, colour, bold in (
        ("Note", "Normal", 8.5, GREY, False),
        ("Lead", "Normal", 12, INK, False),
        ("Slot", "Normal", 10, GREY, False),
        ("Division", "Normal", 20, ACCENT, True),
        ("Contents heading", "Normal", 12.5, ACCENT, True),
        ("Table text", "Normal", 9, INK, False),
        ("Table heading", "Table text", 9, ACCENT, True),
        ("toc 1", "Normal", 10, INK, False),
        ("toc 2", "Normal", 9, GREY, False),
    ):
        style = styles.add_style(name, 1)
        style.base_style = styles[base]
        _look(
            style,
            size,
            colour,
            bold=bold,
            before=1.5 * ("Table" in name),
            after=1.5 if "Table" in name else 0 if "toc" in name else 4,
        )
    styles["toc 2"].paragraph_format.left_indent = Mm(8)
    styles["Slot"].font.italic = True
    styles["Slot"].element.get_or_add_pPr().append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{_TINT}"/>')
    )


def _look(
    style: Any, size: float, colour: RGBColor, *, bold: bool = False, before: float = 0, after: float = 0
) -> None:
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), FONT)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    borders = style.element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        style.element.pPr.remove(borders)


def _set_page(book: Any, document: Document) -> None:
    """Set A4, the margins, and the foot of every page: the source and licence, and the number of the page."""
    page = book.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin, page.bottom_margin, page.footer_distance = Mm(18), Mm(20), Mm(9)
    foot = page.footer.paragraphs[0]
    foot.style = book.styles["Note"]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH), 2)  # 2: set to the right
    foot.add_run(plain(" ".join([f"{document.title}.", *document.origin])) + "\tPage ")
    _field(foot, "PAGE", "1")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES", "1")


def _field(line: Any, instruction: str, shown: str) -> Any:
    """Add a field to a paragraph and return the run of what it shows."""
    _field_begin(line, instruction)
    run = line.add_run(shown)
    _field_end(line)
    return run


def _field_begin(line: Any, instruction: str) -> None:
    _field_mark(line, "begin")
    words = OxmlElement("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = f" {instruction} "
    line.add_run()._r.append(words)
    _field_mark(line, "separate")


def _field_end(line: Any) -> None:
    _field_mark(line, "end")


def _field_mark(line: Any, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    line.add_run()._r.append(mark)


def _legend_line(line: Any, legend: Legend) -> None:
    line.add_run(f"{plain(legend.title)}: ").bold = True
    for colour, word in legend.entries:
        line.add_run("■ ").font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
        line.add_run(f"{plain(word)}   ")


def _shade(cell: Any, colour: str) -> None:
    cell._tc.get_or_add_tcPr().append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{colour}"/>')
    )


def _set_row(row: Any, *names: str) -> None:
    properties = row._tr.get_or_add_trPr()
    for name in names:
        properties.append(OxmlElement(name))


def _set_upright(cell: Any) -> None:
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:textDirection {nsdecls("w")} w:val="btLr"/>'))


def _set_borders(table: Any, caption: str) -> None:
    """Set fine lines between the rows, headings for who cannot see the table, and what it shows."""
    properties = table._tbl.tblPr
    lines = "".join(
        f'<w:{side} w:val="{"single" if side in ("top", "bottom", "insideH") else "nil"}" w:sz="4" w:space="0" '
        f'w:color="{_LINE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    look = properties.find(qn("w:tblLook"))
    borders = parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>")
    properties.find(qn("w:tblLayout")).addprevious(borders)
    if look is not None:
        for name, value in (("firstRow", "1"), ("firstColumn", "1"), ("noHBand", "1"), ("noVBand", "1")):
            look.set(qn(f"w:{name}"), value)
    if caption:
        about = OxmlElement("w:tblCaption")
        about.set(qn("w:val"), plain(caption))
        properties.append(about)


def _widths(table: Table) -> tuple[float, list[float]]:
    """Return the points of a table's text and the millimetres of each column.

    Each column holds its longest word where all can; the rest of the width is shared by how much each has to say.
    """
    columns = range(len(table.headings))
    upright = table.marks if len(table.marks) > _UPRIGHT else frozenset[int]()
    texts = [
        [*([] if place in upright else [table.headings[place]]), *(row[place] for row in table.rows)]
        for place in columns
    ]
    for size in _CELL_SIZES:
        em = size * _POINT * 1.06  # bold is wider
        least = [
            _PADDING
            + em * max((min(letters_width(word), 18) for text in cells for word in text.split()), default=1)
            for cells in texts
        ]
        if sum(least) <= _WIDTH:
            break
    wanted = [
        max(low, _PADDING + em * max((min(letters_width(text), 60) for text in cells), default=1))
        for low, cells in zip(least, texts, strict=True)
    ]
    if sum(least) > _WIDTH:
        return size, [low * _WIDTH / sum(least) for low in least]
    if sum(wanted) <= _WIDTH:
        return size, wanted
    extra = [want - low for want, low in zip(wanted, least, strict=True)]
    share = (_WIDTH - sum(least)) / sum(extra)
    return size, [low + more * share for low, more in zip(least, extra, strict=True)]
