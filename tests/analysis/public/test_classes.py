"""Classes of areas in a public folder: counts shown with those of their areas, all else made of these."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.public.classes import public_classes
from hotspots.analysis.public.protect import protect
from hotspots.analysis.public.shown import Shown
from hotspots.analysis.results import Analysis, Layer
from hotspots.disclosure.rules import profile
from hotspots.methods.classes import class_rates


def of(analysis: Analysis, theme: int) -> Layer:
    (layer,) = [layer for layer in analysis.themes[theme].layers if layer.kind == "classes"]
    return layer


def test_rounded_classes_are_sums_of_their_own_and_their_rates_are_of_these(exact: Analysis) -> None:
    public = protect(exact, profile("documents"))
    table, held = of(public, 0).table, of(exact, 0)
    assert held.members is not None
    sums = exact.themes[0].first["n"].groupby(held.members, observed=True).sum()
    assert (table["n"] == np.floor((2 * sums + 10) / 20) * 10).all()  # rounded on their own, halves upwards
    people = exact.areas["population"].groupby(held.members, observed=True).sum()
    assert np.allclose(table["rate"], (table["n"] * 1000 / people).round(1))
    again = class_rates(
        table["n"], people.astype(float), pd.Series(pd.Categorical(people.index), people.index), months=12
    )
    assert np.allclose(table["share_n"], again["share_n"])
    assert np.allclose(table["cmp_ratio"], again["cmp_ratio"])
    assert table["members"].tolist() == [24, 12]
    assert [one.name for one in public.recipe.classes] == ["Town and country"]
    assert public.classes.keys() == exact.classes.keys()


def test_a_hidden_class_leaves_no_class_set_against_it(exact: Analysis) -> None:
    theme, layer = exact.themes[1], of(exact, 1)
    dark = pd.Series([False, True], index=layer.table.index)
    shown = Shown(profile("own", threshold=5), {(theme.key, layer.key): dark})
    table = public_classes(exact, theme, layer, theme.layers[0], shown, dispersion=1).table
    assert table["hidden"].tolist() == [False, True]
    assert table["share_n"].isna().all()
    assert "cmp_ratio" not in table
    assert table["n"].isna().tolist() == table["rate"].isna().tolist() == [False, True]
    assert table["members"].tolist() == [24, 12]


@pytest.mark.parametrize("name", ["documents", "nhs"])
def test_classes_are_no_longer_told_to_be_left_out(exact: Analysis, name: str) -> None:
    published = protect(exact, profile(name)).published
    assert published is not None
    assert not any("classes of areas" in sentence for sentence in published.left_out)
