"""A run of sums in the place of rows leaves the same folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.recipe.tables import Recipe
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import DataError, HotspotsError, HotspotsWarning, ParameterError
from hotspots.publish.folder import run_recipe
from hotspots.scale import stream
from hotspots_cli.main import run

pytestmark = pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")

WARDS = [f"E05{number:06}" for number in range(1, 13)]
LSOAS = [f"E01{number:06}" for number in range(1, 49)]
MONTHS = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
CRIME = """
title = "Town"
[[incidents]]
name = "Crime"
source = ["crime-0.csv", "crime-1.csv"]
exclude = "Other crime"
period = "2025"
[[incidents]]
name = "Calls"
source = "calls.csv"
weight_column = "Count"
period = "2025"
covers = "2024..2025"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[areas]]
label = "LSOAs"
source = "lsoas.gpkg"
by = "code"
[[theme]]
name = "All crime"
exclude = "Anti-social behaviour"
incidents = "Crime"
[[theme]]
name = "Burglary"
category = "Burglary"
incidents = "Crime"
[[theme]]
name = "Noise"
category = "Noise"
incidents = "Calls"
[count]
"""
STEPS = """
[flag]
[kde]
cell_size = 100
[grid]
cell_size = 250
keep = "incidents"
[gistar]
layers = ["Wards", "LSOAs", "cells"]
[outliers]
[emerging]
[risk]
[change]
before = "2024"
[select]
plan = "plan.toml"
[places]
[[classes]]
name = "Deprivation"
table = "imd.csv"
column = "decile"
scale = "decile"
[charts]
"""
PLAN = (
    'periods = "quarter"\n[[indicator]]\nincidents = "Crime"\ncategory = "Burglary"\nname = "Burglary"\n'
    + ('[[indicator]]\nincidents = "Calls"\nname = "Calls"\n[sure]\nruns = 99\n')
)


def squares(side: int, columns: int, rows: int) -> list[Any]:
    corners = [(400_000 + side * c, 300_000 + side * r) for c in range(columns) for r in range(rows)]
    return [box(x, y, x + side, y + side) for x, y in corners]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wards and LSOAs, two years of crime in two files that share rows, and of calls that stand for several each."""
    folder = tmp_path_factory.mktemp("town")
    for name, codes, side, shape in (("wards", WARDS, 1000, (4, 3)), ("lsoas", LSOAS, 500, (8, 6))):
        district = ["North"] * (len(codes) // 2) + ["South"] * (len(codes) // 2)
        columns = {"code": codes, "name": codes, "district": district, "population": [1000.0] * len(codes)}
        layer = gpd.GeoDataFrame(columns, geometry=squares(side, *shape), crs="EPSG:27700")
        layer.to_file(folder / f"{name}.gpkg")
    pd.DataFrame({"code": WARDS, "decile": np.arange(12) % 10 + 1}).to_csv(folder / "imd.csv", index=False)
    random, rows = np.random.default_rng(7), 2500
    kinds = ["Burglary", "Drugs", "Anti-social behaviour", "Other crime", ""]
    for name in ("crime-0", "crime-1", "calls"):
        table = pd.DataFrame(
            {
                "Crime ID": [f"{one:064x}" if one < 900 else "" for one in random.integers(0, 2000, rows)],
                "Month": random.choice([*MONTHS, ""], rows),
                "Easting": 399_900 + random.integers(0, 42, rows) ** 2 * 2.5,
                "Northing": 300_050 + random.integers(0, 30, rows) * 100,
                "Crime type": random.choice(kinds if name != "calls" else ["Noise", "Litter"], rows),
                "LSOA code": random.choice([*LSOAS, "E01009999", ""], rows),
            }
        )
        if name == "calls":
            table = table.drop(columns=["Crime ID"]).assign(Count=random.choice([1, 2, 3], rows))
        table.loc[::19, ["Easting", "Northing"]] = np.nan
        table.to_csv(folder / f"{name}.csv", index=False)
    (folder / "plan.toml").write_text(PLAN)
    return folder


def recipe_of(folder: Path, text: str) -> Recipe:
    return parse_recipe(text, folder=folder)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def in_memory(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("runs") / "memory"
    return run_recipe(recipe_of(town, CRIME + STEPS), output).folder


def test_a_run_in_batches_leaves_the_same_bytes(
    town: Path, in_memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "WAITING_ROWS", 700)
    monkeypatch.setattr("hotspots.analysis.run.analyse.read_sources", _never)
    run_recipe(recipe_of(town, CRIME + STEPS), tmp_path / "stream", engine="stream")
    found, expected = files_of(tmp_path / "stream"), files_of(in_memory)
    assert len(expected) > 50
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def test_many_rows_are_read_in_batches_without_being_asked(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (town / "few.toml").write_text(CRIME)
    assert run(["run", str(town / "few.toml"), "-o", str(tmp_path / "memory")]) == 0
    monkeypatch.setattr("hotspots_cli.engines.MOST_IN_MEMORY", 10)
    with monkeypatch.context() as batches:
        batches.setattr("hotspots.analysis.run.analyse.read_sources", _never)
        assert run(["run", str(town / "few.toml"), "-o", str(tmp_path / "auto")]) == 0
    assert files_of(tmp_path / "auto") == files_of(tmp_path / "memory")
    # What sums cannot tell needs all rows, however many there are.
    (town / "rows.toml").write_text(
        CRIME + '[[share]]\nname = "Taken"\ncolumn = "LSOA code"\nvalue = "E01000001"\n'
    )
    assert run(["run", str(town / "rows.toml"), "-o", str(tmp_path / "rows")]) == 0


_never: Callable[..., Any] = lambda *_, **__: pytest.fail("all rows were read at once")  # noqa: E731


@pytest.mark.parametrize(
    ("step", "needed"),
    [
        ('[publish]\nprofile = "documents"\n', "[publish]"),
        ('[[breakdown]]\nname = "Kind"\nby = "category"\n', "[[breakdown]]"),
        ('[[share]]\nname = "Taken"\ncolumn = "LSOA code"\n', "[[share]]"),
        ("[repeats]\n", "[repeats]"),
        ("[times]\n", "[times]"),
        ('[kde]\nbandwidth = "rule-of-thumb"\n', '[kde] bandwidth = "rule-of-thumb"'),
        ('[kde]\nbandwidth = "best"\n', '[kde] bandwidth = "best"'),
        ('[emerging]\nstep = "1W"\n', '[emerging] step = "1W"'),
    ],
)
def test_what_sums_cannot_tell_is_refused_by_name(town: Path, step: str, needed: str) -> None:
    with pytest.raises(ParameterError) as caught:
        analyse(recipe_of(town, CRIME + step), engine="stream")
    assert caught.value.message == f"{needed} needs every row, but the engine 'stream' keeps sums of them"
    assert caught.value.hint == "leave it out of the recipe, or hold all rows with 'engine' = memory"


@pytest.mark.parametrize(
    ("old", "new", "needed"),
    [
        ('category = "Burglary"', 'category = "Burglary"\nhours = "21:00-04:00"', "[[theme]] hours"),
        ('exclude = "Other crime"', 'flags = ["LSOA code"]', "[[incidents]] flags"),
        ('by = "code"', 'by = "code"\nlookup = ["imd.csv"]', "[[areas]] lookup"),
    ],
)
def test_columns_of_rows_are_refused_by_name(town: Path, old: str, new: str, needed: str) -> None:
    text = CRIME.replace('name = "Crime"', 'name = "Crime"\ntime_column = "Month"', 1).replace(old, new, 1)
    with pytest.raises(ParameterError, match=re.escape(needed) + " needs every row"):
        analyse(recipe_of(town, text), engine="dask")


SMALL = """
title = "Town"
[incidents]
source = "some.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[areas]]
label = "LSOAs"
source = "lsoas.gpkg"
by = "code"
[[theme]]
name = "All"
[count]
"""


def write_rows(folder: Path, **columns: Any) -> None:
    held = {"Easting": [400_500] * 30, "Northing": 300_500, "Month": "2025-01", "Category": "Drugs"} | columns
    pd.DataFrame(held).to_csv(folder / "some.csv", index=False)


def both_refuse(folder: Path, text: str) -> str:
    """Return the words in which a run in memory and one in batches are refused, which are the same."""
    said = []
    for engine in ("memory", "stream"):
        with pytest.raises(DataError) as caught:
            analyse(recipe_of(folder, text), engine=engine)
        said.append(f"{caught.value.message}; {caught.value.hint}")
    assert said[0] == said[1]
    return said[0]


def test_codes_of_the_other_census_are_refused_in_layers_beside_the_first(town: Path) -> None:
    write_rows(town, **{"LSOA code": ["E01000001"] * 20 + ["E01999999"] * 10})
    assert (
        "10 incidents inside the areas recorded a code that none of them has, such as E01999999"
        in both_refuse(town, SMALL)
    )


def test_layers_without_an_incident_are_refused_in_the_same_words(town: Path) -> None:
    write_rows(town, **{"LSOA code": "E01009999"})
    assert "no recorded code is among the areas'" in both_refuse(town, SMALL)
    gpd.read_file(town / "lsoas.gpkg").assign(geometry=lambda layer: layer.translate(100_000, 0)).to_file(
        town / "far.gpkg"
    )
    far = SMALL.replace("lsoas.gpkg", "far.gpkg").replace('by = "code"', "")
    assert "no incident lies within the areas" in both_refuse(town, far)


def test_months_that_no_file_holds_are_refused_in_the_same_words(town: Path) -> None:
    write_rows(town, **{"LSOA code": "E01000001"})
    asked = SMALL.replace('source = "some.csv"', 'source = "some.csv"\nperiod = "2025-01..2025-03"')
    with pytest.raises(HotspotsError) as expected:
        analyse(recipe_of(town, asked))
    with pytest.raises(HotspotsError) as caught:
        analyse(recipe_of(town, asked), engine="stream")
    assert str(caught.value) == str(expected.value)
    assert "2025-02" in str(caught.value)


def test_a_theme_without_a_place_is_in_no_cell(town: Path) -> None:
    kinds = ["Fraud"] * 10 + ["Drugs"] * 20
    places = [np.nan] * 10 + [400_500] * 20
    write_rows(town, **{"LSOA code": "E01000001", "Category": kinds, "Easting": places})
    asked = SMALL.replace('name = "All"', 'name = "Fraud"\ncategory = "Fraud"') + "[grid]\ncell_size = 500\n"
    found = [analyse(recipe_of(town, asked), engine=engine) for engine in ("memory", "stream")]
    cells = [one.themes[0].layers[-1].table for one in found]
    pd.testing.assert_frame_equal(cells[1], cells[0])
    assert cells[0]["n"].sum() == 0
    assert found[0].quality == found[1].quality


def test_it_is_said_that_charts_know_no_days(town: Path) -> None:
    days = [f"{year}-{month:02}-{day:02}" for year in (2024, 2025) for month in range(1, 7) for day in (3, 9)]
    write_rows(town, **{"LSOA code": "E01000001", "Month": [*days, *days[:6]]})
    with pytest.warns(
        HotspotsWarning, match="^the charts show the last month as it stands, even if it ends early"
    ):
        analyse(recipe_of(town, SMALL + "[charts]\n"), engine="stream")


def test_dask_comes_to_the_same(town: Path) -> None:
    distributed = pytest.importorskip("distributed")
    asked = recipe_of(town, CRIME + "[kde]\nbandwidth = 500\n")
    expected = analyse(asked, engine="stream")
    with distributed.Client(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as client:
        found = analyse(asked, engine="dask", scheduler=client)
    assert found.quality == expected.quality
    for one, other in zip(found.themes, expected.themes, strict=True):
        for mine, theirs in zip(one.layers, other.layers, strict=True):
            pd.testing.assert_frame_equal(mine.table, theirs.table)
        assert one.surface is not None
        assert other.surface is not None
        np.testing.assert_array_equal(one.surface.values, other.surface.values)
