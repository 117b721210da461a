"""Endpoints that inspect: firewalls', and appliances' behind Gateway Load Balancers [NF-5, EP-4].

What passes comes out at the endpoint again. A firewall follows connections at each endpoint by
itself: it must see both directions of one, or else nobody knows, but for TCP that it did not see
begin, which it drops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle import gateway_balancer
from tests.oracle import verdict as codes
from tests.oracle.filters import TCP, YES
from tests.oracle.firewall import stateful, stateless
from tests.oracle.journey import Arrival
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError
from tests.oracle.walls import DROP, FORWARD, PASS, Policy, Wall
from tests.oracle.world import Packet

if TYPE_CHECKING:
    from tests.oracle.walk import Walk


@dataclass(frozen=True)
class Sighting:
    """What a firewall's endpoint remembers of a packet on its way there."""

    wall: str
    packet: Packet
    is_followed: bool  # by the stateful engine
    by_rule: bool  # a rule has passed it, not the want of one


def reach(walk: Walk, name: str, vpc: str, packet: Packet) -> Arrival:
    """Take what a route sends to an endpoint."""
    wall = walk.world.inspection.walls.get(name)
    if wall is None or not wall.is_recorded or wall.subnet not in walk.world.subnets:
        raise NotModelledError(name)
    subnet = walk.world.subnets[wall.subnet]
    if subnet.vpc != vpc:
        raise StopError(codes.BAD_STATE_ATTACHMENT)
    walk.sender = None  # groups do not know whom it is from any more [SG-9]
    walk.acl(subnet.id, packet, egress=False)  # even from the same subnet [NA-8]
    if not wall.is_ready:
        walk.refuse_state(wall.id)
    _check_family(walk, wall, packet)
    if wall.firewall is not None:
        _inspect(walk, wall, wall.firewall, packet)
    else:
        walk.by_appliances |= walk.leg is Leg.FORWARD
        gateway_balancer.hand_over(walk, wall, packet)
    walk.cross("appliances' endpoint" if wall.firewall is None else "firewall")
    return walk.depart(subnet, packet)


def _check_family(walk: Walk, wall: Wall, packet: Packet) -> None:
    """Ask whether an endpoint takes IPv6 at all [EP-4]."""
    takes_six = wall.takes_six
    if wall.firewall is None:
        takes_six = gateway_balancer.takes_six(walk.world, wall)
    if packet.destination.version == 4 or takes_six:
        return
    if takes_six is None:
        _wonder(walk, f"IPv6 at {wall.id}", codes.GWLB_TAKES_NO_IPV6)
    else:
        walk.refuse(codes.GWLB_TAKES_NO_IPV6)


def _inspect(walk: Walk, wall: Wall, firewall: str, packet: Packet) -> None:
    policy = walk.world.inspection.policies[firewall]
    if policy is None:
        _wonder(walk, f"policy of {firewall}", codes.FIREWALL_RULES)
        if walk.leg is Leg.FORWARD:
            walk.sightings.append(Sighting(wall.id, packet, is_followed=True, by_rule=True))
    elif walk.leg is Leg.FORWARD:
        _begin(walk, wall, policy, packet)
    else:
        _answer(walk, wall, policy, packet)


def _wonder(walk: Walk, what: str, code: str) -> None:
    """Go on in one world, and not in the other, where nobody knows."""
    if walk.suppose(("wonder", what, walk.leg), Fork.EITHER, 2, what) != YES:
        walk.refuse(code)


def _begin(walk: Walk, wall: Wall, policy: Policy, packet: Packet) -> None:
    action, by_rule, is_followed = stateless(walk, policy, packet), False, False
    if action == FORWARD:
        decision = stateful(walk, policy, packet)
        action, by_rule, is_followed = decision.action, decision.by_rule, True
    if action == DROP:
        walk.refuse(codes.FIREWALL_RULES)
        by_rule, is_followed = True, True  # had it been let through
    walk.sightings.append(Sighting(wall.id, packet, is_followed, by_rule))


def _answer(walk: Walk, wall: Wall, policy: Policy, packet: Packet) -> None:
    """Let an answer through, if this endpoint has followed what it answers [NF-5]."""
    seen = _seen(walk, wall, packet)
    action = stateless(walk, policy, packet)
    if action == DROP:
        walk.refuse(codes.FIREWALL_RULES)
        return
    is_followed = seen is not None and seen.is_followed
    if action == PASS:
        if is_followed:  # one direction only
            _wonder(walk, f"half of a connection at {wall.id}", codes.FIREWALL_ASYMMETRIC)
    elif not is_followed:
        if packet.protocol == TCP and policy.drops_midstream:
            walk.refuse(codes.FIREWALL_ASYMMETRIC)
        else:
            _wonder(walk, f"no beginning at {wall.id}", codes.FIREWALL_ASYMMETRIC)
    elif seen is not None and not seen.by_rule and stateful(walk, policy, packet).action == DROP:
        decision = stateful(walk, policy, packet)
        if decision.by_rule:  # nobody says whether answers are spared such a rule
            _wonder(walk, f"answers to what no rule passed at {wall.id}", codes.FIREWALL_RULES)


def _seen(walk: Walk, wall: Wall, packet: Packet) -> Sighting | None:
    """Return what the endpoint remembers of whom this answers, by both addresses."""
    for sighting in reversed(walk.sightings):
        ends = (sighting.packet.destination, sighting.packet.source)
        if sighting.wall == wall.id and ends == (packet.source, packet.destination):
            walk.answered.add(sighting)
            return sighting
    return None


def check_both_ways(walk: Walk) -> None:
    """Wonder about answers that have gone around an endpoint which follows the connection."""
    for sighting in walk.sightings:
        if sighting.is_followed and sighting not in walk.answered:
            _wonder(walk, f"answers around {sighting.wall}", codes.FIREWALL_ASYMMETRIC)
