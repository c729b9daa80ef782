"""How long the period is that counts cover: one rule, wherever a rate or a density is scaled to a year.

The length is the one given; else that of the months asked for; else the months in which the files have incidents
of any category at all. So a rare category is not taken for a short period.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from hotspots.base.errors import HotspotsWarning, ParameterError, listed
from hotspots.counting.rates import require_months
from hotspots.incidents import QualityReport
from hotspots.incidents.filters import month_range

log = logging.getLogger(__name__)

From = Literal["given", "asked", "files"]


@dataclass(frozen=True)
class Period:
    """The period that counts cover.

    Attributes
    ----------
    length : float
        In months, over 0.
    months : tuple of Period
        The months covered, ascending; empty where no month is known.
    months_from : {'given', 'asked', 'files'}
        Whether the length is one that was given, that of the months asked for, or that of the files' months.
    """

    length: float
    months: tuple[pd.Period, ...]
    months_from: From

    def __str__(self) -> str:
        return f"{self.length:g} month{'' if self.length == 1 else 's'} ({self.why})"

    @property
    def why(self) -> str:
        """What the length rests on, in words."""
        if self.months_from == "given" or not self.months:
            return "given"
        first, last = self.months[0], self.months[-1]
        said = "those asked for" if self.months_from == "asked" else "those of the data"
        return f"{said}, {first}" if first == last else f"{said}, from {first} to {last}"


def months_covered(incidents: pd.DataFrame) -> tuple[pd.Period, ...]:
    """Return the months that incidents cover by the rule of this module, ascending; none where none is known.

    Tables of `hotspots.read_incidents` and `hotspots.select_incidents` know which months were asked for and
    which the files have, in ``attrs["period"]`` and ``attrs["months"]``; of others, the months present count.

    Parameters
    ----------
    incidents : DataFrame
        The incidents table, or any selection of its rows.
    """
    asked, there = _known(incidents)
    return _covered(asked, [*there, *_present(incidents)])


def period_of(incidents: pd.DataFrame, *, months: float | None = None) -> Period:
    """Return the period that incidents cover, and say it.

    A month between the first and the last of the files without any incident of any category is taken as
    missing from the data and not counted, since a year of eleven files would otherwise show rates one twelfth
    too low; a month asked for that the files lack is counted. Both draw a warning.

    Parameters
    ----------
    incidents : DataFrame
        The incidents table, or any selection of its rows; see `months_covered`.
    months : float, optional
        A length that was given; it stands.

    Raises
    ------
    ParameterError
        When no month is known and no length given.

    Examples
    --------
    >>> table = pd.DataFrame({"month": pd.PeriodIndex(["2025-10", "2025-11"], freq="M")})
    >>> str(period_of(table))
    '2 months (those of the data, from 2025-10 to 2025-11)'
    >>> table.attrs["period"] = "2025-01..2025-12"
    >>> period_of(table, months=6).length
    6
    """
    asked, there = _known(incidents)
    return _settled(asked, [*there, *_present(incidents)], months)


def period_of_report(report: QualityReport, *, months: float | None = None) -> Period:
    """Return the period that the incidents of a report cover, and say it; see `period_of`."""
    return _settled(report.period, [pd.Period(month, freq="M") for month in report.months], months)


def report_months(report: QualityReport) -> tuple[pd.Period, ...]:
    """Return the months that the incidents of a report cover; see `months_covered`."""
    return _covered(report.period, [pd.Period(month, freq="M") for month in report.months])


def over_months(monthly: pd.DataFrame, months: Sequence[pd.Period]) -> pd.DataFrame:
    """Return counts by month with a column for each of the months covered, 0 where none has an incident."""
    return monthly.reindex(columns=pd.Index(months, name="month"), fill_value=0)


def _known(incidents: pd.DataFrame) -> tuple[str | None, list[pd.Period]]:
    """Return which months were asked for, and which the files have, as the table knows them."""
    there = [pd.Period(month, freq="M") for month in incidents.attrs.get("months", ())]
    return incidents.attrs.get("period"), there


def _present(incidents: pd.DataFrame) -> list[pd.Period]:
    return list(incidents["month"].dropna().unique()) if "month" in incidents else []


def _covered(asked: str | None, there: Sequence[pd.Period]) -> tuple[pd.Period, ...]:
    wanted = month_range(asked)
    if wanted is None:
        return tuple(sorted(set(there)))
    return tuple(pd.Period(ordinal=month, freq="M") for month in range(wanted[0], wanted[1] + 1))


def _settled(asked: str | None, there: Sequence[pd.Period], months: float | None) -> Period:
    covered = _covered(asked, there)
    if months is not None:
        return Period(require_months(months), covered, "given")
    if not covered:
        raise ParameterError(
            "no incident has a month, so the length of the period is unknown",
            hint="say how many months the data cover with 'months', or name their column with 'month_column'",
        )
    period = Period(len(covered), covered, "files" if asked is None else "asked")
    plural = "" if period.length == 1 else "s"
    log.info(
        "Period of %g month%s (%s; give another length with 'months')", period.length, plural, period.why
    )
    if asked is not None:
        _warn_of_lacking([month for month in covered if month not in set(there)], len(covered))
    else:
        _warn_of_gaps(covered)
    return period


def _warn_of_lacking(lacking: list[pd.Period], asked: int) -> None:
    if lacking:
        warnings.warn(
            f"{len(lacking)} of the {asked} months asked for {'have' if len(lacking) > 1 else 'has'} no incident of "
            f"any category ({listed(lacking)}): where their files are missing, rates are too low",
            HotspotsWarning,
            stacklevel=4,
        )


def _warn_of_gaps(months: tuple[pd.Period, ...]) -> None:
    first, last = months[0], months[-1]
    missing = (last.year - first.year) * 12 + last.month - first.month + 1 - len(months)
    # One and the same month of several years is a choice rather than a gap.
    if missing and len({month.month for month in months}) > 1:
        warnings.warn(
            f"{missing} month{'s' if missing > 1 else ''} between {first} and {last} "
            f"{'have' if missing > 1 else 'has'} no incidents; rates use the months present",
            HotspotsWarning,
            stacklevel=4,
        )
