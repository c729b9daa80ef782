"""`hotspots matrix`: priorities by partnership."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from hotspots_cli import engines, options
from hotspots_cli.located import read_located
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output

if TYPE_CHECKING:
    from hotspots.analysis.origins import Origin
    from hotspots.priorities.matrix import DistrictMatrix
    from hotspots.priorities.matrix_rules import TickRules


@click.command("matrix", short_help="Priorities by partnership: themes ticked.")
@options.incidents_argument
@options.areas
@options.coverage
@options.selection
@options.columns
@options.crs
@options.by
@options.comparators
@click.option(
    "--theme",
    multiple=True,
    metavar="GROUP",
    help="A group of categories, such as asb or burglary; may be repeated. Eight themes without it.",
)
@click.option(
    "--rule",
    type=click.Choice(["limits", "counted"]),
    default="limits",
    show_default=True,
    help="limits: each district against the rest, allowing for chance; counted: as version 0.1.0 ticked, "
    "by numbers of areas too.",
)
@click.option(
    "--tick-ratio",
    type=float,
    default=1.1,
    show_default=True,
    metavar="TIMES",
    help="Rate of a tick, in times that of the rest.",
)
@click.option(
    "--tick-areas",
    type=int,
    default=2,
    show_default=True,
    metavar="N",
    help="Flagged areas that make a tick by the rule counted.",
)
@click.option(
    "--title",
    default="Priorities by partnership",
    show_default=True,
    metavar="TEXT",
    help="Heading of the page.",
)
@options.origin
@engines.engine
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="An HTML page or a CSV; '-' is standard output, as CSV.",
)
@options.not_public("figures of partnerships")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    theme: tuple[str, ...],
    rule: Literal["limits", "counted"],
    tick_ratio: float,
    tick_areas: int,
    title: str,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Tick which themes are a priority of which district, by its rate and by its areas that stand out.

    Each district is compared with the others together; with a comparator (--with), such as the nation, a theme that
    is high in the whole force is ticked everywhere.

    \b
    hotspots matrix 2025-*-street.csv --areas wards.gpkg -o matrix.html
    hotspots matrix 2025-*-street.csv --areas wards.gpkg --theme asb --theme burglary -o matrix.csv
    hotspots matrix 2025-*-street.csv --areas wards.gpkg --with comparators.csv --national "England and Wales" \\
        -o matrix.html
    """
    check_output(output, overwrite=overwrite, suffixes=(".html", ".csv"))
    if rule == "counted" and given["comparators"] is not None:
        raise click.UsageError(
            "--rule counted compares districts with each other: leave out --with, or the rule"
        )
    from hotspots.export.tables.csv import write_csv
    from hotspots.priorities.matrix_rules import TickRules

    rules = TickRules(
        rule=rule, tick_ratio=tick_ratio, tick_areas=tick_areas, bracket_ratio=min(1.0, tick_ratio)
    )
    with Steps(4) as step:
        made, span, origin = _compare(
            incidents, areas, theme, rules, step, {**given, "crs": crs, "by": by, "lookup": lookup}
        )
        step("Writing")
        if Path(output).suffix.casefold() == ".html":
            _write_page(made, output, f"{title}, {span}", origin, overwrite=overwrite)
        else:
            write_csv(made.matrix, output, overwrite=overwrite)
    if output != "-":
        say(f"Wrote {len(made.matrix):,} themes to {output}", err=True)


def _compare(
    incidents: tuple[str, ...],
    areas: str,
    theme: tuple[str, ...],
    rules: TickRules,
    step: Steps,
    given: dict[str, Any],
) -> tuple[DistrictMatrix, str, Origin]:
    """Return the matrix, the periods that it is of in words, and whose data it is made of."""
    from hotspots.analysis.comparators import one_comparator
    from hotspots.analysis.origins import files_origin
    from hotspots.counting.tally import tally
    from hotspots.priorities.indicators import Indicator
    from hotspots.priorities.matrix import THEMES, district_matrix
    from hotspots.priorities.prioritise import area_noun

    crs, by, lookup = given.pop("crs"), given.pop("by"), given.pop("lookup")
    named = {name: given.pop(name) for name in ("source", "attribution")}
    against = options.comparing(given)
    versus = None if against is None else one_comparator(against)
    read = read_located(incidents, areas, given, crs=crs, by=by, lookup=lookup, step=step)
    where = read.areas
    counted = tally(read.incidents, where, every="quarter", assigned=read.assigned)
    themes = [Indicator(group=name) for name in theme or THEMES]
    made = district_matrix(
        where,
        counted,
        themes,
        rules=rules,
        noun=area_noun(where.index),
        comparator=None if versus is None else _by_theme(against, versus, themes, counted),
        compared_with=versus or "the comparator",
    )
    span = " to ".join(dict.fromkeys([counted.periods[0], counted.periods[-1]]))
    return made, span, files_origin(read.quality, areas=where, **named)


def _write_page(made: DistrictMatrix, output: str, title: str, origin: Origin, *, overwrite: bool) -> None:
    from hotspots.export.pages.matrix_page import write_matrix

    origin.warn("name them with '--source' and '--attribution'")
    write_matrix(
        made.matrix,
        output,
        title=title,
        notes=made.notes,
        attribution=origin.words,
        overwrite=overwrite,
    )


def _by_theme(against: Any, name: str, themes: Any, counted: Any) -> Any:
    """Return a comparator's incidents and people by theme, over the months of the tally."""
    from hotspots.analysis.comparators import theme_comparator
    from hotspots.priorities.groups import find_group

    groups = [find_group(theme.group) for theme in themes]
    takes = {group.name: (group.category, group.exclude) for group in groups}
    months = float(sum(counted.months))
    return theme_comparator(against, name, takes, months=months, kinds=counted.categories)
