"""Web maps beside their peers: ``python -m benchmarks.web_maps LAYER [--peers PYTHON] [--sizes 201 5000]``.

LAYER has areas with ``name`` and ``rate``; PYTHON is an interpreter that has the peers. Each tool makes one HTML file
of the same areas, coloured by rate in five classes with name and rate on hover, in a process of its own; Chromium
opens it without a network. Prints a table.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TOOLS = ("hotspots", "folium", "geopandas explore", "kepler.gl", "lonboard", "pydeck")
WAIT = 60_000  # milliseconds for a page to come to rest
HEADINGS = (
    "areas",
    "tool",
    "build s",
    "file MB",
    "ready s",
    "page MB",
    "process MB",
    "requests",
    "drawn offline",
)
# When two frames have passed after the page's own script had its turn.
READY = """addEventListener("load", () =>
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("ready"))));"""


def build(tool: str, layer: str, count: int, page: str) -> float:
    """Make the page with one tool; return the seconds that it took from the areas in memory to the file."""
    import geopandas as gpd

    areas = gpd.read_file(layer, rows=count)
    if tool == "hotspots":
        areas = areas.set_index("code").sort_index()
    else:
        areas = areas[["name", "rate", "geometry"]].to_crs(4326)
    begin = time.perf_counter()
    globals()["write_" + tool.replace(" ", "_").replace(".", "_")](areas, page)
    return time.perf_counter() - begin


def write_hotspots(areas: Any, page: str) -> None:
    """Write the toolkit's own page, with list, search and districts."""
    from hotspots.areas.outline import outline_of
    from hotspots.export.webmap.make import AreaView, make_map, write_map

    kept = areas[["name", "district", "rate", "geometry"]]
    made = make_map([AreaView("Rate", kept, "rate")], title="Rate", boundary=outline_of(kept))
    write_map(made, page)


def write_folium(areas: Any, page: str) -> None:
    """Write GeoJSON in a folium map."""
    import folium
    import numpy as np

    limits = np.nanquantile(areas["rate"], [0.2, 0.4, 0.6, 0.8])
    colours = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")

    def style(feature: Any) -> dict[str, Any]:
        rate = feature["properties"]["rate"]
        place = 0 if rate is None else int(np.searchsorted(limits, rate))
        return {"fillColor": colours[place], "weight": 0.5, "fillOpacity": 0.8}

    west, south, east, north = areas.total_bounds
    made = folium.Map(tiles=None, prefer_canvas=True)
    folium.GeoJson(areas, style_function=style, tooltip=folium.GeoJsonTooltip(["name", "rate"])).add_to(made)
    made.fit_bounds([[south, west], [north, east]])
    made.save(page)


def write_geopandas_explore(areas: Any, page: str) -> None:
    """Write what GeoPandas makes of a layer in one call."""
    areas.explore("rate", scheme="quantiles", k=5, tiles=None, prefer_canvas=True).save(page)


def write_kepler_gl(areas: Any, page: str) -> None:
    """Write a page of kepler.gl with the layer as its data."""
    from keplergl import KeplerGl

    KeplerGl(data={"areas": areas}).save_to_html(file_name=page)


def write_lonboard(areas: Any, page: str) -> None:
    """Write a polygon layer of lonboard."""
    import lonboard
    import numpy as np

    place = np.searchsorted(np.nanquantile(areas["rate"], [0.2, 0.4, 0.6, 0.8]), areas["rate"].fillna(0))
    colours = np.array(
        [[255, 255, 204], [161, 218, 180], [65, 182, 196], [44, 127, 184], [37, 52, 148]], dtype=np.uint8
    )
    lonboard.Map(lonboard.PolygonLayer.from_geopandas(areas, get_fill_color=colours[place])).to_html(page)


