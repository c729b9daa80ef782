"""What the report calls areas."""

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
