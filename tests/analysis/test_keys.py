"""Keys are made from names, unique and safe, and say nothing back."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from hotspots.analysis.keys import LONGEST, make_keys


@given(st.lists(st.text(), max_size=8))
@example(["", " ", "--", "../x", "CON", "con", "a" * 300, "a" * 299 + "b", "犯罪"])
def test_whatever_the_names_keys_are_safe_and_no_two_alike(names: list[str]) -> None:
    keys = make_keys(names, fallback="theme")
    assert len(set(keys)) == len(names)
    for key in keys:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)
        assert len(key) <= LONGEST + 4
    assert make_keys(names, fallback="theme") == keys


def test_the_first_of_several_alike_keeps_the_plain_key() -> None:
    names = ["Burglary", "burglary!", "Burglary 2"]
    assert make_keys(names, fallback="theme") == ("burglary", "burglary-2", "burglary-2-2")


def test_a_taken_key_and_a_name_of_a_device_are_not_given() -> None:
    assert make_keys(["Cells", "Aux"], fallback="areas", taken=["cells"]) == ("cells-2", "aux-2")
