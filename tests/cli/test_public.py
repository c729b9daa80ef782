"""``--public`` on the commands that write one thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from hotspots.disclosure.rules import PROFILES
from hotspots.export.raster import read_geotiff
from hotspots_cli import options

Command = Callable[..., tuple[int, str, str]]

WARDS = ("--areas", "west-yorkshire-wards", "--only", "Calderdale")
COUNT = ("count", "west-yorkshire-incidents", "--period", "2018-07", *WARDS)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("public")


def test_counts_are_rounded_and_what_follows_is_made_of_them(hotspots: Command, home: Path) -> None:
    code, _, err = hotspots(
        *COUNT, "--per", "category", "--public", "documents", "-o", str(home / "n.geojson")
    )
    assert code == 0, err
    layer = gpd.read_file(home / "n.geojson")
    counts = [name for name in layer if name == "n" or name.startswith("n_")]
    assert len(counts) > 5
    assert (layer[counts] % 10 == 0).all(axis=None)
    # The rate of one month, scaled to twelve, of the rounded count.
    assert np.allclose(layer["rate"], layer["n"] * 12_000 / layer["population"])
    record = json.loads((home / "n.geojson").read_text())["hotspots"]
    assert record["publication"]["statement"] == "Counts rounded to the nearest 10; 0 stands for 0 to 4."
    told = record["steps"]["count"]["dispersion"]
    assert told == round(told, 1)  # all its digits would tell which of some counts are the true ones
    assert record["attribution"].startswith("Counts rounded to the nearest 10; 0 stands for 0 to 4. Contains")
    assert all(share["rows"] % 10 == 0 for share in record["incidents"]["by_category"])
    code, _, err = hotspots(
        "flag", str(home / "n.geojson"), "--public", "documents", "-o", str(home / "f.geojson")
    )
    assert code == 0, err
    assert json.loads((home / "f.geojson").read_text())["hotspots"]["publication"]["public"] is True
    code, _, err = hotspots(
        "map", str(home / "f.geojson"), "--public", "documents", "-o", str(home / "m.html")
    )
    assert code == 0, err
    assert "Counts rounded to the nearest 10; 0 stands for 0 to 4." in (home / "m.html").read_text()


def test_a_profile_that_hides_leaves_counts_missing_in_a_numeric_column(
    hotspots: Command, home: Path
) -> None:
    asked = ("--category", "Burglary", "--public", "10-5", "-o", str(home / "b.gpkg"))
    code, _, err = hotspots(*COUNT, *asked)
    assert code == 0, err
    layer = gpd.read_file(home / "b.gpkg")
    assert layer["n"].isna().any()
    assert layer["n"].dtype.kind in "fi"
    assert (layer["n"].dropna() % 5 == 0).all()
    assert layer.loc[layer["n"].isna(), "rate"].isna().all()
    code, _, err = hotspots(*COUNT, "--per", "category", "--public", "10-5", "-o", str(home / "c.gpkg"))
    assert code == 1
    assert (
        "Error: the profile '10-5' hides counts, and counts beside their sum would give hidden ones back"
        in err
    )


def test_a_density_holds_classes(hotspots: Command, home: Path) -> None:
    asked = ("west-yorkshire-incidents", "--period", "2018-07", *WARDS, "--bandwidth", "200")
    code, _, err = hotspots("kde", *asked, "--public", "documents", "-o", str(home / "d.tif"))
    assert code == 0, err
    surface = read_geotiff(home / "d.tif")
    held = surface.values[~np.isnan(surface.values)]
    assert len(np.unique(held)) <= 5
    assert surface.parameters["bandwidth"] == 300
    assert surface.parameters["incidents"] % 10 == 0


def test_an_exact_layer_is_refused_by_what_would_publish_it(hotspots: Command, home: Path) -> None:
    code, _, err = hotspots(*COUNT, "-o", str(home / "exact.geojson"))
    assert code == 0, err
    for command in ("flag", "gistar", "map"):
        out = "x.html" if command == "map" else "x.geojson"
        code, _, err = hotspots(
            command, str(home / "exact.geojson"), "--public", "documents", "-o", str(home / out)
        )
        assert code == 1
        assert "does not say that its counts may be published" in err
        assert not (home / out).exists()


def test_what_cannot_be_made_safe_by_itself_says_so(hotspots: Command, home: Path) -> None:
    code, _, err = hotspots(
        "repeats", "west-yorkshire-incidents", *WARDS, "--public", "documents", "-o", str(home / "r.csv")
    )
    assert code == 2
    assert (
        "--public is not taken here: locations and people met again cannot be made safe by themselves." in err
    )


def test_help_names_every_profile() -> None:
    assert options.PROFILES.replace(" or ", ", ").split(", ") == list(PROFILES)


def test_an_unknown_profile_is_told_before_anything_is_read(hotspots: Command, home: Path) -> None:
    code, _, err = hotspots(*COUNT, "--public", "document", "-o", str(home / "x.geojson"))
    assert code == 1
    assert "there is no profile 'document'" in err
    assert "documents" in err
