"""Couplings: which services go with which client ports, where something reads both ports.

Most filters read one port of a packet. What passes them is then a product: a set of services and,
apart from it, a set of client ports. A rule that names both ports couples the two: from these ports
these services pass, from those ports others. A coupling lists what such rules have said so far.
Client ports are points of the axis of services, as replies to them are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from netreach.packets.services import TCP, UDP, Bounds, ServiceSet

#: The protocols that have ports, and all of their services.
PORTED: Final = (TCP, UDP)
WITH_PORTS: Final = ServiceSet.protocol(TCP) | ServiceSet.protocol(UDP)


class Coupled(NamedTuple):
    """What some client ports of one protocol are left with."""

    clients: ServiceSet
    #: Of the same protocol; everything of it is surely left to ports that are not listed at all.
    services: Bounds

    @property
    def block(self) -> ServiceSet:
        """Everything of its protocol."""
        return whole_protocol(self.clients)


#: Client ports listed at most once, those with equal services together, in order of their ports.
Coupling = tuple[Coupled, ...]


def whole_protocol(members: ServiceSet) -> ServiceSet:
    """Return everything of the one protocol with ports that all members belong to."""
    return ServiceSet.protocol(next(p for p in PORTED if members.of_protocol(p)))


def coupling_of(found: Iterable[Coupled]) -> Coupling:
    """Return the coupling of client ports that are told apart already."""
    listed: dict[Bounds, ServiceSet] = {}
    for clients, services in found:
        if clients and services.sure != whole_protocol(clients):
            listed[services] = listed.get(services, ServiceSet.empty()) | clients
    # services of another protocol are other services, unless there are none: those stay apart
    apart = [
        Coupled(clients.of_protocol(protocol), services)
        for services, clients in listed.items()
        for protocol in PORTED
        if clients.of_protocol(protocol)
    ]
    return tuple(sorted(apart, key=lambda one: one.clients.intervals))


def both_ways(left: Coupling, right: Coupling) -> Coupling:
    """Return what two couplings together leave."""
    found = [
        Coupled(a.clients & b.clients, Bounds(*_met(a.services, b.services)))
        for a in left
        for b in right
    ]
    for mine, theirs in ((left, right), (right, left)):
        others = union(one.clients for one in theirs)
        found += [Coupled(one.clients - others, one.services) for one in mine]
    return coupling_of(found)


def services_through(coupling: Coupling, clients: ServiceSet) -> Bounds:
    """Return the services that some of these client ports are left with."""
    sure = maybe = ServiceSet.everything()
    for protocol in PORTED:
        ports = clients.of_protocol(protocol)
        coupled = [one for one in coupling if one.clients & ports]
        if not coupled or ports - union(one.clients for one in coupled):
            continue
        block = ServiceSet.protocol(protocol)
        sure = (sure - block) | union(one.services.sure for one in coupled)
        maybe = (maybe - block) | union(one.services.maybe for one in coupled)
    return Bounds(sure, maybe)


def clients_through(coupling: Coupling, services: ServiceSet) -> Bounds:
    """Return the client ports that are left with some of these services; other replies stay."""
    sure = maybe = ServiceSet.everything()
    for one in coupling:
        sure = sure if one.services.sure & services else sure - one.clients
        maybe = maybe if one.services.maybe & services else maybe - one.clients
    return Bounds(sure, maybe)


def cells(within: ServiceSet, sets: Sequence[ServiceSet]) -> list[tuple[ServiceSet, list[bool]]]:
    """Cut a set where others begin or end; return each part with which of them its members are in.

    Parts whose members are in the same sets are one.

    >>> [(str(part), inside) for part, inside in cells(
    ...     ServiceSet.ports(TCP, 1, 9), [ServiceSet.ports(TCP, 3, 4)])]
    [('tcp 1-2, tcp 5-9', [False]), ('tcp 3-4', [True])]
    """
    cuts = sorted({cut for one in sets for low, high in one for cut in (low, high + 1)})
    parts: dict[tuple[bool, ...], list[tuple[int, int]]] = {}
    for first, last in within:
        begins = [first, *cuts[bisect_right(cuts, first) : bisect_right(cuts, last)]]
        for begin, end in zip(begins, [*(b - 1 for b in begins[1:]), last], strict=True):
            parts.setdefault(tuple(begin in one for one in sets), []).append((begin, end))
    return [(ServiceSet.of(found), list(inside)) for inside, found in parts.items()]


def union(sets: Iterable[ServiceSet]) -> ServiceSet:
    """Return the members of any of the sets."""
    return ServiceSet.of(interval for one in sets for interval in one)


def _met(left: Bounds, right: Bounds) -> tuple[ServiceSet, ServiceSet]:
    return left.sure & right.sure, left.maybe & right.maybe
