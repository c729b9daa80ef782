"""Moves between tables with the same totals: room for all that they change, and sums that stay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hotspots.disclosure.moves import cross, difference, empty_move
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


def test_four_leaves_move_where_wards_and_lsoas_cut_each_other() -> None:
    # Two wards, two LSOAs, and all four pieces: where W1 E1 goes up and W1 E2 down, W2 E1 goes down and W2 E2 up, no
    # ward and no LSOA changes, which two leaves alone cannot do.
    pieces = ["W1 E1", "W1 E2", "W2 E1", "W2 E2"]
    sums = {name: [piece for piece in pieces if name in piece] for name in ("W1", "W2", "E1", "E2")}
    tables = make_tables(pd.Series(5, index=pd.Index(pieces, name="area")), within={"area": sums})
    links = tables.axes[0].links
    assert tables.axes[0].crossed
    move = empty_move((links, links, links))
    for _ in range(200):
        size = difference(links, 0, 1, move[0][0], move[1][0])
        size = cross(links, 0, 1, move[0][0], move[1][0], size)
        changed = np.zeros(len(tables.counts))
        changed[move[0][0][:size]] = move[1][0][:size]
        assert not (tables.sums @ changed).any()
        if changed[tables.counts.index.get_loc("W2 E2")]:
            break
    assert dict(zip(tables.counts.index, changed, strict=True)) == {
        "W1 E1": 1, "W1 E2": -1, "W2 E1": -1, "W2 E2": 1, "W1": 0, "W2": 0, "E1": 0, "E2": 0,
    }  # fmt: skip


def test_sums_that_lie_in_each_other_do_not_cross() -> None:
    counts = pd.Series({"E1": 3, "E2": 20, "E3": 30}).rename_axis("area")
    tables = make_tables(counts, within={"area": {"W": ["E1", "E2"], "All": ["W", "E3"]}})
    assert not tables.axes[0].crossed
