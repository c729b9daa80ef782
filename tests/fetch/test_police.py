from __future__ import annotations

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fetch.conftest import HEADER, Handler, Site, archive, month_file, months_to

import hotspots
from hotspots.base.errors import HotspotsError, HotspotsWarning
from hotspots.base.named import find_named
from hotspots.fetch import archives
from hotspots.fetch.archives import published_sums
from hotspots.fetch.police import Fetched, archives_for, fetch_incidents, months_between
from hotspots.fetch.revisions import compare
from hotspots.fetch.settings import Settings
from hotspots.fetch.web import Web

Fetch = Callable[..., Fetched]


@pytest.fixture
def fetch(web: Web, settings: Settings) -> Fetch:
    """Fetch the months of Abbeyshire."""

    def run(first: str, last: str, *, force: str = "abbeyshire", whole: bool = False) -> Fetched:
        return fetch_incidents(web, settings, force=force, first=first, last=last, whole=whole)

    return run


@pytest.fixture
def published(site: Site) -> Site:
    """The archive of June 2025, behind a redirection as police.uk has it, and its page of checksums."""
    publish(site, "2025-06", archive(months_to("2025-06", 6), padding=400_000))
    return site


def publish(site: Site, name: str, body: bytes) -> None:
    site.files[f"/store/{name}.zip"] = body
    site.moved[f"/archive/{name}.zip"] = f"{site.url}/store/{name}.zip"
    site.newest = name
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    site.files["/archive/"] = (
        f'<li><a href="/data/archive/{name}.zip">{name}</a> (1.6 GB) MD5 <code>{digest}</code></li>'
        f'<li><a href="/data/archive/2020-01.zip">older</a> <code>{"0" * 32}</code></li>'
    ).encode()


def message(action: Callable[[], object]) -> str:
    with pytest.raises(HotspotsError) as caught:
        action()
    return str(caught.value)


def left_over(cache: Path) -> list[str]:
    return [path.name for path in (cache / ".parts").rglob("*") if path.is_file()]


