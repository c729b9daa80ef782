"""What the report calls areas and shares."""

from __future__ import annotations


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


def percent(part: int, whole: int) -> str:
    """Return a share in percent to one decimal, never rounded up to all nor, for some, down to none.

    Examples
    --------
    >>> percent(99_999, 100_000), percent(1, 100_000), percent(0, 0)
    ('99.9%', '0.1%', '')
    """
    if not whole:
        return ""
    tenths = round(1000 * part / whole)
    tenths = min(tenths, 999) if part < whole else tenths
    return f"{max(tenths, 1 if part else 0) / 10:.1f}%"
