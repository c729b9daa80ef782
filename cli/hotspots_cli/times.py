"""`hotspots times`: at what hours, weekdays, months and seasons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output

if TYPE_CHECKING:
    import pandas as pd

    from hotspots.analysis.times.ask import Asked
    from hotspots.analysis.times.grid import HotTimes
    from hotspots.incidents.quality import QualityReport

SUFFIXES = (".csv", ".xlsx", ".html", ".png", ".svg", ".pdf")
MOST = 20  # areas on a page


@click.command("times", short_help="By hour, weekday, month and season.")
@options.incidents_argument
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(["hour", "weekday", "month", "season"]),
    help="One part of time or two; weekday and hour without it.",
)
@click.option(
    "--shift",
    "shifts",
    multiple=True,
    metavar="BAND",
    help="Instead of each hour, a shift such as 22:00-07:00, which is of the day on which it begins; may be repeated.",
)
@click.option(
    "--band",
    "bands",
    multiple=True,
    metavar="BAND",
    help="A band of hours, such as 21:00-04:00, whose share is told; may be repeated.",
)
@click.option(
    "--time-column", metavar="COLUMN", help="Column of times of day, where dates stand without them."
)
@click.option(
    "--to-column",
    metavar="COLUMN",
    help="Column of ends, where incidents were between two times; date, time or both.",
)
@click.option(
    "--to-time-column", metavar="COLUMN", help="Column of the times of ends, where they stand alone."
)
@click.option(
    "--time-zone",
    default="Europe/London",
    show_default=True,
    metavar="PLACE",
    help="Whose clock the times are told by.",
)
@click.option(
    "--offsets",
    type=click.Choice(["convert", "ignore"]),
    default="convert",
    show_default=True,
    help="What becomes of Z or +01:00 behind a time: converted to that clock, or ignored where a program wrote local "
    "times as if they were UTC.",
)
@click.option(
    "--longest",
    type=float,
    default=24,
    show_default=True,
    metavar="HOURS",
    help="The longest span that is spread over its hours, such as 168; longer ones are left out.",
)
@click.option(
    "--missing-end",
    type=click.Choice(["exclude", "start"]),
    default="exclude",
    show_default=True,
    help="Incidents without an end where others have one: left out, or taken to have been at their start.",
)
@click.option(
    "--leave-out",
    multiple=True,
    metavar="TIME",
    help="A time of day, such as 00:00, that stands for times not known; may be repeated.",
)
@options.dispersion
@options.some_areas
@options.coverage
@click.option(
    "--area", "wanted", multiple=True, metavar="CODE", help="Only this area; several are taken together."
)
@click.option("--each", is_flag=True, help="A grid for each area, the one with most incidents first.")
@options.selection
@options.columns
@options.crs
@click.option("--title", default="Hot times", show_default=True, metavar="TEXT", help="Heading of the page.")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    help="A page (.html), a picture (.png, .svg, .pdf), a table (.csv) or a workbook (.xlsx); may be repeated. "
    "Standard output, as CSV, without it.",
)
@options.not_public("hours and days")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str | None,
    wanted: tuple[str, ...],
    each: bool,
    crs: str,
    title: str,
    outputs: tuple[str, ...],
    overwrite: bool,
    **given: Any,
) -> None:
    """Tell at what hours, weekdays, months and seasons incidents are, for each hour that the period had of them.

    Incidents between two times are spread over the hours between (aoristic weights). Every incident that is not in
    the grid is counted by its reason. Police.uk's files tell months alone and are refused.

    \b
    hotspots times burglary.csv --band 21:00-04:00 -o times.html -o times.csv
    hotspots times burglary.csv --shift 07:00-15:00 --shift 15:00-23:00 --shift 23:00-07:00 -o shifts.html
    hotspots times robbery.csv --areas wards.gpkg --area E05008935 --area E05008936 -o hotspot.png
    hotspots times robbery.csv --areas wards.gpkg --each --by weekday --by month -o wards.xlsx
    """
    for output in outputs:
        check_output(output, overwrite=overwrite, suffixes=SUFFIXES)
    if areas is None and (wanted or each):
        raise click.UsageError("--area and --each need the layer of areas: give it with --areas")
    if each and any(Path(output).suffix.casefold() in (".png", ".svg", ".pdf") for output in outputs):
        raise click.UsageError("a picture is of one grid: leave out --each, or write a page (.html)")
    from hotspots.analysis.times.ask import Asked
    from hotspots.incidents import read_incidents
    from hotspots.incidents.clock import Clock

    clock = Clock(
        *(given.pop(name) for name in ("time_column", "to_column", "to_time_column", "time_zone", "offsets"))
    )
    by = given.pop("by") or ("weekday", "hour")
    asked = Asked(
        by,
        *(
            given.pop(name)
            for name in ("shifts", "bands", "longest", "missing_end", "leave_out", "dispersion")
        ),
    )
    layer = {**options.area_reading(given), **{name: given.pop(name) for name in ("covered", "not_covered")}}
    with Steps(4) as step:
        step("Reading incidents")
        table, quality = read_incidents(incidents, crs=crs, clock=clock, **options.reading(given))
        step("Counting")
        parts = _parts(table, quality, areas, layer, wanted, crs=crs, each=each)
        made = (
            _each(parts, asked) if each else {name: _one(rows, asked, name) for name, rows in parts.items()}
        )
        step("Writing")
        for output in outputs or ("-",):
            _write(made, output, title=title, overwrite=overwrite, each=each)
    _say(made)


def _parts(
    table: pd.DataFrame,
    quality: QualityReport,
    areas: str | None,
    layer: dict[str, Any],
    wanted: tuple[str, ...],
    *,
    crs: str,
    each: bool,
) -> dict[str, pd.DataFrame]:
    """Return the incidents of the whole, of the areas wanted together, or of each area, by their name."""
    from hotspots.counting.coverage.words import warn_forces

    if areas is None:
        warn_forces(quality.sources)
        return {"All incidents": table}
    from hotspots.analysis.steps.counted import among, locate, people_of
    from hotspots.analysis.steps.covered import covered_areas
    from hotspots.areas.reading import read_areas

    said = {name: layer.pop(name) for name in ("covered", "not_covered")}
    where = read_areas(areas, crs=crs, **layer)
    unknown = [code for code in wanted if code not in where.index]
    if unknown:
        raise ParameterError(
            f"'{areas}' has no area '{unknown[0]}'",
            hint=did_you_mean(unknown[0], [str(code) for code in where.index]),
        )
    chosen = where.loc[list(dict.fromkeys(wanted))] if wanted else where
    held = covered_areas(table, people_of(where, quality), quality, partial="told", **said).areas
    assigned = among(locate(table, where, by="polygon", lookup=None), held)
    if not each:
        names = [str(name) for name in chosen["name"]]
        label = (
            ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            if wanted
            else "All areas"
        )
        return {label: table[assigned.isin(chosen.index)]}
    counts = assigned[assigned.isin(chosen.index)].value_counts()
    order = sorted(counts.index, key=lambda code: (-counts[code], code))
    return {f"{chosen.loc[code, 'name']} ({code})": table[assigned == code] for code in order}


def _one(rows: pd.DataFrame, asked: Asked, name: str) -> HotTimes:
    from hotspots.analysis.times.grid import hot_times

    return hot_times(rows, **vars(asked), name=name)


def _each(parts: dict[str, pd.DataFrame], asked: Asked) -> dict[str, HotTimes]:
    """Return the hot times of each area that has enough incidents, and say how many have not."""
    from hotspots.analysis.times.grid import FEWEST

    made: dict[str, HotTimes] = {}
    few, last = 0, None
    for name, rows in parts.items():
        if len(rows) < FEWEST:
            few += 1
            continue
        try:
            made[name] = _one(rows, asked, name)
        except DataError as error:
            few, last = few + 1, error
    if not made:
        raise last or DataError(
            f"no area has {FEWEST} incidents, the fewest of a grid",
            hint="take larger areas, or several together with 'area'",
        )
    if few:
        say(f"{few:,} areas have under {FEWEST} incidents with times and no grid", err=True)
    return made


def _write(made: dict[str, HotTimes], output: str, *, title: str, overwrite: bool, each: bool) -> None:
    import pandas as pd

    from hotspots.export.tables.csv import write_csv
    from hotspots.publish.times import grid_of, times_tables

    kind = Path(output).suffix.casefold()
    if output == "-" or kind == ".csv":
        frames = [one.table.assign(**({"area": name} if each else {})) for name, one in made.items()]
        table = pd.concat(frames, ignore_index=True)
        write_csv(table[["area", *table.columns[:-1]]] if each else table, output, overwrite=overwrite)
    elif kind == ".xlsx":
        from hotspots.export.tables.workbook import write_workbook
        from hotspots.publish.words.times import lead_sentences, notes_of

        about = [(name, " ".join([*lead_sentences(one), *notes_of(one)])) for name, one in made.items()]
        write_workbook(times_tables(made), output, title=title, about=about, overwrite=overwrite)
    elif kind == ".html":
        from hotspots.export.times.page import write_times

        shown = [grid_of(one) for one in list(made.values())[:MOST]]
        if len(made) > MOST:
            say(f"The page has the {MOST} areas with most incidents, of {len(made):,}", err=True)
        write_times(shown, output, title=title, overwrite=overwrite)
    else:
        from hotspots.export.picture.saving import write_picture
        from hotspots.export.times.picture import draw_times

        write_picture(draw_times(grid_of(next(iter(made.values())))), output, overwrite=overwrite)
    if output != "-":
        say(f"Wrote {output}", err=True)


def _say(made: dict[str, HotTimes]) -> None:
    """Say what stands out and what is left out; of several areas what stands out in each."""
    from hotspots.publish.words.times import lead_sentences, notes_of, peak_sentence

    if len(made) == 1:
        one = next(iter(made.values()))
        for sentence in (*lead_sentences(one), *notes_of(one)):
            say(sentence, err=True)
        return
    for name, one in list(made.items())[:MOST]:
        say(f"{name}: {peak_sentence(one)}", err=True)
