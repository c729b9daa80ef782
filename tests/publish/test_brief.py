"""The brief in words: its title, its outcome, why each area, and the method, for readers without statistics."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.classes import FIFTHS
from hotspots.priorities.plan import parse_plan
from hotspots.publish.words.brief import brief_note, brief_reasons, brief_summary, brief_title

CODES = pd.Index([f"E0500000{i}" for i in range(1, 6)], name="code")


def entry(name: str, *, weight: float = 1.0, incidents: str | None = None) -> Any:
    return SimpleNamespace(name=name, weight=weight, incidents=incidents)


def priorities(**changed: Any) -> Any:
    """Five wards of two districts: two are force-wide, one is local, and the first is borderline."""
    layer = gpd.GeoDataFrame(
        {
            "name": list("ABCDE"),
            "district": ["Moor", "Moor", "Vale", "Vale", "Vale"],
            "selected": [True, True, True, False, False],
            "borderline": [True, False, False, False, False],
            "reason": [f"2.1 SD {name}." for name in "ABCDE"],
        },
        index=CODES,
        geometry=[box(i, 0, i + 1, 1) for i in range(5)],
        crs="EPSG:27700",
    )
    entries = [entry("Overall crime"), entry("ASB")]
    held = {
        "layer": layer,
        "selection": pd.DataFrame({"priority": ["force-wide", "force-wide", "local", "", ""]}, index=CODES),
        "held": SimpleNamespace(areas=3, incidents=0.512, population=0.23, ground=0.001),
        "indicators": SimpleNamespace(entries=entries),
        "flags": pd.DataFrame(False, index=CODES, columns=["2025 Q1", "2025 Q2"]),
        "noun": "ward",
        "wide": "force-wide",
        "plain": pd.Series([f"Stands out {name}." for name in "ABCDE"], index=CODES),
    }
    return SimpleNamespace(**{**held, **changed})


def test_it_is_titled_by_its_partnership_where_the_areas_are_of_one() -> None:
    made = priorities()
    assert brief_title(made, "2025") == "Priority wards, 2025"
    one = priorities(layer=made.layer[made.layer["district"] == "Vale"], noun="LSOA")
    assert brief_title(one, "June 2025") == "Vale: priority LSOAs, June 2025"
    assert brief_title(priorities(layer=made.layer.assign(district=""), noun="LSOA"), "") == "Priority LSOAs"


def test_the_outcome_without_statistics() -> None:
    assert brief_summary(priorities()) == [
        "Of the 5 wards of Moor and Vale, 3 are selected: 2 because they stand out of all (force-wide) and 1 for "
        "standing out in its own district (local)",
        "Together they hold 51% of the incidents and 23% of the people, on under 1% of the ground",
        "1 of them is borderline: its chance of selection is under 80%",
    ]


def test_the_outcome_of_one_of_none_and_of_a_budget() -> None:
    made = priorities()
    first = made.layer.index == CODES[0]
    one = priorities(
        layer=made.layer.assign(selected=first),
        held=SimpleNamespace(areas=1, incidents=0.3, population=float("nan"), ground=0.2),
        wide="overall",
    )
    assert brief_summary(one) == [
        "Of the 5 wards of Moor and Vale, 1 is selected: 1 because it stands out of all (overall)",
        "It holds 30% of the incidents, on 20% of the ground",
        "It is borderline: its chance of selection is under 80%",
    ]
    none = priorities(held=SimpleNamespace(areas=0))
    assert brief_summary(none) == ["Of the 5 wards of Moor and Vale none is selected"]
    budget = priorities(selection=pd.DataFrame({"priority": ["force-wide", "", "", "", ""]}, index=CODES))
    assert brief_summary(budget)[0].endswith(
        "3 are selected: 1 because it stands out of all (force-wide) and 2 as next in rank within the budget"
    )


def analysis(**held: Any) -> Any:
    rows = pd.DataFrame(
        {
            "ch_flag": ["up", "no clear change", "down", None, "up"],
            "ch_pct": [36.0, 2.0, -12.0, None, None],
            "n_before": [100, 50, 100, 0, 1],
            "n_after": [136, 51, 88, 0, 43],
        },
        index=CODES,
    )
    months = pd.period_range("2024-01", "2024-04", freq="M")
    base: dict[str, Any] = {
        "published": None,
        "classes": {},
        "themes": (SimpleNamespace(name="All crime", change=SimpleNamespace(areas=rows)),),
        "comparison": SimpleNamespace(asked=True, before=tuple(months), after=tuple(months + 12)),
    }
    return SimpleNamespace(**{**base, **held})


def test_reasons_add_the_change_on_the_earlier_period_in_words() -> None:
    assert brief_reasons(priorities(), analysis()).tolist() == [
        "Stands out A. All crime against January to April 2024: up 36%.",
        "Stands out B. All crime against January to April 2024: no clear change.",
        "Stands out C. All crime against January to April 2024: down 12%.",
        "Stands out D.",
        "Stands out E. All crime against January to April 2024: up from 1 to 43.",
    ]
    still = analysis(comparison=None, themes=(SimpleNamespace(name="All crime", change=None),))
    assert brief_reasons(priorities(), still)[CODES[0]] == "Stands out A."
    assert brief_reasons(priorities())[CODES[0]] == "Stands out A."


def test_deprivation_is_said_by_decile_and_other_classes_are_not() -> None:
    def told(names: list[Any], categories: list[str]) -> Any:
        return pd.Series(pd.Categorical(names, categories=categories, ordered=True), index=CODES)

    classes = {
        "Centres": told(["town", "", "", "", ""], ["town", ""]),
        "IMD": told([FIFTHS[0], FIFTHS[1], FIFTHS[2], None, FIFTHS[4]], list(FIFTHS)),
    }
    still = analysis(
        comparison=None, themes=(SimpleNamespace(name="All crime", change=None),), classes=classes
    )
    assert brief_reasons(priorities(), still).tolist() == [
        "Stands out A. Deprivation: among the 20% most deprived nationally.",
        "Stands out B. Deprivation: 20% to 40% most deprived nationally.",
        "Stands out C. Deprivation: middle 20% nationally.",
        "Stands out D.",
        "Stands out E. Deprivation: among the 20% least deprived nationally.",
    ]


@pytest.mark.parametrize("method", ["posterior", "resample"])
def test_the_method_in_plain_words(method: str) -> None:
    plan = parse_plan(
        f'periods = "quarter"\n[[indicator]]\ngroup = "crime"\n[sure]\nmethod = "{method}"\nruns = 99\n'
    )
    said = brief_note(priorities(), plan)
    assert said.startswith(
        "How they were chosen: each ward is measured against the 5 wards of Moor and Vale by overall crime and ASB, in "
        "each of 2 quarters. Force-wide: far above their average, and high in at least 50% of the quarters. Local: "
        "far above the average of its district's wards, and high in at least 50% of the quarters. Watch: narrowly "
        "below, high too seldom, or newly rising."
    )
    beside = {
        "posterior": "the ranks between which its lasting risk lies (95% sure), and the chance that this selects it.",
        "resample": "the ranks that 95% of 99 repeats gave it, with other weights and incidents drawn anew, and how "
        "many of them selected it.",
    }
    assert beside[method] in said
    for word in ("SD", "PAI", "q ", "standard deviation", "gamma"):
        assert word not in said
    weighed = priorities(
        indicators=SimpleNamespace(entries=[entry("Overall crime"), entry("ASB", weight=2.0)])
    )
    assert "by overall crime (weight 1) and ASB (weight 2), in" in brief_note(weighed, plan)
    sourced = [entry("Overall crime", incidents="crime"), entry("Fires", incidents="Fires"), entry("Floods")]
    several = priorities(indicators=SimpleNamespace(entries=sourced))
    assert "by overall crime (crime), fires and floods, in" in brief_note(several, plan)
