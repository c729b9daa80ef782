"""The classes of flag columns: their values, words and colours, in the order of a legend."""

from __future__ import annotations

from dataclasses import dataclass, replace

NEUTRAL = "#faf9f6"
UNDEFINED = "#9a9a9a"


@dataclass(frozen=True)
class StyleClass:
    """One class: what it holds, what a reader calls it, how it is drawn.

    Attributes
    ----------
    label : str
        In words, with the limits where they are known.
    colour : str
        ``"#rrggbb"``.
    opacity : float
        Of the fill, in [0, 1]; 0 is not drawn at all.
    value : str or None
        The one value it holds, for a column of named classes.
    lower, upper : float or None
        ``lower <= value < upper``, for a column of numbers; None is unbounded.
    neutral : bool
        Whether it is the uneventful middle, which a map of many cells leaves out.
    """

    label: str
    colour: str
    opacity: float = 1.0
    value: str | None = None
    lower: float | None = None
    upper: float | None = None
    neutral: bool = False


AVERAGE = (
    StyleClass("Significantly above", "#b2182b", value="significantly above"),
    StyleClass("Above", "#ef8a62", value="above"),
    StyleClass("Average", NEUTRAL, value="average", neutral=True),
    StyleClass("Below", "#67a9cf", value="below"),
    StyleClass("Significantly below", "#2166ac", value="significantly below"),
)
HOTSPOT = (
    StyleClass("Hotspot (q\u00a0≤\u00a00.01)", "#b2182b", value="hot99"),
    StyleClass("Hotspot (q\u00a0≤\u00a00.05)", "#ef8a62", value="hot95"),
    StyleClass("Hotspot (q\u00a0≤\u00a00.10)", "#fddbc7", value="hot90"),
    StyleClass("Neither hotspot nor coldspot", NEUTRAL, value="none", neutral=True),
    StyleClass("Coldspot (q\u00a0≤\u00a00.10)", "#c6dcea", value="cold90"),
    StyleClass("Coldspot (q\u00a0≤\u00a00.05)", "#67a9cf", value="cold95"),
    StyleClass("Coldspot (q\u00a0≤\u00a00.01)", "#2166ac", value="cold99"),
    StyleClass("Undefined (no neighbours or no variation)", UNDEFINED, value="undefined"),
)
# What q is worth, by where p comes from; docs/methods.md has the measurements.
_WORTH = {
    "exact": "at most {} in 100 by chance",
    "permutation": "at most {} in 100 by chance",
    "analytic": "more than {} in 100 may be chance",
}


def hotspot_classes(inference: str | None) -> tuple[StyleClass, ...]:
    """Return the classes of Gi* with what q promises where p was found in this way; nothing where none is known.

    Examples
    --------
    >>> [hotspot_classes(how)[1].label.replace(chr(160), " ") for how in ("exact", "analytic", None)]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['Hotspot: at most 5 in 100 by chance (q ≤ 0.05)', 'Hotspot: more than 5 in 100 may be chance (q ≤ 0.05)',
     'Hotspot (q ≤ 0.05)']
    """
    if inference not in _WORTH:
        return HOTSPOT
    shares = {"99": 1, "95": 5, "90": 10}
    return tuple(
        replace(
            entry,
            label=entry.label.replace(" (", f": {_WORTH[inference].format(shares[entry.value[-2:]])} (", 1),
        )
        if entry.value is not None and entry.value[-2:] in shares
        else entry
        for entry in HOTSPOT
    )


