"""Write the tables on charts of months in docs/methods.md: what rules find where nothing is, and where something is.

    python docs/write_charts.py
    python docs/write_charts.py --incidents police/ --areas wards.gpkg --draws 20 --page own.md

Without files, months are drawn from the bundled sample's wards and categories: its three Julys give each ward its
mean, a negative binomial its chance. With a folder of police.uk files, the real months of each area and category are
shuffled among themselves, so that no month can be unusual but by its own size: a real outbreak stays one wherever it
falls, so that what is found is at most false.
"""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots import (
    HotspotsWarning,
    assign_areas,
    count_incidents,
    read_areas,
    read_incidents,
    unusual_months,
)
from hotspots.methods.time.steps import change_points

PAGE = Path(__file__).with_name("methods.md")
START, END = "<!-- charts: written by docs/write_charts.py -->", "<!-- end of charts -->"
SEED = 20_260
DRAWS = 20
PHI = 1.4

Floats = npt.NDArray[np.float64]
Tables = Mapping[str, pd.DataFrame]
Rule = Callable[[Tables], npt.NDArray[np.bool_]]


def c_chart(tables: Tables) -> npt.NDArray[np.bool_]:
    """Return the months beyond three square roots of the area's mean, as the c-chart of handbooks has it."""
    n = np.stack([table.to_numpy(dtype=float) for table in tables.values()])
    mean = n.mean(axis=2, keepdims=True)
    found: npt.NDArray[np.bool_] = np.abs(n - mean) > 3 * np.sqrt(mean)
    return found


RULES: dict[str, Rule] = {
    "individuals (XmR)": lambda t: unusual_months(t, chart="xmr", flagged_by="limits").signal != 0,
    "c-chart (not offered)": c_chart,
    "Laney u'": lambda t: unusual_months(t, chart="laney", flagged_by="limits").signal != 0,
    "expected, by limits": lambda t: unusual_months(t, flagged_by="limits").signal != 0,
    "expected, runs of 8": lambda t: unusual_months(t, runs=8).run != 0,
    "expected, by q (the default)": lambda t: unusual_months(t).signal != 0,
}


def drawn(random: np.random.Generator, phi: float) -> dict[str, pd.DataFrame]:
    """Return twelve months of the sample's wards and categories in which nothing happens."""
    return {name: _chance(random, mean, phi) for name, mean in _means().items()}


def _chance(random: np.random.Generator, mean: pd.Series[float], phi: float) -> pd.DataFrame:
    many = np.repeat(mean.to_numpy()[:, None], 12, axis=1)
    n = random.poisson(many) if phi == 1 else random.negative_binomial(many / (phi - 1) + 1e-9, 1 / phi)
    return pd.DataFrame(n, index=mean.index, columns=pd.period_range("2025-01", periods=12, freq="M"))


@cache
def _means() -> dict[str, pd.Series[float]]:
    """Return the mean of the sample's three Julys in each ward, by category."""
    incidents, _ = read_incidents("west-yorkshire-incidents")
    wards = read_areas("west-yorkshire-wards")
    where = assign_areas(incidents, wards)
    kinds = incidents["category"].astype(str)
    return {
        name: count_incidents(incidents[kinds == name], wards, assigned=where[kinds == name]) / 3
        for name in sorted(kinds.unique())
    }


def real(folder: str, areas: str) -> dict[str, pd.DataFrame]:
    """Return the counts by month of the areas and categories of a folder of files."""
    incidents, _ = read_incidents(folder)
    places = read_areas(areas)
    where = assign_areas(incidents, places)
    months = pd.PeriodIndex(sorted(incidents["month"].dropna().unique()), freq="M")
    return {
        name: count_incidents(incidents[rows], places, per="month", assigned=where[rows]).reindex(
            columns=months, fill_value=0
        )
        for name in sorted(incidents["category"].astype(str).unique())
        for rows in [incidents["category"].astype(str) == name]
    }


