"""The library's keywords as the options that are typed: it quotes keywords, and people type options."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click

FIRST = r"^'([a-z_]+)'(?= is )"
"""Where a message names the keyword that it is about; elsewhere it quotes the data."""

_OFFER = r"\((?=[^()]*with ')[^()]*\)|\('[a-z_]+'\)"


def options_of(command: click.Command) -> dict[str, str]:
    """Return the options of a command and its subcommands, by the keyword that the library knows each by."""
    commands = [command, *getattr(command, "commands", {}).values()]
    return {
        str(option.name): option.opts[-1]
        for entry in commands
        for option in entry.params
        if isinstance(option, click.Option)
    }


def as_typed(text: str, options: Mapping[str, str], *, places: str = r"'([a-z_]+)'") -> str:
    """Return a message of the library with the keywords that it quotes as the options that are typed here.

    Offers of words near to a mistyped one ("did you mean", "choose from") quote data, not keywords.
    """
    if text.startswith(("did you mean", "choose from")):
        return text
    return re.sub(places, lambda found: options.get(found[1], found[0]), text)


def offers_as_typed(text: str, options: Mapping[str, str]) -> str:
    """Return a note or a warning with the keywords that it offers, as in "(set it with 'dispersion')", as options.

    Elsewhere it quotes the data.
    """
    return re.sub(_OFFER, lambda found: as_typed(found[0], options), text)
