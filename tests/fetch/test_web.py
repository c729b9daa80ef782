from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.fetch.conftest import Fault, Handler, Site

from hotspots.base.errors import FileError, HotspotsError, ParameterError
from hotspots.fetch import web as module
from hotspots.fetch.remote import RemoteFile
from hotspots.fetch.web import Web

DATA = np.random.default_rng(3).bytes(700_000)
LARGEST = 10_000_000


@pytest.fixture
def url(site: Site) -> str:
    site.files["/data.bin"] = DATA
    return f"{site.url}/data.bin"


def status(code: int, headers: dict[str, str] | None = None) -> Fault:
    def fault(handler: Handler) -> bool:
        handler.send(code, b"busy", headers)
        return True

    return fault


def broken(after: int, *, tag: str | None = None, length: int | None = None) -> Fault:
    """Promise the whole file, send some of it, and hang up."""

    def fault(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(DATA) if length is None else length))
        handler.send_header("ETag", tag or handler.site.tag("/data.bin"))
        handler.end_headers()
        handler.wfile.write(DATA[:after])
        handler.close_connection = True
        return True

    return fault


def no_fault(handler: Handler) -> bool:
    del handler
    return False


def message(action: Callable[[], object]) -> str:
    with pytest.raises(HotspotsError) as caught:
        action()
    return str(caught.value)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name not in ("settings.toml", "cache"))


def test_a_file_comes_whole_and_alone(web: Web, url: str, tmp_path: Path) -> None:
    web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert (tmp_path / "a.bin").read_bytes() == DATA
    assert names(tmp_path) == ["a.bin"]