OUTLIER = (
    StyleClass("High among high", "#b2182b", value="high-high"),
    StyleClass("High among low: stands out from its surroundings", "#e08214", value="high-low"),
    StyleClass("Low among high: spared by its surroundings", "#8073ac", value="low-high"),
    StyleClass("Low among low", "#2166ac", value="low-low"),
    StyleClass("Neither (of those marked, at most 5 in 100 by chance)", NEUTRAL, value="none", neutral=True),
    StyleClass("Undefined (no neighbours or no variation)", UNDEFINED, value="undefined"),
)
SENSITIVITY = (
    StyleClass("Robust: hot in 90% of runs or more", "#b2182b", value="robust"),
    StyleClass("Depends on a choice: hot in some runs", "#f4b183", value="depends on a choice"),
    StyleClass("Never hot", NEUTRAL, value="never", neutral=True),
)
PRIORITY = (
    StyleClass("Force-wide priority", "#b2182b", value="force-wide"),
    StyleClass(
        "Force-wide, borderline: its selection is under 80% sure", "#d9848b", value="borderline force-wide"
    ),
    StyleClass("Overall priority: stands out of all areas compared", "#b2182b", value="overall"),
    StyleClass("Overall, borderline: its selection is under 80% sure", "#d9848b", value="borderline overall"),
    StyleClass("Local priority: stands out in its own district", "#ef8a62", value="local"),
    StyleClass("Local, borderline: its selection is under 80% sure", "#f8c6aa", value="borderline local"),
    StyleClass("Watch: narrowly below, or newly rising", "#fddbc7", value="watch"),
    StyleClass("Not a priority", NEUTRAL, value="", neutral=True),
)
STANDING = (
    StyleClass("Newly above", "#b2182b", value="newly above"),
    StyleClass("Still above", "#ef8a62", value="still above"),
    StyleClass("Narrowly below", "#fddbc7", value="narrowly below"),
    StyleClass("No longer above", "#67a9cf", value="no longer above"),
    StyleClass("Not above", NEUTRAL, value="not above", neutral=True),
)
CHANGE = (
    StyleClass("Up", "#ef8a62", value="up"),
    StyleClass("No clear change", NEUTRAL, value="no clear change", neutral=True),
    StyleClass("Down", "#67a9cf", value="down"),
)
UNUSUAL = (
    StyleClass(
        "Unusually high (of those marked, at most 5 in 100 by chance)", "#b2182b", value="unusually high"
    ),
    StyleClass("As expected", NEUTRAL, value="as expected", neutral=True),
    StyleClass(
        "Unusually low (of those marked, at most 5 in 100 by chance)", "#2166ac", value="unusually low"
    ),
)
HISTORY = (
    StyleClass("Rising", "#b2182b", value="rising"),
    StyleClass("Step up", "#ef8a62", value="step up"),
    StyleClass("A season of its own", "#8073ac", value="seasonal"),
    StyleClass("Steady", NEUTRAL, value="steady", neutral=True),
    StyleClass("Step down", "#67a9cf", value="step down"),
    StyleClass("Falling", "#2166ac", value="falling"),
)
COMPARED = (
    StyleClass("Above", "#ef8a62", value="above"),
    StyleClass("Similar", NEUTRAL, value="similar", neutral=True),
    StyleClass("Below", "#67a9cf", value="below"),
)
TIMES = (
    StyleClass("3 times the mean or more", "#b2182b", lower=3.0),
    StyleClass("2 to 3 times", "#ef8a62", lower=2.0, upper=3.0),
    StyleClass("1.5 to 2 times", "#fddbc7", lower=1.5, upper=2.0),
    StyleClass("About the mean", NEUTRAL, lower=2 / 3, upper=1.5, neutral=True),
    StyleClass("A half to two thirds", "#d1e5f0", lower=0.5, upper=2 / 3),
    StyleClass("A third to a half", "#67a9cf", lower=1 / 3, upper=0.5),
    StyleClass("Under a third", "#2166ac", upper=1 / 3),
)
FUNNEL = (
    StyleClass("Above the 99.8% limit", "#b2182b", value="above 99.8% limit"),
    StyleClass("Above the 95% limit", "#ef8a62", value="above 95% limit"),
    StyleClass("Within the limits", NEUTRAL, value="within limits", neutral=True),
    StyleClass("Below the 95% limit", "#67a9cf", value="below 95% limit"),
    StyleClass("Below the 99.8% limit", "#2166ac", value="below 99.8% limit"),
)
RISK = (
    StyleClass("Clearly over: probability of 95% or more", "#b2182b", value="clear"),
    StyleClass("Likely over: probability of 80% to 95%", "#ef8a62", value="likely"),
    StyleClass("Not clearly over", NEUTRAL, value="not clear", neutral=True),
)
# Kinds from dark to light by how much they ask for attention now; the coldspots' lightness lies between the hotspots',
# so that no two classes are alike in grey or under a common colour-vision deficiency.
_KINDS = (
    ("intensifying", "in 90% of steps or more, and rising", "#600028", "#232985"),
    ("persistent", "in 90% of steps or more", "#8b0020", "#0047a7"),
    ("consecutive", "in an unbroken run up to the last step", "#b80008", "#0067b2"),
    ("new", "in the last step alone", "#e21800", "#0084c6"),
    ("sporadic", "in the last step, and on and off before", "#e76300", "#00a3d7"),
    ("diminishing", "in 90% of steps or more, and falling", "#f18e00", "#00c2ea"),
    ("oscillating", "in the last step, and the opposite before", "#f3b730", "#61ddf0"),
    ("historical", "in 90% of steps or more, but not in the last", "#f2da6f", "#abf0f5"),
)
EMERGING = (
    *(
        StyleClass(f"{kind.capitalize()} hotspot: {said}", hot, value=f"{kind} hotspot")
        for kind, said, hot, _ in _KINDS
    ),
    StyleClass("None of these", NEUTRAL, value="none", neutral=True),
    *(
        StyleClass(
            f"{kind.capitalize()} coldspot: {said.replace('rising', 'deepening').replace('falling', 'fading')}",
            cold,
            value=f"{kind} coldspot",
        )
        for kind, said, _, cold in reversed(_KINDS)
    ),
    StyleClass("Undefined (no neighbours)", UNDEFINED, value="undefined"),
)
