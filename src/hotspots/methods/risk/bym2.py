"""BYM2: risks that are alike in neighbouring areas, and differ by themselves as well."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.base.lognormal_poisson import LognormalPosterior, fit_lognormal_poisson
from hotspots.methods.risk.sparse import Factor

Floats = npt.NDArray[np.float64]

_CLOSE = 1e-4  # of log risks, from one step to the next: what is left after it is about the square of that
_STEPS = 50
_LONGEST_STEP = 2.0  # in log risk: a step further overshoots where little is known yet

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Structure:
    """Which areas are neighbours, as the precision of a field that is alike in neighbours.

    Attributes
    ----------
    precision : scipy.sparse.csc_matrix, shape (n, n)
        The intrinsic autoregression, scaled in each connected piece so that the geometric mean of the
        variances is 1; 1 for an area without neighbours.
    pieces : ndarray, shape (n, pieces)
        1 where an area belongs to a connected piece of two areas or more; the field sums to 0 in each.
    order : ndarray of int
        The order in which such matrices are factored.
    """

    precision: Any
    pieces: Floats
    order: npt.NDArray[np.int64]


def make_structure(matrix: Any) -> Structure:
    """Return the structure of a sparse matrix of neighbours, taken as mutual and all alike.

    References
    ----------
    Riebler, A., Sørbye, S. H., Simpson, D. and Rue, H. (2016) An intuitive Bayesian spatial model for disease
    mapping that accounts for scaling. Statistical Methods in Medical Research 25(4), 1145-1165.
    https://doi.org/10.1177/0962280216660421

    Freni-Sterrantino, A., Ventrucci, M. and Rue, H. (2018) A note on intrinsic conditional autoregressive
    models for disconnected graphs. Spatial and Spatio-temporal Epidemiology 26, 25-34.
    https://doi.org/10.1016/j.sste.2018.04.002
    """
    from scipy import sparse

    touching = sparse.csr_matrix(matrix)
    touching = ((touching + touching.T) != 0).astype(float)
    touching.setdiag(0)
    touching.eliminate_zeros()
    laplacian = sparse.csr_matrix(_diagonal(np.asarray(touching.sum(axis=1)).ravel()) - touching)
    count, label = sparse.csgraph.connected_components(touching, directed=False)
    sizes = np.bincount(label, minlength=count)
    alone = sizes[label] == 1
    first = np.unique(label, return_index=True)[1]
    rest = np.setdiff1d(np.arange(len(label)), first)
    scale = np.ones(len(label))
    if len(rest):
        variance = _variances(laplacian[rest][:, rest].tocsc(), rest, label, sizes)
        logs = np.bincount(label, weights=np.log(np.where(alone, 1.0, variance)), minlength=count)
        scale = np.exp(logs / sizes)[label]
    precision = sparse.csc_matrix(_diagonal(scale) @ laplacian + _diagonal(alone.astype(float)))
    pieces = (label[:, None] == np.flatnonzero(sizes > 1)).astype(float)
    some = sparse.csc_matrix(precision + _diagonal(np.ones(len(label))))
    return Structure(precision, pieces, Factor(some).order)


def _diagonal(values: Floats) -> Any:
    from scipy import sparse

    return sparse.diags_array(values, format="csr")


def _variances(grounded: Any, rest: Any, label: Any, sizes: Any) -> Floats:
    """Return the variances of a field that sums to 0 in each piece, from that in which each piece's first area is 0."""
    factor = Factor(grounded)
    variance, row = np.zeros(len(label)), np.zeros(len(label))
    variance[rest], row[rest] = factor.inverse_diagonal(), factor.solve(np.ones(len(rest)))
    size = sizes[label]
    whole = np.bincount(label, weights=row)[label]
    centred: Floats = variance - 2 * row / size + whole / size**2
    return centred


@dataclass(eq=False)
class _Mode:
    """The likeliest risks at one spread and share, and what their precision is made of."""

    log_risk: Floats
    mu: float
    weight: Floats
    tau: float
    kappa: float
    factor: Factor
    pulled: Floats
    border: Floats
    small: Floats
    log_likelihood: float


