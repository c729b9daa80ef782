from __future__ import annotations

import logging
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from hotspots.base.errors import FileError
from hotspots.incidents.sources import READABLE, find_sources


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Longitude,Latitude\n-2,53\n", encoding="utf-8")


def names(source: str | Path | Sequence[str | Path]) -> list[str]:
    return [one.name for one in find_sources(source)]


def error_of(source: str | Path | Sequence[str | Path]) -> str:
    with pytest.raises(FileError) as caught:
        find_sources(source)
    return str(caught.value)


def test_a_folder_of_months_gives_its_street_files_in_order(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "2025-02/2025-02-kent-street.csv",
        "2025-01/2025-01-kent-street.csv",
        "2025-01/2025-01-kent-outcomes.csv",
        "2025-01/2025-01-kent-stop-and-search.csv",
        "notes.csv",
    )
    assert names(tmp_path) == ["2025-01/2025-01-kent-street.csv", "2025-02/2025-02-kent-street.csv"]


def test_a_folder_without_police_names_gives_all_its_csvs(tmp_path: Path) -> None:
    touch(tmp_path, "b.CSV", "a.csv", "c.xlsx")
    assert names(tmp_path) == ["a.csv", "b.CSV"]


def test_a_wildcard_is_expanded_and_sorted(tmp_path: Path) -> None:
    touch(tmp_path, "2025-02-kent-street.csv", "2025-01-kent-street.csv", "2025-01-kent-outcomes.csv")
    touch(tmp_path, "2025-calls.csv")
    assert names(str(tmp_path / "2025-*-kent-*.csv")) == [
        "2025-01-kent-street.csv",
        "2025-02-kent-street.csv",
    ]


def test_a_wildcard_may_be_a_path(tmp_path: Path) -> None:
    touch(tmp_path, "a.csv", "b[1].csv")
    assert names(tmp_path / "*.csv") == ["a.csv", "b[1].csv"]
    assert names(tmp_path / "b[1].csv") == ["b[1].csv"]


def test_a_wildcard_may_name_folders(tmp_path: Path) -> None:
    touch(tmp_path, "2025-02/b.csv", "2025-01/a.csv", "2024-12/z.csv")
    assert names(str(tmp_path / "2025-*")) == ["a.csv", "b.csv"]


def test_a_sequence_keeps_its_order_and_takes_a_repeated_path_once(tmp_path: Path) -> None:
    touch(tmp_path, "b.csv", "a.csv")
    assert names([tmp_path / "b.csv", tmp_path / "a.csv", str(tmp_path / "b.csv")]) == ["b.csv", "a.csv"]


def test_outcomes_beside_street_files_are_left_out_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    touch(tmp_path, "2025-01-kent-street.csv", "2025-01-kent-outcomes.csv", "calls.csv")
    with caplog.at_level(logging.INFO):
        found = names(sorted(tmp_path.iterdir()))
    assert found == ["2025-01-kent-street.csv", "calls.csv"]
    assert caplog.messages == ["Left out, as they are not street files: 2025-01-kent-outcomes.csv"]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    touch(tmp_path, "north/calls.csv", "south/calls.csv", "south/other.csv")
    given = [tmp_path / name for name in ("north/calls.csv", "south/calls.csv", "south/other.csv")]
    assert names(given) == ["north/calls.csv", "south/calls.csv", "other.csv"]


def test_an_archive_gives_its_street_files(tmp_path: Path) -> None:
    path = tmp_path / "latest.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("2025-02/2025-02-kent-street.csv", "2025-01/2025-01-kent-street.csv", "2025-01/2025-01-kent-outcomes.csv"):  # fmt: skip  # noqa: E501
            archive.writestr(name, "Longitude,Latitude\n-2,53\n")
    assert names(path) == [
        "latest.zip/2025-01/2025-01-kent-street.csv",
        "latest.zip/2025-02/2025-02-kent-street.csv",
    ]


def test_a_bundled_set_is_found_by_its_name() -> None:
    found = names("west-yorkshire-incidents")
    assert found == names(Path("west-yorkshire-incidents"))
    assert found[0].startswith("west-yorkshire-incidents.zip/")
    assert error_of("sample-incidnts").startswith("there is no file or folder 'sample-incidnts'")


def test_a_missing_file_offers_its_neighbour(tmp_path: Path) -> None:
    touch(tmp_path, "burglary.csv")
    missing = tmp_path / "burglry.csv"
    assert error_of(missing) == f"there is no file or folder '{missing}'\nHint: did you mean 'burglary.csv'?"


def test_a_missing_file_with_no_neighbour(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "a.csv"
    assert error_of(missing) == f"there is no file or folder '{missing}'\nHint: give {READABLE}"


def test_a_wildcard_that_matches_nothing(tmp_path: Path) -> None:
    pattern = str(tmp_path / "2031-*.csv")
    assert (
        error_of(pattern)
        == f"no file matches '{pattern}'\nHint: check the wildcard and the folder '{tmp_path}'"
    )


def test_a_folder_with_nothing_in_it(tmp_path: Path) -> None:
    assert error_of(tmp_path) == (
        f"the folder '{tmp_path}' holds no CSV of incidents\n"
        "Hint: give the folder that holds the police.uk months (2025-01, 2025-02, ...), or name the files"
    )


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    assert error_of(tmp_path / "a.csv") == "'a.csv' is empty (0 bytes)\nHint: download or export it again"


def test_a_format_that_is_not_read(tmp_path: Path) -> None:
    touch(tmp_path, "a.docx", "a.parquet.gz")
    assert error_of(tmp_path / "a.parquet.gz").startswith("'a.parquet.gz' is in a format that is not read")
    assert (
        error_of(tmp_path / "a.docx")
        == f"'a.docx' is in a format that is not read\nHint: save it as {READABLE}"
    )


def test_nothing_is_given() -> None:
    assert error_of([]) == "no incident file is given\nHint: name a file, a folder or an archive of incidents"


def test_a_truncated_archive(tmp_path: Path) -> None:
    path = tmp_path / "latest.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2025-01-kent-street.csv", "Longitude,Latitude\n-2,53\n")
    path.write_bytes(path.read_bytes()[:-30])
    assert error_of(path) == (
        "'latest.zip' is not a complete ZIP archive\n"
        "Hint: download it again; its size should be that which the site states"
    )


def test_an_archive_whose_member_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "latest.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("2025-01-kent-street.csv", "Longitude,Latitude\n-2,53\n")
    path.write_bytes(path.read_bytes().replace(b"-2,53", b"-2,54"))
    (source,) = find_sources(path)
    with (
        pytest.raises(FileError, match=r"'latest\.zip' is not a complete ZIP archive"),
        source.open() as stream,
    ):
        stream.read(1000)


def test_an_archive_without_street_files(tmp_path: Path) -> None:
    path = tmp_path / "latest.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2025-01/2025-01-kent-outcomes.csv", "Longitude,Latitude\n-2,53\n")
    assert error_of(path) == (
        "'latest.zip' holds no street-level file (*-street.csv) and no other CSV or Shapefile of incidents\n"
        "Hint: download it from data.police.uk with 'Include crime data' ticked"
    )
