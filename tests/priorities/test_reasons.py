"""The reason for every area, to the letter."""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError
from hotspots.methods.meansd import flag_mean_sd
from hotspots.priorities.budgets import Budget
from hotspots.priorities.reasons import reasons
from hotspots.priorities.selection import Rules, select_areas

CODES = [f"E0500000{i}" for i in range(8)]
QUIET = [10, 12, 11, 13, 12, 11, 10]
YEARS = ("2016", "2017", "2018")
plain = functools.partial(select_areas, scale="plain")


def frame(**indicators: Any) -> Any:
    """Make a table: a list of values per year, or one list for a static indicator."""
    columns: dict[Any, Any] = {}
    for name, values in indicators.items():
        label = name.replace("_", " ")
        if isinstance(values[0], list):
            columns |= {(label, year): year_values for year, year_values in zip(YEARS, values, strict=False)}
        else:
            columns[(label, "all")] = values
    return pd.DataFrame(columns, index=CODES, dtype="float64")


def said(
    table: Any,
    *,
    rules: Any = None,
    budget: Any = None,
    counts: Any = None,
    months: Any = None,
    districts: Any = None,
    **more: Any,
) -> Any:
    selection = plain(table, rules=rules, budget=budget, districts=districts, bad=more.get("bad"))
    return reasons(
        table, selection, rules=rules, counts=counts, months=months, districts=districts, noun="ward", **more
    )


CRIME = [[*QUIET, 500], [*QUIET, 450], [*QUIET, 400]]
CALM = [[10, 11, 12, 12, 11, 10, 10, 11]] * 3


def test_a_force_wide_priority_like_the_documents() -> None:
    # Latest year: (10+12+11+13+12+11+10+400) / 8 = 59.875.
    table = frame(Overall_crime=CRIME, ASB=[[*QUIET, 60]] * 3)
    text = said(
        table,
        units={"Overall crime": "per 1,000"},
        counts=table[["Overall crime"]] * 10,
        months=dict.fromkeys(YEARS, 12),
    )
    assert text["E05000007"] == (
        "Force-wide priority: overall crime significantly above the ward average in 3 of 3 years (400.0 per 1,000 "
        "in 2018; average 59.9), ASB significantly above in 3 of 3 years; overall crime falling since 2016."
    )
    assert (
        text["E05000000"]
        == "Not a priority (rank 7 of 8): no indicator is flagged against the ward average in any year."
    )


def test_no_change_is_claimed_that_chance_could_have_made() -> None:
    table = frame(Overall_crime=CRIME)
    few = table / 100
    months = dict.fromkeys(YEARS, 12)
    # 5, 4.5 and 4 incidents: the limits of 4 against 5 hold 1.
    assert said(table, counts=few, months=months)["E05000007"].endswith("(400.0 in 2018; average 59.9).")
    # Clear, but not the same way every year: no "rising".
    bumpy = frame(Overall_crime=[[*QUIET, 300], [*QUIET, 500], [*QUIET, 400]])
    assert said(bumpy, counts=bumpy * 10, months=months)["E05000007"].endswith(
        "; overall crime higher than in 2016."
    )


def test_a_change_respects_the_length_of_the_periods() -> None:
    table = frame(Overall_crime=CRIME)
    counts = table.copy()
    counts[("Overall crime", "2018")] = 3000.0
    # 500 in one month against 3,000 in twelve is a fall, whatever the counts are.
    months = {"2016": 1, "2017": 1, "2018": 12}
    assert "overall crime falling since 2016" in said(table, counts=counts, months=months)["E05000007"]


def test_one_period_and_a_static_indicator_say_no_years() -> None:
    table = frame(Deprivation_rank=[900, 880, 910, 905, 890, 895, 902, 20])
    text = said(table, bad={"Deprivation rank": "low"}, units={"Deprivation rank": "of 32,844"})
    assert text["E05000007"] == (
        "Force-wide priority: deprivation rank significantly worse than the ward average (20.0 of 32,844; "
        "average 787.8)."
    )
    assert (
        text["E05000000"] == "Not a priority (rank 5 of 8): no indicator is flagged against the ward average."
    )


