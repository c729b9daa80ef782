"""What a kind of work consists of, and whether its tools can be run here."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Inputs = dict[str, Any]
Tool = Callable[[Inputs], Any]


@dataclass(frozen=True)
class Suite:
    """One kind of work.

    Attributes
    ----------
    title : str
        A heading.
    unit : str
        What `size` of a case counts.
    cases : dict
        From a label to (size, settings); the larger ones are left out of a quick run.
    quick : tuple of str
        Labels of a quick run's cases.
    load : callable
        From settings and the folder of inputs to the loaded input.
    tools : dict
        From a tool's name to the tool; the first is the product.
    check : callable
        From an input and an answer to (right, words).
    limits : dict
        The largest size that a slow tool is given.
    approximate : tuple of str
        Tools that promise no exact answer: their error is shown beside their time.
    warm : dict, optional
        What to change in the settings for a first run that does not count.
    """

    title: str
    unit: str
    cases: dict[str, tuple[int, dict[str, Any]]]
    quick: tuple[str, ...]
    load: Callable[[dict[str, Any], Path], Inputs]
    tools: dict[str, Tool]
    check: Callable[[Inputs, Any], tuple[bool, str]]
    limits: dict[str, int]
    approximate: tuple[str, ...] = ()
    warm: dict[str, Any] | None = None


def available(tool: str) -> str | None:
    """Return why a tool cannot be run here, or None."""
    needs = {"sedonadb": "sedonadb", "duckdb spatial": "duckdb_extension_spatial", "duckdb + PROJ": "duckdb",
             "KDEpy FFTKDE": "KDEpy", "LIBKDV": "libkdv", "scikit-learn": "sklearn", "esda": "esda",
             "pygeoda": "pygeoda", "hotspots, on Dask": "distributed"}  # fmt: skip
    if tool in needs:
        return None if importlib.util.find_spec(needs[tool]) else f"{needs[tool]} is not installed"
    programs = {
        "QGIS": ["/usr/bin/python3", "-c", "import numpy, qgis.analysis"],
        "spdep": ["Rscript", "-e", "library(spdep)"],
        "surveillance": ["Rscript", "-e", "library(surveillance)"],
    }
    if tool not in programs:
        return None
    try:
        subprocess.run(programs[tool], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return f"Debian's {tool} is not installed"
    return None
