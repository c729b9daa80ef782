"""Keep what a run left in its folder as an edition of a store: a GeoPackage of editions, or a schema of a database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.editions import RECORD
from hotspots.areas.reading import read_layer
from hotspots.base.database.address import Address, is_address, parse_address
from hotspots.base.database.into import existing_tables
from hotspots.base.database.rows import open_rows
from hotspots.base.database.tables import Table
from hotspots.base.errors import FileError, ParameterError
from hotspots.export.database import write_layers
from hotspots.export.editions import add_edition, check_edition
from hotspots.export.geojson.text import to_json

RUN = "hotspots_run"
"""The table of a schema that holds the record of the run whose layers the others are."""


def check_store(store: str, *, edition: str | None, overwrite: bool) -> None:
    """Refuse a store before any work is done for it.

    Raises
    ------
    ParameterError
        When it is neither a GeoPackage nor a schema of a database, or the edition has no name, or none that layers
        can have.
    FileError
        When there is such an edition already and `overwrite` is false, or the file is no store.
    """
    if is_address(store):
        address = _schema(store)
        if edition is not None:
            raise ParameterError(
                f"'edition' is '{edition}', but the editions of a database are its schemas",
                hint=f"name the schema behind the #, as in '#{edition}', and leave out 'edition'",
            )
        if not overwrite and (address.table[0], RUN) in existing_tables(address):
            raise FileError(
                f"the schema '{address.table[0]}' of the database '{address.name}' holds a run already",
                hint="choose another name, or allow it with 'overwrite'",
            )
        return
    if Path(store).suffix.casefold() != ".gpkg":
        raise ParameterError(
            f"'{store}' is no store of editions",
            hint="name a GeoPackage, such as 'editions.gpkg', or a schema: 'postgresql://server/database#schema'",
        )
    if edition is None:
        raise ParameterError(
            f"the edition that '{store}' is to hold has no name",
            hint="name it with 'edition', such as '2025-26'",
        )
    check_edition(Path(store), edition, overwrite=overwrite)


def keep_edition(
    folder: Path, store: str, *, edition: str | None = None, overwrite: bool = False
) -> tuple[str, ...]:
    """Write the layers of a run's folder and its record into a store, all of them or none.

    Parameters
    ----------
    folder : Path
        What a run left.
    store : str
        A GeoPackage, which is made where there is none, or the address of a schema in a database.
    edition : str, optional
        What the edition is called in a GeoPackage; in a database its schema is its name.
    overwrite : bool, default False
        Whether an edition of that name may be replaced, tables that it no longer has included.

    Returns
    -------
    tuple of str
        The names of the layers.

    Raises
    ------
    FileError, ParameterError
        See `check_store`; and when the folder is not that of a run, or the store cannot be written to.
    """
    check_store(store, edition=edition, overwrite=overwrite)
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise FileError(
            f"'{folder}' is not the folder of a run: it has no {RECORD}",
            hint="name the folder that 'hotspots run' wrote",
        ) from None
    layers: dict[str, gpd.GeoDataFrame] = {
        path.stem: read_layer(path, layer=path.stem) for path in sorted((folder / "layers").glob("*.gpkg"))
    }
    if is_address(store):
        _into_schema(layers, record, _schema(store), overwrite=overwrite)
    else:
        add_edition(Path(store), str(edition), layers, record=record, overwrite=overwrite)
    return tuple(layers)


def _schema(store: str) -> Address:
    address = parse_address(store)
    if address.is_query or len(address.table) != 1:
        raise ParameterError(
            f"the address of the database '{address.name}' names no schema to write into",
            hint="name it behind a #, as in 'postgresql://server/database#schema'",
        )
    return address


def _into_schema(
    layers: Mapping[str, gpd.GeoDataFrame], record: Mapping[str, Any], address: Address, *, overwrite: bool
) -> None:
    schema = address.table[0]
    # A name with a hyphen has to be quoted in every SELECT.
    tables = {name.replace("-", "_"): layer for name, layer in layers.items()}
    told = pd.DataFrame(
        {
            **{key: [str(record.get(key, ""))] for key in ("title", "period", "made_with")},
            "tables": [to_json(list(tables))],
            "record": [to_json(record)],
        }
    )
    about = Table((schema, RUN), told, comment="The run whose layers are the other tables of this schema")
    write_layers(
        {(schema, name): layer for name, layer in tables.items()},
        address,
        provenance={key: value for key, value in record.items() if key not in ("files", "recipe", "plan")},
        overwrite=overwrite,
        beside=[about],
        obsolete=[(schema, name) for name in _kept_before(address, schema) if name not in tables],
    )


def _kept_before(address: Address, schema: str) -> list[str]:
    """Return the tables that an earlier run left in the schema, by its own record."""
    if (schema, RUN) not in existing_tables(address):
        return []
    with open_rows(address.with_rows(f'"{schema}"."{RUN}"')) as rows:
        held = [text for table in rows.batches(["tables"]) for text in table.column("tables").to_pylist()]
    return [str(name) for text in held for name in json.loads(text or "[]")]
