"""Selectors as the ends of a question: what they name, turned into interfaces and addresses.

What a text names is for `netreach.query.resolver` to say; what each kind of record stands for is in
`netreach.query.standings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.fabric.links import SITE_KINDS, prefixes_of_site, sites_behind
from netreach.model.connections import AttachmentKind, TransitAttachment
from netreach.model.records import Instance, NetworkInterface, PrefixList, Resource, Unmodelled
from netreach.model.relations import Relations
from netreach.model.services import (
    EndpointService,
    LoadBalancer,
    ManagedService,
    MirrorSession,
    TargetGroup,
)
from netreach.packets.prefixes import Address, Prefix
from netreach.query.door_ends import EVERYWHERE, DoorEnds
from netreach.query.elsewhere import Elsewhere
from netreach.query.end import End, Member, Nature, View
from netreach.query.list_names import is_list_only, notes_of_lists
from netreach.query.managed import of_managed
from netreach.query.referents import (
    Behind,
    Found,
    Group,
    Internet,
    Name,
    Namesakes,
    Place,
    Referent,
    Service,
)
from netreach.query.resolver import (
    Resolver,
    group_of,
    several,
)
from netreach.query.standings import STANDINGS, is_classic
from netreach.query.target_ends import end_of_targets
from netreach.query.words import quoted
from netreach.query.zones import normal


class Selectors:
    """Resolves selectors as ends, against one snapshot."""

    def __init__(self, relations: Relations) -> None:
        """Index nothing yet: addresses are indexed when first needed."""
        self._relations = relations
        self._snapshot = relations.snapshot
        self._resolver = Resolver(relations, _MISSES)
        self._elsewhere = Elsewhere(relations.snapshot)
        self.snapshot, self.names = relations.snapshot, self._resolver.dns
        self._doors = DoorEnds(relations, self.names.services)

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
                return End(text, Nature.INTERNET, "internet", "internet", outside=EVERYWHERE)
            case Service():
                return self._service(referent)
            case Name(text=name):
                return End(text, Nature.NAME, "dns-name", normal(name))

    def _service(self, service: Service) -> End:
        name = service.name
        is_list = is_list_only(name) and not self.names.services.offers(name)
        if service.prefix_lists and (not service.is_known or is_list):
            return self._of_lists(name, service.prefix_lists)
        if not service.is_known:
            raise self._resolver.nothing(name)
        return End(name, Nature.NAME, "aws-service", name)

    # -- what a record or a set of them means as an end

    def _of_record(self, text: str, found: Found) -> End:
        kind, record = found.kind, found.record
        standing = STANDINGS.get(kind)
        special = self._of_connection(text, found)
        if special is not None:
            return special
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
        name = _called(record)
        if members:
            return End(text, Nature.RESOURCE, kind, record.id, name, members)
        why = f"the snapshot holds no network interface of {record.id}"
        if isinstance(record, Instance) and is_classic(record):
            why = (
                f"{record.id} is in no subnet and has no network interface: EC2-Classic and "
                "ClassicLink, which AWS has retired, are not covered"
            )
        return End(text, Nature.BARE, kind, record.id, name, why=why)

    def _of_connection(self, text: str, found: Found) -> End | None:
        """Return the end of what hosts lie behind; None where the record is nothing of that."""
        match found.record:
            case ManagedService() as record:
                return self._of_managed(text, record)
            case PrefixList():
                return self._of_lists(text, (found,))
            case EndpointService() as record:
                name = record.name or record.service
                return End(text, Nature.NAME, "vpc-endpoint-service", record.id, name)
            case MirrorSession():
                return replace(_unmodelled(text, found), why=_ONLY_OF_PATHS)
            case TransitAttachment() as record:
                return self._behind_attachment(text, record)
            case TargetGroup() as record:
                return end_of_targets(self._relations, text, record)
        return self._doors.end(text, found)

    def _behind_attachment(self, text: str, record: TransitAttachment) -> End:
        """Return the end of a transit gateway attachment: the hosts of what it attaches."""
        whose = End(text, Nature.BARE, "transit-gateway-attachment", record.id, record.name)
        if record.kind is AttachmentKind.PEERING:
            raise SelectorError(
                f"{quoted(text)} leads to another transit gateway: name the VPC or the attachment "
                "there whose hosts you mean"
            )
        if record.kind is AttachmentKind.CONNECT:
            return self._at_sites(text, Found(whose.kind, record), (record.id,))
        attached = self._snapshot.find(record.resource)
        if record.kind is AttachmentKind.UNKNOWN:
            return _unmodelled(text, Found(whose.kind, record))
        if attached is None:
            return replace(whose, why=f"the snapshot lacks {record.resource or 'what it attaches'}")
        end = self._of_record(text, Found(*attached))
        return replace(end, kind=whose.kind, id=whose.id, name=whose.name)

    def _of_lists(self, text: str, lists: Sequence[Found]) -> End:
        """Return the end of prefix lists: what is at the addresses that they hold."""
        kind, records = "prefix-list", [one.record for one in lists]
        known = [one for one in records if isinstance(one, PrefixList)]
        number, name = known[0].id, known[0].name or known[0].list_name
        parts = [self._cidr(text, p) for one in known for p in one.entries or ()]
        lacking = next((one for one in known if one.entries is None or one.doubt), None)
        if lacking is not None:
            why = lacking.doubt or f"the snapshot lacks the entries of {lacking.id}"
            return End(text, Nature.BARE, kind, number, name, why=why)
        members = tuple(dict.fromkeys(m for part in parts for m in part.members))
        outside = tuple(dict.fromkeys(p for part in parts for p in part.outside))
        notes = notes_of_lists(one.list_name for one in known)
        return End(text, Nature.SET, kind, number, name, members, outside, notes=notes)

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
        return End(
            text, nature, record.kind, record.id, name, members, why=why, choice=found.choice
        )

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
        why = "" if members else self._elsewhere.why(address)
        if why:
            return End(text, Nature.BARE, "address", str(address), why=why)
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


def _called(record: Resource) -> str:
    """Return what people call a record: as its tag says, else a balancer by its own name."""
    own = record.balancer_name if isinstance(record, LoadBalancer) else ""
    return record.name or own


def _unmodelled(text: str, found: Found) -> End:
    kind, record = found.kind, found.record
    if kind in _NEVER_ENDS and not isinstance(record, Unmodelled):
        what = f"{quoted(text)} is a {kind}, which neither sends nor receives"
        raise SelectorError(f"{what}; name a host, an interface or an address")
    why = f"a {kind} as an end of a path is not modelled yet"
    return End(text, Nature.UNMODELLED, kind, record.id, record.name, why=why)


def _is_host(found: Found) -> bool:
    return found.kind in STANDINGS and STANDINGS[found.kind].is_host


def _has_private(record: NetworkInterface, address: Address) -> bool:
    return any(held.private == address for held in record.addresses)


_ONLY_OF_PATHS: Final = "a mirror session is the source or the destination of a path only"
#: How it is told that nothing matches, by what was sought.
_MISSES: Final = {
    "tag": "no instance or interface has the tag {}",
    "service": "no AWS service is called {}",
    **{kind: f"no {kind} {{}} in the snapshot" for kind, one in STANDINGS.items() if one.form},
}
#: What only says how packets are routed, filtered or found.
_NEVER_ENDS: Final = frozenset(
    {
        "route-table",
        "network-acl",
        "transit-gateway-route-table",
        "network-firewall",
        "firewall-policy",
        "firewall-rule-group",
        "vpc-block-public-access",
        "vpc-block-public-access-exclusion",
        "hosted-zone",
        "resolver-rule",
        "dns-profile",
    }
)
#: Interface types that are no ends of a set: they neither begin nor accept connections.
_NO_ENDS: Final = frozenset({"nat_gateway", "transit_gateway"})

__all__ = ["End", "Member", "Nature", "Selectors", "View"]
