"""Run a recipe and leave a folder: map, layers, tables and the record of where they came from."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd

from hotspots.analysis.dispersions import dispersion_record
from hotspots.analysis.editions import RECORD, compare_editions, read_edition
from hotspots.analysis.keys import make_keys
from hotspots.analysis.origins import NAME_THEM
from hotspots.analysis.provenance import make_provenance, names_only, rests_on
from hotspots.analysis.public.account import EXTRACT, told_names
from hotspots.analysis.recipe.tables import Map, Recipe
from hotspots.analysis.results import Analysis, Group, Selection, ThemeResult
from hotspots.analysis.run.analyse import Progress, analyse, count_steps
from hotspots.analysis.run.sums import Engine
from hotspots.areas.hidden import with_hidden
from hotspots.base.errors import FileError, ParameterError
from hotspots.base.files import refuse_existing, replacing_folder, same_file
from hotspots.disclosure.rules import Profile
from hotspots.export.geojson.shapes import Shapes, draw_shapes
from hotspots.export.geojson.write import write_geojson
from hotspots.export.geopackage import write_geopackage
from hotspots.export.pages.brief import write_brief
from hotspots.export.raster import write_geotiff
from hotspots.export.tables.csv import write_csv
from hotspots.export.webmap.make import make_map, write_map
from hotspots.incidents.filters import range_text
from hotspots.incidents.sources import would_read
from hotspots.priorities.plan import read_plan
from hotspots.publish.layers import left_out_words, with_months, written_table
from hotspots.publish.qgis import layer_path, write_qgis
from hotspots.publish.report.charts import charts_tables
from hotspots.publish.report.classes import people_tables
from hotspots.publish.report.document import write_documents, write_tables
from hotspots.publish.report.places import places_table
from hotspots.publish.store import check_store, keep_edition
from hotspots.publish.views import analysis_views
from hotspots.publish.words.brief import brief_note, brief_reasons, brief_summary, brief_title
from hotspots.publish.words.change import calendar_words
from hotspots.publish.words.coverage import legend_sentence
from hotspots.publish.words.headline import headline
from hotspots.publish.words.notes import method_notes, people_note
from hotspots.publish.words.publication import foot_words, publication_record, rounded_words

# Where runs leave their files, and so all that a later one may remove.
_FOLDERS = ("about", "geojson", "layers", "map_files", "tables")
_FILES = (
    "map.html",
    "brief.html",
    "report.html",
    "report.docx",
    "report.pptx",
    "tables.xlsx",
    "hotspots.qgz",
    "hotspots.qlr",
)


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
        title, rows, *themes = self.headline
        lines = [f"<h4>{escape(title)}</h4>", f"<p>{escape(rows)}</p>"]
        for line in themes:
            inner = 2 * line.startswith(" ")
            lines.append(f"<div style='margin-left:{inner}em'>{escape(line.strip())}</div>")
        where = f"<p>{len(self.files)} files in {escape(str(self.folder))}</p>"
        return "\n".join(lines) + where


def run_recipe(
    recipe: Recipe,
    output: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    since: str | os.PathLike[str] | None = None,
    into: str | None = None,
    edition: str | None = None,
    engine: Engine = "memory",
    scheduler: Any = None,
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
    since : path, optional
        The folder of an earlier run, or ``"STORE.gpkg#EDITION"``; the report, the workbook and ``tables/since.csv``
        then say what has changed.
    into, edition : str, optional
        A store that keeps the layers as well, and what the edition is called there; see
        `hotspots.publish.store.keep_edition`.
    engine : {'memory', 'stream', 'dask'}, default 'memory'
        Whether all rows are held in memory or, in batches or on Dask, only sums of them; the files are the same.
    scheduler : str or distributed.Client, optional
        With ``'dask'``, a running scheduler; without one, workers are started here.
    progress : callable, optional
        Called with the name of each step as it begins, and the number of steps.

    Returns
    -------
    Outcome

    Raises
    ------
    FileError
        When the folder exists and `overwrite` is false, holds what the recipe reads, or cannot be written.
    HotspotsError
        Whatever the steps raise.
    """
    folder = Path(output)
    refuse_existing(folder, overwrite=overwrite)
    _refuse_inputs(recipe, folder)
    total = count_steps(recipe) + len(recipe.theme) + 3 + (recipe.publish is not None)
    if into is not None:
        check_store(into, edition=edition, overwrite=overwrite)
    _refuse_stored(recipe, since)
    earlier = None if since is None else read_edition(since)
    # Begun before anything is read, so that who cannot write, or is the second to write there, is told at once.
    with replacing_folder(folder, overwrite=overwrite, made_before=_recorded_files) as draft:
        analysis = analyse(
            recipe, engine=engine, scheduler=scheduler, progress=lambda label: progress(label, total)
        )
        if recipe.publish is not None:
            from hotspots.analysis.public.protect import protect

            rules = recipe.publish.rules
            # Of an edition by other rules nothing is told, see `compare_editions`.
            alike = earlier is not None and earlier.profile == rules.name
            analysis = protect(analysis, rules, earlier=since if alike else None)
        if earlier is not None:
            analysis = replace(analysis, since=compare_editions(analysis, earlier))
        analysis.origin.warn(NAME_THEM)
        files = _write_all(analysis, draft, progress=lambda label: progress(label, total))
        if recipe.publish is not None:
            progress("Solving for what the files give away", total)
            _certify(analysis, draft, recipe.publish.rules, since)
        if into is not None:
            keep_edition(draft, into, edition=edition, overwrite=overwrite)
    return Outcome(folder, files, headline(analysis), analysis)


