"""Which counts of linked tables to hide, so that the promise of a profile holds for all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.disclosure.bounds import bounds
from hotspots.disclosure.case import TIE, Case
from hotspots.disclosure.optimal import least_hidden
from hotspots.disclosure.reach import ROUNDS
from hotspots.disclosure.rules import Profile
from hotspots.disclosure.statements import System
from hotspots.disclosure.tables import Tables

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Method = Literal["auto", "optimal", "heuristic"]

FEW_CELLS = 3_000
"""Tables with more counts are not searched for the least that must be hidden, unless asked."""
FEW_DOUBTFUL = 60
"""Nor those in which quick moves leave more counts to be protected."""


@dataclass(frozen=True, eq=False)
class Protection:
    """Tables as they may be published, and the proof that they may.

    Parameters
    ----------
    table : DataFrame
        By count: `shown`, missing where it is hidden; `lower` and `upper`, what a reader knows of it from it alone;
        `why`: ``"shown"``, ``"small"``, ``"dominant"``, ``"secondary"`` (hidden to protect others) or
        ``"unpublished"``; `least` and `most`, between which a reader who puts everything together can rule out
        neither end, where the count is protected. Not for publication: all but `shown` tells more.
    profile : Profile
    method : str
        ``"optimal"`` where no cheaper choice would do, else ``"heuristic"``; where counts that only look small had to
        be protected, too, the first is not claimed.
    cost : float
        Of the counts hidden to protect others: the sum of these counts, 1 for a 0, if no other costs were given.
    system : System
        What a reader knows: the limits of every count by itself, and the sums.
    """

    table: pd.DataFrame
    profile: Profile
    method: Literal["optimal", "heuristic"]
    cost: float
    system: System

    def sentence(self) -> str:
        """Return in words how many counts are shown and hidden, and the narrowest range that a reader is left."""
        why = self.table["why"].value_counts()
        counts = int(why.sum() - why.get("unpublished", 0))
        parts = [
            f"{number:,} {words}"
            for key, words in (
                ("small", "for being small"),
                ("dominant", "for being made up by few"),
                ("secondary", "to protect others"),
            )
            if (number := int(why.get(key, 0)))
        ]
        hidden = int(self.table.loc[self.table["why"] != "unpublished", "shown"].isna().sum())
        said = f"Of {counts:,} counts {hidden:,} are hidden" + (
            f" ({', '.join(parts)})" if hidden and parts else ""
        )
        protected = self.table["least"].notna()
        if not protected.any():
            return f"{said}; none needs protection."
        ends = self.table.loc[protected, ["least", "most"]].to_numpy()
        least, most = ends[np.argmin(ends[:, 1] - ends[:, 0])]
        return f"{said}; a reader is left {least:,.0f} to {most:,.0f} or more for each."


def protect(
    tables: Tables,
    profile: Profile,
    *,
    largest: pd.Series | None = None,
    known: pd.Series | None = None,
    cost: pd.Series | None = None,
    method: Method = "auto",
    seed: int = 0,
) -> Protection:
    """Return what of linked tables to publish, so that no protected count can be worked out.

    A count a under the threshold t is protected: whoever knows all that is published, the sums and the rules must
    find tables in which it is 0, and others in which it is a + t - 1 or more; where the profile rounds, t - 1, since
    the 0 that is shown for it stands for no more, and t - 1 for a count that is not published. A dominant count, of
    which n contributors make up m, more than k %, must be able to be 100 m / k - a less and more, and at least t - 1. A
    count that is not shown, not small and not dominant, but that what is shown leaves with some values under t and
    fewer than small counts have in all, must be left as many: a reader cannot tell that it is not small.

    What must be hidden besides is chosen so that it costs least: to the optimum where the tables have at most 3,000
    counts and quick moves leave at most 60 of them to be protected (`least_hidden`, integer programming); beyond,
    count by count, the move that costs least among 1,000 tried (`Room.widen`), after trying by moves and by small
    integer programmes (`Room.prove`) whether what is hidden already will do. Either way each protected count comes with
    whole tables, found and kept, that attain both ends: that is the proof, and nothing is returned without it.

    Parameters
    ----------
    tables : Tables
        All counts of a folder together; those that are not published tie the others and are protected, too.
    profile : Profile
    largest : Series, optional
        The sum of the n largest contributions to each count, for the rule of dominance.
    known : Series of bool, optional
        Which counts are out already, or must be shown: they are not hidden to protect others.
    cost : Series, optional
        What hiding each count costs, above 0; the count itself, if it is not given, and 1 for a 0.
    method : {"auto", "optimal", "heuristic"}, default "auto"
    seed : int, default 0
        Of the heuristic.

    Returns
    -------
    Protection

    Raises
    ------
    DataError
        When the profile cannot be met, or leaves nothing to publish.
    ParameterError
        When the method is none, or dominance cannot be judged.

    Examples
    --------
    >>> from hotspots.disclosure.rules import profile
    >>> from hotspots.disclosure.tables import make_tables
    >>> counts = pd.Series({"E1": 3, "E2": 20, "E3": 30}).rename_axis("area")
    >>> whole = make_tables(counts, within={"area": {"All": ["E1", "E2", "E3"]}})
    >>> found = protect(whole, profile("own", threshold=5))
    >>> found.table["why"].to_dict()
    {'E1': 'small', 'E2': 'secondary', 'E3': 'shown', 'All': 'shown'}
    >>> found.sentence()
    'Of 4 counts 2 are hidden (1 for being small, 1 to protect others); a reader is left 0 to 7 or more for each.'
    """
    if method not in ("auto", "optimal", "heuristic"):
        raise ParameterError(
            f"method is {method!r}", hint=did_you_mean(str(method), ["auto", "optimal", "heuristic"])
        )
    case = Case.of(tables, profile, largest, known, cost)
    hidden, chosen_by = _choose(case, method, seed)
    while case.ask_for_more(hidden, seed):
        hidden, chosen_by = _choose(case, method, seed)
    return _outcome(case, hidden, chosen_by, seed)


def _choose(case: Case, method: Method, seed: int) -> tuple[Bools, Literal["optimal", "heuristic"]]:
    """Return which counts to hide to protect others, and by which method they were found."""
    hidden = None
    little = len(case.counts) <= FEW_CELLS and len(case.doubtful(case.none, seed)) <= FEW_DOUBTFUL
    if method == "optimal" or (method == "auto" and little):
        hidden = least_hidden(
            case.trial(case.none),
            case.may,
            case.wide_down,
            case.wide_up,
            case.cost,
            doubtful=lambda chosen: case.doubtful(chosen, seed),
            safe=lambda chosen: case.proved(chosen, seed),
        )
    if hidden is not None:
        return hidden, "heuristic" if case.bound else "optimal"
    case.room.explore(rounds=ROUNDS[:1], seed=seed)
    case.room.prove()
    left = case.room.widen(case.wide_down, case.wide_up, case.cost, seed=seed)
    if left.any():
        raise case.unmet(left)
    hidden = case.widened()
    return case.shown_again(hidden, seed) if little else hidden, "heuristic"


def _outcome(case: Case, hidden: Bools, method: Literal["optimal", "heuristic"], seed: int) -> Protection:
    """Prove once more that all is protected, from what is published alone, and put it together."""
    room = case.room if method == "heuristic" and (case.widened() == hidden).all() else case.trial(hidden)
    left = np.flatnonzero(room.explore(seed=seed))
    least, most = case.counts + room.low, case.counts + room.high.astype(float)
    if len(left):
        found = bounds(case.system(hidden), case.tables.counts.index[left])
        least[left], most[left] = found["lower"], found["upper"]
        short = (least > case.counts + room.want_low) | (most < case.counts + room.want_high)
        if short[left].any():
            raise case.unmet(short)
    table = case.alone.copy()
    table.loc[hidden, ["shown", "lower", "upper"]] = [np.nan, 0, np.inf]
    table["why"] = np.where(hidden, "secondary", case.why)
    table["least"] = np.where(case.promised, least, np.nan)
    table["most"] = np.where(case.promised, most, np.nan)
    if table["shown"].isna().all():
        raise _nothing_left(case.tables, case.profile)
    return Protection(
        table=table,
        profile=case.profile,
        method=method,
        cost=float((case.cost[hidden] - TIE).sum().round(6)),
        system=case.system(hidden),
    )


def _nothing_left(tables: Tables, profile: Profile) -> DataError:
    """Return the error that every count must be hidden."""
    counts = tables.counts[tables.published]
    if not counts.any():
        return DataError(
            f"nothing is left to publish: all {len(counts):,} counts are 0, which profile {profile.name!r} hides",
            hint="publish the sentence that there were too few to count, or use a profile that shows zeros",
        )
    return DataError(
        f"nothing is left to publish: all {len(counts):,} counts must be hidden under profile {profile.name!r}",
        hint="publish larger areas, longer periods or fewer themes",
    )
