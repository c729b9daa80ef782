"""Where areas stand in themes, and the order of the places of each district, worked by hand."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from hotspots.analysis.standings import LISTS, STANDINGS, Standings, find_standings

CODES = ["E1", "E2", "E3", "E4", "E5", "E6"]
AREAS = pd.DataFrame(
    {"name": ["Town", "Castle", "Town", "Vale", "Hill", "Moor"], "district": ["North"] * 3 + ["South"] * 3},
    index=CODES,
)


def flags(*found: tuple[str | None, float, bool]) -> pd.DataFrame:
    """``sd_flag``, ``sd_score`` and ``sd_near`` of each area."""
    table = pd.DataFrame(list(found), columns=["sd_flag", "sd_score", "sd_near"])
    return table.set_index(pd.Index(CODES))


def standings(before: dict[str, list[str | None]] | None = None, top: int = 2) -> Standings:
    asb = flags(
        ("above", 1.2, False), ("significantly above", 2.1, True), ("average", 0.95, True),
        ("average", 0.3, False), (None, float("nan"), False), ("average", -0.95, True),
    )  # fmt: skip
    drugs = flags(
        ("significantly above", 2.5, False), ("average", 0.1, False), ("average", 0.2, False),
        ("average", 0.4, False), (None, float("nan"), False), ("average", 0.5, False),
    )  # fmt: skip
    counts = pd.DataFrame({"Drugs": [40, 5, 6, 7, 0, 8], "ASB": [30, 90, 20, 9, 0, 4]}, index=CODES)
    earlier = None if before is None else {k: pd.Series(v, index=CODES) for k, v in before.items()}
    return find_standings(AREAS, {"ASB": asb, "Drugs": drugs}, counts, before=earlier, top=top)


def test_each_area_stands_somewhere_in_each_theme() -> None:
    found = standings({"ASB": ["average", "above", "above", "above", "above", None], "Drugs": ["above"] * 6})
    # Castle was above in ASB and is significantly above now; Town of E3 was above and is near: neither has left.
    # Hill has no value now, so that nothing can be said to have left.
    assert found.grid["ASB"].tolist() == ["above", "significantly above", "near", "previously", "", ""]
    assert found.grid["Drugs"].tolist() == ["significantly above", *["previously"] * 3, "", "previously"]


def test_a_value_close_over_the_lower_threshold_is_not_narrowly_below_the_upper() -> None:
    assert standings().grid["ASB"]["E6"] == ""  # 0.95 SD below the mean, near the threshold of "below"


def test_without_a_comparison_period_nothing_has_left() -> None:
    assert "previously" not in standings().grid.to_numpy()


def test_places_stand_by_themes_significantly_above_then_above_then_near_then_by_score() -> None:
    found = standings()
    # North: Town has 1 significantly above and 1 above, Castle 1 and 0, the other Town is near only.
    # South: none stands out; mean scores 0.35 (Vale) and -0.225 (Moor); Hill has none.
    assert found.places["place"].tolist() == [1, 2, 3, 1, pd.NA, 2]
    assert found.places["listed"].tolist() == ["greatest risk", "greatest risk", "narrowly below", "", "", ""]
    assert found.places.loc["E1", ["th_signif", "th_above", "th_near", "th_left"]].tolist() == [1, 1, 0, 0]  # type: ignore[operator]
    assert found.of_district("South").index.tolist() == ["E4", "E6"]
    assert found.districts == ("North", "South")


def test_equals_stand_by_code() -> None:
    same = flags(*[("above", 1.5, False)] * 6)
    found = find_standings(
        AREAS.iloc[::-1], {"ASB": same.iloc[::-1]}, pd.DataFrame({"ASB": [1] * 6}, index=CODES)
    )
    assert found.of_district("North").index.tolist() == ["E1", "E2", "E3"]


def test_an_area_that_left_one_theme_and_is_near_in_another_is_narrowly_below() -> None:
    found = standings(
        {"ASB": ["average"] * 6, "Drugs": ["average", "average", "above", "above", None, "average"]}
    )
    assert found.places["listed"].tolist()[2:4] == ["narrowly below", "no longer above"]


@given(st.lists(st.sampled_from([*STANDINGS, ""]), min_size=6, max_size=6))
def test_every_area_with_a_value_has_one_place_and_flagged_areas_come_first(drawn: list[str]) -> None:
    score = {"significantly above": 2.5, "above": 1.5, "near": 0.95, "previously": 0.2, "": 0.1}
    now = flags(
        *[(name if name in STANDINGS[:2] else "average", score[name], name == "near") for name in drawn]
    )
    before = {
        "ASB": pd.Series([("above" if name == "previously" else "average") for name in drawn], index=CODES)
    }
    found = find_standings(AREAS, {"ASB": now}, pd.DataFrame({"ASB": [1] * 6}, index=CODES), before=before)
    assert found.grid["ASB"].tolist() == drawn
    for district in found.districts:
        own = found.of_district(district)
        assert own["place"].tolist() == [1, 2, 3]
        order = [[*LISTS[:2], "no longer above", ""].index(listed) for listed in own["listed"]]
        assert [min(place, 2) for place in order] == sorted(min(place, 2) for place in order)