def test_the_months_of_a_force_are_in_the_cache_by_name(published: Site, fetch: Fetch, cache: Path) -> None:
    result = fetch("2025-02", "2025-04")
    assert result.new == ["2025-02", "2025-03", "2025-04"]
    assert result.kept == result.missing == result.late == []
    files = sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file())
    assert files == [
        ".lock",
        "police.uk/abbeyshire/1/2025-02/2025-02-abbeyshire-street.csv",
        "police.uk/abbeyshire/1/2025-03/2025-03-abbeyshire-street.csv",
        "police.uk/abbeyshire/1/2025-04/2025-04-abbeyshire-street.csv",
        "police.uk/abbeyshire/fetched.json",
    ]
    text = (cache / files[1]).read_text(encoding="utf-8")
    assert text == month_file("2025-02")
    entry = find_named("police.uk/abbeyshire")
    assert entry == result.entry
    assert entry is not None
    assert entry.rows == 180
    assert entry.title.endswith("Abbeyshire Police, 2025-02 to 2025-04 (3 months)")
    assert "archives of 2025-06" in entry.source
    assert entry.licence == "Open Government Licence v3.0"
    said = entry.record["files"]["2025-02/2025-02-abbeyshire-street.csv"]
    assert said["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert said["bytes"] == len(text)


def test_other_commands_read_them_by_name(published: Site, fetch: Fetch) -> None:
    fetch("2025-01", "2025-06")
    incidents, quality = hotspots.read_incidents("police.uk/abbeyshire", period="2025-02..2025-03")
    assert len(incidents) == 120
    assert [one.name for one in quality.sources][:1] == ["2025-01/2025-01-abbeyshire-street.csv"]


def test_only_what_is_wanted_of_an_archive_is_read(published: Site, fetch: Fetch) -> None:
    size = len(published.files["/store/2025-06.zip"])
    fetch("2025-01", "2025-06")
    # The directory is asked for in pieces of 256 kB; of the noise before it nothing is.
    assert size > 400_000
    assert published.sent < 0.8 * size
    assert all("Range" in headers for headers in published.requests("/store/2025-06.zip"))


def test_typed_again_nothing_is_fetched(published: Site, fetch: Fetch) -> None:
    fetch("2025-01", "2025-03")
    published.asked.clear()
    result = fetch("2025-01", "2025-03")
    assert (result.new, result.kept) == ([], ["2025-01", "2025-02", "2025-03"])
    assert {path for path, _, _ in published.asked} == {"/api/forces", "/api/crimes-street-dates"}


def test_more_months_join_those_that_are_here(published: Site, fetch: Fetch) -> None:
    fetch("2025-01", "2025-02")
    result = fetch("2025-05", "2025-06")
    assert result.new == ["2025-05", "2025-06"]
    assert next(iter(result.entry.record["files"])) == "2025-01/2025-01-abbeyshire-street.csv"
    assert result.entry.rows == 240


def test_a_newer_archive_brings_its_revisions_and_says_so(published: Site, fetch: Fetch, cache: Path) -> None:
    fetch("2025-05", "2025-06")
    later = months_to("2025-07", 3, outcome="Unable to prosecute suspect")
    rows = later["2025-05"].splitlines(keepends=True)
    # One row goes, one changes its category, two come.
    extra = [
        row.replace("2025-05-0001", f"2025-05-9{n}")
        for n in range(2)
        for row in rows
        if "2025-05-0001" in row
    ]
    changed = [row.replace("Burglary", "Robbery") if "2025-05-0004" in row else row for row in rows]
    later["2025-05"] = "".join([row for row in changed if "2025-05-0002" not in row] + extra)
    publish(published, "2025-07", archive(later))
    with pytest.warns(HotspotsWarning) as caught:
        result = fetch("2025-05", "2025-07")
    # 60 rows, 40 of them burglaries: 60 - 1 + 2 = 61 now, and 40 - 1 - 1 = 38 burglaries that stayed as they were.
    assert [str(one.message) for one in caught] == [
        "2025-05 has been revised: 60 rows before, 61 now (3 new or changed, 2 gone or changed); "
        "38 others have another outcome"
    ]
    assert result.new == ["2025-05", "2025-06", "2025-07"]
    text = (result.entry.path / "2025-05/2025-05-abbeyshire-street.csv").read_text(encoding="utf-8")
    assert text == later["2025-05"]
    assert result.entry.record["files"]["2025-05/2025-05-abbeyshire-street.csv"]["archive"] == "2025-07"


def test_rows_in_another_order_are_no_revision(tmp_path: Path) -> None:
    rows = month_file("2025-01").splitlines(keepends=True)
    (tmp_path / "a.csv").write_text("".join(rows))
    (tmp_path / "b.csv").write_text("".join([rows[0], *reversed(rows[1:])]))
    revision = compare("2025-01", tmp_path / "a.csv", tmp_path / "b.csv")
    assert (revision.before, revision.now, revision.came, revision.went, revision.outcomes) == (
        60,
        60,
        0,
        0,
        0,
    )


def test_two_alike_that_become_one_are_a_revision(tmp_path: Path) -> None:
    # Anti-social behaviour has no ID: two incidents at one point are two equal rows.
    row = ",2025-01,P,P,-2.1,52.8,On or near,E01000001,L,Anti-social behaviour,,\n"
    (tmp_path / "a.csv").write_text(HEADER + 2 * row)
    (tmp_path / "b.csv").write_text(HEADER + row)
    assert compare("2025-01", tmp_path / "a.csv", tmp_path / "b.csv").went == 1


def test_months_that_police_uk_lacks_are_said(published: Site, fetch: Fetch) -> None:
    months = months_to("2025-06", 6)
    del months["2025-02"], months["2025-03"]
    publish(published, "2025-06", archive(months))
    with pytest.warns(HotspotsWarning) as caught:
        result = fetch("2025-01", "2025-08")
    assert [str(one.message) for one in caught] == [
        "police.uk has no street-level file of this force for 2025-02 to 2025-03: these months are missing, "
        "not without crime"
    ]
    assert result.missing == ["2025-02", "2025-03"]
    assert result.late == ["2025-07", "2025-08"]
    assert result.new == ["2025-01", "2025-04", "2025-05", "2025-06"]


def test_a_month_that_a_newer_archive_has_dropped_is_kept(published: Site, fetch: Fetch) -> None:
    fetch("2025-01", "2025-01")
    publish(published, "2025-07", archive(months_to("2025-07", 3)))
    result = fetch("2025-01", "2025-01")
    assert (result.new, result.kept, result.missing) == ([], ["2025-01"], [])


def test_none_of_the_months_is_an_error(published: Site, fetch: Fetch) -> None:
    assert message(lambda: fetch("2025-01", "2025-02", force="city-of-london")) == (
        "police.uk has no street-level file of city-of-london from 2025-01 to 2025-02\n"
        "Hint: some forces have sent none for some months: see https://data.police.uk/changelog/"
    )
    assert find_named("police.uk/city-of-london") is None


def test_months_to_come_are_an_error(site: Site, fetch: Fetch) -> None:
    assert message(lambda: fetch("2025-07", "2025-09")) == (
        "police.uk has not published 2025-07 yet: its newest month is 2025-06\nHint: ask for months up to 2025-06"
    )


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2025-13", "2025-12", "'2025-13' is no month\nHint: write months as 2024-01"),
        ("2025", "2025-12", "'2025' is no month\nHint: write months as 2024-01"),
        ("2025-04", "2025-03", "2025-03 is before 2025-04\nHint: type: --from 2025-03 --to 2025-04"),
        ("2009-01", "2025-03", "police.uk has no month before 2010-12\nHint: type: --from 2010-12"),
    ],
)
def test_months_that_are_none(first: str, last: str, expected: str) -> None:
    assert message(lambda: months_between(first, last)) == expected