def test_a_broken_connection_is_taken_up_where_it_broke(
    web: Web, site: Site, url: str, tmp_path: Path
) -> None:
    site.faults["/data.bin"] = [broken(300_000)]
    web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert (tmp_path / "a.bin").read_bytes() == DATA
    first, second = site.requests("/data.bin")
    assert "Range" not in first
    start = int(second["Range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= 300_000
    assert second["If-Range"] == site.tag("/data.bin")


def test_another_program_goes_on_where_the_first_was_stopped(
    web: Web,
    site: Site,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    site.faults["/data.bin"] = [broken(300_000)]
    monkeypatch.setattr(web, "_wait", stop)
    with pytest.raises(KeyboardInterrupt), caplog.at_level(logging.INFO):
        web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert names(tmp_path) == ["a.bin.part", "a.bin.part.json"]  # nothing that looks whole
    assert "the same command goes on from where it stopped" in caplog.text
    with Web() as second:
        second.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert (tmp_path / "a.bin").read_bytes() == DATA
    assert "Range" in site.requests("/data.bin")[1]
    assert names(tmp_path) == ["a.bin"]


def test_parts_of_two_editions_are_never_put_together(web: Web, site: Site, url: str, tmp_path: Path) -> None:
    site.faults["/data.bin"] = [broken(300_000, tag='"older"')]
    web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert site.requests("/data.bin")[1]["If-Range"] == '"older"'
    assert (tmp_path / "a.bin").read_bytes() == DATA


def test_nor_are_they_by_a_server_that_forgets_if_range(
    web: Web, site: Site, url: str, tmp_path: Path
) -> None:
    def careless(handler: Handler) -> bool:
        start = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        said = {"Content-Range": f"bytes {start}-{len(DATA) - 1}/{len(DATA)}", "ETag": '"newer"'}
        handler.send(206, DATA[start:], said)
        return True

    site.faults["/data.bin"] = [broken(300_000, tag='"older"'), careless]
    web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert (tmp_path / "a.bin").read_bytes() == DATA
    assert "Range" not in site.requests("/data.bin")[2]


def test_a_server_without_parts_sends_it_again(web: Web, site: Site, url: str, tmp_path: Path) -> None:
    site.ranges = False
    site.faults["/data.bin"] = [broken(300_000)]
    web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert (tmp_path / "a.bin").read_bytes() == DATA


def test_a_weak_tag_does_not_tell_editions_apart(web: Web, site: Site, url: str, tmp_path: Path) -> None:
    site.faults["/data.bin"] = [broken(300_000, tag='W/"weak"')]
    web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert "Range" not in site.requests("/data.bin")[1]


def test_more_than_there_is_asks_for_all_of_it_again(web: Web, site: Site, url: str, tmp_path: Path) -> None:
    (tmp_path / "a.bin.part").write_bytes(DATA + b"more")
    note = f'{{"url": "{url}", "stamp": {site.tag("/data.bin")!r}, "total": {len(DATA)}}}'.replace("'", "")
    (tmp_path / "a.bin.part.json").write_text(
        note.replace(site.tag("/data.bin"), f'"{site.tag("/data.bin")[1:-1]}"')
    )
    web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert (tmp_path / "a.bin").read_bytes() == DATA


def test_all_of_it_that_only_lacks_its_name_is_not_fetched_again(
    web: Web, site: Site, url: str, tmp_path: Path
) -> None:
    (tmp_path / "a.bin.part").write_bytes(DATA)
    tag = site.tag("/data.bin").strip('"')
    (tmp_path / "a.bin.part.json").write_text(
        f'{{"url": "{url}", "stamp": "\\"{tag}\\"", "total": {len(DATA)}}}'
    )
    web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert (tmp_path / "a.bin").read_bytes() == DATA
    assert site.sent == 0


def test_too_many_requests_are_answered_by_the_pause_that_is_asked_for(
    web: Web, site: Site, url: str, waits: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    site.faults["/data.bin"] = [status(429, {"Retry-After": "7"}), status(503)]
    with caplog.at_level(logging.INFO):
        assert web.get(url).body == DATA
    assert waits == [7.0, 2.0]  # asked for; then 1 s doubled, at the second failure
    assert "127.0.0.1: the server answers 429; trying again in 7 s" in caplog.text


def test_a_pause_may_be_given_as_a_date(web: Web, site: Site, url: str, waits: list[float]) -> None:
    def later(handler: Handler) -> bool:
        handler.send_response_only(503)
        handler.send_header("Date", "Fri, 27 Nov 2026 10:00:00 GMT")
        handler.send_header("Retry-After", "Fri, 27 Nov 2026 10:00:30 GMT")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    site.faults["/data.bin"] = [later]
    web.get(url)
    assert waits == [30.0]


def test_a_long_pause_is_left_to_the_user(web: Web, site: Site, url: str, waits: list[float]) -> None:
    site.faults["/data.bin"] = [status(429, {"Retry-After": "3600"})]
    said = message(lambda: web.get(url))
    assert said.startswith(
        "127.0.0.1 asks to be left alone for 60 minutes\nHint: wait so long; then the same command"
    )
    assert waits == []


def test_a_server_that_stays_ill_is_given_up(web: Web, site: Site, url: str, waits: list[float]) -> None:
    site.faults["/data.bin"] = [status(500)] * 9
    said = message(lambda: web.get(url))
    assert said.startswith(
        "127.0.0.1 did not answer as it should: the server answers 500\nHint: check the network"
    )
    assert waits == [1, 2, 4, 8, 16]
    assert len(site.requests("/data.bin")) == 6


def test_tries_that_bring_something_do_not_count(web: Web, site: Site, url: str, tmp_path: Path) -> None:
    # Six failures in a row are one too many, but the first two of these brought something.
    def some(handler: Handler) -> bool:
        asked = handler.headers.get("Range")
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        handler.send_response(206 if asked else 200)
        handler.send_header("Content-Length", str(len(DATA) - start))
        handler.send_header("ETag", handler.site.tag("/data.bin"))
        if asked:
            handler.send_header("Content-Range", f"bytes {start}-{len(DATA) - 1}/{len(DATA)}")
        handler.end_headers()
        handler.wfile.write(DATA[start : start + 300_000])
        handler.close_connection = True
        return True

    module_tries = module.TRIES
    site.faults["/data.bin"] = [some] * 2 + [status(503)] * (module_tries - 2)
    web.download(url, tmp_path / "a.bin", largest=LARGEST)
    assert (tmp_path / "a.bin").read_bytes() == DATA


def test_a_length_that_is_never_reached(web: Web, site: Site, url: str, tmp_path: Path) -> None:
    site.faults["/data.bin"] = [broken(len(DATA), length=len(DATA) + 5, tag='W/"none"')] * 9
    said = message(lambda: web.download(url, tmp_path / "a.bin", largest=LARGEST))
    assert said.startswith("127.0.0.1 did not answer as it should: the connection broke")
    assert not (tmp_path / "a.bin").exists()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            404,
            "there is nothing at {url} (404)\nHint: if the site has moved, write its new address into your settings",
        ),
        (403, "127.0.0.1 does not let this machine in (403)\nHint: ask your IT department"),
        (418, "127.0.0.1 answers 418 to {url}\nHint: if the site has moved"),
    ],
)
def test_what_waiting_does_not_mend_is_said_at_once(
    web: Web, site: Site, url: str, waits: list[float], code: int, expected: str
) -> None:
    site.faults["/data.bin"] = [status(code)]
    assert message(lambda: web.get(url)).startswith(expected.format(url=url))
    assert waits == []


def test_a_page_in_the_place_of_a_file(web: Web, site: Site, url: str, tmp_path: Path) -> None:
    site.types["/data.bin"] = "text/html; charset=utf-8"
    said = message(lambda: web.download(url, tmp_path / "a.bin", largest=LARGEST))
    assert said == (
        "127.0.0.1 sends a web page where a file was expected\n"
        "Hint: open the address in a browser: a proxy may ask you to sign in first"
    )
    assert names(tmp_path) == []


def test_a_page_in_the_place_of_json(web: Web, site: Site) -> None:
    site.files["/api"] = b"<!doctype html><title>Sign in</title>"
    assert message(lambda: web.json(f"{site.url}/api")).startswith(
        "127.0.0.1 sends a web page where JSON was expected"
    )


def test_json_nested_without_end(web: Web, site: Site) -> None:
    site.files["/api"] = b"[" * 200_000
    assert message(lambda: web.json(f"{site.url}/api")).startswith(
        "127.0.0.1 sends something else where JSON was"
    )


def test_an_error_under_the_status_of_success(web: Web, site: Site) -> None:
    site.files["/api"] = (
        b'{"error": {"code": 400, "message": "Invalid query", "details": ["\'where\' is wrong"]}}'
    )
    said = message(lambda: web.json(f"{site.url}/api"))
    assert said.startswith("127.0.0.1 refuses what was asked: 'Invalid query'; 'where' is wrong")


def test_a_question_that_is_too_long_and_an_answer_packed_otherwise_than_it_says(
    web: Web, site: Site
) -> None:
    def garbled(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", "4")
        handler.end_headers()
        handler.wfile.write(b"nope")
        return True

    site.files["/api"] = b'{"count": 3}'
    said = message(lambda: web.json(f"{site.url}/api", {"where": "x" * 70_000}))
    assert said.startswith(
        "what is asked of 127.0.0.1, or what it answers, cannot be understood (URL component"
    )
    site.faults["/api"] = [garbled]
    said = message(lambda: web.json(f"{site.url}/api"))
    assert said.startswith("what is asked of 127.0.0.1, or what it answers, cannot be understood (Error")


def test_a_passing_error_under_the_status_of_success(web: Web, site: Site, waits: list[float]) -> None:
    def ill(handler: Handler) -> bool:
        handler.json({"error": {"code": 503, "message": "Service not available"}})
        return True

    site.files["/api"] = b'{"count": 3}'
    site.faults["/api"] = [ill]
    assert web.json(f"{site.url}/api") == {"count": 3}
    assert waits == [1]


def test_redirections_without_end(web: Web, site: Site) -> None:
    site.moved = {"/a": "/b", "/b": "/a"}
    assert message(lambda: web.get(f"{site.url}/a")).startswith(
        "127.0.0.1 sends from one address to the next, more than 5 times"
    )
    assert len(site.asked) == 6


def test_more_than_anything_that_was_asked_for(web: Web, url: str, tmp_path: Path) -> None:
    assert message(lambda: web.get(url, largest=1000)).startswith("127.0.0.1 sends more than 1,000 bytes")
    said = message(lambda: web.download(url, tmp_path / "a.bin", largest=400_000))
    assert said.startswith("127.0.0.1 sends 0.7 MB or more; 0.4 MB is the most that is taken")
    assert names(tmp_path) == []


def test_a_stream_without_a_length_and_without_end(web: Web, site: Site, url: str, tmp_path: Path) -> None:
    def endless(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(DATA)
        handler.close_connection = True
        return True

    site.faults["/data.bin"] = [endless]
    said = message(lambda: web.download(url, tmp_path / "a.bin", largest=400_000))
    assert "0.4 MB is the most that is taken" in said
    assert names(tmp_path) == []


def test_no_room_for_it(web: Web, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    said = message(lambda: web.download(url, tmp_path / "a.bin", largest=LARGEST))
    assert said == (
        f"0.7 MB are to come, but 1,000 bytes are free in '{tmp_path}'\n"
        "Hint: make room, or name another folder with the variable HOTSPOTS_CACHE"
    )


def test_a_folder_that_cannot_be_written_to(web: Web, url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = message(lambda: web.download(url, tmp_path / "file" / "a.bin", largest=LARGEST))
    assert said.startswith("cannot write to the cache (")


def test_a_server_that_is_not_there(web: Web, waits: list[float]) -> None:
    said = message(lambda: web.get("http://127.0.0.1:9/a"))
    assert said.startswith(
        "127.0.0.1 did not answer as it should: it cannot be reached from this machine\nHint: check"
    )
    assert waits == [1, 2]


def test_a_proxy_of_the_environment_is_used(
    site: Site, url: str, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url)
    monkeypatch.setenv("NO_PROXY", "")
    site.files["/elsewhere"] = b"by proxy"
    with Web(wait=waits.append) as web:
        assert web.get("http://data.example/elsewhere").body == b"by proxy"


def test_what_is_asked_says_who_asks(web: Web, site: Site, url: str) -> None:
    web.get(url)
    assert site.requests("/data.bin")[0]["User-Agent"].startswith("hotspots/")


def test_without_httpx_what_to_type_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(ParameterError) as caught:
        Web()
    assert str(caught.value) == (
        "hotspots fetch needs the package httpx, which is not installed\n"
        "Hint: python -m pip install 'hotspots-toolkit[fetch]'; or carry a bundle here, and type: "
        "hotspots fetch unpack FILE"
    )


def test_an_own_authority_is_trusted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import certifi

    held = len(module._trusted().get_ca_certs())
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    assert len(module._trusted().get_ca_certs()) <= held


def test_a_file_is_read_in_parts_where_it_lies(web: Web, site: Site, url: str) -> None:
    remote = RemoteFile(web, url)
    assert remote.size == len(DATA)
    remote.ahead = 100
    remote.seek(-50, 2)
    assert remote.read() == DATA[-50:]
    remote.seek(400_000)
    assert remote.read(100) == DATA[400_000:400_100]
    assert remote.read(0) == b""
    assert site.sent < 1000


def test_a_file_that_is_replaced_while_it_is_read(web: Web, site: Site, url: str) -> None:
    remote = RemoteFile(web, url)
    site.tags["/data.bin"] = '"another"'
    with pytest.raises(FileError, match="replaced on its server while it was being read"):
        remote.read(10)


def test_a_part_that_is_not_the_one_asked_for(web: Web, site: Site, url: str) -> None:
    def other(handler: Handler) -> bool:
        handler.send(
            206, DATA[:10], {"Content-Range": f"bytes 0-9/{len(DATA)}", "ETag": site.tag("/data.bin")}
        )
        return True

    site.faults["/data.bin"] = [other]
    assert web.get(url, start=100, length=10).body == DATA[100:110]


def test_a_server_without_parts_is_found_out_without_reading_it_all(web: Web, site: Site, url: str) -> None:
    site.ranges = False
    assert RemoteFile(web, url).whole_only


def test_no_way_leads_from_an_encrypted_site_to_one_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https", "it went on"
        return httpx.Response(302, headers={"Location": "http://data.example/a"})

    with Web() as web:
        monkeypatch.setattr(web._client, "_transport", httpx.MockTransport(answer))
        monkeypatch.setattr(web._client, "_mounts", {})
        assert message(lambda: web.get("https://data.example/a")).startswith(
            "data.example sends on to an address that is not encrypted (data.example)\nHint: ask your IT department"
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in chain",
            "the certificate of data.example is not signed by anyone whom this machine trusts\n"
            "Hint: where your organisation reads encrypted traffic, ask IT for its certificate as a .pem file, and set "
            "SSL_CERT_FILE to it",
        ),
        (
            "nothing",
            "data.example did not answer as it should: it cannot be reached from this machine\nHint: check",
        ),
    ],
)
def test_a_certificate_that_nobody_vouches_for_is_not_tried_again(
    text: str, expected: str, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    import httpx

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(text, request=request)

    with Web(wait=waits.append) as web:
        monkeypatch.setattr(web._client, "_transport", httpx.MockTransport(answer))
        monkeypatch.setattr(web._client, "_mounts", {})
        assert message(lambda: web.get("https://data.example/a")).startswith(expected)
    assert waits == ([] if text.startswith("[SSL") else [1, 2])
