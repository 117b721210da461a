"""A path as nodes and edges, for every format that draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from netreach.explain.records import Component, ComponentType, Explanation, Hop, Part, Report
from netreach.present._headline import headline
from netreach.present._hops import citations, examples, mark_of, stops
from netreach.present._ink import Mark, clipped

#: How long a line of a label may be.
_LINE: Final = 60
_SEVERITY: Final = (Mark.PASSED, Mark.PARTLY, Mark.UNKNOWN, Mark.BLOCKED)
#: One table or ACL serves many subnets; drawn once for each, the path stays a line.
_PER_SUBNET: Final = (ComponentType.NETWORK_ACL, ComponentType.ROUTE_TABLE)

Key = tuple[str, str]


@dataclass(slots=True)
class Node:
    """One component as it is drawn."""

    id: str
    component: Component
    lines: list[str]
    mark: Mark = Mark.PASSED

    def add(self, mark: Mark, *lines: str) -> None:
        """Note what happened on one visit; the worst mark stays."""
        self.mark = max(self.mark, mark, key=_SEVERITY.index)
        self.lines.extend(line for line in lines if line and line not in self.lines)


@dataclass(frozen=True, slots=True)
class Edge:
    """One step from a component to the next."""

    source: str
    destination: str
    is_return: bool
    #: The number of the step, and the packet where it is new or has changed.
    lines: tuple[str, ...]


@dataclass(slots=True)
class PathGraph:
    """The nodes and edges of a report's paths; there and back share their nodes."""

    title: str
    nodes: dict[Key, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str, bool], Edge] = field(default_factory=dict)
    _hosts: dict[str, Key] = field(default_factory=dict)

    @classmethod
    def of(cls, report: Report) -> PathGraph:
        """Draw the paths of a report; of many alike, one."""
        graph = cls(headline(report))
        for number, leg in enumerate(report.legs or (report,), start=1):
            graph._draw_leg(leg, f"{number}." if report.legs else "")
        if not graph.nodes:
            for end in (report.source, report.destination):
                graph._node((end.id, ""), end)
        return graph

    def _draw_leg(self, report: Report, number: str) -> None:
        """Draw one connection; of several, its steps bear its number."""
        shown = examples(report.parts)
        if len(shown) < len(report.parts):
            self.title += f"; {len(shown)} of {len(report.parts):,} paths are drawn"
        for part in shown:
            ways = ((part.forward, number), (part.returning, f"{number}r"))
            for hops, prefix in ways:
                self._draw(part, hops, report.explanations, prefix)

    def _draw(
        self, part: Part, hops: Sequence[Hop], found: Sequence[Explanation], prefix: str
    ) -> None:
        is_return = prefix.endswith("r")
        leg = "return" if is_return else "forward"
        cited = citations(part, hops, leg, list(enumerate(found)))
        previous: Node | None = None
        packet = news = ""
        for step, (position, hop, interface) in enumerate(stops(hops)):
            codes = [found[number].code for number in cited.get(position, [])]
            mark = mark_of(hop, part, is_cited=bool(codes))
            node = self._node(self._key(hop, interface), hop.component)
            node.add(mark, _evidence(hop, mark, is_return=is_return), *codes)
            if previous is not None:
                lines = (f"{prefix}{step}", news)
                self._edge(Edge(previous.id, node.id, is_return, lines))
            news = "" if _packet(hop) == packet else _packet(hop)
            previous, packet = node, _packet(hop)

    def _edge(self, edge: Edge) -> None:
        self.edges.setdefault((edge.source, edge.destination, edge.is_return), edge)

    def _key(self, hop: Hop, interface: Hop | None) -> Key:
        """Return what makes a node one: an interface drawn with its instance stays with it."""
        component = hop.component
        if interface is not None:
            self._hosts[interface.component.id] = (component.id, "")
        key = (component.id, hop.subnet if component.type in _PER_SUBNET else "")
        return self._hosts.get(component.id, key)

    def _node(self, key: Key, component: Component) -> Node:
        if key not in self.nodes:
            names = dict.fromkeys(filter(None, (component.name, component.id)))
            nameless = component.kind or str(component.type)
            lines = [clipped(name, _LINE) for name in names] or [nameless]
            self.nodes[key] = Node(f"n{len(self.nodes)}", component, lines)
        return self.nodes[key]


def _evidence(hop: Hop, mark: Mark, *, is_return: bool) -> str:
    """Say the rule; on the way back only where something happens."""
    if hop.because is None or (is_return and mark is Mark.PASSED):
        return ""
    words = hop.because.text.removeprefix(f"{hop.component.id} ")
    return clipped(f"{hop.direction} {words}".strip(), _LINE)


def _packet(hop: Hop) -> str:
    return clipped(f"{hop.source} → {hop.destination} {hop.service}", _LINE)
