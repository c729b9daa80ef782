"""`hotspots audit`: an account for people, a record for machines, and an exit code."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hotspots.analysis.audit.audit import audit_folders
from hotspots.publish.words.audit import audit_lines

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a table of four areas, of which one has 2 burglaries."""
    (tmp_path / "out" / "tables").mkdir(parents=True)
    rows = "".join(f"E0500000{i},Ward {i},North,{n}\n" for i, n in enumerate([2, 10, 20, 0], 1))
    text = "code,name,district,n\n" + rows
    (tmp_path / "out" / "tables" / "burglary_wards.csv").write_text(text, encoding="utf-8")
    return tmp_path / "out"


def test_the_account_says_what_is_given_back_and_by_what(hotspots: Call, folder: Path) -> None:
    code, out, _ = hotspots("audit", folder)
    assert code == 1
    assert out.splitlines() == [
        "Audited out: 4 counts of 1 theme in 4 areas, read back from 1 file",
        "Held to: counts of 1 to 4 protected, as the folder states no rules (choose others with --profile)",
        "",
        "Not safe to publish: 1 small count given back, 1 exactly; 0 protected",
        "",
        "Given back by one column alone",
        "  tables/burglary_wards.csv, column 'n': 1",
        "",
        "For example",
        "  burglary in E05000001: 2",
    ]


def test_what_is_given_back_for_want_of_time_is_told_apart(folder: Path) -> None:
    audit = audit_folders([folder])
    assert not any("not proved" in line for line in audit_lines(audit))
    stopped = dataclasses.replace(audit, cells=audit.cells.assign(proved=audit.cells["area"] != "E05000001"))
    assert audit_lines(stopped)[4] == (
        "  Of 1 of them this is not proved: the search took too long, and what it had not met counts as impossible "
        "(audit again when the machine has less to do)"
    )


def test_a_profile_or_a_threshold_is_what_it_is_held_to(hotspots: Call, folder: Path) -> None:
    assert hotspots("audit", folder, "--threshold", 2)[0] == 0
    code, out, _ = hotspots("audit", folder, "--profile", "sacro")
    assert code == 1
    assert "Held to: the profile 'sacro': counts of 0 to 9 protected, chosen for this audit" in out
    assert "2 small counts given back" in out
    code, _, err = hotspots("audit", folder, "--profile", "sacro", "--threshold", 3)
    assert code == 1
    assert "'profile' and 'threshold' are both given" in err
    code, _, err = hotspots("audit", folder, "--profile", "nsh")
    assert code == 1
    assert "there is no profile 'nsh'" in err


def test_the_record_says_the_same_and_gives_no_count_back(hotspots: Call, folder: Path) -> None:
    code, out, _ = hotspots("audit", folder, "--json")
    held = json.loads(out)
    assert code == 1
    assert (held["passed"], held["given_back"], held["counts"], held["shown"]) == (False, 1, 4, 3)
    assert held["given_back_by"] == [{"file": "tables/burglary_wards.csv", "column": "n", "counts": 1}]
    assert "E05000001" not in out


def test_a_folder_that_is_not_there_is_a_sentence(hotspots: Call, tmp_path: Path) -> None:
    code, out, err = hotspots("audit", tmp_path / "none")
    assert (code, out) == (1, "")
    assert "does not exist" in err
    assert "Traceback" not in err
