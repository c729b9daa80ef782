"""Areas of which a folder shows no count because the files that it was made of do not cover them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hotspots.analysis.audit.shown import Page, Shown, measure_of, numbers_of
from hotspots.areas.uncovered import not_covered

_COUNTED = ("n", "n_before", "n_after", "rate")
COLUMNS = ("level", "name", "district", "coverage")


def set_withheld_apart(page: Page) -> tuple[Page, pd.DataFrame]:
    """Return a page without the rows of areas that are not covered and of which no table shows a count; and these.

    Their blanks are no hidden counts: they are in no total, and what is shown is solved without them.

    Returns
    -------
    page : Page
    withheld : DataFrame
        By code: ``level``, the key of the layer, ``name``, ``district`` and ``coverage``, what is missing in words.
    """
    lost = [_not_covered(table) for table in page.tables if "coverage" in table.rows]
    told = pd.concat([pd.DataFrame(columns=COLUMNS, dtype=object), *lost])
    if told.empty:
        return page, told
    told = told[~told.index.duplicated()].sort_index()
    told = told[~told.index.isin({code for table in page.tables for code in _counted(table)})]
    tables = [
        replace(table, rows=table.rows[~table.rows.index.astype(str).isin(told.index)])
        for table in page.tables
    ]
    return replace(page, tables=[table for table in tables if len(table.rows)]), told


def _not_covered(table: Shown) -> pd.DataFrame:
    """Return the rows of a table that are not covered, in words."""
    rows = table.rows[not_covered(table.rows)]
    found = {name: rows.get(name, "") for name in COLUMNS[1:]}
    made = pd.DataFrame({"level": table.level, **found}, index=rows.index.astype(str), columns=COLUMNS)
    return made.astype(object).fillna("").astype(str)


def _counted(table: Shown) -> list[str]:
    """Return the areas of which a table shows a count or a rate."""
    found = np.zeros(len(table.rows), dtype=bool)
    for name in table.rows.columns:
        if measure_of(str(name))[0] in _COUNTED:
            found |= np.isfinite(numbers_of(table.rows[name].tolist())[0])
    return [str(code) for code in table.rows.index[found]]
