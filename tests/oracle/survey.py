"""Every blocker of a question: a walk that filters and states do not stop.

Where routing ends it, the way back is walked as if the packet had arrived, if somebody of the
estate would have got it as it then was.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import product

from tests.oracle import verdict as codes
from tests.oracle.judge import NAT_PORTS, Case, classes, never_leaves
from tests.oracle.verdict import Fork, Leg, NotModelledError, StopError, UndecidedError
from tests.oracle.walk import Arrival, Session, Walk, is_on_the_internet, reply_to
from tests.oracle.world import Interface, Packet

#: What is in the way, on which leg.
Blocker = tuple[Leg, str]
#: Where nobody's answer could be waited for, though somebody holds the address.
_SILENT = (
    codes.DELIVERED_ELSEWHERE,
    codes.NGW_NO_SESSION,
    codes.ROUTING_LOOP,
    codes.SERVICE_PORT,
)

#: What tells nothing of replies to a packet that did not arrive: it may have come otherwise.
_IDLE = (codes.ADDRESS_NOT_HELD, codes.REPLY_FROM_OTHER)


def blockers_by_world(case: Case) -> list[frozenset[Blocker]]:
    """Return all blockers, once for each world that the snapshot leaves possible."""
    return list(dict.fromkeys(_explore(case, {})))


def _explore(case: Case, assumed: Mapping[Hashable, int]) -> Iterator[frozenset[Blocker]]:
    survey = Survey(case.world, assumed)
    try:
        survey.of(case)
    except UndecidedError as fork:
        worlds = [list(_explore(case, {**assumed, fork.key: n})) for n in range(fork.count)]
        if fork.kind is Fork.EITHER:
            yield from (found for world in worlds for found in world)
        else:  # each happens to some connection: what is in the way of any counts
            yield from (frozenset[Blocker]().union(*together) for together in product(*worlds))
    else:
        yield frozenset(survey.found)


class Survey(Walk):
    """A walk that writes down what stops it, and goes on where it can."""

    found: list[Blocker]

    def of(self, case: Case) -> None:
        """Walk there and back."""
        self.found, self._told, self._is_supposed = [], set[str](), False
        try:
            if never_leaves(case, self) is not None:
                return
            arrival: Arrival | None = self.forward(case.client, case.asked, case.destination_vpc)
        except StopError as stop:
            self.found.append((Leg.FORWARD, stop.code))
            arrival = None if stop.code in _SILENT else self._as_if_arrived(case)
        except NotModelledError:
            arrival = self._as_if_arrived(case)
        if arrival is not None and reply_to(case.asked, 0) is not None:
            self._back(case, arrival)

    def refuse(self, code: str) -> None:
        """Write down what a filter or a state says."""
        if not self.is_empty or code == codes.BAD_STATE:
            self.found.append((self.leg, code))

    def insist(self, *problems: tuple[bool, str]) -> None:
        """Write down all that a gateway objects to, and stop if there is anything."""
        self.found += [(self.leg, code) for is_wrong, code in problems if is_wrong]
        super().insist(*problems)

    def check_state(self, interface: Interface) -> None:
        """Write down an interface's state once."""
        if interface.id not in self._told:
            before = len(self.found)
            super().check_state(interface)
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
        holder_here = self.world.holder(case.destination_vpc or vpc or "", packet.destination)
        if holder_here is None and packet.destination.version == 6:  # found from anywhere
            home = self.world.vpc_of(packet.destination)
            holder_here = self.world.holder(home.id, packet.destination) if home else None
        if holder_here is None or holder_here.is_nat:  # which answers nobody
            return None
        return Arrival(packet, holder_here)

    def _back(self, case: Case, arrival: Arrival) -> None:
        sender, packet = arrival.holder, arrival.packet
        self.leg = Leg.RETURN
        if sender is not None:
            self.check_state(sender)
        for session in reversed(self.sessions):

            def to_nat(
                reply: Packet, sender: Interface | None = sender, session: Session = session
            ) -> None:
                self.back_to_nat(sender, reply, session)

            if not self._all_arrive(case, packet, NAT_PORTS, to_nat):
                return
            sender, packet = session.nat.as_interface(), session.before

        def to_client(reply: Packet) -> None:
            self.back_to_client(sender, reply, case.client, case.asked)

        self._all_arrive(case, packet, case.client_ports, to_client)

    def _all_arrive(
        self, case: Case, packet: Packet, ports: tuple[int, int], carry: Callable[[Packet], None]
    ) -> bool:
        """Carry a reply of each class of ports; say whether routing let them through."""
        replies = [reply_to(packet, first) for first, _ in classes(case.world, packet, ports)]
        ends = [self._end(reply, carry) for reply in replies if reply is not None]
        self.found += [(Leg.RETURN, end) for end in ends if end]
        return bool(ends) and not any(end is None or end for end in ends)

    def _end(self, reply: Packet, carry: Callable[[Packet], None]) -> str | None:
        """Return what ends a reply's way, nothing if it arrives, None where nobody knows."""
        try:
            carry(reply)
        except StopError as stop:
            is_idle = self._is_supposed and stop.code in _IDLE
            return None if is_idle else stop.code
        except NotModelledError:
            return None
        return ""
