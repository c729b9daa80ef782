"""The report's first and last words: the headline figures and the account of the data."""

from __future__ import annotations

from collections.abc import Sequence

from hotspots.analysis.results import Analysis, ThemeResult
from hotspots.base.columns import MISSING, format_value
from hotspots.base.text import area_name, percent
from hotspots.export.document import Block, Figures, Paragraphs, Part, Section, Table, Terms
from hotspots.incidents.quality import QualityReport, Share
from hotspots.publish.words.change import change_words, compared_words
from hotspots.publish.words.names import district_of, plural, singular

NAMED = 5  # areas in a sentence; the tables have them all
_GAPS = 6  # missing months named one by one
_FILES = 40  # listed one by one
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def headline_section(analysis: Analysis) -> Section:
    """Return the figures that a reader should take away, and what stands out in each theme."""
    quality = analysis.quality
    tiles = [
        (f"{quality.used:,}", "incidents used"),
        (percent(quality.located, quality.used), "of them have coordinates"),
        (f"{quality.inside or 0:,}", "incidents on the maps and in the tables"),
        (f"{analysis.months:g}", "month of data" if analysis.months == 1 else "months of data"),
    ]
    blocks: list[Block] = [Figures(tiles), _glance(analysis)]
    standing = [(theme.name, _standing_out(analysis, theme)) for theme in analysis.themes]
    if any(text for _, text in standing):
        blocks.append(Terms([(f"{name}:", text) for name, text in standing if text], compact=True))
    return Section("Headline figures", blocks, new_page=False)


def _glance(analysis: Analysis) -> Table:
    themes = analysis.themes
    flagged = [place for place, layer in enumerate(themes[0].layers) if "sd_flag" in layer.table]
    tested = [place for place, layer in enumerate(themes[0].layers) if "gi_class" in layer.table]
    rated = all("rate" in theme.first for theme in themes)
    comparison = analysis.comparison
    compared = comparison is not None and all(theme.change for theme in themes)
    headings = ["Theme", "Incidents"]
    headings += ["Rate per 1,000 people a year"] * rated
    if compared and comparison is not None:
        asked = f"Change on {compared_words(comparison)[0]}"
        headings.append(asked if comparison.asked else "Change since the year before")
    headings += [f"{themes[0].layers[place].label} significantly above average" for place in flagged]
    headings += [f"{themes[0].layers[place].label} in hotspots" for place in tested]
    rows = []
    for theme in themes:
        row = [theme.name, f"{theme.n:,.0f}"]
        row += [MISSING if theme.rate is None else format_value("rate", theme.rate)] * rated
        if compared and theme.change is not None:
            row.append(change_words(theme.change.whole))
        row += [_how_many(theme, place, "sd_flag", ["significantly above"]) for place in flagged]
        row += [_how_many(theme, place, "gi_class", ["hot99", "hot95"]) for place in tested]
        rows.append(row)
    note = "Incidents inside the areas. "
    note += "Hotspots: Gi*, of which at most 5 in 100 are expected to be chance. " * bool(tested)
    return Table(
        "The themes at a glance",
        headings,
        rows,
        numbers=frozenset(range(1, len(headings))),
        note=note.strip(),
    )


def _how_many(theme: ThemeResult, place: int, column: str, classes: Sequence[str]) -> str:
    return f"{int(theme.layers[place].table[column].isin(classes).sum()):,}"


def _standing_out(analysis: Analysis, theme: ThemeResult) -> str:
    value = analysis.recipe.flag.value if analysis.recipe.flag is not None else "rate"
    sentences = []
    for layer in theme.layers:
        if "sd_flag" not in layer.table:
            continue
        flags = layer.table["sd_flag"]
        top = layer.table[flags == "significantly above"].sort_values(value, ascending=False, kind="stable")
        kind = plural(singular(layer.label))
        if top.empty:
            sentences.append(f"No {kind} is significantly above the average.")
            continue
        named = [
            area_name(str(row["name"]), district_of(row), figure=format_value(value, row[value]))
            for _, row in top.iloc[:NAMED].iterrows()
        ]
        unit = "per 1,000 people a year" if value == "rate" else "incidents"
        more = f", and {len(top) - NAMED} more" if len(top) > NAMED else ""
        verb = f"{kind} is" if len(top) == 1 else f"{plural(layer.label)} are"
        sentences.append(
            f"{len(top)} {verb} significantly above the average: {', '.join(named)}{more} ({unit})."
        )
    return " ".join(sentences)


def quality_section(analysis: Analysis) -> Section:
    """Return what became of every row, and how many rows of each category have a place."""
    quality = analysis.quality
    parts = [
        Part("What became of every row", [_account(quality), *_facts(quality)]),
        Part("How many have a place", _located(quality)),
    ]
    if any(month.label for month in quality.by_month):
        parts.append(Part("When they happened", [_calendar(quality.by_month)]))
    parts.append(Part("Files read", [_sources(quality)]))
    return Section("Quality of the data", parts=parts)


def _account(quality: QualityReport) -> Table:
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
                "of which outside all areas",
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


def _facts(quality: QualityReport) -> list[Block]:
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


def _calendar(months: Sequence[Share]) -> Table:
    """Return the rows of each month, a year to a line; a month without any is a dash."""
    found = {month.label: month.rows for month in months if month.label}
    years = sorted({label[:4] for label in found})
    used = [place for place in range(1, 13) if any(f"{year}-{place:02d}" in found for year in years)]
    rows = []
    for year in years:
        cells = [found.get(f"{year}-{place:02d}") for place in used]
        shown = [f"{cell:,}" if cell is not None else "–" for cell in cells]
        rows.append([year, *shown, f"{sum(cell or 0 for cell in cells):,}"])
    headings = ["Year", *(_MONTHS[place - 1] for place in used), "All"]
    return Table("Rows used, by month", headings, rows, numbers=frozenset(range(1, len(headings))))


def _sources(quality: QualityReport) -> Table:
    shown = quality.sources[:_FILES]
    rows = [[source.name, f"{source.rows:,}", source.sha256[:16]] for source in shown]
    rest = quality.sources[_FILES:]
    if rest:
        rows.append([f"and {len(rest):,} more files", f"{sum(source.rows for source in rest):,}", ""])
    note = "SHA-256 identifies a file's exact contents; its first 16 digits are shown."
    return Table("The files", ["File", "Rows", "SHA-256"], rows, numbers=frozenset({1}), note=note)
