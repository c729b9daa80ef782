from __future__ import annotations

import itertools
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import CRSError, DataError, ParameterError
from hotspots.methods.time.near_repeat.knox import near_repeat

# Ten events (x, y, day), whose boxes were counted by hand and whose p by all 10! orders.
TEN = [
    (0, 0, 1), (0, 0, 5), (60, 0, 9), (150, 40, 3), (150, 40, 30),
    (400, 10, 12), (410, 20, 14), (800, 800, 2), (820, 790, 20), (55, 80, 11),
]  # fmt: skip


def events(rows: Sequence[tuple[float, float, int]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["x", "y", "day"])
    date = pd.Timestamp("2025-01-01") + pd.to_timedelta(table.pop("day") - 1, unit="D")
    return table.astype(float).assign(date=date)


def square(found: pd.DataFrame, column: str) -> np.ndarray:
    return found[column].to_numpy().reshape(5, 4)


def test_ten_events_by_hand() -> None:
    found = near_repeat(events(TEN), distances=[100, 200, 300], days=[7, 14, 21], permutations=9_999)
    boxes = found.boxes
    assert square(boxes, "pairs").tolist() == [
        [1, 0, 0, 1],
        [5, 2, 2, 0],
        [2, 1, 1, 2],
        [0, 2, 2, 0],
        [10, 10, 3, 1],
    ]
    # 45 pairs: 9 up to 100 m, and 18, 15, 8 and 4 by days; 9 * 18 / 45 = 3.6 and so on.
    assert square(boxes, "nr_expect")[1] == pytest.approx([3.6, 3.0, 1.6, 0.8])
    exact = {
        0: [0.657143, 1, 1, 0.177778],
        1: [0.252081, 0.879727, 0.528254, 1],
        4: [0.541270, 0.169153, 0.928254, 0.928571],
    }
    for row, p in exact.items():  # within five standard errors of 9,999 draws, at most 0.025
        assert square(boxes, "nr_p")[row] == pytest.approx(p, abs=0.025)
    assert np.isnan(square(boxes, "nr_q")[4]).all()
    assert np.isnan(square(boxes, "nr_q")[:, 3]).all()
    assert np.isfinite(square(boxes, "nr_q")[:4, :3]).all()


def test_one_box_is_that_of_the_knox_test_of_others() -> None:
    # pointpats and surveillance: 6 pairs up to 100 m and 7 days, one place among them; 4.4 expected.
    boxes = near_repeat(events(TEN), distances=[100], days=[7], permutations=99).boxes
    nearest = boxes[(boxes["m_to"] <= 100) & (boxes["days_to"] <= 7)]
    assert nearest["pairs"].sum() == 6
    assert nearest["nr_expect"].sum() == pytest.approx(4.4)


def planted() -> pd.DataFrame:
    """Forty chains of two, 50 m and 2 days apart, far from one another in both; and twenty alone."""
    rows = [(2_000.0 * k + 50 * j, 0.0, 9 * k + 2 * j + 1) for k in range(40) for j in range(2)]
    return events(rows + [(2_000.0 * k, 9_000.0, 17 * k + 1) for k in range(20)])


def test_who_led_and_who_followed() -> None:
    found = near_repeat(planted(), distances=[100, 200], days=[7, 14])
    marked = found.boxes[found.boxes["nr_flag"]]
    assert marked[["m_over", "m_to", "days_to", "pairs"]].to_numpy().tolist() == [[0, 100, 7, 40]]
    roles = found.roles
    assert roles["nr_role"].tolist() == ["originator", "follower"] * 40 + ["none"] * 20
    assert roles["nr_after"].sum() == roles["nr_before"].sum() == 40
    assert (found.incidents, found.pairs, found.same_day) == (100, 4_950, 0)


def test_a_chain_of_three_has_one_who_both_follows_and_leads() -> None:
    three = events([(2_000.0 * k + 50 * j, 0.0, 9 * k + 2 * j + 1) for k in range(20) for j in range(3)])
    found = near_repeat(three, distances=[100], days=[7])
    assert found.roles["nr_role"].tolist()[:3] == ["originator", "both", "follower"]
    assert found.roles["nr_after"].tolist()[:3] == [2, 1, 0]


def test_two_on_one_day_have_no_order() -> None:
    rows = [(2_000.0 * k + 50 * j, 0.0, 9 * k + 1) for k in range(30) for j in range(2)]
    found = near_repeat(events(rows), distances=[100], days=[7])
    assert found.boxes["nr_flag"].any()
    assert set(found.roles["nr_role"]) == {"none"}
    assert found.same_day == 30


def test_repeats_at_one_place_are_a_row_of_their_own() -> None:
    rows = [(2_000.0 * k, 0.0, 9 * k + 2 * j + 1) for k in range(30) for j in range(2)]
    boxes = near_repeat(events(rows), distances=[100], days=[7]).boxes
    assert boxes.loc[boxes["nr_flag"], "m_to"].tolist() == [0.0]


def test_a_band_holds_its_end() -> None:
    rows = [(0.0, 0.0, 1), (60.0, 80.0, 8), *((5_000.0 * k, 0.0, 40 * k) for k in range(1, 9))]
    boxes = near_repeat(events(rows), distances=[100, 200], days=[7, 14], permutations=99).boxes
    nearest = boxes[(boxes["m_to"] == 100) & (boxes["days_to"] == 7)]
    assert nearest["pairs"].tolist() == [1]  # 100 m and 7 days to the digit
    beyond = near_repeat(events(rows), distances=[99.9, 200], days=[6, 14], permutations=99).boxes
    assert beyond.loc[(beyond["m_to"] == 99.9) & (beyond["days_to"] == 6), "pairs"].tolist() == [0]


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 40)), min_size=10, max_size=40
    ).filter(lambda rows: len({day for *_, day in rows} - {1, 32}) > 0)
)
def test_boxes_are_those_of_every_pair_looked_at(rows: list[tuple[int, int, int]]) -> None:
    found = near_repeat(
        events([(10.0 * x, 10.0 * y, day) for x, y, day in rows]),
        distances=[50, 120],
        days=[0, 3],
        permutations=99,
    ).boxes
    seen = dict.fromkeys(itertools.product([0, 50, 120, np.inf], [0, 3, np.inf]), 0)
    for (x, y, day), (u, v, other) in itertools.combinations(rows, 2):
        apart, days = 10 * np.hypot(x - u, y - v), abs(day - other)
        near = next(edge for edge in (0, 50, 120, np.inf) if apart <= edge)
        seen[near, next(end for end in (0, 3, np.inf) if days <= end)] += 1
    assert found["pairs"].tolist() == list(seen.values())
    assert found["pairs"].sum() == round(found["nr_expect"].sum()) == len(rows) * (len(rows) - 1) // 2
    assert found["nr_p"].between(0.01, 1).all()


