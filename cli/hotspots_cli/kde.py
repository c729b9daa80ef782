"""`hotspots kde`: a density surface of incidents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import engines, options
from hotspots_cli.progress import Steps
from hotspots_cli.public import published_record, rules_of
from hotspots_cli.saying import say
from hotspots_cli.writing import SHAPE_SUFFIXES, check_output, write_layer

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.disclosure.rules import Profile
    from hotspots.incidents.quality import QualityReport


@click.command("kde", short_help="Density of incidents: GeoTIFF or contours.")
@options.incidents_argument
@options.areas
@options.coverage
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
@options.public
@engines.engine
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
    public: str | None,
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
    rules = rules_of(public)
    whole = rules is not None or bandwidth in ("rule-of-thumb", "best")
    engine = engines.chosen_engine(engine, scheduler, incidents, whole=whole)
    from hotspots.analysis.provenance import make_provenance, rests_on
    from hotspots.areas.reading import read_areas

    with Steps(4) as step:
        step("Reading areas")
        where = read_areas(areas, crs=crs, **options.area_reading(given))
        choices = {"bandwidth": bandwidth, "cell_size": cell_size, "kernel": kernel, "edge": edge}
        surface, quality, where = engines.density_of(
            engine,
            scheduler,
            incidents,
            where,
            given,
            step=step,
            choices={**choices, "months": months},
            rules=rules,
        )
        surface = surface.classed(classes)
        step("Writing")
        if Path(output).suffix.casefold() in (".tif", ".tiff"):
            from hotspots.export.raster import write_geotiff

            origin = _origin(quality, where, rules)
            write_geotiff(surface, output, origin=origin, overwrite=overwrite)
            say(f"Wrote {output}", err=True)
            return
        from hotspots.methods.contours import make_contours

        provenance = make_provenance(
            crs=crs,
            quality=quality,
            months=surface.parameters["months"],
            months_from=rests_on(months, quality.period),
            steps={"kde": dict(surface.parameters)},
        )
        provenance = published_record(provenance, quality, rules)
        write_layer(make_contours(surface, areas=where), output, overwrite=overwrite, provenance=provenance)


def _origin(quality: QualityReport, areas: gpd.GeoDataFrame, rules: Profile | None) -> dict[str, str]:
    """Return what a GeoTIFF says of itself."""
    from hotspots.analysis.origins import files_origin, months_words

    told = files_origin(quality, areas=areas)
    record = published_record({"attribution": told.attribution}, quality, rules)
    return {
        "title": "Density of incidents",
        "period": months_words(quality),
        "source": told.source,
        "attribution": record["attribution"],
    }
