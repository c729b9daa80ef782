"""The colours of classes that a map shows side by side."""

from __future__ import annotations

import math
import re
from importlib.resources import files
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pytest

from hotspots.base import classes
from hotspots.base.classes import EMERGING, NEUTRAL, UNDEFINED, StyleClass
from hotspots.export.picture.canvas import BORDER
from hotspots.export.qgis.style import _BORDER as QGIS_BORDER
from hotspots.export.style import DENSITY_OPACITY, DENSITY_RAMP, HIGHEST, QUANTITY_RAMP
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


def ciede2000(one: Floats, other: Floats) -> float:
    """How different two CIE L*a*b* colours look (Luo, Cui and Rigg 2001; the formulas of Sharma, Wu and Dalal 2005)."""
    (light, a, b), (light2, a2, b2) = one, other
    mean = (math.hypot(a, b) + math.hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    chroma, chroma2 = math.hypot(a * stretch, b), math.hypot(a2 * stretch, b2)
    hue, hue2 = (math.degrees(math.atan2(y, x * stretch)) % 360 for x, y in ((a, b), (a2, b2)))
    grey = chroma * chroma2 == 0
    turn = 0.0 if grey else (hue2 - hue + 180) % 360 - 180
    turned = 2 * math.sqrt(chroma * chroma2) * math.sin(math.radians(turn) / 2)
    mean_hue = hue + hue2 if grey else (hue + turn / 2) % 360
    mean_light, mean_chroma = (light + light2) / 2, (chroma + chroma2) / 2

    def cosine(degrees: float) -> float:
        return math.cos(math.radians(degrees))

    weight = 1 - 0.17 * cosine(mean_hue - 30) + 0.24 * cosine(2 * mean_hue)
    weight += 0.32 * cosine(3 * mean_hue + 6) - 0.20 * cosine(4 * mean_hue - 63)
    for_light = 1 + 0.015 * (mean_light - 50) ** 2 / math.sqrt(20 + (mean_light - 50) ** 2)
    for_chroma, for_hue = 1 + 0.045 * mean_chroma, 1 + 0.015 * mean_chroma * weight
    rotation = -math.sin(math.radians(60 * math.exp(-(((mean_hue - 275) / 25) ** 2))))
    rotation *= 2 * math.sqrt(mean_chroma**7 / (mean_chroma**7 + 25**7))
    parts = (light2 - light) / for_light, (chroma2 - chroma) / for_chroma, turned / for_hue
    return math.sqrt(sum(part**2 for part in parts) + rotation * parts[1] * parts[2])


# Of table 1 of Sharma, Wu and Dalal (2005), https://doi.org/10.1002/col.20070.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
    ((50, 2.8361, -74.0200), (50, 0, -82.7485), 3.4412),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (61, -5, 29), 22.8977),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "published"), SHARMA)
def test_the_difference_of_colours_is_the_published_one(one: Floats, other: Floats, published: float) -> None:
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(published, abs=5e-5)


GREY = np.tile([0.2126, 0.7152, 0.0722], (3, 1))
PALETTES = {
    name: tuple(dict.fromkeys(entry.colour for entry in value if entry.value != "undefined"))
    for name, value in vars(classes).items()
    if isinstance(value, tuple) and value and isinstance(value[0], StyleClass)
}
WITHOUT_ZERO, WITH_TOP = (*reversed(QUANTITY_RAMP), NEUTRAL), (HIGHEST, *reversed(QUANTITY_RAMP))


def over_land(colour: str) -> str:
    parts = zip(bytes.fromhex(colour[1:]), bytes.fromhex(NEUTRAL[1:]), strict=True)
    return "#" + bytes(round(DENSITY_OPACITY * a + (1 - DENSITY_OPACITY) * b) for a, b in parts).hex()


PALETTES |= {
    "quantities and zero": WITHOUT_ZERO,
    "quantities and the highest": WITH_TOP,
    "densities on land": (*(over_land(colour) for colour in reversed(DENSITY_RAMP)), NEUTRAL),
    "undefined and the lowest": (classes.HOTSPOT[-2].colour, UNDEFINED),
    "undefined among outliers": tuple(entry.colour for entry in classes.OUTLIER),
}


