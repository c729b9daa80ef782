"""Quotation marks in text files that are opened and never closed: find them, and read on without them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from hotspots.incidents.files import IncidentFile

_BLOCK = 1 << 20


def open_quotes(file: IncidentFile, codec: str, delimiter: str, width: int) -> Iterator[int]:
    """Give the numbers, from 0, of lines whose quotation mark swallows rows.

    A cell in quotation marks may run over several lines, as notes do. But where most of the lines within it
    have as many delimiters as a row, they are rows, and the mark is a slip of the pen.
    """
    doubtful = _doubtful_lines(file, codec, delimiter)
    if not doubtful:
        return
    mark = re.escape(delimiter)
    whole = re.compile(rf'(^|{mark})"(?:[^"]|"")*"(?={mark}|\r?\n?$)')
    opens = re.compile(rf'(?:^|{mark})"')
    closes = re.compile(r'^(?:[^"]|"")*"')
    start, inside, like_rows = -1, 0, 0
    for number, line in enumerate(_lines(file, codec)):
        if number < file.header_lines:
            continue
        if start >= 0:
            inside, like_rows = inside + 1, like_rows + (whole.sub(r"\1", line).count(delimiter) == width - 1)
            if '"' not in line or not closes.match(line):
                continue
            if 2 * like_rows > inside:
                yield start
                if line.count('"') % 2:
                    yield number
                start = -1
                continue
            line, start = closes.sub("", line, count=1), -1
        elif number not in doubtful:
            continue
        if '"' in line and opens.search(whole.sub(r"\1", line)):
            start, inside, like_rows = number, 0, 0
    if start >= 0 and 2 * like_rows > inside:
        yield start


def _doubtful_lines(file: IncidentFile, codec: str, delimiter: str) -> frozenset[int]:
    """Return the numbers of the lines in which not every quotation mark that opens a cell closes one too.

    Most files that quote cells quote them well. This looks at their bytes at once, and spares `open_quotes`
    a look at each line.
    """
    from hotspots.incidents.marks import unpaired

    found: list[int] = []
    start = 0
    for block in _blocks(file, codec):
        lines = unpaired(np.frombuffer(block, dtype=np.uint8), ord(delimiter))
        found += (start + np.flatnonzero(lines)).tolist()
        start += len(lines)
    return frozenset(found)


def _blocks(file: IncidentFile, codec: str) -> Iterator[bytes]:
    """Give the bytes of a text file, or those of UTF-8 where it is of UTF-16, in blocks of whole lines."""
    with file.source.open() as stream:
        text = io.TextIOWrapper(stream, encoding=codec, newline="", errors="replace")
        wide = "16" in codec
        rest = b""
        while part := text.read(_BLOCK).encode() if wide else stream.read(_BLOCK):
            rest += part
            # A carriage return at the very end may be the first half of a line end.
            end = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, len(rest) - 1)) + 1
            if end:
                yield rest[:end]
                rest = rest[end:]
        if rest:
            yield rest + b"\n"


def _lines(file: IncidentFile, codec: str) -> Iterator[str]:
    with file.source.open() as stream:
        yield from io.TextIOWrapper(stream, encoding=codec, newline="", errors="replace")


def mended(stream: Any, file: IncidentFile, codec: str) -> Any:
    """Return the stream without the quotation marks of the lines that are to be mended."""
    if not file.mended:
        return stream
    return pa.PythonFile(io.BufferedReader(_Mended(stream, codec, frozenset(file.mended))), mode="r")


class _Mended(io.RawIOBase):
    """The bytes of a text file, of which some lines have lost their quotation marks."""

    def __init__(self, stream: Any, codec: str, lines: frozenset[int]) -> None:
        self._text = io.TextIOWrapper(stream, encoding=codec, newline="")
        self._codec = codec.removesuffix("-sig")
        self._number, self._mend, self._waiting = 0, lines, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._waiting and (line := self._text.readline()):
            if self._number in self._mend:
                line = line.replace('"', "")
            self._number += 1
            # Of UTF-16, each line would begin with a mark of its byte order.
            self._waiting = line.encode(self._codec if self._codec != "utf-16" else "utf-16-le")
        data, self._waiting = self._waiting[: len(buffer)], self._waiting[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
