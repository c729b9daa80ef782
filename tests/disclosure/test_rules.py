"""Rules of publication: what is shown of each count, what it means to a reader, and what cannot be asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.base.errors import DataError, ParameterError
from hotspots.disclosure.counts import published
from hotspots.disclosure.rules import PROFILES, Profile, profile


def shown(counts: list[int], name: str) -> list[tuple[float, float, float]]:
    """The shown number, the least and the greatest count that it stands for."""
    table = published(counts, profile(name))
    return [(float(a), float(b), float(c)) for a, b, c in table.fillna(-1).to_numpy()]


def test_the_documents_round_to_10_and_0_means_0_to_4() -> None:
    assert shown([0, 4, 5, 14, 15, 493], "documents") == [
        (0, 0, 4),
        (0, 0, 4),
        (10, 5, 14),
        (10, 5, 14),
        (20, 15, 24),
        (490, 485, 494),
    ]


def test_hospital_statistics_hide_1_to_7_and_show_0() -> None:
    # 8 rounds to 10 like 12, and 7 would too if it were not hidden: so 10 means 8 to 12.
    assert shown([0, 1, 7, 8, 12, 13], "nhs") == [
        (0, 0, 0),
        (-1, 0, np.inf),
        (-1, 0, np.inf),
        (10, 8, 12),
        (10, 8, 12),
        (15, 13, 17),
    ]


def test_ten_and_five_hides_zeros_too() -> None:
    # 8 and 9 are hidden, so 10 means 10 to 12.
    assert shown([0, 9, 10, 12, 13], "10-5") == [
        (-1, 0, np.inf),
        (-1, 0, np.inf),
        (10, 10, 12),
        (10, 10, 12),
        (15, 13, 17),
    ]


def test_the_checkers_rule_shows_10_exactly() -> None:
    assert shown([9, 10, 11], "sacro") == [(-1, 0, np.inf), (10, 10, 10), (11, 11, 11)]
    assert profile("sacro").dominance == (2, 90.0)


OWN = st.one_of(
    st.builds(lambda base: profile("own", hide="round", base=base), st.integers(min_value=3, max_value=50)),
    st.builds(
        lambda threshold, base, zeros: profile("own", threshold=threshold, base=base, zeros=zeros),
        st.integers(min_value=5, max_value=20),
        st.integers(min_value=0, max_value=10),
        st.sampled_from(["shown", "hidden"]),
    ),
)


@given(OWN | st.sampled_from(list(PROFILES.values())))
def test_a_reader_knows_exactly_the_counts_that_are_shown_alike(rules: Profile) -> None:
    counts = np.arange(120)
    table = published(counts, rules)
    for _, rows in table.loc[: 119 - rules.base].groupby("shown"):
        if rows.index.max() == 119 - rules.base:
            continue  # a greater count may be shown alike
        assert rows.index.min() == rows["lower"].iloc[0]
        assert rows.index.max() == rows["upper"].iloc[0]
    kept = table.loc[table["shown"].isna()]
    assert (kept["lower"] == 0).all()
    assert (kept["upper"] == np.inf).all()
    # A small count is never to be told from another small one.
    low = table.iloc[int(rules.zeros == "shown") : rules.threshold]
    assert low["shown"].isna().all() or (low["shown"] == 0).all()


def test_the_index_stays_and_a_missing_count_is_not_published() -> None:
    counts = pd.Series([3.0, np.nan, 26.0], index=["E1", "E2", "E3"])
    table = published(counts, profile("documents"))
    assert list(table.index) == ["E1", "E2", "E3"]
    assert table.fillna(-1).to_numpy()[1].tolist() == [-1, 0, np.inf]
    assert counts.tolist()[::2] == [3.0, 26.0]


@pytest.mark.parametrize("wrong", [[3, -1], [3, 2.5], [3, np.inf]])
def test_what_is_no_count_is_refused(wrong: list[float]) -> None:
    with pytest.raises(DataError) as caught:
        published(wrong, profile("documents"))
    assert caught.value.message == f"1 of 2 counts are not whole numbers of 0 or more: {wrong[1]:g}"
    assert (
        caught.value.hint
        == "give counts of incidents; rates and weighted counts are worked out from published counts"
    )


def test_the_rules_in_words() -> None:
    assert profile("documents").sentences() == [
        "Counts, and totals on their own, are rounded to the nearest 10, halves upwards: 0 stands for 0 to 4, "
        "10 for 5 to 14.",
        "A count is left out where it would let one of 0 to 4 be narrowed down.",
        "Rates and all other figures are worked out from the published counts; rates have 1 decimal.",
        "Up and down are said of areas only where all counts that the rounded ones stand for would say so.",
        "Densities are drawn in classes, with cells of 100 m or more and a bandwidth of 300 m or more, and are blank "
        "where fewer than 10 incidents bear on a cell.",
    ]
    assert profile("10-5").sentences()[:3] == [
        "Counts of 0 to 9 are hidden.",
        "Other counts, and totals on their own, are rounded to the nearest 5: 10 stands for 10 to 12.",
        "Further counts are hidden where one of 0 to 9 could otherwise be worked out, so a hidden count is not always "
        "small.",
    ]
    assert profile("sacro").sentences()[2] == (
        "A count is protected, too, where its 2 largest contributors make up more than 90 % of it."
    )
    assert profile("own", threshold=5, rate_decimals=0).sentences()[2] == (
        "Rates and all other figures are worked out from the published counts; rates have no decimals."
    )


def test_a_name_in_any_case_and_numbers_of_ones_own() -> None:
    assert profile("NHS") is PROFILES["nhs"]
    assert profile("nhs", base=5) is PROFILES["nhs"]
    own = profile("nhs", base=10, dominance=[1, 80])
    assert (own.name, own.base, own.threshold, own.source, own.dominance) == ("own", 10, 8, "", (1, 80))
    halves = profile("own", hide="round", base=5)
    assert (halves.threshold, halves.zeros) == (3, "hidden")


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("nsh", {}, "there is no profile 'nsh'", "did you mean 'nhs'?"),
    ("nhs", {"treshold": 3}, "a profile has no 'treshold'", "did you mean 'threshold'?"),
    ("nhs", {"name": "x"}, "a profile has no 'name'", ""),
    (
        "own",
        {},
        "rules of one's own need a threshold",
        "set 'threshold' to the smallest count that may be shown",
    ),
    (
        "own",
        {"threshold": 1},
        "threshold is 1: a whole number of 2 or more was needed",
        "set 'threshold' to 2 or more",
    ),
    (
        "own",
        {"threshold": 5, "base": 2.5},
        "base is 2.5: a whole number of 0 or more was needed",
        "set 'base' to 0 or more",
    ),
    ("own", {"threshold": 5, "zeros": "show"}, "zeros is 'show'", "did you mean 'shown'?"),
    (
        "nhs",
        {"bandwidth": 0},
        "bandwidth is 0: metres above 0 were needed",
        "set 'bandwidth' to a distance in metres",
    ),
    (
        "own",
        {"threshold": 3, "base": 10},
        "a count of 3 is shown, but rounds to 0 with base 10",
        "set 'threshold' to 5 or more, or 'base' to less",
    ),
    (
        "documents",
        {"threshold": 7},
        "rounding to 10 hides counts under 5, not under 7",
        "set 'threshold' to 5, or 'hide' to 'suppress'",
    ),
    (
        "documents",
        {"zeros": "shown"},
        "rounding cannot tell a count of 0 from a small one",
        "set 'zeros' to 'hidden'",
    ),
    ("documents", {"base": 0}, "small counts cannot be hidden by rounding to 0", "set 'base' to 5 or 10"),
    (
        "sacro",
        {"dominance": [2, 120]},
        "dominance is (2, 120): a number of contributors and a percentage were needed",
        "set 'dominance' to, for example, [2, 90]",
    ),
]


@pytest.mark.parametrize(("name", "numbers", "message", "hint"), REFUSED)
def test_what_makes_no_sense_is_refused(name: str, numbers: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(ParameterError) as caught:
        profile(name, **numbers)
    assert caught.value.message == message
    assert caught.value.hint.startswith(hint)
