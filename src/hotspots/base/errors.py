"""What the toolkit says when it cannot go on, and when something deserves a look."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Sequence
from typing import Any

from hotspots.base.text import visible


class HotspotsError(Exception):
    """Base of every error that the toolkit raises on purpose.

    Parameters
    ----------
    message : str
        What is wrong, with the value, and what was needed.
    hint : str
        What to do next, in words that can be typed.
    """

    def __init__(self, message: str, *, hint: str) -> None:
        # Messages quote data, which may hold what would act on a terminal.
        self.message, self.hint = visible(message), visible(hint)
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors of a worker come to its user pickled, and `hint` has to be named.
        return functools.partial(type(self), hint=self.hint), (self.message,)

    def __str__(self) -> str:
        return f"{self.message}\nHint: {self.hint}"


class DataError(HotspotsError, ValueError):
    """The rows, codes, geometries or values of an input cannot be used as they are."""


class CRSError(HotspotsError, ValueError):
    """A coordinate reference system is missing, wrong or unsuited to distances."""


class ParameterError(HotspotsError, ValueError):
    """An option has a value that makes no sense, alone or together with the data."""


class RecipeError(HotspotsError, ValueError):
    """A recipe has an unknown key, a value of the wrong type, or lacks something."""


class FileError(HotspotsError, OSError):
    """A file cannot be read, or may not be written."""


class HotspotsWarning(UserWarning):
    """The result is valid, but something about the input deserves a look."""


class IslandsWarning(HotspotsWarning):
    """Areas have no neighbours."""


class InferenceWarning(HotspotsWarning):
    """A p value is a poor guide here; the statistic itself is not in doubt."""


def refuse(faults: Sequence[HotspotsError], *, what: str) -> None:
    """Raise all that is wrong with `what` as one error; return where nothing is.

    One fault is raised as it is. Several become a `DataError` that numbers them, each hint under its number.

    Examples
    --------
    >>> refuse([DataError("the code 'a' repeats", hint="make codes unique"), DataError("no CRS", hint="set one")],
    ...        what="the areas")
    Traceback (most recent call last):
    hotspots.base.errors.DataError: 2 things are wrong with the areas: (1) the code 'a' repeats; (2) no CRS
    Hint: (1) make codes unique; (2) set one
    """
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise DataError(
            f"{len(faults)} things are wrong with {what}: {_numbered(fault.message for fault in faults)}",
            hint=_numbered(fault.hint for fault in faults),
        )


def _numbered(parts: Iterable[str]) -> str:
    return "; ".join(f"({number}) {part}" for number, part in enumerate(parts, start=1))


def did_you_mean(word: str, choices: Iterable[str], *, count: int = 3) -> str:
    """Return a sentence that offers the choices nearest to a mistyped word.

    Parameters
    ----------
    word : str
        What was typed. Case does not matter.
    choices : iterable of str
        What could have been typed.
    count : int, default 3
        At most this many are offered.

    Returns
    -------
    str
        ``"did you mean 'a' or 'b'?"``, or ``"choose from 'a', 'b', ..."`` where nothing is near.

    Examples
    --------
    >>> did_you_mean("burglry", ["Burglary", "Robbery"])
    "did you mean 'Burglary'?"
    >>> did_you_mean("xyz", ["Burglary", "Robbery"])
    "choose from 'Burglary', 'Robbery'"
    """
    named = list(dict.fromkeys(str(choice) for choice in choices))
    lowered = {choice.casefold(): choice for choice in named}
    near = difflib.get_close_matches(word.casefold(), lowered, n=count, cutoff=0.6)
    if near:
        return "did you mean " + " or ".join(f"'{lowered[key]}'" for key in near) + "?"
    shown = ", ".join(f"'{choice}'" for choice in named[:12])
    return f"choose from {shown}" + (", ..." if len(named) > 12 else "")


def listed(values: Iterable[object], *, count: int = 3) -> str:
    """Return the first few of several values as a message names them.

    Examples
    --------
    >>> listed(["E01", "E02", "E03", "E04"])
    'E01, E02, E03, ...'
    """
    texts = [str(value) for value in values]
    return ", ".join(texts[:count]) + (", ..." if len(texts) > count else "")
