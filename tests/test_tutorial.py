"""The tutorial notebook runs from top to bottom, and each cell ends in something that a notebook can show."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from hotspots._version import __version__

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "tutorial.ipynb"


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return found


def run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does, and return the value of its last line, where that is an expression."""
    tree = ast.parse(source)
    last = tree.body[-1]
    tree.body = tree.body[:-1] if isinstance(last, ast.Expr) else tree.body
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - the project's own notebook
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307 - as above


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[Any]]:
    """The names that the notebook leaves, and what its cells show."""
    patch = pytest.MonkeyPatch()
    patch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("tutorial")))
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = [run("".join(cell["source"]), names) for cell in cells() if cell["cell_type"] == "code"]
    patch.undo()
    return names, [value for value in shown if value is not None]


def test_the_notebook_is_stored_without_outputs() -> None:
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in document["cells"]}) == len(document["cells"])
    for cell in document["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


def test_every_cell_runs_and_leaves_what_the_text_says(done: tuple[dict[str, Any], list[Any]]) -> None:
    names, shown = done
    assert names["n"].sum() == 6180
    assert "6,180 of 6,391 burglaries lie in a ward" in [value for value in shown if isinstance(value, str)]
    assert names["top"]["name"].iloc[0] == "Hunslet & Riverside"
    assert names["lsoas"]["gi_class"].astype(str).str.startswith("hot").any()
    assert set(names["changed"]["ch_flag"]) == {"no clear change"}
    assert len(names["closest"]) == 5
    assert (names["closest"]["ch_q"] > 0.05).all()
    assert (names["folder"] / "hotspots.png").read_bytes().startswith(b"\x89PNG")
    assert shown[-1] == ["hotspots.qgz", "hotspots.qlr", "map.html", "report.html", "tables.xlsx"]
    page = (names["folder"] / "results" / "report.html").read_text(encoding="utf-8")
    assert f"Made with hotspots {__version__}." in page


def test_maps_surfaces_tables_and_results_show_themselves(done: tuple[dict[str, Any], list[Any]]) -> None:
    _, shown = done
    kinds = {type(value).__name__ for value in shown}
    assert {"GeoDataFrame", "OfflineMap", "MapFigure", "Outcome"} <= kinds
    for value in shown:
        if type(value).__name__ == "MapFigure":
            assert value._repr_png_().startswith(b"\x89PNG")
        elif not isinstance(value, (str, list)) and type(value).__name__ != "Series":
            assert value._repr_html_()
