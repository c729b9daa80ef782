"""A run in which one force has no file of one month: the month is blank everywhere, and nobody's fall."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from hotspots.analysis.recipe.reading import parse_recipe, read_recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import HotspotsWarning
from hotspots.publish.folder import run_recipe
from hotspots.publish.words.notes import coverage_note

RECIPE = """
title = "Shire and Vale"
[incidents]
source = "street.csv"
period = "2025"
[[areas]]
label = "Wards"
source = "wards.gpkg"
{areas}
[[areas]]
label = "Halves"
source = "halves.gpkg"
{areas}
[[theme]]
name = "All"
[count]
[flag]
[gistar]
layers = ["Wards", "Halves"]
[outliers]
[risk]
[kde]
bandwidth = 800
cell_size = 250
[grid]
cell_size = 500
[emerging]
layers = ["Wards"]
[change]
before = "2024"
[charts]
[places]
[select]
plan = "plan.toml"
[map]
[report]
formats = ["html", "docx", "pptx"]
"""
SAID = "not covered in June 2025 (11 of 12 months)"
NEXT = [f"W{k:02d}" for k in range(15, 21)]
STREET = "Next (6 areas) without 2025-06 (no file of Vale Police)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-one wards of 1,000 people, three to a row: five rows of Near, two of Next, whose force lacks June 2025.

    Ward k of Near has 6 + k incidents a month, each of Next 30, in 2024 and 2025; a stray of June 2025 lies in Next.
    """
    here = tmp_path_factory.mktemp("parts")
    (here / "plan.toml").write_text(
        'periods = "year"\n[[indicator]]\ngroup = "crime"\n[sure]\nruns = 99\n', encoding="utf-8"
    )
    places = [(4e5 + 1000 * (k % 3), 3e5 + 1000 * (k // 3)) for k in range(21)]
    held = {
        "code": [f"W{k:02d}" for k in range(21)],
        "name": [f"Ward {k}" for k in range(21)],
        "district": ["Near"] * 15 + ["Next"] * 6,
    }
    shapes = [shapely.box(x, y, x + 1000, y + 1000) for x, y in places]
    gpd.GeoDataFrame(held | {"population": 1000.0}, geometry=shapes, crs="EPSG:27700").to_file(
        here / "wards.gpkg"
    )
    halves = [shapely.box(x + at, y, x + at + 500, y + 1000) for x, y in places for at in (0, 500)]
    codes = [f"H{k:02d}" for k in range(42)]
    named = {"code": codes, "name": codes, "district": [name for name in held["district"] for _ in range(2)]}
    gpd.GeoDataFrame(named | {"population": 500.0}, geometry=halves, crs="EPSG:27700").to_file(
        here / "halves.gpkg"
    )
    rows = []
    for month in pd.period_range("2024-01", "2025-12", freq="M"):
        for k, (x, y) in enumerate(places):
            force, n = ("Shire Police", 6 + k) if k < 15 else ("Vale Police", 30)
            if force == "Vale Police" and str(month) == "2025-06":
                n, force = (1, "Shire Police") if k == 15 else (0, "")
            at = [(x + 250 + 500 * (i % 2), y + 300 + 40 * (i % 10)) for i in range(n)]
            rows += [(str(month), *place, "Burglary", force) for place in at]
    table = pd.DataFrame(rows, columns=["Month", "Easting", "Northing", "Crime type", "Falls within"])
    table.insert(0, "Crime ID", [f"{k:064x}" for k in range(len(table))])
    table.to_csv(here / "street.csv", index=False)
    return here


def run(folder: Path, areas: str = "") -> Analysis:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        return analyse(parse_recipe(RECIPE.replace("{areas}", areas), folder=folder))


@pytest.fixture(scope="module")
def found(folder: Path) -> Analysis:
    return run(folder)


@pytest.fixture(scope="module")
def alone(folder: Path) -> Analysis:
    """The same of the whole district alone."""
    return run(folder, 'only = ["Near"]')


@pytest.fixture(scope="module")
def made(folder: Path) -> Path:
    """The folder of the run."""
    (folder / "r.toml").write_text(RECIPE.replace("{areas}", ""), encoding="utf-8")
    with pytest.warns(HotspotsWarning) as caught:
        run_recipe(read_recipe(folder / "r.toml"), folder / "out")
    told = [str(one.message) for one in caught if "covered" in str(one.message)]
    assert told == [
        "Wards: covered in a part of the months, so that they are in no rate, average, rank or comparison: "
        f"{STREET} (add the files, choose months that all files hold, or, where this is wrong, name them with "
        "'covered')",
    ]
    return folder / "out"


def test_the_others_are_as_if_their_neighbours_were_not_there(found: Analysis, alone: Analysis) -> None:
    whole = found.themes[0].first.loc["W00":"W14"].drop(columns="coverage")
    # Months are corrected for the number of areas charted, which differs.
    columns = [name for name in whole if name not in ("sd_near", "geometry")]
    assert_frame_equal(
        whole[columns], alone.themes[0].first[columns], check_dtype=False, check_categorical=False
    )
    assert found.themes[0].change is not None
    assert alone.themes[0].change is not None
    pd.testing.assert_series_equal(found.themes[0].change.whole, alone.themes[0].change.whole)
    assert found.selection is not None
    assert alone.selection is not None
    assert_frame_equal(
        pd.DataFrame(found.selection.priorities.layer), pd.DataFrame(alone.selection.priorities.layer)
    )
    halves = found.themes[0].layers[1].table.drop(index=[f"H{k}" for k in range(30, 42)])
    assert halves["gi_q"].tolist() == alone.themes[0].layers[1].table["gi_q"].tolist()
    one, other = found.themes[0].surface, alone.themes[0].surface
    assert one is not None
    assert other is not None
    assert one.values.tobytes() == other.values.tobytes()


def test_a_count_of_eleven_months_stands_and_is_in_nothing_that_is_compared(found: Analysis) -> None:
    table = found.themes[0].first
    # 30 a month in eleven months; the stray of June counts as outside.
    assert table.loc[NEXT, "n"].tolist() == [330] * 6
    assert set(table.loc[NEXT, "coverage"]) == {SAID}
    blank = [
        "rate",
        "sd_flag",
        "gi_class",
        "lm_class",
        "em_class",
        "rk_class",
        "ch_flag",
        "ch_pct",
        "n_after",
    ]
    assert table.loc[NEXT, blank].isna().all(axis=None)
    assert table.loc[NEXT, "n_before"].tolist() == [360] * 6
    assert set(table.loc[NEXT, "ch_text"]) == {"not covered in June 2025"}
    # Near's fifteen wards have (6 + ... + 20) x 12 = 2,340 a year, and Next's six 1,980 in eleven months.
    assert found.themes[0].n == 2340 + 1980
    assert found.themes[0].rate == 156
    assert (found.quality.inside, found.quality.outside) == (4320, 1)
    assert found.standings is not None
    assert "W15" not in found.standings.places.index
    halves = found.themes[0].layers[1].table
    assert halves.loc[["H30", "H41"], "n"].tolist() == [165, 165]
    assert halves.loc[["H30", "H41"], "coverage"].tolist() == [SAID] * 2


def test_a_month_is_blank_in_every_series(found: Analysis) -> None:
    theme, june = found.themes[0], pd.Period("2025-06", freq="M")
    assert theme.monthly is not None
    assert theme.monthly[june].loc[NEXT].isna().all()
    assert theme.monthly.drop(columns=june).notna().all(axis=None)
    assert theme.change is not None
    assert theme.change.districts is not None
    assert theme.change.districts["n_after"].isna().tolist() == [False, True]
    assert theme.change.counts == (2340.0, 2340.0)
    assert found.charts is not None
    assert found.charts.areas is not None
    chart = found.charts.areas.one("All", "W20")
    assert chart["n"].isna().tolist() == [month == june for month in chart.index]
    # Nothing is a fall: 30 were expected in each of the other months, and of June nothing.
    assert set(chart["expected"].dropna()) == {30}
    assert (found.charts.areas.signal == 0).all()
    assert found.charts.whole is not None
    assert set(found.charts.whole.one("All", "All areas")["n"]) == {195}
    assert found.charts.years.index.get_level_values("place").tolist() == ["All areas", "Near"]
    assert any("without 6 areas of Next" in note for note in found.charts.notes)


def test_every_file_says_it_in_the_same_words(made: Path) -> None:
    for name in ("all_wards", "all_halves", "priorities_wards"):
        table = pd.read_csv(made / "tables" / f"{name}.csv").set_index("code")
        said = table["coverage"].value_counts().to_dict()
        assert said == ({"covered": 30, SAID: 12} if "halves" in name else {"covered": 15, SAID: 6})
    months = pd.read_csv(made / "tables" / "months.csv")
    june = months[(months["month"] == "2025-06") & months["code"].isin(NEXT)]
    assert june["n"].isna().all()
    layer = gpd.read_file(made / "layers" / "all_wards.gpkg", layer="all_wards").set_index("code")
    assert layer.loc[NEXT, "n_2025_06"].isna().all()
    assert layer.loc[NEXT, "n_2025_05"].tolist() == [30] * 6
    label = "Not covered in June 2025 (11 of 12 months)"
    assert label in (made / "layers" / "all_wards.qml").read_text("utf-8")
    page = (made / "map.html").read_text("utf-8")
    assert f'"label":"{label}"' in page
    for name in ("map.html", "report.html", "brief.html"):
        assert f"{label}: Next (6 areas)" in (made / name).read_text("utf-8")
    assert f"Gaps          {STREET}" in (made / "about" / "quality.txt").read_text("utf-8")
    # What each view of the map is without, as the brief has it.
    notes = re.findall(r'"note":"([^"]*)"', page)
    assert any(note.endswith(f"{label}: Next (6 areas); without rank.") for note in notes)
    changed = [note for note in notes if "2025 against January to December 2024" in note]
    assert len(changed) >= 2
    assert all("Without Next (6 areas), not covered in June 2025." in note for note in changed)
    assert any(f"Without Next (6 areas), {SAID}." in note for note in notes if "kernel" in note)
    # Halves of wards are counted as such.
    assert any(note.endswith(f"halves of Near. {label}: Next (12 areas).") for note in notes)
    report = (made / "report.html").read_text("utf-8")
    assert f"The force is all areas together without Next (6 areas), {SAID}." in report
    assert "Their other months are charted, and judged one by one." in report
    assert f"Not covered in every month: {STREET}." in report
    assert "Without Next (6 areas), not covered in June 2025." in report
    # The rate is of Near's 2,340 incidents and 15,000 people: it stands beside these, not beside the 4,320 of all.
    assert (
        f"4,320 incidents of all in January to December 2025; without Next (6 areas), {SAID}, 2,340, or 156"
        in report
    )
    for wrong in (">nan<", "hidden", ">None<", ">NaN<"):
        assert wrong not in report
    sheets = pd.read_excel(made / "tables.xlsx", sheet_name=None, header=None, engine="openpyxl")
    told = {name for name, sheet in sheets.items() if (sheet.astype(str) == SAID).any(axis=None)}
    assert {"Wards by theme", "All – Wards", "All – Halves", "Priorities – Wards"} <= told


PUBLIC = RECIPE.replace("{areas}", "").replace('[emerging]\nlayers = ["Wards"]\n', "")
PUBLIC += '[publish]\nprofile = "nhs"\n'
HANDED_OUT = [
    'title = "Shire and Vale"',
    '[incidents]\nsource = "street.csv"\nperiod = "2025"',
    '[[areas]]\nlabel = "Wards"\nsource = "wards.gpkg"',
    '[[theme]]\nname = "All"\n[count]\n[flag]\n[change]\nbefore = "2024"\n[map]',
    "[kde]\nbandwidth = 800\ncell_size = 250",
    '[select]\nplan = "plan.toml"',
    '[report]\nformats = ["html"]',
    '[publish]\nprofile = "documents"',
]


@pytest.fixture(scope="module")
def handed_out(folder: Path) -> Path:
    """The folder of a run of wards alone for publication."""
    text = "\n".join(HANDED_OUT)
    (folder / "p.toml").write_text(text, encoding="utf-8")
    with pytest.warns(HotspotsWarning):
        run_recipe(read_recipe(folder / "p.toml"), folder / "public")
    return folder / "public"


def test_published_legends_say_which_months_are_not_covered(handed_out: Path) -> None:
    label = "Not covered in June 2025 (11 of 12 months)"
    page = (handed_out / "report.html").read_text("utf-8")
    assert f"{label} (6)" in page
    assert "Not covered (6)" not in page
    assert "comparisons about" not in page
    for name in ("report.html", "map.html", "brief.html"):
        text = (handed_out / name).read_text("utf-8")
        assert f"ithout Next (6 areas), {SAID}." in text
        assert "Ranks and averages are worked out from the rounded counts" in text
    # Rounded months do not add up to the rows, so that no total of them stands beside these.
    account = (handed_out / "about" / "quality.txt").read_text("utf-8")
    assert [line.split()[1] for line in account.splitlines() if line.startswith("Total")] == ["4,320"]
    assert f'"label":"{label}: Next (6 areas)"' in (handed_out / "map.html").read_text("utf-8")


def test_published_folders_have_no_number_of_such_areas(folder: Path) -> None:
    found = parse_recipe(PUBLIC, folder=folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        held = analyse(found)
    assert held.parts == {}
    assert held.lapses.empty
    assert "W15" not in held.themes[0].first.index
    assert set(held.uncovered["wards"]["coverage"]) == {SAID}
    [note] = coverage_note(held)
    assert note.text.startswith(f"The figures are without Next (6 areas), {SAID}. ")


def test_a_month_that_is_only_compared_with_leaves_the_period_whole(folder: Path) -> None:
    table = pd.read_csv(folder / "street.csv")
    year = table["Month"].str[:4]
    again = table[year == "2024"].assign(Month="2026" + table["Month"].str[4:])
    again["Crime ID"] = again["Crime ID"].str.replace("0", "f", n=1)
    both = pd.concat([table[year == "2025"], again])
    both.to_csv(folder / "later.csv", index=False)
    text = RECIPE.replace("{areas}", "").replace("street.csv", "later.csv")
    text = text.replace('period = "2025"', 'period = "2026"').replace('before = "2024"', 'before = "2025"')
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        found = analyse(parse_recipe(text, folder=folder))
    first = found.themes[0].first
    assert found.parts == {}
    assert first.loc[NEXT, "n"].tolist() == [360] * 6
    assert first.loc[NEXT, "rate"].notna().all()
    assert first.loc[NEXT, "ch_flag"].isna().all()
    assert set(first.loc[NEXT, "ch_note"]) == {"not covered in June 2025"}
    assert found.themes[0].change is not None
    assert found.themes[0].change.counts == (2340.0, 2340.0)


def test_a_source_may_cover_none_of_a_district_that_lacks_a_month(folder: Path) -> None:
    table = pd.read_csv(folder / "street.csv")
    near = table[(table["Falls within"] == "Shire Police") & (table["Northing"] < 305_000)]
    near.assign(**{"Crime type": "Noise", "Falls within": "Council"}).to_csv(
        folder / "council.csv", index=False
    )
    text = RECIPE.replace("{areas}", "").replace("[incidents]", '[[incidents]]\nname = "Police"')
    text = text.replace("[[areas]]", '[[incidents]]\nname = "Council"\nsource = "council.csv"\n[[areas]]', 1)
    theme = '[[theme]]\nname = "{}"\nincidents = "{}"\n'
    text = text.replace(
        '[[theme]]\nname = "All"\n', theme.format("All", "Police") + theme.format("Noise", "Council")
    )
    text = text.replace('[select]\nplan = "plan.toml"\n', "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        found = analyse(parse_recipe(text, folder=folder))
    police, council = (theme.first for theme in found.themes)
    assert set(police.loc[NEXT, "ch_note"]) == {"not covered in June 2025"}
    assert set(council.loc[NEXT, "coverage"]) == {"not covered"}
    assert council.loc[NEXT, "n"].isna().all()
    assert council["n"].sum() == police["n"][:15].sum() == 12 * sum(range(6, 21))
