"""`hotspots compare`: areas against a rate or the rest, a force against its comparators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

PEOPLE = ("--areas", "wards.gpkg", "--population-table", "people.csv")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def counts(hotspots: Run, town: Path) -> Path:
    code, _, err = hotspots("count", ".", *PEOPLE, "-o", "counts.geojson")
    assert code == 0, err
    return town


def test_areas_against_the_rest_and_against_a_rate(hotspots: Run, counts: Path) -> None:
    code, _, err = hotspots("compare", "areas", "counts.geojson", "-o", "rest.geojson")
    assert code == 0, err
    rest = gpd.read_file("rest.geojson").set_index("code")
    n = rest["n"].astype(int)
    assert rest.loc["E05000009", "cmp_rate"] == pytest.approx((200 - n["E05000009"]) * 6 / 36)
    assert rest.loc["E05000009", "cmp_flag"] == "above"
    code, _, err = hotspots("compare", "areas", "counts.geojson", "--with", "500", "-o", "rate.csv")
    assert code == 0, err
    assert set(pd.read_csv("rate.csv")["cmp_flag"]) == {"below"}


def test_a_comparator_that_is_no_rate(hotspots: Run, counts: Path) -> None:
    code, _, err = hotspots("compare", "areas", "counts.geojson", "--with", "England", "-o", "out.csv")
    assert code == 1
    assert err.splitlines() == [
        "Error: the comparator is 'England'",
        "Hint: give 'with' a rate per 1,000 people a year, or 'rest'",
    ]


def test_a_force_beside_its_comparators(hotspots: Run, town: Path) -> None:
    # 202 rows in two months among 45,000 people: 101 burglaries and one without coordinates; 100 ASB.
    (town / "comparators.csv").write_text(
        "category,England & Wales,Neighbour n,Neighbour population\n"
        "Total Recorded Crime,12.0,500,40000\nBurglary,7.2,100,\nAnti-social behaviour,..,,\n",
        encoding="utf-8",
    )
    words = ("compare", "force", ".", *PEOPLE, "--with", "comparators.csv", "--force-name", "Abbeyshire")
    code, out, err = hotspots(*words)
    assert code == 0, err
    assert out.splitlines() == [
        "Rate per 1,000 population",
        "",
        "Offence Type           Abbeyshire  England & Wales  Neighbour  Against England & Wales  Against Neighbour",
        "Total Recorded Crime   13.6        12.0             75.0       similar                  below",
        "Burglary               13.6        7.2              ..         above                    ..",
        "Anti-social behaviour  13.3        ..               ..         ..                       ..",
    ]
    assert "Abbeyshire: 202 incidents among 45,000 people in 9 areas" in err
    assert hotspots(*words, "-o", "rates.csv")[0] == 0
    table = pd.read_csv(town / "rates.csv", index_col=0)
    assert table.loc["Burglary", "Abbeyshire"] == pytest.approx(102 * 6 / 45)


def test_a_borough_has_the_rates_of_its_own_incidents(hotspots: Run, town: Path) -> None:
    """The incidents of a whole force divided by one borough's people gave rates ten times too high."""
    wards = gpd.read_file("wards.gpkg")
    wards["LAD19NM"] = ["Abbeyshire"] * 6 + ["Castle"] * 3
    wards.to_file("wards.gpkg")
    (town / "comparators.csv").write_text("category,England & Wales\nBurglary,7.2\n", encoding="utf-8")
    count = ("count", ".", *PEOPLE, "--category", "Burglary", "--only", "Castle")
    assert hotspots(*count, "-o", "castle.csv")[0] == 0
    inside = pd.read_csv("castle.csv")["n"].sum()
    assert 0 < inside < 102
    words = ("compare", "force", ".", *PEOPLE, "--with", "comparators.csv", "--only", "Castle")
    code, _, err = hotspots(*words, "-o", "rates.csv")
    assert code == 0, err
    assert "count, and none of the 2 without coordinates" in err
    rates = pd.read_csv("rates.csv", index_col=0)
    # Wards 7, 8 and 9 have 24,000 people; two months are a sixth of a year.
    assert rates.loc["Burglary", "Castle"] == pytest.approx(inside * 6 / 24)


def test_the_bundled_comparators_by_name(hotspots: Run, town: Path) -> None:
    words = ("compare", "force", ".", *PEOPLE, "--with", "recorded-crime-2017-18")
    code, out, err = hotspots(
        *words, "--national", "England and Wales", "--similar", "Kent", "--similar", "Essex"
    )
    assert code == 0, err
    heading, total, *_ = out.splitlines()[2:]
    assert heading.split("  ")[0] == "Offence Type"
    assert "England and Wales  Similar forces" in heading
    # 4,821,452 among 56,075,912; 177,187 + 134,153 among 1,727,665 + 1,724,950.
    assert total.split()[4:6] == ["86.0", "90.2"]
    code, _, err = hotspots(*words)
    assert code == 1
    assert "there are 44 comparators (England and Wales, Avon and Somerset, Bedfordshire, ...)" in err
    assert "Hint: name one with --national, and those to be added up with --similar" in err
