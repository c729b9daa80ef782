"""Which lines have a quotation mark that is never closed, found for whole blocks of bytes at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.incidents import quotes
from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.files import IncidentFile
from hotspots.incidents.opening import open_incidents
from hotspots.incidents.sources import find_sources

CELLS = st.sampled_from(
    ['"x"', "x", '""', '"a ""b"" c"', '"a, b"', '"', '"x', 'x"', '5" pipe', '"a" b', '""x']
)
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=3).map(",".join), min_size=1, max_size=8)


def doubtful_one_by_one(text: str) -> set[int]:
    """Return the lines that are not made of cells without a mark and of cells that are well quoted alone."""
    cell = r'(?:"(?:[^"]|"")*"|[^",]*)'
    lines = re.split(r"\r\n|\n|\r", text)
    return {number for number, line in enumerate(lines) if not re.fullmatch(f"{cell}(?:,{cell})*", line)}


def opened(path: Path) -> IncidentFile:
    return open_incidents(find_sources(path), ColumnNames())[0]


@settings(max_examples=150)
@given(lines=LINES, end=st.sampled_from(["\n", "\r\n", "\r"]), closed=st.booleans(), block=st.integers(1, 40))
def test_no_line_with_a_mark_left_open_is_missed(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, *, closed: bool, block: int
) -> None:
    text = end.join(["lon,lat,category", *lines]) + (end if closed else "")
    path = tmp_path_factory.mktemp("quotes") / "a.csv"
    path.write_bytes(text.encode())
    file = opened(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "_BLOCK", block)
        found = quotes._doubtful_lines(file, "utf-8", ",")
    assert found == doubtful_one_by_one(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_marks_are_found_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    rows = [f'-2,53,"Caf\u00e9 {number}"' for number in range(2_000)]
    rows[1_200] = '-2,53,"Caf\u00e9'
    path.write_bytes(("lon,lat,category\n" + "\n".join(rows) + "\n").encode(encoding))
    assert opened(path).mended == (1_201,)
