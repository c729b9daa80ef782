"""A picture as the bytes of a file, PNG, SVG or PDF: the same wherever and whenever it is drawn."""

from __future__ import annotations

import io
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hotspots.base.errors import ParameterError, did_you_mean
from hotspots.base.files import replacing
from hotspots.export.picture.tagged import tagged_pdf

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PNG_DPI = 200
# Where each format keeps what a picture shows.
_WORDS = {"png": "Description", "svg": "Description", "pdf": "Subject"}
FORMATS = ("png", "svg", "pdf")
_PAIRS = {"M": 1, "L": 1, "Q": 2, "C": 3, "z": 0}  # of numbers that a command of an SVG path takes


@contextmanager
def steady() -> Iterator[None]:
    """Keep the reader's own matplotlib settings, and warnings of letters that the font lacks, out of a picture."""
    import matplotlib

    default: dict[Any, Any] = {k: v for k, v in matplotlib.rcParamsDefault.items() if k != "backend"}
    with (
        matplotlib.rc_context(rc=default | {"svg.hashsalt": "hotspots"}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def write_picture(figure: Figure, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a picture as PNG (200 dots an inch), SVG or PDF, by the suffix; same picture, same bytes.

    Parameters
    ----------
    figure : Figure
        From `draw_map` or `draw_heatmap`.
    path : path
        The file.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    ParameterError
        When the name ends in something else.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    kind = Path(path).suffix.casefold().lstrip(".")
    if kind not in FORMATS:
        raise ParameterError(
            f"cannot tell the format of '{path}' from its name", hint="end the name in .png or .svg or .pdf"
        )
    data = picture_bytes(figure, kind)  # type: ignore[arg-type]  # checked in the line above
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_bytes(data)


@steady()
def picture_bytes(figure: Figure, kind: Literal["png", "svg", "pdf"], *, dpi: float = PNG_DPI) -> bytes:
    """Return a picture as the bytes of a file, which hold no date and no random names.

    Pictures of maps hold their title and, in words, what they show and where: SVG as title and description, PNG as
    text, PDF as the text of its one figure; see `tagged_pdf`.

    Raises
    ------
    ParameterError
        When `kind` is something else.
    """
    if kind not in FORMATS:
        raise ParameterError(f"'kind' is '{kind}'", hint=did_you_mean(str(kind), FORMATS))
    nameless: dict[str, dict[str, Any]] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None},
    }
    name, words = getattr(figure, "name", ""), getattr(figure, "words", "")
    told = {"Title": name, _WORDS[kind]: words} if name else {}
    held = io.BytesIO()
    figure.savefig(held, format=kind, dpi=dpi, metadata={**nameless[kind], **told})
    if kind == "svg":
        return _short_svg(_described(held.getvalue(), words))
    return (
        tagged_pdf(held.getvalue(), title=name, words=words) if kind == "pdf" and words else held.getvalue()
    )


def _described(svg: bytes, words: str) -> bytes:
    """Return an SVG whose title is followed by what it shows, as one picture in English to who has it read out."""
    if not words:
        return svg
    svg = svg.replace(b"<svg ", b'<svg role="img" lang="en-GB" ', 1)
    return svg.replace(b"</title>", f"</title>\n <desc>{escape(words)}</desc>".encode(), 1)


def _short_svg(data: bytes) -> bytes:
    """Return an SVG with its paths in steps of a tenth of a point, each from the one before: a third of the bytes."""
    return re.sub(rb' d="([^"]*)"', lambda match: b' d="' + _steps(match[1].decode("ascii")) + b'"', data)


def _steps(path: str) -> bytes:
    """Return the data of a path with relative commands; rounding does not add up.

    Examples
    --------
    >>> _steps("M 10 20 L 10.04 30.26 Q 1 2 3 4 z")
    b'M10 20l0 10.3q-9 -28.3 -7 -26.3z'
    """
    words = path.split()
    if not words:
        return b""
    letters = np.array(words, dtype="U1")
    is_command = np.isin(letters, list(_PAIRS))
    commands = letters[is_command]
    points = np.rint(10 * np.array(words)[~is_command].astype(float)).astype(np.int64).reshape(-1, 2)
    count = np.array([_PAIRS[command] for command in commands.tolist()])
    last = np.cumsum(count) - 1
    begun = np.maximum.accumulate(np.where(commands == "M", last, 0))
    here = points[np.where(commands == "z", begun, last)]  # where each command ends
    start = np.where((commands == "M")[:, None], 0, np.roll(here, 1, axis=0))
    away, place = np.unique(points - np.repeat(start, count, axis=0), return_inverse=True)
    parts = np.empty(len(words), dtype=object)
    parts[is_command] = np.where(commands == "M", commands, np.char.lower(commands))
    parts[~is_command] = np.array([f"{n / 10:g}" for n in away.tolist()], dtype=object)[place.ravel()]
    follows = 1 + np.flatnonzero(~is_command[1:] & ~is_command[:-1])
    parts[follows] = " " + parts[follows]
    return "".join(parts.tolist()).encode("ascii")
