"""One polite reader of the web: it only gets, waits when told to, tries again when that may help, and says why not."""

from __future__ import annotations

import email.utils
import json
import logging
import os
import re
import shutil
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from hotspots._version import __version__
from hotspots.base.errors import FileError, ParameterError

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)
T = TypeVar("T")

TRIES = 6
UNREACHED = 3  # tries for a server that cannot be reached at all
LONGEST = 600.0  # seconds; whoever asks for a longer pause is asked again by the user, not by us
PAGE = 256 << 20  # bytes that an answer held in memory may come to
_CHUNK = 1 << 18
_REDIRECTS = 5
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_LATER = "the same command goes on from where it stopped"


@dataclass
class PassingError(Exception):
    """What went wrong may go right when tried again, after `pause` seconds where the server names them."""

    reason: str
    pause: float | None = None
    most: int = TRIES


@dataclass(frozen=True)
class Answer:
    """What a server sent, held in memory.

    Attributes
    ----------
    url : str
        The address that answered, after redirections.
    body : bytes
    total : int or None
        Of an answer in part, the bytes of the whole.
    stamp : str
        What tells this edition of the file from another; empty where the server does not say.
    partial : bool
        Whether it is the part that was asked for.
    """

    url: str
    body: bytes
    total: int | None
    stamp: str
    partial: bool


class Web:
    """Gets over HTTP, one request at a time.

    Proxies are those of the environment (``HTTPS_PROXY``, ``NO_PROXY``) or of the system; certificates those that the
    system trusts, those of certifi, and, where it is set, ``SSL_CERT_FILE`` alone.

    Parameters
    ----------
    wait : callable, optional
        Waits some seconds; `time.sleep` without it.

    Raises
    ------
    ParameterError
        When httpx is not installed.
    """

    def __init__(self, *, wait: Callable[[float], None] | None = None) -> None:
        try:
            import httpx
        except ImportError as error:
            raise ParameterError(
                "hotspots fetch needs the package httpx, which is not installed",
                hint="python -m pip install 'hotspots-toolkit[fetch]'; or carry a bundle here, and type: "
                "hotspots fetch unpack FILE",
            ) from error
        self._httpx = httpx
        self._wait = wait or time.sleep
        self._client = httpx.Client(
            follow_redirects=True,
            max_redirects=_REDIRECTS,
            verify=_trusted(),
            timeout=httpx.Timeout(60.0, connect=20.0),
            headers={"User-Agent": f"hotspots/{__version__}"},
            event_hooks={"response": [_no_way_back]},
        )

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def json(self, url: str, params: Mapping[str, str] | None = None) -> Any:
        """Return what JSON an address answers.

        Raises
        ------
        FileError
            As `get`; and when the answer is no JSON, as where a proxy puts a page of its own in its place.
        """

        def once() -> Any:
            body = self._read(url, params, {"Accept": "application/json"}, largest=PAGE).body
            try:
                content = json.loads(body)
            except (ValueError, RecursionError) as error:
                raise _not_what(url, body, "JSON") from error
            fault = content.get("error") if isinstance(content, dict) else None
            if isinstance(fault, dict):  # an ArcGIS server says what is wrong under the status of success
                if fault.get("code") in _AGAIN:
                    raise PassingError(f"the server says {_said(fault)}")
                raise FileError(
                    f"{_host(url)} refuses what was asked: {_said(fault)}", hint=_address_hint(url)
                )
            return content

        return self._tried(url, once)

    def get(
        self, url: str, *, start: int | None = None, length: int | None = None, largest: int = PAGE
    ) -> Answer:
        """Return what an address answers, or a part of it where `start` and `length` are given.

        Raises
        ------
        FileError
            When the server cannot be reached, refuses, or sends more than `largest` bytes.
        """
        headers = {"Accept-Encoding": "identity"}
        if start is not None and length is not None:
            headers["Range"] = f"bytes={start}-{start + length - 1}"
        return self._tried(url, lambda: self._read(url, None, headers, largest=largest))

    def download(self, url: str, path: Path, *, largest: int) -> None:
        """Save a file, going on where an earlier try broke off; `path` appears only when it is whole.

        What has come stands beside it as ``<name>.part``, with a note of the edition that it is of; a later part of
        another edition is never put behind it.

        Raises
        ------
        FileError
            As `get`; and when there is no room for the file.
        """
        part = _Part(path, url, largest)
        try:
            self._tried(url, lambda: self._go_on(part), grown=lambda: part.size)
        except KeyboardInterrupt:
            log.info("Stopped after %s; %s", _size(part.size), _LATER)
            raise
        part.path.replace(path)
        part.note.unlink(missing_ok=True)

    def _go_on(self, part: _Part) -> None:
        """Ask for what a file still lacks, and put it behind what there is."""
        start, headers = part.size if part.stamp else 0, {"Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-", "If-Range": part.stamp}
        with self._asked(part.url, None, headers, accept=(200, 206, 416)) as response:
            if response.status_code == 416:
                if not part.whole:
                    part.drop()
                    raise PassingError("it holds less than has come already")
                return
            if response.status_code == 206:
                _require_range(response, start, part)
            else:
                part.begin(response)
            part.refuse(response)
            with part.path.open("ab") as stream:
                for chunk in response.iter_bytes(_CHUNK):
                    stream.write(chunk)
                    part.count(len(chunk))
        if part.total is not None and part.size != part.total:
            short = part.size < part.total
            if not short:
                part.drop()
            raise PassingError(f"{_size(part.size)} of {_size(part.total)} came")

    def _read(
        self, url: str, params: Mapping[str, str] | None, headers: Mapping[str, str], *, largest: int
    ) -> Answer:
        with self._asked(url, params, headers, accept=(200, 206)) as response:
            if "Range" in headers and response.status_code == 200:  # all of it, gigabytes perhaps: not read
                return Answer(str(response.url), b"", None, _stamp(response), partial=False)
            body = bytearray()
            for chunk in response.iter_bytes(_CHUNK):
                body += chunk
                if len(body) > largest:
                    raise FileError(
                        f"{_host(url)} sends more than {_size(largest)}, which nothing that was asked for has",
                        hint=_address_hint(url),
                    )
            found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
            partial = response.status_code == 206
            if partial and (
                found is None or headers.get("Range") != f"bytes={found[1]}-{int(found[1]) + len(body) - 1}"
            ):
                raise PassingError("another part came than was asked for")
            total = int(found[3]) if found and found[3] != "*" else None
            return Answer(str(response.url), bytes(body), total, _stamp(response), partial)

    @contextmanager
    def _asked(
        self,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str],
        *,
        accept: tuple[int, ...],
    ) -> Iterator[httpx.Response]:
        with self._client.stream("GET", url, params=params, headers=dict(headers)) as response:
            status = response.status_code
            if status in _AGAIN:
                raise PassingError(f"the server answers {status}", _retry_after(response))
            if status not in accept:
                raise _refusal(url, status)
            yield response

    def _tried(self, url: str, once: Callable[[], T], *, grown: Callable[[], int] = lambda: 0) -> T:
        """Return what `once` does; where the line or the server fails, wait and try again, a number of times.

        A try that brought some of a file does not count.
        """
        tries, before = 0, grown()
        while True:
            try:
                return once()
            except self._httpx.TooManyRedirects as error:
                raise FileError(
                    f"{_host(url)} sends from one address to the next, more than {_REDIRECTS} times",
                    hint=_address_hint(url),
                ) from error
            except self._httpx.TransportError as error:
                again = _of_transport(error, url)
            except (self._httpx.RequestError, self._httpx.InvalidURL) as error:
                raise FileError(
                    f"what is asked of {_host(url)}, or what it answers, cannot be understood ({error})",
                    hint=_address_hint(url),
                ) from error
            except PassingError as error:
                again = error
            except FileError:
                raise
            except OSError as error:
                raise _unwritable(error) from error
            tries = 1 if grown() > before else tries + 1
            before = grown()
            if tries >= again.most:
                raise FileError(
                    f"{_host(url)} did not answer as it should: {again.reason}", hint=_no_luck(grown())
                )
            pause = min(2.0 ** (tries - 1), 60.0) if again.pause is None else again.pause
            if pause > LONGEST:
                raise FileError(
                    f"{_host(url)} asks to be left alone for {pause / 60:.0f} minutes",
                    hint=f"wait so long; then {_LATER}",
                )
            log.info("%s: %s; trying again in %.0f s", _host(url), again.reason, pause)
            self._wait(pause)


