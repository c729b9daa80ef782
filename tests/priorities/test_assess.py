"""Themes scored by people: the arithmetic by hand, how steady ranks are, and what cannot be meant."""

from typing import Any

import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.priorities.assess import assess_themes, read_sheet


def sheet_of(**columns: list[str | None] | list[str]) -> pd.DataFrame:
    """A sheet of three themes; each column's name has its group before two underscores."""
    return pd.DataFrame(
        {"theme": ["Burglary", "Fraud", "Arson"]}
        | {name.replace("__", ": ").replace("_", " "): scores for name, scores in columns.items()}
    )


def plain() -> pd.DataFrame:
    return sheet_of(
        impact__physical=["1", "0", "4"],
        impact__financial=["3", "4", "2"],
        likelihood__volume=["3", "4", "1"],
        confidence__evidence=["4", "1", "3"],
    )


def test_the_score_is_the_product_of_the_means_of_the_groups_without_confidence() -> None:
    # Burglary (1+3)/2 x 3 = 6; Fraud (0+4)/2 x 4 = 8; Arson (4+2)/2 x 1 = 3.
    made = assess_themes(read_sheet(plain()))
    assert made["score"].to_dict() == {"Fraud": 8, "Burglary": 6, "Arson": 3}
    assert made["rank"].tolist() == [1, 2, 3]
    assert made["confidence"].to_dict() == {"Fraud": 1, "Burglary": 4, "Arson": 3}


def test_the_sum_and_the_groups_that_are_named_change_the_score() -> None:
    sheet = read_sheet(plain())
    added = assess_themes(sheet, combine="sum")
    assert added["score"].to_dict() == {"Fraud": 6, "Burglary": 5, "Arson": 4}
    doubted = assess_themes(sheet, groups=["impact", "Confidence"])
    # 2 x 4, 2 x 1, 3 x 3
    assert doubted["score"].to_dict() == {"Arson": 9, "Burglary": 8, "Fraud": 2}


def test_weights_count_within_their_group() -> None:
    table = plain()
    table.loc[3] = ["Weight", "3", "1", "1", "1"]
    made = assess_themes(read_sheet(table))
    # Burglary (3x1+3)/4 x 3 = 4.5; Fraud (0+4)/4 x 4 = 4; Arson (12+2)/4 x 1 = 3.5.
    assert made["score"].to_dict() == {"Burglary": 4.5, "Fraud": 4, "Arson": 3.5}


def test_equal_scores_share_the_better_rank_in_the_order_of_the_sheet() -> None:
    made = assess_themes(read_sheet(sheet_of(impact__a=["2", "3", "3"])))
    assert list(made.index) == ["Fraud", "Arson", "Burglary"]
    assert made["rank"].tolist() == [1, 1, 3]


def test_a_rank_is_steady_where_no_step_can_change_it_and_not_where_one_can() -> None:
    far = assess_themes(read_sheet(sheet_of(impact__a=["0", "5", "10"])))
    assert far[["rank_lo", "rank_hi"]].to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]
    assert far["p_top"].tolist() == [1, 1, 1]
    near = assess_themes(read_sheet(sheet_of(impact__a=["4", "5", "10"])), top=2)
    # Nothing can score below the scale's 4, so Burglary draws 4, 4 or 5 and Fraud 4, 5 or 6. Burglary is level or
    # ahead, and so among the first two, in all three pairs with Fraud's 4 and in one with its 5: 4 of 9.
    assert near["p_top"]["Burglary"] == pytest.approx(4 / 9, abs=0.02)
    assert near["rank_lo"]["Burglary"] == 2
    still = assess_themes(read_sheet(sheet_of(impact__a=["4", "5", "10"])), step=0)
    assert (still["rank_lo"] == still["rank_hi"]).all()


def test_the_draws_come_from_their_seed() -> None:
    sheet = read_sheet(plain())
    once = assess_themes(sheet, seed=1, draws=99, top=1)
    pd.testing.assert_frame_equal(once, assess_themes(sheet, seed=1, draws=99, top=1))
    assert not once.equals(assess_themes(sheet, seed=2, draws=99, top=1))


def test_the_banner_names_criteria_in_the_words_of_the_bands() -> None:
    made = assess_themes(
        read_sheet(plain(), scale=(0, 4)),
        bands=["Low", "Moderate", "High", "Severe"],
        banner=["Volume", "financial"],
    )
    # Each band is one wide: 0 Low, 1 Moderate, 2 High, 3 and the highest, 4, Severe.
    assert made["banner"].to_dict() == {
        "Burglary": "Severe volume / Severe financial",
        "Fraud": "Severe volume / Severe financial",
        "Arson": "Moderate volume / High financial",
    }
    assert (assess_themes(read_sheet(plain()))["banner"] == "").all()


def test_blank_scores_of_volume_come_from_counts() -> None:
    table = sheet_of(impact__harm=["1", "2", "4"], likelihood__volume=[None, "4", None])
    sheet = read_sheet(table, scale=(1, 4), counts={"burglary": 3000, "Arson": 99}, volume=[100, 1000, 5000])
    assert sheet.scores["likelihood", "volume"].tolist() == [3, 4, 1]


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        (sheet_of(), {}, "has no criteria beside its themes"),
        (sheet_of(impact=["1", "2", "3"]), {}, "the column 'impact' of the sheet of scores has no group"),
        (
            sheet_of(impact__a=["1", None, "3"]),
            {},
            "the sheet of scores has no score of 'Fraud' for 'impact: a'",
        ),
        (
            sheet_of(impact__a=["1", "9", "3"]),
            {"scale": (1, 4)},
            "the sheet of scores scores 'Fraud' 9 for 'impact: a', outside the scale of 1 to 4",
        ),
        (sheet_of(impact__a=["1", "2", "3"]), {"scale": (4, 1)}, "the scale runs from 4 to 1"),
        (sheet_of(impact__a=["1", "2", "3"]), {"volume": [5, 5]}, "the limits of volume do not ascend"),
        (
            sheet_of(impact__a=["1", "2", "3"]).replace("Arson", "Fraud"),
            {},
            "the sheet of scores has the theme 'Fraud' twice",
        ),
        (
            sheet_of(impact__a=["1", "2", "-3"]).replace("Arson", "weight"),
            {},
            "the row of weights of the sheet of scores holds one that is missing or below 0, or only zeros",
        ),
    ],
)
def test_what_a_sheet_cannot_be_is_said(table: pd.DataFrame, options: dict[str, Any], words: str) -> None:
    with pytest.raises((DataError, ParameterError)) as refused:
        read_sheet(table, **options)
    assert words in refused.value.message


def test_unknown_groups_and_criteria_are_answered_with_those_there_are() -> None:
    sheet = read_sheet(plain())
    with pytest.raises(ParameterError, match="the sheet has no group 'harm'"):
        assess_themes(sheet, groups=["harm"])
    with pytest.raises(
        ParameterError, match="the sheet has no criterion 'evidnce' for the banner"
    ) as refused:
        assess_themes(sheet, bands=["Low", "High"], banner=["evidnce"])
    assert "evidence" in refused.value.hint
    with pytest.raises(ParameterError, match="'draws' is 5, too few"):
        assess_themes(sheet, draws=5)
    with pytest.raises(ParameterError, match="'step' is inf and 'top' 3"):
        assess_themes(sheet, step=float("inf"))
    with pytest.raises(ParameterError, match="'seed' is -1"):
        assess_themes(sheet, seed=-1)
