"""Writing without surprises: nothing half-written, nothing overwritten unasked."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from hotspots.base.drafts import BEFORE, PLACING, drafting, is_draft
from hotspots.base.errors import FileError, HotspotsError
from hotspots.base.exchange import exchange
from hotspots.base.keeping import keep, require_replaceable


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
    """Give a temporary path to write to, and put it in place of `path` in one step at the end.

    The folder is made where it is missing. When the block raises, or its process is killed, what stood at `path`
    stays as it was; a killed one's draft is cleared away by the next that writes into the same folder. A link at
    `path` is replaced, not what it points to.

    Parameters
    ----------
    path : path
        The file wanted in the end.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Yields
    ------
    Path
        A path with the same name, in a temporary folder beside `path`.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, another process is writing it, or it cannot be written: the
        folder is read-only or gone, the disk is full, or files may not be so large.
    """
    target = Path(path)
    refuse_existing(target, overwrite=overwrite)
    with drafting(target) as scratch, _in_words(target, scratch):
        draft = _new_draft(scratch, target)
        yield draft
        require_whole(scratch)
        sync(draft)
        refuse_existing(target, overwrite=overwrite)  # it may have come meanwhile
        draft.replace(target)
        sync(target.parent)


def put_beside(draft: Path, target: Path, parts: Collection[Path], *, before: Collection[Path]) -> None:
    """Put the further files of a layer in place; its own, the draft that `replacing` gave, comes last.

    Without that one the others are nothing to a reader, and it is the first to be taken away. So at any moment the old
    layer is there whole, or the new one, or, for as long as this takes, neither: then the next that writes into the
    folder, or the end of `replacing` where something fails, puts the old one back whole. It is never a mix of both.

    Parameters
    ----------
    draft, target : Path
        As `replacing` gave and got them.
    parts : collection of Path
        The new files, on the disk of the draft; they keep their names.
    before : collection of Path
        Places beside `target` whose files belong to the old layer.

    Raises
    ------
    OSError
        When one cannot be taken or put.
    """
    scratch = draft.parent.parent
    aside = scratch / BEFORE
    aside.mkdir()
    for old in (target, *before):
        if os.path.lexists(old):
            old.replace(aside / old.name)
    for part in parts:
        sync(part)
    names = [*(part.name for part in parts), target.name]
    written = draft.with_name(PLACING)
    written.write_text("\0".join(names), encoding="utf-8", errors="surrogateescape")
    sync(written)
    written.replace(scratch / PLACING)
    for part in parts:
        part.replace(target.with_name(part.name))
    sync(target.parent)


@contextmanager
def replacing_folder(
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    made_before: Callable[[Path], Collection[str]] = lambda _: (),
) -> Iterator[Path]:
    """Give an empty folder to fill, and put it in place of `path` at the end: old or new, never a mix.

    The two folders change places in one step (`hotspots.base.exchange`). What else the old one holds, in whatever
    folders, is in the new one too: as the same files where the disk can link them, else as copies. No link in it is
    followed; one that stands where a folder is written is replaced. When the block raises, or its process is killed,
    what stood at `path` stays as it was.

    Parameters
    ----------
    path : path
        The folder wanted in the end, or a link to it, which stays.
    overwrite : bool, default False
        Whether it may exist already.
    made_before : callable, optional
        Given the folder that exists, returns the names of files in it that are not to be kept, as ``tables/a.csv``.

    Yields
    ------
    Path
        The folder to fill.

    Raises
    ------
    FileError
        When the folder exists and `overwrite` is false, it cannot change places with another, another process is
        writing it, or it cannot be written.
    """
    target = Path(os.path.realpath(path))
    with drafting(target) as scratch:
        refuse_existing(path, overwrite=overwrite)
        require_replaceable(path, made_before=made_before)
        with _in_words(Path(path), scratch):
            draft = _new_draft(scratch, target)
            draft.mkdir()
            yield draft
            _settle(draft)
            refuse_existing(path, overwrite=overwrite)  # it may have come meanwhile
            if os.path.lexists(target):
                without = made_before(target)
                shutil.copystat(target, draft)
                keep(target, draft, without=without)
                old = exchange(draft, target, scratch=scratch)
                keep(old, target, without=without)  # what came into it meanwhile
            else:
                draft.rename(target)
            sync(target.parent)


def _settle(folder: Path) -> None:
    """Bring all of a folder onto the disk, without drafts of single files that could not be cleared away."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            sync(Path(entry.path))
        elif is_draft(entry.name):
            shutil.rmtree(entry.path)
        else:
            _settle(Path(entry.path))
    sync(folder)


def _new_draft(scratch: Path, target: Path) -> Path:
    folder = scratch / "new"
    folder.mkdir()
    return folder / target.name


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk and not only on its way; a disk that cannot say is believed."""
    if sys.platform == "win32" and path.is_dir():
        return
    held = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(held)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EROFS):
            raise
    finally:
        os.close(held)


def require_whole(folder: Path) -> None:
    """Make sure that what was written into a folder is all there: GDAL may close a cut file without a word.

    Raises
    ------
    OSError
        When the disk takes no more, or a file is as large as files may be.
    """
    limit = _largest()
    if any(path.is_file() and path.stat().st_size >= limit for path in folder.rglob("*")):
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    probe = folder / "room"
    probe.write_bytes(bytes(min(_ROOM, limit)))
    probe.unlink()


def _largest() -> int:
    """Return how many bytes a file may have."""
    if sys.platform == "win32":
        return sys.maxsize
    import resource

    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


_HINTS = {
    errno.ENOSPC: "make room on that disk, and on that of temporary files, or choose a folder on another with -o",
    errno.EDQUOT: "make room within your share of that disk, or choose a folder on another with -o",
    errno.EFBIG: "files may not be larger here: choose another disk with -o, or ask who limits them (ulimit -f)",
    errno.ENOENT: "the folder went away while it was written: choose one that stays with -o",
    errno.ENAMETOOLONG: "choose a shorter name with -o",
    errno.EROFS: "choose a folder that you may write to with -o",
}
_IN_USE = "close the program that has it open, or choose another name with -o"
_PROBE = 1 << 20
_ROOM = 1 << 16


@contextmanager
def _in_words(target: Path, scratch: Path) -> Iterator[None]:
    """Say what keeps a file or folder from being written as a `FileError`, whatever a library made of it."""
    try:
        yield
    except FileError as error:
        draft = re.escape(str(scratch / "new")) + r"[/\\][^/\\']*"
        told = re.sub(draft, lambda _: str(target), error.message)
        if told == error.message:
            raise
        raise FileError(told, hint=error.hint) from error
    except HotspotsError:
        raise
    except Exception as error:
        cause = _refusal(error, scratch)
        if cause is None:
            raise
        said = os.strerror(cause.errno) if cause.errno else cause.strerror
        raise FileError(
            f"cannot write '{target}' ({said})", hint=_HINTS.get(cause.errno or 0, _IN_USE)
        ) from error


def _refusal(error: Exception, scratch: Path) -> OSError | None:
    """Return what the system said, where it was the system: libraries pass it on, or drop it and fail in their way.

    Where they dropped it, it is asked again: the draft's largest file is made longer.
    """
    if isinstance(error, OSError) and error.errno:
        about = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else scratch
        return error if Path(about).absolute().is_relative_to(scratch.parent.absolute()) else None
    try:
        files = [path for path in scratch.rglob("*") if path.is_file() and not path.is_symlink()]
        largest = max(files, key=lambda path: path.stat().st_size)
        with largest.open("ab") as stream:
            stream.write(bytes(_PROBE))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as refused:
        return refused
    return None
