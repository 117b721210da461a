"""A path's answer as Graphviz DOT source; drawing it is `dot`'s work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from netreach.explain.records import ComponentType, Report
from netreach.present._ink import Mark
from netreach.present._path_graph import PathGraph

_COLORS: Final = {
    Mark.PASSED: ("#2e7d32", "#eef6ee"),
    Mark.PARTLY: ("#b26a00", "#fff8e1"),
    Mark.BLOCKED: ("#c62828", "#fdecea"),
    Mark.UNKNOWN: ("#666666", "#f3f3f3"),
}
_SHAPES: Final = {
    ComponentType.INTERNET: "ellipse",
    ComponentType.ROUTE_TABLE: "note",
}


def render_dot(report: Report) -> str:
    """Write the paths as DOT: there in solid arrows, back in dashed ones, what blocks in red."""
    # graphviz is loaded for those who draw, and not with every path that is asked
    from graphviz import Digraph  # noqa: PLC0415

    graph = PathGraph.of(report)
    drawing = Digraph("path")
    drawing.attr(label=_label([graph.title]), labelloc="t", fontname="Helvetica")
    drawing.attr("node", shape="box", style="filled", fontname="Helvetica", fontsize="10")
    drawing.attr("edge", fontname="Helvetica", fontsize="9", color="#333333")
    for node in graph.nodes.values():
        line, fill = _COLORS[node.mark]
        sign = "" if node.mark is Mark.PASSED else f"{node.mark.value[0]} "
        drawing.node(
            node.id,
            _label([sign + node.lines[0], *node.lines[1:]]),
            shape=_SHAPES.get(node.component.type, "box"),
            color=line,
            fillcolor=fill,
            penwidth="3" if node.mark is Mark.BLOCKED else "1",
        )
    for edge in graph.edges.values():
        ends, style = (edge.source, edge.destination), {}
        if edge.is_return:
            # drawn from end to start, so that the way back lies beside the way there
            ends, style = ends[::-1], {"style": "dashed", "dir": "back"}
        drawing.edge(*ends, label=_label(edge.lines), **style)
    return str(drawing.source)


def _label(lines: Sequence[str]) -> str:
    """Return lines as a label in which no backslash, quote, bracket or entity means anything."""
    from graphviz import escape, nohtml  # noqa: PLC0415  see `render_dot`

    label: str = nohtml("\\n".join(escape(line.replace("&", "&amp;")) for line in lines if line))
    return label
