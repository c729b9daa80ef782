"""The door of folders that a run wrote: one file of a published one damaged, then audited, or read beside the next."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from tests.fuzz.inputs import Input, damage, take

_READ = (".csv", ".geojson", ".gpkg", ".json", ".html", ".xlsx", ".qgz", ".txt")


def folders(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A published folder of which a file was damaged, left out, put in, or put in the place of another."""
    take(seeds, folder, "pub")
    files = sorted(path for path in (folder / "pub").rglob("*") if path.is_file() and path.suffix in _READ)
    chosen, other = rng.sample(files, 2)
    kind = rng.randrange(8)
    damaged = str(chosen.relative_to(folder))
    if kind == 0:
        chosen.unlink()
    elif kind == 1:
        shutil.copyfile(other, chosen)
    elif kind == 2:
        take(
            seeds, folder / "pub", rng.choice(["i.csv", "w.geojson", "i.parquet", "i.xlsx", "k.tif", "p.shp"])
        )
    else:
        damage(folder, damaged, rng)
    command = rng.randrange(12)
    if command == 0:
        take(seeds, folder, "pub.toml", "i.csv", "w.gpkg", "people.csv")
        return Input(["run", "pub.toml", "-o", "o", "--since", "pub"], damaged, output="o")
    if command < 4:
        page = ["page", rng.choice(["pub", damaged]), "--area", "E05000001", "-o", "o.html"]
        return Input(page, damaged, output="o.html")
    return Input(["audit", "pub", *rng.choice([[], ["--json"], ["--profile", "nhs"]])], damaged)
