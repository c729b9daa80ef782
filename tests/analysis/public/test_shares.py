"""Shares in a public folder: those of districts and classes are of rounded counts."""

from __future__ import annotations

import numpy as np

from hotspots.analysis.public.protect import protect
from hotspots.analysis.results import Analysis
from hotspots.disclosure.rules import profile


def test_shares_of_districts_and_classes_are_of_counts_rounded_on_their_own(exact: Analysis) -> None:
    public = protect(exact, profile("documents"))
    (share,), (held,) = public.themes[0].shares, exact.themes[0].shares
    name = "Town and country"
    for shown, counted in ((share.districts, held.districts), (share.classes[name], held.classes[name])):
        assert shown.index.tolist() == counted.index.tolist()
        for column in ("of_n", "of_base"):  # halves upwards
            assert (shown[column] == np.floor((2 * counted[column] + 10) / 20) * 10).all()
        assert np.allclose(shown["of_share"], shown["of_n"] / shown["of_base"])
        assert not shown["hidden"].any()
        # Above or below only where all counts that the rounded ones stand for would say so.
        assert counted["of_flag"].notna().all()
        assert (shown["of_flag"] == "similar").all()
        assert (shown["of_lo"] < counted["of_lo"]).all()
        assert (shown["of_hi"] > counted["of_hi"]).all()
