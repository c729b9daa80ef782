"""Documents that cannot rot: every command is documented, every link leads somewhere, every package in its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import click
import pytest

import hotspots
from hotspots.base.columns import COLUMNS
from hotspots_cli.main import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[1]
Program = Callable[[str], ModuleType]

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PROVENANCE = ROOT / "boundaries" / "README.md"  # its links lead into the package beside it


def test_the_commands_page_is_the_commands_own_help(program: Program) -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == program("docs/write_commands.py").commands_page(), "run: python docs/write_commands.py"


def test_the_columns_page_is_the_vocabulary(program: Program) -> None:
    written = (ROOT / "docs" / "columns.md").read_text(encoding="utf-8")
    assert written == program("docs/write_columns.py").columns_page(), "run: python docs/write_columns.py"
    for name, column in COLUMNS.items():
        assert f"| `{name}` | {column.label} |" in written
        assert column.meaning in written


def test_the_recipe_page_is_every_table_and_key(program: Program) -> None:
    written = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    assert written == program("docs/write_recipe.py").recipe_page(), "run: python docs/write_recipe.py"
    for table in ("[kde]", "[[areas]]", "[[comparators.force]]"):
        assert f"\n## `{table}`\n" in written
    assert (
        "| `cell_size` | a number |  | `100` | metres; a fifth of the bandwidth where not said |" in written
    )
    assert "| `label` | text | must be given |" in written


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_every_option_says_what_it_does(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help
    assert command.short_help
    assert len(command.short_help) <= 45
    for child in getattr(command, "commands", {"": command}).values():
        for option in child.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {child.name}: {option.opts}"


@pytest.mark.parametrize(
    "page",
    [*PAGES, pytest.param(PROVENANCE, marks=pytest.mark.source)],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_links_between_documents_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_public_name_can_be_had_and_is_documented() -> None:
    for name in dir(hotspots):
        if not name.startswith("_"):
            assert getattr(hotspots, name).__doc__, name
    with pytest.raises(AttributeError, match="No hotspots attribute kde"):
        hotspots.kde  # type: ignore[attr-defined]  # noqa: B018 - its absence is the point


def test_the_readme_names_only_commands_that_exist() -> None:
    named = set(
        re.findall(r"^\s*(?:\| )?hotspots ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    )
    assert named <= set(COMMANDS)
    assert {"inspect", "recipe", "run", "count", "kde", "map"} <= named


def test_every_result_column_that_needs_explaining_is_in_the_methods_page_or_speaks_for_itself() -> None:
    page = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    for name in ("rate_lo", "rate_hi", "sd_margin", "sd_near", "gi_class"):
        assert name in COLUMNS
        assert name in page


def test_the_first_example_of_the_gallery_is_the_demo() -> None:
    demo = files("hotspots_cli") / "demo.toml"
    assert (ROOT / "maps" / "west-yorkshire" / "analysis.toml").read_bytes() == demo.read_bytes()


def test_the_citation_is_of_this_version() -> None:
    assert f"\nversion: {hotspots.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