def test_the_palettes_are_all_of_them() -> None:
    assert {
        "AVERAGE",
        "HOTSPOT",
        "OUTLIER",
        "PRIORITY",
        "STANDING",
        "CHANGE",
        "TIMES",
        "FUNNEL",
        "RISK",
    } <= set(PALETTES)


@pytest.mark.parametrize("sight", [*SEEN, "grey"])
@pytest.mark.parametrize("palette", [name for name in PALETTES if name != "EMERGING"])
def test_any_two_classes_of_a_legend_differ_by_ten(palette: str, sight: str) -> None:
    """Not only neighbours: on a map any two classes may touch, such as up and down."""
    matrix = GREY if sight == "grey" else SEEN[sight]
    seen = [lab(np.clip(matrix @ linear(colour), 0, 1)) for colour in PALETTES[palette]]
    assert min(ciede2000(a, b) for a, b in combinations(seen, 2)) >= 10


@pytest.mark.parametrize("sight", [*SEEN, "grey"])
def test_neighbours_among_the_kinds_of_hotspot_differ_by_six(sight: str) -> None:
    """Of sixteen kinds and two classes beside them no order of colours has steps of ten: grey holds seven."""
    matrix = GREY if sight == "grey" else SEEN[sight]
    seen = [lab(np.clip(matrix @ linear(colour), 0, 1)) for colour in PALETTES["EMERGING"]]
    assert min(ciede2000(a, b) for a, b in pairwise(seen)) >= 6


def test_every_kind_has_a_class() -> None:
    assert {entry.value for entry in EMERGING} == set(EM_CLASSES)


@pytest.mark.parametrize("sight", list(SEEN))
def test_no_two_kinds_look_alike(sight: str) -> None:
    seen = [lab(np.clip(SEEN[sight] @ linear(entry.colour), 0, 1)) for entry in EMERGING]
    assert (
        min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 7.5
    )  # a difference of 2.3 is just seen


@pytest.mark.parametrize("side", ["hotspot", "coldspot"])
def test_the_kinds_of_a_side_are_told_apart_in_grey(side: str) -> None:
    light = [lab(linear(entry.colour))[0] for entry in EMERGING if str(entry.value).endswith(side)]
    assert np.min(np.abs(np.diff(light))) > 7
    assert light in (sorted(light), sorted(light, reverse=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(GREY[0] @ linear(colour)) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def web_line() -> str:
    script = files("hotspots.export.webmap") / "static" / "layers.js"
    found = re.search(r'\bLINE = "(#\w{6})"', script.read_text(encoding="utf-8"))
    assert found
    return found[1]


@pytest.mark.parametrize("line", [web_line(), BORDER, QGIS_BORDER], ids=["web map", "picture", "QGIS"])
def test_lines_between_areas_stand_out_from_the_land_or_the_fills_do(line: str) -> None:
    """A contrast of 3 to 1 with the land (WCAG 1.4.11): each fill has it, or the line around it."""
    for palette in ("AVERAGE", "HOTSPOT", "CHANGE", "FUNNEL", "RISK"):
        for colour in PALETTES[palette]:
            assert max(contrast(colour, NEUTRAL), contrast(line, NEUTRAL)) >= 3, (palette, colour)


@pytest.mark.parametrize("sight", [*SEEN, "grey"])
def test_any_two_kinds_of_emerging_hotspots_differ_by_ten_or_by_their_marks(sight: str) -> None:
    matrix = GREY if sight == "grey" else SEEN[sight]
    seen = [lab(np.clip(matrix @ linear(entry.colour), 0, 1)) for entry in EMERGING]
    near = [
        (one.mark, other.mark)
        for (one, a), (other, b) in combinations(zip(EMERGING, seen, strict=True), 2)
        if ciede2000(a, b) < 10
    ]
    assert near, "marks are needed only because colours are near"
    assert all(one != other for one, other in near)
