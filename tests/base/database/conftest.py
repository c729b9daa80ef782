from __future__ import annotations

import pyarrow as pa
import pytest

from hotspots.base.database.address import parse_address
from hotspots.base.database.rows import open_rows
from hotspots.base.errors import HotspotsError


def read(address: str, *columns: str) -> dict[str, list[object]]:
    """Return all rows, or some of their columns."""
    with open_rows(parse_address(address)) as rows:
        table = pa.concat_tables(rows.batches(columns or rows.columns))
        held: dict[str, list[object]] = table.to_pydict()
        return held


def refused(address: str) -> HotspotsError:
    """Return the error of an address that cannot be read."""
    with pytest.raises(HotspotsError) as caught:
        read(address)
    return caught.value
