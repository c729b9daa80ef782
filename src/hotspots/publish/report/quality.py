"""The report's account of the data: what became of every row, and how many have a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hotspots.analysis.results import Analysis
from hotspots.base.text import percent
from hotspots.export.document import Block, Paragraphs, Part, Section, Table
from hotspots.incidents.quality import QualityReport, Share

NAMED = 5  # areas in a sentence; the tables have them all
_GAPS = 6  # missing months named one by one
_FILES = 40  # listed one by one
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def quality_section(analysis: Analysis) -> Section:
    """Return what became of every row, and how many rows of each category have a place."""
    quality = analysis.quality
    parts = [
        Part("What became of every row", [_account(analysis), *_facts(quality, analysis.gaps)]),
        Part("How many have a place", _located(quality)),
    ]
    if any(month.label for month in quality.by_month):
        parts.append(
            Part("When they happened", [_calendar(quality.by_month, whole=analysis.published is None)])
        )
    if analysis.others:
        parts.append(Part("Street files of other forces", [_others(analysis.others)]))
    parts.append(Part("Files read", [_sources(quality)]))
    return Section("Quality of the data", parts=parts)


def _account(analysis: Analysis) -> Table:
    quality, outside = (
        analysis.quality,
        f"of which outside all areas{' covered' if analysis.uncovered else ''}",
    )
    if analysis.accounts:
        return _accounts({"All": quality, **analysis.accounts}, outside)
    rows = [["Rows read", f"{quality.rows_read:,}", ""]]
    rows += [[f"less: {reason}", f"{count:,}", ""] for reason, count in quality.dropped() if count]
    rows.append(["Rows used", f"{quality.used:,}", percent(quality.used, quality.used)])
    if quality.inside is not None and quality.outside is not None:
        rows.append(
            [
                "of which inside the areas",
                f"{quality.inside:,}",
                percent(quality.inside, quality.used),
            ]
        )
        rows.append(
            [
                outside,
                f"{quality.outside:,}",
                percent(quality.outside, quality.used),
            ]
        )
    rows.append(
        ["of which without coordinates", f"{quality.unlocated:,}", percent(quality.unlocated, quality.used)]
    )
    return Table(
        "The account of the rows", ["Rows", "Number", "Share of rows used"], rows, numbers=frozenset({1, 2})
    )


def _accounts(each: Mapping[str, QualityReport], outside: str) -> Table:
    """Return the account of all sources together, and of each of them."""
    reasons = list(dict.fromkeys(reason for one in each.values() for reason, count in one.dropped() if count))
    dropped = {name: dict(one.dropped()) for name, one in each.items()}
    lines: dict[str, list[int]] = {"Rows read": [one.rows_read for one in each.values()]}
    lines |= {f"less: {reason}": [dropped[name].get(reason, 0) for name in each] for reason in reasons}
    lines |= {
        "Rows used": [one.used for one in each.values()],
        "of which inside the areas": [one.inside or 0 for one in each.values()],
        outside: [one.outside or 0 for one in each.values()],
        "of which without coordinates": [one.unlocated for one in each.values()],
    }
    return Table(
        "The account of the rows, by source",
        ["Rows", *each],
        [[line, *(f"{number:,}" for number in numbers)] for line, numbers in lines.items()],
        numbers=frozenset(range(1, len(each) + 1)),
    )


def _facts(quality: QualityReport, gaps: str) -> list[Block]:
    facts = []
    if quality.coordinates:
        facts.append(
            f"The located incidents stand on {quality.coordinates:,} distinct coordinates, "
            f"at most {quality.most_at_one:,} on one."
        )
    if all(not source.has_ids for source in quality.sources):
        facts.append(
            "The files have no Crime ID column, so rows that repeat another could not be found by it."
        )
    if quality.identical:
        facts.append(
            f"{quality.identical:,} rows without a Crime ID repeat another's category, month and place; they are kept, "
            "since separate incidents share map points."
        )
    if quality.out_of_range:
        facts.append(
            f"{quality.out_of_range:,} rows have impossible coordinates and count as without coordinates."
        )
    if quality.months_missing:
        facts.append(_gaps(quality.months_missing))
    if gaps:
        facts.append(f"Not covered in every month: {gaps}.")
    if quality.partial_month:
        facts.append(
            f"The last month, {quality.partial_month}, looks incomplete: it has under half the usual rows."
        )
    if quality.transformation:
        facts.append(f"Coordinates were brought to {quality.crs}: {quality.transformation}.")
    return [Paragraphs(facts, small=True)] if facts else []


def _gaps(months: Sequence[str]) -> str:
    if len(months) <= _GAPS:
        return f"No row falls in {', '.join(months)}."
    return f"No row falls in {len(months):,} of the months between the first and the last; see the table of months."


def _located(quality: QualityReport) -> list[Block]:
    rows = [_share_row(share, "no category") for share in quality.by_category]
    rows.append(_share_row(Share("All", quality.used, quality.located), ""))
    return [
        Paragraphs(
            [
                "An incident without coordinates is on no map and in no table of areas. Where a category's share is "
                "low, its maps show part of it only, and the missing part need not be like the rest."
            ]
        ),
        Table(
            "Rows with coordinates, by category",
            ["Category", "Rows", "With coordinates", "Share"],
            rows,
            numbers=frozenset({1, 2, 3}),
            total=True,
        ),
    ]


def _share_row(share: Share, unnamed: str) -> list[str]:
    return [
        share.label or unnamed,
        f"{share.rows:,}",
        f"{share.located:,}",
        percent(share.located, share.rows),
    ]


def _calendar(months: Sequence[Share], *, whole: bool) -> Table:
    """Return the rows of each month, a year to a line; a month without any is a dash.

    Rounded months do not add up to what is published of a year, so that their sum is left out.
    """
    found = {month.label: month.rows for month in months if month.label}
    years = sorted({label[:4] for label in found})
    used = [place for place in range(1, 13) if any(f"{year}-{place:02d}" in found for year in years)]
    rows = []
    for year in years:
        cells = [found.get(f"{year}-{place:02d}") for place in used]
        shown = [f"{cell:,}" if cell is not None else "–" for cell in cells]
        rows.append([year, *shown, *([f"{sum(cell or 0 for cell in cells):,}"] if whole else [])])
    headings = ["Year", *(_MONTHS[place - 1] for place in used), *(["All"] if whole else [])]
    return Table("Rows used, by month", headings, rows, numbers=frozenset(range(1, len(headings))))


def _others(others: Mapping[str, QualityReport]) -> Table:
    rows = [
        [name, f"{one.rows_read:,}", f"{one.used:,}", f"{one.located:,}", percent(one.located, one.used)]
        for name, one in others.items()
    ]
    return Table(
        "What the comparators were counted from",
        ["Force", "Rows read", "Rows of the period", "With coordinates, which count", "Share"],
        rows,
        numbers=frozenset({1, 2, 3, 4}),
    )


def _sources(quality: QualityReport) -> Table:
    shown = quality.sources[:_FILES]
    rows = [[source.name, f"{source.rows:,}", source.sha256[:16]] for source in shown]
    rest = quality.sources[_FILES:]
    if rest:
        rows.append([f"and {len(rest):,} more files", f"{sum(source.rows for source in rest):,}", ""])
    if not any(source.sha256 for source in quality.sources):
        return Table("The files", ["File", "Rows"], [row[:2] for row in rows], numbers=frozenset({1}))
    note = "SHA-256 identifies a file's exact contents; its first 16 digits are shown."
    return Table("The files", ["File", "Rows", "SHA-256"], rows, numbers=frozenset({1}), note=note)
