"""Hosts that pass on what is not for them: NAT instances, firewalls, routers [NT-7, RT-10..13].

What they do with a packet is their own setting, so a way is walked once for each thing they may
do, and the best of these counts; what is assumed of the first is assumed of all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tests.oracle import verdict as codes
from tests.oracle.journey import Arrival, Session, is_on_the_internet
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError
from tests.oracle.world import Address, Interface, Packet

if TYPE_CHECKING:
    from tests.oracle.walk import Walk


@dataclass(frozen=True)
class Mode:
    """What an appliance does: with its own address or not, by its other interface or not."""

    translates: bool = False
    crosses: bool = False


#: In order of preference where several serve alike.
MODES: Final = (Mode(), Mode(translates=True), Mode(crosses=True), Mode(True, True))
MODE: Final = "what appliances do"


def reach(walk: Walk, name: str, vpc: str, subnet: str | None, packet: Packet) -> Arrival:
    """Take what a route sends to an interface; without a subnet it has come in by a gateway."""
    interface = walk.world.interfaces.get(name)
    if interface is None:
        raise NotModelledError(name)
    if interface.holds(packet.destination):
        return walk.deliver(vpc, packet, subnet)
    from_outside = subnet is None and is_on_the_internet(packet.source)
    if from_outside and packet.source.version == 4 and not interface.public:
        raise StopError(codes.INGRESS_NO_PUBLIC_IP)
    walk.acl(interface.subnet, packet, egress=False)
    if walk.leg is Leg.FORWARD:
        walk.groups(interface, packet, egress=False)
    walk.check_state(interface)
    if interface.check:
        raise StopError(codes.SOURCE_DEST_CHECK)
    others = walk.world.siblings(interface)
    if len(others) > 1 or not interface.is_modelled:  # nobody knows by which one it leaves
        raise NotModelledError(interface.id)
    other = others[0] if others else None
    return _pass_on(walk, interface, other, packet)


def _pass_on(walk: Walk, came_by: Interface, other: Interface | None, packet: Packet) -> Arrival:
    walk.cross("appliance")
    walk.sender = None  # whoever sent it, groups see the appliance at best [SG-9]
    mode = _mode(walk, came_by, other, packet)
    leaving = other if mode.crosses and other else came_by
    own = _own_address(walk, leaving, packet) if mode.translates else None
    if own is not None and walk.leg is Leg.FORWARD:
        walk.sessions.append(Session(leaving, came_by, packet, own, is_nat=False))
        packet, walk.sender = replace(packet, source=own), leaving
        walk.cross("appliance that translates")
    if leaving != came_by:
        walk.cross("appliance with two interfaces")
        walk.check_state(leaving)
    if leaving.check and not leaving.holds(packet.source):
        raise StopError(codes.SOURCE_DEST_CHECK)
    if walk.leg is Leg.FORWARD:
        walk.groups(leaving, packet, egress=True)
    return walk.leave(leaving, packet)


def _mode(walk: Walk, came_by: Interface, other: Interface | None, packet: Packet) -> Mode:
    """Return what this appliance does; the first one on the way settles it for all."""
    if walk.mode is None and walk.leg is Leg.FORWARD:
        asked = MODES[walk.suppose(MODE, Fork.BEST, len(MODES), came_by.id)]
        crosses = asked.crosses and other is not None
        leaving = other if crosses and other else came_by
        translates = asked.translates and _own_address(walk, leaving, packet) is not None
        walk.mode = Mode(translates, crosses)
    return walk.mode or Mode()


def _own_address(walk: Walk, interface: Interface, packet: Packet) -> Address | None:
    """Return the address that it would put on a packet; a public source needs no other."""
    if is_on_the_internet(packet.source) and not walk.world.hides(packet.source):
        return None
    own = (a for a in interface.addresses if a.version == packet.source.version)
    return next(own, None)
