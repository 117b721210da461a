"""The judge: asks the walk about one service, port by port, and weighs what it hears.

It shares nothing with the engine, is written from the AWS documentation alone, and prefers being
obvious to being fast.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from itertools import product
from typing import Final

from tests.oracle import balancer
from tests.oracle.appliance import MODES, Mode
from tests.oracle.filters import TCP, UDP
from tests.oracle.hybrid_world import as_interface
from tests.oracle.journey import (
    NAT_PORTS,
    Arrival,
    Session,
    cut,
    is_on_the_internet,
    reply_to,
)
from tests.oracle.question import Question
from tests.oracle.verdict import (
    CANNOT_INITIATE,
    DELIVERED_ELSEWHERE,
    SERVICE_PORT,
    Fork,
    Interval,
    Leg,
    NotModelledError,
    Ruling,
    StopError,
    UndecidedError,
    Verdict,
)
from tests.oracle.vpc_services import services_at, switched_off
from tests.oracle.walk import Walk
from tests.oracle.world import (
    GATEWAY_ENDPOINT,
    INTERFACE_ENDPOINT,
    UNHELD,
    Address,
    Interface,
    Packet,
    World,
)

INTERNET: Final = "internet"


@dataclass(frozen=True)
class Case:
    """What is asked, in full."""

    world: World
    client: Interface | None
    asked: Packet
    client_ports: Interval
    destination_vpc: str | None


def answer(world: World, question: Question) -> Ruling:
    """Judge one question."""
    return settle(case_of(world, question))[0]


def settle(case: Case) -> tuple[Ruling, Mapping[Hashable, int]]:
    """Judge a case, and say what hosts on its way are taken to do: what serves it best."""
    try:
        return _explore(case, {}), {}
    except UndecidedError as fork:  # it is the same on all ways, so it comes before other forks
        options = [{fork.key: MODES.index(mode)} for mode in _preferred(case)]
        rulings = [_explore(case, option) for option in options]
        best = max(rulings, key=lambda ruling: _MERIT.index(ruling.verdict))  # the first of equals
        return best, options[rulings.index(best)]


def _preferred(case: Case) -> list[Mode]:
    """Return what appliances may do, first what is told if it makes no difference.

    Hosts on the internet are asked with another address, hosts inside as it is.
    """
    asked = case.asked.destination
    unheard = asked in case.world.unused_public or case.world.hides(asked)
    is_outside = is_on_the_internet(asked) and not unheard
    return sorted(MODES, key=lambda mode: mode.translates != is_outside)


def case_of(world: World, question: Question) -> Case:
    """Return all that a question is about."""
    source = ip_address(question.source_address)
    client = _client(world, question.source, source)
    if client is not None and client.id not in world.interfaces:
        world = replace(world, interfaces={**world.interfaces, client.id: client})
    asked = Packet(
        source, ip_address(question.destination), question.protocol, question.port, question.code
    )
    return Case(world, client, asked, question.client_ports, question.destination_vpc)


def _client(world: World, source: str, address: Address) -> Interface | None:
    """Return who asks: an interface, one made up for an address that nobody holds, or nobody."""
    if source == INTERNET:
        return None
    if source in world.interfaces:
        return world.interfaces[source]
    if source in world.hybrid.sites:
        return as_interface(source)
    subnet = world.subnet_of(source, address)
    return Interface(UNHELD, source, subnet.id if subnet else "", (address,), has_groups=False)


# -- the worlds and the addresses that a flow forks over


def _explore(case: Case, assumed: Mapping[Hashable, int]) -> Ruling:
    """Judge the case, once for every option of whatever turns out to be undecided."""
    what: set[str] = set()
    return _either(_worlds(case, assumed, what), what)


def _worlds(case: Case, assumed: Mapping[Hashable, int], what: set[str]) -> list[Ruling]:
    """Return what each possible world comes to, and add to `what` is open between them.

    Something missing makes a flow unknown, which beside one that works is partial. But of ways one
    is taken by all flows together, and what holds whichever it is is the answer.
    """
    try:
        return [_of_each_port(case, assumed)]
    except UndecidedError as fork:
        if fork.kind is Fork.BEST:
            raise
        options = [_worlds(case, {**assumed, fork.key: n}, what) for n in range(fork.count)]
        if fork.kind is Fork.EITHER:
            return [_either([ruling for option in options for ruling in option], {fork.what})]
        if fork.kind is Fork.WAYS:
            what.add(fork.what)
            return list(dict.fromkeys(ruling for option in options for ruling in option))
        combine = _of_one_flow if fork.kind is Fork.PORTS else _every
        return list(dict.fromkeys(combine(list(rulings)) for rulings in product(*options)))


def _of_each_port(case: Case, assumed: Mapping[Hashable, int]) -> Ruling:
    """Judge the client's ports apart wherever a firewall may tell them apart."""
    rulings = [_judge(part, Walk(part.world, assumed)) for part in by_port(case)]
    return rulings[0] if len(rulings) == 1 else _of_one_flow(rulings)


