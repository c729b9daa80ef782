"""Incidents taken off the map points that they were moved to, so that scores do not reward finding a point again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from hotspots.base.crs import Floats

Integers = npt.NDArray[np.int64]
Scoring = Literal["unsnapped", "snapped"]

REACH = 250.0
STEP = 25.0
# From so many incidents a place on, and of so many in all, coordinates are taken for map points.
_REPEATS = 2.0
_ENOUGH = 1000


def looks_snapped(x: Floats, y: Floats) -> bool:
    """Return whether incidents stand on so few places, two or more on each on average, that those are map points."""
    located = np.isfinite(x) & np.isfinite(y)
    number = int(located.sum())
    if number < _ENOUGH:
        return False
    places = np.unique(np.column_stack((x[located], y[located])), axis=0)
    return number >= _REPEATS * len(places)


@dataclass(frozen=True, eq=False)
class Spread:
    """The ground that belongs to each map point, in squares of 25 m.

    Attributes
    ----------
    x, y : ndarray of float64
        The middle of each square; a map point's own place where it has no square.
    place : ndarray of int64
        The map point that it belongs to, as a row of `places`.
    share : ndarray of float64
        The share of that point's ground, adding up to 1 over each.
    places : ndarray of float64, shape (n, 2)
        The map points, sorted.
    """

    x: Floats
    y: Floats
    place: Integers
    share: Floats
    places: Floats

    @classmethod
    def over(cls, x: Floats, y: Floats) -> Spread:
        """Divide the ground up to 250 m from any of the incidents' places among them, each square to the nearest.

        It is an assumption, which undoes the moving only on average: an incident is as likely anywhere on the
        ground that is nearest to its map point. Incidents without coordinates are left out.
        """
        from scipy.spatial import cKDTree

        located = np.isfinite(x) & np.isfinite(y)
        places = np.unique(np.column_stack((x[located], y[located])), axis=0)
        squares = _squares_near(places)
        _, nearest = cKDTree(places).query(squares, distance_upper_bound=REACH, workers=-1)
        belongs = nearest < len(places)
        squares, nearest = squares[belongs], nearest[belongs]
        number = np.bincount(nearest, minlength=len(places))
        bare = np.flatnonzero(number == 0)
        middle = np.concatenate((squares, places[bare]))
        place = np.concatenate((nearest, bare)).astype(np.int64)
        return cls(middle[:, 0], middle[:, 1], place, 1 / np.maximum(number, 1)[place], places)

    def weights(self, x: Floats, y: Floats) -> Floats:
        """Return how many of some incidents lie in each square, when each is spread over its point's ground."""
        located = np.isfinite(x) & np.isfinite(y)
        points = np.column_stack((x[located], y[located]))
        both, inverse = np.unique(np.concatenate((self.places, points)), axis=0, return_inverse=True)
        inverse = inverse.ravel()
        row = np.full(len(both), -1)
        row[inverse[: len(self.places)]] = np.arange(len(self.places))
        found = row[inverse[len(self.places) :]]
        held = np.bincount(found[found >= 0], minlength=len(self.places))
        weights: Floats = held[self.place] * self.share
        return weights


def _squares_near(places: Floats) -> Floats:
    """Return the middles of the squares in all blocks of 250 m that hold a place or touch one that does."""
    blocks = np.unique(np.floor(places / REACH).astype(np.int64), axis=0)
    around = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), axis=-1).reshape(-1, 2)
    near = np.unique((blocks[:, None, :] + around[None, :, :]).reshape(-1, 2), axis=0)
    steps = (np.arange(REACH / STEP) + 0.5) * STEP
    within = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    squares: Floats = (near[:, None, :] * REACH + within[None, :, :]).reshape(-1, 2)
    return squares
