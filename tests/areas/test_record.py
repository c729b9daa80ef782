"""A layer's record that was changed by hand is refused where commands read it, and passed on where they do not."""

from __future__ import annotations

from typing import Any

import pytest

from hotspots.areas.record import checked_record
from hotspots.base.errors import DataError


def nested(depth: int) -> list[Any]:
    held: list[Any] = []
    for _ in range(depth - 1):
        held = [held]
    return held


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"months": "EPSG:0"}, "its 'months' is no longer a number above 0"),
        ({"months": -1}, "its 'months' is no longer a number above 0"),
        ({"months": True}, "its 'months' is no longer a number above 0"),
        ({"months": float("nan")}, "its 'months' is no longer a number above 0"),
        ({"crs": 27700}, "its 'crs' is no longer a text"),
        ({"steps": []}, "its 'steps' is no longer a table"),
        ({"steps": {"count": 1}}, "its step 'count' is no longer a table"),
        ({"steps": {"count": {"dispersion": "high"}}}, "its dispersion is no longer a number above 0"),
        ({"incidents": {"months": [2025]}}, "its 'months' are no longer a list of texts"),
        ({"note": nested(101)}, "it nests lists or tables too deep"),
        ({"note": nested(100_000)}, "it nests lists or tables too deep"),
    ],
)
def test_a_changed_record_is_refused(record: dict[str, Any], fault: str) -> None:
    with pytest.raises(DataError) as found:
        checked_record(record, where="'n.geojson'")
    assert found.value.message == f"the record of 'n.geojson' was changed: {fault}"
    assert found.value.hint == "use the file as hotspots wrote it, or take out its member 'hotspots'"


def test_a_sound_record_is_itself_and_anything_but_a_table_is_none() -> None:
    record = {"months": 2.5, "crs": "EPSG:27700", "steps": {"count": {"dispersion": 1.3}}, "mine": nested(50)}
    assert checked_record(record, where="'n.geojson'") == record
    assert checked_record([1], where="'n.geojson'") == {}
