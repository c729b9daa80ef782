"""Partnerships in the report: sentences that say what the table does, and sections that stand only where they can."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import box

from hotspots.analysis.profile import FORCE, TOTAL, make_profile
from hotspots.publish.report.partnerships import partnership_sections, profile_section
from hotspots.publish.words.profile import mix_words, period_words, standing_words

WARDS = gpd.GeoDataFrame(
    {"district": ["Town", "Vale"], "name": ["High", "Hill"], "population": [10_000.0, 10_000.0]},
    index=pd.Index(["E05000001", "E05000002"], name="code"),
    geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
    crs="EPSG:27700",
)
COUNTS = pd.DataFrame(
    {"Burglary": [300, 9], "Violence and sexual offences": [700, 4], "Anti-social behaviour": [50, 50]},
    index=WARDS.index,
)
RATES = pd.DataFrame(
    {"England": [40.0, 15.0, 90.0, 5.0]},
    index=[TOTAL, "Burglary", "Violence and sexual offences", "Anti-social behaviour"],
)


def profile(**options: Any) -> Any:
    RATES.attrs["periods"] = {"England": "2024/25"}
    return make_profile(COUNTS, WARDS, comparators=RATES, **{"months": 12, **options})


def analysis(held: Any) -> Any:
    flagged = WARDS.assign(n=[1000, 13], sd_flag=["significantly above", "average"])
    theme = SimpleNamespace(name="All crime", layers=[SimpleNamespace(table=flagged, label="Wards")])
    return SimpleNamespace(profile=held, themes=[theme])


def test_the_mix_in_words_and_no_percentage_from_under_ten() -> None:
    assert mix_words(profile(), "Town") == (
        "Violence and sexual offences are 70% of all crime in Town (700 of 1,000), followed by Burglary 30%."
    )
    assert mix_words(profile(), "Vale") == (
        "13 crimes were recorded in Vale, too few of any one kind for percentages."
    )


def test_similar_is_said_only_within_limits() -> None:
    # Town: 100, 30 and 70 per 1,000 beside 40, 15 and 90; disorder is 5.0 in both.
    assert standing_words(profile(), "Town", "England") == (
        "The rate of recorded crime, 100.0 per 1,000 people a year, is statistically above that of England (40.0; a "
        "difference of +60.0 points). Statistically above England, with the difference in points: Burglary (+15.0). "
        "Statistically below England, with the difference in points: Violence and sexual offences (\u221220.0)."
    )
    assert "is statistically above that of the force" in standing_words(profile(), "Town", FORCE)


def test_a_month_against_a_year_says_that_seasons_differ() -> None:
    period, recorded = period_words(profile())
    assert period == "England: 2024/25."
    assert recorded == (
        "Police recorded crime is not police.uk's street-level counts: a lookup puts its offences in police.uk's "
        "categories, the two are revised at different times, and it has no anti-social behaviour."
    )
    assert "the season is part of the difference" in period_words(profile(months=6))[1]


def test_sections_and_their_tables() -> None:
    whole, each = profile_section(analysis(profile())), partnership_sections(analysis(profile()))
    assert whole is not None
    assert each is not None
    assert [part.title for part in each.parts] == ["Town", "Vale"]
    texts, table = each.parts[0].blocks
    assert isinstance(texts.texts[-1], str)  # type: ignore[union-attr]
    assert texts.texts[-1] == "Wards significantly above the average, All crime: High."  # type: ignore[union-attr]
    assert table.headings[-2:] == [FORCE, "England"]  # type: ignore[union-attr]
    assert table.rows[1][:5] == ["Burglary", "300", "30%", "30.0", "15.4 above"]  # type: ignore[union-attr]
    assert each.parts[1].blocks[1].rows[1][:3] == ["Burglary", "9", ""]  # type: ignore[union-attr]


def test_nothing_to_show_is_no_section() -> None:
    assert profile_section(analysis(None)) is None
    assert partnership_sections(analysis(None)) is None
    alone = make_profile(COUNTS[:1], WARDS[:1], months=12)
    assert profile_section(analysis(alone)) is None
    assert FORCE not in alone.comparators
