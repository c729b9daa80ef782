"""`hotspots evaluate`: later incidents score earlier choices, and never themselves unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

Run = Callable[..., tuple[int, str, str]]

AREAS = ("--areas", "wards.gpkg", "--population-table", "people.csv")


def test_five_methods_on_the_same_ground_out_of_sample(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("evaluate", ".", *AREAS, "--periods", "month", "--ground", "0.2", "-o", "out.csv")
    assert code == 0, err
    table = pd.read_csv("out.csv").set_index("method")
    assert table.index.tolist() == ["count", "density", "gi_star", "mean_sd", "composite"]
    assert (table["ground"] == 0.2).all()
    assert table["km2"].tolist() == pytest.approx([1.8] * 5)
    assert (table["sample"] == "out").all()
    # Sixty of every hundred stand in the last of nine wards, 11 % of the ground.
    assert table.loc["count", "hit_rate"] > 0.6
    assert table.loc["count", "pai"] == pytest.approx(table.loc["count", "hit_rate"] / 0.2)
    assert table.loc["count", "ser"] == pytest.approx(table.loc["count", "n"] / 1.8)
    assert table.loc["count", "recovery"] == pytest.approx(1, abs=0.25)
    assert table["recovery"].isna().tolist() == [False, False, True, True, True]
    assert "Selected by 2025-01, scored on 2025-02" in err
    assert "wards (Gini " in err


def test_on_a_grid_there_is_no_population(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "evaluate", ".", *AREAS, "--periods", "month", "--cell-size", "500", "--indicator", "asb", "-o", "-"
    )
    assert code == 0, err
    assert "No population is known, so the composite score is of counts" in err


def test_the_same_data_is_refused_unless_asked_for(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("evaluate", ".", *AREAS, "-o", "out.csv")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: there is only one period, 2025, so nothing later to score on",
        "Hint: divide the incidents with --periods quarter or month, or score on the same data with --in-sample",
    ]
    code, _, err = hotspots("evaluate", ".", *AREAS, "--in-sample", "-o", "out.csv")
    assert code == 0, err
    assert (pd.read_csv("out.csv")["sample"] == "in").all()
    assert "Selected by 2025, scored on 2025: the same data, so all figures flatter" in err


def test_a_share_that_is_none(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("evaluate", ".", *AREAS, "--periods", "month", "--ground", "5", "-o", "out.csv")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: --ground is 5, but a share lies between 0 and 1",
        "Hint: set --ground to a share such as 0.05",
    ]


def test_bandwidths_are_compared_by_later_incidents(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "evaluate",
        ".",
        *AREAS,
        "--periods",
        "month",
        "--bandwidths",
        "200,600",
        "--ground",
        "0.1",
        "-o",
        "b.csv",
    )
    assert code == 0, err
    table = pd.read_csv("b.csv")
    assert table["bandwidth"].tolist() == [200, 600]
    assert table.columns.tolist() == ["bandwidth", "ground", "n", "hit_rate", "pai", "periods"]
    assert "On 10.0% of the ground " in err
    code, _, err = hotspots("evaluate", ".", *AREAS, "--bandwidths", "wide", "-o", "c.csv")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: --bandwidths is 'wide', which is no list of metres",
        "Hint: give --bandwidths 200,400,800, or default",
    ]


def test_the_best_bandwidth_may_not_score_itself(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("evaluate", ".", *AREAS, "--bandwidth", "best", "-o", "out.csv")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: the bandwidth 'best' is chosen by the later incidents, which score it here",
        "Hint: give metres, or compare bandwidths with --bandwidths default",
    ]


def test_scoring_may_spread_incidents(hotspots: Run, town: Path) -> None:
    tables = {}
    for scoring in ("snapped", "unsnapped"):
        out = f"{scoring}.csv"
        code, _, err = hotspots(
            "evaluate", ".", *AREAS, "--periods", "month", "--ground", "0.2", "--scoring", scoring, "-o", out
        )
        assert code == 0, err
        tables[scoring] = pd.read_csv(out).set_index("method")
    assert not np.allclose(tables["snapped"].loc["count", "n"], tables["unsnapped"].loc["count", "n"])


def test_risk_is_scored_where_ten_areas_have_people(hotspots: Run, town: Path) -> None:
    corners = gpd.read_file("wards.gpkg").bounds[["minx", "miny"]].to_numpy()
    squares = [
        box(west + 500 * c, south + 500 * r, west + 500 * c + 500, south + 500 * r + 500)
        for west, south in corners
        for c in range(2)
        for r in range(2)
    ]
    columns = {"code": [f"E01{i:06d}" for i in range(36)], "population": [1000] * 36}
    gpd.GeoDataFrame(columns, geometry=squares, crs="EPSG:27700").to_file("quarters.gpkg")
    words = (
        "evaluate",
        ".",
        "--areas",
        "quarters.gpkg",
        "--periods",
        "month",
        "--ground",
        "0.1",
        "-o",
        "out.csv",
    )
    code, _, err = hotspots(*words)
    assert code == 0, err
    table = pd.read_csv("out.csv").set_index("method")
    # Areas of one size and as many people: by risk they stand in the order of their counts.
    assert table.loc["risk", "n"] == pytest.approx(table.loc["count", "n"])
    assert pd.isna(table.loc["risk", "recovery"])


def test_blocks_of_ground_are_scored_by_themselves(hotspots: Run, town: Path) -> None:
    words = ("evaluate", ".", *AREAS, "--periods", "month", "--ground", "0.2")
    code, _, err = hotspots(*words, "--blocks", "1000", "-o", "out.csv")
    assert code == 0, err
    table = pd.read_csv("out.csv").set_index("method")
    folds = table[[f"pai_{fold}" for fold in range(1, 6)]]
    # Nine wards of a square kilometre in nine blocks: folds of two wards, and one of a single ward, which a fifth of
    # itself covers by chance alone: PAI 1.
    assert (folds.sub(1).abs() < 1e-9).any(axis=None)
    assert table["pai_mean"].tolist() == pytest.approx(folds.mean(axis=1).tolist())
    assert table["pai_se"].tolist() == pytest.approx((folds.std(axis=1) / 5**0.5).tolist())
    assert "PAI in 5 folds of blocks, mean ± standard error: " in err
    assert hotspots(*words, "--blocks", "1000", "--seed", "1", "-o", "other.csv")[0] == 0
    assert not np.allclose(pd.read_csv("other.csv")["pai_1"], table["pai_1"])
    code, _, err = hotspots(*words, "--blocks", "9000", "-o", "none.csv")
    assert code == 1
    assert "too few for 5 folds" in err.splitlines()[-2]
    assert err.splitlines()[-1] == "Hint: set --blocks to fewer metres, such as 4500"
    curve = (*words, "--bandwidths", "200,600", "--blocks", "500", "-o", "b.csv")
    code, _, err = hotspots(*curve)
    assert code == 0, err
    table = pd.read_csv("b.csv")
    assert table["folds"].tolist() == [5, 5]
    assert "folds" in err


def test_blocks_are_dealt_into_as_many_folds_as_asked_for(hotspots: Run, town: Path) -> None:
    words = ("evaluate", ".", "--areas", "wards.gpkg", "--periods", "month", "--ground", "0.5")
    code, _, err = hotspots(*words, "--blocks", "1000", "--folds", "3", "-o", "three.csv")
    assert code == 0, err
    table = pd.read_csv(town / "three.csv")
    assert "pai_3" in table
    assert "pai_4" not in table
    assert "PAI in 3 folds of blocks" in err
    code, _, err = hotspots(*words, "--folds", "3", "-o", "none.csv")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: --folds is 3, but without blocks of ground there is nothing to deal into folds",
        "Hint: give the side of a block too, such as --blocks 5000",
    ]
