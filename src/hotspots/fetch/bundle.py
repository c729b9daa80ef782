"""Carry what has been fetched to a desk without a network, as one ZIP archive with checksums."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hotspots.base.errors import FileError, ParameterError, did_you_mean
from hotspots.base.files import replacing
from hotspots.base.named import NAME, Named, all_named, find_named, of_record
from hotspots.fetch.store import alone, faults, put

MANIFEST = "hotspots-bundle.json"
LARGEST = 4 << 30  # bytes that a bundle may unpack to
_FIXED = (1980, 1, 1, 0, 0, 0)
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_LARGEST_MANIFEST = 16 << 20


def write_bundle(
    path: str | os.PathLike[str], names: Sequence[str] = (), *, overwrite: bool = False
) -> list[Named]:
    """Put fetched sets into one archive; the same sets give the same bytes.

    Parameters
    ----------
    path : path
        The archive.
    names : sequence of str
        The sets; all that have been fetched without any.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Returns
    -------
    list of Named
        What it holds.

    Raises
    ------
    ParameterError
        When there is nothing of such a name, or nothing at all.
    FileError
        When a file is gone from the cache or has changed in it, or the archive cannot be written.
    """
    entries = choose(names)
    wrong = [fault for entry in entries for fault in faults(entry)]
    if wrong:
        raise FileError(wrong[0], hint="fetch it again; see all faults with: hotspots fetch check")
    records = [{key: value for key, value in entry.record.items() if key != "folder"} for entry in entries]
    with replacing(path, overwrite=overwrite) as draft, zipfile.ZipFile(draft, "w") as archive:
        archive.writestr(_info(MANIFEST), json.dumps({"sets": records}, indent=1, ensure_ascii=False))
        for entry in entries:
            for place, file in sorted(entry.files.items()):
                member = archive.open(_info(f"{entry.id}/{place}"), "w")
                with member, file.open("rb") as stream:
                    shutil.copyfileobj(stream, member)
    return entries


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _FIXED)
    info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    return info


def choose(names: Sequence[str]) -> list[Named]:
    """Return the fetched sets of these names, or all of them where none are given.

    Raises
    ------
    ParameterError
        When nothing of such a name has been fetched, or nothing at all.
    """
    fetched = [one for one in all_named() if one.place == "fetched"]
    if not fetched:
        raise ParameterError("nothing has been fetched yet", hint="see: hotspots fetch --help")
    by_name = {one.id: one for one in fetched}
    for name in names:
        if name not in by_name:
            raise ParameterError(
                f"nothing called '{name}' has been fetched", hint=did_you_mean(name, by_name)
            )
    return [by_name[name] for name in dict.fromkeys(names)] if names else fetched


def unpack_bundle(path: str | os.PathLike[str], *, overwrite: bool = False) -> list[Named]:
    """Put the sets of a bundle into the cache of this machine, once every file is what its checksum says.

    Parameters
    ----------
    path : path
        What `write_bundle` wrote.
    overwrite : bool, default False
        Whether a set that is here already, and differs, is replaced.

    Returns
    -------
    list of Named
        The sets, as other commands find them.

    Raises
    ------
    FileError
        When the archive is damaged, holds what it does not list or lists what it does not hold, a file is not what
        its checksum says, or a set is here already and differs. Then nothing of it is put into the cache.
    """
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            records = _records(archive, Path(path).name)
            if not overwrite:
                _refuse_other(records)
            files = {
                name: _unpacked(archive, name, record, Path(folder) / str(number))
                for number, (name, record) in enumerate(records.items())
            }
            with alone():
                return [put(name, files[name], _without_name(record)) for name, record in records.items()]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileError(
            f"'{Path(path).name}' is not a whole bundle ({error})",
            hint="copy it again from where it was made",
        ) from error
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(
            f"cannot read the bundle '{Path(path).name}' ({error.strerror or error})",
            hint="check the spelling and the folder",
        ) from error


def _without_name(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in ("name", "folder")}


def _records(archive: zipfile.ZipFile, file: str) -> dict[str, dict[str, Any]]:
    """Return the records of a bundle by name, once the archive is sure to hold what they list, and nothing else."""
    held = archive.infolist()
    names = [info.filename for info in held]
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise FileError(
            f"'{file}' is no bundle of fetched data", hint="make one with: hotspots fetch bundle -o FILE"
        )
    try:
        listed = json.loads(archive.read(MANIFEST))["sets"]
        records = {str(record["name"]): dict(record) for record in listed}
        places = [f"{name}/{place}" for name, record in records.items() for place in record["files"]]
        safe = all(_is_safe(name, record) for name, record in records.items())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileError(f"the list in '{file}' cannot be read", hint="make the bundle again") from error
    if not safe or sorted([MANIFEST, *places]) != sorted(names):
        raise FileError(
            f"'{file}' holds other files than it lists, or under names that no bundle has",
            hint="make the bundle again: hotspots fetch bundle -o FILE",
        )
    size = sum(info.file_size for info in held)
    if size > LARGEST:
        raise FileError(f"'{file}' would unpack to {size / 1e9:,.1f} GB", hint="make bundles of fewer sets")
    return records


def _is_safe(name: str, record: Mapping[str, Any]) -> bool:
    """Return whether a set's files stay in its folder, and have checksums."""
    files = record["files"]
    return (
        NAME.fullmatch(name) is not None
        and all(_PLACE.fullmatch(place) for place in files)
        and all(re.fullmatch(r"[0-9a-f]{64}", one["sha256"]) for one in files.values())
        and of_record({**record, "folder": "0"}, Path(), name).id == name
    )


def _refuse_other(records: Mapping[str, Mapping[str, Any]]) -> None:
    for name, record in records.items():
        here = find_named(name)
        if here is not None and _sums(here.record) != _sums(record):
            raise FileError(
                f"'{name}' is here already, fetched on {here.record.get('retrieved', 'another day')}, and differs",
                hint="replace it with --overwrite",
            )


def _sums(record: Mapping[str, Any]) -> dict[str, str]:
    return {place: one["sha256"] for place, one in record["files"].items()}


def _unpacked(
    archive: zipfile.ZipFile, name: str, record: Mapping[str, Any], folder: Path
) -> dict[str, Path]:
    """Unpack the files of a set into a folder of their own, each held against its checksum."""
    folder.mkdir()
    files = {}
    for number, (place, said) in enumerate(record["files"].items()):
        path = folder / str(number)  # the archive's names are never used as paths
        digest = hashlib.sha256()
        with archive.open(f"{name}/{place}") as member, path.open("wb") as stream:
            while chunk := member.read(1 << 20):
                digest.update(chunk)
                stream.write(chunk)
        if digest.hexdigest() != said["sha256"]:
            raise FileError(
                f"'{name}/{place}' is not what its checksum says",
                hint="copy the bundle again, or make it again",
            )
        files[place] = path
    return files