def _of_one_flow(rulings: list[Ruling]) -> Ruling:
    """Combine what some ports of a flow come to and what others do."""
    return replace(_every(rulings), verdict=one_flow([ruling.verdict for ruling in rulings]))


def by_port(case: Case) -> list[Case]:
    """Cut a case wherever a firewall may tell the client's ports apart."""
    ports, cuts = case.client_ports, case.world.inspection.cuts
    parts = cut(ports, cuts) if case.asked.protocol in (TCP, UDP) else [ports]
    return [replace(case, client_ports=part) for part in parts]


def _either(rulings: list[Ruling], what: set[str]) -> Ruling:
    """Combine worlds of which one is true: what they agree on holds, else nobody knows."""
    seen = tuple(sorted({address for ruling in rulings for address in ruling.sees}))
    first = replace(rulings[0], sees=seen)
    if any(ruling.verdict != first.verdict for ruling in rulings):
        missing = {name for ruling in rulings for name in ruling.missing} | what
        return Ruling(Verdict.UNKNOWN, sees=seen, missing=tuple(sorted(missing)))
    if any(ruling.good_client_ports != first.good_client_ports for ruling in rulings):
        return replace(first, good_client_ports=None)
    return first


def _every(rulings: list[Ruling]) -> Ruling:
    """Combine flows that all happen: the design's rule for several flows."""
    verdict = several([ruling.verdict for ruling in rulings])
    kept = next((ruling for ruling in rulings if ruling.code), rulings[0])
    ports = [ruling.good_client_ports for ruling in rulings if ruling.good_client_ports]
    return Ruling(
        verdict,
        good_client_ports=_union([interval for some in ports for interval in some]),
        code=kept.code,
        leg=kept.leg,
        sees=tuple(sorted({seen for ruling in rulings for seen in ruling.sees})),
        missing=tuple(sorted({name for ruling in rulings for name in ruling.missing})),
        crossed=frozenset(kind for ruling in rulings for kind in ruling.crossed),
    )


#: The better, the later.
_MERIT: Final = (Verdict.UNREACHABLE, Verdict.UNKNOWN, Verdict.PARTIAL, Verdict.REACHABLE)


