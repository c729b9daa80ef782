"""Commands that take recorded codes for points: `--by code` and `--lookup`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

Run = Callable[..., tuple[int, str, str]]

AREAS = [f"E050000{number:02d}" for number in range(1, 13)]


@pytest.fixture
def moved(town: Path) -> Path:
    """Twelve wards with 1 to 12 incidents in each of two years, each recorded under the LSOA six wards on."""
    squares = [box(x, 330_000, x + 1000, 331_000) for x in range(400_000, 412_000, 1000)]
    wards = gpd.GeoDataFrame(
        {
            "code": AREAS,
            "name": [f"Ward {number}" for number in range(1, 13)],
            "district": ["West"] * 6 + ["East"] * 6,
            "population": 1000,
        },
        geometry=squares,
        crs="EPSG:27700",
    )
    wards.to_file(town / "twelve.gpkg")
    lsoas = [f"E010000{number:02d}" for number in range(1, 13)]
    pd.DataFrame({"LSOA21CD": lsoas, "WD24CD": AREAS}).to_csv(town / "lookup.csv", index=False)
    rows = [
        f"{year}-06,{400_500 + 1000 * ward},330500,{lsoas[(ward + 6) % 12]},Burglary"
        for year in (2024, 2025)
        for ward in range(12)
        for _ in range(ward + 1)
    ]
    text = "\n".join(["Month,Easting,Northing,LSOA code,Crime type", *rows]) + "\n"
    (town / "moved.csv").write_text(text, encoding="utf-8")
    return town


BY_CODE = ("--by", "code", "--lookup", "lookup.csv")


def test_select_counts_by_recorded_code(hotspots: Run, moved: Path) -> None:
    given = ("moved.csv", "--areas", "twelve.gpkg", "--indicator", "burglary")
    assert hotspots("select", *given, "-o", "polygon.csv")[0] == 0
    code, _, err = hotspots("select", *given, *BY_CODE, "-o", "code.csv")
    assert code == 0, err
    n = [pd.read_csv(moved / f"{name}.csv").set_index("code")["n"] for name in ("polygon", "code")]
    # Ward 1 has 1 incident a year in its polygon; its code stands on those of ward 7, which are 7.
    assert n[1].loc[AREAS].tolist() == [*n[0].loc[AREAS].tolist()[6:], *n[0].loc[AREAS].tolist()[:6]]
    assert n[0].loc[AREAS[0]] < n[1].loc[AREAS[0]]
    assert "areas: 156 of 156 incidents placed by code" in err


def test_matrix_counts_by_recorded_code(hotspots: Run, moved: Path) -> None:
    given = ("moved.csv", "--areas", "twelve.gpkg", "--theme", "burglary")
    assert hotspots("matrix", *given, "-o", "polygon.csv")[0] == 0
    code, _, err = hotspots("matrix", *given, *BY_CODE, "-o", "code.csv")
    assert code == 0, err
    assert (moved / "polygon.csv").read_bytes() != (moved / "code.csv").read_bytes()


def test_evaluate_counts_by_recorded_code(hotspots: Run, moved: Path) -> None:
    given = ("moved.csv", "--areas", "twelve.gpkg", "--ground", "0.1", "--bandwidth", "500")
    assert hotspots("evaluate", *given, "-o", "polygon.csv")[0] == 0
    code, _, err = hotspots("evaluate", *given, *BY_CODE, "-o", "code.csv")
    assert code == 0, err
    density = [
        pd.read_csv(moved / f"{name}.csv").query("method == 'density'")["pai"].item()
        for name in ("polygon", "code")
    ]
    # The densest ward by points is the twelfth; under its code stand 6 incidents a year, not 12.
    assert density[1] < density[0]


def test_cells_have_no_recorded_codes(hotspots: Run, moved: Path) -> None:
    given = ("moved.csv", "--areas", "twelve.gpkg", *BY_CODE, "--cell-size", "500", "-o", "out.csv")
    assert hotspots("evaluate", *given) == (
        1,
        "",
        "Error: --by is 'code', but cells, bandwidths and spread incidents have points and no recorded codes\n"
        "Hint: leave out --by, or --cell-size, --bandwidths and --scoring\n",
    )


def test_sensitivity_takes_the_people_of_the_incidents_year(hotspots: Run, moved: Path) -> None:
    people = {"code": AREAS, "pop2011": 500, "pop2024": 2000}
    pd.DataFrame(people).to_csv(moved / "people.csv", index=False)
    given = (
        "--neighbours",
        "queen",
        "--cell-sizes",
        "",
        "--bandwidths",
        "",
        "--population-table",
        "people.csv",
    )
    wards = gpd.read_file(moved / "twelve.gpkg").drop(columns="population")
    wards.to_file(moved / "bare.gpkg")
    code, _, err = hotspots("sensitivity", "moved.csv", "--areas", "bare.gpkg", *given, "-o", "out.geojson")
    assert code == 0, err
    assert (
        "Population of 2024, the year nearest to the incidents (2024-06 to 2025-06); at hand: 2011, 2024"
        in err
    )
    assert (gpd.read_file(moved / "out.geojson")["population"] == 2000).all()
    assert '"year": 2024' in (moved / "out.geojson").read_text(encoding="utf-8").replace(
        '"year":2024', '"year": 2024'
    )


@pytest.mark.parametrize("engine", ["stream", "dask"])
def test_a_lookup_is_refused_where_rows_are_not_in_memory(hotspots: Run, moved: Path, engine: str) -> None:
    given = ("moved.csv", "--areas", "twelve.gpkg", *BY_CODE, "--engine", engine)
    code, out, err = hotspots("count", *given, "-o", "n.csv")
    assert (code, out) == (1, "")
    assert err == (
        f"Error: --lookup is given, but the engine is '{engine}'\n"
        "Hint: use --engine memory, which takes lookups\n"
    )
    assert not (moved / "n.csv").exists()


def test_the_engine_chosen_for_a_lookup_takes_it(
    hotspots: Run, moved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotspots_cli.engines.MOST_IN_MEMORY", 10)
    code, _, err = hotspots("count", "moved.csv", "--areas", "twelve.gpkg", *BY_CODE, "-o", "n.csv")
    assert code == 0, err
    # The seventh ward's code stands on the incidents in the polygon of the first: 1 in each of two years.
    assert pd.read_csv(moved / "n.csv").set_index("code")["n"].loc[AREAS].tolist() == [
        2 * n for n in (7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6)
    ]


@pytest.mark.parametrize(
    ("command", "why"),
    [("sensitivity", "its grids and densities count"), ("kde", "a density counts")],
)
@pytest.mark.parametrize("given", [("--by", "code"), ("--lookup", "lookup.csv")])
def test_what_needs_points_refuses_codes_by_name(
    hotspots: Run, moved: Path, command: str, why: str, given: tuple[str, str]
) -> None:
    code, out, err = hotspots(command, "moved.csv", "--areas", "twelve.gpkg", *given, "-o", "n.gpkg")
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == (
        f"Error: {given[0]} is not taken here: {why} by where the points lie. "
        "Leave it out, or use hotspots count --by code"
    )
    assert given[0] not in hotspots(command, "--help")[1]


def test_a_density_warns_of_incidents_outside_all_areas(hotspots: Run, moved: Path) -> None:
    rows = (moved / "moved.csv").read_text(encoding="utf-8")
    # Four of 160 incidents are 2.5%; three of 159 are 1.9%.
    for outside, warned in ((4, True), (3, False)):
        far = "2025-06,420000,330500,,Burglary\n" * outside
        (moved / "far.csv").write_text(rows + far, encoding="utf-8")
        given = ("far.csv", "--areas", "twelve.gpkg", "--bandwidth", "500", "--overwrite", "-o", "d.geojson")
        code, _, err = hotspots("kde", *given)
        assert code == 0, err
        sentence = (
            "Warning: areas: 4 of 160 incidents with coordinates lie outside all areas (2.5%), and the density has "
            "those alone that its kernel carries over the border: are these all the areas that the files cover?"
        )
        assert (sentence in err) is warned, err
        assert ("outside all areas" in err) is warned
        account = json.loads((moved / "d.geojson").read_text(encoding="utf-8"))["hotspots"]["incidents"]
        assert (account["inside"], account["outside"]) == (156, outside)