def test_a_local_priority_says_where_it_stands_in_both() -> None:
    districts = pd.Series(["Abbeyshire"] * 8, index=CODES)
    text = said(frame(ASB=[[*QUIET, 60]] * 3), rules=Rules(force_wide=3), districts=districts)
    # Seven quiet areas and one far off: (n - 1) / sqrt(n) = 2.47 at most.
    assert text["E05000007"] == (
        "Local priority: stands out in Abbeyshire (2.5 SD above the average score of wards there, 2.5 SD above that "
        "of all); ASB significantly above the ward average in 3 of 3 years (60.0 in 2018; average 17.4)."
    )


def test_a_local_priority_says_whom_it_is_compared_with() -> None:
    codes = [f"E050000{i:02d}" for i in range(18)]
    values = [100.0, 20, 11, 9, 10, 11, 9, 10, 12, 10, 9, 11, 10, 9, 11, 10, 9, 11]
    table = pd.DataFrame({("ASB", "all"): values}, index=codes)
    districts = pd.Series(["Abbeyshire"] * 9 + ["Vale"] * 9, index=codes)
    selection = plain(table, districts=districts)
    text = reasons(table, selection, districts=districts, noun="ward")
    assert text["E05000001"] == (
        "Local priority: stands out in Abbeyshire (2.4 SD above the average score of wards there that are not "
        "force-wide, 0.2 SD above that of all); no indicator is flagged against the ward average."
    )


def test_a_part_of_a_force_has_overall_priorities_and_never_says_force_wide() -> None:
    codes = [f"E050000{i:02d}" for i in range(18)]
    values = [100.0, 20, 11, 9, 10, 11, 9, 10, 12, 10, 9, 11, 10, 9, 11, 10, 9, 11]
    table = pd.DataFrame({("ASB", "all"): values}, index=codes)
    districts = pd.Series(["Abbeyshire"] * 9 + ["Vale"] * 9, index=codes)
    text = reasons(table, plain(table, districts=districts), districts=districts, noun="ward", wide="overall")
    assert text["E05000000"].startswith("Overall priority: ASB significantly above the ward average (")
    assert text["E05000001"] == (
        "Local priority: stands out in Abbeyshire (2.4 SD above the average score of wards there that are not "
        "overall priorities, 0.2 SD above that of all wards compared); no indicator is flagged against the ward "
        "average."
    )
    near = said(frame(ASB=[[*QUIET, 60]] * 3), rules=Rules(force_wide=2.5), wide="overall")
    assert near["E05000007"].startswith("Watch (rank 1 of 8): narrowly below the overall threshold (2.47 SD;")
    assert not [reason for reason in [*text, *near] if "force-wide" in reason.casefold()]


def test_watched_areas_say_why() -> None:
    table = frame(ASB=[[*QUIET, 60]] * 3)
    near = said(table, rules=Rules(force_wide=2.5))
    assert near["E05000007"].startswith(
        "Watch (rank 1 of 8): narrowly below the force-wide threshold (2.47 SD; threshold 2.5); ASB significantly above"
    )
    brief = said(frame(ASB=[[*QUIET, 60], *CALM[:2]]), rules=Rules(force_wide=1, persistent=0.9))
    assert brief["E05000007"].startswith(
        "Watch (rank 1 of 8): over a threshold, but flagged in under 90% of its years; previously flagged, now in line "
        "with the average: ASB (2016)."
    )
    rising = said(frame(ASB=[*CALM[:2], [*QUIET, 60]]), rules=Rules(force_wide=4))
    assert rising["E05000007"].startswith(
        "Watch (rank 1 of 8): rising: flagged in 2018, its score at least 0.5 SD above that of its earlier years; "
        "ASB significantly above the ward average in 1 of 3 years (60.0 in 2018; average 17.4)."
    )


def test_previously_flagged_and_now_in_line() -> None:
    table = frame(ASB=[[*QUIET, 60], [*QUIET, 60], CALM[0]], Burglary=[[*QUIET, 40], CALM[0], CALM[0]])
    text = said(table, rules=Rules(force_wide=4))["E05000007"]
    assert text == (
        "Not a priority (rank 1 of 8): previously flagged, now in line with the average: ASB (2016 and 2017), "
        "burglary (2016)."
    )


