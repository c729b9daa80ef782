"""A run on Dask whose workers or scheduler are lost: one worker costs time alone, all else ends in a sentence."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.scale.test_cluster import Deadly, nine_areas, write_csvs

from hotspots.incidents.files import Batches, IncidentFile, Roles
from hotspots.incidents.opening import open_incidents
from hotspots_cli.main import run

dask_distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.filterwarnings("ignore:.* repeat"),
    pytest.mark.filterwarnings("ignore:.* lie outside all areas"),
]
RECIPE = """
title = "Nine areas"
[incidents]
source = "part-*.csv"
[[areas]]
label = "Areas"
source = "areas.gpkg"
[[theme]]
name = "All"
[count]
[gistar]
"""
SCHEDULER = """
import asyncio, logging
from distributed import Scheduler

async def serve():
    async with Scheduler(host="127.0.0.1", port=0, dashboard=False) as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()

asyncio.run(serve())
"""


class Killing:
    """Reads a file, and kills a process when it is half through it."""

    def __init__(self, batches: Any, process: int) -> None:
        self.batches = batches
        self.process = process

    def __call__(self, file: IncidentFile, roles: Roles) -> Batches:
        for batch, positions in self.batches(file, roles):
            yield batch, positions
            os.kill(self.process or os.getpid(), signal.SIGKILL)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_csvs(tmp_path, count=4)
    nine_areas().to_file(tmp_path / "areas.gpkg")
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """A scheduler in a process of its own, with a worker: its address and its process."""
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "2s")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", SCHEDULER],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as serving:
        assert serving.stdout is not None
        address = serving.stdout.readline().strip()
        command = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
        ]
        with subprocess.Popen(  # noqa: S603
            [*command, "--no-dashboard", "--death-timeout", "2"], env=environment, stderr=subprocess.DEVNULL
        ) as working:
            yield address, serving.pid
            working.kill()
        serving.kill()


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster that bears the loss of one worker at the same work, and not of a second."""
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        dask_distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=60
        ) as started,
    ):
        yield started.scheduler_address


def words(town: Path, *more: str, engine: str = "dask", out: str = "out") -> list[str]:
    return ["run", str(town / "recipe.toml"), "-o", str(town / out), "--engine", engine, *more]


def doing_in_the_third_file(monkeypatch: pytest.MonkeyPatch, wrapped: Callable[[Any], Any]) -> None:
    """Put something between the readers of a run and the batches of its third file."""

    def opened(sources: Any, named: Any) -> list[IncidentFile]:
        files = open_incidents(sources, named)
        files[2] = dataclasses.replace(files[2], batches=wrapped(files[2].batches))
        return files

    monkeypatch.setattr("hotspots.scale.job.open_incidents", opened)


def test_a_scheduler_that_is_lost_half_way_ends_the_run_in_a_sentence(
    town: Path, scheduler: tuple[str, int], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    address, process = scheduler
    doing_in_the_third_file(monkeypatch, lambda batches: Killing(batches, process))
    before = sorted(path.name for path in town.iterdir())
    with dask_distributed.Client(address) as waiting:
        waiting.wait_for_workers(1)
    assert run(words(town, "--scheduler", address)) == 1
    said = capfd.readouterr().err.splitlines()
    assert [line for line in said if "distributed" in line or "Traceback" in line] == []
    assert said[-2:] == [
        f"Error: the Dask scheduler at '{address}' was lost before the work was done",
        "Hint: start it again, with its workers, and type the same command; or leave --scheduler out",
    ]
    assert sorted(path.name for path in town.iterdir()) == before


def test_a_worker_that_is_lost_half_way_changes_no_byte_of_a_run(
    town: Path, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as deadly:
        doing_in_the_third_file(deadly, lambda batches: Deadly(batches, town / "mark"))
        assert run(words(town, "--scheduler", cluster)) == 0
    assert (town / "mark").exists()
    assert run(words(town, engine="stream", out="stream")) == 0
    expected = files_of(town / "stream")
    assert len(expected) > 5
    assert files_of(town / "out") == expected


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_workers_that_die_one_after_the_other_end_the_run_in_a_sentence(
    town: Path, cluster: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    doing_in_the_third_file(monkeypatch, lambda batches: Killing(batches, 0))
    assert run(words(town, "--scheduler", cluster)) == 1
    assert capfd.readouterr().err.splitlines()[-2:] == [
        "Error: workers of Dask died one after the other at the same part of the work",
        "Hint: give workers more memory, or cut the largest file of incidents in two",
    ]
    assert not (town / "out").exists()
