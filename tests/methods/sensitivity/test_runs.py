"""Sensitivity: each rule by hand or by the steps it stands for, the summary, options and messages."""

from __future__ import annotations

import logging
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from hotspots.areas.grid import make_grid
from hotspots.areas.neighbours import make_neighbours
from hotspots.base.errors import CRSError, DataError, HotspotsWarning, ParameterError
from hotspots.base.gamma_poisson import fit_gamma_poisson
from hotspots.counting.belonging import assign_areas
from hotspots.counting.counts import count_incidents
from hotspots.methods.contours import mean_of_cells
from hotspots.methods.getisord.statistic import gi_star
from hotspots.methods.kde.density import kernel_density
from hotspots.methods.sensitivity.runs import SENS_CLASSES, sensitivity, sensitivity_runs, summarise_runs

NONE: dict[str, Any] = {"neighbours": [], "cell_sizes": [], "bandwidths": []}


def squares(columns: int, rows: int, side: float = 1000.0) -> gpd.GeoDataFrame:
    cells = [
        box(c * side, r * side, (c + 1) * side, (r + 1) * side) for c in range(columns) for r in range(rows)
    ]
    index = pd.Index([f"E05{number:06}" for number in range(len(cells))], name="code")
    return gpd.GeoDataFrame(index=index, geometry=cells, crs="EPSG:27700")


