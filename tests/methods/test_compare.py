"""Against a comparator: by hand, by the interval's own definition, and the 2019 table of rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hotspots.base.errors import DataError, ParameterError
from hotspots.counting.rates import rate, rate_limits
from hotspots.methods.compare import compare_categories, compare_rate


def series(*values: float) -> pd.Series[Any]:
    return pd.Series(values, index=[f"E0500000{i}" for i in range(len(values))], dtype="float64")


def test_a_fixed_rate_is_similar_while_inside_the_limits_of_the_rate() -> None:
    # 65 among 1,000 people: limits 50.16 and 82.85.
    n, people = series(65), series(1000)
    for comparator, flag in ((50.1, "above"), (50.2, "similar"), (82.8, "similar"), (82.9, "below")):
        assert compare_rate(n, people, months=12, comparator=comparator)["cmp_flag"].tolist() == [flag]
    row = compare_rate(n, people, months=12, comparator=50.0).iloc[0]
    assert row["cmp_ratio"] == pytest.approx(1.3)
    assert row["cmp_lo"] == pytest.approx(stats.gamma.ppf(0.025, 65) / 50)
    assert row["cmp_rate"] == 50
    byar = compare_rate(n, people, months=12, comparator=50.0, limits="byar").iloc[0]
    assert byar["cmp_lo"] == pytest.approx(50.1631877 / 50)


def test_a_dispersion_widens_the_limits_of_either_kind_of_comparator() -> None:
    # 65 against 50: clear of chance, but not where counts vary twice as much: 2 · gamma(32.5) = 44.6 to 91.5.
    n, people = series(65), series(1000)
    assert compare_rate(n, people, months=12, comparator=50.0)["cmp_flag"].tolist() == ["above"]
    row = compare_rate(n, people, months=12, comparator=50.0, dispersion=2).iloc[0]
    assert row["cmp_flag"] == "similar"
    assert row["cmp_lo"] == pytest.approx(2 * stats.gamma.ppf(0.025, 32.5) / 50)
    counted: dict[str, Any] = {"months": 12, "comparator": (500, 10_000)}
    assert compare_rate(n, people, **counted)["cmp_flag"].tolist() == ["similar"]
    one, two = (compare_rate(n, people, **counted, dispersion=phi).iloc[0] for phi in (1, 2))
    assert two["cmp_lo"] < one["cmp_lo"]
    assert two["cmp_hi"] > one["cmp_hi"]


def test_each_offence_type_has_its_own_dispersion() -> None:
    n = pd.Series({"Burglary": 65, "Robbery": 65})
    comparators = pd.DataFrame({"All": [50.0, 50.0]}, index=n.index)
    options: dict[str, Any] = {"months": 12, "comparators": comparators}
    assert compare_categories(n, 1000, **options)["Against All"].tolist() == ["above", "above"]
    spread = pd.Series({"Robbery": 2.0})
    table = compare_categories(n, 1000, **options, dispersion=spread)
    assert table["Against All"].tolist() == ["above", "similar"]


@settings(max_examples=60)
@given(
    counts=st.lists(st.integers(0, 400), min_size=1, max_size=10),
    comparator=st.floats(0.1, 400),
    months=st.integers(1, 24),
)
def test_the_flag_agrees_with_the_limits_of_the_rate(counts: list[int], comparator: Any, months: int) -> None:
    n, people = series(*counts), series(*[1000] * len(counts))
    flags = compare_rate(n, people, months=months, comparator=comparator)["cmp_flag"]
    limits = rate_limits(n, people, months=months)
    near = np.isclose(limits, comparator, rtol=1e-9).any(axis=1)
    assert ((flags == "above") == (limits["rate_lo"] > comparator))[~near].all()
    assert ((flags == "below") == (limits["rate_hi"] < comparator))[~near].all()


@settings(max_examples=60)
@given(
    x=st.integers(0, 200),
    others=st.integers(0, 2000),
    people=st.integers(1, 50),
    residents=st.integers(1, 500),
)
def test_a_counted_comparator_is_tested_by_the_exact_binomial(
    x: int, others: int, people: int, residents: int
) -> None:
    result = compare_rate(series(x), series(people), months=12, comparator=(others, residents)).iloc[0]
    share = people / (people + residents)
    if x + others == 0:
        assert result["cmp_flag"] == "similar"
        return
    above = stats.binom.sf(x - 1, x + others, share)
    below = stats.binom.cdf(x, x + others, share)
    if min(abs(above - 0.025), abs(below - 0.025)) > 1e-9:
        assert result["cmp_flag"] == ("above" if above < 0.025 else "below" if below < 0.025 else "similar")


def test_the_rest_leaves_the_area_itself_out() -> None:
    # The first: 40 of 1,000; the rest: 60 of 3,000, which is 20 per 1,000.
    result = compare_rate(
        series(40, 20, 40, 9), series(1000, 1000, 2000, np.nan), months=12, comparator="rest"
    )
    assert result["cmp_rate"].iloc[0] == pytest.approx(20)
    assert result["cmp_ratio"].iloc[0] == pytest.approx(2)
    assert result["cmp_flag"].iloc[0] == "above"
    assert pd.isna(result["cmp_flag"].iloc[3])
    alone = compare_rate(series(40), series(1000), months=12, comparator=(60, 3000))
    assert result["cmp_lo"].iloc[0] == pytest.approx(alone["cmp_lo"].iloc[0])


def test_a_margin_asks_for_more_than_clear() -> None:
    n, people = series(86_000), series(1_130_000)
    assert rate(n, people, months=12).round(1).tolist() == [76.1]
    for comparator, margin, flag in ((78.2, 0, "below"), (78.2, 0.05, "similar"), (89.5, 0.05, "below")):
        result = compare_rate(n, people, months=12, comparator=comparator, margin=margin)
        assert result["cmp_flag"].tolist() == [flag]


REFUSED = [
    (0.0, "the comparator's rate is 0", "give a rate per 1,000 people a year, such as 89.5"),
    ("rest", "fewer than 2 areas have a rate: there is no rest", "compare with a rate"),
    ("others", "the comparator is 'others'", "give a rate, a pair of counts, or 'rest'"),
    (
        (5, 0),
        "the comparator has 5 incidents among 0 people",
        "give a count of 0 or more and a population over 0",
    ),
]


@pytest.mark.parametrize(("comparator", "message", "hint"), REFUSED)
def test_comparators_that_make_no_sense_are_refused(comparator: Any, message: str, hint: str) -> None:
    with pytest.raises((DataError, ParameterError)) as caught:
        compare_rate(series(10), series(1000), months=12, comparator=comparator)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_margin_is_a_share() -> None:
    with pytest.raises(ParameterError) as caught:
        compare_rate(series(10), series(1000), months=12, comparator=5.0, margin=5)
    assert caught.value.message == "'margin' is 5"
    assert caught.value.hint == "use a share from 0, such as 'margin' = 0.05"


def test_a_table_of_rates_and_counts_beside_each_other() -> None:
    comparators = pd.DataFrame(
        {
            "England & Wales": [7.2, np.nan],
            "Neighbour n": [5900.0, 800.0],
            "Neighbour population": [1_000_000.0, 1_000_000.0],
        },
        index=["burglary ", "ROBBERY"],
    )
    n = pd.Series({"Burglary": 5200, "Robbery": 850, "Drugs": 10})
    table = compare_categories(n, 1_000_000, months=12, comparators=comparators, name="Abbeyshire")
    assert table.index.name == "Offence Type"
    assert table.columns.tolist() == [
        "Abbeyshire", "England & Wales", "Neighbour", "Against England & Wales", "Against Neighbour",
    ]  # fmt: skip
    assert list(table.loc["Burglary"]) == [5.2, 7.2, 5.9, "below", "below"]
    assert table.loc["Robbery", "Neighbour"] == pytest.approx(0.8)
    assert table.loc["Robbery", "Against Neighbour"] == "similar"
    assert table["Against England & Wales"].isna()["Robbery"]
    assert table.loc["Drugs", ["England & Wales", "Against Neighbour"]].isna().all()


def test_comparators_of_other_offences_are_refused() -> None:
    n = pd.Series({"Burglary": 52})
    with pytest.raises(DataError) as error:
        compare_categories(n, 1000, months=12, comparators=pd.DataFrame({"E": [1.0]}, index=["Fraud"]))
    assert error.value.message == "no offence type is among the comparators' ('Burglary' and 'Fraud')"
    assert error.value.hint == "name the offence types alike in both"
    with pytest.raises(DataError) as error:
        compare_categories(
            n, 1000, months=12, comparators=pd.DataFrame({"E": [1.0, 2.0]}, index=["Burglary", "burglary"])
        )
    assert error.value.message == "the comparators hold 'burglary' twice"


@settings(max_examples=60)
@given(
    counts=st.lists(st.integers(0, 400), min_size=2, max_size=8),
    base=st.sampled_from([5, 10]),
    comparator=st.sampled_from([40.0, 90.0, (500, 10_000), "rest"]),
)
def test_a_flag_of_rounded_counts_is_that_of_the_exact_ones_or_none(
    counts: list[int], base: int, comparator: Any
) -> None:
    exact, people = series(*counts), series(*[1000] * len(counts))
    shown = np.floor((2 * exact + base) / (2 * base)) * base
    ends = (shown - base // 2, shown + (base - 1) // 2)
    options: dict[str, Any] = {"months": 12, "comparator": comparator}
    cautious = compare_rate(shown, people, **options, ends=ends)
    plain = compare_rate(exact, people, **options)
    marked = (cautious["cmp_flag"] != "similar").to_numpy()
    assert (cautious["cmp_flag"][marked] == plain["cmp_flag"][marked]).all()
    assert (cautious["cmp_lo"].fillna(0) <= plain["cmp_lo"].fillna(0) + 1e-9).all()
    assert (cautious["cmp_hi"].fillna(np.inf) >= plain["cmp_hi"].fillna(np.inf) - 1e-9).all()


def test_a_comparators_count_may_be_off_too() -> None:
    # 65 among 1,000 against 380 to 400 among 10,000: 380 leaves the lower limit of the ratio where it was at most.
    n, people = series(65), series(1000)
    options: dict[str, Any] = {"months": 12}
    off = compare_rate(n, people, comparator=(390, 10_000), off_by=10, **options).iloc[0]
    more = compare_rate(n, people, comparator=(400, 10_000), **options).iloc[0]
    fewer = compare_rate(n, people, comparator=(380, 10_000), **options).iloc[0]
    assert off["cmp_ratio"] == pytest.approx(65 / 39)
    assert (off["cmp_lo"], off["cmp_hi"]) == (more["cmp_lo"], fewer["cmp_hi"])
