"""`hotspots flag`: where each area stands against the mean of all, in standard deviations."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.public import require_published
from hotspots_cli.writing import check_output, write_layer


@click.command("flag", short_help="Areas against the mean, in SDs.")
@options.layer_argument
@click.option("--value", default="rate", show_default=True, metavar="COLUMN", help="The column to flag.")
@click.option(
    "--within",
    default="all",
    show_default=True,
    metavar="COLUMN",
    help="Compare with 'all' areas, or only with those of the same value in this column, such as 'district'.",
)
@click.option(
    "--ddof", type=click.IntRange(0, 1), default=1, show_default=True, help="1: sample SD; 0: population SD."
)
@click.option(
    "--near",
    type=float,
    default=0.1,
    show_default=True,
    metavar="SD",
    help="How close counts as near a threshold.",
)
@click.option(
    "--table",
    metavar="FILE",
    help="Print the areas above the average as a strategic assessment does: .csv, .txt, or '-'.",
)
@click.option("--title", default="", metavar="WORDS", help="The line above the table.")
@click.option(
    "--table-rates",
    type=click.Choice(["exact", "rounded"]),
    default="exact",
    show_default=True,
    help="'rounded': the table's rates are those of its rounded counts, which give no count away.",
)
@click.option("-o", "--output", metavar="FILE", help="Where to write the layer; '-' is standard output.")
@options.public_layer
@options.overwrite
def command(
    layer: str,
    layer_name: str | None,
    value: str,
    within: str,
    ddof: Any,
    near: float,
    table: str | None,
    title: str,
    table_rates: Any,
    output: str | None,
    public: str | None,
    overwrite: bool,
) -> None:
    """Flag areas above mean + 1 SD ("above") and mean + 2 SD ("significantly above"), and their mirrors below.

    \b
    hotspots count 2025-*.csv --areas wards.gpkg -o - | hotspots flag - --within district -o flags.gpkg
    hotspots flag counts.geojson --table - --title "Overall crime, 2025"
    """
    if output is None and table is None:
        raise click.UsageError("give -o for a layer, --table for a table, or both")
    if output == table == "-":
        raise click.UsageError("-o and --table cannot both be standard output")
    if output is not None:
        check_output(output, overwrite=overwrite)
    if table is not None:
        check_output(table, overwrite=overwrite, suffixes=(".csv", ".txt"), option="--table")
    from hotspots.analysis.provenance import extend_provenance
    from hotspots.analysis.steps.measured import flag_layer
    from hotspots.areas.reading import read_layer
    from hotspots.export.tables.flag_table import make_flag_table, write_flag_table

    with Steps(3) as step:
        step("Reading the layer")
        source = read_layer(layer, layer=layer_name)
        require_published(source.attrs.get("provenance"), layer, public)
        step("Flagging")
        result = flag_layer(source, value=value, within=within, ddof=ddof, near=near)
        step("Writing")
        if table is not None:
            made = make_flag_table(result, value=value, rates=table_rates)
            write_flag_table(made, table, title=title, overwrite=overwrite)
        if output is not None:
            settings = {"value": value, "within": within, "ddof": ddof, "near": near}
            provenance = extend_provenance(
                source.attrs.get("provenance"), crs=source.crs, step="flag", settings=settings
            )
            write_layer(result, output, overwrite=overwrite, provenance=provenance)
