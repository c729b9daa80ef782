"""Dask: the same numbers from several machines, and from one fewer half-way."""

from __future__ import annotations

import dataclasses
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely import box

from hotspots.analysis.steps.counted import account_of_density
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.base.surface import Surface
from hotspots.counting.belonging import assign_areas
from hotspots.counting.counts import count_incidents
from hotspots.incidents import read_incidents
from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.files import Batches, IncidentFile, Roles
from hotspots.incidents.opening import open_incidents
from hotspots.incidents.sources import find_sources
from hotspots.methods.kde.density import kernel_density
from hotspots.scale import parts
from hotspots.scale.cluster import count_dask
from hotspots.scale.density import density_dask
from hotspots.scale.stream import count_stream
from hotspots.scale.sums import pass_over
from hotspots_cli.main import run

dask_distributed = pytest.importorskip("distributed")

# A good part of the rows repeats others, which is warned of.
# A sixth of the made-up incidents lie outside the areas, on purpose.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.* repeat"),
    pytest.mark.filterwarnings("ignore:.* lie outside all areas"),
]
CODES = [f"E0100000{number}" for number in range(1, 10)]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two worker processes, each with a nanny that replaces it when it dies."""
    with (
        dask_distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=60
        ) as cluster,
        dask_distributed.Client(cluster) as client,
    ):
        yield client


def nine_areas() -> gpd.GeoDataFrame:
    squares = [
        box(400_000 + 1000 * c, 300_000 + 1000 * r, 401_000 + 1000 * c, 301_000 + 1000 * r)
        for c in range(3)
        for r in range(3)
    ]
    return gpd.GeoDataFrame(geometry=squares, index=pd.Index(CODES, name="code"), crs="EPSG:27700")


def test_weights_are_added_as_on_one_machine(tmp_path: Path, client: Any) -> None:
    paths = write_csvs(tmp_path)
    for number, path in enumerate(paths):
        table = pd.read_csv(path)
        table.assign(Count=(table.index % 7 + number) / 10).to_csv(path, index=False)
    expected = count_stream(paths, nine_areas(), weight_column="Count", per="month")
    counted = count_dask(paths, nine_areas(), weight_column="Count", per="month", scheduler=client)
    pd.testing.assert_series_equal(counted.n, expected.n)
    assert counted.split is not None
    assert expected.split is not None
    pd.testing.assert_frame_equal(counted.split, expected.split)
    assert counted.report == expected.report
    assert (counted.n % 1 > 0).any()


def write_csvs(folder: Path, count: int = 6) -> list[Path]:
    """Files that share a good part of their Crime IDs, and have rows without one."""
    random = np.random.default_rng(3)

    def incidents(rows: int) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "Month": random.choice(["2025-01", "2025-02", "2025-03"], rows),
                "Easting": 399_800 + random.integers(0, 34, rows) * 100,
                "Northing": 299_800 + random.integers(0, 34, rows) * 100,
                "Crime type": random.choice(["Burglary", "Drugs", "Robbery"], rows),
                "LSOA code": random.choice([*CODES, ""], rows),
            }
        )

    crimes, paths = incidents(1100), []
    for number in range(count):
        ids = random.integers(0, 1500, 500)
        with_id = crimes.iloc[ids[ids < 1100]].assign(
            **{"Crime ID": [f"case {one}" for one in ids[ids < 1100]]}
        )
        table = pd.concat([with_id, incidents(500 - len(with_id))]).sample(frac=1, random_state=number)
        paths.append(folder / f"part-{number}.csv")
        table.to_csv(paths[-1], index=False)
    return paths


def test_counts_and_account_are_those_of_one_machine(tmp_path: Path, client: Any) -> None:
    paths = write_csvs(tmp_path)
    asked: dict[str, Any] = {"per": "category", "exclude": "robbery", "period": "2025-01..2025-02"}
    one = count_stream(paths, nine_areas(), **asked)
    many = count_dask(paths, nine_areas(), scheduler=client, **asked)
    pd.testing.assert_series_equal(many.n, one.n)
    assert one.split is not None
    assert many.split is not None
    pd.testing.assert_frame_equal(many.split, one.split)
    assert one.monthly is not None
    assert many.monthly is not None
    pd.testing.assert_frame_equal(many.monthly, one.monthly)
    assert many.report == one.report
    assert one.report.duplicates > 500


def test_row_groups_of_one_file_are_counted_apart(
    tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.Table.from_pandas(pd.concat([pd.read_csv(path) for path in write_csvs(tmp_path)]))
    pq.write_table(table, tmp_path / "all.parquet", row_group_size=300)
    monkeypatch.setattr(parts, "PART_ROWS", 700)
    (opened,) = open_incidents(find_sources(tmp_path / "all.parquet"), ColumnNames())
    assert len(list(parts.cut(0, opened))) == 5
    one = count_stream(tmp_path / "all.parquet", nine_areas(), per="month", by="code")
    many = count_dask(tmp_path / "all.parquet", nine_areas(), scheduler=client, per="month", by="code")
    assert one.split is not None
    assert many.split is not None
    pd.testing.assert_frame_equal(many.split, one.split)
    assert many.report == one.report


def test_months_that_files_share_are_counted_once(tmp_path: Path, client: Any) -> None:
    paths = write_csvs(tmp_path, count=3)
    table = pd.read_csv(paths[1], dtype=str)
    table[table["Month"] == "2025-02"].to_csv(tmp_path / "again.csv", index=False)
    paths.append(tmp_path / "again.csv")
    one = count_stream(paths, nine_areas())
    many = count_dask(paths, nine_areas(), scheduler=client)
    pd.testing.assert_series_equal(many.n, one.n)
    assert many.report == one.report
    assert one.report.overlaps == ("again.csv repeats 2025-02 of part-1.csv",)
    assert one.report.overlap == table.loc[table["Month"] == "2025-02", "Crime ID"].isna().sum()


def same_parameters(one: Surface, other: Surface) -> None:
    """Assert that two densities rest on the same, and that shares of the incidents stand at the same densities."""
    assert one.parameters == other.parameters


@pytest.mark.parametrize("edge", ["none", "uniform"])
def test_density_is_that_of_one_machine(tmp_path: Path, client: Any, edge: Any) -> None:
    paths = write_csvs(tmp_path)
    incidents, quality = read_incidents(paths, category="burglary")
    one = kernel_density(incidents, nine_areas(), bandwidth=400, cell_size=50, edge=edge)
    with pytest.warns(HotspotsWarning, match="outside all areas") as expected:
        quality = account_of_density(quality, incidents, nine_areas())
    with pytest.warns(HotspotsWarning, match="outside all areas") as warned:
        many, report = density_dask(
            paths, nine_areas(), bandwidth=400, cell_size=50, edge=edge, category="burglary", scheduler=client
        )
    told = [str(one.message) for one in warned if "outside all areas" in str(one.message)]
    assert told == [str(one.message) for one in expected]
    np.testing.assert_array_equal(many.values, one.values)
    same_parameters(many, one)
    assert dataclasses.replace(many, values=one.values, parameters={}) == dataclasses.replace(
        one, parameters={}
    )
    assert report == quality


class Deadly:
    """Reads a file, but the first process to be half through it is killed as by the kernel: no farewell."""

    def __init__(self, batches: Any, mark: Path) -> None:
        self.batches = batches
        self.mark = mark

    def __call__(self, file: IncidentFile, roles: Roles) -> Batches:
        for batch, positions in self.batches(file, roles):
            half = batch.num_rows // 2
            yield batch.slice(0, half), positions[:half]
            if not self.mark.exists():
                self.mark.write_text(str(os.getpid()), encoding="utf-8")
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch.slice(half), positions[half:]


def test_a_worker_killed_half_way_loses_nothing_and_counts_nothing_twice(
    tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write_csvs(tmp_path, count=10)
    one = count_stream(paths, nine_areas(), per="category")
    incidents, _ = read_incidents(paths)
    density = kernel_density(incidents, nine_areas(), bandwidth=300, cell_size=100)
    workers = set(client.run(os.getpid).values())

    def deadly_in_the_middle(sources: Any, named: Any) -> list[IncidentFile]:
        files = open_incidents(sources, named)
        files[5] = dataclasses.replace(files[5], batches=Deadly(files[5].batches, mark))
        return files

    monkeypatch.setattr("hotspots.scale.job.open_incidents", deadly_in_the_middle)
    mark = tmp_path / "first"
    many = count_dask(paths, nine_areas(), scheduler=client, per="category")
    assert int(mark.read_text(encoding="utf-8")) in workers
    pd.testing.assert_series_equal(many.n, one.n)
    assert one.split is not None
    assert many.split is not None
    pd.testing.assert_frame_equal(many.split, one.split)
    assert many.report == one.report

    mark = tmp_path / "second"
    surface, report = density_dask(paths, nine_areas(), bandwidth=300, cell_size=100, scheduler=client)
    assert mark.exists()
    np.testing.assert_array_equal(surface.values, density.values)
    same_parameters(surface, density)
    assert report.rows_read == 5000

    mark = tmp_path / "third"
    layers: Any = [(nine_areas(), "code"), (nine_areas(), "polygon")]
    asked: Any = {"places": True, "period": "2025-03", "compared": ("2025-01",)}
    every = pass_over(paths, layers, dask=True, scheduler=client, **asked)
    assert mark.exists()
    alone = pass_over(paths, layers, **asked)
    report = alone.report()
    assert every.report() == report
    assert report.compared > 0
    for layer in range(2):
        there: Any = every.tables(layer, report)
        here: Any = alone.tables(layer, report)
        for found, told in zip(there, here, strict=True):
            pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(told))
    pd.testing.assert_frame_equal(every.by_place(report), alone.by_place(report))


def test_an_error_on_a_worker_is_the_users_error(tmp_path: Path, client: Any) -> None:
    (tmp_path / "b.csv").write_text("easting,northing\n-2.01,52.6\n-2.02,52.6\n", encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"'easting' and 'northing' hold values such as -2.01, 52.6"
    ) as caught:
        count_dask(tmp_path / "b.csv", nine_areas(), scheduler=client)
    assert "Hint: name what they are with 'source_crs'" in str(caught.value)


def test_errors_survive_the_way_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(DataError("it is broken", hint="mend it")))  # noqa: S301 - our own bytes
    assert (type(error), error.message, error.hint) == (DataError, "it is broken", "mend it")


def test_density_far_from_all_areas_is_refused_in_the_same_words(tmp_path: Path, client: Any) -> None:
    (tmp_path / "a.csv").write_text(
        "easting,northing,month\n100000,100000,2025-01\n200000,150000,2025-01\n", encoding="utf-8"
    )
    incidents, _ = read_incidents(tmp_path / "a.csv")
    with pytest.raises(DataError) as expected:
        kernel_density(incidents, nine_areas(), bandwidth=300, cell_size=100)
    with pytest.raises(DataError) as caught:
        density_dask(
            tmp_path / "a.csv", nine_areas(), bandwidth=300, cell_size=100, months=1, scheduler=client
        )
    assert str(caught.value) == str(expected.value)


def test_few_incidents_are_doubted_once(tmp_path: Path, client: Any) -> None:
    for number in range(3):
        rows = f"{400_500 + number},300500,2025-01\n400700,300600,2025-01\n"
        (tmp_path / f"{number}.csv").write_text("easting,northing,month\n" + rows, encoding="utf-8")
    paths = sorted(tmp_path.glob("*.csv"))
    with pytest.warns(HotspotsWarning, match="^the density rests on 6 incidents") as warned:
        density_dask(paths, nine_areas(), bandwidth=300, cell_size=100, scheduler=client)
    assert len(warned) == 1


def test_a_bandwidth_and_a_scheduler_that_answers_are_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csvs(tmp_path, count=1)[0]
    with pytest.raises(ParameterError) as caught:
        density_dask(path, nine_areas(), bandwidth="rule-of-thumb")
    assert caught.value.message == (
        "the bandwidth 'rule-of-thumb' needs every row, but batches and Dask keep sums of them"
    )
    assert caught.value.hint == "give one in metres with 'bandwidth', for example 500, or leave it out"
    with pytest.raises(ParameterError) as caught:
        count_dask(path, nine_areas(), scheduler="the office")
    assert caught.value.message == "no Dask scheduler answers at 'the office'"
    assert caught.value.hint == (
        "give its address with 'scheduler', such as tcp://10.0.0.5:8786, or leave it out"
    )
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ParameterError) as caught:
        count_dask(path, nine_areas())
    assert caught.value.message == "the engine 'dask' is not installed"
    assert caught.value.hint == (
        "python -m pip install 'hotspots-toolkit[distributed]', or choose another 'engine'"
    )


def test_the_command_writes_the_same_bytes(
    tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_csvs(tmp_path)
    nine_areas().to_file(tmp_path / "areas.gpkg")
    monkeypatch.chdir(tmp_path)
    address = client.scheduler.address
    looked = []
    for name, words in (("one", []), ("many", ["--engine", "dask", "--scheduler", address])):
        counting = ["count", "part-*.csv", "--areas", "areas.gpkg", "--per", "month", *words]
        assert run([*counting, "-o", f"{name}/counts.geojson"]) == 0
        density = ["kde", "part-*.csv", "--areas", "areas.gpkg", "--bandwidth", "400", *words]
        assert run([*density, "-o", f"{name}/density.tif"]) == 0
        capfd.readouterr()
        assert run(["inspect", "part-*.csv", "--areas", "areas.gpkg", *words]) == 0
        looked.append(capfd.readouterr().out)
    assert looked[0] == looked[1]
    assert (tmp_path / "one/counts.geojson").read_bytes() == (tmp_path / "many/counts.geojson").read_bytes()
    assert (tmp_path / "one/density.tif").read_bytes() == (tmp_path / "many/density.tif").read_bytes()


def strange_codes(folder: Path, strange: str, *, inside: int) -> list[Path]:
    """Files of two areas' own incidents, each twice by its ID, and of incidents under a code that no area has."""
    own: list[Any] = [(f"{n:016x}" * 4, 400_500, CODES[0]) for n in range(1, 21)]
    astray: list[Any] = [(f"{n + 100:016x}" * 4, 401_500, strange) for n in range(inside)]
    # Far from every area, and without coordinates: neither says anything of the areas.
    elsewhere: list[Any] = [("", 450_000, "E01099998"), ("", "", "E01099999")]
    paths = []
    for number, rows in enumerate([own + astray, own[:1] + astray + elsewhere]):
        paths.append(folder / f"{strange}-{number}.csv")
        table = pd.DataFrame(rows, columns=["Crime ID", "Easting", "LSOA code"])
        table.assign(Northing=300_500, Month="2025-01", Category="Drugs").to_csv(paths[-1], index=False)
    return paths


