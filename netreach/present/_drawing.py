"""A drawing as nested boxes, nodes and edges, before it becomes Graphviz source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from netreach.query.words import safe

if TYPE_CHECKING:
    from graphviz import Digraph

#: How much of one line of a label is drawn.
LINE_LIMIT: Final = 54
FRAME_LIMIT: Final = 80
CAPTION_LIMIT: Final = 200
#: Ends a line that stands to the left.
LEFT: Final = "\\l"
#: Graphviz takes no names beyond some length; the rest of one is hashed.
_KEY_LIMIT: Final = 200
_FONT: Final = "Helvetica,Arial,sans-serif"

Style = dict[str, str]


@dataclass(slots=True)
class Node:
    """One thing that is drawn."""

    lines: tuple[str, ...]
    style: Style = field(default_factory=dict)


@dataclass(slots=True)
class Box:
    """A frame around nodes and other boxes."""

    key: str
    lines: tuple[str, ...] = ()
    style: Style = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    #: How many nodes stand side by side in each row; 0: as they fall.
    columns: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes; with `leaves` it begins at the frame of that box."""

    tail: str
    head: str
    lines: tuple[str, ...] = ()
    style: Style = field(default_factory=dict)
    leaves: str = ""


@dataclass(slots=True)
class Drawing:
    """All boxes, nodes and edges, found by their keys."""

    root: Box = field(default_factory=lambda: Box(""))
    #: What is said under the drawing.
    lines: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    #: Every node in any box, by its key.
    nodes: dict[str, Node] = field(default_factory=dict)
    _box_by_key: dict[str, Box] = field(default_factory=dict)

    def box(self, key: str, within: Box, lines: Iterable[str], style: Style) -> Box:
        """Return the box of a key, drawn within another one if it is new."""
        found = self._box_by_key.get(key)
        if found is None:
            found = self._box_by_key[key] = Box(key, tuple(lines), style)
            within.boxes[key] = found
        return found

    def node(self, key: str, within: Box, lines: Iterable[str], style: Style) -> str:
        """Draw a node within a box, unless it is drawn already; return its key."""
        if key not in self.nodes:
            self.nodes[key] = within.nodes[key] = Node(tuple(lines), dict(style))
        return key

    def edge(self, tail: str, head: str, *lines: str, style: Style, leaves: str = "") -> None:
        """Draw an arrow."""
        self.edges.append(Edge(tail, head, lines, style, leaves))


def key_of(role: str, number: str) -> str:
    """Return the name of a node: one for each role and id, whatever characters an id has.

    >>> key_of("unmodelled", "arn:aws:x")
    'unmodelled/arn%3Aaws%3Ax'
    """
    text = quote(number, safe="", errors="surrogatepass")
    if len(text) > _KEY_LIMIT:
        text = f"{text[:_KEY_LIMIT]}~{sha256(text.encode()).hexdigest()}"
    return f"{role}/{text}"


def label(lines: Iterable[str], limit: int = LINE_LIMIT, end: str = "\\n") -> str:
    """Return lines as a label in which no backslash, quote, bracket or entity means anything.

    `end` ends each line, so that it stands in the middle or, with `LEFT`, to the left.
    """
    from graphviz import escape, nohtml  # noqa: PLC0415 - loaded for those who draw

    shown = (safe(line, limit).replace("&", "&amp;") for line in lines if line)
    text = end.join(escape(line) for line in shown)
    whole: str = nohtml(text + end if end == LEFT else text)
    return whole


def to_graph(drawing: Drawing) -> Digraph:
    """Turn a drawing into Graphviz source."""
    from graphviz import Digraph  # noqa: PLC0415 - loaded for those who draw

    graph = Digraph("network", strict=False)
    graph.attr(
        rankdir="BT",
        compound="true",
        nodesep="0.25",
        ranksep="0.5",
        fontname=_FONT,
        fontsize="11",
        labelloc="t",
        label=label(drawing.lines, limit=CAPTION_LIMIT),
    )
    graph.attr("node", fontname=_FONT, fontsize="10", shape="box", margin="0.12,0.06")
    graph.attr("edge", fontname=_FONT, fontsize="9", arrowsize="0.7")
    _fill(graph, drawing.root)
    for edge in drawing.edges:
        style = dict(edge.style)
        if edge.leaves:
            style["ltail"] = f"cluster_{edge.leaves}"
        graph.edge(edge.tail, edge.head, label=label(edge.lines), **style)
    return graph


def _fill(graph: Digraph, box: Box) -> None:
    for key, node in box.nodes.items():
        graph.node(key, label(node.lines), **node.style)
    _stand_in_rows(graph, box)
    for inner in box.boxes.values():
        with graph.subgraph(name=f"cluster_{inner.key}") as cluster:
            # in a drawing that grows upwards, `b` is the top
            cluster.attr(labelloc="b", labeljust="l", **inner.style)
            cluster.attr(label=label(inner.lines, FRAME_LIMIT, LEFT))
            _fill(cluster, inner)


def _stand_in_rows(graph: Digraph, box: Box) -> None:
    """Put the nodes of a box side by side, one row under the other."""
    if not box.columns:
        return
    keys = list(box.nodes)
    rows = [keys[first : first + box.columns] for first in range(0, len(keys), box.columns)]
    for row in rows:
        with graph.subgraph() as rank:
            rank.attr(rank="same")
            for key in row:
                rank.node(key)
    for above, below in pairwise(rows):
        graph.edge(below[0], above[0], style="invis")
