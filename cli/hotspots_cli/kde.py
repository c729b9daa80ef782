"""`hotspots kde`: a density surface of incidents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hotspots_cli import engines, options
from hotspots_cli.progress import Steps
from hotspots_cli.writing import SHAPE_SUFFIXES, check_output, write_layer


@click.command("kde", short_help="Density of incidents: GeoTIFF or contours.")
@options.incidents_argument
@options.areas
@options.selection
@options.columns
@options.crs
@options.bandwidth
@click.option(
    "--cell-size", type=float, metavar="METRES", help="Side of a cell; a fifth of the bandwidth without it."
)
@click.option(
    "--kernel",
    type=click.Choice(["quartic", "triweight", "epanechnikov", "triangular", "uniform", "gaussian"]),
    default="quartic",
    show_default=True,
    help="The shape in which one incident spreads.",
)
@click.option(
    "--edge",
    type=click.Choice(["none", "uniform"]),
    default="none",
    show_default=True,
    help="Whether to make up for the part of the kernel that lies outside the areas.",
)
@click.option(
    "--classes",
    type=click.Choice(["share", "mean"]),
    default="share",
    show_default=True,
    help="Classes of map and contours: the densest ground that holds up to 10, 25, 50 and 75% of the incidents, or "
    "multiples of the mean.",
)
@options.months
@options.by_points("a density counts")
@engines.density
@options.output_file
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    crs: str,
    months: float | None,
    output: str,
    overwrite: bool,
    bandwidth: Any,
    cell_size: float | None,
    kernel: Any,
    edge: Any,
    classes: Any,
    engine: str,
    scheduler: str | None,
    **given: Any,
) -> None:
    """Write the kernel density of incidents per km² a year: a GeoTIFF, or contour polygons.

    \b
    hotspots kde 2025-*-street.csv --areas wards.gpkg --category Burglary -o burglary.tif
    hotspots kde 2025-*-street.csv --areas wards.gpkg --bandwidth 500 -o contours.geojson
    """
    check_output(output, overwrite=overwrite, suffixes=(".tif", ".tiff", *SHAPE_SUFFIXES))
    engine = engines.chosen_engine(engine, scheduler, incidents)
    from hotspots.analysis.provenance import make_provenance, rests_on
    from hotspots.areas.reading import read_areas

    with Steps(4) as step:
        step("Reading areas")
        where = read_areas(areas, crs=crs, **options.area_reading(given))
        choices = {"bandwidth": bandwidth, "cell_size": cell_size, "kernel": kernel, "edge": edge}
        surface, quality = engines.density_of(
            engine,
            scheduler,
            incidents,
            where,
            step=step,
            choices={**choices, "months": months},
            reading=options.reading(given),
        )
        surface = surface.classed(classes)
        step("Writing")
        if Path(output).suffix.casefold() in (".tif", ".tiff"):
            from hotspots.analysis.origins import files_origin, months_words
            from hotspots.export.raster import write_geotiff

            told = files_origin(quality, areas=where)
            origin = {"title": "Density of incidents", "period": months_words(quality)}
            origin |= {"source": told.source, "attribution": told.attribution}
            write_geotiff(surface, output, origin=origin, overwrite=overwrite)
            click.echo(f"Wrote {output}", err=True)
            return
        from hotspots.methods.contours import make_contours

        provenance = make_provenance(
            crs=crs,
            quality=quality,
            months=surface.parameters["months"],
            months_from=rests_on(months, quality.period),
            steps={"kde": dict(surface.parameters)},
        )
        write_layer(make_contours(surface, areas=where), output, overwrite=overwrite, provenance=provenance)
