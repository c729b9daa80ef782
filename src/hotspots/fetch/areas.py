"""Boundaries from the ONS Open Geography portal: wards, LSOAs and districts of a year, of one force or of all."""

from __future__ import annotations

import json
import logging
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from hotspots.base.crs import BRITISH_NATIONAL_GRID, WGS84, reproject
from hotspots.base.errors import DataError, FileError, ParameterError, did_you_mean, listed
from hotspots.base.foreign import reading
from hotspots.base.named import Named
from hotspots.fetch.arcgis import Service, among, describe, features
from hotspots.fetch.settings import Settings
from hotspots.fetch.store import OGL, Parts, alone, file_record, put, today
from hotspots.fetch.web import Web

if TYPE_CHECKING:
    import geopandas as gpd

log = logging.getLogger(__name__)

Kind = Literal["wards", "lsoa", "districts"]
Detail = Literal["generalised", "full"]

YEARS: dict[str, int] = {"wards": 2024, "lsoa": 2021, "districts": 2024}
"""The year that is taken where none is asked for."""

EVERYWHERE = "England and Wales"
_FIELDS = {"wards": "WD", "lsoa": "LSOA", "districts": "LAD"}
_TITLES = {"wards": "Wards", "lsoa": "Lower layer super output areas", "districts": "Districts"}
_DETAILS = {
    "generalised": "generalised (20 m), clipped to the coast",
    "full": "full resolution, clipped to the coast",
}
_COLUMNS = {
    "code": "Code of the area",
    "name": "Its name",
    "ward_code": "Code of the ward that it lies in, by the ONS's best fit",
    "ward": "Name of that ward",
    "district_code": "Code of the district that it lies in",
    "district": "Name of that district",
}


@alone()
def fetch_areas(
    web: Web,
    settings: Settings,
    kind: Kind,
    *,
    year: int | None = None,
    force: str | None = None,
    detail: Detail = "generalised",
) -> Named:
    """Fetch boundaries into the cache as ``ons/<kind>-<year>``, then ``-full`` and the force where they are chosen.

    The layer has the columns ``code``, ``name``, ``district_code`` and ``district``; LSOAs of 2021 also ``ward_code``
    and ``ward``. It is in British National Grid, as the service sends it.

    Parameters
    ----------
    web, settings : Web, Settings
    kind : {'wards', 'lsoa', 'districts'}
    year : int, optional
        Of the boundaries; see `YEARS`.
    force : str, optional
        Only areas that this force polices, named as police.uk does; all of England and Wales without it.
    detail : {'generalised', 'full'}

    Raises
    ------
    ParameterError
        When no address of such boundaries is known, or there is no such force.
    FileError, DataError
        When the service fails, or does not send each area once.
    """
    if kind not in get_args(Kind):
        raise ParameterError(
            f"there are no boundaries '{kind}' to fetch", hint=did_you_mean(kind, get_args(Kind))
        )
    year = YEARS[kind] if year is None else year
    parts = Parts()
    service = describe(web, settings.layer(kind, year, detail))
    code = service.field(rf"{_FIELDS[kind]}\d\dCD", what="codes")
    name = service.field(rf"{_FIELDS[kind]}\d\dNM", what="names")
    wider = _lookup(web, settings, year) if kind == "lsoa" else _own_districts(service, kind)
    inside, place = (
        (None, EVERYWHERE) if force is None else _districts_of(web, settings, parts, wider.year, force)
    )
    if kind == "lsoa":
        held = wider.rows(web, parts, inside)
        conditions = among(code, list(held)) if inside is not None else iter(["1=1"])
    else:
        held = {}
        in_wales_or_england = f"{code} LIKE 'E%' OR {code} LIKE 'W%'"
        conditions = (
            iter([in_wales_or_england]) if inside is None else among(wider.district_code, list(inside))
        )
    wanted = [code, name, *(wider.fields if kind == "wards" else ())]
    found = [
        one
        for where in conditions
        for one in features(web, service, parts, where=where, fields=wanted, shapes=True)
    ]
    layer = _layer(found, kind, code, name, wider, held)
    if inside is not None and kind == "lsoa":
        _require_all(layer, held)
    entry = _put(layer, service, kind, year, detail, place)
    parts.drop()
    return entry


class _Wider:
    """Where the districts of areas stand: in a service of codes, or with the areas themselves."""

    def __init__(self, service: Service, own: str) -> None:
        self.service = service
        self.district_code = service.field(r"LAD\d\dCD", what="district codes")
        self.district = service.field(r"LAD\d\dNM", what="district names")
        self.fields = (self.district_code, self.district)
        self.year = 2000 + int(re.sub(r"\D", "", self.district_code))
        self.code = service.field(own, what="codes")
        self.ward = [name for name in service.fields if re.fullmatch(r"WD\d\d(?:CD|NM)", name, re.IGNORECASE)]

    def rows(self, web: Web, parts: Parts, districts: Iterable[str] | None) -> dict[str, dict[str, Any]]:
        """Return the rows of a service of codes by the areas' own, those of some districts or all."""
        conditions = iter(["1=1"]) if districts is None else among(self.district_code, list(districts))
        fields = [self.code, *self.fields, *self.ward]
        found = [
            one["properties"]
            for where in conditions
            for one in features(web, self.service, parts, where=where, fields=fields, shapes=False)
        ]
        return {str(row[self.code]): row for row in found}

    def columns(self, row: dict[str, Any]) -> dict[str, str]:
        """Return the districts and wards of a row, under the names of our layers."""
        wards = {
            "ward_code" if name.upper().endswith("CD") else "ward": str(row.get(name) or "")
            for name in self.ward
        }
        districts = {
            "district_code": str(row.get(self.district_code) or ""),
            "district": str(row.get(self.district) or ""),
        }
        return {**dict(sorted(wards.items(), reverse=True)), **districts}


