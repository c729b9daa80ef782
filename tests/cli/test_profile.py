"""`hotspots profile`: each partnership by offence, beside the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

Run = Callable[..., tuple[int, str, str]]

AREAS = ("--areas", "two.gpkg", "--population-table", "people.csv")
FORCES = (
    "force,category,n,population,months,period\n"
    "England and Wales,Total Recorded Crime,600000,1000000,12,2024\n"
    "England and Wales,Burglary,600000,1000000,12,2024\n"
    "Kent,Burglary,10,1000,,\nEssex,Burglary,50,4000,,\n"
)


@pytest.fixture
def county(town: Path) -> Path:
    """Wards 1 to 6 are Abbeyshire's 21,000 people, wards 7 to 9 Castle's 24,000."""
    wards = gpd.read_file("wards.gpkg")
    wards["LAD19NM"] = ["Abbeyshire"] * 6 + ["Castle"] * 3
    wards.to_file("two.gpkg")
    (town / "forces.csv").write_text(FORCES, encoding="utf-8")
    return town


def read(path: Path) -> Any:
    return pd.read_csv(path, index_col=["district", "offence"])


def test_districts_beside_the_force(hotspots: Run, county: Path) -> None:
    code, _, err = hotspots("profile", ".", *AREAS, "-o", "profile.csv")
    assert code == 0, err
    assert err.splitlines()[-1] == "Wrote 2 districts to profile.csv"
    table = read(county / "profile.csv")
    offences = ["Total Recorded Crime", "Burglary", "Anti-social behaviour"]
    assert table.index.tolist() == [(d, o) for d in ("Abbeyshire", "Castle", "Force") for o in offences]
    assert hotspots("count", ".", *AREAS, "--category", "Burglary", "--only", "Castle", "-o", "c.csv")[0] == 0
    castle = pd.read_csv(county / "c.csv")["n"].sum()
    row = table.loc["Castle", "Burglary"]
    # Two months are a sixth of a year; the 100 burglaries with coordinates are those of 45,000 people.
    assert row["n"] == castle
    assert row["rate"] == pytest.approx(castle * 6 / 24)
    assert row["Force: rate"] == pytest.approx(100 * 6 / 45)
    assert row["Force: difference"] == pytest.approx(castle * 6 / 24 - 100 * 6 / 45)
    assert row["Force: against"] == "above"


def test_comparators_named_and_added_up(hotspots: Run, county: Path) -> None:
    named = ("--with", "forces.csv", "--similar", "Kent", "--similar", "Essex")
    code, out, err = hotspots("profile", ".", *AREAS, *named, "--with-months", 6, "-o", "-")
    assert code == 0, err
    (county / "out.csv").write_text(out, encoding="utf-8")
    # 60 of 5,000 people in half a year are 24 per 1,000 a year.
    rates = read(county / "out.csv")["Similar forces: rate"]
    assert rates.xs("Burglary", level="offence").tolist() == pytest.approx([24.0] * 3)
    national = ("--with", "forces.csv", "--national", "England and Wales")
    code, _, err = hotspots("profile", ".", *AREAS, *national, "-o", "national.csv")
    assert code == 0, err
    assert read(county / "national.csv").loc[("Castle", "Burglary"), "England and Wales: against"] == "below"
    assert "England and Wales: 2024." in err.splitlines()
    assert "The rates here are those of 2 months, scaled to a year" in err


def test_margin_and_months_have_an_effect(hotspots: Run, county: Path) -> None:
    (county / "rates.csv").write_text("category,E\nBurglary,8\n", encoding="utf-8")
    words = ("profile", ".", *AREAS, "--with", "rates.csv", "-o", "profile.csv", "--overwrite")
    found = []
    for more in ((), ("--margin", 0.9), ("--months", 4)):
        code, _, err = hotspots(*words, *more)
        assert code == 0, err
        row = read(county / "profile.csv").loc[("Force", "Burglary")]
        found.append((round(row["rate"], 2), row["E: against"]))
    # 100 burglaries of 45,000 people: 1.67 times the comparator in two months, 0.83 times in four.
    assert found == [(13.33, "above"), (13.33, "similar"), (6.67, "similar")]


def test_names_without_a_table_and_a_name_that_it_lacks(hotspots: Run, county: Path) -> None:
    code, _, err = hotspots("profile", ".", *AREAS, "--national", "Kent", "-o", "profile.csv")
    assert code == 2
    assert "--national and --similar name comparators of a table: give it with --with" in err
    named = ("--with", "forces.csv", "--national", "Kant")
    code, _, err = hotspots("profile", ".", *AREAS, *named, "-o", "profile.csv")
    assert code == 1
    assert "Error: there is no comparator 'Kant'\nHint: did you mean 'Kent'?" in err
    assert not (county / "profile.csv").exists()