def test_within_and_outside_a_budget() -> None:
    table = frame(ASB=[[*QUIET, 60]] * 3)
    within = said(table, budget=Budget(max_areas=2), rules=Rules(force_wide=2))
    assert within["E05000003"] == (
        "Selected within the budget (rank 2 of 8): no indicator is flagged against the ward average in any year."
    )
    km2 = pd.Series(1.0, index=CODES)
    counts = pd.Series([9.0, 1, 1, 1, 1, 1, 1, 1], index=CODES)
    selection = plain(table, budget=Budget(min_share=0.3), counts=counts, km2=km2)
    assert reasons(table, selection, noun="ward")["E05000007"].startswith(
        "Force-wide priority, outside the budget: ASB"
    )


@pytest.mark.filterwarnings("ignore:.* is missing for:hotspots.base.errors.HotspotsWarning")
def test_unknown_values_are_named() -> None:
    table = frame(ASB=[[*QUIET, 60]] * 3, Drugs=[[*QUIET, 60]] * 3)
    table.loc["E05000007", ("Drugs", "2017")] = np.nan
    table.loc["E05000000", ("ASB", "2016")] = np.nan
    table.loc["E05000000", ("ASB", "2017")] = np.nan
    table.loc["E05000000", ("ASB", "2018")] = np.nan
    text = said(table, rules=Rules(least_known=0.6))
    assert text["E05000007"].endswith(" Unknown here: Drugs in 1 of 3.")
    assert text["E05000000"] == "No score: ASB unknown."


def test_many_indicators_are_summed_up() -> None:
    names = ["Crime", "ASB", "Drugs", "Burglary", "Robbery", "Theft"]
    text = said(frame(**{name: [[*QUIET, 60 - i]] * 3 for i, name in enumerate(names)}))
    assert text["E05000007"] == (
        "Force-wide priority: crime significantly above the ward average in 3 of 3 years (60.0 in 2018; average 17.4), "
        "ASB, drugs and burglary significantly above in 3 of 3 years, and 2 more indicators flagged."
    )


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_every_figure_in_every_sentence_is_that_of_the_flags(seed: int) -> None:
    values = np.random.default_rng(seed).gamma(0.6, 30.0, (8, 9)).round(1) + 1
    table = pd.DataFrame(values, index=CODES, columns=pd.MultiIndex.from_product([["Aa", "Bb", "Cc"], YEARS]))
    flags = {pair: flag_mean_sd(table[pair])["sd_flag"].astype(str) for pair in table.columns}
    text = said(table)
    for code in CODES:
        claimed = r"(significantly above|above)(?: the ward average)? in (\d) of 3 years"
        for level, times in re.findall(claimed, text[code]):
            # Some indicator is flagged so often, at that level or over it.
            over = {
                "above": ("above", "significantly above"),
                "significantly above": ("significantly above",),
            }[level]
            counts = [sum(flags[name, year][code] in over for year in YEARS) for name in ("Aa", "Bb", "Cc")]
            assert int(times) in counts
        for name in re.findall(r"now in line with the average: (\w\w) ", text[code]):
            assert flags[name.title(), "2018"][code] in ("average", "below", "significantly below")
            assert any("above" in flags[name.title(), year][code] for year in YEARS[:2])
        if "no indicator is flagged" in text[code]:
            assert not any("above" in flag[code] for flag in flags.values())
        for value, year, mean in re.findall(r"\((\d[\d.,]*) in (\d{4}); average ([\d.,]+)\)", text[code]):
            pairs = [
                (table.loc[code, (name, year)], table[(name, year)].mean()) for name in ("Aa", "Bb", "Cc")
            ]
            said_pair = pytest.approx(
                (float(value.replace(",", "")), float(mean.replace(",", ""))), abs=0.0501
            )
            assert any(pair == said_pair for pair in pairs)


def test_every_area_has_a_reason_on_its_own_index() -> None:
    table = frame(ASB=[[*QUIET, 60]] * 3).loc[CODES[::-1]]
    text = said(table)
    assert text.index.tolist() == CODES[::-1]
    assert (text.str.len() > 0).all()
    assert text.str.endswith(".").all()


