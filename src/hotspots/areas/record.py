"""The record that travels with a layer, as it comes back from a file that anyone may have changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hotspots.base.errors import DataError
from hotspots.base.limits import NESTING, nesting_of

# The parts that commands read on, each with what it holds; what else stands in a record is passed on unread.
_KINDS: dict[str, tuple[str, Any]] = {
    "crs": ("a text", str),
    "months": ("a number above 0", (int, float)),
    "months_from": ("a text", str),
    "source": ("a text", str),
    "attribution": ("a text", str),
    "steps": ("a table", dict),
    "population": ("a table", dict),
    "incidents": ("a table", dict),
}
_LISTS = ("months", "months_missing", "compared_with")


def checked_record(record: Any, *, where: str) -> dict[str, Any]:
    """Return the record of a layer as it is, once its parts are sure to be what commands take them for.

    Parameters
    ----------
    record : object
        What the file holds as its record; anything but a table is none.
    where : str
        The layer, as messages name it.

    Raises
    ------
    DataError
        When a part holds something else, or lists are nested deeper than any record.

    Examples
    --------
    >>> checked_record({"months": 12, "note": "kept"}, where="'a.geojson'")
    {'months': 12, 'note': 'kept'}
    >>> checked_record({"months": "a year"}, where="'a.geojson'")
    Traceback (most recent call last):
    hotspots.base.errors.DataError: the record of 'a.geojson' was changed: its 'months' is no longer a number above 0
    Hint: use the file as hotspots wrote it, or take out its member 'hotspots'
    """
    if not isinstance(record, Mapping):
        return {}
    if nesting_of(record) > NESTING:
        raise _changed(where, "it nests lists or tables too deep")
    for key, (what, kind) in _KINDS.items():
        value = record.get(key)
        fits = value is None or (isinstance(value, kind) and not isinstance(value, bool))
        if not fits or (key == "months" and value is not None and not 0 < value < math.inf):
            raise _changed(where, f"its '{key}' is no longer {what}")
    for step, settings in (record.get("steps") or {}).items():
        if not isinstance(settings, dict):
            raise _changed(where, f"its step '{step}' is no longer a table")
    dispersion = ((record.get("steps") or {}).get("count") or {}).get("dispersion")
    if not (dispersion is None or (_is_number(dispersion) and dispersion > 0)):
        raise _changed(where, "its dispersion is no longer a number above 0")
    incidents = record.get("incidents") or {}
    for key in _LISTS:
        held = incidents.get(key) or []
        if not (isinstance(held, list) and all(isinstance(one, str) for one in held)):
            raise _changed(where, f"its '{key}' are no longer a list of texts")
    return dict(record)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _changed(where: str, what: str) -> DataError:
    return DataError(
        f"the record of {where} was changed: {what}",
        hint="use the file as hotspots wrote it, or take out its member 'hotspots'",
    )
