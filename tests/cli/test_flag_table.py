"""`hotspots flag --table`: the ward table of a strategic assessment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def counts(hotspots: Run, town: Path) -> Path:
    words = (
        "count",
        ".",
        "--areas",
        "wards.gpkg",
        "--population-table",
        "people.csv",
        "-o",
        "counts.geojson",
    )
    code, _, err = hotspots(*words)
    assert code == 0, err
    return town


def test_a_table_alone_on_standard_output(hotspots: Run, counts: Path) -> None:
    code, out, err = hotspots("flag", "counts.geojson", "--table", "-", "--title", "Overall crime, 2025")
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0] == "Overall crime, 2025"
    assert lines[2].startswith("Ward Name  Partnership Area  Count (rounded) + rate per 1,000 population")
    assert lines[3].split("  ")[0] == "Ward 9"
    assert lines[3].endswith("Significantly above")


def test_a_table_and_a_layer(hotspots: Run, counts: Path) -> None:
    words = (
        "flag",
        "counts.geojson",
        "--table",
        "wards.csv",
        "--table-rates",
        "rounded",
        "-o",
        "flags.geojson",
    )
    code, _, err = hotspots(*words)
    assert code == 0, err
    assert (counts / "flags.geojson").exists()
    assert pd.read_csv(counts / "wards.csv").columns.tolist()[3] == "Difference to ward average"


def test_neither_both_on_standard_output_nor_another_format(hotspots: Run, counts: Path) -> None:
    code, _, err = hotspots("flag", "counts.geojson")
    assert code == 2
    assert "give -o for a layer, --table for a table, or both" in err
    code, _, err = hotspots("flag", "counts.geojson", "-o", "-", "--table", "-")
    assert code == 2
    assert "-o and --table cannot both be standard output" in err
    code, _, err = hotspots("flag", "counts.geojson", "--table", "wards.docx")
    assert code == 1
    assert err.splitlines()[-1] == "Hint: end the name given to '--table' in .csv or .txt"
