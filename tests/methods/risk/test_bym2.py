"""BYM2 and its sparse matrices: against the same in dense matrices, area by area."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse, special

from hotspots.base.lognormal_poisson import fit_lognormal_poisson
from hotspots.methods.risk.bym2 import _find_mode, _variance, fit_bym2, make_structure
from hotspots.methods.risk.sparse import Factor


def lattice(side: int) -> Any:
    """Neighbours on a square of cells, with an island and a piece of three areas in a row beside it."""
    line = np.eye(side, k=1) + np.eye(side, k=-1)
    square = np.kron(np.eye(side), line) + np.kron(line, np.eye(side))
    return sparse.csr_matrix(
        sparse.block_diag([square, np.zeros((1, 1)), [[0, 1, 0], [1, 0, 1], [0, 1, 0.0]]])
    )


SIDE = 7
GRAPH = lattice(SIDE)
N = SIDE**2 + 4


def counts(sigma: float = 0.7, rho: float = 0.6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    spread = np.linalg.pinv(make_structure(GRAPH).precision.toarray())
    field = np.linalg.cholesky(spread + 1e-10 * np.eye(N)) @ random.normal(size=N)
    expected = random.uniform(1, 20, N)
    log_risk = sigma * (np.sqrt(rho) * field + np.sqrt(1 - rho) * random.normal(size=N))
    return random.poisson(expected * np.exp(log_risk)).astype(float), expected, spread


def dense(
    y: np.ndarray, e: np.ndarray, spread: np.ndarray, sigma: float, rho: float
) -> tuple[Any, Any, float]:
    """The mode, the variances and the Laplace likelihood with the whole covariance, mu integrated out."""
    inverse = np.linalg.inv(sigma**2 * (rho * spread + (1 - rho) * np.eye(N)))
    ones = np.ones(N)
    whole = ones @ inverse @ ones
    precision = inverse - np.outer(inverse @ ones, ones @ inverse) / whole
    eta = np.zeros(N)
    for _ in range(60):
        weight = e * np.exp(eta)
        new = np.linalg.solve(precision + np.diag(weight), weight * eta + y - weight)
        eta = eta + np.clip(new - eta, -2, 2)
    posterior = precision + np.diag(e * np.exp(eta))
    value = (special.xlogy(y, e) + y * eta - e * np.exp(eta) - special.gammaln(y + 1)).sum()
    value += (np.linalg.slogdet(inverse)[1] - np.log(whole) - np.linalg.slogdet(posterior)[1]) / 2
    return eta, np.diag(np.linalg.inv(posterior)), float(value - eta @ precision @ eta / 2)


def test_a_factor_solves_and_has_the_determinant_and_the_inverses_diagonal() -> None:
    degrees = np.asarray(GRAPH.sum(axis=1)).ravel()
    matrix = sparse.csc_matrix(np.diag(degrees + np.linspace(0.1, 1, N)) - GRAPH.toarray())
    inverse = np.linalg.inv(matrix.toarray())
    for factor in (Factor(matrix), Factor(matrix, Factor(matrix).order)):
        np.testing.assert_allclose(factor.inverse_diagonal(), np.diag(inverse), rtol=1e-12)
        np.testing.assert_allclose(factor.solve(np.eye(N)), inverse, atol=1e-12)
        assert factor.log_determinant == pytest.approx(np.linalg.slogdet(matrix.toarray())[1])


def test_the_field_has_variances_of_geometric_mean_1_in_every_piece() -> None:
    made = make_structure(GRAPH)
    spread = np.diag(np.linalg.pinv(made.precision.toarray()))
    for piece in (slice(0, SIDE**2), slice(SIDE**2, SIDE**2 + 1), slice(SIDE**2 + 1, None)):
        assert np.exp(np.log(spread[piece]).mean()) == pytest.approx(1)
    assert made.pieces.sum(axis=0).tolist() == [SIDE**2, 3]  # the island is free


@pytest.mark.parametrize(("sigma", "rho"), [(0.7, 0.6), (1.2, 0.2), (0.3, 0.9)])
def test_the_mode_and_variances_are_those_of_dense_matrices(sigma: float, rho: float) -> None:
    y, e, spread = counts()
    eta, variance, _ = dense(y, e, spread, sigma, rho)
    mode = _find_mode(y, e, make_structure(GRAPH), sigma, rho, np.zeros(N))
    np.testing.assert_allclose(mode.log_risk, eta, atol=1e-5)
    np.testing.assert_allclose(_variance(mode), variance, rtol=2e-4)


def test_the_likelihood_differs_from_the_dense_one_by_a_constant() -> None:
    y, e, spread = counts()
    structure = make_structure(GRAPH)
    apart = [
        dense(y, e, spread, sigma, rho)[2]
        - _find_mode(y, e, structure, sigma, rho, np.zeros(N)).log_likelihood
        for sigma, rho in ((0.7, 0.6), (1.2, 0.2), (0.3, 0.9))
    ]
    assert apart == pytest.approx([apart[0]] * 3, abs=1e-4)


def test_the_spread_and_share_found_are_the_likeliest() -> None:
    y, e, _ = counts()
    structure = make_structure(GRAPH)
    _, sigma, rho = fit_bym2(y, e, structure)
    best = _find_mode(y, e, structure, sigma, rho, np.zeros(N)).log_likelihood
    for other in ((sigma * 1.2, rho), (sigma / 1.2, rho), (sigma, rho + 0.5 * (1 - rho)), (sigma, rho / 2)):
        assert _find_mode(y, e, structure, *other, np.zeros(N)).log_likelihood < best + 0.01


def test_without_anything_in_common_it_is_the_lognormal_model() -> None:
    """Risks drawn area by area: next to no share is found, and means as the model without neighbours has them."""
    random = np.random.default_rng(6)
    graph = lattice(20)
    n = graph.shape[0]
    e = np.full(n, 30.0)
    y = random.poisson(e * random.lognormal(0, 0.6, n)).astype(float)
    made, sigma, rho = fit_bym2(y, e, make_structure(graph))
    plain = fit_lognormal_poisson(y, e)
    assert rho < 0.1
    assert sigma == pytest.approx(plain.sigma, rel=0.05)
    np.testing.assert_allclose(made.mean, plain.posterior(y, e).mean, rtol=0.03)


def test_a_quiet_area_among_busy_ones_is_thought_busier_than_one_among_quiet_ones() -> None:
    graph = lattice(12)
    n = graph.shape[0]
    busy = np.arange(n) % 12 < 6
    random = np.random.default_rng(4)
    y = random.poisson(np.where(busy, 12.0, 2.0)).astype(float)
    inside, outside = 12 * 6 + 2, 12 * 6 + 9  # both well within their halves
    y[[inside, outside]] = 2
    made, _, rho = fit_bym2(y, np.full(n, 5.0), make_structure(graph))
    assert rho > 0.5
    assert made.mean[inside] > 1.5 * made.mean[outside]
