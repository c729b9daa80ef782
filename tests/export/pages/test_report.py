"""The report's page: plain text whatever the data hold, numbered parts, A4 pages in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from hotspots.base.errors import FileError
from hotspots.export.document import (
    Block,
    Document,
    Figures,
    Grid,
    Legend,
    Paragraphs,
    Part,
    Picture,
    Section,
    Slot,
    Table,
    Terms,
    section_numbers,
)
from hotspots.export.pages.report import report_html, write_report

HOSTILE = (
    "</title></style><script>window.hacked = 1</script><img src=x onerror=\"window.hacked=1\"> & 'Tŷ' 🏘️ \\22"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5"><rect width="10" height="5" fill="red"/></svg>'


def document() -> Document:
    table = Table(
        f"Caption {HOSTILE}",
        ["Name", "Count ¹"],
        [[HOSTILE, "1,670"], ["All", "1,670"]],
        numbers=frozenset({1}),
        note=f"¹ Note {HOSTILE}",
        total=True,
    )
    long = Table("Long", ["Name"], [[f"Ward {i}"] for i in range(90)])
    return Document(
        HOSTILE,
        f"2025 {HOSTILE}",
        [
            Section(
                "First", [Figures([("12", HOSTILE)]), table, Terms([(HOSTILE, HOSTILE)])], new_page=False
            ),
            Section("Second", [], [Part("A part", [Picture(SVG, HOSTILE, HOSTILE)], new_page=True)]),
            Section("Third", [Paragraphs([HOSTILE], small=True), long]),
        ],
        origin=[f"Source: {HOSTILE}"],
        made_with="hotspots",
    )


class Reader(HTMLParser):
    """Collects the elements of a page and the text that a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_text_from_the_data_stays_text() -> None:
    page = report_html(document())
    found = read(page)
    assert "script" not in found.tags
    assert found.tags.count("style") == found.tags.count("title") == found.tags.count("img") == 1
    assert not any(name.startswith("on") for name, _ in found.attributes)
    assert found.text.count("window.hacked = 1") == 12
    assert dict(found.attributes)["alt"] == HOSTILE
    style = page[page.index("<style>") : page.index("</style>")]
    assert "<" not in style.removeprefix("<style>")


def test_nothing_is_loaded_from_outside() -> None:
    found = read(report_html(document()))
    links = [value or "" for name, value in found.attributes if name in ("src", "href")]
    assert all(link.startswith(("#", "data:image/svg+xml;base64,")) for link in links)
    assert "link" not in found.tags
    style = report_html(document()).split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_sections_tables_and_pictures_are_numbered_and_listed() -> None:
    page = report_html(document())
    assert '<li><b>2</b> <a href="#s2">Second</a><p><a href="#s2-1">A part</a></p></li>' in page
    assert "<h2><span>2</span> Second</h2>" in page
    assert {"<b>Table 1.</b>", "<b>Table 2.</b>", "<b>Figure 1.</b>"} <= set(
        re.findall(r"<b>[TF]\w+ \d\.</b>", page)
    )
    targets = set(re.findall(r'href="#([\w-]+)"', page))
    assert targets == set(re.findall(r'id="([\w-]+)"', page))
    assert "Contents" not in report_html(Document("T", "", [Section("Only")]))


def test_the_appendix_is_lettered_and_each_division_has_its_heading_once() -> None:
    sections = [
        Section("Summary", new_page=False),
        Section("Abbeyshire", division="partnerships"),
        Section("Burshire", division="partnerships"),
        Section("Methods", division="appendix"),
        Section("Quality", division="appendix"),
    ]
    assert section_numbers(sections) == ["1", "2", "3", "A", "B"]
    page = report_html(Document("T", "", sections))
    assert re.findall(r'<h2 class="division">(.*?)</h2>', page) == ["Partnerships", "Appendix"]
    assert re.findall(r"<h2><span>(.)</span> (\w+)", page)[-2:] == [("A", "Methods"), ("B", "Quality")]
    # The contents stand behind the first section, so that a reader begins with what was found.
    assert page.index('id="s1"') < page.index("<nav") < page.index('id="s2"')


