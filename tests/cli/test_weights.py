"""What `hotspots gistar` says of the neighbours that it used, word for word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def counted(town: Path) -> Path:
    """Six wards of a square kilometre in a row of three by two, with counts and names, and an isle 4 km off."""
    squares = [box(1000 * c, 1000 * r, 1000 * c + 1000, 1000 * r + 1000) for c in range(3) for r in range(2)]
    layer = gpd.GeoDataFrame(
        {
            "code": [f"E0500000{i}" for i in range(1, 8)],
            "name": [*(f"Ward {i}" for i in range(1, 7)), "Isle"],
            "n": [12, 4, 9, 3, 1, 7, 40],
        },
        geometry=[*squares, box(7000, 0, 8000, 1000)],
        crs="EPSG:27700",
    )
    path = town / "counted.gpkg"
    layer.to_file(path)
    return path


def test_queen_names_the_island_and_the_mean_number(hotspots: Run, counted: Path) -> None:
    code, _, err = hotspots("gistar", counted, "-o", "hot.gpkg")
    assert code == 0, err
    # 4 corners with 3 neighbours, 2 middles with 5, none for the isle: 22 / 7.
    assert err.splitlines()[:2] == [
        "Warning: 1 area has no neighbours: E05000007 (Isle). Gi* is undefined there; join each to the area nearest "
        "to it with 'islands' set to 'nearest'",
        "Neighbours: queen contiguity, 3.1 neighbours on average",
    ]
    isle = gpd.read_file("hot.gpkg").set_index("code").loc["E05000007"]
    assert (isle["gi_class"], isle["gi_note"]) == ("undefined", "no neighbours")


def test_the_least_distance_reaches_the_island_and_is_announced(hotspots: Run, counted: Path) -> None:
    code, _, err = hotspots("gistar", counted, "--neighbours", "distance", "-o", "hot.gpkg")
    assert code == 0, err
    # The isle's centre lies 5,000 m from the nearest ward's. All six wards are within that of each other (30
    # links), and one of them of the isle (2): 32 / 7.
    assert err.splitlines()[:2] == [
        "Neighbour distance 5,000 m (the least that leaves no area alone; choose another with --distance)",
        "Neighbours: centroids within 5,000 m, 4.6 neighbours on average",
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--neighbours", "rook"), "rook contiguity, 2.0 neighbours on average"),
        (("--neighbours", "nearest", "--nearest", "3"), "the 3 nearest centroids, 3.0 neighbours on average"),
        (
            ("--neighbours", "distance", "--distance", "1000"),
            "centroids within 1,000 m, 2.0 neighbours on average",
        ),
    ],
)
def test_every_choice_is_said(hotspots: Run, counted: Path, options: tuple[str, ...], words: str) -> None:
    # Seven links side by side among the six wards: 14 / 7.
    code, _, err = hotspots("gistar", counted, *options, "-o", "hot.gpkg")
    assert code == 0, err
    assert f"Neighbours: {words}" in err.splitlines()