def test_a_selection_that_is_not_sure_is_called_borderline() -> None:
    table = frame(ASB=[[*QUIET, 60]] * 3)
    chosen = plain(table)
    by_chance = {chance: pd.Series([0.9] * 7 + [chance], index=CODES) for chance in (0.79, 0.8)}
    unsure, sure = (reasons(table, chosen, chance=series) for series in by_chance.values())
    assert unsure["E05000007"] == "Borderline (chance of selection 79%). " + sure["E05000007"]
    assert sure["E05000007"].startswith("Force-wide priority: ")
    # Only what is selected can be borderline.
    assert unsure.iloc[:7].tolist() == sure.iloc[:7].tolist()


def test_another_selection_is_refused() -> None:
    table = frame(ASB=[[*QUIET, 60]] * 3)
    with pytest.raises(DataError) as caught:
        reasons(table, plain(table).iloc[::-1])
    assert caught.value.message == "the selection is not of the same areas in the same order"
    assert caught.value.hint == "make it from these indicators"


@pytest.mark.parametrize(
    ("last", "said"),
    [("2025 Q4", "higher than in 2025 Q1 (another season)"), ("2026 Q1", "higher than in 2025 Q1")],
)
def test_a_change_between_two_seasons_says_so(last: str, said: str) -> None:
    table = pd.DataFrame(
        {("ASB", "2025 Q1"): [10.0] * 7 + [60.0], ("ASB", last): [10.0] * 7 + [600.0]}, index=list("abcdefgh")
    )
    told = reasons(table, select_areas(table), counts=table, months={"2025 Q1": 3.0, last: 3.0})
    assert told["h"].endswith(f"ASB {said}.")


def test_plain_reasons_have_no_standard_deviations_and_no_other_season() -> None:
    exact = re.compile(r"\bSD\b|threshold \d|score")
    for table, rules in (
        (frame(Overall_crime=CRIME), None),
        (frame(ASB=[[*QUIET, 60], *CALM[:2]]), Rules(force_wide=2.5)),
        (frame(ASB=[*CALM[:2], [*QUIET, 60]]), Rules(force_wide=9, local=9, near=0.1, rise=0.5)),
    ):
        for towns in (None, pd.Series(["Abbeyshire"] * 4 + ["Burshire"] * 4, index=CODES)):
            for text in said(table, rules=rules, districts=towns, wording="plain"):
                assert not exact.search(text.replace("its score well above that", "")), text
    quarters = frame(Overall_crime=CRIME[:2]).set_axis(
        pd.MultiIndex.from_product([["Overall crime"], ["2025 Q1", "2025 Q4"]]), axis=1
    )
    counts = quarters * [10, 1]
    months = {"2025 Q1": 3.0, "2025 Q4": 3.0}
    assert "another season" in said(quarters, counts=counts, months=months)["E05000007"]
    assert "2025 Q1" not in said(quarters, counts=counts, months=months, wording="plain")["E05000007"]
    again = {"2024 Q4": 3.0, "2025 Q4": 3.0}
    same = quarters.set_axis(pd.MultiIndex.from_product([["Overall crime"], list(again)]), axis=1)
    told = said(same, counts=same * [10, 1], months=again, wording="plain")["E05000007"]
    assert "lower than in 2024 Q4" in told


def test_plain_reasons_say_among_whom_an_area_stands_out() -> None:
    codes = [f"E050000{i:02d}" for i in range(18)]
    values = [100.0, 20, 11, 9, 10, 11, 9, 10, 12, 10, 9, 11, 10, 9, 11, 10, 9, 11]
    table = pd.DataFrame({("ASB", "all"): values}, index=codes)
    districts = pd.Series(["Abbeyshire"] * 9 + ["Vale"] * 9, index=codes)
    selection = plain(table, districts=districts)
    text = reasons(table, selection, districts=districts, noun="ward", wording="plain")
    assert text["E05000001"] == (
        "Local priority: stands out among the wards of Abbeyshire that are not force-wide; no indicator is flagged "
        "against the ward average."
    )
