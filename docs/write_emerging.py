"""Write the tables of docs/methods.md on emerging hotspots: what is found in real months, shuffled.

    python docs/write_emerging.py police/ --areas Wards=wards.gpkg --areas LSOAs=lsoa.gpkg --of "Staffordshire, 2025"

Two things are shuffled. **Places**: areas change places with all that happened in them, so that every hotspot is
chance. **Months**: whole months change places, so that every trend is chance, and so is every kind that tells of a
change. It needs a year of files or more, which the bundled sample does not have.
"""

from __future__ import annotations

import argparse
import logging
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots import (
    HotspotsWarning,
    assign_areas,
    emerging_hotspots,
    make_grid,
    make_neighbours,
    mann_kendall,
    read_areas,
    read_incidents,
)
from hotspots.analysis.emerging import find_steps, months_of
from hotspots.areas.neighbours import Neighbours
from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.subset_sums import cap_values, code_values, subset_tails
from hotspots.counting.steps import count_by_step

PAGE = Path(__file__).with_name("methods.md")
START, END = "<!-- emerging: written by docs/write_emerging.py -->", "<!-- end of emerging -->"
SEED = 20_260
KINDS: dict[str, tuple[str, ...]] = {
    "all": (),
    "anti-social behaviour": ("Anti-social behaviour",),
    "burglary": ("Burglary",),
}
RULES: dict[str, dict[str, Any]] = {
    "step": {"comparison": "step"},
    "neighbourhood": {"comparison": "neighbourhood"},
    "cube": {"comparison": "cube", "previous": 0},
    "cube, 1 before": {"comparison": "cube", "previous": 1},
}
TOLD = ("new", "consecutive", "intensifying", "diminishing", "historical")
"""Kinds that tell of a change; a persistent, sporadic or oscillating hotspot may be one in any order of months."""

Floats = npt.NDArray[np.float64]
Counts = tuple[str, pd.DataFrame, Neighbours]


def as_published(counts: pd.DataFrame, neighbours: Neighbours) -> Floats:
    """Return p of sums over two months against all months, every month of every area changing places by itself."""
    n = counts.to_numpy(dtype=float)
    links = neighbours.matrix + np.eye(len(n))
    size = np.asarray((links > 0).sum(axis=1))[:, None] * np.where(np.arange(n.shape[1]) > 0, 2, 1)
    coded = code_values(cap_values(n.ravel(), 0.95), int(size.max())).reshape(n.shape)
    sums = coded + np.hstack([np.zeros((len(n), 1), dtype=np.int64), coded[:, :-1]])
    seen = np.rint((links > 0) @ sums.astype(float)).astype(np.int64)
    upper, _ = subset_tails(coded.ravel(), size.ravel(), seen.ravel())
    found: Floats = upper.reshape(n.shape)
    return found