class _Part:
    """A file that is on its way: what has come, and the note of which edition it is of."""

    def __init__(self, path: Path, url: str, largest: int) -> None:
        self.url, self.largest = url, largest
        self.path = path.with_name(f"{path.name}.part")
        self.note = path.with_name(f"{path.name}.part.json")
        self.stamp, self.total = "", None
        try:
            held = json.loads(self.note.read_text(encoding="utf-8"))
            if held["url"] == url and self.path.is_file():
                self.stamp, self.total = str(held["stamp"]), held["total"]
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self.size = self.path.stat().st_size if self.stamp else 0
        if self.size:
            log.info("Going on after %s of %s", _size(self.size), urlsplit(url).path.rsplit("/", 1)[-1])

    @property
    def whole(self) -> bool:
        """Whether all has come."""
        return self.total is not None and self.size == self.total

    def begin(self, response: httpx.Response) -> None:
        """Take a new edition, from its first byte on."""
        packed = "Content-Encoding" in response.headers
        length = response.headers.get("Content-Length", "")
        self.total = int(length) if length.isdigit() and not packed else None
        self.stamp, self.size = "" if packed else _stamp(response), 0
        self.path.write_bytes(b"")
        note = {"url": self.url, "stamp": self.stamp, "total": self.total}
        self.note.write_text(json.dumps(note), encoding="utf-8")

    def refuse(self, response: httpx.Response) -> None:
        """Raise where what comes is no file, is too large, or has no room here."""
        if response.headers.get("Content-Type", "").startswith("text/html"):
            self.drop()
            raise _not_what(self.url, b"<", "a file")
        need = (self.total or 0) - self.size
        if (self.total or 0) > self.largest:
            size = self.total or 0
            self.drop()
            raise self._too_large(size)
        free = shutil.disk_usage(self.path.parent).free
        if need > free:
            raise FileError(
                f"{_size(need)} are to come, but {_size(free)} are free in '{self.path.parent}'",
                hint="make room, or name another folder with the variable HOTSPOTS_CACHE",
            )

    def count(self, more: int) -> None:
        """Count bytes that have come; raise when there are too many."""
        self.size += more
        if self.size > self.largest:
            size = self.size
            self.drop()
            raise self._too_large(size)

    def drop(self) -> None:
        """Forget what has come."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
        self.stamp, self.total, self.size = "", None, 0

    def _too_large(self, size: int) -> FileError:
        return FileError(
            f"{_host(self.url)} sends {_size(size)} or more; {_size(self.largest)} is the most that is taken",
            hint=_address_hint(self.url),
        )


def _trusted() -> ssl.SSLContext:
    """Trust what the system trusts, an organisation's own authority among it, and the public ones of certifi."""
    context = ssl.create_default_context()
    if not os.environ.get("SSL_CERT_FILE") and not os.environ.get("SSL_CERT_DIR"):
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def _no_way_back(response: httpx.Response) -> None:
    """Refuse to be sent from an encrypted address to one that is not."""
    if not response.has_redirect_location or response.url.scheme != "https":
        return
    following = response.url.join(response.headers["Location"])
    if following.scheme != "https":
        raise FileError(
            f"{response.url.host} sends on to an address that is not encrypted ({following.host or following})",
            hint="ask your IT department whether something stands between this machine and the site",
        )


