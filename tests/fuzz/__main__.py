"""`python -m tests.fuzz`: make inputs, run them, say which end badly and how each is repeated."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz import judge, worker
from tests.fuzz.doors import DOORS, make
from tests.fuzz.inputs import Input
from tests.fuzz.town import build_town

BATCH = 25  # inputs that share a process: a fork costs as much as an input


@dataclass
class Tried:
    """An input: its number, door and files, what is wrong with its ending, and what was said."""

    number: int
    door: str
    made: Input
    before: dict[str, str]
    folder: Path
    faults: list[str] = field(default_factory=list)
    said: str = ""


def fuzz(
    work: Path,
    *,
    seed: int,
    numbers: range,
    door: str = "",
    report: Callable[[Tried], object] = lambda _: None,
) -> tuple[Counter[str], list[Tried]]:
    """Run inputs of a seed; the files of those that fail are kept in a folder.

    Parameters
    ----------
    work : Path
        An empty folder.
    seed : int
        Of all inputs.
    numbers : range
        Which inputs.
    door : str, optional
        Make all of them inputs of this door.
    report : callable, optional
        Is given each failure as soon as it is met.

    Returns
    -------
    Counter of str
        How many inputs each door had.
    list of Tried
        In the order of their numbers.
    """
    seeds = work / "seeds"
    seeds.mkdir()
    build_town(seeds)
    worker.warm(seeds)
    doors: Counter[str] = Counter()
    failures = []
    for start in range(0, len(numbers), BATCH):
        made = [_made(work, seed=seed, number=number, door=door) for number in numbers[start : start + BATCH]]
        endings = worker.run_inputs([(one.made, one.folder) for one in made])
        for one, ending in zip(made, endings, strict=True):
            doors[one.door] += 1
            one.faults = judge.faults(one.made, ending, before=one.before, folder=one.folder)
            one.said = ending.err[-1500:]
            if one.faults:
                failures.append(one)
                report(one)
            else:
                shutil.rmtree(one.folder)
                for beside in work.glob(f"{one.number}.*"):
                    beside.unlink()
    return doors, failures


def _made(work: Path, *, seed: int, number: int, door: str) -> Tried:
    folder = work / str(number)
    folder.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what cannot be is made on purpose
        chosen, made = make(work / "seeds", folder, seed=seed, number=number, door=door)
    return Tried(number, chosen, made, judge.picture(folder), folder)


def main() -> int:
    """Read the command line, fuzz, and return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--inputs", type=int, default=1000, help="how many")
    asked.add_argument("--seed", type=int, default=0, help="of all inputs; 0 without it")
    asked.add_argument("--first", type=int, default=0, help="number of the first; with --inputs 1, one alone")
    asked.add_argument("--door", choices=list(DOORS), default="", help="this door only")
    given = asked.parse_args()
    work = Path(tempfile.mkdtemp(prefix="fuzz-"))
    started = time.monotonic()
    numbers = range(given.first, given.first + given.inputs)
    write = sys.stdout.write
    where = f" --door {given.door}" if given.door else ""

    def report(one: Tried) -> None:
        write(
            f"{one.number} {one.door}: {', '.join(one.faults)[:300]}\n  {one.made.words}\n  files: {one.folder}\n"
        )
        write(f"  again: python -m tests.fuzz --seed {given.seed} --first {one.number} --inputs 1{where}\n")
        write("".join(f"    {line}\n" for line in one.said.splitlines()[-8:]))
        sys.stdout.flush()

    doors, failures = fuzz(work, seed=given.seed, numbers=numbers, door=given.door, report=report)
    bad = Counter(one.door for one in failures)
    for name, count in sorted(doors.items()):
        write(f"{name:<10} {count:>7,} inputs {bad[name]:>6,} failures\n")
    took = f"{time.monotonic() - started:.0f} s, {_computed():.0f} s of computing"
    write(f"{len(failures):,} failures of {given.inputs:,} inputs, seed {given.seed}, {took}\n")
    if not failures:
        shutil.rmtree(work)
    return 1 if failures else 0


def _computed() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    sys.exit(main())
