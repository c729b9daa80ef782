"""What a Word file and slides have in common: text that XML can hold, widths of letters, and bytes without a clock."""

from __future__ import annotations

import datetime
import io
import os
import re
import zipfile
from collections.abc import Callable
from typing import IO, Any

from hotspots.base.files import replacing

# No clock is read, so that same documents give same bytes.
MADE = datetime.datetime(2000, 1, 1)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PICTURE_OF_TEMPLATE = "docProps/thumbnail.jpeg"
_NARROW, _SLIM, _BROAD = frozenset(" .,;:'!|()[]-/fijlrtI"), frozenset("ckszvxyJ"), frozenset("mwMW%@")


def plain(text: str) -> str:
    r"""Return a text on one line, without the characters that XML cannot hold.

    Examples
    --------
    >>> plain("Hill\x0b\x00\nTown")
    'Hill Town'
    """
    return re.sub(r"\s*[\t\n\r\x0b\x0c\u2028\u2029]+\s*", " ", _FORBIDDEN.sub("", text.replace("\x0b", " ")))


def letters_width(text: str) -> float:
    """Return the width of a text in heights of its letters, in Arial, to a few hundredths and rather too wide.

    Examples
    --------
    >>> round(letters_width("Ward"), 3)
    2.232
    """
    return sum(map(_letter, text))


def _letter(letter: str) -> float:
    if letter in _NARROW:
        return 0.28
    if letter in _BROAD:
        return 0.84
    if letter in _SLIM:
        return 0.5
    if ord(letter) > 0x2E7F:
        return 1.0
    return 0.7 if letter.isupper() else 0.556


def lines_of(text: str, width: float, em: float) -> int:
    """Return how many lines a text takes at a width, word by word; a word wider than a line is broken.

    Parameters
    ----------
    text : str
        The text.
    width, em : float
        Of a line, and the height of the letters, in one unit.

    Examples
    --------
    >>> lines_of("one two three", 5, 1), lines_of("", 5, 1), lines_of("x" * 20, 5, 1)
    (2, 1, 2)
    """
    lines, used = 1, 0.0
    for word in text.split():
        long = em * letters_width(word)
        if used and used + long > width:
            lines, used = lines + 1, 0.0
        while long > width:
            lines, long = lines + 1, long - width
        used += long + em * _letter(" ")
    return lines


def write_package(save: Callable[[IO[bytes]], Any], path: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Write an Office file so that the same content gives the same bytes.

    Parameters
    ----------
    save : callable
        Writes the file into a stream that it is given.
    path : path
        The file.
    overwrite : bool
        Whether an existing file may be replaced.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    made = io.BytesIO()
    save(made)
    with (
        replacing(path, overwrite=overwrite) as draft,
        zipfile.ZipFile(made) as old,
        zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name == _PICTURE_OF_TEMPLATE:
                continue
            data = old.read(name)
            if name == "_rels/.rels":
                data = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", data)
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, data)
