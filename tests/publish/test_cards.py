"""What the cards of a map tell, and how sure a selection is in words."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from hotspots.publish.cards import layer_card, sure_of
from hotspots.publish.words.card import sure_words


def layer(**columns: object) -> gpd.GeoDataFrame:
    squares = [shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * i + 1000, 3e5 + 1000) for i in range(3)]
    return gpd.GeoDataFrame(columns, geometry=squares, index=["E1", "E2", "E3"], crs="EPSG:27700")


@pytest.mark.parametrize(
    ("chance", "selected", "said"),
    [
        (1.0, True, "That it is selected is firm: chance would hardly have changed it."),
        (0.95, True, "That it is selected is firm: chance would hardly have changed it."),
        (
            0.94,
            True,
            "That it is selected is fairly sure. Of ten such years, it would be selected in about 9.",
        ),
        (
            0.8,
            True,
            "That it is selected is fairly sure. Of ten such years, it would be selected in about 8.",
        ),
        (
            0.51,
            True,
            "Borderline: chance alone could have left it out. Of ten such years, it would be selected in about 5.",
        ),
        (
            0.45,
            False,
            "Nearly selected: chance alone could have brought it in. Of ten such years, it would be selected in "
            "about 4.",
        ),
        (
            0.1,
            False,
            "That it is not selected is fairly sure. Of ten such years, it would be selected in about 1.",
        ),
        (0.05, False, "That it is not selected is firm: chance would hardly have changed it."),
        (float("nan"), False, ""),
    ],
)
def test_how_sure_a_selection_is_has_no_decimals(chance: float, selected: bool, said: str) -> None:
    assert sure_words(chance, selected=selected) == said


def test_a_layer_says_how_sure_it_is_only_where_it_knows() -> None:
    assert sure_of(layer(n=1)) is None
    said = sure_of(layer(sel_share=[1.0, 0.0, None], selected=[True, False, False]))
    assert said is not None
    assert said.str.split(":").str[0].tolist() == [
        "That it is selected is firm",
        "That it is not selected is firm",
        "",
    ]


def test_the_card_of_a_plain_layer_has_one_bar_and_no_rank() -> None:
    # The mean of 1, 2 and 6 is 3.
    card = layer_card(layer(n=[1, 2, 6], name=["a", "b", "c"]))
    (bar,) = card.measures
    assert (bar.label, bar.column, bar.average, bar.standing, card.unit) == (
        "Incidents",
        "n",
        3.0,
        "",
        "incidents",
    )
    assert (card.ranked, card.sure, card.everyone) == (None, None, "all 3 areas")


def test_the_card_of_a_flagged_layer_says_where_its_rate_stands() -> None:
    card = layer_card(layer(n=[1, 2, 6], rate=[10.0, 20.0, None], sd_flag="average", rank=[1, 2, 3]))
    (bar,) = card.measures
    assert (bar.label, bar.average, bar.standing) == ("Rate", 15.0, "sd_flag")
    assert card.ranked is not None


def test_a_layer_without_numbers_still_has_a_card() -> None:
    card = layer_card(layer(gi_class="hot99"))
    assert (len(card.measures), card.unit) == (0, "")
