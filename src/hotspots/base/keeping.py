"""What else is in a folder that is written anew: it is in the new one too, and nothing outside is touched."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from hotspots.base.errors import FileError

MOST_KEPT = 10_000
"""So many files of others may be in a folder that is written anew; with more it is one that is used for more."""


def require_replaceable(
    path: str | os.PathLike[str], *, made_before: Callable[[Path], Collection[str]]
) -> None:
    """Refuse a folder that cannot change places with another, before anything is done for it.

    Raises
    ------
    FileError
        When it is a file, a disk of its own, the working folder or one above it, or holds over `MOST_KEPT` files
        that no run made.
    """
    folder = Path(os.path.realpath(path))
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise FileError(f"'{path}' is a file, not a folder", hint="choose a folder with -o")
    if os.path.ismount(folder):
        raise FileError(
            f"'{path}' is a disk of its own, which cannot be replaced as a whole",
            hint="choose a folder on it with -o",
        )
    if Path(os.path.realpath(os.curdir)).is_relative_to(folder):
        raise FileError(
            f"'{path}' is the folder that you are in, or holds it, and cannot be replaced under you",
            hint="go to another folder (cd), and name it from there with -o",
        )
    others = _others(folder, without=made_before(folder))
    if len(list(itertools.islice(others, MOST_KEPT + 1))) > MOST_KEPT:
        raise FileError(
            f"'{path}' holds over {MOST_KEPT:,} files that no run made",
            hint="choose a folder for this run alone with -o",
        )


def _others(folder: Path, *, without: Collection[str]) -> Iterator[str]:
    """Yield the files of a folder that are not listed; links are not followed."""
    for above, _, names in os.walk(folder):
        for name in names:
            found = Path(above, name).relative_to(folder).as_posix()
            if found not in without:
                yield found


def keep(old: Path, new: Path, *, without: Collection[str], under: str = "") -> None:
    """Put into a new folder what an old one holds beside, under the same names: links to files, else copies.

    What the new one has already stays. Links are made again as they are and never followed.

    Parameters
    ----------
    old, new : Path
        The folders.
    without : collection of str
        Files that are not wanted, as ``tables/a.csv`` from the topmost folder.
    under : str, default ''
        Where `old` is in the topmost folder, as ``tables/``.

    Raises
    ------
    FileError
        When a folder stands where a file was written or a file where a folder was, or a disk is mounted in it.
    OSError
        When something cannot be linked or copied.
    """
    with os.scandir(old) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        place, name = new / entry.name, under + entry.name
        if entry.is_dir(follow_symlinks=False):
            if os.path.lexists(place) and not place.is_dir():
                raise FileError(
                    f"'{name}' is a folder, and a file of that name is to be written",
                    hint="move or rename it, or choose another folder with -o",
                )
            if os.path.ismount(entry.path):
                raise FileError(
                    f"'{name}' is a disk of its own, which cannot be moved",
                    hint="choose another folder with -o",
                )
            _keep_folder(Path(entry.path), place, without=without, under=f"{name}/")
        elif name not in without:
            _keep_file(entry, place, name)


def _keep_folder(old: Path, new: Path, *, without: Collection[str], under: str) -> None:
    """Keep a folder, but not one in which there were only files that are not wanted."""
    fresh = not new.exists()
    if fresh:
        new.mkdir()
    keep(old, new, without=without, under=under)
    if not fresh:
        return
    if any(old.iterdir()) and not any(new.iterdir()):
        new.rmdir()
    else:
        shutil.copystat(old, new)


def _keep_file(entry: os.DirEntry[str], place: Path, name: str) -> None:
    if entry.is_symlink():
        if not os.path.lexists(place):
            place.symlink_to(Path(entry.path).readlink(), target_is_directory=entry.is_dir())
    elif place.is_dir():
        raise FileError(
            f"'{name}' is a file, and a folder of that name is to be written",
            hint="move or rename it, or choose another folder with -o",
        )
    elif not os.path.lexists(place):
        try:
            os.link(entry.path, place)
        except OSError:  # a disk without links, or another person's file
            shutil.copy2(entry.path, place, follow_symlinks=False)
