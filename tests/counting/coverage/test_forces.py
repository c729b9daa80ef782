"""Which forces the files are of, and in which months: by their own column, else by their names."""

from __future__ import annotations

from hotspots.counting.coverage.forces import forces_of, forces_without
from hotspots.incidents.quality import SourceReport


def read(name: str, **forces: tuple[str, ...]) -> SourceReport:
    return SourceReport(name, "", 1, 0, None, has_ids=True, forces=forces)


def test_a_column_tells_before_a_name_and_street_files_alone_have_names_that_tell() -> None:
    files = [
        read("2025-01-west-midlands-outcomes.csv"),
        read("x/2025-02-kent-street.csv"),
        read("a.zip: 2025-01/2025-01-west-mercia-street.csv"),
        read("own.csv", Dyfed=("2025-01", "2025-03")),
    ]
    assert forces_of(files) == {
        "Dyfed": ("2025-01", "2025-03"),
        "Kent": ("2025-02",),
        "West Mercia": ("2025-01",),
    }


def test_a_file_without_the_column_is_of_the_force_that_another_of_its_name_tells() -> None:
    files = [
        read("2025-01-metropolitan-street.csv", **{"Metropolitan Police Service": ("2025-01",)}),
        read("2025-02-metropolitan-street.csv"),
    ]
    assert forces_of(files) == {"Metropolitan Police Service": ("2025-01", "2025-02")}


def test_a_month_that_no_file_holds_is_no_forces_own() -> None:
    held = {"Kent": ("2025-01",), "Surrey": ("2025-01", "2025-02")}
    assert forces_without(held, ["2025-02"]) == ["Kent"]
    assert forces_without(held, ["2025-03"]) == []
    # Kent holds one of the two months, so it is not without these.
    assert forces_without(held, ["2025-01", "2025-02"]) == []


def test_a_force_that_lacks_more_than_the_district_does_is_not_its_own() -> None:
    # The railways' police have one month of all; Avon lacks November alone, as the district does.
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    held = {
        "Avon": tuple(month for month in months if month != "2025-11"),
        "British Transport Police": ("2025-01",),
        "Kent": tuple(months),
    }
    assert forces_without(held, ["2025-11"]) == ["Avon"]
    # Two that lack the same cannot be told apart.
    assert forces_without(held | {"Gwent": held["Avon"]}, ["2025-11"]) == ["Avon", "Gwent"]
