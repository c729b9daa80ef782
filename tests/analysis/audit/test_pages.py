"""What is read of tables in pages."""

from __future__ import annotations

from hotspots.analysis.audit.pages import read_markup


def test_the_change_of_all_areas_is_of_its_periods_and_of_no_district() -> None:
    caption = "Incidents inside the areas in the two periods"
    heads = ["Theme", "January 2024", "January 2025", "Change", "95% limits of the change"]
    cells = ["Burglary", "1,700", "1,135", "down 33%", "-40% to -26%"]
    page = read_markup(
        f"<table><caption>Table 3. {caption}</caption><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>"
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr></table>",
        "report.html",
    )
    (table,) = page.tables
    assert table.theme == "burglary"
    assert table.rows.to_dict("index") == {"all areas": {"n_before": "1,700", "n_after": "1,135"}}
    assert not page.unread
