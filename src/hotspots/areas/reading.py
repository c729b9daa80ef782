"""Read polygons into the areas table: code, name, district, population and sound geometry."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.areas.columns import (
    Columns,
    as_codes,
    as_numbers,
    district_of_names,
    find_columns,
    population_columns,
    stated_year,
)
from hotspots.areas.fit import check_fit, polygon_parts
from hotspots.areas.layers import (
    Source,
    check_coordinates,
    check_polygons,
    check_scale,
    computing_crs,
    describe,
    label_crs,
    layer_address,
    named_attribution,
    open_layer,
    read_geojson_bytes,
    read_provenance,
)
from hotspots.areas.own import own_columns
from hotspots.areas.population import Populations, PopulationTable, read_population
from hotspots.areas.record import checked_record
from hotspots.areas.tangles import refuse_large, refuse_tangles
from hotspots.base.columns import COLUMNS
from hotspots.base.crs import BRITISH_NATIONAL_GRID, announce_transformation, reproject, require_metres
from hotspots.base.database.address import is_address
from hotspots.base.database.rows import read_layer_rows
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, did_you_mean, listed
from hotspots.base.limits import FIGURE, refuse_long
from hotspots.base.numerals import mostly_numbers

log = logging.getLogger(__name__)

OVERLAP_TOLERANCE = 100.0  # m²: slivers up to this size come from generalising, and say nothing
OVERLAP_WARNING = 0.001  # share of the total area
_GEOJSON = (".geojson", ".json")
_TRUTHS = {
    word: truth
    for truth, words in ((True, "true yes y t 1 1.0"), (False, "false no n f 0 0.0"))
    for word in words.split()
}


def read_areas(
    source: Source,
    *,
    layer: str | None = None,
    code: str | None = None,
    name: str | None = None,
    district: str | None = None,
    population: str | None = None,
    population_table: str | os.PathLike[str] | pd.DataFrame | None = None,
    only: str | Sequence[str] | None = None,
    areas_crs: Any = None,
    keep: Sequence[str] = (),
    crs: str = BRITISH_NATIONAL_GRID,
) -> gpd.GeoDataFrame:
    """Read areas: wards, LSOAs or any other polygons that incidents are counted in.

    Columns are recognised by the names that the ONS gives them in any year (``WD19CD``, ``lsoa21_name``,
    ``LAD22NM``, ``pop2020``); of several geographies in one layer the finest with unique codes is taken. What
    was taken is announced. A layer without such names is known by its only column of identifiers. Without a
    column of names the code stands for the name; without a column of districts, the names of LSOAs and MSOAs
    ("Leeds 012A") give them.

    Rows that share a code are parts of one area and are joined, with a warning: their populations are added up
    where they differ, and are the area's where they are the same. Polygons that cross themselves are repaired,
    with a warning, and coordinates with latitude first are exchanged, with another. Overlaps of more than
    100 m² and gaps between areas are announced; overlaps of more than 0.1 % of the total area are a warning.

    Parameters
    ----------
    source : path, str or GeoDataFrame
        A GeoPackage, GeoJSON, Shapefile (also zipped), FlatGeobuf, file geodatabase, KML or GeoParquet file,
        the name of a bundled or fetched layer (see ``hotspots boundaries list``), the address of a table or SELECT
        in a database, such as ``"postgresql://server/county#gis.wards"``, or a layer already read; its index counts
        as a column if it has a name.
    layer : str, optional
        The layer of a file that holds several.
    code, name, district, population : str, optional
        Columns to take instead of those recognised. With `population_table`, `population` is a column of it.
    population_table : path or DataFrame, optional
        A table with a column of codes and one of populations, as `hotspots.base.tables.read_table` takes it.
        Names and districts are taken from it where the layer has none.
    only : str or sequence of str, optional
        Keep the areas of these districts only. Case does not matter.
    areas_crs : anything that pyproj takes, optional
        What the layer's coordinates are, where the file does not say it, or says it wrongly.
    keep : sequence of str, optional
        Further columns of the layer to keep under their own names; see `hotspots.areas.own.own_columns`. Of an area
        in several parts that differ, the value is missing.
    crs : str, default "EPSG:27700"
        Projected system in metres that the areas are brought to. Layers in it already are left as they are.

    Returns
    -------
    GeoDataFrame
        Indexed by code (str, unique, sorted, index name "code"), with columns ``name`` (str), ``district``
        (str, "" if unknown), ``population`` (float64, NaN if unknown), those of `keep`, and ``geometry`` (valid
        polygons and multipolygons). ``attrs["attribution"]`` is what the licence of a bundled or fetched layer asks
        for.

    Warns
    -----
    HotspotsWarning
        When polygons were repaired or joined, coordinates exchanged, areas overlap noticeably, some areas have
        no population, no operation to `crs` is known here, or the file says that it is a part only.

    Raises
    ------
    FileError
        When there is no such file or bundled layer, or it cannot be read.
    DataError
        When codes are missing, geometries are empty or not polygons, or populations are
        impossible or belong to other areas (fewer than nine tenths of the codes are found).
    CRSError
        When the layer's CRS is unknown, contradicts its coordinates, or `crs` does not serve that place: it is
        made for another, or its scale is off by more than 1 % there.
    ParameterError
        When a column, layer or district that was asked for does not exist.

    Examples
    --------
    >>> squares = gpd.GeoDataFrame(
    ...     {"WD24CD": ["E05000002", "E05000001"], "WD24NM": ["Town", "Hill"], "LAD24NM": ["Leeds", "Leeds"]},
    ...     geometry=shapely.box([431_000, 430_000], 433_000, [432_000, 431_000], 434_000),
    ...     crs="EPSG:27700",
    ... )
    >>> read_areas(squares)[["name", "district"]]
               name district
    code
    E05000001  Hill    Leeds
    E05000002  Town    Leeds
    """
    require_metres(crs, what="areas")
    where = describe(source)
    table = label_crs(open_layer(source, layer=layer), areas_crs)
    own = None if population_table is not None else population
    columns = find_columns(
        _attributes(table), where=where, code=code, name=name, district=district, population=own
    )
    _announce(columns, Columns(code or "", name, district, own), where)
    areas = _areas_table(table, columns, where, keep)
    joined = None
    if population_table is not None:
        joined = read_population(population_table, areas.index, population=population)
        areas = _fill_from(areas, joined)
    if (areas["district"] == "").all():
        areas = _fill_districts(areas)
    if only is not None:
        areas = _keep_districts(areas, [only] if isinstance(only, str) else list(only), where)
    populations = _own_populations(table, columns, population, where) if joined is None else None
    if joined is not None:
        areas["population"] = joined.join(areas.index)
        populations = Populations(joined.where, joined.column, joined.year, joined.years)
    areas["name"] = areas["name"].where(areas["name"] != "", areas.index.to_series())
    _require_polygons(areas, where)
    refuse_large(areas.geometry.to_numpy(), areas.index, where=where)
    areas = check_coordinates(areas, crs, where=where, option="areas_crs")
    announce_transformation(areas.crs, crs, what=where)
    areas = _sound(reproject(areas, crs), where)
    check_scale(areas)
    whole = len(areas)
    areas = _joined(areas, where)
    refuse_long([*areas.index, *areas["name"], *areas["district"]], what=where)
    _report_fit(areas, where)
    if populations is not None:
        # Populations of parts were added up for one year only.
        areas.attrs["populations"] = populations if len(areas) == whole else replace(populations, others={})
    if attribution := named_attribution(source):
        areas.attrs["attribution"] = attribution
    return areas


def read_layer(
    source: str | os.PathLike[str], *, layer: str | None = None, crs: str | None = None
) -> gpd.GeoDataFrame:
    """Read a layer that the toolkit wrote, with all its columns, to take the next step with it.

    Parameters
    ----------
    source : path or str
        A GeoJSON or GeoPackage file, ``"-"`` for GeoJSON on standard input, or the address of a table in a database.
    layer : str, optional
        The layer of a GeoPackage that holds several.
    crs : str, optional
        Projected system in metres to bring it to. By default the one it was made in, where its provenance
        says so or its coordinates are metres already, else British National Grid.

    Returns
    -------
    GeoDataFrame
        Indexed by code, in the file's order. Numbers, flags and truth values have the type that the output
        vocabulary gives them. ``attrs["provenance"]`` is the provenance, where the file holds it.

    Raises
    ------
    FileError
        When there is no such file, or it is not a layer.
    DataError
        When the layer is empty, has no column of codes, or a code is missing or repeated.
    CRSError
        When the layer's CRS is unknown or contradicts its coordinates.
    """
    where = describe(source)
    provenance: dict[str, Any] = {}
    if str(source) == "-":
        table, provenance = read_geojson_bytes(sys.stdin.buffer.read(), where=where)
    elif is_address(source):
        table, provenance = read_layer_rows(layer_address(str(source), layer))
        table = check_polygons(table, where)
    elif str(source).lower().endswith(_GEOJSON) and Path(source).is_file():
        table, provenance = read_geojson_bytes(Path(source).read_bytes(), where=where)
    else:
        table = open_layer(source, layer=layer)
        if str(source).lower().endswith(".gpkg") and Path(source).is_file():
            provenance = read_provenance(Path(source))
    provenance = checked_record(provenance, where=where)
    code = _own_code(table, where)
    codes = _checked_codes(table[code], where, hint="complete it: every area needs its code")
    table = table.set_index(_unique(codes, code, where)).drop(columns=[code])
    _require_polygons(table, where)
    refuse_large(table.geometry.to_numpy(), table.index, where=where)
    # The writer gives each feature its code as `id` too, which comes back as a column.
    table = (
        table.drop(columns=["id"], errors="ignore")
        if "id" in table and (table["id"] == table.index).all()
        else table
    )
    goal = crs or provenance.get("crs") or computing_crs(table)
    require_metres(goal, what="layers")
    table = check_coordinates(table, goal, where=where)
    if "crs" not in provenance:
        announce_transformation(table.crs, goal, what=where)
    typed = _typed(table, where)
    people = typed.get("population")
    truths = people is not None and pd.api.types.is_bool_dtype(people.dtype)
    if people is not None and (truths or not pd.api.types.is_numeric_dtype(people.dtype)):
        raise DataError(
            f"the population of {where} is {people.dropna().tolist()[:1]}, which is no number",
            hint="correct it, or leave the column out",
        )
    result = _sound(reproject(typed, goal), where)
    check_scale(result)
    refuse_long(
        [*result.index, *(text for one in ("name", "district") for text in result.get(one, ()))], what=where
    )
    if provenance:
        result.attrs["provenance"] = provenance
    return result


def _attributes(table: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(table.drop(columns="geometry"))


def _announce(taken: Columns, asked: Columns, where: str) -> None:
    parts = ("code", "name", "district", "population")
    chosen = [(part, getattr(taken, part)) for part in parts if getattr(taken, part) != getattr(asked, part)]
    guessed = [f"{part} from '{column}'" for part, column in chosen if column not in (part, None)]
    if guessed:
        options = "'code', 'name', 'district' or 'population'"
        log.info("Columns of %s: %s (choose others with %s)", where, ", ".join(guessed), options)


def _areas_table(
    table: gpd.GeoDataFrame, columns: Columns, where: str, keep: Sequence[str]
) -> gpd.GeoDataFrame:
    codes = _checked_codes(table[columns.code], where)
    table = table.set_index(codes)

    def text(column: str | None) -> Any:
        return "" if column is None else as_codes(table[column]).fillna("")

    numbers: Any = np.nan
    if columns.population is not None:
        numbers = as_numbers(table[columns.population], what=f"'{columns.population}' of {where}")
    values = {"name": text(columns.name), "district": text(columns.district), "population": numbers}
    values |= own_columns(_attributes(table), keep, where=where)
    flat = shapely.force_2d(table.geometry.to_numpy())
    areas = gpd.GeoDataFrame(values, index=table.index, geometry=flat, crs=table.crs)
    return areas.astype({"name": "str", "district": "str", "population": "float64"}).sort_index()


def _checked_codes(
    values: pd.Series[Any], where: str, *, hint: str = "complete it, or name another column with 'code'"
) -> pd.Index:
    codes = as_codes(values)
    missing = int(codes.isna().sum())
    if missing:
        rows = ", ".join(str(row + 1) for row in np.flatnonzero(codes.isna())[:3])
        raise DataError(
            f"column '{values.name}' of {where} has no code for "
            f"{_counted(missing, 'area', 'areas')} (row {rows})",
            hint=hint,
        )
    index: pd.Index = pd.Index(codes.to_numpy(), dtype="str", name="code")
    return index


def _unique(codes: pd.Index, column: str, where: str) -> pd.Index:
    if codes.has_duplicates:
        raise DataError(
            f"column '{column}' of {where} holds {listed(codes[codes.duplicated()].unique())} more than once",
            hint="dissolve the parts of each area first",
        )
    return codes


def _joined(areas: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    """Return the areas with one row for each code: the parts of an area become one polygon."""
    if not areas.index.has_duplicates:
        return areas
    parts = areas.groupby(level=0, sort=True)
    for column in ("name", "district"):
        differs = areas.index[areas[column] != parts[column].transform("first")]
        if len(differs):
            code = differs[0]
            shown = " and ".join(f"'{text}'" for text in areas.loc[code, column].unique()[:2])
            raise DataError(
                f"{where} holds the code {code} more than once, with the {column}s {shown}",
                hint="name another column with 'code'",
            )
    same = areas["population"].eq(parts["population"].transform("first")) | areas["population"].isna()
    whole = bool(same.all())
    people = parts["population"].first() if whole else parts["population"].sum(min_count=1)
    shapes = [shapely.union_all(areas.geometry[[code]].to_numpy()) for code in people.index]
    joined = areas[~areas.index.duplicated()].assign(population=people)
    for column in areas.columns.difference(["name", "district", "population", "geometry"]):
        alike = parts[column].agg(lambda values: len(values.drop_duplicates()) == 1)
        joined[column] = joined[column].where(alike)
    several = areas.index[areas.index.duplicated(keep=False)]
    added = "" if whole or people.isna().all() else "; their populations were added up"
    warnings.warn(
        f"{where} holds {listed(several.unique())} more than once: "
        f"{len(several):,} rows were joined into {_counted(several.nunique(), 'area', 'areas')}{added}",
        HotspotsWarning,
        stacklevel=3,
    )
    return joined.set_geometry(
        gpd.GeoSeries(polygon_parts(np.array(shapes)), index=joined.index, crs=areas.crs)
    )


def _own_populations(
    table: gpd.GeoDataFrame, columns: Columns, asked: str | None, where: str
) -> Populations | None:
    """Return the layer's own columns of populations, those of other years too where none was asked for."""
    if columns.population is None:
        return None
    years = (
        {} if asked else {year: name for year, name in population_columns(_attributes(table)).items() if year}
    )
    codes = as_codes(table[columns.code]).to_numpy()
    others = {}
    if pd.Index(codes).is_unique:
        for year, name in years.items():
            values = pd.Series(table[name].to_numpy(), index=codes, name=name)
            others[year] = (name, as_numbers(values, what=f"'{name}' of {where}"))
    return Populations(where, columns.population, stated_year(columns.population), others)