def test_pictures_of_a_grid_share_a_number_and_a_legend() -> None:
    shared = Legend("Against the average", [("#b2182b", f"Above {HOSTILE}")])
    own = Legend("Density", [("#fee08b", "Low")])
    grid = Grid(
        [Picture(SVG, "Highest in X", "Burglary"), Picture(SVG, "Highest in Y", HOSTILE, legend=own)],
        "July 2025",
        shared,
    )
    page = report_html(Document("T", "", [Section("S", [grid, Picture(SVG, "Alone", "Alone")])]))
    assert re.findall(r"<b>(Figure \d\.|[ab])</b>", page) == ["a", "b", "Figure 1.", "Figure 2."]
    assert page.count('<div class="legend">') == 2
    assert page.index("Density") < page.index("Against the average") < page.index("July 2025")
    assert 'alt="Highest in X"' in page
    assert '<i style="background:#b2182b"></i>' in page
    assert "<script" not in page


def test_a_slot_says_what_is_to_be_written_until_it_is() -> None:
    def html(*texts: str) -> str:
        slot = Slot("At-risk groups", "who is harmed most.", texts)
        return report_html(Document("T", "", [Section("S", [slot])]))

    asked = "<h4>At-risk groups</h4><p>To be written by the partnership: who is harmed most.</p></div>"
    assert asked in html()
    assert "<h4>At-risk groups</h4><p>One &amp; two.</p><p>Three.</p>" in html("One & two.", "Three.")
    assert "To be written" not in html("One & two.", "Three.")


def test_many_columns_of_ticks_have_upright_headings() -> None:
    for count, upright in ((6, False), (7, True)):
        table = Table(
            "", ["T", *"ABCDEFG"[:count]], [["x", *["✓"] * count]], marks=frozenset(range(1, count + 1))
        )
        page = report_html(Document("T", "", [Section("S", [table])]))
        assert ('class="table short upright"' in page) == upright
        assert '<th scope="col" class="mark"><span>A</span></th>' in page


def test_a_table_of_sentences_may_be_divided_between_pages() -> None:
    table = Table("", ["T", "Why"], [["x", "Because."]], prose=frozenset({1}))
    page = report_html(Document("T", "", [Section("S", [table])]))
    assert '<div class="table long"' in page
    assert '<td class="prose">Because.</td>' in page


def test_a_tables_cells_stand_in_their_places() -> None:
    table = Table(
        "C", ["Name", "n ¹"], [["A & B", "7"], ["All", "7"]], numbers=frozenset({1}), note="¹ N", total=True
    )
    page = report_html(Document("T", "", [Section("S", [table])]))
    body = page[page.index("<thead>") : page.index("</table>")]
    assert body == (
        '<thead><tr><th scope="col">Name</th><th scope="col" class="number">n <sup>1</sup></th></tr></thead>\n'
        '<tbody><tr><th scope="row">A &amp; B</th><td class="number">7</td></tr>\n'
        '<tr class="total"><th scope="row">All</th><td class="number">7</td></tr></tbody>'
    )
    assert '<p class="note"><sup>1</sup> N</p>' in page


def test_same_document_same_bytes_and_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write_report(document(), tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    with pytest.raises(FileError, match="exists already"):
        write_report(document(), tmp_path / "a.html")


@pytest.fixture(scope="module")
def opened(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, list[str]]]:
    """The page in Chromium, and everything that went wrong on it."""
    from playwright.sync_api import sync_playwright

    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(document(), path)
    troubles: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 360, "height": 700})
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda request: troubles.append(request.url) if request.url.startswith("http") else None,
        )
        page.goto(path.as_uri())
        yield page, troubles
        browser.close()


@pytest.mark.browser
def test_the_page_runs_nothing_and_fits_a_phone(opened: tuple[Any, list[str]]) -> None:
    page, troubles = opened
    assert troubles == []
    assert page.evaluate("window.hacked") is None
    assert page.title() == HOSTILE
    assert page.evaluate("document.images[0].naturalWidth") > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.browser
def test_it_prints_on_a4_with_each_section_on_a_new_page(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    # The first section, the second, and the third with 90 rows of which about 44 fit on a page.
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) in (4, 5)
    sizes = {
        tuple(round(float(side)) for side in box.split())
        for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)
    }
    assert sizes == {(0, 0, 595, 842)}