def several(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict of several flows together."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    if Verdict.REACHABLE in verdicts or Verdict.PARTIAL in verdicts:
        return Verdict.PARTIAL
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.UNREACHABLE


def one_flow(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict of all ports of one flow: nobody knows it if all of them may work."""
    if set(verdicts) == {Verdict.REACHABLE, Verdict.UNKNOWN}:
        return Verdict.UNKNOWN
    return several(verdicts)


def _union(intervals: list[Interval]) -> tuple[Interval, ...] | None:
    """Merge intervals that overlap or touch."""
    merged: list[Interval] = []
    for first, last in sorted(intervals):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged) or None


# -- one flow


def _judge(case: Case, walk: Walk) -> Ruling:
    """Judge one flow in one world."""
    try:
        at_once = never_leaves(case, walk)
        if at_once is not None:
            return at_once
        walk.own_port = case.client_ports[0]
        arrival = walk.forward(case.client, case.asked, case.destination_vpc)
    except StopError as stop:
        return Ruling(Verdict.UNREACHABLE, code=stop.code, leg=Leg.FORWARD)
    except NotModelledError as unknown:
        return Ruling(Verdict.UNKNOWN, missing=(unknown.what,))
    return replace(
        _judge_return(case, walk, arrival),
        sees=(str(arrival.packet.source),),
        crossed=frozenset(walk.crossed),
    )


def never_leaves(case: Case, walk: Walk) -> Ruling | None:
    """Answer what no filter and no route ever sees [LAB-8, SG-12, NA-9]."""
    client, asked = case.client, case.asked
    if client is None or client.is_site:
        return None
    if client.kind == INTERFACE_ENDPOINT:  # it answers and begins nothing [EP-1]
        raise StopError(CANNOT_INITIATE)
    services = services_at(case.world, client.vpc, asked.destination)
    own = any(host.holds(asked.destination) for host in _same_host(case.world, client))
    if services is None and not own:
        return None
    walk.check_state(client)
    if own and case.destination_vpc not in (None, client.vpc):
        raise StopError(DELIVERED_ELSEWHERE)  # the host takes it for itself
    off = switched_off(case.world, client.vpc, client.instance, asked.destination)
    if off is not None:
        raise StopError(off)
    if services is not None and (asked.protocol, asked.port) not in services:
        raise StopError(SERVICE_PORT)
    ports = (case.client_ports,) if asked.protocol in (TCP, UDP) else None
    return Ruling(Verdict.REACHABLE, ports, sees=(str(asked.source),))


def _same_host(world: World, client: Interface) -> list[Interface]:
    if client.instance is None:
        return [client]
    return [i for i in world.interfaces.values() if i.instance == client.instance]


@dataclass(frozen=True)
class Reply:
    """One part of the way back: to whoever sent the packet on as his own, or to the client."""

    sender: Interface | None
    packet: Packet  # which it answers
    session: Session | None  # whose it is; None for the client's


@dataclass(frozen=True)
class Answers:
    """Replies that bear one port: as far back as the next NAT gateway, which picks its own."""

    replies: tuple[Reply, ...]
    is_random: bool
    ports: Interval = NAT_PORTS  # of those that it picked, if it is one


def answers(walk: Walk, arrival: Arrival) -> list[Answers]:
    """Return the parts of the way back, the first one first."""
    found: list[Answers] = []
    sender, packet, since = arrival.holder, arrival.packet, list[Reply]()
    for number, session in reversed(list(enumerate(walk.sessions))):
        since.append(Reply(sender, packet, session))
        if session.picks_ports:
            picked = walk.picked_ports.get(number, NAT_PORTS)
            found.append(Answers(tuple(since), is_random=True, ports=picked))
            since = []
        sender, packet = session.back, session.before
    return [*found, Answers((*since, Reply(sender, packet, None)), is_random=False)]


def carry(walk: Walk, case: Case, reply: Reply, packet: Packet) -> None:
    """Carry one reply to where it belongs."""
    walk.own_port = reply.packet.port
    if reply.session is not None and reply.session.is_link:
        return  # nothing is between a balancer's node and an endpoint [EP-5]
    if reply.session is None:
        walk.back_to_client(reply.sender, packet, case.client, case.asked)
    elif reply.session.keeps_client and reply.sender and reply.sender.kind != GATEWAY_ENDPOINT:
        balancer.give_back(walk, reply.session, reply.sender, packet)
    else:
        walk.back_to(reply.session, reply.sender, packet)


def _judge_return(case: Case, walk: Walk, arrival: Arrival) -> Ruling:
    """Follow the replies: to each NAT gateway on its own ports, then to the client on its ports."""
    flawed: Ruling | None = None  # a NAT gateway that loses some of its ports' replies
    for part in answers(walk, arrival):
        ruling = _replies(case, walk, part)
        if not part.is_random:
            works = ruling.verdict in (Verdict.REACHABLE, Verdict.PARTIAL)
            if flawed and works:
                return replace(flawed, good_client_ports=ruling.good_client_ports)
            return ruling
        if ruling.verdict not in (Verdict.REACHABLE, Verdict.PARTIAL):
            return replace(ruling, good_client_ports=None)
        if ruling.verdict is Verdict.PARTIAL:
            flawed = flawed or ruling
    raise AssertionError("the last part is the client's")


def _replies(case: Case, walk: Walk, part: Answers) -> Ruling:
    """Send a reply to each port that could make a difference, and weigh their fates."""
    packet, ports = part.replies[0].packet, part.ports if part.is_random else case.client_ports
    has_ports = packet.protocol in (TCP, UDP)
    fates = [(ends, _fate(case, walk, part, ends)) for ends in classes(case.world, packet, ports)]
    good = [ends for ends, fate in fates if fate.verdict is Verdict.REACHABLE]
    verdict = one_flow([fate.verdict for _, fate in fates])
    bad = next((fate for _, fate in fates if fate.code or fate.missing), None)
    return Ruling(
        verdict,
        _union(good) if has_ports else None,
        code=bad.code if bad else None,
        leg=bad.leg if bad else None,
        missing=bad.missing if bad and verdict is not Verdict.UNREACHABLE else (),
    )


def classes(world: World, packet: Packet, ports: Interval) -> list[Interval]:
    """Cut a range of ports wherever some rule of some ACL or firewall begins or ends."""
    if packet.protocol not in (TCP, UDP):
        return [(0, 0)]
    cuts = set(world.inspection.cuts)
    for entries in world.acl_of_subnet.values():
        for entry in entries:
            if entry.ports is not None:
                cuts |= {entry.ports[0], entry.ports[1] + 1}
    return cut(ports, cuts)


def _fate(case: Case, walk: Walk, part: Answers, ends: Interval) -> Ruling:
    """Carry the reply to the first and to the last port of a class; they must fare alike."""
    fates = [_one_fate(case, walk, part, port) for port in dict.fromkeys(ends)]
    if any(fate != fates[0] for fate in fates):
        raise AssertionError(f"the judge cut its ports badly: {part} {ends} {fates}")
    return fates[0]


def _one_fate(case: Case, walk: Walk, part: Answers, port: int) -> Ruling:
    missing: list[str] = []
    for reply in part.replies:
        packet = reply_to(reply.packet, port)
        try:
            if packet is not None:
                carry(walk, case, reply, packet)
        except StopError as stop:  # a definite blocker beats what nobody knows
            return Ruling(Verdict.UNREACHABLE, code=stop.code, leg=Leg.RETURN)
        except NotModelledError as unknown:
            missing.append(unknown.what)
    if missing:
        return Ruling(Verdict.UNKNOWN, missing=tuple(missing))
    return Ruling(Verdict.REACHABLE)
