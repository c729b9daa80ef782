"""Street-level files of a force from police.uk's archives, of which each month's holds the 36 months to it."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hotspots.base.errors import FileError, HotspotsWarning, ParameterError, did_you_mean
from hotspots.base.named import Named, find_named
from hotspots.fetch.archives import ordinal_of, take_months, text_of
from hotspots.fetch.months import Done
from hotspots.fetch.revisions import Revision
from hotspots.fetch.settings import Settings
from hotspots.fetch.store import alone
from hotspots.fetch.web import Web

log = logging.getLogger(__name__)

WINDOW = 36
"""Months in an archive."""

EARLIEST = "2010-12"
"""The first month that police.uk has."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass
class Fetched:
    """What `fetch_incidents` did.

    Attributes
    ----------
    entry : Named
        The set, as other commands find it.
    new, kept, missing, late : list of str
        The months that came now; those that were here already, of as new an archive; those that police.uk has no file
        of; and those that it has not published yet.
    revised : list of Revision
        Months that were here from an older archive, and differ in more than outcomes.
    """

    entry: Named
    new: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    revised: list[Revision] = field(default_factory=list)


@alone()
def fetch_incidents(
    web: Web, settings: Settings, *, force: str, first: str, last: str, whole: bool = False
) -> Fetched:
    """Fetch the street-level files of a force, month by month, into the cache as ``police.uk/<force>``.

    Months that are here already stay; those of which a newer archive tells are fetched again, and what it has revised
    is said. Only the files of this force and these months are read from an archive, where its server sends parts.

    Parameters
    ----------
    web, settings : Web, Settings
    force : str
        As police.uk names it in files: "staffordshire", "avon-and-somerset".
    first, last : str
        The first and the last month, as "2024-01".
    whole : bool, default False
        Download whole archives, and hold them against the checksums that police.uk publishes of them.

    Warns
    -----
    HotspotsWarning
        For months that police.uk has no file of, and for months that have been revised.

    Raises
    ------
    ParameterError
        When the force or a month is none.
    FileError
        When no file of these months can be had, or what comes is damaged.
    """
    wanted = months_between(first, last)
    force, title = _known_force(web, settings, force)
    newest = _newest(web, settings)
    late = [month for month in wanted if month > newest]
    asked = [month for month in wanted if month <= newest]
    if not asked:
        raise FileError(
            f"police.uk has not published {first} yet: its newest month is {newest}",
            hint=f"ask for months up to {newest}",
        )
    held = find_named(f"police.uk/{force}")
    done = Done(force, held)
    for archive, months in archives_for(asked, newest):
        months = [month for month in months if done.older(month, archive)]
        if months:
            take_months(web, settings, done, archive, months, whole=whole)
    missing = [month for month in asked if month not in done.files]
    if len(missing) == len(asked):
        raise FileError(
            f"police.uk has no street-level file of {force} from {first} to {last}",
            hint="some forces have sent none for some months: see https://data.police.uk/changelog/",
        )
    entry = done.put(title) if done.new else held
    assert entry is not None  # noqa: S101 - months are here, so some were fetched now or before
    result = Fetched(
        entry,
        sorted(done.new),
        [month for month in asked if month in done.files and month not in done.new],
        missing,
        late,
        sorted(done.revised, key=lambda one: one.month),
    )
    _warn(result)
    done.parts.drop()
    return result


def months_between(first: str, last: str) -> list[str]:
    """Return the months from one to another, both among them.

    Raises
    ------
    ParameterError
        When one is no month, or they are the wrong way round.

    Examples
    --------
    >>> months_between("2024-11", "2025-01")
    ['2024-11', '2024-12', '2025-01']
    """
    for month in (first, last):
        if _MONTH.fullmatch(month) is None:
            raise ParameterError(f"'{month}' is no month", hint="write months as 2024-01")
    if first < EARLIEST:
        raise ParameterError(f"police.uk has no month before {EARLIEST}", hint=f"type: --from {EARLIEST}")
    start, end = ordinal_of(first), ordinal_of(last)
    if end < start:
        raise ParameterError(f"{last} is before {first}", hint=f"type: --from {last} --to {first}")
    return [text_of(ordinal) for ordinal in range(start, end + 1)]


