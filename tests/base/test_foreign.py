"""The door to other people's readers: one error of ours, whatever they raise."""

from __future__ import annotations

import pytest

from hotspots.base.errors import DataError, FileError, HotspotsWarning
from hotspots.base.foreign import reading


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("x"), StopIteration(), RecursionError(), TypeError(), EOFError()]
)
def test_whatever_a_library_raises_becomes_one_error_with_its_cause(error: Exception) -> None:
    with pytest.raises(FileError) as found, reading("'a.gpkg' is damaged", hint="export it again"):
        raise error
    assert str(found.value) == "'a.gpkg' is damaged\nHint: export it again"
    assert found.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [DataError("ours", hint="do"), MemoryError(), HotspotsWarning("told"), KeyboardInterrupt()]
)
def test_our_own_errors_memory_warnings_and_a_wish_to_stop_pass(error: BaseException) -> None:
    with pytest.raises(type(error)) as found, reading("'a.gpkg' is damaged", hint="export it again"):
        raise error
    assert found.value is error


def test_what_the_system_says_stands_behind() -> None:
    with pytest.raises(FileError) as found, reading("'a.gpkg' cannot be read", hint="look"):
        raise PermissionError(13, "Permission denied")
    assert found.value.message == "'a.gpkg' cannot be read (Permission denied)"


def test_memory_that_a_small_damaged_file_asks_for_is_its_fault() -> None:
    with pytest.raises(FileError), reading("'a.parquet' is damaged", hint="export it again", damaged=True):
        raise MemoryError
