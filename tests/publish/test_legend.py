"""The sentence below a legend: of when the figures are, and what they are measured against."""

import pandas as pd
import pytest

from hotspots.publish.words.legend import told_words


def _wards(column: str, **told: object) -> pd.DataFrame:
    wards = pd.DataFrame({column: ["x"] * 3, "district": ["Abbeyshire"] * 3})
    wards.attrs["provenance"] = {"period": "January to December 2025", **told}
    return wards


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("n", "January to December 2025."),
        ("sd_flag", "January to December 2025, against the mean of the 3 wards of Abbeyshire."),
        ("rk_class", "January to December 2025, against the rate of the 3 wards of Abbeyshire together."),
        (
            "gi_class",
            "January to December 2025, each with its neighbours, against the 3 wards of Abbeyshire.",
        ),
        (
            "priority",
            "January to December 2025, against the 3 wards of Abbeyshire, and against its own district.",
        ),
    ],
)
def test_a_legend_names_period_and_reference_group(column: str, sentence: str) -> None:
    assert told_words(_wards(column), column, noun="Wards") == sentence


def test_a_flag_within_districts_says_so() -> None:
    wards = _wards("sd_flag", steps={"flag": {"within": "district"}})
    assert told_words(wards, "sd_flag") == "January to December 2025, against the mean of its own district."


def test_a_change_names_both_periods() -> None:
    both = _wards("ch_flag", steps={"change": {"before": "2024-01..2024-04", "after": "2025-01..2025-04"}})
    assert told_words(both, "ch_flag") == "January to April 2025 against January to April 2024."
    named = _wards("ch_flag", steps={"change": {"before": "2024", "after": "2025"}})
    assert told_words(named, "ch_flag") == "January to December 2025 against January to December 2024."
    years = _wards(
        "ch_flag", steps={"change": {"before": ["2023-01..2023-12", "2024-01..2024-12"], "after": None}}
    )
    assert told_words(years, "ch_flag") == "January to December 2025 against January to December 2024."


@pytest.mark.parametrize(
    ("comparator", "words"),
    [("England", "England"), ("rest", "all others together"), (89.5, "a rate of 89.5")],
)
def test_a_comparison_names_its_comparator(comparator: object, words: str) -> None:
    wards = _wards("cmp_flag", steps={"compare": {"comparator": comparator}})
    assert told_words(wards, "cmp_flag") == f"January to December 2025, against {words}."


def test_what_a_file_does_not_tell_is_not_said() -> None:
    bare = pd.DataFrame({"ch_flag": ["up"], "n": [3]})
    assert told_words(bare, "ch_flag") == ""
    assert told_words(bare, "n") == ""
    odd = _wards("ch_flag", steps={"change": {"before": "last year", "after": "this year"}})
    assert told_words(odd, "ch_flag") == "January to December 2025."
