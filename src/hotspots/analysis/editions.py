"""Edition to edition: what an earlier run of a recipe left in its folder, and what has changed since."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hotspots._version import __version__
from hotspots.analysis.provenance import names_only
from hotspots.analysis.results import Analysis, Layer
from hotspots.analysis.since import Since
from hotspots.areas.reading import read_layer
from hotspots.base.errors import DataError, FileError, ParameterError, did_you_mean
from hotspots.base.tables import read_table
from hotspots.export.editions import read_editions

RECORD = "about/provenance.json"
# What marks an area, by the column of classes that says so.
_SELECTED = ("force-wide", "overall", "local")
MARKS = {
    "priority": frozenset([*_SELECTED, *(f"borderline {one}" for one in _SELECTED)]),
    "sd_flag": frozenset({"significantly above"}),
    "gi_class": frozenset({"hot99", "hot95"}),
    "rk_class": frozenset({"clear"}),
}
# What differs from one edition to the next by what it is, and how it looks: none of it is a definition.
_OWN = ("title", "report", "map", "source", "attribution", "folder")
_OWN_OF = {"incidents": ("source", "period", "covers", "attribution"), "change": ("before", "after")}


@dataclass(frozen=True, eq=False)
class Edition:
    """What an earlier run left.

    Attributes
    ----------
    title, period : str
        As that run was called, and the time it covers in words.
    recipe : dict
        What it was asked for.
    made_with : str
        The version that made it.
    rows : dict of str to int
        Rows used, by month.
    reported : tuple of str
        The months that it reports on.
    tables : dict of str to DataFrame
        Its tables by name, such as ``burglary_wards``, by code.
    profile : str or None
        By whose rules it was made for publication; None of one with exact figures.
    """

    title: str
    period: str
    recipe: Mapping[str, Any]
    made_with: str
    rows: Mapping[str, int]
    reported: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]
    profile: str | None = None


def read_edition(folder: str | os.PathLike[str]) -> Edition:
    """Read what an earlier run left in its folder, or an edition of a store.

    Parameters
    ----------
    folder : path
        The folder of a run, with its record and its tables. Only files that the record lists are read. Or a GeoPackage
        of editions and one of them, such as ``"editions.gpkg#2025"``.

    Raises
    ------
    FileError
        When the folder holds no record of a run, or a table that it lists is missing or cannot be read.
    DataError
        When the record is not one.
    """
    store, mark, edition = str(folder).rpartition("#")
    if mark and store.casefold().endswith(".gpkg"):
        return read_stored(Path(store), edition)
    folder = Path(folder)
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except OSError:
        raise FileError(
            f"'{folder}' is not the folder of an earlier run: it has no {RECORD}",
            hint="name the folder that an earlier 'hotspots run' wrote, with --since",
        ) from None
    except ValueError:
        record = None
    return _edition(record, lambda names: dict(_tables(folder, names)), f"'{folder}', {RECORD},")


def read_stored(store: Path, edition: str) -> Edition:
    """Read an edition of a GeoPackage of editions.

    Raises
    ------
    FileError
        When there is no such file, or it is no store.
    ParameterError
        When it holds no edition of that name.
    """
    held = read_editions(store)
    if edition not in held:
        raise ParameterError(f"'{store.name}' has no edition '{edition}'", hint=did_you_mean(edition, held))
    layers: list[str] = held[edition]["layers"]

    def tables(_: list[str]) -> dict[str, pd.DataFrame]:
        return {
            name.removeprefix(f"{edition}_"): pd.DataFrame(read_layer(store, layer=name)).drop(
                columns="geometry"
            )
            for name in layers
        }

    return _edition(held[edition]["record"], tables, f"edition '{edition}' in '{store.name}'")


def _edition(record: Any, tables: Callable[[list[str]], dict[str, pd.DataFrame]], where: str) -> Edition:
    """Return what a record tells, and the tables of the files that it lists."""
    try:
        rows, files, recipe = record["rows_by_month"], record["files"], record["recipe"]
        told = {str(month): int(number) for month, number in rows.items()}
        reported = tuple(str(share["label"]) for share in record["incidents"]["by_month"] if share["label"])
        title, period, made_with = str(record["title"]), str(record["period"]), str(record["made_with"])
        names = [str(name) for name in files]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DataError(
            f"the record of {where} is not one that this version can compare with",
            hint="run that edition's recipe again with this version, and compare with the folder that it writes",
        ) from None
    return Edition(
        title,
        period,
        dict(recipe) | {"plan": record.get("plan")},
        made_with,
        told,
        reported,
        tables(names),
        (record.get("publication") or {}).get("profile"),
    )


def _tables(folder: Path, names: list[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables of areas that a record lists, by name."""
    for name in names:
        path = Path(name)
        if (
            path.suffix != ".csv"
            or path.parent.as_posix() != "tables"
            or path.name != name.rpartition("/")[2]
        ):
            continue
        table = read_table(folder / "tables" / path.name, what="the table").rows
        if "code" in table:
            yield path.stem, table.set_index("code")


