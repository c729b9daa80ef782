"""Ways to damage a file, from its bytes up to what it means; nothing is random but the generator of the input."""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz import values

Mutation = Callable[[Path, random.Random], None]


def bytes_of(path: Path, rng: random.Random) -> None:
    """Change bytes anywhere: bits, runs, pieces cut out, doubled, moved or from elsewhere."""
    data = bytearray(path.read_bytes())
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        data = _one_byte_change(data, rng)
    path.write_bytes(data)


def _one_byte_change(data: bytearray, rng: random.Random) -> bytearray:
    if not data:
        return bytearray(rng.randbytes(rng.randrange(1, 64)))
    # Heads, where formats keep what they are, are hit as often as all else.
    at = rng.randrange(min(len(data), 128)) if rng.random() < 0.4 else rng.randrange(len(data))
    size = rng.choice([1, 1, 2, 4, 8, 64, 512])
    kind = rng.randrange(9)
    if kind == 0:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        data[at] = rng.choice([0, 1, 9, 10, 13, 34, 44, 127, 128, 255])
    elif kind == 2:
        del data[at : at + size]
    elif kind == 3:
        data[at:at] = data[at : at + size] * rng.choice([1, 2, 100])
    elif kind == 4:
        del data[at:]
    elif kind == 5:
        data[at : at + size] = rng.randbytes(size)
    elif kind == 6:
        code = rng.choice(["<i", ">i", "<q", "<d"])
        whole, real = rng.choice([0, -1, 2**31 - 1, -(2**31)]), rng.choice([0.0, 1e308, float("nan")])
        number = real if code == "<d" else whole
        data[at : at + struct.calcsize(code)] = struct.pack(code, number)
    elif kind == 7:
        data[at:at] = values.text(rng)[:200].encode("utf-8", "surrogatepass")
    else:
        other = rng.randrange(len(data))
        piece = data[other : other + size]
        data[at : at + len(piece)] = piece
    return data


