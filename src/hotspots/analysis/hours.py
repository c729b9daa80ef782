"""Hours of the day: bands as they are written, and the times that columns hold."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from hotspots.base.errors import ParameterError
from hotspots.base.text import plain_text

_CLOCK = re.compile(r"(?:^|[T ])([01]?\d|2[0-3]):([0-5]\d)")
_BAND = re.compile(r"([01]?\d|2[0-4]):00 ?(?:-|to) ?([01]?\d|2[0-4]):00")


def clock_of(times: pd.Series[Any]) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Return a column of times as text, and its hours and minutes as text; missing where it holds no time of day."""
    texts = times.astype("object").where(times.notna(), "").astype(str)
    return texts, texts.str.extract(_CLOCK)


def band_of(text: str) -> tuple[str, set[int]]:
    """Return a band of hours in words, and the hours that are in it.

    Raises
    ------
    ParameterError
        When it is not one.

    Examples
    --------
    >>> band_of("22:00-01:00")
    ('22:00 to 01:00', {0, 22, 23})
    """
    found = _BAND.fullmatch(plain_text(text))
    if found is None or int(found[1]) % 24 == int(found[2]) % 24:
        raise ParameterError(
            f"'hours' holds '{text}'", hint="write a band of whole hours such as 21:00-04:00"
        )
    start, end = int(found[1]) % 24, int(found[2]) % 24
    held = {one % 24 for one in range(start, end if end > start else end + 24)}
    return f"{start:02d}:00 to {end:02d}:00", held
