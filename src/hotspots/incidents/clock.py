"""When incidents were: times of day and ends of spans, by the local clock, and what is known of each row's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hotspots.base.errors import ParameterError
from hotspots.incidents.cells import BLANK
from hotspots.incidents.dates import Order, parse_date

Offsets = Literal["convert", "ignore"]
Integers = npt.NDArray[np.int64]

LONDON = "Europe/London"
TIME, SPAN, DAY, DAYS = "time", "span", "day", "days"
OPEN, BACKWARDS, SKIPPED, UNREAD, NO_DAY = "open", "backwards", "skipped", "unread", "no day"
TIMINGS = (TIME, SPAN, DAY, DAYS, OPEN, BACKWARDS, SKIPPED, UNREAD, NO_DAY)
"""What is known of when an incident was, from the most to the least; see `Clock`."""

UNKNOWN = np.iinfo(np.int64).min
_DAY_LENGTH = 86_400

_CLOCK = (
    r"^(?P<date>(?:.*[T ,])?)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?:hrs|h)?\s*"
    r"(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<offset>Z|UTC|GMT|BST|[+-]\d{2}(?::?\d{2})?)?$"
)
_DIGITS = r"^(?P<hour>\d{1,2})(?P<minute>\d{2})(?P<second>\d{2})?$"  # 0935, 213500
_POINTED = r"^(?P<hour>\d{2})[.h](?P<minute>\d{2})$"  # 21.35
_FRACTION = re.compile(r"(?:\d{5}|0)?\.(\d+)")  # a spreadsheet's part of a day
_SINCE_1970 = re.compile(r"(\d{10})(?:\d{3})?(?:\.0)?")
_OFFSETS = {"Z": 0, "UTC": 0, "GMT": 0, "BST": 3600}


@dataclass(frozen=True)
class Clock:
    """Which columns tell times of day, and by what clock; for ``read_incidents(clock=...)``.

    Each incident then has ``start`` and ``end``, by the local clock, and ``timing``, what is known of it:

    ============  ======================================================================================
    timing        what is known
    ============  ======================================================================================
    ``time``      when it was, to the minute (`end` is missing)
    ``span``      from when to when it may have been
    ``day``       the day alone: from its midnight to the next
    ``days``      several days: from the first midnight to that after the last
    ``open``      from when, but not to when, though the file has a column of ends
    ``backwards``  an end before its start
    ``skipped``   a time that the clocks skipped as they went forward, which cannot have been
    ``unread``    a text that is no time
    ``no day``    a month or nothing
    ============  ======================================================================================

    Attributes
    ----------
    time_column : str or None
        The column of the time of day, or of date and time together. By default that of the dates where it holds
        times, or one of a usual name.
    to_column : str or None
        Where files give a span, the column of its end: date and time, the date, or the time, which is then of the
        same day or, where it is earlier than the start, of the next. Usual names are recognised.
    to_time_column : str or None
        The time of the end, where it stands in a column of its own.
    time_zone : str
        The place whose clock the times are to be of, as the IANA database calls it.
    offsets : {'convert', 'ignore'}
        What becomes of an offset such as ``Z`` or ``+01:00`` behind a time: it is converted to the local clock, or
        ignored, for files whose program wrote local times and called them UTC.

    Raises
    ------
    ParameterError
        When the time zone is none, or `offsets` something else.
    """

    time_column: str | None = None
    to_column: str | None = None
    to_time_column: str | None = None
    time_zone: str = LONDON
    offsets: Offsets = "convert"

    def __post_init__(self) -> None:
        if self.offsets not in ("convert", "ignore"):
            raise ParameterError(f"'offsets' is '{self.offsets}'", hint="use 'convert' or 'ignore'")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ParameterError(
                f"'time_zone' is '{self.time_zone}', which is no time zone",
                hint="name a place of the IANA database, such as 'time_zone' = 'Europe/London' or 'UTC'",
            ) from error


@dataclass(frozen=True, eq=False)
class _Moments:
    """Days and times of day of one end of spans, one entry a row.

    Attributes
    ----------
    day : ndarray of int64
        Days since 1970; `UNKNOWN` for none.
    second : ndarray of int64
        Seconds of the day, up to 86,400, which is 24:00; `UNKNOWN` where there is no time of day.
    offset : ndarray of int64
        Seconds that the writer's clock was ahead of UTC; `UNKNOWN` where that is not written.
    wrong : ndarray of bool
        Whether there is a text that is no time.
    blank : ndarray of bool
        Whether there is nothing at all.
    """

    day: Integers
    second: Integers
    offset: Integers
    wrong: npt.NDArray[np.bool_]
    blank: npt.NDArray[np.bool_]


def tell_times(
    clock: Clock, date: Any, time: Any, to: Any, to_time: Any, *, order: Order
) -> dict[str, npt.NDArray[Any]]:
    """Return when each row was.

    Parameters
    ----------
    clock : Clock
        By what clock.
    date, time, to, to_time : pyarrow Array or None
        The columns; None where the file has none.
    order : {'day', 'month', 'year'}
        What dates in numbers begin with.

    Returns
    -------
    dict of ndarray
        ``start`` and ``end``: seconds since 1970, UTC, `UNKNOWN` for none. ``timing``: the place in `TIMINGS`, int8.
        ``written``: seconds of the day of the start as they are written, int32, -1 for none.
    """
    count = len(next(one for one in (date, time, to, to_time) if one is not None))
    first = _with_time(_moments(date, count, order), time, order)
    last = _with_time(_moments(to, count, order), to_time, order)
    has_end = to is not None or to_time is not None
    # A time alone is of the start's day or, where it is earlier, of the next.
    alone = (last.day == UNKNOWN) & (last.second != UNKNOWN) & (first.day != UNKNOWN)
    last.day[alone] = first.day[alone] + (last.second < first.second)[alone]
    start, start_skipped = _instants(first, clock, later=False)
    end, end_skipped = _instants(last, clock, later=True)
    timed = (first.day != UNKNOWN) & (first.second != UNKNOWN)
    ended = (last.day != UNKNOWN) & (last.second != UNKNOWN)
    timing = np.full(count, TIMINGS.index(NO_DAY), dtype=np.int8)

    def put(mask: npt.NDArray[np.bool_], name: str) -> None:
        timing[mask] = TIMINGS.index(name)

    put(first.day != UNKNOWN, DAY)
    several = ~timed & (first.day != UNKNOWN) & (last.day != UNKNOWN)
    put(several & (last.day > first.day), DAYS)
    put(several & (last.day < first.day), BACKWARDS)
    put(timed & (ended | (not has_end)), TIME)
    put(timed & has_end & ~ended, OPEN)
    put(timed & ended & (end > start), SPAN)
    put(timed & ended & (end < start), BACKWARDS)
    put((start_skipped & timed) | (end_skipped & ended & timed), SKIPPED)
    put((first.wrong | (last.wrong & timed)) & (first.day != UNKNOWN), UNREAD)
    whole = np.isin(timing, [TIMINGS.index(DAY), TIMINGS.index(DAYS)])
    finish = np.where(timing == TIMINGS.index(DAYS), last.day, first.day)
    start = np.where(whole, _midnights(first.day, whole, clock), start)
    end = np.where(whole, _midnights(np.where(whole, finish + 1, UNKNOWN), whole, clock), end)
    end = np.where(timing == TIMINGS.index(TIME), UNKNOWN, end)
    known = ~np.isin(timing, [TIMINGS.index(UNREAD), TIMINGS.index(NO_DAY), TIMINGS.index(SKIPPED)])
    written = np.where(timed, first.second % _DAY_LENGTH, -1).astype(np.int32)
    return {
        "start": np.where(known, start, UNKNOWN),
        "end": np.where(known, end, UNKNOWN),
        "timing": timing,
        "written": written,
    }


def local_times(seconds: Integers, zone: str) -> pd.Series[Any]:
    """Return seconds since 1970 as local times; `UNKNOWN` is NaT."""
    stamps = pd.DatetimeIndex(seconds.view("datetime64[s]")).tz_localize("UTC").tz_convert(zone)
    return pd.Series(stamps)


def without_false_midnights(
    told: dict[str, npt.NDArray[Any]], zone: str, file: Integers
) -> dict[str, npt.NDArray[Any]]:
    """Return the times with those of files whose every time is midnight as days: such a time is none."""
    midnight = told["written"] == 0
    timed = told["written"] >= 0
    false = np.zeros(len(file), dtype=bool)
    for number in np.unique(file):
        mine = file == number
        if timed[mine].any() and midnight[mine & timed].all():
            false |= mine & timed
    single, several = TIMINGS.index(DAY), TIMINGS.index(DAYS)
    false &= np.isin(told["timing"], [TIMINGS.index(one) for one in (TIME, SPAN, OPEN)])
    if not false.any():
        return told
    made = {name: values.copy() for name, values in told.items()}
    first = local_times(told["start"], zone).dt.tz_localize(None).dt.normalize()
    last = local_times(np.where(told["end"] == UNKNOWN, told["start"], told["end"]), zone)
    last = last.dt.tz_localize(None).dt.normalize()
    days = ((last - first).dt.days.fillna(0) > 0).to_numpy()
    made["timing"][false] = np.where(days, several, single)[false]
    after = (last + pd.Timedelta(days=1)).dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    made["end"][false] = after.to_numpy(dtype="datetime64[s]").astype(np.int64)[false]
    made["written"][false] = -1
    return made


def _instants(moments: _Moments, clock: Clock, *, later: bool) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return moments as seconds since 1970, UTC, and which of them the local clock skipped.

    Of an hour that the local clock goes through twice it is the first, or the later.
    """
    known = (moments.day != UNKNOWN) & (moments.second != UNKNOWN)
    wall = np.where(known, moments.day * _DAY_LENGTH + moments.second, 0)
    fixed = known & (moments.offset != UNKNOWN) & (clock.offsets == "convert")
    local = known & ~fixed
    result = np.where(fixed, wall - np.where(fixed, moments.offset, 0), UNKNOWN)
    skipped = np.zeros(len(wall), dtype=bool)
    if local.any():
        naive = pd.DatetimeIndex(wall[local].view("datetime64[s]"))
        first = np.full(len(naive), not later)
        stamps = naive.tz_localize(clock.time_zone, ambiguous=first, nonexistent="shift_forward")
        result[local] = stamps.tz_convert("UTC").tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)
        skipped[local] = stamps.tz_localize(None) != naive
    return result, skipped