def _fill_from(areas: gpd.GeoDataFrame, table: PopulationTable) -> gpd.GeoDataFrame:
    """Take names and districts from the population table where the layer has none at all."""
    filled = {}
    for column, values in (("name", table.name), ("district", table.district)):
        if values is not None and (areas[column] == "").all():
            filled[column] = values.reindex(areas.index).fillna("").astype("str")
    return areas.assign(**filled)


def _fill_districts(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    districts = district_of_names(areas["name"])
    if districts is None:
        return areas
    log.info("Districts taken from the areas' names (choose a column with 'district')")
    return areas.assign(district=districts.astype("str"))


def _keep_districts(areas: gpd.GeoDataFrame, wanted: Sequence[str], where: str) -> gpd.GeoDataFrame:
    known = {district.casefold(): district for district in sorted(set(areas["district"])) if district}
    if not known:
        raise ParameterError(
            f"{where} has no districts, so 'only' cannot choose among its areas",
            hint="name the column of districts with 'district'",
        )
    for district in wanted:
        if district.strip().casefold() not in known:
            raise ParameterError(
                f"{where} has no district '{district}'", hint=did_you_mean(district, known.values())
            )
    names = {known[district.strip().casefold()] for district in wanted}
    return areas[areas["district"].isin(names)].copy()


def _sound(areas: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    """Return the areas with every polygon valid."""
    geometries = areas.geometry.to_numpy()
    invalid = ~shapely.is_valid(geometries) & ~shapely.is_missing(geometries)
    if not invalid.any():
        _require_polygons(areas, where)
        return areas
    refuse_tangles(geometries[invalid], areas.index[invalid], where=where)
    repaired = geometries.copy()
    # "structure" merges parts that overlap, where "linework" would make a hole of what they share.
    mended = shapely.make_valid(geometries[invalid], method="structure", keep_collapsed=False)
    repaired[invalid] = polygon_parts(mended)
    sound = areas.set_geometry(gpd.GeoSeries(repaired, index=areas.index, crs=areas.crs))
    _require_polygons(sound, where)
    what = _counted(int(invalid.sum()), "polygon", "polygons")
    warnings.warn(
        f"repaired {what} of {where} with a border that crosses itself: {listed(areas.index[invalid])}",
        HotspotsWarning,
        stacklevel=3,
    )
    return sound


def _require_polygons(areas: gpd.GeoDataFrame, where: str) -> None:
    shapes = areas.geometry.to_numpy()
    bare = areas.index[shapely.is_missing(shapes) | shapely.is_empty(shapes)]
    if len(bare):
        raise DataError(
            f"{where} has no polygon for {_counted(len(bare), 'area', 'areas')}: {listed(bare)}",
            hint="draw them, or delete their rows",
        )


def _report_fit(areas: gpd.GeoDataFrame, where: str) -> None:
    geometries = areas.geometry.to_numpy()
    fit = check_fit(geometries, tolerance=OVERLAP_TOLERANCE)
    if len(fit.gaps):
        log.info(
            "%s: %s between areas, %.3g km² in all",
            where,
            _counted(len(fit.gaps), "gap", "gaps"),
            fit.gaps.sum() / 1e6,
        )
    if not len(fit.pairs):
        return
    first, second = areas.index[fit.pairs[int(np.argmax(fit.overlaps))]]
    shared = float(fit.overlaps.sum())
    least = (
        ""
        if fit.looked is None
        else f"of the first {fit.looked:,} pairs of areas, and no more were looked at, "
    )
    message = (
        f"{where}: {least}{_counted(len(fit.pairs), 'overlap', 'overlaps')} between areas, "
        f"{shared / 1e6:.3g} km² in all (the largest: {first} and {second}); "
        "an incident there counts in the first of the two"
    )
    if shared > OVERLAP_WARNING * float(shapely.area(geometries).sum()):
        warnings.warn(message, HotspotsWarning, stacklevel=3)
    else:
        log.info(message)


def _typed(layer: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    """Give the columns of the output vocabulary their types back; files keep fewer than the library has.

    A column of someone else that has one of our names stays as it is where it holds something else; names and
    districts are texts, whatever they were made of.
    """
    found = {
        name: as_codes(layer[name]).fillna("").astype("str") for name in ("name", "district") if name in layer
    }
    for column in layer.columns.intersection(list(COLUMNS)).difference(list(found)):
        values, kind = layer[column], COLUMNS[column].kind
        if kind in ("text", "flag"):
            found[column] = values.astype("str") if pd.api.types.is_string_dtype(values.dtype) else values
        elif kind == "boolean":
            found[column] = _truths(values)
        else:
            found[column] = _numbers(values, whole=kind == "integer", what=f"'{column}' of {where}")
    return layer.assign(**found)


def _own_code(table: gpd.GeoDataFrame, where: str) -> str:
    """Return the column of codes of a layer that is read on; commands that do so ask for no name of it."""
    try:
        return find_columns(_attributes(table), where=where).code
    except DataError as error:
        raise DataError(
            error.message, hint="give a layer that hotspots wrote, or name its column of codes: code"
        ) from error


def _truths(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return yes and no, true and false, 1 and 0 as truth values; anything else as it is."""
    told = values.map(lambda value: _TRUTHS.get(str(value).strip().casefold()), na_action="ignore")
    if (told.isna() & values.notna()).any():
        return values
    return told.astype("boolean" if told.isna().any() else "bool")


def _numbers(values: pd.Series[Any], *, whole: bool, what: str) -> pd.Series[Any]:
    """Return numbers as our columns have them: whole ones only where all are; a column of words as it is."""
    read = mostly_numbers(values, what=what)
    if read is None:
        return values
    large = read.index[read.abs() > FIGURE]
    if len(large):
        raise DataError(
            f"{what} is {read[large[0]]:.3g} for {large[0]}, and no figure of an area is over {FIGURE:,.0f}",
            hint="correct it, or leave it blank where it is unknown",
        )
    if not whole or (read.dropna() % 1 != 0).any():
        return read
    return read.astype("Int64" if read.isna().any() else "int64")


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"
