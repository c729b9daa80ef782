"""Tables, numbers and sentences in pages, pictures and office files: HTML, SVG, DOCX, PPTX, QGIS projects."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from hotspots.analysis.audit.sheets import opening, page_of
from hotspots.analysis.audit.shown import CARDS, Page, Said, Shown, column_of, theme_key
from hotspots.export.webmap.shapes import ALPHABET

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
# "1,140 (503.3 per 1,000)": a count and its rate in one cell.
_BOTH = re.compile(r"([\d,]+|(?:under|<) ?\d+) \(([\d,.]+) per 1,000\)")
_NUMBERED = re.compile(r"^(?:Table )?\d+(?:\.\d+)*\.? ")
_HEADINGS = ("h1", "h2", "h3", "h4")
_SAYS = ("p", "li", "title", "desc", "text", "dd", "figcaption", "tspan")
_NAMED = ("alt", "title", "aria-label", "aria-description", "content", "data-n", "data-rate", "data-value")


class _Reader(HTMLParser):
    """Takes a page apart: its tables with what stands above them, its texts, its embedded data."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[list[str], list[list[str]]]] = []
        self.texts: list[str] = []
        self.data: list[str] = []
        self._rows: list[list[str]] | None = None
        self._text: list[str] = []
        self._in: list[str] = []
        self._headings: dict[str, str] = {}
        self._caption = ""
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.texts += [value for name in _NAMED if (value := held.get(name))]
        if tag == "script":
            self._script = held.get("type") == "application/json"
            self._in.append("script")
        elif tag == "style":
            self._in.append("style")
        elif tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        if tag in ("td", "th", "caption", *_HEADINGS, *_SAYS):
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._in and self._in[-1] in ("script", "style"):
            if self._in[-1] == "script" and self._script:
                self.data.append(data)
            return
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            if self._in:
                self._in.pop()
            return
        text = " ".join("".join(self._text).split())
        if tag in ("td", "th") and self._rows:
            self._rows[-1].append(text)
        elif tag == "caption":
            self._caption = text
        elif tag in _HEADINGS:
            self._headings = {name: held for name, held in self._headings.items() if name < tag} | {tag: text}
        elif tag == "table" and self._rows is not None:
            above = [text for text in (self._caption, *reversed(self._headings.values())) if text]
            self.tables.append((above, [row for row in self._rows if row]))
            self._rows = None
        elif tag in _SAYS and text:
            self.texts.append(text)


def read_html(path: Path, file: str) -> Page:
    """Read a page: its tables, what it says, and the data that its scripts read."""
    return read_markup(path.read_text(encoding="utf-8"), file)


