"""The classes of flag columns: their values, words and colours, in the order of a legend."""

from __future__ import annotations

from dataclasses import dataclass, replace

NEUTRAL = "#faf9f6"
UNDEFINED = "#cacaca"
# Any two classes of a legend differ by a CIEDE2000 of 10 or more in full colour, to a reader with protanopia,
# deuteranopia or tritanopia, and in grey; no two have the same lightness. Seven such steps of grey are all there are.
_RED, _ORANGE, _PEACH = "#b2182b", "#ef8a62", "#e9c3a2"
_NAVY, _BLUE, _PALE = "#003b72", "#1a7fc0", "#b0cee9"
_PURPLE = "#8073ac"
_UP, _DOWN = "\u25b2", "\u25bc"
# Seven classes from a high extreme to a low one: a step of the high side is darker than that of the low side.
_HIGH, _LOW = ("#650000", "#c92f14", "#f18b4c"), ("#a9cff2", "#468db9", "#005183")


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
    mark : str
        A letter or two for who cannot tell colours, at the areas that have room and in the legend: ``"\u25b2"`` of
        what went up, ``"N"`` of a new hotspot; empty where colours do.
    unsure : bool
        Whether it is hatched, as it could as well have come out otherwise.
    """

    label: str
    colour: str
    opacity: float = 1.0
    value: str | None = None
    lower: float | None = None
    upper: float | None = None
    neutral: bool = False
    mark: str = ""
    unsure: bool = False


AVERAGE = (
    StyleClass("Significantly above", _RED, value="significantly above"),
    StyleClass("Above", _ORANGE, value="above"),
    StyleClass("Average", NEUTRAL, value="average", neutral=True),
    StyleClass("Below", _PALE, value="below"),
    StyleClass("Significantly below", _BLUE, value="significantly below"),
)
HOTSPOT = (
    StyleClass("Hotspot (q\u00a0≤\u00a00.01)", _HIGH[0], value="hot99"),
    StyleClass("Hotspot (q\u00a0≤\u00a00.05)", _HIGH[1], value="hot95"),
    StyleClass("Hotspot (q\u00a0≤\u00a00.10)", _HIGH[2], value="hot90"),
    StyleClass("Neither hotspot nor coldspot", NEUTRAL, value="none", neutral=True),
    StyleClass("Coldspot (q\u00a0≤\u00a00.10)", _LOW[0], value="cold90"),
    StyleClass("Coldspot (q\u00a0≤\u00a00.05)", _LOW[1], value="cold95"),
    StyleClass("Coldspot (q\u00a0≤\u00a00.01)", _LOW[2], value="cold99"),
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
    StyleClass("High among high", _RED, value="high-high"),
    StyleClass("High among low: stands out from its surroundings", _ORANGE, value="high-low"),
    StyleClass("Low among high: spared by its surroundings", _PURPLE, value="low-high"),
    StyleClass("Low among low", _NAVY, value="low-low"),
    StyleClass("Neither (of those marked, at most 5 in 100 by chance)", NEUTRAL, value="none", neutral=True),
    StyleClass("Undefined (no neighbours or no variation)", UNDEFINED, value="undefined"),
)
SENSITIVITY = (
    StyleClass("Robust: hot in 90% of runs or more", _RED, value="robust"),
    StyleClass("Depends on a choice: hot in some runs", "#f4b183", value="depends on a choice"),
    StyleClass("Never hot", NEUTRAL, value="never", neutral=True),
)
PRIORITY = (
    StyleClass("Force-wide priority", "#6a001a", value="force-wide"),
    StyleClass(
        "Force-wide, borderline: its selection is under 80% sure",
        "#903834",
        value="borderline force-wide",
        unsure=True,
    ),
    StyleClass("Overall priority: stands out of all areas compared", "#6a001a", value="overall"),
    StyleClass(
        "Overall, borderline: its selection is under 80% sure",
        "#903834",
        value="borderline overall",
        unsure=True,
    ),
    StyleClass("Local priority: stands out in its own district", "#eb4426", value="local"),
    StyleClass(
        "Local, borderline: its selection is under 80% sure",
        "#ef8462",
        value="borderline local",
        unsure=True,
    ),
    StyleClass("Watch: narrowly below, or newly rising", "#edc19b", value="watch"),
    StyleClass("Not a priority", NEUTRAL, value="", neutral=True),
)
STANDING = (
    StyleClass("Newly above", _RED, value="newly above", mark=_UP),
    StyleClass("Still above", _ORANGE, value="still above"),
    StyleClass("Narrowly below", _PEACH, value="narrowly below"),
    StyleClass("No longer above", _BLUE, value="no longer above", mark=_DOWN),
    StyleClass("Not above", NEUTRAL, value="not above", neutral=True),
)
CHANGE = (
    StyleClass("Up", _ORANGE, value="up", mark=_UP),
    StyleClass("No clear change", NEUTRAL, value="no clear change", neutral=True),
    StyleClass("Down", _BLUE, value="down", mark=_DOWN),
)
UNUSUAL = (
    StyleClass(
        "Unusually high (of those marked, at most 5 in 100 by chance)",
        _RED,
        value="unusually high",
        mark=_UP,
    ),
    StyleClass("As expected", NEUTRAL, value="as expected", neutral=True),
    StyleClass(
        "Unusually low (of those marked, at most 5 in 100 by chance)",
        _BLUE,
        value="unusually low",
        mark=_DOWN,
    ),
)
HISTORY = (
    StyleClass("Rising", _RED, value="rising", mark=_UP),
    StyleClass("Step up", _ORANGE, value="step up", mark="\u2191"),
    StyleClass("A season of its own", _PURPLE, value="seasonal", mark="~"),
    StyleClass("Steady", NEUTRAL, value="steady", neutral=True),
    StyleClass("Step down", _PALE, value="step down", mark="\u2193"),
    StyleClass("Falling", _NAVY, value="falling", mark=_DOWN),
)
COMPARED = (
    StyleClass("Above", _ORANGE, value="above"),
    StyleClass("Similar", NEUTRAL, value="similar", neutral=True),
    StyleClass("Below", _BLUE, value="below"),
)
TIMES = (
    StyleClass("3 times the mean or more", _HIGH[0], lower=3.0),
    StyleClass("2 to 3 times", _HIGH[1], lower=2.0, upper=3.0),
    StyleClass("1.5 to 2 times", _HIGH[2], lower=1.5, upper=2.0),
    StyleClass("About the mean", NEUTRAL, lower=2 / 3, upper=1.5, neutral=True),
    StyleClass("A half to two thirds", _LOW[0], lower=0.5, upper=2 / 3),
    StyleClass("A third to a half", _LOW[1], lower=1 / 3, upper=0.5),
    StyleClass("Under a third", _LOW[2], upper=1 / 3),
)
FUNNEL = (
    StyleClass("Above the 99.8% limit", _RED, value="above 99.8% limit"),
    StyleClass("Above the 95% limit", _ORANGE, value="above 95% limit"),
    StyleClass("Within the limits", NEUTRAL, value="within limits", neutral=True),
    StyleClass("Below the 95% limit", _PALE, value="below 95% limit"),
    StyleClass("Below the 99.8% limit", _BLUE, value="below 99.8% limit"),
)
RISK = (
    StyleClass("Clearly over: probability of 95% or more", _RED, value="clear"),
    StyleClass("Likely over: probability of 80% to 95%", _ORANGE, value="likely"),
    StyleClass("Not clearly over", NEUTRAL, value="not clear", neutral=True),
)
# Kinds from dark to light by how much they ask for attention now; the coldspots' lightness lies between the hotspots',
# so that no two classes are alike in grey or under a common colour-vision deficiency. Sixteen cannot be as far apart as
# seven: neighbours in the legend differ by 6 or more, and each has a mark: its first letter, after a minus when cold.
_KINDS = (
    ("intensifying", "in 90% of steps or more, and rising", "#5b0026", "#2b2480"),
    ("persistent", "in 90% of steps or more", "#810021", "#01429e"),
    ("consecutive", "in an unbroken run up to the last step", "#a90111", "#025fa1"),
    ("new", "in the last step alone", "#d30301", "#0078b5"),
    ("sporadic", "in the last step, and on and off before", "#d35900", "#0c92c8"),
    ("diminishing", "in 90% of steps or more, and falling", "#d38422", "#16aed2"),
    ("oscillating", "in the last step, and the opposite before", "#dca528", "#40c9d8"),
    ("historical", "in 90% of steps or more, but not in the last", "#e0c55b", "#93dce2"),
)
EMERGING = (
    *(
        StyleClass(f"{kind.capitalize()} hotspot: {said}", hot, value=f"{kind} hotspot", mark=kind[0].upper())
        for kind, said, hot, _ in _KINDS
    ),
    StyleClass("None of these", NEUTRAL, value="none", neutral=True),
    *(
        StyleClass(
            f"{kind.capitalize()} coldspot: {said.replace('rising', 'deepening').replace('falling', 'fading')}",
            cold,
            value=f"{kind} coldspot",
            mark=f"\u2212{kind[0].upper()}",
        )
        for kind, said, _, cold in reversed(_KINDS)
    ),
    StyleClass("Undefined (no neighbours)", UNDEFINED, value="undefined"),
)
