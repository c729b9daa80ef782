from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fetch.conftest import Handler, Site, feature, square

import hotspots
from hotspots.base.errors import HotspotsError
from hotspots.base.named import Named
from hotspots.fetch import arcgis
from hotspots.fetch.areas import fetch_areas
from hotspots.fetch.settings import Settings
from hotspots.fetch.web import Web

Fetch = Callable[..., Named]


@pytest.fixture
def fetch(web: Web, settings: Settings) -> Fetch:
    def run(kind: Any, **options: Any) -> Named:
        return fetch_areas(web, settings, kind, **options)

    return run


def message(action: Callable[[], object]) -> str:
    with pytest.raises(HotspotsError) as caught:
        action()
    return str(caught.value)


def test_wards_of_all_england_and_wales_come_page_by_page(site: Site, fetch: Fetch) -> None:
    entry = fetch("wards")
    assert (entry.id, entry.kind, entry.rows) == (
        "ons/wards-2024",
        "areas",
        9,
    )  # the ward in Scotland stays away
    pages = [query for path, query, _ in site.asked if path.endswith("/query") and "resultOffset" in query]
    assert [page["resultOffset"] for page in pages] == ["0", "4", "8"]  # 9 of them, 4 at a time
    assert all(page["orderByFields"] == "FID" and page["outSR"] == "27700" for page in pages)


def test_they_are_read_by_name_with_their_districts_and_licence(fetch: Fetch) -> None:
    fetch("wards", force="abbeyshire")
    wards = hotspots.read_areas("ons/wards-2024-abbeyshire")
    assert wards.index.tolist() == [f"E0500000{n}" for n in range(1, 10)]
    assert wards["name"].iloc[0] == "Ward 1"
    assert wards["district"].unique().tolist() == ["Abbeyton", "Bridgeford"]
    assert wards.geometry.area.tolist() == [1e6] * 9
    assert wards.crs == "EPSG:27700"
    assert wards.attrs["attribution"] == (
        "Source: Office for National Statistics licensed under the Open Government Licence v3.0. "
        "Contains OS data © Crown copyright and database right."
    )


def test_lsoas_of_a_force_come_with_their_wards(
    site: Site, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arcgis, "CODES", 4)  # three questions for nine codes
    entry = fetch("lsoa", force="Abbeyshire")
    assert (entry.id, entry.rows) == ("ons/lsoa-2021-abbeyshire", 9)
    assert list(entry.columns) == ["code", "name", "ward_code", "ward", "district_code", "district"]
    lsoas = hotspots.read_areas("ons/lsoa-2021-abbeyshire")
    assert lsoas["district"].tolist() == ["Abbeyton"] * 6 + ["Bridgeford"] * 3
    asked = [
        query["where"] for path, query, _ in site.asked if path == "/services/Lsoa21/FeatureServer/0/query"
    ]
    assert asked[0] == "LSOA21CD IN ('E01034000','E01034001','E01034002','E01034003')"
    assert max(len(where) for where in asked) < 100


def test_districts_of_a_force(fetch: Fetch) -> None:
    assert fetch("districts", force="abbeyshire").rows == 2
    districts = hotspots.read_areas("ons/districts-2024-abbeyshire")
    assert districts["name"].tolist() == districts["district"].tolist() == ["Abbeyton", "Bridgeford"]


def test_the_same_layer_has_the_same_bytes(fetch: Fetch) -> None:
    first = fetch("wards").path.read_bytes()
    assert fetch("wards").path.read_bytes() == first


def test_degrees_are_brought_to_metres(site: Site, fetch: Fetch) -> None:
    # Some services send GeoJSON in degrees whatever they are asked for.
    ring = [[-2.0, 52.0], [-2.0, 52.1], [-1.9, 52.1], [-1.9, 52.0], [-2.0, 52.0]]
    site.layers["Wards24"] = [
        feature(1, {"type": "Polygon", "coordinates": [ring]}, WD24CD="E05000001", WD24NM="A", LAD24CD="E07000001",
                LAD24NM="Abbeyton")
    ]  # fmt: skip
    fetch("wards")
    west, south, _, _ = hotspots.read_areas("ons/wards-2024").total_bounds
    assert (round(west, -3), round(south, -3)) == (
        400_000,
        234_000,
    )  # 2° W is the grid's axis; 52° N is 3 x 111.2 km above 49° N, where northings begin at -100 km


