"""Attacks that give counts back from a folder that was made public carelessly, and fail on one made with care."""

from __future__ import annotations

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box
from xlsxwriter import Workbook

from hotspots.analysis.audit.audit import Audit, audit_folders
from hotspots.areas.neighbours import make_neighbours
from hotspots.base.poisson import count_limits
from hotspots.base.surface import Surface
from hotspots.disclosure.rules import profile
from hotspots.export.geojson.write import write_geojson
from hotspots.export.raster import write_geotiff
from hotspots.export.webmap.make import make_map, write_map
from hotspots.export.webmap.views import AreaView
from hotspots.methods.getisord.statistic import gi_star
from hotspots.methods.meansd import flag_mean_sd

from .conftest import BURGLARY, LSOAS, SOUTH, WARDS, WEST, Publish, blanked, counts, rates, rounded, table

SMALL = counts() < 5  # LSOAs 1 (3), 7 (2) and 12 (4)
CODES = LSOAS.index[SMALL].tolist()
TO_TEN = profile("documents")
UNDER_5 = profile("own", threshold=5, zeros="shown")


def given(audit: Audit) -> dict[str, tuple[float, float]]:
    """Return what is given back, by area."""
    rows = audit.given_back
    return {
        area: (low, high) for area, low, high in zip(rows["area"], rows["low"], rows["high"], strict=True)
    }


def by(audit: Audit) -> set[str]:
    """Return the files and columns, or sums, that give counts back."""
    return set(audit.given_back["by"])


def test_an_exact_folder_gives_every_small_count_back_and_says_by_which_column(publish: Publish) -> None:
    audit = audit_folders([publish({"lsoas": table(LSOAS, n=counts())})])
    assert given(audit) == {CODES[0]: (3, 3), CODES[1]: (2, 2), CODES[2]: (4, 4)}
    gives = audit.columns.set_index(["file", "column"])["gives"]
    assert gives["tables/burglary_lsoas.csv", "n"] == gives["layers/burglary.gpkg", "n"] == 3
    assert not audit.passed
    assert audit.narrowest == 1


def test_rates_to_one_decimal_give_back_what_rounding_to_ten_hides(publish: Publish) -> None:
    # LSOA 1: 3 burglaries in 3 months among 1,503 people are 7.98 a year; 8.0 +- .05 is 2.99 to 3.03.
    exact = table(LSOAS, n=rounded(counts()), rate=rates(counts(), LSOAS).round(1))
    audit = audit_folders([publish({"lsoas": exact})], rules=TO_TEN)
    assert given(audit)[CODES[0]] == (3, 3)
    assert len(given(audit)) == 3
    assert "column 'rate'" in by(audit).pop()
    from_rounded = table(LSOAS, n=rounded(counts()), rate=rates(rounded(counts()), LSOAS).round(1))
    safe = audit_folders([publish({"lsoas": from_rounded}, name="safe")], rules=TO_TEN)
    assert safe.passed
    assert safe.narrowest == 5  # 0 to 4


def test_rounding_is_seen_without_being_told(publish: Publish) -> None:
    exact = table(LSOAS, n=rounded(counts()), rate=rates(counts(), LSOAS))
    audit = audit_folders([publish({"lsoas": exact})])
    found = audit.columns.set_index("column")["found"]
    assert set(found["n"]) == {"counts rounded to 10"}
    assert set(found["rate"]) == {"made from exact counts"}


def test_the_ratio_of_two_limits_gives_counts_back_without_the_population(publish: Publish) -> None:
    low, high = count_limits(counts())
    scale = 4000 / LSOAS["population"].to_numpy()
    bare = LSOAS.drop(columns="population")
    exact = table(bare, n=rounded(counts()), rate_lo=low * scale, rate_hi=high * scale)
    audit = audit_folders([publish({"lsoas": exact})], rules=TO_TEN)
    assert given(audit) == {CODES[0]: (3, 3), CODES[1]: (2, 2), CODES[2]: (4, 4)}
    assert "rate_hi / rate_lo" in by(audit).pop()
    low, high = count_limits(rounded(counts()))
    from_rounded = table(bare, n=rounded(counts()), rate_lo=low * scale, rate_hi=high * scale)
    assert audit_folders([publish({"lsoas": from_rounded}, name="safe")], rules=TO_TEN).passed


