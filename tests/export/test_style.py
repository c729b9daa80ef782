"""Classes, labels and colours."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.surface import Surface
from hotspots.export.style import (
    DENSITY_RAMP,
    HIGHEST,
    QUANTITY_RAMP,
    Style,
    layer_style,
    style_for,
    surface_style,
)
from hotspots.methods.change import CHANGE_FLAGS
from hotspots.methods.compare import COMPARISONS
from hotspots.methods.funnel import FUNNEL_FLAGS
from hotspots.methods.getisord.statistic import GI_CLASSES
from hotspots.priorities.localities import ORDER

# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB.
DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def lab(colour: str, matrix: list[list[float]]) -> np.ndarray:
    code = np.frombuffer(bytes.fromhex(colour.lstrip("#")), dtype=np.uint8) / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0, 1)
    x, y, z = np.cbrt(np.maximum(np.array(TO_XYZ) @ seen / [0.9505, 1, 1.089], 1e-4))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("column", ["sd_flag", "gi_class", "sens_class"])
def test_classes_stay_apart_for_the_colour_blind(column: str, deficiency: str) -> None:
    style = style_for(column)
    colours = [entry.colour for entry in (*style.classes, style.missing)]
    seen = [lab(colour, DEFICIENCIES[deficiency]) for colour in colours]
    nearest = min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2))
    assert nearest > 6  # 2.3 is just noticeable side by side


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("ramp", [QUANTITY_RAMP, DENSITY_RAMP])
def test_ramps_darken_step_by_step_for_the_colour_blind(ramp: tuple[str, ...], deficiency: str) -> None:
    lightness = [lab(colour, DEFICIENCIES[deficiency])[0] for colour in ramp]
    assert all(darker < lighter - 4 for lighter, darker in itertools.pairwise(lightness))


def test_flag_labels_name_the_limits() -> None:
    # mean 80, SD 30: mean - SD = 50, mean - 2 SD = 20
    assert [entry.label for entry in style_for("sd_flag", thresholds=(80, 30)).classes] == [
        "Significantly above (over 140.0)",
        "Above (over 110.0, to 140.0)",
        "Average (50.0 to 110.0)",
        "Below (under 50.0, to 20.0)",
        "Significantly below (under 20.0)",
    ]


def test_flags_that_cannot_occur_say_so() -> None:
    # mean 50, SD 30: mean - 2 SD = -10, and no rate is below zero
    labels = [entry.label for entry in style_for("sd_flag", thresholds=(50, 30)).classes]
    assert labels[3:] == ["Below (under 20.0)", "Significantly below (cannot occur: limit under 0)"]
    labels = [entry.label for entry in style_for("sd_flag", thresholds=(20, 30)).classes]
    assert labels[2:4] == ["Average (up to 50.0)", "Below (cannot occur: limit under 0)"]


def test_flag_limits_are_read_from_the_layer_when_all_areas_share_them() -> None:
    layer = pd.DataFrame({"sd_flag": ["above", None], "sd_mean": [80.0, np.nan], "sd_above": [110.0, np.nan]})
    assert layer_style(layer, "sd_flag").classes[0].label == "Significantly above (over 140.0)"
    by_district = pd.DataFrame(
        {"sd_flag": ["above"] * 2, "sd_mean": [80.0, 90.0], "sd_above": [110.0, 120.0]}
    )
    assert layer_style(by_district, "sd_flag").classes[0].label == "Significantly above"


def test_hotspot_classes_are_found_and_missing_is_apart_from_undefined() -> None:
    style = style_for("gi_class")
    found = style.classify(pd.Series(["hot99", "none", "undefined", None], dtype="category"))
    assert found.tolist() == [0, 3, 7, -1]
    assert style.missing.label == "No data"
    assert style.missing.colour != style.classes[7].colour


def test_sensitivity_classes_say_what_they_hold() -> None:
    style = style_for("sens_class")
    assert [entry.label for entry in style.classes] == [
        "Robust: hot in 90% of runs or more",
        "Depends on a choice: hot in some runs",
        "Never hot",
    ]
    assert [entry.neutral for entry in style.classes] == [False, False, True]
    assert style.classify(pd.Series(["never", "robust", None], dtype="category")).tolist() == [2, 0, -1]


def test_the_highest_twentieth_of_skewed_numbers_has_a_class_and_the_darkest_colour() -> None:
    # 1 to 95 and five of 500 to 900: the fifths end at 20, 40, 60, 80, and 5 of 100 lie above 95, rounded 90 or 100
    values = np.array([*range(1, 96), 500, 600, 700, 800, 900], dtype=float)
    style = style_for("n", values)
    assert [entry.label for entry in style.classes] == [
        "101 to 900",
        "81 to 100",
        "61 to 80",
        "41 to 60",
        "21 to 40",
        "1 to 20",
    ]
    assert style.classes[0].colour == HIGHEST
    assert [entry.colour for entry in style.classes[1:]] == list(reversed(QUANTITY_RAMP))
    assert np.bincount(style.classify(values)).tolist() == [5, 15, 20, 20, 20, 20]


@pytest.mark.parametrize("count", [30, 100], ids=["few values", "values that are not skewed"])
def test_elsewhere_the_highest_fifth_is_not_divided(count: int) -> None:
    # 59 values at most, or a highest under twice the limit of the highest fifth
    values = np.arange(1, count + 1) if count == 100 else np.array([*range(1, 29), 500, 900])
    assert len(style_for("n", values).classes) == 5


def test_quantity_limits_are_round_and_labels_do_not_overlap() -> None:
    # 1..100: the fifths end at 20, 40, 60, 80
    style = style_for("rate", np.arange(1, 101) / 2)
    assert [entry.label for entry in style.classes] == [
        "40.1 to 50.0",
        "30.1 to 40.0",
        "20.1 to 30.0",
        "10.1 to 20.0",
        "0.5 to 10.0",
    ]
    assert style.title == "Rate (per 1,000 people a year)"
    assert style.classify(np.array([20.04, 20.06, 0.0, 999.0, np.nan])).tolist() == [3, 2, 4, 0, -1]


def test_common_zeros_get_a_class_of_their_own() -> None:
    style = style_for("n", np.array([0, 0, 0, 1, 2, 3, 4, 5]))
    assert [entry.label for entry in style.classes] == ["5", "4", "3", "2", "1", "0"]
    assert style.classes[-1].neutral
    assert style.title == "Incidents"


@pytest.mark.parametrize("values", [[], [np.nan], [0.0, 0.0], [7.0], [3.0, 3.0, 3.0]])
def test_degenerate_quantities_still_have_a_class_for_every_value(values: list[float]) -> None:
    style = style_for("n", np.array(values))
    found = style.classify(np.array(values))
    assert ((found >= 0) == ~np.isnan(values)).all()


@settings(max_examples=80)
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60), st.sampled_from(["n", "rate", "imd_score"]))
def test_every_value_has_the_class_whose_label_it_lies_in(numbers: list[int], column: str) -> None:
    values = np.array(numbers) / (1 if column == "n" else 8)
    style = style_for(column, values)
    found = style.classify(values)
    assert len(style.classes) <= 6
    for value, position in zip(values, found, strict=True):
        ends = [float(end.replace(",", "")) for end in style.classes[position].label.split(" to ")]
        assert ends[0] - 0.0501 <= value <= ends[-1] + 0.0501
    assert np.all(np.diff(found[np.argsort(values)]) <= 0)


def test_density_is_classed_by_multiples_of_the_mean_above_zero() -> None:
    # the mean over cells above zero is (2 + 4 + 6) / 3 = 4
    style = style_for("density", np.array([0, 0, 2, 4, 6, np.nan]))
    assert [entry.label for entry in style.classes] == [
        "5 × the mean or more (20.0 or more)",
        "4 to 5 × the mean (16.0 to 20.0)",
        "3 to 4 × the mean (12.0 to 16.0)",
        "2 to 3 × the mean (8.00 to 12.0)",
        "1 to 2 × the mean (4.00 to 8.00)",
        "Under the mean (under 4.00)",
    ]
    assert style.classify(np.array([3.9, 4.0, 8.0, 100.0])).tolist() == [5, 4, 3, 0]
    assert style.classes[-1].opacity == 0


def test_density_without_incidents_has_one_class_that_is_not_drawn() -> None:
    style = style_for("density", np.zeros(4))
    assert [entry.opacity for entry in style.classes] == [0.0]


def test_contours_are_classed_by_the_multiples_they_hold() -> None:
    layer = pd.DataFrame(
        {"multiple": [1, 3, 5], "dens_lo": [4.0, 12.0, 20.0], "dens_hi": [12.0, 20.0, np.inf]}
    )
    style = layer_style(layer, "multiple")
    assert [entry.label for entry in style.classes] == [
        "5 × the mean or more (20.0 or more)",
        "3 to 5 × the mean (12.0 to 20.0)",
        "1 to 3 × the mean (4.00 to 12.0)",
    ]
    assert style.classify(layer["multiple"]).tolist() == [2, 1, 0]
    assert style.classes[0].colour == DENSITY_RAMP[-1]


def test_a_value_outside_the_classes_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        Style("gi_class", "", style_for("gi_class").classes[:2]).classify(pd.Series(["cold99"]))
    assert caught.value.message == "column 'gi_class' holds 'cold99', which is in none of its classes"


def test_quantities_need_their_values() -> None:
    with pytest.raises(ParameterError) as caught:
        style_for("rate")
    assert caught.value.message == "the classes of 'rate' depend on its values, and none are given"
    assert caught.value.hint == "pass them, as in style_for('rate', layer['rate'])"


def test_an_unknown_column_is_guessed() -> None:
    with pytest.raises(ParameterError) as caught:
        layer_style(pd.DataFrame({"rate": [1.0], "n": [1]}), "rates")
    assert str(caught.value) == "the layer has no column 'rates'\nHint: did you mean 'rate'?"


@pytest.mark.parametrize(
    ("column", "categories"),
    [
        ("priority", (*(entry for entry in ORDER if "overall" not in entry), "")),
        ("priority", (*(entry for entry in ORDER if "force-wide" not in entry), "")),
        ("ch_flag", CHANGE_FLAGS),
        ("cmp_flag", COMPARISONS),
        ("fn_flag", FUNNEL_FLAGS),
        ("gi_class", GI_CLASSES),
    ],
)
def test_every_class_that_a_method_gives_has_a_colour_and_a_label(
    column: str, categories: tuple[str, ...]
) -> None:
    style = layer_style(pd.DataFrame({column: categories}), column)
    assert {entry.value for entry in style.classes} == set(categories)
    assert (style.classify(pd.Series(categories)) >= 0).all()
    assert len({entry.colour for entry in style.classes}) == len(categories)


def test_a_legend_calls_what_stands_out_of_all_by_one_name_only() -> None:
    said = {
        first: [
            entry.value
            for entry in layer_style(pd.DataFrame({"priority": [first, "", None]}), "priority").classes
        ]
        for first in ("borderline force-wide", "overall", "local")
    }
    rest = ["local", "borderline local", "watch", ""]
    assert said == {
        "borderline force-wide": ["force-wide", "borderline force-wide", *rest],
        "overall": ["overall", "borderline overall", *rest],
        "local": rest,
    }


def surface_of(values: Any, **parameters: Any) -> Surface:
    return Surface(np.asarray(values, dtype=float), 0, 400, 100, "EPSG:27700", "", parameters)


def test_a_surface_is_classed_by_the_share_of_incidents_with_the_highest_named() -> None:
    limits = [[0.1, 70], [0.25, 50], [0.5, 25], [0.75, 5]]
    surface = surface_of([[0, 5, 24.9], [25, 69.9, 812]], share_limits=limits)
    style = surface_style(surface)
    assert style.title == "Density (incidents per km² a year)"
    assert [entry.label for entry in style.classes] == [
        "Densest ground, up to 10% of incidents (70.0 to 812, the highest)",
        "Next, up to 25% (50.0 to 70.0)",
        "Next, up to 50% (25.0 to 50.0)",
        "Next, up to 75% (5.00 to 25.0)",
        "The other 25% (under 5.00)",
    ]
    assert style.classify(surface.values.ravel()).tolist() == [4, 3, 3, 2, 1, 0]
    assert [entry.opacity > 0 for entry in style.classes] == [True, True, True, True, False]
    assert surface_style(surface.classed("mean")).classes[-1].label.startswith("Under the mean")


def test_a_surface_that_does_not_say_is_classed_by_its_own_volume() -> None:
    # Ten cells of 1 to 10 make 55: 10 holds 18%, so no ground is dense enough for 10%; 10 alone for 25%; 10, 9, 8
    # hold 27, just under a half; 10 to 6 hold 40, under 41.25.
    surface = surface_of([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]])
    assert list(surface.share_limits().values()) == pytest.approx([10.00001, 9.5, 7.5, 5.5])
    style = surface_style(surface)
    assert style.classes[0].label == "Densest ground, up to 10% of incidents (none: one place holds more)"
    assert style.classify(np.array([10.0, 9.0, 7.0, 5.0])).tolist() == [1, 2, 3, 4]


def test_contours_are_classed_by_the_shares_they_hold() -> None:
    layer = pd.DataFrame(
        {"dens_share": [0.75, 0.5, 0.1], "dens_lo": [5.0, 25.0, 70.0], "dens_hi": [25.0, 70.0, np.nan]}
    )
    style = layer_style(layer, "dens_share")
    assert [entry.label for entry in style.classes] == [
        "Densest ground, up to 10% of incidents (70.0 or more)",
        "Next, up to 50% (25.0 to 70.0)",
        "Next, up to 75% (5.00 to 25.0)",
    ]
    assert style.classify(layer["dens_share"]).tolist() == [2, 1, 0]
    assert style.classes[0].colour == DENSITY_RAMP[-1]
    assert style_for("dens_share", layer["dens_share"]).classes[0].label == (
        "Densest ground, up to 10% of incidents"
    )


def test_names_and_dates_are_no_classes() -> None:
    names = pd.Series([None, "Ward 1", "Ward 2"])
    with pytest.raises(ParameterError) as caught:
        style_for("name", names)
    assert caught.value.message == (
        "'name' cannot be coloured: it holds neither numbers nor named classes, but 'Ward 1'"
    )
    assert caught.value.hint == "choose a column of numbers or of classes, such as rate, n or sd_flag"
    with pytest.raises(ParameterError, match=r"^'until' cannot be coloured: .* but '2025-01-01"):
        layer_style(pd.DataFrame({"until": pd.to_datetime(["2025-01-01"])}), "until")
    # Numbers that a file holds as text are numbers.
    assert style_for("n", pd.Series(["1", "2"])).classes == style_for("n", pd.Series([1, 2])).classes


def test_a_number_past_all_rates_is_named() -> None:
    with pytest.raises(DataError) as caught:
        style_for("rate", pd.Series([1.0, 1e308, 3.0]))
    assert caught.value.message == "'rate' cannot be coloured: it holds 1e+308, which no count or rate is"
    assert caught.value.hint == "mend that value in the layer, or draw another column"
    assert len(style_for("rate", pd.Series([1.0, 1e15])).classes) == 2
