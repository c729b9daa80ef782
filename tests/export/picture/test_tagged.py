"""PDFs of pictures read back: what a screen reader is told, in which order and language."""

from __future__ import annotations

import io
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pypdf import PdfReader

from hotspots.base.surface import Surface
from hotspots.export.picture.draw import draw_heatmap, draw_map
from hotspots.export.picture.saving import picture_bytes


@pytest.fixture(scope="module")
def document() -> bytes:
    wards = gpd.GeoDataFrame(
        {"name": ["Abbey", "Castle"], "gi_class": ["none", "hot99"]},
        geometry=shapely.box([4e5, 40e4 + 9000], [3e5, 309e3], [4e5 + 1000, 41e4], [301e3, 31e4]),
        index=["E0", "E1"],
        crs="EPSG:27700",
    )
    return picture_bytes(draw_map(wards, "gi_class", title="Burglary (Abbeyshire)"), "pdf")


def read(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def peak() -> Surface:
    values = np.ones((40, 40))
    values[:4, :4] = 100.0  # rows go from north to south
    return Surface(values, 4e5, 304_000, 100.0, "EPSG:27700", "incidents per km² a year")


def catalogue(data: bytes) -> Any:
    return read(data).trailer["/Root"]


def test_a_picture_is_a_document_of_one_figure_with_words_that_say_where(document: bytes) -> None:
    root = catalogue(document)["/StructTreeRoot"]
    (whole,) = root["/K"]
    (figure,) = whole.get_object()["/K"]
    assert whole.get_object()["/S"] == "/Document"
    assert figure.get_object()["/S"] == "/Figure"
    assert figure.get_object()["/Alt"] == (
        "Burglary (Abbeyshire). Hotspot (q\u00a0≤\u00a00.01): 1 of 2 areas, in the north-east around Castle."
    )


def test_all_that_is_drawn_belongs_to_the_figure(document: bytes) -> None:
    page: Any = read(document).pages[0]
    drawn = page.get_contents().get_data()
    assert drawn.startswith(b"/Figure <</MCID 0>> BDC")
    assert drawn.rstrip().endswith(b"EMC")
    assert drawn.count(b"BDC") == drawn.count(b"EMC") == 1
    assert page["/StructParents"] == 0
    place, held = catalogue(document)["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert int(place) == 0
    assert held[0].get_object()["/K"] == 0
    assert held[0].get_object()["/Pg"]["/StructParents"] == 0


def test_the_document_is_marked_as_tagged_and_tells_language_and_title(document: bytes) -> None:
    root = catalogue(document)
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert read(document).metadata.title == "Burglary (Abbeyshire)"  # type: ignore[union-attr]
    assert not {"/CreationDate", "/ModDate"} & set(read(document).metadata or {})


def test_a_heat_map_says_where_its_densest_ground_lies() -> None:
    figure = draw_heatmap(peak(), title="Burglary")
    assert figure.words == "The densest ground lies in the north-west."  # type: ignore[attr-defined]
    alt = (
        catalogue(picture_bytes(figure, "pdf"))["/StructTreeRoot"]["/K"][0]
        .get_object()["/K"][0]
        .get_object()["/Alt"]
    )
    assert alt == "Burglary. The densest ground lies in the north-west."


def test_an_svg_has_a_title_and_a_description_in_english() -> None:
    told = picture_bytes(draw_heatmap(peak(), title="Burglary <&>"), "svg").decode()
    assert '<svg role="img" lang="en-GB"' in told
    assert "<title>Burglary &lt;&amp;&gt;</title>\n <desc>The densest ground lies in the " in told
