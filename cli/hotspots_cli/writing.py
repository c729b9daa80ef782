"""Writing a command's result in the format that its file name asks for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotspots.base.database.address import is_address, parse_address
from hotspots.base.errors import FileError, ParameterError
from hotspots.base.files import refuse_existing, same_file
from hotspots_cli.saying import say

if TYPE_CHECKING:
    import geopandas as gpd

LAYER_SUFFIXES = (".geojson", ".gpkg", ".csv", ".shp", ".shp.zip", ".parquet", ".fgb", ".topojson")
EXAMPLE = "postgresql://server/database#schema.table"
_OUTPUTS = frozenset({"-o", "--brief", "--localities", "--roles", "--table", "--tables"})
SHAPE_SUFFIXES = tuple(suffix for suffix in LAYER_SUFFIXES if suffix != ".csv")
POINT_SUFFIXES = tuple(suffix for suffix in SHAPE_SUFFIXES if suffix != ".topojson")  # which holds borders


def check_output(
    output: str,
    *,
    overwrite: bool,
    suffixes: tuple[str, ...] = LAYER_SUFFIXES,
    pipe: bool = True,
    option: str = "-o",
) -> None:
    """Refuse an output before any work is done for it: a format not offered, a file that exists or that is read."""
    if output == "-" and pipe:
        return
    if is_address(output):
        _check_table(output, overwrite=overwrite, layers=".gpkg" in suffixes, option=option)
        return
    if not output.casefold().endswith(suffixes):
        known = " or ".join(suffixes)
        raise ParameterError(
            f"cannot tell the format of '{output}' from its name",
            hint=f"end the name given to '{option}' in {known}",
        )
    refuse_existing(output, overwrite=overwrite)
    _refuse_input(output, option)
    _refuse_twice(output, option)


def _check_table(output: str, *, overwrite: bool, layers: bool, option: str) -> None:
    """Refuse a table of a database before any work is done for it: for what is no layer, or where one is already."""
    from hotspots.base.database.into import refuse_existing_table

    address = parse_address(output)
    if not layers:
        raise ParameterError(
            f"'{address.label}' is a table of a database, which only layers are written into",
            hint=f"name a file with '{option}'",
        )
    if address.is_query or not address.rows:
        raise ParameterError(
            f"the address of the database '{address.name}' names no table to write",
            hint=f"write the table behind a #, as in '{option} {EXAMPLE}'",
        )
    _refuse_input(output, option)
    refuse_existing_table(address, overwrite=overwrite)


def _refuse_input(output: str, option: str) -> None:
    """Refuse an output that the command reads too: --overwrite allows to replace results, not what they are made of."""
    from hotspots.incidents.sources import would_read

    context = click.get_current_context()
    for parameter in context.command.params:
        given = context.params.get(parameter.name or "")
        for path in given if isinstance(given, tuple) else (given,):
            if _OUTPUTS & {*parameter.opts} or not isinstance(path, str):
                continue
            if path == output if is_address(output) else same_file(path, output):
                raise FileError(
                    f"'{output}' is read by this command, and would be replaced by what it makes",
                    hint=f"give another name to '{option}'",
                )
            if parameter.name == "incidents" and not is_address(output) and would_read(path, output):
                raise FileError(
                    f"'{output}' is among what '{path}' stands for, and would be read as incidents",
                    hint=f"give a name elsewhere to '{option}', or name the files of incidents themselves",
                )


def _refuse_twice(output: str, option: str) -> None:
    """Refuse one name for two outputs, of which the second would replace the first."""
    named: dict[str, str] = click.get_current_context().meta.setdefault("hotspots.outputs", {})
    place = os.path.normcase(Path(output).resolve())
    if place in named:
        raise FileError(
            f"'{output}' is named by '{named[place]}' and by '{option}', and holds one of them only",
            hint=f"give another name to '{option}'",
        )
    named[place] = option


def write_layer(
    layer: gpd.GeoDataFrame,
    output: str,
    *,
    overwrite: bool,
    provenance: Mapping[str, Any],
    noun: str = "areas",
) -> None:
    """Write a layer in the format of the suffix, GeoJSON where there is none, and say what to open."""
    suffix = Path(output).suffix.casefold()
    if is_address(output):
        from hotspots.export.database import write_layers

        address = parse_address(output)
        write_layers({address.table: layer}, address, provenance=provenance, overwrite=overwrite)
    elif suffix == ".gpkg":
        from hotspots.export.geopackage import write_geopackage

        write_geopackage({Path(output).stem: layer}, output, provenance=provenance, overwrite=overwrite)
    elif suffix == ".csv":
        from hotspots.export.tables.csv import write_csv

        write_csv(layer, output, overwrite=overwrite)
    else:
        _writer(suffix)(layer, output, provenance=provenance, overwrite=overwrite)
    if output != "-":
        say(f"Wrote {len(layer):,} {noun} to {output}", err=True)


def _writer(suffix: str) -> Callable[..., None]:
    """Return what writes layers of a format that has provenance and holds one layer."""
    if suffix in (".shp", ".zip"):
        from hotspots.export.formats.shapefile import write_shapefile

        return write_shapefile
    if suffix == ".parquet":
        from hotspots.export.formats.geoparquet import write_geoparquet

        return write_geoparquet
    if suffix == ".fgb":
        from hotspots.export.formats.flatgeobuf import write_flatgeobuf

        return write_flatgeobuf
    if suffix == ".topojson":
        from hotspots.export.formats.topojson import write_topojson

        return write_topojson
    from hotspots.export.geojson.write import write_geojson

    return write_geojson
