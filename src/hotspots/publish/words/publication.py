"""Whether what is written may be published, and by what rules, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from hotspots.analysis.results import Analysis
from hotspots.areas.hidden import zero_word
from hotspots.base.columns import format_value
from hotspots.disclosure.rules import Profile
from hotspots.publish.words.note import Note

INTERNAL = "Not for publication."
"""Stands at the foot of every page, and in every file, of a folder with exact figures."""


def publication_line(analysis: Analysis) -> str:
    """Return the line at the foot of every page: that figures are not for publication, or how they are shown.

    Examples
    --------
    >>> from hotspots.disclosure.rules import profile
    >>> shown_words(profile("documents"))
    'Counts rounded to the nearest 10; 0 stands for 0 to 4.'
    >>> shown_words(profile("nhs"))
    'Some counts hidden (1 to 7, or to protect others); those shown rounded to the nearest 5.'
    """
    return INTERNAL if analysis.published is None else shown_words(analysis.published.profile)


def shown_words(profile: Profile) -> str:
    """Return in a sentence how counts are shown."""
    if profile.hide == "round":
        return f"Counts rounded to the nearest {profile.base}; 0 stands for 0 to {profile.threshold - 1}."
    others = f"; those shown rounded to the nearest {profile.base}" if profile.rounds else ""
    return f"Some counts hidden ({profile.hidden_words()}){others}."


def printed_base(analysis: Analysis) -> int:
    """Return what the counts of printed tables are rounded to: published counts as they are published already."""
    return 10 if analysis.published is None else analysis.published.profile.rounded_to


def few_of(analysis: Analysis) -> int:
    """Return what a 0 of published counts stands for fewer than; 0 where a 0 is a 0."""
    made = analysis.published
    return made.profile.threshold if made is not None and made.profile.hide == "round" else 0


def count_words(count: Any, *, few: int = 0) -> str:
    """Return a count in words: what is hidden is called so, whether it is small or only protects others.

    Parameters
    ----------
    count : float
        Missing where it is hidden.
    few : int, default 0
        What a 0 stands for fewer than, in a sentence on rounded counts; see `few_of`.

    Examples
    --------
    >>> count_words(1234), count_words(float("nan")), count_words(0), count_words(0, few=5)
    ('1,234', 'hidden', '0', 'fewer than 5')
    """
    if pd.isna(count):
        return "hidden"
    return f"fewer than {few}" if few and count == 0 else f"{count:,.0f}"


def count_cell(count: Any, analysis: Analysis) -> str:
    """Return a count as a cell of a table has it: what is hidden is called so, and a 0 of rounded counts "under 5"."""
    word = zero_word("n", few_of(analysis))
    return word if word and count == 0 else count_words(count)


def rate_cell(rate: Any, count: Any, analysis: Analysis) -> str:
    """Return a rate as a cell of a table has it; of a count that was rounded to 0 it says that there are too few."""
    word = zero_word("rate", few_of(analysis))
    return word if word and count == 0 and not pd.isna(rate) else format_value("rate", rate)


def foot_words(analysis: Analysis) -> str:
    """Return that line and the words of the licence, as a page or file ends."""
    return f"{publication_line(analysis)} {analysis.origin.attribution}"


def publication_note(analysis: Analysis) -> Note:
    """Return the rules in full, and what was left out."""
    made = analysis.published
    if made is None:
        return Note(
            "Not for publication",
            "the figures are exact, so that single incidents can be told from them; make a folder that can be handed "
            "out with --public.",
        )
    said = [*made.profile.sentences(), *rounded_words(analysis), *made.left_out]
    return Note("Published figures", " ".join(said))


def rounded_words(analysis: Analysis) -> tuple[str, ...]:
    """Return what rounding does to an order; nothing where counts are exact."""
    if analysis.published is None or analysis.published.profile.rounded_to == 1:
        return ()
    return (
        "Ranks and averages are worked out from the rounded counts: areas whose counts are close may stand in another "
        "order by their exact ones.",
    )


def publication_record(analysis: Analysis) -> dict[str, Any]:
    """Return what the record says of it."""
    made = analysis.published
    if made is None:
        return {"public": False, "statement": INTERNAL}
    return public_record(made.profile, made.left_out)


def public_record(profile: Profile, left_out: Sequence[str] = ()) -> dict[str, Any]:
    """Return what the record of something published says of its rules."""
    return {
        "public": True,
        "profile": profile.name,
        "statement": shown_words(profile),
        "rules": profile.sentences(),
        "left_out": list(left_out),
    }
