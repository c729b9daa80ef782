"""Priority setting: themes scored by people, on a matrix of their own, to scores, ranks and how steady these are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.draws import MOST_SLOW, require_draws, require_seed
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.tables import Source, read_table

Combine = Literal["product", "sum"]
CONFIDENCE = "confidence"
"""The group that says how good the evidence is; it stands beside the score, and enters it only where asked."""
VOLUME = "volume"
"""The criterion that counts can fill."""
WEIGHT = "weight"
"""The row that holds the criteria's weights instead of a theme's scores."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sheet:
    """The matrix that people filled in.

    Attributes
    ----------
    scores : DataFrame of float64
        A row for each theme, a column for each criterion: pairs of its group and its name.
    weights : Series of float64
        Of the criteria, 0 or more, on the columns of `scores`.
    scale : pair of float
        The lowest and the highest score that can be given.
    """

    scores: pd.DataFrame
    weights: pd.Series[float]
    scale: tuple[float, float]

    @property
    def criteria(self) -> list[tuple[str, str]]:
        """The group and the name of each criterion, in the order of the sheet."""
        return cast("list[tuple[str, str]]", list(self.scores.columns))

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of criteria, in the order of the sheet."""
        return tuple(dict.fromkeys(group for group, _ in self.criteria))


def read_sheet(
    source: Source,
    *,
    scale: tuple[float, float] | None = None,
    counts: Mapping[str, float] | None = None,
    volume: Sequence[float] = (),
) -> Sheet:
    """Read a matrix of themes by criteria.

    The first column names the theme; the others are criteria, headed by their group and their name:
    ``impact: physical``, ``likelihood: volume``, ``confidence: evidence``, ``position: capacity``. The groups
    are the user's own words. A row called ``weight`` holds the criteria's weights, which are 1 without it.

    Parameters
    ----------
    source : path or DataFrame
        As `hotspots.base.tables.read_table` takes it.
    scale : pair of float, optional
        The lowest and the highest score that can be given; those of the sheet where left out.
    counts : mapping of str to number, optional
        Incidents by theme. They fill blank scores of the criterion ``volume``.
    volume : sequence of number
        The counts, ascending, from which volume scores higher: with a scale of 1 to 4 and ``[100, 1000, 5000]``,
        a theme of 3,000 incidents scores 3.

    Raises
    ------
    FileError, DataError
        When the sheet cannot be read, has no criteria or no themes, names a theme twice, lacks a score, or holds
        one outside the scale.
    ParameterError
        When the scale or the limits of volume do not ascend.

    Examples
    --------
    >>> import pandas as pd
    >>> sheet = read_sheet(pd.DataFrame({
    ...     "theme": ["weight", "Burglary", "Fraud"],
    ...     "impact: individual": ["2", "3", "2"], "likelihood: volume": ["1", "2", "4"]}))
    >>> sheet.groups, sheet.scores.loc["Fraud"].tolist(), sheet.weights.tolist()
    (('impact', 'likelihood'), [2.0, 4.0], [2.0, 1.0])
    """
    if list(volume) != sorted(set(volume)):
        raise ParameterError(
            "the limits of volume do not ascend", hint="write them as: 'volume' = [500, 5000]"
        )
    table = read_table(source, what="the sheet of scores")
    theme, *criteria = map(str, table.rows.columns)
    heads = [_criterion(name, table.where) for name in criteria]
    if not heads:
        raise DataError(f"{table.where} has no criteria beside its themes", hint=_HEADING)
    names = table.rows[theme].astype("string").str.strip()
    if names.isna().any():
        raise DataError(f"a row of {table.where} names no theme", hint=f"fill its first column, {theme}")
    if names.duplicated().any():
        raise DataError(
            f"{table.where} has the theme '{names[names.duplicated()].iloc[0]}' twice",
            hint="leave one row for each theme",
        )
    values = pd.DataFrame({name: table.numbers(table.rows[name]) for name in criteria}, dtype=float)
    values.index, values.columns = pd.Index(names), pd.MultiIndex.from_tuples(heads)
    is_weight = values.index.str.casefold() == WEIGHT
    weights = _weights(values[is_weight], table.where)
    scores = values[~is_weight]
    if scores.empty:
        raise DataError(f"{table.where} has no themes", hint="give each theme a row of scores")
    limits = _scale(scores, scale)
    scores = _filled(scores, limits, counts or {}, volume)
    _check_scores(scores, limits, table.where)
    return Sheet(scores, weights, limits)


_HEADING = "head each column of scores with its group and its name, such as 'impact: physical'"


def _criterion(heading: str, where: str) -> tuple[str, str]:
    group, colon, name = heading.partition(":")
    if not colon or not group.strip() or not name.strip():
        raise DataError(f"the column '{heading}' of {where} has no group", hint=_HEADING)
    return group.strip().casefold(), name.strip()


def _weights(row: pd.DataFrame, where: str) -> pd.Series[float]:
    if row.empty:
        return pd.Series(1.0, index=row.columns)
    weights: pd.Series[float] = row.iloc[0]
    if weights.isna().any() or (weights < 0).any() or not weights.any():
        raise DataError(
            f"the row of weights of {where} holds one that is missing or below 0, or only zeros",
            hint="give each criterion a weight of 0 or more",
        )
    return weights


def _scale(scores: pd.DataFrame, scale: tuple[float, float] | None) -> tuple[float, float]:
    if scale is None:
        return float(np.nanmin(scores.to_numpy())), float(np.nanmax(scores.to_numpy()))
    lowest, highest = scale
    if not lowest < highest:
        raise ParameterError(
            f"the scale runs from {lowest:g} to {highest:g}",
            hint="give the lowest and the highest score: 'scale' = [1, 4]",
        )
    return lowest, highest


def _filled(
    scores: pd.DataFrame,
    scale: tuple[float, float],
    counts: Mapping[str, float],
    volume: Sequence[float],
) -> pd.DataFrame:
    """Return the scores with those of volume that are blank taken from counts."""
    columns = [column for column in scores.columns if str(column[1]).casefold() == VOLUME]
    if not (columns and counts and len(volume)):
        return scores
    lowest, highest = scale
    known = {name.casefold(): count for name, count in counts.items()}
    reached = {
        name: lowest
        + np.searchsorted(volume, known[name.casefold()], "right") * (highest - lowest) / len(volume)
        for name in map(str, scores.index)
        if name.casefold() in known
    }
    filled = scores.copy()
    for column in columns:
        filled[column] = filled[column].fillna(pd.Series(reached, dtype=float))
    return filled


def _check_scores(scores: pd.DataFrame, scale: tuple[float, float], where: str) -> None:
    criteria = cast("list[tuple[str, str]]", list(scores.columns))
    for theme, row in zip(scores.index, scores.to_numpy(dtype=float), strict=True):
        for (group, name), score in zip(criteria, row, strict=True):
            if np.isnan(score):
                raise DataError(
                    f"{where} has no score of '{theme}' for '{group}: {name}'",
                    hint="give every theme a score for every criterion"
                    + (", or set the limits of 'volume'" if name.casefold() == VOLUME else ""),
                )
            if not scale[0] <= score <= scale[1]:
                raise DataError(
                    f"{where} scores '{theme}' {score:g} for '{group}: {name}', outside the scale of "
                    f"{scale[0]:g} to {scale[1]:g}",
                    hint="correct it, or give the scale: 'scale' = [1, 4]",
                )


def assess_themes(
    sheet: Sheet,
    *,
    combine: Combine = "product",
    groups: Sequence[str] = (),
    step: float = 1.0,
    draws: int = 9_999,
    seed: int = 0,
    top: int = 3,
    bands: Sequence[str] = (),
    banner: Sequence[str] = (),
) -> pd.DataFrame:
    """Return scores and ranks of themes, and how steady the ranks are.

    A group's score is the mean of its criteria, by their weights; a theme's score is the product, or the sum, of
    its groups' scores. Scores are judgements, so each rank has a range: in every draw each score moves by `step`
    down, stays, or moves up, with equal chance, within the scale; the range holds the middle 95 % of the ranks.

    Parameters
    ----------
    sheet : Sheet
        From `read_sheet`.
    combine : {'product', 'sum'}, default 'product'
        How the groups' scores become one. "product": a theme must be high on each. "sum": one can stand in for
        another.
    groups : sequence of str
        The groups that enter the score; all but ``confidence`` where none are named.
    step : float, default 1
        By how much two people who fill in the sheet may differ.
    draws : int, default 9999
        How many, from 99 to 99,999.
    seed : int, default 0
        Of the draws.
    top : int, default 3
        `p_top` is the chance to be among the first so many.
    bands : sequence of str
        Words for the scores, from the lowest, such as ``["Low", "Moderate", "High", "Severe"]``; the scale is
        divided among them evenly.
    banner : sequence of str
        The criteria that the banner names, in its order; all of the score's where none are named.

    Returns
    -------
    DataFrame
        By theme, in order of rank:

        - one column for each group: its score.
        - ``score``, ``rank``: 1 is the highest score; equal scores share the better rank, and stand in the
          sheet's order.
        - ``rank_lo``, ``rank_hi``: the range of the rank.
        - ``p_top``: between 0 and 1.
        - ``banner``: such as "High volume / Moderate individual harm"; empty without `bands`.

    Raises
    ------
    ParameterError
        When a group, a criterion or a number cannot be meant.

    Examples
    --------
    >>> import pandas as pd
    >>> sheet = read_sheet(pd.DataFrame({
    ...     "theme": ["Burglary", "Fraud"], "impact: individual harm": ["3", "2"],
    ...     "likelihood: volume": ["2", "4"]}), scale=(1, 4))
    >>> made = assess_themes(sheet, bands=["Low", "Moderate", "High", "Severe"], banner=["volume", "individual harm"])
    >>> made[["score", "rank", "banner"]].to_numpy().tolist()
    [[8.0, 1, 'Severe volume / Moderate individual harm'], [6.0, 2, 'Moderate volume / High individual harm']]
    """
    chosen = _chosen_groups(sheet, groups)
    require_draws(draws, most=MOST_SLOW)
    require_seed(seed)
    if not 0 <= step < np.inf or top < 1:
        raise ParameterError(
            f"'step' is {step:g} and 'top' {top}",
            hint="give a 'step' of 0 or more and a 'top' of 1 or more",
        )
    scores = sheet.scores.to_numpy(dtype=float)
    by_group = {name: _group_score(scores, sheet, name) for name in sheet.groups}
    score = _combined([by_group[name] for name in chosen], combine)
    rank = _ranks(score[None])[0]
    drawn = _ranks(_draw(sheet, chosen, combine, step, draws, seed))
    lower, upper = np.quantile(drawn, [0.025, 0.975], axis=0, method="inverted_cdf")
    made = pd.DataFrame(by_group, index=sheet.scores.index)
    made["score"] = score
    made["rank"] = rank
    made["rank_lo"], made["rank_hi"] = lower.astype(int), upper.astype(int)
    made["p_top"] = (drawn <= top).mean(axis=0)
    made["banner"] = _banners(sheet, chosen, bands, banner)
    made.index.name = "theme"
    return made.iloc[np.argsort(rank, kind="stable")]


def _chosen_groups(sheet: Sheet, groups: Sequence[str]) -> list[str]:
    if not groups:
        return [name for name in sheet.groups if name != CONFIDENCE] or list(sheet.groups)
    for name in groups:
        if name.casefold() not in sheet.groups:
            raise ParameterError(
                f"the sheet has no group '{name}'", hint=did_you_mean(name.casefold(), sheet.groups)
            )
    return [name.casefold() for name in groups]


def _group_score(scores: Floats, sheet: Sheet, group: str) -> Floats:
    """Return the weighted mean of a group's criteria; `scores` may have dimensions before themes and criteria."""
    columns = np.array([name == group for name, _ in sheet.criteria])
    weights = sheet.weights.to_numpy(dtype=float)[columns]
    total = weights.sum()
    if total == 0:
        raise ParameterError(
            f"all criteria of the group '{group}' weigh 0",
            hint="give one of them a weight, or take the group out of the sheet",
        )
    means: Floats = scores[..., columns] @ weights / total
    return means


