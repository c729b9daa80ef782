"""Shares of a kind for publication: of all areas together, and of districts and classes where counts are rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.public.account import about
from hotspots.analysis.public.shown import Shown
from hotspots.analysis.public.tables import protected
from hotspots.analysis.public.theme import coarse
from hotspots.analysis.shares import Share, share_of_all
from hotspots.base.errors import DataError
from hotspots.disclosure.tables import make_tables
from hotspots.methods.share import share_of

_ALL = "all of them"


def public_share(
    made: Share, groupings: Mapping[str, pd.Series[Any]], shown: Shown, *, theme: str
) -> tuple[Share | None, str]:
    """Return a share made of published counts, or None and why.

    Those of single areas are left out: of the few incidents that are of the kind too, rounding leaves nothing that
    could be told from chance. Where the rules hide counts, the shares of districts and classes are left out as well,
    since their counts would tell on those of areas that are hidden to protect others.

    Parameters
    ----------
    made : Share
        With exact counts, none of them hidden.
    groupings : mapping of str to Series
        The groups of the areas: districts under an empty name, classes under the name of their lookup.
    shown : Shown
        How counts are shown.
    theme : str
        The key of the theme that it is of.
    """
    rules, phi = shown.profile, coarse(made.dispersion)
    yes, of = float(made.areas["of_n"].sum()), float(made.areas["of_base"].sum())
    if min(yes, of - yes) < rules.threshold:
        return None, "too few incidents are of the kind, or not of it"
    if shown.suppresses:
        whole = shown.number((theme, "all"), of), shown.number((theme, "share", made.name), yes)
        tables: dict[str, pd.DataFrame] = {}
    else:
        try:
            told = _shown(made.areas, groupings, shown)
        except DataError:
            return None, "its counts would tell on each other"
        whole = float(told[_ALL, "of"]), float(told[_ALL, "yes"])
        tables = {
            name: _table(told, list(dict.fromkeys(groups.dropna().astype(str))), name, phi, rules.rounded_to)
            for name, groups in groupings.items()
        }
    if np.isnan(whole).any():
        return None, "its counts are too few"
    n, of, share, low, high = share_of_all(whole[1], whole[0], phi)
    return replace(
        made,
        n=n,
        of=of,
        share=share,
        share_lo=low,
        share_hi=high,
        unrecorded=about(made.unrecorded, rules),
        areas=made.areas.iloc[:0],
        districts=tables.pop("", pd.DataFrame()),
        classes=tables,
        fewest=rules.threshold,
        dispersion=phi,
    ), ""


def _shown(areas: pd.DataFrame, groupings: Mapping[str, pd.Series[Any]], shown: Shown) -> pd.Series[Any]:
    """Return what is shown of the groups and of all, by group and kind, protected together with the areas' own."""
    kinds = pd.DataFrame({"yes": areas["of_n"], "no": areas["of_base"] - areas["of_n"]}).astype(float)
    kinds.index = kinds.index.astype(str).rename("area")
    counts = pd.concat({kind: kinds[kind] for kind in kinds}, names=["kind"]).reorder_levels(["area", "kind"])
    within: dict[str, dict[str, list[str]]] = {"area": {}, "kind": {"of": ["yes", "no"]}}
    for name, groups in groupings.items():
        for group, codes in groups.groupby(groups.astype(object)).groups.items():
            within["area"][_group(name, group)] = [str(code) for code in codes]
    within["area"][_ALL] = list(kinds.index)
    tables = make_tables(counts.round().astype(np.int64), within=within)
    seen = [area not in kinds.index and kind != "no" for area, kind in tables.counts.index]
    return protected(replace(tables, published=np.asarray(seen)), shown.profile).table["shown"]


def _group(name: str, group: object) -> str:
    return f"group {name}: {group}"


def _table(told: pd.Series[Any], groups: list[str], name: str, phi: float, rounded: int) -> pd.DataFrame:
    """Return the shares of groups; blank where a count of it is hidden.

    One is called above or below the others only where all counts that the rounded ones stand for would say so: of 30
    groups that do not differ, with 50 to 300 incidents and a share of 2 %, rounding to 10 alone would mark 4.
    """
    counts = {group: told[_group(name, group)] for group in sorted(groups)}
    rows = pd.DataFrame(counts).T[["of", "yes"]].astype(float)  # "no" is never shown
    dark = rows.isna().any(axis=1)
    # Of a group that is hidden nothing is known: it is none of those that are compared.
    held = rows[~dark]
    found = share_of(held["yes"], held["of"], dispersion=phi, rounded=rounded).reindex(rows.index)
    found = found.assign(of_n=rows["yes"].mask(dark), hidden=dark.to_numpy())
    found.index = found.index.astype(str).rename("name")
    return found
