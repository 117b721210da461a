"""`netreach matrix`: every ordered pair of interfaces, by groups."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from netreach.cli.questions import (
    Asked,
    ClientPortsOption,
    Effort,
    FamilyOption,
    JobsOption,
    MaxMemoryOption,
    PortOption,
    ProtocolOption,
    SchedulerOption,
    SnapshotArgument,
    StrictOption,
    service_words,
    speaks_unicode,
    terminal_width,
)
from netreach.cli.watch import Watch
from netreach.errors import UsageError

if TYPE_CHECKING:
    from netreach.matrix import Matrix
    from netreach.query.matrix.sheet import Sheet


class MatrixFormat(StrEnum):
    """How a matrix is written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class Level(StrEnum):
    """What a row of Parquet is about."""

    INTERFACE = "interface"
    CLASS = "class"


#: Pairs of groups that are printed if nobody says how many.
_LIMITS: Final = {
    MatrixFormat.TEXT: 5_000,
    MatrixFormat.CSV: 100_000,
    MatrixFormat.JSON: 100_000,
}


def matrix(  # noqa: PLR0913 - each is an option of the command
    snapshot: SnapshotArgument,
    *,
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="SELECTOR",
            help="Sources: an id, vpc:ID, subnet:ID, sg:ID, tag:Key=Value ... Repeatable.",
            show_default=False,
        ),
    ] = None,
    destinations: Annotated[
        list[str] | None,
        typer.Option(
            "--to", metavar="SELECTOR", help="Destinations, likewise.", show_default=False
        ),
    ] = None,
    port: PortOption = "",
    protocol: ProtocolOption = "",
    client_ports: ClientPortsOption = "any",
    family: FamilyOption = "",
    strict: StrictOption = False,
    by: Annotated[
        str,
        typer.Option(
            metavar="GROUPING",
            help="vpc, subnet, security-group, tag:KEY or interface. If left out: interface in "
            "CSV and JSON, in text the finest that can be read at a glance.",
            show_default=False,
        ),
    ] = "",
    form: Annotated[
        MatrixFormat, typer.Option("--format", help="How to write it.")
    ] = MatrixFormat.TEXT,
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Write to this file.", show_default=False
        ),
    ] = "",
    level: Annotated[
        Level,
        typer.Option(help="Parquet: a row for two interfaces, or for two classes that fare alike."),
    ] = Level.INTERFACE,
    jobs: JobsOption = 0,
    scheduler: SchedulerOption = "",
    max_memory: MaxMemoryOption = "",
    limit: Annotated[
        int,
        typer.Option(
            min=0,
            help="Write at most so many pairs of groups: 5000, CSV and JSON 100000.",
            show_default=False,
        ),
    ] = 0,
) -> None:
    """Say what every ordered pair of interfaces comes to: sources down, destinations across.

    The services that make the round trip, by groups of both ends. Parquet holds every pair that is
    not unreachable, in a new folder. Exit status: 0, or 2 for bad usage or input and where there
    would be more to write than --limit.
    """
    if form is not MatrixFormat.PARQUET:
        _check_folder(output)
    asked = Asked(
        tuple(sources or ()),
        tuple(destinations or ()),
        port,
        protocol,
        client_ports,
        family,
        strict,
        Effort(jobs, scheduler, max_memory),
    )
    if form is MatrixFormat.PARQUET:
        _write_parquet(snapshot, asked, by, level, output)
        return
    with Watch(f"reading {snapshot}") as watch:
        sheet = _sheet(snapshot, asked, by, form, limit or _LIMITS[form], watch)
    _write(_rendered(sheet, form, to_file=output not in _STANDARD), output)


_STANDARD: Final = ("", "-")


def _write_parquet(snapshot: str, asked: Asked, by: str, level: Level, output: str) -> None:
    """Write every pair that is not unreachable into a new folder.

    Raises:
        UsageError: no folder is named, or pairs are to be grouped.
    """
    if output in _STANDARD:
        what = "Parquet is written into a folder"
        raise UsageError(place="--format", what=what, mend="name a new one with -o FOLDER")
    if by not in ("", "interface"):
        what = "Parquet holds pairs, not groups"
        raise UsageError(place="--by", what=what, mend="leave it out; group what was written")
    from netreach.network import load  # noqa: PLC0415 - numpy is for questions, not for --help
    from netreach.query.words import safe  # noqa: PLC0415

    with Watch(f"reading {snapshot}") as watch:
        found = asked.matrix(load(snapshot), watch)
        watch.step("writing every pair, by VPCs")
        rows = found.write_parquet(output, level.value)
    typer.echo(f"{rows:,} rows in {safe(output)}")


