"""The judge: asks the walk about one service, port by port, and weighs what it hears.

It shares nothing with the engine, is written from the AWS documentation alone, and prefers being
obvious to being fast.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Final

from tests.oracle.filters import TCP, UDP
from tests.oracle.question import Question
from tests.oracle.verdict import (
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
from tests.oracle.walk import Arrival, Session, Walk, reply_to
from tests.oracle.world import Address, Interface, Packet, World

INTERNET: Final = "internet"
NAT_PORTS: Final = (1024, 65535)

DNS: Final = ((TCP, 53), (UDP, 53))
METADATA: Final = ((TCP, 80),)
TIME: Final = ((UDP, 123),)
#: What neither filter sees, in every VPC, on exactly these services [SG-12, NA-9].
VPC_SERVICES: Final = {
    ip_address("169.254.169.253"): DNS,
    ip_address("fd00:ec2::253"): DNS,
    ip_address("169.254.169.254"): METADATA,
    ip_address("fd00:ec2::254"): METADATA,
    ip_address("169.254.169.123"): TIME,
    ip_address("fd00:ec2::123"): TIME,
}


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
    return _explore(case_of(world, question), {})


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
    subnet = world.subnet_of(source, address)
    return Interface("unheld", source, subnet.id if subnet else "", (address,), has_groups=False)


# -- the worlds and the addresses that a flow forks over


def _explore(case: Case, assumed: Mapping[Hashable, int]) -> Ruling:
    """Judge the case, once for every option of whatever turns out to be undecided."""
    try:
        return _judge(case, Walk(case.world, assumed))
    except UndecidedError as fork:
        rulings = [_explore(case, {**assumed, fork.key: n}) for n in range(fork.count)]
        if fork.kind is Fork.EITHER:
            return _either(rulings, fork.what)
        return _every(rulings)


def _either(rulings: list[Ruling], what: str) -> Ruling:
    """Combine worlds of which one is true: what they agree on holds, else nobody knows."""
    seen = {address for ruling in rulings for address in ruling.sees}
    first = replace(rulings[0], sees=tuple(sorted(seen)))
    if any(ruling.verdict != first.verdict for ruling in rulings):
        missing = {name for ruling in rulings for name in ruling.missing} | {what}
        return Ruling(Verdict.UNKNOWN, missing=tuple(sorted(missing)))
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
    )


def several(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict of several flows together."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    if Verdict.REACHABLE in verdicts or Verdict.PARTIAL in verdicts:
        return Verdict.PARTIAL
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.UNREACHABLE


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
        arrival = walk.forward(case.client, case.asked, case.destination_vpc)
    except StopError as stop:
        return Ruling(Verdict.UNREACHABLE, code=stop.code, leg=Leg.FORWARD)
    except NotModelledError as unknown:
        return Ruling(Verdict.UNKNOWN, missing=(unknown.what,))
    return replace(_judge_return(case, walk, arrival), sees=(str(arrival.packet.source),))


def never_leaves(case: Case, walk: Walk) -> Ruling | None:
    """Answer what no filter and no route ever sees [LAB-8, SG-12, NA-9]."""
    client, asked = case.client, case.asked
    if client is None:
        return None
    services = _vpc_services(case.world, client.vpc, asked.destination)
    own = any(host.holds(asked.destination) for host in _same_host(case.world, client))
    if services is None and not own:
        return None
    walk.check_state(client)
    if own and case.destination_vpc not in (None, client.vpc):
        raise StopError(DELIVERED_ELSEWHERE)  # the host takes it for itself
    if services is not None and (asked.protocol, asked.port) not in services:
        raise StopError(SERVICE_PORT)
    ports = (case.client_ports,) if asked.protocol in (TCP, UDP) else None
    return Ruling(Verdict.REACHABLE, ports, sees=(str(asked.source),))


def _vpc_services(world: World, vpc: str, address: Address) -> tuple[tuple[int, int], ...] | None:
    """Return what the VPC itself serves at the address; base+2 is its resolver [HY-8]."""
    if address == world.vpcs[vpc].prefixes[0].network_address + 2:
        return DNS
    return VPC_SERVICES.get(address)


def _same_host(world: World, client: Interface) -> list[Interface]:
    if client.instance is None:
        return [client]
    return [i for i in world.interfaces.values() if i.instance == client.instance]


def _judge_return(case: Case, walk: Walk, arrival: Arrival) -> Ruling:
    """Follow the replies: to each NAT gateway on its own ports, then to the client on its ports."""
    sender, packet = arrival.holder, arrival.packet
    flawed: Ruling | None = None  # a NAT gateway that loses some of its ports' replies
    for session in reversed(walk.sessions):

        def to_nat(
            reply: Packet, sender: Interface | None = sender, session: Session = session
        ) -> None:
            walk.back_to_nat(sender, reply, session)

        part = _replies(case.world, packet, NAT_PORTS, to_nat)
        if part.verdict not in (Verdict.REACHABLE, Verdict.PARTIAL):
            return replace(part, good_client_ports=None)
        if part.verdict is Verdict.PARTIAL:
            flawed = flawed or part
        sender, packet = session.nat.as_interface(), session.before

    def to_client(reply: Packet) -> None:
        walk.back_to_client(sender, reply, case.client, case.asked)

    part = _replies(case.world, packet, case.client_ports, to_client)
    if flawed and part.verdict in (Verdict.REACHABLE, Verdict.PARTIAL):
        return replace(flawed, good_client_ports=part.good_client_ports)
    return part


def _replies(
    world: World, packet: Packet, ports: Interval, carry: Callable[[Packet], None]
) -> Ruling:
    """Send a reply to each port that could make a difference, and weigh their fates."""
    has_ports = packet.protocol in (TCP, UDP)
    fates = [(ends, _fate(packet, ends, carry)) for ends in classes(world, packet, ports)]
    good = [ends for ends, fate in fates if fate.verdict is Verdict.REACHABLE]
    verdict = several([fate.verdict for _, fate in fates])
    bad = next((fate for _, fate in fates if fate.code or fate.missing), None)
    return Ruling(
        verdict,
        _union(good) if has_ports else None,
        code=bad.code if bad else None,
        leg=bad.leg if bad else None,
        missing=bad.missing if bad and verdict is not Verdict.UNREACHABLE else (),
    )


def classes(world: World, packet: Packet, ports: Interval) -> list[Interval]:
    """Cut a range of ports wherever some rule of some ACL begins or ends."""
    if packet.protocol not in (TCP, UDP):
        return [(0, 0)]
    first, last = ports
    cuts = {first}
    for entries in world.acl_of_subnet.values():
        for entry in entries:
            if entry.ports is not None:
                cuts |= {entry.ports[0], entry.ports[1] + 1}
    begins = sorted(cut for cut in cuts if first <= cut <= last)
    return list(zip(begins, [begin - 1 for begin in begins[1:]] + [last], strict=True))


def _fate(packet: Packet, ends: Interval, carry: Callable[[Packet], None]) -> Ruling:
    """Carry the reply to the first and to the last port of a class; they must fare alike."""
    fates = [_one_fate(packet, port, carry) for port in dict.fromkeys(ends)]
    if any(fate != fates[0] for fate in fates):
        raise AssertionError(f"the judge cut its ports badly: {packet} {ends} {fates}")
    return fates[0]


def _one_fate(packet: Packet, port: int, carry: Callable[[Packet], None]) -> Ruling:
    reply = reply_to(packet, port)
    if reply is None:
        return Ruling(Verdict.REACHABLE)
    try:
        carry(reply)
    except StopError as stop:
        return Ruling(Verdict.UNREACHABLE, code=stop.code, leg=Leg.RETURN)
    except NotModelledError as unknown:
        return Ruling(Verdict.UNKNOWN, missing=(unknown.what,))
    return Ruling(Verdict.REACHABLE)
