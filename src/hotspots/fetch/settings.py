"""The addresses that data are fetched from: those that come with hotspots, and a user's own in their place."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from hotspots.base.errors import ParameterError, did_you_mean
from hotspots.base.toml import Slips, build, parse_toml, read_text

VARIABLE = "HOTSPOTS_SETTINGS"
"""The variable of the environment that names a file of settings."""


@dataclass(frozen=True)
class Settings:
    """Addresses of public data.

    Attributes
    ----------
    police_archives : str
        The folder of police.uk's monthly archives, each named ``YYYY-MM.zip``.
    police_api : str
        The root of police.uk's interface.
    ons : str
        The folder of the ONS Open Geography portal's services.
    layers, lookups : dict of str to str
        Its services of boundaries by kind, year and detail, and of codes by kind and year.
    tables : dict of str to str
        Whole addresses of files of figures by area.
    """

    police_archives: str
    police_api: str
    ons: str
    layers: dict[str, str] = field(default_factory=dict)
    lookups: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)

    def layer(self, kind: str, year: int, detail: str) -> str:
        """Return the address of the boundaries of some areas.

        Raises
        ------
        ParameterError
            When none is known.
        """
        return self._service(self.layers, f"{kind}-{year}-{detail}", "layers")

    def lookup(self, kind: str, year: int) -> str:
        """Return the address of the table of codes of some areas; raise as `layer` does."""
        return self._service(self.lookups, f"{kind}-{year}", "lookups")

    def table(self, name: str) -> str:
        """Return the address of a file of figures; raise as `layer` does."""
        return _entry(self.tables, name, "tables")

    def _service(self, held: dict[str, str], key: str, table: str) -> str:
        found = _entry(held, key, table)
        return found if "://" in found else f"{self.ons.rstrip('/')}/{found}/FeatureServer/0"


def _entry(held: dict[str, str], key: str, table: str) -> str:
    if key not in held:
        near = did_you_mean(key, held)
        raise ParameterError(
            f"no address of '{key}' is known",
            hint=f"{near.removesuffix('?')}; or add it under [{table}] to your settings: hotspots fetch settings",
        )
    return held[key]


def settings_file() -> Path:
    """Return the file of the user's settings, whether or not there is one."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_config_path

    return user_config_path("hotspots", appauthor=False) / "settings.toml"


def read_settings() -> Settings:
    """Return the addresses to use: the bundled ones, with those of the user's file in their place.

    Raises
    ------
    FileError, RecipeError
        When the user's file is missing where the environment names one, is not TOML, or holds what is no address.
    """
    held = parse_toml(
        files("hotspots.fetch").joinpath("addresses.toml").read_text(encoding="utf-8"), what="addresses"
    )
    path = settings_file()
    slips = Slips("settings file")
    if path.exists() or os.environ.get(VARIABLE):
        text = read_text(
            path, what="settings file", hint=f"unset {VARIABLE}, or write the file that it names"
        )
        for key, value in parse_toml(text, what="settings file").items():
            both = isinstance(value, dict) and isinstance(held.get(key), dict)
            held[key] = held[key] | value if both else value
    made: Settings = build(Settings, held, where="", slips=slips)
    slips.raise_any()
    for name, address in _addresses(made).items():
        _check(name, address, slips)
    slips.raise_any()
    return made


def _addresses(made: Settings) -> dict[str, object]:
    tables = {"layers": made.layers, "lookups": made.lookups, "tables": made.tables}
    within = {f"{table}.{key}": value for table, held in tables.items() for key, value in held.items()}
    roots = {"police_archives": made.police_archives, "police_api": made.police_api, "ons": made.ons}
    return {**roots, **within}


def _check(name: str, address: object, slips: Slips) -> None:
    """Note an address that is none; the services of a portal may be named without their server."""
    if not isinstance(address, str):
        slips.add(f"'{name}' is {address!r}", "it takes text in double quotes")
        return
    parts = urlsplit(address)
    named_only = name.startswith(("layers.", "lookups.")) and "://" not in address
    if not named_only and not (parts.scheme in ("http", "https") and parts.netloc):
        slips.add(f"'{name}' is '{address}', which is no address", "write it from https:// on")
    elif parts.username or parts.password:
        slips.add(
            f"'{name}' holds a name or a password", "leave them out of addresses: these data are public"
        )


def as_toml(settings: Settings) -> str:
    """Return settings as the text of a file of settings.

    Examples
    --------
    >>> print(as_toml(Settings("https://a.org", "https://b.org", "https://c.org", {"wards-2024-full": "W"})))
    police_archives = "https://a.org"
    police_api = "https://b.org"
    ons = "https://c.org"
    <BLANKLINE>
    [layers]
    wards-2024-full = "W"
    """
    lines = [
        f"{key} = {json.dumps(getattr(settings, key))}" for key in ("police_archives", "police_api", "ons")
    ]
    for table in ("layers", "lookups", "tables"):
        held = getattr(settings, table)
        if held:
            lines += ["", f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in held.items())]
    return "\n".join(lines)
