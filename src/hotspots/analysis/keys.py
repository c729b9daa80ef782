"""Keys: what files, tables and links call a thing, made once from the name that a person gave it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST = 60  # letters; a file's whole name must fit a file system, with a theme and a layer in it

# Names that Windows keeps for devices, whatever the suffix.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))]
)


def make_keys(names: Sequence[str], *, fallback: str, taken: Iterable[str] = ()) -> tuple[str, ...]:
    """Return one key for each name: lower-case letters, digits and hyphens, no two alike.

    A key serves in file names, table names and links. It is never read back: who needs the name keeps the name.

    Parameters
    ----------
    names : sequence of str
        In the order in which they were given; the first of several alike keeps the plain key.
    fallback : str
        The key of a name without any Latin letter or digit, such as ``"theme"``.
    taken : iterable of str
        Keys that are not free.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> make_keys(["Violence & sexual offences", "Ynys Môn", "burglary", "Burglary"], fallback="theme")
    ('violence-sexual-offences', 'ynys-mon', 'burglary', 'burglary-2')
    >>> make_keys(["Contours", "犯罪"], fallback="areas", taken=["contours"])
    ('contours-2', 'areas')
    """
    used = {*_DEVICES, *taken}
    keys = []
    for name in names:
        plain = _plain(name) or fallback
        key, number = plain, 2
        while key in used:
            key, number = f"{plain}-{number}", number + 1
        used.add(key)
        keys.append(key)
    return tuple(keys)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:LONGEST].rstrip("-")
