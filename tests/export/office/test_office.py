"""The report as a Word file and as slides: the page's own cells, harmless text, the same bytes, opened by an office."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import matplotlib.figure
import pptx
import pytest

from hotspots.base.errors import FileError
from hotspots.export.document import (
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
)
from hotspots.export.office.slides import MOST, ROWS, write_slides
from hotspots.export.office.word import write_word

HOSTILE = '=HYPERLINK("http://x") <w:p/> { TOC } Tŷ 🏘️ & \x00\x07\x1b\n\ud800'
SHOWN = '=HYPERLINK("http://x") <w:p/> { TOC } Tŷ 🏘️ & '.strip()
WRITERS = [(write_word, "report.docx"), (write_slides, "report.pptx")]


def png() -> bytes:
    held = io.BytesIO()
    matplotlib.figure.Figure((4, 3)).savefig(held, format="png", metadata={"Software": None})
    return held.getvalue()


@pytest.fixture(scope="module")
def document() -> Document:
    picture = Picture(b"<svg/>", "Burglary: Town is highest.", "Burglary, 2025", png())
    wards = Table(
        "Wards by rate",
        ["Ward", "Incidents", "Why ¹"],
        [[f"Ward {i}", f"{1000 + i:,}", f"Reason {i}. " * 8] for i in range(25)],
        numbers=frozenset({1}),
        prose=frozenset({2}),
        note="¹ Because.",
    )
    ticks = Table("Ticks", ["Theme", *"ABCDEFGH"], [["Arson", *"✓✓✓✓    "]], marks=frozenset(range(1, 9)))
    total = Table("Sums", [HOSTILE, "n"], [[HOSTILE, "1"], ["All", "1"]], numbers=frozenset({1}), total=True)
    long = Table("Long", ["Name"], [["W" * 200], *([f"Area {i}"] for i in range(40))])
    legend = Legend("Class", [("#b2182b", "High"), ("#2166ac", "Low")])
    return Document(
        "Priorities & places",
        "2025",
        [
            Section(
                "Summary", [Figures([("12", "wards"), ("3.5%", "change")]), Paragraphs(["Lead."], lead=True)]
            ),
            Section(
                "Themes",
                parts=[Part("Burglary", [Paragraphs(["One.", "Two."]), picture, wards], new_page=True)],
            ),
            Section(
                "Maps", [Grid([picture, picture], "Two maps", legend), Slot("At-risk groups", "who they are")]
            ),
            Section(HOSTILE, [Terms([(HOSTILE, HOSTILE)]), ticks, total, long]),
            Section("Methods", [Paragraphs(["How it was made."])], division="appendix"),
        ],
        origin=["Source: police.uk.", "Open Government Licence v3.0."],
        made_with="Made with hotspots.",
    )


@pytest.fixture(scope="module")
def folder(document: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("office")
    for write, name in WRITERS:
        write(document, made / name)
    return made


def tables(document: Document) -> Iterator[Table]:
    for section in document.sections:
        for block in (*section.blocks, *(block for part in section.parts for block in part.blocks)):
            if isinstance(block, Table):
                yield block


def seen(text: str) -> str:
    return text.replace(HOSTILE, SHOWN).strip()


def test_word_holds_every_cell_of_every_table(folder: Path, document: Document) -> None:
    book = docx.Document(str(folder / "report.docx"))
    made = [table for table in book.tables if table.style is not None and table.style.name == "Table Grid"]
    expected = list(tables(document))
    assert len(made) == len(expected) == 4
    for table, wanted in zip(made, expected, strict=True):
        cells = [[cell.text.strip() for cell in row.cells] for row in table.rows]
        assert cells == [[seen(text) for text in row] for row in (wanted.headings, *wanted.rows)]


def test_word_has_native_headings_repeated_rows_and_texts_for_pictures(folder: Path) -> None:
    book = docx.Document(str(folder / "report.docx"))
    headings = [(line.style.name, line.text) for line in book.paragraphs if "Heading" in str(line.style.name)]  # type: ignore[union-attr]
    assert headings[:3] == [
        ("Heading 1", "1  Summary"),
        ("Heading 1", "2  Themes"),
        ("Heading 2", "Burglary"),
    ]
    assert ("Heading 1", "A  Methods") in headings
    table = book.tables[1]
    assert table.rows[0]._tr.xpath("w:trPr/w:tblHeader")
    assert table.cell(1, 1).paragraphs[0].alignment == 2  # to the right
    body = book.element.xml
    assert body.count('descr="Burglary: Town is highest."') == 3
    assert 'TOC \\o "1-2"' in body
    assert body.count("SEQ Table") == 4
    assert "To be written by the partnership: who they are" in body
    foot = book.sections[0].footer.paragraphs[0]
    assert "Source: police.uk. Open Government Licence v3.0." in foot.text
    assert "NUMPAGES" in foot._p.xml


def test_slides_hold_the_tables_ten_rows_to_a_slide(folder: Path, document: Document) -> None:
    deck = pptx.Presentation(str(folder / "report.pptx"))
    found: dict[str, list[list[str]]] = {}
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                rows = [[cell.text.strip() for cell in row.cells] for row in shape.table.rows]
                assert len(rows) - 1 <= ROWS
                found.setdefault(shape._element.nvGraphicFramePr.cNvPr.get("descr"), []).extend(rows[1:])
    for table in tables(document):
        assert found[table.caption] == [[seen(text) for text in row] for row in table.rows[:MOST]]


def test_slides_say_what_is_left_out_and_put_the_rest_into_notes(folder: Path) -> None:
    deck = pptx.Presentation(str(folder / "report.pptx"))
    words = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    assert "The report has 11 more rows." in words
    notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide]
    assert notes[-1] == "Methods:\nHow it was made."
    assert any("Burglary: Town is highest." in note for note in notes)


def test_shapes_stay_on_the_slide(folder: Path) -> None:
    deck = pptx.Presentation(str(folder / "report.pptx"))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_same_document_same_bytes_and_no_one_named(
    write: Any, name: str, folder: Path, document: Document, tmp_path: Path
) -> None:
    write(document, tmp_path / name)
    assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    with zipfile.ZipFile(folder / name) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert "docProps/thumbnail.jpeg" not in archive.namelist()
        about = archive.read("docProps/core.xml").decode()
        text = "".join(
            archive.read(each).decode() for each in archive.namelist() if each.endswith((".xml", ".rels"))
        )
    assert "<dc:title>Priorities &amp; places</dc:title>" in about
    assert "<dc:language>en-GB</dc:language>" in about
    assert "2000-01-01T00:00:00Z" in about
    assert not re.search("python-docx|Steve Canny|hlinkClick|TargetMode=.External", text)
    with pytest.raises(FileError, match="exists already"):
        write(document, tmp_path / name)


@pytest.mark.parametrize("name", ["report.docx", "report.pptx"])
def test_an_office_opens_it_and_prints_its_words(name: str, folder: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    reader = shutil.which("pdftotext")
    assert reader is not None
    command = [
        office,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    subprocess.run(  # noqa: S603 - by path
        [*command, "--outdir", str(tmp_path), str(folder / name)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    told = subprocess.run(  # noqa: S603 - by path
        [reader, "-layout", str(tmp_path / "report.pdf"), "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.count("\f") >= 6
    for words in (
        "Priorities & places",
        "1,024",
        "Reason 24.",
        "Burglary, 2025",
        "Source: police.uk",
        '=HYPERLINK("http://x")',
    ):
        assert words in told.stdout
    if name.endswith("pptx"):
        assert told.stdout.count("\f") == len(pptx.Presentation(str(folder / name)).slides)


@pytest.mark.parametrize("long", [("Violence and sexual offences " * 7)[:200].strip(), "W" * 200])
def test_titles_of_200_letters_stay_whole_and_in_their_place(long: str, tmp_path: Path) -> None:
    part = Part(f"{long}!", [Paragraphs(["Below."])], new_page=True)
    document = Document(long, "2025", [Section(long, [Paragraphs(["Below."])], [part])])
    for write, name in WRITERS:
        write(document, tmp_path / name)
    book = docx.Document(str(tmp_path / "report.docx"))
    headings = [line.text for line in book.paragraphs if "Heading" in str(line.style.name)]  # type: ignore[union-attr]
    assert headings == [f"1  {long}", f"{long}!"]
    assert book.core_properties.title == long
    deck = pptx.Presentation(str(tmp_path / "report.pptx"))
    assert [slide.shapes.title.text for slide in deck.slides] == [long, long, f"{long}: {long}!"]
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if office is None or reader is None:
        pytest.skip("LibreOffice or pdftotext is not installed")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "report.pptx")], check=True, capture_output=True, timeout=120)  # noqa: S603
    told = subprocess.run(  # noqa: S603 - by path
        [reader, "-bbox", str(tmp_path / "report.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = told.split("<page ")[1:]
    assert len(pages) == 3
    word = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<')
    for page in pages[1:]:
        words = word.findall(page)
        below = next(float(top) for _, top, _, _, text in words if text == "Below.")
        heading = [one for one in words if float(one[1]) < below]
        # Nothing of the title leaves the slide (13.333 x 7.5 inches) or runs into the words below it.
        assert sum(len(text) for *_, text in heading) >= len(long.replace(" ", ""))
        assert min(float(top) for _, top, _, _, _ in heading) >= 0
        assert max(float(right) for _, _, right, _, _ in heading) <= 960
        assert max(float(low) for _, _, _, low, _ in heading) <= below
