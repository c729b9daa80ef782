"""`hotspots assess`, and the same sheet in a recipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

Run = Callable[..., tuple[int, str, str]]
BANDS = ("--band", "Low", "--band", "Moderate", "--band", "High", "--band", "Severe")
SHEET = """theme,impact: individual harm,impact: community harm,likelihood: volume,confidence: evidence
Burglary,3,2,,4
Fraud,2,1,4,1
"""


def test_a_sheet_becomes_a_ranking(hotspots: Run, town: Path) -> None:
    Path("setting.csv").write_text(SHEET.replace(",,", ",2,"), encoding="utf-8")
    words = ("assess", "setting.csv", "--scale", "1", "4", *BANDS, "--banner", "volume", "-o", "ranked.csv")
    code, _, err = hotspots(*words)
    assert code == 0, err
    assert err.splitlines()[-1] == "Wrote 2 themes to ranked.csv"
    table = pd.read_csv("ranked.csv")
    # Fraud (2+1)/2 x 4 = 6; Burglary (3+2)/2 x 2 = 5.
    assert table[["theme", "rank", "score", "banner"]].to_numpy().tolist() == [
        ["Fraud", 1, 6.0, "Severe volume"],
        ["Burglary", 2, 5.0, "Moderate volume"],
    ]
    added = hotspots(
        "assess", "setting.csv", "--combine", "sum", "--group", "impact", "--group", "confidence"
    )
    assert added[0] == 0
    assert added[1].splitlines()[1].startswith("Burglary,2.5,2.0,4.0,6.5,1,")


def test_what_is_wrong_with_a_sheet_is_said_in_the_words_of_the_command(hotspots: Run, town: Path) -> None:
    Path("setting.csv").write_text(SHEET, encoding="utf-8")
    code, out, err = hotspots("assess", "setting.csv", "-o", "ranked.csv")
    assert (code, out) == (1, "")
    assert (
        "Error: the sheet of scores 'setting.csv' has no score of 'Burglary' for 'likelihood: volume'" in err
    )
    assert not Path("ranked.csv").exists()
    code, _, err = hotspots("assess", "setting.csv", "--scale", "4", "1")
    assert code == 1
    assert "Error: the scale runs from 4 to 1" in err
    assert "--scale" in err


def test_a_recipe_fills_in_the_volume_and_reports_the_ranks(hotspots: Run, town: Path) -> None:
    Path("setting.csv").write_text(SHEET, encoding="utf-8")
    Path("analysis.toml").write_text(
        """
title = "Town"
[incidents]
source = "2025-*/*-street.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
population_table = "people.csv"
[[theme]]
name = "Burglary"
category = "Burglary"
[assess]
sheet = "setting.csv"
scale = [1, 4]
volume = [1, 1000000]
bands = ["Low", "Moderate", "High", "Severe"]
banner = ["volume", "individual harm"]
[report]
sections = ["assess"]
""",
        encoding="utf-8",
    )
    code, _, err = hotspots("run", "analysis.toml", "-o", "out")
    assert code == 0, err
    table = pd.read_csv("out/tables/assessment.csv").set_index("theme")
    # One of two limits is reached: half-way between 1 and 4.
    assert table.loc["Burglary", "likelihood"] == 2.5
    assert table.loc["Burglary", "score"] == 6.25
    assert table.loc["Burglary", "banner"] == "High volume / High individual harm"
    report = Path("out/report.html").read_text(encoding="utf-8")
    assert (
        "The score is that of impact and likelihood, multiplied; each is the mean of its criteria." in report
    )
    assert "High volume / High individual harm" in report
