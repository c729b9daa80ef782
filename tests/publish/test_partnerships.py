"""Partnerships in the report: sentences that say what the table does, and sections that stand only where they can."""

from __future__ import annotations

import warnings
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.harms import numbers_and_harm
from hotspots.analysis.pages import check_pages
from hotspots.analysis.profile import FORCE, TOTAL, make_profile
from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.recipe.tables import Report
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import HotspotsWarning, ParameterError
from hotspots.export.document import Paragraphs, Picture, Table, Terms
from hotspots.publish.report.document import make_document
from hotspots.publish.report.partnerships import partnership_sections, profile_section
from hotspots.publish.words.partnership import beside_words, change_sentence, kinds_words, table_caption
from hotspots.publish.words.profile import mix_words, period_words

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
    return make_profile(COUNTS, WARDS, **{"comparators": RATES, "months": 12, **options})


def test_the_mix_in_words_and_no_percentage_from_under_ten() -> None:
    assert mix_words(profile(), "Town") == (
        "Violence and sexual offences are 70% of all crime in Town (700 of 1,000), followed by burglary 30%."
    )
    assert mix_words(profile(), "Vale") == (
        "13 crimes were recorded in Vale, too few of any one kind for percentages."
    )


def test_the_rate_beside_the_force_and_others_in_one_sentence() -> None:
    # Town: 100, 30 and 70 per 1,000 beside 40, 15 and 90; the force has 1,013 crimes of 20,000 people.
    held = profile()
    assert beside_words(held, "Town", held.comparators) == (
        "The rate of recorded crime, 100.0 for every 1,000 people a year, is above that of the force (50.6) and that "
        "of England (40.0)."
    )
    assert beside_words(held, "Vale", ("England",)).endswith("is below that of England (40.0).")
    assert beside_words(held, "Town", ()) == ""


def test_which_offences_differ_and_how_many_do_not() -> None:
    # Disorder is 5.0 in Town and in England.
    assert kinds_words(profile(), "Town", "England") == (
        "Compared with England, it is above in burglary; below in violence and sexual offences; similar in the other."
    )
    assert kinds_words(profile(), "Vale", FORCE) == (
        "Compared with the force, it is below in violence and sexual offences and burglary; similar in the other."
    )
    own = COUNTS[:1].T.set_axis(["E"], axis=1) / 10
    same = make_profile(
        COUNTS[:1], WARDS[:1], months=12, comparators=pd.concat([own, pd.DataFrame({"E": 100.0}, [TOTAL])])
    )
    assert kinds_words(same, "Town", "E") == "In every offence it is similar to E."


MONTHS = pd.period_range("2024-01", "2024-04", freq="M")


def compared(*, same_season: bool = True) -> Any:
    comparison = SimpleNamespace(
        asked=True, before=tuple(MONTHS), after=tuple(MONTHS + 12), same_season=same_season
    )
    return SimpleNamespace(comparison=comparison, published=None)


def changed_profile() -> Any:
    # Town: 2,000 to 1,000 crimes; Vale: 26 to 13.
    return profile(before=COUNTS * 2, after=COUNTS, months_before=4, months_after=4)


def test_the_change_names_both_periods_and_a_season_that_differs() -> None:
    assert change_sentence(compared(), changed_profile(), "Town") == (
        "Down 50% in all crime: 2,000 in January to April 2024, 1,000 in January to April 2025."
    )
    assert change_sentence(compared(same_season=False), changed_profile(), "Town").endswith(
        "These are not the same months of the year."
    )
    alone: Any = SimpleNamespace(comparison=None)
    assert change_sentence(alone, profile(), "Town") == ""
    assert table_caption(compared(), "Town", changed=True).endswith(
        "Town: rates per 1,000 people a year; change, January to April 2025 on January to April 2024"
    )
    assert table_caption(compared(), FORCE, changed=False).startswith(
        "The force: rates per 1,000 people a year"
    )


def test_a_month_against_a_year_says_that_seasons_differ() -> None:
    period, recorded = period_words(profile())
    assert period == "England: 2024/25."
    # England's table has anti-social behaviour, so that nothing says there is none.
    assert recorded == (
        "The comparators' table is another source than the incidents of this report. Where it is police recorded "
        "crime, its offences were put in police.uk's categories, and the two are revised at different times."
    )
    without = profile(comparators=RATES.drop("Anti-social behaviour"))
    assert period_words(without)[-1].endswith(
        "categories, the two are revised at different times, and it has no anti-social behaviour."
    )
    assert "the season is part of the difference" in period_words(profile(months=6))[1]