def test_a_force_may_be_written_as_people_do(published: Site, fetch: Fetch) -> None:
    assert fetch("2025-01", "2025-01", force="Abbeyshire").entry.id == "police.uk/abbeyshire"
    assert message(lambda: fetch("2025-01", "2025-01", force="abbyshire")) == (
        "police.uk knows no force 'abbyshire'\nHint: did you mean 'abbeyshire'?"
    )


def test_a_force_that_would_leave_the_cache_is_no_force(site: Site, fetch: Fetch) -> None:
    site.forces["../../etc"] = "Hostile"
    assert message(lambda: fetch("2025-01", "2025-01", force="../../etc")).startswith(
        "police.uk knows no force"
    )


def test_archives_of_months_that_none_holds_alone() -> None:
    months = months_between("2019-01", "2025-06")
    chosen = archives_for(months, "2025-06")
    assert [archive for archive, _ in chosen] == ["2021-12", "2024-12", "2025-06"]
    assert [month for _, taken in chosen for month in taken] == months


def test_an_archive_that_is_not_there_yet(
    published: Site, fetch: Fetch, caplog: pytest.LogCaptureFixture
) -> None:
    published.newest = "2025-07"
    with (
        caplog.at_level(logging.INFO),
        pytest.warns(HotspotsWarning, match="for 2025-07: these months are missing"),
    ):
        result = fetch("2025-06", "2025-07")
    assert "There is no archive of 2025-07 yet" in caplog.text
    assert result.new == ["2025-06"]
    assert result.entry.record["files"]["2025-06/2025-06-abbeyshire-street.csv"]["archive"] == "2025-06"


