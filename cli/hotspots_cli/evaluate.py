"""`hotspots evaluate`: which way of choosing areas finds later incidents."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

    from hotspots.incidents.quality import QualityReport
    from hotspots.priorities.plan import Plan

log = logging.getLogger("hotspots")


def _tried(words: str | None) -> list[float] | None:
    """Return the bandwidths that a list of metres names, or None where there is no list."""
    if words is None:
        return None
    from hotspots.base.errors import ParameterError
    from hotspots.methods.kde.bandwidth import BANDWIDTHS

    if words == "default":
        return list(BANDWIDTHS)
    try:
        return [float(word) for word in words.split(",")]
    except ValueError:
        raise ParameterError(
            f"'bandwidths' is '{words}', which is no list of metres",
            hint="give --bandwidths 200,400,800, or default",
        ) from None


@click.command("evaluate", short_help="Which method finds later incidents?")
@options.incidents_argument
@options.areas
@options.coverage
@options.selection
@options.columns
@options.crs
@options.by
@click.option(
    "--indicator",
    multiple=True,
    metavar="GROUP[:WEIGHT]",
    help="Indicators of the composite score, as for select; all incidents without it.",
)
@click.option("--plan", metavar="TOML", help="A plan, as for select, instead of --indicator.")
@click.option(
    "--periods",
    type=click.Choice(["year", "half", "quarter", "month"]),
    help="Into what the incidents are divided; the last period scores the others. Years without it.",
)
@click.option(
    "--ground",
    multiple=True,
    type=float,
    default=(0.01, 0.05, 0.1),
    show_default=True,
    metavar="SHARE",
    help="Share of the ground to compare on; may be repeated.",
)
@click.option(
    "--cell-size", type=float, metavar="METRES", help="Compare on a grid of this size instead of the areas."
)
@options.bandwidth
@click.option(
    "--bandwidths",
    metavar="METRES",
    help="Compare densities of these bandwidths, such as 200,400,800, or 'default' for thirteen, instead of methods: "
    "each period but the first scores those before it.",
)
@click.option(
    "--scoring",
    type=click.Choice(["snapped", "unsnapped"]),
    help="Whether later incidents count where they stand, or are spread over the ground nearest to their map point. "
    "Snapped without it; with --bandwidths unsnapped.",
)
@click.option(
    "--blocks",
    type=float,
    metavar="METRES",
    help="Score in parts as well: square blocks of this size, such as 5000, are shuffled into --folds, and each "
    "fold's PAI and hit rate are written with their mean and standard error.",
)
@click.option(
    "--folds", type=int, metavar="N", help="Into how many folds --blocks are dealt; five without it."
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Seed of the shuffle of blocks.",
)
@click.option("--in-sample", is_flag=True, help="Score on the incidents that chose the areas: this flatters.")
@click.option("-o", "--output", required=True, metavar="FILE", help="A CSV to write; '-' is standard output.")
@options.not_public("tests of selections")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    crs: str,
    cell_size: float | None,
    bandwidths: str | None,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Compare count, density, Gi*, mean + SD and composite score by the later incidents that each would find.

    All periods but the last choose areas; the incidents of the last score the choice, on the same share of
    the ground for every method. PAI 1 is what chance gives.

    \b
    hotspots evaluate 2025-*-street.csv --areas wards.gpkg --periods quarter -o accuracy.csv
    hotspots evaluate 2025-*-street.csv --areas wards.gpkg --periods month --cell-size 500 -o cells.csv
    hotspots evaluate 2025-*-street.csv --areas wards.gpkg --bandwidths default -o bandwidths.csv
    hotspots evaluate 2025-*-street.csv --areas wards.gpkg --periods quarter --cell-size 500 --blocks 5000 -o blocks.csv
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.analysis.steps.covered import covered_areas
    from hotspots.areas.grid import make_grid
    from hotspots.areas.reading import read_areas
    from hotspots.export.tables.csv import write_csv
    from hotspots.incidents import read_incidents
    from hotspots.priorities.plan import scoring_plan

    tried = _tried(bandwidths)
    _check(given, tried, cell_size)
    chosen = {
        name: given.pop(name)
        for name in ("by", "lookup", "bandwidth", "scoring", "in_sample", "seed", "blocks")
    }
    chosen |= {"grounds": given.pop("ground"), "every": given["periods"] or "quarter"}
    folds = given.pop("folds")
    chosen |= {} if folds is None else {"folds": folds}
    plan = scoring_plan(given.pop("plan"), given.pop("indicator"), given.pop("periods"))
    with Steps(4) as step:
        step("Reading areas")
        where = read_areas(areas, crs=crs, **options.area_reading(given))
        step("Reading incidents")
        said = {name: given.pop(name) for name in ("covered", "not_covered")}
        table, quality = read_incidents(incidents, crs=crs, **options.reading(given))
        where = covered_areas(table, where, quality, **said).areas
        if cell_size is not None and tried is None:
            where = make_grid(where, cell_size=cell_size)
        step("Comparing")
        if tried is None:
            found, lines = _compare_methods(table, where, quality, plan, **chosen)
        else:
            found, lines = _compare_bandwidths(table, where, tried, cell_size, **chosen)
        step("Writing")
        write_csv(found, output, overwrite=overwrite)
    for line in lines:
        log.info(line)
    if output != "-":
        say(f"Wrote {output}", err=True)


def _check(given: dict[str, Any], tried: list[float] | None, cell_size: float | None) -> None:
    """Refuse what cannot be scored together, before anything is read."""
    from hotspots.base.errors import ParameterError

    if given["bandwidth"] == "best":
        raise ParameterError(
            "the bandwidth 'best' is chosen by the later incidents, which score it here",
            hint="give metres, or compare bandwidths with --bandwidths default",
        )
    by_code = given["by"] == "code" or given["lookup"]
    if by_code and (cell_size is not None or tried is not None or given["scoring"] == "unsnapped"):
        raise ParameterError(
            "'by' is 'code', but cells, bandwidths and spread incidents have points and no recorded codes",
            hint="leave out --by, or --cell-size, --bandwidths and --scoring",
        )
    folds = given["folds"]
    if folds is not None and given["blocks"] is None:
        raise ParameterError(
            f"'folds' is {folds}, but without blocks of ground there is nothing to deal into folds",
            hint="give the side of a block too, such as --blocks 5000",
        )


def _compare_methods(
    table: pd.DataFrame,
    where: gpd.GeoDataFrame,
    quality: QualityReport,
    plan: Plan,
    *,
    by: Any,
    lookup: tuple[str, ...],
    scoring: Any,
    every: str,
    **chosen: Any,
) -> tuple[pd.DataFrame, list[str]]:
    """Return how each method did, and the outcome in words."""
    from hotspots.analysis.steps.counted import locate, people_of
    from hotspots.priorities.evaluation import evaluate
    from hotspots.priorities.prioritise import area_noun

    del every  # the plan's own periods count
    where = people_of(where, quality)
    assigned = locate(table, where, by=by, lookup=lookup or None)
    chosen |= {"noun": area_noun(where.index), "scoring": scoring or "snapped"}
    made = evaluate(table, where, plan, assigned=assigned, **chosen)
    return made.table, made.lines()


def _compare_bandwidths(
    table: pd.DataFrame,
    where: gpd.GeoDataFrame,
    tried: list[float],
    cell_size: float | None,
    *,
    scoring: Any,
    **chosen: Any,
) -> tuple[pd.DataFrame, list[str]]:
    """Return how each bandwidth did, and which did best."""
    from hotspots.priorities.bandwidths import CELL_SIZE, bandwidth_curve

    chosen = {
        name: value
        for name, value in chosen.items()
        if name in ("grounds", "every", "seed", "blocks", "folds")
    }
    chosen |= {"scoring": scoring or "unsnapped", "cell_size": cell_size or CELL_SIZE}
    curve = bandwidth_curve(table, where, bandwidths=tried, **chosen)
    return curve, list(_best_lines(curve, in_blocks=chosen["blocks"] is not None))


def _best_lines(curve: pd.DataFrame, *, in_blocks: bool) -> Iterator[str]:
    """Say which bandwidth finds most on each share of the ground; of equals the widest."""
    for share, rows in curve.groupby("ground"):
        best = rows.sort_values(["hit_rate", "bandwidth"], ascending=False, kind="stable").iloc[0]
        yield (
            f"On {share:.1%} of the ground {best['bandwidth']:,g} m finds most: {best['hit_rate']:.1%} (PAI "
            f"{best['pai']:.1f})"
        )
        if in_blocks:
            best = rows.sort_values(["hit_mean", "bandwidth"], ascending=False, kind="stable").iloc[0]
            yield (
                f"In {best['folds']:g} folds of blocks {best['bandwidth']:,g} m finds most: PAI "
                f"{best['pai_mean']:.1f}, standard error {best['pai_se']:.1f}"
            )
