"""Incidents taken off their map points."""

from __future__ import annotations

import numpy as np
import pytest

from hotspots.priorities.spreading import Spread, looks_snapped


def test_a_point_alone_owns_a_disc_of_250_m() -> None:
    spread = Spread.over(np.array([1000.0]), np.array([1000.0]))
    away = np.hypot(spread.x - 1000, spread.y - 1000)
    assert away.max() <= 250
    # π 250² / 25² = 314.2 squares.
    assert spread.x.size == pytest.approx(314, abs=4)
    assert spread.share.sum() == pytest.approx(1)


def test_ground_belongs_to_the_nearest_point() -> None:
    # 200 m apart: the border is half-way, at x = 1,100.
    spread = Spread.over(np.array([1000.0, 1200.0]), np.array([1000.0, 1000.0]))
    left = spread.place == 0
    assert spread.x[left].max() < 1100 < spread.x[~left].min()
    assert np.bincount(spread.place, weights=spread.share).tolist() == pytest.approx([1, 1])


def test_each_incident_counts_as_one_wherever_it_is_spread() -> None:
    rng = np.random.default_rng(1)
    places = rng.uniform(0, 2000, (40, 2))
    points = places[rng.integers(0, 40, 300)]
    spread = Spread.over(points[:, 0], points[:, 1])
    weights = spread.weights(points[:, 0], points[:, 1])
    assert weights.sum() == pytest.approx(300)
    per_place = np.bincount(spread.place, weights=weights)
    _, counts = np.unique(points, axis=0, return_counts=True)
    assert per_place.tolist() == pytest.approx(counts.tolist())


def test_a_point_with_no_square_of_its_own_keeps_its_place() -> None:
    # Nine points within a metre of the middle of a square: eight of them are nearest to no square's middle.
    x = np.array([12.5, *np.full(8, 12.5) + np.linspace(0.1, 0.8, 8)])
    spread = Spread.over(x, np.full(9, 12.5))
    assert set(spread.place.tolist()) == set(range(9))
    assert np.bincount(spread.place, weights=spread.share).tolist() == pytest.approx([1] * 9)


def test_incidents_without_a_place_are_left_out() -> None:
    x, y = np.array([0.0, np.nan]), np.array([0.0, 5.0])
    assert Spread.over(x, y).weights(x, y).sum() == pytest.approx(1)


def test_many_incidents_on_few_places_look_snapped() -> None:
    rng = np.random.default_rng(0)
    places = rng.uniform(0, 1000, (400, 2))
    on_points = places[np.arange(1200) % 400]
    assert looks_snapped(on_points[:, 0], on_points[:, 1])
    anywhere = rng.uniform(0, 1000, (1200, 2))
    assert not looks_snapped(anywhere[:, 0], anywhere[:, 1])
    assert not looks_snapped(on_points[:600, 0], on_points[:600, 1])
