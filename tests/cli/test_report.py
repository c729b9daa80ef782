"""`hotspots report` and the pictures of `hotspots map`, as typed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

RECIPE = """
title = "Town, January and February 2025"
[incidents]
source = "."
[[areas]]
label = "Wards"
source = "wards.gpkg"
population_table = "people.csv"
[count]
[flag]
[kde]
bandwidth = 400
cell_size = 100
"""


@pytest.fixture
def recipe(town: Path) -> Path:
    path = town / "analysis.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def test_a_recipe_becomes_a_report_and_a_workbook(hotspots: Run, recipe: Path, town: Path) -> None:
    code, out, err = hotspots("report", recipe, "-o", "report.html", "--tables", "tables.xlsx")
    assert (code, out) == (0, ""), err
    assert (
        err.splitlines()[-1]
        == "Wrote report.html and tables.xlsx: open it in a browser, and print it from there"
    )
    page = (town / "report.html").read_text(encoding="utf-8")
    assert "<title>Town, January and February 2025</title>" in page
    assert "Quality of the data" in page
    assert zipfile.is_zipfile(town / "tables.xlsx")


def test_run_leaves_report_and_workbook_where_the_recipe_has_the_table(
    hotspots: Run, recipe: Path, town: Path
) -> None:
    assert hotspots("run", recipe, "-o", "plain")[0] == 0
    assert not (town / "plain" / "report.html").exists()
    recipe.write_text(RECIPE + '[report]\nsections = ["headline", "tables"]\n', encoding="utf-8")
    assert hotspots("run", recipe, "-o", "told")[0] == 0
    assert (town / "told" / "tables.xlsx").exists()
    page = (town / "told" / "report.html").read_text(encoding="utf-8")
    assert "Headline figures" in page
    assert "Quality of the data" not in page


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ("-o", "report.pdf"),
            "cannot tell the format of 'report.pdf' from its name",
            "end the name given to '-o' in .html",
        ),
        (
            ("-o", "report.html", "--tables", "tables.csv"),
            "cannot tell the format of 'tables.csv' from its name",
            "end the name given to '--tables' in .xlsx",
        ),
        (
            ("-o", "taken.html"),
            "'taken.html' exists already",
            "choose another name, or allow it with --overwrite",
        ),
    ],
)
def test_outputs_are_refused_before_any_work(
    hotspots: Run, recipe: Path, town: Path, words: tuple[str, ...], message: str, hint: str
) -> None:
    (town / "taken.html").write_text("mine", encoding="utf-8")
    code, _, err = hotspots("report", recipe, *words)
    assert code == 1
    assert err.splitlines() == [f"Error: {message}", f"Hint: {hint}"]
    assert (town / "taken.html").read_text(encoding="utf-8") == "mine"


@pytest.fixture
def layers(hotspots: Run, town: Path) -> Path:
    """The town's flags and density."""
    given = ("2025-01", "2025-02", "--areas", "wards.gpkg", "--population-table", "people.csv")
    assert hotspots("count", *given, "-o", "counts.geojson")[0] == 0
    assert hotspots("flag", "counts.geojson", "-o", "flags.geojson")[0] == 0
    assert hotspots("kde", *given, "--bandwidth", "400", "-o", "density.tif")[0] == 0
    return town


def test_a_layer_becomes_a_picture(hotspots: Run, layers: Path) -> None:
    for name, start in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF")):
        code, out, err = hotspots("map", "flags.geojson", "--title", "Flags", "-o", name)
        assert (code, out, err) == (0, "", f"Wrote {name}\n")
        assert (layers / name).read_bytes().startswith(start)
    assert hotspots("map", "flags.geojson", "--title", "Flags", "--column", "sd_flag", "-o", "b.png")[0] == 0
    assert (layers / "b.png").read_bytes() == (layers / "a.png").read_bytes()
    assert hotspots("map", "flags.geojson", "--title", "Flags", "--column", "rate", "-o", "c.png")[0] == 0
    assert (layers / "c.png").read_bytes() != (layers / "a.png").read_bytes()


