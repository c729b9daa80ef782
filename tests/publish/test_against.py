"""How a theme stands beside others, in words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd

from hotspots.analysis.against import Against
from hotspots.publish.words.against import against_words

COMPARATORS = pd.DataFrame(
    {"cmp_rate": [86.04, 7.25], "cmp_flag": ["above", "similar"]},
    index=["England and Wales", "Similar forces"],
)
DISTRICTS = pd.DataFrame(
    {
        "rate": [114.6, 74.3, 73.1, 68.9, 68.7, 63.6, 58.7, 51.7, 55.3],
        "cmp_flag": ["above", "similar", "similar", *["below"] * 6],
    },
    index=["Stoke-on-Trent", "Tamworth", "Cannock Chase", *"ABCDEF"],
)
NONE = pd.DataFrame(columns=["cmp_rate", "cmp_flag", "rate"])
THEME: Any = SimpleNamespace(key="all", rate=104.3)


def said(found: Against, months: float = 12) -> str:
    analysis: Any = SimpleNamespace(against={"all": found}, months=months)
    return against_words(analysis, THEME)


def test_each_comparator_is_named_with_its_rate_and_period() -> None:
    found = Against(COMPARATORS, DISTRICTS, {"England and Wales": "2024/25"})
    assert said(found) == (
        "At 104 a year for every 1,000 people, the rate is statistically above that of England and Wales (86, 2024/25) "
        "and statistically similar to that of similar forces (7.2)."
    )
    assert said(found, 4).endswith(" Where theirs is a whole year, the season is part of the difference.")


def test_without_a_comparator_districts_stand_among_themselves() -> None:
    assert said(Against(NONE, DISTRICTS)) == (
        "No national or similar figure is at hand. Of the 9 districts, Stoke-on-Trent (115) is statistically above all "
        "others together; Tamworth (74) and Cannock Chase (73) are statistically similar; A (69), B (69), C (64), "
        "D (59) and 2 more are statistically below."
    )
    alike = DISTRICTS[1:3]
    assert said(Against(NONE, alike)).endswith(
        "Of the 2 districts, Tamworth (74) and Cannock Chase (73) are statistically similar to all others together."
    )


def test_with_neither_nothing_is_said() -> None:
    assert said(Against(NONE, NONE)) == ""
    analysis: Any = SimpleNamespace(against={}, months=12)
    assert against_words(analysis, THEME) == ""
