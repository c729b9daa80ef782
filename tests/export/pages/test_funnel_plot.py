"""The funnel plot: well formed, true to its numbers, the same every time."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, FileError
from hotspots.export.pages.funnel_plot import COLOURS, funnel_svg, write_funnel_plot

SVG = "{http://www.w3.org/2000/svg}"


def parsed(title: str = "Town") -> ET.Element:
    return ET.fromstring(funnel_svg(town(), curves(), expected=80, title=title))  # noqa: S314 - our own text


def town(number: int = 30) -> pd.DataFrame:
    random = np.random.default_rng(2)
    areas = pd.DataFrame(
        {
            "name": [f"Ward <{i}> & Sons" for i in range(number)],
            "population": random.integers(2000, 9000, number).astype(float),
            "rate": random.gamma(9, 9, number),
            "fn_flag": "within limits",
            "fn_z": 0.0,
        },
        index=[f"E05{i:06d}" for i in range(number)],
    )
    first, fourth = areas.index[:3], areas.index[3]
    areas.loc[first, "fn_flag"] = "above 99.8% limit"
    areas.loc[first, "fn_z"] = 4.0
    areas.loc[first, "rate"] = 250.0
    areas.loc[fourth, "rate"] = np.nan
    areas.loc[fourth, "fn_flag"] = None
    return areas


def curves() -> pd.DataFrame:
    people = np.linspace(50, 9200, 100)
    reach = 80 * np.sqrt(1000 / people)
    return pd.DataFrame(
        {
            "population": people,
            "lo95": np.maximum(80 - reach, 0),
            "hi95": 80 + reach,
            "lo998": np.maximum(80 - 1.6 * reach, 0),
            "hi998": 80 + 1.6 * reach,
        }
    )


def test_every_area_with_a_rate_is_a_point_and_outliers_are_named() -> None:
    root = parsed("Burglary & more")
    points = [circle for circle in root.iter(f"{SVG}circle") if circle.find(f"{SVG}title") is not None]
    assert len(points) == 29
    assert [point.get("fill") for point in points].count(COLOURS["above 99.8% limit"]) == 3
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"Ward <0> & Sons", "Ward <1> & Sons", "Ward <2> & Sons"} <= set(texts)
    assert "Ward <5> & Sons" not in texts
    assert {"Population", "Rate per 1,000 people a year", "Burglary & more"} <= set(texts)
    assert root.findtext(f"{SVG}title") == "Burglary & more"
    tip = points[0].findtext(f"{SVG}title")
    assert (
        tip
        == f"Ward <0> & Sons: 250.0 per 1,000, {town()['population'].iloc[0]:,.0f} people, above 99.8% limit"
    )


def test_points_stand_where_their_numbers_are() -> None:
    root = parsed()
    points = [circle for circle in root.iter(f"{SVG}circle") if circle.find(f"{SVG}title") is not None]
    drawn = town().dropna(subset=["rate"])
    across = np.array([float(point.attrib["cx"]) for point in points])
    down = np.array([float(point.attrib["cy"]) for point in points])
    assert np.corrcoef(across, drawn["population"])[0, 1] == pytest.approx(1)
    assert np.corrcoef(down, drawn["rate"].astype(float))[0, 1] == pytest.approx(-1)
    assert ((across > 0) & (across < 900) & (down > 0) & (down < 560)).all()


def test_names_do_not_lie_on_each_other() -> None:
    root = parsed()
    names = [
        (float(t.attrib["x"]), float(t.attrib["y"])) for t in root.iter(f"{SVG}text") if "Ward" in str(t.text)
    ]
    assert len(names) == 3
    for (left, down), (other_left, other_down) in itertools.combinations(names, 2):
        assert abs(left - other_left) > 6.6 * len("Ward <0> & Sons") or abs(down - other_down) >= 13


def test_same_input_same_bytes_and_nothing_is_overwritten(tmp_path: Path) -> None:
    write_funnel_plot(town(), curves(), tmp_path / "a.svg", expected=80)
    write_funnel_plot(town(), curves(), tmp_path / "b.svg", expected=80)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert not re.search(r"nan|inf", (tmp_path / "a.svg").read_text(encoding="utf-8").replace("Infinity", ""))
    with pytest.raises(FileError):
        write_funnel_plot(town(), curves(), tmp_path / "a.svg", expected=80)


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(DataError) as error:
        funnel_svg(town().assign(rate=np.nan), curves(), expected=80, title="Town")
    assert error.value.message == "no area has a rate and a flag, so there is no funnel to draw"
    assert error.value.hint == "supply populations"
