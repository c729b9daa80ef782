"""`hotspots select`: priority areas from several indicators over several periods."""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import engines, options
from hotspots_cli.located import read_located
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output, write_layer

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from hotspots.analysis.origins import Origin
    from hotspots.priorities.plan import Plan
    from hotspots.priorities.prioritise import Priorities


log = logging.getLogger("hotspots")


@click.command("select", short_help="Priority areas, with reasons.")
@options.incidents_argument
@options.areas
@options.keep
@options.coverage
@options.selection
@options.columns
@options.crs
@options.by
@click.option(
    "--indicator",
    multiple=True,
    metavar="GROUP[:WEIGHT]",
    help="A group of categories, such as crime, asb, violence or burglary, and its weight; may be repeated.",
)
@click.option(
    "--plan", metavar="TOML", help="A file of indicators, weights, rules and budget, instead of --indicator."
)
@click.option(
    "--periods",
    type=click.Choice(["year", "half", "quarter", "month"]),
    help="Into what the incidents are divided; years without it.",
)
@click.option(
    "--max-areas", type=int, metavar="N", help="Select the first N of the ranking instead of by priority."
)
@click.option(
    "--max-km2", type=float, metavar="KM2", help="Select from the top of the ranking while the ground lasts."
)
@click.option(
    "--min-share",
    type=float,
    metavar="SHARE",
    help="Select the fewest areas that hold this share of the incidents.",
)
@click.option(
    "--top",
    type=int,
    metavar="K",
    help="Also give each area's chance to be among the first K of the ranking (column top_share).",
)
@click.option("--contiguous", is_flag=True, help="Areas selected by a budget must form one piece.")
@click.option(
    "--localities", metavar="FILE", help="Where to write the localities: selected areas that touch, joined."
)
@click.option(
    "--brief", metavar="HTML", help="Where to write one page for a meeting: map, list, reasons, method."
)
@options.origin
@engines.engine
@options.output_file
@options.not_public("indicators and their reasons")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    localities: str | None,
    brief: str | None,
    output: str,
    overwrite: bool,
    source: str,
    attribution: str,
    **given: Any,
) -> None:
    """Rank areas by several indicators over several periods, and select the priorities.

    Each indicator is scored in standard deviations above the mean of all areas. An area is a force-wide
    priority (an overall one, with --only or in a single district) where its score is more than 2 SD above the
    mean score, a local one where it is so within its district, and watched where it is narrowly below or newly
    rising. Every area gets a reason in words, an interval of ranks, and its chance of selection; a selection
    that is under 80% sure is called borderline.

    \b
    hotspots select 2025-*-street.csv --areas wards.gpkg --indicator crime --indicator asb -o priorities.gpkg
    hotspots select 2025-*-street.csv --areas wards.gpkg --plan priorities.toml --max-areas 10 -o top10.geojson

    \b
    A plan is a TOML file. All but the indicators may be left out:
      periods = "quarter"              # year, half, quarter or month
      scale = "log"                    # or capped, plain: how values are scaled before they are scored
      [[indicator]]
      group = "asb"                    # or: category = ["Burglary", "Vehicle crime"]
      weight = 2
      harm = "weights.csv"             # columns category and weight: counts by harm
      [[indicator]]
      name = "Deprivation (IMD rank)"
      source = "imd2019.csv"           # any table by area code
      column = "IMD_rank"
      bad = "low"                      # rank 1 is the most deprived
      lookup = "lsoa_to_ward.csv"      # LSOA and ward codes and population
      [rules]
      force_wide = 2.0                 # SDs; also local, flagged, persistent, near, rise, least_known
      [budget]
      max_areas = 10                   # or max_km2, min_share; contiguous = true
      [sure]
      runs = 999                       # draws for the interval of ranks; also seed, level, top, method
    """
    check_output(output, overwrite=overwrite)
    if localities is not None:
        check_output(localities, overwrite=overwrite, pipe=False, option="--localities")
    if brief is not None:
        check_output(brief, overwrite=overwrite, suffixes=(".html",), pipe=False, option="--brief")
    plan = _plan(given)
    from hotspots.analysis.origins import files_origin
    from hotspots.analysis.provenance import make_provenance, rests_on
    from hotspots.counting.tally import tally
    from hotspots.priorities.prioritise import prioritise
    from hotspots.publish.whatif import priorities_whatif, told_scenario
    from hotspots.publish.words.priorities import outcome_lines

    with Steps(5) as step:
        part = bool(given["only"])
        located = {"crs": crs, "by": by, "lookup": lookup, "step": step}
        read = read_located(incidents, areas, given, check=_people_for(plan), **located)
        where, quality = read.areas, read.accounted()
        counted = tally(read.incidents, where, every=plan.periods, assigned=read.assigned)
        step("Selecting")
        made = prioritise(where, counted, plan, wide="overall" if part else None)
        step("Writing")
        settings = {key: value for key, value in asdict(plan).items() if key != "folder"}
        settings |= {"by": by, "lookup": [Path(name).name for name in lookup]}
        months = float(sum(counted.months))
        origin = files_origin(quality, areas=where, source=source, attribution=attribution)
        provenance = make_provenance(
            crs=crs,
            quality=quality,
            months=months,
            months_from=rests_on(None, quality.period),
            steps={"select": settings},
            areas=where,
            origin=origin,
        )
        for line in outcome_lines(made):
            log.info(line)
        tried = priorities_whatif(made, plan, made.layer)
        provenance |= {} if tried is None else told_scenario(tried, made.layer)
        write_layer(read.whole(made.layer), output, overwrite=overwrite, provenance=provenance)
        if localities is not None:
            _write_localities(made, localities, overwrite=overwrite, provenance=provenance)
        if brief is not None:
            _write_brief(made, plan, brief, counted.periods, table=output, origin=origin, overwrite=overwrite)


