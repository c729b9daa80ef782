"""How long a database may work at one statement."""

from __future__ import annotations

import re

from hotspots.base.errors import DataError

PATIENCE = "30min"
"""What holds where neither the address nor the server says anything."""

LONGEST = float((1 << 31) // 1000)
"""Seconds that PostgreSQL takes at the most."""

_UNITS = {"us": 1e-6, "": 1e-3, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str) -> float:
    """Return a time in seconds, as PostgreSQL reads its own setting: without a unit it is milliseconds, 0 is for ever.

    Raises
    ------
    DataError
        When it is none.

    Examples
    --------
    >>> seconds("20min"), seconds("2 h"), seconds("1500")
    (1200.0, 7200.0, 1.5)
    """
    found = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(us|ms|s|min|h|d|)\s*", text)
    length = float(found[1]) * _UNITS[found[2]] if found else -1.0
    if not 0 <= length <= LONGEST:
        raise DataError(
            f"the database does not take a setting: '{text[:40]}' is no time for 'statement_timeout'",
            hint="write '?statement_timeout=20min' in the address",
        )
    return length or LONGEST
