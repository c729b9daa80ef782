"""What area codes are of: GSS codes of England and Wales, their kinds and the census that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hotspots.base.text import plain_text

GSS_CODE = re.compile(r"[EWSNKJ]\d{8}")
"""A code of the Government Statistical Service."""

_ANY_CASE = re.compile(GSS_CODE.pattern, re.IGNORECASE)
MOST = 0.9  # codes are of a kind when at least this share of them is

_KINDS = {
    "E00": "output areas",
    "E01": "LSOAs",
    "E02": "MSOAs",
    "E04": "parishes",
    "E05": "wards",
    "E06": "districts",
    "E07": "districts",
    "E08": "districts",
    "E09": "districts",
    "E10": "counties",
    "E22": "partnerships",
    "E23": "police force areas",
    "W00": "output areas",
    "W01": "LSOAs",
    "W02": "MSOAs",
    "W04": "communities",
    "W05": "wards",
    "W06": "districts",
    "W15": "police force areas",
}
# The first LSOA codes that were new in 2021; codes are given out in ascending order and never again.
_FIRST_2021 = {"E01": "E01033769", "W01": "W01001910"}


def as_code(text: str) -> str:
    r"""Return one code as it is seen; a GSS code in capitals.

    Examples
    --------
    >>> as_code(" e01000001\u200b")
    'E01000001'
    """
    plain = plain_text(text)
    return plain.upper() if _ANY_CASE.fullmatch(plain) else plain


def kind_of(codes: Iterable[object]) -> str | None:
    """Return what nearly all codes are, by the first three characters; None where they are mixed or unknown.

    Examples
    --------
    >>> kind_of(["E01000001", "W01000002"])
    'LSOAs'
    """
    texts = [str(code) for code in codes]
    known = [_KINDS.get(text[:3]) for text in texts if GSS_CODE.fullmatch(text)]
    if not known or len(known) < MOST * len(texts):
        return None
    common = max(set(known), key=known.count)
    return common if known.count(common) >= MOST * len(known) else None


def new_in_2021(code: str) -> bool:
    """Whether a code is of an LSOA that the census of 2021 made: by splitting, merging or redrawing others.

    Examples
    --------
    >>> new_in_2021("E01033769"), new_in_2021("E01000001")
    (True, False)
    """
    first = _FIRST_2021.get(code[:3])
    return first is not None and code >= first and GSS_CODE.fullmatch(code) is not None
