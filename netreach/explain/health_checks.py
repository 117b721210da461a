"""Health checks: can a balancer's nodes reach its targets where they test them [LB-1, LB-2]?

A node tests each target from its own address, whoever the clients are and whether or not targets
see those: its groups' outbound rules, the ACLs, and the target's groups must let that pass. What
fails its checks gets nothing as long as others pass theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from netreach.explain.blockers import Blockers
from netreach.explain.evidence import Reading
from netreach.explain.hops import HopMaker
from netreach.explain.remedies import Remedies
from netreach.explain.second_walk import walk_again
from netreach.explain.traces import AddressNames, PacketStep
from netreach.fabric.load_balancer_compile import crosses_zones
from netreach.fabric.load_balancer_targets import (
    ANYWHERE,
    Candidate,
    Node,
    Place,
    TargetPlaces,
    balancer_nodes,
    primary_address,
)
from netreach.fabric.origins import Origins
from netreach.fabric.vocabulary import Kind
from netreach.model.services import BalancerKind, Target, TargetGroup
from netreach.packets.batch import NO_ROW, column, filled
from netreach.packets.services import TCP, ServiceSet
from netreach.query.flow_batch import FlowBatch
from netreach.query.flows import Asker
from netreach.query.trips import VERDICTS
from netreach.query.verdict import Question, Verdict
from netreach.query.words import safe

#: How many checks one answer walks, and how many it tells of.
_ASKED: Final = 20
_TOLD: Final = 5
#: The ports that nodes send from.
_OWN_PORTS: Final = (1024, 65535)
#: Nobody tests what is not in use, nor functions; a balancer behind answers for its own targets.
_UNTESTED: Final = frozenset({"unused", "draining"})
_TESTED_KINDS: Final = frozenset({"instance", "ip"})
_SAID: Final = {
    Verdict.UNREACHABLE: "cannot reach",
    Verdict.PARTIAL: "do not always reach",
}


class Check(NamedTuple):
    """One test of one target by one node."""

    node: Node
    group: TargetGroup
    target: Target
    place: Place
    port: int


def failing_checks(
    origins: Origins, reading: Reading, steps: Sequence[PacketStep]
) -> Iterator[str]:
    """Yield a sentence for each target of the balancers on a way that is not tested properly."""
    checks = list(_checks(origins, steps))[:_ASKED]
    failing: list[str] = []
    for port in dict.fromkeys(check.port for check in checks):
        some = [check for check in checks if check.port == port]
        failing += _failing(origins, reading, some, port)
    yield from failing[:_TOLD]
    if len(failing) > _TOLD:
        yield f"health checks of {len(failing) - _TOLD} more targets do not arrive either"


def _checks(origins: Origins, steps: Iterable[PacketStep]) -> Iterator[Check]:
    """Yield the tests of the nodes that a way crosses, those that seem to fail first."""
    rows = dict.fromkeys(s.row for s in steps if s.kind is Kind.LOAD_BALANCER and s.row != NO_ROW)
    if not rows:
        return
    fabric = origins.fabric
    nodes = balancer_nodes(fabric.snapshot)
    places = TargetPlaces(fabric.snapshot, fabric.book.axis, nodes, fabric.rows.interfaces)
    found = [check for row in rows for check in _of_node(nodes, places, origins, row)]
    yield from sorted(found, key=lambda check: check.target.health == "healthy")


def _of_node(
    nodes: dict[str, Node], places: TargetPlaces, origins: Origins, row: int
) -> Iterator[Check]:
    node = nodes.get(origins.interface(row).id)  # a gateway balancer's is none of them
    balancer = node and node.balancer
    if node is None or balancer is None or balancer.kind is BalancerKind.CLASSIC:
        return
    named = (one for listener in balancer.listeners or () for one in listener.target_groups)
    known = (origins.fabric.snapshot.target_groups.get(one) for one in dict.fromkeys(named))
    own, enabled = places.zone_of(node.interface), places.enabled(balancer)
    for group in known:
        if group is None or group.target_kind not in _TESTED_KINDS:
            continue
        zones = (*enabled, ANYWHERE) if crosses_zones(balancer, group) else (own, ANYWHERE)
        for candidate in places.of_group(group, node.interface.vpc):
            check = _check(node, group, candidate)
            if check is not None and check.place.zone in zones:
                yield check


def _check(node: Node, group: TargetGroup, candidate: Candidate) -> Check | None:
    """Return how a target is tested: where its traffic goes, unless its group says otherwise."""
    target, place = candidate.target, candidate.place
    port = group.health_port or target.port or group.port
    if place is None or port is None or target.health in _UNTESTED:
        return None
    return Check(node, group, target, place, port)


# -- asking


def _failing(
    origins: Origins, reading: Reading, checks: Sequence[Check], port: int
) -> Iterator[str]:
    """Ask whether tests of one port arrive and are answered; tell of those that are not."""
    fabric = origins.fabric
    question = Question(ServiceSet.ports(TCP, port, port), _OWN_PORTS)
    asked = [check for check in checks if _own_address(origins, check) != NO_ROW]
    flows = _flows(origins, asked)
    if not asked:
        return
    verdicts = Asker(fabric, question).ask(flows).verdict_of_flow(len(asked))
    for position, check in enumerate(asked):
        said = _SAID.get(VERDICTS[int(verdicts[position])])
        if said is not None:
            flow = flows.at(column([position]))
            codes = ", ".join(_codes(origins, reading, question, flow))
            yield _sentence(origins, check, said, codes)


def _own_address(origins: Origins, check: Check) -> int:
    axis = origins.fabric.book.axis
    own = primary_address(check.node.interface, axis.family(check.place.atom))
    return NO_ROW if own is None else axis.locate(own)


def _flows(origins: Origins, checks: Sequence[Check]) -> FlowBatch:
    """Return tests as flows: from nodes' own addresses, from their interfaces."""
    fabric = origins.fabric
    rows = column([fabric.rows.interfaces[check.node.interface.id] for check in checks])
    nobody = filled(len(checks), NO_ROW)
    return FlowBatch(
        source_interface=rows,
        vpc=fabric.interfaces.columns.vpc[rows],
        subnet=fabric.interfaces.columns.subnet[rows],
        source=column([_own_address(origins, check) for check in checks]),
        destination=column([check.place.atom for check in checks]),
        site=nobody,
        expected=column([check.place.interface for check in checks]),
        chooser=nobody,
        choice=nobody,
    )


def _codes(
    origins: Origins, reading: Reading, question: Question, flow: FlowBatch
) -> dict[str, None]:
    """Return the codes of what stands in a test's way."""
    names = AddressNames(origins.fabric)
    maker = HopMaker(origins, reading, names)
    blockers = Blockers(origins, maker, names, Remedies(origins, names))
    again = walk_again(origins.fabric, question, flow)
    blockers.collect(again.forward, "forward", is_open=False)
    blockers.collect(again.returning, "return", is_open=False)
    return dict.fromkeys(str(one.code) for one in blockers.found)


def _sentence(origins: Origins, check: Check, said: str, codes: str) -> str:
    axis = origins.fabric.book.axis
    here = axis.first_address(_own_address(origins, check))
    there = str(axis.first_address(check.place.atom))
    target = safe(check.target.id)
    who = there if target == there else f"{target} ({there})"
    group = safe(check.group.name or check.group.group_name or check.group.id)
    return (
        f"health checks of {group} from {here} {said} {who} on tcp {check.port}: "
        f"{codes or 'no answer gets back'}"
    )
