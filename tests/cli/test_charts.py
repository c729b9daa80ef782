"""`hotspots charts` and `hotspots trend`, on the bundled sample and on files made for the purpose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from hotspots_cli.main import run


@pytest.fixture
def street(tmp_path: Path) -> tuple[Path, Path]:
    """A year of burglaries in 16 squares, with a spike in the last month of one and a step in another."""
    random = np.random.default_rng(4)
    squares = [box(400_000 + 1000 * k, 300_000, 401_000 + 1000 * k, 301_000) for k in range(16)]
    areas = gpd.GeoDataFrame(
        {"code": [f"E05{k:06}" for k in range(16)], "name": [f"Ward {k}" for k in range(16)]},
        geometry=squares,
        crs="EPSG:27700",
    )
    rows = []
    for number, month in enumerate(pd.period_range("2025-01", periods=12, freq="M")):
        for k in range(16):
            n = 50 if (k, number) == (3, 11) else (40 if number >= 6 else 8) if k == 5 else random.poisson(12)
            rows += [(str(month), 400_500 + 1000 * k, 300_500, "Burglary")] * int(n)
    areas.to_file(tmp_path / "wards.gpkg")
    table = pd.DataFrame(rows, columns=["Month", "Easting", "Northing", "Crime type"])
    table.to_csv(tmp_path / "street.csv", index=False)
    return tmp_path / "street.csv", tmp_path / "wards.gpkg"


def test_charts_lists_the_spike_first(
    street: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "unusual.csv"
    assert run(["charts", str(street[0]), "--areas", str(street[1]), "-o", str(out)]) == 0
    table = pd.read_csv(out)
    assert table.iloc[0][["name", "theme", "month", "n", "un_flag"]].tolist() == [
        "Ward 3", "Burglary", "2025-12", 50, "unusually high",
    ]  # fmt: skip
    assert len(table) == 16
    told = capsys.readouterr().err
    assert "Burglary in Ward 3: 50 in December 2025, " in told
    # It ends in December: nothing is left of it.
    assert "\nThe year, all areas: " in told


def test_charts_writes_every_month_on_request(street: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "unusual.csv"
    assert run(["charts", str(street[0]), "--areas", str(street[1]), "--every-month", "-o", str(out)]) == 0
    assert pd.read_csv(out)["month"].value_counts().to_dict() == dict.fromkeys(
        [f"2025-{month:02}" for month in range(1, 13)], 16
    )


def test_charts_of_one_month_says_so(street: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["charts", str(street[0]), "--areas", str(street[1]), "--period", "2025-03"]) == 0
    assert "There are no charts of areas: 1 month cannot tell what is usual." in capsys.readouterr().err


def test_an_option_is_named_as_it_is_typed(
    street: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["charts", str(street[0]), "--areas", str(street[1]), "--rebase", "2020-01"]) == 1
    assert (
        "Error: --rebase is '2020-01', which is not among the months 2025-01 to 2025-12"
        in capsys.readouterr().err
    )


def test_trend_names_the_step(
    street: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "trend.gpkg"
    assert run(["trend", str(street[0]), "--areas", str(street[1]), "-o", str(out)]) == 0
    layer = gpd.read_file(out).set_index("name")
    assert layer.loc["Ward 5", "hi_shape"] == "step up"
    assert layer.loc["Ward 5", "st_after"] == "2025-06"
    assert "Ward 5: step up in July 2025, against all areas: from " in capsys.readouterr().err


def test_trend_without_months_is_refused(
    tmp_path: Path, street: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    pd.read_csv(street[0]).drop(columns="Month").to_csv(tmp_path / "bare.csv", index=False)
    for command in (["trend", "-o", str(tmp_path / "t.gpkg")], ["charts"]):
        assert run([command[0], str(tmp_path / "bare.csv"), "--areas", str(street[1]), *command[1:]]) == 1
        assert "Error: no incident has a month, so there is no" in capsys.readouterr().err


def test_the_year_so_far_ends_on_the_last_day_of_files_with_days(
    hotspots: Callable[..., tuple[int, str, str]], town: Path
) -> None:
    # In each of nine wards one incident on the 5th and one on the 20th of each month, up to 12 March 2025.
    rows = [
        f"{400_500 + 1000 * (ward // 3)},{330_500 + 1000 * (ward % 3)},Burglary,{month}-{day}"
        for month in pd.period_range("2024-01", "2025-03", freq="M")
        for ward in range(9)
        for day in ("05", "20")
        if (str(month), day) != ("2025-03", "20")
    ]
    rows.append("400500,330500,Burglary,2025-03-12")
    (town / "own.csv").write_text(
        "\n".join(["Easting,Northing,Category,Date", *rows]) + "\n", encoding="utf-8"
    )
    # 2 x 18 + 9 + 1 = 46 up to 12 March 2025; 2 x 18 + 9 = 45 up to 12 March 2024.
    said = "46 incidents from 1 January 2025 to 12 March 2025, 45 from the same day to the same day a year before"
    code, _, err = hotspots("charts", "own.csv", "--areas", "wards.gpkg", "-o", "unusual.csv")
    assert code == 0, err
    assert f"The year so far, all areas: {said}" in err
    recipe = (
        'title = "Town"\n[incidents]\nsource = "own.csv"\nperiod = "2025-01..2025-03"\n[[areas]]\nlabel = "Wards"\n'
        'source = "wards.gpkg"\n[[theme]]\nname = "Burglary"\n'
        '[change]\nbefore = "2024-01..2024-03"\n[charts]\n[report]\n'
    )
    (town / "a.toml").write_text(recipe, encoding="utf-8")
    code, _, err = hotspots("run", "a.toml", "-o", "out")
    assert code == 0, err
    year = pd.read_csv(town / "out" / "tables" / "year.csv").iloc[0]
    assert year[["ytd", "ytd_before"]].tolist() == [46, 45]
    report = (town / "out" / "report.html").read_text(encoding="utf-8")
    assert "Both years count up to 12 March, the last day that the files have." in report
