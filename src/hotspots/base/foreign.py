"""The door to other people's readers: whatever a library raises at a file becomes one error of ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotspots.base.errors import FileError, HotspotsError


@contextmanager
def reading(message: str, *, hint: str, damaged: bool = False) -> Iterator[None]:
    """Turn whatever a library raises while it reads a file into a `FileError`.

    A damaged file may make a reader raise anything: GDAL, Arrow, pandas, shapely, calamine and rasterio each have
    errors of their own and, at a byte that none of them foresaw, those of Python. Inside the block stands nothing
    but the library's reading, so that whatever comes out of it is the file's fault. What came first is kept as the
    cause, for ``--verbose``.

    Parameters
    ----------
    message, hint : str
        As `HotspotsError` takes them. A file that may not be read, or a disk that fails, says so behind the message.

    damaged : bool, default False
        Whether memory that runs out is the file's fault too: that of a small file, whose damaged numbers ask for it.

    Raises
    ------
    FileError
        In the place of every exception but our own, a warning that was made an error, and memory that ran out.

    Examples
    --------
    >>> with reading("'a.parquet' is damaged", hint="download it again"):
    ...     {}["Month"]
    Traceback (most recent call last):
    hotspots.base.errors.FileError: 'a.parquet' is damaged
    Hint: download it again
    """
    try:
        yield
    except (HotspotsError, Warning):
        raise
    except MemoryError as error:
        if not damaged:
            raise
        raise FileError(message, hint=hint) from error
    except OSError as error:
        reason = f" ({error.strerror})" if error.errno and error.strerror else ""
        raise FileError(message + reason, hint=hint) from error
    except Exception as error:
        raise FileError(message, hint=hint) from error
    except BaseException as error:
        # What is written in Rust ends by an exception that Python's `except Exception` does not see.
        if type(error).__name__ != "PanicException":
            raise
        raise FileError(message, hint=hint) from error


@contextmanager
def silently() -> Iterator[None]:
    """Keep from the terminal what a library writes there itself, past Python.

    What is written in Rust tells a panic there before it becomes an exception, with the paths of whoever built it.
    It is the whole process that is silent, so that inside the block stands nothing but such a library's reading.
    """
    try:
        kept = os.dup(2)
    except OSError:  # a program without a terminal has nothing to keep from it
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
