"""One path on top of an estate's drawing: the way there, the way back, what blocks it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from netreach.explain.records import Component, ComponentType, Explanation, Hop, Part, Report
from netreach.model.records import Subnet
from netreach.model.relations import Holding
from netreach.packets.prefixes import Address, AddressError
from netreach.present._diagram_places import Places
from netreach.present._diagram_routes import internet
from netreach.present._drawing import Box, Style, key_of
from netreach.present._headline import headline
from netreach.present._hops import citations, mark_of
from netreach.present._ink import Mark
from netreach.present.page import label
from netreach.query.verdict import Verdict

_BLUE: Final = "#0072b2"
_ORANGE: Final = "#d55e00"

_THERE: Final = {"color": _BLUE, "fontcolor": _BLUE, "penwidth": "3", "constraint": "false"}
_BACK: Final = {"color": _BLUE, "style": "dashed", "penwidth": "2", "constraint": "false"}
#: Where the packet would have gone on.
_NEVER: Final = {"color": _ORANGE, "style": "dotted", "penwidth": "2", "constraint": "false"}
_END: Final = {"color": _BLUE, "penwidth": "3"}
_BLOCKED: Final = {"color": _ORANGE, "penwidth": "3", "shape": "box"}
_FILTER: Final = {
    "style": "filled",
    "fillcolor": "#fbe3d4",
    "fontcolor": "#7a3600",
}
_OUTSIDE: Final = {"style": "dashed", "color": "#8a8a8a"}

_SIGNS: Final = tuple(mark.value[0] for mark in Mark if mark is not Mark.PASSED)
_LEGEND: Final = (
    "solid: the way there, dashed: the way back, ✗: what stops it, !: what stops some of it"
)

#: Parts of these verdicts are drawn first.
_FIRST: Final = (Verdict.UNREACHABLE, Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.REACHABLE)
#: Components that have no place of their own: they filter, or show the way, at a subnet.
_PASSED_BY: Final = frozenset(
    {
        ComponentType.SECURITY_GROUP,
        ComponentType.NETWORK_ACL,
        ComponentType.ROUTE_TABLE,
        ComponentType.SUBNET,
        ComponentType.VPC,
        ComponentType.PREFIX_LIST,
        ComponentType.AWS_SERVICE,
    }
)
#: Components behind which sites are.
_SITES: Final = frozenset(
    {
        ComponentType.CUSTOMER_GATEWAY,
        ComponentType.DIRECT_CONNECT_GATEWAY,
        ComponentType.VIRTUAL_INTERFACE,
        ComponentType.CLIENT_VPN_ENDPOINT,
    }
)
_HOSTS: Final = (ComponentType.INTERFACE, ComponentType.INSTANCE)


class PathOverlay:
    """Draws the path of a report: of its first part that does not work, else of the first."""

    def __init__(self, report: Report) -> None:
        """Choose the part; nothing is drawn yet."""
        self._report = report
        self._part = min(report.parts, key=lambda part: _FIRST.index(part.verdict), default=None)

    @property
    def crossed(self) -> frozenset[str]:
        """Ids of the interfaces and instances that the path begins at, crosses or ends at."""
        part = self._part
        hops = (*part.forward, *part.returning) if part else ()
        components = (
            *(hop.component for hop in hops),
            self._report.source,
            self._report.destination,
        )
        return frozenset(one.id for one in components if one.type in _HOSTS)

    def draw(self, places: Places) -> None:
        """Draw the path over an estate."""
        places.drawing.lines[:0] = [headline(self._report), _LEGEND]
        part = self._part
        if part is None:
            for end in (self._report.source, self._report.destination):
                _emphasize(_node_of(end, places), _END, places)
            return
        source = _end(part, part.source_address, self._report.source, places, part.forward[:1])
        far = part.forward[-1:]
        destination = _end(part, part.destination_address, self._report.destination, places, far)
        blockers = self._report.explanations
        Leg(places, part, blockers, is_return=False).draw(part.forward, destination)
        Leg(places, part, blockers, is_return=True).draw(part.returning, source)
        for node in (source, destination):
            _emphasize(node, _END, places)


class Leg:
    """Draws one way: there, or back."""

    def __init__(
        self,
        places: Places,
        part: Part,
        blockers: Sequence[Explanation],
        *,
        is_return: bool,
    ) -> None:
        """Take what is known of the whole path."""
        self._places, self._part, self._blockers = places, part, blockers
        self._name = "return" if is_return else "forward"
        self._style = _BACK if is_return else _THERE

    def draw(self, hops: Sequence[Hop], destination: str) -> None:
        """Draw the hops of this way, each blocker on it, and where it should have ended."""
        cited = self._cited(hops)
        here, is_stopped = "", False
        for position, hop in enumerate(hops):
            codes = [str(self._blockers[number].code) for number in cited.get(position, ())]
            mark = mark_of(hop, self._part, is_cited=bool(codes))
            node = self._node(hop, mark)
            if node and here and node != here:
                self._arrow(here, node, is_stopped=is_stopped)
            if mark is not Mark.PASSED:
                _mark(node, mark, codes, self._places)
            is_stopped = mark in (Mark.BLOCKED, Mark.UNKNOWN)
            here = node or here
        if is_stopped and here != destination:
            self._arrow(here, destination, is_stopped=True)
        self._draw_others({number for numbers in cited.values() for number in numbers})

    def _cited(self, hops: Sequence[Hop]) -> dict[int, list[int]]:
        """Return, by the position of a hop, the numbers of the blockers that belong there."""
        numbered = list(enumerate(self._blockers))
        others = [(number, one) for number, one in numbered if not _is_of_groups(one)]
        cited = citations(self._part, hops, self._name, others)
        for number, blocker in numbered:
            if _is_of_groups(blocker) and self._concerns(blocker):
                for position, hop in enumerate(hops):
                    if _asks_groups(hop, blocker, self._places):
                        cited.setdefault(position, []).append(number)
        return cited

    def _arrow(self, tail: str, head: str, *, is_stopped: bool) -> None:
        self._places.drawing.edge(tail, head, style=_NEVER if is_stopped else self._style)

    def _node(self, hop: Hop, mark: Mark) -> str:
        """Return the node of a hop; filters and tables get one where they block only."""
        if hop.component.type not in _PASSED_BY:
            return _node_of(hop.component, self._places)
        if mark is Mark.PASSED:
            return ""
        box = self._places.subnet_box(hop.subnet, hop.vpc)
        return self._filter(hop.component, hop.direction, box)

    def _filter(self, component: Component, direction: str, box: Box) -> str:
        key = key_of(f"{box.key}/{self._name}/{direction}", component.id)
        lines = (f"{label(component.type)} {direction}".rstrip(), component.name, component.id)
        return self._places.drawing.node(key, box, dict.fromkeys(lines), _FILTER)

    def _draw_others(self, drawn: Collection[int]) -> None:
        """Draw the blockers of this way that no hop shows: the way never came so far."""
        for number, blocker in enumerate(self._blockers):
            if number not in drawn and self._concerns(blocker):
                _mark(self._other(blocker), Mark.BLOCKED, [str(blocker.code)], self._places)

    def _concerns(self, blocker: Explanation) -> bool:
        own = {self._part.source_address, self._part.destination_address}
        is_about = {blocker.source, blocker.destination} in (own, {""})
        return is_about and blocker.leg == self._name

    def _other(self, blocker: Explanation) -> str:
        component = blocker.component
        if component.type not in _PASSED_BY:
            return _node_of(component, self._places)
        return self._filter(component, blocker.direction, self._home(component))

    def _home(self, component: Component) -> Box:
        """Return the box of the subnet on the way that a table or ACL serves, else its VPC's."""
        places = self._places
        for subnet in self._subnets():
            serving = (places.relations.table_of(subnet), places.relations.acl_of(subnet))
            if component.id in (one.record.id for one in serving if one.record is not None):
                return places.subnet_box(subnet.id)
        found = places.snapshot.find(component.id)
        return places.vpc_box(getattr(found[1], "vpc", "") if found else "")

    def _subnets(self) -> Iterator[Subnet]:
        """Yield the subnets that this way comes to, or would come to."""
        part, subnets = self._part, self._places.snapshot.subnets
        for hop in (*part.forward, *part.returning):
            if hop.subnet in subnets:
                yield subnets[hop.subnet]
        for text in (part.destination_address, part.source_address):
            for holding in _holdings(text, self._places):
                if holding.subnet in subnets:
                    yield subnets[holding.subnet]


