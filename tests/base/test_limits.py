"""Limits of nesting: told without recursion, and brackets in texts do not count."""

from __future__ import annotations

import json

import pytest

from hotspots.base.errors import FileError
from hotspots.base.limits import NESTING, nesting_of, refuse_deep_json


def test_nesting_counts_lists_and_tables_within_each_other() -> None:
    assert [nesting_of(value) for value in list[object]((1, "[[[", [], {"a": [1, {"b": 2}]}))] == [0, 0, 1, 3]


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_json_that_would_end_the_process_is_refused_before_it_is_parsed(opens: str, closes: str) -> None:
    sound = opens * NESTING + "1" + closes * NESTING
    refuse_deep_json(sound.encode(), where="'a.geojson'")
    with pytest.raises(FileError) as found:
        refuse_deep_json(f"{opens}{sound}{closes}".encode(), where="'a.geojson'")
    assert found.value.message == "'a.geojson' nests its lists deeper than 100 times, which no layer does"
    with pytest.raises(FileError):
        refuse_deep_json((opens * 100_000).encode(), where="'a.geojson'")


def test_brackets_in_texts_are_no_depth() -> None:
    refuse_deep_json(json.dumps({"name": '[{"' * 500 + "\\"}).encode(), where="'a.geojson'")