def cells_of(path: Path, rng: random.Random) -> None:
    """Change cells, rows, columns, line ends, delimiter or encoding of a text table."""
    packed = path.suffix == ".gz"
    raw = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    mark = ";" if encoding == "utf-16" else ","
    rows = [line.split(mark) for line in raw.decode(encoding).splitlines()]
    for _ in range(rng.choice([1, 1, 2, 4])):
        _one_cell_change(rows, rng)
    mark = rng.choice([mark] * 8 + ["\t", ";", "|", ", "])
    end = rng.choice(["\n"] * 8 + ["\r\n", "\r", "\n\n", "\n\r"])
    encoding = rng.choice([encoding] * 6 + ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
    done = end.join(mark.join(row) for row in rows) + rng.choice(["", end, end * 3, "\0", "\x1a"])
    raw = done.encode(encoding, "replace")
    path.write_bytes(gzip.compress(raw, mtime=0) if packed else raw)


def _one_cell_change(rows: list[list[str]], rng: random.Random) -> None:
    if not rows:
        return
    row = rng.choice([0, rng.randrange(len(rows))])
    cell = rng.randrange(len(rows[row])) if rows[row] else 0
    kind = rng.randrange(11)
    if kind < 3 and rows[row]:
        rows[row][cell] = values.text(rng)
    elif kind == 3:
        for line in rows[1:]:
            line[cell : cell + 1] = [values.text(rng)]
    elif kind in (4, 5):
        for line in rows:
            line[cell : cell + 1] = line[cell : cell + 1] * (2 if kind == 5 else 0)
    elif kind == 6:
        rows[row][cell:cell] = [values.text(rng)] * rng.choice([1, 3, 500])
    elif kind == 7:
        del rows[row:]
    elif kind == 8:
        rows[row:row] = [
            rng.choice([[], ["Title of the table"], [""] * 5, ["---"] * 7, list(rows[-1])])
        ] * rng.choice([1, 5])
    elif kind == 9:
        order = list(range(len(rows[0])))
        rng.shuffle(order)
        rows[0] = [rows[0][i] for i in order]
    elif rows[row]:
        rows[row] = [f'"{text}"' if rng.random() < 0.5 else f'"{text}' for text in rows[row]]


def json_of(path: Path, rng: random.Random) -> None:
    """Change nodes of a JSON file: values, keys, kinds, depth."""
    document = json.loads(path.read_bytes())
    deep = ""
    for _ in range(rng.choice([1, 1, 2, 4])):
        holder, key = _any_node(document, rng)
        kind = rng.randrange(9)
        if kind == 0 and isinstance(holder, dict):
            del holder[key]
        elif kind == 1 and isinstance(holder, list):
            holder.insert(key, holder[key])
        elif kind == 2 and isinstance(holder, list):
            holder.clear()
        elif kind == 3 and isinstance(holder, dict):
            holder[values.text(rng)[:60]] = holder.pop(key)
        elif kind == 4:
            holder[key] = "@@"
            deep = rng.choice(["[", '{"a":']) * values.nested(rng)
        elif kind == 5 and isinstance(holder[key], float):
            holder[key] *= rng.choice([-1, 0, 1e-6, 1e6, 1e300])
        else:
            holder[key] = values.anything(rng)
    text = json.dumps(document, ensure_ascii=rng.random() < 0.5)
    close = deep.count("[") * "]" + deep.count("{") * "}"
    path.write_bytes(text.replace('"@@"', deep + "1" + close, 1).encode("utf-8", "surrogatepass"))


def _any_node(document: Any, rng: random.Random) -> tuple[Any, Any]:
    """Return a holder and the key of one of its nodes; on the way down any level may be taken."""
    holder, key = document, None
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            holder["" if isinstance(holder, dict) else slice(0, 0)] = "" if isinstance(holder, dict) else [0]
            keys = ["" if isinstance(holder, dict) else 0]
        key = rng.choice(keys)
        below = holder[key]
        if not isinstance(below, dict | list) or rng.random() < 0.15:
            return holder, key
        holder = below


def toml_of(path: Path, rng: random.Random) -> None:
    """Change values, keys and tables of a recipe or plan, and its text as text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(lines))
        kind = rng.randrange(8)
        if kind < 4 and "=" in lines[at]:
            lines[at] = lines[at].partition("=")[0] + "= " + _toml_value(rng)
        elif kind == 4:
            del lines[at]
        elif kind == 5:
            lines.insert(at, rng.choice(lines))
        elif kind == 6:
            lines.insert(at, rng.choice(_KEYS) + " = " + _toml_value(rng))
        else:
            lines.insert(at, rng.choice(_TABLES))
        lines = lines or [""]
    path.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")


def _toml_value(rng: random.Random) -> str:
    found = values.anything(rng)
    if rng.random() < 0.1:
        depth = values.nested(rng)
        return rng.choice(["[" * depth + "]" * depth, "{a=" * depth + "1" + "}" * depth])
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = 1" for key in found) + "}"
    if isinstance(found, list):
        return "[" + ", ".join(json.dumps(str(one)) for one in found) + "]"
    return json.dumps(found, ensure_ascii=False) if isinstance(found, str) else str(found)


_TABLES = [
    f"[{name}]"
    for name in [
        "count",
        "flag",
        "gistar",
        "kde",
        "change",
        "select",
        "report",
        "publish",
        "funnel",
        "risk",
        "grid",
        "emerging",
        "times",
        "charts",
        "sensitivity",
        "[theme]",
        "[areas]",
        "[incidents]",
        "map",
        "pattern",
        "outliers",
        "compare",
        "comparators",
        "rules",
        "budget",
        "[indicator]",
        "repeats",
        "a.b.c",
    ]
]
_KEYS = [
    "title",
    "crs",
    "source",
    "period",
    "label",
    "name",
    "category",
    "exclude",
    "permutations",
    "bandwidth",
    "cell_size",
    "population",
    "population_table",
    "only",
    "code",
    "min_population",
    "neighbours",
    "seed",
    "before",
    "after",
    "plan",
    "group",
    "weight",
    "runs",
    "max_areas",
    "attribution",
    "covers",
    "by",
    "lookup",
    "x",
    "y",
    "level",
    "harm",
    "column",
    "dispersion",
]
_PACKINGS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2)
_COLUMNS = ("n", "rate", "rank", "fid", "name", "geom", "x y")
_MEMBERS = ("../x.csv", "/x.csv", "", "a/", "x.csv\0", "._x.csv")


def archive_of(path: Path, rng: random.Random) -> None:
    """Pack an archive again: members damaged, renamed, doubled, left out, locked or packed in strange ways."""
    with zipfile.ZipFile(path) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    kind = rng.randrange(8)
    at = rng.randrange(len(members))
    name, content = members[at]
    if kind == 0:
        changed = bytearray(content)
        for _ in range(3):
            changed = _one_byte_change(changed, rng)
        members[at] = (name, bytes(changed))
    elif kind == 1:
        members[at] = (
            rng.choice([*_MEMBERS, values.text(rng)[:200]]),
            content,
        )
    elif kind == 2:
        members.append(members[at])
    elif kind == 3:
        del members[at]
    elif kind == 4:
        members += [(f"{number}.csv", b"") for number in range(rng.choice([1, 300]))]
    elif kind == 5:
        members[at] = (name, b"a" * rng.choice([1 << 16, 1 << 24]))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", rng.choice(_PACKINGS)) as archive:
        for one, held in members:
            entry = zipfile.ZipInfo(one or "x", (2025, 1, 1, 0, 0, 0))
            entry.compress_type = archive.compression
            archive.writestr(entry, held)
    raw = bytearray(made.getvalue())
    if kind in (6, 7):
        _disguise(raw, rng)
    path.write_bytes(raw)


def _disguise(raw: bytearray, rng: random.Random) -> None:
    """Say of a member that it is locked, packed otherwise, or longer than it is."""
    offset, lock = rng.choice([(8, True), (10, False), (20, False), (24, False), (42, False)])
    for found in list(re.finditer(b"PK\1\2", raw)):
        at = found.start() + offset
        if lock:
            raw[at] |= 1
        elif at + 4 <= len(raw):
            raw[at : at + (2 if offset == 10 else 4)] = struct.pack(
                "<I", rng.choice([0, 9, 14, 99, 2**31, 2**32 - 1])
            )[: 2 if offset == 10 else 4]


def package_of(path: Path, rng: random.Random) -> None:
    """Change the text of one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    at = rng.choice([number for number, (name, _) in enumerate(members) if name.endswith(".xml")])
    name, content = members[at]
    changed = content.decode("utf-8", "replace")
    for _ in range(rng.choice([1, 3])):
        tokens = list(re.finditer(r">([^<>]+)<|\"([^\"<>]*)\"", changed))
        if tokens:
            token = rng.choice(tokens)
            changed = changed[: token.start() + 1] + values.text(rng) + changed[token.end() - 1 :]
    members[at] = (name, changed.encode("utf-8", "replace"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, held in members:
            archive.writestr(zipfile.ZipInfo(one, (2025, 1, 1, 0, 0, 0)), held)


def part_of(path: Path, rng: random.Random) -> None:
    """Change bytes of one part of an archive, which is packed soundly all the same."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(members))
    for _ in range(rng.choice([1, 1, 3])):
        members[name] = bytes(_one_byte_change(bytearray(members[name]), rng))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, held in members.items():
            archive.writestr(zipfile.ZipInfo(one, (2025, 1, 1, 0, 0, 0)), held)


def database_of(path: Path, rng: random.Random) -> None:
    """Change rows of a GeoPackage: of its contents, reference systems, columns, or the layer's own."""
    with sqlite3.connect(path) as base:
        # The triggers of an R-tree call functions that only GDAL has.
        for (trigger,) in base.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            base.execute(f'drop trigger "{trigger}"')
        tables = [
            name
            for (name,) in base.execute("select name from sqlite_master where type = 'table'")
            if not name.startswith(("sqlite", "rtree"))
        ]
        table = rng.choice(tables)
        columns = [row[1] for row in base.execute(f'pragma table_info("{table}")')]
        column = rng.choice(columns)
        kind = rng.randrange(6)
        some = "" if rng.random() < 0.3 else f" where rowid = {rng.randrange(1, 6)}"
        value = values.anything(rng)
        value = (
            value
            if isinstance(value, str | bytes) or (isinstance(value, float | int) and abs(value) < 2**62)
            else rng.randbytes(40)
        )
        try:
            if kind < 3:
                base.execute(f'update "{table}" set "{column}" = ?{some}', (value,))
            elif kind == 3:
                base.execute(f'delete from "{table}"{some}')
            elif kind == 4:
                base.execute(f'alter table "{table}" rename column "{column}" to "{rng.choice(_COLUMNS)}"')
            else:
                base.execute(f'drop table "{table}"')
        except (sqlite3.Error, UnicodeError):
            base.rollback()
            base.execute(f'delete from "{table}"')


FORMATS: dict[str, tuple[Mutation, ...]] = {
    ".csv": (cells_of, cells_of, cells_of, bytes_of),
    ".csv.gz": (cells_of, bytes_of),
    ".geojson": (json_of, json_of, bytes_of),
    ".toml": (toml_of, toml_of, toml_of, bytes_of),
    ".zip": (archive_of, archive_of, bytes_of),
    ".xlsx": (package_of, package_of, part_of, bytes_of),
    ".xlsb": (part_of, part_of, bytes_of),
    ".gpkg": (database_of, database_of, bytes_of),
}


def mutate(path: Path, rng: random.Random) -> None:
    """Damage a file in one of the ways of its format."""
    suffix = ".csv.gz" if path.name.endswith(".csv.gz") else path.suffix
    rng.choice(FORMATS.get(suffix, (bytes_of,)))(path, rng)
