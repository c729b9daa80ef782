"""Which themes a map shows."""

from __future__ import annotations

import geopandas as gpd
import shapely

from hotspots.analysis.results import Kind
from hotspots.export.webmap.themes import AreaTheme
from hotspots.publish.themes import _area_themes


def layer(**columns: object) -> gpd.GeoDataFrame:
    squares = [shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * i + 1000, 3e5 + 1000) for i in range(3)]
    return gpd.GeoDataFrame(columns, geometry=squares, index=["E1", "E2", "E3"], crs="EPSG:27700")


def themes_of(
    table: gpd.GeoDataFrame, label: str, *, group: str, ranked: str | None = None
) -> list[AreaTheme]:
    kind: Kind = "cells" if label == "Cells" else "areas"
    noun = label if label == "Wards" else label.casefold()
    return _area_themes(table, label, kind, group=group, noun=noun, ranked=ranked)


def test_buttons_are_short_and_titles_whole() -> None:
    themes = _area_themes(
        layer(n=1, rate=1.0, sd_flag="average"),
        "Wards",
        "areas",
        noun="Wards",
        group="Burglary",
        ranked="rate",
    )
    assert [(theme.title, theme.measure, theme.noun) for theme in themes] == [
        ("Wards: against the average", "Against the average", "Wards"),
        ("Wards: rate", "Rate", "Wards"),
    ]
    assert [theme.rank_column for theme in themes] == ["rate", None]


def test_flags_without_the_column_they_compare_are_ranked_by_what_there_is() -> None:
    (theme,) = themes_of(layer(sd_flag="average", sd_score=0.5), "Wards", group="", ranked="rate")
    assert theme.ranking() == "sd_score"


def test_columns_of_years_become_a_theme_that_opens_on_the_latest() -> None:
    *_, theme = themes_of(layer(n=3, n_2017=2, n_2016=1), "Wards", group="Burglary")
    assert (theme.title, theme.measure, theme.column) == (
        "Wards: incidents by year",
        "Incidents by year",
        "n_2017",
    )
    assert theme.periods == {"2016": "n_2016", "2017": "n_2017"}


def test_columns_of_months_are_called_so_and_one_is_not_a_series() -> None:
    themes = themes_of(layer(n=3, n_2017_01=2, n_2017_02=1), "Wards", group="Burglary")
    assert [theme.title for theme in themes] == ["Wards: incidents", "Wards: incidents by month"]
    assert [theme.title for theme in themes_of(layer(n=3, n_2017=2), "Wards", group="")] == [
        "Wards: incidents"
    ]


def test_many_cells_show_hotspots_and_no_series() -> None:
    themes = themes_of(layer(n=3, gi_class="hot99", n_2016=1, n_2017=2), "Cells", group="Burglary")
    assert [(theme.title, theme.draw) for theme in themes] == [("Cells: hotspots and coldspots", "classed")]


def test_areas_of_a_file_are_called_areas() -> None:
    themes = themes_of(layer(n=3, n_2016=1, n_2017=2), "Areas", group="burglary")
    assert [(theme.title, theme.group, theme.noun) for theme in themes] == [
        ("Areas: incidents", "burglary", "areas"),
        ("Areas: incidents by year", "burglary", "areas"),
    ]