def archives_for(months: Sequence[str], newest: str) -> list[tuple[str, list[str]]]:
    """Return the fewest archives that hold months, each the newest that does, and which months to take from it.

    Parameters
    ----------
    months : sequence of str
        Ascending.
    newest : str
        The newest archive.

    Examples
    --------
    >>> [(archive, len(months)) for archive, months in archives_for(months_between("2020-01", "2025-12"), "2026-09")]
    [('2022-12', 36), ('2025-12', 36)]
    >>> [archive for archive, _ in archives_for(["2024-01", "2025-12"], "2026-09")]
    ['2026-09']
    """
    left, chosen = list(months), []
    while left:
        archive = min(ordinal_of(left[0]) + WINDOW - 1, ordinal_of(newest))
        inside = [month for month in left if ordinal_of(month) <= archive]
        chosen.append((text_of(archive), inside))
        left = left[len(inside) :]
    return chosen


def spans(months: Sequence[str]) -> str:
    """Return months in words: those that follow each other as one span.

    Examples
    --------
    >>> spans(["2024-01", "2024-02", "2024-03", "2025-01"])
    '2024-01 to 2024-03, 2025-01'
    """
    runs: list[list[str]] = []
    for month in months:
        if runs and ordinal_of(month) == ordinal_of(runs[-1][-1]) + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _known_force(web: Web, settings: Settings, force: str) -> tuple[str, str]:
    """Return a force as police.uk names it in files and in full."""
    address = f"{settings.police_api.rstrip('/')}/forces"
    listed = web.json(address)
    try:
        known = {str(one["id"]): str(one["name"]) for one in listed}
    except (TypeError, KeyError) as error:
        raise _not_understood(address, "forces") from error
    wanted = re.sub(r"[^a-z0-9]+", "-", force.casefold().replace("&", " and ")).strip("-")
    safe = {name: full for name, full in known.items() if re.fullmatch(r"[a-z]+(?:-[a-z]+)*", name)}
    if wanted not in safe:
        raise ParameterError(f"police.uk knows no force '{force}'", hint=did_you_mean(wanted, safe))
    return wanted, safe[wanted]


def _newest(web: Web, settings: Settings) -> str:
    """Return the newest month that police.uk has published."""
    address = f"{settings.police_api.rstrip('/')}/crimes-street-dates"
    listed = web.json(address)
    try:
        dates = [str(one["date"]) for one in listed]
    except (TypeError, KeyError) as error:
        raise _not_understood(address, "months") from error
    months = [date for date in dates if _MONTH.fullmatch(date)]
    if not months:
        raise _not_understood(address, "months")
    return max(months)


def _not_understood(address: str, what: str) -> FileError:
    return FileError(
        f"the list of {what} at {address} is not in the form that police.uk documents",
        hint="look for a newer version of hotspots; this one cannot fetch incidents any more",
    )


def _warn(result: Fetched) -> None:
    if result.missing:
        warnings.warn(
            f"police.uk has no street-level file of this force for {spans(result.missing)}: these months are "
            "missing, not without crime",
            HotspotsWarning,
            stacklevel=3,
        )
    for revision in result.revised:
        warnings.warn(str(revision), HotspotsWarning, stacklevel=3)


def summary(result: Fetched) -> Mapping[str, Sequence[str]]:
    """Return the months of a result by what became of them, in words."""
    said = {
        "fetched": result.new,
        "here already": result.kept,
        "missing at police.uk": result.missing,
        "not yet published": result.late,
    }
    return {words: months for words, months in said.items() if months}
