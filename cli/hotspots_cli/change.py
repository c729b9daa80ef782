"""`hotspots change`: from one period to another, per area, and for treated areas with displacement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import engines, options
from hotspots_cli.located import read_located
from hotspots_cli.progress import Steps
from hotspots_cli.public import published_record, rules_of, shown_change
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output, write_layer

if TYPE_CHECKING:
    import geopandas as gpd

Groups = dict[str, tuple[str, ...]]
GROUPS = ("treated", "control", "displacement_treated", "displacement_control")


@click.command("change", short_help="Up or down between two periods.")
@options.incidents_argument
@options.areas
@options.keep
@options.coverage
@click.option("--before", required=True, metavar="MONTHS", help="The first period, such as 2024-01..2024-12.")
@click.option("--after", required=True, metavar="MONTHS", help="The second period, such as 2025-01..2025-12.")
@options.categories
@options.columns
@options.crs
@options.by
@options.level
@options.dispersion
@click.option(
    "--flagged-by",
    type=click.Choice(["q", "limits"]),
    default="q",
    show_default=True,
    help="Up or down by q, which is corrected for the number of areas, or wherever the limits leave out 1.",
)
@click.option(
    "--treated", multiple=True, metavar="CODE", help="An area where something was done; may be repeated."
)
@click.option(
    "--control", multiple=True, metavar="CODE", help="An area like it where nothing was; may be repeated."
)
@click.option(
    "--displacement-treated",
    multiple=True,
    metavar="CODE",
    help="An area where incidents might have moved to.",
)
@click.option(
    "--displacement-control",
    multiple=True,
    metavar="CODE",
    help="An area around the control; may be repeated.",
)
@engines.engine
@options.public
@options.output_file
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    before: str,
    after: str,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    level: float,
    dispersion: float | None,
    flagged_by: Any,
    public: str | None,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Write the change between two periods per area: difference, percentage, rate ratio with exact limits, words.

    Limits, p and q allow for counts that vary more than chance; p and q are given for any change, and for a
    change other than that of all areas together.

    With treated and control areas, also say by how much more incidents fell there than elsewhere: in incidents
    (weighted displacement difference), in times, before anything was done, and beside areas with as many
    incidents where nothing was.

    \b
    hotspots change police/ --areas wards.gpkg --before 2024-01..2024-12 --after 2025-01..2025-12 -o change.gpkg
    """
    check_output(output, overwrite=overwrite)
    rules = rules_of(public)
    groups = _groups(given, exact=rules is None)
    from hotspots.analysis.provenance import make_provenance
    from hotspots.analysis.steps.changed import change_layer
    from hotspots.analysis.steps.counted import monthly_counts
    from hotspots.analysis.treatment import treatment_effect

    with Steps(4) as step:
        read = read_located(
            incidents, areas, given, crs=crs, by=by, lookup=lookup, step=step, then="Comparing",
            compared=(before, after), kinds=False,
        )  # fmt: skip
        table, where, assigned = read.incidents, read.areas, read.assigned
        asked = {"before": before, "after": after, "level": level, "flagged_by": flagged_by}
        layer = change_layer(table, where, assigned=assigned, dispersion=dispersion, **asked)
        layer = shown_change(layer, asked, rules)
        used = layer.attrs["change_dispersion"]
        settings = {**asked, "by": by, "dispersion": used}
        found, monthly = None, monthly_counts(table, where, assigned=assigned)
        if groups["treated"] and monthly is not None:
            found = treatment_effect(
                monthly, before=before, after=after, **groups, level=level, dispersion=used
            )
            settings["treatment"] = {**groups, **found.record()}
        step("Writing")
        provenance = make_provenance(
            crs=crs,
            quality=read.accounted(),
            months=None,
            steps={"change": settings},
            areas=where,
        )
        provenance = published_record(provenance, read.accounted(), rules)
        write_layer(read.whole(layer), output, overwrite=overwrite, provenance=provenance)
    say(_summary(layer, level, flagged_by), err=True)
    for line in found.sentences() if found is not None else ():
        say(line, err=True)


def _groups(given: dict[str, Any], *, exact: bool) -> Groups:
    """Return the areas of each group, taking them out of the command's parameters."""
    groups: Groups = {name: given.pop(name) for name in GROUPS}
    if bool(groups["treated"]) != bool(groups["control"]):
        raise click.UsageError("--treated and --control go together")
    if groups["treated"] and not exact:
        raise click.UsageError(
            "--public is not taken with --treated: what happened there is told in exact counts"
        )
    return groups


def _summary(layer: gpd.GeoDataFrame, level: float, flagged_by: str) -> str:
    counts, against = layer["ch_flag"].value_counts(), layer["ch_all_fl"].value_counts()
    found = f"Up: {counts['up']}, down: {counts['down']}, no clear change: {counts['no clear change']}"
    chance = (
        f"of those up or down, at most {100 * (1 - level):.2g} in 100 are expected to be chance"
        if flagged_by == "q"
        else f"if nothing had changed, up to {(1 - level) * len(layer):.0f} would be up or down by chance"
    )
    other = f"otherwise than all areas together: {against['up against all'] + against['down against all']}"
    return f"{found} ({chance}); {other}"
