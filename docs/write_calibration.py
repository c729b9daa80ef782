"""Write the calibration tables of docs/methods.md: what each method finds where nothing is, and where something is.

    python docs/write_calibration.py

Everything is drawn at random, or shuffled, from the bundled sample alone, so that anyone can run it: some five
minutes on an idle machine. Every share has its Monte Carlo error beside it, and its nominal value in the heading.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots import (
    HotspotsWarning,
    assign_areas,
    change,
    count_incidents,
    fit_funnel,
    gi_star,
    local_moran,
    make_grid,
    make_neighbours,
    read_areas,
    read_incidents,
    smooth_rates,
)
from hotspots.areas.neighbours import Neighbours
from hotspots.counting.counts import rate_limits
from hotspots.methods.funnel import Overdispersion, place_in_funnel

PAGE = Path(__file__).with_name("methods.md")
START, END = "<!-- calibration: written by docs/write_calibration.py -->", "<!-- end of calibration -->"
SEED = 20_260
RUNS = 300
NULL_RUNS = 200
POWER_RUNS = 100
FUNNEL_RUNS = 30
PERMUTED_RUNS = 100
PERMUTATIONS = 9_999
SHUFFLES = 20

Floats = npt.NDArray[np.float64]
Rule = Literal["exact", "normal", "permutations", "local Moran"]
RULES: tuple[Rule, ...] = ("exact", "normal", "permutations", "local Moran")


@dataclass(frozen=True)
class Scenario:
    """What is drawn, over which neighbours; `planted` marks areas that are truly high."""

    name: str
    neighbours: Neighbours
    draw: Callable[[np.random.Generator], Floats]
    planted: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))


@dataclass(frozen=True)
class Found:
    """What one rule marked on many maps: one row a map, one column an area."""

    hot: npt.NDArray[np.bool_]  # q ≤ 0.05 on the high side
    cold: npt.NDArray[np.bool_]
    alone: npt.NDArray[np.bool_]  # hot by p ≤ 0.05, uncorrected


def share(successes: int, runs: int) -> str:
    """Return a share in percent with its standard error, which is never 0: as if one more map of each kind had come."""
    p = (successes + 1) / (runs + 2)
    return f"{successes / runs:.1%} ± {100 * np.sqrt(p * (1 - p) / runs):.1f}"


@cache
def grid(side: int = 30) -> Neighbours:
    """Return the neighbours of a square of equal cells."""
    cells = [
        gpd.points_from_xy([500 * x], [500 * y])[0].buffer(250, cap_style="square")
        for x in range(side)
        for y in range(side)
    ]
    places = gpd.GeoDataFrame(index=[f"c{k:04}" for k in range(side**2)], geometry=cells, crs="EPSG:27700")
    return make_neighbours(places)


@cache
def sample(layer: str) -> tuple[gpd.GeoDataFrame, Neighbours]:
    """Return a layer of the bundled sample and its neighbours."""
    areas = read_areas(layer)
    return areas, make_neighbours(areas)


def lognormal(random: np.random.Generator, cv: float, size: int) -> Floats:
    """Return risks of mean 1 and this coefficient of variation, without any pattern."""
    sigma = np.sqrt(np.log(1 + cv**2))
    drawn: Floats = random.lognormal(-(sigma**2) / 2, sigma, size)
    return drawn


def of_cells(name: str, mean: float, cv: float, planted: int = 0, times: float = 1.0) -> Scenario:
    """Return counts of equal cells, with a square of `planted` by `planted` of them `times` as risky."""
    side = 30
    high = np.zeros((side, side), dtype=bool)
    high[10 : 10 + planted, 10 : 10 + planted] = True
    raised = np.where(high.ravel(), times, 1.0)

    def draw(random: np.random.Generator) -> Floats:
        return random.poisson(mean * raised * lognormal(random, cv, side**2)).astype(float)

    return Scenario(name, grid(), draw, high.ravel() if planted else np.zeros(0, dtype=bool))


def of_people(
    name: str, layer: str, mean: float, cv: float, *, smooth: bool, near: int = 0, times: float = 1.0
) -> Scenario:
    """Return rates of the sample's areas, with the `near` areas around one of them `times` as risky."""
    areas, neighbours = sample(layer)
    people = areas["population"].astype(float)
    expected = mean * people.to_numpy() / people.mean()
    centre = areas.geometry.centroid
    order = centre.distance(centre.iloc[len(areas) // 2]).to_numpy().argsort(kind="stable")
    high = np.zeros(len(areas), dtype=bool)
    high[order[:near]] = True

    def draw(random: np.random.Generator) -> Floats:
        n = random.poisson(expected * np.where(high, times, 1.0) * lognormal(random, cv, len(areas)))
        counts = pd.Series(n, index=areas.index)
        made = smooth_rates(counts, people, months=12) if smooth else counts / people
        return np.asarray(made, dtype=np.float64)

    return Scenario(name, neighbours, draw, high if near else np.zeros(0, dtype=bool))


def null_scenarios() -> Iterator[Scenario]:
    """Return what has nothing in it to be found: one risk for all, then heavy-tailed risk laid out at random."""
    lsoas = "west-yorkshire-lsoa-2011"
    for mean in (0.2, 1.0, 5.0):
        yield of_cells(f"900 cells, {mean:g} incidents each, one risk", mean, 0)
    yield of_people("124 wards, 50 incidents, one risk, rates", "west-yorkshire-wards", 50, 0, smooth=False)
    yield of_people("1,388 LSOAs, 5 incidents, one risk, rates", lsoas, 5, 0, smooth=False)
    for mean, cv in ((0.2, 1.2), (2.0, 1.2), (35.0, 1.2)):
        yield of_cells(f"900 cells, {mean:g} incidents on average, risk CV {cv:g}", mean, cv)
    for mean, cv, smooth in ((3.0, 0.9, False), (3.0, 0.9, True), (73.0, 1.2, True)):
        kind = "smoothed rates" if smooth else "rates"
        yield of_people(
            f"1,388 LSOAs, {mean:g} incidents, risk CV {cv:g}, {kind}", lsoas, mean, cv, smooth=smooth
        )


def planted_scenarios() -> Iterator[Scenario]:
    """Return what has something in it: cells and LSOAs that are truly riskier, side by side."""
    lsoas = "west-yorkshire-lsoa-2011"
    for mean, cv, planted, times in (
        (2.0, 0.5, 3, 2.5),
        (2.0, 0.5, 6, 2.5),
        (2.0, 1.2, 6, 2.5),
        (35.0, 1.2, 6, 2.5),
    ):
        name = f"900 cells, {mean:g} incidents, risk CV {cv:g}; {planted**2} of them x {times:g}"
        yield of_cells(name, mean, cv, planted, times)
    for mean, cv, near, times in ((3.0, 0.5, 6, 2.5), (73.0, 1.2, 20, 2.0)):
        name = f"1,388 LSOAs, {mean:g} incidents, risk CV {cv:g}; {near} of them x {times:g}"
        yield of_people(name, lsoas, mean, cv, smooth=True, near=near, times=times)


def judge(values: Floats, neighbours: Neighbours, rule: Rule, seed: int = 0) -> tuple[Any, Any, Any]:
    """Return which areas one rule marks hot and cold with q ≤ 0.05, and hot with p ≤ 0.05."""
    given = pd.Series(values, index=neighbours.index)
    if rule == "local Moran":
        found = local_moran(given, neighbours)
        marked = found["lm_class"].astype(str).to_numpy()
        high = np.char.endswith(marked.astype("U"), "-high")
        low = np.char.endswith(marked.astype("U"), "-low")
        return high, low, np.zeros(len(values), dtype=bool)
    if rule == "exact":
        found = gi_star(given, neighbours)
    elif rule == "normal":
        found = gi_star(given, neighbours, inference="analytic")
    else:
        found = gi_star(given, neighbours, inference="permutation", permutations=PERMUTATIONS, seed=seed)
    named = found["gi_class"].astype(str)
    hot, cold = (named.isin([f"{side}95", f"{side}99"]).to_numpy() for side in ("hot", "cold"))
    return hot, cold, ((found["gi_p"] <= 0.05) & (found["gi_z"] > 0)).to_numpy()


def run(scenario: Scenario, rule: Rule, runs: int, seed: int = SEED) -> Found:
    """Return what one rule marks on many maps; every rule is given the same maps."""
    random = np.random.default_rng(seed)
    judged = [judge(scenario.draw(random), scenario.neighbours, rule, k) for k in range(runs)]
    return Found(*(np.array(each, dtype=bool) for each in zip(*judged, strict=True)))


def null_table() -> list[str]:
    """Return the table of maps on which nothing is."""
    lines = [
        f"**Nothing there.** {NULL_RUNS} maps each ({PERMUTED_RUNS} by {PERMUTATIONS:,} permutations), "
        f"queen neighbours, seed {SEED}; ± one Monte Carlo standard error. One risk: independent Poisson counts. "
        "Risk CV: each area's risk is drawn from a lognormal distribution of this coefficient of variation, and laid "
        "out at random.",
        "",
        "| what is drawn | rule | hot areas by p ≤ 0.05 alone (nominal 5% exact, 2.5% two-sided) "
        "| maps with any hot by q ≤ 0.05 (nominal at most 5%) | maps with any cold by q ≤ 0.05 (nominal at most 5%) |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for scenario in null_scenarios():
        for rule in RULES if "cells" in scenario.name else RULES[:3]:
            runs = PERMUTED_RUNS if rule == "permutations" else NULL_RUNS
            found = run(scenario, rule, runs)
            alone = "-" if rule == "local Moran" else f"{found.alone.mean():.1%}"
            hot, cold = (share(int(each.any(axis=1).sum()), runs) for each in (found.hot, found.cold))
            lines.append(f"| {scenario.name} | {rule} | {alone} | {hot} | {cold} |")
    return lines


def power_table() -> list[str]:
    """Return the table of maps with a planted cluster.

    Marked areas are false where neither they nor a neighbour were planted: Gi* is about an area and its neighbours.
    """
    lines = [
        f"**Something there.** {POWER_RUNS} maps each, the same seed. Found: share of the planted areas that are "
        "marked hot, q ≤ 0.05. False: share of the marked that neither are planted nor have a planted neighbour, "
        "0 on a map without any; the mean over maps, which is what q promises.",
        "",
        "| what is planted | rule | maps with any hot | found | false (nominal at most 5%) |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for scenario in planted_scenarios():
        near = scenario.planted | (scenario.neighbours.matrix @ scenario.planted.astype(float) > 0)
        for rule in ("exact", "normal", "local Moran") if "cells" in scenario.name else ("exact", "normal"):
            found = run(scenario, rule, POWER_RUNS)
            shares = found.hot[:, ~near].sum(axis=1) / np.maximum(found.hot.sum(axis=1), 1)
            false = f"{shares.mean():.1%} ± {100 * shares.std(ddof=1) / np.sqrt(POWER_RUNS):.1f}"
            hit = share(int(found.hot.any(axis=1).sum()), POWER_RUNS)
            lines.append(
                f"| {scenario.name} | {rule} | {hit} | {found.hot[:, scenario.planted].mean():.0%} | {false} |"
            )
    return lines


def shuffled_table(sizes: tuple[int, ...] = (250, 500, 1000)) -> list[str]:
    """Return the table of real counts of the bundled sample, shuffled over the cells."""
    lines = [
        "**Real counts, shuffled.** The bundled sample's incidents counted in cells, then shuffled over them "
        f"{SHUFFLES} times: all that is then marked is false. ± one standard error of the mean.",
        "",
        "| cells | incidents a cell | rule | hot on the real map "
        "| hot when shuffled (nominal: none on 95 of 100 maps) | false for every 100 |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    incidents, _ = read_incidents("west-yorkshire-incidents")
    outline, _ = sample("west-yorkshire-wards")
    for size in sizes:
        cells = make_grid(outline, cell_size=size)
        near, where = make_neighbours(cells), assign_areas(incidents, cells)
        for words, chosen in (
            ("all", incidents["x"].notna()),
            ("burglary", incidents["category"] == "Burglary"),
        ):
            n = count_incidents(incidents[chosen], cells, assigned=where[chosen]).to_numpy(dtype=float)
            for rule in ("exact", "normal"):
                random = np.random.default_rng(SEED)
                real = int(judge(n, near, rule)[0].sum())
                false = [int(judge(random.permutation(n), near, rule)[0].sum()) for _ in range(SHUFFLES)]
                error = np.std(false, ddof=1) / np.sqrt(SHUFFLES)
                ratio = f"{100 * np.mean(false) / real:.0f}" if real else "-"
                lines.append(
                    f"| {size} m, {words} | {n.mean():.2g} | {rule} | {real:,} "
                    f"| {np.mean(false):,.1f} ± {error:.1f} | {ratio} |"
                )
    return lines


def varied(random: np.random.Generator, expected: Floats, phi: float) -> Floats:
    """Return counts of these means whose variance is `phi` times them: Poisson, or negative binomial."""
    if phi == 1:
        return random.poisson(expected).astype(float)
    return random.negative_binomial(expected / (phi - 1), 1 / phi).astype(float)


def coverage(phi: float, mean: float, runs: int, seed: int = SEED) -> dict[str, tuple[float, float]]:
    """Return how often each interval and flag of the sample's wards is right, and its standard error over maps."""
    areas, _ = sample("west-yorkshire-wards")
    people = areas["population"].astype(float)
    expected = mean * people.to_numpy() / people.mean()
    random = np.random.default_rng(seed)
    got: dict[str, list[float]] = {}
    for _ in range(runs):
        before, after = (pd.Series(varied(random, expected, phi), index=areas.index) for _ in range(2))
        true = 1000 * expected / people.to_numpy()
        for name, dispersion in (("rate limits, Poisson", 1.0), ("rate limits, dispersion known", phi)):
            limits = rate_limits(before, people, months=12, dispersion=dispersion)
            inside = (limits["rate_lo"] <= true) & (true <= limits["rate_hi"])
            got.setdefault(name, []).append(float(inside.mean()))
        poisson = change(
            before, after, months_before=12, months_after=12, dispersion=1.0, flagged_by="limits"
        )
        got.setdefault("change flagged, Poisson limits", []).append(
            float((poisson["ch_flag"] != "no clear change").mean())
        )
        estimated = change(before, after, months_before=12, months_after=12, flagged_by="limits")
        got.setdefault("change flagged, limits", []).append(
            float((estimated["ch_flag"] != "no clear change").mean())
        )
        default = change(before, after, months_before=12, months_after=12)
        got.setdefault("maps with any change flagged, q", []).append(
            float((default["ch_flag"] != "no clear change").any())
        )
    return {
        name: (float(np.mean(each)), float(np.std(each, ddof=1) / np.sqrt(runs)))
        for name, each in got.items()
    }


NOMINAL = {
    "rate limits, Poisson": "95%",
    "rate limits, dispersion known": "95%",
    "change flagged, Poisson limits": "at most 5%",
    "change flagged, limits": "at most 5%",
    "maps with any change flagged, q": "at most 5%",
}


def coverage_table() -> list[str]:
    """Return the table of what the limits of wards hold, where nothing changed from one year to the next."""
    lines = [
        f"**Intervals.** {RUNS} pairs of years of the sample's 124 wards, one rate for all and no change, counts whose "
        "variance is the dispersion times the mean; ± one standard error over the maps.",
        "",
        "| interval or flag | nominal | dispersion 1 | dispersion 2 | dispersion 3 |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for mean in (5.0, 50.0):
        found = {phi: coverage(phi, mean, RUNS) for phi in (1.0, 2.0, 3.0)}
        for name, nominal in NOMINAL.items():
            cells = " | ".join(
                f"{found[phi][name][0]:.1%} ± {100 * found[phi][name][1]:.1f}" for phi in found
            )
            lines.append(f"| {name}, {mean:g} incidents | {nominal} | {cells} |")
    return lines


def funnel_table() -> list[str]:
    """Return how many areas lie beyond the funnel's limits where areas differ by ordinary spread only."""
    lines = [
        f"**Funnel.** {FUNNEL_RUNS} maps of 1,388 LSOAs whose risks differ by nothing but lognormal spread; "
        "± one standard error.",
        "",
        "| incidents, risk CV | limits | above the 99.8% limit (nominal 0.1%) | above the 95% limit (nominal 2.5%) "
        "| below the 95% limit (nominal 2.5%) |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for mean, cv in ((3.0, 0.9), (73.0, 1.2)):
        for kind in ("lognormal", "gamma", "spiegelhalter"):
            shares = beyond_funnel(mean, cv, kind, FUNNEL_RUNS)
            means, errors = shares.mean(axis=0), shares.std(axis=0, ddof=1) / np.sqrt(FUNNEL_RUNS)
            cells = " | ".join(f"{100 * m:.2f}% ± {100 * e:.2f}" for m, e in zip(means, errors, strict=True))
            lines.append(f"| {mean:g} incidents, CV {cv:g} | {kind} | {cells} |")
    return lines


def beyond_funnel(mean: float, cv: float, kind: Overdispersion, runs: int, seed: int = SEED) -> Floats:
    """Return, for each map, the shares of areas above the 99.8% limit, above the 95% limit, and below it."""
    areas, _ = sample("west-yorkshire-lsoa-2011")
    people = areas["population"].astype(float)
    random, shares = np.random.default_rng(seed), np.empty((runs, 3))
    for k in range(runs):
        n = random.poisson(mean * people / people.mean() * lognormal(random, cv, len(areas)))
        counts = pd.Series(n, index=areas.index)
        fitted = fit_funnel(counts, people, months=12, overdispersion=kind)
        flags = place_in_funnel(fitted, counts, people)["fn_flag"].astype(str)
        far, near = flags.eq("above 99.8% limit"), flags.eq("above 95% limit")
        shares[k] = far.mean(), (far | near).mean(), flags.str.startswith("below").mean()
    return shares


def flag_alarms(expected: Floats, population: Floats, runs: int, seed: int = SEED) -> dict[str, float]:
    """Return what the mean + SD flag finds among rates that differ by chance only.

    Shares of areas "above" and "significantly above", areas "significantly above" per map, and the share of maps with
    any. As `hotspots.flag_mean_sd`, which a test compares.
    """
    rates = (
        np.random.default_rng(seed).poisson(expected[:, None], (len(expected), runs)) / population[:, None]
    )
    score = (rates - rates.mean(axis=0)) / rates.std(axis=0, ddof=1)
    significant = score > 2
    return {
        "above": float(((score > 1) & ~significant).mean()),
        "significantly above": float(significant.mean()),
        "per map": float(significant.sum(axis=0).mean()),
        "maps": float(significant.any(axis=0).mean()),
    }


def flag_cases() -> Iterator[tuple[str, Floats, Floats]]:
    """Return name, expected counts and populations of what the flag is tried on: one rate for all."""
    people = sample("west-yorkshire-wards")[0]["population"].to_numpy(dtype=float)
    for mean in (5.0, 50.0, 500.0):
        yield f"124 wards, {mean:g} incidents on average", mean * people / people.mean(), people
    people = sample("west-yorkshire-lsoa-2011")[0]["population"].to_numpy(dtype=float)
    yield "1,388 LSOAs, 5 incidents on average", 5 * people / people.mean(), people


def flag_table() -> list[str]:
    """Return the table of the mean + SD flag."""
    lines = [
        "**Mean + SD**, of rates that differ by chance only (2,000 maps; the flag ranks, and has no nominal value):",
        "",
        "| what is drawn | above | significantly above | significantly above, per map | maps with any |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, expected, population in flag_cases():
        found = flag_alarms(expected, population, 2_000)
        shares = f"{found['above']:.1%} | {found['significantly above']:.1%} | {found['per map']:.1f}"
        lines.append(f"| {name} | {shares} | {found['maps']:.1%} |")
    return lines


def tables() -> str:
    """Return all tables as Markdown."""
    made = (null_table(), shuffled_table(), power_table(), coverage_table(), funnel_table(), flag_table())
    return "\n\n".join("\n".join(lines) for lines in made)


def written(page: str, body: str) -> str:
    """Return the page with what stands between the markers replaced."""
    head, rest = page.split(START)
    _, tail = rest.split(END)
    return f"{head}{START}\n\n{body}\n\n{END}{tail}"


def rows(page: str) -> dict[tuple[str, ...], list[float]]:
    """Return the numbers of the tables in a page, by the words at the start of each row; errors are left out."""
    found: dict[tuple[str, ...], list[float]] = {}
    for line in page.split(START)[1].split(END)[0].splitlines():
        if not line.startswith("| ") or line.startswith("| ---"):
            continue
        cells = [cell.strip().split(" ± ")[0] for cell in line.strip("| ").split("|")]
        numbers = [
            cell
            for cell in cells
            if cell.rstrip("%").replace(".", "", 1).replace(",", "").isdigit() or cell == "-"
        ]
        if len(numbers) >= 2:
            words = tuple(cell for cell in cells if cell not in numbers)
            found[words] = [
                float("nan")
                if n == "-"
                else float(n.rstrip("%").replace(",", "")) / (100 if n.endswith("%") else 1)
                for n in numbers
            ]
    return found


if __name__ == "__main__":
    logging.getLogger("hotspots").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), tables()), encoding="utf-8", newline="\n")