def _is_of_groups(blocker: Explanation) -> bool:
    """Tell whether an interface's groups block: the code's component is the interface."""
    return blocker.component.type is ComponentType.INTERFACE and bool(blocker.direction)


def _asks_groups(hop: Hop, blocker: Explanation, places: Places) -> bool:
    """Tell whether a hop asks a group of the interface that a blocker is about."""
    interface = places.snapshot.interfaces.get(blocker.component.id)
    return (
        hop.component.type is ComponentType.SECURITY_GROUP
        and hop.direction == blocker.direction
        and interface is not None
        and hop.component.id in interface.groups
    )


def _mark(node: str, mark: Mark, codes: Sequence[str], places: Places) -> None:
    """Mark a node as what blocks, and say by which codes."""
    drawn = places.drawing.nodes[node]
    if not drawn.lines[0].startswith(_SIGNS):
        drawn.lines = (f"{mark.value[0]} {drawn.lines[0]}", *drawn.lines[1:])
    drawn.lines = tuple(dict.fromkeys((*drawn.lines, *codes)))
    drawn.style |= _BLOCKED


def _emphasize(node: str, style: Style, places: Places) -> None:
    drawn = places.drawing.nodes[node]
    if drawn.style.get("penwidth") != _BLOCKED["penwidth"]:
        drawn.style |= style