RECIPE = """
title = "Two partnerships"

[incidents]
source = "incidents.csv"
source_crs = "EPSG:27700"

[[areas]]
label = "Wards"
source = "wards.gpkg"

[[theme]]
name = "All crime"

[count]
months = 12
min_population = 100

[flag]
[places]
top = 2
"""
SELECT = '[select]\nplan = "plan.toml"\n'
PLAN = """
[[indicator]]
name = "Harm of crime"
category = ["Robbery", "Shoplifting"]
harm = "weights.csv"
[sure]
runs = 99
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """Two partnerships of six wards in a row: Northshire's first has 60 shopliftings, its second 12 robberies."""
    folder = tmp_path_factory.mktemp("partnerships")
    squares = gpd.GeoDataFrame(
        {
            "code": [f"E050000{i:02d}" for i in range(12)],
            "name": ["Town", "Hill", *[f"Ward {i}" for i in range(2, 12)]],
            "district": ["Northshire"] * 6 + ["Southshire"] * 6,
            "population": [1_000.0] * 12,
        },
        geometry=[box(400_000 + 1_000 * i, 300_000, 401_000 + 1_000 * i, 301_000) for i in range(12)],
        crs="EPSG:27700",
    )
    squares.to_file(folder / "wards.gpkg")
    counts = {(0, "Shoplifting"): 60, (0, "Robbery"): 10, (1, "Robbery"): 12, (1, "Shoplifting"): 1}
    counts |= {(i, "Shoplifting"): 3 + i % 3 for i in range(2, 12)}
    rows = [
        (400_500 + 1_000 * i, 300_500, kind, "2025-06") for (i, kind), n in counts.items() for _ in range(n)
    ]
    table = pd.DataFrame(rows, columns=["Easting", "Northing", "Crime type", "Month"])
    table.to_csv(folder / "incidents.csv", index=False)
    (folder / "weights.csv").write_text("category,weight\nRobbery,100\nShoplifting,1\n", encoding="utf-8")
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        return analyse(parse_recipe(RECIPE + SELECT, folder=folder))


def test_a_partnerships_page_has_its_map_places_harm_and_offences(made: Analysis) -> None:
    each = partnership_sections(made, ("svg",))
    assert each is not None
    assert [part.title for part in each.parts] == ["Northshire", "Southshire"]
    texts, picture, risk, places, *more = each.parts[0].blocks
    assert isinstance(texts, Paragraphs)
    # 70 + 13 + 5 + 3 + 4 + 5 crimes: 60 + 1 + 17 shopliftings, 22 robberies.
    assert texts.texts[0] == (
        "Shoplifting is 78% of all crime in Northshire (78 of 100), followed by robbery 22%."
    )
    assert texts.texts[1].startswith(
        "The rate of recorded crime, 16.7 for every 1,000 people a year, is above that of the force ("
    )
    assert isinstance(picture, Picture)
    assert picture.caption.startswith(
        "Northshire, all crime by ward. The numbers are those of the list. June 2025"
    )
    assert "Town (Northshire)" in picture.alt
    assert isinstance(risk, Paragraphs)
    assert risk.texts == ["Of the 6 wards, 1 is above in at least one theme."]
    assert isinstance(places, Table)
    assert places.caption == "Places at greatest risk, against the 12 wards of Northshire and Southshire"
    assert [row[1] for row in places.rows] == ["Town", "Hill"]
    harm, offences = (block for block in more if isinstance(block, Table))
    # Town 70 of 100 crimes; harm 60 + 1,000 of 1,060 + 1,201 + 17, Hill 1 + 1,200.
    assert harm.rows[0] == ["1", "Town (70%)", "Hill (53%)"]
    assert harm.rows[1] == ["2", "Hill (13%)", "Town (47%)"]
    assert harm.rows[2][1] == "Ward 2 (under 10 incidents)" or harm.rows[2][1].endswith(
        "(under 10 incidents)"
    )
    assert offences.headings == ["Offence", "Incidents", "Share of crime", "Rate, Northshire", FORCE]
    assert offences.rows[2][:4] == ["Shoplifting", "78", "78%", "13.0"]
    assert offences.note == ""
    # Southshire has no robbery, of which there is no share.
    others = each.parts[1].blocks[-1]
    assert isinstance(others, Table)
    assert others.note == "No share is given of an offence of under 10 incidents."


def test_no_statistics_stand_on_the_pages_and_the_appendix_says_how_to_read_them(made: Analysis) -> None:
    document = make_document(made)
    titles = ("Partnerships by offence", "Each partnership")
    read = [section for section in document.sections if section.title in titles]
    assert len(read) == 2
    for word in ("95%", "limits", "dispersion", "Statistically", "statistically"):
        assert word not in str(read), word
    (how,) = [section for section in document.sections if section.title == "How it was made"]
    (terms,) = how.blocks
    assert isinstance(terms, Terms)
    name, text = terms.pairs[0]
    assert name == "How to read the rates of partnerships"
    assert "the 95% limits of the ratio of the two rates leave out 1" in text


def test_places_stand_on_the_pages_of_partnerships_or_in_a_section_of_their_own(made: Analysis) -> None:
    titles = [section.title for section in make_document(made).sections]
    assert "Each partnership" in titles
    assert "Places at greatest risk" not in titles
    alone = replace(made, recipe=replace(made.recipe, report=Report(sections=("summary", "places"))))
    assert [section.title for section in make_document(alone).sections] == [
        "Summary",
        "Places at greatest risk",
    ]


