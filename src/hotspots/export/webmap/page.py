"""The page around the map: a folium map that carries Leaflet and the toolkit's own script inside itself."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import folium
from branca.element import Element, Figure

# In the order in which they need each other.
SCRIPTS = (
    "decode.js",
    "words.js",
    "elements.js",
    "values.js",
    "speech.js",
    "keyboard.js",
    "pad.js",
    "rove.js",
    "phone.js",
    "tiles.js",
    "districts.js",
    "drill.js",
    "model.js",
    "shapes.js",
    "marks.js",
    "pen.js",
    "sheet.js",
    "layers.js",
    "outlines.js",
    "context.js",
    "cover.js",
    "names.js",
    "selection.js",
    "spark.js",
    "card.js",
    "whatif.js",
    "scenario.js",
    "legend.js",
    "switch.js",
    "rows.js",
    "list.js",
    "download.js",
    "bars.js",
    "table.js",
    "search.js",
    "link.js",
    "paper.js",
    "home.js",
    "beside.js",
    "main.js",
)

STYLES = ("page.css", "card.css", "whatif.css", "partnership.css")

_PAGE = """<a class="skip-link" href="#hotspots-list">Skip to the list of areas</a>
<div class="hotspots-page">
<div class="hotspots-panel">
<header class="masthead"><h1>{title}</h1>{period}
<p class="scenario-banner" id="hotspots-banner" hidden></p>
<p class="headline" id="hotspots-headline" hidden></p>
<div id="hotspots-back"></div></header>
<div class="search-section" id="hotspots-search" role="search" aria-label="Find an area"></div>
<section class="switch-section" id="hotspots-switch" aria-label="Layers"></section>
<section class="districts-section" id="hotspots-districts" aria-label="My partnership" hidden></section>
<section class="whatif-section" id="hotspots-whatif" aria-label="Other weights" hidden></section>
<section class="card-section" id="hotspots-card" aria-labelledby="hotspots-card-name" hidden></section>
<section class="district-key" id="hotspots-key" aria-label="Districts by number" hidden></section>
<section class="legend-section hotspots-legend" id="hotspots-legend" aria-label="Legend"></section>
<section class="list-section" id="hotspots-list" aria-label="Areas in order" tabindex="-1"></section>
<section class="seen-section" id="hotspots-seen" aria-label="Table and download" hidden>
<div role="toolbar" aria-label="Table and download">
<button type="button" id="hotspots-tabular" aria-expanded="false" aria-controls="hotspots-table">Table</button>
<button type="button" id="hotspots-download">Download what is seen (CSV)</button></div></section>
<footer class="panel-foot" id="hotspots-foot">{about}{source}
<button type="button" class="print-button" id="hotspots-print">Print</button></footer>
</div>
<main class="hotspots-map" id="{name}" aria-label="Map; the list of areas tells the same in words">{still}</main>
<section class="hotspots-beside" id="hotspots-beside" aria-label="Second map, in step with the first" hidden></section>
<section class="table-section" id="hotspots-table" aria-label="Table" hidden></section>
</div>
<p class="unseen" id="hotspots-status" role="status"></p>
<script type="application/json" id="hotspots-data">{data}</script>"""

_START = """var {name} = L.map("{name}", Object.assign({options}, Hotspots.motion()));
Hotspots.start({name}, JSON.parse(document.getElementById("hotspots-data").textContent));"""


class Verbatim(Element):
    """Text that goes into the page as it is: branca would read braces in it as template code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_: Any) -> str:
        """Return the text."""
        return self._text


class Page(Figure):
    """An HTML document in English, with an escaped title."""

    def render(self, **kwargs: Any) -> str:
        """Return the document."""
        for child in list(self._children.values()):
            child.render(**kwargs)
        return (
            '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n'
            f"<title>{escape(self.title or '')}</title>\n{self.header.render(**kwargs)}\n</head>\n<body>\n"
            f"{self.html.render(**kwargs)}\n<script>\n{self.script.render(**kwargs)}\n</script>\n</body>\n</html>\n"
        )


