"""Two folders change places, in one step where the system can."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from hotspots.base.drafts import BEFORE

_HERE = -100  # AT_FDCWD: paths are as from the working folder
_EXCHANGE = 2  # RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)


def exchange(new: Path, old: Path, *, scratch: Path) -> Path:
    """Put one folder in the place of another, and return where the other is now.

    On Linux and macOS both change places in one step of the system. Where the system or the disk cannot, the old
    one steps aside into the draft first and the new one follows: two steps, between which there is neither; whoever
    writes next into the folder above puts the old one back.

    Parameters
    ----------
    new, old : Path
        Folders on one disk.
    scratch : Path
        The draft's folder (`hotspots.base.drafts`), on the same disk.

    Raises
    ------
    OSError
        When neither is possible; both are where they were then.
    """
    if change_places(new, old):
        return new
    aside = scratch / BEFORE / old.name
    aside.parent.mkdir()
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    return aside


def change_places(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system or the disk cannot."""
    function = _function()
    if function is None:
        return False
    places = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = function(*places, _EXCHANGE)
    else:
        failed = function(_HERE, places[0], _HERE, places[1], _EXCHANGE)
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), str(other))


@cache
def _function() -> Any:
    """Return the system's own function, or None."""
    if sys.platform == "win32":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    return getattr(library, "renamex_np" if sys.platform == "darwin" else "renameat2", None)