def places_shuffled(counts: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return the counts with the areas in another order, each with its own months."""
    return pd.DataFrame(counts.to_numpy()[random.permutation(len(counts))], counts.index, counts.columns)


def months_shuffled(counts: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return the counts with whole months in another order."""
    return pd.DataFrame(
        counts.to_numpy()[:, random.permutation(counts.shape[1])], counts.index, counts.columns
    )


def hot_months(counts: pd.DataFrame, *, neighbours: Neighbours, **rule: Any) -> int:
    """Return in how many months of areas a rule finds a hotspot."""
    return int(emerging_hotspots(counts, neighbours, **rule)["em_hot"].sum())


def place_rows(given: Counts, shuffles: int) -> Iterator[str]:
    """Return, for each rule, how many area-months and maps it marks where every hotspot is chance."""
    what, counts, neighbours = given
    random = np.random.default_rng(SEED)
    maps = [places_shuffled(counts, random) for _ in range(shuffles)]
    judges: dict[str, Callable[[pd.DataFrame], int]] = {
        name: partial(hot_months, neighbours=neighbours, **rule) for name, rule in RULES.items()
    }
    judges["as published, 1 before"] = lambda one: int(
        (benjamini_hochberg(as_published(one, neighbours).ravel()) <= 0.05).sum()
    )
    for name, judge in judges.items():
        hot = np.array([judge(one) for one in maps])
        yield f"| {what} | {name} | {(hot > 0).mean():.0%} | {hot.mean():.1f} | {judge(counts):,} |"


def month_rows(given: Counts, shuffles: int) -> Iterator[str]:
    """Return, for each rule, the share of trends, and the kinds that tell of a change, where both are chance."""
    what, counts, neighbours = given
    random = np.random.default_rng(SEED)
    maps = [months_shuffled(counts, random) for _ in range(shuffles)]
    for name, rule in RULES.items():
        trends, shared, told, called = [], [], 0, 0
        for one in maps:
            found = emerging_hotspots(one, neighbours, **rule)
            trends.append((found["em_p"].dropna() <= 0.05).mean())
            if name not in ("step", "cube"):  # those of single months
                shared.append((windows_p(one, neighbours, found["em_p"].notna()) <= 0.05).mean())
            kind = found["em_class"].astype(str)
            told += int(kind.isin([f"{word} hotspot" for word in TOLD]).sum())
            called += int(kind.str.endswith("hotspot").sum())
        windows = f"{np.mean(shared):.1%}" if shared else "-"
        claims = f"{told / shuffles:.1f} of {called / shuffles:.1f}"
        yield f"| {what} | {name} | {np.mean(trends):.1%} | {windows} | {claims} |"


def windows_p(counts: pd.DataFrame, neighbours: Neighbours, marked: pd.Series[Any]) -> pd.Series[Any]:
    """Return p of Mann-Kendall on the z scores of sums over two months, for the areas that are ever hot or cold."""
    n = counts.to_numpy(dtype=float)
    sums = n[:, 1:] + n[:, :-1]
    links = neighbours.matrix + np.eye(len(n))
    size = np.asarray((links > 0).sum(axis=1))[:, None]
    z = ((links > 0) @ sums - size * sums.mean(axis=0)) / sums.std(axis=0)
    return mann_kendall(pd.DataFrame(z, index=counts.index)[marked])["p"]


def read_counts(sources: list[str], layers: list[str]) -> Iterator[Counts]:
    """Return the counts by month of each layer and kind of incident, and the layer's neighbours."""
    incidents, _ = read_incidents(sources)
    steps = find_steps(incidents, months_of(incidents))
    for layer in layers:
        label, _, source = layer.partition("=")
        areas = read_areas(source.partition("@")[0])
        if "@" in source:
            areas = make_grid(areas, cell_size=float(source.partition("@")[2]))
        assigned, neighbours = assign_areas(incidents, areas), make_neighbours(areas)
        for kind, categories in KINDS.items():
            chosen = incidents[incidents["category"].isin(categories)] if categories else incidents
            yield f"{label}, {kind}", count_by_step(chosen, areas, steps, assigned=assigned), neighbours


def tables(every: list[Counts], of: str, shuffles: int) -> str:
    """Return both tables, with what they are of."""
    places = [row for given in every for row in place_rows(given, shuffles)]
    months = [row for given in every for row in month_rows(given, shuffles)]
    return "\n".join(
        [
            f"{of}, by month; {shuffles} shuffles, seed {SEED}.",
            "",
            "**Places shuffled**: every hotspot is chance.",
            "",
            "| what | comparison | maps with a hotspot (at most 5%) | hot area-months a map | in the real map |",
            "| --- | --- | ---: | ---: | ---: |",
            *places,
            "",
            "**Months shuffled**: every trend is chance, and every kind that tells of a change (new, consecutive, "
            "intensifying, diminishing, historical).",
            "",
            "| what | comparison | trends at 5% | trends on two-month sums | told of a change, of hotspots called |",
            "| --- | --- | ---: | ---: | ---: |",
            *months,
        ]
    )


def main(arguments: list[str] | None = None) -> None:
    """Write the tables into the page."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("incidents", nargs="+")
    parser.add_argument("--areas", action="append", required=True, metavar="LABEL=FILE[@CELL SIZE]")
    parser.add_argument("--of", required=True, metavar="WORDS", help="which incidents these are")
    parser.add_argument("--shuffles", type=int, default=100)
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    logging.getLogger("hotspots").setLevel(logging.ERROR)
    warnings.simplefilter("ignore", HotspotsWarning)
    body = tables(list(read_counts(given.incidents, given.areas)), given.of, given.shuffles)
    text = given.page.read_text(encoding="utf-8")
    before, after = text.partition(START)[0], text.partition(END)[2]
    given.page.write_text(f"{before}{START}\n\n{body}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
