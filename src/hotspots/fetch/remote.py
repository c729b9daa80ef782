"""A file on a server, read in parts as though it lay here: of an archive of gigabytes, what is wanted of it."""

from __future__ import annotations

import io

from hotspots.base.errors import FileError
from hotspots.fetch.web import Web

AHEAD = 1 << 18
LARGEST = 64 << 20  # bytes read at once; the directory of the largest archive takes one


class RemoteFile(io.RawIOBase):
    """The bytes of one edition of a file on a server.

    Parameters
    ----------
    web : Web
    url : str

    Attributes
    ----------
    address : str
        Where it was asked for, before any redirection.
    size : int
        Bytes of the file.
    stamp : str
        What tells this edition from another.
    whole_only : bool
        Whether the server sends no parts; then nothing can be read here.
    """

    def __init__(self, web: Web, url: str) -> None:
        super().__init__()
        self._web, self.address = web, url
        first = web.get(url, start=0, length=1, largest=LARGEST) if not url.endswith("/") else None
        self.whole_only = first is None or not first.partial or first.total is None
        self.size = first.total or 0 if first else 0
        self.stamp = first.stamp if first else ""
        self._url = first.url if first else url
        self._place, self._held, self._from = 0, b"", 0
        self.ahead = AHEAD
        """Bytes to ask for at once."""

    def seekable(self) -> bool:
        """Say that any place can be gone to."""
        return True

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._place = start + offset
        return self._place

    def read(self, count: int = -1) -> bytes:
        """Return so many bytes; fewer at the end of the file alone."""
        left = max(self.size - self._place, 0)
        count = left if count < 0 else min(count, left)
        start = self._place - self._from
        if not (start >= 0 and start + count <= len(self._held)):
            self._ask(count, left)
            start = 0
        self._place += count
        return self._held[start : start + count]

    def _ask(self, count: int, left: int) -> None:
        if count > LARGEST:
            raise FileError(
                f"the archive wants {count / 1e6:,.0f} MB read at once, which no archive of police.uk does",
                hint="look at what stands at its address",
            )
        length = min(max(count, self.ahead), left)
        answer = self._web.get(self._url, start=self._place, length=length, largest=LARGEST)
        if not answer.partial or answer.total != self.size or answer.stamp != self.stamp:
            raise FileError(
                "the archive has been replaced on its server while it was being read",
                hint="type the same command again",
            )
        self._held, self._from = answer.body, self._place
