"""Hidden counts given back by columns whose rule has numbers that nobody printed: shown counts tell them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.audit.audit import audit_folders
from hotspots.disclosure.rules import profile
from hotspots.export.tables.csv import write_csv
from hotspots.methods.funnel import Overdispersion, funnel
from hotspots.methods.risk.measure import risk
from hotspots.methods.smooth import smooth_rates

from .conftest import LSOAS, Publish, blanked, counts, rates, rounded, table
from .test_attacks import CODES, SMALL, TO_TEN, UNDER_5, by, given

HIDDEN = blanked(counts(), SMALL)
EXACT = {CODES[0]: (3, 3), CODES[1]: (2, 2), CODES[2]: (4, 4)}
PLAN = {"indicator": [{"name": "Break-ins", "category": ["Burglary"], "measure": "rate"}], "periods": "year"}


def only(publish: Publish, *, name: str = "public", **columns: object) -> Path:
    """Publish a table of LSOAs alone."""
    return publish({"lsoas": table(LSOAS, **columns)}, name=name, as_geopackage=False)


def sixteen(n: list[float | None], people: list[float], **columns: object) -> gpd.GeoDataFrame:
    """Return a table of made-up areas."""
    made: gpd.GeoDataFrame = table(
        LSOAS.assign(population=people), n=pd.Series(n, LSOAS.index, dtype=float), **columns
    )
    return made


def test_an_indicator_of_the_plan_gives_hidden_counts_back(publish: Publish) -> None:
    # LSOA 1: 3 burglaries in 3 months among 1,503 people are 7.984 a year: 7.984 x 1,503 x 3 / 12,000 = 3.000.
    of = {"plan": PLAN, "as_geopackage": False}
    layers = {"lsoas": table(LSOAS, n=HIDDEN)}
    marked = {"priorities": table(LSOAS, i_break_in=rates(counts(), LSOAS).round(3))}
    audit = audit_folders([publish(layers | marked, **of)], rules=UNDER_5)
    assert given(audit) == EXACT
    assert by(audit) == {"tables/burglary_priorities.csv, column 'i_break_in'"}
    to_ten = {"lsoas": table(LSOAS, n=rounded(counts()))}
    marked = {"priorities": table(LSOAS, i_break_in=rates(rounded(counts()), LSOAS))}
    assert audit_folders([publish(to_ten | marked, name="safe", **of)], rules=TO_TEN).passed


def test_an_indicator_of_its_own_categories_is_a_count_of_its_own(publish: Publish) -> None:
    plan = {"indicator": [{"name": "Rob", "category": ["Robbery"], "measure": "n"}], "periods": "month"}
    # 12 a year of March alone is 1.
    made = table(LSOAS, n=rounded(counts()), i_rob=[12.0, *[0.0] * 15])
    audit = audit_folders([publish({"lsoas": made}, plan=plan, as_geopackage=False)], rules=TO_TEN)
    cells = audit.cells.set_index(["theme", "area", "period"]).loc["i_rob"].xs("2025-03", level="period")
    assert cells.loc[LSOAS.index[0], ["low", "high", "state"]].tolist() == [1, 1, "given back"]


def test_a_place_by_rate_between_two_that_are_known_gives_a_hidden_count_back(publish: Publish) -> None:
    # 102 of 25,000 people are 4.08 per 1,000 and 98 are 3.92: of 1,000 people between them there are 4.
    n: list[float | None] = [102, None, 98, *[10.0 * k for k in range(1, 14)]]
    people = [25_000.0, 1_000, 25_000, *[10_000.0] * 13]
    counted = np.array([102, 4, 98, *[10 * k for k in range(1, 14)]])
    rank = pd.Series(-counted / people).rank().astype(int).to_numpy()
    plain = {"lsoas": sixteen(n, people)}
    assert audit_folders([publish(plain, as_geopackage=False)], rules=UNDER_5).passed
    audit = audit_folders(
        [publish({"lsoas": sixteen(n, people, rank=rank)}, name="ranked", as_geopackage=False)],
        rules=UNDER_5,
    )
    assert given(audit) == {LSOAS.index[1]: (4, 4)}
    assert by(audit) == {"tables/burglary_lsoas.csv, column 'rank'"}
    to_ten = rounded(counted)
    rank = pd.Series(-to_ten / people).rank(method="first").astype(int).to_numpy()
    safe = {"lsoas": sixteen(to_ten.tolist(), people, rank=rank)}
    assert audit_folders([publish(safe, name="safe", as_geopackage=False)], rules=TO_TEN).passed


def test_a_rising_order_of_hidden_counts_gives_them_back(publish: Publish) -> None:
    # Sixteen areas of 1,000 people. Four hidden ones lie in order between a 0 and a 5: 1, 2, 3 and 4.
    counted = np.array([0, 1, 2, 3, 4, 5, *range(10, 110, 10)])
    n: list[float | None] = [None if 0 < value < 5 else float(value) for value in counted]
    people = [1_000.0] * 16
    times = risk(pd.Series(counted, LSOAS.index), pd.Series(people, LSOAS.index), months=3)["rk_times"].round(
        2
    )
    folder = publish({"lsoas": sixteen(n, people, rk_times=times)}, as_geopackage=False)
    audit = audit_folders([folder], rules=UNDER_5)
    assert given(audit) == {LSOAS.index[k]: (k, k) for k in range(1, 5)}
    assert by(audit) == {"tables/burglary_lsoas.csv, column 'rk_times'"}
    # Where neighbours share their risk, its order is not that of the counts.
    told = {"recipe": {"risk": {"model": "bym2"}}}
    folder = publish(
        {"lsoas": sixteen(n, people, rk_times=times)}, name="shared", as_geopackage=False, **told
    )
    assert audit_folders([folder], rules=UNDER_5).passed


def test_smoothed_rates_give_hidden_counts_back(publish: Publish) -> None:
    # The known thirteen tell the two numbers by which all rates are drawn together; they give back the other three.
    smoothed = smooth_rates(pd.Series(counts(), LSOAS.index), LSOAS["population"], months=3).round(2)
    audit = audit_folders([only(publish, n=HIDDEN, rate_eb=smoothed)], rules=UNDER_5)
    assert given(audit) == EXACT
    assert by(audit) == {"tables/burglary_lsoas.csv, column 'rate_eb'"}
    to_ten = pd.Series(rounded(counts()), LSOAS.index)
    smoothed = smooth_rates(to_ten, LSOAS["population"], months=3)
    safe = only(publish, name="safe", n=to_ten, rate_eb=smoothed)
    assert audit_folders([safe], rules=TO_TEN).passed


def test_smoothed_rates_of_exact_counts_are_told_from_those_of_rounded_ones(publish: Publish) -> None:
    smoothed = smooth_rates(pd.Series(counts(), LSOAS.index), LSOAS["population"], months=3)
    audit = audit_folders([only(publish, n=rounded(counts()), rate_eb=smoothed)], rules=TO_TEN)
    assert audit.columns.set_index("column").loc["rate_eb", "found"] == "made from exact counts"
    assert not audit.passed


@pytest.mark.parametrize("way", ["none", "spiegelhalter"])
def test_scores_of_a_funnel_give_hidden_counts_back(publish: Publish, way: Overdispersion) -> None:
    # LSOA 1 of chance alone: e = 1,503 x 3 x rate / 12,000, and z = (3 - e) / sqrt(e), so that e + z sqrt(e) = 3.
    n, people = pd.Series(counts(), LSOAS.index), LSOAS["population"]
    made = funnel(n, people, months=3, overdispersion=way)[["fn_expect", "fn_hi95", "fn_z"]].round(4)
    audit = audit_folders([only(publish, n=HIDDEN, **made)], rules=UNDER_5)
    assert given(audit) == EXACT
    assert by(audit) == {"tables/burglary_lsoas.csv, column 'fn_z'"}
    to_ten = pd.Series(rounded(counts()), LSOAS.index)
    made = funnel(to_ten, people, months=3, overdispersion=way)[["fn_expect", "fn_hi95", "fn_z"]]
    assert audit_folders([only(publish, name="safe", n=to_ten, **made)], rules=TO_TEN).passed


def test_rates_of_a_period_that_is_not_told_give_hidden_counts_back(tmp_path: Path) -> None:
    # A table by itself. Of thirteen areas count and rate are known, which tells the period, and with it the others.
    made = table(LSOAS, n=HIDDEN, rate=rates(counts(), LSOAS).round(1))
    write_csv(pd.DataFrame(made.drop(columns="geometry")), tmp_path / "burglary_lsoas.csv")
    assert given(audit_folders([tmp_path], rules=UNDER_5)) == EXACT


def test_columns_made_of_rounded_counts_follow_from_them(publish: Publish) -> None:
    to_ten, people = pd.Series(rounded(counts()), LSOAS.index), LSOAS["population"]
    made = risk(to_ten, people, months=3, rounded=10).drop(columns="rk_class")
    scored = funnel(to_ten, people, months=3).drop(columns="fn_flag")
    audit = audit_folders([only(publish, n=to_ten, **made, **scored)], rules=profile("documents"))
    assert audit.passed
    found = audit.columns.set_index("column")["found"]
    assert set(found.drop("n")) == {"follows from the counts shown"}
