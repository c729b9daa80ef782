"""Take the months of a force out of one of police.uk's archives, wherever it lies."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hotspots.base.errors import DataError, FileError, HotspotsError
from hotspots.fetch.months import Done
from hotspots.fetch.remote import RemoteFile
from hotspots.fetch.revisions import rows_of
from hotspots.fetch.settings import Settings
from hotspots.fetch.web import Web

log = logging.getLogger(__name__)

LARGEST_ARCHIVE = 8 << 30
LARGEST_MONTH = 500 << 20
_LATE = 3  # archives before the newest month that are tried: the list of months may be ahead of them
_NAME_OR_SUM = re.compile(r"(\d{4}-\d{2}\.zip)|\b([0-9a-fA-F]{32})\b")


def ordinal_of(month: str) -> int:
    """Return a month as a number that grows by 1 from each to the next."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def text_of(ordinal: int) -> str:
    """Return the month of a number; see `ordinal_of`.

    Examples
    --------
    >>> text_of(ordinal_of("2024-12") + 1)
    '2025-01'
    """
    return f"{ordinal // 12:04d}-{ordinal % 12 + 1:02d}"


def take_months(
    web: Web, settings: Settings, done: Done, archive: str, months: Sequence[str], *, whole: bool
) -> None:
    """Take the files of some months from an archive, or from the one before where it is not there yet.

    Parameters
    ----------
    web, settings : Web, Settings
    done : Done
        What takes them.
    archive : str
        Its month.
    months : sequence of str
        The months that are wanted of it.
    whole : bool
        Whether to download all of it, and to hold it against its published checksum.

    Raises
    ------
    FileError, DataError
        When there is no such archive, or it is damaged or not what it should be.
    """
    name, remote = _opened(web, settings, archive)
    wanted = [month for month in months if done.older(month, name)]
    folder = done.parts.folder("police.uk", done.force, remote.address, remote.stamp, str(whole))
    with _unpacking(remote.address):
        if not whole and not remote.whole_only:
            size = f"{remote.size / 1e6:,.0f} MB"
            count = "1 month" if len(wanted) == 1 else f"{len(wanted)} months"
            log.info("Archive of %s: reading %s of it, not all of its %s", name, count, size)
            _take(remote, done, name, remote.address, wanted, folder)
            return
        if not whole:
            log.info("The server sends whole archives only: this takes a while")
        path = folder / f"{name}.zip"
        if not path.is_file():
            web.download(remote.address, path, largest=LARGEST_ARCHIVE)
            _check_sum(web, settings, path)
        with path.open("rb") as stream:
            _take(stream, done, name, remote.address, wanted, folder)


def _opened(web: Web, settings: Settings, archive: str) -> tuple[str, RemoteFile]:
    """Return an archive and its month: the one asked for, or the last one before it that is there."""
    for back in range(_LATE):
        name = text_of(ordinal_of(archive) - back)
        try:
            return name, RemoteFile(web, f"{settings.police_archives.rstrip('/')}/{name}.zip")
        except FileError as error:
            if "(404)" not in error.message or back == _LATE - 1:
                raise
            log.info("There is no archive of %s yet", name)
    raise AssertionError


def _take(
    stream: IO[bytes] | RemoteFile,
    done: Done,
    archive: str,
    address: str,
    months: Sequence[str],
    folder: Path,
) -> None:
    """Take the files of some months from an archive that can be read at any place."""
    with zipfile.ZipFile(stream) as opened:
        members = Counter(info.filename for info in opened.infolist())
        for month in months:
            wanted = f"{month}/{month}-{done.force}-street.csv"
            if wanted not in members:
                continue
            info = opened.getinfo(wanted)
            _refuse_member(info, members[wanted])
            path = folder / f"{month}.csv"
            if not path.is_file():
                if isinstance(stream, RemoteFile):
                    stream.ahead = info.compress_size + len(info.filename) + 512
                _unpack(opened, info, path)
            _require_street(path, wanted)
            done.take(month, path, archive, address)


def _refuse_member(info: zipfile.ZipInfo, times: int) -> None:
    if times > 1:
        raise DataError(f"the archive holds '{info.filename}' {times} times", hint="report it to police.uk")
    if info.file_size > LARGEST_MONTH:
        raise DataError(
            f"'{info.filename}' would unpack to {info.file_size / 1e6:,.0f} MB, which no month of a force has",
            hint="look at what stands at the address of the archives (hotspots fetch settings)",
        )


def _unpack(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    """Unpack one member; it has its name only when all of it is there and its checksum fits."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as draft:
        try:
            with opened.open(info) as member:
                shutil.copyfileobj(member, draft)
            draft.close()
            Path(draft.name).replace(path)
        except BaseException:
            draft.close()
            Path(draft.name).unlink(missing_ok=True)
            raise


def _require_street(path: Path, name: str) -> None:
    heading = rows_of(path)[0]
    if not {"month", "longitude", "latitude", "crime type"} <= set(heading):
        raise DataError(
            f"'{name}' of the archive is not a street-level file: its columns are {', '.join(heading[:5])}, ...",
            hint="look for a newer version of hotspots",
        )


@contextmanager
def _unpacking(address: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, HotspotsError):
            raise
        raise FileError(
            f"what stands at {address} is not a whole ZIP archive ({error})",
            hint="type the same command again; if it stays so, police.uk's archive is damaged",
        ) from error


def _check_sum(web: Web, settings: Settings, path: Path) -> None:
    """Hold an archive against the MD5 that police.uk's page of archives gives of it, where it gives one."""
    page = web.get(f"{settings.police_archives.rstrip('/')}/").body.decode("utf-8", "replace")
    published = published_sums(page).get(path.name)
    if published is None:
        log.info("police.uk publishes no checksum of %s; its members are held against their own", path.name)
        return
    with path.open("rb") as stream:
        actual = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if actual != published:
        path.unlink()
        raise FileError(
            f"'{path.name}' is not what police.uk's checksum says (MD5 {actual}, published {published})",
            hint="type the same command again: it downloads the archive anew",
        )
    log.info("%s is what police.uk's checksum says", path.name)


def published_sums(page: str) -> dict[str, str]:
    """Return the MD5 of each archive on police.uk's page of them: the first one after its name.

    Examples
    --------
    >>> published_sums("<a href='/2024-01.zip'>2024-01.zip</a> <code>0123456789abcdef0123456789abcdef</code>")
    {'2024-01.zip': '0123456789abcdef0123456789abcdef'}
    """
    sums: dict[str, str] = {}
    name = ""
    for found in _NAME_OR_SUM.finditer(page):
        if found[1]:
            name = found[1]
        elif name:
            sums.setdefault(name, found[2].lower())
            name = ""
    return sums