def read_markup(text: str, file: str) -> Page:
    """Read the text of a page or of a picture in SVG, with its titles, descriptions and alternative texts."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    page = Page(texts=[Said(file, "", one) for one in dict.fromkeys(reader.texts)])
    for above, rows in reader.tables:
        page.add(_of_table(above, rows, file))
    for data in reader.data:
        held = json.loads(data)
        if isinstance(held, dict) and {"columns", "tables", "themes"} <= held.keys():
            page.add(read_map(held, file))
        else:
            page.unread.append(f"{file}: embedded data of another kind")
    return page


def _of_table(above: Sequence[str], rows: list[list[str]], file: str) -> Page:
    """Return what a table shows; what stands above it, from its caption on, names its theme."""
    plain = [_NUMBERED.sub("", text) for text in above] or [""]
    wide = [row for row in rows[1:] if len(row) == len(rows[0])] if len(rows) > 1 else []
    if not wide:
        return Page(unread=[f"{file}: the table '{plain[0]}'"])
    frame = pd.DataFrame(
        wide, columns=[head or f"column {place}" for place, head in enumerate(rows[0])], dtype=object
    )
    for place, heading in enumerate(list(frame.columns)):
        both = frame.iloc[:, place].astype(str).str.extract(_BOTH.pattern)
        if both[0].notna().any():
            frame = frame.drop(columns=heading).assign(n=both[0], rate=both[1])
            break
    held = set(map(column_of, frame.columns))
    if held & {"offence", "theme"} and not held & {"code", "name", "district", "area"}:
        return _of_offences(plain[0], frame, file)
    if held.isdisjoint({"code", "name", "district", "area"}):
        return Page(unread=[f"{file}: the table '{plain[0]}', whose rows are not areas"])
    theme = "\n".join([plain[0].partition(": ")[0], *plain[1:]])
    return page_of(frame, file, plain[0], theme, "")


def _of_offences(caption: str, frame: pd.DataFrame, file: str) -> Page:
    """Return what a table shows whose rows are themes: of one area, which its caption names, or an area a column."""
    first = frame.columns[0]
    names = list(map(column_of, frame.columns))
    if {"n", "rate"} & set(names):
        area, colon, _ = caption.partition(": ")
        place = area if colon else "All"
        return page_of(
            frame.assign(district="All" if place == "The force" else place), file, caption, caption, ""
        )
    if caption.startswith("Incidents inside the areas") and len(names) > 4:
        # Of all areas, in the periods compared: the last two before the change and its limits.
        told = frame.iloc[:, [0, -4, -3]].set_axis([first, "n_before", "n_after"], axis=1)
        return page_of(told.assign(district="All"), file, caption, caption, "")
    measure = next(
        (name for name, words in (("n", "Incidents"), ("rate", "Rate")) if caption.startswith(words)), None
    )
    if measure is None:
        return Page(unread=[f"{file}: the table '{caption}', whose rows are not areas"])
    long = frame.melt(id_vars=first, var_name="district", value_name=measure)
    return page_of(long, file, caption, caption, "")


def read_map(held: dict[str, Any], file: str) -> Page:
    """Read the data of a map's page: tables, months, cards, and the classes in which it draws its areas."""
    page, done = Page(), set()
    for view in held["themes"]:
        place = view["table"]
        frame = _map_table([held["columns"][column] for column in held["tables"][place]])
        theme, level = view["group"] or view["title"], theme_key(view["noun"] or "")
        if "code" not in frame:
            page.unread.append(f"{file}: '{view['title']}', which has no codes")
            continue
        frame = frame.set_index(frame["code"].astype(str)).drop(columns="code")
        if (place, theme) not in done:
            done.add((place, theme))
            page.tables.append(Shown(file, "", theme, level, frame))
            page.tables += _months(held, place, file, (theme, level), frame.index)
        page.tables += _classes(view, file, (theme, level), frame.index)
        if ("cards", view.get("store")) not in done:
            done.add(("cards", view.get("store")))
            page.tables += _cards(held, view.get("store"), file, level, frame.index)
    page.texts += [Said(file, "", view["note"]) for view in held.get("surfaces", []) if view.get("note")]
    return page


def _months(
    held: dict[str, Any], place: int, file: str, of: tuple[str, str], areas: pd.Index[Any]
) -> Iterator[Shown]:
    """Yield the months behind a table's areas; tables that share them name the first that has them."""
    sparks = held.get("sparks") or [None] * (place + 1)
    found = sparks[place]
    found = sparks[found] if isinstance(found, int) else found
    if found is not None and len(found["n"]) == len(areas):
        months = pd.DataFrame(found["n"], index=areas, columns=[f"n_{month}" for month in found["months"]])
        yield Shown(file, "months", *of, months.astype(object))


def _classes(view: dict[str, Any], file: str, of: tuple[str, str], areas: pd.Index[Any]) -> Iterator[Shown]:
    labels = [entry["label"] for entry in view["legend"]]
    for step in view["steps"]:
        words = [labels[int(letter)] if letter.isdigit() else "" for letter in step["classes"]]
        if len(words) == len(areas):
            classes = pd.DataFrame({f"class of {step['column']}": words}, index=areas, dtype=object)
            yield Shown(file, view["title"], *of, classes)


def _cards(
    held: dict[str, Any], store: int | None, file: str, level: str, areas: pd.Index[Any]
) -> Iterator[Shown]:
    """Yield the main offences on the cards of the areas: the total, then pairs of an offence and its count."""
    cards = held.get("cards") or []
    told = cards[store] if store is not None and store < len(cards) else None
    offences = (told or {}).get("offences")
    if offences is None or len(offences["rows"]) != len(areas):
        return
    counts: dict[str, list[Any]] = {
        label: [None] * len(areas) for label in ["All offences", *offences["labels"]]
    }
    for place, row in enumerate(offences["rows"]):
        counts["All offences"][place] = row[0]
        for kind, number in zip(row[1::2], row[2::2], strict=False):
            counts[offences["labels"][kind]][place] = number
    for label, numbers in counts.items():
        yield Shown(file, CARDS, label, level, pd.DataFrame({"n": numbers}, index=areas, dtype=object))


