"""Drafts: a hidden folder beside what is to be written, locked while its writer lives.

There is one for each name, so that two who would write the same are told. What a writer that was killed left is
cleared away by the next who writes into the same folder; a folder that it had taken from its place is put back.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hotspots.base.errors import FileError

BEFORE = "before"
"""What stood in the place of a draft waits under this name, where the two cannot change places in one step."""
PLACING = "placing"
"""Lists files that go in place together, the one without which the others are nothing last: what was there is aside."""
_LOCK = "lock"
_NAME = re.compile(r"\.writing-[0-9a-f]{16}")


@contextmanager
def drafting(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target`, and take it away at the end with all that is in it.

    The folders above are made where they are missing, and go again where nothing was put into them.

    Parameters
    ----------
    target : Path
        The file or folder wanted in the end.

    Yields
    ------
    Path
        The folder: on the disk of `target`, and of this process alone.

    Raises
    ------
    FileError
        When another process is writing `target`, or the folder above cannot be written to.
    """
    made: list[Path] = []
    try:
        _make_parents(target.parent, made)
        folder, lock = _claim(target)
        try:
            yield folder
        finally:
            _remove(folder, lock)
    finally:
        for parent in reversed(made):
            with suppress(OSError):  # it holds what was written
                parent.rmdir()


def _make_parents(parent: Path, made: list[Path]) -> None:
    """Make the folders down to `parent`, noting each in `made`."""
    missing = []
    while not parent.exists():
        missing.append(parent)
        parent = parent.parent
    for folder in reversed(missing):
        try:
            folder.mkdir()
        except FileExistsError:  # another process was faster
            continue
        except OSError as error:
            raise _not_to_be_written(folder.parent, error) from error
        made.append(folder)


def _claim(target: Path) -> tuple[Path, int]:
    """Return the draft's folder of a name, emptied, and the open lock in it that says that its owner lives."""
    digest = hashlib.sha256(os.path.normcase(target.name).encode(errors="surrogateescape")).hexdigest()
    folder = target.parent / f".writing-{digest[:16]}"
    try:
        _sweep(target.parent, folder)
        while True:
            folder.mkdir(mode=0o700, exist_ok=True)
            lock = _lock(folder, make=True)
            if lock is not None:
                break
        try:
            _clear(folder)
        except BaseException:
            _remove(folder, lock)
            raise
    except BlockingIOError:
        raise FileError(
            f"another run is writing '{target}'",
            hint="wait until it has ended, or choose another name with -o",
        ) from None
    except OSError as error:
        raise _not_to_be_written(target.parent, error) from error
    return folder, lock


def _not_to_be_written(folder: Path, error: OSError) -> FileError:
    return FileError(
        f"cannot write to the folder '{folder}' ({error.strerror})",
        hint="choose a folder that you may write to with -o",
    )


def _sweep(parent: Path, mine: Path) -> None:
    """Clear away the drafts beside `mine` whose writers were killed."""
    with os.scandir(parent) as entries:
        found = [Path(entry.path) for entry in entries if is_draft(entry.name)]
    for folder in found:
        if folder == mine:
            continue
        with suppress(OSError):  # its writer lives, or ended just now, or it is another user's
            lock = _lock(folder, make=False)
            if lock is not None:
                _remove(folder, lock)


def _lock(folder: Path, *, make: bool) -> int | None:
    """Return the lock of a draft, open and held; None where the draft was taken away meanwhile.

    Raises
    ------
    BlockingIOError
        When another process holds it.
    OSError
        When the folder is not one, or is not to be written.
    """
    if not stat.S_ISDIR(folder.lstat().st_mode):
        raise NotADirectoryError(20, "a link or file stands in the way of the draft")
    place = folder / _LOCK
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | (os.O_CREAT if make else 0)
    try:
        lock = os.open(place, flags, 0o600)
    except FileNotFoundError:
        if folder.exists() and not make:
            raise
        return None
    try:
        hold(lock)
        if place.exists() and os.path.samestat(os.fstat(lock), place.stat()):
            return lock
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    return None


def hold(lock: int) -> None:
    """Lock an open file until it is closed or its process ends; some disks of a network know no locks.

    Raises
    ------
    BlockingIOError
        When another process holds it.
    """
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        except OSError:
            raise BlockingIOError from None
    else:
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            return


def _clear(folder: Path) -> None:
    """Empty a draft, after putting back what was taken from its place and nothing came to stand there.

    Of files that go in place together, those that came go again where the last of them did not; and where it did,
    nothing that was taken comes back.
    """
    aside = folder / BEFORE
    together = _together(folder / PLACING)
    if together and os.path.lexists(folder.parent / together[-1]):
        remove(aside)
        if aside.exists():
            # The next writer tries again; without the list it would put these back.
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(aside))
    else:
        for name in together:
            remove(folder.parent / name)
    for taken in [*aside.iterdir()] if aside.is_dir() else []:
        place = folder.parent / taken.name
        if not os.path.lexists(place):
            with suppress(OSError):
                taken.rename(place)
        if os.path.lexists(place):
            remove(taken)
    for entry in folder.iterdir():
        if entry.name == BEFORE:
            with suppress(OSError):  # what could not be put back is kept
                entry.rmdir()
        elif entry.name != _LOCK:
            remove(entry)


def _together(listed: Path) -> list[str]:
    """Return the names of files that go in place together; a name that leads elsewhere is none."""
    if not listed.is_file() or listed.is_symlink():
        return []
    names = listed.read_text(encoding="utf-8", errors="surrogateescape").split("\0")
    return [name for name in names if name not in ("", ".", "..") and not re.search(r"[/\\:]", name)]


def is_draft(name: str) -> bool:
    """Return whether a folder's name is one of a draft."""
    return _NAME.fullmatch(name) is not None


def remove(entry: Path) -> None:
    """Remove a file, or a folder with all in it; a link goes, and not what it points to."""
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        with suppress(OSError):
            entry.unlink()


def _remove(folder: Path, lock: int) -> None:
    """Take a draft away while its lock is held, so that who waits for it sees that it is gone."""
    try:
        with suppress(OSError):  # someone took it away meanwhile
            _clear(folder)
            left = [entry for entry in folder.iterdir() if entry.name != _LOCK]
            if not left and sys.platform != "win32":  # where an open file cannot be removed
                (folder / _LOCK).unlink()
                folder.rmdir()
    finally:
        os.close(lock)
    if sys.platform == "win32":
        with suppress(OSError):
            (folder / _LOCK).unlink()
            folder.rmdir()
