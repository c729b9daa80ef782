"""What can be worked out from published folders: every count between the least and the most that it can be."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.audit.claims import Claim, Ratio, claims_of, ratios_of
from hotspots.analysis.audit.context import Context, Months, period_key, read_context
from hotspots.analysis.audit.curves import Curve, curves_of
from hotspots.analysis.audit.files import files_of, read_files
from hotspots.analysis.audit.funnels import funnel_claims
from hotspots.analysis.audit.links import Cell, Cells, Setting, link
from hotspots.analysis.audit.nests import Nests, Pieces, find_nests, find_pieces
from hotspots.analysis.audit.scores import score_troubles
from hotspots.analysis.audit.settle import known_people, level_of, partial_levels, settle_page
from hotspots.analysis.audit.sheets import read_shapes
from hotspots.analysis.audit.shown import ALL, BAND, Page
from hotspots.analysis.audit.system import Row, contradicting, narrow, solve
from hotspots.analysis.audit.texts import record_claims, text_claims
from hotspots.analysis.audit.weigh import Known, as_arrays, frame_of, judge, weigh, where_words
from hotspots.analysis.audit.withheld import set_withheld_apart
from hotspots.analysis.recipe.tables import CELLS
from hotspots.analysis.run.study import LOCALITIES
from hotspots.areas.overlap import MOST
from hotspots.base.errors import DataError, ParameterError
from hotspots.disclosure.rules import Profile, profile

Floats = npt.NDArray[np.float64]

DEFAULT = 5
"""The threshold for folders that state none."""


@dataclass(frozen=True, eq=False)
class Audit:
    """What an audit found.

    Attributes
    ----------
    folders : tuple of str
        Their names.
    rules : Profile
        What the folders were held to.
    stated : bool
        Whether a folder states these rules itself.
    cells : DataFrame
        One row for each count: ``theme``, ``area``, ``period``; ``level``, the key of the layer that the area is of,
        or ``"districts"``, ``"all areas"``, ``"bands"``, ``"rest"`` of what finer areas leave of a coarser one, or
        empty; ``low`` and ``high``, the least and the most that it can be; ``proved``, whether no narrower limits
        follow; ``formed``, whether it stands nowhere but is what others leave of one; ``state``: ``"given back"``
        where it is small and known more closely than the rules promise, ``"protected"`` where it may be small and is
        not, ``"shown"`` where it is known not to be small; and ``by``, what narrowed it most.
    columns : DataFrame
        Every column of numbers that was read: ``file``, ``where``, ``column``, ``theme``, ``numbers``, what was
        ``found``, and how many small counts it ``gives`` back by itself.
    links : DataFrame
        The sums and differences that were solved: ``why``, and how many ``hold``; ``fail`` counts those that the
        numbers contradict, which are of areas that do not nest in fact, and were left out; ``of`` names the areas that
        these are of.
    troubles : tuple of str
        What must not be in a published file whatever the numbers.
    disagree : tuple of str
        Numbers that contradict each other.
    unread : tuple of str
        What was not read, or not understood.
    withheld : DataFrame
        The areas of which nothing is shown because the files do not cover them, in every month or at all: by code,
        ``level``, ``name``, ``district`` and ``coverage``. They are not among the cells.
    """

    folders: tuple[str, ...]
    rules: Profile
    stated: bool
    cells: pd.DataFrame
    columns: pd.DataFrame
    links: pd.DataFrame
    troubles: tuple[str, ...]
    disagree: tuple[str, ...]
    unread: tuple[str, ...]
    withheld: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def given_back(self) -> pd.DataFrame:
        """The cells that are known more closely than the rules promise."""
        return self.cells[self.cells["state"] == "given back"]

    @property
    def passed(self) -> bool:
        """Whether the folders keep what their rules promise."""
        return not (len(self.given_back) or self.troubles or self.disagree)

    @property
    def narrowest(self) -> int | None:
        """How many values the most closely known protected cell may have; None where no cell needs protection."""
        held = self.cells[self.cells["state"] != "shown"]
        widths = held["high"] - held["low"] + 1
        finite = widths[np.isfinite(widths)]
        return int(finite.min()) if len(finite) else None


@dataclass(eq=False)
class Read:
    """All that is read of one folder."""

    path: Path
    context: Context
    page: Page
    people: pd.Series[Any] = field(default_factory=lambda: pd.Series(dtype=float))
    withheld: pd.DataFrame = field(default_factory=pd.DataFrame)

    @cached_property
    def shapes(self) -> dict[str, Any]:
        """The borders of each layer, as the first GeoPackage that holds it has them."""
        held: dict[str, Any] = {}
        for table in self.page.tables:
            if table.level and table.level not in held and table.file.endswith(".gpkg"):
                layer = read_shapes(self.path / table.file, table.where, table.file)
                if len(layer) and layer.crs is not None and layer.crs.is_projected:
                    held[table.level] = layer
        return held


def audit_folders(
    folders: Sequence[str | os.PathLike[str]],
    *,
    rules: Profile | None = None,
    small: Mapping[Cell, int] | None = None,
) -> Audit:
    """Work out from the files of folders alone what each count in them can be.

    Every number that is tied to an area, a theme and a period is read back, from all kinds of files that a run
    writes; what it says of the count behind it, and what sums and differences of counts say, is put together. Several
    folders, such as editions of one report, are put together as one reader could.

    Parameters
    ----------
    folders : sequence of paths
        One or several.
    rules : Profile, optional
        What to hold them to; by default what the folders state, or a threshold of 5 where they state nothing.
    small : mapping of (theme, area, period) to int, optional
        The exact counts, for who has them: then a small count must be possible anywhere from 0 up, not only somewhere.

    Raises
    ------
    FileError
        When a folder is missing or empty.
    DataError
        When a folder holds nothing that can be audited, a file is damaged, or folders have no area in common.
    """
    if not folders:
        raise ParameterError("no folder is named", hint="name one folder or several")
    reads, stated = [], None
    for path in map(Path, folders):
        files_of(path)
        stated = _stated(read_context(path).rules, path) or stated
        reads.append(read_folder(path, fewest=(rules or stated or _default()).threshold))
    _same_areas(reads)
    return _put_together(reads, rules or stated, small or {}, stated=stated is not None and rules is None)


def _put_together(
    reads: Sequence[Read], asked: Profile | None, small: Mapping[Cell, int], *, stated: bool
) -> Audit:
    """Work out what folders that were read say together, and what each says alone where counts were revised."""
    held_to = asked or _default()
    cells, claims, curves, ratios, unread = Cells(), [], [], [], []
    for read in reads:
        mark = f"{read.path.name}/" if len(reads) > 1 else ""
        found, fitted, beside = claims_of_read(read)
        claims += [replace(claim, file=mark + claim.file, folder=mark) for claim in found]
        curves += [
            replace(curve, claim=replace(curve.claim, file=mark + curve.claim.file, folder=mark))
            for curve in fitted
        ]
        ratios += [replace(ratio, file=mark + ratio.file) for ratio in beside]
        unread += [mark + told for told in read.page.unread]
    known = weigh(claims, cells, asked, held_to, curves=curves)
    shapes = shapes_of(reads)
    setting = setting_of(reads, cells, shapes)
    rows, kept = agreeing_rows(setting, cells, known, ratios)
    troubles = [told for read in reads for told in read.page.troubles]
    for read in reads:
        scored, unscored = score_troubles(read.page.tables, read.context, shapes)
        troubles += scored
        unread += unscored
    table, kept = _solve(cells, known, kept, held_to, small)
    if known.revised:
        unread.append(
            f"{len(known.revised):,} counts that were revised between the folders, so that they are solved in each "
            "alone"
        )
        alone = [_put_together([read], asked, small, stated=stated) for read in reads]
        known.disagree += [told for one in alone for told in one.disagree]
        table = _with_alone(table, alone)
    table.insert(3, "level", _level_of(table["area"], setting.levels))
    return Audit(
        tuple(read.path.name for read in reads),
        held_to,
        stated,
        table,
        frame_of(known),
        _links(rows, kept, list(cells.places)),
        tuple(dict.fromkeys(troubles)),
        tuple(dict.fromkeys(known.disagree)),
        tuple(dict.fromkeys(unread)),
        reads[0].withheld,
    )


def _with_alone(table: pd.DataFrame, alone: Sequence[Audit]) -> pd.DataFrame:
    """Return a table of cells with those that folders give back alone; what they give back together counts once."""
    back = pd.concat([one.given_back.drop(columns="level") for one in alone])
    cell = ["theme", "area", "period"]
    told = pd.MultiIndex.from_frame(table.loc[table["state"] == "given back", cell])
    new = ~pd.MultiIndex.from_frame(back[cell]).isin(told)
    return pd.concat([table, back[new].drop_duplicates(cell)], ignore_index=True)


def read_folder(path: Path, *, fewest: int) -> Read:
    """Read all that a folder shows; densities are held to so many incidents."""
    context = read_context(path)
    page = settle_page(read_files(path, context, fewest=fewest), context)
    page, withheld = set_withheld_apart(page)
    return Read(path, context, page, known_people(page.tables), withheld)


def _default() -> Profile:
    return profile("own", threshold=DEFAULT, zeros="shown")


def _stated(told: Mapping[str, Any] | str | None, path: Path) -> Profile | None:
    """Return the profile that a folder states."""
    if told is None:
        return None
    try:
        if isinstance(told, str):
            return profile(told)
        numbers = {
            key: value for key, value in told.items() if key not in ("profile", "keep") and value is not None
        }
        return profile(str(told.get("profile", "own")), **numbers)
    except (KeyError, TypeError, ParameterError) as error:
        raise DataError(
            f"'{path}' states rules of publication that are none: {told!r}",
            hint="name the profile that it was published under with --profile",
        ) from error


def _same_areas(reads: Sequence[Read]) -> None:
    """Refuse folders that no reader could put together."""
    codes = [{str(area) for table in read.page.tables for area in table.rows.index} for read in reads]
    for read, held in zip(reads[1:], codes[1:], strict=True):
        if not codes[0] & held:
            raise DataError(
                f"'{reads[0].path}' and '{read.path}' have no area in common",
                hint="audit together only editions of the same areas",
            )


def claims_of_read(read: Read) -> tuple[list[Claim], list[Curve], list[Ratio]]:
    """Return what the numbers of a folder say of single counts, of all of a column together, and of two."""
    tables = read.page.tables
    claims = [claim for table in tables for claim in claims_of(table, read.context, read.people)]
    claims += [claim for table in tables for claim in funnel_claims(table, read.context, read.people)]
    curves = [curve for table in tables for curve in curves_of(table, read.context, read.people)]
    ratios = [ratio for table in tables for ratio in ratios_of(table, read.context)]
    claims += [
        *text_claims(read.page, read.context),
        *record_claims(read.context, _stated(read.context.rules, read.path)),
    ]
    return [claim for claim in claims if np.isfinite(claim.low).any() or claim.is_count], curves, ratios


def agreeing_rows(
    setting: Setting, cells: Cells, known: Known, ratios: Sequence[Ratio]
) -> tuple[list[Row], list[Row]]:
    """Return all statements between cells, and those of them that the numbers do not contradict."""
    rows = link(cells, setting)
    rows += [row for ratio in ratios for row in _of_ratio(ratio, cells, known)]
    known.grow(len(cells.places))
    low, high = as_arrays(known)
    return rows, [row for row in rows if row.agrees(low, high)]


def _of_ratio(ratio: Ratio, cells: Cells, known: Known) -> list[Row]:
    """Return the two statements that a ratio of two counts makes of each area.

    Where all ratios are those of the counts that are shown, they were made from these, and say something only where
    one of the two is hidden; of counts that were rounded first, and so no more closely than that.
    """
    told = []
    ends = np.column_stack([ratio.least, ratio.most, ratio.low, ratio.high])
    for area, (least, most, below, beyond) in zip(ratio.areas, ends.tolist(), strict=True):
        over, under = (ratio.theme, str(area), ratio.over), (ratio.theme, str(area), ratio.under)
        if over in cells.places and under in cells.places and np.isfinite([least, most, below, beyond]).all():
            told.append((cells.places[over], cells.places[under], least, most, below, beyond))
    shown = [(known.shown[over], known.shown[under]) for over, under, *_ in told]
    both = [not np.isnan(pair).any() for pair in shown]
    follows = any(both) and all(
        least * one[1] + below - 0.5 < one[0] < most * one[1] + beyond + 0.5
        for (_, _, least, most, below, beyond), one, seen in zip(told, shown, both, strict=True)
        if seen
    )
    why, rows = where_words((ratio.file, ratio.where, ratio.column)), []
    for (upper, lower, least, most, below, beyond), seen in zip(told, both, strict=True):
        if follows and seen:
            continue
        room = known.base / 2 * (1 + most) if follows and known.base > 1 else 0.0
        pair = np.array([upper, lower], dtype=np.intp)
        rows += [
            Row(pair, np.array([1.0, -least]), below - room, np.inf, why),
            Row(pair, np.array([1.0, -most]), -np.inf, beyond + room, why),
        ]
    return rows


def setting_of(reads: Sequence[Read], cells: Cells, shapes: Mapping[str, Any]) -> Setting:
    """Return how the counts of folders hang together."""
    themes: dict[str, Any] = {}
    periods: dict[str, Months] = {}
    levels: dict[str, pd.Index[str]] = {}
    districts: dict[str, str] = {}
    for read in reads:
        context = read.context
        themes |= {one.theme: one.what for one in context.indicators.values()} | dict(context.themes)
        asked = {context.months, context.before, context.after}
        months = {period for _, _, period in cells.places if len(period) == 7 and period[4] == "-"}
        asked |= {frozenset({month}) for month in months}
        asked |= {context.months_of(period) for _, _, period in cells.places if period.isdigit()}
        periods |= {period_key(one): one for one in asked if one}
        levels |= level_of(read.page.tables)
        for table in read.page.tables:
            if "district" in table.rows:
                districts |= {str(code): str(name) for code, name in table.rows["district"].items() if name}
    partial = partial_levels([table for read in reads for table in read.page.tables], levels)
    return Setting(themes, periods, _nests(shapes), levels, pd.Series(districts, dtype=object), partial)


def shapes_of(reads: Sequence[Read]) -> dict[str, Any]:
    """Return the borders of each layer, as the first folder that holds it has them."""
    shapes: dict[str, Any] = {}
    for read in reads:
        shapes |= {level: layer for level, layer in read.shapes.items() if level not in shapes}
    return shapes


def _nests(shapes: Mapping[str, Any]) -> dict[tuple[str, str], Nests | Pieces]:
    """Lay layers over each other, coarser over finer: as pieces where a run protects them so, else as they nest."""
    found: dict[tuple[str, str], Nests | Pieces] = {}
    for outer, coarse in shapes.items():
        for inner, fine in shapes.items():
            if len(coarse) < len(fine) and coarse.crs == fine.crs:
                apart = {outer, inner} & {CELLS, LOCALITIES} or len(coarse) + len(fine) > MOST
                lay = find_nests if apart else find_pieces
                found[outer, inner] = lay(coarse, fine)
    return found


def _solve(
    cells: Cells, known: Known, rows: list[Row], rules: Profile, small: Mapping[Cell, int]
) -> tuple[pd.DataFrame, list[Row]]:
    """Return every cell with the least and the most that it can be, and the statements that were solved."""
    start = as_arrays(known)
    exact = np.array([small.get(cell, np.nan) for cell in cells.places], dtype=float)
    low, high, kept = narrowed(known, start, rows)
    state = judge(low, high, rules, exact)
    # More values than tables show a count to have would not change what is said of it.
    low, high, proved = solve(
        low,
        high,
        kept,
        state == "protected",
        enough=lambda at, least, most: judge(least, most, rules, exact[at]) == "protected",
    )
    table = pd.DataFrame(list(cells.places), columns=["theme", "area", "period"])
    table["low"], table["high"], table["proved"] = low, high, proved
    table["formed"] = [place in cells.formed for place in range(len(table))]
    table["state"] = judge(low, high, rules, exact)
    table["by"] = _by(known, start, (low, high), kept)
    return table, kept


def _level_of(areas: pd.Series[str], levels: Mapping[str, pd.Index[str]]) -> list[str]:
    """Return what kind of area each is; an area of several layers is one of the layer with the most areas."""
    of = {
        str(code): level
        for level, codes in sorted(levels.items(), key=lambda one: len(one[1]))
        for code in codes
    }
    apart = {"district ": "districts", "rest of ": "rest", BAND: "bands"}
    kinds = {ALL: "all areas"}
    return [
        of.get(area)
        or kinds.get(area)
        or next((kind for start, kind in apart.items() if area.startswith(start)), "")
        for area in areas
    ]


def narrowed(known: Known, start: tuple[Floats, Floats], rows: list[Row]) -> tuple[Floats, Floats, list[Row]]:
    """Narrow limits by statements; of those that rest on borders, the ones that the others belie are left out."""
    try:
        return *narrow(*start, rows), rows
    except DataError:
        sure = [row for row in rows if not row.areal]
    try:
        narrow(*start, sure)
    except DataError as error:
        known.disagree.append(error.message)
        return *start, []
    belied = contradicting(*start, sure, [row for row in rows if row.areal])
    kept = [row for row in rows if row not in belied]
    return *narrow(*start, kept), kept


def _by(
    known: Known, start: tuple[Floats, Floats], end: tuple[Floats, Floats], rows: Sequence[Row]
) -> list[str]:
    """Return of each cell what narrowed it: a column, or the sum that leaves it no more than that."""
    closer = (end[0] > start[0]) | (end[1] < start[1])
    sums: dict[int, str] = {}
    for row in rows:
        for place in np.flatnonzero(closer[row.cells]):
            cell = int(row.cells[place])
            least, most = row.leaves(int(place), *end)
            if cell not in sums and (least > start[0][cell] + 0.5 or most < start[1][cell] - 0.5):
                sums[cell] = row.why
    return [
        sums.get(place, "several sums together")
        if closer[place]
        else where_words(known.sources[known.by[place]])
        if known.by[place] >= 0
        else ""
        for place in range(len(closer))
    ]


def _links(rows: Sequence[Row], kept: Sequence[Row], cells: Sequence[Cell]) -> pd.DataFrame:
    held = pd.Series([row.why for row in kept], dtype=object).value_counts(sort=False)
    every = pd.Series([row.why for row in rows], dtype=object).value_counts(sort=False)
    table = pd.DataFrame({"hold": held.reindex(every.index).fillna(0).astype(int)})
    table["fail"] = every - table["hold"]
    there, areas = {id(row) for row in kept}, dict[str, dict[str, None]]()
    for row in rows:
        if id(row) not in there:
            areas.setdefault(row.why, {}).setdefault(cells[row.whole][1])
    table["of"] = [list(areas.get(why, {})) for why in table.index]
    return table.rename_axis("why").reset_index()
