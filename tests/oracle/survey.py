"""Every blocker of a question: a walk that filters and states do not stop.

Where routing ends it, the way back is walked as if the packet had arrived, if somebody of the
estate would have got it as it then was.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from tests.oracle import verdict as codes
from tests.oracle.appliance import MODE, MODES
from tests.oracle.journey import Arrival, is_on_the_internet, reply_to
from tests.oracle.judge import (
    Answers,
    Case,
    Reply,
    answers,
    by_port,
    carry,
    classes,
    never_leaves,
    settle,
)
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError, UndecidedError
from tests.oracle.walk import Walk
from tests.oracle.world import Interface, Packet

#: What is in the way, on which leg.
Blocker = tuple[Leg, str]
#: The same with what is not in service, of which that is told once.
Named = tuple[Leg, str, str]
#: Where nobody's answer could be waited for, though somebody holds the address.
_SILENT = (
    codes.DELIVERED_ELSEWHERE,
    codes.NGW_NO_SESSION,
    codes.ROUTING_LOOP,
    codes.SERVICE_PORT,
    codes.NO_LISTENER,
    codes.NO_TARGETS,
    codes.NO_TARGETS_IN_ZONE,
    codes.CLIENT_KEPT,
    codes.ELB_NO_LISTENER,
    codes.ZONE_NOT_ENABLED,
    codes.NOT_CROSSING,
    codes.VPCE_ZONE,
)

#: What tells nothing of replies to a packet that did not arrive: it may have come otherwise.
_IDLE = (codes.ADDRESS_NOT_HELD, codes.REPLY_FROM_OTHER, codes.DELIVERED_ELSEWHERE)


#: The blockers of each world that the snapshot leaves possible.
Worlds = list[frozenset[Blocker]]


def blockers_by_way(case: Case) -> list[Worlds]:
    """Return all blockers; once if it is settled what appliances on the way do, else for each mode.

    It is not if the packet gets to none. And if it does in some possible worlds only, somebody who
    walks all worlds together may tell of several modes: then those of the others come behind.
    """
    _, settled = settle(case)
    others: list[dict[Hashable, int]] = [{MODE: number} for number in range(len(MODES))]
    try:
        found = _worlds(case, settled)
    except UndecidedError:
        return [_worlds(case, mode) for mode in others]
    is_alone = len(found) == 1 or not settled
    return [found] if is_alone else [found, *(_worlds(case, mode) for mode in others)]


def _worlds(case: Case, assumed: Mapping[Hashable, int]) -> Worlds:
    """Return the blockers of each world; a state is told once for all of them, there if it can."""
    worlds = list(_explore(case, assumed))
    told = {(code, name) for world in worlds for leg, code, name in world if leg is Leg.FORWARD}
    return list(dict.fromkeys(frozenset(_told_once(world, told)) for world in worlds))


def _told_once(world: frozenset[Named], told: set[tuple[str, str]]) -> Iterator[Blocker]:
    for leg, code, name in world:
        yield Leg.FORWARD if name and (code, name) in told else leg, code


def _explore(case: Case, assumed: Mapping[Hashable, int]) -> Iterator[frozenset[Named]]:
    surveys = [(part, Survey(part.world, assumed)) for part in by_port(case)]
    try:
        for part, survey in surveys:
            survey.of(part)
    except UndecidedError as fork:
        if fork.kind is Fork.BEST:
            raise
        worlds = [set(_explore(case, {**assumed, fork.key: n})) for n in range(fork.count)]
        if fork.kind in (Fork.EITHER, Fork.WAYS):
            yield from set[frozenset[Named]]().union(*worlds)
            return
        together = {frozenset[Named]()}
        for world in worlds:  # each happens to some connection: what is in the way of any counts
            together = {before | more for before in together for more in world}
        yield from together
    else:
        yield frozenset(found for _, survey in surveys for found in survey.found)


class Survey(Walk):
    """A walk that writes down what stops it, and goes on where it can."""

    found: list[Named]

    def of(self, case: Case) -> None:
        """Walk there and back."""
        self.found, self._told, self._is_supposed, self._whose = [], set[str](), False, ""
        try:
            if never_leaves(case, self) is not None:
                return
            self.own_port = case.client_ports[0]
            arrival: Arrival | None = self.forward(case.client, case.asked, case.destination_vpc)
        except StopError as stop:
            self._note(Leg.FORWARD, stop.code)
            arrival = None if stop.code in _SILENT else self._as_if_arrived(case)
        except NotModelledError:
            arrival = self._as_if_arrived(case)
        if self.is_empty:  # nothing that could be answered got there
            return
        if arrival is not None and reply_to(case.asked, 0) is not None:
            self._back(case, arrival)

    def _note(self, leg: Leg, code: str) -> None:
        """Write down what ended a way, unless it is written down already."""
        if code and not any(one[:2] == (leg, code) for one in self.found):
            self.found.append((leg, code, ""))

    def refuse(self, code: str) -> None:
        """Write down what a filter or a state says."""
        if not self.is_empty or code == codes.BAD_STATE:
            self.found.append((self.leg, code, self._whose))

    def refuse_state(self, name: str) -> None:
        """Write down that something is not in service, once."""
        if name not in self._told:
            self._whose = name
            super().refuse_state(name)
            self._whose = ""
            self._told.add(name)

    def insist(self, *problems: tuple[bool, str], whose: str = "") -> None:
        """Write down all that a gateway objects to, its own state once, and stop if any."""
        wrong = [code for is_wrong, code in problems if is_wrong]
        is_told = whose in self._told
        self.found += [(self.leg, c, whose) for c in wrong if c == codes.BAD_STATE and not is_told]
        self.found += [(self.leg, c, "") for c in wrong if c != codes.BAD_STATE]
        self._told |= {whose} if codes.BAD_STATE in wrong else set()
        super().insist(*problems)

    def doubt(self, what: str) -> None:
        """Go on: nobody says that it is in the way."""
        del what

    def refuses_third(self, peering: str) -> bool:
        """Leave out what nobody says to be in the way."""
        del peering
        return False

    def check_state(self, interface: Interface) -> None:
        """Write down an interface's state once."""
        if interface.id not in self._told:
            before, self._whose = len(self.found), interface.id
            super().check_state(interface)
            self._whose = ""
            self._told |= {interface.id} if len(self.found) > before else set()

    def _as_if_arrived(self, case: Case) -> Arrival | None:
        """Return where the packet would have arrived, had routing not ended its way."""
        self._is_supposed = True
        if self.at is None:
            return None
        packet, vpc = self.at
        found = self.world.public_holder(packet.destination)
        if found is not None:
            if packet.destination.version == 4 and not is_on_the_internet(packet.source):
                return None  # nobody knows as whom it would have come out
            holder, private = found
            if holder.is_nat:  # which answers nobody
                return None
            arrived = Packet(packet.source, private, packet.protocol, packet.port, packet.code)
            return Arrival(arrived, holder)
        is_behind = any(
            one.is_balancer or one.is_link for one in self.sessions
        )  # of whom it was asked
        home_vpc = vpc if is_behind else case.destination_vpc or vpc
        holder_here = self.world.holder(home_vpc or "", packet.destination)
        if holder_here is None and packet.destination.version == 6:  # found from anywhere
            home = self.world.vpc_of(packet.destination)
            if home and not home.hides(packet.destination):
                holder_here = self.world.holder(home.id, packet.destination)
        if holder_here is None or holder_here.is_nat:  # which answers nobody
            return None
        return Arrival(packet, holder_here)

    def _back(self, case: Case, arrival: Arrival) -> None:
        self.leg = Leg.RETURN
        if arrival.holder is not None:
            self.check_state(arrival.holder)
        for part in answers(self, arrival):
            for reply in part.replies:
                if not self._all_arrive(case, part, reply):
                    return

    def _all_arrive(self, case: Case, part: Answers, reply: Reply) -> bool:
        """Carry a reply of each class of ports; say whether routing let them through."""
        ports = part.ports if part.is_random else case.client_ports
        replies = [
            reply_to(reply.packet, first) for first, _ in classes(case.world, reply.packet, ports)
        ]
        ends = [self._end(case, reply, packet) for packet in replies if packet is not None]
        for end in ends:
            self._note(Leg.RETURN, end or "")
        return bool(ends) and not any(end is None or end for end in ends)

    def _end(self, case: Case, reply: Reply, packet: Packet) -> str | None:
        """Return what ends a reply's way, nothing if it arrives, None where nobody knows."""
        try:
            carry(self, case, reply, packet)
        except StopError as stop:
            is_idle = self._is_supposed and stop.code in _IDLE and not stop.always
            is_written = stop.code == codes.BAD_STATE
            return None if is_idle or is_written else stop.code
        except NotModelledError:
            return None
        return ""
