"""A thousand damaged inputs end as they should; and the judge would see it if they did not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.fuzz.inputs import Input
from tests.fuzz.judge import Ending, faults, picture, untyped

ROOT = Path(__file__).resolve().parents[2]
SOUND = "Error: 'i.csv' is empty\nHint: download or export it again\n"


@pytest.mark.source  # long: once is enough
@pytest.mark.skipif(sys.platform != "linux", reason="inputs run in forked processes with Linux's limits")
def test_a_thousand_inputs_end_as_they_should() -> None:
    # Apart from this process: what is forked must not share the threads of other tests.
    words = [sys.executable, "-W", "ignore", "-m", "tests.fuzz", "--inputs", "1000", "--seed", "17"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("ending", "found"),
    [
        (Ending(1, "", SOUND), []),
        (Ending(2, "", "Usage: hotspots count\n\nError: No such option: --x\n"), []),
        (Ending(-11, "", ""), ["signal 11"]),
        (Ending(70, "", "Traceback (most recent call last)\n"), ["exit code 70", "traceback"]),
        (Ending(1, "", "Error: 'a\x1b[31m' is empty\nHint: look\n"), ["control character"]),
        (Ending(1, "", "Error: 'i.csv' is empty\n"), ["no error with one hint"]),
        (Ending(1, "", "Error: no\nHint: give --colour\n"), ["hint's option --colour is none"]),
        (Ending(1, "", "Error: 'runs' is 9 in [sure]\nHint: set 'runs' to 999\n"), []),
        (
            Ending(1, "", "Error: no\nHint: choose another with 'permutations'\n"),
            ["hint's keyword permutations"],
        ),
    ],
)
def test_the_judge_sees_what_is_wrong(tmp_path: Path, ending: Ending, found: list[str]) -> None:
    made = Input(["count", "i.csv", "--areas", "w.gpkg", "-o", "o.geojson"])
    assert faults(made, ending, before=picture(tmp_path), folder=tmp_path) == found


def test_the_judge_sees_what_is_left_and_what_is_changed(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("a", encoding="utf-8")
    before = picture(tmp_path)
    (tmp_path / "o.geojson").write_text("half", encoding="utf-8")
    (tmp_path / "i.csv").write_text("b", encoding="utf-8")
    made = Input(["count", "i.csv", "-o", "o.geojson"], output="o.geojson")
    found = faults(made, Ending(1, "", SOUND), before=before, folder=tmp_path)
    assert found == ["left o.geojson", "changed i.csv"]


def test_a_hint_may_name_another_command_and_quote_data() -> None:
    assert untyped(["count"], "choose 'permutations' of 'a --b'") == ["hint's keyword permutations"]
    assert untyped(["inspect"], "look with: hotspots count --areas AREAS") == []
    assert untyped(["inspect"], "did you mean '--colour'?") == []
