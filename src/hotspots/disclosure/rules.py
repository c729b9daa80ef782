"""Rules of publication: which counts are hidden, and how the others are rounded, in numbers and in words."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hotspots.base.errors import ParameterError, did_you_mean
from hotspots.disclosure.rounding import halfway, stands_for

Hide = Literal["suppress", "round"]
Zeros = Literal["shown", "hidden"]

OWN = "own"
"""The name of a profile with numbers of one's own."""
LEAST_ROWS = 10
"""Numbers of rows are rounded to this at least."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is kept from the readers of a public folder, in numbers.

    A count under `threshold` is *small*. Where `hide` is ``"suppress"`` small counts are left out, and with them
    what would let one be worked out; where it is ``"round"`` every count is rounded, and 0 stands for all that are
    small. Either way a reader who puts everything together must be able to rule out none of 0 to `threshold` - 1
    for a small count: that is the promise of a profile.

    Parameters
    ----------
    name : str
        What the profile is called.
    threshold : int
        The smallest count that need not be protected, 2 or more.
    base : int
        Published counts are multiples of it, 5 upwards where halfway; 0 or 1 rounds none.
    zeros : {"shown", "hidden"}
        Whether a count of 0 is published as such, or kept like a small one.
    hide : {"suppress", "round"}
        What happens to small counts. Rounding hides zeros, and makes `threshold` half the base.
    dominance : (int, float), optional
        (n, k): a count is also protected where its n largest contributors make up more than k % of it.
    rate_decimals : int, default 1
        Decimals of published rates, which are worked out from published counts and so tell nothing more.
    cell_size : float, default 100
        The smallest cell of a published density, in metres.
    bandwidth : float, default 300
        The smallest bandwidth of a published density, in metres.
    fewest : int, default 10
        A density is blank where fewer incidents bear on a cell, and is not published where there are fewer in all.
    source : str, optional
        Where the rules are published, if they are.

    Raises
    ------
    ParameterError
        When the numbers contradict each other, or make no sense.
    """

    name: str
    threshold: int
    base: int
    zeros: Zeros
    hide: Hide
    dominance: tuple[int, float] | None = None
    rate_decimals: int = 1
    cell_size: float = 100.0
    bandwidth: float = 300.0
    fewest: int = 10
    source: str = ""

    def __post_init__(self) -> None:
        for fault, hint in _faults(self):
            raise ParameterError(fault, hint=hint)

    @property
    def rounds(self) -> bool:
        """Whether published counts are rounded."""
        return self.base > 1

    @property
    def rounded_to(self) -> int:
        """What published counts are rounded to the nearest multiple of; 1 where they are exact."""
        return max(self.base, 1)

    @property
    def rows_rounded_to(self) -> int:
        """What numbers of rows in the account of a published folder are rounded to, each on its own."""
        return max(self.base, LEAST_ROWS)

    @property
    def least_shown(self) -> int:
        """The smallest count over 0 that is shown, where small ones are left out; 0 where they are rounded."""
        return self.threshold if self.hide == "suppress" else 0

    def hidden_words(self) -> str:
        """Return what a hidden count may be, for legends and notes.

        It says the same of every hidden count: which are small, and which only protect those, must not be told.

        Examples
        --------
        >>> profile("10-5").hidden_words(), profile("nhs").hidden_words()
        ('under 10, or to protect others', '1 to 7, or to protect others')
        """
        if self.hide == "round":
            return "to protect others"
        few = f"1 to {self.threshold - 1}" if self.zeros == "shown" else f"under {self.threshold}"
        return f"{few}, {'made up by few, ' if self.dominance else ''}or to protect others"

    def sentences(self) -> list[str]:
        """Return the rules in words, for people who read what is published.

        Examples
        --------
        >>> profile("nhs").sentences()[0]
        'Counts of 1 to 7 are hidden; a count of 0 is shown.'
        >>> profile("nhs").sentences()[1]
        'Other counts, and totals on their own, are rounded to the nearest 5: 10 stands for 8 to 12.'
        """
        return [*_counts_in_words(self), *_derived_in_words(self)]


