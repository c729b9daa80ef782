"""The web map's document: what is stored, how small, how safe."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.areas.context import MOST_TOWNS, MOST_VERTICES
from hotspots.base.columns import format_value
from hotspots.base.errors import CRSError, DataError, FileError, ParameterError
from hotspots.base.surface import Surface
from hotspots.export.webmap.context import context_data
from hotspots.export.webmap.data import map_data, to_script
from hotspots.export.webmap.make import AreaView, SurfaceView, make_map, period_columns, write_map
from hotspots.export.webmap.shapes import ALPHABET, encode_integers, encode_shapes


def wards(count: int = 9, **columns: Any) -> gpd.GeoDataFrame:
    side = int(np.ceil(np.sqrt(count)))
    places = [divmod(i, side) for i in range(count)]
    frame = gpd.GeoDataFrame(
        {
            "name": [f"Ward {i}" for i in range(count)],
            "district": ["North" if row else "South" for row, _ in places],
            "n": np.arange(count),
            "rate": np.where(np.arange(count) == 1, np.nan, np.arange(count) * 1.26),
            "gi_class": pd.Categorical(["hot99", *["none"] * (count - 2), "cold95"]),
        },
        geometry=[
            shapely.box(x, y, x + 1000, y + 1000)
            for x, y in ((4e5 + 1000 * c, 3e5 + 1000 * r) for r, c in places)
        ],
        index=pd.Index([f"E{i:04d}" for i in range(count)], name="code"),
        crs="EPSG:27700",
    )
    return frame.assign(**columns)


def bump() -> Surface:
    values = np.zeros((40, 30))
    values[25, 7] = 10.0
    values[:, 28:] = np.nan
    return Surface(values, 4e5, 3e5 + 4000, 100.0, "EPSG:27700", "incidents per km² a year")


def html_of(*views: AreaView | SurfaceView, **page: Any) -> str:
    return str(make_map(views, **{"title": "Crime", **page}).get_root().render())


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="hotspots-data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    read = json.loads(found[1])
    assert isinstance(read, dict)
    return read


def integers_of(text: str) -> list[int]:
    numbers, value, shift = [], 0, 0
    for letter in text:
        digit = ALPHABET.index(letter)
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            numbers.append(-(value + 1) // 2 if value & 1 else value // 2)
            value = shift = 0
    return numbers


def shapes_of(store: dict[str, Any]) -> npt.NDArray[np.object_]:
    """All that a store's text draws: its areas, then their districts."""
    sizes = iter(integers_of(store["sizes"]))
    refs = iter(np.cumsum(integers_of(store["refs"])).tolist())
    steps = np.array(integers_of(store["points"]), dtype=float).reshape(-1, 2)
    lengths = np.array(integers_of(store["lengths"]), dtype=int)
    arcs = np.split(np.cumsum(steps, axis=0) / 1e5, np.cumsum(lengths)[:-1])

    def ring(count: int) -> npt.NDArray[np.float64]:
        found = [next(refs) for _ in range(count)]
        return np.concatenate([arcs[ref >> 1][:: -1 if ref & 1 else 1][:-1] for ref in found])

    shapes = []
    for parts in sizes:
        rings = [[ring(next(sizes)) for _ in range(next(sizes))] for _ in range(parts)]
        shapes.append(shapely.MultiPolygon([shapely.Polygon(outer, holes) for outer, *holes in rings]))
    return np.array(shapes)


def areas_of(store: dict[str, Any]) -> npt.NDArray[np.object_]:
    found = shapes_of(store)
    return found[: len(found) - store["districts"]]


def cells_of(column: dict[str, Any]) -> list[Any]:
    """A column's cells as the page reads them."""
    if "packed" not in column:
        return list(column["values"])
    parts = [None if value == 0 else value - (value > 0) for value in integers_of(column["packed"])]
    if column.get("flag"):
        return [None if part is None else part == 1 for part in parts]
    if "words" in column:
        return [None if part is None else column["words"][part] for part in parts]
    return [None if part is None else part / column["scale"] for part in parts]