def test_every_engine_refuses_codes_of_the_other_census_alike(tmp_path: Path, client: Any) -> None:
    paths = strange_codes(tmp_path, "E01033801", inside=3)
    said = []
    for count in (
        lambda: assign_areas(read_incidents(paths)[0], nine_areas(), by="code"),
        lambda: count_stream(paths, nine_areas(), by="code"),
        lambda: count_dask(paths, nine_areas(), by="code", scheduler=client),
    ):
        with pytest.raises(DataError) as error:
            count()
        said.append(str(error.value))
    # The three incidents stand in both files, by the same IDs.
    assert said == 3 * [
        "the recorded codes are LSOAs of 2021, but the areas are LSOAs of 2011: 3 incidents inside the areas "
        "recorded a code that none of them has, such as E01033801\n"
        "Hint: give areas of 2021, a 'lookup' from one to the other, or count by polygon: 'by' = 'polygon'"
    ]


@pytest.mark.parametrize(
    ("strange", "inside", "warned"),
    # 1 of 21 is more than 2 %. Codes that are no GSS codes are told apart, too.
    [("E01000011", 1, True), ("Ward 7", 1, True), ("E01000011", 0, False)],
)
def test_every_engine_warns_of_codes_of_another_year_alike(
    tmp_path: Path, client: Any, strange: str, inside: int, warned: bool
) -> None:
    paths = strange_codes(tmp_path, strange, inside=inside)
    areas = nine_areas().rename({CODES[8]: "E01033801"})  # some of the areas are of 2021
    for path in paths:
        table = pd.read_csv(path, dtype=str)
        table.replace({"LSOA code": {"E01099998": "E01033801"}}).to_csv(path, index=False)
    engines: list[Callable[[], pd.Series]] = [
        lambda: count_incidents(read_incidents(paths)[0], areas, by="code"),
        lambda: count_stream(paths, areas, by="code").n,
        lambda: count_dask(paths, areas, by="code", scheduler=client).n,
    ]
    found = []
    for count in engines:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", HotspotsWarning)
            n = count()
        said = [str(one.message) for one in caught if "inside the areas" in str(one.message)]
        found.append((said, n.tolist()))
    message = (
        f"1 incidents inside the areas recorded a code that none of the areas has, such as {strange}, and are counted "
        "nowhere: the areas may be of another year"
    )
    assert found == 3 * [([message] * warned, [20, 0, 0, 0, 0, 0, 0, 0, 1])]


