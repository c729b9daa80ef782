"""`hotspots pattern`: sentences on standard output, notes on standard error."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, str, str]]


def test_sentences_for_a_reader(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    code, out, err = hotspots("pattern", "counts.geojson", "--subject", "burglary", "--between", "wards")
    assert code == 0, err
    first, second, third = out.splitlines()
    assert re.fullmatch(
        r"Burglary: no pattern between wards is clear: Moran's I = -?0\.\d\d, p = 0\.\d{3} \(9,999 permutations\)\. "
        r"Read local hotspots with care\.",
        first,
    )
    assert second.startswith("High values lie apart: General G = ")
    assert third == "9 areas; neighbours: queen contiguity, 4.4 neighbours on average; seed 0."


def test_the_column_names_itself_and_the_seed_is_kept(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    words = ("pattern", "counts.geojson", "--neighbours", "nearest", "--nearest", "3", "--permutations", "99")
    code, out, err = hotspots(*words, "--seed", "7")
    assert code == 0, err
    assert out.startswith("Incidents (incidents)")
    assert out.splitlines()[-1].endswith(
        "neighbours: the 3 nearest centroids, 3.0 neighbours on average; seed 7."
    )
    assert hotspots(*words, "--seed", "7")[1] == out


def test_rates_allow_for_populations(hotspots: Run, town: Path) -> None:
    people = ("--population-table", "people.csv")
    hotspots("count", ".", "--areas", "wards.gpkg", *people, "-o", "counts.geojson")
    words = ("pattern", "counts.geojson", "--permutations", "99", "--value")
    code, out, err = hotspots(*words, "rate")
    assert code == 0, err
    assert " of rates, p " in out
    assert (
        "Pattern of 'rate': tested by 'n' and 'population', which allows for areas with few people "
        "('population' = 'none' does not)"
    ) in err
    assert hotspots(*words, "n", "--population", "population")[1].split(":", 1)[1] == out.split(":", 1)[1]
    assert " of rates" not in hotspots(*words, "rate", "--population", "none")[1]


def test_what_acts_on_a_terminal_is_written_out(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    words = ("--subject", "a\x1b[31m", "--between", "\u202eevil")
    code, out, err = hotspots("pattern", "counts.geojson", *words)
    assert code == 0, err
    assert out.startswith("A\\x1b[31m: no pattern between \\u202eevil is clear: ")


def test_no_such_column(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    code, out, err = hotspots("pattern", "counts.geojson", "--value", "nn")
    assert (code, out) == (1, "")
    assert "Error: the layer has no column 'nn'" in err