# --- polygons as text


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_integers_survive_their_letters(numbers: list[int]) -> None:
    assert integers_of(encode_integers(np.array(numbers, dtype=np.int64))) == numbers


def test_parts_and_holes_survive_their_letters() -> None:
    holed = shapely.box(0, 0, 3000, 3000).difference(shapely.box(1000, 1000, 2000, 2000))
    two = shapely.MultiPolygon([shapely.box(5000, 0, 6000, 900), shapely.box(7000, 0, 8000, 900)])
    shapes = shapely.transform(np.array([holed, two, shapely.Polygon()]), lambda p: p + np.array([4e5, 3e5]))
    text = encode_shapes(shapes, "EPSG:27700")
    back = gpd.GeoSeries(shapes_of(vars(text)), crs="EPSG:4326").to_crs("EPSG:27700")
    assert [len(shape.geoms) for shape in back] == [1, 2, 0]
    assert len(back[0].geoms[0].interiors) == 1
    np.testing.assert_allclose(back.area, shapely.area(shapes), rtol=0.01)
    assert shapely.hausdorff_distance(back[0], shapes[0]) < 1


def test_a_border_that_areas_share_is_written_once() -> None:
    # Four squares around a point: of the twelve sides four are shared, and the outer two of each square make one arc.
    squares = shapely.box(
        [0, 1000, 0, 1000], [0, 0, 1000, 1000], [1000, 2000, 1000, 2000], [1000, 1000, 2000, 2000]
    )
    text = encode_shapes(shapely.transform(squares, lambda p: p + np.array([4e5, 3e5])), "EPSG:27700")
    assert sorted(integers_of(text.lengths)) == [2, 2, 2, 2, 3, 3, 3, 3]
    assert integers_of(text.sizes) == [1, 1, 3] * 4
    refs = np.cumsum(integers_of(text.refs))
    # Outer rings all run the same way round, so neighbours run against each other.
    assert sorted(np.bincount(refs >> 1).tolist()) == [1, 1, 1, 1, 2, 2, 2, 2]
    assert all(sum(refs[refs >> 1 == arc] & 1) == 1 for arc in range(8) if (refs >> 1 == arc).sum() == 2)


def test_an_island_in_another_area_shares_its_whole_ring_with_the_hole() -> None:
    island = shapely.Point(5e3, 5e3).buffer(2000)
    shapes = np.array([shapely.box(0, 0, 1e4, 1e4) - island, island])
    text = encode_shapes(shapely.transform(shapes, lambda p: p + np.array([4e5, 3e5])), "EPSG:27700")
    assert len(integers_of(text.lengths)) == 2
    # The first area has two rings of an arc each, the second one ring: the same arc, run the other way.
    assert integers_of(text.sizes) == [1, 2, 1, 1, 1, 1, 1]
    first, hole, round_island = np.cumsum(integers_of(text.refs))
    assert hole ^ 1 == round_island != first


@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=12), min_size=1, max_size=6))
@settings(max_examples=60)
def test_any_mosaic_survives_its_letters(owners: list[list[int]]) -> None:
    # Unit cells given to up to six areas: islands, holes, corners that touch, areas in parts.
    cells = [
        (owner, shapely.box(4e5 + 100 * x, 3e5 + 100 * y, 4e5 + 100 * x + 100, 3e5 + 100 * y + 100))
        for y, row in enumerate(owners)
        for x, owner in enumerate(row)
    ]
    shapes = np.array([shapely.union_all([cell for own, cell in cells if own == area]) for area in range(6)])
    back = shapes_of(vars(encode_shapes(shapes, "EPSG:27700")))
    drawn = gpd.GeoSeries(back, crs="EPSG:4326").to_crs("EPSG:27700").to_numpy()
    assert shapely.is_valid(drawn).all()
    assert shapely.area(shapely.symmetric_difference(drawn, shapes)) == pytest.approx(
        0, abs=0.02 * 100 * 100 * 12
    )


