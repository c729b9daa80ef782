"""Charts of a whole, its districts and its areas: what months allow is told, and what they do not is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.charts import LastDay, chart_columns, files_months, find_charts, last_day
from hotspots.base.errors import ParameterError
from hotspots.publish.words.charts import charts_sentences, year_headings, year_sentence, year_words

AREAS = [f"E{k:02}" for k in range(40)]
NAMES = {code: f"Ward {code}" for code in AREAS}
DISTRICTS = pd.Series(["Stafford"] * 20 + ["Stoke"] * 20, index=AREAS)


def counts(months: int = 12, seed: int = 1, mean: float = 10, start: str = "2025-01") -> pd.DataFrame:
    values = np.random.default_rng(seed).poisson(mean, (40, months))
    return pd.DataFrame(values, index=AREAS, columns=pd.period_range(start, periods=months, freq="M"))


def spiked() -> dict[str, pd.DataFrame]:
    n = counts()
    n.loc["E07", "2025-12"] = 45
    return {"Burglary": n, "Robbery": counts(seed=2)}


def test_the_list_says_what_and_where_and_how_many_were_expected() -> None:
    said = charts_sentences(find_charts(spiked(), districts=DISTRICTS), NAMES)
    assert said[0] == "All areas: no theme is outside its range of ordinary months in December 2025."
    assert said[1].startswith(
        "Of 2 districts in 2 themes, none is unusual in December 2025: of those called so, at most"
    )
    assert said[2].startswith("Of 40 areas in 2 themes, 1 is unusual in December 2025: ")
    # The area has about 155 of 4,800 in the year, and December is of ordinary size.
    assert said[3].startswith("Burglary in Ward E07: 45 in December 2025, ")
    assert said[3].endswith(" expected.")


def test_a_layer_says_it_of_each_area() -> None:
    found = find_charts(spiked(), districts=DISTRICTS)
    table = chart_columns(found, "Burglary")
    assert table is not None
    assert table.index.tolist() == AREAS
    assert table["un_flag"].tolist().count("unusually high") == 1
    row = table.iloc[AREAS.index("E07")].to_dict()
    assert row["un_flag"] == "unusually high"
    assert row["un_score"] == table["un_score"].max() > 5
    assert row["un_text"].startswith("45 in December 2025, ")


def test_a_last_month_that_looks_incomplete_is_left_out_and_said() -> None:
    found = find_charts(spiked(), partial="2025-12")
    assert str(found.month) == "2025-11"
    assert (
        found.notes[0] == "December 2025 looks incomplete: it has under half the usual rows, and is left out."
    )


def test_a_month_without_a_file_is_said_and_is_no_month_without_incidents() -> None:
    n = counts().drop(columns=pd.Period("2025-05", freq="M"))
    found = find_charts({"Burglary": n})
    assert (
        found.notes[0] == "No file holds May 2025: they are left out, not taken as months without incidents."
    )
    assert found.areas is not None
    assert len(found.areas.months) == 11


def test_months_of_the_files_are_kept_and_others_are_not_made_up() -> None:
    monthly = pd.DataFrame(0, index=["a"], columns=pd.period_range("2025-01", "2025-04", freq="M"))
    table = pd.DataFrame({"month": pd.PeriodIndex(["2025-01"], freq="M")})
    table.attrs["months"] = ("2025-01", "2025-03")
    assert [str(month) for month in files_months(monthly, table).columns] == ["2025-01", "2025-03"]
    said = files_months(monthly, table, "2025-04")
    assert [str(month) for month in said.columns] == ["2025-01", "2025-03", "2025-04"]


def test_one_month_gives_sentences_and_no_error() -> None:
    found = find_charts({"Burglary": counts(months=1)}, districts=DISTRICTS)
    assert (found.areas, found.districts, found.whole) == (None, None, None)
    said = charts_sentences(found, NAMES)
    assert "There are no charts of areas: 1 month cannot tell what is usual." in said
    assert "There is no chart of all areas together: 1 month cannot tell what is usual in one series." in said
    # What to type is for who calls the function, not for who reads the report.
    alone = find_charts({"Burglary": counts().iloc[:1]})
    assert (
        "There are no charts of areas: one area alone cannot be held to the season of all areas."
        in alone.notes
    )
    assert chart_columns(found, "Burglary") is None


def test_no_whole_month_is_a_sentence() -> None:
    found = find_charts({"Burglary": counts(months=1)}, partial="2025-01")
    assert found.notes[-1] == "No month is whole, so there is nothing to chart."


def test_three_years_give_the_whole_its_own_season() -> None:
    month = np.tile([20, 20, 20, 20, 20, 60, 60, 20, 20, 20, 20, 20], 3)
    n = pd.DataFrame([month] * 40, index=AREAS, columns=pd.period_range("2023-01", periods=36, freq="M"))
    found = find_charts({"Burglary": n})
    assert found.whole is not None
    assert found.whole.season == "own"
    assert not found.whole.signal.any()
    assert not any("knows no season" in note for note in found.notes)


def test_a_month_that_is_high_everywhere_is_unusual_in_the_whole_alone() -> None:
    n = counts(mean=30)
    n["2025-12"] *= 3
    said = charts_sentences(find_charts({"Burglary": n}), NAMES)
    assert said[0].startswith("All areas: Burglary: ")
    assert "none is unusual in December 2025" in said[1]


def test_the_year_so_far_uses_the_months_before() -> None:
    found = find_charts(
        {"Burglary": counts(months=6)},
        earlier={"Burglary": counts(start="2024-01", seed=5)},
        districts=DISTRICTS,
    )
    rows = {row["place"]: row for row in found.years.reset_index().to_dict("records")}
    row = rows["All areas"]
    assert row["ytd_before"] == counts(start="2024-01", seed=5).iloc[:, :6].to_numpy().sum()
    sentence = year_sentence(row, found.years)
    assert " incidents in January 2025 to June 2025, " in sentence
    # 2024 had a 29 February, and files of months do not tell which incidents were on it.
    assert " in the same months, all whole, a year before, which had a 29 February besides (" in sentence
    assert year_words(found.years) == (
        "Whole months are compared with whole months. The year before had a 29 February besides."
    )
    assert sentence.endswith(" in the whole year, by the season of the years before.")
    assert rows["Stafford"]["year_lo"] < rows["Stafford"]["year_hi"]


def test_by_limits_the_list_says_how_many_chance_would_give() -> None:
    said = charts_sentences(find_charts(spiked(), flagged_by="limits"), NAMES)
    assert any("by chance alone about 0.2 would be" in line for line in said)


@pytest.mark.parametrize("wrong", [{"season": "mine"}, {"rebase": ["2020-01"]}])
def test_a_wrong_option_is_still_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        find_charts(spiked(), **wrong)


def dated(*days: str) -> pd.DataFrame:
    dates = pd.to_datetime(pd.Series(days))
    return pd.DataFrame({"date": dates, "month": dates.dt.to_period("M")})


def test_the_last_day_is_that_of_the_last_month() -> None:
    assert last_day(dated("2024-03-30", "2025-02-01", "2025-03-02", "2025-03-17")) == (
        pd.Period("2025-03"),
        17,
    )


@pytest.mark.parametrize(
    "rows",
    [
        dated("2025-03-01", "2024-03-01"),  # months written as their first days
        dated("2025-03-02", "2025-03-31"),  # a whole month
        dated("2024-03-05", "2025-03-02", "2025-03-17").assign(
            date=lambda rows: rows["date"].where(rows.index > 0)
        ),
        dated("2025-03-02").drop(columns="date"),
    ],
)
def test_whole_months_and_months_without_days_have_no_last_day(rows: pd.DataFrame) -> None:
    assert last_day(rows) is None


def test_a_last_month_that_is_cut_counts_for_the_year_though_it_is_not_charted() -> None:
    # 40 areas with 2 a month; by 10 July one each, of both years.
    months = pd.period_range("2024-01", "2025-07", freq="M")
    n = pd.DataFrame(2, index=AREAS, columns=months)
    n["2025-07"] = 1
    early = pd.DataFrame(1, index=AREAS, columns=pd.PeriodIndex(["2024-07", "2025-07"], freq="M"))
    july = pd.Period("2025-07")
    found = find_charts({"": n}, districts=DISTRICTS, partial="2025-07", cut=LastDay(july, 10, {"": early}))
    assert found.month == pd.Period("2025-06")
    rows = {row["place"]: row for row in found.years.reset_index().to_dict("records")}
    assert rows["All areas"]["ytd"] == 40 * (12 + 1)
    assert rows["Stoke"]["ytd_before"] == 20 * (12 + 1)
    sentence = year_sentence(rows["All areas"], found.years)
    assert sentence.startswith(
        "520 incidents from 1 January 2025 to 10 July 2025, 520 from the same day to the same day a year before, "
        "which had a 29 February besides (+0%, limits "
    )
    assert year_words(found.years).startswith(
        "Both years count up to 10 July, the last day that the files have. "
    )
    assert year_headings(found.years)[0] == "1 Jan to 10 Jul 2025"
    # A month that is said to be covered, and has no incident, is the last one: nothing is cut.
    n[july + 1] = 0
    assert not find_charts({"": n}, cut=LastDay(july, 10, {"": early})).years.attrs["cut"]
