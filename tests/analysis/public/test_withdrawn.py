"""Partnerships by offence that would tell too much: what is left out of them, and what then remains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hotspots.analysis.public import protect as public_protect
from hotspots.analysis.results import Analysis
from hotspots.disclosure.case import UnmetError
from hotspots.disclosure.rules import profile

TOLD = (
    "Left out: {}, which would tell too much of single areas and offences: the profile 'sacro' cannot be met with "
    "it."
)


def unmet_until(allowed: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let the rules be met only where the profile is as allowed; return the profiles that were tried."""
    tried: list[Any] = []

    def find(analysis: Analysis, _: Any) -> str:
        tried.append(analysis.profile)
        if allowed(analysis.profile):
            return "met"
        raise UnmetError("the count of North, Drugs", hint="hide more")

    monkeypatch.setattr(public_protect, "find_hidden", find)
    return tried


def with_change(exact: Analysis) -> Analysis:
    held = exact.profile
    assert held is not None
    added = dict.fromkeys(("n_before", "n_after", "ch_pct"), 1.0)
    changed = replace(held, districts=held.districts.assign(**added), force=held.force.assign(**added))
    return replace(exact, profile=changed)


def test_change_is_left_out_first_and_no_small_count_is_named(
    exact: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    unmet_until(lambda held: "n_before" not in held.districts, monkeypatch)
    made, dark, told = public_protect._hidden_at_last(with_change(exact), profile("sacro"))
    assert str(dark) == "met"
    assert told == (TOLD.format("change of partnerships by offence"),)
    assert made.profile is not None
    assert "n" in made.profile.districts
    assert not {"n_before", "n_after", "ch_pct"} & {*made.profile.districts, *made.profile.force}


def test_the_whole_table_is_left_out_where_that_does_not_help(
    exact: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = unmet_until(lambda held: held is None, monkeypatch)
    made, _, told = public_protect._hidden_at_last(with_change(exact), profile("sacro"))
    assert (made.profile, len(tried)) == (None, 3)
    assert told == (TOLD.format("partnerships by offence"),)


def test_what_areas_alone_cannot_meet_is_still_refused(
    exact: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    unmet_until(lambda _: False, monkeypatch)
    with pytest.raises(UnmetError):
        public_protect._hidden_at_last(exact, profile("sacro"))
