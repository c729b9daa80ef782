"""What stays, comes and goes: by hand, and to the letter."""

from __future__ import annotations

import pandas as pd
import pytest

from hotspots.base.errors import DataError
from hotspots.methods.stability import changes_over_time, stability

YEARS = ["2016", "2017", "2018"]
FLAGS = pd.DataFrame(
    {
        "E05000001": [True, True, True],
        "E05000002": [False, True, True],
        "E05000003": [False, False, True],
        "E05000004": [True, False, True],
        "E05000005": [True, True, False],
        "E05000006": [False, False, False],
    },
    index=YEARS,
).T


def test_kept_new_and_dropped_balance() -> None:
    found = changes_over_time(FLAGS)
    # 2016: 1, 4, 5. 2017: 1, 2, 5. 2018: 1, 2, 3, 4.
    assert found.loc["2017"].tolist() == [3, 3, 2, 1, 1, 0.5]
    assert found.loc["2018"].tolist() == [3, 4, 2, 2, 1, 0.4]
    assert (found["kept"] + found["dropped"] == found["before"]).all()
    assert (found["kept"] + found["new"] == found["after"]).all()


def test_nothing_flagged_has_no_jaccard() -> None:
    assert changes_over_time(FLAGS.iloc[[5]])["jaccard"].isna().all()


def test_each_area_in_one_word_and_in_a_sentence() -> None:
    found = stability(FLAGS)
    assert found["st_class"].astype(str).tolist() == ["always", "kept", "new", "returned", "dropped", "never"]
    assert found["st_run"].tolist() == [3, 2, 1, 1, 0, 0]
    assert found["st_longest"].tolist() == [3, 2, 1, 1, 2, 0]
    assert found["st_share"].round(2).tolist() == [1, 0.67, 0.33, 0.67, 0.67, 0]
    assert found["st_text"].tolist() == [
        "flagged in all 3 periods",
        "flagged in 2017 and 2018",
        "flagged in 2018",
        "flagged in 2016 and 2018",
        "previously flagged (2016 and 2017), no longer",
        "never flagged",
    ]


def test_flags_in_words_know_what_became_of_an_area() -> None:
    flags = pd.DataFrame(
        {
            "2017": ["significantly above", "above", "average", None],
            "2018": ["average", "below", "above", "above"],
        },
        index=list("abcd"),
    )
    assert stability(flags)["st_text"].tolist() == [
        "previously flagged (2017), now in line with the average",
        "previously flagged (2017), now below the average",
        "flagged in 2018",
        "flagged in 2018",
    ]


def test_messages() -> None:
    with pytest.raises(DataError) as caught:
        stability(FLAGS[["2016"]])
    assert caught.value.message == "there is 1 period, but stability is between two or more"
    assert caught.value.hint == "divide the incidents into more periods, such as 'periods' = \"quarter\""
    with pytest.raises(DataError) as caught:
        changes_over_time(FLAGS.replace({True: "hot", False: "average"}))
    assert caught.value.message == "the flag of 'E05000001' in 2016 is 'hot'"
    assert caught.value.hint == "give true and false, or the column 'sd_flag'"
