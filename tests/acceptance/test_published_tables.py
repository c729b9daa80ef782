"""The tables of the 2019 strategic assessment of Staffordshire, reproduced from their own numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.export.tables.flag_table import flag_table_text, make_flag_table
from hotspots.methods.compare import compare_categories
from hotspots.methods.meansd import flag_mean_sd

DATA = Path(__file__).with_name("data")
WARDS = pd.read_csv(DATA / "ward_tables_2019.csv")

# What the printed flags imply: mean + 1 SD is under the lowest "above", mean + 2 SD between the two kinds.
IMPLIED = {"crime": (143.6, 200.0, 217.1), "asb": (59.0, 82.1, 93.4)}
OVERALL = {"crime": 76.1, "asb": 32.6}


def printed(table: str) -> pd.DataFrame:
    return WARDS[WARDS["table"] == table].reset_index(drop=True)


def a_force(table: str, number: int, second: float) -> pd.Series[Any]:
    """Return rates of a possible force: the printed wards last, mean + 2 SD at `second`, no other ward above."""
    first = IMPLIED[table][0]
    high = printed(table)["rate"].to_numpy()
    total = number + len(high)
    for mean in np.linspace(0.5, 1.0, 51) * OVERALL[table]:
        sd = (second - mean) / 2
        middle = (mean * total - high.sum()) / number
        squares = (sd**2 * (total - 1) + total * mean**2 - (high**2).sum()) / number - middle**2
        # A quarter of the others high, three quarters low: skewed, as rates of crime are.
        pattern = np.tile([3**0.5, -(3**-0.5), -(3**-0.5), -(3**-0.5)], number // 4)
        others = middle + max(squares, 0) ** 0.5 * pattern
        if squares > 0 and others.min() > 0 and max(others.max(), mean + sd) < first:
            return pd.Series(np.concatenate([others, high]))
    raise AssertionError(f"no force has its threshold at {second}")


@pytest.mark.parametrize(
    ("table", "significant", "above", "highest", "lowest"),
    [("crime", 8, 8, 533.6, 143.6), ("asb", 7, 17, 223.4, 59.0)],
)
def test_the_fixture_is_the_printed_table(
    table: str, significant: int, above: int, highest: float, lowest: float
) -> None:
    rows = printed(table)
    assert rows["difference"].value_counts().to_dict() == {"Significantly above": significant, "Above": above}
    assert (rows["rate"].iloc[0], rows["rate"].iloc[-1]) == (highest, lowest)
    assert (np.diff(rows["rate"]) <= 0).all()
    assert (rows["count"] % 10 == 0).all()


@pytest.mark.parametrize("table", ["crime", "asb"])
def test_the_table_is_printed_as_it_was(table: str) -> None:
    rows = printed(table)
    layer = pd.DataFrame(
        {
            "name": rows["ward"],
            "district": rows["partnership_area"],
            "n": rows["count"],
            "rate": rows["rate"],
            "sd_flag": rows["difference"].str.lower(),
        }
    )
    quiet = pd.DataFrame(
        {"name": ["Quiet"], "district": ["Stafford"], "n": [30], "rate": [5.0], "sd_flag": ["average"]}
    )
    made = make_flag_table(pd.concat([quiet, layer], ignore_index=True))
    assert made.columns.tolist() == [
        "Ward Name",
        "Partnership Area",
        "Count (rounded) + rate per 1,000 population",
        "Difference to ward average",
    ]
    assert len(made) == len(rows)
    for found, expected in zip(made.itertuples(index=False), rows.itertuples(), strict=True):
        cell = f"{expected.count:,} ({expected.rate} per 1,000)"
        assert tuple(found) == (expected.ward, expected.partnership_area, cell, expected.difference)


def test_lines_as_the_document_has_them() -> None:
    crime = printed("crime")
    flagged = crime.assign(sd_flag=crime["difference"].str.lower(), n=crime["count"])
    made = make_flag_table(flagged.rename(columns={"ward": "name", "partnership_area": "district"}))
    assert (
        "\t".join(made.iloc[0])
        == "Joiner's Square\tStoke-on-Trent\t3,460 (533.6 per 1,000)\tSignificantly above"
    )
    assert "\t".join(made.iloc[9]) == "Stowe\tLichfield\t930 (182.6 per 1,000)\tAbove"
    text = flag_table_text(made, title="Overall Crime: Ward-level count and rate, 2018-19")
    assert text.splitlines()[0] == "Overall Crime: Ward-level count and rate, 2018-19"
    assert text.splitlines()[-1] == (
        "Difference is calculated as above the mean plus one increment of ward-level standard deviation. "
        "Significant difference is calculated as above the mean plus two increments of ward-level standard deviation."
    )
    assert re.search(
        r"^Burton +East Staffordshire +1,670 \(432\.3 per 1,000\) +Significantly above$", text, re.M
    )


@pytest.mark.parametrize(("table", "number"), [("crime", 180), ("asb", 172)])
@pytest.mark.parametrize("at", [0.02, 0.5, 0.98])
def test_any_force_within_the_implied_thresholds_gets_the_printed_flags(
    table: str, number: int, at: float
) -> None:
    """With the other wards such that mean + 2 SD lies between the two kinds of flag, every flag is as printed."""
    first, below, over = IMPLIED[table]
    second = below + at * (over - below)
    rates = a_force(table, number, second)
    result = flag_mean_sd(rates)
    assert result["sd_signif"].iloc[0] == pytest.approx(second)
    assert below <= result["sd_signif"].iloc[0] < over
    assert result["sd_above"].iloc[0] <= first
    assert (
        result["sd_flag"].iloc[number:].astype(str).str.capitalize().tolist()
        == printed(table)["difference"].tolist()
    )
    assert not result["sd_flag"].iloc[:number].isin(["above", "significantly above"]).any()


def test_both_tables_imply_one_population_for_each_ward() -> None:
    """Counts are rounded to 10 and rates to 0.1, so each gives a range of populations: of a ward, the two overlap."""
    ranges: dict[tuple[str, str], list[tuple[float, float]]] = {}
    columns = (WARDS[name] for name in ("ward", "partnership_area", "count", "rate"))
    for ward, area, count, rate in zip(*columns, strict=True):
        span = 1000 * (count - 5) / (rate + 0.05), 1000 * (count + 5) / (rate - 0.05)
        ranges.setdefault((ward, area), []).append(span)
    twice = {ward: spans for ward, spans in ranges.items() if len(spans) == 2}
    assert len(twice) == 13
    for spans in twice.values():
        assert max(low for low, _ in spans) <= min(high for _, high in spans)
    low, high = (
        limit(span[place] for span in twice["Joiner's Square", "Stoke-on-Trent"])
        for limit, place in ((max, 0), (min, 1))
    )
    assert (round(low), round(high)) == (6474, 6494)


def test_the_table_of_rates() -> None:
    """The force's printed rates beside the printed comparators: same layout, and who is clearly above or below."""
    table = pd.read_csv(DATA / "table_of_rates_2019.csv", index_col="category")
    population = 1_125_000  # 36,680 anti-social behaviour incidents at 32.6 per 1,000
    n = (table["Staffordshire Force"] * population / 1000).round().astype(int)
    made = compare_categories(
        n, population, months=12, comparators=table.iloc[:, 1:], name="Staffordshire Force", margin=0.02
    )
    assert made.columns[:3].tolist() == table.columns.tolist()
    pd.testing.assert_frame_equal(made.iloc[:, :3].round(1), table, check_names=False, check_index_type=False)
    against = made["Against England & Wales"]
    assert against["Total Recorded Crime"] == "below"
    assert against["Violence against the Person"] == "similar"
    assert against["Vehicle Offences"] == against["Burglary"] == against["Drug Offences"] == "below"
    assert against["Total Anti-social Behaviour (ASB)"] == "above"
    assert against["Violence against the Person - Stalking and Harassment"] == "above"
    assert made["Against Similar Forces"]["Total Anti-social Behaviour (ASB)"] == "above"
    assert against[table["England & Wales"].isna()].isna().all()
