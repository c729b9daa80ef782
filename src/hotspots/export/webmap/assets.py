"""A page for servers that forbid scripts and styles inside a page: both in files beside it."""

from __future__ import annotations

import re

_PART = re.compile(r"<(style|script)>\n(.*?)</\1>", re.DOTALL)
_SUFFIX = {"style": "css", "script": "js"}


def split_page(html: str, folder: str) -> tuple[str, dict[str, str]]:
    r"""Return a page that links its styles and scripts, and the text of each file by its name within `folder`.

    The page's data stay inside it: a script of type ``application/json`` is never run, and no policy forbids it.

    Examples
    --------
    >>> page, texts = split_page("<style>\na {}</style><script>\nb();</script>", "map_files")
    >>> page
    '<link rel="stylesheet" href="map_files/1.css"><script src="map_files/2.js"></script>'
    >>> texts
    {'1.css': 'a {}', '2.js': 'b();'}
    """
    texts: dict[str, str] = {}

    def linked(match: re.Match[str]) -> str:
        kind = match[1]
        name = f"{len(texts) + 1}.{_SUFFIX[kind]}"
        texts[name] = match[2]
        if kind == "style":
            return f'<link rel="stylesheet" href="{folder}/{name}">'
        return f'<script src="{folder}/{name}"></script>'

    return _PART.sub(linked, html), texts
