"""``--public``: what a command writes made fit for publication, by the rules of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hotspots.disclosure.rules import Profile
    from hotspots.incidents.quality import QualityReport


def rules_of(name: str | None) -> Profile | None:
    """Return the rules that are named, if any; an unknown profile is told before anything is read."""
    if name is None:
        return None
    from hotspots.disclosure.rules import profile

    return profile(name)


def rounding_of(name: str | None) -> int:
    """Return what the rules that are named round counts to; 1 where they are exact."""
    rules = rules_of(name)
    return 1 if rules is None else rules.rounded_to


def published_record(
    record: Mapping[str, Any], quality: QualityReport, rules: Profile | None
) -> dict[str, Any]:
    """Return a record of provenance as it may be published, with the rules; as it is without any."""
    if rules is None:
        return dict(record)
    from hotspots.analysis.public.step import public_records
    from hotspots.publish.words.publication import public_record

    told = public_record(rules)
    attribution = f"{told['statement']} {record.get('attribution', '')}".strip()
    return {**public_records(record, quality, rules), "attribution": attribution, "publication": told}


def shown_counts(
    n: pd.Series[Any], split: pd.DataFrame | None, rules: Profile | None
) -> tuple[pd.Series[Any], pd.DataFrame | None]:
    """Return counts and their parts as they may be published, where there are rules."""
    if rules is None:
        return n, split
    from hotspots.analysis.public.step import public_counts

    return public_counts(n, split, rules)


def shown_dispersion(
    monthly: pd.DataFrame | None, dispersion: float | None, rules: Profile | None
) -> float | None:
    """Return the dispersion of counts as it may be published, where there are rules; as it is asked for without any."""
    if rules is None:
        return dispersion
    from hotspots.analysis.public.step import public_dispersion

    return public_dispersion(monthly, dispersion)


def shown_change(
    layer: gpd.GeoDataFrame, asked: Mapping[str, Any], rules: Profile | None
) -> gpd.GeoDataFrame:
    """Return a layer of change made of counts as they may be published, where there are rules."""
    if rules is None:
        return layer
    from hotspots.analysis.public.step import public_change
    from hotspots.analysis.steps.changed import period_months

    months = period_months(asked["before"]), period_months(asked["after"])
    return public_change(
        layer, months=months, level=asked["level"], flagged_by=asked["flagged_by"], profile=rules
    )


def require_published(provenance: Mapping[str, Any] | None, layer: str, name: str | None) -> None:
    """Refuse a layer that was not made for publication by the rules that are named, if any."""
    if name is None:
        return
    from hotspots.base.errors import DataError

    made = ((provenance or {}).get("publication") or {}).get("profile")
    if made != rules_of(name).name:  # type: ignore[union-attr]
        said = (
            "does not say that its counts may be published"
            if made is None
            else f"was made by the profile '{made}'"
        )
        raise DataError(
            f"'{layer}' {said}",
            hint=f"count them with: hotspots count --public {name} -o counts.geojson",
        )


def require_published_files(paths: tuple[str, ...], name: str | None) -> None:
    """Refuse layers and GeoTIFF files of which one was not made for publication, where a profile is named."""
    if name is None:
        return
    from hotspots.areas.reading import read_layer
    from hotspots.base.errors import DataError
    from hotspots.export.raster import read_geotiff

    for path in paths:
        if path.casefold().endswith((".tif", ".tiff")):
            if "values" not in read_geotiff(path).parameters:
                raise DataError(
                    f"'{path}' holds exact densities",
                    hint=f"make it with: hotspots kde --public {name} -o density.tif",
                )
        else:
            require_published(read_layer(path).attrs.get("provenance"), path, name)