def with_report(made: Analysis, **options: Any) -> Analysis:
    return replace(made, recipe=replace(made.recipe, report=Report(**options)))


def test_partnerships_that_are_named_have_a_page_and_a_list_of_places_and_the_others_none(
    made: Analysis,
) -> None:
    asked = with_report(made, partnerships=("Southshire",))
    (pages,) = [section for section in make_document(asked).sections if section.title == "Each partnership"]
    assert [part.title for part in pages.parts] == ["Southshire"]
    said = "Of the 2 partnerships 1 has a page here: the tables of the report and the workbook have their figures."
    assert pages.blocks[0] == Paragraphs([said])
    alone = with_report(made, partnerships=("Southshire",), sections=("places",))
    (places,) = make_document(alone).sections
    assert [part.title for part in places.parts] == ["Southshire"]
    assert said in str(places.blocks)
    assert said not in str(make_document(with_report(made, partnerships=("all",))).sections)


def test_more_partnerships_than_a_force_has_have_no_pages_unless_asked_for(
    made: Analysis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("hotspots.analysis.pages.MOST_PAGES", 1)
    caplog.set_level("INFO", logger="hotspots")
    many = with_report(made)
    titles = {section.title: section for section in make_document(many).sections}
    assert titles["Each partnership"].parts == []
    assert titles["Each partnership"].blocks[0] == Paragraphs(
        [
            "None of the 2 partnerships has a page here: the tables of the report and the workbook have their figures."
        ]
    )
    assert "Places at greatest risk" not in titles
    check_pages(many.recipe, made.areas["district"])
    assert caplog.messages == [
        "The report has no page for each of the 2 partnerships, which are more than 1 (name those that should have one "
        "with 'partnerships' under [report], or write \"all\")"
    ]
    asked = with_report(made, partnerships=("all",))
    (pages,) = [section for section in make_document(asked).sections if section.title == "Each partnership"]
    assert [part.title for part in pages.parts] == ["Northshire", "Southshire"]


def test_a_page_for_a_partnership_that_there_is_not_is_refused_before_anything_is_computed(
    made: Analysis,
) -> None:
    asked = replace(made.recipe, report=Report(partnerships=("Northshir",)))
    with pytest.raises(ParameterError) as caught:
        analyse(asked)
    assert str(caught.value).splitlines()[0] == (
        "there is no partnership 'Northshir' to have a page in the report"
    )
    assert caught.value.hint == "did you mean 'Northshire' or 'Southshire'?"


def test_partnerships_too_many_for_columns_are_rows() -> None:
    names = [f"District {k:02d}" for k in range(16)]
    areas = gpd.GeoDataFrame(
        {"district": names, "name": names, "population": [1_000.0] * 16},
        index=pd.Index([f"E{k:02d}" for k in range(16)], name="code"),
        geometry=[box(k, 0, k + 1, 1) for k in range(16)],
        crs="EPSG:27700",
    )
    counts = pd.DataFrame({"Burglary": range(1, 17)}, index=areas.index)
    held = {"published": None, "uncovered": {}, "lacking_months": areas[:0].assign(coverage="")}
    analysis: Any = SimpleNamespace(profile=make_profile(counts, areas, months=12), **held)
    found = profile_section(analysis)
    assert found is not None
    by_row = found.blocks[0]
    assert isinstance(by_row, Table)
    assert by_row.headings == ["Partnership", TOTAL, "Burglary"]
    assert by_row.rows[1] == ["District 01", "2", "2"]
    assert by_row.rows[-1] == [FORCE, "136", "136"]  # 1 + 2 + ... + 16
    few: Any = SimpleNamespace(profile=make_profile(counts[:15], areas[:15], months=12), **held)
    by_column = profile_section(few)
    assert by_column is not None
    assert isinstance(by_column.blocks[0], Table)
    assert by_column.blocks[0].headings == ["Offence", *names[:15], FORCE]


def test_harm_is_beside_numbers_and_unknown_where_too_few_are_asked_for(made: Analysis) -> None:
    assert made.selection is not None
    indicators = made.selection.priorities.indicators
    found = numbers_and_harm(indicators)["Harm of crime"]
    assert found.iloc[:2].to_numpy().tolist() == [[70.0, 1060.0], [13.0, 1201.0]]
    asked = replace(indicators, entries=tuple(replace(one, at_least=14) for one in indicators.entries))
    assert numbers_and_harm(asked)["Harm of crime"]["harm"].notna().tolist() == [True] + [False] * 11
    plain = replace(indicators, entries=tuple(replace(one, harm=None) for one in indicators.entries))
    assert numbers_and_harm(plain) == {}


def test_nothing_to_show_is_no_section() -> None:
    none: Any = SimpleNamespace(profile=None)
    assert profile_section(none) is None
    assert partnership_sections(none, ("svg",)) is None
    alone = make_profile(COUNTS[:1], WARDS[:1], months=12)
    assert profile_section(SimpleNamespace(profile=alone)) is None  # type: ignore[arg-type]
    assert FORCE not in alone.comparators
