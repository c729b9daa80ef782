"""What stands in a damaged cell, key or option: each has ended some program badly."""

from __future__ import annotations

import random
from typing import Any

LONG = "x" * 70_000
TEXTS = (
    "",
    " ",
    "-",
    "nan",
    "inf",
    "-inf",
    "null",
    "None",
    "true",
    "0",
    "-0",
    "-1",
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "99999999999999999999999",
    "0x10",
    "1,5",
    "1.234.567,8",
    "52.8",
    "2025-13",
    "2025-00",
    "0000-01",
    "9999-12",
    "99999-01",
    "31/02/2025",
    "2025-01..2024-12",
    "..",
    "2025-01..",
    "EPSG:0",
    "EPSG:4326",
    "EPSG:27700",
    "EPSG:999999",
    "+proj=tmerc",
    "E05000000",
    "e05000001 ",
    "E99999999",
    "\0",
    "a\0b",
    "\x1b]0;PWNED\x07",
    "\x1b[31mred",
    "\u202eevil",
    "\u2028",
    "\r\n",
    "a\rb",
    "a\nb",
    "\t",
    '"',
    '""',
    "'",
    "=1+1",
    "@SUM(A1)",
    "</script>",
    "{{x}}",
    "%s%n",
    "[%eval%]",
    "../../etc/passwd",
    "/dev/null",
    "/vsicurl/http://127.0.0.1/x",
    "*",
    "[",
    "?",
    ".",
    "~",
    "-o",
    "--areas",
    "Ŵrecsam",
    "é",
    "\ud7ff",
    "\ufeff",
    "\u200b",
    "\U0001f46e",
    "İ",
    "ß",
    "Burglary",
    "BURGLARY",
    "Total",
    "All",
    "Wards",
    "Cells",
    LONG,
)
NUMBERS = (
    0,
    -1,
    1,
    2,
    0.5,
    1e-9,
    1e9,
    1e15,
    1e308,
    -1e308,
    float("inf"),
    float("nan"),
    2**31,
    2**63,
    10**23,
    52.8,
)


def text(rng: random.Random) -> str:
    """Return a text; one in five is two of them together."""
    found = rng.choice(TEXTS)
    return found + rng.choice(TEXTS[:-1]) if rng.random() < 0.2 else found


def anything(rng: random.Random) -> Any:
    """Return a value of any of JSON's and TOML's kinds."""
    kind = rng.randrange(8)
    if kind == 0:
        return rng.choice([True, False])
    if kind in (1, 2):
        return rng.choice(NUMBERS)
    if kind == 3:
        return [rng.choice(NUMBERS), text(rng)][: rng.randrange(3)]
    if kind == 4:
        return {text(rng)[:40]: rng.choice(NUMBERS)}
    return text(rng)


def nested(rng: random.Random) -> int:
    """Return how deep to nest: mostly little, sometimes as deep as ends a process."""
    return rng.choice([2, 10, 100, 900, 3_000, 100_000])
