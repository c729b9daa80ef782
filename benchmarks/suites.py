"""All kinds of work that are measured, by the names that `--only` takes."""

from __future__ import annotations

from benchmarks.suite_density import DENSITY
from benchmarks.suite_emerging import EMERGING
from benchmarks.suite_files import READING, SCALE, WRITING
from benchmarks.suite_gistar import GISTAR
from benchmarks.suite_locate import LOCATE
from benchmarks.suite_near_repeat import NEAR_REPEAT
from benchmarks.suite_neighbours import NEIGHBOURS
from benchmarks.suite_protection import PROTECTION

SUITES = {
    "locate": LOCATE,
    "neighbours": NEIGHBOURS,
    "density": DENSITY,
    "gistar": GISTAR,
    "emerging": EMERGING,
    "near-repeat": NEAR_REPEAT,
    "protection": PROTECTION,
    "reading": READING,
    "writing": WRITING,
    "scale": SCALE,
}
