"""Open incident files, and settle how each writes its dates and numbers."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from hotspots.base.threads import thread_count
from hotspots.incidents.cells import has_decimal_commas
from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.databases import open_database
from hotspots.incidents.dates import Evidence, Order
from hotspots.incidents.delimited import open_delimited
from hotspots.incidents.files import Found, IncidentFile, texts_of
from hotspots.incidents.layers import open_layer, open_parquet
from hotspots.incidents.sources import LAYERS, PARQUET, WORKBOOKS, Source
from hotspots.incidents.workbooks import open_workbook

_LOG = logging.getLogger(__name__)
_SAID = {
    "day": "the day first",
    "month": "the month first",
    "year": "the year first",
}


def open_incidents(sources: Sequence[Source], named: ColumnNames) -> list[IncidentFile]:
    """Open sources: find their columns, encodings, SHA-256 and reference systems, and how they write dates.

    Dates in numbers, such as 03/04/2025, are judged for a file as a whole: a number over 12 anywhere tells
    what they begin with. A file in which none tells is read as the others of the same column.

    Raises
    ------
    FileError
        When one is empty, is not what its name says, or cannot be read.
    DataError
        When one has no coordinates that are recognised, or dates that may be read in two ways.
    """
    with ThreadPoolExecutor(max_workers=thread_count()) as pool:
        files = list(pool.map(lambda source: _open(source, named), sources))
        evidence = list(pool.map(_evidence, files)) if named.date_order is None else []
    settled: dict[str | None, Evidence] = {}
    for file, shown in zip(files, evidence, strict=False):
        settled[file.columns.month] = settled.get(file.columns.month, Evidence()).merge(shown)
    for number, file in enumerate(files):
        if named.date_order is not None:
            file.date_order = named.date_order
        elif evidence[number].any:
            file.date_order = _order(file, evidence[number], settled[file.columns.month])
    return files


def _open(source: Source, named: ColumnNames) -> IncidentFile:
    if source.address is not None:
        file = open_database(source, named)
    elif source.suffix in PARQUET:
        file = open_parquet(source, named)
    elif source.suffix in LAYERS:
        file = open_layer(source, named)
    elif source.suffix in WORKBOOKS:
        file = open_workbook(source, named)
    else:
        file = open_delimited(source, named)
    file.columns = file.columns.choose_dates(file.sample)
    file.clock = named.clock
    if file.clock is not None:
        _say_times(file)
    columns = file.columns
    for names, degrees in (
        ((columns.x, columns.y), columns.kind == "degrees"),
        ((columns.x2, columns.y2), True),
    ):
        texts = [text for name in names if name for text in file.sample.get(name, ())]
        file.decimal_commas = file.decimal_commas or has_decimal_commas(texts, degrees=degrees)
    if not columns.x and columns.weight:
        file.decimal_commas = has_decimal_commas(file.sample.get(columns.weight, ()), degrees=False)
    if file.decimal_commas:
        _LOG.info("%s: commas are taken as decimal marks", source.name)
    # Kept, the sample would be sent along with every part of the work.
    file.sample = {name: file.sample.get(name, []) for name in columns.dates}
    return file


def _say_times(file: IncidentFile) -> None:
    """Say which columns times are read from, where the caller left it open."""
    held = [
        f"{words} from '{name}' ('{option}')"
        for words, name, option in (
            ("times", file.columns.time, "time_column"),
            ("ends", file.columns.to, "to_column"),
            ("times of ends", file.columns.to_time, "to_time_column"),
        )
        if name
    ]
    if held:
        _LOG.info("%s: %s", file.source.name, ", ".join(held))


def _evidence(file: IncidentFile) -> Evidence:
    """Return what the dates of a file show; of the whole file, where its first rows leave it open."""
    name = file.columns.month
    if name is None or file.columns.year is not None:
        return Evidence()
    shown = Evidence().add(dict.fromkeys(file.sample.get(name, ())))
    if not shown.any or (shown.order() is not None and not shown.span):
        return shown
    whole = Evidence()
    look = dataclasses.replace(file, found=Found())
    for batch, _ in file.batches(look, {"month": name}):
        column = batch.column("month")
        whole.add(texts_of(column.unique() if hasattr(column, "unique") else column))
    return whole


def _order(file: IncidentFile, shown: Evidence, together: Evidence) -> Order:
    order = shown.order()
    if order is None and not (shown.first[0] and shown.second[0]):
        order = together.order()
    if order is None:
        raise shown.refuse(str(file.columns.month), file.source.name)
    example = (shown.first if order == "day" else shown.second)[1] or shown.open[1]
    _LOG.info(
        "%s: dates in '%s' have %s, as '%s' (choose with 'date_order')",
        file.source.name,
        file.columns.month,
        _SAID[order],
        example,
    )
    return order