def _check_folder(output: str) -> None:
    """Refuse before the work what could not be written after it.

    Raises:
        UsageError: the folder is not there, or the file is a folder.
    """
    if output in _STANDARD:
        return
    from netreach.query.words import quoted  # noqa: PLC0415 - nothing is loaded for --help

    path = Path(output)
    if not path.parent.is_dir():
        what = f"the folder {quoted(str(path.parent))} does not exist"
        raise UsageError(place="-o", what=what, mend="make it, or name another")
    if path.is_dir():
        raise UsageError(place="-o", what=f"{quoted(output)} is a folder", mend="name a file in it")


def _sheet(
    snapshot: str, asked: Asked, by: str, form: MatrixFormat, limit: int, watch: Watch
) -> Sheet:
    """Work a matrix out, unless there would be too much of it."""
    from netreach.network import load  # noqa: PLC0415 - numpy is for questions, not for --help
    from netreach.query.matrix.labels import check_grouping  # noqa: PLC0415
    from netreach.query.matrix.sheet import Sheet, check_lines  # noqa: PLC0415

    if by:
        check_grouping(by)
    network = load(snapshot)
    found = asked.matrix(network, watch)
    grouping = by or _grouping(found, form)
    sources, destinations = found.groups(grouping)
    is_narrowed = bool(asked.sources or asked.destinations)
    check_lines(len(sources) * len(destinations), limit, grouping, is_narrowed=is_narrowed)
    watch.step("working out every pair, by VPCs")
    groups = found.by(grouping)
    return Sheet(
        snapshot=network.snapshot,
        query=asked.as_dict(),
        service=service_words(found),
        by=grouping,
        is_chosen=not by and form is MatrixFormat.TEXT,
        groups=groups,
        statistics=found.statistics(),
    )


def _grouping(found: Matrix, form: MatrixFormat) -> str:
    """Return how to group where nobody says: for scripts always alike."""
    from netreach.query.matrix.sheet import FINEST_FIRST, readable  # noqa: PLC0415

    if form is not MatrixFormat.TEXT:
        return "interface"
    sizes = {by: tuple(map(len, found.groups(by))) for by in FINEST_FIRST}
    return readable({by: (size[0], size[1]) for by, size in sizes.items()})


def _rendered(sheet: Sheet, form: MatrixFormat, *, to_file: bool) -> Iterable[str]:
    renderers: dict[MatrixFormat, Callable[[], Iterable[str]]] = {
        MatrixFormat.TEXT: lambda: _text(sheet, to_file=to_file),
        MatrixFormat.CSV: lambda: _csv(sheet),
        MatrixFormat.JSON: lambda: _json(sheet),
    }
    return renderers[form]()


def _text(sheet: Sheet, *, to_file: bool) -> Iterable[str]:
    from netreach.present.matrix_text import render_matrix  # noqa: PLC0415 - only the form wanted

    color = sys.stdout.isatty() and not to_file
    unicode = to_file or speaks_unicode()
    return (render_matrix(sheet, width=terminal_width(), color=color, unicode=unicode),)


def _csv(sheet: Sheet) -> Iterable[str]:
    from netreach.present.matrix_csv import render_csv  # noqa: PLC0415 - only the form wanted

    return render_csv(sheet)


def _json(sheet: Sheet) -> Iterable[str]:
    from netreach.present.matrix_json import render_json  # noqa: PLC0415 - only the form wanted

    return (render_json(sheet),)


def _write(parts: Iterable[str], output: str) -> None:
    if output not in _STANDARD:
        from netreach.present.beside import write_beside  # noqa: PLC0415 - only to a file

        write_beside(Path(output), (part.encode() for part in parts))
        return
    for part in parts:
        typer.echo(part, nl=False)
