"""The gate at the door of every distance."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS
from shapely import box

from hotspots.base import crs as crs_module
from hotspots.base.crs import (
    announce_transformation,
    crs_label,
    crs_text,
    parse_crs,
    reproject,
    require_metres,
    suggested_crs,
    transform_xy,
    transformation,
    worst_scale,
)
from hotspots.base.errors import CRSError, HotspotsWarning


@pytest.mark.parametrize(
    ("crs", "message", "hint"),
    [
        (
            None,
            "incidents have no coordinate reference system, but distances need one",
            "set it with incidents.set_crs('EPSG:27700'), if that is what the coordinates are",
        ),
        (
            "EPSG:4326",
            "incidents are in WGS 84 (degrees), but distances are in metres",
            "reproject with incidents.to_crs('EPSG:27700')",
        ),
        (
            "EPSG:2263",
            "incidents are in NAD83 / New York Long Island (ftUS) (US survey foot), but distances are in metres",
            "reproject with incidents.to_crs('EPSG:27700')",
        ),
    ],
)
def test_what_is_not_in_metres_is_refused_with_the_way_out(crs: Any, message: str, hint: str) -> None:
    with pytest.raises(CRSError) as caught:
        require_metres(crs, what="incidents")
    assert caught.value.message == message
    assert caught.value.hint == hint


@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:26915", 32630])
def test_any_projected_system_in_metres_passes(crs: Any) -> None:
    assert require_metres(crs, what="areas") == parse_crs(crs)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "no coordinate reference system is given"),
        ("EPSG:1", "'EPSG:1' is not a coordinate reference system"),
    ],
)
def test_unknown_systems_are_named(given: Any, message: str) -> None:
    with pytest.raises(CRSError) as caught:
        parse_crs(given)
    assert caught.value.message == message


def test_the_greenwich_observatory_lands_in_its_grid_square() -> None:
    # Ordnance Survey gives TQ 388 773 for the Royal Observatory, whose WGS 84 position is 51.4779 N, 0.0015 W.
    x, y = transform_xy([-0.0015], [51.4779], source="EPSG:4326", target="EPSG:27700")
    assert (x[0] // 100, y[0] // 100) == (5388, 1773)


def test_missing_and_impossible_coordinates_become_missing() -> None:
    x, y = transform_xy([np.nan, 500.0], [52.0, 500.0], source="EPSG:4326", target="EPSG:27700")
    assert np.isnan(x).all()
    assert np.isnan(y).all()


def test_the_same_system_changes_nothing() -> None:
    x = np.array([1.0, 2.0])
    moved, _ = transform_xy(x, x, source="EPSG:27700", target="EPSG:27700")
    assert moved.tolist() == x.tolist()
    assert moved is not x


def test_layers_move_as_points_do() -> None:
    layer = gpd.GeoDataFrame({"a": [1]}, geometry=[box(-2.0, 52.0, -1.9, 52.1)], crs="EPSG:4326")
    moved = reproject(layer, "EPSG:27700")
    corner = transform_xy([-2.0], [52.0], source="EPSG:4326", target="EPSG:27700")
    inside = [
        point for point in moved.geometry[0].exterior.coords if np.allclose(point, np.ravel(corner), atol=0)
    ]
    assert inside
    assert layer.crs == "EPSG:4326"


def test_a_layer_already_there_is_not_sent_through_degrees() -> None:
    layer = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs="EPSG:27700")
    assert reproject(layer, "EPSG:27700") is layer


def test_a_layer_without_a_system_is_refused() -> None:
    with pytest.raises(CRSError) as caught:
        reproject(gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)]), "EPSG:27700")
    assert caught.value.message == "the layer has no coordinate reference system"


def test_the_operation_says_how_exact_it_is() -> None:
    used = transformation("EPSG:4326", "EPSG:27700")
    assert used.accuracy is not None
    assert used.best == (used.accuracy <= 1)
    assert f"accurate to {used.accuracy:g} m" in str(used)


def test_labels_are_codes_where_there_is_one() -> None:
    assert crs_label("EPSG:27700") == "EPSG:27700"


def test_threads_transform_at_once() -> None:
    x, y = np.linspace(350_000, 450_000, 20_000), np.linspace(250_000, 350_000, 20_000)
    expected = transform_xy(x, y, source="EPSG:27700", target="EPSG:4326")
    with ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(transform_xy, x, y, source="EPSG:27700", target="EPSG:4326") for _ in range(40)]
        for task in tasks:
            assert np.array_equal(task.result(), expected)


@pytest.mark.parametrize("crs", ["EPSG:4258", "EPSG:3035", "EPSG:25830", "EPSG:3034", "EPSG:4937"])
def test_etrs89_goes_by_way_of_wgs84_never_by_a_ballpark_shift(crs: str) -> None:
    # ETRS89 and WGS 84 are taken for one at 1 m, so that both come to the same place in Great Britain.
    lon, lat = transform_xy([400_000.0], [300_000.0], source="EPSG:27700", target="EPSG:4326")
    x, y = transform_xy(lon, lat, source="EPSG:4326", target=crs)
    east, north = transform_xy(x, y, source=crs, target="EPSG:27700")
    assert abs(east[0] - 400_000) < 0.01
    assert abs(north[0] - 300_000) < 0.01
    known = transformation(crs, "EPSG:27700")
    assert not known.ballpark
    assert known.accuracy is not None
    assert known.accuracy <= 3


def test_a_ballpark_shift_is_a_warning() -> None:
    # No operation from an unknown datum is registered.
    own = "+proj=longlat +ellps=clrk66 +no_defs"
    with pytest.warns(HotspotsWarning, match="which may be off by 100 m or more") as caught:
        announce_transformation(own, "EPSG:27700", what="'wards.gpkg'")
    assert str(caught[0].message).startswith("'wards.gpkg': from a system without a code")


def test_the_operation_is_said_once_it_is_needed(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert announce_transformation("EPSG:27700", "EPSG:27700", what="areas") is None
        announce_transformation("EPSG:4326", "EPSG:32630", what="areas")
    assert caplog.messages == ["areas: from EPSG:4326 to EPSG:32630 by UTM zone 30N, accurate to 0 m"]


def test_the_network_stays_off_and_its_setting_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(crs_module, "is_network_enabled", lambda: True)
    monkeypatch.setattr(crs_module, "set_network_enabled", asked.append)
    with crs_module._offline():
        assert asked == [False]
    assert asked == [False, True]


@pytest.mark.parametrize(
    ("crs", "bounds", "off"),
    [
        # Mercator stretches by 1 / cos(latitude): 1 / cos 52.6 degrees is 1.646.
        ("EPSG:3857", (-220_000, 6_900_000, -219_000, 6_901_000), 0.646),
        # The central meridian of British National Grid has the scale 0.9996 by definition.
        ("EPSG:27700", (400_000, 300_000, 400_001, 300_001), 0.0004),
        ("EPSG:4326", (-2, 52, -1, 53), 0.0),
    ],
)
def test_worst_scale(crs: str, bounds: tuple[float, ...], off: float) -> None:
    assert worst_scale(crs, bounds) == pytest.approx(off, abs=0.003)


def test_a_system_that_fits_a_place() -> None:
    assert suggested_crs(-1.5, 53.8) == "EPSG:27700"
    assert suggested_crs(-87.7, 41.9) == "EPSG:32616"
    assert suggested_crs(151.2, -33.9) == "EPSG:32756"


def test_systems_without_a_code_are_carried_by_their_definition() -> None:
    own = "+proj=laea +lat_0=52.6 +lon_0=-1.97 +datum=WGS84 +units=m"
    assert crs_label(own) == "a system without a code (Lambert Azimuthal Equal Area)"
    assert parse_crs(crs_text(own)) == parse_crs(own)
    assert crs_text("EPSG:27700") == "EPSG:27700"
    assert crs_text("ESRI:102003") == "ESRI:102003"


@pytest.mark.parametrize("name", ["Transver],PAercator", "Trnsverse_Mercator"])
def test_a_projection_that_nobody_knows_is_refused(name: str) -> None:
    unknown = CRS.from_wkt(CRS("EPSG:27700").to_wkt("WKT1_ESRI").replace("Transverse_Mercator", name))
    # How far its lengths are off cannot be told.
    assert worst_scale(unknown, (400_000, 300_000, 401_000, 301_000)) == 0
    with pytest.raises(
        CRSError, match=r"^no operation is known from .* to EPSG:4326\nHint: save the layer again"
    ):
        transform_xy([400_000], [300_000], source=unknown, target="EPSG:4326")
