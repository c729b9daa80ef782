"""What an input is, and how a door takes seeds into its folder and damages one of them."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
from tests.fuzz import mutate, tables

_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass
class Input:
    """One input: a folder of files, the command that reads them, and which file is the damaged one.

    `stdin` is the file that stands on standard input, `output` what the command is to write, and `site` what is wrong
    with the answers of a server that is fetched from (`tests.fuzz.sites`); empty where there is none.
    """

    words: list[str]
    damaged: str = ""
    stdin: str = ""
    output: str = ""
    site: str = ""


Door = Callable[[Path, Path, random.Random], Input]


def take(seeds: Path, folder: Path, *names: str) -> None:
    """Copy seeds into an input's folder; of a Shapefile all its parts, of a folder all that it holds."""
    for name in names:
        if (seeds / name).is_dir():
            shutil.copytree(seeds / name, folder / name)
            continue
        parts = seeds.glob(f"{Path(name).stem}.???") if name.endswith(".shp") else [seeds / name]
        for part in parts:
            if not name.endswith(".shp") or part.suffix in _SHAPEFILE:
                shutil.copyfile(part, folder / part.name)


def damage(folder: Path, name: str, rng: random.Random) -> str:
    """Damage a file of the folder in a way of its format, and return which it was."""
    path = folder / name
    if path.suffix == ".shp":
        parts = sorted(one for one in folder.glob(f"{path.stem}.???") if one.suffix in _SHAPEFILE)
        part = rng.choice(parts)
        if rng.random() < 0.1:
            part.unlink()
        else:
            mutate.bytes_of(part, rng)
        return part.name
    if path.suffix == ".parquet" and rng.random() < 0.7:
        tables.parquet_of(path, rng)
    else:
        mutate.mutate(path, rng)
    return name


def damage_layer(seeds: Path, folder: Path, name: str, rng: random.Random) -> str:
    """Damage a layer in its bytes, or give it impossible content in sound bytes; return which file was damaged."""
    path = folder / name
    if path.suffix == ".zip" or rng.random() < 0.5:
        return damage(folder, name, rng)
    seed = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    try:
        tables.layer_of(seed, path, rng)
    except Exception:
        take(seeds, folder, name)
        return damage(folder, name, rng)
    return name