def compare_editions(analysis: Analysis, edition: Edition) -> Since:
    """Return what changed since an earlier edition.

    Areas are matched by their codes within a layer of the same theme; cells are not compared. Only areas that both
    editions have can be new or gone.

    Parameters
    ----------
    analysis : Analysis
        This edition.
    edition : Edition
        The earlier one, from `read_edition`.

    Raises
    ------
    DataError
        When no area of the first layer is in that edition, or this one is for publication and that one is not, or by
        other rules.
    """
    made = analysis.published
    if made is not None and edition.profile != made.profile.name:
        how = (
            "has exact figures" if edition.profile is None else f"was made by the profile '{edition.profile}'"
        )
        raise DataError(
            f"the edition '{edition.title}', {edition.period}, {how}, but what has changed since may be published "
            f"only between editions made by one profile, here '{made.profile.name}'",
            hint=f"run that edition's recipe again with --public {made.profile.name}, or leave out --since",
        )
    definitions = _definitions(edition, analysis)
    other_rows = definitions["what"].str.startswith("[incidents").any()
    marked, unmatched = [], {}
    for group in analysis.groups:
        for layer in group.layers:
            before = edition.tables.get(f"{group.key}_{layer.key}")
            if before is None or layer.kind != "areas":
                continue
            only_before = ~before.index.isin(layer.table.index.astype(str))
            only_now = ~layer.table.index.astype(str).isin(before.index)
            if only_before.any() or only_now.any():
                unmatched[layer.label] = (int(only_before.sum()), int(only_now.sum()))
            if only_now.all():
                continue
            marked += list(_marked(group.name, layer, before))
    first = analysis.themes[0].layers[0]
    held = edition.tables.get(f"{analysis.themes[0].key}_{first.key}")
    if unmatched and held is not None and not held.index.isin(first.table.index.astype(str)).any():
        raise DataError(
            f"none of the {len(first.table):,} {first.label} is in the edition '{edition.title}', {edition.period}",
            hint="compare editions of the same areas, or leave out --since",
        )
    reported = {share.label for share in analysis.quality.by_month if share.label}
    return Since(
        edition.title,
        edition.period,
        _months({} if other_rows else edition.rows, {} if other_rows else analysis.rows_by_month),
        len(reported.intersection(edition.reported)),
        definitions,
        pd.DataFrame(marked, columns=["theme", "layer", "measure", "code", "name", "district", "state"]),
        _ranks(analysis, edition),
        unmatched,
    )


def compare_stored(before: Edition, now: Edition) -> pd.DataFrame:
    """Return each area of both of two editions that either marks, with what became of it.

    An area that only one of them has can be neither new nor gone, and is left out.

    Parameters
    ----------
    before, now : Edition
        The earlier and the later edition.

    Returns
    -------
    DataFrame
        ``layer`` (as in ``burglary_wards``), ``measure`` (the column that marks), ``code``, ``name``, ``district``,
        ``n_before`` and ``n_now`` (incidents; missing where an edition hides the count, or its layer has none) and
        ``state`` ("new", "kept" or "gone"). Only layers that both editions have, in the order of layers, measures and
        codes.

    Raises
    ------
    DataError
        When they have no layer in common, or one is for publication by other rules than the other.
    """
    if before.profile != now.profile:
        how = [f"by the profile '{one.profile}'" if one.profile else "exact" for one in (before, now)]
        raise DataError(
            f"one edition is {how[0]}, the other {how[1]}: compared, they would give away what is hidden",
            hint="compare editions that were made by one profile",
        )
    shared = [name for name in now.tables if name in before.tables]
    if not shared:
        raise DataError(
            f"the editions '{before.title}' and '{now.title}' have no layer in common",
            hint="compare editions of one recipe",
        )
    rows: list[tuple[Any, ...]] = []
    for layer in shared:
        one, other = before.tables[layer], now.tables[layer]
        codes = one.index.intersection(other.index).sort_values()
        for column, marks in MARKS.items():
            if column not in one or column not in other:
                continue
            was, now_is = (table[column].reindex(codes).isin(marks) for table in (one, other))
            for code in codes[(was | now_is).to_numpy()]:
                state = "kept" if was[code] and now_is[code] else "new" if now_is[code] else "gone"
                about = [str(other.loc[code, name]) if name in other else "" for name in ("name", "district")]
                counts = [table.loc[code, "n"] if "n" in table else None for table in (one, other)]
                rows.append((layer, column, code, *about, *counts, state))
    columns = ["layer", "measure", "code", "name", "district", "n_before", "n_now", "state"]
    return pd.DataFrame(rows, columns=columns)


