"""The page and the picture of a grid of times: words, text in every cell, colours that one spike does not take."""

from __future__ import annotations

import re

import pytest

from hotspots.base.classes import TIMES
from hotspots.export.picture.saving import picture_bytes
from hotspots.export.times.grid import DOWN, UP, Cell, TimeGrid, class_of
from hotspots.export.times.page import times_html
from hotspots.export.times.picture import draw_times

GRID = TimeGrid(
    "Theft & <b>worse</b>",
    ["Most: Friday 22:00 to Saturday 02:00, 2.4 times the mean."],
    "Weekday by hour",
    ["Friday", "All"],
    ["00", "01", "All"],
    [
        [Cell(40.0, UP, "Friday 00:00: 40 incidents"), Cell(1.02), Cell(float("nan"))],
        [Cell(0.3, DOWN), Cell(2.96, UP), Cell(1.0)],
    ],
    ["Notes."],
)


@pytest.mark.parametrize(
    ("ratio", "label"),
    [
        (1000, "3 times the mean or more"),
        (3, "3 times the mean or more"),
        (2.9, "2 to 3 times"),
        (1.5, "1.5 to 2 times"),
        (1, "About the mean"),
        (0.7, "About the mean"),
        (0.6, "A half to two thirds"),
        (0.4, "A third to a half"),
        (0.3, "Under a third"),
        (0, "Under a third"),
    ],
)
def test_classes_are_fixed_multiples_of_the_mean(ratio: float, label: str) -> None:
    assert class_of(ratio).label == label


def test_a_cell_is_coloured_by_the_number_that_it_shows() -> None:
    assert Cell(2.96).text == "3.0"
    assert Cell(2.96).look == TIMES[0]
    assert Cell(float("nan")).text == "–"
    assert Cell(float("nan")).look is None


def test_letters_can_be_read_on_every_fill() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for ratio in (5.0, 2.5, 1.7, 1.0, 0.6, 0.4, 0.1):
        cell = Cell(ratio)
        assert cell.look is not None
        light, dark = sorted([luminance(cell.look.colour), luminance(cell.ink)], reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.1, AA


def test_the_page_is_a_real_table_with_words_above_and_nothing_of_the_data_runs() -> None:
    page = times_html([GRID], title="Hot times", attribution="Source: police")
    assert page.index("Most: Friday 22:00") < page.index("<table>")
    assert page.count('<th scope="col">') == 3
    assert page.count('<th scope="row">') == 2
    cells = re.findall(r"<td[^>]*title=[^>]*>([^<]*)</td>", page)
    assert cells == ["40.0▲", "1.0", "–", "0.3▼", "3.0▲", "1.0"]
    assert "Theft &amp; &lt;b&gt;worse&lt;/b&gt;" in page
    assert "<b>worse" not in page
    assert "Weekday by hour: times the mean rate per hour</caption>" in page
    assert "http" not in page
    assert "<script" not in page
    assert page == times_html([GRID], title="Hot times", attribution="Source: police")


def test_the_picture_has_every_number_and_is_the_same_each_time() -> None:
    svg = picture_bytes(draw_times(GRID, attribution="Source: police"), "svg")
    assert svg == picture_bytes(draw_times(GRID, attribution="Source: police"), "svg")
    words = {text.get_text() for text in draw_times(GRID).texts}
    assert {"40.0▲", "1.0", "–", "0.3▼", "3.0▲", "Friday", "00", "Theft & <b>worse</b>"} <= words
    assert GRID.title not in {text.get_text() for text in draw_times(GRID, on="page").texts}