# --- what the document stores


def test_themes_share_one_set_of_polygons_and_equal_columns() -> None:
    burglary, robbery = wards(), wards(n=np.arange(9) * 2)
    data = data_of(
        html_of(
            AreaView("Rate", burglary, "rate", group="Burglary"),
            AreaView("Hotspots", burglary, "gi_class", group="Burglary"),
            AreaView("Hotspots", robbery, "gi_class", group="Robbery"),
            AreaView("Larger", wards(16), "n"),
        )
    )
    assert [view["store"] for view in data["themes"]] == [0, 0, 0, 1]
    assert [view["table"] for view in data["themes"]] == [0, 0, 1, 2]
    assert len(data["stores"]) == 2
    # The two crimes differ in n alone.
    assert len(set(data["tables"][0]) ^ set(data["tables"][1])) == 2
    expected = gpd.GeoSeries(areas_of(data["stores"][0]), crs="EPSG:4326").to_crs("EPSG:27700").centroid
    assert expected.distance(burglary.geometry.centroid.reset_index(drop=True)).max() < 3


def test_classes_are_letters_and_missing_is_a_dash() -> None:
    view = data_of(html_of(AreaView("Rate", wards(), "rate", noun="wards")))["themes"][0]
    (step,) = view["steps"]
    assert step["classes"][1] == "-"
    assert view["missing"] == {"label": "No data", "colour": "#dcdcdc", "opacity": 1.0}
    assert (sum(step["counts"]), step["gaps"]) == (8, 1)


def test_cells_in_no_class_are_neither_stored_nor_drawn() -> None:
    view = AreaView("Cells", wards(), "gi_class", noun="cells", draw="classed")
    data = data_of(html_of(view))
    assert len(shapes_of(data["stores"][0])) == 2
    assert data["themes"][0]["steps"][0]["classes"] == "05"
    assert data["themes"][0]["steps"][0]["note"] == "Not drawn: 7 cells (neither hotspot nor coldspot)."
    drawn = [entry["label"] for entry in data["themes"][0]["legend"] if entry["opacity"]]
    assert "Neither hotspot nor coldspot" not in drawn
    both = data_of(
        html_of(
            view,
            AreaView("Cells", wards(gi_class=["none", "hot90", *["none"] * 7]), "gi_class", draw="classed"),
        )
    )
    assert [entry["steps"][0]["classes"] for entry in both["themes"]] == ["0.5", ".2."]


def test_a_surface_says_what_it_leaves_out_and_which_group_it_belongs_to() -> None:
    data = data_of(
        html_of(
            AreaView("Rate", wards(), "rate", group="Burglary", noun="wards"),
            SurfaceView("Heat-map", bump().classed("mean"), note="Quartic.", group="Burglary"),
        )
    )
    assert data["surfaces"][0]["note"] == "Quartic. Not drawn: under the mean (under 10.0)."
    assert data["surfaces"][0]["group"] == "Burglary"


def test_periods_share_one_set_of_classes() -> None:
    layer = wards(n_2016=[0, 1, 2, 3, 4, 5, 6, 7, 8], n_2017=[10, 20, 30, 40, 50, 60, 70, 80, np.nan])
    periods = period_columns(layer, "n")
    assert periods == {"2016": "n_2016", "2017": "n_2017"}
    view = data_of(html_of(AreaView("By year", layer, "n_2017", periods=periods)))["themes"][0]
    assert view["legendTitle"] == "Incidents"
    assert view["opens"] == 1
    assert [step["label"] for step in view["steps"]] == ["2016", "2017"]
    assert [sum(step["counts"]) for step in view["steps"]] == [9, 8]
    assert [step["gaps"] for step in view["steps"]] == [0, 1]
    # The largest value of 2016 lies below the smallest of 2017, so no class holds areas of both... but the middle.
    both = [min(pair) for pair in zip(*(step["counts"] for step in view["steps"]), strict=True)]
    assert sum(count > 0 for count in both) <= 1
    columns = {column["name"]: column for column in data_of(html_of(AreaView("n", layer, "n")))["columns"]}
    assert columns["n_2016"]["label"] == "Incidents, 2016"
    assert (columns["n_2016"]["decimals"], columns["n_2016"]["unit"]) == (0, "")


