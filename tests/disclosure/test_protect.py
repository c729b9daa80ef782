"""Hiding what must be hidden: the published example, every table that fits, and profiles that cannot be met."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError, ParameterError
from hotspots.disclosure.bounds import bounds
from hotspots.disclosure.counts import published
from hotspots.disclosure.protect import Protection, protect
from hotspots.disclosure.rules import Profile, profile
from hotspots.disclosure.statements import Statement, make_system
from hotspots.disclosure.tables import Tables, make_tables

FIVE = profile("own", threshold=5)


def two_way(counts: list[list[int]]) -> Tables:
    """A table of areas by themes with all its totals."""
    areas, themes = [f"E{i}" for i in range(1, len(counts) + 1)], list("abcdefg"[: len(counts[0])])
    index = pd.MultiIndex.from_product([areas, themes], names=["area", "theme"])
    values = [n for row in counts for n in row]
    return make_tables(
        pd.Series(values, index=index), within={"area": {"All": areas}, "theme": {"all": themes}}
    )


REFERENCE = two_way([[20, 50, 10, 3], [8, 19, 22, 15], [17, 32, 12, 9], [4, 11, 30, 40]])


def hidden(found: Protection, why: str) -> set[object]:
    """The counts that are hidden for a reason."""
    return set(found.table.index[found.table["why"] == why])


@pytest.fixture(scope="module")
def reference() -> Protection:
    return protect(REFERENCE, FIVE)


def test_the_example_is_solved_to_its_optimum_of_69(reference: Protection) -> None:
    assert hidden(reference, "small") == {("E1", "d"), ("E4", "a")}
    # 10 + 8 + 19 + 12 + 9 + 11
    assert hidden(reference, "secondary") == {
        ("E1", "c"),
        ("E2", "a"),
        ("E2", "b"),
        ("E3", "c"),
        ("E3", "d"),
        ("E4", "b"),
    }
    assert (reference.cost, reference.method) == (69, "optimal")


def test_what_a_reader_can_work_out_of_the_example(reference: Protection) -> None:
    # All eight lie on one cycle: 3 and 4 go down together to 0 and 1, or by turns; each is left 0 to 12.
    found = bounds(reference.system, pd.MultiIndex.from_tuples([("E1", "d"), ("E4", "a")]))
    assert found[["lower", "upper"]].to_numpy().tolist() == [[0, 12], [0, 12]]


def test_the_heuristic_never_costs_less_than_the_optimum(reference: Protection) -> None:
    found = protect(REFERENCE, FIVE, method="heuristic")
    assert found.method == "heuristic"
    assert found.cost >= reference.cost


def test_the_example_rounded_to_10_hides_nothing_and_keeps_every_width() -> None:
    found = protect(REFERENCE, profile("documents"))
    assert set(found.table["why"]) == {"shown"}
    assert found.cost == 0
    assert found.table.loc[[("E1", "d"), ("E4", "a")], ["shown", "least", "most"]].to_numpy().tolist() == [
        [0, 0, 4],
        [0, 0, 4],
    ]


def test_rounding_leaves_out_what_would_narrow_a_small_count() -> None:
    # 4 and 4 are shown as 0, their total 8 as 10, which is 5 or more: so neither part could be 0.
    one = pd.Series([4, 4, 30], index=pd.Index(["E1", "E2", "E3"], name="area"))
    whole = make_tables(one, within={"area": {"W1": ["E1", "E2"], "All": ["W1", "E3"]}})
    found = protect(whole, profile("documents"))
    assert found.table["shown"].isna().to_dict() == {
        "E1": False,
        "E2": False,
        "W1": True,
        "E3": False,
        "All": False,
    }


def tables_alike(found: Protection, top: int) -> tuple[npt.NDArray[np.int64], list[tuple[str, str]]]:
    """Every two by two table of counts up to `top` that would be published as this one was."""
    shown = found.table.drop(columns=["least", "most", "why"])
    every = np.array(list(itertools.product(range(top + 1), repeat=4)))
    sums = {
        ("E1", "a"): every[:, 0],
        ("E1", "b"): every[:, 1],
        ("E2", "a"): every[:, 2],
        ("E2", "b"): every[:, 3],
        ("E1", "all"): every[:, 0] + every[:, 1],
        ("E2", "all"): every[:, 2] + every[:, 3],
        ("All", "a"): every[:, 0] + every[:, 2],
        ("All", "b"): every[:, 1] + every[:, 3],
        ("All", "all"): every.sum(axis=1),
    }
    fits = np.ones(len(every), dtype=bool)
    for cell, values in sums.items():
        lower, upper = shown.loc[[cell], ["lower", "upper"]].to_numpy()[0]
        fits &= (values >= lower) & (values <= upper)
    return np.stack([values[fits] for values in sums.values()]), list(sums)


RULES = [
    profile("own", threshold=3),
    profile("own", threshold=3, zeros="shown"),
    profile("own", threshold=3, base=3),
    profile("own", hide="round", base=5),
]


@settings(max_examples=20)
@given(
    st.lists(st.integers(0, 9), min_size=4, max_size=4),
    st.sampled_from(RULES),
    st.sampled_from(["auto", "heuristic"]),
)
def test_no_count_is_given_back_by_any_table_that_fits(
    counts: list[int], rules: Profile, method: str
) -> None:
    whole = two_way([counts[:2], counts[2:]])
    try:
        found = protect(whole, rules, method=method)
    except DataError as error:
        assert error.message.startswith("nothing is left to publish")  # noqa: PT017
        return
    values, cells = tables_alike(found, 12)
    for cell, alike in zip(cells, values, strict=True):
        n = whole.counts[cell]
        if n < rules.threshold and (n > 0 or rules.zeros == "hidden"):
            assert alike.min() == 0
            most = rules.threshold - 1 + (n if rules.hide == "suppress" else 0)
            assert alike.max() >= most
    # And what is said to be found is there.
    kept = found.table.dropna(subset=["least"])
    for cell, least, most in zip(kept.index, kept["least"], kept["most"], strict=True):
        alike = values[cells.index(cell)]
        assert alike.min() <= least
        assert alike.max() >= min(most, 12)


@settings(max_examples=6)
@given(st.integers(0, 10_000), st.sampled_from(["documents", "10-5", "nhs", "sacro"]))
def test_three_way_tables_with_districts_are_protected_to_another_solver(seed: int, name: str) -> None:
    random = np.random.default_rng(seed)
    areas, themes, months = [f"E{i}" for i in range(5)], ["a", "b", "c"], ["m1", "m2"]
    index = pd.MultiIndex.from_product([areas, themes, months], names=["area", "theme", "month"])
    counts = pd.Series(random.poisson(random.gamma(1, 12, len(index))), index=index)
    within = {
        "area": {"D1": areas[:2], "D2": areas[2:], "All": ["D1", "D2"]},
        "theme": {"all": themes},
        "month": {"Year": months},
    }
    whole = make_tables(counts, within=within)
    rules = profile(name)
    found = protect(whole, rules, method="heuristic")
    # The system anew, from the printed numbers and the sums as a reader would write them down.
    said = [
        Statement({cell: 1}, lower, upper)
        for cell, (lower, upper) in zip(
            found.table.index, found.table[["lower", "upper"]].to_numpy(), strict=True
        )
    ]
    for level, (name_of, sums) in enumerate(within.items()):
        del name_of
        for total, parts in sums.items():
            rest = [cell for cell in whole.counts.index if cell[level] == total]
            said += [
                Statement(
                    {cell: -1, **{(*cell[:level], part, *cell[level + 1 :]): 1 for part in parts}}, 0, 0
                )
                for cell in rest
            ]
    small = whole.counts.index[
        (whole.counts < rules.threshold) & ((whole.counts > 0) | (rules.zeros == "hidden"))
    ]
    some = small[random.permutation(len(small))[:6]]
    known = bounds(make_system(said, cells=whole.counts.index), some)
    n = whole.counts.reindex(some)
    assert (known["lower"] == 0).all()
    assert (known["upper"] >= rules.threshold - 1 + (n if rules.hide == "suppress" else 0)).all()
    # What is shown is what each count is published as, and one that is hidden for others is not small itself.
    alone = published(whole.counts, rules)["shown"]
    shown = found.table["shown"].dropna()
    assert shown.equals(alone.reindex(shown.index).astype(float))
    if rules.hide == "suppress":
        assert not set(found.table.index[found.table["why"] == "secondary"]) & set(small)


def test_the_same_tables_are_protected_the_same_way() -> None:
    first, second = (protect(REFERENCE, profile("10-5"), method="heuristic").table for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_what_is_not_published_still_ties_what_is() -> None:
    # Areas by month are in no table, but E1's year and the month's total are: the small month of E1 needs no mark.
    index = pd.MultiIndex.from_product([["E1", "E2"], ["m1", "m2"]], names=["area", "month"])
    whole = make_tables(
        pd.Series([2, 30, 40, 50], index=index),
        within={"area": {"All": ["E1", "E2"]}, "month": {"Year": ["m1", "m2"]}},
    )
    margins = np.array([cell[0] == "All" or cell[1] == "Year" for cell in whole.counts.index])
    found = protect(dataclasses.replace(whole, published=margins), FIVE)
    assert found.cost == 0
    assert found.table.loc[~margins, "why"].unique().tolist() == ["unpublished"]
    assert found.table.loc[[("E1", "m1")], "least"].tolist() == [0]
    assert found.sentence().startswith("Of 5 counts 0 are hidden;")


def test_what_two_rounded_periods_leave_cannot_be_taken_for_a_small_count_known_too_closely() -> None:
    # January to April and the year are published, what is left of E1 is 21 - 11 = 10: not small. But 11 is shown as
    # 10, for 10 to 12, and 21 as 20, for 18 to 22: 6 to 12 would be left, seven values where small counts have ten.
    index = pd.MultiIndex.from_product([["E1", "E2", "E3"], ["early", "rest"]], names=["area", "period"])
    whole = make_tables(
        pd.Series([11, 10, 100, 200, 60, 70], index=index),
        within={"area": {"All": ["E1", "E2", "E3"]}, "period": {"Year": ["early", "rest"]}},
    )
    seen = np.asarray(whole.counts.index.get_level_values("period") != "rest")
    found = protect(dataclasses.replace(whole, published=seen), profile("10-5"))
    assert hidden(found, "secondary") == {("E1", "early")}  # 11 is less to lose than the 21 of the year
    known = bounds(found.system).astype(float)
    left = known["upper"] - known["lower"] + 1
    assert (left[~seen & (known["lower"] < 10)] >= 10).all()
    assert left["E1", "rest"] >= 10


def test_a_count_of_0_that_is_not_published_may_look_small_without_being_so() -> None:
    # Zeros are no secret under nhs, but the rest of E1, 20 - 20 from 18 to 22 each, looks like 0 to 4: it must be able
    # to be 7, and cannot be less than the 0 it is.
    index = pd.MultiIndex.from_product([["E1", "E2"], ["early", "rest"]], names=["area", "period"])
    whole = make_tables(
        pd.Series([20, 0, 100, 200], index=index),
        within={"area": {"All": ["E1", "E2"]}, "period": {"Year": ["early", "rest"]}},
    )
    seen = np.asarray(whole.counts.index.get_level_values("period") != "rest")
    found = protect(dataclasses.replace(whole, published=seen), profile("nhs"))
    known = bounds(found.system, pd.MultiIndex.from_tuples([("E1", "rest")]))
    assert known["lower"].tolist() == [0]
    assert known["upper"].item() >= 7


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.sampled_from(["documents", "10-5", "nhs", "sacro"]))
def test_no_hidden_count_can_be_taken_for_a_small_one_that_is_closely_known(seed: int, name: str) -> None:
    random = np.random.default_rng(seed)
    areas = [f"E{i}" for i in range(6)]
    index = pd.MultiIndex.from_product([areas, ["early", "rest"]], names=["area", "period"])
    whole = make_tables(
        pd.Series(random.poisson(random.gamma(1, 25, len(index))), index=index),
        within={"area": {"D1": areas[:3], "All": ["D1", *areas[3:]]}, "period": {"Year": ["early", "rest"]}},
    )
    rules = profile(name)
    seen = np.asarray(whole.counts.index.get_level_values("period") != "rest") | (seed % 2 == 0)
    found = protect(dataclasses.replace(whole, published=seen), rules, method="heuristic")
    known = bounds(found.system)
    low, high = known["lower"].to_numpy(dtype=float), known["upper"].to_numpy(dtype=float)
    least = 1 if rules.zeros == "shown" else 0
    dark = found.table["shown"].isna().to_numpy()
    may_be = dark & (low < rules.threshold) & (high >= least)
    assert (high - low >= rules.threshold - 1 - least)[may_be].all()


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.sampled_from(["documents", "10-5", "nhs", "sacro"]))
def test_areas_of_two_layers_that_cut_each_other_give_no_count_back(seed: int, name: str) -> None:
    random = np.random.default_rng(seed)
    # Each LSOA lies in one of three wards or in two; every ward has one at least.
    cut = [(f"W{w}", f"E{e}") for e in range(6) for w in {e % 3, int(random.integers(3))}]
    pieces = [" & ".join(one) for one in cut]
    index = pd.MultiIndex.from_product([pieces, ["a", "b"]], names=["area", "theme"])
    counts = pd.Series(random.poisson(random.gamma(1, 9, len(index))), index=index)
    sums = {
        area: [piece for piece, one in zip(pieces, cut, strict=True) if area in one]
        for area in sorted({area for one in cut for area in one})
    }
    sums["All"] = [area for area in sums if area.startswith("W")]
    whole = make_tables(counts, within={"area": sums, "theme": {"all": ["a", "b"]}})
    rules = profile(name)
    seen = ~whole.counts.index.get_level_values("area").isin(pieces)
    try:
        found = protect(dataclasses.replace(whole, published=np.asarray(seen)), rules, method="heuristic")
    except DataError as error:
        assert error.message.startswith("nothing is left to publish")  # noqa: PT017
        return
    # What a reader knows of both layers, by another solver: each small count may be 0, and as much as was promised.
    known = bounds(found.system)
    n = whole.counts.to_numpy()
    small = (n < rules.threshold) & ((n > 0) | (rules.zeros == "hidden"))
    most = rules.threshold - 1 + np.where(seen & (rules.hide == "suppress"), n, 0)
    assert (known["lower"].to_numpy()[small] == 0).all()
    assert (known["upper"].to_numpy() >= most)[small].all()
    assert found.table.loc[~seen, "shown"].isna().all()


def test_a_count_is_not_hidden_where_programmes_find_the_table_that_moves_miss() -> None:
    # A chain of nine LSOAs across the borders of ten wards: to bring the first piece from 0 to 4, pieces along the
    # whole chain give way in turn. Rounding leaves every other count its ten values.
    pieces = [f"W{i + side} & E{i}" for i in range(9) for side in (0, 1)]
    n = [0, 4, 1, 12, 3, 9, 2, 14, 3, 11, 2, 13, 1, 11, 3, 14, 2, 12]
    sums = {
        area: [piece for piece in pieces if area in piece.split(" & ")]
        for area in [*(f"W{i}" for i in range(10)), *(f"E{i}" for i in range(9))]
    }
    whole = make_tables(pd.Series(n, index=pd.Index(pieces, name="area")), within={"area": sums})
    seen = np.array(["&" not in area for area in whole.counts.index])
    found = protect(dataclasses.replace(whole, published=seen), profile("documents"), method="heuristic")
    known = bounds(found.system)
    small = whole.counts.to_numpy() < 5
    assert (known["lower"][small] == 0).all()
    assert (known["upper"][small] >= 4).all()
    assert not hidden(found, "secondary") & {"W1", "W2", "W3"}


def test_a_count_that_few_make_up_is_hidden_and_cannot_be_worked_out() -> None:
    whole = make_tables(
        pd.Series({"E1": 100, "E2": 60, "E3": 300}).rename_axis("area"),
        within={"area": {"All": ["E1", "E2", "E3"]}},
    )
    found = protect(whole, profile("sacro"), largest=pd.Series({"E1": 95, "E2": 20, "E3": 250}))
    # 95 of 100 are the two largest: 95 / 0.9 - 100 is 5.6, so 9, which is t - 1, either way.
    assert found.table["why"].to_dict() == {
        "E1": "dominant",
        "E2": "secondary",
        "E3": "shown",
        "All": "shown",
    }
    known = bounds(found.system, pd.Index(["E1"]))
    assert known.loc["E1", "lower"] <= 91
    assert known.loc["E1", "upper"] >= 109
    with pytest.raises(ParameterError) as caught:
        protect(whole, profile("nhs"), largest=pd.Series({"E1": 95}))
    assert caught.value.message == "'largest' is given, but profile 'nhs' has no rule of dominance"


def test_what_is_known_is_not_hidden_and_another_is_instead() -> None:
    areas = pd.Series({"E1": 3, "E2": 20, "E3": 30}).rename_axis("area")
    whole = make_tables(areas, within={"area": {"All": list(areas.index)}})
    assert hidden(protect(whole, FIVE), "secondary") == {"E2"}
    assert hidden(protect(whole, FIVE, known=pd.Series({"E2": True})), "secondary") == {"E3"}
    costs = pd.Series({"E1": 1.0, "E2": 9.0, "E3": 2.0, "All": 9.0})
    assert hidden(protect(whole, FIVE, cost=costs), "secondary") == {"E3"}


def refused(counts: dict[str, int], rules: Profile, **options: pd.Series) -> tuple[str, str]:
    """The message and the hint with which areas and their total are refused."""
    areas = pd.Series(counts).rename_axis("area")
    with pytest.raises(DataError) as caught:
        protect(make_tables(areas, within={"area": {"All": list(counts)}}), rules, **options)
    return caught.value.message, caught.value.hint


def test_profiles_that_cannot_be_met_are_told() -> None:
    larger = "publish larger areas, longer periods or fewer themes"
    assert refused({"E1": 3}, FIVE) == (
        "nothing is left to publish: all 2 counts must be hidden under profile 'own'",
        larger,
    )
    assert refused({"E1": 0, "E2": 0}, profile("sacro")) == (
        "nothing is left to publish: all 3 counts are 0, which profile 'sacro' hides",
        "publish the sentence that there were too few to count, or use a profile that shows zeros",
    )
    everything = pd.Series(True, index=["E2", "E3", "All"])
    assert refused({"E1": 3, "E2": 20, "E3": 30}, FIVE, known=everything) == (
        "profile 'own' cannot be met: what must be shown tells too much of the count of E1",
        "let more be hidden, or publish larger areas, longer periods or fewer themes",
    )
    assert refused({"E1": 3, "E2": 20}, FIVE, known=pd.Series(True, index=["E1"])) == (
        "profile 'own' cannot be met: the count of E1 must be hidden, but is known",
        "publish larger areas, longer periods or fewer themes, or take back what is known",
    )


def test_one_area_and_zeros_that_may_be_shown_are_published() -> None:
    alone = make_tables(pd.Series({"E1": 50}).rename_axis("area"), within={"area": {"All": ["E1"]}})
    assert protect(alone, FIVE).table["shown"].tolist() == [50, 50]
    zeros = make_tables(
        pd.Series({"E1": 0, "E2": 0}).rename_axis("area"), within={"area": {"All": ["E1", "E2"]}}
    )
    assert protect(zeros, profile("nhs")).table["shown"].tolist() == [0, 0, 0]


def test_a_method_that_is_none_is_refused() -> None:
    with pytest.raises(ParameterError) as caught:
        protect(REFERENCE, FIVE, method="optmal")
    assert caught.value.message == "method is 'optmal'"
    assert caught.value.hint == "did you mean 'optimal'?"
