"""What the record of a folder says of totals: each category of a published one was rounded by itself."""

from __future__ import annotations

from hotspots.analysis.audit.context import Context, Theme
from hotspots.analysis.audit.texts import record_claims
from hotspots.disclosure.rules import Profile, profile


def ends(located: dict[str, int], outside: int, rules: Profile | None) -> tuple[float, float]:
    """Return the least and the most that the record leaves for a theme of burglary and robbery."""
    theme = Theme(frozenset({"Burglary", "Robbery"}), frozenset())
    (made,) = record_claims(Context(themes={"serious": theme}, located=located, outside=outside), rules)
    return float(made.low[0]), float(made.high[0])


def test_an_exact_record_leaves_what_lies_outside() -> None:
    located = {"Burglary": 224, "Robbery": 31, "Drugs": 9}
    assert ends(located, 0, None) == (255, 255)
    assert ends(located, 7, None) == (248, 255)


def test_a_published_record_is_rounded_to_ten_by_category_whatever_its_counts_are_rounded_to() -> None:
    # 220 is 215 to 224 and 30 is 25 to 34; 0 outside is up to 4; a category that is not named has up to 9 more.
    for name in ("nhs", "10-5", "documents"):
        assert ends({"Burglary": 220, "Robbery": 30}, 0, profile(name)) == (236, 267)
