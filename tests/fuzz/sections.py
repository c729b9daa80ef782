"""The door of recipes of every table that there is: some are drawn, and one key or file of them is damaged."""

from __future__ import annotations

import random
from pathlib import Path

from tests.fuzz import mutate
from tests.fuzz.inputs import Input, damage, take

HEAD = """title = "A town"
crs = "EPSG:27700"
source = "A force"
attribution = "A licence"
[incidents]
source = ["d.csv"]
period = "2025-01..2025-03"
[[areas]]
label = "Wards"
source = "w.gpkg"
population_table = "people.csv"
[[theme]]
name = "All"
[[theme]]
name = "Burglary"
category = ["Burglary"]
"""
SECTIONS = {
    "count": "min_population = 100\nlimits = 'byar'",
    "flag": "value = 'rate'\nwithin = 'district'",
    "kde": "bandwidth = 500\ncell_size = 100",
    "grid": "cell_size = 500\nshape = 'hexagon'",
    "gistar": "inference = 'permutation'\npermutations = 99\nneighbours = 'queen'",
    "outliers": "value = 'n'\nneighbours = 'rook'",
    "emerging": "step = '1W'\ncomparison = 'step'",
    "risk": "times = 2\nmodel = 'gamma'",
    "change": "before = '2025-01'\nafter = '2025-02'",
    "select": "plan = 'p.toml'",
    "places": "top = 2",
    "assess": "sheet = 'setting.csv'\nscale = [1, 4]\ndraws = 99",
    "[classes]": "name = 'Kind'\ntable = 'classes.csv'\ncolumn = 'kind'",
    "[breakdown]": "name = 'Kinds'\nby = ['Crime type']\npopulation = 'kinds.csv'",
    "[share]": "name = 'Weighty'\ncolumn = 'Weight'\nvalue = ['1']",
    "repeats": "place_column = 'LSOA code'\nidentifiers = ['Crime ID']",
    "times": "by = ['weekday', 'hour']\nbands = ['21:00-04:00']",
    "comparators": "source = 'rates.csv'\nnational = 'North'\nsimilar = ['South']",
    "charts": "season = 'none'\ndispersion = 1.5",
    "map": "basemap = 'none'",
    "report": "formats = ['html']",
    "publish": "profile = 'documents'",
}
FILES = ("d.csv", "w.gpkg", "people.csv", "p.toml", "setting.csv", "classes.csv", "kinds.csv", "rates.csv")


def sections(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A recipe of some tables, damaged and checked; one in fifteen is run, it or a file that it names damaged."""
    take(seeds, folder, *FILES)
    drawn = rng.sample(sorted(SECTIONS), rng.randrange(1, 5))
    text = HEAD + "".join(f"[{name}]\n{SECTIONS[name]}\n" for name in drawn)
    (folder / "r.toml").write_text(text, encoding="utf-8")
    if rng.random() < 0.07:
        damaged = damage(folder, rng.choice([*FILES[:1], *FILES]), rng) if rng.random() < 0.5 else "r.toml"
        if damaged == "r.toml":
            mutate.toml_of(folder / "r.toml", rng)
        return Input(["run", "r.toml", "-o", "o"], damaged, output="o")
    damage(folder, "r.toml", rng)
    return Input(["recipe", "check", "r.toml"], "r.toml")
