"""A site on this machine that speaks as police.uk, the ONS portal and gov.uk do, and goes wrong when it is told to."""

from __future__ import annotations

import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import cache as remember
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import xlsxwriter

from hotspots.base.crs import transform_xy
from hotspots.fetch.settings import Settings, read_settings
from hotspots.fetch.web import Web

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context\n"
)
WEST, SOUTH = 400_000.0, 330_000.0
DISTRICTS = {"E07000001": "Abbeyton", "E07000002": "Bridgeford"}
Fault = Callable[["Handler"], bool]


class Site:
    """What the server holds, what it was asked, and how it is to go wrong.

    `faults` are taken one for each request of a path: each says whether it has answered.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.faults: dict[str, list[Fault]] = {}
        self.tags: dict[str, str] = {}
        self.ranges = True
        self.forces = {"abbeyshire": "Abbeyshire Police", "city-of-london": "City of London Police"}
        self.newest = "2025-06"
        self.layers: dict[str, list[dict[str, Any]]] = {}
        self.most = 4
        self.sent = 0

    def requests(self, path: str) -> list[dict[str, str]]:
        """The headers of each request of a path."""
        return [headers for asked, _, headers in self.asked if asked == path]

    def tag(self, path: str) -> str:
        return self.tags.get(path, '"' + hashlib.sha256(self.files[path]).hexdigest()[:16] + '"')


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base
        del format, args

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Send an answer, and its length where none is given."""
        self.send_response(status)
        given = {"Content-Length": str(len(body)), **(headers or {})}
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.site.sent += len(body)

    def json(self, content: object, status: int = 200) -> None:
        self.send(status, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.site.asked.append((parts.path, query, dict(self.headers.items())))
        waiting = self.site.faults.get(parts.path, [])
        if waiting and waiting.pop(0)(self):
            return
        if parts.path in self.site.moved:
            self.send(302, b"", {"Location": self.site.moved[parts.path]})
        elif parts.path in self.site.files:
            self.file(parts.path)
        elif parts.path == "/api/forces":
            self.json([{"id": key, "name": name} for key, name in self.site.forces.items()])
        elif parts.path == "/api/crimes-street-dates":
            self.json(
                [
                    {"date": self.site.newest, "stop-and-search": []},
                    {"date": "2023-01", "stop-and-search": []},
                ]
            )
        elif parts.path.startswith("/services/"):
            self.service(parts.path, query)
        else:
            self.send(404, b"<html>Not found</html>", {"Content-Type": "text/html"})

    def file(self, path: str) -> None:
        """Send a file, or the part of it that is asked for."""
        body, tag = self.site.files[path], self.site.tag(path)
        kind = self.site.types.get(path, "application/octet-stream")
        headers = {"ETag": tag, "Accept-Ranges": "bytes", "Content-Type": kind}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None or not self.site.ranges or self.headers.get("If-Range", tag) != tag:
            self.send(200, body, headers)
            return
        start, end = int(asked[1]), min(int(asked[2] or len(body)), len(body) - 1)
        if start >= len(body):
            self.send(416, b"", {**headers, "Content-Range": f"bytes */{len(body)}"})
            return
        self.send(
            206, body[start : end + 1], {**headers, "Content-Range": f"bytes {start}-{end}/{len(body)}"}
        )

    def service(self, path: str, query: dict[str, str]) -> None:
        """Answer as an ArcGIS feature service does."""
        name = path.split("/")[2]
        if name not in self.site.layers:
            self.json({"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}})
            return
        held = self.site.layers[name]
        if not path.endswith("/query"):
            fields = [{"name": "FID", "type": "esriFieldTypeOID"}] + [
                {"name": key, "type": "esriFieldTypeString"} for key in held[0]["properties"] if key != "FID"
            ]
            self.json(
                {"fields": fields, "objectIdField": "FID", "maxRecordCount": self.site.most, "copyrightText": "",
                 "advancedQueryCapabilities": {"supportsPagination": True}, "editingInfo": {"lastEditDate": 1}}
            )  # fmt: skip
            return
        found = [one for one in held if holds(query["where"], one["properties"])]
        if query.get("returnCountOnly") == "true":
            self.json({"count": len(found)})
            return
        start = int(query["resultOffset"])
        page = found[start : start + min(int(query["resultRecordCount"]), self.site.most)]
        shapes = query["returnGeometry"] == "true"
        sent = [one if shapes else {**one, "geometry": None} for one in page]
        more = {"exceededTransferLimit": True} if start + len(page) < len(found) else {}
        self.json({"type": "FeatureCollection", "features": sent, "properties": more})


def holds(where: str, row: dict[str, Any]) -> bool:
    """The little SQL that is asked of a service."""
    if where == "1=1":
        return True
    among = re.fullmatch(r"(\w+) IN \((.*)\)", where)
    if among:
        return f"'{row[among[1]]}'" in among[2].split(",")
    like = re.findall(r"(\w+) LIKE '(\w)%'", where)
    return any(str(row[field]).startswith(letter) for field, letter in like)


@remember
def month_file(month: str, *, rows: int = 60, seed: int = 7, outcome: str = "Under investigation") -> str:
    """A month's street-level file of Abbeyshire."""
    random = np.random.default_rng([seed, int(month[:4]), int(month[5:])])
    x, y = WEST + random.uniform(0, 3000, rows), SOUTH + random.uniform(0, 3000, rows)
    lon, lat = transform_xy(x, y, source="EPSG:27700", target="EPSG:4326")
    kinds = ["Burglary" if number % 3 else "Anti-social behaviour" for number in range(rows)]
    lines = [
        f"{month}-{number:04d},{month},P,P,{a:.6f},{b:.6f},On or near,E01000001,L,{kind},{outcome},\n"
        if kind == "Burglary"
        else f",{month},P,P,{a:.6f},{b:.6f},On or near,E01000001,L,{kind},,\n"
        for number, (a, b, kind) in enumerate(zip(lon, lat, kinds, strict=True))
    ]
    return HEADER + "".join(lines)


def archive(months: dict[str, str], *, padding: int = 0) -> bytes:
    """An archive of the months of Abbeyshire, among files of another force and of other kinds."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for month, text in months.items():
            made.writestr(f"{month}/{month}-abbeyshire-street.csv", text)
            made.writestr(f"{month}/{month}-abbeyshire-outcomes.csv", "Crime ID\n")
            made.writestr(f"{month}/{month}-metropolitan-street.csv", month_file(month, seed=8))
        noise = np.random.default_rng(1).bytes(padding)
        made.writestr("2025-01/2025-01-other-street.csv", noise)
    return stream.getvalue()


def months_to(newest: str, count: int, **options: Any) -> dict[str, str]:
    """The files of some months up to one."""
    last = int(newest[:4]) * 12 + int(newest[5:]) - 1
    names = [f"{one // 12:04d}-{one % 12 + 1:02d}" for one in range(last - count + 1, last + 1)]
    return {name: month_file(name, **options) for name in names}


def square(column: int, row: int) -> dict[str, Any]:
    x, y = WEST + 1000 * column, SOUTH + 1000 * row
    return {
        "type": "Polygon",
        "coordinates": [[[x, y], [x, y + 1000], [x + 1000, y + 1000], [x + 1000, y], [x, y]]],
    }


def feature(key: int, shape: Any, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "id": key, "properties": {"FID": key, **properties}, "geometry": shape}


def layers() -> dict[str, list[dict[str, Any]]]:
    """Nine wards and eighteen LSOAs in two districts of one force, and a ward in Scotland."""
    cells = [(column, row) for column in range(3) for row in range(3)]
    of = ["E07000001" if column < 2 else "E07000002" for column, _ in cells]
    wards = [
        feature(
            n, square(*cell), WD24CD=f"E0500000{n}", WD24NM=f"Ward {n}", LAD24CD=code, LAD24NM=DISTRICTS[code]
        )
        for n, (cell, code) in enumerate(zip(cells, of, strict=True), start=1)
    ]
    wards.append(
        feature(10, square(9, 9), WD24CD="S13000001", WD24NM="Glen", LAD24CD="S12000001", LAD24NM="Loch")
    )
    districts = [
        feature(n, square(n, 0), LAD24CD=code, LAD24NM=name)
        for n, (code, name) in enumerate(DISTRICTS.items(), 1)
    ]
    lsoas, lookup = [], []
    for n in range(9):
        code = f"E0103400{n}"
        lsoas.append(feature(n + 1, square(*cells[n]), LSOA21CD=code, LSOA21NM=f"Place 00{n}A"))
        ward = wards[n]["properties"]
        lookup.append(
            feature(n + 1, None, LSOA21CD=code, LSOA21NM="x", **{k: ward[k] for k in list(ward)[1:]})
        )
    forces = [
        feature(n, None, LAD24CD=code, LAD24NM=name, PFA24CD="E23000001", PFA24NM="Abbeyshire")
        for n, (code, name) in enumerate(DISTRICTS.items(), 1)
    ]
    forces.append(
        feature(3, None, LAD24CD="E09000001", LAD24NM="City", PFA24CD="E23000034", PFA24NM="London, City of")
    )
    return {
        "Wards24": wards,
        "Lad24": districts,
        "Lsoa21": lsoas,
        "Lsoa21_Wd24": lookup,
        "Lad24_Pfa24": forces,
    }


def estimates(path: Path, of: str) -> bytes:
    """A workbook as the ONS lays out its estimates: notes first, headings in the fourth row."""
    words, codes = (
        ("LSOA", [f"E0103400{n}" for n in range(9)])
        if of == "lsoa"
        else ("Ward", [f"E0500000{n}" for n in range(1, 10)])
    )
    year = "2021" if of == "lsoa" else "2024"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Cover sheet").write(0, 0, "Estimates of the population")
        for estimate in (2023, 2024):
            sheet = book.add_worksheet(f"Mid-{estimate} {words} {year}")
            sheet.write(0, 0, f"Mid-{estimate} population estimates")
            heads = [
                "LAD 2024 Code",
                "LAD 2024 Name",
                f"{words} {year} Code",
                f"{words} {year} Name",
                "Total",
                "F0 to 15",
            ]
            sheet.write_row(3, 0, heads)
            for n, code in enumerate(codes):
                sheet.write_row(
                    4 + n, 0, ["E07000001", "Abbeyton", code, f"Name {n}", 1000 + n + estimate - 2023, 150]
                )
    return path.read_bytes()


IMD = (
    "LSOA code (2021),LSOA name (2021),Index of Multiple Deprivation (IMD) Score\n"
    "E01034000,Place 000A,12.5\nE01034001,P,30\n"
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The site; settings that name it, and a cache of its own."""
    server = Server(("127.0.0.1", 0), Handler)
    made = Site(f"http://127.0.0.1:{server.server_address[1]}")
    handler = type("Bound", (Handler,), {"site": made})
    server.RequestHandlerClass = handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings = tmp_path / "settings.toml"
    settings.write_text(
        f'police_archives = "{made.url}/archive"\npolice_api = "{made.url}/api"\nons = "{made.url}/services"\n'
        '[layers]\nwards-2024-generalised = "Wards24"\ndistricts-2024-generalised = "Lad24"\n'
        'lsoa-2021-generalised = "Lsoa21"\n'
        '[lookups]\nlsoa-2021 = "Lsoa21_Wd24"\ndistricts-2024 = "Lad24_Pfa24"\n'
        f'[tables]\npopulation-lsoa = "{made.url}/lsoa.xlsx"\npopulation-wards = "{made.url}/wards.xlsx"\n'
        f'imd-2025 = "{made.url}/imd.csv"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("HOTSPOTS_SETTINGS", str(settings))
    monkeypatch.setenv("HOTSPOTS_CACHE", str(tmp_path / "cache"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    made.layers = layers()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were waited, or would have been."""
    return []


@pytest.fixture
def web(site: Site, waits: list[float]) -> Iterator[Web]:
    del site
    with Web(wait=waits.append) as made:
        yield made


@pytest.fixture
def settings(site: Site) -> Settings:
    del site
    return read_settings()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"
