"""A plan is refused where it is read, before any row is."""

from __future__ import annotations

import pytest

from hotspots.base.errors import HotspotsError
from hotspots.priorities.plan import parse_plan

PLAN = '[[indicator]]\ngroup = "asb"\n'


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("[sure]\nruns = -1", "'runs' is -1, too few to tell anything from chance in [sure]"),
        (
            "[sure]\nruns = 99999999999",
            "'runs' is 99999999999, but more than 9,999 tell nothing further in [sure]",
        ),
        ("[sure]\nseed = -1", "'seed' is -1, but must be 0 or more in [sure]"),
        ("[sure]\nlevel = nan", "'level' is nan in [sure]"),
        ("[sure]\nconcentration = inf", "'concentration' is inf, but must be more than 0 in [sure]"),
        ("[sure]\ntop = 0", "'top' is 0, but must be 1 or more in [sure]"),
        ("[period_weights]\n2024 = -1", "the weight of '2024' is -1, but must be 0 or more"),
        (
            "[[indicator]]\ngroup = 'crime'\nweight = nan",
            "the weight of 'crime' is nan, but must be 0 or more",
        ),
        (
            "[[indicator]]\ngroup = 'crime'\nat_least = 5",
            "the indicator 'crime' has 'offences' or 'at_least', but no 'harm'",
        ),
    ],
)
def test_numbers_that_cannot_be(lines: str, message: str) -> None:
    with pytest.raises(HotspotsError) as error:
        parse_plan(f"{PLAN}{lines}\n")
    assert error.value.message == message


def test_how_few_people_are_too_few() -> None:
    for number in ("inf", "-1", "nan"):
        with pytest.raises(HotspotsError, match=f"'min_population' is {number}"):
            parse_plan(f"min_population = {number}\n{PLAN}")
