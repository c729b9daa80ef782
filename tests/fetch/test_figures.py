from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box
from tests.fetch.conftest import IMD, Site, estimates

import hotspots
from hotspots.base.errors import HotspotsError
from hotspots.base.named import find_named
from hotspots.base.tables import read_table
from hotspots.fetch.figures import fetch_imd, fetch_population
from hotspots.fetch.settings import Settings
from hotspots.fetch.web import Web


def message(action: Callable[[], object]) -> str:
    with pytest.raises(HotspotsError) as caught:
        action()
    return str(caught.value)


def wards() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"WD24CD": [f"E0500000{n}" for n in range(1, 10)]},
        geometry=[box(n, 0, n + 1, 1) for n in range(9)],
        crs="EPSG:27700",
    ).set_geometry(
        gpd.GeoSeries([box(4e5 + 1e3 * n, 3e5, 4e5 + 1e3 * n + 1e3, 3.1e5) for n in range(9)], crs=27700)
    )


@pytest.mark.parametrize(
    ("of", "name", "first"),
    [("lsoa", "ons/population-lsoa-2021", "E01034000"), ("wards", "ons/population-wards-2024", "E05000001")],
)
def test_a_table_of_all_years_of_the_workbook(
    site: Site, web: Web, settings: Settings, tmp_path: Path, of: str, name: str, first: str
) -> None:
    site.files[f"/{of}.xlsx"] = estimates(tmp_path / "book.xlsx", of)
    entry = fetch_population(web, settings, of)  # type: ignore[arg-type]
    assert (entry.id, entry.kind, entry.rows) == (name, "table", 9)
    lines = entry.path.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == [
        "code,name,district,population 2023,population 2024",
        f"{first},Name 0,Abbeyton,1000,1001",
    ]
    assert entry.record["files"][entry.path.name]["made_of"]["address"] == f"{site.url}/{of}.xlsx"


def test_areas_take_their_populations_from_it_by_name(
    site: Site, web: Web, settings: Settings, tmp_path: Path
) -> None:
    site.files["/wards.xlsx"] = estimates(tmp_path / "book.xlsx", "wards")
    fetch_population(web, settings, "wards")
    areas = hotspots.read_areas(wards(), population_table="ons/population-wards-2024")
    assert areas["population"].tolist() == [1001.0 + n for n in range(9)]  # of 2024, the latest
    assert areas["district"].tolist() == ["Abbeyton"] * 9


def test_what_is_no_workbook(site: Site, web: Web, settings: Settings, cache: Path) -> None:
    site.files["/lsoa.xlsx"] = b"%PDF-1.7 no workbook"
    assert message(lambda: fetch_population(web, settings)).startswith(
        "what came is not a workbook\nHint: if the ONS"
    )
    assert [path.name for path in cache.rglob("*") if path.is_file()] == [".lock"]


def test_a_workbook_of_other_areas(site: Site, web: Web, settings: Settings, tmp_path: Path) -> None:
    site.files["/lsoa.xlsx"] = estimates(tmp_path / "book.xlsx", "wards")
    assert message(lambda: fetch_population(web, settings)).startswith(
        "the workbook has no sheet of lsoa by year, such as 'Mid-2024 LSOA 2021'; it has Cover sheet, Mid-2023"
    )


def test_indices_of_deprivation_stay_as_they_are_published(site: Site, web: Web, settings: Settings) -> None:
    site.files["/imd.csv"] = IMD.encode()
    entry = fetch_imd(web, settings)
    assert (entry.id, entry.rows) == ("gov.uk/imd-2025", 2)
    assert "LSOAs of 2021" in entry.title
    assert entry.path.read_text(encoding="utf-8") == IMD
    table = read_table("gov.uk/imd-2025", what="the indicator")
    assert table.numbers(table.rows["Index of Multiple Deprivation (IMD) Score"]).tolist() == [12.5, 30.0]


def test_a_file_that_has_moved_away(site: Site, web: Web, settings: Settings) -> None:
    site.files["/imd.csv"] = b"name,value\nhill,3\n"
    assert message(lambda: fetch_imd(web, settings)).startswith(
        "the file of the indices of deprivation has no column such as 'LSOA code (2021)'"
    )
    assert find_named("gov.uk/imd-2025") is None
    assert message(lambda: fetch_imd(web, settings, year=2007)).startswith(
        "no address of 'imd-2007' is known"
    )


def test_a_name_of_another_kind_is_refused_where_a_table_is_wanted(
    site: Site, web: Web, settings: Settings
) -> None:
    site.files["/imd.csv"] = IMD.encode()
    fetch_imd(web, settings)
    assert message(lambda: hotspots.read_incidents("gov.uk/imd-2025")) == (
        "'gov.uk/imd-2025' is a fetched file of figures by area, but incidents were needed\n"
        "Hint: see the names of all data with: hotspots boundaries list"
    )
    assert message(lambda: hotspots.read_areas("gov.uk/imd-2025")) == (
        "'gov.uk/imd-2025' is a fetched file of figures by area, but areas were needed\n"
        "Hint: give it as 'population_table'"
    )
    assert message(lambda: read_table("west-yorkshire-wards", what="the lookup")) == (
        "'west-yorkshire-wards' is a bundled set of areas, but the lookup is a table of figures by area code\n"
        "Hint: see the names of all data with: hotspots boundaries list"
    )
