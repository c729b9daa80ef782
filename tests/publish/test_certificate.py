"""The certificate of a folder for publication: written where its rules hold, refused where they do not."""

from __future__ import annotations

import json
import re
from html import unescape
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


def test_the_certificate_speaks_the_recipes_words_and_folds_months(folder: Path) -> None:
    record = {
        "title": "Loamshire 2025",
        "period": "January to February 2025",
        "recipe": {
            "theme": [{"name": "Burglary & theft"}],
            "areas": [{"label": "Wards and parishes", "source": "wards.gpkg"}],
        },
        "incidents": {"by_month": [{"label": f"2025-0{month}", "rows": 0, "located": 0} for month in (1, 2)]},
    }
    (folder / "about").mkdir()
    (folder / "about" / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
    (folder / "tables" / "burglary_wards.csv").unlink()
    rows = "".join(
        f"E0500000{i},Ward {i},North,1500,{n},0,{n}\n"
        for i, n in enumerate([0, 10, 20, 0, 30, 10, 50, 40], 1)
    )
    text = "code,name,district,population,n,n_2025-01,n_2025-02\n" + rows
    (folder / "tables" / "burglary-theft_wards-and-parishes.csv").write_text(text, encoding="utf-8")
    certify(folder, rules=profile("documents"))
    page = unescape((folder / "about" / "disclosure.html").read_text(encoding="utf-8"))
    assert "Loamshire 2025, January to February 2025" in page
    rows_of = [row for row in re.findall(r"<tr>.*?</tr>", page, flags=re.DOTALL) if "Burglary & theft" in row]
    cells = [one for one in re.sub(r"\s*<[^>]+>\s*", "|", rows_of[0]).split("|") if one]
    # Eight wards by the whole period and two months: 2, 8 and 2 of them are 0, which stands for 0 to 4.
    assert cells == ["Burglary & theft", "Wards and parishes", "3", "24", "12", "5"]
    assert len(rows_of) == 1
    assert "The counts are of January to February 2025, and 2 single months." in page
    assert "Incidents; Incidents by month" in page
    assert "burglary-theft" not in page
    held = json.loads((folder / "about" / "disclosure.json").read_text(encoding="utf-8"))
    assert held["may_be_small"] == [
        {
            "theme": "Burglary & theft", "areas": "Wards and parishes", "periods": "3", "counts": "24",
            "may_be_small": "12", "fewest_values": "5",
        }
    ]  # fmt: skip


def test_areas_without_a_months_file_are_named_apart_and_are_not_counted_among_the_protected(
    folder: Path,
) -> None:
    lacks = "not covered in June 2025 (11 of 12 months)"
    rows = "".join(
        f"E0500000{i},Ward {i},{'North' if i < 7 else 'South'},1500,{'covered' if i < 7 else lacks},{n}\n"
        for i, n in enumerate(["0", "10", "20", "0", "30", "10", "", ""], 1)
    )
    text = "code,name,district,population,coverage,n\n" + rows
    (folder / "tables" / "burglary_wards.csv").write_text(text, encoding="utf-8")
    audit = certify(folder, rules=profile("documents"))
    assert (len(audit.cells), int((audit.cells["state"] == "protected").sum())) == (6, 2)
    held = json.loads((folder / "about" / "disclosure.json").read_text(encoding="utf-8"))
    assert held["withheld"] == [
        {
            "areas": "Wards",
            "districts": "South",
            "number": "2",
            "why": "Not covered in June 2025 (11 of 12 months)",
            "names": "Ward 7 and Ward 8",
        }
    ]
    page = unescape((folder / "about" / "disclosure.html").read_text(encoding="utf-8"))
    assert "Areas of which nothing is shown" in page
    assert "The blanks of these areas hide no small count." in page
    assert "Ward 7 and Ward 8" in page
