"""CSV for spreadsheets."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.base.errors import FileError
from hotspots.export.tables.csv import write_csv


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["=HYPERLINK(1)", "-Town", "@a", "+b", "\tc", "Plain, with comma", None],
            "change": [-2.5, 0.1 + 0.2, np.nan, 1e-9, 5.0, 6.0, 7.0],
            "gi_class": pd.Categorical(["hot99", "-x", None, "none", "none", "none", "none"]),
        },
        index=pd.Index([f"E{i}" for i in range(7)], name="code"),
    )


def test_text_is_inert_and_numbers_are_untouched(tmp_path: Path) -> None:
    write_csv(frame(), tmp_path / "a.csv")
    back = pd.read_csv(tmp_path / "a.csv", encoding="utf-8-sig", dtype=str)
    assert back["name"].tolist()[:6] == [
        "'=HYPERLINK(1)",
        "'-Town",
        "'@a",
        "'+b",
        "'\tc",
        "Plain, with comma",
    ]
    assert back["gi_class"].tolist()[:2] == ["hot99", "'-x"]
    # Python's own float reads every digit that was written; pandas' parser may miss the last one.
    np.testing.assert_array_equal(back["change"].map(float), frame()["change"])
    assert back["code"].tolist() == frame().index.tolist()


def test_headings_and_codes_are_inert_too(capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(pd.DataFrame({"=sum": [-1]}, index=pd.Index(["-E1"], name="code")), "-")
    assert capsys.readouterr().out == "code,'=sum\n'-E1,-1\n"


def test_excel_recognises_a_file_and_a_pipe_has_no_mark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    welsh = pd.DataFrame({"name": ["Tŷ Ddewi"]})
    write_csv(welsh, tmp_path / "a.csv")
    write_csv(welsh, "-")
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbfname\nT\xc5\xb7 Ddewi\n"
    assert capsys.readouterr().out == "name\nTŷ Ddewi\n"


def test_geometry_is_left_out_and_the_layer_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    layer = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(1, 2)], index=pd.Index(["E1"], name="code"))
    write_csv(layer, "-")
    assert capsys.readouterr().out == "code,n\nE1,1\n"
    assert list(layer.columns) == ["n", "geometry"]


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    write_csv(frame(), tmp_path / "a.csv")
    with pytest.raises(FileError, match="exists already"):
        write_csv(frame(), tmp_path / "a.csv")
