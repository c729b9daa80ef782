"""A recipe is checked whole before any data is read."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from hotspots.analysis.recipe.reading import parse_recipe, read_recipe
from hotspots.base.errors import FileError, RecipeError

LEAST = """
title = "Test"
[incidents]
source = "a.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
"""


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text)
    return caught.value.message, caught.value.hint


def test_the_least_recipe_counts_everything_and_does_no_more() -> None:
    recipe = parse_recipe(LEAST)
    assert recipe.incidents[0].source == ("a.csv",)
    assert [theme.name for theme in recipe.theme] == ["All incidents"]
    assert (recipe.flag, recipe.kde, recipe.grid, recipe.gistar) == (None,) * 4
    assert (recipe.map, recipe.report) == (None, None)
    assert recipe.count.min_population == 100


def test_an_empty_table_runs_the_step_with_its_defaults() -> None:
    step = parse_recipe(LEAST + "[gistar]\n").gistar
    assert step is not None
    assert step.permutations == 99_999


def test_whole_numbers_serve_where_a_number_is_wanted() -> None:
    step = parse_recipe(LEAST + "[kde]\nbandwidth = 500\n").kde
    assert step is not None
    assert step.bandwidth == 500


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            LEAST + "[kde]\nbandwith = 500\n",
            "[kde] has the unknown key 'bandwith'",
            "did you mean 'bandwidth'?",
        ),
        (
            LEAST + 'within = ["Stafford"]\n',
            "'within' in [[areas]] is now called 'only'",
            "write: only = ...",
        ),
        (LEAST + "[flags]\n", "the recipe has the unknown key 'flags'", "did you mean 'flag'?"),
        (
            LEAST + '[kde]\nbandwidth = "500"\n',
            "'bandwidth' in [kde] is '500'",
            "choose from 'likelihood', 'rule-of-thumb', 'best' or a number",
        ),
        (
            LEAST + "[kde]\nbandwidth = true\n",
            "'bandwidth' in [kde] is True",
            "choose from 'likelihood', 'rule-of-thumb', 'best' or a number",
        ),
        (
            LEAST + '[kde]\nkernel = "quadratic"\n',
            "'kernel' in [kde] is 'quadratic'",
            "did you mean 'quartic'?",
        ),
        (LEAST + "[gistar]\nseed = 1.5\n", "'seed' in [gistar] is 1.5", "it takes a whole number"),
        (
            LEAST + '[flag]\nlayers = "Ward"\n',
            "[flag] names the layer 'Ward', which is not in the recipe",
            "did you mean 'Wards'?",
        ),
        (
            LEAST + '[gistar]\nlayers = "cells"\n',
            "[gistar] names the layer 'cells', which is not in the recipe",
            "add a table [grid] with a cell_size",
        ),
        (LEAST + "[grid]\n", "[grid] lacks 'cell_size'", "add a line such as: cell_size = 250"),
        (
            LEAST + '[[areas]]\nlabel = "Wards"\nsource = "b.gpkg"\n',
            "two [[areas]] are called 'Wards'",
            "give each a name of its own",
        ),
        (
            LEAST[: LEAST.index("[[areas]]")],
            "the recipe lacks 'areas'",
            'add a table [[areas]] with: label = "Wards" and source = "wards.gpkg"',
        ),
        (
            LEAST[: LEAST.index("[incidents]")] + LEAST[LEAST.index("[[areas]]") :],
            "the recipe lacks 'incidents'",
            'add a table [incidents] with: source = "2025-*-street.csv"',
        ),
        (
            LEAST + '[[areas]]\nlabel = ""\nsource = "b.gpkg"\n',
            "a [[areas]] has an empty label",
            'give it one that a reader knows: label = "..."',
        ),
        (
            LEAST + '[[theme]]\nname = "Bur\\nglary"\n',
            "the name 'Bur\\nglary' holds a character that cannot be printed",
            "write it on one line",
        ),
        (
            LEAST
            + '[[areas]]\nlabel = "cells"\nsource = "b.gpkg"\n[grid]\ncell_size = 250\n[gistar]\nlayers = "cells"\n',
            "[gistar] names the layer 'cells', which the grid and an [[areas]] are both called",
            "give the areas another label",
        ),
        (
            LEAST.replace("[incidents]\n", '[incidents]\nperiod = "25-01"\n'),
            "'period' in [incidents]: '25-01' is not a month or a range of months",
            "write it as 2025, 2025-01 or 2025-01..2025-06",
        ),
        (
            LEAST + '[change]\nbefore = "2025-01..2025-06"\nafter = "2025-06"\n',
            "[change]: 'after' does not begin after 'before' ends",
            "give two ranges that do not overlap",
        ),
        (
            LEAST + "[[theme]]\ncategory = 'Drugs'\n",
            "[[theme]] lacks 'name'",
            'add a line such as: name = "..." under [[theme]]',
        ),
        (
            LEAST.replace("[incidents]\n", "[incidents]\nx = 5\n"),
            "'x' in [incidents] is 5",
            "it takes text in double quotes",
        ),
    ],
)
def test_slips_are_named_with_the_way_out(text: str, message: str, hint: str) -> None:
    assert refusal(text) == (message, hint)


def test_all_slips_are_listed_at_once() -> None:
    text = LEAST.replace('title = "Test"', "titel = 5")
    text += '[kde]\nbandwidth = "500"\nkernel = "quadratic"\n[flag]\nddof = 2\n[[areas]]\nsource = 3\n'
    message, hint = refusal(text)
    assert message.splitlines() == [
        "the recipe has 7 slips:",
        "  the recipe has the unknown key 'titel' (did you mean 'title' or 'times'?)",
        "  the recipe lacks 'title' (add a line such as: title = \"Burglary, 2025\")",
        "  [[areas]] lacks 'label' (add a line such as: label = \"...\" under [[areas]])",
        "  'source' in [[areas]] is 3 (it takes text in double quotes)",
        "  'bandwidth' in [kde] is '500' (choose from 'likelihood', 'rule-of-thumb', 'best' or a number)",
        "  'kernel' in [kde] is 'quadratic' (did you mean 'quartic'?)",
        "  'ddof' in [flag] is 2 (choose from '0', '1')",
    ]
    assert hint == "mend them all; nothing has been read or written"


def test_clashes_of_a_sound_recipe_are_listed_at_once() -> None:
    text = LEAST + '[flag]\nlayers = ["Ward", "cells"]\n[[theme]]\nname = "A"\n[[theme]]\nname = "A"\n'
    assert refusal(text)[0].splitlines() == [
        "the recipe has 3 slips:",
        "  two [[theme]] are called 'A' (give each a name of its own)",
        "  [flag] names the layer 'Ward', which is not in the recipe (did you mean 'Wards'?)",
        "  [flag] names the layer 'cells', which is not in the recipe (add a table [grid] with a cell_size)",
    ]


def test_a_windows_path_in_double_quotes_and_a_nest_of_lists_are_told_apart_from_other_errors() -> None:
    message, hint = refusal(LEAST.replace('"a.csv"', '"C:\\Users\\me\\a.csv"'))
    assert message.startswith("the recipe is not valid TOML: Invalid hex value (at line 4, ")
    assert hint == "put paths with \\ in single quotes, as in 'C:\\data\\wards.gpkg', or write / instead"
    assert refusal("title = " + "[" * 20_000) == (
        "the recipe nests lists or tables deeper than 100 times",
        "lists hold text or numbers, not other lists",
    )


def test_the_sections_of_the_report_are_named_in_their_order() -> None:
    everything = (
        "summary",
        "since",
        "charts",
        "themes",
        "assess",
        "profile",
        "places",
        "classes",
        "breakdowns",
        "times",
        "repeats",
        "partnerships",
        "methods",
        "quality",
        "headline",
        "tables",
        "change",
        "priorities",
        "matrix",
        "risk",
        "emerging",
        "maps",
    )
    plain = parse_recipe(LEAST + "[report]\n").report
    asked = parse_recipe(LEAST + '[report]\nsections = ["matrix", "priorities"]\n').report
    assert plain is not None
    assert asked is not None
    assert plain.sections == everything
    assert asked.sections == ("matrix", "priorities")
    assert refusal(LEAST + '[report]\nsections = ["priority"]\n') == (
        "'sections' in [report] is 'priority'",
        "did you mean 'priorities'?",
    )


def test_text_that_is_not_toml_is_refused() -> None:
    message, hint = refusal("title = Test")
    assert message.startswith("the recipe is not valid TOML: ")
    assert hint == "text stands in double quotes, lists in square brackets; start from: hotspots recipe new"


def test_a_missing_recipe_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read_recipe(tmp_path / "no.toml")
    assert caught.value.message == f"there is no recipe '{tmp_path / 'no.toml'}'"
    assert caught.value.hint == "make one with: hotspots recipe new -o analysis.toml"


def test_paths_start_from_the_recipe_and_bundled_names_stay(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(LEAST, encoding="utf-8")
    recipe = read_recipe(tmp_path / "a.toml")
    assert recipe.path("wards.gpkg") == str(tmp_path / "wards.gpkg")
    assert recipe.path("west-yorkshire-wards") == "west-yorkshire-wards"


def uncommented(line: str) -> str:
    bare = line.removeprefix("# ")
    key = " = " in bare.split("#")[0] or bare.startswith("[")
    return bare if line.startswith("# ") and key else line


def test_the_template_is_a_recipe_as_it_stands_and_with_every_key_taken_in() -> None:
    template = (files("hotspots_cli") / "template.toml").read_text(encoding="utf-8")
    assert parse_recipe(template).flag is not None
    full = parse_recipe("\n".join(uncommented(line) for line in template.splitlines()))
    assert full.incidents[0].weight_column == "Harm"
    assert full.change is not None
    assert full.select is not None
    assert full.gistar is not None
    assert full.gistar.layers == ("Wards", "cells")


def test_the_template_shows_the_defaults() -> None:
    template = (files("hotspots_cli") / "template.toml").read_text(encoding="utf-8")
    plain = parse_recipe(template)
    full = parse_recipe("\n".join(uncommented(line) for line in template.splitlines()))
    for step, names in {
        "count": ["min_population"],
        "flag": ["value", "within", "ddof", "near"],
        "kde": ["kernel", "edge"],
        "grid": ["shape", "keep"],
        "gistar": ["value", "neighbours", "nearest", "inference", "cap", "permutations", "seed"],
        "map": ["basemap"],
        "report": ["sections"],
    }.items():
        for name in names:
            assert getattr(getattr(full, step), name) == getattr(getattr(plain, step), name), (step, name)


def test_comparators_come_from_somewhere() -> None:
    made = parse_recipe(
        LEAST + '[comparators]\nsimilar = "Kent"\n[[comparators.force]]\n'
        'name = "Kent"\nsource = "kent"\npopulation = 1800000\n'
    ).comparators
    assert made is not None
    assert [(one.name, one.source, one.population) for one in made.force] == [("Kent", ("kent",), 1_800_000)]
    with pytest.raises(RecipeError) as error:
        parse_recipe(LEAST + '[comparators]\nsimilar = ["Kent"]\n')
    assert error.value.message == "[comparators] names nothing to compare with"
    assert error.value.hint == 'add a line such as: source = "comparators.csv"'


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("[count]\nmonths = inf", "[count]: 'months' is inf"),
        ("[count]\nmin_population = -1", "[count]: 'min_population' is -1"),
        ("[change]\nbefore = '2024'\nafter = '2025'\ndispersion = 0", "[change]: 'dispersion' is 0"),
        ("[repeats]\nreports = 99999999999999999999", "'reports' in [repeats] is 99999999999999999999"),
        (
            "[publish]\nprofile = 'nhs'\ndominance = [inf, 90]",
            "[publish]: dominance is (inf, 90): a number of contributors and a percentage were needed",
        ),
        ("[gistar]\nseed = -1", "[gistar]: 'seed' is -1, but must be 0 or more"),
        (
            "[gistar]\npermutations = 2000000000",
            "[gistar]: 'permutations' is 2000000000, but more than 9,999,999 tell nothing further",
        ),
        (
            "[assess]\nsheet = 'a.csv'\ndraws = 100000",
            "[assess]: 'draws' is 100000, but more than 99,999 tell nothing further",
        ),
        (
            "[assess]\nsheet = 'a.csv'\ndraws = 9",
            "[assess]: 'draws' is 9, too few to tell anything from chance",
        ),
    ],
)
def test_numbers_that_cannot_be_are_refused_before_anything_is_read(lines: str, message: str) -> None:
    assert refusal(LEAST + f"{lines}\n")[0] == message


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('rebase = ["2025"]', "[charts]: 'rebase' is '2025'",
         'name the first month of a new base: rebase = ["2025-07"]'),
        ("starts = 13", "[charts]: 'starts' is 13", "give the number of a month, such as 4 for April"),
        ("runs = 1", "[charts]: 'runs' is 1", "8 months in a row are usual: runs = 8"),
        (
            "dispersion = 0.5",
            "[charts]: 'dispersion' is 0.5",
            "use 1 for counts that only chance varies, or more up to 10,000, such as 'dispersion' = 1.9",
        ),
        (
            "dispersion = 1e308",
            "[charts]: 'dispersion' is 1e+308",
            "use 1 for counts that only chance varies, or more up to 10,000, such as 'dispersion' = 1.9",
        ),
    ],
)  # fmt: skip
def test_charts_that_cannot_be_are_refused_before_anything_is_read(
    line: str, message: str, hint: str
) -> None:
    assert refusal(LEAST + f"[charts]\n{line}\n") == (message, hint)
