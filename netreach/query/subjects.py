"""What `netreach show` can be asked about: records of every kind, addresses, CIDRs, sets.

The selectors are those of `netreach.query.resolver`; here they mean the records themselves, of
every kind, and nothing needs to be compiled.
"""

from __future__ import annotations

from msgspec import Struct

from netreach.fabric.addresses import is_announced
from netreach.model.records import InterfaceAddress, NetworkInterface
from netreach.model.relations import Relations
from netreach.packets.prefixes import Address, Prefix
from netreach.query.referents import (
    Behind,
    Found,
    Group,
    Internet,
    Name,
    Namesakes,
    Place,
    Service,
)
from netreach.query.resolver import (
    Resolver,
    several,
)
from netreach.query.words import quoted


class Matches(Struct, frozen=True):
    """What a selector that stands for a set matches."""

    #: What the records are to the selector: "carries sg-1".
    what: str
    found: tuple[Found, ...]


Subject = Found | Matches | Place | Prefix


class Subjects:
    """Resolves selectors against one snapshot."""

    def __init__(self, relations: Relations) -> None:
        """Index nothing yet."""
        self._relations = relations
        self._resolver = Resolver(relations)

    def resolve(self, text: str) -> Subject:
        """Return what a selector means.

        Raises:
            SelectorError: it matches nothing, or several things where one is meant.
        """
        match self._resolver.resolve(text):
            case Group(what=what, found=found):
                return Matches(what, found)
            case Namesakes() as namesakes:
                return _named(namesakes)
            case Internet():
                return self._internet()
            case Service() as service:
                return self._service(service)
            case Name(text=name):
                return self._named_by_dns(name)
            case Behind(target=target):
                return Place(target) if isinstance(target, Address) else target
            case subject:
                return subject

    def _named_by_dns(self, name: str) -> Matches:
        """Return what bears a DNS name, or the zones that hold it."""
        found = tuple(Found(kind, record) for kind, record in self._resolver.dns.bearers(name))
        if not found:
            raise self._resolver.nothing(name)
        return Matches(f"bears the DNS name {quoted(name)}", found)

    def _internet(self) -> Matches:
        """Return the doors to the internet and who has a public address there."""
        gateways = (
            Found(kind, record)
            for kind, record in self._relations.everything()
            if kind in ("internet-gateway", "egress-only-internet-gateway")
        )
        faces = (
            Found("network-interface", one)
            for one in self._relations.snapshot.interfaces.values()
            if any(self._is_public(one, held) for held in one.addresses)
        )
        return Matches("faces the internet", (*gateways, *faces))

    def _is_public(self, interface: NetworkInterface, held: InterfaceAddress) -> bool:
        """Tell whether the internet may know an address: a public one, or an announced IPv6 one."""
        snapshot = self._relations.snapshot
        return held.public is not None or is_announced(snapshot, interface.vpc, held.private)

    def _service(self, service: Service) -> Matches:
        if not service.prefix_lists:
            raise self._resolver.nothing(service.name)
        return Matches(f"is the AWS service {service.name}", service.prefix_lists)


def _named(namesakes: Namesakes) -> Matches:
    name = quoted(namesakes.name)
    if namesakes.is_set:
        return Matches(f"bears the name {name}", namesakes.found)
    raise several(f"resources bear the name {name}", namesakes.found, ", or all with name:...")


__all__ = ["Found", "Matches", "Place", "Subject", "Subjects"]