def test_days_that_fall_by_chance_are_marked_as_seldom_as_promised() -> None:
    # Of 40 maps without near repeats, at most 5 in 100 should have any box marked: more than 6 of 40 has p 0.003.
    generator = np.random.default_rng(7)
    marked = 0
    for _ in range(40):
        x, y, day = (
            generator.uniform(0, 1500, 150),
            generator.uniform(0, 1500, 150),
            generator.integers(1, 90, 150),
        )
        table = events(list(zip(x, y, day.tolist(), strict=True)))
        marked += bool(near_repeat(table, permutations=199).boxes["nr_flag"].any())
    assert marked <= 6


def test_neither_threads_nor_the_order_of_rows_change_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_THREADS", "1")
    one = near_repeat(planted(), seed=3)
    monkeypatch.setenv("HOTSPOTS_THREADS", "3")
    several = near_repeat(planted(), seed=3)
    pd.testing.assert_frame_equal(one.boxes, several.boxes)
    shuffled = near_repeat(planted().sample(frac=1, random_state=1), seed=3)
    assert shuffled.boxes["pairs"].tolist() == one.boxes["pairs"].tolist()
    assert shuffled.roles.sort_index().equals(one.roles)
    assert not near_repeat(planted(), seed=4).boxes["nr_p"].equals(one.boxes["nr_p"])


