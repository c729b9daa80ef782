"""The certificate of a folder for publication: written where its rules hold, refused where they do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hotspots.base.errors import DataError
from hotspots.disclosure.rules import profile
from hotspots.publish.certificate import FILES, certify


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a table of eight wards, rounded to ten."""
    (tmp_path / "public" / "tables").mkdir(parents=True)
    write(tmp_path / "public", [0, 10, 20, 0, 30, 10, 50, 40])
    return tmp_path / "public"


def write(folder: Path, counts: list[int]) -> None:
    rows = "".join(f"E0500000{i},Ward {i},North,1500,{n}\n" for i, n in enumerate(counts, 1))
    text = "code,name,district,population,n\n" + rows
    (folder / "tables" / "burglary_wards.csv").write_text(text, encoding="utf-8")


def test_a_safe_folder_gets_a_certificate_for_people_and_for_machines(folder: Path) -> None:
    audit = certify(folder, rules=profile("documents"))
    held = json.loads((folder / "about" / "disclosure.json").read_text(encoding="utf-8"))
    assert (held["passed"], held["counts"], held["protected"], held["narrowest"]) == (True, 8, 2, 5)
    assert held["profile"]["base"] == 10
    page = (folder / "about" / "disclosure.html").read_text(encoding="utf-8")
    assert "cannot tell any closer than to 5 possible values" in page
    for sentence in (*profile("documents").sentences(), "What no check of files can tell", "rounded to 10"):
        assert sentence in page
    assert audit.passed
    assert "E05000001" not in page  # it names no area


def test_the_same_folder_gets_the_same_certificate(folder: Path) -> None:
    certify(folder, rules=profile("documents"))
    first = [(folder / name).read_bytes() for name in FILES]
    certify(folder, rules=profile("documents"))
    assert [(folder / name).read_bytes() for name in FILES] == first


def test_a_folder_that_gives_counts_back_gets_none(folder: Path) -> None:
    write(folder, [3, 10, 20, 0, 30, 10, 50, 40])
    with pytest.raises(DataError) as refused:
        certify(folder, rules=profile("documents"))
    assert refused.value.message.startswith(
        "the folder would give away what its rules protect, and was not published: "
        "Not safe to publish: 2 small counts given back, 2 exactly; 0 protected"
    )
    assert not (folder / "about").exists()


def test_an_earlier_edition_is_part_of_what_a_reader_has(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "before" / "tables").mkdir(parents=True)
    write(tmp_path / "before", [3, 10, 20, 4, 30, 10, 50, 40])
    with pytest.raises(DataError, match="2 small counts given back"):
        certify(folder, rules=profile("documents"), since=[tmp_path / "before"])
