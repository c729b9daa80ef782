"""`hotspots page`: the card of one area as a page of its own."""

from __future__ import annotations

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output


@click.command("page", short_help="One area's card as a page that prints on A4.")
@click.argument("source_of", metavar="FOLDER|MAP|LAYER")
@click.option("--area", required=True, metavar="CODE", help="The area's code, such as E05010485.")
@click.option("--title", default="", help="The heading of a layer's page.")
@click.option("--period", default="", help="The time that a layer's page covers, in words.")
@options.origin
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="Where to write the page: a name that ends in .html.",
)
@options.overwrite
def command(
    source_of: str,
    area: str,
    title: str,
    period: str,
    source: str,
    attribution: str,
    output: str,
    overwrite: bool,
) -> None:
    """Write the card of one area, with the map around it, as one HTML page that prints on one sheet of A4.

    It is the card that the map opens for the area: class and reason, rank, themes against the average, change,
    months, offences and the smaller areas inside. From the folder of a run, or its map.html, it says what the map
    says; from a layer, what the layer holds.

    \b
    hotspots page maps/2025 --area E05010485 -o forebridge.html
    hotspots page priorities.gpkg --area E05010485 --title "Priorities 2025" -o forebridge.html
    """
    check_output(output, overwrite=overwrite, suffixes=(".html",), pipe=False)
    from hotspots.base.files import replacing
    from hotspots.publish.area_page import area_page

    with Steps(1) as step:
        step("Drawing")
        text = area_page(source_of, area, title=title, period=period, source=source, attribution=attribution)
        with replacing(output, overwrite=overwrite) as draft:
            draft.write_text(text, encoding="utf-8", newline="\n")
    say(f"Wrote {output}: open it in a browser, or print it", err=True)
