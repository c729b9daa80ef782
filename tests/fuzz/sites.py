"""The door of the network: a server on this machine of which one answer is damaged, late, short or something else."""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest import mock

from tests.fetch.conftest import IMD, Handler, Server, Site, archive, estimates, layers, months_to
from tests.fuzz import mutate, values
from tests.fuzz.inputs import Input

_WORDS = (
    ["fetch", "incidents", "--force", "abbeyshire", "--from", "2025-04", "--to", "2025-06"],
    ["fetch", "incidents", "--force", "abbeyshire", "--from", "2025-04", "--to", "2025-06", "--whole"],
    ["fetch", "areas", "wards", "--force", "abbeyshire"],
    ["fetch", "areas", "lsoa", "--force", "abbeyshire"],
    ["fetch", "population", "wards"],
    ["fetch", "imd"],
)
_SETTINGS = """police_archives = "{0}/archive"
police_api = "{0}/api"
ons = "{0}/services"
[layers]
wards-2024-generalised = "Wards24"
districts-2024-generalised = "Lad24"
lsoa-2021-generalised = "Lsoa21"
[lookups]
lsoa-2021 = "Lsoa21_Wd24"
districts-2024 = "Lad24_Pfa24"
[tables]
population-lsoa = "{0}/lsoa.xlsx"
population-wards = "{0}/wards.xlsx"
imd-2025 = "{0}/imd.csv"
"""
_SUFFIXES = {b"PK": ".zip", b"{": ".geojson", b"[": ".geojson"}


def sites(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """Data fetched by name from a site of which the first, second ... or all answers are wrong."""
    del seeds, folder
    words = rng.choice(_WORDS)
    told = {
        "seed": rng.random(),
        "answer": rng.choice([-1, 0, 0, 1, 2, 3, 4]),
        "way": rng.choice(["body"] * 6 + ["status", "length", "headers", "cut", "text"]),
    }
    return Input(list(words), "site", site=json.dumps(told))


@contextmanager
def serving(told: str, scratch: Path) -> Iterator[None]:
    """Serve what `sites` asked for while the block runs, its settings and an empty cache in the environment."""
    asked = json.loads(told)
    work = Path(tempfile.mkdtemp(dir=scratch))
    server = Server(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    site.layers = layers()
    site.files["/archive/2025-06.zip"] = archive(months_to("2025-06", 3))
    site.files["/wards.xlsx"] = estimates(work / "wards.xlsx", "wards")
    site.files["/imd.csv"] = IMD.encode()
    answers = _Answers(asked, work)
    server.RequestHandlerClass = type("Bound", (_Liar,), {"site": site, "answers": answers})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    (work / "settings.toml").write_text(_SETTINGS.format(site.url), encoding="utf-8")
    named = {
        "HOTSPOTS_SETTINGS": str(work / "settings.toml"),
        "HOTSPOTS_CACHE": str(work / "cache"),
        "NO_PROXY": "*",
    }
    try:
        with mock.patch.dict(os.environ, named), mock.patch("hotspots.fetch.web.time.sleep"):
            yield
    finally:
        server.shutdown()
        server.server_close()
        shutil.rmtree(work, ignore_errors=True)


class _Answers:
    """Which answers are wrong, and how."""

    def __init__(self, asked: dict[str, object], work: Path) -> None:
        self.rng = random.Random(str(asked["seed"]))  # noqa: S311  nothing is secret
        self.wrong, self.way = asked["answer"], str(asked["way"])
        self.work, self.sent = work, 0

    def damaged(self, status: int, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        """Return an answer as it is sent."""
        number, self.sent = self.sent, self.sent + 1
        if self.wrong not in (-1, number):
            return status, body, headers
        if self.way == "status":
            return (
                self.rng.choice([204, 206, 301, 304, 400, 401, 403, 404, 429, 500, 503, 999]),
                body,
                headers,
            )
        if self.way == "length":
            return status, body, {"Content-Length": self.rng.choice(["0", "-1", "x", "99999999999", "5"])}
        if self.way == "headers":
            name = self.rng.choice(
                ["Content-Range", "ETag", "Content-Type", "Content-Encoding", "Location", "Retry-After"]
            )
            value = values.text(self.rng)[:200].encode("latin-1", "replace").decode("latin-1")
            return status, body, {**headers, name: value.replace("\r", " ").replace("\n", " ")}
        if self.way == "cut":
            return status, body[: self.rng.randrange(len(body) + 1)], {"Content-Length": str(len(body))}
        if self.way == "text":
            return status, values.text(self.rng).encode("utf-8", "surrogatepass"), headers
        return status, self._body(body), headers

    def _body(self, body: bytes) -> bytes:
        suffix = next((ending for start, ending in _SUFFIXES.items() if body.startswith(start)), ".csv")
        path = self.work / f"answer{suffix}"
        path.write_bytes(body)
        mutate.mutate(path, self.rng)
        return path.read_bytes()


class _Liar(Handler):
    answers: _Answers

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Send an answer as the input has it; a client that hangs up meanwhile is none of its business."""
        with suppress(ConnectionError, ValueError):
            super().send(*self.answers.damaged(status, body, headers or {}))
        self.close_connection = True  # who waits for more than was sent would wait for a minute
