"""`hotspots map`: layers to one HTML file."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.writing import check_output


@click.command("map", short_help="Layers to one offline HTML map.")
@click.argument("layers", nargs=-1, required=True, metavar="LAYER...")
@click.option("--title", default="Hotspots", show_default=True, help="The heading.")
@click.option("--period", default="", help="The time that the map covers, in words.")
@click.option("--source", default="", help="Where the incidents and boundaries come from.")
@click.option("--attribution", default="", help="The licence line.")
@click.option(
    "--basemap",
    type=click.Choice(["none", "osm"]),
    default="none",
    show_default=True,
    help="'osm' adds OpenStreetMap tiles, for readers with a network.",
)
@options.output_file
@options.overwrite
def command(layers: tuple[str, ...], output: str, overwrite: bool, **page: Any) -> None:
    """Draw layers and GeoTIFF surfaces as one HTML file that needs no network.

    \b
    hotspots map wards.geojson burglary.tif --title "Burglary 2025" -o map.html
    """
    check_output(output, overwrite=overwrite, suffixes=(".html",), pipe=False)
    from hotspots.export.webmap import make_map, write_map
    from hotspots.mapping import file_themes, outline_of

    with Steps(2) as step:
        step("Reading layers")
        themes, outline = file_themes(layers)
        step("Drawing")
        made = make_map(themes, boundary=None if outline is None else outline_of(outline), **page)
        write_map(made, output, overwrite=overwrite)
    click.echo(f"Wrote {output}: open it in a browser", err=True)
