"""`hotspots risk`: how likely it is that an area's rate is over a multiple of that of all areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.public import require_published, rounding_of
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output, write_layer

if TYPE_CHECKING:
    import geopandas as gpd


@click.command("risk", short_help="Which areas exceed their people?")
@options.layer_argument
@click.option("--value", default="n", show_default=True, metavar="COLUMN", help="The column of counts.")
@options.layer_months
@click.option(
    "--model",
    type=click.Choice(["lognormal", "gamma", "bym2"]),
    default="lognormal",
    show_default=True,
    help="How risks spread over the areas; with 'bym2' they are alike in neighbours, as far as the counts say so.",
)
@click.option(
    "--times",
    type=float,
    default=2.0,
    show_default=True,
    metavar="NUMBER",
    help="The multiple of the rate of all areas together.",
)
@options.weights
@options.dispersion
@options.min_population
@options.output_file
@options.public_layer
@options.overwrite
def command(
    layer: str, layer_name: str | None, output: str, public: str | None, overwrite: bool, **settings: Any
) -> None:
    """Give the probability that an area's rate is over a multiple of that of all, and its rate with chance taken out.

    'Clear' from a probability of 95%, 'likely' from 80%. Says which areas exceed their people, not where most
    incidents are.

    \b
    hotspots risk counts.geojson -o risk.gpkg
    hotspots risk counts.geojson --model bym2 --times 1.5 -o risk.gpkg
    """
    check_output(output, overwrite=overwrite)
    from hotspots.analysis.provenance import extend_provenance
    from hotspots.analysis.steps.measured import layer_months, risk_layer
    from hotspots.areas.reading import read_layer

    with Steps(3) as step:
        step("Reading the layer")
        source = read_layer(layer, layer=layer_name)
        require_published(source.attrs.get("provenance"), layer, public)
        step("Fitting the spread of risks")
        result = risk_layer(source, rounded=rounding_of(public), **settings)
        step("Writing")
        record = {**settings, "months": layer_months(source, settings["months"])}
        provenance = extend_provenance(
            source.attrs.get("provenance"), crs=source.crs, step="risk", settings=record
        )
        write_layer(result, output, overwrite=overwrite, provenance=provenance)
    say(_summary(result, settings["times"]), err=True)


def _summary(layer: gpd.GeoDataFrame, times: float) -> str:
    counts = layer["rk_class"].value_counts()
    return (
        f"Over {times:g} times the rate of all: clear in {counts['clear']}, likely in {counts['likely']} of "
        f"{int(counts.sum())} areas"
    )
