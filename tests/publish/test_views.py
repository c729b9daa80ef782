"""Which views a map shows."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.analysis.recipe.tables import Theme
from hotspots.analysis.results import Analysis, Kind, Layer, ThemeResult
from hotspots.export.webmap.views import AreaView
from hotspots.publish.pictures import file_picture
from hotspots.publish.views import STEPPED, _area_views, _by_month, file_views


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


def months_of(first: str, periods: int, areas: int = 3) -> pd.DataFrame:
    months = pd.period_range(first, periods=periods, freq="M")
    counts = np.arange(areas * periods).reshape(areas, periods)
    return pd.DataFrame(counts, index=[f"E{i + 1}" for i in range(areas)], columns=months)


def by_month(monthly: pd.DataFrame | None, *, partial: str | None = None, **more: Any) -> list[AreaView]:
    """The months of a theme of the three areas."""
    first = Layer(
        "wards", "areas", "Wards", layer(name=["A", "B", "C"], district="", n=9, rate=1.5, gi_z=0.5)
    )
    theme = ThemeResult(
        "burglary", "Burglary", (first,), theme=Theme("Burglary"), n=27.0, monthly=monthly, **more
    )
    none = pd.DataFrame({"coverage": [], "district": []}, dtype=str)
    told = SimpleNamespace(partial_month=partial)
    analysis = cast(
        "Analysis", SimpleNamespace(quality=told, partly={}, parts={}, lacking_months=none, uncovered={})
    )
    return _by_month(analysis, theme, first, None)


def test_months_of_a_run_have_a_table_of_their_own() -> None:
    (view,) = by_month(months_of("2025-01", 3))
    assert (view.title, view.group, view.column) == ("Wards: incidents by month", "Burglary", "n_2025-03")
    assert list(view.periods) == ["January 2025", "February 2025", "March 2025"]
    assert [*view.layer.columns.drop("geometry")] == ["name", "district", *view.periods.values()]
    assert view.layer["n_2025-02"].tolist() == [1, 4, 7]


def test_months_that_are_only_compared_with_come_first() -> None:
    (view,) = by_month(months_of("2025-01", 1), earlier=months_of("2024-01", 1))
    assert list(view.periods) == ["January 2024", "January 2025"]


def test_an_incomplete_last_month_does_not_play_as_a_fall() -> None:
    (view,) = by_month(months_of("2025-01", 3), partial="2025-03")
    assert list(view.periods) == ["January 2025", "February 2025"]
    assert (
        view.note == "The classes are the same in every period. March 2025 looks incomplete and is left out."
    )


@pytest.mark.parametrize("monthly", [None, months_of("2025-01", 1)])
def test_one_month_or_none_does_not_play(monthly: pd.DataFrame | None) -> None:
    assert by_month(monthly) == []


def test_of_very_many_months_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert STEPPED == 60_000  # 36 months of 1,600 areas
    monkeypatch.setattr("hotspots.publish.views.STEPPED", 12)
    (view,) = by_month(months_of("2025-01", 10))
    assert list(view.periods.values()) == ["n_2025-07", "n_2025-08", "n_2025-09", "n_2025-10"]


def test_a_column_of_our_name_without_numbers_is_not_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "wards.gpkg"
    layer(code=["E1", "E2", "E3"], rate=["low", "high", "low"], n=[1, 2, 3]).to_file(path)
    with caplog.at_level("INFO", logger="hotspots"):
        views, _ = file_views((str(path),))
    assert [view.title for view in views] == ["Areas: incidents"]
    assert f"'{path}': not shown, as they hold no numbers: rate" in caplog.messages
    assert file_picture([str(path)], source="A force", attribution="A licence").get_axes()
