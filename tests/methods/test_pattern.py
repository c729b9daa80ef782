"""Global pattern: by hand, against esda, and by every arrangement of a few values."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import sparse
from shapely import box

from hotspots.areas.neighbours import Neighbours, make_neighbours
from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.pattern import GlobalPattern, global_pattern


def squares(columns: int, rows: int) -> gpd.GeoDataFrame:
    cells = [box(100 * c, 100 * r, 100 * c + 100, 100 * r + 100) for c in range(columns) for r in range(rows)]
    index = pd.Index([f"E05{i:06d}" for i in range(len(cells))], name="code")
    return gpd.GeoDataFrame(index=index, geometry=cells, crs="EPSG:27700")


def values_on(areas: gpd.GeoDataFrame, values: Any) -> pd.Series[Any]:
    return pd.Series(np.asarray(values, dtype=float), index=areas.index)


def test_a_row_of_four_by_hand() -> None:
    # 1 2 3 4 in a row: z = -1.5, -0.5, 0.5, 1.5, z'z = 5; row weights 1, ½ ½, ½ ½, 1, summing to 4.
    # z'Wz = 0.75 + (-0.5)(-1.5 + 0.5)/2 + 0.5(-0.5 + 1.5)/2 + 0.75 = 2; I = 2/5.
    # G: 2 (1·2 + 2·3 + 3·4) = 40 of 10² - 30 = 70; expected 6 links of 4 · 3.
    areas = squares(4, 1)
    pattern = global_pattern(values_on(areas, [1, 2, 3, 4]), make_neighbours(areas), permutations=999)
    assert pattern.moran_i == pytest.approx(0.4)
    assert pattern.moran_expected == pytest.approx(-1 / 3)
    assert pattern.general_g == pytest.approx(40 / 70)
    assert pattern.general_expected == pytest.approx(0.5)
    assert (pattern.n, pattern.neighbours) == (4, "queen contiguity, 1.5 neighbours on average")


def test_p_is_that_of_every_arrangement() -> None:
    areas = squares(6, 1)
    values = [1.0, 2.0, 4.0, 7.0, 11.0, 3.0]
    neighbours = make_neighbours(areas)
    w = neighbours.matrix.toarray()
    w /= w.sum(axis=1, keepdims=True)
    z = np.array(list(itertools.permutations(values))) - np.mean(values)
    every = np.einsum("pi,ij,pj->p", z, w, z)
    observed = every[0]
    exact = min(1, 2 * min((every >= observed - 1e-9).mean(), (every <= observed + 1e-9).mean()))
    found = global_pattern(values_on(areas, values), neighbours, permutations=19_999).moran_p
    assert found == pytest.approx(exact, abs=0.012)


@pytest.mark.parametrize("method", ["queen", "rook"])
def test_as_esda(method: Any) -> None:
    from esda import G, Moran

    areas = squares(9, 8)
    random = np.random.default_rng(4)
    values = values_on(areas, random.gamma(2, 10, 72) + np.repeat(np.arange(9), 8) * 3)
    neighbours = make_neighbours(areas, method=method)
    ours = global_pattern(values, neighbours, permutations=4_999)
    moran = Moran(values.to_numpy(), neighbours.to_graph(), permutations=0)
    general = G(values.to_numpy(), neighbours.to_graph(), permutations=0)
    assert ours.moran_i == pytest.approx(moran.I, rel=1e-12)
    assert ours.moran_expected == pytest.approx(moran.EI)
    assert ours.moran_z == pytest.approx(moran.z_rand, rel=0.05)
    assert ours.general_g == pytest.approx(general.G, rel=1e-12)
    assert ours.general_expected == pytest.approx(general.EG)
    assert ours.general_z == pytest.approx(general.z_norm, rel=0.05)


def test_the_six_points_of_the_literature() -> None:
    """General G of the example of esda's documentation: neighbours within 15."""
    points = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
    cells = [box(x - 1, y - 1, x + 1, y + 1) for x, y in points]
    areas = gpd.GeoDataFrame(index=pd.Index(list("abcdef"), name="code"), geometry=cells, crs="EPSG:27700")
    neighbours = make_neighbours(areas, method="distance", distance=15)
    pattern = global_pattern(values_on(areas, [2, 3, 3.2, 5, 8, 7]), neighbours, permutations=99)
    assert pattern.general_g == pytest.approx(0.55709779, abs=5e-9)


@pytest.mark.shared
def test_columbus_crime(shared_data: Path) -> None:
    """Moran's I of residential burglaries and vehicle thefts in Columbus, queen: 0.500 by GeoDa and spdep."""
    areas = gpd.read_file(shared_data / "reference" / "columbus.geojson")
    areas = areas.set_axis(pd.Index([f"C{i:02d}" for i in range(len(areas))], name="code"))
    # The layer is in units of its own, some six across: taken as kilometres, borders keep their neighbours.
    areas = areas.set_geometry(shapely.transform(areas.geometry, lambda xy: 1000 * xy)).set_crs(
        "EPSG:27700", allow_override=True
    )
    pattern = global_pattern(areas["CRIME"], make_neighbours(areas), permutations=999)
    assert pattern.moran_i == pytest.approx(0.500188557, abs=1e-9)
    assert (
        pattern.sentence("crime")
        == "Crime is clustered between areas: Moran's I = 0.50, p = 0.002 (999 permutations)."
    )


def test_memory_held_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    areas = squares(5, 5)
    values = values_on(areas, np.arange(25) % 7)
    first = global_pattern(values, make_neighbours(areas), permutations=199)
    monkeypatch.setattr("hotspots.methods.pattern._HELD", 100)
    assert global_pattern(values, make_neighbours(areas), permutations=199) == first


