"""The face of the library: every public name is typed, completable, and the very thing in its room."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import hotspots

PACKAGE = Path(hotspots.__file__).parent
STUB = PACKAGE / "__init__.pyi"

FIRST_VERSION = """
    Surface analyse assign_areas change combine_displacements compare_categories compare_force compare_rate
    count_incidents displacement_of_areas draw_heatmap draw_map explore fit_funnel flag_mean_sd funnel gi_star
    global_pattern kernel_density make_contours make_grid make_map make_neighbours rate rate_limits read_areas
    read_comparators read_incidents read_layer read_recipe run_recipe select_incidents sensitivity smooth_rates
    to_points weighted_displacement write_geojson write_geopackage write_geotiff write_map write_picture
    write_workbook __version__
"""

RIGHT = """
import pandas as pd

import hotspots


def flags(n: pd.Series, population: pd.Series) -> pd.DataFrame:
    return hotspots.flag_mean_sd(hotspots.rate(n, population, months=12))


def told(path: str) -> str:
    incidents, quality = hotspots.read_incidents(path)
    counted: pd.Series = hotspots.count_incidents(incidents, hotspots.read_areas("wards.gpkg"))
    recipe: hotspots.Recipe = hotspots.read_recipe("analysis.toml")
    try:
        analysis: hotspots.Analysis = hotspots.analyse(recipe)
    except hotspots.HotspotsError as error:
        return f"{quality.rows_read} rows, {counted.sum()} incidents: {error.hint}"
    return analysis.themes[0].name
"""

WRONG = """
import hotspots

hotspots.flag_mean_standard_deviation
incidents, quality = hotspots.read_incidents("street.csv")
hotspots.rate(incidents["n"], incidents["n"], month=12)
hotspots.read_recipe("analysis.toml").themes_of_all
hotspots.flag_mean_sd(incidents["n"], ddof="1")
"""

FAULTS = {
    4: 'Module has no attribute "flag_mean_standard_deviation"',
    6: 'Unexpected keyword argument "month" for "rate"; did you mean "months"?',
    7: '"Recipe" has no attribute "themes_of_all"',
    8: 'Argument "ddof" to "flag_mean_sd" has incompatible type',
}


def stub_homes() -> dict[str, str]:
    """Each name of the stub with the module that it comes from."""
    return {
        alias.name: f"hotspots.{node.module}"
        for node in ast.parse(STUB.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_the_stub_and_the_running_package_offer_the_same_names() -> None:
    assert sorted(stub_homes()) == sorted(dir(hotspots))


@pytest.mark.parametrize("name", sorted(stub_homes()))
def test_a_public_name_is_the_thing_in_its_room(name: str) -> None:
    assert getattr(hotspots, name) is getattr(importlib.import_module(stub_homes()[name]), name)


def test_every_line_of_the_stub_makes_one_name_public_under_its_own_name() -> None:
    lines = ast.parse(STUB.read_text(encoding="utf-8")).body[1:]
    for node in lines:
        assert isinstance(node, ast.ImportFrom)
        assert node.level == 1
        (alias,) = node.names
        # A stub passes a name on only where it is said twice; lazy_loader knows no other name than the first.
        assert alias.asname == alias.name
    assert len(lines) == len(stub_homes()), "a name stands twice in the stub"


def test_no_public_name_hides_a_room() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert not rooms & set(dir(hotspots))


def test_what_the_first_version_offered_is_still_there() -> None:
    assert set(FIRST_VERSION.split()) <= set(dir(hotspots))


def test_importing_the_package_imports_none_of_its_rooms_and_nothing_heavy() -> None:
    program = "import sys, hotspots; print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    program += "print(*sorted(name for name in sys.modules if name.startswith('hotspots.')))"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    packages, rooms = done.stdout.splitlines()
    assert "hotspots" in packages.split()
    assert not {"numpy", "pandas", "geopandas", "shapely", "numba", "click"} & set(packages.split())
    assert rooms == ""


def test_a_type_checker_passes_right_use_and_refuses_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--no-error-summary"]
    command += ["--follow-imports=silent", "--hide-error-codes", "right.py", "wrong.py"]
    environment = dict(os.environ)
    if "site-packages" not in PACKAGE.parts:  # there py.typed is enough
        environment["MYPYPATH"] = str(PACKAGE.parent)
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own programs
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert [line.split(":")[:2] for line in errors] == [["wrong.py", str(number)] for number in FAULTS]
    for line, said in zip(errors, FAULTS.values(), strict=True):
        assert said in line
