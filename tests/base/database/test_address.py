"""Addresses of databases: what they mean, and what they never hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.analysis.provenance import names_only
from hotspots.base.database.address import in_folder, is_address, parse_address
from hotspots.base.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "label", "place"),
    [
        ("postgresql:///county#gis.wards", "county#gis.wards", "postgresql:///county"),
        ("postgres://ann@db:5433/county#wards", "county#wards", "postgresql://ann@db:5433/county"),
        ("postgresql:///?service=desk#a.b", "desk#a.b", "postgresql:///?service=desk"),
        ("postgresql://a,b:5433/county#t", "county#t", "postgresql://a,b:5433/county"),
        ("postgresql://[::1]:5432/county#t", "county#t", "postgresql://[::1]:5432/county"),
        ("postgresql:///county?statement_timeout=2h#t", "county#t", "postgresql:///county"),
        ("duckdb:///data/crime.duckdb#street", "crime.duckdb#street", "data/crime.duckdb"),
        ("duckdb:////srv/crime.duckdb#street", "crime.duckdb#street", "/srv/crime.duckdb"),
        ("duckdb:///parquet/#street", "parquet#street", "parquet/"),
    ],
)
def test_addresses_name_a_database_and_its_rows_without_the_machine(
    text: str, label: str, place: str
) -> None:
    address = parse_address(text)
    assert (address.label, address.place) == (label, place)
    assert not address.is_query


def test_a_select_is_named_by_its_hash_and_never_shown() -> None:
    # printf "SELECT * FROM t WHERE name = 'Ann'" | sha256sum
    address = parse_address("postgresql://db/county#SELECT * FROM t WHERE name = 'Ann'")
    assert address.is_query
    assert address.label == "county#SELECT 9c28969fad4a"
    assert parse_address("postgresql:///c#-- all\nwith a as (select 1) table a").is_query
    assert not parse_address("postgresql:///c#selected.rows").is_query


def test_names_of_tables_may_be_quoted() -> None:
    assert parse_address('postgresql:///c#"my.schema"."a ""b"""').table == ("my.schema", 'a "b"')


SECRETS = [
    "postgresql://ann:s3cret@db/county#t",
    "postgresql://:s3cret@db/county#t",
    "postgresql://ann:s3#cret@db/county#t",
    "postgresql://ann:s3/cret@db/county#t",
    "postgresql:///county?password=s3cret#t",
    "postgresql:///county?user=ann&PASSWORD=s3cret#t",
    "postgresql:///county?sslpassword=s3cret#t",
    "POSTGRES://ann:s3cret@db/county#t",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_password_is_refused_and_not_repeated(text: str) -> None:
    assert is_address(text)
    with pytest.raises(ParameterError) as caught:
        parse_address(text)
    assert caught.value.message == (
        "the address of a database holds a password, which commands, recipes and logs would keep"
    )
    assert caught.value.hint == (
        "leave it out, and give it as PGPASSWORD in the environment, in the file ~/.pgpass, or in a service file, "
        "as 'postgresql:///?service=NAME'"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("postgresql+psycopg2://db/county#t", "'postgresql+psycopg2' is not a kind of database that is read"),
        (
            "duckdb://crime.duckdb#t",
            "the address of a DuckDB database is a file, or a folder of Parquet files, behind three slashes",
        ),
        (
            "duckdb:///crime.duckdb?readonly=1#t",
            "the address of a DuckDB database is a file, or a folder of Parquet files, behind three slashes",
        ),
        ("postgresql://[::1/county#t", "the address of a database is not one"),
    ],
)
def test_other_addresses_are_refused(text: str, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_address(text)
    assert caught.value.message == message


@pytest.mark.parametrize("text", ["incidents.csv", "C:/data/x.duckdb", "", "https://x/y", "wards#2"])
def test_files_are_no_addresses(text: str) -> None:
    assert not is_address(text)


def test_files_of_a_recipe_start_from_its_folder() -> None:
    assert in_folder("duckdb:///a.duckdb#t", Path("/srv/recipe")) == "duckdb:////srv/recipe/a.duckdb#t"
    asked = in_folder("duckdb:///a%3F.duckdb?statement_timeout=2h#t", Path("/srv/recipe"))
    assert asked == "duckdb:////srv/recipe/a%3F.duckdb?statement_timeout=2h#t"
    assert in_folder("duckdb:////b.duckdb", Path("/srv/recipe")) == "duckdb:////b.duckdb"
    assert in_folder("postgresql:///c#t", Path("/srv/recipe")) == "postgresql:///c#t"


def test_records_hold_neither_machine_nor_select() -> None:
    held = {
        "incidents": [{"source": ["postgresql://ann@db.intra/county#SELECT * FROM t WHERE name = 'Ann'"]}],
        "areas": [{"source": "duckdb:////home/ann/crime.duckdb#gis.wards"}],
    }
    assert names_only(held) == {
        "incidents": [{"source": ["county#SELECT 9c28969fad4a"]}],
        "areas": [{"source": "crime.duckdb#gis.wards"}],
    }