def _end(part: Part, text: str, component: Component, places: Places, last: Sequence[Hop]) -> str:
    """Return the node of an end: who holds the address, else the component that was asked.

    An address behind a site is drawn as the site, which is the first or last hop.
    """
    for number in _holders(text, component, places):
        if number in places.node_by_id:
            return places.node_by_id[number]
    is_host = component.type is ComponentType.ADDRESS
    if is_host and any(hop.component.type is ComponentType.INTERNET for hop in part.forward):
        return internet(places)  # one host of it
    for hop in last if is_host else ():
        if hop.component.type in _SITES:
            return _node_of(hop.component, places)
    return _node_of(component, places)


def _holders(text: str, component: Component, places: Places) -> Iterator[str]:
    """Yield who holds an address; those that belong to the component before others."""
    holders = [holding.holder for holding in _holdings(text, places)]
    own = [one for one in holders if component.id in (one.id, getattr(one, "instance", ""))]
    yield from (one.id for one in (*own, *holders))


def _holdings(text: str, places: Places) -> list[Holding]:
    """Return who holds an end's address; nobody holds what is no address."""
    try:
        address = Address.parse(text)
    except AddressError:
        return []
    return list(places.relations.holders(address))


def _node_of(component: Component, places: Places) -> str:
    """Return the node of a component; what is not drawn gets a node outside of all boxes."""
    if component.type is ComponentType.INTERNET:
        return internet(places)
    if component.id in places.node_by_id:
        return places.node_by_id[component.id]
    target = key_of("target", component.id)
    if target in places.drawing.nodes:
        return target
    title = label(component.kind or component.type)
    lines = dict.fromkeys((title, component.name, component.id))
    return places.drawing.node(
        key_of("outside", component.id), places.drawing.root, lines, _OUTSIDE
    )