def _lookup(web: Web, settings: Settings, year: int) -> _Wider:
    own = rf"(?:F_)?LSOA{year % 100:02d}CD"
    return _Wider(describe(web, settings.lookup("lsoa", year)), own)


def _own_districts(service: Service, kind: Kind) -> _Wider:
    wider = _Wider(service, rf"{_FIELDS[kind]}\d\dCD")
    wider.ward = []
    return wider


def _districts_of(
    web: Web, settings: Settings, parts: Parts, year: int, force: str
) -> tuple[dict[str, str], str]:
    """Return the districts of a force, by code, and its name in full."""
    service = describe(web, settings.lookup("districts", year))
    code, name = service.field(r"LAD\d\dCD", what="districts"), service.field(r"LAD\d\dNM", what="districts")
    area = service.field(r"PFA\d\dNM", what="police force areas")
    rows = [
        one["properties"]
        for one in features(web, service, parts, where="1=1", fields=[code, name, area], shapes=False)
    ]
    forces = {_as_police_uk(str(row[area])): str(row[area]) for row in rows}
    wanted = _as_police_uk(force)
    if wanted not in forces:
        raise ParameterError(f"the ONS knows no force '{force}'", hint=did_you_mean(wanted, sorted(forces)))
    found = {str(row[code]): str(row[name]) for row in rows if _as_police_uk(str(row[area])) == wanted}
    log.info("%s: %d districts (%s)", forces[wanted], len(found), listed(sorted(found.values()), count=12))
    return found, forces[wanted]


def _as_police_uk(name: str) -> str:
    """Return the ONS's name of a police force area as police.uk names the force.

    Examples
    --------
    >>> [_as_police_uk(name) for name in ("Devon & Cornwall", "London, City of", "Metropolitan Police", "Dyfed-Powys")]
    ['devon-and-cornwall', 'city-of-london', 'metropolitan', 'dyfed-powys']
    """
    plain = name.casefold().replace("&", " and ").removesuffix(" police").strip()
    turned = re.fullmatch(r"(.+), (city of)", plain)
    plain = f"{turned[2]} {turned[1]}" if turned else plain
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _layer(
    found: list[dict[str, Any]],
    kind: Kind,
    code: str,
    name: str,
    wider: _Wider,
    held: dict[str, dict[str, Any]],
) -> gpd.GeoDataFrame:
    """Return features as a layer in British National Grid, sorted by code."""
    import geopandas as gpd
    import numpy as np
    import shapely

    if not found:
        raise DataError("the service has no such areas", hint="choose another --year or --force")
    rows = []
    for one in found:
        row = one["properties"]
        above = held.get(str(row[code]), {}) if kind == "lsoa" else row
        more = {} if kind == "districts" else wider.columns(above)
        own = {"code": str(row[code]), "name": str(row[name] or "")}
        rows.append({**own, **(more or {"district": own["name"]})})
    with reading("the service sends shapes that are none", hint="type the same command again"):
        shapes = shapely.from_geojson([_text(one["geometry"]) for one in found])
    degrees = bool(np.abs(shapely.total_bounds(shapes)).max() <= 180.001)
    layer = gpd.GeoDataFrame(rows, geometry=shapes, crs=WGS84 if degrees else BRITISH_NATIONAL_GRID)
    if layer["code"].duplicated().any():
        twice = listed(layer["code"][layer["code"].duplicated()])
        raise DataError(f"the service sends {twice} more than once", hint="type the same command again")
    return reproject(layer.set_index("code").sort_index(), BRITISH_NATIONAL_GRID)


def _text(shape: dict[str, Any]) -> str:
    return json.dumps({"type": shape["type"], "coordinates": shape.get("coordinates")})


def _require_all(layer: gpd.GeoDataFrame, held: dict[str, Any]) -> None:
    lacking = sorted(set(held) - set(layer.index))
    if lacking:
        raise FileError(
            f"the boundaries lack {len(lacking):,} of {len(held):,} areas of the force, such as {listed(lacking)}",
            hint="the boundaries and the table of codes are of different years: see [layers] and [lookups] of your "
            "settings (hotspots fetch settings)",
        )


def _put(
    layer: gpd.GeoDataFrame, service: Service, kind: Kind, year: int, detail: Detail, place: str
) -> Named:
    """Write a layer and put it into the cache."""
    from hotspots.export.geopackage import write_geopackage

    words = [kind, str(year), *(["full"] if detail == "full" else [])]
    words += [] if place == EVERYWHERE else [_as_police_uk(place)]
    title = f"{_TITLES[kind]} {year}, {place}: {_DETAILS[detail]}"
    owner = service.copyright.strip() or "Contains OS data © Crown copyright and database right"
    with tempfile.TemporaryDirectory() as folder:
        file, path = f"{'-'.join(words)}.gpkg", Path(folder) / "layer.gpkg"
        write_geopackage({kind: layer}, path)
        record = {
            "kind": "areas",
            "layer": kind,
            "title": title,
            "rows": len(layer),
            "columns": {key: _COLUMNS[key] for key in ("code", *layer.columns) if key in _COLUMNS},
            "source": f"ONS Open Geography portal: {service.url}",
            "date": str(year),
            "licence": OGL,
            "attribution": "Source: Office for National Statistics licensed under the Open Government Licence v3.0. "
            + (owner if owner.endswith(".") else f"{owner}."),
            "retrieved": today(),
            "file": file,
            "files": {file: file_record(path)},
        }
        return put(f"ons/{'-'.join(words)}", {file: path}, record)
