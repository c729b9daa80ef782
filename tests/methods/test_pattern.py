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


def peopled(areas: gpd.GeoDataFrame, seed: int) -> pd.Series[Any]:
    """People in the cells, e² times as many in the last column as in the first."""
    column = np.repeat(np.linspace(0, 2, int(len(areas) ** 0.5)), int(len(areas) ** 0.5))
    return values_on(areas, np.random.default_rng(seed).uniform(500, 1500, len(areas)) * np.exp(column))


@pytest.mark.parametrize("mean", [1, 60])
def test_rates_are_standardised_as_by_esda(mean: float) -> None:
    # With few incidents the estimated variance of the true rates is under 0, and the index falls back on chance's.
    from esda import Moran
    from esda.smoothing import assuncao_rate

    areas = squares(9, 9)
    people, neighbours = peopled(areas, 1), make_neighbours(areas)
    n = values_on(areas, np.random.default_rng(3).poisson(mean * people / people.mean()))
    found = global_pattern(n, neighbours, population=people, permutations=99)
    index = assuncao_rate(n.to_numpy(), people.to_numpy())
    assert found.moran_i == pytest.approx(Moran(index, neighbours.to_graph(), permutations=0).I, rel=1e-12)
    assert found.of_rates
    assert f"Moran's I = {found.moran_i:.2f} of rates, p = " in found.sentence()


def test_rates_by_hand() -> None:
    # 2 1 6 3 incidents among 10 10 20 20 people, in a row: rates .2 .1 .3 .15, m = 12/60 = .2;
    # s2 = (10·0 + 10·.01 + 20·.01 + 20·.0025)/60 = .35/60 = .0058333; a = .0058333 - .2/15 = -.0075, so under 0.
    # Its own variance a + m/people: .0125 for ten people, .0025 for twenty: index 0, -.1/√.0125 = -.894427, .1/.05 = 2,
    # -.05/.05 = -1. Their mean is .026393; z = -.026393 -.920820 1.973607 -1.026393; z'z = 5.797214;
    # z'Wz, with the neighbours' means as lags -.920820 .973607 -.973607 1.973607, = -4.819428.
    areas = squares(4, 1)
    n, people = values_on(areas, [2, 1, 6, 3]), values_on(areas, [10, 10, 20, 20])
    found = global_pattern(n, make_neighbours(areas), population=people, permutations=99)
    assert found.moran_i == pytest.approx(-4.819428 / 5.797214, abs=2e-6)
    assert np.isnan(found.general_g)
    assert found.sentence_of_g() == "General G is undefined: chance explains the whole spread of the rates."


def test_where_people_live_is_no_pattern_of_rates() -> None:
    # One rate for all, people in a gradient: counts cluster in every map, rates by their own size often, rates that
    # allow for it in 5 of 100. 200 maps have a standard error of .015.
    areas = squares(8, 8)
    people, neighbours = peopled(areas, 2), make_neighbours(areas)
    random = np.random.default_rng(5)
    found: dict[str, list[float]] = {"count": [], "allowed": [], "allowed g": []}
    for _ in range(200):
        n = values_on(areas, random.poisson(6 * people / people.mean()))
        allowed = global_pattern(n, neighbours, population=people, permutations=199)
        found["count"].append(global_pattern(n, neighbours, permutations=199).moran_p)
        found["allowed"].append(allowed.moran_p)
        found["allowed g"].append(allowed.general_p)
    share = {name: float((np.array(p) <= 0.05).mean()) for name, p in found.items()}
    assert share["count"] > 0.9
    assert 0.01 <= share["allowed"] <= 0.1
    assert share["allowed g"] <= 0.1


def test_areas_without_people_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    areas = squares(7, 1)
    n, people = values_on(areas, [3, 1, 6, 3, 9, 4, 2]), values_on(areas, [50, 20, 70, 30, 60, 0, np.nan])
    with caplog.at_level(logging.INFO, logger="hotspots"):
        found = global_pattern(n, make_neighbours(areas), population=people, permutations=99)
    assert found.n == 5
    fewer = squares(5, 1)
    alone = global_pattern(n.iloc[:5], make_neighbours(fewer), population=people.iloc[:5], permutations=99)
    assert found.moran_i == pytest.approx(alone.moran_i, rel=1e-12)


@pytest.mark.parametrize(
    ("n", "people", "message"),
    [
        ([-1, 2, 3, 4], None, "with populations the values are counts, but that of 'E05000000' is negative"),
        ([1, 2, 3, 4], "turned", "values and population are not of the same areas in the same order"),
        ([0, 0, 0, 0], None, "all 4 values are equal, so there is no pattern to test"),
        ([1, 2, 3, 4], "none", "0 areas have a value, but at least 4 are needed"),
    ],
)
def test_rates_that_cannot_be(n: Any, people: str | None, message: str) -> None:
    areas = squares(4, 1)
    population = values_on(areas, [0 if people == "none" else 10] * 4)
    with pytest.raises(DataError) as error:
        global_pattern(
            values_on(areas, n),
            make_neighbours(areas),
            population=population[::-1] if people == "turned" else population,
        )
    assert error.value.message == message


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
    assert caught.value.message == "'permutations' is 9, too few to tell anything from chance"
    assert caught.value.hint == "set 'permutations' to a number such as 9999"
    with pytest.raises(
        ParameterError, match=r"^'permutations' is 10000000, but more than 9,999,999 tell nothing"
    ):
        global_pattern(values, neighbours, permutations=10_000_000)
    with pytest.raises(ParameterError) as caught:
        global_pattern(values, neighbours, seed=-1)
    assert caught.value.message == "'seed' is -1, but must be 0 or more"
    assert caught.value.hint == "set 'seed' to a whole number such as 0"