def _map_table(columns: list[dict[str, Any]]) -> pd.DataFrame:
    table = {}
    for column in columns:
        values = _unpacked(column)
        if "words" in column:
            values = [None if place is None or place < 0 else column["words"][int(place)] for place in values]
        # A number is as fine as the map writes it, though a round one ends sooner.
        if decimals := column.get("decimals"):
            values = [_written(value, decimals) for value in values]
        table[column["name"]] = np.array([*values, None], dtype=object)[:-1]
    return pd.DataFrame(table, dtype=object)


def _unpacked(column: dict[str, Any]) -> list[Any]:
    """Return the cells of a column: as they are, or from letters of five bits, lowest first; 0 stands for none."""
    if "packed" not in column:
        return list(column["values"])
    numbers, value, place = [], 0, 0
    for letter in column["packed"]:
        digit = ALPHABET.index(letter)
        value |= (digit & 31) << place
        place += 5
        if digit & 32:
            continue
        numbers.append(-(value + 1) // 2 if value % 2 else value // 2)
        value = place = 0
    parts = [number - 1 if number > 0 else number for number in numbers]
    cells = [
        None if number == 0 else part / column["scale"] for number, part in zip(numbers, parts, strict=True)
    ]
    return [int(cell) if cell is not None and cell.is_integer() else cell for cell in cells]


def _written(value: Any, decimals: int) -> Any:
    """Return a number as finely as the map writes it, though a round one ends sooner."""
    return f"{value:.{decimals}f}" if isinstance(value, int | float) else value


def read_office(path: Path, file: str) -> Page:
    """Read the tables and the paragraphs of a Word file or of slides, their notes and alternative texts."""
    page = Page()
    with opening(path, file), zipfile.ZipFile(path) as archive:
        names = sorted(archive.namelist())
        roots = [
            ElementTree.fromstring(archive.read(name))  # noqa: S314 -- entities are not resolved
            for name in names
            if name.endswith(".xml") and re.match(r"(?:word|ppt|docProps)/", name)
        ]
    for root in roots:
        _read_part(root, file, page)
    page.troubles += [
        f"{file} holds another file, {name}" for name in names if re.search(r"\.(?:xlsx|bin|docx)$", name)
    ]
    return page


def read_pdf(path: Path, file: str) -> Page:
    """Read what a PDF says: the text of its pages, its title and subject; tables in it are not put together."""
    from pypdf import PdfReader

    with opening(path, file):
        held = PdfReader(path)
        told = [page.extract_text() for page in held.pages]
        about = held.metadata
        told += (
            []
            if about is None
            else [str(about.get(key) or "") for key in ("/Title", "/Subject", "/Keywords")]
        )
    page = Page(
        texts=[
            Said(file, "", " ".join(line.split())) for one in told for line in one.split("\n") if line.strip()
        ]
    )
    if about is not None and about.author:
        page.troubles.append(f"{file} names its author, '{about.author}'")
    page.unread.append(f"{file}: a PDF, of which sentences are read, and tables and pictures are not")
    return page


def _read_part(root: ElementTree.Element, file: str, page: Page) -> None:
    last = ""
    for node in root.iter():
        if node.tag in (f"{_WORD}p", f"{_DRAWING}p"):
            text = _text(node)
            if text:
                last = text
                page.texts.append(Said(file, "", text))
        elif node.tag in (f"{_WORD}tbl", f"{_DRAWING}tbl"):
            page.add(_of_table([last], list(_cells(node)), file))
        page.texts += [Said(file, "", value) for name in ("descr", "title") if (value := node.get(name))]


def _cells(table: ElementTree.Element) -> Iterator[list[str]]:
    for space in (_WORD, _DRAWING):
        for row in table.iter(f"{space}tr"):
            yield [
                " ".join(_text(p) for p in cell.iter(f"{space}p")).strip() for cell in row.iter(f"{space}tc")
            ]


def _text(node: ElementTree.Element) -> str:
    return "".join(
        part.text or "" for part in node.iter() if part.tag in (f"{_WORD}t", f"{_DRAWING}t")
    ).strip()