def test_pages_that_came_before_a_break_are_not_asked_for_again(
    site: Site, fetch: Fetch, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    page, count = arcgis._page, 0

    def stopped(*given: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt
        return page(*given, **options)

    monkeypatch.setattr(arcgis, "_page", stopped)
    with pytest.raises(KeyboardInterrupt):
        fetch("wards")
    assert not (cache / "ons").exists()
    site.asked.clear()
    assert fetch("wards").rows == 9
    asked = [query["resultOffset"] for _, query, _ in site.asked if "resultOffset" in query]
    assert asked == ["8"]
    assert not list((cache / ".parts").iterdir())


def test_a_layer_that_loses_features_between_pages(site: Site, fetch: Fetch) -> None:
    def short(handler: Handler) -> bool:
        handler.json({"type": "FeatureCollection", "features": []})
        return True

    path = "/services/Wards24/FeatureServer/0/query"
    site.faults[path] = [lambda _: False, lambda _: False, short]  # the count, a page, and nothing more
    assert message(lambda: fetch("wards")) == (
        "4 features came, 4 of them different, but the service has 9\n"
        "Hint: type the same command again: the layer may have changed while it was read"
    )


def test_a_service_that_sends_its_first_page_for_ever(site: Site, fetch: Fetch) -> None:
    def first(handler: Handler) -> bool:
        handler.json({"type": "FeatureCollection", "features": site.layers["Wards24"][:4]})
        return True

    site.faults["/services/Wards24/FeatureServer/0/query"] = [lambda _: False, first, first, first]
    assert message(lambda: fetch("wards")).startswith(
        "12 features came, 4 of them different, but the service has 9"
    )


def test_an_error_under_the_status_of_success(site: Site, fetch: Fetch) -> None:
    del site.layers["Wards24"]
    said = message(lambda: fetch("wards"))
    assert said.startswith(
        "127.0.0.1 refuses what was asked: 'Invalid URL'; Invalid URL\nHint: if the site has moved"
    )
    assert "/services/Wards24/FeatureServer/0" in said


def test_points_in_the_place_of_areas(site: Site, fetch: Fetch) -> None:
    site.layers["Wards24"][0]["geometry"] = {"type": "Point", "coordinates": [400_000, 300_000]}
    assert "sends something else than features" in message(lambda: fetch("wards"))


def test_a_service_without_the_fields_of_wards(site: Site, fetch: Fetch) -> None:
    site.layers["Wards24"] = [feature(1, square(0, 0), NAME="A")]
    said = message(lambda: fetch("wards"))
    assert said.startswith(
        f"the service {site.url}/services/Wards24/FeatureServer/0 has no field of codes; it has FID, NAME"
    )


def test_what_is_no_service(site: Site, fetch: Fetch) -> None:
    def page(handler: Handler) -> bool:
        handler.json({"services": []})
        return True

    site.faults["/services/Wards24/FeatureServer/0"] = [page]
    assert "is not a layer of an ArcGIS service" in message(lambda: fetch("wards"))


def test_boundaries_and_codes_of_different_years(site: Site, fetch: Fetch) -> None:
    site.layers["Lsoa21"].pop()
    assert message(lambda: fetch("lsoa", force="abbeyshire")).startswith(
        "the boundaries lack 1 of 9 areas of the force, such as E01034008\nHint: the boundaries and the table of codes"
    )


def test_a_code_sent_twice(site: Site, fetch: Fetch) -> None:
    site.layers["Wards24"][1]["properties"]["WD24CD"] = "E05000001"
    assert message(lambda: fetch("wards")).startswith("the service sends E05000001 more than once")


def test_a_code_of_a_server_that_is_no_code_is_not_asked_with(site: Site, fetch: Fetch) -> None:
    site.layers["Lad24_Pfa24"][0]["properties"]["LAD24CD"] = "x') OR (1=1"
    assert message(lambda: fetch("wards", force="abbeyshire")).startswith(
        "'x') OR (1=1' is no code of an area"
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"year": 1999},
            "no address of 'wards-1999-generalised' is known\nHint: did you mean 'wards-2024-generalised'",
        ),
        ({"force": "abbyshire"}, "the ONS knows no force 'abbyshire'\nHint: did you mean 'abbeyshire'?"),
    ],
)
def test_years_and_forces_that_are_none(fetch: Fetch, options: dict[str, Any], expected: str) -> None:
    said = message(lambda: fetch("wards", **options))
    assert said.split("Hint: ")[0] == expected.split("Hint: ")[0]
    assert "did you mean" in said
