"""The plan of the house: the import contract refuses what it should, and nothing goes round it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from grimp import build_graph
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

pytestmark = pytest.mark.source

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "src" / "hotspots"
ROOTS = ("src", "cli", "boundaries")

PLANTED = {
    "a count that writes rasters": (
        "counting/tally.py",
        "import rasterio",
        ("A measure reads and writes no file", "One module for rasterio"),
    ),
    "a method that reads layers": (
        "methods/meansd.py",
        "from hotspots.areas.reading import read_areas",
        ("A measure reads and writes no file",),
    ),
    "a method that reads incidents": (
        "methods/meansd.py",
        "from hotspots.incidents.reading import read_incidents",
        ("A measure reads and writes no file",),
    ),
    "a method that opens files itself": (
        "methods/kde/density.py",
        "from pathlib import Path",
        ("A measure reads and writes no file",),
    ),
    "a method that knows another": (
        "methods/stability.py",
        "from hotspots.methods.meansd import flag_mean_sd",
        ("A method knows no other",),
    ),
    "an export that computes a rate": (
        "export/geopackage.py",
        "from hotspots.counting.rates import rate",
        ("An export computes nothing",),
    ),
    "an export that flags": (
        "export/pages/brief.py",
        "from hotspots.methods.meansd import flag_mean_sd",
        ("An export computes nothing", "Imports point down"),
    ),
    "protection that measures": (
        "disclosure/protect.py",
        "from hotspots.methods.meansd import flag_mean_sd",
        ("Imports point down",),
    ),
    "a page that counts": (
        "publish/words/names.py",
        "from hotspots.counting.rates import rate",
        ("A page counts nothing",),
    ),
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the Python files and of the contract, to plant violations in."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for root in ROOTS:
        for path in (ROOT / root).rglob("*.py"):
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return folder


def broken_contracts(folder: Path) -> tuple[int, set[str]]:
    """import-linter's exit code and the names of the contracts that it found broken."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    path = os.pathsep.join(str(folder / root) for root in ROOTS)
    environment = {**os.environ, "PYTHONPATH": path, "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(  # noqa: S603 - our own programs
        [*command, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert "Contracts:" in said, said
    return done.returncode, set(re.findall(r"^(.+) BROKEN\b", said, re.M))


def test_the_tree_as_it_stands_keeps_the_contract(copied: Path) -> None:
    assert broken_contracts(copied) == (0, set())


@pytest.mark.parametrize("violation", PLANTED)
def test_a_planted_violation_is_refused_even_inside_a_function(copied: Path, violation: str) -> None:
    name, line, contracts = PLANTED[violation]
    module = copied / "src" / "hotspots" / name
    text = module.read_text(encoding="utf-8")
    module.write_text(f"{text}\n\ndef _planted():\n    {line}\n", encoding="utf-8")
    try:
        code, broken = broken_contracts(copied)
    finally:
        module.write_text(text, encoding="utf-8")
    assert code == 1
    assert broken == set(contracts)


def library_nodes(folder: Path = LIBRARY) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every module's syntax tree, with the place to look at."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield f"{path.relative_to(LIBRARY)}:{getattr(node, 'lineno', 0)}", node


def test_no_module_of_the_library_imports_by_string() -> None:
    # import-linter sees import statements only, so an import by string would go round every contract.
    words = {"import_module", "__import__", "find_spec", "spec_from_file_location", "exec", "eval"}
    found = [
        place
        for place, node in library_nodes()
        if (isinstance(node, ast.Name) and node.id in words)
        or (isinstance(node, ast.Attribute) and node.attr in words)
        or (isinstance(node, ast.alias) and node.name.rpartition(".")[2] in words)
    ]
    assert found == []


def test_no_module_of_the_library_goes_by_the_face() -> None:
    # The face can reach every room, so a module that imports it could reach up without the contract's noticing.
    found = [
        place
        for place, node in library_nodes()
        if (isinstance(node, ast.Import) and any(alias.name == "hotspots" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module == "hotspots" or node.level > 0))
    ]
    assert found == []


def test_commands_say_what_they_say_through_one_door() -> None:
    # What is written past it may hold what acts on a terminal: names of areas, files and options are anybody's.
    own = {"progress.py", "saying.py"}
    written = {
        path.name
        for path in (ROOT / "cli" / "hotspots_cli").glob("*.py")
        if re.search(r"\b(?:click\.s?echo|print|std(?:out|err)\.write)\(", path.read_text(encoding="utf-8"))
    }
    assert written == own


@pytest.mark.parametrize("room", ["counting", "methods"])
def test_no_measure_imports_a_name_that_reads_or_writes(room: str) -> None:
    # A room's own front (`hotspots.incidents`) passes on its reader beside what a measure may use.
    found = [
        f"{place} {alias.name}"
        for place, node in library_nodes(LIBRARY / room)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hotspots")
        for alias in node.names
        if alias.name.startswith(("read_", "write_", "open_"))
    ]
    assert found == []


def circles(modules: list[str], imports: list[tuple[str, str]]) -> list[list[str]]:
    """The sets of modules that come back to themselves by their imports."""
    places = {name: place for place, name in enumerate(modules)}
    ends = [(places[one], places[other]) for one, other in imports]
    ones, others = zip(*ends, strict=True)
    arrows = coo_array((np.ones(len(ends)), (ones, others)), shape=(len(modules), len(modules)))
    _, parts = connected_components(arrows.tocsr(), connection="strong")
    return [
        [name for name, part in zip(modules, parts, strict=True) if part == circle]
        for circle in np.flatnonzero(np.bincount(parts) > 1)
    ]


def test_a_circle_is_found() -> None:
    assert circles(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]) == [["b", "c"]]


def test_no_files_import_each_other_in_a_circle() -> None:
    # Imports inside functions count, too: they are where circles hide.
    graph = build_graph("hotspots", cache_dir=None)
    modules = sorted(graph.modules)
    imports = [(name, found) for name in modules for found in graph.find_modules_directly_imported_by(name)]
    assert circles(modules, imports) == []


@pytest.mark.parametrize("room", ["disclosure", "analysis/audit", "analysis/public"])
def test_what_is_published_is_not_decided_by_the_clock(room: str) -> None:
    # A search that ends after so many seconds ends elsewhere on a slow machine, which then hides more.
    words = {"time_limit", "perf_counter", "monotonic", "process_time", "thread_time", "now", "today"}
    found = [
        place
        for place, node in library_nodes(LIBRARY / room)
        if (isinstance(node, ast.Constant) and node.value == "time_limit")
        or (isinstance(node, ast.keyword) and node.arg == "time_limit")
        or (isinstance(node, ast.Name) and node.id in words)
        or (isinstance(node, ast.Attribute) and node.attr in words)
        or (isinstance(node, ast.Import) and any(alias.name in ("time", "signal") for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module in ("time", "signal"))
    ]
    assert found == []


def lines_of(function: ast.FunctionDef) -> int:
    """How many lines a function has from its ``def`` on, the docstring not counted."""
    last, first = function.end_lineno, function.body[0]
    told = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    said = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (last or 0) - function.lineno + 1 - said


def test_lines_are_counted_without_the_docstring() -> None:
    (function,) = ast.parse('def f(\n    a,\n):\n    """Say.\n\n    More.\n    """\n    return a\n').body
    assert isinstance(function, ast.FunctionDef)
    assert lines_of(function) == 4


def test_every_function_stays_under_60_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {node.name}, {lines_of(node)}"
        for root in (*ROOTS, "benchmarks", "docs", "maps")
        for path in sorted((ROOT / root).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and lines_of(node) >= 60
    ]
    assert long == []


ARRAYS = re.compile(r"NDArray|ndarray|Series|DataFrame|Index\b|Floats|Positions|Bools|csr_array")


def test_a_dataclass_that_holds_arrays_says_how_it_is_compared() -> None:
    """By its fields it cannot be: the comparison of two arrays is an array, which is neither true nor false."""
    for path in sorted(LIBRARY.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            made = [d for d in map(ast.unparse, node.decorator_list) if d.startswith("dataclass")]
            fields = [
                ast.unparse(entry.annotation) for entry in node.body if isinstance(entry, ast.AnnAssign)
            ]
            own = any(isinstance(entry, ast.FunctionDef) and entry.name == "__eq__" for entry in node.body)
            if made and any(ARRAYS.search(field) for field in fields) and not own:
                assert "eq=False" in made[0], f"{path.name}: {node.name}"