def test_places_of_names_lie_inside_their_areas() -> None:
    layer = wards()
    ell = shapely.Polygon([(0, 0), (3000, 0), (3000, 300), (300, 300), (300, 3000), (0, 3000)])
    layer = layer.set_geometry(
        [shapely.transform(ell, lambda p, i=i: p + np.array([4e5, 3e5 + i * 4000])) for i in range(9)]
    )
    store = data_of(html_of(AreaView("Rate", layer.set_crs("EPSG:27700"), "rate")))["stores"][0]
    places = shapely.points(np.cumsum(np.array(integers_of(store["places"])).reshape(-1, 2), axis=0) / 1e5)
    assert shapely.contains(areas_of(store), places).all()


def test_a_surface_can_stand_alone() -> None:
    data = data_of(html_of(SurfaceView("Heat-map", bump(), visible=True)))
    assert data["themes"] == []
    assert data["bounds"][0][0] == pytest.approx(52.597, abs=0.01)


def test_numbers_are_stored_as_they_are_shown() -> None:
    layer = wards(
        gi_p=np.linspace(0, 1, 9) ** 4 * 0.3, imd_rank=np.arange(9.0), sd_near=[True, None, *[False] * 7]
    )
    data = data_of(html_of(AreaView("Rate", layer, "rate")))
    columns = {column["name"]: column for column in data["columns"]}
    assert cells_of(columns["rate"])[:4] == [0, None, 2.5, 3.8]
    assert columns["rate"]["unit"] == "per 1,000 people a year"
    assert columns["n"]["unit"] == ""
    assert cells_of(columns["sd_near"])[:3] == [True, None, False]
    small = [format_value("gi_p", value) == "under 0.0001" for value in layer["gi_p"]]
    assert [value == 0 for value in cells_of(columns["gi_p"])] == small
    assert columns["gi_p"]["smallest"] == "0.0001"


def test_flags_that_no_map_colours_speak_for_themselves() -> None:
    data = data_of(html_of(AreaView("Rate", wards(st_class=["new", *["stays"] * 8]), "rate")))
    column = next(column for column in data["columns"] if column["name"] == "st_class")
    assert (column["words"], cells_of(column)[:3]) == (["new", "stays"], ["new", "stays", "stays"])


def test_areas_without_a_name_show_their_code() -> None:
    data = data_of(html_of(AreaView("Rate", wards(name=["", None, *"abcdefg"]), "rate")))
    names = next(column for column in data["columns"] if column["name"] == "name")
    assert names["values"][:3] == ["E0000", "E0001", "a"]


def test_districts_are_labelled_the_largest_first() -> None:
    districts = wards().dissolve("district")[["geometry"]]
    data = data_of(html_of(AreaView("Rate", wards(), "rate"), boundary=districts))
    assert [label[2] for label in data["outline"]["labels"]] == ["North", "South"]
    assert len(shapes_of(data["outline"]["shapes"])) == 2


def test_districts_run_along_the_borders_of_their_areas() -> None:
    layer = wards()
    dense = shapely.segmentize(layer.geometry.to_numpy(), 80)
    layer = layer.set_geometry(
        gpd.GeoSeries(
            shapely.transform(dense, lambda p: p + 60 * np.sin(p[:, ::-1] / 130)),
            index=layer.index,
            crs=layer.crs,
        )
    )
    # Of another layer, generalised otherwise: only its names count.
    other = layer.dissolve("district")[["geometry"]].simplify(200).to_frame("geometry")
    (store,) = data_of(html_of(AreaView("Rate", layer, "rate"), boundary=other))["stores"]
    assert store["districts"] == 2
    north, south = shapes_of(store)[-2:]
    members = shapely.union_all(areas_of(store)[(layer["district"] == "South").to_numpy()])
    assert south.equals(members)
    assert shapely.intersection(north, south).area == 0
    # No arc is added for them.
    (alone,) = data_of(html_of(AreaView("Rate", layer, "rate")))["stores"]
    assert (store["points"], alone["districts"]) == (alone["points"], 0)


