"""Moves between tables with the same totals: room for all that they change, and sums that stay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hotspots.disclosure.moves import difference, empty_move
from hotspots.disclosure.tables import make_tables


def test_a_move_has_room_for_areas_that_belong_to_forty_sums_each_and_changes_no_total() -> None:
    counts = pd.Series({"E1": 3, "E2": 20, "E3": 30, "E4": 40}).rename_axis("area")
    sums = {
        f"{key}{i}": parts for i in range(40) for key, parts in (("A", ["E1", "E3"]), ("B", ["E2", "E4"]))
    }
    tables = make_tables(counts, within={"area": sums | {"All": list(counts.index)}})
    first, second, third = tables.axes
    axes = (first.links, second.links, third.links)
    move = empty_move(axes)
    size = difference(axes[0], 0, 1, move[0][0], move[1][0])
    # E1 and its 40 sums up, E2 and its 40 down; the total of all, which both are part of, stays.
    assert size == 82
    entries, times = move[0][0][:size], move[1][0][:size]
    assert times.tolist() == [1] * 41 + [-1] * 41
    changed = np.zeros(len(tables.counts))
    changed[entries] = times
    assert changed[tables.counts.index.get_loc("All")] == 0
    assert not (tables.sums @ changed).any()