def _write_all(analysis: Analysis, draft: Path, *, progress: Callable[[str], None]) -> tuple[str, ...]:
    """Write every file of a run but the certificate, and return their names with those of the certificate."""
    recipe = analysis.recipe
    _write_groups(analysis, draft, progress)
    write_qgis(analysis, draft)
    if recipe.map is not None:
        progress("Drawing the map")
        _write_map(analysis, recipe.map, draft / "map.html")
    _write_tables(analysis, draft / "tables")
    if analysis.selection is not None:
        _write_brief(analysis, analysis.selection, draft / "brief.html")
    if recipe.report is not None:
        progress("Writing the report")
        write_tables(analysis, draft / "tables.xlsx")
        write_documents(analysis, draft, recipe.report.formats)
    told = analysis.quality.unquoted().lines()
    told += [f"{'Gaps':<12}  {analysis.gaps}"] * bool(analysis.gaps)
    for name, account in (*analysis.accounts.items(), *analysis.others.items()):
        told += ["", "", name, "=" * len(name), *account.unquoted().lines()]
    _write_text(draft / "about" / "quality.txt", "\n".join(told) + "\n")
    written = {path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file()}
    if recipe.publish is not None:
        from hotspots.publish.certificate import FILES

        written.update(FILES)
    files = tuple(sorted({*written, RECORD}))
    _write_text(draft / RECORD, _record(analysis, files))
    return files


def _certify(analysis: Analysis, draft: Path, rules: Profile, since: str | os.PathLike[str] | None) -> None:
    """Solve for what the files give away, alone and beside those of the earlier edition."""
    from hotspots.publish.certificate import certify

    made = analysis.published
    certify(
        draft,
        rules=rules,
        since=() if since is None else (since,),
        left_out=() if made is None else made.left_out,
    )


def _refuse_stored(recipe: Recipe, since: str | os.PathLike[str] | None) -> None:
    """Refuse an edition of a store where its files have to be solved together with those that are published."""
    if recipe.publish is not None and ".gpkg#" in str(since or "") and not Path(str(since)).is_dir():
        raise ParameterError(
            f"'{since}' is an edition of a store, but what may be published depends on all files of the earlier one",
            hint="name the folder of the earlier run with --since",
        )


