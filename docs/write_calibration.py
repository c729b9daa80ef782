"""Write the calibration tables of docs/methods.md: what each method finds where nothing is, and where something is.

    python docs/write_calibration.py
    python docs/write_calibration.py --draws 400 --page /tmp/methods.md

Everything is drawn at random, or shuffled, from the bundled sample alone, so that anyone can run it. Every share has
its Monte Carlo error beside it, and its nominal value in the heading. Each table takes its part of `--draws` (`PARTS`),
so four times the draws take four times as long and halve every error; the page says how long its own run took.
"""

from __future__ import annotations

import argparse
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
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
    compare_rate,
    count_incidents,
    dispersion,
    fit_funnel,
    gi_star,
    local_moran,
    make_grid,
    make_neighbours,
    rank_intervals,
    read_areas,
    read_incidents,
    relative_effect,
    risk,
    smooth_rates,
    weighted_displacement,
)
from hotspots.areas.neighbours import Neighbours
from hotspots.counting.rates import rate_limits
from hotspots.counting.tally import Tally
from hotspots.methods.funnel import Overdispersion, place_in_funnel
from hotspots.methods.risk.measure import RiskModel
from hotspots.priorities.draws import posterior
from hotspots.priorities.indicators import Indicator, make_indicators

PAGE = Path(__file__).with_name("methods.md")
START, END = "<!-- calibration: written by docs/write_calibration.py -->", "<!-- end of calibration -->"
SEED = 20_260
DRAWS = 100
PARTS = {
    "nothing": 4 / 5,
    "permuted": 1 / 4,
    "shuffled": 1 / 10,
    "shuffled, 250 m": 1 / 50,
    "something": 1 / 2,
    "intervals": 1,
    "ranks": 1 / 12,
    "risk": 1 / 16,
    "funnel": 1 / 8,
    "mean + SD": 20,
}
"""What each table takes of the draws: the slower a map, the fewer of it."""
PERMUTATIONS = 9_999
TOP = 10

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


def runs_of(table: str, draws: int = DRAWS) -> int:
    """Return how many maps a table is made of; with one alone there is no error to tell, so at least two."""
    return max(2, round(draws * PARTS[table]))


def over_maps(values: Sequence[float] | Floats) -> str:
    """Return the mean of one share per map, in percent, with its standard error over the maps."""
    return f"{np.mean(values):.1%} ± {100 * np.std(values, ddof=1) / np.sqrt(len(values)):.1f}"


def of_marked(hits: Sequence[float], marked: Sequence[float]) -> str:
    """Return the share of the marked areas of all maps that are right, with the standard error of a ratio over maps."""
    right, all_of = np.asarray(hits, dtype=float), np.asarray(marked, dtype=float)
    if not all_of.any():
        return "-"
    ratio = right.sum() / all_of.sum()
    error = np.sqrt(len(right) / (len(right) - 1) * ((right - ratio * all_of) ** 2).sum()) / all_of.sum()
    return f"{ratio:.1%} ± {100 * error:.1f}"


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


