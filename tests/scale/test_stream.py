"""Counting in batches: the same numbers, the same account and the same bytes as in one go."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely import box

from hotspots.analysis.steps.counted import account, account_of_density
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.counting.belonging import assign_areas
from hotspots.counting.counts import count_incidents
from hotspots.counting.period import over_months, report_months
from hotspots.incidents import QualityReport, read_incidents
from hotspots.incidents.cells import mixed, text_hash
from hotspots.methods.kde.density import kernel_density
from hotspots.scale import stream as streaming
from hotspots.scale.density import density_stream
from hotspots.scale.rows import SPOT
from hotspots.scale.stream import Drawers, count_stream, dealt, input_rows
from hotspots_cli.main import run

CODES = [f"E0100000{number}" for number in range(1, 10)]


def nine_areas(crs: str = "EPSG:27700") -> gpd.GeoDataFrame:
    squares = [
        box(400_000 + 1000 * c, 300_000 + 1000 * r, 401_000 + 1000 * c, 301_000 + 1000 * r)
        for c in range(3)
        for r in range(3)
    ]
    return gpd.GeoDataFrame(
        {"population": [1000.0] * 9}, geometry=squares, index=pd.Index(CODES, name="code"), crs=crs
    )


def write_files(folder: Path, *, rows: int = 400, files: int = 3, seed: int = 0) -> list[Path]:
    """CSVs in which places, IDs and whole rows repeat, and some rows are of every awkward kind."""
    random = np.random.default_rng(seed)
    paths = []
    for number in range(files):
        spots = random.integers(0, 32, (rows, 2)) * 100
        table = pd.DataFrame(
            {
                "Crime ID": [
                    f"{value:02x}" * 32 if value < 250 else "" for value in random.integers(1, 400, rows)
                ],
                "Month": random.choice(["2025-01", "2025-02", "2025-04", ""], rows),
                "Easting": [str(400_000 + x) for x in spots[:, 0]],
                "Northing": [str(300_000 + y) for y in spots[:, 1]],
                "LSOA code": random.choice([*CODES, "W01000001", ""], rows),
                "Crime type": random.choice(["Burglary", "Drugs", "anti-social", ""], rows),
            }
        )
        table.loc[::17, ["Easting", "Northing"]] = ""
        table.loc[5, "Easting"] = "west of the mill"
        table.loc[6, "Easting"] = "7000000"
        table.loc[7, ["Easting", "Northing"]] = ["0", "0"]
        table = pd.concat([table, table.iloc[20:220]], ignore_index=True)
        path = folder / f"part-{number}.csv"
        table.to_csv(path, index=False)
        paths.append(path)
    return paths


def in_one_go(
    paths: Any, areas: gpd.GeoDataFrame, *, per: Any = None, by: Any = "polygon", **reading: Any
) -> tuple[pd.Series, Any, QualityReport]:
    incidents, quality = read_incidents(paths, **reading)
    assigned = assign_areas(incidents, areas, by=by)
    split = None if per is None else count_incidents(incidents, areas, per=per, assigned=assigned)
    n = count_incidents(incidents, areas, assigned=assigned)
    return n, split, account(quality, incidents, assigned)


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
@pytest.mark.parametrize(
    ("asked", "reading"),
    [
        ({}, {}),
        ({"per": "category"}, {"category": ["BURGLARY ", "drugs"]}),
        ({"per": "month", "by": "code"}, {"exclude": "Drugs"}),
        ({"per": "year"}, {"period": "2025-02..2025-04"}),
        ({"per": "month"}, {"category": "burglary", "period": "2025-01"}),
    ],
)
@pytest.mark.parametrize(("batch", "waiting"), [(1, 20_000), (1 << 19, 1 << 25)])
def test_counts_and_account_are_those_of_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Any, reading: Any, batch: int, waiting: int
) -> None:
    paths = write_files(tmp_path)
    n, split, report = in_one_go(paths, nine_areas(), **asked, **reading)
    monkeypatch.setattr(streaming, "BATCH_ROWS", batch)
    monkeypatch.setattr(streaming, "WAITING_BYTES", waiting)
    counted = count_stream(paths, nine_areas(), **asked, **reading)
    pd.testing.assert_series_equal(counted.n, n)
    if split is None or counted.split is None:
        assert split is counted.split
    else:
        pd.testing.assert_frame_equal(counted.split, split)
    monthly = in_one_go(
        paths, nine_areas(), per="month", **{k: v for k, v in asked.items() if k != "per"}, **reading
    )
    assert counted.monthly is not None
    pd.testing.assert_frame_equal(counted.monthly, over_months(monthly[1], report_months(report)))
    assert counted.report == report
    assert report.duplicates > 100
    assert report.identical > 0


@pytest.mark.filterwarnings("ignore:100,000 of 300,000 rows repeat")
def test_a_parquet_file_of_many_batches_is_counted_as_one(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    # The last third of the rows, in other row groups and batches, repeats the first.
    x, y = np.tile(random.integers(0, 3000, (2, 200_000)) + np.array([[400_000], [300_000]]), 2)[:, :300_000]
    ids = [f"case {number % 200_000}" for number in range(300_000)]
    table = pa.table({"Crime ID": ids, "easting": x, "northing": y})
    pq.write_table(table, tmp_path / "cases.parquet", row_group_size=70_000)
    n, _, report = in_one_go(tmp_path / "cases.parquet", nine_areas())
    counted = count_stream(tmp_path / "cases.parquet", nine_areas())
    pd.testing.assert_series_equal(counted.n, n)
    assert counted.report == report
    assert report.duplicates == 100_000


@pytest.mark.shared
def test_a_year_of_a_force_comes_to_the_same(shared_data: Path) -> None:
    areas = gpd.read_file(shared_data / "staffordshire" / "boundaries" / "lsoa_2021.gpkg")
    areas = areas.set_index(areas.columns[0]).sort_index()
    folder = shared_data / "staffordshire" / "incidents"
    n, split, report = in_one_go(folder, areas, per="category")
    counted = count_stream(folder, areas, per="category")
    pd.testing.assert_series_equal(counted.n, n)
    assert split is not None
    assert counted.split is not None
    pd.testing.assert_frame_equal(counted.split, split)
    assert counted.report == report


def test_what_is_said_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rows = "".join(f"-2.0{i % 7},52.6{i % 5},E01000001\n" for i in range(50))
    (tmp_path / "a.csv").write_text("lon,lat,lsoa\n" + rows + "1000,52,\n1000,52,\n", encoding="utf-8")
    areas = nine_areas().set_geometry(
        gpd.GeoSeries(box(-3, 52, -1, 53), crs=4326).to_crs(27700).repeat(9).array
    )
    monkeypatch.setattr(streaming, "BATCH_ROWS", 1)
    with (
        caplog.at_level(logging.INFO),
        pytest.warns(
            HotspotsWarning,
            match="^2 rows have coordinates that EPSG:4326 cannot have, such as 1000, 52: counted as without",
        ) as warned,
    ):
        counted = count_stream(tmp_path / "a.csv", areas)
    assert len(warned) == 1
    assert counted.report.out_of_range == 2
    said = [record.getMessage() for record in caplog.records]
    assert sum(line.startswith("Coordinates projected") for line in said) == 1
    assert "areas: 50 of 52 incidents placed by polygon" in said
    assert "areas: the recorded code names the same area for 100.0% of 50 incidents" in said


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
@pytest.mark.parametrize(
    "reading",
    [
        {"category": "Burglery"},
        {"period": "2031-01"},
        {"category": "drugs", "exclude": "drugs"},
        {"period": "2025-13"},
        {"by": "postcode"},
    ],
)
def test_what_is_refused_is_refused_in_the_same_words(tmp_path: Path, reading: dict[str, Any]) -> None:
    paths = write_files(tmp_path)
    with pytest.raises((DataError, ParameterError)) as expected:
        in_one_go(paths, nine_areas(), **reading)
    with pytest.raises((DataError, ParameterError)) as caught:
        count_stream(paths, nine_areas(), **reading)
    assert str(caught.value) == str(expected.value)


@pytest.mark.parametrize("by", ["polygon", "code"])
def test_areas_of_another_place_are_refused_in_the_same_words(tmp_path: Path, by: Any) -> None:
    text = "easting,northing,lsoa\n100000,100000,E09000001\n200000,150000,E09000002\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as expected:
        in_one_go(tmp_path / "a.csv", nine_areas(), by=by)
    with pytest.raises(DataError) as caught:
        count_stream(tmp_path / "a.csv", nine_areas(), by=by)
    assert str(caught.value) == str(expected.value)


def shared_months(folder: Path) -> list[Path]:
    """Three files, of which the second holds a month of the first and the third is the second again."""
    first = write_files(folder, rows=300, files=1)[0]
    table = pd.read_csv(first, dtype=str, keep_default_na=False)
    later = table[table["Month"].isin(["2025-02", "2025-04"])].sample(frac=1, random_state=1)
    more = later.assign(Month="2025-05")
    paths = [first, folder / "later.csv", folder / "again.csv"]
    for path in paths[1:]:
        pd.concat([later, more]).to_csv(path, index=False)
    return paths


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
@pytest.mark.parametrize(("batch", "waiting"), [(1, 20_000), (1 << 19, 1 << 25)])
def test_months_that_files_share_are_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int, waiting: int
) -> None:
    paths = shared_months(tmp_path)
    n, split, report = in_one_go(paths, nine_areas(), per="category")
    monkeypatch.setattr(streaming, "BATCH_ROWS", batch)
    monkeypatch.setattr(streaming, "WAITING_BYTES", waiting)
    counted = count_stream(paths, nine_areas(), per="category")
    pd.testing.assert_series_equal(counted.n, n)
    assert split is not None
    assert counted.split is not None
    pd.testing.assert_frame_equal(counted.split, split)
    assert counted.report == report
    assert report.copies == ("again.csv is later.csv again",)
    assert report.overlaps == ("later.csv repeats 2025-02 to 2025-04 of part-0.csv",)
    alone = read_incidents(paths[0])[1]
    assert report.overlap > 50
    # What the second file adds is its May.
    assert {
        share.label: share.rows for share in report.by_month if share.label in ("2025-02", "2025-04")
    } == {share.label: share.rows for share in alone.by_month if share.label in ("2025-02", "2025-04")}


def test_no_rows_at_all_are_refused(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("easting,northing\nx,y\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"'c.csv' has no row that can be read"):
        count_stream(tmp_path / "c.csv", nine_areas())


def test_parameters_are_checked(tmp_path: Path) -> None:
    path = write_files(tmp_path, files=1)[0]
    with pytest.raises(ParameterError) as caught:
        count_stream(path, nine_areas(), per="week")  # type: ignore[arg-type]
    assert str(caught.value) == "'per' is 'week'\nHint: use 'category', 'month' or 'year'"
    with pytest.raises(ParameterError) as caught:
        count_stream(path, nine_areas(), x="Easting")
    assert str(caught.value) == "only one of 'x' and 'y' is given\nHint: name both columns, or neither"
    with pytest.raises(ParameterError) as caught:
        count_stream(path, nine_areas(), by="code", lookup="lsoa_to_ward.csv")
    assert str(caught.value) == (
        "'lookup' is given, but counting in batches and on Dask takes none\n"
        "Hint: read all with hotspots.read_incidents, and give 'lookup' to hotspots.assign_areas"
    )
    with pytest.raises(TypeError, match="unexpected keyword argument 'bandwidth'"):
        count_stream(path, nine_areas(), bandwidth=3)


def test_months_cannot_be_counted_where_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("easting,northing\n400500,300500\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"^no incident has a month, so none can be counted per month"):
        count_stream(tmp_path / "a.csv", nine_areas(), per="month")


@pytest.mark.parametrize(("waiting", "most"), [(1 << 25, 0), (4000, 256), (0, 256)])
def test_drawers_give_back_what_was_put_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waiting: int, most: int
) -> None:
    monkeypatch.setattr(streaming, "WAITING_BYTES", waiting)
    spots = np.zeros(1000, dtype=SPOT)
    spots["place"] = mixed(np.arange(1000, dtype=np.uint64) // np.uint64(4))
    spots["same"] = np.arange(1000)
    drawers = Drawers(tmp_path / "spots", SPOT, "place")
    for start in range(0, 1000, 100):
        drawers.put(spots[start : start + 100])
    files = list((tmp_path / "spots").iterdir())
    assert len(files) <= most
    assert (len(files) > 0) == (most > 0)
    held = np.concatenate(list(drawers))
    assert sorted(held["same"].tolist()) == list(range(1000))
    for place in np.unique(held["place"]):
        assert np.all(np.diff(held["same"][held["place"] == place].astype(np.int64)) == 1)
    assert list((tmp_path / "spots").iterdir()) == []
    for count in (1, 2, 64, 256):
        assert sum(len(one) for one in dealt(spots, "place", count)) == 1000


def test_empty_drawers_give_nothing(tmp_path: Path) -> None:
    drawers = Drawers(tmp_path / "spots", SPOT, "place")
    drawers.put(np.empty(0, dtype=SPOT))
    assert list(drawers) == []


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_few_rows_make_no_file_and_many_no_more_than_a_file_for_each_drawer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write_files(tmp_path, files=12, rows=100)
    opened: list[Path] = []
    real = Path.open

    def noting(self: Path, mode: str = "r", *args: Any, **named: Any) -> Any:
        if mode == "ab":
            opened.append(self)
        return real(self, mode, *args, **named)

    monkeypatch.setattr(Path, "open", noting)
    in_hand = count_stream(paths, nine_areas())
    assert opened == []
    monkeypatch.setattr(streaming, "WAITING_BYTES", 10_000)
    on_disk = count_stream(paths, nine_areas())
    # Twelve hundred rows of 28 bytes are written in at most six goes of 256 drawers, and their places likewise.
    assert 0 < len(opened) < 12 * 256
    assert len(set(opened)) <= 2 * 256
    pd.testing.assert_series_equal(on_disk.n, in_hand.n)
    assert on_disk.report == in_hand.report


def test_hashes_are_never_nothing_and_mixing_is_one_to_one() -> None:
    assert text_hash("Burglary") == text_hash("Burglary") != text_hash("Drugs")
    assert len(np.unique(mixed(np.arange(100_000, dtype=np.uint64)))) == 100_000


def test_rows_are_estimated_by_size(tmp_path: Path) -> None:
    paths = write_files(tmp_path, rows=2000, files=2)
    # These lines are shorter than police.uk's, so that the estimate is under what there is.
    assert 500 < input_rows(paths) < 4000
    (tmp_path / "damaged.parquet").write_bytes(b"not Parquet")
    assert input_rows(tmp_path / "damaged.parquet") == 1


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_every_engine_writes_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = write_files(tmp_path)
    nine_areas().to_file(tmp_path / "areas.gpkg")
    monkeypatch.chdir(tmp_path)
    command = ["count", *map(str, paths), "--areas", "areas.gpkg", "--per", "category", "--overwrite"]
    outputs, said = [], []
    for engine in ("memory", "stream", "auto"):
        assert run([*command, "--engine", engine, "-o", "out.geojson"]) == 0
        outputs.append((tmp_path / "out.geojson").read_bytes())
        lines = capsys.readouterr().err.splitlines()
        # Once on a machine that has not run them yet.
        said.append([line for line in lines if not line.startswith("Compiling")])
    assert outputs[0] == outputs[1] == outputs[2]
    assert said[0] == said[2]
    assert {line for line in said[1] if "Warning" not in line} == {
        line for line in said[0] if "Warning" not in line
    }
    monkeypatch.setattr("hotspots_cli.engines.MOST_IN_MEMORY", 10)
    monkeypatch.setattr("hotspots.incidents.read_incidents", _never)
    assert run([*command, "-o", "out.geojson"]) == 0
    assert (tmp_path / "out.geojson").read_bytes() == outputs[0]


_never: Callable[..., Any] = lambda *_, **__: pytest.fail("all rows were read at once")  # noqa: E731


def test_a_scheduler_needs_its_engine(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["count", "a.csv", "--areas", "b.gpkg", "--scheduler", "tcp://x:1", "-o", "c.csv"]
    assert run(words) == 1
    assert capsys.readouterr().err == (
        "Error: --scheduler is given, but the engine is 'auto'\nHint: add --engine dask, or leave it out\n"
    )


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
@pytest.mark.parametrize("edge", ["none", "uniform"])
@pytest.mark.parametrize("waiting", [100, 1 << 21])
def test_density_in_batches_is_that_of_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edge: Any, waiting: int
) -> None:
    # The last file holds two months of the first again, so that all is read twice.
    paths = write_files(tmp_path)
    table = pd.read_csv(paths[0], dtype=str)
    table[table["Month"].isin(["2025-01", "2025-02"])].to_csv(tmp_path / "part-9.csv", index=False)
    paths.append(tmp_path / "part-9.csv")
    monkeypatch.setattr("hotspots.scale.stream.WAITING_ROWS", waiting)
    incidents, quality = read_incidents(paths, exclude="Drugs")
    areas = nine_areas().iloc[:5]
    one = kernel_density(incidents, areas, bandwidth=400, cell_size=50, edge=edge)
    surface, report = density_stream(paths, areas, bandwidth=400, cell_size=50, edge=edge, exclude="Drugs")
    assert report == account_of_density(quality, incidents, areas)
    assert report.overlap > 0
    np.testing.assert_allclose(surface.values, one.values, rtol=1e-12, atol=0)
    same = {key: held for key, held in one.parameters.items() if key not in ("share_limits", "weight")}
    assert {key: surface.parameters[key] for key in same} == same
    for key in ("share_limits", "weight"):
        np.testing.assert_allclose(surface.parameters[key], one.parameters[key], rtol=1e-12)


def test_the_density_of_many_rows_is_made_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{400_500 + 50 * one},300500,2025-01\n" for one in range(40))
    (tmp_path / "calls.csv").write_text("Easting,Northing,Month\n" + rows, encoding="utf-8")
    nine_areas().to_file(tmp_path / "areas.gpkg")
    monkeypatch.chdir(tmp_path)
    command = [
        "kde",
        "calls.csv",
        "--areas",
        "areas.gpkg",
        "--cell-size",
        "50",
        "-o",
        "d.geojson",
        "--overwrite",
    ]
    assert run([*command, "--bandwidth", "400"]) == 0
    expected = Path("d.geojson").read_bytes()
    monkeypatch.setattr("hotspots_cli.engines.MOST_IN_MEMORY", 1)
    # A rule looks at all incidents at once.
    assert run([*command, "--bandwidth", "rule-of-thumb"]) == 0
    monkeypatch.setattr("hotspots.incidents.read_incidents", _never)
    assert run([*command, "--bandwidth", "400"]) == 0
    assert Path("d.geojson").read_bytes() == expected
    capsys.readouterr()
    assert run([*command, "--bandwidth", "rule-of-thumb", "--engine", "stream"]) == 1
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "Error: the bandwidth 'rule-of-thumb' needs every row, but batches and Dask keep sums of them",
        "Hint: give one in metres with --bandwidth, for example 500, or leave it out",
    ]
