"""Which views a map shows."""

from __future__ import annotations

import geopandas as gpd
import shapely

from hotspots.analysis.results import Kind
from hotspots.export.webmap.views import AreaView
from hotspots.publish.views import _area_views


def layer(**columns: object) -> gpd.GeoDataFrame:
    squares = [shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * i + 1000, 3e5 + 1000) for i in range(3)]
    return gpd.GeoDataFrame(columns, geometry=squares, index=["E1", "E2", "E3"], crs="EPSG:27700")


def themes_of(
    table: gpd.GeoDataFrame, label: str, *, group: str, ranked: str | None = None
) -> list[AreaView]:
    kind: Kind = "cells" if label == "Cells" else "areas"
    noun = label if label == "Wards" else label.casefold()
    return _area_views(table, label, kind, group=group, noun=noun, ranked=ranked)


def test_buttons_are_short_and_titles_whole() -> None:
    views = _area_views(
        layer(n=1, rate=1.0, sd_flag="average"),
        "Wards",
        "areas",
        noun="Wards",
        group="Burglary",
        ranked="rate",
    )
    assert [(view.title, view.measure, view.noun) for view in views] == [
        ("Wards: against the average", "Against the average", "Wards"),
        ("Wards: rate", "Rate", "Wards"),
    ]
    assert [view.rank_column for view in views] == ["rate", None]


def test_flags_without_the_column_they_compare_are_ranked_by_what_there_is() -> None:
    (view,) = themes_of(layer(sd_flag="average", sd_score=0.5), "Wards", group="", ranked="rate")
    assert view.ranking() == "sd_score"


def test_columns_of_years_become_a_theme_that_opens_on_the_latest() -> None:
    *_, view = themes_of(layer(n=3, n_2017=2, n_2016=1), "Wards", group="Burglary")
    assert (view.title, view.measure, view.column) == (
        "Wards: incidents by year",
        "Incidents by year",
        "n_2017",
    )
    assert view.periods == {"2016": "n_2016", "2017": "n_2017"}


def test_columns_of_months_are_called_so_and_one_is_not_a_series() -> None:
    views = themes_of(layer(n=3, n_2017_01=2, n_2017_02=1), "Wards", group="Burglary")
    assert [view.title for view in views] == ["Wards: incidents", "Wards: incidents by month"]
    assert [view.title for view in themes_of(layer(n=3, n_2017=2), "Wards", group="")] == ["Wards: incidents"]


def test_many_cells_show_hotspots_and_no_series() -> None:
    views = themes_of(layer(n=3, gi_class="hot99", n_2016=1, n_2017=2), "Cells", group="Burglary")
    assert [(view.title, view.draw) for view in views] == [("Cells: hotspots and coldspots", "classed")]


def test_areas_of_a_file_are_called_areas() -> None:
    views = themes_of(layer(n=3, n_2016=1, n_2017=2), "Areas", group="burglary")
    assert [(view.title, view.group, view.noun) for view in views] == [
        ("Areas: incidents", "burglary", "areas"),
        ("Areas: incidents by year", "burglary", "areas"),
    ]