def test_what_came_before_a_break_is_not_read_again(
    published: Site, fetch: Fetch, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpack, count = archives._unpack, 0

    def stopped(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
        nonlocal count
        count += 1
        if count == 4:
            raise KeyboardInterrupt
        unpack(opened, info, path)

    monkeypatch.setattr(archives, "_unpack", stopped)
    with pytest.raises(KeyboardInterrupt):
        fetch("2025-01", "2025-06")
    assert find_named("police.uk/abbeyshire") is None  # nothing that looks whole
    assert sorted(left_over(cache)) == ["2025-01.csv", "2025-02.csv", "2025-03.csv"]
    assert len(fetch("2025-01", "2025-06").new) == 6
    assert count == 7  # three before, the one that was stopped, and three more
    assert left_over(cache) == []


def test_a_member_that_breaks_off_leaves_nothing(
    published: Site, fetch: Fetch, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(source: object, target: io.BufferedWriter) -> None:
        target.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.copyfileobj", stopped)
    with pytest.raises(KeyboardInterrupt):
        fetch("2025-01", "2025-01")
    assert left_over(cache) == []


def test_a_set_that_is_here_stays_when_the_next_fetch_fails(
    published: Site, fetch: Fetch, cache: Path
) -> None:
    fetch("2025-06", "2025-06")
    before = (cache / "police.uk/abbeyshire/fetched.json").read_bytes()
    publish(published, "2025-07", b"not an archive at all" * 10)
    assert "is not a whole ZIP archive" in message(lambda: fetch("2025-06", "2025-07"))
    assert (cache / "police.uk/abbeyshire/fetched.json").read_bytes() == before


def test_a_file_of_the_cache_that_was_changed_is_fetched_again(
    published: Site, fetch: Fetch, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fetch("2025-01", "2025-02")
    path = cache / "police.uk/abbeyshire/1/2025-02/2025-02-abbeyshire-street.csv"
    path.write_text("edited")
    with caplog.at_level(logging.INFO):
        result = fetch("2025-01", "2025-02")
    assert (result.new, result.kept) == (["2025-02"], ["2025-01"])
    now = result.entry.path / "2025-02/2025-02-abbeyshire-street.csv"
    assert now.read_text(encoding="utf-8") == month_file("2025-02")
    assert (
        "2025-02/2025-02-abbeyshire-street.csv is not as it was fetched, and is fetched again" in caplog.text
    )


def test_whole_archives_are_held_against_the_published_checksum(
    published: Site, fetch: Fetch, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert len(fetch("2025-01", "2025-06", whole=True).new) == 6
    assert "2025-06.zip is what police.uk's checksum says" in caplog.text
    assert left_over(cache) == []


def test_an_archive_with_another_checksum_is_refused(published: Site, fetch: Fetch, cache: Path) -> None:
    page = published.files["/archive/"].decode()
    digest = published_sums(page)["2025-06.zip"]
    published.files["/archive/"] = page.replace(digest, "f" * 32).encode()
    assert message(lambda: fetch("2025-01", "2025-06", whole=True)) == (
        f"'2025-06.zip' is not what police.uk's checksum says (MD5 {digest}, published {'f' * 32})\n"
        "Hint: type the same command again: it downloads the archive anew"
    )
    assert not list(cache.rglob("*.zip"))
    assert find_named("police.uk/abbeyshire") is None


def test_a_page_without_checksums_is_said(
    published: Site, fetch: Fetch, caplog: pytest.LogCaptureFixture
) -> None:
    published.files["/archive/"] = b"<a href='2025-06.zip'>June</a><a href='2025-05.zip'>May</a>" + b"0" * 32
    with caplog.at_level(logging.INFO):
        fetch("2025-06", "2025-06", whole=True)
    assert "police.uk publishes no checksum of 2025-06.zip" in caplog.text


def test_a_server_without_parts_sends_whole_archives(
    published: Site, fetch: Fetch, caplog: pytest.LogCaptureFixture
) -> None:
    published.ranges = False
    with caplog.at_level(logging.INFO):
        assert len(fetch("2025-01", "2025-06").new) == 6
    assert "The server sends whole archives only: this takes a while" in caplog.text


def test_an_archive_that_was_cut_short(published: Site, fetch: Fetch) -> None:
    publish(published, "2025-06", archive(months_to("2025-06", 6))[:-400])
    said = message(lambda: fetch("2025-01", "2025-06"))
    assert f"what stands at {published.url}/archive/2025-06.zip is not a whole ZIP archive (" in said
    assert "Hint: type the same command again" in said


def test_an_archive_with_a_damaged_member(published: Site, fetch: Fetch, cache: Path) -> None:
    body = bytearray(archive(months_to("2025-06", 1)))
    start = body.index(b"2025-06-abbeyshire-street.csv") + 200
    body[start : start + 20] = bytes(20)
    publish(published, "2025-06", bytes(body))
    assert "is not a whole ZIP archive" in message(lambda: fetch("2025-06", "2025-06"))
    assert left_over(cache) == []


def test_a_page_in_the_place_of_an_archive(published: Site, fetch: Fetch) -> None:
    publish(published, "2025-06", b"<html>Sign in to the network</html>" * 20)
    assert "is not a whole ZIP archive" in message(lambda: fetch("2025-06", "2025-06"))


def test_a_bomb_is_not_unpacked(
    published: Site, fetch: Fetch, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST_MONTH", 1_000_000)
    publish(published, "2025-06", archive({"2025-06": HEADER + "0" * 2_000_000}))
    assert message(lambda: fetch("2025-06", "2025-06")).startswith(
        "'2025-06/2025-06-abbeyshire-street.csv' would unpack to 2 MB, which no month of a force has"
    )
    assert left_over(cache) == []


def test_a_file_that_is_not_street_level(published: Site, fetch: Fetch) -> None:
    publish(published, "2025-06", archive({"2025-06": "Crime ID,Outcome\n1,x\n"}))
    assert "is not a street-level file: its columns are crime id, outcome" in message(
        lambda: fetch("2025-06", "2025-06")
    )


def test_a_list_in_another_form(site: Site, fetch: Fetch) -> None:
    def other(handler: Handler) -> bool:
        handler.json({"forces": []})
        return True

    site.faults["/api/forces"] = [other]
    assert message(lambda: fetch("2025-06", "2025-06")).startswith(
        f"the list of forces at {site.url}/api/forces is not in the form that police.uk documents"
    )


def test_the_record_says_the_same_whenever_it_is_made(published: Site, fetch: Fetch, cache: Path) -> None:
    fetch("2025-01", "2025-02")
    record = json.loads((cache / "police.uk/abbeyshire/fetched.json").read_text(encoding="utf-8"))
    assert str(cache) not in json.dumps(record)  # nothing of this machine
    assert len(record["retrieved"]) == 10  # a day, not a time of it
