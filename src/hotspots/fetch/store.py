"""What has been fetched: folders of the cache, made in a place apart and put into use whole."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hotspots.base.drafts import hold
from hotspots.base.errors import FileError
from hotspots.base.files import sha256
from hotspots.base.named import NAME, RECORD, Named, cache_folder, read_record

OGL = "Open Government Licence v3.0"
PARTS = ".parts"
"""The folder of the cache for what is on its way."""
LOCK = ".lock"
KEPT_DAYS = 30
"""How long the parts of an errand that broke off wait for the next; nobody comes for older ones."""


@contextmanager
def alone() -> Iterator[None]:
    """Be the only one that changes the cache, and clear away what earlier errands left there long ago.

    The lock goes with its process, however that ends; where a disk knows no locks, nobody is held up.

    Raises
    ------
    FileError
        When another process changes the cache, or it cannot be written to.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        try:
            hold(lock)
        except BlockingIOError:
            raise FileError(
                f"another hotspots fetch is at work in the cache '{folder}'",
                hint="wait until it has ended, or give this one a folder of its own with the variable HOTSPOTS_CACHE",
            ) from None
        _sweep(folder / PARTS)
        yield
    finally:
        os.close(lock)


def _sweep(parts: Path) -> None:
    """Delete the parts of which nothing has changed for some weeks."""
    oldest = time.time() - KEPT_DAYS * 86_400
    with suppress(OSError):  # there are none, or they are another user's
        for folder in parts.iterdir():
            if all(path.lstat().st_mtime < oldest for path in (folder, *folder.rglob("*"))):
                shutil.rmtree(folder, ignore_errors=True)


class Parts:
    """What has come of one errand; it stays when the errand breaks off, so that the next one goes on from there."""

    def __init__(self) -> None:
        self._folders: list[Path] = []

    def folder(self, *what: str) -> Path:
        """Return a folder, made where it is missing, that is found again for the same words alone.

        Raises
        ------
        FileError
            When the cache cannot be written to.
        """
        key = hashlib.sha256("\n".join(what).encode()).hexdigest()[:24]
        folder = cache_folder() / PARTS / key
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(folder, error) from error
        self._folders.append(folder)
        return folder

    def drop(self) -> None:
        """Delete all of it: what it was for is in the cache, or it is of no use."""
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        self._folders.clear()


def file_record(path: Path, **more: Any) -> dict[str, Any]:
    """Return what a record says of one file: its checksum, its bytes, and more."""
    return {"sha256": sha256(path), "bytes": path.stat().st_size, **more}


def put(name: str, files: Mapping[str, Path], record: Mapping[str, Any]) -> Named:
    """Put files into the cache under a name, in place of all that stood there.

    The files go into a folder of their own, numbered on from the one before; then the record is replaced, in one step
    of the file system, by one that names it. Whatever happens on the way, the set is the old one or the new one.

    Parameters
    ----------
    name : str
        Of the set.
    files : mapping of str to Path
        Where each file of the set lies now, by its path in the set. They are copied.
    record : mapping
        What is known of the set, ``files`` among it: what `file_record` says of each.

    Returns
    -------
    Named
        The set as other commands find it.

    Raises
    ------
    FileError
        When the cache cannot be written to, or a file is not what its record says.
    """
    target = cache_folder().joinpath(*name.split("/"))
    try:
        target.mkdir(parents=True, exist_ok=True)
        before = _editions(target)
        draft = target / str(1 + max((int(path.name) for path in before), default=0))
        note = target / f"{RECORD}.part"
        try:
            for place, source in files.items():
                copy = draft.joinpath(*place.split("/"))
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
                if sha256(copy) != record["files"][place]["sha256"]:
                    raise FileError(
                        f"'{place}' of '{name}' is not what its checksum says",
                        hint="fetch or unpack it again",
                    )
            said = {"name": name, "folder": draft.name, **record}
            note.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            note.replace(target / RECORD)
        except BaseException:
            note.unlink(missing_ok=True)
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise _unwritable(target, error) from error
    for path in before:  # where a program has one of its files open, it goes the next time
        shutil.rmtree(path, ignore_errors=True)
    return read_record(target, name)


def _editions(folder: Path) -> list[Path]:
    """Return the folders of files of a set: that in use, and what broken tries have left."""
    return [path for path in folder.iterdir() if path.name.isdecimal() and path.is_dir()]


def faults(entry: Named) -> list[str]:
    """Return what is wrong with the files of a fetched set: gone, or other than they came.

    Examples
    --------
    >>> from hotspots.base.named import find_named
    >>> faults(find_named("west-yorkshire-wards"))
    []
    """
    wrong = []
    for place, path in entry.files.items():
        if not path.is_file():
            wrong.append(f"{entry.id}: '{place}' is gone")
        elif sha256(path) != entry.record["files"][place]["sha256"]:
            wrong.append(f"{entry.id}: '{place}' has changed since it was fetched")
    return wrong


@alone()
def remove(entry: Named) -> None:
    """Delete a fetched set from the cache."""
    assert NAME.fullmatch(entry.id)  # noqa: S101 - nothing else is ever deleted
    folder = cache_folder().joinpath(*entry.id.split("/"))
    try:
        (folder / RECORD).unlink()
        shutil.rmtree(folder)
        if not any(folder.parent.iterdir()):
            folder.parent.rmdir()
    except OSError as error:
        raise _unwritable(folder, error) from error


def today() -> str:
    """Return today's date, by which a record says when its set was fetched."""
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


def _unwritable(folder: Path, error: OSError) -> FileError:
    return FileError(
        f"cannot write to the cache '{folder}' ({error.strerror or error})",
        hint="name a folder that you may write to with the variable HOTSPOTS_CACHE",
    )