def null_table(draws: int) -> list[str]:
    """Return the table of maps on which nothing is."""
    plain, permuted = runs_of("nothing", draws), runs_of("permuted", draws)
    lines = [
        f"**Nothing there.** {plain} maps each ({permuted} by {PERMUTATIONS:,} permutations), "
        "queen neighbours; ± one Monte Carlo standard error. One risk: independent Poisson counts. "
        "Risk CV: each area's risk is drawn from a lognormal distribution of this coefficient of variation, and laid "
        "out at random.",
        "",
        "| what is drawn | rule | hot areas by p ≤ 0.05 alone (nominal 5% exact, 2.5% two-sided) "
        "| maps with any hot by q ≤ 0.05 (nominal at most 5%) | maps with any cold by q ≤ 0.05 (nominal at most 5%) |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for scenario in null_scenarios():
        for rule in RULES if "cells" in scenario.name else RULES[:3]:
            runs = permuted if rule == "permutations" else plain
            found = run(scenario, rule, runs)
            alone = "-" if rule == "local Moran" else f"{found.alone.mean():.1%}"
            hot, cold = (share(int(each.any(axis=1).sum()), runs) for each in (found.hot, found.cold))
            lines.append(f"| {scenario.name} | {rule} | {alone} | {hot} | {cold} |")
    return lines


def power_table(draws: int) -> list[str]:
    """Return the table of maps with a planted cluster.

    Marked areas are false where neither they nor a neighbour were planted: Gi* is about an area and its neighbours.
    """
    runs = runs_of("something", draws)
    lines = [
        f"**Something there.** {runs} maps each. Found: share of the planted areas that are "
        "marked hot, q ≤ 0.05. False: share of the marked that neither are planted nor have a planted neighbour, "
        "0 on a map without any; the mean over maps, which is what q promises.",
        "",
        "| what is planted | rule | maps with any hot | found | false (nominal at most 5%) |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for scenario in planted_scenarios():
        near = scenario.planted | (scenario.neighbours.matrix @ scenario.planted.astype(float) > 0)
        for rule in ("exact", "normal", "local Moran") if "cells" in scenario.name else ("exact", "normal"):
            found = run(scenario, rule, runs)
            shares = found.hot[:, ~near].sum(axis=1) / np.maximum(found.hot.sum(axis=1), 1)
            hit = share(int(found.hot.any(axis=1).sum()), runs)
            planted = over_maps(found.hot[:, scenario.planted].mean(axis=1))
            lines.append(f"| {scenario.name} | {rule} | {hit} | {planted} | {over_maps(shares)} |")
    return lines


def shuffled_table(draws: int) -> list[str]:
    """Return the table of real counts of the bundled sample, shuffled over the cells.

    Cells of 250 m cost twenty times what those of 500 m do: where the draws leave them under two shuffles, they are
    left out.
    """
    shuffles = {250: int(draws * PARTS["shuffled, 250 m"])} | dict.fromkeys(
        (500, 1000), runs_of("shuffled", draws)
    )
    lines = [
        "**Real counts, shuffled.** The bundled sample's incidents counted in cells, then shuffled over them "
        f"{shuffles[500]} times (cells of 250 m {shuffles[250]} times): all that is then marked "
        "is false. ± one standard error of the mean.",
        "",
        "| cells | incidents a cell | rule | hot on the real map "
        "| hot when shuffled (nominal: none on 95 of 100 maps) | false for every 100 |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    incidents, _ = read_incidents("west-yorkshire-incidents")
    outline, _ = sample("west-yorkshire-wards")
    for size, times in shuffles.items():
        if times < 2:
            continue
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
                false = [int(judge(random.permutation(n), near, rule)[0].sum()) for _ in range(times)]
                error = np.std(false, ddof=1) / np.sqrt(times)
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
        halves = [varied(random, expected / 2, phi) for _ in range(2)]
        before = pd.Series(sum(halves), index=areas.index)
        after, more = (
            pd.Series(varied(random, times * expected, phi), index=areas.index) for times in (1, CHANGED)
        )
        of_halves = dispersion(np.column_stack(halves))
        for name, value in (
            of_rates(before, people, 1000 * expected / people.to_numpy(), phi, of_halves)
            | of_change(before, after, more)
            | of_treatment(random, before.to_numpy(), after.to_numpy())
        ).items():
            got.setdefault(name, []).append(value)
    return {
        name: (float(np.mean(each)), float(np.std(each, ddof=1) / np.sqrt(runs)))
        for name, each in got.items()
    }


def of_rates(
    n: pd.Series[Any], people: pd.Series[Any], true: Floats, phi: float, of_halves: float
) -> dict[str, float]:
    """Return, of one year, the shares of areas whose limits hold the true rate, and that differ from the rest."""
    found = {}
    for name, used in (("Poisson", 1.0), ("dispersion known", phi), ("dispersion of halves", of_halves)):
        limits = rate_limits(n, people, months=12, dispersion=used)
        found[f"rate limits, {name}"] = float(
            ((limits["rate_lo"] <= true) & (true <= limits["rate_hi"])).mean()
        )
    for name, used in (("Poisson", 1.0), ("dispersion of halves", of_halves)):
        flags = compare_rate(n, people, months=12, comparator="rest", dispersion=used)["cmp_flag"]
        found[f"above or below the rest, {name}"] = float((flags != "similar").mean())
    return found


def of_change(before: pd.Series[Any], after: pd.Series[Any], more: pd.Series[Any]) -> dict[str, float]:
    """Return what is said of two years without change, and of two where all areas changed by one factor."""
    lengths: dict[str, Any] = {"months_before": 12, "months_after": 12}
    poisson = change(before, after, dispersion=1.0, flagged_by="limits", **lengths)
    estimated = change(before, after, flagged_by="limits", **lengths)
    default, raised = change(before, after, **lengths), change(before, more, **lengths)
    missed = (raised["ch_lo"] > CHANGED) | (raised["ch_hi"] < CHANGED)
    return {
        "change flagged, Poisson limits": float((poisson["ch_flag"] != "no clear change").mean()),
        "change flagged, limits": float((estimated["ch_flag"] != "no clear change").mean()),
        "change, p ≤ 0.05": float((default["ch_p"] <= 0.05).mean()),
        "maps with any change flagged, q": float((default["ch_flag"] != "no clear change").any()),
        "limits of a true change of x 1.5": float(1 - missed.mean()),
        "otherwise than all, p ≤ 0.05": float((raised["ch_all_p"] <= 0.05).mean()),
        "maps with any otherwise than all, q": float((raised["ch_all_q"] <= 0.05).any()),
    }


def of_treatment(
    random: np.random.Generator, before: npt.NDArray[Any], after: npt.NDArray[Any]
) -> dict[str, float]:
    """Return how often ten disjoint trials of six wards against six, where nothing was done, find an effect."""
    trials = random.permutation(len(before))[:120].reshape(10, 2, 6)
    years, phi = np.column_stack([before, after]), dispersion(np.column_stack([before, after]))
    found: dict[str, list[bool]] = {}
    for trial in trials:
        treated, control = (tuple(years[group].sum(axis=0)) for group in trial)
        for name, used in (("Poisson", 1.0), ("dispersion of the years", phi)):
            times = relative_effect(treated=treated, control=control, dispersion=used)
            incidents = weighted_displacement(treated=treated, control=control, dispersion=used)
            found.setdefault(f"relative effect, {name}", []).append(times.p <= 0.05)
            found.setdefault(f"displacement difference, {name}", []).append(
                incidents.lower > 0 or incidents.upper < 0
            )
    return {name: float(np.mean(each)) for name, each in found.items()}


CHANGED = 1.5
NOMINAL = {
    "rate limits, Poisson": "95%",
    "rate limits, dispersion known": "95%",
    "rate limits, dispersion of halves": "95%",
    "above or below the rest, Poisson": "at most 5%",
    "above or below the rest, dispersion of halves": "at most 5%",
    "change flagged, Poisson limits": "at most 5%",
    "change flagged, limits": "at most 5%",
    "change, p ≤ 0.05": "5%",
    "maps with any change flagged, q": "at most 5%",
    "limits of a true change of x 1.5": "95%",
    "otherwise than all, p ≤ 0.05": "5%",
    "maps with any otherwise than all, q": "at most 5%",
    "relative effect, Poisson": "5%",
    "relative effect, dispersion of the years": "5%",
    "displacement difference, Poisson": "5%",
    "displacement difference, dispersion of the years": "5%",
}


def coverage_table(draws: int) -> list[str]:
    """Return the table of what the limits of wards hold, where nothing changed from one year to the next."""
    runs = runs_of("intervals", draws)
    lines = [
        f"**Intervals.** {runs} pairs of years of the sample's 124 wards, one rate for all, counts whose variance is "
        "the dispersion times the mean; nothing changed, or everything by the same factor; ± one standard error over "
        "the maps. Limits: the share of areas whose true value they hold; all else: the share that is marked "
        "and should not be. Effect and displacement difference: six wards against six, ten trials a map.",
        "",
        "| interval or flag | nominal | dispersion 1 | dispersion 2 | dispersion 3 |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for mean in (5.0, 50.0):
        found = {phi: coverage(phi, mean, runs) for phi in (1.0, 2.0, 3.0)}
        for name, nominal in NOMINAL.items():
            cells = " | ".join(
                f"{found[phi][name][0]:.1%} ± {100 * found[phi][name][1]:.1f}" for phi in found
            )
            lines.append(f"| {name}, {mean:g} incidents | {nominal} | {cells} |")
    return lines


def ranked(mean: float, phi: float, runs: int, seed: int = SEED) -> dict[str, list[float]]:
    """Return, for each map of wards whose true rates differ, how its intervals of rank and chances of the top did.

    Risks are gamma distributed, with a coefficient of variation of 0.8; counts come in four quarters.
    """
    areas, _ = sample("west-yorkshire-wards")
    people = areas["population"].to_numpy(dtype=float)
    random = np.random.default_rng(seed)
    got: dict[str, list[float]] = {}
    for k in range(runs):
        true = random.gamma(1 / 0.64, 0.64, len(areas))
        quarter = np.tile((mean / 4 * people / people.mean() * true)[:, None], (1, 4))
        quarters = tuple(f"2025 Q{q}" for q in range(1, 5))
        counts = varied(random, quarter, phi).astype(np.int64)[:, None, :]
        counted = Tally(areas.index, ("Burglary",), quarters, (3,) * 4, counts)
        made = make_indicators([Indicator(category=("Burglary",))], areas, counted=counted)
        found = rank_intervals(made.table, draw=posterior(made), runs=299, seed=k, top=TOP)
        rank = (-true).argsort().argsort() + 1
        got.setdefault("held", []).append(
            float(((found["rank_lo"] <= rank) & (rank <= found["rank_hi"])).mean())
        )
        chance = found["top_share"].to_numpy(dtype=float)
        for name, low, high in (("likely", 0.8, 2), ("open", 0.2, 0.8), ("unlikely", -1, 0.2)):
            band = (low <= chance) & (chance < high)
            got.setdefault(f"{name}, areas", []).append(float(band.sum()))
            got.setdefault(f"{name}, said", []).append(float(chance[band].sum()))
            got.setdefault(f"{name}, true", []).append(float((band & (rank <= TOP)).sum()))
    return got


def rank_table(draws: int) -> list[str]:
    """Return the table of intervals of rank, and of the probability of being in the top."""
    runs = runs_of("ranks", draws)
    lines = [
        f"**Ranks.** {runs} maps of the sample's 124 wards, gamma risks of CV 0.8, counts of four quarters, 299 draws "
        f"of the ranks. Truly in the top {TOP}: share of the areas whose P(in the top {TOP}) lies in the band (mean P "
        "of these areas, which is the nominal value); ± one standard error over the maps.",
        "",
        f"| incidents, dispersion | true rank inside its interval (nominal 95%) | P from 0.8: mean P "
        f"| truly in the top {TOP} | P 0.2 to 0.8: mean P | truly in the top {TOP} | P under 0.2: mean P "
        f"| truly in the top {TOP} |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for mean in (5.0, 50.0):
        for phi in (1.0, 2.0):
            got = ranked(mean, phi, runs)
            cells = [over_maps(got["held"])]
            for band in ("likely", "open", "unlikely"):
                of_band = got[f"{band}, areas"]
                said = sum(got[f"{band}, said"]) / sum(of_band) if any(of_band) else np.nan
                cells += ["-" if np.isnan(said) else f"{said:.1%}", of_marked(got[f"{band}, true"], of_band)]
            lines.append(f"| {mean:g} incidents, dispersion {phi:g} | {' | '.join(cells)} |")
    return lines


def risk_cases() -> Iterator[tuple[str, float, float, str]]:
    """Return name, incidents, coefficient of variation and layout of the risks that `risk` is tried on."""
    for mean, cv, laid in ((3.0, 0.9, "at random"), (3.0, 0.9, "side by side"), (73.0, 1.2, "at random")):
        yield f"{mean:g} incidents, CV {cv:g}, {laid}", mean, cv, laid


def risks_told(
    mean: float, cv: float, laid: str, model: RiskModel, runs: int, seed: int = SEED
) -> dict[str, list[float]]:
    """Return, for each map of LSOAs with lognormal risks, how the limits of risk and its two classes did.

    Side by side: half the variance of the logarithm is shared with the neighbours and theirs.
    """
    areas, neighbours = sample("west-yorkshire-lsoa-2011")
    people = areas["population"].astype(float)
    own = people.to_numpy()
    random, sigma = np.random.default_rng(seed), np.sqrt(np.log(1 + cv**2))
    got: dict[str, list[float]] = {}
    for _ in range(runs):
        normal = random.standard_normal(len(areas))
        if laid == "side by side":
            near = neighbours.matrix @ (neighbours.matrix @ random.standard_normal(len(areas)))
            normal = np.sqrt(0.5) * normal + np.sqrt(0.5) * (near - near.mean()) / near.std()
        theta = np.exp(sigma * normal - sigma**2 / 2)
        expected = mean * own / own.mean() * theta
        n = pd.Series(random.poisson(expected), index=areas.index)
        found = risk(n, people, months=12, model=model, neighbours=neighbours if model == "bym2" else None)
        rate = 1000 * expected / own
        over = expected / own > 2 * expected.sum() / own.sum()
        got.setdefault("held", []).append(float(((found["rk_lo"] <= rate) & (rate <= found["rk_hi"])).mean()))
        for name in ("clear", "likely"):
            marked = (found["rk_class"] == name).to_numpy()
            got.setdefault(name, []).append(float(marked.sum()))
            got.setdefault(f"{name}, true", []).append(float((marked & over).sum()))
    return got


def risk_table(draws: int) -> list[str]:
    """Return the table of what `risk` promises."""
    runs = runs_of("risk", draws)
    lines = [
        f"**Risk.** {runs} maps of 1,388 LSOAs whose risks are lognormal, laid out at random or alike in neighbours; "
        "± one standard error over the maps.",
        "",
        "| incidents, risk CV, layout | model | true rate inside its limits (nominal 95%) | clear, areas a map "
        "| truly over twice the rate of all (nominal at least 95%) | likely, areas a map "
        "| truly over twice the rate of all (nominal 80% to 95%) |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    models: tuple[RiskModel, ...] = ("lognormal", "gamma", "bym2")
    for name, mean, cv, laid in risk_cases():
        for model in models:
            got = risks_told(mean, cv, laid, model, runs)
            classes = " | ".join(
                f"{np.mean(got[each]):.1f} | {of_marked(got[f'{each}, true'], got[each])}"
                for each in ("clear", "likely")
            )
            lines.append(f"| {name} | {model} | {over_maps(got['held'])} | {classes} |")
    return lines


def funnel_table(draws: int) -> list[str]:
    """Return how many areas lie beyond the funnel's limits where areas differ by ordinary spread only."""
    runs = runs_of("funnel", draws)
    lines = [
        f"**Funnel.** {runs} maps of 1,388 LSOAs whose risks differ by nothing but lognormal spread; "
        "± one standard error.",
        "",
        "| incidents, risk CV | limits | above the 99.8% limit (nominal 0.1%) | above the 95% limit (nominal 2.5%) "
        "| below the 95% limit (nominal 2.5%) |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for mean, cv in ((3.0, 0.9), (73.0, 1.2)):
        for kind in ("lognormal", "gamma", "spiegelhalter"):
            shares = beyond_funnel(mean, cv, kind, runs)
            means, errors = shares.mean(axis=0), shares.std(axis=0, ddof=1) / np.sqrt(runs)
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


def flag_table(draws: int) -> list[str]:
    """Return the table of the mean + SD flag."""
    runs = runs_of("mean + SD", draws)
    lines = [
        f"**Mean + SD**, of rates that differ by chance only ({runs:,} maps; the flag ranks, and has no nominal "
        "value):",
        "",
        "| what is drawn | above | significantly above | significantly above, per map | maps with any |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, expected, population in flag_cases():
        found = flag_alarms(expected, population, runs)
        shares = f"{found['above']:.1%} | {found['significantly above']:.1%} | {found['per map']:.1f}"
        lines.append(f"| {name} | {shares} | {share(round(found['maps'] * runs), runs)} |")
    return lines


def tables(draws: int) -> str:
    """Return all tables as Markdown, and first how they were made."""
    began = time.process_time()
    made = [
        make(draws)
        for make in (
            null_table, shuffled_table, power_table, coverage_table, rank_table, risk_table, funnel_table, flag_table
        )
    ]  # fmt: skip
    minutes = (time.process_time() - began) / 60
    head = f"One run, `--draws {draws}`, seed {SEED}: {minutes:.1f} minutes of one processor core."
    return "\n\n".join([head, *("\n".join(lines) for lines in made)])


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


def main(given: Sequence[str] | None = None) -> None:
    """Write the tables into the page."""
    parser = argparse.ArgumentParser(description="Write the calibration tables of docs/methods.md.")
    parser.add_argument(
        "--draws", type=int, default=DRAWS, help="of each table its part; %(default)s by default"
    )
    parser.add_argument(
        "--page", type=Path, default=PAGE, help="the page to write into, docs/methods.md by default"
    )
    chosen = parser.parse_args(given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        body = tables(chosen.draws)
    page = chosen.page.read_text(encoding="utf-8")
    chosen.page.write_text(written(page, body), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    logging.getLogger("hotspots").setLevel(logging.WARNING)
    main()