def _faults(rules: Profile) -> list[tuple[str, str]]:
    """List what is wrong with a profile's numbers, each with what to type."""
    whole = {"threshold": 2, "base": 0, "rate_decimals": 0, "fewest": 1}
    found = [
        (
            f"{key} is {value!r}: a whole number of {least} or more was needed",
            f"set '{key}' to {least} or more",
        )
        for key, least in whole.items()
        if not isinstance(value := getattr(rules, key), int) or isinstance(value, bool) or value < least
    ]
    found += [
        (f"{key} is {value!r}: metres above 0 were needed", f"set '{key}' to a distance in metres")
        for key in ("cell_size", "bandwidth")
        if not _positive(value := getattr(rules, key))
    ]
    found += [
        (f"{key} is {value!r}", did_you_mean(str(value), choices))
        for key, choices in (("zeros", ("shown", "hidden")), ("hide", ("suppress", "round")))
        if (value := getattr(rules, key)) not in choices
    ]
    return found or _contradictions(rules)


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def _contradictions(rules: Profile) -> list[tuple[str, str]]:
    """List what of a profile's numbers cannot hold together."""
    found = []
    if rules.hide == "round":
        if not rules.rounds:
            found.append(
                (f"small counts cannot be hidden by rounding to {rules.base}", "set 'base' to 5 or 10")
            )
        elif rules.threshold != halfway(rules.base):
            found.append(
                (
                    f"rounding to {rules.base} hides counts under {halfway(rules.base)}, not under {rules.threshold}",
                    f"set 'threshold' to {halfway(rules.base)}, or 'hide' to 'suppress'",
                )
            )
        if rules.zeros == "shown":
            found.append(("rounding cannot tell a count of 0 from a small one", "set 'zeros' to 'hidden'"))
    elif rules.rounds and rules.threshold < halfway(rules.base):
        found.append(
            (
                f"a count of {rules.threshold} is shown, but rounds to 0 with base {rules.base}",
                f"set 'threshold' to {halfway(rules.base)} or more, or 'base' to less",
            )
        )
    if rules.dominance is not None and not _dominant(rules.dominance):
        found.append(
            (
                f"dominance is {rules.dominance!r}: a number of contributors and a percentage were needed",
                "set 'dominance' to, for example, [2, 90]",
            )
        )
    return found


def _dominant(rule: object) -> bool:
    if not isinstance(rule, tuple | list) or len(rule) != 2:
        return False
    n, k = rule
    return isinstance(n, int) and not isinstance(n, bool) and n >= 1 and _positive(k) and k < 100


