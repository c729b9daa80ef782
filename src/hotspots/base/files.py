"""Writing without surprises: nothing half-written, nothing overwritten unasked."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotspots.base.errors import FileError


def sha256(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def refuse_existing(path: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Raise `FileError` when `path` exists and may not be replaced."""
    if Path(path).exists() and not overwrite:
        raise FileError(f"'{path}' exists already", hint="choose another name, or allow it with 'overwrite'")


def same_file(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Return whether both are paths of one file that exists."""
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):
        return False


@contextmanager
def replacing(path: str | os.PathLike[str], *, overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary path to write to, and put it in place of `path` at the end.

    The folder is made where it is missing. When the block raises, nothing is left behind and what stood at
    `path` stays as it was.

    Parameters
    ----------
    path : path
        The file wanted in the end.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Yields
    ------
    Path
        A path with the same suffix, in a temporary folder beside `path`.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or the folder cannot be written to.
    """
    target = Path(path)
    refuse_existing(target, overwrite=overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".writing-", dir=target.parent))
    except OSError as error:
        raise FileError(
            f"cannot write to the folder '{target.parent}' ({error.strerror})",
            hint="choose a folder that you may write to with -o",
        ) from error
    try:
        draft = scratch / target.name
        yield draft
        try:
            _move(draft, target)
        except OSError as error:
            raise FileError(
                f"cannot write '{target}' ({error.strerror})",
                hint="close the program that has it open, or choose another name with -o",
            ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _move(draft: Path, target: Path) -> None:
    """Put a finished file or folder in its place; of a folder that exists, the files of the same name."""
    if not (draft.is_dir() and target.exists()):
        draft.replace(target)
        return
    for made in sorted(entry for entry in draft.rglob("*") if entry.is_file()):
        place = target / made.relative_to(draft)
        place.parent.mkdir(parents=True, exist_ok=True)
        made.replace(place)


@contextmanager
def replacing_folder(path: str | os.PathLike[str], *, overwrite: bool = False) -> Iterator[Path]:
    """Give an empty folder to fill, and put what it holds in place of `path` at the end.

    When the block raises, nothing is left behind and what stood at `path` stays as it was. In a folder that
    exists, files of the same name are replaced and all others stay.

    Parameters
    ----------
    path : path
        The folder wanted in the end.
    overwrite : bool, default False
        Whether it may exist already.

    Yields
    ------
    Path
        The folder to fill.

    Raises
    ------
    FileError
        When the folder exists and `overwrite` is false, or it cannot be written to.
    """
    target = Path(path)
    if target.exists() and not target.is_dir():
        raise FileError(f"'{target}' is a file, not a folder", hint="choose a folder with -o")
    with replacing(target, overwrite=overwrite) as draft:
        draft.mkdir()
        yield draft
