"""What a text file is: its encoding, its delimiter, where its headings stand, and cells without what nobody sees."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

DELIMITERS = ",;\t|"
ENCODINGS = {
    "UTF-8": "utf-8",
    "UTF-8 with BOM": "utf-8-sig",
    "UTF-16": "utf-16",
    "UTF-16 without BOM, low byte first": "utf-16-le",
    "UTF-16 without BOM, high byte first": "utf-16-be",
    "Windows-1252": "cp1252",
    "Latin-1": "latin-1",
}
"""The encodings that files come in, as people call them, and Python's name for each."""

_SAMPLE = 200  # records that tell a file's form
_FULL = 0.75  # a row with fewer of the usual cells is no row of headings
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# Zero-width characters, soft hyphens and marks of direction have no width; a byte order mark may stand within.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
# Of the marks of direction and the invisible ones, those that joining and emoji need (\u200c, \u200d) do no harm.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_ENDLESS = re.compile(r"\S{1000,}")
_RULE = re.compile(r"[-=_+ ]*")


def list_words(names: Sequence[str]) -> str:
    """Return words as a sentence lists them: with commas, and "and" before the last; empty for none.

    Examples
    --------
    >>> list_words(["Drugs", "Robbery", "Burglary"]), list_words(["Drugs"])
    ('Drugs, Robbery and Burglary', 'Drugs')
    """
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def plain_text(text: str) -> str:
    r"""Return a text as it is seen: single blanks, none around it, no control or zero-width characters.

    Examples
    --------
    >>> plain_text(" Anti-social\u00a0 behaviour\u200b\r\n")
    'Anti-social behaviour'
    """
    if not text.isascii() or not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def visible(text: str) -> str:
    r"""Return a text as it may go to a terminal: what acts on one, or cannot be seen, is written out.

    Escapes and other control characters, marks that turn the direction of text, and line and paragraph separators
    become their codes; line ends and tabs stay. A word of a thousand letters or more, as a damaged file may hold one,
    is cut.

    Examples
    --------
    >>> visible("a\x1b[31mb\u202e"), visible("x" * 70_000)
    ('a\\x1b[31mb\\u202e', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... (70,000 characters)')
    """
    if not text.isprintable():
        text = _ACTING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
    return _ENDLESS.sub(lambda found: f"{found[0][:40]}... ({len(found[0]):,} characters)", text)


def json_visible(text: str) -> str:
    r"""Return JSON as it may go to a terminal: what acts on one is written as JSON writes it, and nothing is cut.

    Examples
    --------
    >>> json_visible('["a\u202e"]')
    '["a\\u202e"]'
    """
    return _ACTING.sub(lambda found: json.dumps(found[0])[1:-1], text)