def _counts_in_words(rules: Profile) -> list[str]:
    """Say what happens to counts."""
    most = rules.threshold - 1
    if rules.hide == "round":
        said = [
            f"Counts, and totals on their own, are rounded to the nearest {rules.base}, halves upwards: "
            f"0 stands for 0 to {most}, {rules.base} for {_of(rules.base, rules)}.",
            f"A count is left out where it would let one of 0 to {most} be narrowed down.",
        ]
    else:
        small = f"Counts of 1 to {most}" if rules.zeros == "shown" else f"Counts of 0 to {most}"
        said = [f"{small} are hidden" + ("; a count of 0 is shown." if rules.zeros == "shown" else ".")]
        if rules.rounds:
            shown = -(-rules.threshold // rules.base) * rules.base
            said.append(
                f"Other counts, and totals on their own, are rounded to the nearest {rules.base}: "
                f"{shown} stands for {_of(shown, rules)}."
            )
        said.append(
            f"Further counts are hidden where one {'from 1 to' if rules.zeros == 'shown' else 'of 0 to'} {most} could "
            "otherwise be worked out, so a hidden count is not always small."
        )
    if rules.dominance is not None:
        n, k = rules.dominance
        said.append(
            f"A count is protected, too, where its {n} largest contributors make up more than {k:g} % of it."
        )
    return said


def _of(shown: int, rules: Profile) -> str:
    low, high = stands_for(np.array([float(shown)]), rules.base, rules.least_shown)
    return f"{low[0]:.0f} to {high[0]:.0f}"


def _derived_in_words(rules: Profile) -> list[str]:
    """Say what happens to all that is made of counts."""
    decimals = {0: "no decimals", 1: "1 decimal"}.get(rules.rate_decimals, f"{rules.rate_decimals} decimals")
    changed = (
        "Up and down are said of areas only where all counts that the rounded ones stand for would say so."
    )
    return [
        f"Rates and all other figures are worked out from the published counts; rates have {decimals}.",
        *([changed] if rules.rounds else []),
        f"Densities are drawn in classes, with cells of {rules.cell_size:g} m or more and a bandwidth of "
        f"{rules.bandwidth:g} m or more, and are blank where fewer than {rules.fewest} incidents bear on a cell.",
    ]


PROFILES: dict[str, Profile] = {
    made.name: made
    for made in (
        # The tables of community safety assessments: rounded to 10, and nothing left out by rule.
        Profile(name="documents", threshold=5, base=10, zeros="hidden", hide="round"),
        # The threshold of safe research centres, and rounding to 5 besides.
        Profile(
            name="10-5",
            threshold=10,
            base=5,
            zeros="hidden",
            hide="suppress",
            source="https://securedatagroup.org/sdc-handbook/",
        ),
        # Counts below national level; NHS Digital hides no further ones, which this profile does.
        Profile(
            name="nhs",
            threshold=8,
            base=5,
            zeros="shown",
            hide="suppress",
            source="https://digital.nhs.uk/data-and-information/data-tools-and-services/data-services/hospital-episode-statistics/change-to-disclosure-control-methodology-for-hes-and-ecds-from-september-2018",
        ),
        # The checker's defaults: safe_threshold 10, safe_nk_n 2, safe_nk_k 0.90, zeros_are_disclosive.
        Profile(
            name="sacro",
            threshold=10,
            base=0,
            zeros="hidden",
            hide="suppress",
            dominance=(2, 90.0),
            source="https://github.com/AI-SDC/ACRO/blob/main/acro/default.yaml",
        ),
    )
}
"""The profiles that have a name."""


def profile(name: str, /, **numbers: Any) -> Profile:
    """Return the rules of a name, or rules of one's own.

    ========= ================================================================================================
    documents Every count rounded to 10, halves upwards, so that 0 means 0 to 4: as community safety
              assessments print them.
    10-5      Counts under 10 hidden, 0 too: the threshold of the handbook of the UK's safe research centres
              [1]_. The others rounded to 5.
    nhs       Counts of 1 to 7 hidden, 0 shown, the others rounded to 5: as Hospital Episode Statistics are
              published below national level [2]_.
    sacro     Counts under 10 hidden, 0 too, and those of which the 2 largest contributors make up more than
              90 %: what the checker of research outputs asks for where its managers set nothing else [3]_.
    own       The numbers that are given: at least `threshold`. Unless said otherwise small counts are left
              out, zeros too, and none is rounded.
    ========= ================================================================================================

    Parameters
    ----------
    name : str
        One of these, in any case.
    **numbers
        Fields of `Profile`. Those that differ from the named profile's make it one's own: it is then called
        ``"own"``, and has no source.

    Returns
    -------
    Profile

    Raises
    ------
    ParameterError
        When there is no such profile or field, or the numbers make no sense.

    References
    ----------
    .. [1] Griffiths, E. et al. (2019) Handbook on Statistical Disclosure Control for Outputs, version 1.0. Safe
       Data Access Professionals. https://securedatagroup.org/sdc-handbook/
    .. [2] NHS Digital (2018) Disclosure control methodology for Hospital Episode Statistics and Emergency Care
       Data Set. The address is the profile's `source`.
    .. [3] ACRO, acro/default.yaml. https://github.com/AI-SDC/ACRO

    Examples
    --------
    >>> profile("documents").base
    10
    >>> profile("nhs", base=10).name
    'own'
    >>> profile("own", threshold=5)
    Profile(name='own', threshold=5, base=0, zeros='hidden', hide='suppress', dominance=None, rate_decimals=1,
            cell_size=100.0, bandwidth=300.0, fewest=10, source='')
    """
    key = str(name).casefold()
    if key not in PROFILES and key != OWN:
        raise ParameterError(
            f"there is no profile {str(name)!r}", hint=did_you_mean(str(name), [*PROFILES, OWN])
        )
    fields = [field.name for field in dataclasses.fields(Profile) if field.name not in ("name", "source")]
    for unknown in (entry for entry in numbers if entry not in fields):
        raise ParameterError(f"a profile has no {unknown!r}", hint=did_you_mean(unknown, fields))
    if isinstance(numbers.get("dominance"), list):
        numbers = {**numbers, "dominance": tuple(numbers["dominance"])}
    if key in PROFILES:
        made = PROFILES[key]
        changed = {entry: value for entry, value in numbers.items() if value != getattr(made, entry)}
        return dataclasses.replace(made, name=OWN, source="", **changed) if changed else made
    if numbers.get("hide") == "round" and isinstance(numbers.get("base"), int):
        numbers = {"threshold": halfway(numbers["base"]), **numbers}
    if "threshold" not in numbers:
        raise ParameterError(
            "rules of one's own need a threshold",
            hint="set 'threshold' to the smallest count that may be shown",
        )
    return Profile(name=OWN, **{"base": 0, "zeros": "hidden", "hide": "suppress", **numbers})