def test_checks_pattern_stripes_and_noise_in_words() -> None:
    areas = squares(8, 8)
    neighbours = make_neighbours(areas, method="rook")
    column, row = np.divmod(np.arange(64), 8)
    clustered = global_pattern(values_on(areas, np.exp(-((column - 1) ** 2) - (row - 1) ** 2)), neighbours)
    assert clustered.sentence("burglary", between="wards").startswith(
        "Burglary is clustered between wards: Moran's I = 0.6"
    )
    assert clustered.sentence().endswith("p < 0.001 (9,999 permutations).")
    assert clustered.sentence_of_g().startswith("High values lie together: General G = ")
    board = global_pattern(values_on(areas, (column + row) % 2), neighbours)
    assert board.moran_i == pytest.approx(-1)
    assert board.sentence("noise").startswith("Noise is dispersed between areas, unlike values side by side")
    assert board.sentence("noise").endswith("Read local hotspots with care.")
    low = global_pattern(values_on(areas, 10 - 9 * np.exp(-((column - 4) ** 2) - (row - 4) ** 2)), neighbours)
    assert low.sentence_of_g().startswith(("High values lie apart", "High values clearly lie neither"))


def test_no_pattern_in_words() -> None:
    pattern = GlobalPattern(0.021, -0.01, 0.5, 0.3104, 0.1, 0.1, 0.0, 0.9, 100, 9999, 0, "queen contiguity")
    assert pattern.sentence("burglary", between="wards") == (
        "Burglary: no pattern between wards is clear: Moran's I = 0.02, p = 0.310 (9,999 permutations). "
        "Read local hotspots with care."
    )
    assert pattern.sentence_of_g() == (
        "High values clearly lie neither together nor apart: General G = 0.1 against 0.1 expected, p = 0.900."
    )


def test_at_random_a_pattern_is_found_as_often_as_promised() -> None:
    areas = squares(7, 7)
    neighbours = make_neighbours(areas)
    random = np.random.default_rng(8)
    ps = np.array(
        [
            global_pattern(values_on(areas, random.poisson(6, 49)), neighbours, permutations=199).moran_p
            for _ in range(300)
        ]
    )
    assert 0.02 < (ps <= 0.05).mean() < 0.08


def test_same_seed_same_answer_and_a_step_of_scale_changes_nothing() -> None:
    areas = squares(5, 5)
    neighbours = make_neighbours(areas)
    values = values_on(areas, np.random.default_rng(1).poisson(5, 25))
    first = global_pattern(values, neighbours, permutations=499, seed=3)
    assert global_pattern(values, neighbours, permutations=499, seed=3) == first
    scaled = global_pattern(values * 1000, neighbours, permutations=499, seed=3)
    assert (scaled.moran_p, scaled.general_p) == (first.moran_p, first.general_p)
    assert global_pattern(values, neighbours, permutations=499, seed=4).moran_z != first.moran_z


def test_areas_without_a_value_are_left_out_with_their_links(caplog: pytest.LogCaptureFixture) -> None:
    areas = squares(5, 1)
    with caplog.at_level(logging.INFO, logger="hotspots"):
        pattern = global_pattern(
            values_on(areas, [1, 2, 3, 4, np.nan]), make_neighbours(areas), permutations=99
        )
    assert pattern.moran_i == pytest.approx(0.4)
    assert "Pattern: 1 of 5 areas have no value and are left out" in caplog.messages


def test_general_g_needs_values_of_zero_or_more() -> None:
    areas = squares(4, 1)
    pattern = global_pattern(values_on(areas, [-1, 2, 3, 4]), make_neighbours(areas), permutations=99)
    assert np.isnan(pattern.general_g)
    assert (
        pattern.sentence_of_g() == "General G is undefined: it needs values of 0 or more, two of them over 0."
    )


def test_a_diagonal_is_no_neighbour() -> None:
    areas = squares(4, 1)
    plain = make_neighbours(areas)
    with_self = Neighbours(plain.index, sparse.csr_array(plain.matrix + sparse.eye_array(4)), "graph", "own")
    values = values_on(areas, [1, 2, 3, 4])
    assert global_pattern(values, with_self, permutations=99).moran_i == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([5, 5, 5, 5, 5], "all 5 values are equal, so there is no pattern to test"),
        ([1, 2, np.nan, np.nan, 4], "3 areas have a value, but at least 4 are needed"),
        ([1, 2, np.inf, 3, 4], "the value of 'E05000002' is infinite"),
    ],
)
def test_what_has_no_pattern_is_refused(values: Any, message: str) -> None:
    areas = squares(5, 1)
    with pytest.raises(DataError) as error:
        global_pattern(values_on(areas, values), make_neighbours(areas))
    assert error.value.message == message


def test_other_refusals() -> None:
    areas = squares(4, 1)
    values = values_on(areas, [1, 2, 3, 4])
    neighbours = make_neighbours(areas)
    with pytest.raises(DataError) as error:
        global_pattern(values[::-1], neighbours)
    assert error.value.message == "values and neighbours are not of the same areas in the same order"
    assert error.value.hint == "make the neighbours from the layer that holds the values"
    none = Neighbours(neighbours.index, sparse.csr_array((4, 4)), "distance", "none")
    with pytest.raises(DataError) as error:
        global_pattern(values, none)
    assert error.value.message == "no two areas with a value are neighbours"
    with pytest.raises(ParameterError) as caught:
        global_pattern(values, neighbours, permutations=9)
    assert caught.value.message == "'permutations' is 9"
    assert caught.value.hint == "use 99 or more, such as 9999"
    with pytest.raises(ParameterError) as caught:
        global_pattern(values, neighbours, seed=-1)
    assert caught.value.message == "'seed' is -1"
    assert caught.value.hint == "use a whole number from 0"
