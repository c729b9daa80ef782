"""Source and licence are those that a person names or the files tell, and never assumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.analysis.origins import NOT_STATED, OGL, POLICE_UK, files_origin, months_words, recipe_origin
from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.areas.reading import read_areas
from hotspots.base.errors import HotspotsWarning
from hotspots.incidents.quality import QualityReport
from hotspots.incidents.reading import read_incidents

ROWS = "Easting,Northing,Crime type,Month\n400500,300500,Burglary,2025-01\n400600,300500,Drugs,2025-02\n"


@pytest.fixture
def reports(tmp_path: Path) -> dict[str, QualityReport]:
    """The account of a file of the police's and of one of our own."""
    found = {}
    for key, name in (("police", "2025-01-west-midlands-street.csv"), ("own", "crimes.csv")):
        (tmp_path / name).write_text(ROWS, encoding="utf-8")
        found[key] = read_incidents([tmp_path / name])[1]
    return found


def test_files_of_police_uk_are_known_by_their_names(reports: dict[str, QualityReport]) -> None:
    origin = files_origin(reports["police"])
    assert (origin.source, origin.attribution, origin.unstated) == (POLICE_UK, OGL, False)
    assert months_words(reports["police"]) == "2025-01 to 2025-02"


def test_of_any_other_file_nothing_is_assumed_and_a_warning_says_so(
    reports: dict[str, QualityReport],
) -> None:
    origin = files_origin(reports["own"])
    assert origin.words == NOT_STATED == "Source and licence not stated."
    with pytest.warns(HotspotsWarning, match=r"^Source and licence not stated: name them with --source$"):
        origin.warn("name them with --source")
    named = files_origin(reports["own"], source="The council")
    assert named.words == "Source: The council. Licence not stated."
    whole = files_origin(reports["own"], source="The council", attribution="© The council.")
    assert (whole.words, whole.unstated) == ("Source: The council. © The council.", False)


def test_bundled_areas_carry_their_own_and_no_sentence_twice(reports: dict[str, QualityReport]) -> None:
    areas = read_areas("west-yorkshire-districts")
    said = files_origin(reports["police"], areas=areas).attribution
    assert said.startswith(f"{OGL} Source: Office for National Statistics.")
    assert said.count("Open Government Licence") == 1
    assert files_origin(reports["own"], areas=areas).attribution.startswith(f"{NOT_STATED} {OGL}")


RECIPE = """
title = "Town"
{head}
[[incidents]]
name = "police"
source = "2025-01-west-midlands-street.csv"
period = "2025-01"
[[incidents]]
name = "own"
source = "crimes.csv"
{own}
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "All"
incidents = "own"
"""


@pytest.mark.parametrize(
    ("head", "own", "said", "unstated"),
    [
        ("", "", f"Licence of own not stated. {OGL}", True),
        ("", 'attribution = "© The council."', f"{OGL} © The council.", False),
        ('attribution = "All ours."', 'attribution = "© The council."', "All ours. © The council.", False),
    ],
)
def test_each_source_of_a_recipe_has_its_own(
    reports: dict[str, QualityReport], head: str, own: str, said: str, *, unstated: bool
) -> None:
    recipe = parse_recipe(RECIPE.format(head=head, own=own))
    origin = recipe_origin(recipe, reports, [])
    assert (origin.source, origin.attribution, origin.unstated) == ("", said, unstated)