PAPER = 658  # pixels: 174 mm, the width of the text on A4


def laid_out(page: Any, report: Document) -> Any:
    """A report as it is laid out on paper."""
    page.set_viewport_size({"width": PAPER, "height": 980})
    page.emulate_media(media="print")
    page.set_content(report_html(report), wait_until="load")
    return page


@pytest.mark.browser
@pytest.mark.parametrize("columns", [6, 8, 10, 13])
def test_no_table_is_wider_than_the_page(opened: tuple[Any, list[str]], columns: int) -> None:
    # A browser prints the whole report smaller where one table is too wide. The headings are the longest districts'.
    names = ["Newcastle-under-Lyme", "Staffordshire Moorlands", "Stoke-on-Trent", "East Staffordshire"]
    headings = ["Offence", *(names[place % 4] for place in range(columns - 1))]
    rows = [["Violence and sexual offences", *["102,451"] * (columns - 1)]] * 15
    table = Table("Counts", headings, rows, numbers=frozenset(range(1, columns)))
    page = laid_out(opened[0], Document("Wide", "2025", [Section("Counts", [table])]))
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER


@pytest.mark.browser
@pytest.mark.parametrize(
    "title", ["Assessment", "Abbeyshire: strategic assessment of crime and disorder " * 3]
)
def test_the_contents_stay_on_the_first_page_however_long_the_title(
    opened: tuple[Any, list[str]], title: str
) -> None:
    tall = SVG.replace(b"0 0 10 5", b"0 0 10 9")
    rows = [
        [f"{place}. Ward", "Vale", "Far above the average in all crime and burglary."] for place in range(5)
    ]
    table = Table("", ["Ward", "District", "Why"], rows, prose=frozenset({2}))
    first: list[Block] = [
        Paragraphs(["What a reader takes away."] * 3, lead=True),
        Picture(tall, "A map", "A map"),
        table,
    ]
    others = [Section(f"Section {place}", [Paragraphs(["Text."])]) for place in range(12)]
    page = laid_out(opened[0], Document(title, "2025", [Section("Summary", first, new_page=False), *others]))
    foot, image = (
        page.locator(which).first.evaluate("one => one.getBoundingClientRect()[" + side + "]")
        for which, side in ((".contents", "'bottom'"), (".front img", "'height'"))
    )
    # 261 mm are between the margins; the map takes what the rest leaves.
    assert foot <= 261 * 96 / 25.4
    assert image > 150
    pages = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pages)) == 13


@pytest.mark.browser
def test_slots_leave_room_for_a_theme_of_many_partnerships_on_one_page(
    opened: tuple[Any, list[str]],
) -> None:
    # Where no rate of others is at hand, nine districts take two lines more, and the page of the theme was full.
    slots: list[Block] = [
        Slot(title, "what is to be written.") for title in ("At-risk groups", "Recommendations")
    ]
    page = laid_out(opened[0], Document("Slots", "2025", [Section("Themes", slots)]))
    top, foot = (
        page.locator(".slot").nth(place).evaluate(f"one => one.getBoundingClientRect().{side}")
        for place, side in ((0, "top"), (1, "bottom"))
    )
    assert foot - top <= 28 * 96 / 25.4


def test_a_first_section_of_many_rows_is_no_page_of_its_own() -> None:
    picture, long = Picture(SVG, "A map", "A map"), Table("", ["Ward"], [["A"]] * 9)
    tried: list[tuple[list[Block], bool]] = [
        ([picture], True),
        ([picture, long], False),
        ([long], False),
        ([picture, picture], False),
    ]
    for blocks, own in tried:
        page = report_html(Document("T", "", [Section("One", blocks), Section("Two")]))
        assert ('<div class="front">' in page) == own


def test_a_table_without_a_number_is_named_after_its_columns() -> None:
    table = Table("", ["", "Ward", 'Why "now"'], [["1", "x", "Because."]], numbers=frozenset({0}))
    page = report_html(Document("T", "", [Section("S", [table, Table("Numbered", ["A"], [["x"]])])]))
    names = [value for name, value in read(page).attributes if name == "aria-label"]
    assert names == ['Table: Ward, Why "now"', "Table 1"]
