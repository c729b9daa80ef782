"""PostgreSQL: what is read and how, and what is said where it cannot be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
from tests.base.database.conftest import read, refused

from hotspots.base.database.address import parse_address
from hotspots.base.database.postgres import connected, speaking
from hotspots.base.database.rows import open_rows, read_layer_rows
from hotspots.base.errors import DataError, FileError, HotspotsError, ParameterError

SQUARE = "'SRID=27700;POLYGON((0 0,0 1,1 1,1 0,0 0))'::geometry"


@pytest.fixture(scope="module")
def county(postgres: str) -> Iterator[str]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"""
            CREATE SCHEMA desk;
            CREATE TABLE desk.kinds (id int PRIMARY KEY, text text, number float8, exact numeric, truth boolean,
                day date, moment timestamptz, local timestamp, shape geometry);
            INSERT INTO desk.kinds VALUES
                (2, E'a "b",\\n', 0.1, 1.50, true, '2025-07-03', '2025-07-03 20:35+00', '2025-07-03 21:35', {SQUARE}),
                (1, '', NULL, NULL, false, NULL, NULL, NULL, NULL);
            CREATE TABLE desk.mixed (code text, geom geometry);
            INSERT INTO desk.mixed VALUES ('a', {SQUARE}), ('b', ST_SetSRID({SQUARE}, 4326));
            CREATE TABLE desk.two AS SELECT 'a' AS code, {SQUARE} AS geom, ST_Centroid({SQUARE}) AS middle;
            CREATE TABLE desk.closed (code text);
            CREATE TABLE desk.bare AS SELECT code, ST_SetSRID(geom, 0) AS geom FROM desk.mixed;
            CREATE TABLE desk.strange AS SELECT code, ST_SetSRID(geom, 990001) AS geom FROM desk.mixed;
            CREATE SEQUENCE desk.counter;
            GRANT USAGE ON SCHEMA desk TO reader;
        """)
    yield postgres
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA desk CASCADE")


def test_values_are_the_texts_that_a_csv_would_hold_in_the_order_of_the_key(county: str) -> None:
    # 20:35 UTC is 21:35 by the clock of London in July.
    assert read(f"{county}#desk.kinds") == {
        "id": ["1", "2"],
        "text": ["", 'a "b",\n'],
        "number": [None, "0.1"],
        "exact": [None, "1.50"],
        "truth": ["false", "true"],
        "day": [None, "2025-07-03"],
        "moment": [None, "2025-07-03T21:35:00+01:00"],
        "local": [None, "2025-07-03 21:35:00"],
    }


def test_a_layer_has_numbers_truth_values_and_its_reference_system(county: str) -> None:
    layer, record = read_layer_rows(parse_address(f"{county}#desk.kinds"))
    assert layer.crs == "EPSG:27700"
    assert layer["id"].tolist() == [1, 2]
    assert layer["exact"].iloc[1] == 1.5
    assert layer["truth"].tolist() == [False, True]
    assert layer.geometry.iloc[0] is None
    assert layer.geometry.iloc[1].wkt == "POLYGON ((0 0, 0 1, 1 1, 1 0, 0 0))"
    assert record == {}


def test_a_table_is_found_with_its_schema_or_where_the_search_path_leads(county: str) -> None:
    there = county.replace("?", "?options=-csearch_path%3Ddesk,public&")
    assert read(f"{there}#kinds", "id") == read(f"{county}#desk.kinds", "id")
    error = refused(f"{county}#kinds")
    assert error.message == "the database 'county' has no table 'kinds'"
    assert error.hint == "did you mean 'desk.kinds'?"
    assert refused(f"{county}#desk.kids").hint.startswith("did you mean 'desk.kinds'")


def test_without_a_table_those_that_there_are_are_listed(county: str) -> None:
    error = refused(county)
    assert error.message.startswith(
        "the address of the database 'county' names no table; it holds 'desk.bare', 'desk."
    )
    assert error.hint == "write the table, or a SELECT, behind a #, such as '#desk.bare'"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1; DROP TABLE desk.kinds",
        "SELECT 1) AS a; DROP TABLE desk.kinds; SELECT * FROM (SELECT 2",
        "SELECT 1) AS a; COMMIT; DROP TABLE desk.kinds; SELECT * FROM (SELECT 2",
    ],
)
def test_there_is_one_statement_only(county: str, query: str) -> None:
    error = refused(f"{county}#{query}")
    assert error.message == "behind the # stands more than one statement"
    assert error.hint == "give one SELECT, without semicolons"
    assert read(f"{county}#desk.kinds", "id") == {"id": ["1", "2"]}


def test_a_select_may_end_in_a_semicolon_or_a_remark(county: str) -> None:
    assert read(f"{county}#SELECT id FROM desk.kinds WHERE text LIKE '%b%';\n") == {"id": ["2"]}
    assert read(f"{county}#SELECT id FROM desk.kinds WHERE id = 1 -- the first") == {"id": ["1"]}


def test_a_select_cannot_change_anything(county: str) -> None:
    error = refused(f"{county}#SELECT nextval('desk.counter')")
    assert error.message == (
        "the SELECT would change the database (cannot execute nextval() in a read-only transaction), but sources are "
        "only read"
    )
    here = parse_address(county)
    with connected(here) as connection, pytest.raises(DataError, match="only read"), speaking(here):
        connection.execute("DROP TABLE desk.kinds")


def test_a_select_that_is_not_understood_is_told_with_the_servers_words(county: str) -> None:
    error = refused(f"{county}#SELECT txt FROM desk.kinds")
    assert error.message == 'the database does not understand the SELECT: column "txt" does not exist'
    assert "desk.kinds" not in error.message
    assert error.hint == 'perhaps you meant to reference the column "kinds.text".'


def test_columns_of_one_name_are_refused(county: str) -> None:
    error = refused(f"{county}#SELECT a.id, b.id FROM desk.kinds a, desk.kinds b")
    assert error.message == "the SELECT gives 2 columns called 'id'"


def test_statements_are_stopped_in_time(county: str) -> None:
    slow = county.replace("?", "?statement_timeout=100ms&")
    error = refused(f"{slow}#SELECT pg_sleep(20)::text AS a")
    assert error.message == "the server stopped the statement, which took too long"
    assert (
        error.hint
        == "allow it more time in the address, as in '?statement_timeout=2h', or ask for fewer rows"
    )
    odd = county.replace("?", "?statement_timeout=soon&")
    assert refused(f"{odd}#desk.kinds").hint == "write '?statement_timeout=20min' in the address"


def test_the_servers_own_patience_is_kept_unless_the_address_says_another(county: str) -> None:
    def patience(address: str) -> str:
        with connected(parse_address(address)) as connection:
            found = connection.execute("SHOW statement_timeout").fetchone()
            assert found is not None
            return str(found[0])

    assert patience(county) == "30min"
    own = county.replace("?", "?options=-cstatement_timeout%3D7min&")
    assert patience(own) == "7min"
    assert patience(own.replace("?", "?statement_timeout=2h&")) == "2h"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("two", "'county#desk.two' has 2 columns of geometry: 'geom', 'middle'"),
        ("closed", "'county#desk.closed' has no column of geometry, but areas are polygons"),
        ("mixed", "'county#desk.mixed' holds geometries of several reference systems (SRID 4326, 27700)"),
    ],
)
def test_layers_need_one_column_of_geometry_in_one_reference_system(
    county: str, table: str, message: str
) -> None:
    with pytest.raises(HotspotsError) as caught:
        read_layer_rows(parse_address(f"{county}#desk.{table}"))
    assert caught.value.message == message


@pytest.mark.parametrize("table", ["bare", "strange"])
def test_an_srid_that_says_nothing_is_no_reference_system(county: str, table: str) -> None:
    layer, _ = read_layer_rows(parse_address(f"{county}#desk.{table}"))
    assert layer.crs is None


def test_a_table_without_rows_is_no_layer(county: str) -> None:
    with pytest.raises(DataError, match=r"'county#SELECT \w{12}' holds no rows"):
        read_layer_rows(parse_address(f"{county}#SELECT code, geom FROM desk.two WHERE false"))


def as_user(county: str, name: str) -> str:
    return county.replace("user=postgres", f"user={name}")


def test_what_may_not_be_read_is_said(county: str) -> None:
    error = refused(f"{as_user(county, 'reader')}#desk.closed")
    assert isinstance(error, FileError)
    assert error.message == "permission denied: permission denied for table closed"
    assert error.hint == "ask whoever keeps the database 'county' for the right"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("/county?", "/contry?"), "the server has no database 'contry'"),
        (("user=postgres", "user=nobody"), "the server of the database 'county' does not let you in"),
        (("host=", "host=/nowhere"), "no server answers for the database 'county'"),
        (("host=", "service=none&x="), "the address of the database 'county' is not understood (invalid URI query "
         'parameter: "x")'),
        (("user=postgres", "service=none"), "the service that the address names is in no service file"),
        (("///county?", "//machine.invalid/county?port=1&x_host="), "the address of the database 'county' is not "
         'understood (invalid URI query parameter: "x_host")'),
    ],
)  # fmt: skip
def test_a_server_that_does_not_answer_or_refuses_is_said(
    county: str, change: tuple[str, str], message: str
) -> None:
    error = refused(f"{county.replace(*change)}#desk.kinds")
    assert error.message == message


def test_a_machine_that_nobody_knows_or_that_refuses_is_said() -> None:
    assert refused("postgresql://machine.invalid/county#t").message == (
        "the server of the database 'county' is not known on this network"
    )
    assert (
        refused("postgresql://127.0.0.1:1/county#t").message == "no server answers for the database 'county'"
    )


def test_passwords_come_from_the_environment(county: str, monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = f"{as_user(county, 'guarded')}#SELECT 1 AS id"
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    said = "the server of the database 'county' did not take the password, or was given none"
    assert refused(guarded).message == said
    monkeypatch.setenv("PGPASSWORD", "wrong-s3cret")
    assert refused(guarded).message == said
    monkeypatch.setenv("PGPASSWORD", "kept")
    assert read(guarded) == {"id": ["1"]}


def test_a_service_file_names_the_database(
    county: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = parse_address(county).place.partition("host=")[2].partition("&")[0].replace("%2F", "/")
    services = tmp_path / "services"
    services.write_text(
        f"[desk]\nhost={folder}\ndbname=county\nuser=guarded\npassword=kept\n", encoding="utf-8"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    assert read("postgresql:///?service=desk#SELECT 1 AS id") == {"id": ["1"]}


def test_a_missing_package_is_said(county: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = refused(f"{county}#desk.kinds")
    assert error.message == "PostgreSQL is read with the package psycopg, which is not installed"
    assert error.hint == "type: python -m pip install 'hotspots-toolkit[databases]'"


def test_rows_come_in_pieces(county: str) -> None:
    many = f"{county}#SELECT n AS id, repeat('x', 100) AS text FROM generate_series(1, 100000) AS n"
    with open_rows(parse_address(many)) as rows:
        lengths = [table.num_rows for table in rows.batches(["id", "text"])]
    # 4 MiB a piece, of about 106 bytes a row: 100 letters, up to 6 digits, a comma and the end of the line.
    assert sum(lengths) == 100_000
    assert lengths[0] == pytest.approx(4 * 2**20 / 106, rel=0.01)


def test_reading_the_first_rows_alone(county: str) -> None:
    with open_rows(parse_address(f"{county}#desk.kinds")) as rows:
        assert pa.concat_tables(rows.batches(["id"], most=1)).to_pydict() == {"id": ["1"]}


def test_errors_are_of_the_toolkits_kinds(county: str) -> None:
    assert isinstance(refused(f"{county}#desk.kids"), ParameterError)
    assert refused(f"{county}#SELECT (1 / (id - 1))::text AS a FROM desk.kinds").message == (
        "the database 'county' could not do it: division by zero"
    )