def test_zooming_ends_where_borders_do_and_the_legend_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = wards()
    dense = shapely.segmentize(layer.geometry.to_numpy(), 10)
    wavy = layer.set_geometry(
        gpd.GeoSeries(
            shapely.transform(dense, lambda p: p + 30 * np.sin(p[:, ::-1] / 40)),
            index=layer.index,
            crs=layer.crs,
        )
    )
    whole = data_of(html_of(AreaView("Rate", wavy, "rate")))
    assert whole["stores"][0]["zoom"] == 18
    assert whole["themes"][0]["steps"][0]["note"] == ""
    monkeypatch.setattr("hotspots.export.webmap.data.MAX_VERTICES", 100)
    coarse = data_of(html_of(AreaView("Rate", wavy, "rate")))
    assert 10 < coarse["stores"][0]["zoom"] < 18
    assert re.fullmatch(
        r"Borders are drawn to about \d+ m, and the map goes no closer than they hold\.",
        coarse["themes"][0]["steps"][0]["note"],
    )


def test_layers_in_degrees_are_drawn_where_they_are() -> None:
    data = data_of(html_of(AreaView("Rate", wards().to_crs("EPSG:4326"), "rate")))
    direct = data_of(html_of(AreaView("Rate", wards(), "rate")))
    np.testing.assert_allclose(data["bounds"], direct["bounds"], atol=1e-4)


# --- the document itself


def test_nothing_is_linked_and_the_page_says_what_it_is() -> None:
    html = html_of(
        AreaView("Rate", wards(), "rate"),
        period="July 2018",
        source="police.uk",
        attribution="Open Government Licence v3.0",
        method_notes=["Rates are per 1,000.", "<b>Not bold</b>"],
    )
    assert not re.search(r"""<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=["']?(?:https?:)?//""", html)
    assert "url(images" not in html
    assert '<html lang="en-GB">' in html
    assert "<title>Crime</title>" in html
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in html
    assert "July 2018" in html
    assert "Source: police.uk" in html
    assert "&lt;b&gt;Not bold&lt;/b&gt;" in html


def test_street_tiles_only_when_asked_for() -> None:
    views = [AreaView("Rate", wards(), "rate")]
    assert "tile.openstreetmap.org" not in html_of(*views)
    tiled = html_of(*views, basemap="osm")
    assert "tile.openstreetmap.org" in tiled
    assert "OpenStreetMap" in tiled


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://maps.force.example/{z}/{x}.png", "lacks {y}"),
        ("maps/{z}/{x}/{y}.png", "is no web address"),
    ],
)
def test_the_address_of_a_map_server_names_the_tile(address: str, fault: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(f"'tiles' is '{address}', which {fault}")):
        make_map([AreaView("Rate", wards(), "rate")], title="T", tiles=address)


def test_the_same_themes_give_the_same_bytes_however_often(tmp_path: Path) -> None:
    for name in ("a", "b"):
        made = make_map(
            [AreaView("Rate", wards(), "rate"), SurfaceView("Heat", bump())], title="Crime", basemap="osm"
        )
        write_map(made, tmp_path / f"{name}.html")
    write_map(made, tmp_path / "c.html")
    first, second, third = ((tmp_path / f"{name}.html").read_bytes() for name in "abc")
    assert first == second == third


