"""Hot times in words: what stands out, how sure it is, and what is left out."""

from __future__ import annotations

import pandas as pd

from hotspots.analysis.times.account import left_words
from hotspots.analysis.times.grid import ALL, HotTimes, daily_words, run_words
from hotspots.publish.words.classes import percent_words, share_words

SURE = 0.05


def lead_sentences(made: HotTimes) -> list[str]:
    """Return what a reader should take away: when most incidents are, and the shares of the bands."""
    bands = []
    for row in made.bands.to_dict("records"):
        limits = share_words(row["share_lo"], row["share_hi"])
        bands.append(
            f"{row['band']}: {percent_words(row['share_n'])} of the incidents ({limits}) in "
            f"{percent_words(row['share_hrs'])} of the hours, {row['tm_ratio']:.1f} times the mean."
        )
    return [peak_sentence(made), *bands]


def peak_sentence(made: HotTimes) -> str:
    """Return which hours, or which cells where hours are not looked at, stand out most beyond chance."""
    if "hour" in made.by and made.peak is not None and made.daily is not None:
        if min(made.peak.p, made.daily.p) > SURE:
            return "No hours stand out beyond chance."
        found = [(run_words(made.peak), made.peak), (f"of all days {daily_words(made.daily)}", made.daily)]
        said = [
            f"{words}, {peak.ratio:.1f} times the mean ({percent_words(peak.n / made.n)} of the incidents)"
            for words, peak in found
            if peak.p <= SURE
        ]
        return f"Most: {'; '.join(said)}."
    cells = made.cells
    above = cells[cells["tm_flag"] == "above"]
    if above.empty:
        return f"No cell of {' and '.join(made.by)} stands out above the mean beyond chance."
    top = above.sort_values("tm_ratio", ascending=False, kind="stable").iloc[0]
    share = percent_words(top["n"] / made.n)
    return (
        f"Most: {cell_name(top, made.by)}, {top['tm_ratio']:.1f} times the mean ({share} of the incidents)."
    )


def cell_name(row: pd.Series, by: tuple[str, ...]) -> str:
    """Return what a cell is called, such as "Friday 22:00" or "Friday in July"."""
    parts = {one: str(row[one]) for one in by if str(row[one]) != ALL}
    first = [parts[one] for one in ("weekday", "hour") if one in parts]
    later = [parts[one] for one in ("month", "season") if one in parts]
    said = " ".join(first)
    return f"{said} in {' and '.join(later)}" if said and later else said or " and ".join(later) or ALL


def cell_words(row: pd.Series, by: tuple[str, ...]) -> str:
    """Return all that is known of a cell in a line."""
    name = cell_name(row, by)
    if pd.isna(row["tm_ratio"]):
        return f"{name}: none in the period"
    said = f"{name}: {_number(row['n'])} incidents in {row['hours']:,.0f} hours, {row['tm_ratio']:.2f} times the mean"
    if pd.isna(row["tm_lo"]):
        return said
    sure = {"above": ", above it beyond chance", "below": ", below it beyond chance"}.get(
        str(row["tm_flag"]), ""
    )
    return f"{said} ({row['tm_lo']:.2f} to {row['tm_hi']:.2f}){sure}"


def _number(n: float) -> str:
    return f"{n:,.0f}" if float(n).is_integer() else f"{n:,.1f}"


def notes_of(made: HotTimes) -> list[str]:
    """Return what must be known to read a grid: what is in it, by which clock, what is left out, what marks hold."""
    first, last = made.days.min(), made.days.max()
    said = [
        f"{_number(made.n)} incidents, {first.day} {first:%B %Y} to {last.day} {last:%B %Y}, by the clock of "
        f"{made.zone.replace('_', ' ')}.",
        "Each number is incidents per hour over those of all hours together: 2.0 is twice the mean. Hours are counted "
        "as the period had them, with every weekday and every change of the clocks.",
    ]
    if made.spans:
        said.append(
            f"{made.spans:,} of them may have been at any time of a span of up to {made.longest:g} hours, and count "
            "for each hour by its share of the span (aoristic weights)."
        )
    if made.left:
        number = sum(made.left.values())
        said.append(f"Not in the grid are {number:,} of {made.total:,} incidents: {left_words(made.left)}.")
    said += [
        f"{heap.clock} stands for {percent_words(heap.share)} of the times ({heap.n:,}), where the times an hour "
        f"before and after lead one to expect {heap.expected:,.0f}: it is often written where the time is not known."
        for heap in made.heaps
    ]
    said.append(
        "Marks: at most 5 in 100 of the cells that are marked are expected to be chance; limits allow for a variance "
        f"of {made.dispersion:.1f} times the mean count."
    )
    if made.peak is not None and "hour" in made.by:
        said.append(
            "The hours that stand out most are the run of up to 12 whose excess is least like chance (scan statistic); "
            f"chance would make one as great in {_chance(made.peak.p)} draws."
        )
    return said


def _chance(p: float) -> str:
    return f"{round(1000 * p):,} of 1,000"
