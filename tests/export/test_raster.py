from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from hotspots.base.errors import DataError, FileError, HotspotsWarning
from hotspots.base.surface import Surface
from hotspots.export.raster import read_geotiff, read_origin, write_geotiff
from hotspots.publish.pictures import file_picture

PARAMETERS = {"kernel": "quartic", "bandwidth": 500.0, "months": 12.0, "edge": "none", "incidents": 3}


def make_surface(rows: int = 300, columns: int = 290, *, crs: str = "EPSG:27700") -> Surface:
    values = np.random.default_rng(0).gamma(0.3, 50, (rows, columns))
    values[:20, :30] = np.nan
    values[40:60] = 0.0
    return Surface(values, 384_000.0, 345_000.0, 100.0, crs, "incidents per km² a year", PARAMETERS)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    surface = make_surface()
    path = write_geotiff(surface, tmp_path / "density.tif")
    again = read_geotiff(path)
    np.testing.assert_array_equal(again.values, surface.values.astype(np.float32).astype(float))
    assert (again.west, again.north, again.cell_size) == (384_000, 345_000, 100)
    assert again.crs == "EPSG:27700"
    assert again.unit == surface.unit
    assert again.parameters == PARAMETERS


def test_a_viewer_finds_place_unit_and_parameters(tmp_path: Path) -> None:
    path = write_geotiff(make_surface(), tmp_path / "density.tif")
    with rasterio.open(path) as file:
        assert file.crs.to_epsg() == 27700
        assert file.bounds == (384_000, 315_000, 413_000, 345_000)
        assert file.dtypes == ("float32",)
        assert file.block_shapes == [(256, 256)]
        assert file.compression.name == "deflate"
        assert np.isnan(file.nodata)
        assert file.units == ("incidents per km² a year",)
        assert file.descriptions == ("incidents per km² a year",)
        assert file.tags()["AREA_OR_POINT"] == "Area"
        assert json.loads(file.tags(ns="HOTSPOTS")["parameters"]) == PARAMETERS
        assert file.tags(ns="IMAGE_STRUCTURE")["PREDICTOR"] == "3"
        assert file.overviews(1) == []
        # The centre of the cell in column 100, row 50 holds that cell's value, 0.
        assert next(file.sample([(394_050, 339_950)]))[0] == 0.0
    assert [entry.name for entry in tmp_path.iterdir()] == ["density.tif"]


def test_large_surfaces_carry_overviews(tmp_path: Path) -> None:
    path = write_geotiff(make_surface(40, 1100), tmp_path / "density.tif")
    with rasterio.open(path) as file:
        assert file.overviews(1) == [2, 4]


def test_the_same_surface_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_geotiff(make_surface(), tmp_path / "a" / "density.tif")
    second = write_geotiff(make_surface(), tmp_path / "b" / "density.tif")
    assert first.read_bytes() == second.read_bytes()


def test_another_projection(tmp_path: Path) -> None:
    path = write_geotiff(make_surface(20, 20, crs="EPSG:26915"), tmp_path / "density.tif")
    assert read_geotiff(path).crs == "EPSG:26915"


def test_an_existing_file_is_kept_unless_told_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "density.tif"
    path.write_text("mine")
    with pytest.raises(FileError) as caught:
        write_geotiff(make_surface(5, 5), path)
    assert caught.value.message == f"'{path}' exists already"
    assert path.read_text() == "mine"
    write_geotiff(make_surface(5, 5), path, overwrite=True)
    assert read_geotiff(path).shape == (5, 5)


def write_other(path: Path, **changed: Any) -> Path:
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "height": 2,
        "width": 2,
        "count": 1,
        "dtype": "int16",
        "nodata": -1,
        "crs": "EPSG:27700",
        "transform": rasterio.Affine(10, 0, 0, 0, -10, 20),
    } | changed
    with rasterio.open(path, "w", **profile) as file:
        file.write(np.array([[1, -1], [2, 3]], dtype=profile["dtype"]), 1)
    return path


def test_rasters_of_other_programs_can_be_read(tmp_path: Path) -> None:
    surface = read_geotiff(write_other(tmp_path / "other.tif"))
    np.testing.assert_array_equal(surface.values, [[1, np.nan], [2, 3]])
    assert surface.bounds == (0, 0, 20, 20)
    assert surface.unit == ""
    assert surface.parameters == {}


