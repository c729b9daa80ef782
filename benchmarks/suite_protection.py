"""Protection of small counts: areas by themes by months with all their totals, and every LSOA of England and Wales.

No other tool that can be installed here protects linked tables of this size, so the product runs alone. Counts are made
up: risks of areas, themes and months are gamma, counts Poisson, as many as a force or England and Wales records.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.suite import Inputs, Suite


def load_counts(settings: dict[str, Any], _: Path) -> Inputs:
    """Return counts of areas in districts, by theme and month."""
    random = np.random.default_rng(1)
    shape = (settings["areas"], 14, settings["months"])
    area, theme = random.gamma(1.2, 1, shape[0]), random.dirichlet(np.full(shape[1], 0.8))
    month = random.dirichlet(np.full(shape[2], 60.0))
    expected = settings["incidents"] * np.einsum("a,t,m->atm", area / area.sum(), theme, month)
    counts = random.poisson(expected * random.gamma(3, 1 / 3, (*shape[:2], 1)))
    levels = [
        [f"{letter}{number}" for number in range(size)] for letter, size in zip("ETM", shape, strict=True)
    ]
    names = pd.MultiIndex.from_product(levels, names=["area", "theme", "month"])
    parts = np.array_split(np.array(levels[0]), settings["districts"])
    districts = {f"D{number}": list(part) for number, part in enumerate(parts)}
    within = {"area": {**districts, "All": list(districts)}, "theme": {"All crime": levels[1]}}
    if shape[2] > 1:
        within["month"] = {"Year": levels[2]}
    return {
        "counts": pd.Series(counts.ravel(), index=names),
        "within": within,
        "profile": settings["profile"],
    }


def protect_here(given: Inputs) -> pd.DataFrame:
    """Total, hide and prove."""
    from hotspots import make_tables, profile, protect

    return protect(make_tables(given["counts"], within=given["within"]), profile(given["profile"])).table


def check_protected(given: Inputs, table: pd.DataFrame) -> tuple[bool, str]:
    """See that every small count is left the range that its profile promises."""
    from hotspots import make_tables, profile
    from hotspots.disclosure.counts import small

    rules = profile(given["profile"])
    counts = make_tables(given["counts"], within=given["within"]).counts
    tiny = small(counts, rules)
    most = rules.threshold - 1 + (counts[tiny] if rules.hide == "suppress" else 0)
    right = bool((table["least"][tiny] == 0).all() and (table["most"][tiny] >= most).all())
    secondary = int((table["why"] == "secondary").sum())
    return (
        right,
        f"{tiny.sum():,} small of {len(counts):,} counts, {secondary:,} hidden besides ({rules.name})",
    )


FORCE = {"areas": 201, "districts": 9, "months": 12, "incidents": 95_000}
NATION = {"areas": 35_672, "districts": 331, "months": 1, "incidents": 5_500_000}
PROTECTION = Suite(
    "Protection of small counts", "areas",
    {
        "201 wards, rounded to 10": (201, {**FORCE, "profile": "documents"}),
        "201 wards, 1 to 7 hidden": (201, {**FORCE, "profile": "nhs"}),
        "201 wards, under 10 hidden": (201, {**FORCE, "profile": "10-5"}),
        "35,672 LSOAs, 1 to 7 hidden": (35_672, {**NATION, "profile": "nhs"}),
    },
    ("201 wards, rounded to 10",),
    load_counts,
    {"hotspots": protect_here},
    check_protected, {},
)  # fmt: skip
