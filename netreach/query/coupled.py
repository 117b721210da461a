"""What a flow adds up to where something has coupled services to client ports."""

from __future__ import annotations

from netreach.packets.couplings import PORTED, WITH_PORTS, Coupling, union
from netreach.packets.pool import Bounds
from netreach.packets.services import ServiceSet
from netreach.query.verdict import Outcome, Product, Question, Verdict, complete


def judge_coupled(
    question: Question, forward: Bounds, replies: Bounds, random: Bounds, coupling: Coupling
) -> Outcome:
    """Weigh one flow as `judge` does; the `coupling` says which services go with which ports.

    Here single services may fail at random, not whole protocols only.
    """
    awaited = question.replies()
    products = _products(forward.sure, replies.sure, awaited, coupling, is_sure=True)
    perhaps = _products(forward.maybe, replies.maybe, awaited, coupling, is_sure=False)
    portless = complete(forward.sure - WITH_PORTS, replies.sure)
    sure = portless | union(one.services for one in products)
    maybe = complete(forward.maybe - WITH_PORTS, replies.maybe) | union(
        one.services for one in perhaps
    )
    working = [one for one in products if one.services]
    returned = (replies.sure - WITH_PORTS) | union(one.clients for one in working)
    whole = _from_all(sure, products) - random.maybe
    if not sure:
        verdict = Verdict.UNKNOWN if maybe else Verdict.UNREACHABLE
    elif _works(question, whole):
        verdict = Verdict.REACHABLE
    else:
        # one flow: where all that is in doubt is whether every reply comes back, nobody knows
        maybe_whole = _from_all(sure if question.is_open else maybe, perhaps) - random.sure
        is_open = not whole and _works(question, maybe_whole)
        verdict = Verdict.UNKNOWN if is_open else Verdict.PARTIAL
    told = _told_apart([*working, Product(ServiceSet.empty(), portless)])
    return Outcome(verdict, Bounds(sure, maybe), returned, told)


def _told_apart(working: list[Product]) -> tuple[Product, ...]:
    """Return what works from which client ports, if services of one protocol differ in that."""
    clients: dict[ServiceSet, ServiceSet] = {}
    for one in working:
        if one.services:
            clients[one.services] = clients.get(one.services, ServiceSet.empty()) | one.clients
    protocols = [protocol for services in clients for protocol in services.protocols()]
    if len(set(protocols)) == len(protocols):
        return ()
    return tuple(Product(ports, services) for services, ports in clients.items())


def _products(
    forward: ServiceSet,
    replies: ServiceSet,
    awaited: ServiceSet,
    coupling: Coupling,
    *,
    is_sure: bool,
) -> list[Product]:
    """Return what works from every port that the client awaits replies to; maybe nothing."""
    found = []
    for protocol in PORTED:
        ports = awaited.of_protocol(protocol)
        services, left = forward.of_protocol(protocol), ports & replies
        found.append(Product(ports - replies, ServiceSet.empty()))
        for one in coupling:
            passing = one.services.sure if is_sure else one.services.maybe
            found.append(Product(left & one.clients, services & passing))
            left -= one.clients
        found.append(Product(left, services))
    return [one for one in found if one.clients]


def _from_all(services: ServiceSet, products: list[Product]) -> ServiceSet:
    """Return the services that work from every client port; only TCP and UDP have client ports."""
    for protocol in PORTED:
        block = ServiceSet.protocol(protocol)
        for one in products:
            if one.clients & block:
                services -= block - one.services
    return services


def _works(question: Question, services: ServiceSet) -> bool:
    """Tell whether what works from every client port is all that was asked; if open, anything."""
    return bool(services) if question.is_open else question.services <= services
