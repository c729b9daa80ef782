"""The doors: what each reads, and a command that reads it. Every input is one of them, with something damaged."""

from __future__ import annotations

import random
from pathlib import Path

import click
from tests.fuzz import values
from tests.fuzz.folders import folders
from tests.fuzz.inputs import Door, Input, damage, damage_layer, take
from tests.fuzz.numbers import NUMBERS, numbers
from tests.fuzz.sections import sections
from tests.fuzz.sites import sites
from tests.fuzz.stores import stores
from tests.fuzz.words import NEEDED, commands, sound_argument, sound_option, sound_output

INCIDENTS = [
    "i.csv",
    "i.csv",
    "d.csv",
    "u.csv",
    "i.csv.gz",
    "i.parquet",
    "g.parquet",
    "i.xlsx",
    "i.xlsb",
    "i.xls",
    "p.gpkg",
    "p.geojson",
    "p.shp",
    "p.fgb",
    "p.kml",
    "i.zip",
    "p.zip",
]
_TABLES = (
    "people.csv",
    "people.xlsx",
    "people.parquet",
    "lookup.csv",
    "rates.csv",
    "classes.csv",
    "kinds.csv",
    "recorded.csv",
    "setting.csv",
)
AREAS = ("w.gpkg", "w.geojson", "w.geojson", "w.shp", "w.fgb", "w.kml", "w.zip", "w.parquet")


