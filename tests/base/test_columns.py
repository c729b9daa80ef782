"""The vocabulary holds to its own rules."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.columns import COLUMNS, Column, column_label, format_value


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