def test_a_surface_takes_the_outlines_of_a_second_layer(hotspots: Run, layers: Path) -> None:
    assert hotspots("map", "density.tif", "-o", "bare.png")[0] == 0
    assert hotspots("map", "density.tif", "flags.geojson", "-o", "lined.png")[0] == 0
    assert (layers / "bare.png").read_bytes() != (layers / "lined.png").read_bytes()


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            ("flags.geojson", "--column", "rtae", "-o", "a.png"),
            ["Error: 'flags.geojson' has no column 'rtae'", "Hint: did you mean 'rate'"],
        ),
        (
            ("flags.geojson", "--column", "name", "-o", "a.png"),
            [
                "Error: 'name' cannot be coloured: it holds neither numbers nor named classes, but '",
                "Hint: choose a column of numbers or of classes, such as rate, n or sd_flag",
            ],
        ),
        (
            ("density.tif", "--column", "n", "-o", "a.png"),
            ["Error: a GeoTIFF has no columns to choose from", "Hint: leave out --column"],
        ),
        (
            ("density.tif", "flags.geojson", "counts.geojson", "-o", "a.png"),
            [
                "Error: a picture shows one layer, and 3 are given",
                "Hint: give the layer to draw and at most one more, whose outlines are drawn over it",
            ],
        ),
        (
            ("flags.geojson", "-o", "a.gif"),
            [
                "Error: cannot tell the format of 'a.gif' from its name",
                "Hint: end the name given to '-o' in .html or .png or .svg or .pdf",
            ],
        ),
    ],
)
def test_slips_are_named_with_the_way_out(
    hotspots: Run, layers: Path, words: tuple[str, ...], lines: list[str]
) -> None:
    code, _, err = hotspots("map", *words)
    assert code == 1
    assert all(said.startswith(line) for said, line in zip(err.splitlines(), lines, strict=True))
    assert not (layers / "a.png").exists()


def test_a_map_with_its_parts_beside_it_and_streets_of_ones_own(hotspots: Run, layers: Path) -> None:
    address = "https://maps.force.example/{z}/{x}/{y}.png"
    hotspots("map", "flags.geojson", "--assets", "--tiles", address, "-o", "strict.html")
    assert sorted(path.name for path in (layers / "strict_files").iterdir()) == ["1.css", "2.js", "3.js"]
    page = (layers / "strict.html").read_text(encoding="utf-8")
    assert "<style" not in page
    assert address in page


def test_options_of_one_kind_of_map_are_refused_for_the_other(hotspots: Run, layers: Path) -> None:
    for option in (["--basemap", "osm"], ["--tiles", "https://a/{z}/{x}/{y}"], ["--assets"]):
        code, _, err = hotspots("map", "flags.geojson", *option, "-o", "a.png")
        assert code == 2
        assert f"{option[0]} is for a map that ends in .html" in err
    code, _, err = hotspots("map", "flags.geojson", "--column", "n", "-o", "a.html")
    assert code == 2
    assert "--column is for a picture that ends in .png, .svg or .pdf" in err


def test_own_categories_have_no_priorities_by_partnership_and_lose_nothing(
    hotspots: Run, recipe: Path, town: Path
) -> None:
    rows = "".join(
        f"2025-0{n % 2 + 1},Litter,{400_050 + 97 * n % 3000},{330_050 + 53 * n % 3000}\n" for n in range(60)
    )
    (town / "own.csv").write_text("Month,Crime type,Easting,Northing\n" + rows, encoding="utf-8")
    text = RECIPE.replace('source = "."', 'source = "own.csv"') + '[select]\nplan = "plan.toml"\n[report]\n'
    recipe.write_text(text, encoding="utf-8")
    (town / "plan.toml").write_text('[[indicator]]\ngroup = "all"\n[sure]\nruns = 99\n', encoding="utf-8")
    code, _, err = hotspots("run", recipe, "-o", "out")
    assert code == 0, err
    assert "There are no priorities by partnership: no incident is of any of their themes" in err
    assert (town / "out" / "report.html").exists()
