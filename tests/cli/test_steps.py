"""Each step: a layer in, a layer out, by file and by pipe."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.methods.dispersion import dispersion

Run = Callable[..., tuple[int, str, str]]


class Pipe:
    """Stands for a standard input that holds bytes."""

    def __init__(self, text: str) -> None:
        self.buffer = io.BytesIO(text.encode())


def test_count_gives_counts_and_rates_and_its_provenance(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "count",
        ".",
        "--areas",
        "wards.gpkg",
        "--population-table",
        "people.csv",
        "--min-population",
        "1500",
        "-o",
        "out.geojson",
    )
    assert code == 0, err
    layer = gpd.read_file("out.geojson").set_index("code")
    assert layer["n"].sum() == 200
    assert layer["n"].idxmax() == "E05000009"
    # Two months: n · 6 a year among 9,000 people.
    top = layer.loc["E05000009"]
    assert top["rate"] == pytest.approx(top["n"] * 6 / 9)
    assert top["rate_lo"] < top["rate"] < top["rate_hi"]
    assert pd.isna(layer.loc["E05000001", "rate"])
    record = json.loads((town / "out.geojson").read_text(encoding="utf-8"))["hotspots"]
    assert record["months"] == 2
    assert record["steps"]["count"]["min_population"] == 1500
    assert record["incidents"]["rows_read"] == 202
    assert record["incidents"]["unlocated"] == 2
    assert "No rate for 1 of 9 areas: population unknown, 0 or under 1500 (--min-population)" in err
    assert err.splitlines()[-1] == "Wrote 9 areas to out.geojson"


def test_limits_of_rates_allow_for_the_dispersion_given_and_record_it(hotspots: Run, town: Path) -> None:
    words = ("count", ".", "--areas", "wards.gpkg", "--population-table", "people.csv")
    code, _, err = hotspots(*words, "-o", "one.geojson")
    assert code == 0, err
    # Nine wards in two periods have (9 - 1)(2 - 1) = 8 degrees of freedom: too few to tell it.
    assert (
        "areas: the dispersion of the counts cannot be told (it takes two periods and 11 areas with incidents), so "
        "limits rest on Poisson counts, the narrowest that can be defended (set it with --dispersion)" in err
    )
    assert hotspots(*words, "--dispersion", "4", "-o", "four.geojson")[0] == 0
    assert hotspots(*words, "--limits", "byar", "-o", "byar.geojson")[0] == 0
    one, four, byar = (gpd.read_file(f"{name}.geojson") for name in ("one", "four", "byar"))
    assert (four["rate_hi"] > one["rate_hi"]).all()
    many = one["n"] >= 10
    assert (byar["rate_hi"] != one["rate_hi"]).equals(many)
    record = json.loads((town / "four.geojson").read_text(encoding="utf-8"))["hotspots"]["steps"]["count"]
    assert (record["dispersion"], record["limits"]) == (4, "exact")
    # What reads the layer later takes it from there.
    code, _, err = hotspots("compare", "areas", "four.geojson", "-o", "compared.csv")
    assert code == 0, err
    assert "Dispersion 4.00, as counted (set it with --dispersion)" in err
    code, _, err = hotspots("compare", "areas", "four.geojson", "--dispersion", "1", "-o", "narrow.csv")
    assert code == 0, err
    wide, narrow = pd.read_csv("compared.csv"), pd.read_csv("narrow.csv")
    assert (wide["cmp_lo"] <= narrow["cmp_lo"]).all()
    assert (wide["cmp_lo"] < narrow["cmp_lo"]).any()


def test_the_dispersion_is_estimated_where_there_are_areas_enough(hotspots: Run, town: Path) -> None:
    corners = gpd.read_file("wards.gpkg").bounds[["minx", "miny"]].to_numpy()
    quarters = [
        box(west + 500 * column, south + 500 * row, west + 500 * column + 500, south + 500 * row + 500)
        for west, south in corners
        for column in range(2)
        for row in range(2)
    ]
    areas = gpd.GeoDataFrame(
        {"code": [f"E01{i:06d}" for i in range(36)], "population": [1000] * 36},
        geometry=quarters,
        crs="EPSG:27700",
    )
    areas.to_file("quarters.gpkg")
    code, _, err = hotspots("count", ".", "--areas", "quarters.gpkg", "-o", "out.geojson")
    assert code == 0, err
    layer = gpd.read_file("out.geojson")
    told = json.loads((town / "out.geojson").read_text(encoding="utf-8"))["hotspots"]["steps"]["count"]
    monthly = [
        gpd.sjoin(points, layer.set_index("code").to_crs("EPSG:4326"), predicate="within")[
            "code"
        ].value_counts()
        for points in (
            gpd.GeoDataFrame(
                geometry=gpd.points_from_xy(table["Longitude"], table["Latitude"]), crs="EPSG:4326"
            )
            for table in (pd.read_csv(next((town / month).glob("*.csv"))) for month in ("2025-01", "2025-02"))
        )
    ]
    table = pd.concat(monthly, axis=1).reindex(layer["code"]).fillna(0)
    assert told["dispersion"] == pytest.approx(dispersion(table))
    assert (
        f"areas: dispersion {told['dispersion']:.2f}, the variance of the counts over their mean in 2 periods of a "
        "month; limits allow for it (set it with --dispersion)" in err
    )


def test_count_per_category_has_a_column_for_each(hotspots: Run, town: Path) -> None:
    assert hotspots("count", ".", "--areas", "wards.gpkg", "--per", "category", "-o", "out.csv")[0] == 0
    table = pd.read_csv(town / "out.csv")
    assert (table["n_Burglary"] + table["n_Anti-social behaviour"]).tolist() == table["n"].tolist()


def test_steps_chain_through_a_pipe(hotspots: Run, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, counted, err = hotspots(
        "count", ".", "--areas", "wards.gpkg", "--population-table", "people.csv", "-o", "-"
    )
    assert code == 0, err
    monkeypatch.setattr(sys, "stdin", Pipe(counted))
    code, flagged, err = hotspots("flag", "-", "--value", "n", "-o", "-")
    assert code == 0, err
    monkeypatch.setattr(sys, "stdin", Pipe(flagged))
    code, _, err = hotspots("gistar", "-", "-o", "out.gpkg")
    assert code == 0, err
    layer = gpd.read_file("out.gpkg").set_index("code")
    assert layer.crs == "EPSG:27700"
    assert layer.loc["E05000009", "sd_flag"] == "significantly above"
    assert {"n", "rate", "sd_flag", "gi_z", "gi_class"} <= set(layer.columns)
    # The middle ward touches all others: its neighbourhood is everything.
    assert layer.loc["E05000005", "gi_class"] == "undefined"
    assert layer.loc["E05000005", "gi_note"]


def test_the_record_of_a_pipe_names_every_step(
    hotspots: Run, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = hotspots("count", ".", "--areas", "wards.gpkg", "-o", "-")[1]
    monkeypatch.setattr(sys, "stdin", Pipe(counted))
    flagged = json.loads(hotspots("flag", "-", "--value", "n", "-o", "-")[1])
    assert list(flagged["hotspots"]["steps"]) == ["count", "flag"]
    assert flagged["hotspots"]["crs"] == "EPSG:27700"


def test_the_inference_is_chosen_on_the_command_line(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    found = {}
    for words in ("", "--cap 1", "--cap 0.5", "--inference analytic"):
        code, _, err = hotspots("gistar", "counts.geojson", *words.split(), "-o", "h.geojson", "--overwrite")
        assert code == 0, err
        found[words] = tuple(gpd.read_file("h.geojson").set_index("code")["gi_p"].dropna())
    assert len(set(found.values())) == 4 or found["--cap 1"] == found[""]  # nine wards: 95% may cap none
    assert found["--cap 0.5"] != found[""] != found["--inference analytic"]
    assert hotspots("gistar", "counts.geojson", "--cap", "2", "-o", "x.geojson")[0] == 2


def test_permutations_are_reproducible(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    outputs = []
    for name in ("a/hot.geojson", "b/hot.geojson"):
        code, _, err = hotspots(
            "gistar",
            "counts.geojson",
            "--inference",
            "permutation",
            "--permutations",
            "999",
            "--seed",
            "5",
            "-o",
            name,
        )
        assert code == 0, err
        outputs.append((town / name).read_bytes())
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0])["hotspots"]["steps"]["gistar"]["seed"] == 5


def test_density_as_geotiff_contours_and_map(hotspots: Run, town: Path) -> None:
    for name in ("density.tif", "contours.geojson"):
        code, _, err = hotspots(
            "kde", ".", "--areas", "wards.gpkg", "--bandwidth", "400", "--cell-size", "100", "-o", name
        )
        assert code == 0, err
    contours = gpd.read_file("contours.geojson")
    assert (contours["dens_lo"] > 0).all()
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.gpkg")
    code, _, err = hotspots("map", "counts.gpkg", "density.tif", "--title", "Town", "-o", "map.html")
    assert code == 0, err
    page = (town / "map.html").read_text(encoding="utf-8")
    assert "<title>Town</title>" in page
    assert err.splitlines()[-1] == "Wrote map.html: open it in a browser"


@pytest.mark.parametrize("command", ["flag", "gistar"])
def test_a_column_that_is_not_there_is_guessed(hotspots: Run, town: Path, command: str) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    code, _, err = hotspots(command, "counts.geojson", "--value", "nn", "-o", "out.geojson")
    assert code == 1
    assert "Error: the layer has no column 'nn'" in err
    code, _, err = hotspots(command, "counts.geojson", "--value", "name", "-o", "out.geojson")
    assert code == 1
    assert "Error: the column 'name' does not hold numbers, but 'Ward 1'" in err
    assert not (town / "out.geojson").exists()


def test_a_word_among_numbers_is_told(hotspots: Run, town: Path) -> None:
    hotspots("count", ".", "--areas", "wards.gpkg", "-o", "counts.geojson")
    text = (town / "counts.geojson").read_text(encoding="utf-8")
    first = text.index('"n":')
    end = min(text.index(mark, first) for mark in ",}")
    (town / "counts.geojson").write_text(text[:first] + '"n":"many"' + text[end:], encoding="utf-8")
    code, _, err = hotspots("flag", "counts.geojson", "--value", "n", "-o", "out.geojson")
    assert (
        "Warning: 'n' of 'counts.geojson': of 9 values 1 holds no number, such as 'many' for E05000001" in err
    )
    assert code == 0


def test_an_output_is_refused_before_any_work(hotspots: Run, town: Path) -> None:
    (town / "out.geojson").write_text("mine")
    code, _, err = hotspots("count", "no-such-file.csv", "--areas", "no-such-file.gpkg", "-o", "out.geojson")
    assert code == 1
    assert err.splitlines()[0] == "Error: 'out.geojson' exists already"
    assert (town / "out.geojson").read_text() == "mine"
    code, _, err = hotspots("count", ".", "--areas", "wards.gpkg", "-o", "out.dxf")
    assert code == 1
    assert err.splitlines()[:2] == [
        "Error: cannot tell the format of 'out.dxf' from its name",
        "Hint: end the name given to '-o' in .geojson or .gpkg or .csv or .shp or .shp.zip or .parquet "
        "or .fgb or .topojson",
    ]


@pytest.mark.parametrize("name", ["a.shp", "a.shp.zip", "a.parquet", "a.fgb", "a.topojson"])
def test_the_suffix_chooses_the_format(hotspots: Run, town: Path, name: str) -> None:
    given = ("count", ".", "--areas", "wards.gpkg", "-o")
    assert hotspots(*given, "a.geojson")[0] == 0
    code, _, err = hotspots(*given, name)
    assert code == 0, err
    assert f"areas to {name}" in err.splitlines()[-1]
    read = gpd.read_parquet(name) if name == "a.parquet" else gpd.read_file(name)
    assert (
        read.set_index("code")["n"].to_dict() == gpd.read_file("a.geojson").set_index("code")["n"].to_dict()
    )


def test_a_layer_without_a_column_to_colour_is_refused(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("map", "wards.gpkg", "-o", "map.html")
    assert code == 1
    assert "Traceback" not in err
    assert not (town / "map.html").exists()


def test_inspect_adds_up(hotspots: Run, town: Path) -> None:
    code, out, err = hotspots("inspect", ".", "--areas", "wards.gpkg")
    assert code == 0, err
    assert "Rows read" in out
    assert "202" in out
