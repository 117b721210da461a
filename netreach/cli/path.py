"""`netreach path`: can A reach B on port P, by which path, and if not, what stops it?"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable, Iterator
from enum import IntEnum, StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TextIO, TypedDict

import typer

from netreach.cli.watch import Watch
from netreach.errors import InputError, NetreachError, UsageError
from netreach.query.words import quoted, safe

if TYPE_CHECKING:
    from netreach.network import Answer, Network


class Exit(IntEnum):
    """Exit statuses of questions; public, like the options. A crash is 1, bad usage 2."""

    REACHABLE = 0
    UNREACHABLE = 3
    PARTIAL = 4
    UNKNOWN = 5


#: By the verdict's word, so that `--help` need not load the verdicts and, with them, numpy.
EXIT_OF: Final = {status.name.lower(): status for status in Exit}


class Form(StrEnum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"
    AWS = "aws"
    DOT = "dot"
    MERMAID = "mermaid"


class Options(TypedDict):
    """The options that all questions of a file share."""

    client_ports: str
    family: str | None
    strict: bool
    via: tuple[str, ...]
    via_port: str
    through: str


#: The columns of a file of questions, and what each is called in `Network.path`.
COLUMNS: Final = ("source", "destination", "protocol", "port")
_MEND_ROWS: Final = f"write {','.join(COLUMNS)}"


def path(  # noqa: PLR0913 - each is an option of the command
    snapshot: Annotated[
        str, typer.Argument(metavar="SNAPSHOT", help="A folder, a file, or - for standard input.")
    ],
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Who asks.")] = "",
    destination: Annotated[str, typer.Argument(metavar="DESTINATION", help="Who is asked.")] = "",
    *,
    port: Annotated[
        str, typer.Option(help="443, 8000-8100, or TYPE[/CODE] of ICMP.", show_default=False)
    ] = "",
    protocol: Annotated[
        str,
        typer.Option(help="tcp, udp, icmp, icmpv6, all or a number.", show_default=False),
    ] = "",
    client_ports: Annotated[str, typer.Option(help="linux, windows, any or LOW-HIGH.")] = "any",
    family: Annotated[str, typer.Option(help="4 or 6.", show_default=False)] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Answer unknown where a default is assumed.")
    ] = False,
    via: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SELECTOR",
            help="Go by this host: one connection to it, the next from it. Repeatable.",
            show_default=False,
        ),
    ] = None,
    via_port: Annotated[
        str, typer.Option(help="TCP port of connections to --via hosts: 22.", show_default=False)
    ] = "",
    through: Annotated[
        str,
        typer.Option(
            metavar="BALANCER",
            help="Go over this load balancer, or the PrivateLink endpoint before one: "
            "DESTINATION is one of its targets.",
            show_default=False,
        ),
    ] = "",
    form: Annotated[Form, typer.Option("--format", help="How to write the answer.")] = Form.TEXT,
    queries: Annotated[
        str,
        typer.Option(
            metavar="FILE.csv|-",
            help="Questions, a row each: source,destination,protocol,port; one JSON a line.",
            show_default=False,
        ),
    ] = "",
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show every hop of the way back as well.")
    ] = False,
) -> None:
    """Say whether SOURCE reaches DESTINATION, by which path, and if not, what stops it.

    SOURCE and DESTINATION: an id, ARN, address (10.0.0.5, vpc-ID/10.0.0.5), CIDR, Name tag,
    internet, tag:Key=Value, name:, sg:, subnet: or vpc:. Exit status: 0 reachable,
    3 unreachable, 4 partial, 5 unknown, 2 bad usage or input. A host's own firewall, its own
    routes and whether anything listens are outside the model.
    """
    from netreach.network import load  # noqa: PLC0415 - numpy is for questions, not for --help

    if via_port and not via:
        raise UsageError(place="--via-port", what="there is no --via", mend="add one, or drop it")
    options: Options = {
        "client_ports": client_ports,
        "family": family or None,
        "strict": strict,
        "via": tuple(via or ()),
        "via_port": via_port or "22",
        "through": through,
    }
    if queries:
        _refuse_ends(source, destination, port, protocol)
        _check_not_both_stdin(snapshot, queries)
        with Watch(f"reading {snapshot}"):
            network = load(snapshot)
        raise typer.Exit(_answer_file(network, queries, options))
    if not source or not destination:
        raise UsageError(
            place="path",
            what="SOURCE and DESTINATION are needed",
            mend="or give --queries FILE.csv",
        )
    with Watch(f"reading {snapshot}") as watch:
        network = load(snapshot)
        watch.step("finding the path")
        answer = network.path(
            source, destination, port=port or None, protocol=protocol or None, **options
        )
    typer.echo(_rendered(answer, network, form, verbose=verbose), nl=False)
    raise typer.Exit(EXIT_OF[answer.verdict])


def _rendered(answer: Answer, network: Network, form: Form, *, verbose: bool) -> str:
    renderers: dict[Form, Callable[[], str]] = {
        Form.TEXT: lambda: _text(answer, verbose=verbose),
        Form.JSON: lambda: _json(answer),
        Form.AWS: lambda: _aws(answer, network),
        Form.DOT: lambda: _dot(answer),
        Form.MERMAID: lambda: _mermaid(answer),
    }
    text = renderers[form]()
    return text if text.endswith("\n") else text + "\n"


def _text(answer: Answer, *, verbose: bool) -> str:
    from netreach.present.text import render_text  # noqa: PLC0415 - only the form that is wanted

    columns = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    width = max(80, min(160, columns))
    return render_text(
        answer.report,
        width=width,
        color=sys.stdout.isatty(),
        unicode=_speaks_unicode(),
        verbose=verbose,
    )


def _json(answer: Answer) -> str:
    from netreach.present.json_v1 import render_json  # noqa: PLC0415 - only the form wanted

    return render_json(answer.report)


def _aws(answer: Answer, network: Network) -> str:
    from netreach.present.insights import render_insights  # noqa: PLC0415 - only the form wanted

    return render_insights(answer.report, network.snapshot)


def _dot(answer: Answer) -> str:
    from netreach.present.path_dot import render_dot  # noqa: PLC0415 - only the form wanted

    return render_dot(answer.report)


def _mermaid(answer: Answer) -> str:
    from netreach.present.mermaid import render_mermaid  # noqa: PLC0415 - only the form wanted

    return render_mermaid(answer.report)


def _speaks_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") in ("utf8", "utf16", "utf32")


# -- many questions


def _refuse_ends(*given: str) -> None:
    if any(given):
        raise UsageError(
            place="--queries",
            what="the questions stand in the file",
            mend="leave SOURCE, DESTINATION, --port and --protocol out",
        )


def _check_not_both_stdin(snapshot: str, queries: str) -> None:
    if snapshot == queries == "-":
        raise UsageError(
            place="--queries",
            what="snapshot and questions can't both come from standard input",
            mend="put one of them into a file",
        )


def _answer_file(network: Network, queries: str, options: Options) -> int:
    """Answer each row with one JSON object a line; bad rows are errors of their own line."""
    from netreach.present.json_v1 import render_json_line  # noqa: PLC0415 - only here

    statuses: set[Exit] = set()
    for line, row in _rows(queries):
        try:
            answer = network.path(
                row["source"],
                row["destination"],
                port=row["port"] or None,
                protocol=row["protocol"] or None,
                **options,
            )
        except NetreachError as error:
            raise InputError(
                file=_file_of(queries), place=f"line {line}", what=str(error)
            ) from None
        statuses.add(EXIT_OF[answer.verdict])
        typer.echo(render_json_line(answer.report).rstrip("\n"))
    if not statuses:  # 0 would say that all is reachable
        raise InputError(file=_file_of(queries), what="no question is in it", mend=_MEND_ROWS)
    worst = (Exit.UNREACHABLE, Exit.PARTIAL, Exit.UNKNOWN)
    return next((status for status in worst if status in statuses), Exit.REACHABLE)


def _rows(queries: str) -> Iterator[tuple[int, dict[str, str]]]:
    name = _file_of(queries)
    try:
        if queries == "-":
            if isinstance(sys.stdin, TextIOWrapper):
                sys.stdin.reconfigure(encoding="utf-8-sig", newline="")  # as a file is read
            yield from _parse(sys.stdin, name)
            return
        with Path(queries).open(encoding="utf-8-sig", newline="") as file:
            yield from _parse(file, name)
    except OSError as error:
        mend = "name a file that you may read"
        raise InputError(file=name, what=error.strerror or "unreadable", mend=mend) from None
    except UnicodeDecodeError:
        raise InputError(file=name, what="is not UTF-8 text", mend="save it as UTF-8") from None


def _file_of(queries: str) -> str:
    """Return what errors call a file of questions."""
    return "standard input" if queries == "-" else safe(queries)


def _parse(file: TextIO, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows with their line numbers; a header line is optional, # begins a comment."""
    reader = csv.reader(line for line in file)
    try:
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if not any(values) or values[0].startswith("#"):
                continue
            if [value.lower() for value in values[:2]] == list(COLUMNS[:2]):
                continue
            if not 2 <= len(values) <= len(COLUMNS):
                raise InputError(
                    file=name,
                    place=f"line {reader.line_num}",
                    what=f"{len(values)} columns, {quoted(','.join(cells), 60)}",
                    mend=_MEND_ROWS,
                )
            padded = values + [""] * (len(COLUMNS) - len(values))
            yield reader.line_num, dict(zip(COLUMNS, padded, strict=True))
    except csv.Error as error:
        raise InputError(
            file=name, place=f"line {reader.line_num}", what=str(error), mend="write plain CSV"
        ) from None
