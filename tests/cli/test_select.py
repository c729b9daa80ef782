"""`hotspots select`: from files to priorities."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from hotspots.areas.reading import read_layer
from hotspots.export.webmap.whatif import WhatIf
from hotspots.publish.whatif import layer_whatif

Run = Callable[..., tuple[int, str, str]]

AREAS = ("--areas", "wards.gpkg", "--population-table", "people.csv")


def test_priorities_with_reasons_localities_and_ranks(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "select",
        ".",
        *AREAS,
        "--indicator",
        "crime",
        "--indicator",
        "asb:2",
        "--periods",
        "month",
        "-o",
        "out.gpkg",
    )
    assert code == 0, err
    layer = gpd.read_file("out.gpkg").set_index("code")
    # Ward 9 has nearly all incidents, but also most people; ward 1 has the fewest people.
    first = layer["rank"].idxmin()
    assert layer.loc[first, "score"] == layer["score"].max()
    assert (layer["rank_lo"] <= layer["rank"]).all()
    assert (layer["rank"] <= layer["rank_hi"]).all()
    assert layer["sel_share"].between(0, 1).all()
    assert layer["reason"].str.endswith(".").all()
    assert {"i_crime", "i_asb", "persist", "known", "locality", "priority", "selected"} <= set(layer.columns)
    assert layer["n"].sum() == 200
    assert "Priorities: " in err
    *_, chosen, written = err.splitlines()
    assert chosen.startswith("  Ward 9 (Abbeyshire): ")
    assert written == "Wrote 9 areas to out.gpkg"


def test_a_budget_and_localities_in_a_file_of_their_own(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "select", ".", *AREAS, "--max-areas", "2", "--localities", "places.geojson", "-o", "out.geojson"
    )
    assert code == 0, err
    assert "Indicators: crime and asb, weighing alike (choose with --indicator or --plan)" in err
    layer = gpd.read_file("out.geojson").set_index("code")
    assert layer["selected"].sum() == 2
    assert layer["rank"][layer["selected"]].tolist() in ([1, 2], [2, 1])
    places = gpd.read_file("places.geojson")
    assert places["members"].sum() == 2
    record = json.loads((town / "out.geojson").read_text(encoding="utf-8"))["hotspots"]
    assert record["steps"]["select"]["budget"]["max_areas"] == 2
    assert record["steps"]["select"]["rules"]["force_wide"] == 2


def test_what_select_writes_is_what_map_reads(hotspots: Run, town: Path) -> None:
    assert hotspots("select", ".", *AREAS, "--max-areas", "2", "-o", "out.gpkg")[0] == 0
    code, _, err = hotspots("map", "out.gpkg", "-o", "map.html")
    assert code == 0, err


@pytest.mark.parametrize("name", ["out.gpkg", "out.geojson"])
def test_a_map_of_what_select_wrote_tries_other_weights(hotspots: Run, town: Path, name: str) -> None:
    asked = (
        "select",
        ".",
        *AREAS,
        "--indicator",
        "crime",
        "--indicator",
        "asb:2",
        "--periods",
        "month",
        "-o",
    )
    code, _, err = hotspots(*asked, name)
    assert code == 0, err
    layer = read_layer(name)
    held = layer_whatif(layer)
    assert isinstance(held, WhatIf)
    assert list(held.names) == ["Overall crime", "Anti-social behaviour"]
    assert held.weights.tolist() == [1, 2]
    # Other weights weigh the same scores: those that the toolkit finds for itself.
    other = [part.replace("asb:2", "asb:5") for part in asked]
    assert hotspots(*other, "other.gpkg")[0] == 0
    again = layer_whatif(read_layer("other.gpkg"))
    assert isinstance(again, WhatIf)
    assert np.array_equal(held.z, again.z, equal_nan=True)
    code, _, err = hotspots("map", name, "-o", "map.html")
    assert code == 0, err
    page = Path("map.html").read_text(encoding="utf-8")
    told = json.loads(page.split('id="hotspots-data">')[1].split("</script>")[0])["whatif"]
    assert (told["names"], told["weights"]) == (list(held.names), [1, 2])
    # What is no longer what was selected is not ranked again.
    fewer, changed = layer.iloc[1:], layer.assign(score=layer["score"] + 0.001)
    for one in (fewer, changed):
        one.attrs = dict(layer.attrs)
        assert layer_whatif(one) is None
    broken = layer.copy()
    broken.attrs = {"provenance": {"scenario": {"names": 1}}}
    assert layer_whatif(broken) is None


def test_a_map_of_a_selection_by_too_many_scores_says_why_it_has_no_sliders(
    hotspots: Run, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotspots.publish.whatif.MOST", 10)
    code, _, err = hotspots("select", ".", *AREAS, "-o", "out.gpkg")
    assert code == 0, err
    # Nine wards, two indicators and as many periods as there are months.
    said = re.search(
        r"The layer keeps no scores to try other weights with on its map: (.*, more than 10)", err
    )
    assert said is not None, err
    assert hotspots("map", "out.gpkg", "-o", "map.html")[0] == 0
    page = Path("map.html").read_text(encoding="utf-8")
    told = json.loads(page.split('id="hotspots-data">')[1].split("</script>")[0])["whatif"]
    assert told["left"] == (
        f"Other weights cannot be tried on this map, which does not carry the scores of its areas: {said[1]}. "
        "'hotspots select' takes them."
    )


def test_a_selection_in_one_piece_keeps_who_touches_whom(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("select", ".", *AREAS, "--max-areas", "3", "--contiguous", "-o", "out.gpkg")
    assert code == 0, err
    held = layer_whatif(read_layer("out.gpkg"))
    assert isinstance(held, WhatIf)
    assert held.touching is not None
    assert held.budget is not None
    assert (held.budget["max_areas"], held.budget["contiguous"]) == (3, True)
    # Three rows of three wards: the first touches the second, the fourth and, in a corner, the fifth.
    assert sorted(held.touching[0].tolist()) == [1, 3, 4]


def test_nothing_selected_makes_no_localities(hotspots: Run, town: Path) -> None:
    (town / "plan.toml").write_text('[[indicator]]\ngroup = "crime"\n[rules]\nforce_wide = 9\nlocal = 9\n')
    code, _, err = hotspots(
        "select", ".", *AREAS, "--plan", "plan.toml", "--localities", "places.geojson", "-o", "out.csv"
    )
    assert code == 0, err
    assert err.splitlines()[-1] == "No ward is selected, so there are no localities to write"
    assert not (town / "places.geojson").exists()


def test_a_plan_reads_tables_from_its_own_folder(hotspots: Run, town: Path) -> None:
    (town / "plans").mkdir()
    (town / "plans" / "imd.csv").write_text(
        "ward,rank\n" + "".join(f"E0500000{i},{i}\n" for i in range(1, 10))
    )
    (town / "plans" / "plan.toml").write_text(
        '[[indicator]]\ngroup = "crime"\n[[indicator]]\nname = "Deprivation"\nsource = "imd.csv"\ncolumn = "rank"\n'
        'bad = "low"\n[sure]\nruns = 99\n'
    )
    code, _, err = hotspots("select", ".", *AREAS, "--plan", "plans/plan.toml", "-o", "out.csv")
    assert code == 0, err
    table = pd.read_csv("out.csv")
    assert table["i_deprivat"].tolist() == list(range(1, 10))


def test_a_brief_for_a_meeting(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "select",
        ".",
        *AREAS,
        *(
            "--max-areas",
            "2",
            "--brief",
            "brief.html",
            "--attribution",
            "Abbeyshire <Police>",
            "-o",
            "out.csv",
        ),
    )
    assert code == 0, err
    page = (town / "brief.html").read_text(encoding="utf-8")
    # All areas are of one district, and so is the brief.
    assert "<h1>Abbeyshire: priority wards, 2025</h1>" in page
    assert "by overall crime and anti-social behaviour." in page
    assert "What was recorded is ranked" in page
    assert '<p class="notes">Source: police.uk street-level crime. Abbeyshire &lt;Police&gt;</p>' in page
    assert "Warning" not in err
    assert err.splitlines()[-1] == "Wrote brief.html: open it in a browser, or print it"


def test_a_brief_names_no_licence_that_nobody_told(hotspots: Run, town: Path) -> None:
    for number, path in enumerate(sorted(town.rglob("*-street.csv"))):
        path.rename(town / f"own {number}.csv")
    code, _, err = hotspots(
        "select", "own 0.csv", "own 1.csv", *AREAS, "--brief", "brief.html", "-o", "out.csv"
    )
    assert code == 0
    page = (town / "brief.html").read_text(encoding="utf-8")
    assert '<p class="notes">Source and licence not stated.</p>' in page
    assert (
        "Warning: Source and licence not stated: name them with '--source' and '--attribution'"
        in " ".join(err.split())
    )


def test_same_input_same_bytes(hotspots: Run, town: Path) -> None:
    written = []
    for name in ("a/out.geojson", "b/out.geojson"):
        assert hotspots("select", ".", *AREAS, "-o", name)[0] == 0
        written.append((town / name).read_bytes())
    assert written[0] == written[1]


def test_messages(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("select", ".", *AREAS, "--indicator", "fraud", "-o", "out.csv")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: there is no group 'fraud': police.uk has no fraud, which Action Fraud records",
        "Hint: take its figures as a CSV by area code",
    ]
    code, _, err = hotspots("select", ".", *AREAS, "--plan", "p.toml", "--indicator", "asb", "-o", "out.csv")
    assert code == 1
    assert err.splitlines()[:2] == [
        "Error: both --plan and --indicator say what to score",
        "Hint: add the indicators to the plan, or leave it out",
    ]
    code, _, err = hotspots("select", ".", *AREAS, "--max-km2", "0.5", "-o", "out.csv")
    assert code == 1
    assert "Hint: set 'max_km2' to 1.00 or more, or select smaller areas" in err
    assert not (town / "out.csv").exists()


def test_rates_without_people_are_refused_before_the_rows_are_read(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("select", ".", "--areas", "wards.gpkg", "--indicator", "crime", "-o", "out.gpkg")
    assert code == 1
    assert "Error: the indicator 'Overall crime' is a rate, but the areas have no population" in err
    assert "Rows read" not in err