def _midnights(days: Integers, known: npt.NDArray[np.bool_], clock: Clock) -> Integers:
    nothing = np.full(len(days), UNKNOWN)
    zero = np.where(known, 0, UNKNOWN)
    held = _Moments(np.where(known, days, UNKNOWN), zero, nothing, ~known, ~known)
    return _instants(held, clock, later=False)[0]


def _with_time(moments: _Moments, time: Any, order: Order) -> _Moments:
    """Return moments whose time of day is that of a column of its own, where there is one."""
    if time is None:
        return moments
    own = _moments(time, len(moments.day), order, alone=True)
    return _Moments(
        np.where(moments.day == UNKNOWN, own.day, moments.day),
        np.where(own.blank, moments.second, own.second),
        np.where(own.blank, moments.offset, own.offset),
        np.where(own.blank, moments.wrong, own.wrong),
        moments.blank & own.blank,
    )


def _moments(column: Any, count: int, order: Order, *, alone: bool = False) -> _Moments:
    """Return what a column says; `alone` is one of times of day, which may be written without a colon."""
    if column is None:
        nothing = np.full(count, UNKNOWN)
        return _Moments(nothing, nothing.copy(), nothing.copy(), np.zeros(count, bool), np.ones(count, bool))
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return _of_stamps(column)
    if pa.types.is_time(column.type):
        column = column.cast(pa.string())
    encoded = column if pa.types.is_dictionary(column.type) else column.cast(pa.string()).dictionary_encode()
    texts = _plain(encoded.dictionary.cast(pa.string()))
    each = _of_texts(texts, order, alone=alone)
    codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False).astype(np.int64)
    none = {"day": UNKNOWN, "second": UNKNOWN, "offset": UNKNOWN, "wrong": False, "blank": True}
    return _Moments(**{name: np.append(each[name], value)[codes] for name, value in none.items()})


