"""Where the work is done: in memory, in batches, or on Dask; the results are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import click

from hotspots_cli import options

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.analysis.recipe.tables import Recipe
    from hotspots.analysis.run.sums import Engine
    from hotspots.base.surface import Surface
    from hotspots.counting.belonging import By
    from hotspots.counting.counts import Per
    from hotspots.disclosure.rules import Profile
    from hotspots.incidents import QualityReport
    from hotspots.scale.cube import Summed
    from hotspots.scale.stream import Counted
    from hotspots_cli.progress import Steps

MOST_IN_MEMORY = 2_000_000
"""Rows that fit in well under a gigabyte."""

_scheduler = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="With '--engine dask': a running scheduler. Without it, workers are started here.",
)
engine = options.together(
    click.option(
        "--engine",
        type=click.Choice(["auto", "memory", "stream", "dask"]),
        default="auto",
        show_default=True,
        help="All rows in memory, in batches, or on Dask, with the same result. "
        "'auto' takes batches from about two million rows on.",
    ),
    _scheduler,
)


def chosen_engine(
    engine: str,
    scheduler: str | None,
    incidents: Sequence[str],
    *,
    lookup: Sequence[str] = (),
    whole: bool = False,
) -> str:
    """Return the engine to use: the one named, or what suits the size of the files.

    Where all incidents are needed at once (`whole`), they are held in memory however many there are.
    """
    from hotspots.base.errors import ParameterError

    if scheduler is not None and engine != "dask":
        raise ParameterError(
            f"'scheduler' is given, but the engine is '{engine}'", hint="add --engine dask, or leave it out"
        )
    if lookup and engine in ("stream", "dask"):
        raise ParameterError(
            f"'lookup' is given, but the engine is '{engine}'",
            hint="use --engine memory, which takes lookups",
        )
    if engine != "auto":
        return engine
    if lookup or whole:
        return "memory"
    from hotspots.scale.stream import input_rows

    return "stream" if input_rows(incidents) > MOST_IN_MEMORY else "memory"


def engine_of_recipe(engine: str, scheduler: str | None, recipe: Recipe) -> Engine:
    """Return the engine to run a recipe with: in batches only where sums can tell all that it asks for."""
    from hotspots.analysis.run.sums import refuse_rows, rows_needed

    files = [recipe.path(name) for source in recipe.incidents for name in source.source]
    whole = rows_needed(recipe) is not None
    chosen = cast("Engine", chosen_engine(engine, scheduler, files, whole=whole))
    if chosen != "memory":
        refuse_rows(recipe, chosen)
    return chosen


def count(
    engine: str,
    scheduler: str | None,
    incidents: Sequence[str],
    areas: gpd.GeoDataFrame,
    *,
    step: Steps,
    by: By,
    lookup: Sequence[str] = (),
    per: Per | None,
    **reading: Any,
) -> Counted:
    """Count incidents in areas by the engine chosen."""
    step("Reading incidents" if engine == "memory" else "Reading and counting incidents")
    if engine == "dask":
        from hotspots.scale.cluster import count_dask

        return count_dask(incidents, areas, scheduler=scheduler, by=by, per=per, **reading)
    if engine == "stream":
        from hotspots.scale.stream import count_stream

        return count_stream(incidents, areas, by=by, per=per, **reading)
    from hotspots.analysis.steps.counted import account, locate, monthly_counts
    from hotspots.counting.counts import count_incidents
    from hotspots.incidents import read_incidents
    from hotspots.scale.stream import Counted

    table, quality = read_incidents(incidents, crs=areas.crs, **reading)
    step("Counting")
    assigned = locate(table, areas, by=by, lookup=lookup or None)
    n = count_incidents(table, areas, assigned=assigned)
    split = None if per is None else count_incidents(table, areas, per=per, assigned=assigned)
    monthly = monthly_counts(table, areas, assigned=assigned)
    return Counted(n, split, account(quality, table, assigned), monthly)


def sums(
    engine: str,
    scheduler: str | None,
    incidents: Sequence[str],
    areas: gpd.GeoDataFrame,
    *,
    kinds: bool,
    **reading: Any,
) -> Summed:
    """Return the incidents as sums by area, month and, with `kinds`, category, made in batches or on Dask."""
    if engine == "dask":
        from hotspots.scale.cluster import sum_dask

        return sum_dask(incidents, areas, scheduler=scheduler, kinds=kinds, **reading)
    from hotspots.scale.cube import sum_stream

    return sum_stream(incidents, areas, kinds=kinds, **reading)


def only_covered(
    areas: gpd.GeoDataFrame, counted: Counted, given: dict[str, Any], *, exact: bool = True
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, Counted]:
    """Return the areas that the files cover, those that they do not, said in a warning, and the counts of the first.

    The areas have the people of the incidents' year; the options of coverage are taken out of a command's parameters.
    Of areas that the files cover in a part of the months, what is counted stands among those that they do not, where it
    may be `exact`: it is outside the counts that are protected together.
    """
    from hotspots.analysis.steps.counted import people_of
    from hotspots.analysis.steps.covered import judge_covering
    from hotspots.counting.coverage.lapses import blanked

    said = {name: given.pop(name) for name in ("covered", "not_covered")}
    n, report, monthly = counted.n, counted.report, counted.monthly
    areas = people_of(areas, report)
    judged = judge_covering(areas, n, monthly, report, **said)
    if judged.held.all():
        return areas, areas.iloc[:0], counted
    missing = judged.missing(areas)
    split, kept = counted.split, missing.index[judged.covered[missing.index]]
    if monthly is not None:
        # What lies in an area in a month that it lacks is a stray, and outside.
        strayed = monthly - blanked(monthly, judged.lapses).fillna(0).astype(monthly.dtypes)
        n = (n - strayed.sum(axis=1)).rename("n")
    if monthly is not None and exact:
        missing = missing.assign(
            n=n[kept].reindex(missing.index).astype("Int64" if n.dtype.kind == "i" else float)
        )
    if split is not None and exact:
        parts = blanked(split, judged.lapses) if split.columns.name == "month" else split
        missing = missing.join(parts.loc[kept].add_prefix("n_"))
    if report.inside is not None and report.outside is not None and counted.n.sum() == report.inside:
        lost = int(counted.n.sum() - n[judged.covered].sum())
        report = report.with_areas(inside=report.inside - lost, outside=report.outside + lost)
    held = judged.held
    split, monthly = (None if held_by is None else held_by[held] for held_by in (split, monthly))
    return areas[held], missing, counted._replace(n=n[held], split=split, monthly=monthly, report=report)


def density_of(
    engine: str,
    scheduler: str | None,
    incidents: Sequence[str],
    areas: gpd.GeoDataFrame,
    given: dict[str, Any],
    *,
    step: Steps,
    choices: dict[str, Any],
    rules: Profile | None = None,
) -> tuple[Surface, QualityReport, gpd.GeoDataFrame]:
    """Return the density of incidents by the engine chosen, the account of every row, and the areas they cover.

    The options of reading and of coverage are taken out of a command's parameters. Where there are rules of
    publication the density keeps to them, and is made in memory.
    """
    if rules is not None and engine != "memory":
        raise click.UsageError(
            "--public takes the incidents in memory: leave out --engine, or give fewer files"
        )
    reading = options.reading(given)
    if engine != "memory":
        step("Reading incidents, and their density")
        return _density_in_batches(
            engine, scheduler, incidents, areas, given, choices=choices, reading=reading
        )
    step("Reading incidents")
    from hotspots.analysis.steps.counted import account_of_density
    from hotspots.analysis.steps.covered import covered_areas
    from hotspots.incidents import read_incidents
    from hotspots.methods.kde.density import kernel_density
    from hotspots.priorities.bandwidths import density_at_best

    table, quality = read_incidents(incidents, crs=areas.crs, **reading)
    covered = covered_areas(table, areas, quality, **given)
    areas = covered.areas
    step("Density")
    if choices["bandwidth"] == "best":
        others = {name: value for name, value in choices.items() if name != "bandwidth"}
        surface = density_at_best(table, areas, **others)
    else:
        surface = kernel_density(table, areas, **choices)
    if rules is not None:
        from hotspots.analysis.public.step import density_for_public

        surface = density_for_public(table, areas, surface, rules)
    return surface, account_of_density(quality, table, areas, left_out=covered.missing), areas


def _density_in_batches(
    engine: str,
    scheduler: str | None,
    incidents: Sequence[str],
    areas: gpd.GeoDataFrame,
    given: dict[str, Any],
    *,
    choices: dict[str, Any],
    reading: dict[str, Any],
) -> tuple[Surface, QualityReport, gpd.GeoDataFrame]:
    """Return the density in batches or on Dask of the areas that the files cover."""
    from hotspots.scale.density import read_placed, refuse_rule

    refuse_rule(choices["bandwidth"])
    placed = read_placed(incidents, areas, dask=engine == "dask", scheduler=scheduler, **reading)
    held, _, counted = only_covered(areas, placed.counted, given)
    return placed._replace(counted=counted).density(held, **choices), counted.report, held