def _told_hidden(analysis: Analysis, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table that names what is hidden in each of its rows, where it is for publication."""
    held: gpd.GeoDataFrame = table if analysis.published is None or "n" not in table else with_hidden(table)
    return held


def _write_groups(analysis: Analysis, draft: Path, progress: Callable[[str], None]) -> None:
    shapes: dict[bytes, Shapes] = {}
    for group in analysis.groups:
        progress(f"Writing {group.name}")
        _write_group(analysis, group, draft, shapes)


def _write_group(analysis: Analysis, group: Group, draft: Path, shapes: dict[bytes, Shapes]) -> None:
    """Write one group's files; `shapes` keeps what is drawn, because groups share their areas."""
    theme = asdict(group.theme) if isinstance(group, ThemeResult) else {"name": group.name}
    theme = {key: value for key, value in theme.items() if key not in ("at_risk", "recommendations")}
    provenance = _provenance(analysis) | {"theme": theme}
    layers = {
        layer.key: _told_hidden(analysis, written_table(layer, analysis.uncovered)) for layer in group.layers
    }
    told = {layer.key: words for layer in group.layers if (words := left_out_words(layer))}
    if told:
        provenance["left_out"] = told
    partial = analysis.quality.partial_month
    for layer in group.layers:
        table = _told_hidden(analysis, with_months(group, layer, partial, analysis.uncovered))
        _write_geopackage(group, layer.key, table, draft, provenance)
    if group.contours is not None:
        layers["contours"] = group.contours
        _write_geopackage(group, "contours", group.contours, draft, provenance)
    if group.surface is not None:
        origin = {
            "title": f"{analysis.recipe.title}: {group.name}",
            **{name: provenance[name] for name in ("period", "source", "attribution")},
        }
        write_geotiff(group.surface, draft / "layers" / f"{group.key}_density.tif", origin=origin)
    for name, layer in layers.items():
        # The array's bytes are where its geometries stand in memory: the same ones in the same order.
        same = layer.geometry.to_numpy().tobytes()
        if same not in shapes:
            shapes[same] = draw_shapes(layer)
        path = draft / "geojson" / f"{group.key}_{name}.geojson"
        write_geojson(layer, path, provenance=provenance, shapes=shapes[same])
    for shown in group.layers:
        if shown.kind != "cells":
            write_csv(layers[shown.key], draft / "tables" / f"{group.key}_{shown.key}.csv")


def _write_geopackage(
    group: Group, key: str, table: gpd.GeoDataFrame, draft: Path, provenance: dict[str, Any]
) -> None:
    """Write one layer as a GeoPackage of its own, which QGIS takes without a question."""
    write_geopackage({f"{group.key}_{key}": table}, draft / layer_path(group, key), provenance=provenance)


def _write_tables(analysis: Analysis, folder: Path) -> None:
    """Write the tables that are of no single theme."""
    if analysis.profile is not None:
        write_csv(analysis.profile.wide(), folder / "partnerships.csv")
    if analysis.standings is not None:
        write_csv(places_table(analysis.standings), folder / "places.csv")
    if analysis.since is not None:
        write_csv(analysis.since.areas, folder / "since.csv")
    for name, table in charts_tables(analysis).items():
        write_csv(table, folder / f"{name}.csv")
    if analysis.assessment is not None:
        write_csv(analysis.assessment, folder / "assessment.csv")
    own = people_tables(analysis)
    for key, table in zip(make_keys(list(own), fallback="table"), own.values(), strict=True):
        write_csv(table, folder / f"people_{key}.csv")
    for theme in analysis.themes:
        if theme.times is not None:
            write_csv(theme.times.table, folder / f"times_{theme.key}.csv")


def _write_map(analysis: Analysis, look: Map, path: Path) -> None:
    recipe = analysis.recipe
    made = make_map(
        analysis_views(analysis),
        title=recipe.title,
        period=calendar_words(analysis.calendar),
        source=analysis.origin.source,
        attribution=foot_words(analysis),
        method_notes=[str(note) for note in method_notes(analysis)],
        boundary=analysis.outline,
        uncovered=next(iter(analysis.uncovered.values()), None),
        context=analysis.context,
        basemap=look.basemap,
        tiles=look.tiles,
    )
    write_map(made, path, parts=look.parts)


def _write_brief(analysis: Analysis, selection: Selection, path: Path) -> None:
    recipe, made = analysis.recipe, selection.priorities
    lacking = [said] if (said := legend_sentence(analysis, "priority")) else []
    write_brief(
        made.layer,
        path,
        title=brief_title(made, calendar_words(analysis.calendar)),
        under=recipe.title,
        summary=brief_summary(made),
        notes=[brief_note(made, selection.plan), *lacking, *rounded_words(analysis), *people_note(analysis)],
        attribution=foot_words(analysis),
        noun=made.noun,
        reasons=brief_reasons(made, analysis),
        elsewhere=f"tables/{selection.key}_{selection.layers[0].key}.csv",
    )


def _provenance(analysis: Analysis) -> dict[str, Any]:
    recipe = analysis.recipe
    steps = {
        name: {} if step is None else asdict(step)
        for name in (
            "count",
            "flag",
            "kde",
            "grid",
            "gistar",
            "outliers",
            "emerging",
            "risk",
            "change",
            "charts",
            "places",
            "assess",
        )
        if (step := getattr(recipe, name)) is not None
    }
    record = make_provenance(
        crs=recipe.crs,
        quality=analysis.quality,
        months=analysis.months,
        months_from=rests_on(
            recipe.count.months, None if recipe.periods.report is None else range_text(recipe.periods.report)
        ),
        steps=names_only(steps, head=False),
        areas=analysis.areas,
        origin=replace(analysis.origin, attribution=foot_words(analysis)),
    )
    return record | {
        "publication": publication_record(analysis),
        "title": recipe.title,
        "period": calendar_words(analysis.calendar),
        "method": [str(note) for note in method_notes(analysis)],
    }


def _record(analysis: Analysis, files: tuple[str, ...]) -> str:
    recipe = {key: value for key, value in asdict(analysis.recipe).items() if key != "folder"}
    if analysis.published is not None:
        for one in recipe["incidents"]:
            one["source"] = told_names(one["source"], EXTRACT)
    record = _provenance(analysis) | {
        "recipe": names_only(recipe),
        "rows_by_month": dict(analysis.rows_by_month),
        "neighbours": {label: found.description for label, found in analysis.neighbours.items()},
        "dispersion": dispersion_record(analysis),
        "density": {
            theme.key: dict(theme.surface.parameters)
            for theme in analysis.themes
            if theme.surface is not None
        },
        "plan": None
        if analysis.selection is None
        else names_only(
            {k: v for k, v in asdict(analysis.selection.plan).items() if k != "folder"}, head=False
        ),
        "files": list(files),
    }
    return json.dumps(record, indent=2, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    """JSON for numpy scalars; everything else has a form of its own."""
    return value.item() if hasattr(value, "item") else str(value)


def _recorded_files(folder: Path) -> set[str]:
    """Return the files that an earlier run says it left in the folder, where runs leave theirs."""
    try:
        listed = json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]
        names = [str(name) for name in listed]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
    return {name for name in names if _is_of_a_run(name)}


def _is_of_a_run(name: str) -> bool:
    """Return whether a file's name in a folder is one that a run may have given; anything else is someone's own."""
    path = PurePosixPath(name)
    inside = path.as_posix() == name and ".." not in path.parts
    return inside and (name in _FILES or (len(path.parts) > 1 and path.parts[0] in _FOLDERS))


def _refuse_inputs(recipe: Recipe, folder: Path) -> None:
    """Refuse a folder in which the run would write over, or tidy away, what the recipe reads, or read its own files."""
    root = folder.resolve()
    texts = [(text, Path(recipe.path(text))) for text in _texts(asdict(recipe))]
    if recipe.select is not None and recipe.select.plan is not None:
        plan = read_plan(recipe.path(recipe.select.plan))
        texts += [(text, plan.folder / text) for text in _texts(asdict(plan) | {"folder": None})]
    for text, path in texts:
        if not same_file(path, path) or path.is_dir():
            continue
        place = path.resolve()
        if place.is_relative_to(root) and _is_of_a_run(place.relative_to(root).as_posix()):
            raise FileError(
                f"the recipe reads '{text}', which lies where the run writes",
                hint="write into another folder, or keep that file elsewhere",
            )
    for source in (name for one in recipe.incidents for name in one.source):
        if would_read(recipe.path(source), root / "tables" / "a.csv"):
            raise FileError(
                f"the incidents '{source}' are read from a folder that would hold what the run writes",
                hint="choose a folder elsewhere with -o, or name the files of incidents themselves",
            )


def _texts(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, dict):
        for one in held.values():
            yield from _texts(one)
    elif isinstance(held, list | tuple):
        for one in held:
            yield from _texts(one)


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