def test_every_engine_says_alike_what_it_made_of_coordinates(
    tmp_path: Path, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "far.csv"
    path.write_text("x,y,Month,Crime type\n" + "28.01,-26.2,2025-01,Drugs\n" * 30, encoding="utf-8")
    areas = gpd.GeoDataFrame(index=["a"], geometry=[box(-1e8, -1e8, 1e8, 1e8)], crs="EPSG:27700")
    engines: list[Callable[[], Any]] = [
        lambda: read_incidents(path),
        lambda: count_stream(path, areas),
        lambda: count_dask(path, areas, scheduler=client),
    ]
    said = []
    for read in engines:
        caplog.clear()
        with caplog.at_level("INFO", logger="hotspots"), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", HotspotsWarning)
            read()
        notes = [one.getMessage() for one in caplog.records if one.name == "hotspots.incidents.places"]
        said.append((notes, [str(one.message) for one in caught if "lies about" in str(one.message)]))
    notes, doubts = said[0]
    assert (
        notes[0]
        == "far.csv: 'x' and 'y' taken as EPSG:4326 by their values (choose another with 'source_crs')"
    )
    assert notes[1].startswith("Coordinates projected from EPSG:4326: ")
    assert doubts == [
        "'far.csv' lies about longitude 28.01 and latitude -26.20, where EPSG:27700 (British National Grid) measures "
        "no distances (choose a system that fits with 'crs', such as EPSG:32735)"
    ]
    assert said[1] == said[2] == said[0]
