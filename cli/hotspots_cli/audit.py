"""`hotspots audit`: what can be worked out from folders that are to be published."""

from __future__ import annotations

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say, say_json


@click.command("audit", short_help="What a folder for publication gives away.")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...", type=click.Path())
@click.option(
    "--profile",
    "name",
    metavar="NAME",
    help=f"Rules to hold the folders to: {options.PROFILES}. By default those that they state; else --threshold.",
)
@click.option(
    "--threshold",
    type=click.IntRange(min=2),
    help="The smallest count that need not be protected, where no profile is named.  [default: 5]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON, for machines.")
@click.pass_context
def command(
    context: click.Context,
    /,
    folders: tuple[str, ...],
    name: str | None,
    threshold: int | None,
    as_json: bool,
) -> None:
    """Work out from the files of a folder alone what each small count in it can be.

    Every number that is tied to an area, a theme and a period is read back from the tables, layers, workbook, map,
    report and slides; what it says of the count behind it, and what sums and differences say, is solved together.
    Several folders, such as editions of one report, are put together as a reader could. The exit code is 1 where a
    small count is known more closely than the rules promise, or where something must not be published at all.

    \b
    hotspots audit public/
    hotspots audit july/ august/ --profile documents
    hotspots audit internal/ --json
    """
    from hotspots.analysis.audit.audit import audit_folders
    from hotspots.base.errors import ParameterError
    from hotspots.disclosure.rules import profile
    from hotspots.publish.words.audit import audit_json, audit_lines

    if name is not None and threshold is not None:
        raise ParameterError(
            "'profile' and 'threshold' are both given, and a profile has a threshold of its own",
            hint="leave one of them out",
        )
    rules = None if name is None else profile(name)
    if threshold is not None:
        rules = profile("own", threshold=threshold, zeros="shown")
    with Steps(1) as step:
        step("Reading and solving")
        found = audit_folders(folders, rules=rules)
    if as_json:
        say_json(audit_json(found))
    else:
        say("\n".join(audit_lines(found)))
    if not found.passed:
        context.exit(1)