def test_rows_without_place_or_day_are_counted() -> None:
    table = planted()
    table.loc[0, "x"] = np.nan
    table.loc[[1, 2], "date"] = pd.NaT
    found = near_repeat(table)
    assert (found.incidents, found.unplaced, found.undated) == (97, 1, 2)
    assert 0 not in found.roles.index


@pytest.mark.parametrize("date", [None, "2025-03-01"])
def test_months_are_refused(date: str | None) -> None:
    table = planted().drop(columns="date").assign(month="2025-03")
    if date is not None:
        table["date"] = pd.Timestamp(date)
    with pytest.raises(DataError) as caught:
        near_repeat(table)
    assert caught.value.message == "the incidents have months, not days, so that near repeats cannot be told"
    assert caught.value.hint == "give a file with the day of each incident, as police.uk's do not have it"


def test_incidents_without_any_date_are_told_from_months() -> None:
    with pytest.raises(DataError) as caught:
        near_repeat(planted().drop(columns="date"))
    assert caught.value.message == "no incident has a date"
    assert caught.value.hint == "name the column of dates with 'month_column'"


def test_rows_that_stand_for_several_are_refused() -> None:
    with pytest.raises(DataError, match="rows stand for several incidents, which near repeats cannot use"):
        near_repeat(planted().assign(weight=2.0))


def test_few_incidents_are_refused() -> None:
    with pytest.raises(DataError, match="only 9 incidents have a place and a day: near repeats need 10"):
        near_repeat(planted().head(9))


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"distances": [200, 100]}, "'distances' are 200, 100"),
        ({"distances": []}, "'distances' are none"),
        ({"distances": [0, 100]}, "'distances' are 0, 100"),
        ({"days": [7, 7]}, "'days' are 7, 7"),
        ({"days": [1.5]}, "'days' are 1.5"),
        ({"permutations": 9}, "'permutations' is 9, too few to tell anything from chance"),
        ({"permutations": 100_000}, "'permutations' is 100000, but more than 99,999 tell nothing further"),
        ({"seed": -1}, "'seed' is -1, but must be 0 or more"),
        ({"q": 1.0}, "'q' is 1.0"),
    ],
)
def test_choices_out_of_range(choices: dict[str, object], said: str) -> None:
    with pytest.raises(ParameterError) as caught:
        near_repeat(planted(), **choices)  # type: ignore[arg-type]
    assert caught.value.message == said


def test_degrees_and_stretched_metres_are_refused() -> None:
    table = planted()
    layer = gpd.GeoDataFrame(
        table[["date"]], geometry=gpd.points_from_xy(table["x"] / 1e6, table["y"] / 1e6), crs=4326
    )
    with pytest.raises(CRSError, match=r"\(degrees\), but distances are in metres"):
        near_repeat(layer)
    mercator = layer.set_geometry(
        gpd.points_from_xy(table["x"] / 1e6, 53 + table["y"] / 1e6), crs=4326
    ).to_crs(3857)
    with pytest.raises(CRSError):
        near_repeat(mercator)
    near_repeat(layer.set_geometry(gpd.points_from_xy(400_000 + table["x"], 400_000 + table["y"]), crs=27700))


def test_more_pairs_than_can_be_held_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotspots.methods.time.near_repeat.pairs.MOST", 30)
    with pytest.raises(ParameterError) as caught:
        near_repeat(planted(), distances=[100])
    assert caught.value.message == "100 incidents make 40 pairs up to 100 m apart, over 30"


def test_pairs_found_in_blocks_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = near_repeat(planted(), distances=[100, 3_000])
    monkeypatch.setattr("hotspots.methods.time.near_repeat.pairs._BLOCK", 7)
    pd.testing.assert_frame_equal(near_repeat(planted(), distances=[100, 3_000]).boxes, whole.boxes)
