"""A path's answer as a Mermaid flowchart, for README files, issues and wikis.

Mermaid reads directives and comments before it reads quotes, so a label holds nothing that it
could take for its own: every other character is written as the number of its code point.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netreach.explain.records import Report
from netreach.present._ink import Mark
from netreach.present._path_graph import Edge, Node, PathGraph

_PLAIN: Final = frozenset(" .,/-_()→✓✗…")
_CLASSES: Final = {
    Mark.PASSED: "passed",
    Mark.PARTLY: "partly",
    Mark.BLOCKED: "blocked",
    Mark.UNKNOWN: "unknown",
}
_STYLES: Final = (
    "classDef passed fill:#eef6ee,stroke:#2e7d32,color:#111",
    "classDef partly fill:#fff8e1,stroke:#b26a00,color:#111",
    "classDef blocked fill:#fdecea,stroke:#c62828,stroke-width:3px,color:#111",
    "classDef unknown fill:#f3f3f3,stroke:#666,stroke-dasharray:4 3,color:#111",
)


def render_mermaid(report: Report) -> str:
    """Write the paths as a Mermaid flowchart: there in solid arrows, back in dotted ones."""
    return "\n".join(_lines(PathGraph.of(report))) + "\n"


def _lines(graph: PathGraph) -> Iterator[str]:
    yield "flowchart TB"
    yield f'  title["{_text(graph.title)}"]:::title'
    yield from (f"  {_node(node)}" for node in graph.nodes.values())
    yield from (f"  {_edge(edge)}" for edge in graph.edges.values())
    yield from (f"  {style}" for style in _STYLES)
    yield "  classDef title fill:none,stroke:none,color:#111"


def _node(node: Node) -> str:
    sign = "" if node.mark is Mark.PASSED else f"{node.mark.value[0]} "
    label = "<br/>".join(_text(line) for line in (sign + node.lines[0], *node.lines[1:]))
    return f'{node.id}["{label}"]:::{_CLASSES[node.mark]}'


def _edge(edge: Edge) -> str:
    label = "<br/>".join(_text(line) for line in edge.lines if line)
    arrow = "-.->" if edge.is_return else "-->"
    return f'{edge.source} {arrow}|"{label}"| {edge.destination}'


def _text(text: str) -> str:
    return "".join(c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in text)
