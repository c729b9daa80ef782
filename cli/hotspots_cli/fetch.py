"""`hotspots fetch`: public data from where they are published, and to a desk without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from hotspots_cli import options
from hotspots_cli.saying import say

if TYPE_CHECKING:
    from hotspots.base.named import Named


@click.group("fetch", short_help="Get public data: incidents, areas, people.")
def command() -> None:
    """Get public data over a network, and carry them to a desk without one.

    What is fetched has a name, such as police.uk/staffordshire or ons/wards-2024-staffordshire, which serves wherever a
    file of its kind does: in a recipe, and on every command line. No other command uses a network.

    \b
    hotspots fetch incidents --force staffordshire --from 2024-01 --to 2025-12
    hotspots fetch areas wards --year 2024 --force staffordshire
    hotspots fetch population wards
    hotspots count police.uk/staffordshire --areas ons/wards-2024-staffordshire -o wards.csv
    """


@contextmanager
def _web() -> Iterator[tuple[Any, Any]]:
    """Give what gets, and the addresses that it gets from."""
    from hotspots.fetch.settings import read_settings
    from hotspots.fetch.web import Web

    settings = read_settings()
    with Web() as web:
        yield web, settings


def _say(entry: Named, use: str) -> None:
    say(f"{entry.id}: {entry.title}; {entry.rows:,} rows", err=True)
    say(f"  {entry.attribution}", err=True)
    say(f"  Use it by its name: {use.format(entry.id)}", err=True)


@command.command("incidents")
@click.option("--force", required=True, metavar="NAME", help="The force, such as staffordshire.")
@click.option("--from", "first", required=True, metavar="MONTH", help="The first month, such as 2024-01.")
@click.option("--to", "last", required=True, metavar="MONTH", help="The last month.")
@click.option(
    "--whole",
    is_flag=True,
    help="Download whole archives (about 1.7 GB each) and hold them against police.uk's checksums, instead of reading "
    "the force's months out of them.",
)
def incidents(force: str, first: str, last: str, whole: bool) -> None:
    """Get street-level crime and anti-social behaviour of a force, from police.uk's monthly archives.

    Months that are here stay; typed again when police.uk has published, it brings what is new, and says which months
    have been revised, and which are missing.
    """
    from hotspots.fetch.police import fetch_incidents, spans, summary

    with _web() as (web, settings):
        result = fetch_incidents(web, settings, force=force, first=first, last=last, whole=whole)
    _say(result.entry, 'source = "{0}" under [incidents]')
    for words, months in summary(result).items():
        count = "1 month" if len(months) == 1 else f"{len(months)} months"
        say(f"  {count} {words}: {spans(months)}", err=True)


@command.command("areas")
@click.argument("kind", type=click.Choice(["wards", "lsoa", "districts"]))
@click.option("--year", type=int, help="Of the boundaries; 2024, and 2021 for LSOAs, without it.")
@click.option(
    "--force", metavar="NAME", help="Only the areas of this force; all of England and Wales without it."
)
@click.option(
    "--detail",
    type=click.Choice(["generalised", "full"]),
    default="generalised",
    show_default=True,
    help="Generalised to 20 m, for maps; or in full, where a border decides whose an incident is.",
)
def areas(kind: Any, year: int | None, force: str | None, detail: Any) -> None:
    """Get boundaries of wards, LSOAs or districts, from the ONS Open Geography portal."""
    from hotspots.fetch.areas import fetch_areas

    with _web() as (web, settings):
        entry = fetch_areas(web, settings, kind, year=year, force=force, detail=detail)
    _say(entry, 'source = "{0}" under [[areas]], or --areas {0}')


@command.command("population")
@click.argument("of", type=click.Choice(["lsoa", "wards"]), default="lsoa")
def population(of: Any) -> None:
    """Get mid-year population estimates of LSOAs or wards, from the ONS."""
    from hotspots.fetch.figures import fetch_population

    with _web() as (web, settings):
        entry = fetch_population(web, settings, of)
    _say(entry, "--population-table {0}")


@command.command("imd")
@click.option("--year", type=int, default=2025, show_default=True, help="Of the indices: 2019 or 2025.")
def imd(year: int) -> None:
    """Get the English indices of deprivation, by LSOA (of 2011 in 2019, of 2021 in 2025)."""
    from hotspots.fetch.figures import fetch_imd

    with _web() as (web, settings):
        entry = fetch_imd(web, settings, year=year)
    _say(entry, 'source = "{0}" under [[indicator]] of a plan')


@command.command("list")
def list_fetched() -> None:
    """List what has been fetched: name, rows, when, and what it is."""
    from hotspots.base.named import all_named, cache_folder

    found = [one for one in all_named() if one.place == "fetched"]
    width = max((len(one.id) for one in found), default=0)
    for one in found:
        say(f"{one.id:<{width}}  {one.rows:>9,} rows  {one.record.get('retrieved', '')}  {one.title}")
    say(f"{len(found)} sets in {cache_folder()}", err=True)


@command.command("check")
def check() -> None:
    """Hold every fetched file against its checksum."""
    from hotspots.base.errors import FileError
    from hotspots.base.named import all_named
    from hotspots.fetch.store import faults

    found = [one for one in all_named() if one.place == "fetched"]
    wrong = [fault for one in found for fault in faults(one)]
    if wrong:
        raise FileError("; ".join(wrong), hint="fetch these sets again")
    files = sum(len(one.record["files"]) for one in found)
    say(f"{files} files of {len(found)} sets are as they were fetched", err=True)


@command.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(names: tuple[str, ...]) -> None:
    """Delete fetched sets from this machine."""
    from hotspots.fetch.bundle import choose
    from hotspots.fetch.store import remove as delete

    for entry in choose(names):
        delete(entry)
        say(f"Removed {entry.id}", err=True)


@command.command("bundle")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("-o", "--output", required=True, metavar="FILE", help="The archive to write, such as desk.zip.")
@options.overwrite
def bundle(names: tuple[str, ...], output: str, overwrite: bool) -> None:
    """Pack fetched sets, all of them or those named, into one archive to carry to a desk without a network."""
    from hotspots.fetch.bundle import write_bundle

    held = write_bundle(output, names, overwrite=overwrite)
    say(f"Wrote {output}: {', '.join(one.id for one in held)}", err=True)
    say(f"There, type: hotspots fetch unpack {output}", err=True)


@command.command("unpack")
@click.argument("bundle_file", metavar="FILE")
@options.overwrite
def unpack(bundle_file: str, overwrite: bool) -> None:
    """Take the sets of a bundle in, once every file is what its checksum says. Needs no network."""
    from hotspots.fetch.bundle import unpack_bundle

    for one in unpack_bundle(bundle_file, overwrite=overwrite):
        say(f"{one.id}: {one.title}; {one.rows:,} rows", err=True)


@command.command("settings")
def settings() -> None:
    """Print the addresses that are used, as a file of settings; where yours belongs is said beside."""
    from hotspots.fetch.settings import as_toml, read_settings, settings_file

    say(as_toml(read_settings()))
    say(f"Keys that differ belong into {settings_file()}", err=True)
