"""The door to geometries in well-known binary, as Arrow holds them and databases send them."""

from __future__ import annotations

from typing import Any

import shapely

from hotspots.base.foreign import reading


def shapes_of(column: Any, *, where: str) -> Any:
    """Return a column of well-known binary as geometries; missing where a row has none.

    Parameters
    ----------
    column : pyarrow.Array or pyarrow.ChunkedArray
        Binary, or its hexadecimal digits.
    where : str
        The file or table, as messages name it.

    Raises
    ------
    FileError
        When a row holds something else.
    """
    with reading(f"{where} holds geometries that cannot be read", hint="export it again"):
        return shapely.from_wkb(column.to_numpy(zero_copy_only=False))
