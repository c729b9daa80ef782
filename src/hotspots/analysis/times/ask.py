"""How hot times are to be told: by which parts of time, shifts and bands, and what becomes of spans."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hotspots.analysis.hours import band_of
from hotspots.base.errors import ParameterError, did_you_mean
from hotspots.base.poisson import require_dispersion
from hotspots.methods.time.times import PARTS

LONGEST = 24.0
MissingEnd = Literal["exclude", "start"]
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Asked:
    """How hot times are to be told; see `hot_times`."""

    by: tuple[str, ...] = ("weekday", "hour")
    shifts: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    longest: float = LONGEST
    missing_end: MissingEnd = "exclude"
    leave_out: tuple[str, ...] = ()
    dispersion: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.by) <= 2 or len(set(self.by)) != len(self.by):
            raise ParameterError(
                f"'by' is {' and '.join(self.by) or 'empty'}",
                hint=f"name one or two of: {', '.join(PARTS)}",
            )
        for one in self.by:
            if one not in PARTS:
                raise ParameterError(f"'by' is '{one}'", hint=did_you_mean(one, PARTS))
        if self.shifts and "hour" not in self.by:
            raise ParameterError(
                f"'shifts' is {', '.join(self.shifts)}, and 'by' has no hour to be divided",
                hint="leave out 'shifts', or add hour to 'by'",
            )
        if not 0 < self.longest <= 24 * 366:
            raise ParameterError(
                f"'longest' is {self.longest:g}",
                hint="give the hours of the longest span to spread, such as 24 or 168",
            )
        if self.missing_end not in ("exclude", "start"):
            raise ParameterError(f"'missing_end' is '{self.missing_end}'", hint="use 'exclude' or 'start'")
        for text in self.leave_out:
            minute_of(text)
        bands_of(self.shifts)
        bands_of(self.bands)
        if self.dispersion is not None:
            require_dispersion(self.dispersion)

    @property
    def timed(self) -> bool:
        """Whether times of day are looked at."""
        return "hour" in self.by or bool(self.bands)


def bands_of(texts: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return bands of hours as their first and their last hour, the latter not included."""
    words = [band_of(text)[0] for text in texts]
    return tuple((int(text[:2]), int(text[-5:-3])) for text in words)


def minute_of(text: str) -> int:
    """Return the minute of the day that a time such as ``"00:01"`` is.

    Raises
    ------
    ParameterError
        When it is none.
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ParameterError(f"'leave_out' is '{text}'", hint="give a time of day such as 00:00")
    return 60 * int(found[1]) + int(found[2])
