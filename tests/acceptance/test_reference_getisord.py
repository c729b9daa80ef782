"""Gi, Gi* and the false-discovery correction against published numbers and spdep's values."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from hotspots.areas.neighbours import from_graph, make_neighbours
from hotspots.base.discovery import benjamini_hochberg
from hotspots.methods.getisord.statistic import gi, gi_star

pytestmark = pytest.mark.filterwarnings("ignore:Gi. of .* values. with fewer than 30")

# The 16 x 16 reflectance values, 30 m apart, of Getis and Ord (1996), as R's spData distributes them
# ('getisord', CC0): x runs along a row, y from row to row.
GETIS_ORD_1996 = """
40 41 42 43 49 54 47 44 42 44 43 46 52 56 56 61
40 42 41 40 43 49 46 42 42 43 43 49 59 62 53 62
43 42 40 42 42 42 41 42 42 43 42 53 66 61 51 62
44 41 39 42 44 43 42 42 42 43 43 49 56 53 53 61
42 43 44 43 42 41 42 44 43 43 44 47 58 59 55 61
52 59 61 56 41 40 43 44 46 48 50 52 68 69 60 61
62 62 86 85 55 59 64 72 75 70 70 62 66 61 55 57
65 62 68 72 102 94 90 83 74 81 96 69 52 50 51 54
62 59 55 61 99 97 93 80 65 87 107 80 59 60 67 66
62 55 56 56 80 90 99 88 64 91 112 94 76 91 100 85
63 57 58 58 77 92 82 71 59 90 105 92 79 98 110 83
59 58 60 64 88 99 82 81 71 80 89 89 89 102 104 75
55 54 53 61 82 102 88 93 96 94 110 114 109 103 92 68
55 55 56 60 91 95 86 98 115 105 110 107 101 89 85 68
62 63 64 59 85 88 95 106 110 99 89 82 79 84 97 79
55 56 54 58 65 75 82 77 74 74 69 61 62 71 73 63
"""


def points(x: Any, y: Any) -> gpd.GeoDataFrame:
    codes = [f"p{number:03}" for number in range(len(x))]
    return gpd.GeoSeries.from_xy(x, y, index=codes, crs="EPSG:27700").to_frame("geometry")


@pytest.fixture
def pixels() -> tuple[gpd.GeoDataFrame, pd.Series[float]]:
    values = np.array(GETIS_ORD_1996.split(), dtype=float)
    places = points(np.arange(256) % 16 * 30.0, np.arange(256) // 16 * 30.0)
    return places, pd.Series(values, index=places.index)


@pytest.mark.parametrize("standardised", [False, True])
def test_the_example_of_esdas_documentation(standardised: bool) -> None:
    places = points([10, 20, 40, 15, 30, 30], [10, 10, 10, 20, 20, 30])
    values = pd.Series([2, 3, 3.2, 5, 8, 7], index=places.index)
    near = make_neighbours(places, method="distance", distance=15)
    if standardised:  # the statistic does not depend on a row's scale; esda's own value does
        near = from_graph(near.to_graph().transform("r"))
    assert gi(values, near)["gi_z"].to_numpy() == pytest.approx(
        [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941], abs=5e-9
    )
    assert gi_star(values, near)["gi_z"].to_numpy() == pytest.approx(
        [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331], abs=5e-9
    )


def test_getis_and_ords_pixels(pixels: tuple[gpd.GeoDataFrame, pd.Series[float]]) -> None:
    places, values = pixels
    assert values.mean() == 66.609375
    assert values.std(ddof=0) == pytest.approx(20.491894, abs=5e-7)
    published = {30: 1.221979, 60: 1.748098, 90: 1.986135, 120: 1.893374, 150: 1.237454}
    for distance, expected in published.items():
        near = make_neighbours(places, method="distance", distance=distance)
        assert gi(values, near)["gi_z"].iloc[119] == pytest.approx(expected, abs=5e-7)
    near = make_neighbours(places, method="distance", distance=30)
    assert gi_star(values, near)["gi_z"].iloc[119] == pytest.approx(1.45078, abs=5e-6)


def test_step_up_correction() -> None:
    # 4 are rejected: the fourth smallest, 0.015, is under 4 * 0.05 / 10; a step-down rule stops at the first,
    # 0.012.
    q = benjamini_hochberg([0.012, 0.013, 0.014, 0.015, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9])
    assert int((q <= 0.05).sum()) == 4
    assert int((benjamini_hochberg([0.04] * 10) <= 0.05).sum()) == 10


@pytest.mark.shared
@pytest.mark.parametrize("distance", [30, 60, 90, 120, 150])
def test_all_pixels_have_spdeps_values(
    shared_data: Path, pixels: tuple[gpd.GeoDataFrame, pd.Series[float]], distance: int
) -> None:
    places, values = pixels
    spdep = pd.read_csv(shared_data / "reference" / "getisord_xyz_localG_binary_distance_bands.csv")
    assert spdep["val"].tolist() == values.tolist()
    near = make_neighbours(places, method="distance", distance=distance)
    assert gi(values, near)["gi_z"].to_numpy() == pytest.approx(spdep[f"G_{distance}"].to_numpy(), abs=1e-12)
    assert gi_star(values, near)["gi_z"].to_numpy() == pytest.approx(
        spdep[f"Gstar_{distance}"].to_numpy(), abs=1e-12
    )


@pytest.mark.shared
def test_columbus_crime_has_spdeps_values(shared_data: Path) -> None:
    folder = shared_data / "reference"
    areas = gpd.read_file(folder / "columbus.geojson").set_crs("EPSG:27700", allow_override=True)
    areas.index = areas["POLYID"].astype(int).astype(str)
    spdep = pd.read_csv(folder / "columbus_crime_queen_localG.csv")
    spdep.index = spdep["POLYID"].astype(str)
    queen = make_neighbours(areas, tolerance=0)  # the map is 6 units wide: nothing may be bridged
    assert queen.counts.tolist() == spdep["n_nb"].tolist()
    assert gi(spdep["CRIME"], queen)["gi_z"].to_numpy() == pytest.approx(spdep["G_z"].to_numpy(), abs=1e-12)
    assert gi_star(spdep["CRIME"], queen)["gi_z"].to_numpy() == pytest.approx(
        spdep["Gstar_z"].to_numpy(), abs=1e-12
    )


@pytest.mark.shared
def test_staffordshire_wards_have_spdeps_and_esdas_values(shared_data: Path) -> None:
    folder = shared_data / "staffordshire" / "boundaries"
    wards = gpd.read_file(folder / "wards_2019_generalised_200m.geojson").to_crs("EPSG:27700")
    queen = make_neighbours(wards.set_index("WD19CD").sort_index())
    known = pd.read_csv(
        shared_data / "reference" / "staffordshire_wards_2025_gi_star_spdep_esda.csv", index_col="WD19CD"
    )
    with warnings.catch_warnings(action="error"):
        everything, asb = (gi_star(known[column], queen)["gi_z"] for column in ("all_2025", "asb_2025"))
    np.testing.assert_allclose(everything, known["gi_all_2025"], atol=1e-12)
    np.testing.assert_allclose(asb, known["gi_asb_2025"], atol=1e-12)
    np.testing.assert_allclose(asb, known["spdep_asb_2025"], atol=1e-12)
