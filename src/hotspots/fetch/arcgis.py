"""A layer of an ArcGIS feature service, page by page: all its features, each once, or an error."""

from __future__ import annotations

import json
import logging
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotspots.base.errors import FileError, ParameterError, listed
from hotspots.fetch.store import Parts
from hotspots.fetch.web import Web

log = logging.getLogger(__name__)

MOST = 500
"""Features to ask for at once; services allow 1,000 or 2,000, but shapes are heavy."""

CODES = 80
"""Codes in one question: an address of more than 2,000 letters is refused by some proxies."""

_CODE = re.compile(r"[A-Z]\d{8}")
_PLAIN = (str, int, float, type(None))


@dataclass(frozen=True)
class Service:
    """What a service says of a layer.

    Attributes
    ----------
    url : str
    fields : tuple of str
    key : str
        The field that numbers its features.
    most : int
        Features that it sends at once.
    pages : bool
        Whether it sends the next ones when asked.
    edition : str
        What tells its present state from another, where it says.
    copyright : str
        Whose it is, in its own words.
    """

    url: str
    fields: tuple[str, ...]
    key: str
    most: int
    pages: bool
    edition: str
    copyright: str

    def field(self, pattern: str, *, what: str) -> str:
        """Return the first field that a pattern matches, whatever its case.

        Raises
        ------
        FileError
            When none does.
        """
        for name in self.fields:
            if re.fullmatch(pattern, name, re.IGNORECASE):
                return name
        raise FileError(
            f"the service {self.url} has no field of {what}; it has {listed(self.fields, count=12)}",
            hint="name another service under [layers] or [lookups] of your settings (hotspots fetch settings)",
        )


def describe(web: Web, url: str) -> Service:
    """Ask a service what it is.

    Raises
    ------
    FileError
        When it cannot be reached, or is no layer.
    """
    said = web.json(url, {"f": "json"})
    try:
        names = [str(one["name"]) for one in said["fields"]]
        key = said.get("objectIdField") or next(
            str(one["name"]) for one in said["fields"] if one.get("type") == "esriFieldTypeOID"
        )
        most = int(said.get("maxRecordCount", 1000))
        can = said.get("advancedQueryCapabilities") or {}
        pages = bool(can.get("supportsPagination", True))
        edited = str((said.get("editingInfo") or {}).get("lastEditDate", ""))
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, StopIteration) as error:
        raise FileError(
            f"what stands at {url} is not a layer of an ArcGIS service",
            hint="its address ends in /FeatureServer/0 or so: correct it in your settings (hotspots fetch settings)",
        ) from error
    return Service(
        url, tuple(names), str(key), max(most, 1), pages, edited, str(said.get("copyrightText") or "")
    )


def features(
    web: Web, service: Service, parts: Parts, *, where: str, fields: Sequence[str], shapes: bool
) -> list[dict[str, Any]]:
    """Return the features of a service that a condition holds for, in the order of their keys.

    Pages that have come are kept, so that a later try goes on with the next one.

    Parameters
    ----------
    web : Web
    service : Service
    parts : Parts
        Where pages are kept until the errand is done.
    where : str
        The condition, in SQL.
    fields : sequence of str
        The fields that are wanted.
    shapes : bool
        Whether to ask for shapes, in British National Grid; as GeoJSON.

    Raises
    ------
    FileError
        When fewer or more features come than the service has counted, one comes twice, or a page is none.
    """
    asked = {"where": where, "outFields": ",".join([service.key, *fields]), "orderByFields": service.key}
    total = _count(web, service, where)
    if total > service.most and not service.pages:
        raise FileError(
            f"the service {service.url} has {total:,} features, sends {service.most:,} at once and no pages",
            hint="name another service in your settings (hotspots fetch settings)",
        )
    folder = parts.folder(service.url, service.edition, str(total), str(shapes), json.dumps(asked))
    found: list[dict[str, Any]] = []
    while len(found) < total:
        page = _page(web, service, asked, fields, len(found), folder, shapes=shapes)
        if not page:
            break
        found += page
        if shapes and total > len(page):
            log.info("Areas: %s of %s", f"{len(found):,}", f"{total:,}")
    keys = [one["properties"].get(service.key) for one in found]
    if len(found) != total or len(set(keys)) != total:
        parts.drop()
        raise FileError(
            f"{len(found):,} features came, {len(set(keys)):,} of them different, but the service has {total:,}",
            hint="type the same command again: the layer may have changed while it was read",
        )
    return found


def _count(web: Web, service: Service, where: str) -> int:
    said = web.json(f"{service.url}/query", {"where": where, "returnCountOnly": "true", "f": "json"})
    try:
        return int(said["count"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FileError(
            f"the service {service.url} does not say how many features it has",
            hint="name another service in your settings (hotspots fetch settings)",
        ) from error


def _page(
    web: Web,
    service: Service,
    asked: dict[str, str],
    fields: Sequence[str],
    offset: int,
    folder: Path,
    *,
    shapes: bool,
) -> list[dict[str, Any]]:
    """Return the features from one on: those of the page that has come before, or of one asked for now."""
    path = folder / f"{offset:08d}.json"
    if path.is_file():
        held: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return held
    question = {**asked, "f": "geojson", "resultOffset": str(offset)} | {
        "resultRecordCount": str(min(service.most, MOST if shapes else service.most)),
        "returnGeometry": "true" if shapes else "false",
        "outSR": "27700",
    }
    said = web.json(f"{service.url}/query", question)
    page = said.get("features") if isinstance(said, dict) else None
    if not isinstance(page, list) or not all(
        _is_feature(one, (service.key, *fields), shapes=shapes) for one in page
    ):
        raise FileError(
            f"the service {service.url} sends something else than features",
            hint="open its address in a browser, and name another in your settings (hotspots fetch settings)",
        )
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", delete=False, encoding="utf-8") as draft:
        json.dump(page, draft)
    Path(draft.name).replace(path)
    return page


def _is_feature(one: object, fields: Sequence[str], *, shapes: bool) -> bool:
    """Return whether this is a feature with a plain value in each of these fields and, where asked for, an area."""
    if not isinstance(one, dict):
        return False
    held, shape = one.get("properties"), one.get("geometry")
    if not isinstance(held, dict) or not all(isinstance(held.get(name, []), _PLAIN) for name in fields):
        return False
    kind = shape.get("type") if isinstance(shape, dict) else None
    return kind in ("Polygon", "MultiPolygon") if shapes else True


def among(field: str, codes: Sequence[str]) -> Iterator[str]:
    """Give conditions that together hold for all codes, none of them too long for an address.

    Raises
    ------
    ParameterError
        When one is no code: nothing else is put into a question.

    Examples
    --------
    >>> list(among("LAD24CD", ["E07000197", "E06000021"]))
    ["LAD24CD IN ('E06000021','E07000197')"]
    """
    for code in codes:
        if _CODE.fullmatch(code) is None:
            raise ParameterError(f"'{code}' is no code of an area", hint="codes are as E05000001")
    ordered = sorted(set(codes))
    for start in range(0, len(ordered), CODES):
        part = ",".join(f"'{code}'" for code in ordered[start : start + CODES])
        yield f"{field} IN ({part})"
