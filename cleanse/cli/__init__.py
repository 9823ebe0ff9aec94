"""The command line: argv in, data on stdout, progress and errors on stderr.

Heavy packages are imported inside the commands, so that help stays quick.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from typing import Annotated

import typer

from cleanse import __version__
from cleanse.cli import (
    deciding,
    exporting,
    inspecting,
    looking,
    proving,
    running,
    stamping,
    teaching,
    undoing,
)
from cleanse.errors import CleanseError

app = typer.Typer(
    name="cleanse",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # rich would triple the time of --help
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    running,
    inspecting,
    looking,
    stamping,
    exporting,
    teaching,
    proving,
    deciding,
    undoing,
):
    module.register(app)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cleanse {__version__}")
        raise typer.Exit


@app.callback()
def cleanse(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Say the version."
        ),
    ] = False,
) -> None:
    """Messy customer lists in, one golden customer table out."""


COLLECT_EVERY = (50_000, 20, 50)
"""Thresholds of the garbage collector: reading cells makes millions of small tuples and no
cycles, and looking for some at every 700 of them took a few percent of normalising."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""
CUT_SHORT = "cleanse: interrupted; nothing is half-written."


def main() -> None:
    """Run the command line; every expected error is one message and an exit code."""
    os.umask(0o077)
    gc.set_threshold(*COLLECT_EVERY)
    try:
        app()
    except CleanseError as error:
        typer.echo(f"cleanse: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo(CUT_SHORT, err=True)
        sys.exit(INTERRUPTED)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:  # typer makes an exit of Ctrl-C, without a word
            typer.echo(CUT_SHORT, err=True)
        raise
    except Exception as error:  # noqa: BLE001 - the last net: never a value on the screen
        typer.echo(unexpected(error), err=True)
        sys.exit(1)


def unexpected(error: Exception) -> str:
    """Say where an unforeseen error arose, without its text: that may hold a customer's values.

    >>> try:
    ...     [][1]
    ... except IndexError as error:
    ...     print(unexpected(error).splitlines()[0])
    cleanse: unexpected IndexError; nothing is half-written.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "cleanse" in f.filename] or list(frames)
    places = [f"  {f.filename}:{f.lineno} in {f.name}" for f in ours[-5:]]
    head = f"cleanse: unexpected {type(error).__name__}; nothing is half-written."
    advice = "This is a fault of the program: please report these lines."
    return "\n".join([head, *places, advice])
