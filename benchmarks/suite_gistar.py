"""Gi* by conditional permutation: each tool from values and ready weights to one-sided p."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmarks import gistar as gi
from benchmarks.suite import HERE, Inputs, Suite


def load_gistar(settings: dict[str, Any], _: Path) -> Inputs:
    """Return areas, values, and the weights in each library's own form, made beforehand."""
    from hotspots.areas.neighbours import make_neighbours

    areas = gi.made_up_areas(*settings["shape"])
    rng = np.random.default_rng(0)
    values = pd.Series(rng.poisson(rng.gamma(1, 100, len(areas))).astype(float), index=areas.index)
    near = make_neighbours(areas)
    return {"areas": areas, "values": values, "near": near, **settings}


def gistar_hotspots(given: Inputs) -> Any:
    """Share all permutations between all areas."""
    from hotspots.methods.getisord.statistic import gi_star

    result = gi_star(
        given["values"], given["near"], inference="permutation", permutations=given["permutations"]
    )
    return result["gi_p"].to_numpy() / 2


def gistar_esda(given: Inputs) -> Any:
    """Run esda on all cores."""
    from esda.getisord import G_Local

    weights = given.setdefault("esda", given["near"].to_graph().to_W())
    values, draws = given["values"].to_numpy(), given["permutations"]
    return G_Local(values, weights, transform="B", star=True, permutations=draws, seed=1, n_jobs=-1).p_sim


def gistar_pygeoda(given: Inputs) -> Any:
    """Run pygeoda on all cores."""
    import pygeoda

    if "pygeoda" not in given:
        given["pygeoda"] = pygeoda.queen_weights(pygeoda.open(given["areas"].reset_index(drop=True)))
    result = pygeoda.local_gstar(
        given["pygeoda"],
        given["values"].to_numpy(),
        permutations=given["permutations"],
        cpu_threads=2,
        significance_cutoff=1.0,
    )
    return np.array(result.lisa_pvalues())


def gistar_spdep(given: Inputs) -> Any:
    """Run R's spdep from files; only its call is timed."""
    with tempfile.TemporaryDirectory() as folder:
        pd.DataFrame({"value": given["values"].to_numpy()}).to_csv(f"{folder}/values.csv", index=False)
        pairs = given["near"].matrix.tocoo()
        pd.DataFrame({"i": pairs.row + 1, "j": pairs.col + 1}).to_csv(f"{folder}/pairs.csv", index=False)
        done = subprocess.run(
            ["Rscript", HERE / "spdep_gistar.R", folder, str(given["permutations"])],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        given["seconds"] = float(done.stdout.split()[-1])
        return pd.read_csv(f"{folder}/p.csv")["p"].to_numpy()


def check_gistar(given: Inputs, p: Any) -> tuple[bool, str]:
    """Compare one-sided p of some areas with 20,000 conditional permutations of each, drawn one by one."""
    values, matrix, draws = given["values"].to_numpy(), given["near"].matrix, 20_000
    rng, apart = np.random.default_rng(5), []
    for area in rng.choice(len(values), 40, replace=False).tolist():
        near = matrix.indices[matrix.indptr[area] : matrix.indptr[area + 1]]
        others = np.delete(values, area)
        picked = rng.integers(0, len(others), (draws, len(near)))
        # Drawing without replacement: the few draws with a repeat are left out.
        picked = picked[np.all(np.diff(np.sort(picked, axis=1), axis=1) > 0, axis=1)]
        sums, own = others[picked].sum(axis=1), values[near].sum()
        truth = min((sums >= own).sum(), (sums <= own).sum()) / len(sums)
        noise = np.sqrt(max(truth, 0.001) * (1 / given["permutations"] + 1 / len(sums)))
        apart.append(abs(p[area] - truth) / noise)
    beyond = int(np.count_nonzero(np.array(apart) > 5))
    return beyond <= 1, f"{beyond} of 40 p beyond 5 standard errors" if beyond else "within Monte-Carlo error"


GISTAR = Suite(
    "Gi* by permutation", "areas",
    {f"{c * r:,} areas, {p:,} permutations": (c * r, {"shape": (c, r), "permutations": p})
     for c, r, p in ((35, 20, 999), (100, 70, 999), (200, 175, 999), (200, 175, 9_999))},
    ("700 areas, 999 permutations", "7,000 areas, 999 permutations"),
    load_gistar,
    {"hotspots": gistar_hotspots, "esda": gistar_esda, "pygeoda": gistar_pygeoda, "spdep": gistar_spdep},
    check_gistar, {"spdep": 7_000}, warm={"permutations": 99},
)  # fmt: skip