class OfflineMap(folium.Map):
    """A folium map that links nothing: any folium layer can still be added to it.

    Parameters
    ----------
    data : str
        The JSON that the page's script reads, safe inside a script element.
    page : mapping
        Title, period, source, attribution and method notes, as plain text; as HTML what is shown where no
        script runs.
    bounds : ((float, float), (float, float))
        South-west and north-east corners, latitude first.
    """

    def __init__(self, data: str, page: Mapping[str, Any], bounds: Sequence[Sequence[float]]) -> None:
        centre = [(low + high) / 2 for low, high in zip(*bounds, strict=True)]
        super().__init__(location=centre, zoom_start=9, max_zoom=18, tiles=None)
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []
        self._data = data
        self._page = page
        Page(title=page["title"]).add_child(self, name="map")

    def render(self, **kwargs: Any) -> str:
        """Put the map's parts into the page, with the same names every time, and return nothing to show."""
        _number(self, "hotspots")
        page = cast("Figure", self.get_root())
        # folium's layers add themselves once more at every rendering.
        page.script._children.clear()
        page.header.add_child(Verbatim(_head()), name="hotspots")
        page.html.add_child(Verbatim(self._body()), name="hotspots")
        options = {
            "center": self.location,
            "zoom": self.options["zoom"],
            "maxZoom": 18,
            "zoomSnap": 0.25,
            "zoomDelta": 0.5,
            "keyboard": False,
        }
        start = _START.format(name=self.get_name(), options=json.dumps(options))
        page.script.add_child(Verbatim(start), name="hotspots")
        for child in self._children.values():
            child.render(**kwargs)
        return ""

    def _body(self) -> str:
        page = self._page
        origin = f'<p class="origin">Source: {escape(page["source"])}</p>' if page["source"] else ""
        if page["attribution"]:
            origin += f'<p class="licence">{escape(page["attribution"])}</p>'
        notes = "".join(f"<li>{escape(note)}</li>" for note in page["methods"])
        about = f"<summary>How this map was made</summary><ul>{notes}</ul>"
        return _PAGE.format(
            title=escape(page["title"]),
            period=f'<p class="period">{escape(page["period"])}</p>' if page["period"] else "",
            about=f'<details class="hotspots-about">{about}</details>\n' if notes else "",
            source=f'<div class="hotspots-source">{origin}</div>\n' if origin else "",
            name=self.get_name(),
            data=self._data,
            still=page.get("still", ""),
        )


def _number(element: Any, prefix: str) -> None:
    """Name an element and all below it by their place, where branca draws names at random."""
    element._id = prefix
    for position, child in enumerate(element._children.values()):
        _number(child, f"{prefix}_{position}")


@cache
def _head() -> str:
    static = files("hotspots.export.webmap") / "static"
    style = "\n".join((static / name).read_text(encoding="utf-8") for name in STYLES)
    scripts = "\n".join((static / name).read_text(encoding="utf-8") for name in SCRIPTS)
    leaflet_style, leaflet_script = _leaflet()
    return (
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>\n{leaflet_style}\n{style}</style>\n<script>\n{leaflet_script}\n{scripts}</script>"
    )


def _leaflet() -> tuple[str, str]:
    """Return Leaflet's style sheet, with its pictures inside it, and its script."""
    from xstatic.pkg import leaflet

    folder = Path(leaflet.BASE_DIR)

    def embedded(match: re.Match[str]) -> str:
        picture = base64.b64encode((folder / match[1]).read_bytes()).decode("ascii")
        return f"url(data:image/png;base64,{picture})"

    style = re.sub(
        r"url\((images/[\w.-]+\.png)\)", embedded, (folder / "leaflet.css").read_text(encoding="utf-8")
    )
    script = (folder / "leaflet.js").read_text(encoding="utf-8")
    return style, re.sub(r"//# sourceMappingURL=\S+\s*$", "", script)
