"""The methods page: its examples run as written, its links lead to headings, and its sources are named alike."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import hotspots

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.replace("\\*", "").lower()).strip().replace(" ", "-")


def test_every_example_gives_what_the_page_says() -> None:
    test = doctest.DocTestParser().get_doctest(PAGE, {}, "docs/methods.md", "docs/methods.md", 0)
    assert len(test.examples) > 40
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


def test_links_within_the_page_lead_to_its_headings() -> None:
    anchors = {anchor(heading) for heading in re.findall(r"^## (.+)$", PAGE, re.M)}
    linked = set(re.findall(r"\]\(#([^)]+)\)", PAGE))
    assert linked <= anchors
    assert len(linked) >= 14


def test_a_doi_and_its_link_are_one() -> None:
    for shown, link in re.findall(r"\[doi ([^\]]+)\]\(https://doi\.org/(\S+?)\)", PAGE):
        assert link.replace("%28", "(").replace("%29", ")") == shown
    cited = set(re.findall(r"\[doi ([^\]]+)\]", PAGE))
    code = "".join(
        path.read_text(encoding="utf-8") for path in (Path(hotspots.__file__).parent).rglob("*.py")
    )
    unknown = {doi for doi in cited if doi not in code}
    assert not unknown, "a source of the page that no docstring gives"


def test_every_measure_says_what_it_does_not_mean() -> None:
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
    for heading in (
        "Rate", "Smoothed rate", "Against chance: the funnel", "Against a comparator", "Change between two periods",
        "Density", "Hotspots: Getis-Ord Gi\\*", "Does it depend on a choice? Sensitivity",
    ):  # fmt: skip
        assert "It does not mean:" in sections[heading], heading
        assert "Source" in sections[heading], heading
        assert "```python" in sections[heading], heading
    assert "not a significance test" in sections["Against the average: mean + SD"]