def incidents(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A file of incidents."""
    name = rng.choice(INCIDENTS)
    take(seeds, folder, name, "w.gpkg", "lookup.csv", "classes.csv", "rates.csv")
    layer = name.startswith("p.") and name != "p.zip"
    damaged = damage_layer(seeds, folder, name, rng) if layer else damage(folder, name, rng)
    areas = ["--areas", "w.gpkg"]
    command, output = rng.choice(
        [
            (["inspect", name], ""),
            (["inspect", name], ""),
            (["count", name, *areas], "o.geojson"),
            (["count", name, *areas], "o.geojson"),
            (["count", name, *areas, "--weight-column", "Weight"], "o.gpkg"),
            (["count", name, *areas, "--by", "code", "--lookup", "lookup.csv", "--per", "category"], "o.csv"),
            (["kde", name, *areas, "--bandwidth", "500", "--cell-size", "100"], "o.tif"),
            (["change", name, *areas, "--before", "2025-01", "--after", "2025-02"], "o.geojson"),
            (["times", name], ""),
            (["repeats", name, *areas], ""),
            (["count", name, *areas, "--engine", "stream"], "o.geojson"),
            (["select", name, *areas, "--engine", "stream"], "o.geojson"),
            (["breakdown", name, "--by", "Crime type"], ""),
            (["share", name, *areas, "--column", "Weight", "--value", "1"], ""),
            (["classes", name, *areas, "--classes", "classes.csv", "--column", "kind"], ""),
            (["trend", name, *areas], ""),
            (["charts", name, *areas], ""),
            (["emerging", name, *areas, "--step", "1W"], "o.geojson"),
            (["near-repeat", name, "--permutations", "99"], ""),
            (["profile", name, *areas, "--with", "rates.csv"], ""),
        ]
    )
    return Input([*command, *(["-o", output] if output else [])], damaged, output=output)


def areas(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A layer of areas."""
    name = rng.choice(AREAS)
    take(seeds, folder, name, "i.csv")
    damaged = damage_layer(seeds, folder, name, rng)
    return Input(["count", "i.csv", "--areas", name, "-o", "o.geojson"], damaged, output="o.geojson")


def small_tables(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A table of populations, classes, scores or recorded crime, a lookup, or comparators."""
    name = rng.choice(["people.csv", *_TABLES])
    take(seeds, folder, name, "i.csv", "w.gpkg")
    damaged = damage(folder, name, rng)
    places = ["--areas", "w.gpkg"]
    words, output = {
        "rates.csv": rng.choice(
            [
                (["compare", "force", "i.csv", *places, "--with", name], "o.csv"),
                (["profile", "i.csv", *places, "--with", name], "o.csv"),
                (["matrix", "i.csv", *places, "--with", name], "o.csv"),
            ]
        ),
        "lookup.csv": (["count", "i.csv", *places, "--by", "code", "--lookup", name], "o.geojson"),
        "classes.csv": (["classes", "i.csv", *places, "--classes", name, "--column", "kind"], "o.csv"),
        "kinds.csv": (["breakdown", "i.csv", "--by", "Crime type", "--population", name], "o.csv"),
        "recorded.csv": (["comparators", name], "o.csv"),
        "setting.csv": (["assess", name], "o.csv"),
    }.get(name, (["count", "i.csv", *places, "--population-table", name], "o.geojson"))
    return Input([*words, "-o", output], damaged, output=output)


def layers(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A layer that the toolkit wrote, in a file or on standard input."""
    name = rng.choice(["n.geojson"] * 4 + ["n.gpkg", "n.gpkg", "s.geojson", "n.shp", "n.fgb", "n.parquet"])
    take(seeds, folder, name)
    own = name.endswith(".geojson")
    damaged = damage(folder, name, rng) if own else damage_layer(seeds, folder, name, rng)
    piped = name.endswith(".geojson") and rng.random() < 0.3
    given = "-" if piped else name
    command, output = rng.choice(
        [
            (["gistar", given], "o.geojson"),
            (["flag", given], "o.geojson"),
            (["flag", given, "--table", "o.csv"], ""),
            (["funnel", given], "o.geojson"),
            (["risk", given], "o.geojson"),
            (["compare", "areas", given], "o.geojson"),
            (["outliers", given, "--value", "n"], "o.geojson"),
            (["pattern", given, "--value", "n", "--permutations", "99"], ""),
            (["map", given], "o.html"),
            (["map", given], "o.svg"),
        ]
    )
    words = [*command, *(["-o", output] if output else [])]
    return Input(
        words, damaged, stdin=name if piped else "", output=output or ("o.csv" if "--table" in words else "")
    )


def contexts(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A layer of towns, roads and water that a map shows for orientation."""
    name = rng.choice(["c.gpkg", "c.geojson", "c.shp", "w.gpkg", "p.geojson"])
    take(seeds, folder, "n.geojson", name)
    damaged = damage_layer(seeds, folder, name, rng)
    output = rng.choice(["o.svg", "o.html"])
    return Input(["map", "n.geojson", "--context", name, "-o", output], damaged, output=output)


def rasters(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A density that the toolkit wrote."""
    take(seeds, folder, "k.tif")
    damaged = damage(folder, "k.tif", rng)
    return Input(["map", "k.tif", "-o", "o.svg"], damaged, output="o.svg")


def recipes(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A recipe, checked; one in thirty is run, which takes seconds."""
    take(seeds, folder, "r.toml", "i.csv", "w.gpkg", "people.csv")
    damaged = damage(folder, "r.toml", rng)
    if rng.random() < 0.03:
        return Input(["run", "r.toml", "-o", "o"], damaged, output="o")
    return Input(["recipe", "check", "r.toml"], damaged)


def plans(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A plan of priorities."""
    take(seeds, folder, "p.toml", "i.csv", "w.gpkg")
    damaged = damage(folder, "p.toml", rng)
    return Input(
        ["select", "i.csv", "--areas", "w.gpkg", "--plan", "p.toml", "-o", "o.geojson"],
        damaged,
        output="o.geojson",
    )


def options(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A command on sound files, with options that are not."""
    take(seeds, folder, *NEEDED)
    path, command = rng.choice(commands())
    words = [*path]
    for param in command.params:
        if isinstance(param, click.Argument):
            sound = rng.random() < 0.9
            words.append(sound_argument(path, param) if sound else values.text(rng).replace("\0", "")[:300])
        elif (
            isinstance(param, click.Option)
            and not param.hidden
            and param.name not in ("help", "output", "tiles")
            and (param.required or rng.random() < 0.06)
        ):
            sound = param.required and rng.random() < 0.8
            words += [param.opts[-1], sound_option(path, param)] if sound else _option(param, rng)
    output = sound_output(path, command)
    if output:
        output = (
            output if rng.random() < 0.7 else rng.choice(["o.geojson", "o.csv", "o.gpkg", "o.svg", "o.tif"])
        )
        words += ["-o", output]
    return Input(words, " ".join(path), output=output)


def _option(option: click.Option, rng: random.Random) -> list[str]:
    name = option.opts[-1]
    if option.is_flag:
        return [name]
    if isinstance(option.type, click.Choice) and rng.random() < 0.8:
        return [name, str(rng.choice(list(option.type.choices)))]
    if isinstance(option.type, click.types.IntParamType | click.types.FloatParamType) and rng.random() < 0.9:
        return [name, rng.choice(NUMBERS)]
    return [name, values.text(rng).replace("\0", "")[:2000]]


DOORS: dict[str, tuple[Door, int]] = {
    "incidents": (incidents, 34),
    "areas": (areas, 18),
    "tables": (small_tables, 10),
    "layers": (layers, 14),
    "rasters": (rasters, 2),
    "recipes": (recipes, 10),
    "plans": (plans, 4),
    "options": (options, 8),
    "contexts": (contexts, 3),
    "stores": (stores, 4),
    "sites": (sites, 4),
    "folders": (folders, 3),
    "sections": (sections, 6),
    "numbers": (numbers, 6),
}


def make(seeds: Path, folder: Path, *, seed: int, number: int, door: str = "") -> tuple[str, Input]:
    """Make one input in an empty folder, and return its door and itself."""
    rng = random.Random(f"{seed}:{number}")  # noqa: S311  nothing is secret
    chosen = rng.choices(list(DOORS), weights=[weight for _, weight in DOORS.values()])[0]
    chosen = door or chosen
    made = DOORS[chosen][0](seeds, folder, rng)
    return chosen, made
