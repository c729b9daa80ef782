"""What a first look at files says: one page for an analyst, and what to type next."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from hotspots.analysis.doctor import Diagnosis, Placed
from hotspots.analysis.recipe.tables import Areas, Incidents
from hotspots.base.text import percent

_MOST = 8  # categories named one by one


def page(found: Diagnosis, *, command: str, recipe: str) -> list[str]:
    """Return the page: the account of the rows, what was understood, what looks wrong, what to type.

    Parameters
    ----------
    found : Diagnosis
        What was found.
    command, recipe : str
        The command and the recipe's lines that do the counting; see `count_command` and `recipe_lines`.
    """
    doubts = doubts_of(found)
    lines = [*found.quality.lines(), "", "Understood", *(f"  {note}" for note in found.understood)]
    if found.placed is not None:
        lines += [f"  {line}" for line in _placed(found.placed)]
    lines += ["", "Looks wrong" if doubts else "Nothing looks wrong", *(f"  {doubt}" for doubt in doubts)]
    if found.usable:
        lines += [
            "",
            "To count them",
            f"  {command}",
            "",
            "In a recipe",
            *(f"  {line}" for line in recipe.split("\n")),
        ]
    else:
        lines += ["", "Nothing here can be counted: no row has coordinates, or the code of an area"]
    return lines


def page_json(found: Diagnosis, *, command: str, recipe: str) -> str:
    """Return the same for machines, as JSON."""
    record = {
        "usable": found.usable,
        "account": found.quality.to_dict(),
        "understood": list(found.understood),
        "looks_wrong": doubts_of(found),
        "placed": None if found.placed is None else asdict(found.placed),
        "command": command if found.usable else None,
        "recipe": recipe if found.usable else None,
    }
    return json.dumps(_finite(record), indent=2, ensure_ascii=False)


def doubts_of(found: Diagnosis) -> list[str]:
    """Return what looks wrong, one sentence each: the readers' warnings, then what the account shows."""
    quality = found.quality
    doubts = [
        *found.doubts,
        *(
            f"Only {percent(share.located, share.rows)} of the {share.rows:,} rows of "
            f"{share.label or 'no category'} have coordinates: their maps show part of them"
            for share in found.unlocated[:_MOST]
        ),
    ]
    for what, shares, way in (
        ("category", quality.by_category, "--category-column"),
        (
            "month",
            quality.by_month,
            "--month-column, or tell 'hotspots count' how many months there are with --months: rates need it",
        ),
    ):
        if quality.used and not any(share.label for share in shares):
            doubts.append(f"No row has a {what} that is read: name the column that holds it with {way}")
    if quality.months_missing:
        named = ", ".join(quality.months_missing[:6]) + (", ..." if len(quality.months_missing) > 6 else "")
        doubts.append(f"No row falls in {named}: is a file missing?")
    if quality.partial_month:
        doubts.append(
            f"The last month, {quality.partial_month}, has under half the usual rows: is it complete?"
        )
    placed = found.placed
    if placed is not None and placed.inside < 0.98:
        doubts.append(f"Only {placed.inside:.1%} of the located incidents lie inside the areas")
    if placed is not None and placed.coded is not None and placed.by == "code" and placed.coded < 0.98:
        doubts.append(
            f"Only {placed.coded:.1%} of the recorded codes are an area's: are they of another year?"
        )
    return doubts


def _placed(placed: Placed) -> list[str]:
    lines = []
    if placed.inside == placed.inside:
        among = "in the only area" if placed.areas == 1 else f"in one of {placed.areas:,} areas"
        lines.append(f"By polygon: {placed.inside:.1%} of the located incidents lie {among}")
    if placed.coded is not None:
        lines.append(f"By code: {placed.coded:.1%} of the recorded codes are an area's")
    if placed.both:
        lines.append(
            f"Polygon and code name the same area for {placed.agreed:.1%} of {placed.both:,} incidents"
        )
    return lines


def count_command(sources: Sequence[str], areas: str | None, by: str, options: Sequence[str]) -> str:
    """Return the command that counts the incidents, quoted for a shell.

    Examples
    --------
    >>> count_command(["my data.csv"], None, "polygon", ["--period", "2025-01"])
    "hotspots count 'my data.csv' --areas AREAS --period 2025-01 -o counts.geojson"
    """
    words = ["hotspots", "count", *sources, "--areas", areas or "AREAS", *options]
    words += ["--by", by] if by != "polygon" else []
    return shlex.join([*words, "-o", "counts.geojson"])


def recipe_lines(sources: Sequence[str], areas: str | None, by: str, given: Mapping[str, Any]) -> str:
    """Return the lines of a recipe that read the same files in the same way.

    Examples
    --------
    >>> print(recipe_lines(["a.csv"], "wards.gpkg", "code", {"period": "2025-01", "only": ["Leeds"]}))
    [incidents]
    source = ["a.csv"]
    period = "2025-01"
    [[areas]]
    label = "Areas"
    source = "wards.gpkg"
    by = "code"
    only = ["Leeds"]
    """
    lines = [f"crs = {_toml(given['crs'])}"] if given.get("crs") else []
    lines += ["[incidents]", f"source = {_toml(list(sources))}", *_keys(Incidents, given)]
    lines += ["[[areas]]", 'label = "Areas"', f"source = {_toml(areas or 'AREAS')}"]
    lines += ['by = "code"'] if by == "code" else []
    return "\n".join(lines + _keys(Areas, given))


def _keys(table: type[Any], given: Mapping[str, Any]) -> list[str]:
    known = {entry.name for entry in fields(table)} - {"source", "label", "by"}
    return [f"{name} = {_toml(value)}" for name, value in given.items() if name in known and value]


def _toml(value: Any) -> str:
    """Return a text or a list of texts as TOML writes it, which is as JSON does."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _finite(value: Any) -> Any:
    """Return plain values with null for what JSON has no number for."""
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and value != value else value