def shuffled(tables: Tables, random: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return the same counts, each area's and category's months in an order of their own."""
    return {
        name: pd.DataFrame(
            random.permuted(table.to_numpy(), axis=1), index=table.index, columns=table.columns
        )
        for name, table in tables.items()
    }


def false_table(made: Sequence[Tables], title: str) -> list[str]:
    """Return what each rule finds on maps of months in which nothing happens."""
    lines = [
        f"**{title}** {len(made)} sets of months; ± one standard error over them.",
        "",
        "| rule | charts with any signal in the year | signals a month over the whole map "
        "| months with any signal (by q: nominal at most 5%) |",
        "| --- | ---: | ---: | ---: |",
    ]
    some = [np.stack([table.to_numpy().sum(axis=1) > 0 for table in tables.values()]) for tables in made]
    for name, rule in RULES.items():
        found = [rule(tables) for tables in made]
        charts = [float(np.any(one, axis=2)[held].mean()) for one, held in zip(found, some, strict=True)]
        signals = [one.sum() / one.shape[2] for one in found]
        months = [one.any(axis=(0, 1)).mean() for one in found]
        lines.append(f"| {name} | {_percent(charts)} | {_number(signals)} | {_percent(months)} |")
    return lines


def power_table(made: Sequence[Tables], title: str) -> list[str]:
    """Return how often each rule finds a last month that was multiplied, and a step that began half a year ago."""
    lines = [
        f"**{title}** In each set, one chart of each size has its last month, or its last six, multiplied.",
        "",
        "| incidents a month | planted | individuals (XmR) | Laney u' | expected, by limits | expected, by q "
        "| change point, by q |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for low, high in ((4, 6), (12, 20), (40, 70)):
        for words, last, times in (("month x 2", 1, 2), ("month x 3", 1, 3), ("six months x 1.5", 6, 1.5),
                                   ("six months x 2", 6, 2)):  # fmt: skip
            hits = [_found(tables, low, high, last, times, seed) for seed, tables in enumerate(made)]
            held = [hit for hit in hits if hit is not None]
            if not held:
                continue
            shares = " | ".join(_percent([hit[k] for hit in held], plain=True) for k in range(5))
            lines.append(f"| {low} to {high} | {words} | {shares} |")
    return lines


def _found(tables: Tables, low: float, high: float, last: int, times: float, seed: int) -> list[bool] | None:
    """Return whether each rule marks a planted chart: in its last month, or as a step."""
    random = np.random.default_rng([SEED, seed])
    fits = [
        (name, place)
        for name, table in tables.items()
        for place in np.flatnonzero((table.mean(axis=1) >= low) & (table.mean(axis=1) <= high))
    ]
    if not fits:
        return None
    name, place = fits[random.integers(len(fits))]
    planted = {key: table.copy() for key, table in tables.items()}
    values = planted[name].to_numpy(copy=True)
    values[place, -last:] += random.poisson((times - 1) * float(values[place].mean()), last)
    planted[name] = pd.DataFrame(values, index=tables[name].index, columns=tables[name].columns)
    theme = list(planted).index(name)
    rules = ("individuals (XmR)", "Laney u'", "expected, by limits", "expected, by q (the default)")
    marked = [bool(RULES[rule](planted)[theme, place, -1]) for rule in rules]
    table = planted[name]
    step = change_points(table, exposure=(table.sum(axis=0) + 1e-9).tolist(), draws=999)
    return [*marked, str(step["st_flag"].iloc[place]) == "step up"]


def _percent(values: Sequence[float | bool], *, plain: bool = False) -> str:
    mean = float(np.mean(values))
    error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return f"{mean:.0%}" if plain else f"{mean:.1%} ± {100 * error:.1f}"


def _number(values: Sequence[float]) -> str:
    return f"{np.mean(values):.2f} ± {np.std(values, ddof=1) / np.sqrt(len(values)):.2f}"


def tables_of(draws: int, incidents: str | None, areas: str | None) -> str:
    """Return all tables as Markdown."""
    random = np.random.default_rng(SEED)
    if incidents is not None and areas is not None:
        held = real(incidents, areas)
        made: Sequence[Tables] = [shuffled(held, random) for _ in range(draws)]
        areas_, months = next(iter(held.values())).shape
        shape = f"{areas_:,} areas, {len(held)} categories, {months} months"
        parts = [
            false_table(made, f"Real months, shuffled ({shape})."),
            power_table(made, "Planted in them."),
        ]
    else:
        made = [drawn(random, PHI) for _ in range(draws)]
        parts = [
            false_table(
                made,
                f"Drawn months (the bundled sample's 124 wards and 14 categories, a year, dispersion {PHI:g}).",
            ),
            power_table(made, "Planted in them."),
        ]
    return "\n\n".join("\n".join(part) for part in parts)


def main(given: Sequence[str] | None = None) -> None:
    """Write the tables into the page, or print them where they are of one's own files."""
    parser = argparse.ArgumentParser(description="Write the tables on charts of months.")
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--incidents", help="a folder of files by month; without it the bundled sample")
    parser.add_argument("--areas", help="the layer that goes with them")
    parser.add_argument(
        "--page", type=Path, help="the page to write into; docs/methods.md for the bundled sample"
    )
    chosen = parser.parse_args(given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        body = tables_of(chosen.draws, chosen.incidents, chosen.areas)
    path = chosen.page or (PAGE if chosen.incidents is None else None)
    if path is None or not path.exists():
        sys.stdout.write(body + "\n")
        return
    head, rest = path.read_text(encoding="utf-8").split(START)
    _, tail = rest.split(END)
    path.write_text(f"{head}{START}\n\n{body}\n\n{END}{tail}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    logging.getLogger("hotspots").setLevel(logging.WARNING)
    main()
