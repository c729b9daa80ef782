"""Did it work: the areas where something was done beside control areas, in every way at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from hotspots.incidents.filters import month_range
from hotspots.methods.treatment.displacement import WeightedDisplacement, displacement_of_areas
from hotspots.methods.treatment.placebo import Placebos, placebo_effects
from hotspots.methods.treatment.relative import RelativeEffect, relative_effect

CAUTION = (
    "Areas picked because they had many incidents fall back by themselves: read the fall as an upper bound unless "
    "the control areas were picked by the same rule, and beforehand."
)


@dataclass(frozen=True)
class Treatment:
    """What became of treated areas; see `treatment_effect`.

    Attributes
    ----------
    absolute : WeightedDisplacement
        In incidents, displacement to the surroundings included.
    relative : RelativeEffect
        In times what the control areas would suggest.
    around : RelativeEffect or None
        The same of the surroundings, where there are any of both.
    trend : RelativeEffect or None
        The same between the two halves of the first period, when nothing had been done yet; None where that has
        a single month, or an odd number of them.
    placebos : Placebos
        The same change in areas like the treated ones.
    """

    absolute: WeightedDisplacement
    relative: RelativeEffect
    around: RelativeEffect | None
    trend: RelativeEffect | None
    placebos: Placebos

    def sentences(self) -> tuple[str, ...]:
        """Return all in words, one sentence or two each, and what to beware of last."""
        lines = [self.absolute.sentence(), self.relative.sentence()]
        if self.around is not None:
            lines.append(f"Around them: {self.around.sentence()}")
        if self.trend is not None:
            lines.append(
                f"Before anything was done, between the halves of the first period: {self.trend.sentence()}"
            )
        return (*lines, self.placebos.sentence(), CAUTION)

    def record(self) -> dict[str, Any]:
        """Return all figures, for the record that travels with a layer."""
        return asdict(self)


def treatment_effect(
    monthly: pd.DataFrame,
    *,
    before: str,
    after: str,
    treated: Sequence[str],
    control: Sequence[str],
    displacement_treated: Sequence[str] = (),
    displacement_control: Sequence[str] = (),
    level: float = 0.95,
    dispersion: float | None = None,
) -> Treatment:
    """Return how treated areas changed beside control areas: in incidents, in times, before, and against placebos.

    Parameters
    ----------
    monthly : DataFrame
        Incidents, areas by months; a month without a column has none.
    before, after : str
        Ranges of months such as ``"2024-01..2024-12"``.
    treated, control, displacement_treated, displacement_control : sequences of str
        Codes of the areas; see `hotspots.displacement_of_areas`.
    level, dispersion
        See `hotspots.displacement_of_areas`.

    Returns
    -------
    Treatment

    Raises
    ------
    DataError
        As `hotspots.displacement_of_areas` and `hotspots.placebo_effects`.
    """
    first, second = (_months(period) for period in (before, after))
    n_before, n_after = (_sum(monthly, months) for months in (first, second))
    lengths: dict[str, Any] = {"months_before": len(first), "months_after": len(second)}
    absolute = displacement_of_areas(
        n_before, n_after, **lengths, treated=treated, control=control,
        displacement_treated=displacement_treated, displacement_control=displacement_control,
        level=level, dispersion=dispersion,
    )  # fmt: skip

    def beside(
        inside: Sequence[str], outside: Sequence[str], was: pd.Series[Any], now: pd.Series[Any]
    ) -> RelativeEffect:
        pairs = (
            (float(was[list(codes)].sum()), float(now[list(codes)].sum())) for codes in (inside, outside)
        )
        return relative_effect(
            **dict(zip(("treated", "control"), pairs, strict=True)),
            level=level,
            dispersion=absolute.dispersion,
        )

    half = len(first) // 2
    return Treatment(
        absolute,
        beside(treated, control, n_before, n_after),
        beside(displacement_treated, displacement_control, n_before, n_after)
        if displacement_treated and displacement_control
        else None,
        beside(treated, control, _sum(monthly, first[:half]), _sum(monthly, first[half:]))
        if half and 2 * half == len(first)
        else None,
        placebo_effects(
            n_before,
            n_after,
            treated=treated,
            leave_out=[*displacement_treated, *displacement_control],
            **lengths,
        ),
    )


def _months(period: str) -> list[pd.Period]:
    first, last = month_range(period) or (0, -1)
    return [pd.Period(ordinal=month, freq="M") for month in range(first, last + 1)]


def _sum(monthly: pd.DataFrame, months: list[pd.Period]) -> pd.Series[Any]:
    return monthly.reindex(columns=pd.Index(months), fill_value=0).sum(axis=1)
