"""Selectors as the ends of a question: what they name, turned into interfaces and addresses.

What a text names is for `netreach.query.resolver` to say; what each kind of record stands for is in
`netreach.query.standings`.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Final

from msgspec import Struct

from netreach.errors import SelectorError
from netreach.fabric.endpoint import is_gateway
from netreach.fabric.links import SITE_KINDS, prefixes_of_site, sites_behind
from netreach.model.records import NetworkInterface
from netreach.model.relations import Relations
from netreach.model.services import ManagedService, VpcEndpoint
from netreach.packets.prefixes import Address, Prefix
from netreach.query.answers import of_managed
from netreach.query.dns import normal
from netreach.query.resolver import (
    Behind,
    Found,
    Group,
    Internet,
    Name,
    Namesakes,
    Place,
    Referent,
    Resolver,
    Service,
    group_of,
    several,
)
from netreach.query.standings import STANDINGS
from netreach.query.words import quoted


class Nature(StrEnum):
    """What an end is by nature."""

    RESOURCE = "resource"
    ADDRESS = "address"
    SET = "set"
    INTERNET = "internet"
    #: A DNS name or an AWS service: what it is depends on who asks.
    NAME = "name"
    #: Something that the model does not cover as an end, or that cannot be one.
    UNMODELLED = "unmodelled"
    #: A resource without any interface.
    BARE = "bare"


class Member(Struct, frozen=True):
    """One host of an end: an interface, or an address that no interface holds."""

    interface: str = ""
    #: The addresses to ask about; empty for an interface: all of its own.
    address: Address | None = None
    #: The VPC of an address that nobody holds.
    vpc: str = ""


class View(Struct, frozen=True):
    """What a name stands for in one VPC; "" is whatever lies outside them all."""

    vpc: str
    ends: tuple[End, ...]


class End(Struct, frozen=True):
    """One end of a question."""

    text: str
    nature: Nature
    kind: str
    id: str = ""
    name: str = ""
    members: tuple[Member, ...] = ()
    #: Literal prefixes outside the estate, as atoms of the internet or beyond.
    outside: tuple[Prefix, ...] = ()
    #: The VPC that a literal address was asked in, where it says so.
    vpc: str = ""
    #: The sites that it was asked at, where it says so: its addresses are theirs.
    sites: tuple[str, ...] = ()
    #: Why it is not covered, for Nature.UNMODELLED and Nature.BARE; of a name, why it is not
    #: known for every asking VPC.
    why: str = ""
    #: Of a name: what each asking VPC finds behind it.
    views: tuple[View, ...] = ()
    #: Why nobody knows which addresses of `outside` are meant; "" where all of them are.
    hidden: str = ""
    #: The full name of the AWS service that it is, if it is one.
    service: str = ""
    #: What was taken for granted to find it.
    notes: tuple[str, ...] = ()

    @property
    def is_set(self) -> bool:
        """Tell whether it stands for several flows by nature."""
        return self.nature in (Nature.SET, Nature.INTERNET)


class Selectors:
    """Resolves selectors as ends, against one snapshot."""

    def __init__(self, relations: Relations) -> None:
        """Index nothing yet: addresses are indexed when first needed."""
        self._relations = relations
        self._snapshot = relations.snapshot
        self._resolver = Resolver(relations, _MISSES)
        self.snapshot, self.names = relations.snapshot, self._resolver.dns

    def resolve(self, text: str) -> End:
        """Return the end that a selector means.

        Raises:
            SelectorError: it matches nothing, or several things where one is meant.
        """
        return self._end(text, self._resolver.resolve(text))

    def _end(self, text: str, referent: Referent) -> End:
        match referent:
            case Found():
                return self._of_record(text.removeprefix("name:"), referent)
            case Group():
                return self._of_group(text, referent)
            case Namesakes(name=name, found=found):
                what = f"resources bear the name {quoted(name)}"
                raise several(what, found, ", or for all of them with tag:Name=...")
            case Place() | Behind() | Prefix():
                return self._literal(text, referent)
            case Internet():
                return End(text, Nature.INTERNET, "internet", "internet", outside=_EVERYWHERE)
            case Service():
                return self._service(referent)
            case Name(text=name):
                return End(text, Nature.NAME, "dns-name", normal(name))

    def _service(self, service: Service) -> End:
        name = service.name
        if not service.is_known:
            raise self._resolver.nothing(name)
        return End(name, Nature.NAME, "aws-service", name)

    # -- what a record or a set of them means as an end

    def _of_record(self, text: str, found: Found) -> End:
        kind, record = found.kind, found.record
        standing = STANDINGS.get(kind)
        if isinstance(record, ManagedService):
            return self._of_managed(text, record)
        sites = sites_behind(self._snapshot, record.id) if kind in SITE_KINDS else ()
        if sites:
            return self._at_sites(text, found, sites)
        if standing is None:
            return _unmodelled(text, found)
        if standing.form:
            return self._of_group(text, group_of(self._resolver, record.id, kind=kind))
        if standing.address is not None:
            public = standing.address(self._relations, record.id)
            return _unmodelled(text, found) if public is None else self._address(text, public, "")
        members = tuple(Member(one.id) for one in standing.interfaces(self._relations, record.id))
        if members:
            return End(text, Nature.RESOURCE, kind, record.id, record.name, members)
        why = f"the snapshot holds no network interface of {record.id}"
        if isinstance(record, VpcEndpoint) and is_gateway(record):
            why = f"{record.id} is a gateway endpoint and has no address: ask for its service"
        return End(text, Nature.BARE, kind, record.id, record.name, why=why)

    def _of_managed(self, text: str, record: ManagedService) -> End:
        """Return the end of a database, cache, function ...: its interfaces, else its addresses."""
        found = of_managed(self._snapshot, record)
        name = record.name or record.service_name
        members = tuple(map(Member, found.interfaces))
        members = members or tuple(
            member
            for one in found.addresses
            for member in self._holders(one, record.vpc)
            if member.interface
        )
        why = "" if members else found.unknown or f"nobody holds the addresses of {record.id}"
        nature = Nature.RESOURCE if members else Nature.BARE
        return End(text, nature, record.kind, record.id, name, members, why=why)

    def _at_sites(self, text: str, found: Found, sites: tuple[str, ...]) -> End:
        """Return the end of what lies behind a gateway, as far as routes show it."""
        kind, record = found.kind, found.record
        shown = (prefix for site in sites for prefix in prefixes_of_site(self._snapshot, site))
        prefixes = tuple(dict.fromkeys(shown))
        if not prefixes:
            raise SelectorError(
                f"no route shows which addresses lie behind {quoted(text)}; "
                f"name one: {record.id}/192.168.5.7"
            )
        return End(text, Nature.SET, kind, record.id, record.name, outside=prefixes, sites=sites)

    def _of_group(self, text: str, group: Group) -> End:
        """Return the end of a set: what merely carries traffic for others is no part of it."""
        wanted = {
            interface.id
            for one in group.found
            if _is_host(one)
            for interface in STANDINGS[one.kind].interfaces(self._relations, one.record.id)
        }
        members = tuple(
            Member(one.id)
            for one in self._snapshot.interfaces.values()
            if one.id in wanted and one.interface_type not in _NO_ENDS
        )
        if not members and group.kind == "tag":
            raise self._no_host(text.removeprefix("tag:"))
        return End(text, Nature.SET, group.kind, group.id, group.name, members)

    def _no_host(self, tag: str) -> SelectorError:
        """Return the error that only other things than hosts bear a tag."""
        key = tag.partition("=")[0]
        values = self._resolver.tags[key].items()
        known = [f"{key}={value}" for value, found in values if any(map(_is_host, found))]
        return self._resolver.nothing(tag, known, "tag")

    # -- addresses

    def _literal(self, text: str, referent: Place | Behind | Prefix) -> End:
        match referent:
            case Place(address=address, vpc=vpc):
                return self._address(text, address, vpc)
            case Behind(sites=sites, target=target):
                return _behind(text, sites, target)
            case Prefix():
                return self._cidr(text, referent)

    def address(self, text: str, address: Address) -> End:
        """Return the end of an address that a name stands for."""
        return self._address(text, address, "")

    def _address(self, text: str, address: Address, vpc: str) -> End:
        """Return the end of a literal address: every holder of it, or the address alone."""
        members = self._holders(address, vpc)
        if vpc and not members:
            raise SelectorError(f"{address} lies outside {quoted(vpc)}; nearest: {address}")
        found = members or (Member(address=address),)
        return End(text, Nature.ADDRESS, "address", str(address), members=found, vpc=vpc)

    def _holders(self, address: Address, vpc: str) -> tuple[Member, ...]:
        """Return who holds an address; failing that, the VPCs in whose ranges it lies."""
        vpcs = {vpc} if vpc else set(self._snapshot.vpcs)
        held = self._held_at.get(address) or self._delegated(address)
        holders = [Member(i.id, address, i.vpc) for i in held if i.vpc in vpcs or not vpc]
        if holders:
            return tuple(holders)
        subnets = [
            Member("", address, subnet.vpc)
            for subnet in self._snapshot.subnets.values()
            if subnet.vpc in vpcs and any(p.contains(address) for p in subnet.prefixes)
        ]
        return tuple(subnets) or tuple(
            Member("", address, record.id)
            for record in self._snapshot.vpcs.values()
            if record.id in vpcs and any(p.contains(address) for p in record.prefixes)
        )

    def _cidr(self, text: str, prefix: Prefix) -> End:
        members = [
            Member(record.id, address)
            for address, records in self._held_at.items()
            if prefix.contains(address)
            for record in records
            if record.interface_type not in _NO_ENDS and _has_private(record, address)
        ]
        own = [p for vpc in self._snapshot.vpcs.values() for p in vpc.prefixes]
        inside = any(block.contains(prefix) for block in own)
        outside = () if inside else (prefix,)
        return End(text, Nature.SET, "cidr", str(prefix), members=tuple(members), outside=outside)

    # -- indexes

    def _delegated(self, address: Address) -> list[NetworkInterface]:
        """Return the interfaces to which a prefix around an address is delegated [RT-13]."""
        return [record for prefix, record in self._delegations if prefix.contains(address)]

    @cached_property
    def _delegations(self) -> list[tuple[Prefix, NetworkInterface]]:
        return [
            (p, record) for record in self._snapshot.interfaces.values() for p in record.delegated
        ]

    @cached_property
    def _held_at(self) -> dict[Address, list[NetworkInterface]]:
        found: dict[Address, list[NetworkInterface]] = {}
        for record in self._snapshot.interfaces.values():
            for held in record.addresses:
                found.setdefault(held.private, []).append(record)
                if held.public is not None:
                    found.setdefault(held.public, []).append(record)
        return found


def _behind(text: str, sites: tuple[str, ...], target: Address | Prefix) -> End:
    """Return the end of an address or CIDR that is said to be at a site."""
    if isinstance(target, Address):
        member = (Member(address=target),)
        return End(text, Nature.ADDRESS, "address", str(target), members=member, sites=sites)
    return End(text, Nature.SET, "cidr", str(target), outside=(target,), sites=sites)


def _unmodelled(text: str, found: Found) -> End:
    kind, record = found.kind, found.record
    why = f"a {kind} as an end of a path is not modelled yet"
    return End(text, Nature.UNMODELLED, kind, record.id, record.name, why=why)


def _is_host(found: Found) -> bool:
    return found.kind in STANDINGS and STANDINGS[found.kind].is_host


def _has_private(record: NetworkInterface, address: Address) -> bool:
    return any(held.private == address for held in record.addresses)


#: How it is told that nothing matches, by what was sought.
_MISSES: Final = {
    "tag": "no instance or interface has the tag {}",
    "service": "no AWS service is called {}",
    **{kind: f"no {kind} {{}} in the snapshot" for kind, one in STANDINGS.items() if one.form},
}
#: Interface types that are no ends of a set: they neither begin nor accept connections.
_NO_ENDS: Final = frozenset({"nat_gateway", "transit_gateway"})
_EVERYWHERE: Final = (Prefix(4, 0, 0), Prefix(6, 0, 0))

__all__ = ["End", "Member", "Nature", "Selectors"]
