"""What the site has beside docs/: pages that stand elsewhere in the project, its gallery, and every public function.

A hook of mkdocs, named in mkdocs.yml. Links stay as they are written, for the pages keep their places to each other.
"""

from __future__ import annotations

import ast
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]

PAGES = ("DESIGN.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CITATION.cff")
FOLDERS = (
    ("maps", ("README.md", "*/analysis.toml", "*/map.png", "*/map.html")),
    ("boundaries", ("README.md", "hotspots_boundaries/index.toml")),
    ("benchmarks", ("RESULTS.md", "results.png")),
)

# The rooms of the library, in the order in which an analysis passes through them.
ROOMS = {
    "incidents": "Incidents",
    "areas": "Areas",
    "counting": "Counts and rates",
    "methods": "Measures",
    "disclosure": "Safe to publish",
    "priorities": "Priorities",
    "analysis": "Whole analyses",
    "scale": "Many rows, several machines",
    "sources": "Getting data",
    "export": "Maps, pictures, layers, tables",
    "publish": "Folders and pages",
    "base": "Results and errors",
}


def on_files(files: Files, /, *, config: MkDocsConfig) -> Files:
    """Add the pages from elsewhere."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")
    made = {"index.md": readme, "functions.md": functions_page()}
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    for name in PAGES:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    for folder, patterns in FOLDERS:
        for pattern in patterns:
            for path in sorted((ROOT / folder).glob(pattern)):
                name = path.relative_to(ROOT).as_posix()
                files.append(File.generated(config, name, abs_src_path=str(path)))
    return files


def functions_page() -> str:
    """Return the page of the public names, by room, as the face's stub lists them."""
    stub = ast.parse((ROOT / "src" / "hotspots" / "__init__.pyi").read_text(encoding="utf-8"))
    names: dict[str, list[str]] = {room: [] for room in ROOMS}
    for line in stub.body:
        if isinstance(line, ast.ImportFrom) and line.module and line.module != "_version":
            room = line.module.split(".")[0]
            names[room] += [f"hotspots.{line.module}.{alias.name}" for alias in line.names]
    parts = [
        "# Every function\n\nThe names that `import hotspots` offers; `hotspots.kernel_density` is one. "
        "Data is given by position, everything else by keyword.\n"
    ]
    for room, title in ROOMS.items():
        if names[room]:
            parts.append(f"\n## {title}\n\n" + "\n".join(f"::: {name}\n" for name in names[room]))
    return "".join(parts)
