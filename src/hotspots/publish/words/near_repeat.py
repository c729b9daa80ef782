"""Near repeats in words."""

from __future__ import annotations

import math
from typing import Any

from hotspots.analysis.near_repeats import NearRepeats


def near_repeat_sentences(found: NearRepeats) -> list[str]:
    """Return what a reader should take away of near repeats: the boxes that stand out, the nearest first."""
    lost = [
        f"{number:,} without {what}"
        for number, what in ((found.unplaced, "a place"), (found.undated, "a day"))
        if number
    ]
    said = [
        f"{found.incidents:,} incidents" + (f"; {' and '.join(lost)} left out." if lost else ".") + " "
        f"{found.permutations:,} random orders of the days."
    ]
    tested = found.boxes[found.boxes["nr_q"].notna()]
    marked = tested[tested["nr_flag"]]
    said += [
        f"{_where(row)}, {_when(row)} apart: {row['pairs']:,} pairs, {row['nr_ratio']:.1f} times the "
        f"{row['nr_expect']:,.1f} that chance would give (q {_q(row['nr_q'])})."
        for row in marked.to_dict("records")
    ]
    if marked.empty:
        said.append(
            f"No box of the {len(tested)} holds more pairs than chance explains: no near repeats were found."
        )
        return said
    role = found.roles["nr_role"].value_counts()
    after = int((found.roles["nr_before"] > 0).sum())
    said.append(
        f"{after:,} of the incidents came after another that was so near in place and time; "
        f"{role.get('originator', 0):,} were the first of such a chain."
    )
    said.append(
        "Why is not told: a series by one offender, and places that are at risk for a while, look the same."
    )
    return said


def _q(value: float) -> str:
    return "under 0.001" if value < 0.001 else f"{value:.3f}"


def _where(row: dict[Any, Any]) -> str:
    """Return the band of distances at the start of a sentence."""
    if row["m_to"] == 0:
        return "At one place"
    return f"Up to {row['m_to']:g} m" if row["m_over"] == 0 else f"{row['m_over']:g} to {row['m_to']:g} m"


def _when(row: dict[Any, Any]) -> str:
    """Return the band of days; whole days, so that the next band starts a day later."""
    first, last = int(row["days_over"]) + 1, row["days_to"]
    if math.isinf(last):
        return f"{first} days or more"
    return f"{first} to {last:.0f} days" if last > first else f"{first} day{'' if first == 1 else 's'}"
