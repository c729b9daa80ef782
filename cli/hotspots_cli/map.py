"""`hotspots map`: layers to one HTML file, or one layer to a picture."""

from __future__ import annotations

from pathlib import Path

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.public import require_published_files
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output

PICTURES = (".png", ".svg", ".pdf")


@click.command("map", short_help="Layers to an offline HTML map or a picture.")
@click.argument("layers", nargs=-1, required=True, metavar="LAYER...")
@click.option("--title", help="The heading.")
@click.option("--period", default="", help="The time that the map covers, in words.")
@options.origin
@click.option(
    "--basemap",
    type=click.Choice(["none", "osm"]),
    default="none",
    show_default=True,
    help="'osm' adds OpenStreetMap tiles to an HTML map on a web server, for readers with a network.",
)
@click.option(
    "--tiles",
    metavar="URL",
    default="",
    help="Street map from a server of your own, such as https://maps.force.example/{z}/{x}/{y}.png.",
)
@options.context
@options.assets
@click.option("--column", metavar="COLUMN", help="What a picture draws; by default flags, else rates.")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="Where to write: .html for an interactive map; .png, .svg or .pdf for a picture.",
)
@options.public_layer
@options.overwrite
def command(
    layers: tuple[str, ...],
    title: str | None,
    period: str,
    source: str,
    attribution: str,
    basemap: str,
    tiles: str,
    context: tuple[str, ...],
    assets: bool,
    column: str | None,
    output: str,
    public: str | None,
    overwrite: bool,
) -> None:
    """Draw layers and GeoTIFF surfaces as one HTML file that needs no network, or as a picture for a slide.

    A picture shows one layer; a second one lends its outlines.

    \b
    hotspots map wards.geojson burglary.tif --title "Burglary 2025" -o map.html
    hotspots map wards.geojson --column gi_class -o hotspots.png
    hotspots map burglary.tif wards.geojson --title "Burglary 2025" -o heat-map.png
    """
    check_output(output, overwrite=overwrite, suffixes=(".html", *PICTURES), pipe=False)
    require_published_files(layers, public)
    words = {"period": period, "source": source, "attribution": attribution}
    if Path(output).suffix.casefold() in PICTURES:
        refused = (("tiles", tiles), ("assets", assets), ("basemap", basemap != "none"))
        for option, given in refused:
            if given:
                raise click.UsageError(f"--{option} is for a map that ends in .html")
        _draw_picture(
            layers, output, column=column, title=title, context=context, overwrite=overwrite, words=words
        )
        return
    if column is not None:
        raise click.UsageError("--column is for a picture that ends in .png, .svg or .pdf")
    from hotspots.areas.context import read_context
    from hotspots.areas.layers import computing_crs
    from hotspots.areas.outline import outline_of
    from hotspots.export.webmap.make import make_map, write_map
    from hotspots.publish.pictures import layer_origin
    from hotspots.publish.views import file_views, origin_told

    with Steps(2) as step:
        step("Reading layers")
        views, outline = file_views(layers)
        step("Drawing")
        around = None if outline is None else outline_of(outline)
        told = origin_told(views[0], layers[0])
        origin = layer_origin(told, source, attribution)
        made = make_map(
            views,
            boundary=around,
            context=read_context(context, within=around, crs=computing_crs(around))
            if context and around is not None
            else None,
            basemap=basemap,  # type: ignore[arg-type]
            tiles=tiles,
            title=title or "Hotspots",
            period=period or str(told.get("period", "")),
            source=origin.source,
            attribution=origin.attribution,
        )
        write_map(made, output, parts="beside" if assets else "inside", overwrite=overwrite)
    say(f"Wrote {output}: open it in a browser", err=True)


def _draw_picture(
    layers: tuple[str, ...],
    output: str,
    *,
    column: str | None,
    title: str | None,
    context: tuple[str, ...],
    overwrite: bool,
    words: dict[str, str],
) -> None:
    from hotspots.export.picture.saving import write_picture
    from hotspots.publish.pictures import file_picture

    with Steps(1) as step:
        step("Drawing")
        figure = file_picture(layers, column=column, title=title, context=context, **words)
        write_picture(figure, output, overwrite=overwrite)
    say(f"Wrote {output}", err=True)