def fit_bym2(y: Floats, e: Floats, structure: Structure) -> tuple[LognormalPosterior, float, float]:
    """Return each area's risk, the spread sigma of log risks, and the share rho of it that neighbours have in common.

    ``log θ = mu + sigma (√rho u + √(1 - rho) v)``, with u alike in neighbours (see `Structure`) and v not.
    sigma and rho are those of the greatest Laplace approximation to the marginal likelihood. What neighbours
    and all areas say of an area's log risk is then a normal distribution, which its own count turns into a
    posterior by the same integral as that of `hotspots.base.lognormal_poisson`.
    """
    from scipy import optimize

    plain = fit_lognormal_poisson(y, e)
    start = {"log_risk": np.log(plain.posterior(y, e).mean)}

    def loss(point: Floats) -> float:
        mode = _find_mode(y, e, structure, *_spread_and_share(point), start["log_risk"])
        start["log_risk"] = mode.log_risk
        return -mode.log_likelihood

    sigma = float(np.clip(plain.sigma, 0.05, 5))
    simplex = np.array([[np.log(sigma), 0.0], [np.log(sigma) + 0.25, 0.0], [np.log(sigma), 1.0]])
    found = optimize.minimize(
        loss, simplex[0], method="Nelder-Mead",
        options={"initial_simplex": simplex, "xatol": 0.01, "fatol": 0.01, "maxfev": 120},
    )  # fmt: skip
    sigma, rho = _spread_and_share(found.x)
    mode = _find_mode(y, e, structure, sigma, rho, start["log_risk"])
    variance = _variance(mode)
    # What all else says of an area: its posterior without the part that its own count adds.
    precision = 1 / variance - mode.weight
    pull = mode.log_risk / variance - (mode.weight * mode.log_risk + y - mode.weight)
    return LognormalPosterior(y, e, pull / precision, precision**-0.5), sigma, rho


def _spread_and_share(point: Floats) -> tuple[float, float]:
    """Return sigma and rho of an unbounded point; neither reaches its end."""
    return float(np.exp(np.clip(point[0], -5, 3))), float(1 / (1 + np.exp(-np.clip(point[1], -7, 7))))


def _find_mode(
    y: Floats, e: Floats, structure: Structure, sigma: float, rho: float, log_risk: Floats
) -> _Mode:
    """Return the likeliest risks, by Newton's steps; each is one regression on the field, all else eliminated."""
    from scipy import sparse, special

    tau, kappa = 1 / (sigma**2 * (1 - rho)), sigma * np.sqrt(rho)
    n, pieces = len(y), structure.pieces
    for _ in range(_STEPS):
        weight = e * np.exp(log_risk)
        pull = weight * log_risk + y - weight
        own = tau * weight / (weight + tau)  # the precision with which a count tells mu and the field
        matrix = sparse.csc_matrix(structure.precision + _diagonal(kappa**2 * own))
        factor = Factor(matrix, structure.order)
        target = tau * pull / (weight + tau)
        border = np.column_stack([kappa * own, pieces])
        solved = factor.solve(np.column_stack([kappa * target, border]))
        pulled = solved[:, 1:]
        small = np.diag(np.r_[own.sum(), np.zeros(pieces.shape[1])]) - border.T @ pulled
        rest = np.linalg.solve(
            small, np.r_[target.sum(), np.zeros(pieces.shape[1])] - border.T @ solved[:, 0]
        )
        field, mu = solved[:, 0] - pulled @ rest, float(rest[0])
        new = (pull + tau * (mu + kappa * field)) / (weight + tau)
        step = np.clip(new - log_risk, -_LONGEST_STEP, _LONGEST_STEP)
        log_risk = log_risk + step
        if np.abs(step).max() < _CLOSE:
            break
    likelihood = (special.xlogy(y, e) + y * log_risk - e * np.exp(log_risk) - special.gammaln(y + 1)).sum()
    prior = tau * ((log_risk - mu - kappa * field) ** 2).sum() + field @ (structure.precision @ field)
    volume = np.log(weight + tau).sum() + factor.log_determinant + np.linalg.slogdet(small)[1]
    value = float(likelihood - prior / 2 + n * np.log(tau) / 2 - volume / 2)
    return _Mode(log_risk, mu, weight, tau, float(kappa), factor, pulled, border, small, value)


def _variance(mode: _Mode) -> Floats:
    """Return the variance of each log risk at the mode: its own, and that of what mu and the field say of it."""
    inverse = np.linalg.inv(mode.small)
    field = mode.factor.inverse_diagonal() + np.einsum("ij,jk,ik->i", mode.pulled, inverse, mode.pulled)
    with_mu = -(mode.pulled @ inverse[:, 0])
    said = mode.kappa**2 * field + 2 * mode.kappa * with_mu + inverse[0, 0]
    of = mode.weight + mode.tau
    variance: Floats = 1 / of + (mode.tau / of) ** 2 * said
    return variance
