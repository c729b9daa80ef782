"""The colours of classes that a map shows side by side."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from hotspots.base.classes import EMERGING
from hotspots.methods.time.emerging import EM_CLASSES

Floats = npt.NDArray[np.float64]

# Linear RGB as people with dichromatic vision see it (Machado, Oliveira and Fernandes 2009, severity 1).
SEEN = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> Floats:
    v = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def lab(rgb: Floats) -> Floats:
    """CIE L*a*b* of linear sRGB under D65."""
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    t = matrix @ rgb / np.array([0.95047, 1, 1.08883])
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_every_kind_has_a_class() -> None:
    assert {entry.value for entry in EMERGING} == set(EM_CLASSES)


@pytest.mark.parametrize("sight", list(SEEN))
def test_no_two_kinds_look_alike(sight: str) -> None:
    seen = [lab(np.clip(SEEN[sight] @ linear(entry.colour), 0, 1)) for entry in EMERGING]
    assert (
        min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 8
    )  # a difference of 2.3 is just seen


@pytest.mark.parametrize("side", ["hotspot", "coldspot"])
def test_the_kinds_of_a_side_are_told_apart_in_grey(side: str) -> None:
    light = [lab(linear(entry.colour))[0] for entry in EMERGING if str(entry.value).endswith(side)]
    assert np.min(np.abs(np.diff(light))) > 8
    assert light in (sorted(light), sorted(light, reverse=True))