def _plain(texts: Any) -> Any:
    """Return texts without spare spaces; words for nothing are empty."""
    plain = pc.fill_null(pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"\s+", " ")), "")
    blank = pc.is_in(pc.utf8_lower(plain), value_set=pa.array(sorted(BLANK), pa.string()))
    return pc.if_else(blank, "", plain)


def _of_stamps(column: Any) -> _Moments:
    blank = column.is_null().to_numpy(zero_copy_only=False)
    nothing = np.full(len(blank), UNKNOWN)
    if pa.types.is_date(column.type):
        days = column.cast(pa.date32()).cast(pa.int32()).fill_null(0).to_numpy().astype(np.int64)
        return _Moments(np.where(blank, UNKNOWN, days), nothing, nothing.copy(), np.zeros_like(blank), blank)
    zone = column.type.tz
    seconds = column.cast(pa.timestamp("s", zone), safe=False).cast(pa.int64()).fill_null(0).to_numpy()
    offset = nothing
    if zone is not None:
        wall = pd.DatetimeIndex(seconds.view("datetime64[s]")).tz_localize("UTC").tz_convert(zone)
        written = wall.tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)
        offset, seconds = written - seconds, written
    day, second = np.divmod(seconds, _DAY_LENGTH)
    return _Moments(
        np.where(blank, UNKNOWN, day), np.where(blank, UNKNOWN, second), offset, np.zeros_like(blank), blank
    )


