"""`hotspots report`: a recipe to a report that reads on a screen and prints."""

from __future__ import annotations

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output


@click.command("report", short_help="A report to read and print, and a workbook.")
@click.argument("recipe", metavar="RECIPE")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to write the report: .html.")
@click.option("--tables", metavar="FILE", help="Write its tables as a workbook too: .xlsx.")
@options.overwrite
def command(recipe: str, output: str, tables: str | None, overwrite: bool) -> None:
    """Write the report of an analysis: headline figures, maps, tables of areas, change, quality, method.

    It is one HTML file that needs no network; print it from a browser, to paper or PDF. The recipe's table
    [report] chooses the sections and their order. With that table, `hotspots run` writes it as well.

    \b
    hotspots report analysis.toml -o report.html
    hotspots report analysis.toml -o report.html --tables tables.xlsx
    """
    check_output(output, overwrite=overwrite, suffixes=(".html",), pipe=False)
    if tables is not None:
        check_output(tables, overwrite=overwrite, suffixes=(".xlsx",), pipe=False, option="--tables")
    from hotspots.analysis.origins import NAME_THEM
    from hotspots.analysis.recipe.reading import read_recipe
    from hotspots.analysis.run.analyse import analyse, count_steps
    from hotspots.export.pages.report import write_report
    from hotspots.publish.report.document import make_document, write_tables

    asked = read_recipe(recipe)
    with Steps(count_steps(asked) + 1) as step:
        analysis = analyse(asked, progress=step)
        analysis.origin.warn(NAME_THEM)
        step("Writing the report")
        write_report(make_document(analysis), output, overwrite=overwrite)
        if tables is not None:
            write_tables(analysis, tables, overwrite=overwrite)
    more = f" and {tables}" if tables is not None else ""
    say(f"Wrote {output}{more}: open it in a browser, and print it from there", err=True)
