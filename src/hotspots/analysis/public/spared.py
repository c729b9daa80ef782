"""Measures that published counts do not allow, left out of a theme in the place of ending a run."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd

from hotspots.analysis.run.theme import Measure
from hotspots.base.errors import HotspotsError
from hotspots.disclosure.rules import Profile


@dataclass(frozen=True, eq=False)
class Spared:
    """Makes measures of published counts, and remembers those that cannot be made.

    Each has been made of the exact counts before, with the same choices: where it cannot be made now, it is because
    of what the rules hide.

    Attributes
    ----------
    profile : Profile
        The rules.
    told : list of str
        What is left out, in sentences with the theme, the reason and the profile; each once.
    """

    profile: Profile
    told: list[str] = field(default_factory=list)

    def attempt(
        self, theme: str, label: str, what: str, layer: gpd.GeoDataFrame, measure: Measure
    ) -> gpd.GeoDataFrame:
        """Return a layer with a measure, or as it was where the measure cannot be made of its counts.

        Parameters
        ----------
        theme, label : str
            What the theme and the layer are called.
        what : str
            What the measure is called.
        layer : GeoDataFrame
            The areas.
        measure : callable
            Returns the layer with the measure's columns.
        """
        try:
            return measure(layer)
        except HotspotsError as error:
            dark = int(layer["n"].isna().sum())
            sentence = (
                f"Left out: {what}, {label} in theme '{theme}': the profile '{self.profile.name}' hides the counts of "
                f"{dark:,} of {len(layer):,} areas; {error.message}."
            )
            if sentence not in self.told:
                self.told.append(sentence)
            return layer
