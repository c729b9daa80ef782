from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.classes import FIFTHS, class_layer, natural_order, outlines_of, read_classes
from hotspots.base.errors import HotspotsError, HotspotsWarning

CODES = pd.Index([f"E0500000{i}" for i in range(1, 5)], name="code")
LOOKUP = pd.DataFrame(
    {"ward": CODES, "kind": ["rural", "urban", "rural", "urban"], "IMD decile": [1, 2, 5, 10]}
)


def message(table: pd.DataFrame = LOOKUP, **options: object) -> str:
    with pytest.raises(HotspotsError) as caught:
        read_classes(table, CODES, **{"column": "kind", **options})  # type: ignore[arg-type]
    return str(caught.value)


def test_names_are_classes_as_they_stand() -> None:
    found = read_classes(LOOKUP, CODES, column="KIND")
    assert found.of.tolist() == ["rural", "urban", "rural", "urban"]
    assert found.scale == "names"


def test_deciles_of_deprivation_become_national_fifths() -> None:
    found = read_classes(LOOKUP, CODES, column="IMD decile")
    # Deciles 1 and 2 are the 20% most deprived, 5 is in the middle fifth, 10 in the last.
    assert found.of.tolist() == [FIFTHS[0], FIFTHS[0], FIFTHS[2], FIFTHS[4]]
    assert found.of.cat.categories.tolist() == list(FIFTHS)


def test_a_rank_is_never_said_but_as_a_fifth() -> None:
    ranks = LOOKUP.assign(IMD_rank=[6568, 6569, 6570, 32844])
    found = read_classes(ranks, CODES, column="IMD_rank", ranked=32_844)
    # A fifth of 32,844 is 6,568.8.
    assert found.of.tolist() == [FIFTHS[0], FIFTHS[1], FIFTHS[1], FIFTHS[4]]
    assert message(ranks, column="IMD_rank") == (
        "'IMD_rank' of the lookup of classes holds ranks, but not of how many areas\n"
        "Hint: say so with 'ranked': 32844 for the English indices of 2019, 33755 for those of 2025"
    )
    assert message(ranks, column="IMD_rank", ranked=5).startswith(
        "'IMD_rank' of the lookup of classes is 6568 for E05000001, but a rank is a whole number from 1 to 5"
    )


def test_half_the_codes_missing_is_a_warning_with_the_share_and_a_code() -> None:
    with pytest.warns(HotspotsWarning) as caught:
        found = read_classes(LOOKUP.iloc[:2], CODES, column="kind")
    assert str(caught[0].message) == (
        "2 of 4 areas (50%) have no class in the lookup of classes, such as E05000003: they count in no class"
    )
    assert found.of.isna().tolist() == [False, False, True, True]


def test_none_of_the_codes_is_refused() -> None:
    assert message(LOOKUP.assign(ward=["E01000001", "E01000002", "E01000003", "E01000004"])) == (
        "none of the 4 areas is in the lookup of classes: the areas are E05000001, E05000002, E05000003, ..., its "
        "first column 'ward' holds E01000001, E01000002, E01000003, ...\n"
        "Hint: give a lookup of these areas, or areas of the lookup's kind"
    )


def test_what_a_lookup_cannot_be_is_refused() -> None:
    assert message(column="kin") == (
        "the lookup of classes has no column 'kin' to take as 'column'\nHint: did you mean 'kind'?"
    )
    twice = pd.concat([LOOKUP, LOOKUP.iloc[:1].assign(kind="urban")])
    assert message(twice).startswith(
        "E05000001 is in several classes of 'kind' in the lookup of classes: 'rural', 'urban'"
    )
    many = pd.DataFrame({"ward": [f"W{i}" for i in range(70)], "kind": [f"name {i}" for i in range(70)]})
    with pytest.raises(
        HotspotsError, match="'kind' of the lookup of classes has 70 different values, such as 'name 0'"
    ):
        read_classes(many, pd.Index(many["ward"]), column="kind")
    assert message(LOOKUP.assign(kind="-")).startswith(
        "'kind' of the lookup of classes is blank for all areas"
    )


def test_the_layer_has_a_shape_for_each_class_and_escapes_nothing() -> None:
    long = "r" * 200
    table = LOOKUP.assign(kind=[long, "<b>=1+1</b>", long, "<b>=1+1</b>"])
    areas = gpd.GeoDataFrame(
        {"n": [10, 20, 30, 40], "population": [1000.0, 1000.0, 1000.0, 1000.0]},
        geometry=[box(i, 0, i + 1, 1) for i in range(4)],
        index=CODES,
        crs="EPSG:27700",
    )
    areas.attrs["dispersion"] = 2.0
    classes = read_classes(table, CODES, column="kind")
    made = class_layer(areas, classes, outlines_of(areas, classes), months=12)
    assert made["name"].tolist() == ["<b>=1+1</b>", long]
    assert made["n"].tolist() == [60, 40]
    assert made.geometry.area.tolist() == [2, 2]
    assert made.crs == areas.crs
    areas.attrs["dispersion"] = 1.0
    narrow = class_layer(areas, classes, outlines_of(areas, classes), months=12)
    assert (made["cmp_hi"] > narrow["cmp_hi"]).all()


def test_a_class_of_few_incidents_is_hidden_and_another_with_it() -> None:
    areas = gpd.GeoDataFrame(
        {"n": [3, 20, 30, 40], "population": [1000.0] * 4},
        geometry=[box(i, 0, i + 1, 1) for i in range(4)],
        index=CODES,
        crs="EPSG:27700",
    )
    kinds = ["coast", "hill", "town", "town"]
    classes = read_classes(LOOKUP.assign(kind=kinds), CODES, column="kind")
    made = class_layer(areas, classes, outlines_of(areas, classes), months=12)
    # 3 is 93 less 20 and 70, so the 20 is hidden with it; people are no secret.
    assert made["hidden"].tolist() == [True, True, False]
    assert made["n"].tolist()[2] == 70
    assert made[["n", "rate", "share_n", "cmp_ratio"]].isna().all(axis=1).tolist() == [True, True, False]
    assert made["population"].tolist() == [1000, 1000, 2000]
    shown = class_layer(areas, classes, outlines_of(areas, classes), months=12, fewest=1)
    assert "hidden" not in shown


def test_two_classes_that_are_both_hidden_keep_their_column_of_counts() -> None:
    areas = gpd.GeoDataFrame(
        {"n": [3, 20, 30, 40], "population": [1000.0] * 4},
        geometry=[box(i, 0, i + 1, 1) for i in range(4)],
        index=CODES,
        crs="EPSG:27700",
    )
    classes = read_classes(LOOKUP.assign(kind=["coast", "town", "town", "town"]), CODES, column="kind")
    made = class_layer(areas, classes, outlines_of(areas, classes), months=12)
    # The total would tell the 3 from the 90, so neither is shown, and the report's table says so.
    assert made["hidden"].tolist() == [True, True]
    assert made["n"].isna().tolist() == [True, True]


def test_bands_stand_in_the_order_that_people_count_in() -> None:
    assert natural_order(["18-24", "under 10", "10-17", "9", "Not known"]) == [
        "9", "under 10", "10-17", "18-24", "Not known",
    ]  # fmt: skip
