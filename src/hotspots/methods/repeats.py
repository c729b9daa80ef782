"""Repeats: incidents at one place against what chance would put there, and people who are met again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hotspots.base.binomial import share_limits
from hotspots.base.errors import DataError, ParameterError

AT_LEAST = (2, 5, 10, 25, 50, 100)
_MOST = 1200


def places_there_are(counts: pd.Series[Any]) -> float:
    """Return how many places there are at which an incident could be, told from those that have any.

    Places without incidents are in no file. Where each place has as much chance as any other, those that have
    some have ``λ / (1 - exp(-λ))`` each on average; solved for λ, incidents over λ are all places. Where
    places have several incidents each, these are hardly more than those seen; where most have one, many more,
    and the true number, of addresses say, is better where it is known.

    Parameters
    ----------
    counts : Series of numbers
        Incidents at each place that has any, over 0.

    Returns
    -------
    float
        At least the number of places seen; infinite where each has just one.

    Raises
    ------
    DataError
        When there is no place.

    References
    ----------
    David, F. N. and Johnson, N. L. (1952) The truncated Poisson. Biometrics 8(4), 275-285.
    https://doi.org/10.2307/3001863

    Examples
    --------
    A mean of 2 solves for λ = 1.594: 4 incidents over it.

    >>> import pandas as pd
    >>> round(places_there_are(pd.Series([3, 1])), 3)
    2.51
    """
    from scipy.special import lambertw

    if not len(counts):
        raise DataError(
            "no incident has coordinates, so there is no place", hint="give incidents with coordinates"
        )
    mean = float(counts.mean())
    if mean <= 1:
        return float("inf")
    chance = mean + float(lambertw(-mean * np.exp(-mean)).real)
    return float(counts.sum()) / chance


def repeat_places(
    counts: pd.Series[Any], *, places: float, at_least: Sequence[int] = AT_LEAST
) -> pd.DataFrame:
    """Return how many places have so many incidents or more, and what chance alone would give.

    Under chance every place has a Poisson number with the same mean ``m = incidents / places``; the share of
    the incidents that are at places with k or more is then the probability of k - 1 or more, and the number of
    places with k or more is `places` times that of k or more.

    Parameters
    ----------
    counts : Series of whole numbers
        Incidents at each place that has any.
    places : float
        How many places there are at which one could be; see `places_there_are`. May be infinite.
    at_least : sequence of int, default (2, 5, 10, 25, 50, 100)
        The numbers of incidents.

    Returns
    -------
    DataFrame
        One row for each of `at_least` that some place reaches: ``at_least``; ``places``, ``n`` and ``share_n``,
        how many places, their incidents, and the share of all, in [0, 1]; ``by_chance``, the share that chance
        would give.

    Raises
    ------
    DataError
        When there is no place.
    ParameterError
        When there are fewer places than have incidents, or a number in `at_least` is under 2.

    References
    ----------
    Sherman, L. W., Gartin, P. R. and Buerger, M. E. (1989) Hot spots of predatory crime: routine activities
    and the criminology of place. Criminology 27(1), 27-56.
    https://doi.org/10.1111/j.1745-9125.1989.tb00862.x

    Examples
    --------
    With a mean of 4 / 4 = 1, chance has 1 - exp(-1) = 0.632 of the incidents at places with two or more.

    >>> import pandas as pd
    >>> repeat_places(pd.Series([3, 1]), places=4).round(3).to_dict("records")
    [{'at_least': 2, 'places': 1, 'n': 3, 'share_n': 0.75, 'by_chance': 0.632}]
    """
    from scipy import stats

    if not len(counts):
        raise DataError(
            "no incident has coordinates, so there is no place", hint="give incidents with coordinates"
        )
    if places < len(counts):
        raise ParameterError(
            f"'places' is {places:g}, but incidents are at {len(counts):,} places",
            hint="give the number of all addresses or map points, those without incidents among them",
        )
    if min(at_least) < 2:
        raise ParameterError(f"'at_least' holds {min(at_least)}", hint="a repeat takes 2 incidents or more")
    total = float(counts.sum())
    rows = []
    for k in at_least:
        reached = counts[counts >= k]
        if len(reached):
            by_chance = float(stats.poisson.sf(k - 2, total / places))
            n = np.asarray(reached).sum().item()
            rows.append(
                {"at_least": k, "places": len(reached), "n": n, "share_n": n / total, "by_chance": by_chance}
            )
    return pd.DataFrame(rows, columns=["at_least", "places", "n", "share_n", "by_chance"])


@dataclass(frozen=True)
class RepeatTargets:
    """How often people, callers or premises are met again.

    Attributes
    ----------
    events, targets, repeated : int
        Events with a target known, targets, and those of them with two events or more; None where hidden.
    share, share_lo, share_hi : float
        Share of the targets that are repeat targets, and its exact 95 % limits; missing where hidden.
    share_n : float
        Share of the events that are theirs; missing where hidden.
    months : int
        Length of the follow-up.
    followed, again : int
        Targets whose first event lies so long before the end that all of the follow-up is seen, and those of
        them that had another within it; None where hidden.
    again_share, again_lo, again_hi : float
        Share of those followed that had another, and its exact 95 % limits; missing where none is followed, or hidden.
    reports, in_months, reached : int
        How many targets had so many reports within so many months; None where hidden.
    """

    events: int | None
    targets: int
    repeated: int | None
    share: float
    share_lo: float
    share_hi: float
    share_n: float
    months: int
    followed: int
    again: int | None
    again_share: float
    again_lo: float
    again_hi: float
    reports: int
    in_months: int
    reached: int | None

    def hiding(self, fewest: int) -> RepeatTargets:
        """Return the same without what tells of fewer than so many people, met again or not.

        Parameters
        ----------
        fewest : int
            The smallest count that is shown; 1 hides none. Events are hidden with repeat targets, as what they are
            more than targets would tell of them, and so is who was met again among them.
        """
        none = float("nan")
        made = self

        def few(part: int | None, whole: int) -> bool:
            return fewest > 1 and part is not None and (part < fewest or whole - part < fewest)

        if few(self.repeated, self.targets):
            made = replace(
                made, events=None, repeated=None, share=none, share_lo=none, share_hi=none, share_n=none
            )
        if self.followed and (made.repeated is None or few(self.again, self.followed)):
            made = replace(made, again=None, again_share=none, again_lo=none, again_hi=none)
        if fewest > 1 and self.reached is not None and self.reached < fewest:
            made = replace(made, reached=None)
        return made


def require_terms(**given: int) -> None:
    """Refuse numbers of months, and of reports, that nobody was followed for or made.

    Raises
    ------
    ParameterError
        When one is under 1, the reports under 2, or any over 1,200; it names the keyword as it was given.
    """
    for name, value in given.items():
        least = 2 if name == "reports" else 1
        if not least <= value <= _MOST:
            raise ParameterError(f"'{name}' is {value}", hint=f"use a whole number from {least} to {_MOST}")


def repeat_targets(
    target: pd.Series[Any],
    when: pd.Series[Any],
    *,
    end: Any,
    months: int = 12,
    reports: int = 3,
    in_months: int = 6,
) -> RepeatTargets:
    """Return how many targets were met again: in all, within an equal follow-up, and often in a short time.

    Who is met early in the period has longer to be met again. So, beside the plain share of repeat targets,
    every target is followed for the same time from its first event, and one whose time is not over by the end
    of the data is left out. Several events of one target on a day are one where days are known; where months
    alone are, rows of one month are events of their own. What came before the data began is not seen: a first
    event may be a repeat.

    Parameters
    ----------
    target : Series
        Who or what each event befell, as codes; missing where not known, and then left out.
    when : Series of datetime64 or of monthly periods
        When, on the same index; missing where not known, and then left out.
    end : Timestamp or Period
        The last day, or month, that the data cover.
    months : int, default 12
        Length of the follow-up.
    reports, in_months : int, default 3 and 6
        How many events within how many months make a case: for the anti-social behaviour case review the
        threshold is the local partnership's, typically three reports within six months.

    Returns
    -------
    RepeatTargets

    Raises
    ------
    ParameterError
        When `months` or `in_months` is under 1, or `reports` under 2, or any over 1,200.
    DataError
        When no event has both a target and a time.

    References
    ----------
    Farrell, G. and Pease, K. (1993) Once Bitten, Twice Bitten: Repeat Victimisation and its Implications for
    Crime Prevention. Crime Prevention Unit Paper 46. Home Office, London.

    Clopper, C. J. and Pearson, E. S. (1934) The use of confidence or fiducial limits illustrated in the case
    of the binomial. Biometrika 26(4), 404-413. https://doi.org/10.1093/biomet/26.4.404

    Examples
    --------
    Of two targets followed for 12 months, a is met again after 5, b after 13; c is met too late to follow.

    >>> import pandas as pd
    >>> when = pd.Series(pd.PeriodIndex(["2023-01", "2023-06", "2023-02", "2024-03", "2024-05"], freq="M"))
    >>> found = repeat_targets(pd.Series(list("aabbc")), when, end=pd.Period("2024-06"))
    >>> found.targets, found.repeated, found.followed, found.again
    (3, 2, 2, 1)
    """
    require_terms(months=months, in_months=in_months, reports=reports)
    held = pd.DataFrame({"target": target.astype("object"), "when": when}).dropna()
    if held.empty:
        raise DataError(
            "no incident has both a target and a time",
            hint="name the column of identifiers, and one of dates",
        )
    daily = not isinstance(held["when"].dtype, pd.PeriodDtype)
    if daily:
        held["when"] = held["when"].dt.normalize()
        held = held.drop_duplicates()
    held = held.sort_values(["target", "when"], kind="stable")
    counts = held["target"].value_counts()
    repeated, events = int((counts > 1).sum()), len(held)

    first = held.groupby("target", observed=True)["when"].transform("first")
    turn = held.groupby("target", observed=True).cumcount()
    over = _later(first, months, daily)
    starts = (turn == 0) & (over <= end)
    again = (turn == 1) & (over <= end) & (held["when"] <= over)
    nth = held.groupby("target", observed=True)["when"].shift(1 - reports)
    quick = nth.notna() & (nth <= _later(held["when"], in_months, daily))
    low, high = share_limits([repeated, int(again.sum())], [len(counts), int(starts.sum())])
    return RepeatTargets(
        events=events,
        targets=len(counts),
        repeated=repeated,
        share=repeated / len(counts),
        share_lo=float(low[0]),
        share_hi=float(high[0]),
        share_n=float(counts[counts > 1].sum()) / events,
        months=months,
        followed=int(starts.sum()),
        again=int(again.sum()),
        again_share=int(again.sum()) / int(starts.sum()) if starts.any() else float("nan"),
        again_lo=float(low[1]),
        again_hi=float(high[1]),
        reports=reports,
        in_months=in_months,
        reached=int(held["target"][quick].nunique()),
    )


def _later(when: pd.Series[Any], months: int, daily: bool) -> pd.Series[Any]:
    return when + pd.DateOffset(months=months) if daily else when + months