def test_files_that_are_no_surface(tmp_path: Path) -> None:
    text = tmp_path / "text.tif"
    text.write_text("no raster")
    oblong = write_other(tmp_path / "oblong.tif", transform=rasterio.Affine(10, 0, 0, 0, -20, 40))
    unplaced = write_other(tmp_path / "unplaced.tif", crs=None)
    nowhere = write_other(tmp_path / "nowhere.tif", transform=rasterio.Affine(10, 0, 1e9, 0, -10, 40))
    tiny = write_other(tmp_path / "tiny.tif", transform=rasterio.Affine(1e-9, 0, 0, 0, -1e-9, 40))
    export = "export it again, or set where it lies with: gdal_edit.py -a_ullr"
    messages = {
        nowhere: (DataError, "has cells of 10 m from 1e+09 east, 40 north: it lies nowhere on Earth", export),
        tiny: (DataError, "has cells of 1e-09 m from 0 east, 40 north: it lies nowhere on Earth", export),
        tmp_path / "missing.tif": (FileError, "does not exist", "check the path"),
        text: (FileError, "cannot be read as a raster", "give a GeoTIFF, such as one from hotspots kde"),
        oblong: (
            DataError,
            "has cells of 10 x 20, but square, north-up cells are needed",
            "resample it, for example with: gdalwarp -tr 100 100 FILE NEW",
        ),
        unplaced: (
            DataError,
            "has no coordinate reference system",
            "set it, for example with: gdal_edit.py -a_srs EPSG:27700 FILE",
        ),
    }
    for path, (error, message, hint) in messages.items():
        with pytest.raises(error) as caught:
            read_geotiff(path)
        assert str(caught.value) == f"'{path}' {message}\nHint: {hint}"


def test_it_carries_period_source_and_licence_for_every_viewer(tmp_path: Path) -> None:
    origin = {"title": "Burglary", "period": "July 2018", "source": "police.uk", "attribution": "OGL v3.0."}
    path = write_geotiff(make_surface(), tmp_path / "density.tif", origin=origin)
    assert read_origin(path) == origin
    with rasterio.open(path) as file:
        tags = file.tags()
    assert tags["TIFFTAG_IMAGEDESCRIPTION"] == "Burglary; July 2018; Source: police.uk"
    assert tags["TIFFTAG_COPYRIGHT"] == "OGL v3.0."
    assert read_origin(write_geotiff(make_surface(), tmp_path / "bare.tif")) == {}


def test_a_picture_of_it_says_them(tmp_path: Path) -> None:
    origin = {"title": "Burglary", "period": "July 2018", "source": "police.uk", "attribution": "OGL v3.0."}
    path = write_geotiff(make_surface(), tmp_path / "density.tif", origin=origin)
    figure = file_picture([str(path)])
    said = {text.get_text() for axes in figure.axes for text in axes.texts} | {
        text.get_text() for text in figure.texts
    }
    assert {"Burglary", "July 2018", "Source: police.uk · OGL v3.0."} <= said
    bare = write_geotiff(make_surface(), tmp_path / "bare.tif")
    with pytest.warns(HotspotsWarning, match="name them with '--source' and '--attribution'"):
        file_picture([str(bare)])


def test_a_surface_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    # GDAL itself would read the other file, or a web address, whatever the suffix.
    write_geotiff(Surface(np.ones((2, 2)), 4e5, 3e5, 100, "EPSG:27700", "n"), tmp_path / "other.tif")
    link = tmp_path / "link.tif"
    link.write_text(
        '<VRTDataset rasterXSize="2" rasterYSize="2"><VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
        f"<SourceFilename>{tmp_path}/other.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(FileError, match=r"'.*link\.tif' cannot be read as a raster"):
        read_geotiff(link)


def test_metadata_that_is_no_text_is_left_out_without_a_word(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    surface = make_surface(30, 40)
    path = write_geotiff(surface, tmp_path / "a.tif")
    raw = path.read_bytes()
    assert b'sample="0" role' in raw
    path.write_bytes(raw.replace(b'sample="0" role', b'\xff\xff\xff\xffle="0" role'))
    assert read_geotiff(path).values.shape == (30, 40)
    assert capfd.readouterr().err == ""
