"""Other weights, tried in the script of a map, and by the toolkit itself: the same to the last decimal."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.areas.neighbours import make_neighbours
from hotspots.base.errors import ParameterError
from hotspots.export.webmap.whatif import MOST, WhatIf, whatif_data
from hotspots.priorities.budgets import Budget
from hotspots.priorities.cube import score_cube
from hotspots.priorities.selection import PRIORITIES, Rules, select_areas

SIDE = 8
COLUMNS = ("score", "score_sd", "score_loc", "persist", "known")
SCRIPT = """
import { load } from "./load.js";
const { whatif } = load("whatif");
let text = "";
for await (const part of process.stdin) text += part;
const told = JSON.parse(text).map(({ data, codes, weights }) => {
  const held = whatif.unpacked(data);
  return weights.map((one) => whatif.selectAreas(held, one, codes));
});
process.stdout.write(JSON.stringify(told, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value)));
"""


def squares() -> gpd.GeoDataFrame:
    """Sixty-four squares of four districts, in an order that is not that of their codes."""
    places = [(4e5 + 1000 * (i % SIDE), 3e5 + 1000 * (i // SIDE)) for i in range(SIDE * SIDE)]
    codes = [f"E{(i * 37) % 64:02d}" for i in range(SIDE * SIDE)]
    return gpd.GeoDataFrame(
        {"district": [("North", "South", "East", "")[i // 17] for i in range(SIDE * SIDE)]},
        geometry=[shapely.box(x, y, x + 1000, y + 500 + 10 * (i % 50)) for i, (x, y) in enumerate(places)],
        index=pd.Index(codes, name="code"),
        crs="EPSG:27700",
    )


def table(random: np.random.Generator, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Three indicators, one of them measured once, with gaps, ties and a few areas far out."""
    n = len(areas)
    rates = {
        (name, period): np.round(random.gamma(2, 20, n) * np.where(np.arange(n) % 21 == 0, 6, 1))
        for name in ("Crime", "ASB")
        for period in ("2023", "2024", "2025")
    }
    made = pd.DataFrame(rates | {("Deprivation", "all"): random.permutation(n)}, index=areas.index)
    made.iloc[5] = np.nan
    made.iloc[6, :3] = np.nan
    made.iloc[10:14] = made.iloc[10].to_numpy()
    return made


VARIANTS: dict[str, dict[str, Any]] = {
    "rules": {},
    "other rules": {
        "rules": Rules(force_wide=1.2, local=1.4, persistent=0.9, near=0.4, rise=0.3, least_known=0.7, ddof=0)
    },
    "number": {"budget": Budget(max_areas=9)},
    "ground": {"budget": Budget(max_km2=5.5)},
    "share": {"budget": Budget(min_share=0.4)},
    "share by score": {"budget": Budget(min_share=0.3, order="score")},
    "number and share": {"budget": Budget(max_areas=12, min_share=0.15)},
    "one piece": {"budget": Budget(max_areas=10, contiguous=True)},
    "no districts": {"districts": None},
    "period weights": {"period_weights": {"2025": 3, "2023": 0}},
}


def asked(name: str) -> tuple[WhatIf, pd.DataFrame, dict[str, Any]]:
    """Return what a map would carry, the indicators, and what `select_areas` takes beside the weights."""
    areas = squares()
    indicators = table(np.random.default_rng(7), areas)
    counts = pd.Series(np.arange(len(areas)) % 13 * 7.0, index=areas.index)
    options: dict[str, Any] = {
        "bad": {"Deprivation": "low"},
        "scale": {"Deprivation": "capped"},
        "districts": areas["district"],
        "period_weights": {},
    }
    options |= VARIANTS[name]
    rules, budget = options.get("rules", Rules()), options.get("budget")
    scored = score_cube(
        indicators, **{k: v for k, v in options.items() if k not in ("rules", "budget", "counts", "km2")}
    )
    km2 = areas.geometry.area / 1e6
    neighbours = make_neighbours(areas)
    matrix = neighbours.matrix
    whatif = WhatIf(
        scored.names,
        scored.weights,
        scored.period_weights,
        scored.z(ddof=rules.ddof),
        np.full(len(areas), -1) if scored.groups is None else scored.groups,
        asdict(rules),
        counts.to_numpy(),
        km2.to_numpy(),
        (),
        None if budget is None else asdict(budget) | {"takes": budget.takes},
        tuple(np.split(matrix.indices, matrix.indptr[1:-1])) if budget and budget.contiguous else None,
    )
    return whatif, indicators, options | {"counts": counts, "km2": km2, "neighbours": neighbours}


def drawn_weights() -> list[list[float]]:
    random = np.random.default_rng(3)
    return [*random.gamma(1, 1, (11, 3)).tolist(), [1, 1, 1], [0, 2, 0], [0, 0, 1], [1e-9, 3, 0.1]]


@pytest.fixture(scope="module")
def in_node() -> dict[str, list[dict[str, Any]]]:
    """What the script makes of every variant and all weights, under node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    folder = Path(__file__).parents[1] / "js"
    cases = []
    for name in VARIANTS:
        whatif, indicators, _ = asked(name)
        data = whatif_data(whatif, table=0, drawn=np.ones(len(indicators), dtype=bool))
        cases.append({"data": data, "codes": indicators.index.tolist(), "weights": drawn_weights()})
    done = subprocess.run(  # noqa: S603 - node, on a script of our own
        [node, "--input-type=module", "--eval", SCRIPT],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(VARIANTS, json.loads(done.stdout), strict=True))


@pytest.mark.source
@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
@pytest.mark.parametrize("name", VARIANTS)
def test_the_script_selects_as_the_toolkit_does(name: str, in_node: dict[str, list[dict[str, Any]]]) -> None:
    whatif, indicators, options = asked(name)
    met = 0
    for weights, found in zip(drawn_weights(), in_node[name], strict=True):
        given = dict(zip(whatif.names, weights, strict=True))
        try:
            wanted = select_areas(indicators, weights=given, **options)
        except ParameterError:
            assert not found["met"]
            assert not any(found["selected"])
            continue
        met += 1
        for column in COLUMNS:
            ours = np.array([np.nan if value is None else value for value in found[column]], dtype=float)
            assert np.allclose(
                ours, wanted[column].astype(float), rtol=0, atol=1.0000001e-9, equal_nan=True
            ), column
        assert found["rank"] == [None if pd.isna(rank) else int(rank) for rank in wanted["rank"]]
        assert [PRIORITIES[place] for place in found["priority"]] == wanted["priority"].astype(str).tolist()
        assert found["selected"] == wanted["selected"].tolist()
    assert met > 10


def test_a_layer_that_is_too_large_says_why_it_is_left_out() -> None:
    whatif, _, _ = asked("rules")
    some = np.ones(len(whatif.z), dtype=bool)
    some[3] = False
    told = whatif_data(whatif, table=2, drawn=some)
    assert set(told) == {"table", "names", "left"}
    assert told["left"] == (
        "This map does not carry the scores of its 64 areas, so that other weights cannot be tried on it. "
        "'hotspots select' takes them."
    )
    assert whatif.z.size < MOST
