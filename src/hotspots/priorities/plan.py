"""A plan is a TOML file that says what makes an area a priority: indicators, weights, rules, budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from hotspots.base.errors import ParameterError, RecipeError
from hotspots.base.named import path_or_name
from hotspots.base.toml import Slips, build, parse_toml, read_text
from hotspots.counting.rates import require_least_people
from hotspots.counting.tally import Every
from hotspots.priorities.budgets import Budget
from hotspots.priorities.cube import Scale, require_weight
from hotspots.priorities.indicators import Indicator, named_indicator
from hotspots.priorities.ranks import require_variation
from hotspots.priorities.selection import Rules


@dataclass(frozen=True)
class Sure:
    """``[sure]``: how far ranks can be relied on; see `hotspots.priorities.ranks.rank_intervals`.

    Attributes
    ----------
    method : {'posterior', 'resample'}, default 'posterior'
        "posterior": incidents by `Indicators.posterior`, and apart from them the weights. "resample": both at
        once, the incidents by `Indicators.resampler`, as version 0.1.0 had it; the intervals are too narrow.
    runs, concentration, level, seed
        As `rank_intervals` takes them.
    top : int, optional
        Also give each area's chance to be among the first so many.
    """

    method: Literal["posterior", "resample"] = "posterior"
    runs: int = 999
    concentration: float = 4.0
    level: float = 0.95
    seed: int = 0
    top: int | None = None

    def __post_init__(self) -> None:
        require_variation(
            concentration=self.concentration,
            runs=self.runs,
            level=self.level,
            seed=self.seed,
            top=self.top,
        )


@dataclass(frozen=True)
class Plan:
    """What makes an area a priority.

    Attributes
    ----------
    indicator : tuple of Indicator
        At least one.
    periods : {'year', 'half', 'quarter', 'month'}, default 'year'
        Into what the incidents are divided.
    period_weights : dict of str to float
        Weight of each period; 1 where not named.
    rules : Rules
        The thresholds.
    budget : Budget or None
        Select by a budget instead of by priority.
    scale : {'log', 'capped', 'plain'}, optional
        How every indicator that names no scale of its own is scaled; see `select_areas`. Without it, rates and
        counts by their logarithms, and tables capped.
    sure : Sure
        How ranks are varied.
    neighbours : {'queen', 'rook'}, default 'queen'
        Which selected areas form one locality.
    min_population : float, default 100
        No rate for smaller areas.
    noun : str, optional
        What an area is called in sentences, such as "ward"; told from the codes where left out.
    folder : Path
        The folder that relative paths start from.
    """

    indicator: tuple[Indicator, ...]
    periods: Every = "year"
    period_weights: dict[str, float] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    budget: Budget | None = None
    scale: Scale | None = None
    sure: Sure = field(default_factory=Sure)
    neighbours: Literal["queen", "rook"] = "queen"
    min_population: float = 100
    noun: str = ""
    folder: Path = Path()

    def path(self, name: str) -> str:
        """Return a path of the plan from where its file stands; names of data stay as they are."""
        return path_or_name(name, self.folder)


def read_plan(path: str | Path) -> Plan:
    """Read and check a plan file; relative paths in it start from its own folder.

    Raises
    ------
    FileError
        When the file is missing or unreadable.
    RecipeError, ParameterError
        When it is not TOML, has an unknown key, lacks one, or holds a value that cannot be.
    """
    text = read_text(path, what="plan", hint="write one as shown by: hotspots select --help")
    return parse_plan(text, folder=Path(path).parent)


def parse_plan(text: str, *, folder: Path = Path()) -> Plan:
    """Check the text of a plan; see `read_plan`.

    Examples
    --------
    >>> plan = parse_plan('''
    ... periods = "quarter"
    ... [[indicator]]
    ... group = "asb"
    ... weight = 2
    ... [[indicator]]
    ... name = "Deprivation"
    ... source = "imd.csv"
    ... column = "IMD_rank"
    ... bad = "low"
    ... [budget]
    ... max_areas = 10
    ... ''')
    >>> plan.indicator[0].weight, plan.budget.max_areas, plan.rules.force_wide
    (2, 10, 2.0)
    """
    document = parse_toml(text, what="plan")
    if not document.get("indicator"):
        raise RecipeError(
            "the plan lacks an indicator", hint='add a table [[indicator]] with: group = "crime"'
        )
    weights = _weights(document.pop("period_weights", {}))
    slips = Slips("plan")
    plan: Plan = build(Plan, {**document, "folder": folder}, where="the plan", slips=slips)
    slips.raise_any()
    for entry in plan.indicator:
        named_indicator(entry)
    for period, weight in weights.items():
        require_weight(period, weight)
    require_least_people(plan.min_population)
    return replace(plan, period_weights=weights)


def parse_indicator(word: str) -> Indicator:
    """Return the indicator that a word on the command line asks for: a group, and perhaps its weight.

    Examples
    --------
    >>> parse_indicator("asb:2").weight
    2.0
    """
    group, colon, weight = word.partition(":")
    try:
        return Indicator(group=group, weight=float(weight) if colon else 1.0)
    except ValueError as error:
        raise RecipeError(
            f"'{weight}' is not a weight, in the indicator '{word}'", hint=f"write it as a number: {group}:2"
        ) from error


def scoring_plan(path: str | None, words: Sequence[str], periods: Every | None) -> Plan:
    """Return the plan of a file, of words on the command line or, without either, of all incidents together.

    Raises
    ------
    ParameterError
        When both a file and words are given.
    """
    if path and words:
        raise ParameterError(
            "both --plan and --indicator say what to score",
            hint="add the indicators to the plan, or leave it out",
        )
    if path:
        plan = read_plan(path)
    else:
        entries = tuple(parse_indicator(word) for word in words)
        plan = Plan(entries or (Indicator(group="all"),))
    return replace(plan, periods=periods) if periods else plan


def _weights(given: Any) -> dict[str, float]:
    if not isinstance(given, dict) or not all(isinstance(weight, int | float) for weight in given.values()):
        raise RecipeError(
            "'period_weights' in the plan holds no weights", hint='write it as: {"2018" = 2, "2017" = 1}'
        )
    return {str(period): float(weight) for period, weight in given.items()}
