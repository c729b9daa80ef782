"""What a profile asks of linked tables, count by count, and how far a choice of hidden ones meets it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots.base.errors import DataError, ParameterError
from hotspots.disclosure.bounds import bounds
from hotspots.disclosure.counts import may_be_small, published, small
from hotspots.disclosure.propagate import propagate
from hotspots.disclosure.reach import Room
from hotspots.disclosure.rules import Profile
from hotspots.disclosure.statements import System
from hotspots.disclosure.tables import Tables, named

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

ANYTHING = 10**9
"""A hidden count may be greater than it is by so much, which is to say by anything."""
TIE = 1e-4
"""Added to each cost, so that of two choices that cost the same the one that hides fewer is taken."""


class UnmetError(DataError):
    """A profile cannot be met by hiding more, since what must be shown tells too much."""


@dataclass(eq=False)
class Case:
    """Tables, what a profile says of each count, and what must be possible."""

    tables: Tables
    profile: Profile
    counts: Integers
    alone: pd.DataFrame
    why: npt.NDArray[np.str_]
    may: Bools
    promised: Bools
    asked: Bools
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
    ) -> Case:
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
        price = np.maximum(counts, 1).astype(float) if cost is None else cost.reindex(index).to_numpy(float)
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
        # Where small counts are left out, x may have to be as much as a + t - 1; where they are rounded, or stand in no
        # table at all, t - 1.
        rise = profile.threshold - 1 - np.where(tables.published & (profile.hide == "suppress"), 0, counts)
        want_low = np.where(tiny, -counts, -np.minimum(level, counts))
        want_high = np.maximum(np.where(tiny, rise, 0), level)
        promised = (want_low < 0) | (want_high > 0)
        return cls(
            tables=tables,
            profile=profile,
            counts=counts,
            alone=alone,
            why=why,
            may=may,
            promised=promised,
            asked=promised.copy(),
            cost=price + TIE,
            down=down,
            up=up,
            wide_down=np.where(may, -counts, down),
            wide_up=np.where(may, ANYTHING, up),
            room=Room(
                tables,
                down.copy(),  # a room is widened in place
                up.copy(),
                want_low,
                want_high,
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

    def ask_for_more(self, hidden: Bools, seed: int) -> bool:
        """Ask that hidden counts be left enough values which are not small, but look it; return whether any is not.

        A reader who knows that a count is 6 to 12 cannot tell that it is not small, nor can an audit. Such a count must
        be left as many values as small ones have, wherever these lie: that each is, is shown by tables, as for small
        counts, and where none are found it is asked for.
        """
        lower, upper = propagate(self.system(hidden))
        cells = may_be_small(lower, upper, self.profile) & ~self.asked
        width = self.profile.threshold - 1
        below = np.minimum(self.counts, width - width // 2).astype(float)
        wide = upper - lower >= width
        below[wide] = np.clip(below, width - (upper - self.counts), self.counts - lower)[wide]
        below = below.astype(np.int64)
        room = self.trial(hidden)
        room.want_low, room.want_high = np.where(cells, -below, 0), np.where(cells, width - below, 0)
        if room.explore(seed=seed).any():
            # Where tables were found to one side only, they may go as far as needed to that side.
            short_low, short_high = room.low > room.want_low, room.high < room.want_high
            room.want_high = np.where(short_low & ~short_high, room.low + width, room.want_high)
            room.want_low = np.where(short_high & ~short_low, room.high - width, room.want_low)
            room.explore(seed=seed)
            room.prove()
        close = cells & (room.high - room.low < width)
        self.asked |= close
        self.room.want_low = np.where(close, -below, self.room.want_low)
        self.room.want_high = np.where(close, width - below, self.room.want_high)
        return bool(close.any())

    @property
    def bound(self) -> bool:
        """Whether more is asked for than what is small or dominant."""
        return bool((self.asked & ~self.promised).any())

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

    def unmet(self, left: Bools) -> UnmetError:
        """Return the error that some counts cannot be protected."""
        first = named(self.tables.counts.index[int(np.flatnonzero(left)[0])])
        others = f" and {int(left.sum()) - 1:,} others" if left.sum() > 1 else ""
        return UnmetError(
            f"profile {self.profile.name!r} cannot be met: what must be shown tells too much of the count of "
            f"{first}{others}",
            hint="let more be hidden, or publish larger areas, longer periods or fewer themes",
        )


def closely_known(
    tables: Tables, profile: Profile, *, known: pd.Series | None = None, seed: int = 0
) -> pd.Index:
    """Return the counts that publishing tables as they are may tell too closely, as far as near tables tell.

    Of all others whole tables were found in which they are as small and as large as a profile promises. Those that
    are returned may be safe as well.

    Parameters
    ----------
    tables, profile, known, seed
        See `hotspots.disclosure.protect.protect`.
    """
    case = Case.of(tables, profile, None, known, None)
    case.ask_for_more(case.none, seed)
    room = case.trial(case.none)
    room.explore(seed=seed)
    return tables.counts.index[room.prove()]


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
