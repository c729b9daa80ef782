"""The table of rates: as text and as CSV."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hotspots.base.errors import FileError
from hotspots.export.tables.rate_table import rate_table_text, write_rate_table

TABLE = pd.DataFrame(
    {"Force": [5.2345, 1234.56], "England & Wales": [7.2, None], "Against England & Wales": ["below", None]},
    index=pd.Index(["Burglary", "Theft"], name="Offence Type"),
)


def test_text_has_one_decimal_and_dots_for_gaps() -> None:
    assert rate_table_text(TABLE).splitlines() == [
        "Rate per 1,000 population",
        "",
        "Offence Type  Force    England & Wales  Against England & Wales",
        "Burglary      5.2      7.2              below",
        "Theft         1,234.6  ..               ..",
    ]


def test_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_rate_table(TABLE, tmp_path / "rates.csv")
    assert pd.read_csv(tmp_path / "rates.csv")["Force"].tolist() == [5.2345, 1234.56]
    write_rate_table(TABLE, tmp_path / "rates.txt")
    write_rate_table(TABLE, "-")
    assert capsys.readouterr().out == (tmp_path / "rates.txt").read_text(encoding="utf-8")
    with pytest.raises(FileError):
        write_rate_table(TABLE, tmp_path / "rates.txt")