def clustered(side: float, n: int = 1500, seed: int = 0) -> pd.DataFrame:
    """A third in one cluster, the rest all over; none on a whole metre."""
    rng = np.random.default_rng(seed)
    xy = np.concatenate([rng.normal(0.3 * side, 0.05 * side, (n // 3, 2)), rng.uniform(0, side, (n, 2))])
    incidents = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1]})
    incidents.attrs["crs"] = "EPSG:27700"
    return incidents


def names(runs: pd.DataFrame) -> list[str]:
    return [str(name) for name in runs.columns.get_level_values(1)]


def test_a_run_on_areas_is_gi_star_of_their_counts() -> None:
    areas, incidents = squares(8, 8), clustered(8000)
    runs = sensitivity_runs(
        incidents, areas, **NONE | {"neighbours": ["queen", "rook", "nearest 6", "distance", "distance 2100"]}
    )
    assert names(runs) == ["queen", "rook", "nearest 6", "distance", "distance 2100"]
    assert set(runs.columns.get_level_values(0)) == {"areas"}
    choices: list[dict[str, Any]] = [
        {"method": "queen"},
        {"method": "rook"},
        {"method": "nearest", "nearest": 6},
        {"method": "distance"},
        {"method": "distance", "distance": 2100},
    ]
    counts = count_incidents(incidents, areas).astype(float)
    for name, choice in zip(names(runs), choices, strict=True):
        expected = gi_star(counts, make_neighbours(areas, **choice))["gi_class"].isin(["hot95", "hot99"])
        assert runs["areas", name].tolist() == expected.tolist()
        assert expected.any()


def test_a_run_on_cells_is_gi_star_of_their_counts_and_half_of_an_areas_incidents() -> None:
    areas, incidents = squares(6, 6, 1500), clustered(9000)
    runs = sensitivity_runs(incidents, areas, **NONE | {"cell_sizes": [400]}, offsets=1)
    grid = make_grid(areas, cell_size=400)
    cell = assign_areas(incidents, grid)
    found = gi_star(count_incidents(incidents, grid, assigned=cell).astype(float), make_neighbours(grid))
    hot_cells = found.index[found["gi_class"].isin(["hot95", "hot99"])]
    in_hot = cell.isin(hot_cells)
    share = in_hot.groupby(assign_areas(incidents, areas), observed=False).mean().reindex(areas.index)
    assert runs["cells", "400 m, moved by 0 m east and 0 m north"].tolist() == (share >= 0.5).tolist()
    assert 0 < (share >= 0.5).sum() < len(areas)


def town_and_country(risky: tuple[int, ...] = ()) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Sixty-four areas of 1,000 people, nine of 10,000 in the midst; an incident among 100, ten in the risky ones."""
    areas = squares(8, 8)
    town = areas.centroid.cx[2000:5000, 2000:5000].index
    areas["population"] = 1000.0
    areas.loc[town, "population"] = 10_000.0
    n = (areas["population"] / 100).astype(int)
    n.iloc[list(risky)] *= 10
    random = np.random.default_rng(3)
    corner = areas.bounds.loc[areas.index.repeat(n), ["minx", "miny"]].to_numpy()
    xy = corner + random.uniform(1, 999, corner.shape)
    incidents = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1]})
    incidents.attrs["crs"] = "EPSG:27700"
    return areas, incidents


SOME: dict[str, Any] = {"neighbours": ["queen"], "cell_sizes": [500], "bandwidths": [800, 1200], "offsets": 1}


@pytest.mark.filterwarnings("ignore:Gi. is undefined everywhere:hotspots.base.errors.HotspotsWarning")
def test_rates_do_not_find_where_people_are_and_counts_do() -> None:
    areas, incidents = town_and_country()
    assert sensitivity(incidents, areas, value="n", **SOME)["sens_hot"].max() == 4
    assert sensitivity(incidents, areas, **SOME)["sens_hot"].max() == 0


def test_rates_find_a_place_of_many_incidents_and_few_people() -> None:
    areas, incidents = town_and_country(risky=(48, 49, 56, 57))
    found = sensitivity(incidents, areas, **SOME)
    assert set(found.index[found["sens_class"] == "robust"]) == set(areas.index[[48, 49, 56, 57]])


def test_a_run_on_areas_is_gi_star_of_their_risk() -> None:
    areas, incidents = town_and_country(risky=(48, 49, 56, 57))
    runs = sensitivity_runs(incidents, areas, **NONE | {"neighbours": ["queen"]})
    n = count_incidents(incidents, areas).to_numpy(dtype=float)
    people = areas["population"].to_numpy(dtype=float)
    expected = people * n.sum() / people.sum()
    fit = fit_gamma_poisson(n, expected)
    risk = pd.Series((fit.shape + n) / (fit.rate + expected), index=areas.index)
    hot = gi_star(risk, make_neighbours(areas))["gi_class"].isin(["hot95", "hot99"])
    assert runs["areas", "queen"].tolist() == hot.tolist()
    assert hot.any()


def test_an_area_without_people_is_not_judged_by_rates() -> None:
    areas, incidents = town_and_country(risky=(48, 49, 56, 57))
    areas.loc[areas.index[0], "population"] = np.nan
    found = sensitivity(incidents, areas, **NONE | {"neighbours": ["queen"], "bandwidths": [800]})
    assert found["sens_n"].tolist() == [0] + [2] * 63


def test_how_many_times_the_rate_of_all_is_dense() -> None:
    areas, incidents = town_and_country(risky=(48, 49, 56, 57))
    hot = {
        times: sensitivity(incidents, areas, multiple=times, **NONE | {"bandwidths": [800]})["sens_hot"].sum()
        for times in (1.2, 2, 8)
    }
    assert hot[1.2] > hot[2] > hot[8]
    pd.testing.assert_frame_equal(
        sensitivity(incidents, areas, **NONE | {"bandwidths": [800]}),
        sensitivity(incidents, areas, multiple=2, **NONE | {"bandwidths": [800]}),
    )


def test_offsets_move_the_grid() -> None:
    # Moving incidents and areas by half a cell the other way is moving the grid.
    areas, incidents = squares(6, 6, 1500), clustered(9000)
    runs = sensitivity_runs(incidents, areas, **NONE | {"cell_sizes": [500]})
    assert names(runs) == [
        "500 m, moved by 0 m east and 0 m north",
        "500 m, moved by 0 m east and 250 m north",
        "500 m, moved by 250 m east and 0 m north",
        "500 m, moved by 250 m east and 250 m north",
    ]
    moved = incidents.assign(x=incidents["x"] - 250)
    moved.attrs = dict(incidents.attrs)
    there = sensitivity_runs(
        moved,
        areas.set_geometry(areas.translate(-250, 0)),
        **NONE | {"cell_sizes": [500]},
        offsets=1,
    )
    assert runs.iloc[:, 2].tolist() == there.iloc[:, 0].tolist()


def test_a_run_by_density_is_the_mean_density_of_an_area_against_that_of_the_cells() -> None:
    # Areas of 8 by 8 cells of 250 m, and a fifth of 1,250 m is 250 m.
    areas, incidents = squares(6, 6, 2000), clustered(12_000)
    runs = sensitivity_runs(incidents, areas, **NONE | {"bandwidths": [1250]}, multiple=2)
    surface = kernel_density(incidents, areas, bandwidth=1250, cell_size=250, months=12)
    # Rows run from the north, areas up each column.
    blocks = surface.values[::-1].reshape(6, 8, 6, 8).mean(axis=(1, 3)).T.ravel()
    expected = blocks >= 2 * mean_of_cells(surface)
    assert runs["density", "bandwidth 1,250 m"].tolist() == expected.tolist()
    assert 0 < expected.sum() < len(areas)


def test_areas_smaller_than_a_cell_take_the_density_where_they_are() -> None:
    areas, incidents = squares(40, 40, 100), clustered(4000)
    runs = sensitivity_runs(incidents, areas, **NONE | {"bandwidths": [1500]}, multiple=2)
    surface = kernel_density(incidents, areas, bandwidth=1500, cell_size=300, months=12, clip=False)
    # Only every third area holds a cell's centre; the cell of area (12, 12), centre (1,250, 1,250), is (4, 4).
    density = surface.values[surface.shape[0] - 1 - 4, 4]
    assert runs.iloc[12 * 40 + 12, 0] == (density >= 2 * mean_of_cells(surface))
    assert runs.iloc[12 * 40 + 12, 0]
    assert not runs.iloc[-1, 0]


def test_the_summary_by_hand() -> None:
    runs = pd.DataFrame(
        {
            ("areas", "queen"): [True, True, False, None, None],
            ("areas", "rook"): [True, False, False, None, None],
            ("cells", "a"): [True, True, False, True, None],
            ("density", "b"): [True, True, False, True, None],
        },
        index=list("vwxyz"),
        dtype="boolean",
    )
    table = summarise_runs(runs)
    assert table.index.tolist() == list("vwxyz")
    assert table["sens_n"].tolist() == [4, 4, 4, 2, 0]
    assert table["sens_hot"].tolist() == [4, 3, 0, 2, 0]
    assert table["sens_share"].tolist()[:4] == [1, 0.75, 0, 1]
    assert table["sens_areas"].tolist()[:3] == [1, 0.5, 0]
    assert table[["sens_share", "sens_dens"]].iloc[4].isna().all()
    assert table["sens_areas"].isna().tolist() == [False, False, False, True, True]
    assert list(table["sens_class"].cat.categories) == list(SENS_CLASSES)
    assert table["sens_class"].tolist()[:4] == ["robust", "depends on a choice", "never", "robust"]
    assert pd.isna(table["sens_class"].iloc[4])
    assert table["sens_text"].tolist() == [
        "Hot in 4 of 4 runs: 2 of 2 on areas, 1 of 1 on cells, 1 of 1 by density",
        "Hot in 3 of 4 runs: 1 of 2 on areas, 1 of 1 on cells, 1 of 1 by density",
        "Hot in 0 of 4 runs: 0 of 2 on areas, 0 of 1 on cells, 0 of 1 by density",
        "Hot in 2 of 2 runs: 1 of 1 on cells, 1 of 1 by density",
        "No run could judge this area",
    ]


@pytest.mark.parametrize(
    ("hot", "named"), [(9, "robust"), (8, "depends on a choice"), (1, "depends on a choice")]
)
def test_nine_tenths_are_robust(hot: int, named: str) -> None:
    runs = pd.DataFrame({("areas", str(k)): pd.array([k < hot], dtype="boolean") for k in range(10)})
    assert summarise_runs(runs)["sens_class"].tolist() == [named]


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.sampled_from([True, False, None]), min_size=6, max_size=6), min_size=1, max_size=8)
)
def test_neither_the_order_of_runs_nor_of_areas_changes_the_summary(rows: list[list[bool | None]]) -> None:
    kinds = ["areas", "areas", "cells", "cells", "density", "density"]
    columns = pd.MultiIndex.from_tuples([(kind, str(k)) for k, kind in enumerate(kinds)])
    runs = pd.DataFrame(rows, columns=columns, dtype="boolean")
    table = summarise_runs(runs)
    turned = summarise_runs(runs.iloc[::-1, ::-1])
    pd.testing.assert_frame_equal(
        table.drop(columns="sens_text"), turned.iloc[::-1].drop(columns="sens_text")
    )
    known = table["sens_n"] > 0
    assert (table.loc[known, "sens_share"].between(0, 1)).all()
    assert (table["sens_hot"] <= table["sens_n"]).all()


def test_the_defaults_are_twenty_four_runs_and_announced(caplog: pytest.LogCaptureFixture) -> None:
    areas, incidents = squares(8, 8, 1000), clustered(8000)
    with caplog.at_level(logging.INFO, logger="hotspots"):
        table = sensitivity(incidents, areas)
    assert (table["sens_n"] == 24).all()
    assert table["sens_class"].value_counts().min() > 0
    # 8,000 m / 150 = 53 m, so 50 m.
    assert "Cells of 50, 100 and 150 m (choose others with 'cell_sizes')" in caplog.messages
    assert any(
        m.startswith("Bandwidths of ") and m.endswith("(choose others with 'bandwidths')")
        for m in caplog.messages
    )
    queen = int(
        gi_star(count_incidents(incidents, areas).astype(float), make_neighbours(areas))["gi_class"]
        .isin(["hot95", "hot99"])
        .sum()
    )
    assert f"Run on areas, queen: {queen} of 64 areas hot" in caplog.messages


def test_an_island_is_judged_by_what_can_judge_it_and_is_named_once() -> None:
    areas = squares(7, 6)
    areas.loc["E05000041", "geometry"] = box(20_000, 20_000, 21_000, 21_000)
    incidents = clustered(6500)
    with pytest.warns(HotspotsWarning) as caught:
        table = sensitivity(
            incidents, areas, neighbours=["queen", "rook", "nearest 4"], cell_sizes=[], bandwidths=[900]
        )
    assert [str(warning.message)[:39] for warning in caught] == ["1 area has no neighbours: E05000041. Gi"]
    assert caught[0].filename == __file__
    assert table["sens_n"].tolist() == [4] * 41 + [2]


def test_rows_stay_in_place_and_inputs_as_they_were() -> None:
    areas, incidents = squares(7, 7), clustered(7000)
    choices: Any = {"neighbours": ["queen"], "cell_sizes": [500], "bandwidths": [900]}
    before, incidents_before = areas.copy(deep=True), incidents.copy(deep=True)
    table = sensitivity(incidents, areas, **choices)
    pd.testing.assert_frame_equal(pd.DataFrame(areas), pd.DataFrame(before))
    pd.testing.assert_frame_equal(incidents, incidents_before)
    turned = sensitivity(incidents.iloc[::-1], areas.iloc[::-1], **choices)
    assert turned.index.equals(areas.index[::-1])
    pd.testing.assert_frame_equal(turned.loc[areas.index], table)


def test_few_areas_have_no_nearest_eight_by_default() -> None:
    runs = sensitivity_runs(clustered(4000), squares(4, 2, 2000), cell_sizes=[], bandwidths=[])
    assert names(runs) == ["queen", "rook", "nearest 4", "nearest 6", "distance"]


def refusal(
    kind: type[Exception], incidents: Any = None, areas: Any = None, **options: Any
) -> tuple[str, str]:
    with pytest.raises(kind) as error:
        sensitivity(
            clustered(3000) if incidents is None else incidents,
            squares(6, 6, 500) if areas is None else areas,
            **options,
        )
    caught: Any = error.value
    return caught.message, caught.hint


@pytest.mark.parametrize(
    ("options", "said", "hint"),
    [
        (NONE, "there is nothing to run: no neighbours, no cell sizes and no bandwidths",
         "give one of 'neighbours', 'cell_sizes' and 'bandwidths', or leave them out"),
        ({"neighbours": ["nearest"]}, "'nearest' is not a kind of neighbours",
         "give 'neighbours' such as 'queen', 'rook', 'nearest 6', 'distance' or 'distance 3000'"),
        ({"value": "density"}, "'value' is 'density'", "use 'rate' or 'n'"),
        ({"offsets": 0}, "'offsets' is 0, but must lie between 1 and 20", "set 'offsets' to a whole number such as 2"),
        ({"offsets": 10**23}, f"'offsets' is {10**23}, but must lie between 1 and 20",
         "set 'offsets' to a whole number such as 2"),
        ({"q": 5}, "'q' is 5, but must lie between 0 and 1", "set 'q' to 0.05 or 0.01"),
        ({"multiple": 0}, "'multiple' is 0, but must be more than 0", "set 'multiple' to 3 or 5"),
        ({"cell_sizes": [250, -1]}, "'cell_sizes' has -1 m, but sizes must be more than 0",
         "give 'cell_sizes' in metres, such as 250 and 500"),
        ({"bandwidths": [0]}, "'bandwidths' has 0 m, but sizes must be more than 0",
         "give 'bandwidths' in metres, such as 250 and 500"),
    ],
)  # fmt: skip
def test_options_that_make_no_sense(options: Any, said: str, hint: str) -> None:
    assert refusal(ParameterError, **options) == (said, hint)


def test_data_that_cannot_be_used() -> None:
    far = clustered(100).assign(x=1e5)
    far.attrs["crs"] = "EPSG:27700"
    assert refusal(DataError, value="rate") == (
        "the runs are about rates, but the areas have no population",
        "name a 'population_table' for them, or judge counts with 'value' = \"n\"",
    )
    assert refusal(DataError, incidents=far) == (
        f"none of the {len(far):,} incidents lies in an area",
        "choose areas of the same place, or correct the incidents' 'source_crs'",
    )
    with pytest.raises(CRSError, match="areas are in WGS 84"):
        sensitivity(far, squares(2, 2, 0.01).set_crs("EPSG:4326", allow_override=True))