def _of_texts(texts: Any, order: Order, *, alone: bool) -> dict[str, npt.NDArray[Any]]:
    """Return what distinct texts say; of most, the date before the time of day is read once for all its times."""
    found = pc.extract_regex(texts, _CLOCK)
    second, wrong, offset = _parts(found)
    matched = found.is_valid().to_numpy(zero_copy_only=False)
    rest = np.flatnonzero(~matched)
    left = texts.take(pa.array(rest))
    for pattern in (_DIGITS, _POINTED) if alone else ():
        other = pc.extract_regex(left, pattern)
        there = other.is_valid().to_numpy(zero_copy_only=False)
        seconds, bad, _ = _parts(other)
        second[rest[there]], wrong[rest[there]] = seconds[there], bad[there]
    _read_counted(left.to_pylist(), rest, second, offset)
    dates = pc.utf8_rtrim(
        pc.coalesce(pc.struct_field(found, "date"), texts), characters="T ,"
    ).dictionary_encode()
    days = np.array([_day(text, order) for text in dates.dictionary.to_pylist()], dtype=np.int64)
    day = days[dates.indices.to_numpy()] if len(days) else np.zeros(0, np.int64)
    blank = pc.equal(texts, "").to_numpy(zero_copy_only=False)
    unknown = (second == UNKNOWN) & ~blank
    colon = pc.match_substring(texts, ":").to_numpy(zero_copy_only=False)
    wrong |= unknown & (colon | (alone & (day == UNKNOWN)))
    return {"day": day, "second": second, "offset": offset, "wrong": wrong, "blank": blank}


def _read_counted(texts: list[str], places: Integers, second: Integers, offset: Integers) -> None:
    """Write the times of texts that are a spreadsheet's part of a day, or seconds since 1970, in their places."""
    for place, text in zip(places.tolist(), texts, strict=True):
        if (part := _FRACTION.fullmatch(text)) and float(f"0.{part[1]}") > 0:
            second[place] = round(float(f"0.{part[1]}") * _DAY_LENGTH)
        elif since := _SINCE_1970.fullmatch(text):
            second[place], offset[place] = int(since[1]) % _DAY_LENGTH, 0


def _parts(found: Any) -> tuple[Integers, npt.NDArray[np.bool_], Integers]:
    """Return the second of the day of times in parts, which of them are none, such as 25:00, and their offsets."""
    fields = {field.name for field in found.type}

    def text(name: str) -> Any:
        return (
            pc.fill_null(pc.struct_field(found, name), "")
            if name in fields
            else pa.array([""] * len(found), pa.string())
        )

    def number(name: str) -> Integers:
        digits = text(name)
        whole = pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64()).to_numpy(zero_copy_only=False)
        return np.asarray(whole, dtype=np.int64)

    hour, minute, second = number("hour"), number("minute"), number("second")
    half = pc.utf8_lower(text("half"))
    there = found.is_valid().to_numpy(zero_copy_only=False)
    halved = pc.not_equal(half, "").to_numpy(zero_copy_only=False)
    bad = there & halved & ((hour < 1) | (hour > 12))
    later = pc.starts_with(half, "p").to_numpy(zero_copy_only=False)
    hour = np.where(halved, hour % 12 + 12 * later, hour)
    total = 3600 * hour + 60 * minute + np.minimum(second, 59)
    bad |= there & ((minute > 59) | (second > 60) | (total > _DAY_LENGTH))
    offsets = text("offset").dictionary_encode()
    held = np.array([_offset(one) for one in offsets.dictionary.to_pylist()], dtype=np.int64)
    offset = held[offsets.indices.to_numpy()] if len(held) else np.zeros(0, np.int64)
    return np.where(there & ~bad, total, UNKNOWN), bad, offset


def _offset(text: str) -> int:
    """Return an offset such as ``Z``, ``+01:00`` or ``-06`` in seconds; `UNKNOWN` for none."""
    if not text:
        return UNKNOWN
    if text in _OFFSETS:
        return _OFFSETS[text]
    digits = re.sub(r"\D", "", text).ljust(4, "0")
    size = 3600 * int(digits[:2]) + 60 * int(digits[2:])
    return -size if text.startswith("-") else size


def _day(text: str, order: Order) -> int:
    found = parse_date(text, order) if text else None
    if found is None or found[2] is None:
        return UNKNOWN
    year, month, day = found
    return int(np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "D").astype(np.int64))
