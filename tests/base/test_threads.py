"""The environment says how many threads there are; a wrong word is refused."""

from __future__ import annotations

import os

import pytest

from hotspots.base.errors import ParameterError
from hotspots.base.threads import thread_count


def test_the_environment_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_THREADS", " 3 ")
    assert thread_count() == 3
    monkeypatch.delenv("HOTSPOTS_THREADS")
    assert thread_count() == (os.cpu_count() or 1)


@pytest.mark.parametrize("word", ["0", "-1", "two", "1.5"])
def test_what_is_no_number_of_threads_is_refused(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("HOTSPOTS_THREADS", word)
    with pytest.raises(ParameterError) as error:
        thread_count()
    assert error.value.message == f"HOTSPOTS_THREADS is '{word}'"
    assert error.value.hint == "set HOTSPOTS_THREADS to a whole number from 1 on, or unset it"
