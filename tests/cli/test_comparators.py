"""`hotspots comparators`: from the Home Office's table to one that the other commands read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hotspots.analysis.comparators import read_comparators

Run = Callable[..., tuple[int, str, str]]

HEADER = "Financial Year,Financial Quarter,Force_Name,Offence Description,Offence_Code,Number of Offences"
ROWS = (
    ("1", "Kent", "A", "30", "100", "Burglary"),
    ("1", "Kent", "A", "30", "5", "Burglary"),  # the same offence and quarter again: summed
    ("2", "Kent", "A", "30", "-15", "Burglary"),  # a correction
    ("1", "Kent", "B", "105A", "40", "Violence and Sexual Offences"),
    ("2", "London, City of", "A", "30", "7", "Burglary"),
    ("1", "Action Fraud", "F", "AF", "900", "Other crime"),
    ("1", "British Transport Police", "A", "30", "60", "Burglary"),
)


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = [f'2024/25,{q},"{force}",{what},{code},{n}' for q, force, what, code, n, _ in ROWS]
    (tmp_path / "plain.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    whole = [f"{line},{row[-1]}" for line, row in zip(lines, ROWS, strict=True)]
    (tmp_path / "prc.csv").write_text("\n".join([f"{HEADER},Policeuk_Cat", *whole]) + "\n", encoding="utf-8")
    people = 'force,population\nKent,2000\n"London, City of",500\n'
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    return tmp_path


def made(path: Path) -> Any:
    return pd.read_csv(path, index_col=["force", "category"])


def test_a_table_that_the_others_read(hotspots: Run, tables: Path) -> None:
    code, _, err = hotspots("comparators", "prc.csv", "--population", "people.csv", "-o", "out.csv")
    assert code == 0, err
    assert (
        "Left out, as they have no residents: Action Fraud, British Transport Police (960 offences)"
        in err.splitlines()
    )
    assert "Negative numbers, which correct earlier quarters and count: 1" in err
    table = made(tables / "out.csv")
    n = table["n"]
    assert n["Kent", "Burglary"] == 100 + 5 - 15
    assert n["Kent", "Total Recorded Crime"] == 90 + 40
    assert n["City of London", "Burglary"] == 7
    assert n["England and Wales", "Burglary"] == 97
    assert n["England and Wales", "Violence and sexual offences"] == 40
    assert table["population"].groupby("force").first().to_dict() == {
        "City of London": 500,
        "England and Wales": 2500,
        "Kent": 2000,
    }
    assert set(table["months"]) == {6}
    assert set(table["period"]) == {"2024/25 (2 quarters)"}
    read = read_comparators(tables / "out.csv")
    assert read.loc["Burglary", "England and Wales n"] == 97


def test_forces_named_and_categories_from_a_mapping(hotspots: Run, tables: Path) -> None:
    mapping = "Offence_Code,Policeuk_Cat\n30,Burglary\n105A,Violence and Sexual Offences\n"
    (tables / "map.csv").write_text(mapping, encoding="utf-8")
    words = ("comparators", "plain.csv", "--force", "kent", "-o", "out.csv")
    code, _, err = hotspots(*words)
    assert code == 1
    assert "has no column 'Policeuk_Cat'" in err
    assert hotspots(*words, "--mapping", "map.csv")[0] == 0
    table = made(tables / "out.csv")
    assert list(dict.fromkeys(table.index.get_level_values("force"))) == ["England and Wales", "Kent"]
    assert table.loc[("England and Wales", "Total Recorded Crime"), "n"] == 137
    assert table["population"].isna().all()
    (tables / "map.csv").write_text("Offence_Code,Policeuk_Cat\n30,Burglary\n", encoding="utf-8")
    code, _, err = hotspots(*words, "--mapping", "map.csv", "--overwrite")
    assert code == 1
    assert "Error: no police.uk category is known of the offences 105A" in err


def test_a_force_that_is_not_there(hotspots: Run, tables: Path) -> None:
    code, _, err = hotspots("comparators", "prc.csv", "--force", "Knet", "-o", "out.csv")
    assert code == 1
    assert "Error: there is no force 'Knet'\nHint: did you mean 'Kent'?" in err
    assert not (tables / "out.csv").exists()