def write_pydeck(areas: Any, page: str) -> None:
    """Write a GeoJSON layer of deck.gl."""
    import numpy as np
    import pydeck

    place = np.searchsorted(np.nanquantile(areas["rate"], [0.2, 0.4, 0.6, 0.8]), areas["rate"].fillna(0))
    colours = [[255, 255, 204], [161, 218, 180], [65, 182, 196], [44, 127, 184], [37, 52, 148]]
    areas = areas.assign(fill=[colours[i] for i in place])
    layer = pydeck.Layer(
        "GeoJsonLayer", json.loads(areas.to_json()), get_fill_color="properties.fill", pickable=True
    )
    west, south, east, north = areas.total_bounds
    view = pydeck.ViewState(longitude=(west + east) / 2, latitude=(south + north) / 2, zoom=5)
    pydeck.Deck([layer], initial_view_state=view, map_provider=None).to_html(page, open_browser=False)


def open_page(page: Path) -> dict[str, Any]:
    """Open a page in Chromium without a network; return when it was ready, what it holds and whether it drew."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--use-gl=angle",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        opened = browser.new_page(viewport={"width": 1280, "height": 800})
        asked: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.route("http*://**", lambda route: route.abort())
        opened.add_init_script(READY)
        opened.goto(page.as_uri(), timeout=WAIT * 5)
        opened.wait_for_function("performance.getEntriesByName('ready').length", timeout=WAIT * 5)
        ready = opened.evaluate("performance.getEntriesByName('ready')[0].startTime") / 1000
        session = opened.context.new_cdp_session(opened)
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        heap = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
        processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        private = max(_private(entry["id"]) for entry in processes if entry["type"] == "renderer")
        drawn = opened.evaluate(
            """() => document.querySelectorAll("path.leaflet-interactive").length > 0 ||
            [...document.querySelectorAll("canvas")].some((canvas) => { const pen = canvas.getContext("2d");
            return pen && pen.getImageData(0, 0, canvas.width, canvas.height).data
              .some((value, i) => i % 4 === 3 && value > 0); })"""
        )
        browser.close()
    found = {"ready": ready, "heap": heap["JSHeapUsedSize"] / 2**20, "process": private}
    return found | {"requests": sum(url.startswith("http") for url in asked), "drawn": drawn}


def _private(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private")) / 1024


def measure(tool: str, layer: str, count: int, peers: str) -> str:
    """Return the table's line of one tool and number of areas."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "map.html"
        python = sys.executable if tool == "hotspots" else peers
        made = subprocess.run(
            [python, __file__, "--build", tool, layer, str(count), str(page)],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            return f"| {count:,} | {tool} | failed: {made.stderr.strip().splitlines()[-1][:80]} | | | | | | |"
        size = page.stat().st_size / 1e6
        found = open_page(page)
    ready = f"{found['ready']:.2f}" if found["drawn"] else "blank"
    held = (f"{found['heap']:.0f}", f"{found['process']:.0f}") if found["drawn"] else ("", "")
    cells = (f"{count:,}", tool, made.stdout.split()[-1], f"{size:.2f}", ready, *held, str(found["requests"]))
    return f"| {' | '.join(cells)} | {'yes' if found['drawn'] else 'no'} |"


def main() -> None:
    """Measure all tools at all sizes, or build one page where called by itself."""
    if sys.argv[1:2] == ["--build"]:
        tool, layer, count, page = sys.argv[2:]
        print(f"{build(tool, layer, int(count), page):.2f}")
        return
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("layer")
    asked.add_argument("--peers", default=sys.executable)
    asked.add_argument("--sizes", type=int, nargs="+", default=[201, 5_000, 35_672])
    asked.add_argument("--tools", nargs="+", default=TOOLS)
    given = asked.parse_args()
    print(f"| {' | '.join(HEADINGS)} |\n|---:|---{'|---:' * 6}|---|")
    for count in given.sizes:
        for tool in given.tools:
            print(measure(tool, given.layer, count, given.peers), flush=True)


if __name__ == "__main__":
    main()