def encoding_of(raw: bytes) -> str:
    """Return the encoding of a whole file, one of `ENCODINGS`.

    Unicode where the bytes can be that; else what Windows writes in western Europe, whose five undefined
    bytes make a file Latin-1.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    head = raw[:1024]
    if len(head) > 3 and b"\0" in head:
        low, high = head[1::2].count(0), head[::2].count(0)
        if max(low, high) > len(head) / 4:
            return f"UTF-16 without BOM, {'low' if low > high else 'high'} byte first"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        undefined = any(byte in raw for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
        return "Latin-1" if undefined else "Windows-1252"
    return "UTF-8 with BOM" if raw.startswith(codecs.BOM_UTF8) else "UTF-8"


def stated_delimiter(text: str) -> tuple[str, str]:
    """Return the delimiter of Excel's own first line ``sep=;`` and the text after it; ``""`` where it has none.

    Where the next line does not hold what the first promises, the delimiter is the one that the text shows.
    """
    stated = _SEPARATOR.match(text)
    if not stated:
        return "", text
    body = text[stated.end() :]
    return (stated[1] if stated[1] in body.partition("\n")[0] else delimiter_of(body)), body


def delimiter_of(text: str) -> str:
    r"""Return the delimiter of a table: the one by which most rows have the same number of cells, above one.

    Parameters
    ----------
    text : str
        The file or its beginning, without a line ``sep=``.

    Examples
    --------
    >>> delimiter_of("code;score\nE05000001;10,5\nE05000002;11,5\n")
    ';'
    """

    def fit(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(record) for record in _records(text, delimiter))
        common = max(widths, key=lambda width: (width > 1, widths[width], width), default=0)
        return (widths[common] / widths.total(), common) if common > 1 else (0.0, 0)

    there = [delimiter for delimiter in DELIMITERS if delimiter in text]
    return there[0] if len(there) == 1 else max(DELIMITERS, key=fit)


def _records(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows of a text that hold anything."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    with suppress(csv.Error):  # a cell longer than any table's: the rows before it tell enough
        found.extend(record for record in islice(reader, _SAMPLE) if any(cell.strip() for cell in record))
    return found


def heading_position(records: Sequence[Sequence[str]]) -> int:
    """Return which of a table's first rows holds the headings; those above it are titles.

    It is the first in which nearly as many cells are filled as in most rows.

    Parameters
    ----------
    records : sequence of sequence of str
        Rows of cells; blank cells are empty or blanks.

    Examples
    --------
    >>> heading_position([["Population, 2022", "", ""], ["", "", ""], ["code", "name", "people"], ["E1", "Hill", "9"]])
    2
    """
    filled = [[bool(cell.strip()) for cell in record] for record in islice(records, _SAMPLE)]
    widths = Counter(sum(cells) for cells in filled if any(cells))
    if not widths:
        return 0
    usual = max(widths, key=lambda width: (widths[width], width))
    for position, cells in enumerate(filled):
        # An index written without a heading leaves the first cell blank.
        unnamed = not cells[:1] or (not cells[0] and sum(cells) == usual - 1)
        if sum(cells) and (sum(cells) >= _FULL * usual or unnamed):
            return position
    return 0


def is_rule(record: Sequence[str]) -> bool:
    """Whether a row holds nothing but lines of dashes, as databases draw them under the headings."""
    return any(cell.strip() for cell in record) and all(_RULE.fullmatch(cell) for cell in record)


def percent(part: int, whole: int) -> str:
    """Return a share in percent to one decimal, never rounded up to all nor, for some, down to none.

    Examples
    --------
    >>> percent(99_999, 100_000), percent(1, 100_000), percent(0, 0)
    ('99.9%', '0.1%', '')
    """
    if not whole:
        return ""
    tenths = round(1000 * part / whole)
    tenths = min(tenths, 999) if part < whole else tenths
    return f"{max(tenths, 1 if part else 0) / 10:.1f}%"


def counted(number: float, noun: str, many: str = "") -> str:
    """Return a number with its noun, in the singular where it is one.

    Examples
    --------
    >>> counted(1, "incident"), counted(2_500, "incident"), counted(2, "priority", "priorities")
    ('1 incident', '2,500 incidents', '2 priorities')
    """
    return f"{number:,.0f} {noun if number == 1 else many or noun + 's'}"


def area_name(name: str, district: str = "", *, figure: str = "") -> str:
    """Return an area's name with its district in brackets, since names repeat; and a figure beside it.

    A district that begins the name already, as an LSOA's does, or ends it, as a locality's may, is not said again.

    Examples
    --------
    >>> area_name("Town", "Stafford"), area_name("Town", "Stafford", figure="343.8"), area_name("Town", figure="9")
    ('Town (Stafford)', 'Town (Stafford, 343.8)', 'Town (9)')
    >>> area_name("Stafford 003A", "Stafford"), area_name("Town and Hill (Stafford)", "Stafford")
    ('Stafford 003A', 'Town and Hill (Stafford)')
    """
    said = name.casefold().startswith(district.casefold()) or name.endswith(f"({district})")
    inside = ", ".join(part for part in ("" if said else district, figure) if part)
    return f"{name} ({inside})" if inside else name