def _marked(theme: str, layer: Layer, before: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield each area that either edition marks, with what became of it."""
    now = layer.table
    for column, marks in MARKS.items():
        if column not in now or column not in before:
            continue
        was = before[column].reindex(now.index.astype(str)).astype(object)
        for code, name, district, value, old in zip(
            now.index, now["name"], now["district"], now[column].astype(object), was, strict=True
        ):
            if pd.isna(old) and str(code) not in before.index:
                continue
            here, there = value in marks, old in marks
            if here or there:
                state = "kept" if here and there else "new" if here else "gone"
                yield theme, layer.label, column, str(code), str(name), str(district), state


def _ranks(analysis: Analysis, edition: Edition) -> pd.DataFrame:
    columns = ["code", "name", "district", "before", "now", "rank_lo", "rank_hi"]
    if analysis.selection is None:
        return pd.DataFrame(columns=columns)
    layer = analysis.selection.layers[0]
    before = edition.tables.get(f"{analysis.selection.key}_{layer.key}")
    if before is None or "rank" not in before or "selected" not in before:
        return pd.DataFrame(columns=columns)
    now = layer.table
    codes = now.index.astype(str)
    was = (
        before["selected"]
        .astype(str)
        .str.casefold()
        .isin(["true", "1", "yes"])
        .reindex(codes, fill_value=False)
    )
    table = pd.DataFrame(
        {
            "code": codes,
            "name": now["name"].astype(str).to_numpy(),
            "district": now["district"].astype(str).to_numpy(),
            "before": pd.to_numeric(before["rank"], errors="coerce").reindex(codes).to_numpy(),
            "now": pd.to_numeric(now["rank"]).to_numpy(),
        }
    )
    for name in ("rank_lo", "rank_hi"):
        table[name] = pd.to_numeric(now[name]).to_numpy() if name in now else float("nan")
    either = was.to_numpy() | now["selected"].astype(bool).to_numpy()
    ranks: pd.DataFrame = table[either].sort_values(["now", "code"], kind="stable").reset_index(drop=True)
    return ranks


def _months(before: Mapping[str, int], now: Mapping[str, int]) -> pd.DataFrame:
    rows = []
    for month in sorted({*before, *now}):
        old, new = before.get(month), now.get(month)
        state = "new" if old is None else "not read" if new is None else "same" if old == new else "revised"
        rows.append((month, old, new, state))
    table = pd.DataFrame(rows, columns=["month", "before", "now", "state"])
    return table.astype({"before": "Int64", "now": "Int64"}).set_index("month")


def _definitions(edition: Edition, analysis: Analysis) -> pd.DataFrame:
    """Return the keys of the recipe that differ, those that no edition shares left out; and the version."""
    asked = json.loads(json.dumps(asdict(analysis.recipe), default=str))
    plan = None if analysis.selection is None else asdict(analysis.selection.plan) | {"folder": None}
    # Records hold names of files alone; those of earlier versions hold paths.
    now, before = (
        dict(_flat(names_only(one, head=False)))
        for one in (_kept(asked) | {"plan": _plain(plan)}, _kept(edition.recipe))
    )
    rows = [
        (key, _text(before.get(key)), _text(now.get(key)))
        for key in [*before, *(key for key in now if key not in before)]
        if _text(before.get(key)) != _text(now.get(key))
    ]
    made_with = f"hotspots {__version__}"
    if edition.made_with != made_with:
        rows.append(("made with", edition.made_with, made_with))
    return pd.DataFrame(rows, columns=["what", "before", "now"])


def _plain(held: Any) -> Any:
    """Return a value as a record would hold it."""
    return json.loads(json.dumps(held, default=str))


def _kept(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of a recipe that define something."""
    kept = {key: held for key, held in recipe.items() if key not in _OWN}
    for table, own in _OWN_OF.items():
        held = kept.get(table)
        if isinstance(held, dict):
            kept[table] = {key: value for key, value in held.items() if key not in own}
        elif isinstance(held, list):
            kept[table] = [{key: value for key, value in one.items() if key not in own} for one in held]
    return kept


def _flat(held: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value of nested tables with the path that a recipe would write: ``[flag] near``."""
    for key, value in held.items():
        path = f"{where} {key}".strip()
        if isinstance(value, dict):
            yield from _flat(value, f"{where} [{key}]".strip())
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            for place, one in enumerate(value, 1):
                name = one.get("name") or one.get("label") or one.get("id") or place
                yield from _flat(
                    one, f"{where} [{key} '{name}']".strip() if len(value) > 1 or name != 1 else f"[{key}]"
                )
        else:
            yield path, value


def _text(value: Any) -> str:
    if value is None or value == [] or value == "":
        return "none"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
