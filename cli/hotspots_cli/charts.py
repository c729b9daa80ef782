"""`hotspots charts`: what is unusual this month, in the whole, in districts and in areas, by theme."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import engines, options
from hotspots_cli.located import read_located
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output

if TYPE_CHECKING:
    import pandas as pd


@click.command("charts", short_help="What is unusual this month.")
@options.incidents_argument
@options.areas
@options.coverage
@click.option(
    "--season",
    type=click.Choice(["all", "own", "none"]),
    default="all",
    show_default=True,
    help="What an area is held to: the season of all areas, its own (from 36 months on), or none.",
)
@click.option(
    "--flagged-by",
    type=click.Choice(["q", "limits"]),
    default="q",
    show_default=True,
    help="Unusual by q, which is corrected for areas and themes, or wherever a month is outside its range.",
)
@click.option(
    "--rebase",
    multiple=True,
    metavar="MONTH",
    help="The first month of a new base, such as 2025-07, where something is known to have changed; may be repeated.",
)
@click.option(
    "--runs",
    type=int,
    metavar="N",
    help="Also mark so many months in a row on one side of what is expected; it adds false alarms.",
)
@click.option(
    "--covers", metavar="MONTHS", help="Months that the files cover, where one has no incident at all."
)
@click.option(
    "--starts",
    type=int,
    default=1,
    show_default=True,
    metavar="MONTH",
    help="In which a year starts; 4 for April.",
)
@click.option("--every-month", is_flag=True, help="Write every month, not the last alone.")
@options.selection
@options.columns
@options.crs
@options.by
@engines.engine
@options.dispersion
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="A .csv file; standard output, as CSV, without it."
)
@options.not_public("months of areas")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    season: Any,
    flagged_by: Any,
    rebase: tuple[str, ...],
    runs: int | None,
    covers: str | None,
    starts: int,
    every_month: bool,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    dispersion: float | None,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """List all areas and categories by how far the last month is from what was expected, the least likely first.

    An area is expected to follow the season of all areas. A month without a file is left out, a last month that looks
    incomplete too; a month without incidents counts as 0.

    \b
    hotspots charts 2025-*-street.csv --areas wards.gpkg -o unusual.csv
    hotspots charts police/ --areas wards.gpkg --category Burglary --every-month -o burglary_by_month.csv
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.analysis.charts import MONTHS_ALONE, files_months, find_charts
    from hotspots.base.errors import HotspotsWarning
    from hotspots.export.tables.csv import write_csv
    from hotspots.publish.words.charts import chart_names, charts_sentences, year_sentence, year_title

    with Steps(4) as step:
        read = read_located(
            incidents, areas, given, crs=crs, by=by, lookup=lookup, step=step, then="Charting"
        )
        if read.incidents.attrs.get("dated"):
            warnings.warn(MONTHS_ALONE, HotspotsWarning, stacklevel=2)
        counts = _by_theme(read.incidents, read.areas, read.assigned)
        found = find_charts(
            {name: files_months(one, read.incidents, covers) for name, one in counts.items()},
            districts=read.areas.get("district"),
            partial=read.quality.partial_month,
            season=season,
            dispersion=dispersion,
            flagged_by=flagged_by,
            rebase=rebase,
            runs=runs,
            starts=starts,
            cut=_cut(read.incidents, read.areas, read.assigned),
        )
        names = chart_names(read.areas)
        step("Writing")
        write_csv(_rows(found, names, every=every_month), output, overwrite=overwrite)
    for sentence in charts_sentences(found, names):
        say(sentence, err=True)
    if len(found.years):
        first = found.years.iloc[0]
        say(f"{year_title(found.years)}, all areas: {year_sentence(first.to_dict(), found.years)}", err=True)


def _by_theme(table: pd.DataFrame, where: Any, assigned: Any) -> dict[str, pd.DataFrame]:
    """Return counts by month of all incidents and, where there are two or more, of each category."""
    from hotspots.base.errors import DataError
    from hotspots.counting.counts import count_incidents
    from hotspots.counting.period import months_covered, over_months

    if "month" not in table or table["month"].isna().all():
        raise DataError(
            "no incident has a month, so there is nothing to chart", hint="name it with 'month_column'"
        )
    months = months_covered(table)
    return {
        name: over_months(count_incidents(table[rows], where, per="month", assigned=assigned[rows]), months)
        for name, rows in _themes(table).items()
    }


def _themes(table: pd.DataFrame) -> dict[str, Any]:
    """Return which incidents are of all and, where there are two or more categories, of each."""
    import pandas as pd

    every = pd.Series(True, index=table.index)
    held = table["category"].dropna().astype(str) if "category" in table else pd.Series(dtype=str)
    kinds = sorted(held.unique())
    if len(kinds) == 1:
        return {kinds[0]: every}
    return {"All incidents": every} | {kind: table["category"].astype(object) == kind for kind in kinds}


def _cut(table: pd.DataFrame, where: Any, assigned: Any) -> Any:
    """Return where the last month ends, where incidents have days."""
    from hotspots.analysis.charts import LastDay, last_day, up_to_day

    ended = last_day(table)
    if ended is None:
        return None
    month, day = ended
    return LastDay(
        month,
        day,
        {
            name: up_to_day(table[rows], where, assigned[rows], month=month, day=day)
            for name, rows in _themes(table).items()
        },
    )


def _rows(found: Any, names: dict[Any, str], *, every: bool) -> pd.DataFrame:
    """Return the table to write: each area and theme of the last month, or of every month."""
    import pandas as pd

    if found.areas is None:
        return pd.DataFrame(columns=["month", "name", "theme", "n", "expected", "exp_lo", "exp_hi"])
    months = found.areas.months[::-1] if every else [found.month]
    parts = [found.areas.month(month) for month in months]
    table: pd.DataFrame = pd.concat(parts).rename_axis("code")
    table.insert(0, "name", [names[code] for code in table.index])
    said = [str(month) for month, part in zip(months, parts, strict=True) for _ in range(len(part))]
    table.insert(0, "month", said)
    return table
