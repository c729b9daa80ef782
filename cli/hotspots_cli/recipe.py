"""`hotspots recipe`: start one, check one."""

from __future__ import annotations

from importlib.resources import files

import click

from hotspots_cli import options
from hotspots_cli.saying import say

STEPS = (
    "count",
    "flag",
    "kde",
    "grid",
    "gistar",
    "outliers",
    "emerging",
    "risk",
    "change",
    "select",
    "places",
    "assess",
    "classes",
    "breakdown",
    "share",
    "repeats",
    "times",
    "comparators",
    "charts",
    "map",
    "report",
    "publish",
)


@click.group("recipe", short_help="Start a recipe, or check one.")
def command() -> None:
    """Recipes: one TOML file is one analysis."""


@command.command("new")
@options.output_file
@options.overwrite
def new(output: str, overwrite: bool) -> None:
    """Write a recipe with every table, every key and its default, to be edited."""
    from hotspots.base.files import replacing

    text = (files("hotspots_cli") / "template.toml").read_text(encoding="utf-8")
    if output == "-":
        say(text, nl=False)
        return
    with replacing(output, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")
    say(f"Wrote {output}. Edit it, then: hotspots run {output} -o DIR", err=True)


@command.command("check")
@click.argument("recipe", metavar="RECIPE")
def check(recipe: str) -> None:
    """Check a recipe and its plan, and that the files hold the months asked for, and say what it would do.

    Of the files, the months alone are looked at, and only where the recipe asks for some. All slips are listed at once.
    """
    from hotspots.analysis.plans import recipe_plan
    from hotspots.analysis.recipe.months import check_months, files_months
    from hotspots.analysis.recipe.reading import read_recipe

    asked = read_recipe(recipe)
    if asked.select is not None:
        recipe_plan(asked)
    months = files_months(asked)
    if months is not None:
        check_months(asked, months)
    told = [asked.title]
    for source in asked.incidents:
        named = f"{source.name}: " if len(asked.incidents) > 1 else ""
        told.append(f"  Incidents: {named}{', '.join(source.source)}")
    told.append(f"  Areas:     {', '.join(areas.label for areas in asked.areas)}")
    told.append(f"  Themes:    {', '.join(theme.name for theme in asked.theme)}")
    steps = [name for name in STEPS if getattr(asked, name)]
    told.append(f"  Steps:     {', '.join(steps)}")
    for line in told:
        say(line.replace("\n", " "))
