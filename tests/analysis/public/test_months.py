"""Months of single areas in a public folder: with a rule of dominance there are none."""

from __future__ import annotations

from hotspots.analysis.public.protect import protect
from hotspots.analysis.results import Analysis
from hotspots.disclosure.rules import profile


def test_months_are_left_out_where_counts_made_up_by_few_are_hidden(exact: Analysis) -> None:
    # 2 of up to 6 incidents are over 30 %: of the whole period such counts are hidden, of months most would be.
    public = protect(exact, profile("documents", dominance=(2, 30)))
    assert all(theme.monthly is None for theme in public.themes)
    assert public.published is not None
    assert any(text.startswith("Left out: months of single areas") for text in public.published.left_out)