def scored(n: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns of a comparison with the average."""
    rate = rates(n, LSOAS)
    mean, spread = rate.mean(), rate.std(ddof=1)
    return {
        "sd_score": (rate - mean) / spread,
        "sd_mean": np.full(16, mean),
        "sd_above": np.full(16, mean + spread),
    }


def test_standard_scores_and_thresholds_give_rates_back(publish: Publish) -> None:
    audit = audit_folders(
        [publish({"lsoas": table(LSOAS, n=rounded(counts()), **scored(counts()))})], rules=TO_TEN
    )
    assert len(given(audit)) == 3
    assert "column 'sd_score'" in by(audit).pop()
    safe = publish({"lsoas": table(LSOAS, n=rounded(counts()), **scored(rounded(counts())))}, name="safe")
    assert audit_folders([safe], rules=TO_TEN).passed


def test_scores_of_hotspots_are_solved_for_the_counts_behind_them(publish: Publish) -> None:
    """z is linear in the values: who has the borders and knows two of the counts solves for the other fourteen."""
    near = make_neighbours(LSOAS, method="queen")
    weights = near.matrix.toarray() + np.eye(16)
    number = weights.sum(axis=1)

    def solved(n: np.ndarray) -> np.ndarray:
        z = gi_star(pd.Series(n, index=LSOAS.index), near, inference="exact")["gi_z"].to_numpy()
        # Unknown: 16 counts, and what the mean and the spread come to; known: two counts.
        spread = np.sqrt((16 * number - number**2) / 15)
        left = np.column_stack([weights, -number, -z * spread])
        left = np.vstack([left, np.eye(18)[[3, 10]]])
        return np.asarray(np.linalg.lstsq(left, np.append(np.zeros(16), n[[3, 10]]), rcond=None)[0][:16])

    assert solved(counts()) == pytest.approx(counts(), abs=1e-6)
    naive = table(
        LSOAS, n=rounded(counts()), gi_z=gi_star(pd.Series(counts(), index=LSOAS.index), near)["gi_z"]
    )
    audit = audit_folders([publish({"lsoas": naive})], rules=TO_TEN)
    assert len(audit.troubles) == 2  # in the table and in the layer
    assert audit.troubles[1] == (
        "tables/burglary_lsoas.csv: column 'gi_z' is not made from the counts shown but from the exact ones, which can "
        "be solved for"
    )
    to_ten = rounded(counts())
    # The attack gives the published numbers, and no more.
    assert solved(to_ten) == pytest.approx(to_ten, abs=1e-6)
    safe = table(LSOAS, n=to_ten, gi_z=gi_star(pd.Series(to_ten, index=LSOAS.index), near)["gi_z"])
    assert audit_folders([publish({"lsoas": safe}, name="safe")], rules=TO_TEN).passed
    hidden = table(LSOAS, n=blanked(counts(), SMALL), gi_z=naive["gi_z"])
    unread = audit_folders([publish({"lsoas": hidden}, name="hidden")]).unread
    assert (
        "tables/burglary_lsoas.csv: column 'gi_z', as not all counts that it may rest on are shown" in unread
    )


def test_wards_less_their_lsoas_give_a_blanked_count_back(publish: Publish) -> None:
    layers = {"lsoas": table(LSOAS, n=blanked(counts(), SMALL)), "wards": table(WARDS, n=counts("wards"))}
    audit = audit_folders([publish(layers)])
    assert given(audit) == {CODES[0]: (3, 3), CODES[1]: (2, 2), CODES[2]: (4, 4)}
    assert by(audit) == {"wards less their lsoas"}
    # A second LSOA of each such ward hidden beside it: 3 + 15 = 18, 2 + 34 = 36, 4 + 12 = 16.
    also = SMALL | np.isin(np.arange(16), [1, 7, 10])
    layers["lsoas"] = table(LSOAS, n=blanked(counts(), also))
    safe = audit_folders([publish(layers, name="safe")])
    assert safe.passed
    limits = safe.cells.set_index("area")[["low", "high"]]
    assert limits.loc[CODES[0]].tolist() == [0, 18]


def test_wards_and_lsoas_that_cut_each_other_give_a_blanked_count_back(publish: Publish) -> None:
    # Two wards of 2 km side by side; A and C lie in one each, and B across the border. A has 9 and its ward 10, C has 9
    # and its ward 10: one burglary of B is in either ward, and the two are the 2 that were blanked.
    a, b, c = LSOAS.index[:3]
    shapes = [
        box(WEST + left, SOUTH, WEST + right, SOUTH + 2000)
        for left, right in ((0, 1500), (1500, 2500), (2500, 4000))
    ]
    lsoas = LSOAS.iloc[:3].set_geometry(gpd.GeoSeries(shapes, index=[a, b, c], crs=LSOAS.crs))
    wards = table(WARDS.iloc[:2], n=[10, 10])
    audit = audit_folders([publish({"wards": wards, "lsoas": table(lsoas, n=[9, None, 9])})], rules=UNDER_5)
    assert given(audit) == {
        b: (2, 2),
        f"{WARDS.index[0]} and {b}": (1, 1),
        f"{WARDS.index[1]} and {b}": (1, 1),
    }
    assert by(audit) == {"wards and lsoas that cut each other"}
    # With all three blanked each piece may be 0 to 10, and B 0 to 20.
    layers = {
        "wards": wards,
        "lsoas": table(lsoas, n=pd.Series([None, None, None], index=[a, b, c], dtype=float)),
    }
    safe = audit_folders([publish(layers, name="safe")], rules=UNDER_5)
    assert safe.passed
    limits = safe.cells.set_index("area")[["low", "high"]]
    assert limits.loc[[a, b, f"{WARDS.index[0]} and {b}"]].to_numpy().tolist() == [[0, 10], [0, 20], [0, 10]]


def test_a_year_less_its_months_gives_a_blanked_month_back(publish: Publish) -> None:
    first = BURGLARY[:, 0]
    hide = (first < 5) & (first > 0)
    months = {
        f"n_{month}": blanked(BURGLARY[:, i], hide & (i == 0))
        for i, month in enumerate(("2025-01", "2025-02", "2025-03"))
    }
    audit = audit_folders([publish({"lsoas": table(LSOAS, n=counts(), **months)})], rules=UNDER_5)
    back = audit.given_back[audit.given_back["period"] == "2025-01"]
    assert dict(zip(back["area"], back["low"], strict=True)) == {
        code: n for code, n, dark in zip(LSOAS.index, first, hide, strict=True) if dark
    }
    assert set(back["by"]) == {"a period and its months"}


def test_a_change_in_percent_gives_the_period_before_back(publish: Publish) -> None:
    before, after = BURGLARY[:, 0] + 1, BURGLARY[:, 2] * 7 + 5
    recipe = {"incidents": {"period": "2025-03"}, "change": {"before": ["2025-01"], "after": "2025-03"}}
    hidden = blanked(before, before < 5)
    naive = table(LSOAS, n_before=hidden, n_after=after, ch_ratio=(after / before).round(2))
    audit = audit_folders([publish({"lsoas": naive}, months=("2025-03",), recipe=recipe)], rules=UNDER_5)
    back = audit.given_back
    assert dict(zip(back["area"], back["low"], strict=True)) == {
        code: n for code, n in zip(LSOAS.index, before, strict=True) if n < 5
    }
    assert all("column 'ch_ratio'" in why for why in back["by"])
    # Beside counts rounded to ten the ratio of the exact ones narrows them; that of the rounded ones says nothing new.
    to_ten = table(LSOAS, n_before=rounded(before), n_after=rounded(after), ch_ratio=after / before)
    folder = publish({"lsoas": to_ten}, name="exact-ratio", months=("2025-03",), recipe=recipe)
    assert not audit_folders([folder], rules=TO_TEN).passed
    made = np.where(rounded(before) > 0, rounded(after) / np.maximum(rounded(before), 1), np.nan)
    layers = {"lsoas": to_ten.assign(ch_ratio=made)}
    folder = publish(layers, name="rounded-ratio", months=("2025-03",), recipe=recipe)
    assert audit_folders([folder], rules=TO_TEN).passed
    safe = naive.drop(columns="ch_ratio")
    assert audit_folders(
        [publish({"lsoas": safe}, name="safe", months=("2025-03",), recipe=recipe)], rules=UNDER_5
    ).passed


def test_a_density_of_values_adds_up_to_incidents_and_shows_the_place_of_one(
    publish: Publish,
) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    # A quartic kernel of 500 m around one incident at 402,310, 332,290; 12,000 / 3 months a year.
    x, y = np.meshgrid(WEST_EDGE + 100 * np.arange(40) + 50, NORTH_EDGE - 100 * np.arange(40) - 50)
    apart = ((x - 402_310) ** 2 + (y - 332_290) ** 2) / 500**2
    values = np.where(apart < 1, 3 / (np.pi * 0.25) * (1 - apart) ** 2, 0) * 12 / 3
    surface = Surface(values, WEST_EDGE, NORTH_EDGE, 100, "EPSG:27700", "incidents per km² a year")
    write_geotiff(surface, folder / "layers" / "burglary_density.tif")
    audit = audit_folders([folder], rules=TO_TEN)
    assert not audit.passed
    first, second = audit.troubles
    assert (
        first
        == "layers/burglary_density.tif holds the values of a density, not classes: they add up to incidents"
    )
    total, east, north = map(float, re.findall(r"on ([\d.]+), whose centre is (\d+), (\d+)", second)[0])
    assert total == pytest.approx(1, abs=0.01)
    assert np.hypot(east - 402_310, north - 332_290) < 2
    write_geotiff(
        Surface(np.ceil(values / values.max() * 3), WEST_EDGE, NORTH_EDGE, 100, "EPSG:27700", "class"),
        folder / "layers" / "burglary_density.tif",
        overwrite=True,
    )
    assert audit_folders([folder], rules=TO_TEN).passed


WEST_EDGE, NORTH_EDGE = 400_000, 334_000


def test_a_workbook_holds_more_than_its_cells_show(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    book = Workbook(folder / "tables.xlsx")
    sheet = book.add_worksheet("Burglary – LSOAs")
    shown = book.add_format({"num_format": "0"})
    sheet.write_row(0, 0, ["Code", "Incidents", "Rate (per 1,000 people a year)", "Population (people)"])
    for row, (code, n, people) in enumerate(zip(LSOAS.index, counts(), LSOAS["population"], strict=True), 1):
        sheet.write_row(row, 0, [code, int(rounded(np.array([n]))[0])])
        sheet.write_number(row, 2, n * 4000 / people, shown)  # shown without decimals
        sheet.write_number(row, 3, people)
    book.close()
    audit = audit_folders([folder], rules=TO_TEN)
    assert len(given(audit)) == 3
    assert by(audit) == {"tables.xlsx, 'Burglary – LSOAs', column 'rate'"}


def test_a_hidden_sheet_is_read_and_named(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    book = Workbook(folder / "tables.xlsx")
    book.add_worksheet("About").write(0, 0, "Burglary")
    sheet = book.add_worksheet("Burglary – LSOAs")
    sheet.hide()
    sheet.write_row(0, 0, ["Code", "Incidents"])
    for row, (code, n) in enumerate(zip(LSOAS.index, counts(), strict=True), 1):
        sheet.write_row(row, 0, [code, int(n)])
    book.close()
    audit = audit_folders([folder], rules=TO_TEN)
    assert audit.troubles == ("tables.xlsx has a hidden sheet, 'Burglary – LSOAs'",)
    assert len(given(audit)) == 3


def test_titles_of_a_picture_give_counts_back(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    said = "".join(
        f"<path><title>{code}: {n:,} incidents</title></path>"
        for code, n in zip(LSOAS.index, counts(), strict=True)
    )
    (folder / "burglary.svg").write_text(
        f"<svg xmlns='http://www.w3.org/2000/svg'>{said}</svg>", encoding="utf-8"
    )
    audit = audit_folders([folder], rules=TO_TEN)
    assert len(given(audit)) == 3
    assert by(audit) == {"burglary.svg, column 'text'"}


def test_alternative_texts_of_a_page_give_counts_back(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    alt = f"Map of burglary. Most in {LSOAS.index[3]}, 33 incidents; fewest in {CODES[1]}, 2 incidents."
    (folder / "report.html").write_text(f'<html><body><img alt="{alt}"></body></html>', encoding="utf-8")
    audit = audit_folders([folder], rules=TO_TEN)
    assert given(audit) == {CODES[1]: (2, 2)}


@pytest.mark.parametrize("n", [counts(), rounded(counts())], ids=["exact", "rounded"])
def test_the_data_in_a_map_give_counts_back(publish: Publish, n: np.ndarray) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    layer = table(LSOAS, n=n, rate=rates(n, LSOAS))
    made = make_map(
        [AreaView("LSOAs: rate", layer, "rate", group="Burglary", noun="LSOAs")], title="Burglary"
    )
    write_map(made, folder / "map.html")
    audit = audit_folders([folder], rules=TO_TEN)
    assert audit.passed == (n is not counts() and bool((n % 10 == 0).all()))
    if not audit.passed:
        assert len(given(audit)) == 3
        assert all(why.startswith("map.html, column") for why in by(audit))


def test_attributes_of_a_layer_give_back_what_a_table_leaves_out(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=blanked(counts(), SMALL))}, as_geopackage=False)
    assert audit_folders([folder]).passed
    write_geojson(table(LSOAS, n=counts()), folder / "geojson" / "burglary_lsoas.geojson")
    audit = audit_folders([folder])
    assert len(given(audit)) == 3
    assert by(audit) == {"geojson/burglary_lsoas.geojson, column 'n'"}


def test_a_table_that_no_layer_names_is_found(publish: Publish) -> None:
    import sqlite3
    from contextlib import closing

    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    with closing(sqlite3.connect(folder / "layers" / "burglary.gpkg")) as base:
        base.execute("CREATE TABLE draft (code TEXT, n INTEGER)")
        base.commit()
    audit = audit_folders([folder], rules=TO_TEN)
    assert audit.troubles == ("layers/burglary.gpkg holds a table that no layer names, 'draft'",)


def test_row_counts_of_the_record_give_the_last_count_back(publish: Publish) -> None:
    only = np.arange(16) == 6  # 2 burglaries; no total stands anywhere
    n = counts() + 5 * (SMALL & ~only)
    layers = {"lsoas": table(LSOAS, n=blanked(n, only))}

    def told(more: int) -> dict[str, object]:
        return {
            "by_category": [{"label": "Burglary", "rows": 300, "located": int(n.sum()) + more}],
            "outside": more,
        }

    audit = audit_folders([publish(layers, incidents=told(0))])
    assert given(audit) == {CODES[1]: (2, 2)}
    assert by(audit) == {"all lsoas and their total"}
    assert audit_folders([publish(layers, name="safe", incidents=told(60))]).passed


def test_two_editions_give_the_month_between_them_back(publish: Publish) -> None:
    earlier = publish(
        {"lsoas": table(LSOAS, n=counts(months=2) + 5)}, name="february", months=("2025-01", "2025-02")
    )
    later = publish({"lsoas": table(LSOAS, n=counts() + 5)}, name="march")
    for one in (earlier, later):
        assert audit_folders([one]).passed
    audit = audit_folders([earlier, later])
    march = {code: n for code, n in zip(LSOAS.index, BURGLARY[:, 2], strict=True) if 0 < n < 5}
    back = audit.given_back
    assert dict(zip(back["area"], back["low"], strict=True)) == march
    assert set(back["period"]) == {"2025-03"}
    assert set(back["by"]) == {"a period less a shorter one"}
    rounded_to_ten = [
        publish(
            {"lsoas": table(LSOAS, n=rounded(counts(months=months)))},
            name=f"to-ten-{months}",
            months=("2025-01", "2025-02", "2025-03")[:months],
        )
        for months in (2, 3)
    ]
    assert audit_folders(rounded_to_ten, rules=TO_TEN).passed


def test_an_edition_that_hides_what_another_showed_hides_nothing(publish: Publish) -> None:
    before = publish({"lsoas": table(LSOAS, n=counts())}, name="before")
    now = publish({"lsoas": table(LSOAS, n=blanked(counts(), SMALL))}, name="now")
    assert audit_folders([now]).passed
    audit = audit_folders([before, now])
    assert len(given(audit)) == 3
    assert all(why.startswith("before/") for why in by(audit))


def test_an_exact_total_narrows_rounded_counts(publish: Publish) -> None:
    # Three of 0 and one of 10 (5 to 14) with an exact total of 5: the one is 5, the others are 0.
    few = LSOAS.iloc[:4]
    layers = {"lsoas": few.assign(n=[0, 0, 0, 10])[["name", "district", "population", "n", "geometry"]]}
    folder = publish(layers)
    assert audit_folders([folder], rules=TO_TEN).passed
    total = pd.DataFrame({"district": ["Abbeyshire"], "offence": ["Burglary"], "n": [5]})
    total.to_csv(folder / "tables" / "partnerships.csv", index=False)
    audit = audit_folders([folder], rules=TO_TEN)
    assert given(audit) == dict.fromkeys(few.index[:3], (0, 0))
    assert by(audit) == {"districts and their lsoas"}


def test_a_class_with_narrow_limits_gives_a_blanked_count_back(publish: Publish) -> None:
    n = np.array([1, 1, 2, 2, 3, 3, 4, 4, 10, 12, 15, 18, 20, 22, 25, 30])
    folder = publish({"lsoas": table(LSOAS, n=blanked(n, n < 5))}, as_geopackage=False)
    view = AreaView("LSOAs: incidents", table(LSOAS, n=n), "n", group="Burglary", noun="LSOAs")
    write_map(make_map([view], title="Burglary"), folder / "map.html")
    page = (folder / "map.html").read_text(encoding="utf-8")
    held = json.loads(re.findall(r'id="hotspots-data">(.*?)</script>', page, re.DOTALL)[0])
    names = [column["name"] for column in held["columns"]]
    held["tables"] = [[place for place in places if names[place] == "code"] for places in held["tables"]]
    data = json.dumps(held).replace("<", "\\u003c")
    (folder / "map.html").write_text(f'<script type="application/json">{data}</script>', encoding="utf-8")
    audit = audit_folders([folder])
    assert set(given(audit)) == set(LSOAS.index[n < 5])  # the classes are 1 to 2, 3 to 4 and so on
    assert by(audit) == {"map.html, 'LSOAs: incidents', column 'class of n'"}


def test_points_and_paths_are_not_published_whatever_the_numbers(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))}, made_from="C:\\Users\\jo.smith\\crime.csv")
    points = gpd.GeoDataFrame(
        {"code": ["a"]}, geometry=gpd.points_from_xy([400_000], [330_000]), crs="EPSG:27700"
    )
    points.to_crs(4326).to_file(folder / "layers" / "burglary_where.geojson", driver="GeoJSON")
    audit = audit_folders([folder], rules=TO_TEN)
    assert audit.troubles == (
        "about/provenance.json holds a path of the machine that made it, 'C:\\\\Users\\\\jo.smith\\\\crime.csv'",
        "layers/burglary_where.geojson holds points: places of single incidents must not be published",
    )
    assert not audit.passed


def test_a_difference_a_year_gives_the_period_before_back(publish: Publish) -> None:
    before, after = BURGLARY[:, 0] + 1, BURGLARY[:, 2] * 7 + 5
    recipe = {"incidents": {"period": "2025-03"}, "change": {"before": ["2025-01"], "after": "2025-03"}}
    # One month each: 12 a year for every incident more.
    naive = table(LSOAS, n_before=blanked(before, before < 5), n_after=after, ch_diff=12.0 * (after - before))
    audit = audit_folders([publish({"lsoas": naive}, months=("2025-03",), recipe=recipe)], rules=UNDER_5)
    back = audit.given_back
    assert dict(zip(back["area"], back["low"], strict=True)) == {
        code: n for code, n in zip(LSOAS.index, before, strict=True) if n < 5
    }
    assert all("column 'ch_diff'" in why for why in back["by"])
    to_ten = table(
        LSOAS,
        n_before=rounded(before),
        n_after=rounded(after),
        ch_diff=12.0 * (rounded(after) - rounded(before)),
    )
    folder = publish({"lsoas": to_ten}, name="rounded", months=("2025-03",), recipe=recipe)
    assert audit_folders([folder], rules=TO_TEN).passed


def margins(n: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns of a comparison with the average, with the margin for the score."""
    found = flag_mean_sd(pd.Series(rates(n, LSOAS), index=LSOAS.index))
    return {name: np.asarray(found[name]) for name in ("sd_flag", "sd_mean", "sd_above", "sd_margin")}


def test_margins_to_the_nearest_threshold_give_rates_back(publish: Publish) -> None:
    careless = table(LSOAS, n=rounded(counts()), **margins(counts()))
    audit = audit_folders([publish({"lsoas": careless})], rules=TO_TEN)
    assert len(given(audit)) == 3
    assert "column 'sd_margin'" in by(audit).pop()
    careful = table(LSOAS, n=rounded(counts()), **margins(rounded(counts())))
    assert audit_folders([publish({"lsoas": careful}, name="safe")], rules=TO_TEN).passed


def test_a_table_by_age_and_sex_gives_a_blank_back_from_its_totals(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    rows = ["Age,Sex,n", "young,F,", "young,M,12", "old,F,20", "old,M,30"]
    totals = ["young,All,15", "old,All,50", "All,F,23", "All,M,42", "All,All,65"]
    path = folder / "tables" / "people_burglary-age.csv"
    path.write_text("\n".join([*rows, *totals]) + "\n", encoding="utf-8")
    audit = audit_folders([folder], rules=UNDER_5)
    assert given(audit)["band young | F"] == (3, 3)  # 15 less 12
    # With a second blank in each of its lines it may be anything from 0 to 15.
    path.write_text(
        "\n".join(["Age,Sex,n", "young,F,", "young,M,", "old,F,", "old,M,", *totals]) + "\n", encoding="utf-8"
    )
    limits = audit_folders([folder], rules=UNDER_5).cells.set_index("area")[["low", "high"]]
    assert list(limits.loc["band young | F"]) == [0, 15]


def test_months_of_a_geopackage_are_read_and_give_the_last_blank_back(publish: Publish) -> None:
    months = {f"n_2025_0{i + 1}": BURGLARY[:, i] for i in (1, 2)}
    first = BURGLARY[:, 0]
    hide = (first < 5) & (first > 0)
    folder = publish({"lsoas": table(LSOAS, n=counts(), n_2025_01=blanked(first, hide), **months)})
    audit = audit_folders([folder], rules=UNDER_5)
    back = audit.given_back[audit.given_back["period"] == "2025-01"]
    assert dict(zip(back["area"], back["low"], strict=True)) == {
        code: n for code, n, dark in zip(LSOAS.index, first, hide, strict=True) if dark
    }
