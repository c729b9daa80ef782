"""The gate at the door of every distance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from hotspots.base.crs import crs_label, parse_crs, reproject, require_metres, transform_xy, transformation
from hotspots.base.errors import CRSError


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
