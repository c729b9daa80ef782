"""The `hotspots` command: one group, one module per command, one place where errors become messages."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import logging
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from hotspots._version import __version__
from hotspots.base.errors import HotspotsError, HotspotsWarning
from hotspots.base.text import visible
from hotspots_cli import stopping
from hotspots_cli.keywords import FIRST, as_typed, offers_as_typed, options_of
from hotspots_cli.saying import say

COMMANDS = (
    "demo",
    "run",
    "editions",
    "recipe",
    "inspect",
    "fetch",
    "boundaries",
    "count",
    "kde",
    "pattern",
    "gistar",
    "outliers",
    "emerging",
    "sensitivity",
    "flag",
    "funnel",
    "risk",
    "compare",
    "change",
    "charts",
    "trend",
    "select",
    "classes",
    "breakdown",
    "share",
    "times",
    "repeats",
    "near-repeat",
    "evaluate",
    "comparators",
    "profile",
    "matrix",
    "assess",
    "map",
    "page",
    "report",
    "audit",
)


class LazyGroup(click.Group):
    """A group whose commands are imported when asked for; none of their modules imports data libraries at the top."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which an analyst meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of the same name and return its command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"hotspots_cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Offer the nearest command where the word is not one."""
        from hotspots.base.errors import did_you_mean

        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            ctx.fail(f"there is no command '{args[0]}': {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "-v", "--verbose", is_flag=True, help="Show warnings of the libraries too, and tracebacks of errors."
)
@click.option("-q", "--quiet", is_flag=True, help="Show errors only.")
@click.version_option(__version__, prog_name="hotspots")
@click.pass_context
def cli(ctx: click.Context, verbose: bool, quiet: bool) -> None:
    """Crime and anti-social-behaviour hotspots: exact counts, rates, flags, density, Gi* and their maps.

    Start with: hotspots demo -o demo
    """
    ctx.obj.update(verbose=verbose, quiet=quiet, command=ctx.invoked_subcommand)
    _speak(verbose=verbose, quiet=quiet, command=ctx.invoked_subcommand)


class _NoteHandler(logging.Handler):
    """Writes each note to the standard error of the moment, so that it stays with the other messages.

    Keywords that a note offers, as in "set it with 'dispersion'", become the options of the command; in a recipe
    they are keys and stay.
    """

    def __init__(self, command: str | None) -> None:
        super().__init__()
        self.options = _options_of(command)

    def emit(self, record: logging.LogRecord) -> None:
        say(offers_as_typed(record.getMessage(), self.options), err=True)


def _speak(*, verbose: bool, quiet: bool, command: str | None) -> None:
    """Send the library's notes and warnings to standard error, in words."""
    logger = logging.getLogger("hotspots")
    logger.handlers = [_NoteHandler(command)]
    logger.propagate = False
    logger.setLevel(logging.ERROR if quiet else logging.INFO)
    warnings.simplefilter("default" if verbose else "ignore")
    warnings.filterwarnings("ignore" if quiet else "always", category=HotspotsWarning)
    shown = warnings.showwarning
    options = _options_of(command)

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, HotspotsWarning):
            say(offers_as_typed(str(message), options), head="Warning:", colour="yellow", err=True)
        else:
            shown(message, category, *where, **more)

    warnings.showwarning = show


def _options_of(name: str | None) -> dict[str, str]:
    command = cli.get_command(click.Context(cli), name) if name is not None else None
    return {} if command is None else options_of(command)


@contextmanager
def _logger_as_it_was() -> Iterator[None]:
    """Leave the library's logger behind as it was found, for whoever else uses it in this process."""
    logger = logging.getLogger("hotspots")
    held = logger.handlers, logger.propagate, logger.level
    try:
        yield
    finally:
        logger.handlers, logger.propagate = held[0], held[1]
        logger.setLevel(held[2])


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 the data or the recipe is at fault, 2 the command line is."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    told: dict[str, Any] = {}
    with warnings.catch_warnings(), _logger_as_it_was():
        try:
            ended = cli.main(args=words, prog_name="hotspots", standalone_mode=False, obj=told)
            # click hands back the code of a command that ended itself, else what the command returned: nothing.
            return ended if isinstance(ended, int) else 0
        except HotspotsError as error:
            if told.get("verbose"):
                raise
            options = _options_of(told.get("command"))
            say(as_typed(error.message, options, places=FIRST), head="Error:", colour="red", err=True)
            say(f"Hint: {as_typed(error.hint, options)}", err=True)
            return 1
        except click.ClickException as error:
            vars(error)["message"] = visible(error.message)  # what was typed may hold what acts on a terminal
            error.show()
            return 2
        except click.exceptions.Exit as stop:
            return stop.exit_code
        except (click.Abort, KeyboardInterrupt):
            say("Stopped.", err=True)
            return stopping.exit_code()
        except BrokenPipeError:
            sys.stderr.close()
            return 141
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            say("a name is longer than a file can have", head="Error:", colour="red", err=True)
            say("Hint: check what was typed, or shorten the name", err=True)
            return 1
        except Exception as error:
            # GEOS runs out of memory with an error of its own.
            ran_out = isinstance(error, MemoryError) or "std::bad_alloc" in str(error)
            if not ran_out or "-v" in words or "--verbose" in words:
                raise
            say("there is too little memory for so much", head="Error:", colour="red", err=True)
            say("Hint: choose larger cells, fewer areas or fewer incidents at a time", err=True)
            return 1


def main() -> None:
    """Entry point of the `hotspots` command."""
    stopping.listen()
    # At the end nothing is left to be freed: this spares a last search for cycles, a quarter of a second.
    atexit.register(gc.freeze)
    sys.exit(run())
