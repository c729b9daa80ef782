"""`hotspots assess`: themes scored on a matrix of the user's own."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output


@click.command("assess", short_help="Themes scored by people, ranked.")
@click.argument("sheet", metavar="SHEET")
@click.option(
    "--combine",
    type=click.Choice(["product", "sum"]),
    default="product",
    show_default=True,
    help="How the scores of the groups become one.",
)
@click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="GROUP",
    help="A group that enters the score; may be repeated. All but 'confidence' without it.",
)
@click.option(
    "--scale",
    nargs=2,
    type=float,
    metavar="LOWEST HIGHEST",
    help="Of the scores; the sheet's own without it.",
)
@click.option(
    "--step",
    type=float,
    default=1.0,
    show_default=True,
    help="By how much two people who fill in the sheet may differ.",
)
@click.option(
    "--draws", type=int, default=9_999, show_default=True, help="How often scores are moved by a step."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draws.")
@click.option("--top", type=int, default=3, show_default=True, help="Give the chance to be among so many.")
@click.option(
    "--band",
    "bands",
    multiple=True,
    metavar="WORD",
    help="Words for the scores, from the lowest: --band Low --band Moderate --band High.",
)
@click.option(
    "--banner", multiple=True, metavar="CRITERION", help="A criterion that the banner names; may be repeated."
)
@click.option("-o", "--output", default="-", metavar="FILE", help="A .csv file; standard output without it.")
@options.overwrite
def command(
    sheet: str, scale: tuple[float, float] | None, output: str, overwrite: bool, **settings: Any
) -> None:
    """Rank themes by a matrix that people filled in, and say how steady the ranks are.

    SHEET is a table: a row for each theme, a column for each criterion, headed by its group and its name, such as
    'impact: physical', 'likelihood: volume', 'confidence: evidence', 'position: capacity'. A row called 'weight'
    weighs the criteria. Nothing is scored by the toolkit: criteria, scores and weights are yours.

    \b
    hotspots assess setting.csv --scale 1 4 --band Low --band Moderate --band High --band Severe -o ranked.csv
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.export.tables.csv import write_csv
    from hotspots.priorities.assess import assess_themes, read_sheet

    with Steps(2) as step:
        step("Scoring")
        made = assess_themes(read_sheet(sheet, scale=scale), **settings)
        step("Writing")
        write_csv(made, output, overwrite=overwrite)
    if output != "-":
        say(f"Wrote {len(made):,} themes to {output}", err=True)