def test_text_cannot_leave_its_place() -> None:
    hostile = "</script><script>alert(1)</script>{{ 7*7 }}{% raw %}\u2028"
    html = html_of(
        AreaView(hostile, wards(name=hostile, district=hostile), "rate", group=hostile),
        title=hostile,
        period=hostile,
    )
    assert "<script>alert(1)" not in html
    assert "49" not in re.findall(r"<h1>(.*?)</h1>", html)[0]
    data = data_of(html)
    assert data["themes"][0]["title"] == hostile
    assert "\u2028" not in re.findall(r'id="hotspots-data">(.*?)</script>', html)[0]


def test_five_thousand_areas_with_four_themes_stay_under_three_megabytes() -> None:
    generator = np.random.default_rng(0)
    views = []
    for crime in range(4):
        count = 5000
        numbers = {
            name: generator.normal(size=count)
            for name in ("gi_z", "sd_score", "sd_margin", "rate_lo", "rate_hi")
        }
        layer = wards(
            count,
            rate=generator.gamma(1, 80, count),
            population=generator.integers(1000, 3000, count),
            **numbers,
        )
        dense = shapely.segmentize(layer.geometry.to_numpy(), 80)
        wavy = shapely.transform(dense, lambda p: p + 60 * np.sin(p[:, ::-1] / 130))
        layer = layer.set_geometry(gpd.GeoSeries(wavy, index=layer.index, crs=layer.crs))
        views += [AreaView(column, layer, column, group=f"Crime {crime}") for column in ("rate", "gi_class")]
    assert len(html_of(*views).encode()) < 3_000_000


# --- messages


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(ParameterError) as nothing:
        make_map([], title="Crime")
    assert str(nothing.value) == (
        "there is nothing to draw on the map\nHint: pass at least one AreaView or SurfaceView"
    )
    with pytest.raises(ParameterError) as basemap:
        make_map([AreaView("Rate", wards(), "rate")], title="Crime", basemap="osn")  # type: ignore[arg-type]
    assert str(basemap.value) == "'basemap' is 'osn'\nHint: did you mean 'osm'?"
    with pytest.raises(ParameterError, match="the layer has no column 'rates'"):
        html_of(AreaView("Rate", wards(), "rates"))
    with pytest.raises(ParameterError) as period:
        html_of(AreaView("By year", wards(n_2016=1), "n", periods={"2016": "n_2016"}))
    assert str(period.value) == (
        "view 'By year' draws 'n', which is none of its periods\nHint: draw one of: 'n_2016'"
    )
    with pytest.raises(ParameterError, match="the layer has no column 'imd'"):
        html_of(AreaView("Rate", wards(), "rate", rank_column="imd"))
    with pytest.raises(ParameterError) as points:
        html_of(AreaView("Rate", wards().set_geometry(wards().centroid), "rate"))
    assert points.value.message == "area 'E0000' is not a polygon, and the map draws polygons"
    assert points.value.hint == "leave it out, or count its incidents into areas first"
    with pytest.raises(DataError, match="column 'gi_class' holds 'warm', which is in none of its classes"):
        html_of(AreaView("Hotspots", wards(gi_class="warm"), "gi_class"))
    with pytest.raises(CRSError, match="the layer has no coordinate reference system"):
        html_of(AreaView("Rate", wards().set_crs(None, allow_override=True), "rate"))


def test_an_existing_map_is_kept(tmp_path: Path) -> None:
    made = make_map([AreaView("Rate", wards(), "rate")], title="Crime")
    write_map(made, tmp_path / "a.html")
    with pytest.raises(FileError, match="exists already"):
        write_map(made, tmp_path / "a.html")


@settings(max_examples=25)
@given(
    st.lists(st.floats(0, 1e6) | st.just(float("nan")), min_size=9, max_size=9),
    st.lists(st.floats(width=64), min_size=9, max_size=9),
)
def test_any_values_can_be_drawn_beside_any_others(values: list[float], others: list[float]) -> None:
    data = data_of(html_of(AreaView("Rate", wards(rate=values, seen=others), "rate")))
    assert len(data["themes"][0]["steps"][0]["classes"]) == 9
    written = cells_of(next(column for column in data["columns"] if column["name"] == "seen"))
    # A number that is none, or infinite, is no number on a map.
    known = [value if np.isfinite(value) else None for value in others]
    assert written == [
        None if value is None else pytest.approx(value, rel=1e-9, abs=0.0005) for value in known
    ]


