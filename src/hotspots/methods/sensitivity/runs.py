"""How far a list of hotspots depends on the choices behind it: neighbours, cell size, offset and bandwidth."""

from __future__ import annotations

import logging
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.grid import default_cell_size
from hotspots.areas.neighbours import Method
from hotspots.base.crs import Floats
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.limits import OFFSETS
from hotspots.base.text import list_words
from hotspots.methods.kde.density import kernel_density
from hotspots.methods.sensitivity.kinds import (
    Hot,
    Study,
    areas_of_hot_cells,
    dense_areas,
    hot_areas,
    make_study,
)

if TYPE_CHECKING:
    import geopandas as gpd

SENS_CLASSES = ("robust", "depends on a choice", "never")
"""The classes of ``sens_class``: hot in nine tenths of the runs or more, in fewer, in none."""

ROBUST = 0.9
Value = Literal["rate", "n"]
MULTIPLES: dict[Value, float] = {"rate": 2.0, "n": 3.0}
"""How many times the rate of all, or the mean density, makes an area dense."""
KINDS = {"areas": "on areas", "cells": "on cells", "density": "by density"}
"""The kinds of run, and how the sentence names them."""

NEIGHBOURS = ("queen", "rook", "nearest 4", "nearest 6", "nearest 8", "distance")
CELL_MULTIPLES = (1, 2, 3)
BANDWIDTH_MULTIPLES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)

Bools = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int32]

_COLUMNS = {"areas": "sens_areas", "cells": "sens_cells", "density": "sens_dens"}
_CELLS_IN_BANDWIDTH = 5

_log = logging.getLogger(__name__)


