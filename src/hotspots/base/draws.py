"""How often something is drawn at random, and from which seed."""

from __future__ import annotations

from hotspots.base.errors import ParameterError

FEWEST = 99
"""Draws that p values and intervals need: a p of 0.01 is the least that so many can give."""

MOST = 9_999_999
"""p values have steps of 1 in so many; more tell nothing further, and 2 billion never end."""

MOST_SLOW = 99_999
"""The same where every draw goes through all areas, incidents or themes once more."""


def require_draws(number: int, *, name: str = "draws", usual: int = 9_999, most: int = MOST) -> int:
    """Return a number of draws that tells something, and ends.

    Parameters
    ----------
    number : int
        How many.
    name : str, default "draws"
        The keyword that gave it.
    usual : int, default 9,999
        What a hint recommends.
    most : int, default 9,999,999
        The most that are of use here.

    Raises
    ------
    ParameterError
        When it is under 99 or over `most`.

    Examples
    --------
    >>> require_draws(999)
    999
    >>> require_draws(9, name="permutations")
    Traceback (most recent call last):
    hotspots.base.errors.ParameterError: 'permutations' is 9, too few to tell anything from chance
    Hint: set 'permutations' to a number such as 9999
    """
    if number < FEWEST:
        wrong = "too few to tell anything from chance"
    elif number > most:
        wrong = f"but more than {most:,} tell nothing further"
    else:
        return number
    raise ParameterError(f"'{name}' is {number}, {wrong}", hint=f"set '{name}' to a number such as {usual}")


def require_seed(seed: int) -> int:
    """Return a seed that a generator of random numbers can start from.

    Raises
    ------
    ParameterError
        When it is below 0.
    """
    if seed < 0:
        raise ParameterError(
            f"'seed' is {seed}, but must be 0 or more", hint="set 'seed' to a whole number such as 0"
        )
    return seed
