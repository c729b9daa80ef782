"""`hotspots funnel`: rates against the limits for their population, as a layer or a plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.public import require_published, rounding_of
from hotspots_cli.saying import say
from hotspots_cli.writing import LAYER_SUFFIXES, check_output, write_layer

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.methods.funnel import Funnel


@click.command("funnel", short_help="Rates against the limits for their size.")
@options.layer_argument
@click.option("--value", default="n", show_default=True, metavar="COLUMN", help="The column of counts.")
@options.layer_months
@click.option(
    "--overdispersion",
    type=click.Choice(["lognormal", "gamma", "spiegelhalter", "none"]),
    default="lognormal",
    show_default=True,
    help="How rates may spread more than chance makes them, as they nearly always do.",
)
@options.dispersion
@click.option(
    "--winsorise",
    type=float,
    default=0.1,
    show_default=True,
    metavar="SHARE",
    help="For 'spiegelhalter': share of the areas at each end that is pulled in before the spread is measured.",
)
@options.min_population
@click.option(
    "--title", default="Funnel plot", show_default=True, metavar="WORDS", help="The heading of the plot."
)
@options.output_file
@options.public_layer
@options.overwrite
def command(
    layer: str,
    layer_name: str | None,
    title: str,
    output: str,
    public: str | None,
    overwrite: bool,
    **settings: Any,
) -> None:
    """Flag areas whose rate lies outside 95% and 99.8% limits for their population, or draw them (.svg).

    \b
    hotspots funnel counts.geojson -o funnel.svg
    hotspots funnel counts.geojson -o funnel.gpkg
    """
    check_output(output, overwrite=overwrite, suffixes=(*LAYER_SUFFIXES, ".svg"))
    from hotspots.analysis.provenance import extend_provenance
    from hotspots.analysis.steps.measured import funnel_layer
    from hotspots.areas.reading import read_layer

    with Steps(3) as step:
        step("Reading the layer")
        source = read_layer(layer, layer=layer_name)
        require_published(source.attrs.get("provenance"), layer, public)
        step("Fitting the funnel")
        result, fitted = funnel_layer(source, rounded=rounding_of(public), **settings)
        step("Writing")
        if Path(output).suffix.casefold() == ".svg":
            _draw(result, fitted, settings["value"], output, title=title, overwrite=overwrite)
            return
        record = {**settings, "months": fitted.months}
        provenance = extend_provenance(
            source.attrs.get("provenance"), crs=source.crs, step="funnel", settings=record
        )
        write_layer(result, output, overwrite=overwrite, provenance=provenance)


def _draw(
    layer: gpd.GeoDataFrame, fitted: Funnel, value: str, output: str, *, title: str, overwrite: bool
) -> None:
    import numpy as np
    import pandas as pd

    from hotspots.counting.rates import rate
    from hotspots.export.pages.funnel_plot import write_funnel_plot

    rated = layer.assign(rate=rate(layer[value], layer["population"], months=fitted.months))
    people = np.linspace(0, 1.05 * float(layer["population"].max()), 401)[1:]
    lower, upper = fitted.limits(people, level=0.95)
    far_lower, far_upper = fitted.limits(people, level=0.998)
    curves = pd.DataFrame(
        {"population": people, "lo95": lower, "hi95": upper, "lo998": far_lower, "hi998": far_upper}
    )
    write_funnel_plot(rated, curves, output, expected=fitted.rate, title=title, overwrite=overwrite)
    say(f"Wrote {output}: open it in a browser", err=True)
