"""What areas are compared with, said truthfully: all areas of the analysis, and which these are."""

from __future__ import annotations

import pandas as pd

from hotspots.analysis.results import Analysis
from hotspots.base.text import list_words
from hotspots.publish.words.names import plural, singular

NAMED = 3  # districts named one by one


def reference_words(analysis: Analysis) -> str:
    """Return the areas that each is compared with: ``"all 201 wards of 9 districts"``."""
    return all_areas(analysis.whole, analysis.recipe.areas[0].label)


def all_areas(areas: pd.DataFrame, label: str) -> str:
    """Return all areas of a layer in words, with their districts where these are few enough to name.

    Parameters
    ----------
    areas : DataFrame
        With ``district`` where it is known.
    label : str
        What the layer is called.

    Examples
    --------
    >>> wards = pd.DataFrame({"district": ["East Staffordshire"] * 21})
    >>> all_areas(wards, "Wards"), all_areas(wards[:1], "Wards"), all_areas(wards.assign(district=""), "LSOAs")
    ('the 21 wards of East Staffordshire', 'the one ward of East Staffordshire', 'all 21 LSOAs')
    >>> all_areas(pd.DataFrame({"district": [f"District {i % 9}" for i in range(201)]}), "Wards")
    'all 201 wards of 9 districts'
    """
    districts = sorted({str(name) for name in areas.get("district", pd.Series(dtype=str)) if name})
    one, many = plural(singular(label)), plural(label)
    number = f"one {one}" if len(areas) == 1 else f"{len(areas):,} {many}"
    if not districts:
        return f"all {number}" if len(areas) != 1 else f"the {number}"
    if len(districts) > NAMED:
        return f"all {number} of {len(districts):,} districts"
    named = list_words(districts)
    return f"the {number} of {named}"
