"""Which counts of linked tables to hide, so that the promise of a profile holds for all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.disclosure.bounds import bounds
from hotspots.disclosure.optimal import least_hidden
from hotspots.disclosure.reach import Room
from hotspots.disclosure.rules import Profile, published, small
from hotspots.disclosure.statements import System
from hotspots.disclosure.tables import Tables, named

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Method = Literal["auto", "optimal", "heuristic"]

ANYTHING = 10**9
"""A hidden count may be greater than it is by so much, which is to say by anything."""
TIE = 1e-4
"""Added to each cost, so that of two choices that cost the same the one that hides fewer is taken."""
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
        ``"optimal"`` where no cheaper choice would do, else ``"heuristic"``.
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
    the 0 that is shown for it stands for no more. A dominant count, of which n contributors make up m, more than k %,
    must be able to be 100 m / k - a less and more, and at least t - 1.

    What must be hidden besides is chosen so that it costs least: to the optimum where the tables have at most 3,000
    counts and quick moves leave at most 60 of them to be protected (`least_hidden`, integer programming); beyond,
    count by count, the move that costs least among 1,000 tried (`Room.widen`), after trying whether what is hidden
    already will do. Either way each
    protected count comes with whole tables, found and kept, that attain both ends: that is the proof, and nothing
    is returned without it.

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
    case = _Case.of(tables, profile, largest, known, cost)
    hidden = None
    little = len(case.counts) <= FEW_CELLS and len(case.doubtful(case.none, seed)) <= FEW_DOUBTFUL
    if method == "optimal" or (method == "auto" and little):
        hidden = least_hidden(
            case.room,
            case.may,
            case.wide_down,
            case.wide_up,
            case.cost,
            doubtful=lambda chosen: case.doubtful(chosen, seed),
            safe=lambda chosen: case.proved(chosen, seed),
        )
    chosen_by: Literal["optimal", "heuristic"] = "heuristic" if hidden is None else "optimal"
    if hidden is None:
        case.room.explore(seed=seed)
        left = case.room.widen(case.wide_down, case.wide_up, case.cost, seed=seed)
        if left.any():
            raise _unmet(tables, profile, left)
        hidden = case.widened()
        if little:
            hidden = case.shown_again(hidden, seed)
    return case.outcome(hidden, chosen_by, seed)


@dataclass(eq=False)
class _Case:
    """Tables, what a profile says of each count, and what must be possible."""

    tables: Tables
    profile: Profile
    counts: Integers
    alone: pd.DataFrame
    why: npt.NDArray[np.str_]
    may: Bools
    cost: Floats
    down: Integers
    up: Integers
    wide_down: Integers
    wide_up: Integers
    room: Room

    @classmethod
    def of(
        cls,
        tables: Tables,
        profile: Profile,
        largest: pd.Series | None,
        known: pd.Series | None,
        cost: pd.Series | None,
    ) -> _Case:
        """Judge each count by itself."""
        index, counts = tables.counts.index, tables.counts.to_numpy(dtype=np.int64)
        alone = published(tables.counts, profile)
        tiny, level = small(counts, profile), _dominance(tables, profile, largest)
        why = np.select(
            [~tables.published, tiny & (profile.hide == "suppress"), level > 0],
            ["unpublished", "small", "dominant"],
            "shown",
        )
        alone.loc[why != "shown", ["shown", "lower", "upper"]] = [np.nan, 0, np.inf]
        price = (
            np.maximum(counts, 1).astype(float) if cost is None else cost.reindex(index).to_numpy(dtype=float)
        )
        if not (price > 0).all():
            raise ParameterError(
                "a cost is missing, or is not above 0", hint="give each count a cost above 0"
            )
        held = (
            np.zeros(len(index), dtype=bool)
            if known is None
            else known.reindex(index, fill_value=False).to_numpy(bool)
        )
        _gone(index, why, held, profile)
        down = alone["lower"].to_numpy().astype(np.int64) - counts
        up = np.minimum(alone["upper"].to_numpy() - counts, ANYTHING).astype(np.int64)
        may = (why == "shown") & ~held
        # Where small counts are left out, x may have to be as much as a + t - 1; where they are rounded, t - 1.
        rise = profile.threshold - 1 - (counts if profile.hide == "round" else 0)
        return cls(
            tables=tables,
            profile=profile,
            counts=counts,
            alone=alone,
            why=why,
            may=may,
            cost=price + TIE,
            down=down,
            up=up,
            wide_down=np.where(may, -counts, down),
            wide_up=np.where(may, ANYTHING, up),
            room=Room(
                tables,
                down.copy(),  # a room is widened in place
                up.copy(),
                np.where(tiny, -counts, -np.minimum(level, counts)),
                np.maximum(np.where(tiny, rise, 0), level),
            ),
        )

    def widened(self) -> Bools:
        """Return which counts have been hidden to protect others."""
        return np.asarray((self.room.down < self.down) | (self.room.up > self.up))

    def trial(self, hidden: Bools) -> Room:
        """Return the room that is left where these are hidden besides, nothing of it explored."""
        return Room(
            self.tables,
            np.where(hidden, self.wide_down, self.down),
            np.where(hidden, self.wide_up, self.up),
            self.room.want_low,
            self.room.want_high,
        )

    @property
    def none(self) -> Bools:
        """Nothing hidden to protect others."""
        return np.zeros(len(self.counts), dtype=bool)

    def doubtful(self, hidden: Bools, seed: int) -> Integers:
        """Return the counts that hiding these does not protect, as far as quick moves can tell."""
        return np.flatnonzero(self.trial(hidden).explore(seed=seed))

    def proved(self, hidden: Bools, seed: int) -> bool:
        """Whether hiding these protects all, in whole numbers: by moves, and by integer programmes where they fail."""
        room = self.trial(hidden)
        left = np.flatnonzero(room.explore(seed=seed))
        if not len(left):
            return True
        found = bounds(self.system(hidden), self.tables.counts.index[left])
        low, high = (
            found["lower"].to_numpy() - self.counts[left],
            found["upper"].to_numpy() - self.counts[left],
        )
        return bool(((low <= room.want_low[left]) & (high >= room.want_high[left])).all())

    def shown_again(self, hidden: Bools, seed: int) -> Bools:
        """Return what is still to be hidden when all that need not be is shown again, what costs most first."""
        kept = hidden.copy()
        extra = np.flatnonzero(hidden)
        for cell in extra[np.argsort(-self.cost[extra], kind="stable")]:
            kept[cell] = False
            kept[cell] = bool(self.trial(kept).explore(seed=seed).any())
        return kept

    def system(self, hidden: Bools) -> System:
        """Return what a reader knows where these are hidden besides."""
        sums = self.tables.sums
        zero = np.zeros(sums.shape[0])
        return System(
            cells=self.tables.counts.index,
            lower=np.where(hidden, 0, self.alone["lower"].to_numpy()),
            upper=np.where(hidden, np.inf, self.alone["upper"].to_numpy()),
            matrix=sparse.csr_array(sums),
            least=zero,
            most=zero,
        )

    def outcome(self, hidden: Bools, method: Literal["optimal", "heuristic"], seed: int) -> Protection:
        """Prove once more that all is protected, from what is published alone, and put it together."""
        room = self.room if method == "heuristic" and (self.widened() == hidden).all() else self.trial(hidden)
        left = np.flatnonzero(room.explore(seed=seed))
        least, most = self.counts + room.low, self.counts + room.high.astype(float)
        if len(left):
            found = bounds(self.system(hidden), self.tables.counts.index[left])
            least[left], most[left] = found["lower"], found["upper"]
            short = (least > self.counts + room.want_low) | (most < self.counts + room.want_high)
            if short[left].any():
                raise _unmet(self.tables, self.profile, short)
        table = self.alone.copy()
        table.loc[hidden, ["shown", "lower", "upper"]] = [np.nan, 0, np.inf]
        table["why"] = np.where(hidden, "secondary", self.why)
        protected = (room.want_low < 0) | (room.want_high > 0)
        table["least"] = np.where(protected, least, np.nan)
        table["most"] = np.where(protected, most, np.nan)
        if table["shown"].isna().all():
            raise _nothing_left(self.tables, self.profile)
        return Protection(
            table=table,
            profile=self.profile,
            method=method,
            cost=float((self.cost[hidden] - TIE).sum().round(6)),
            system=self.system(hidden),
        )


def _dominance(tables: Tables, profile: Profile, largest: pd.Series | None) -> Integers:
    """Return by how much each dominant count must be able to differ; 0 for the others."""
    level = np.zeros(len(tables.counts), dtype=np.int64)
    if largest is None:
        return level
    if profile.dominance is None:
        raise ParameterError(
            f"'largest' is given, but profile {profile.name!r} has no rule of dominance",
            hint="set 'dominance' to, for example, [2, 90]",
        )
    counts = tables.counts.to_numpy(dtype=float)
    top = largest.reindex(tables.counts.index, fill_value=0.0).to_numpy(dtype=float)
    share = profile.dominance[1] / 100
    dominant = (counts > 0) & (top > share * counts)
    level[dominant] = np.maximum(np.ceil(top[dominant] / share - counts[dominant]), profile.threshold - 1)
    return level


def _gone(index: pd.Index, why: npt.NDArray[np.str_], held: Bools, profile: Profile) -> None:
    """Refuse counts that must be hidden but are known."""
    lost = np.flatnonzero(held & ((why == "small") | (why == "dominant")))
    if len(lost):
        raise DataError(
            f"profile {profile.name!r} cannot be met: the count of {named(index[lost[0]])} must be hidden, but is known"
            + (f", as are {len(lost) - 1:,} others" if len(lost) > 1 else ""),
            hint="publish larger areas, longer periods or fewer themes, or take back what is known",
        )


def _unmet(tables: Tables, profile: Profile, left: Bools) -> DataError:
    """Return the error that some counts cannot be protected."""
    first = named(tables.counts.index[int(np.flatnonzero(left)[0])])
    others = f" and {int(left.sum()) - 1:,} others" if left.sum() > 1 else ""
    return DataError(
        f"profile {profile.name!r} cannot be met: what must be shown tells too much of the count of {first}{others}",
        hint="let more be hidden, or publish larger areas, longer periods or fewer themes",
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