def sensitivity(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    neighbours: Sequence[str] | None = None,
    cell_sizes: Sequence[float] | None = None,
    offsets: int = 2,
    bandwidths: Sequence[float] | None = None,
    q: float = 0.05,
    multiple: float | None = None,
    value: Value | None = None,
) -> pd.DataFrame:
    """Find in how many runs each area is hot when the choices behind a hotspot change: a share in [0, 1].

    A hotspot that comes and goes with a bandwidth, a grid or a definition of neighbours is a hotspot of the
    choice. Each run makes one set of choices, and an area is hot in it

    - *on areas*, when Gi* of the areas' risk, with one kind of neighbours, is above 0 with q at most `q`;
    - *on cells*, when at least half of its incidents lie in cells of one size and offset that are hot in the
      same sense (queen neighbours);
    - *by density*, when the kernel density of incidents of one bandwidth, averaged over the cells whose centre
      lies in the area, is at least `multiple` times that of its people by the rate of all.

    Risk is incidents over people against all areas, drawn towards 1 the more the fewer the people (posterior
    mean of the gamma-Poisson model); the people of an area are taken to live evenly all over it. With `value`
    "n" it is counts that are judged instead, and a density is held against the mean over all cells with any:
    that finds where people are.

    Runs count alike. A high share means that the choices tried here do not matter for this area; it is not a
    probability that the area is a hotspot.

    Parameters
    ----------
    incidents : DataFrame or GeoDataFrame of points
        The incidents table. Those outside the areas reach into them by density only.
    areas : GeoDataFrame, n rows
        The areas table, in a projected CRS in metres.
    neighbours : sequence of str, optional
        Neighbours of areas: ``"queen"``, ``"rook"``, ``"nearest 6"``, ``"distance"`` (the least that leaves no
        area alone) or ``"distance 3000"`` (metres). By default queen, rook, the nearest 4, 6 and 8 (those that
        are fewer than the areas), and the least distance. An empty sequence makes no runs on areas.
    cell_sizes : sequence of float, optional
        Metres. By default once, twice and three times `hotspots.areas.grid.default_cell_size`. May be empty.
    offsets : int, default 2
        Every grid is laid at `offsets` × `offsets` places, each moved by one `offsets`-th of a cell: 2 makes
        four grids of each size. 20 at most.
    bandwidths : sequence of float, optional
        Metres. By default 0.5, 0.75, 1, 1.25, 1.5 and 2 times the default of `hotspots.kernel_density`,
        quartic kernel, cells of a fifth of the bandwidth. May be empty.
    q : float, default 0.05
        The q value that makes a hotspot.
    multiple : float, optional
        See above; by default 2 for rates, 3 for counts.
    value : {'rate', 'n'}, optional
        Whether risk is judged, or counts. By default rates where a population is known, else counts.

    Returns
    -------
    DataFrame
        On the index of `areas`:

        - ``sens_n``: runs in which the area can be judged, an integer. Gi* is undefined for areas without
          neighbours.
        - ``sens_hot``: runs in which it is hot.
        - ``sens_share``: the second over the first, NaN where no run can judge it.
        - ``sens_areas``, ``sens_cells``, ``sens_dens``: the same share for each kind of run; NaN without runs.
        - ``sens_class``: categorical of `SENS_CLASSES`: ``"robust"`` for a share of 0.9 or more, ``"depends on
          a choice"`` for less, ``"never"`` for 0; NA where no run can judge it.
        - ``sens_text``: the same in a sentence.

    Raises
    ------
    ParameterError
        When an option makes no sense, or there is nothing to run.
    DataError
        When no incident lies in an area, or rates are wanted and no population is known.
    CRSError
        When the areas are not in metres.

    Warns
    -----
    HotspotsWarning
        What the runs on areas and by density warn of, each once.

    References
    ----------
    Openshaw, S. (1984) The Modifiable Areal Unit Problem. Concepts and Techniques in Modern Geography 38.
    Geo Books, Norwich.

    Examples
    --------
    Twenty incidents in each of nine squares that lie together, and one in every other of 144:

    >>> import geopandas as gpd
    >>> from shapely import box
    >>> squares = [box(x, y, x + 500, y + 500) for x in range(0, 6000, 500) for y in range(0, 6000, 500)]
    >>> areas = gpd.GeoDataFrame(index=[f"E05000{i:03d}" for i in range(144)], geometry=squares, crs="EPSG:27700")
    >>> middle = areas.centroid.cx[1000:2500, 1000:2500].index
    >>> points = areas.centroid.loc[[*areas.index, *np.repeat(middle, 19)]]
    >>> incidents = pd.DataFrame({"x": points.x.to_numpy(), "y": points.y.to_numpy()})
    >>> incidents.attrs["crs"] = "EPSG:27700"
    >>> found = sensitivity(incidents, areas, neighbours=["queen", "rook"], cell_sizes=[500], bandwidths=[600, 900])
    >>> found["sens_class"].value_counts().to_dict()
    {'never': 131, 'robust': 9, 'depends on a choice': 4}
    >>> found.loc["E05000039", "sens_text"]
    'Hot in 8 of 8 runs: 2 of 2 on areas, 4 of 4 on cells, 2 of 2 by density'
    """
    return summarise_runs(
        _runs(incidents, areas, neighbours, cell_sizes, offsets, bandwidths, q, multiple, value)
    )


def sensitivity_runs(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    neighbours: Sequence[str] | None = None,
    cell_sizes: Sequence[float] | None = None,
    offsets: int = 2,
    bandwidths: Sequence[float] | None = None,
    q: float = 0.05,
    multiple: float | None = None,
    value: Value | None = None,
) -> pd.DataFrame:
    """Return which area is hot in which run; see `sensitivity` for the rules and the parameters.

    Returns
    -------
    DataFrame of nullable boolean, n areas by runs
        Columns are pairs: the kind (``"areas"``, ``"cells"``, ``"density"``) and the choice in words, such as
        ``"500 m, moved by 250 m east and 0 m north"``. NA where Gi* is undefined.

    Raises
    ------
    ParameterError, DataError, CRSError
        As `sensitivity`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> squares = [box(x, 0, x + 500, 500) for x in range(0, 20_000, 500)]
    >>> areas = gpd.GeoDataFrame(index=[f"E050000{i:02d}" for i in range(40)], geometry=squares, crs="EPSG:27700")
    >>> centres = [square.centroid.x for square in squares]
    >>> incidents = pd.DataFrame({"x": centres + centres[:5] * 9, "y": 250.0})
    >>> incidents.attrs["crs"] = "EPSG:27700"
    >>> runs = sensitivity_runs(incidents, areas, neighbours=["rook"], cell_sizes=[], bandwidths=[])
    >>> runs.loc[runs["areas", "rook"]].index.tolist()
    ['E05000001', 'E05000002', 'E05000003']
    """
    return _runs(incidents, areas, neighbours, cell_sizes, offsets, bandwidths, q, multiple, value)


