"""`hotspots inspect`: what the files hold, what was understood, what looks wrong, and what to type."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import engines, options
from hotspots_cli.keywords import offers_as_typed, options_of
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say, say_json

_OWN = ("incidents", "areas", "engine", "scheduler", "as_json")


@click.command("inspect", short_help="What files hold, every row accounted for.")
@options.incidents_argument
@options.some_areas
@options.selection
@options.columns
@options.crs
@engines.engine
@click.option("--json", "as_json", is_flag=True, help="Print the page as JSON, for machines.")
@click.pass_context
def command(
    context: click.Context,
    /,
    incidents: tuple[str, ...],
    areas: str | None,
    crs: str,
    engine: str,
    scheduler: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Look at files before counting: what is in them, what was understood how, what looks wrong, what to type.

    Every row is accounted for. With --areas it also tells how well the incidents fit them, by polygon and by
    recorded code. The exit code is 1 where nothing in the files can be counted.

    \b
    hotspots inspect 2025-*-street.csv
    hotspots inspect archive.zip --areas west-yorkshire-wards
    hotspots inspect calls.csv --json
    """
    from hotspots.analysis.doctor import diagnose
    from hotspots.publish.words.doctor import count_command, page, page_json, recipe_lines

    asked = _asked(context)
    chosen: Any = engines.chosen_engine(engine, scheduler, incidents)
    with Steps(1) as step:
        step("Reading")
        found = diagnose(
            incidents,
            areas=areas,
            crs=crs,
            area_reading=options.area_reading(given),
            reading=options.reading(given),
            engine=chosen,
            scheduler=scheduler,
        )
    by = "polygon" if found.placed is None else found.placed.by
    words = [
        word
        for name, values in asked.items()
        for value in _each(values)
        for word in (_flag(name), str(value))
    ]
    told = {
        "command": count_command(incidents, areas, by, words),
        "recipe": recipe_lines(incidents, areas, by, asked),
    }
    keywords = options_of(context.command)
    lines = [offers_as_typed(line, keywords) for line in page(found, **told)]
    if as_json:
        say_json(page_json(found, **told))
    else:
        say("\n".join(lines))
    if not found.usable:
        context.exit(1)


def _asked(context: click.Context) -> dict[str, Any]:
    """Return the options that were typed, which counting needs as well."""
    typed = click.core.ParameterSource.COMMANDLINE
    return {
        str(option.name): context.params[str(option.name)]
        for option in context.command.params
        if option.name not in _OWN and context.get_parameter_source(str(option.name)) is typed
    }


def _each(values: Any) -> tuple[Any, ...]:
    return values if isinstance(values, tuple) else (values,)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
