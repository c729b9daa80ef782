"""`hotspots count`: incidents to areas, as counts and rates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import engines, options
from hotspots_cli.progress import Steps
from hotspots_cli.public import published_record, rules_of, shown_counts, shown_dispersion
from hotspots_cli.writing import check_output, write_layer

if TYPE_CHECKING:
    from hotspots.counting.period import Period


@click.command("count", short_help="Incidents to areas: counts and rates.")
@options.incidents_argument
@options.areas
@options.selection
@options.columns
@options.crs
@options.by
@options.keep
@options.coverage
@click.option(
    "--per",
    type=click.Choice(["category", "month", "year"]),
    help="A column of counts for each of these as well.",
)
@click.option(
    "--smooth",
    type=click.Choice(["none", "bayes"]),
    default="none",
    show_default=True,
    help="'bayes' adds rate_eb, rates drawn towards the rate of all, for Gi* on rates.",
)
@options.min_population
@options.months
@options.dispersion
@options.limits
@options.public
@engines.engine
@options.output_file
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    per: Any,
    smooth: Any,
    min_population: float,
    months: float | None,
    dispersion: float | None,
    limits: Any,
    public: str | None,
    engine: str,
    scheduler: str | None,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Count incidents in areas, with rates per 1,000 people a year where the population is known.

    \b
    hotspots count 2025-*-street.csv --areas wards.gpkg -o counts.geojson
    hotspots count 2025-*-street.csv --areas wards.gpkg --category Burglary -o - | hotspots gistar - -o gi.gpkg
    """
    check_output(output, overwrite=overwrite)
    rules, engine = rules_of(public), engines.chosen_engine(engine, scheduler, incidents, lookup=lookup)
    from hotspots.analysis.provenance import make_provenance
    from hotspots.analysis.steps.counted import counted_layer
    from hotspots.areas.reading import read_areas
    from hotspots.areas.uncovered import with_coverage
    from hotspots.counting.period import period_of_report

    with Steps(4) as step:
        step("Reading areas")
        where = read_areas(areas, crs=crs, **options.area_reading(given))
        asked = {"step": step, "by": by, "lookup": lookup, "per": per, **options.reading(given)}
        counted = engines.count(engine, scheduler, incidents, where, **asked)
        where, missing, counted = engines.only_covered(where, counted, given, exact=rules is None)
        rated = months is not None or where["population"].notna().any()
        period = period_of_report(counted.report, months=months) if rated else None
        n, split = shown_counts(counted.n, counted.split, rules)
        layer = counted_layer(
            n,
            split,
            where,
            months=None if period is None else period.length,
            min_population=min_population,
            smooth=smooth,
            monthly=counted.monthly,
            dispersion=dispersion if period is None else shown_dispersion(counted.monthly, dispersion, rules),
            limits=limits,
        )
        settings = {"by": by} | {
            "lookup": [Path(name).name for name in lookup],
            "per": per,
            "min_population": min_population,
            "smooth": smooth,
            "dispersion": layer.attrs.get("dispersion"),
            "limits": limits,
        }
        step("Writing")
        record = {"crs": crs, "quality": counted.report, "steps": {"count": settings}, "areas": where}
        provenance = published_record(make_provenance(**_length(period), **record), counted.report, rules)
        write_layer(with_coverage(layer, missing), output, overwrite=overwrite, provenance=provenance)


def _length(period: Period | None) -> dict[str, Any]:
    """Return the length of the period and what it rests on, as a record holds them."""
    if period is None:
        return {"months": None, "months_from": None}
    return {"months": period.length, "months_from": period.months_from}
