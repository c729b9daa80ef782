"""Tables of several files put on the same themes and codes, though each file calls them in its own way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from hotspots.analysis.audit.context import Context
from hotspots.analysis.audit.shown import ALL, CARDS, Page, Said, Shown, theme_key

_RANKED = re.compile(r"^\d+\. ")


def settle_page(page: Page, context: Context) -> Page:
    """Return a page whose tables are by code and by the keys of the folder's themes.

    Rows that only name their area take the code of that name where one area has it; rows and tables that cannot be
    tied to an area or a theme go to what is unread.
    """
    own = (".csv", ".gpkg", ".geojson")
    themes = {
        *context.themes,
        *(
            theme_key(table.theme)
            for table in page.tables
            if table.file.endswith(own) or table.where == CARDS
        ),
    }
    names = _names(page.tables)
    texts = [_settled(said, themes) for said in page.texts]
    found = Page(texts=texts, unread=list(page.unread), troubles=page.troubles)
    for table in page.tables:
        theme = next(
            (held for name in table.theme.split("\n") if (held := _theme(theme_key(name), themes))), None
        )
        at = f"{table.file}, '{table.where}'" if table.where else table.file
        if theme is None:
            found.unread.append(f"{at}: of no theme that is known")
            continue
        rows, lost = (table.rows, 0) if _has_codes(table) else _by_code(table.rows, names)
        if lost:
            found.unread.append(f"{at}: {lost} of {len(table.rows)} rows, whose names are of no one area")
        if not rows.index.is_unique:
            found.unread.append(f"{at}: several of its rows are of one area")
        elif len(rows):
            found.tables.append(replace(table, theme=theme, rows=rows))
    return found


def _settled(said: Said, themes: Iterable[str]) -> Said:
    """Return the words of a row under the key of their theme."""
    if "|" not in said.where:
        return said
    area, theme, column = said.where.split("|", 2)
    return replace(said, where=f"{area}|{_theme(theme, themes) or theme}|{column}")


def _has_codes(table: Shown) -> bool:
    return not table.rows.index.astype(str).str.match(r"(?:name|area|spot) ").any()


def _theme(key: str, known: Iterable[str]) -> str | None:
    """Return the theme of a key; a sheet's title may be cut short, a caption's may say more."""
    if key in known:
        return key
    held = [
        name for name in known if name.startswith(key.rstrip("-")) or (name and key.startswith(f"{name}-"))
    ]
    return max(held, key=len) if held else None


def _names(tables: Iterable[Shown]) -> dict[str, set[str]]:
    """Return the codes of each name, and of each name with its district."""
    held: dict[str, set[str]] = {}
    for table in tables:
        if not _has_codes(table) or "name" not in table.rows:
            continue
        districts = (
            table.rows["district"] if "district" in table.rows else pd.Series("", index=table.rows.index)
        )
        # A locality of one ward has the ward's own name.
        if table.level == "localities":
            continue
        for code, name, district in zip(table.rows.index, table.rows["name"], districts, strict=True):
            held.setdefault(str(name), set()).add(str(code))
            held.setdefault(f"{name} ({district})", set()).add(str(code))
    return held


def _by_code(rows: pd.DataFrame, names: dict[str, set[str]]) -> tuple[pd.DataFrame, int]:
    """Return the rows whose name is that of one area, by its code, and how many are left."""
    codes: list[str | None] = []
    for place, entry in enumerate(rows.index.astype(str)):
        kind, _, name = entry.partition(" ")
        if kind == "district" or entry == ALL:
            codes.append(entry)
            continue
        plain = _RANKED.sub("", name)
        asked = f"{plain} ({rows['district'].iloc[place]})" if "district" in rows else plain
        held = names.get(asked) or names.get(plain) or set()
        codes.append(next(iter(held)) if len(held) == 1 else None)
    known = [code is not None for code in codes]
    return rows[known].set_axis([code for code in codes if code is not None], axis=0), codes.count(None)


def known_people(tables: Iterable[Shown]) -> pd.Series[float]:
    """Return the population of each area, as any of the tables has it."""
    parts = []
    for table in tables:
        if "population" in table.rows:
            held = pd.to_numeric(table.rows["population"].astype(str).str.replace(",", ""), errors="coerce")
            parts.append(held.dropna())
    if not parts:
        return pd.Series(dtype=float)
    every = pd.concat(parts).astype(float)
    found: pd.Series[float] = every[~every.index.duplicated()]
    return found


def level_of(tables: Iterable[Shown]) -> dict[str, pd.Index[str]]:
    """Return the codes of each layer, by its key."""
    held: dict[str, pd.Index[str]] = {}
    for table in tables:
        if table.level and table.file.endswith((".csv", ".gpkg", ".geojson")):
            codes = pd.Index(
                [code for code in table.rows.index if code != ALL and not code.startswith("district ")]
            )
            held[table.level] = held[table.level].union(codes) if table.level in held else codes
    return held


def partial_levels(tables: Iterable[Shown], levels: Mapping[str, pd.Index[str]]) -> frozenset[str]:
    """Return the layers of classes, by the numbers of their members, that leave out areas of every other layer."""
    held = {
        table.level: pd.to_numeric(table.rows["members"], errors="coerce").sum()
        for table in tables
        if table.level and "members" in table.rows and table.file.endswith((".csv", ".gpkg", ".geojson"))
    }
    sizes = {len(codes) for level, codes in levels.items() if level not in held}
    return frozenset(level for level, members in held.items() if members not in sizes)
