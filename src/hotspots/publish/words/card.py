"""What the card of an area says in whole sentences: how sure its selection is."""

from __future__ import annotations

import math

from hotspots.priorities.reasons import SURE

FIRM = 0.95
"""From this chance on a selection is called firm; and from one under the rest of 1, that it is none."""


def sure_words(chance: float, *, selected: bool) -> str:
    """Return how sure it is that an area is selected, or is not, for a reader without statistics.

    Parameters
    ----------
    chance : float
        How likely the selection is, in [0, 1]; NaN where it is not known.
    selected : bool
        Whether the area is selected.

    Returns
    -------
    str
        One of a few sentences; empty where the chance is not known.

    Examples
    --------
    >>> sure_words(0.99, selected=True)
    'That it is selected is firm: chance would hardly have changed it.'
    >>> sure_words(0.62, selected=True)
    'Borderline: chance alone could have left it out. Of ten such years, it would be selected in about 6.'
    >>> sure_words(0.0, selected=False)
    'That it is not selected is firm: chance would hardly have changed it.'
    """
    if math.isnan(chance):
        return ""
    ten = min(9, max(1, round(10 * chance)))
    often = f"Of ten such years, it would be selected in about {ten}."
    if selected and chance >= FIRM:
        return "That it is selected is firm: chance would hardly have changed it."
    if selected and chance >= SURE:
        return f"That it is selected is fairly sure. {often}"
    if selected:
        return f"Borderline: chance alone could have left it out. {often}"
    if chance <= 1 - FIRM:
        return "That it is not selected is firm: chance would hardly have changed it."
    if chance <= 1 - SURE:
        return f"That it is not selected is fairly sure. {often}"
    return f"Nearly selected: chance alone could have brought it in. {often}"
