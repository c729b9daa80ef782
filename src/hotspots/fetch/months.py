"""The months of a force: the files of the cache, and in their place those that come now."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from hotspots.base.files import sha256
from hotspots.base.named import Named
from hotspots.fetch.revisions import Revision, compare, rows_of
from hotspots.fetch.store import OGL, Parts, file_record, put, today

log = logging.getLogger(__name__)

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0 (data.police.uk)."
)


class Done:
    """The files of a force: those of the cache, and in their place those that come now."""

    def __init__(self, force: str, held: Named | None) -> None:
        self.force, self.held = force, held
        self.files: dict[str, Path] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.new: set[str] = set()
        self.revised: list[Revision] = []
        self.parts = Parts()
        records = held.record["files"] if held else {}
        for place, path in held.files.items() if held else ():
            month, record = place[:7], records[place]
            if path.is_file() and sha256(path) == record["sha256"]:
                self.files[month], self.records[month] = path, dict(record)
            else:
                log.info("%s is not as it was fetched, and is fetched again", place)

    def older(self, month: str, archive: str) -> bool:
        """Return whether a month is not here, or only from an archive before this."""
        return month not in self.records or str(self.records[month]["archive"]) < archive

    def take(self, month: str, path: Path, archive: str, address: str) -> None:
        """Take a month's file, and note what it has revised."""
        before = self.files.get(month)
        if before is not None:
            self._compare(month, before, path)
        self.files[month] = path
        rows = len(rows_of(path)[1])
        self.records[month] = file_record(path, rows=rows, archive=archive, address=address)
        self.new.add(month)

    def _compare(self, month: str, before: Path, now: Path) -> None:
        revision = compare(month, before, now)
        if revision.came or revision.went:
            self.revised.append(revision)

    def put(self, title: str) -> Named:
        """Put all files into the cache."""
        months = sorted(self.files)
        span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
        archives = sorted({str(record["archive"]) for record in self.records.values()})
        places = {f"{month}/{month}-{self.force}-street.csv": month for month in months}
        record = {
            "kind": "incidents",
            "title": f"Police-recorded crime and anti-social behaviour, {title}, {span} ({len(months)} months)",
            "rows": sum(int(one["rows"]) for one in self.records.values()),
            "source": f"data.police.uk, street-level files; archives of {', '.join(archives)}",
            "date": span,
            "licence": OGL,
            "attribution": ATTRIBUTION,
            "retrieved": today(),
            "file": ".",
            "files": {place: self.records[month] for place, month in places.items()},
        }
        return put(
            f"police.uk/{self.force}", {place: self.files[month] for place, month in places.items()}, record
        )
