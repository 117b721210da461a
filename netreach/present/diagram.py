"""An estate as a Graphviz drawing, with one path highlighted if there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netreach.errors import InputError, MissingExtraError, UsageError
from netreach.explain.records import Report
from netreach.model.inventory import not_modelled
from netreach.model.relations import Relations
from netreach.model.snapshot import Snapshot
from netreach.present._diagram_connections import draw_connections, draw_peered_frames
from netreach.present._diagram_path import PathOverlay
from netreach.present._diagram_places import Places
from netreach.present._diagram_routes import draw_gateways, draw_routes
from netreach.present._diagram_services import draw_services
from netreach.present._drawing import key_of, to_graph
from netreach.present._headline import count_of
from netreach.present.beside import write_beside
from netreach.query.words import quoted, safe

if TYPE_CHECKING:
    from graphviz import Digraph

#: Suffixes of Graphviz's own source, which needs no program.
SOURCES: Final = (".dot", ".gv")
#: Suffixes of what the `dot` program draws.
PICTURES: Final = (".svg", ".png", ".pdf")

_INSTALL: Final = (
    "install Graphviz (apt install graphviz, dnf install graphviz, brew install graphviz, "
    "choco install graphviz), or ask for a .dot file"
)


def build(snapshot: Snapshot, report: Report | None = None) -> Digraph:
    """Draw a snapshot; a report's path goes on top of it."""
    overlay = PathOverlay(report) if report is not None else None
    places = Places(Relations(snapshot), overlay.crossed if overlay else ())
    places.draw()
    draw_gateways(places)
    draw_connections(places)
    draw_services(places)
    draw_peered_frames(places, draw_routes(places))
    places.drawing.lines.extend(_caption(places))
    if overlay is not None:
        overlay.draw(places)
    return to_graph(places.drawing)


def _caption(places: Places) -> Iterator[str]:
    """Yield how much there is, of when it is, and what is left out."""
    snapshot = places.snapshot
    counts = (
        count_of(len(snapshot.vpcs), "VPC"),
        count_of(len(snapshot.subnets), "subnet"),
        count_of(len(snapshot.interfaces), "interface"),
    )
    yield ", ".join(counts) + (f", taken {snapshot.taken}" if snapshot.taken else "")
    left_out = Counter(
        record.kind
        for record in not_modelled(snapshot)
        if record.id not in places.node_by_id
        and key_of("target", record.id) not in places.drawing.nodes
    )
    if left_out:
        kinds = [f"{count:,} {kind}" for kind, count in sorted(left_out.items())]
        yield f"not drawn, not modelled yet: {', '.join(kinds)}"


def check_suffix(path: Path) -> str:
    """Return the suffix of a file that can be written.

    Raises:
        UsageError: it is none that is known.
    """
    suffix = path.suffix.lower()
    if suffix not in (*SOURCES, *PICTURES):
        raise UsageError(
            file=safe(str(path)),
            what=f"unknown suffix {quoted(path.suffix)}" if suffix else "no suffix",
            mend=f"give it one of {', '.join((*PICTURES, *SOURCES))}",
        )
    return suffix


def write(graph: Digraph, path: Path) -> None:
    """Write a drawing in the format of the file's suffix: beside it first, then renamed.

    Raises:
        UsageError: the suffix is unknown.
        MissingExtraError: it needs the `dot` program, which is not installed.
        InputError: the file can't be written, or `dot` failed.
    """
    suffix = check_suffix(path)
    content = graph.source.encode() if suffix in SOURCES else _drawn(graph, suffix[1:])
    write_beside(path, (content,))


def _drawn(graph: Digraph, form: str) -> bytes:
    from graphviz import CalledProcessError, ExecutableNotFound  # noqa: PLC0415  for who draws

    try:
        content: bytes = graph.pipe(format=form, quiet=True)
    except ExecutableNotFound:
        raise MissingExtraError(
            f"a .{form} file needs Graphviz's program `dot`, which is not installed: {_INSTALL}"
        ) from None
    except CalledProcessError as error:
        raise InputError(
            what=f"the program `dot` failed with status {error.returncode}",
            mend="ask for a .dot file, or upgrade Graphviz",
        ) from None
    return content
