"""What the report calls areas."""

from __future__ import annotations

from typing import Any

from hotspots.base.text import area_name


def district_of(row: Any) -> str:
    """Return the district of a row of an areas table; empty where none is known."""
    return str(row.get("district") or "")


def full_name(row: Any) -> str:
    """Return the name of a row of an areas table with its district: ``"Town (Stafford)"``."""
    return area_name(str(row["name"]), district_of(row))


def times_words(times: float) -> str:
    """Return a multiple as it stands before "of all areas": ``"2 times that"``, or ``"that"`` for 1."""
    return "that" if times == 1 else f"{times:g} times that"


def singular(label: str) -> str:
    """Return what one area of a layer is called, from the layer's label.

    Examples
    --------
    >>> singular("Wards"), singular("Localities"), singular("LSOAs"), singular("Beat")
    ('Ward', 'Locality', 'LSOA', 'Beat')
    """
    if label.endswith("ies"):
        return label[:-3] + "y"
    return label[:-1] if label.endswith("s") and not label.endswith("ss") else label


def plural(label: str) -> str:
    """Return a layer's label as it stands inside a sentence: ``"Wards"`` as "wards", ``"LSOAs"`` as it is."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