def _people_for(plan: Plan) -> Callable[[gpd.GeoDataFrame], None]:
    """Return what refuses areas without the people that the plan's rates need."""
    from hotspots.priorities.indicators import require_people

    return lambda areas: require_people(plan.indicator, areas["population"])


def _plan(given: dict[str, Any]) -> Plan:
    """Return the plan that the options ask for, taking them out of the command's parameters."""
    from hotspots.priorities.budgets import Budget
    from hotspots.priorities.plan import scoring_plan

    path, words = given.pop("plan"), given.pop("indicator")
    if not path and not words:
        words = ("crime", "asb")
        log.info("Indicators: crime and asb, weighing alike (choose with --indicator or --plan)")
    plan = scoring_plan(path, words, given.pop("periods"))
    limits = {name: given.pop(name) for name in ("max_areas", "max_km2", "min_share")}
    top = given.pop("top")
    if top is not None:
        plan = replace(plan, sure=replace(plan.sure, top=top))
    contiguous = given.pop("contiguous")
    if any(limit is not None for limit in limits.values()) or contiguous:
        order = plan.budget.order if plan.budget else None
        if all(limit is None for limit in limits.values()) and plan.budget:
            return replace(plan, budget=replace(plan.budget, contiguous=True))
        plan = replace(plan, budget=Budget(**limits, order=order, contiguous=contiguous))
    return plan


def _write_localities(made: Priorities, path: str, *, overwrite: bool, provenance: dict[str, Any]) -> None:
    if made.localities is None:
        say(f"No {made.noun} is selected, so there are no localities to write", err=True)
        return
    write_layer(made.localities, path, overwrite=overwrite, provenance=provenance)


def _write_brief(
    made: Priorities,
    plan: Plan,
    path: str,
    periods: tuple[str, ...],
    *,
    table: str,
    origin: Origin,
    overwrite: bool,
) -> None:
    from hotspots.export.pages.brief import write_brief
    from hotspots.publish.words.brief import brief_note, brief_reasons, brief_summary, brief_title

    origin.warn("name them with '--source' and '--attribution'")
    span = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    write_brief(
        made.layer,
        path,
        title=brief_title(made, span),
        summary=brief_summary(made),
        notes=[brief_note(made, plan)],
        attribution=origin.words,
        noun=made.noun,
        reasons=brief_reasons(made),
        elsewhere="" if table == "-" else Path(table).name,
        overwrite=overwrite,
    )
    say(f"Wrote {path}: open it in a browser, or print it", err=True)
