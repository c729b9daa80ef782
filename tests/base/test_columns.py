"""The vocabulary holds to its own rules."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.columns import COLUMNS, DRAWN, Column, column_label, format_value


@pytest.mark.parametrize("column", COLUMNS.values(), ids=lambda column: column.name)
def test_names_survive_a_shapefile_and_every_column_says_what_it_means(column: Column) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,9}", column.name)
    assert column.label
    assert column.meaning
    assert not column.meaning.endswith(".")


@pytest.mark.parametrize("gap", [None, float("nan"), pd.NA, pd.NaT, np.nan])
def test_gaps_read_no_data(gap: Any) -> None:
    assert format_value("rate", gap) == "no data"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("n", 12345, "12,345"),
        ("rate", 0.04, "0.0"),
        ("rate", np.float64(432.34), "432.3"),
        ("gi_q", 0.00002, "under 0.0001"),
        ("gi_q", 0.05, "0.0500"),
        ("gi_z", -1.396, "-1.40"),
        ("sd_near", True, "yes"),
        ("sd_near", np.False_, "no"),
        ("name", "Joiner's Square", "Joiner's Square"),
        ("imd_rank", 7976.0, "7,976"),
        ("imd_score", 12.3456, "12.346"),
    ],
)
def test_values_are_shown_as_a_reader_expects(name: str, value: Any, text: str) -> None:
    assert format_value(name, value) == text


def test_labels_carry_the_unit() -> None:
    assert column_label("density") == "Density (incidents per km² a year)"
    assert column_label("name") == "Name"


def test_the_map_orders_areas_by_the_number_behind_each_flag() -> None:
    behind = {name: drawn.behind for name, drawn in DRAWN.items() if COLUMNS[name].classes}
    assert behind == {
        "priority": "score",
        "sd_flag": "sd_score",
        "sd_since": "sd_score",
        "sens_class": "sens_share",
        "ch_flag": "ch_diff",
        "un_flag": "un_score",
        "hi_shape": "tr_pct",
        "cmp_flag": "cmp_ratio",
        "fn_flag": "fn_z",
        "gi_class": "gi_z",
        "em_class": "em_hot",
        "lm_class": "lm_i",
        "rk_class": "rk_p",
    }
    assert set(behind.values()) <= set(COLUMNS)


def test_flags_are_offered_before_rates_and_each_has_a_turn_of_its_own() -> None:
    assert list(DRAWN)[:3] == ["priority", "sd_flag", "sens_class"]
    assert list(DRAWN).index("rate") < list(DRAWN).index("n") < list(DRAWN).index("gi_class")
    turns = [drawn.turn for drawn in DRAWN.values()]
    assert turns == sorted(set(turns))


@pytest.mark.parametrize("column", [column for column in COLUMNS.values() if column.classes])
def test_a_flag_has_values_that_differ_and_colours_that_differ(column: Column) -> None:
    assert column.kind == "flag"
    # A map has the priorities of a whole force or those of a part of it, never both.
    shown = [entry for entry in column.classes if "overall" not in str(entry.value)]
    for given in ("value", "colour", "label"):
        assert len({getattr(entry, given) for entry in shown}) == len(shown)
