"""Static pictures: the colours of the classes, words in the legend, plain text, same bytes."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import shapely
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.patches import Rectangle
from PIL import Image
from pypdf import PdfReader

from hotspots.base.columns import COLUMNS
from hotspots.base.errors import FileError, ParameterError
from hotspots.base.surface import Surface
from hotspots.export.picture.canvas import SLIDE
from hotspots.export.picture.draw import GROUND, draw_heatmap, draw_map
from hotspots.export.picture.parts import LINE, Pen, centre_of, round_length
from hotspots.export.picture.saving import picture_bytes, write_picture
from hotspots.export.style import DENSITY_RAMP, style_for
from hotspots.export.where import where

HOSTILE = ["<script>alert(1)</script>", r"$\frac{1}{0}$ & $", "Ynys Môn 🏘️ \u202e", "Town"]


def wards() -> gpd.GeoDataFrame:
    """Four squares of a kilometre side by side."""
    return gpd.GeoDataFrame(
        {
            "name": HOSTILE,
            "district": "Abbeyshire",
            "rate": [90.0, 30.0, 20.0, np.nan],
            "sd_score": [2.5, 1.2, 0.1, np.nan],
            "sd_flag": pd.Categorical(["significantly above", "above", "average", None]),
        },
        geometry=[shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * (i + 1), 301_000) for i in range(4)],
        index=pd.Index([f"E{i}" for i in range(4)], name="code"),
        crs="EPSG:27700",
    )


def surface() -> Surface:
    values = np.ones((40, 80))
    values[:, 40:] = 100.0  # the mean of all is 50.5: the left half lies under it, the right at 1 to 2 times
    return Surface(values, 4e5, 304_000, 100.0, "EPSG:27700", "incidents per km² a year")


def pixels(figure: Figure) -> npt.NDArray[np.int64]:
    image = np.asarray(imread(io.BytesIO(picture_bytes(figure, "png"))))
    return np.asarray(np.rint(image[:, :, :3] * 255), dtype=np.int64)


def share(image: npt.NDArray[np.int64], colour: str) -> float:
    wanted = np.array(list(bytes.fromhex(colour.lstrip("#"))))
    return float((np.abs(image - wanted).max(axis=2) <= 1).mean())


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


def test_each_area_has_the_colour_of_its_class() -> None:
    layer = wards().drop(columns=["name"]).assign(name="")
    image = pixels(draw_map(layer, "sd_flag", named=[]))
    assert image.shape == (1500, 2666, 3)
    colours = {entry.value: entry.colour for entry in style_for("sd_flag").classes}
    column = np.flatnonzero((np.abs(image - 255).max(axis=2) > 5)[:, 200])
    middle = int(column.mean())  # the row through the middle of the squares
    seen = ["#" + bytes(image[middle, x].tolist()).hex() for x in (250, 700, 1200, 1700)]
    assert seen == [colours["significantly above"], colours["above"], colours["average"], "#dcdcdc"]


def test_the_legend_has_the_limits_and_counts_of_the_classes_that_hold_an_area() -> None:
    layer = wards().assign(sd_mean=20.0, sd_above=40.0)
    said = words(
        draw_map(layer, "sd_flag", title="Crime", noun="wards", source="police.uk", attribution="OGL")
    )
    limits = {"Significantly above (over 60.0)", "Above (over 40.0, to 60.0)", "Average (0.0 to 40.0)"}
    assert {"Against the average", "No data"} | limits <= set(said)
    assert not any(text.startswith("Below") for text in said)
    assert said.count("1") == 4
    assert {"Crime", "wards", "Source: police.uk · OGL", "N"} <= set(said)


def test_text_from_the_data_is_drawn_as_it_stands() -> None:
    figure = draw_map(wards(), "sd_flag", title=HOSTILE[1], named=["E0", "E1", "E2"])
    assert [text for text in words(figure) if text in HOSTILE] == [
        HOSTILE[0],
        HOSTILE[1],
        HOSTILE[2],
        HOSTILE[1],
    ]
    for kind in ("png", "svg", "pdf"):
        assert picture_bytes(figure, kind)  # no formula is parsed, no letter warned of
    assert b"<script>" not in picture_bytes(figure, "svg")


def test_areas_significantly_above_are_named_where_there_is_room() -> None:
    assert HOSTILE[0] in words(draw_map(wards(), "sd_flag"))
    assert HOSTILE[1] not in words(draw_map(wards(), "sd_flag"))
    crowd = wards().assign(sd_flag="significantly above", name="A name of many letters indeed")
    crowd = crowd.set_geometry(list(shapely.box(4e5 + np.arange(8), 3e5, 409_000, 309_000)[:4]))
    # Around their one middle there is room on it, above and below; right and left would cover the first.
    assert words(draw_map(crowd, "sd_flag")).count("A name of many letters indeed") == 3


def test_only_classed_areas_are_drawn_of_many_cells() -> None:
    layer = wards().assign(gi_class=["hot99", "none", "none", None])
    outline = gpd.GeoDataFrame({"name": ["Abbeyshire"]}, geometry=[layer.union_all()], crs=layer.crs)
    figure = draw_map(layer, "gi_class", draw="classed", outline=outline, noun="cells")
    said = words(figure)
    assert "No data" not in said
    assert not any(text.startswith("Neither") for text in said)
    assert share(pixels(figure), "#650000") > 0.02
    assert share(pixels(figure), "#faf9f6") == 0


def test_a_heatmap_has_the_colours_and_limits_of_the_density_classes() -> None:
    figure = draw_heatmap(surface().classed("mean"), areas=wards(), note="Quartic kernel")
    image = pixels(figure)
    assert share(image, DENSITY_RAMP[0]) > 0.15
    said = words(figure)
    assert "1 to 2 × the mean (50.5 to 101)" in said
    assert "Quartic kernel" in said


def test_missing_cells_of_a_surface_stay_empty() -> None:
    values = surface().values.copy()
    values[:, 60:] = np.nan
    gap = Surface(values, 4e5, 304_000, 100.0, "EPSG:27700", "incidents per km² a year")
    image = pixels(draw_heatmap(gap))
    # The picture's map is as wide as the surface: the last quarter, where there are no values, is empty now.
    coloured = np.flatnonzero((image[750, 100:1850] != 255).any(axis=1))
    full = np.flatnonzero((pixels(draw_heatmap(surface()))[750, 100:1850] != 255).any(axis=1))
    assert np.ptp(coloured) / np.ptp(full) == pytest.approx(0.75, abs=0.01)


def test_gaps_between_areas_make_no_holes_in_a_heatmap() -> None:
    # Two districts 60 m apart, and cells of 100 m without a value along the gap.
    values = np.full((40, 80), 100.0)
    values[30:] = 1.0  # under the mean, and so not drawn
    values[:, 40] = np.nan
    grid = Surface(values, 4e5, 304_000, 100.0, "EPSG:27700", "incidents per km² a year")
    west, east = shapely.box(4e5, 3e5, 403_970, 304_000), shapely.box(404_030, 3e5, 408_000, 304_000)
    apart = gpd.GeoDataFrame({"name": ["", ""]}, geometry=[west, east], crs="EPSG:27700")
    image = pixels(draw_heatmap(grid.classed("mean"), outline=apart))
    shown = np.flatnonzero((image[750, 100:1850] != 255).any(axis=1))
    # The ground is 8 km wide, of which the gap would be over ten pixels.
    assert len(shown) > 1_000
    assert np.diff(shown).max() == 1


def test_a_surface_shows_its_extent_by_outlines_or_else_by_its_ground() -> None:
    outline = gpd.GeoDataFrame(
        {"name": ["A"]}, geometry=[shapely.box(4e5, 3e5, 408_000, 304_000)], crs="EPSG:27700"
    )
    assert share(pixels(draw_heatmap(surface())), GROUND) > 0.15
    assert share(pixels(draw_heatmap(surface(), outline=outline)), GROUND) == 0


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_same_picture_same_bytes_whatever_the_readers_settings(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"map.{kind}"
    write_picture(draw_map(wards(), "rate", title="Rate", outline=wards().dissolve("district")), path)
    with matplotlib.rc_context(
        {"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "none", "lines.linewidth": 9}
    ):
        again = draw_map(wards(), "rate", title="Rate", outline=wards().dissolve("district"))
        assert picture_bytes(again, kind) == path.read_bytes()  # type: ignore[arg-type]
        assert matplotlib.rcParams["font.size"] == 30
    assert not re.search(rb"20\d\d-\d\d-\d\d|D:20\d\d", path.read_bytes()[:2000])


def test_a_layer_in_degrees_is_drawn_in_metres() -> None:
    flat = draw_map(wards(), "rate")
    in_degrees = draw_map(wards().to_crs("EPSG:4326"), "rate")
    for figure in (flat, in_degrees):
        assert {"0", "250", "500 m"} <= set(words(figure))


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    figure = draw_map(wards(), "rate")
    axes = figure.axes[0]
    # Half of the bar is black: 250 m. The map's inches per metre follow from its own limits.
    ink = matplotlib.colors.to_rgba("#1f1f1f")
    box = next(part for part in figure.findobj(Rectangle) if part.get_facecolor() == ink)
    inches = box.get_width() * SLIDE[0]
    wide = axes.get_position().width * SLIDE[0]
    west, east = axes.get_xlim()
    assert inches * (east - west) / wide == pytest.approx(250)


def test_a_hole_stays_a_hole() -> None:
    ring = shapely.box(4e5, 3e5, 410_000, 310_000).difference(shapely.box(404_000, 304_000, 406_000, 306_000))
    layer = wards().iloc[:1].assign(gi_class="hot99").set_geometry([ring])
    figure = draw_map(layer, "gi_class")
    image = pixels(figure)
    red = (np.abs(image - [0x65, 0x00, 0x00]).max(axis=2) <= 1)[:, :1800]
    rows, columns = (np.flatnonzero(red.any(axis=axis)) for axis in (1, 0))
    middle = image[(rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2]
    assert middle.tolist() == [255, 255, 255]
    assert red.sum() / (len(rows) * len(columns)) == pytest.approx(0.96, abs=0.02)  # 100 less 4 squares


def test_a_name_stands_where_there_is_room() -> None:
    # A square with a thin tail: the middle of the square, not of the whole.
    shape = shapely.union(shapely.box(0, 0, 10, 10), shapely.box(10, 0, 100, 0.5))
    assert centre_of(shape) == pytest.approx((5, 5), abs=0.5)


def test_lines_wrap_at_words() -> None:
    pen = Pen(Figure(figsize=SLIDE), 1.0)
    lines = pen.wrap("one two three four five six seven", 1.0, 12)
    assert " ".join(lines) == "one two three four five six seven"
    assert len(lines) > 1
    assert all(pen.measure(line, 12) <= 1.0 for line in lines)
    assert pen.line(72) == LINE
    assert round_length(5000) == 5000


def test_names_that_end_otherwise_are_refused(tmp_path: Path) -> None:
    figure = draw_map(wards(), "rate")
    with pytest.raises(ParameterError) as caught:
        write_picture(figure, "map.jpg")
    assert caught.value.message == "cannot tell the format of 'map.jpg' from its name"
    assert caught.value.hint == "end the name in .png or .svg or .pdf"
    (tmp_path / "map.png").write_bytes(b"")
    with pytest.raises(FileError, match="exists already"):
        write_picture(figure, tmp_path / "map.png")
    with pytest.raises(ParameterError) as caught:
        picture_bytes(figure, "pgn")  # type: ignore[arg-type]
    assert (caught.value.message, caught.value.hint) == ("'kind' is 'pgn'", "did you mean 'png'?")


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(ParameterError) as caught:
        draw_map(wards().assign(gi_class="none"), "gi_class", draw="classed")
    assert caught.value.message == "there is nothing to draw"
    assert caught.value.hint == "pass an 'outline', or draw all areas"
    with pytest.raises(ParameterError, match="the layer has no column 'rtae'"):
        draw_map(wards(), "rtae")


def test_files_say_what_the_picture_shows_and_where() -> None:
    # Four squares in a row from west to east; the first is the hotspot, and its name is no markup.
    layer = wards().assign(gi_class=["hot99", "none", "none", "none"])
    figure = draw_map(layer, "gi_class", title="Burglary & theft", noun="wards")
    told = f"Hotspot (q\u00a0≤\u00a00.01): 1 of 4 areas, {where(layer, [layer.index[0]])}."
    assert figure.words == told
    svg = picture_bytes(figure, "svg").decode("utf-8")
    assert "<title>Burglary &amp; theft</title>" in svg
    assert f"<desc>{html.escape(told)}</desc>" in svg
    assert "in the west around" in told
    assert '<svg role="img" lang="en-GB" ' in svg
    png = Image.open(io.BytesIO(picture_bytes(figure, "png", dpi=50)))
    assert (png.info["Title"], png.info["Description"]) == ("Burglary & theft", told)
    told_by_pdf = PdfReader(io.BytesIO(picture_bytes(figure, "pdf"))).metadata
    assert told_by_pdf is not None
    assert (told_by_pdf.title, told_by_pdf.subject) == ("Burglary & theft", told)


def test_a_picture_without_a_class_that_stands_out_says_so() -> None:
    figure = draw_map(wards().assign(gi_class="none"), "gi_class", title="Burglary")
    assert "<desc>No area stands out.</desc>" in picture_bytes(figure, "svg").decode("utf-8")


def hatches(figure: Figure) -> list[str]:
    return [patch.get_hatch() for patch in figure.axes[0].patches if patch.get_hatch()]


def written(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def test_rates_of_few_incidents_are_hatched_and_the_legend_says_of_how_many_areas() -> None:
    few = wards().assign(n=[90, 9, 3, 40])
    figure = draw_map(few, "rate", noun="wards")
    assert len(hatches(figure)) == 2  # one for each class that holds such a ward
    said = written(figure)
    assert "Hatched: a rate of fewer than 10 incidents" in " ".join(said)
    assert said[said.index(next(text for text in said if text.startswith("Hatched"))) - 1] == "2"
    many = draw_map(wards().assign(n=[90, 10, 30, 40]), "rate")
    assert not hatches(many)
    assert not any("Hatched" in text for text in written(many))


def test_rates_of_areas_that_are_too_small_are_not_hatched_and_the_legend_says_so() -> None:
    # 3,600 wards of 100 m on a slide of about 45 km: the middle one is a tenth of a millimetre high.
    west, south = (4e5 + 100 * np.array(steps).ravel() for steps in np.mgrid[0:60, 0:60])
    layer = gpd.GeoDataFrame(
        {"n": [3, *([40] * 3600)], "rate": [2.0, *np.linspace(1, 9, 3600)]},
        geometry=[shapely.box(44e4, 3e5, 44.5e4, 30.5e4), *shapely.box(west, south, west + 100, south + 100)],
        crs="EPSG:27700",
    )
    figure = draw_map(layer, "rate", noun="wards")
    assert not hatches(figure)
    said = " ".join(written(figure))
    assert "Too small here to be hatched: a rate of fewer than 10 incidents" in said
    assert not figure.hatched
    edges = {patch.get_edgecolor() for patch in figure.axes[0].patches}
    fills = {patch.get_facecolor() for patch in figure.axes[0].patches}
    assert edges == fills, "borders have the colour that they enclose"


def test_what_went_up_and_down_is_told_by_marks_on_map_and_legend() -> None:
    changed = wards().assign(ch_flag=["up", "down", "no clear change", None])
    figure = draw_map(changed, "ch_flag")
    on_map = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(on_map) == ["▲", "▼"]
    assert {"▲", "▼"} <= set(written(figure))


def test_small_areas_that_lie_together_bear_one_mark() -> None:
    # 100 m on a map of 40 km are a quarter of a millimetre; ten of them side by side have room for one letter.
    west = [*(4e5 + 100 * i for i in range(60) for _ in range(60)), 44e4]
    south = [*(3e5 + 100 * i for _ in range(60) for i in range(60)), 3e5]
    cells = gpd.GeoDataFrame(
        {"em_class": ["new hotspot"] * 3600 + ["none"]},
        geometry=shapely.box(west, south, np.add(west, 100), np.add(south, 100)),
        crs="EPSG:27700",
    )
    assert [text.get_text() for text in draw_map(cells, "em_class").axes[0].texts] == ["N"]


def test_borderline_priorities_are_hatched_over_their_colour() -> None:
    chosen = wards().assign(priority=["force-wide", "borderline force-wide", "watch", ""])
    assert len(hatches(draw_map(chosen, "priority"))) == 1


def district(width: float, height: float) -> gpd.GeoDataFrame:
    """Two wards side by side, so wide and so high in kilometres together."""
    half = 500 * width
    return gpd.GeoDataFrame(
        {"name": ["Abbey", "Castle"], "district": ["Abbeyshire", "Castleshire"], "rate": [90.0, 30.0]},
        geometry=[
            shapely.box(4e5 + half * i, 3e5, 4e5 + half * (i + 1), 3e5 + 1000 * height) for i in (0, 1)
        ],
        index=pd.Index(["E0", "E1"], name="code"),
        crs="EPSG:27700",
    )


LINES: dict[str, Any] = {"title": "Burglary", "subtitle": "2025", "source": "police.uk"}


def test_a_tall_study_area_is_as_high_as_the_slide_and_its_words_stand_beside_it() -> None:
    tall = draw_map(district(4, 6), "rate", **LINES)
    place = tall.axes[0].get_position()
    # 7.5 inches less two margins of 0.35: 6.8 of 7.5 are 0.907; under the title the map had 5.8.
    assert place.height == pytest.approx(6.8 / 7.5)
    assert min(text.get_position()[0] for text in tall.texts) > place.x1


def test_a_wide_study_area_has_its_title_above() -> None:
    wide = draw_map(district(8, 4), "rate", **LINES)
    place = wide.axes[0].get_position()
    title = next(text for text in wide.texts if text.get_text() == "Burglary")
    assert title.get_position()[1] > place.y1
    assert title.get_position()[0] == pytest.approx(place.x0)


def test_a_long_legend_ends_above_the_scale_bar() -> None:
    kinds = [str(entry.value) for entry in COLUMNS["em_class"].classes]
    many = gpd.GeoDataFrame(
        {"em_class": kinds},
        geometry=[shapely.box(4e5 + 1000 * i, 3e5, 401e3 + 1000 * i, 312e3) for i in range(len(kinds))],
        crs="EPSG:27700",
    )
    figure = draw_map(many, "em_class", **LINES)
    lowest = next(text.get_position()[1] for text in figure.texts if "Undefined" in text.get_text())
    scale = next(text.get_position()[1] for text in figure.texts if text.get_text() == "0")
    assert lowest > scale


def test_the_district_stands_after_the_name_of_a_ward_where_there_are_several() -> None:
    figure = draw_map(district(8, 4), "rate", named=["E0"])
    assert [text.get_text() for text in figure.axes[0].texts] == ["Abbey\n(Abbeyshire)"]
    one = draw_map(district(8, 4).assign(district="Abbeyshire"), "rate", named=["E0"])
    assert [text.get_text() for text in one.axes[0].texts] == ["Abbey"]
