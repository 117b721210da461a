"""The program: its commands, and how errors leave it."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import Annotated, Final, NoReturn, cast

import typer

from netreach.cli.cidr import cidr
from netreach.cli.diagram import diagram
from netreach.cli.explain import explain
from netreach.cli.matrix import matrix
from netreach.cli.path import path
from netreach.cli.peers import reach_from, who_can_reach
from netreach.cli.schema import schema
from netreach.cli.show import show
from netreach.cli.streams import open_streams
from netreach.errors import NetreachError

#: Exit status of bad usage and bad input. 1 stays Python's own, for a crash.
BAD_USAGE: Final = 2
INTERRUPTED: Final = 130
#: The reader has gone: what a shell says of a program that SIGPIPE ended. Not 0, which would say
#: `reachable`.
READER_GONE: Final = 141

#: New objects between two looks for garbage: importing makes many and drops few.
_GARBAGE_THRESHOLD: Final = 100_000

#: What Typer raises for a bad command line; which module it is in depends on Typer's version.
_CommandLineError = cast("type[typer.BadParameter]", typer.BadParameter.__mro__[2])

app = typer.Typer(
    name="netreach",
    help="Can A reach B on port P, by which path, and if not, what stops it? Offline, for AWS.",
    epilog=(
        "A host's own firewall, its own routes and whether anything listens are outside the model."
    ),
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    *(path, matrix, who_can_reach, reach_from),
    *(show, diagram, cidr, explain, schema),
):
    app.command()(command)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow to load

        try:
            typer.echo(f"netreach {version('netreach')}")
        except PackageNotFoundError:
            typer.echo("netreach (not installed)")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run the program and leave with its exit status."""
    open_streams()
    _start_light()
    status = run(sys.argv[1:])
    gc.freeze()  # a process that ends need not look through everything for garbage once more
    sys.exit(status)


def _start_light() -> None:
    """Spare a short-lived process what only long-lived ones profit from."""
    gc.set_threshold(_GARBAGE_THRESHOLD)
    # no matrix is multiplied here, so numpy's BLAS need not start a thread for each core
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status; errors become one line on stderr."""
    try:
        # alone it tells what it can do; Typer would make an error of that
        status = app(arguments or ["--help"], prog_name="netreach", standalone_mode=False)
        sys.stdout.flush()
    except NetreachError as error:
        return _complain(str(error))
    except _CommandLineError as error:
        return _complain(error.format_message().replace("Value error, ", "").rstrip("."))
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # Typer turns the first into the second
        return _close_quietly()
    except OSError as error:  # such as a full disk behind standard output
        _forget_output()
        from netreach.query.words import safe  # noqa: PLC0415 - only where something is wrong

        file = safe(str(error.filename)) if error.filename else "standard output"
        return _complain(f"{file}: {error.strerror or error}")
    return status if isinstance(status, int) else 0


def _complain(message: str) -> int:
    line = " ".join(message.split())
    with suppress(OSError):  # the status says it too
        sys.stderr.write(f"netreach: {line}\n")
        sys.stderr.flush()
    return BAD_USAGE


def _close_quietly() -> int:
    """Let a reader that has gone, such as `head`, be no error."""
    _forget_output()
    return READER_GONE


def _forget_output() -> None:
    """Send what is still to be written nowhere, or Python complains about it as it leaves."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