def summarise_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the shares, class and sentence of `sensitivity` for the runs that `sensitivity_runs` made.

    Runs of several tables may be joined side by side first, and runs of one's own added.

    Examples
    --------
    >>> hot = pd.array([True, False, None], dtype="boolean")
    >>> runs = pd.DataFrame({("areas", "queen"): hot, ("density", "bandwidth 800 m"): pd.array([True] * 3, "boolean")})
    >>> summarise_runs(runs)[["sens_n", "sens_hot", "sens_share"]].to_numpy().tolist()
    [[2.0, 2.0, 1.0], [2.0, 1.0, 0.5], [1.0, 1.0, 1.0]]
    """
    judged = runs.notna().to_numpy()
    hot = runs.fillna(False).to_numpy(dtype=bool)
    kinds = runs.columns.get_level_values(0).to_numpy()
    n, times = judged.sum(axis=1), hot.sum(axis=1)
    share = _share(times, n)
    result: dict[str, Any] = {"sens_n": n, "sens_hot": times, "sens_share": share}
    parts: list[list[str]] = [[] for _ in range(len(runs))]
    for part, words in KINDS.items():
        of_kind = kinds == part
        k, m = hot[:, of_kind].sum(axis=1), judged[:, of_kind].sum(axis=1)
        result[_COLUMNS[part]] = _share(k, m)
        for row in np.flatnonzero(m):
            parts[row].append(f"{k[row]} of {m[row]} {words}")
    place = np.select([n == 0, times == 0, share >= ROBUST], [-1, 2, 0], 1)
    result["sens_class"] = pd.Categorical.from_codes(place, categories=pd.Index(SENS_CLASSES))
    texts = [
        f"Hot in {h} of {m} runs: {', '.join(each)}" if m else "No run could judge this area"
        for h, m, each in zip(times, n, parts, strict=True)
    ]
    result["sens_text"] = pd.array(texts, dtype="str")
    return pd.DataFrame(result, index=runs.index)


def _runs(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    neighbours: Sequence[str] | None,
    cell_sizes: Sequence[float] | None,
    offsets: int,
    bandwidths: Sequence[float] | None,
    q: float,
    multiple: float | None,
    value: Value | None,
) -> pd.DataFrame:
    value = _value(areas, value)
    multiple = MULTIPLES[value] if multiple is None else multiple
    _check(offsets, q, multiple, cell_sizes=cell_sizes, bandwidths=bandwidths)
    study = make_study(incidents, areas, rates=value == "rate")
    runs: dict[tuple[str, str], Hot] = {}
    with _each_warning_once():
        for name, (method, number) in _kinds_of_neighbours(neighbours, len(areas)).items():
            runs["areas", name] = hot_areas(study, method, number, q)
        for size in _cell_sizes(areas, cell_sizes):
            for east, north in np.ndindex(offsets, offsets):
                moved = (east * size / offsets, north * size / offsets)
                name = f"{size:,g} m, moved by {moved[0]:,g} m east and {moved[1]:,g} m north"
                runs["cells", name] = areas_of_hot_cells(study, size, moved, q)
        for bandwidth in _bandwidths(study, bandwidths):
            runs["density", f"bandwidth {bandwidth:,g} m"] = dense_areas(study, bandwidth, multiple)
    if not runs:
        raise ParameterError(
            "there is nothing to run: no neighbours, no cell sizes and no bandwidths",
            hint="give one of 'neighbours', 'cell_sizes' and 'bandwidths', or leave them out",
        )
    for (kind, name), hot in runs.items():
        times = int(hot.fillna(False).sum())
        _log.info("Run %s, %s: %s of %s areas hot", KINDS[kind], name, f"{times:,}", f"{len(hot):,}")
    table = pd.DataFrame(runs, index=areas.index)
    table.columns = pd.MultiIndex.from_tuples(list(runs), names=["kind", "choice"])
    return table


def _value(areas: gpd.GeoDataFrame, asked: Value | None) -> Value:
    known = "population" in areas and bool((areas["population"] > 0).any())
    if asked is None:
        asked = "rate" if known else "n"
        if not known:
            _log.info("No population is known, so the runs are about counts: they find where people are")
    if asked not in MULTIPLES:
        raise ParameterError(f"'value' is '{asked}'", hint="use 'rate' or 'n'")
    if asked == "rate" and not known:
        raise DataError(
            "the runs are about rates, but the areas have no population",
            hint="name a 'population_table' for them, or judge counts with 'value' = \"n\"",
        )
    return asked


def _share(times: npt.NDArray[np.int64], runs: npt.NDArray[np.int64]) -> Floats:
    share: Floats = np.where(runs > 0, times / np.maximum(runs, 1), np.nan)
    return share


def _check(offsets: int, q: float, multiple: float, **metres: Sequence[float] | None) -> None:
    if not 1 <= offsets <= OFFSETS:
        raise ParameterError(
            f"'offsets' is {offsets}, but must lie between 1 and {OFFSETS}",
            hint="set 'offsets' to a whole number such as 2",
        )
    if not 0 < q < 1:
        raise ParameterError(f"'q' is {q:g}, but must lie between 0 and 1", hint="set 'q' to 0.05 or 0.01")
    if not 0 < multiple < math.inf:
        raise ParameterError(
            f"'multiple' is {multiple:g}, but must be more than 0", hint="set 'multiple' to 3 or 5"
        )
    for name, values in metres.items():
        for value in values or ():
            if not 0 < value < math.inf:
                raise ParameterError(
                    f"'{name}' has {value:g} m, but sizes must be more than 0",
                    hint=f"give '{name}' in metres, such as 250 and 500",
                )


def _kinds_of_neighbours(asked: Sequence[str] | None, n: int) -> dict[str, tuple[Method, float | None]]:
    """Return the method and number behind each name; of the defaults, those that so few areas allow."""
    if asked is None:
        found = {name: _method(name) for name in NEIGHBOURS}
        return {name: (way, k) for name, (way, k) in found.items() if way != "nearest" or (k or 0) < n}
    return {name: _method(name) for name in asked}


def _method(name: str) -> tuple[Method, float | None]:
    if name == "queen":
        return "queen", None
    if name == "rook":
        return "rook", None
    nearest = re.fullmatch(r"nearest (\d+)", name)
    if nearest:
        return "nearest", int(nearest[1])
    distance = re.fullmatch(r"distance(?: (\d+(?:\.\d+)?))?", name)
    if distance:
        return "distance", None if distance[1] is None else float(distance[1])
    raise ParameterError(
        f"'{name}' is not a kind of neighbours",
        hint="give 'neighbours' such as 'queen', 'rook', 'nearest 6', 'distance' or 'distance 3000'",
    )


def _cell_sizes(areas: gpd.GeoDataFrame, asked: Sequence[float] | None) -> list[float]:
    if asked is not None:
        return [float(size) for size in asked]
    sizes = [multiple * default_cell_size(areas) for multiple in CELL_MULTIPLES]
    _log.info("Cells of %s m (choose others with 'cell_sizes')", _listed(sizes))
    return sizes


def _bandwidths(study: Study, asked: Sequence[float] | None) -> list[float]:
    if asked is not None:
        return [float(bandwidth) for bandwidth in asked]
    rule = kernel_density(study.incidents, study.areas, months=12).parameters["bandwidth"]
    found = [multiple * rule for multiple in BANDWIDTH_MULTIPLES]
    _log.info("Bandwidths of %s m (choose others with 'bandwidths')", _listed(found))
    return found


def _listed(values: list[float]) -> str:
    return list_words([f"{value:,g}" for value in values])


@contextmanager
def _each_warning_once() -> Iterator[None]:
    """Let each of the toolkit's own warnings through once, whatever the number of runs that give it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    distinct = {(str(entry.message), entry.category) for entry in caught}
    for message, category in sorted(distinct, key=lambda pair: pair[0]):
        warnings.warn(message, category, stacklevel=5)
