"""`netreach diagram`: a snapshot drawn by Graphviz, one path highlighted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netreach.cli.watch import Watch
from netreach.errors import UsageError

if TYPE_CHECKING:
    from netreach.explain.records import Report
    from netreach.model.snapshot import Snapshot


def diagram(
    snapshot: Annotated[
        str,
        typer.Argument(metavar="SNAPSHOT", help="A folder, a file, or - for standard input."),
    ],
    *,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="FILE.svg, .png, .pdf or .dot.")
    ],
    path: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--path",
            metavar="SOURCE DESTINATION",
            help="Highlight the path between these two, and what blocks it.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        str, typer.Option(help="443, 8000-8100, or an ICMP TYPE or TYPE/CODE.", show_default=False)
    ] = "",
    protocol: Annotated[
        str,
        typer.Option(help="tcp, udp, icmp, icmpv6, all or a number.", show_default=False),
    ] = "",
) -> None:
    """Draw VPCs, zones, subnets, what stands in them, gateways and routes.

    SVG, PNG and PDF need Graphviz's program `dot`; a .dot file needs nothing.
    """
    # imported here, so that the other commands start without all this
    from netreach.present.diagram import build, check_suffix, write  # noqa: PLC0415

    check_suffix(output)
    if path is None and (port or protocol):
        raise UsageError(
            place="--port" if port else "--protocol",
            what="says nothing without a path",
            mend="add --path SOURCE DESTINATION",
        )
    with Watch(f"reading {snapshot}") as watch:
        loaded, report = _load(snapshot, path, port, protocol)
        watch.step("drawing")
        write(build(loaded, report), output)


def _load(
    source: str, path: tuple[str, str] | None, port: str, protocol: str
) -> tuple[Snapshot, Report | None]:
    """Read the snapshot, and ask for the path if there is one to highlight."""
    if path is None:
        from netreach.sources.load import open_snapshot  # noqa: PLC0415  see `diagram`

        return open_snapshot(source), None
    from netreach.network import load  # noqa: PLC0415  see `diagram`

    network = load(source)
    answer = network.path(*path, port=port or None, protocol=protocol or None)
    return network.snapshot, answer.report