def test_ground_that_is_not_covered_is_named_by_the_legend_and_is_in_no_list() -> None:
    shapes = [shapely.box(4e5 + 1000 * k, 3e5, 4e5 + 1000 * (k + 1), 301_000) for k in range(3)]
    layer = gpd.GeoDataFrame({"n": [1, 2]}, geometry=shapes[:2], index=["a", "b"], crs="EPSG:27700")
    beyond = gpd.GeoDataFrame({"district": ["Far"]}, geometry=shapes[2:], index=["c"], crs="EPSG:27700")
    view = AreaView("Counts", layer, "n")
    data = data_of(html_of(view, uncovered=beyond))
    assert data["uncovered"]["legend"]["label"] == "Not covered: Far (1 area)"
    assert data["themes"][0]["steps"][0]["gaps"] == 0
    assert data_of(html_of(view))["uncovered"] is None
    lacking = beyond.assign(coverage="not covered in June 2025 (11 of 12 months)")
    data = data_of(html_of(view, uncovered=lacking))
    assert data["uncovered"]["legend"]["label"] == "Not covered in June 2025 (11 of 12 months): Far (1 area)"


def test_rates_of_fewer_than_ten_incidents_and_borderline_priorities_are_hatched() -> None:
    squares = shapely.box(
        [4e5 + 1000 * i for i in range(4)], 3e5, [401_000 + 1000 * i for i in range(4)], 301_000
    )
    layer = gpd.GeoDataFrame(
        {
            "n": [9, 10, 300, 0],
            "rate": [1.8, 2.0, 60.0, 0.0],
            "priority": ["borderline local", "local", "force-wide", ""],
        },
        geometry=squares,
        index=pd.Index([f"E{i}" for i in range(4)], name="code"),
        crs="EPSG:27700",
    )
    views = [
        AreaView("Rate", layer, "rate"),
        AreaView("Priority", layer, "priority"),
        AreaView("Count", layer, "n"),
    ]
    rate, priority, count = map_data(views, [], boundary=None, basemap=False, attribution="")["themes"]
    # Places 0 and 3: steps of 0 and 3, in letters "A" and "G".
    assert rate["steps"][0]["hatched"] == "AG"
    assert rate["hatch"]["label"] == "Hatched: a rate of fewer than 10 incidents"
    assert [entry["label"].split(":")[0] for entry in priority["legend"] if entry.get("unsure")] == [
        "Force-wide, borderline",
        "Local, borderline",
    ]
    assert "hatch" not in priority
    assert "hatch" not in count


def test_towns_roads_and_rivers_take_under_300_kb_at_their_most() -> None:
    # As many vertices as are ever kept, each a random walk of up to 300 m from the last.
    walk = np.random.default_rng(7).uniform(-300, 300, (MOST_VERTICES, 2)).cumsum(axis=0)
    walk += np.array([4e5, 3e5])
    lines = [shapely.LineString(part) for part in np.array_split(walk, 900)]
    towns = [shapely.Point(*walk[50 * i]) for i in range(MOST_TOWNS)]
    context = gpd.GeoDataFrame(
        {
            "kind": ["road"] * 900 + ["town"] * MOST_TOWNS,
            "name": [""] * 900 + ["Newcastle-under-Lyme"] * MOST_TOWNS,
        },
        geometry=[*lines, *towns],
        crs="EPSG:27700",
    )
    data = context_data(context)
    assert len(to_script(data)) < 300_000
    assert list(data["lines"]) == ["road"]
    # 400,000 east and 300,000 north is 52.598° N, 2.001° W.
    assert data["towns"][0][:2] == pytest.approx([52.598, -2.001], abs=0.02)