def _combined(parts: Sequence[Floats], combine: Combine) -> Floats:
    stacked = np.stack(parts)
    whole: Floats = stacked.prod(axis=0) if combine == "product" else stacked.sum(axis=0)
    return np.round(whole, 9)  # sums of the same scores in another order are equal


def _ranks(scores: Floats) -> npt.NDArray[np.int64]:
    """Return for each row of scores the ranks of its themes: one more than there are higher scores."""
    higher = (scores[:, :, None] < scores[:, None, :]).sum(axis=2)
    ranks: npt.NDArray[np.int64] = higher + 1
    return ranks


def _draw(
    sheet: Sheet, chosen: Sequence[str], combine: Combine, step: float, draws: int, seed: int
) -> Floats:
    """Return the scores of the themes in each draw."""
    generator = np.random.default_rng(seed)
    scores = sheet.scores.to_numpy(dtype=float)
    moves = generator.integers(-1, 2, size=(draws, *scores.shape)) * float(step)
    moved = np.clip(scores + moves, *sheet.scale)
    return _combined([_group_score(moved, sheet, name) for name in chosen], combine)


def _banners(sheet: Sheet, chosen: Sequence[str], bands: Sequence[str], banner: Sequence[str]) -> list[str]:
    if not bands:
        return [""] * len(sheet.scores)
    names = {name.casefold(): (group, name) for group, name in sheet.criteria}
    for name in banner:
        if name.casefold() not in names:
            raise ParameterError(
                f"the sheet has no criterion '{name}' for the banner",
                hint=did_you_mean(name.casefold(), names),
            )
    shown = [names[name.casefold()] for name in banner] or [
        (group, name) for group, name in sheet.criteria if group in chosen
    ]
    lowest, highest = sheet.scale
    width = (highest - lowest) / len(bands) or 1.0
    place = ((sheet.scores - lowest) / width + 1e-9).astype(int).clip(upper=len(bands) - 1)
    return [
        " / ".join(f"{bands[row[column]]} {column[1].lower()}" for column in shown)
        for _, row in place.iterrows()
    ]
