"""`hotspots flag`: where each area stands against the mean of all, in standard deviations."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
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
@options.output_file
@options.overwrite
def command(
    layer: str, value: str, within: str, ddof: Any, near: float, output: str, overwrite: bool
) -> None:
    """Flag areas above mean + 1 SD ("above") and mean + 2 SD ("significantly above"), and their mirrors below.

    \b
    hotspots count 2025-*.csv --areas wards.gpkg -o - | hotspots flag - --within district -o flags.gpkg
    """
    check_output(output, overwrite=overwrite)
    from hotspots.areas import read_layer
    from hotspots.provenance import extend_provenance
    from hotspots.steps import flag_layer

    with Steps(3) as step:
        step("Reading the layer")
        source = read_layer(layer)
        step("Flagging")
        result = flag_layer(source, value=value, within=within, ddof=ddof, near=near)
        step("Writing")
        settings = {"value": value, "within": within, "ddof": ddof, "near": near}
        provenance = extend_provenance(
            source.attrs.get("provenance"), crs=source.crs, step="flag", settings=settings
        )
        write_layer(result, output, overwrite=overwrite, provenance=provenance)
