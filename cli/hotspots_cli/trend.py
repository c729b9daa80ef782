"""`hotspots trend`: which areas rise, fall, or stepped to another level, and with what evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import engines, options
from hotspots_cli.located import read_located
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output, write_layer

if TYPE_CHECKING:
    import pandas as pd


@click.command("trend", short_help="Rising, falling, or a step in a month.")
@options.incidents_argument
@options.areas
@options.keep
@options.coverage
@click.option(
    "--against",
    type=click.Choice(["all", "days"]),
    default="all",
    show_default=True,
    help="Beside all areas together, whose season and trend are then no area's own; or each by itself.",
)
@click.option(
    "--covers", metavar="MONTHS", help="Months that the files cover, where one has no incident at all."
)
@options.selection
@options.columns
@options.crs
@options.by
@options.level
@click.option(
    "--seed", type=int, default=0, show_default=True, metavar="N", help="Of the draws behind steps."
)
@engines.engine
@options.output_file
@options.not_public("months of areas")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    against: Any,
    covers: str | None,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    level: float,
    seed: int,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Write the shape of each area's months with its evidence: steady, rising, falling, a step, or its own season.

    An area is anything but steady only where chance would not explain it, corrected for the number of areas.

    \b
    hotspots trend police/ --areas wards.gpkg --category Burglary -o burglary_trend.gpkg
    """
    check_output(output, overwrite=overwrite)
    from hotspots.analysis.charts import files_months, whole_months
    from hotspots.analysis.provenance import make_provenance
    from hotspots.analysis.steps.columns import add_columns
    from hotspots.analysis.steps.counted import monthly_counts
    from hotspots.base.errors import DataError
    from hotspots.methods.time.history import histories

    with Steps(4) as step:
        read = read_located(
            incidents, areas, given, crs=crs, by=by, lookup=lookup, step=step, then="Comparing", kinds=False
        )
        monthly = monthly_counts(read.incidents, read.areas, assigned=read.assigned)
        if monthly is None:
            raise DataError(
                "no incident has a month, so there is no trend", hint="name it with 'month_column'"
            )
        monthly = files_months(monthly, read.incidents, covers)
        partial = read.quality.partial_month
        found = histories(whole_months(monthly, partial), against=against, level=level, seed=seed)
        found["st_after"] = [None if month != month else str(month) for month in found["st_after"]]
        step("Writing")
        settings = {"against": against, "level": level, "seed": seed, "dispersion": found.attrs["dispersion"]}
        provenance = make_provenance(
            crs=crs, quality=read.accounted(), months=None, steps={"trend": settings}, areas=read.areas
        )
        layer = read.whole(add_columns(read.areas, found))
        write_layer(layer, output, overwrite=overwrite, provenance=provenance)
    _say(found, read.areas["name"])
    if partial is not None:
        say(f"{partial} looks incomplete and is left out", err=True)


def _say(found: pd.DataFrame, names: pd.Series[Any]) -> None:
    """Say how many areas have which shape, and which of them are not steady."""
    counts = found["hi_shape"].value_counts()
    told = (
        ", ".join(f"{name} {counts[name]:,}" for name in counts.index[counts > 0])
        or "No area has 10 incidents"
    )
    few = int(found["hi_shape"].isna().sum())
    say(f"{told}; under 10 incidents {few:,}", err=True)
    for text, name in zip(found["hi_text"], names, strict=True):
        if not text.startswith(("steady", "under")):
            say(f"{name}: {text}", err=True)
