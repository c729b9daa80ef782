"""`hotspots change`: two periods of the same files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd

PERIODS = ("--before", "2025-01", "--after", "2025-02")

Run = Callable[..., tuple[int, str, str]]


def test_a_layer_of_changes(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("change", ".", "--areas", "wards.gpkg", *PERIODS, "-o", "change.geojson")
    assert code == 0, err
    layer = gpd.read_file("change.geojson").set_index("code")
    assert layer["n_before"].sum() == layer["n_after"].sum() == 100
    first = layer.loc["E05000009"]
    # One month each: a difference of one is twelve a year.
    assert first["ch_diff"] == 12 * (first["n_after"] - first["n_before"])
    assert err.splitlines()[-1] == (
        "Up: 0, down: 0, no clear change: 9 (of those up or down, at most 5 in 100 are expected to be chance); "
        "otherwise than all areas together: 0"
    )
    assert (
        "areas, change: too few areas to tell the dispersion of the counts, so p and limits rest on Poisson counts, "
        "the narrowest that can be defended (set it with --dispersion)" in err
    )
    record = json.loads((town / "change.geojson").read_text(encoding="utf-8"))["hotspots"]
    assert record["steps"]["change"] == {
        "before": "2025-01",
        "after": "2025-02",
        "by": "polygon",
        "level": 0.95,
        "flagged_by": "q",
        "dispersion": 1.0,
    }


def test_a_dispersion_widens_the_limits_and_old_flags_can_be_had(hotspots: Run, town: Path) -> None:
    words = ("change", ".", "--areas", "wards.gpkg", *PERIODS)
    assert hotspots(*words, "-o", "one.csv")[0] == 0
    code, _, err = hotspots(*words, "--dispersion", "2", "--flagged-by", "limits", "-o", "two.csv")
    assert code == 0, err
    assert "if nothing had changed, up to 0 would be up or down by chance" in err
    one, two = pd.read_csv("one.csv"), pd.read_csv("two.csv")
    known = one["ch_lo"] > 0
    assert (two["ch_lo"] < one["ch_lo"])[known].all()
    assert (two["ch_p"] >= one["ch_p"]).all()
    assert hotspots(*words, "--dispersion", "0.5", "-o", "three.csv")[0] == 1


def test_one_category_as_a_table(hotspots: Run, town: Path) -> None:
    words = ("change", ".", "--areas", "wards.gpkg", *PERIODS, "--category", "burglary", "-o", "change.csv")
    code, _, err = hotspots(*words)
    assert code == 0, err
    table = pd.read_csv(town / "change.csv")
    assert table["n_before"].sum() == 50
    few = table["n_before"] < 10
    assert table.loc[few, "ch_pct"].isna().all()
    assert set(table.loc[few, "ch_note"]) == {"under 10 incidents before: no percentage"}


def test_treated_areas_are_set_against_controls(hotspots: Run, town: Path) -> None:
    words = ("change", ".", "--areas", "wards.gpkg", *PERIODS, "-o", "change.csv")
    code, _, err = hotspots(*words, "--treated", "E05000009", "--control", "E05000001")
    assert code == 0, err
    said = err.splitlines()[-4:]
    assert said[0].startswith("No clear difference from the control areas: ")
    assert "times as many incidents as the control areas would suggest" in said[1]
    assert said[2].endswith("too few to say how often such a change comes by itself.")
    assert said[3].startswith("Areas picked because they had many incidents fall back by themselves")
    words = (*words[:-1], "change.geojson")
    assert hotspots(*words, "--treated", "E05000009", "--control", "E05000001")[0] == 0
    record = json.loads((town / "change.geojson").read_text(encoding="utf-8"))["hotspots"]
    told = record["steps"]["change"]["treatment"]
    assert told["control"] == ["E05000001"]
    assert told["absolute"]["dispersion"] == 1
    assert told["placebos"]["placebos"] < 9
    code, _, err = hotspots(*words, "--overwrite", "--treated", "E05000009", "--control", "E05000010")
    assert code == 1
    assert "Error: no area has the code 'E05000010'" in err
    code, _, err = hotspots(*words, "--overwrite", "--treated", "E05000009")
    assert code == 2
    assert "--treated and --control go together" in err


def test_periods_that_overlap_or_are_not_in_the_files(hotspots: Run, town: Path) -> None:
    words = ("change", ".", "--areas", "wards.gpkg", "-o", "change.csv")
    code, _, err = hotspots(*words, "--before", "2025-01..2025-02", "--after", "2025-02")
    assert code == 1
    assert "Error: the second period, 2025-02, does not begin after the first, 2025-01..2025-02, ends" in err
    assert "Hint: give --before and --after as ranges that do not overlap" in err
    code, _, err = hotspots(*words, "--before", "2025-01", "--after", "2026-02")
    assert code == 1
    assert "Error: no incident is in 2026-02" in err


def test_a_month_without_incidents_is_warned_of(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "change",
        ".",
        "--areas",
        "wards.gpkg",
        "--before",
        "2024-12..2025-01",
        "--after",
        "2025-02",
        "-o",
        "change.csv",
    )
    assert code == 0, err
    assert (
        "Warning: 1 of the 2 months of 2024-12..2025-01 have no incident: "
        "where their files are missing, the change is wrong" in err
    )
