"""The police forces that files of incidents are of, and the months of each: by the files' own column, else by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from hotspots.incidents.quality import SourceReport

_STREET = re.compile(r"^(?P<month>\d{4}-\d{2})-(?P<force>.+)-street\b")


def forces_of(sources: Iterable[SourceReport]) -> dict[str, tuple[str, ...]]:
    """Return the forces that files are of, sorted, and the months that each one's are of, such as ``"2025-01"``.

    A file tells its forces by a column such as police.uk's *Falls within*; one without it by its name, as police.uk
    names street files. A name that another file has beside one force in its column means that force.

    Examples
    --------
    >>> def read(name, **forces):
    ...     return SourceReport(name, "", 1, 0, None, has_ids=True, forces=forces)
    >>> forces_of([read("2025-01-kent-street.csv"), read("a.zip/2025-02/2025-02-kent-street.csv"), read("own.csv")])
    {'Kent': ('2025-01', '2025-02')}
    """
    reports = list(sources)
    called: dict[str, str] = {}
    for report in reports:
        named = _of_name(report.name)
        if named is not None and len(report.forces) == 1:
            called[named[0]] = next(iter(report.forces))
    found: dict[str, set[str]] = {}
    for report in reports:
        named = _of_name(report.name)
        for force, months in report.forces.items():
            found.setdefault(force, set()).update(months)
        if named is not None and not report.forces:
            found.setdefault(called.get(named[0], named[0]), set()).add(named[1])
    return {force: tuple(sorted(found[force])) for force in sorted(found)}


def _of_name(name: str) -> tuple[str, str] | None:
    """Return the force and the month of a street file, by its name; None of any other file."""
    match = _STREET.match(re.split(r"[/\\:]", name)[-1].strip())
    return match and (match["force"].replace("-", " ").title(), match["month"])


def forces_with_gaps(forces: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the forces whose files lack a month between their first and their last that another's hold, and which.

    A force that begins later, or ends sooner, may be a choice; so may months that no file holds.

    Examples
    --------
    >>> forces_with_gaps({"Kent": ("2025-01", "2025-03"), "Surrey": ("2025-01", "2025-02", "2025-03")})
    {'Kent': ('2025-02',)}
    """
    every = sorted({month for held in forces.values() for month in held})
    gone = {
        force: tuple(month for month in every if held[0] < month < held[-1] and month not in held)
        for force, held in forces.items()
        if held
    }
    return {force: months for force, months in gone.items() if months}


def forces_without(forces: Mapping[str, Sequence[str]], months: Iterable[str]) -> list[str]:
    """Return the forces whose files hold none of the months that a district lacks; none where no file holds them.

    A force that lacks more months than another is not the district's, which has some of these: its own rows merely fell
    there, as those of the British Transport Police do anywhere.

    Examples
    --------
    >>> held = {"Rail": ("2025-01",), "Kent": ("2025-01", "2025-03"), "Surrey": ("2025-01", "2025-02", "2025-03")}
    >>> forces_without(held, ["2025-02"])
    ['Kent']
    """
    asked = set(months)
    every = {month for held in forces.values() for month in held}
    lacking = {
        force: len(every - set(held)) for force, held in forces.items() if not asked.intersection(held)
    }
    fewest = min(lacking.values(), default=0)
    closest = [force for force, gone in lacking.items() if gone == fewest]
    return closest if len(lacking) < len(forces) else []
