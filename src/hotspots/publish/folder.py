"""Run a recipe and leave a folder: map, layers, tables and the record of where they came from."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from hotspots.analysis.provenance import make_provenance
from hotspots.analysis.recipe import CELLS, Map, Recipe
from hotspots.analysis.run import Analysis, Progress, ThemeResult, analyse, count_steps, slug
from hotspots.base.files import refuse_existing, replacing_folder
from hotspots.export.geojson.shapes import Shapes, draw_shapes
from hotspots.export.geojson.write import write_geojson
from hotspots.export.geopackage import write_geopackage
from hotspots.export.pages.brief import write_brief
from hotspots.export.pages.report import write_report
from hotspots.export.raster import write_geotiff
from hotspots.export.tables.csv import write_csv
from hotspots.export.webmap.make import make_map, write_map
from hotspots.publish.notebook import analysis_html
from hotspots.publish.qgis import write_qgis
from hotspots.publish.report.document import make_document, write_tables
from hotspots.publish.themes import analysis_themes, outline_of
from hotspots.publish.words import headline, method_notes

RECORD = "about/provenance.json"


@dataclass(frozen=True)
class Outcome:
    """What a run left behind.

    Attributes
    ----------
    folder : Path
        Where it is.
    files : tuple of str
        Every file in it, from that folder, in order.
    headline : tuple of str
        The main figures in words.
    analysis : Analysis
        The tables and surfaces themselves.
    """

    folder: Path
    files: tuple[str, ...]
    headline: tuple[str, ...]
    analysis: Analysis

    def _repr_html_(self) -> str:
        """Return the headline and where the files are, for notebooks."""
        where = f"<p>{len(self.files)} files in {escape(str(self.folder))}</p>"
        return analysis_html(self.analysis) + where


def run_recipe(
    recipe: Recipe,
    output: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    progress: Progress = lambda *_: None,
) -> Outcome:
    """Run a recipe and write all it makes into a folder.

    Parameters
    ----------
    recipe : Recipe
        From `hotspots.read_recipe`.
    output : path
        The folder; it appears only when everything has been written.
    overwrite : bool, default False
        Whether an existing folder may be written into. Files that an earlier run left there and this one does
        not make are removed; nothing else is touched.
    progress : callable, optional
        Called with the name of each step as it begins, and the number of steps.

    Returns
    -------
    Outcome

    Raises
    ------
    FileError
        When the folder exists and `overwrite` is false, or cannot be written.
    HotspotsError
        Whatever the steps raise.
    """
    folder = Path(output)
    refuse_existing(folder, overwrite=overwrite)
    total = count_steps(recipe) + len(recipe.theme) + 3
    analysis = analyse(recipe, progress=lambda label: progress(label, total))
    old = _recorded_files(folder)
    with replacing_folder(folder, overwrite=overwrite) as draft:
        shapes: dict[bytes, Shapes] = {}
        for result in analysis.themes:
            progress(f"Writing {result.theme.name}", total)
            _write_theme(analysis, result, draft, shapes)
        write_qgis(analysis, draft)
        if recipe.map is not None:
            progress("Drawing the map", total)
            _write_map(analysis, recipe.map, draft / "map.html")
        if analysis.priorities is not None:
            _write_brief(analysis, draft / "brief.html")
        if recipe.report is not None:
            progress("Writing the report", total)
            write_report(make_document(analysis), draft / "report.html")
            write_tables(analysis, draft / "tables.xlsx")
        _write_text(draft / "about" / "quality.txt", "\n".join(analysis.quality.lines()) + "\n")
        files = tuple(
            sorted(
                [*(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file()), RECORD]
            )
        )
        _write_text(draft / RECORD, _record(analysis, files))
    for name in sorted(old - set(files)):
        (folder / name).unlink(missing_ok=True)
    return Outcome(folder, files, headline(analysis), analysis)


def _write_theme(analysis: Analysis, result: ThemeResult, draft: Path, shapes: dict[bytes, Shapes]) -> None:
    """Write one theme's files; `shapes` keeps what is drawn, because themes share their areas."""
    provenance = _provenance(analysis) | {"theme": asdict(result.theme)}
    layers = {slug(label): layer for label, layer in result.layers.items()}
    if result.contours is not None:
        layers["contours"] = result.contours
    write_geopackage(layers, draft / "layers" / f"{result.slug}.gpkg", provenance=provenance)
    if result.surface is not None:
        write_geotiff(result.surface, draft / "layers" / f"{result.slug}_density.tif")
    for name, layer in layers.items():
        # The array's bytes are where its geometries stand in memory: the same ones in the same order.
        same = layer.geometry.to_numpy().tobytes()
        if same not in shapes:
            shapes[same] = draw_shapes(layer)
        path = draft / "geojson" / f"{result.slug}_{name}.geojson"
        write_geojson(layer, path, provenance=provenance, shapes=shapes[same])
    for label, layer in result.layers.items():
        if label != CELLS:
            write_csv(layer, draft / "tables" / f"{result.slug}_{slug(label)}.csv")


def _write_map(analysis: Analysis, look: Map, path: Path) -> None:
    recipe = analysis.recipe
    made = make_map(
        analysis_themes(analysis),
        title=recipe.title,
        period=analysis.period,
        source=recipe.source,
        attribution=recipe.attribution,
        method_notes=method_notes(analysis),
        boundary=outline_of(analysis.outline),
        basemap=look.basemap,
    )
    write_map(made, path)


def _write_brief(analysis: Analysis, path: Path) -> None:
    made, plan, recipe = analysis.priorities, analysis.plan, analysis.recipe
    assert made is not None  # noqa: S101 - the caller checked; this tells the type checker
    assert plan is not None  # noqa: S101 - a selection has its plan
    write_brief(
        made.layer,
        path,
        title=f"{recipe.title}: priorities",
        summary=made.summary(),
        notes=[made.brief_note(plan)],
        attribution=recipe.attribution,
        noun=made.noun,
    )


def _provenance(analysis: Analysis) -> dict[str, Any]:
    recipe = analysis.recipe
    steps = {
        name: {} if step is None else asdict(step)
        for name in ("count", "flag", "kde", "grid", "gistar", "change")
        if (step := getattr(recipe, name)) is not None
    }
    record = make_provenance(crs=recipe.crs, quality=analysis.quality, months=analysis.months, steps=steps)
    return record | {
        "title": recipe.title,
        "period": analysis.period,
        "source": recipe.source,
        "attribution": recipe.attribution,
        "method": list(method_notes(analysis)),
    }


def _record(analysis: Analysis, files: tuple[str, ...]) -> str:
    recipe = {key: value for key, value in asdict(analysis.recipe).items() if key != "folder"}
    record = _provenance(analysis) | {
        "recipe": recipe,
        "neighbours": {label: found.description for label, found in analysis.neighbours.items()},
        "density": {
            result.theme.name: dict(result.surface.parameters)
            for result in analysis.themes
            if result.surface is not None
        },
        "plan": None
        if analysis.plan is None
        else {k: v for k, v in asdict(analysis.plan).items() if k != "folder"},
        "files": list(files),
    }
    return json.dumps(record, indent=2, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    """JSON for numpy scalars; everything else has a form of its own."""
    return value.item() if hasattr(value, "item") else str(value)


def _recorded_files(folder: Path) -> set[str]:
    """Return the files that an earlier run says it left in the folder, never a path that leads out of it."""
    try:
        listed = json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]
        names = [str(name) for name in listed]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    root = folder.resolve()
    return {name for name in names if (root / name).resolve().is_relative_to(root)}


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
