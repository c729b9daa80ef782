"""What area codes are of."""

from __future__ import annotations

import pytest

from hotspots.base.codes import kind_of, new_in_2021


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (["E01000001", "W01000001"], "LSOAs"),
        (["E05000001"] * 9 + ["Total"], "wards"),
        (["E05000001"] * 8 + ["Total", "Other"], None),
        (["E01000001", "E05000001"], None),
        (["Hill", "Town"], None),
        ([], None),
    ],
)
def test_kinds(codes: list[str], kind: str | None) -> None:
    assert kind_of(codes) == kind


@pytest.mark.parametrize(
    ("code", "new"),
    [
        ("E01033768", False),
        ("E01033769", True),
        ("W01001909", False),
        ("W01001910", True),
        ("E02006934", False),
    ],
)
def test_lsoas_of_the_census_of_2021(code: str, new: bool) -> None:
    assert new_in_2021(code) is new