def _require_range(response: httpx.Response, start: int, part: _Part) -> None:
    """Make sure that what comes follows on what there is, and is of the same edition."""
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    total = int(found[3]) if found and found[3] != "*" else None
    stamp = _stamp(response)
    if (
        found is None
        or int(found[1]) != start
        or (part.total or total) != total
        or stamp not in ("", part.stamp)
    ):
        part.drop()
        raise PassingError("the file has changed since its first part came")


def _stamp(response: httpx.Response) -> str:
    """Return a strong ETag, else the date of the last change: what may stand in If-Range."""
    tag = str(response.headers.get("ETag", ""))
    return tag if tag and not tag.startswith("W/") else str(response.headers.get("Last-Modified", ""))


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds of a Retry-After, be they a number or a date; None where there are none."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text).timestamp()
        now = email.utils.parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
    except (ValueError, TypeError):
        return None
    return max(until - now, 0.0)


def _of_transport(error: Exception, url: str) -> PassingError:
    """Return what a broken line is to be called; raise where trying again is no use."""
    import httpx

    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        raise FileError(
            f"the certificate of {_host(url)} is not signed by anyone whom this machine trusts",
            hint="where your organisation reads encrypted traffic, ask IT for its certificate as a .pem file, and set "
            "SSL_CERT_FILE to it",
        ) from error
    if isinstance(error, httpx.UnsupportedProtocol):
        raise FileError(f"'{url}' is no address", hint=_address_hint(url)) from error
    if isinstance(error, httpx.ProxyError):
        return PassingError(f"the proxy refuses ({text})", most=UNREACHED)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return PassingError("it cannot be reached from this machine", most=UNREACHED)
    if isinstance(error, httpx.TimeoutException):
        return PassingError("it fell silent")
    return PassingError("the connection broke")


def _refusal(url: str, status: int) -> FileError:
    if status in (404, 410):
        return FileError(f"there is nothing at {url} ({status})", hint=_address_hint(url))
    if status in (401, 403, 407):
        hint = "ask your IT department whether this site is let through; see docs/fetch.md for proxies"
        return FileError(f"{_host(url)} does not let this machine in ({status})", hint=hint)
    return FileError(f"{_host(url)} answers {status} to {url}", hint=_address_hint(url))


def _not_what(url: str, body: bytes, wanted: str) -> FileError:
    page = body.lstrip()[:1] == b"<"
    what = "a web page" if page else "something else"
    hint = (
        "open the address in a browser: a proxy may ask you to sign in first" if page else _address_hint(url)
    )
    return FileError(f"{_host(url)} sends {what} where {wanted} was expected", hint=hint)


def _unwritable(error: OSError) -> FileError:
    return FileError(
        f"cannot write to the cache ({error.strerror or error})",
        hint="make room or ask for rights there, or name another folder with the variable HOTSPOTS_CACHE",
    )


def _no_luck(come: int) -> str:
    if come:
        return f"try later: {_LATER}"
    return (
        "check the network, and the proxy if there is one (HTTPS_PROXY); docs/fetch.md says how; or try later"
    )


def _said(fault: Mapping[str, Any]) -> str:
    details = fault.get("details")
    more = [str(one) for one in details if str(one)] if isinstance(details, list) else []
    return "; ".join([f"'{fault.get('message') or fault.get('code')}'", *more])[:300]


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _address_hint(url: str) -> str:
    return f"if the site has moved, write its new address into your settings (hotspots fetch settings); it was {url}"


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count:,} bytes"
