"""The account of the rows in a public folder: rounded, in an order that tells nothing, without names of extracts."""

from __future__ import annotations

from dataclasses import replace

from hotspots.analysis.public.account import public_account
from hotspots.analysis.results import Analysis
from hotspots.disclosure.rules import profile
from hotspots.incidents.quality import Share


def test_categories_shown_alike_stand_by_name_and_not_by_their_exact_numbers(exact: Analysis) -> None:
    shares = (Share("Robbery", 14, 14), Share("Arson", 6, 6), Share("Kidnap", 1, 1))
    told = public_account(replace(exact.quality, by_category=shares), profile("documents"))
    assert [(one.label, one.rows) for one in told.by_category] == [("Arson", 10), ("Robbery", 10)]
