"""Look at every quotation mark in the bytes of a table, at the speed of memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel

_LF, _CR, _MARK = (ord(letter) for letter in '\n\r"')


@kernel()
def unpaired(letters: npt.NDArray[np.uint8], delimiter: int) -> npt.NDArray[np.bool_]:
    """Return, for each line, whether it has quotation marks that are not in pairs.

    The first, third, ... mark of a line opens, and so stands after a delimiter, a line end or a mark (which is
    then doubled); the second, fourth, ... closes, and stands before one.

    Parameters
    ----------
    letters : ndarray of uint8
        Whole lines; the last letter ends one.
    delimiter : int
        The letter between cells.
    """
    # A cell begins and ends beside these.
    beside = np.zeros(256, np.bool_)
    for letter in (_MARK, _LF, _CR, delimiter):
        beside[letter] = True
    told = np.zeros(letters.size, np.bool_)
    line, odd, wrong = 0, False, False
    for at in range(letters.size):
        letter = letters[at]
        if not beside[letter] or letter == delimiter:
            continue
        if letter == _MARK:
            # Before the first letter stands the last, which ends a line.
            wrong |= not beside[letters[at + 1 if odd else at - 1]]
            odd = not odd
        elif letter == _LF or at + 1 == letters.size or letters[at + 1] != _LF:
            told[line] = wrong or odd
            line, odd, wrong = line + 1, False, False
    return told[:line]
