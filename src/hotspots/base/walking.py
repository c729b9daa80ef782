"""All files of a folder and of the folders in it, in a bounded time."""

from __future__ import annotations

import os
from pathlib import Path

from hotspots.base.errors import FileError
from hotspots.base.limits import allowed, raising


def files_under(folder: Path, *, what: str) -> tuple[list[Path], list[Path]]:
    """Return the files of a folder and of those in it, and the folders that may not be looked into; in no order.

    Links to files are files, links to folders are not followed, and pipes and devices are left out.

    Parameters
    ----------
    folder : Path
        Where to look.
    what : str
        What folder should be given where this one holds too much.

    Raises
    ------
    FileError
        When there are more entries than any such folder has: it is a whole disk.
    """
    files: list[Path] = []
    closed: list[OSError] = []
    seen, most = 0, allowed("entries")
    for above, folders, names in os.walk(folder, onerror=closed.append):
        seen += len(folders) + len(names)
        if seen > most:
            raise FileError(
                f"the folder '{folder}' holds more than {most:,} files and folders",
                hint=f"give {what}; {raising('entries', 10 * most)}",
            )
        # A file whose folder is closed to us is none, where a path would fail.
        files += [Path(above, name) for name in names if os.path.isfile(os.path.join(above, name))]  # noqa: PTH113, PTH118
    return files, [Path(error.filename) for error in closed]
