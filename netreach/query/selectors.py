"""Selectors: what people write for the ends of a question, turned into interfaces and addresses.

The precedence is fixed (docs/guide.md): a prefixed form, a resource id or ARN, an address or CIDR,
a keyword, a `Name` tag, an AWS service name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeVar

from netreach.errors import SelectorError
from netreach.fabric.fabric import Fabric
from netreach.fabric.interface import UNMODELLED_TYPES
from netreach.model.records import Instance, NetworkInterface, Resource
from netreach.model.snapshot import KINDS
from netreach.packets.prefixes import Address, AddressError, Prefix
from netreach.query.words import quoted

Parsed = TypeVar("Parsed")


class Nature(StrEnum):
    """What an end is by nature."""

    RESOURCE = "resource"
    ADDRESS = "address"
    SET = "set"
    INTERNET = "internet"
    #: Something that the model does not cover as an end, or that cannot be one.
    UNMODELLED = "unmodelled"
    #: A resource without any interface.
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class Member:
    """One host of an end: an interface, or an address that no interface holds."""

    interface: str = ""
    #: The addresses to ask about; empty for an interface: all of its own.
    address: Address | None = None
    #: The VPC of an address that nobody holds.
    vpc: str = ""


@dataclass(frozen=True, slots=True)
class End:
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
    #: Why it is not covered, for Nature.UNMODELLED and Nature.BARE.
    why: str = ""

    @property
    def is_set(self) -> bool:
        """Tell whether it stands for several flows by nature."""
        return self.nature in (Nature.SET, Nature.INTERNET)


#: A well-known name without its region: `s3`; or spelt out: `com.amazonaws.eu-west-1.s3`.
SERVICE_NAMES: Final = frozenset(
    {"s3", "dynamodb", "ec2", "sts", "ssm", "sqs", "sns", "kms", "ecr.api", "ecr.dkr", "logs"}
)
_SERVICE = re.compile(r"com\.amazonaws(\.[a-z0-9-]+)+")
_RESOURCE_ID = re.compile(r"(?P<kind>[a-z][a-z-]*)-[0-9a-f]{8}(?:[0-9a-f]{9})?")
_PREFIXES: Final = ("tag:", "name:", "sg:", "subnet:", "vpc:", "service:")


class Selectors:
    """Resolves selectors against one compiled network."""

    def __init__(self, fabric: Fabric) -> None:
        """Index nothing yet: names and interfaces are indexed when first needed."""
        self._fabric = fabric
        self._snapshot = fabric.snapshot

    def resolve(self, text: str) -> End:
        """Return the end that a selector means.

        Raises:
            SelectorError: it matches nothing, or several things where one is meant.
        """
        steps: tuple[Callable[[str], End | None], ...] = (
            self._by_prefixed_form,
            self._by_id,
            self._by_address,
            self._by_keyword,
            self._by_name,
            self._by_service,
        )
        for step in steps:
            end = step(text)
            if end is not None:
                return end
        raise SelectorError(self._nothing(text))

    # -- the steps, in order of precedence

    def _by_prefixed_form(self, text: str) -> End | None:
        form = next((form for form in _PREFIXES if text.startswith(form)), "")
        rest = text[len(form) :]
        if form == "name:":
            end = self._by_name(rest)
            if end is None:
                raise SelectorError(self._nothing(rest))
            return end
        if form == "service:":
            return self._by_service(rest) or self._unknown_service(rest)
        if form == "tag:":
            return self._by_tag(text, rest)
        if form:
            return self._container(text, form[:-1], rest)
        return None

    def _by_id(self, text: str) -> End | None:
        identifier = re.split(r"[/:]", text)[-1] if text.startswith("arn:") else text
        found = self._snapshot.find(text) or self._snapshot.find(identifier)
        if found is not None:
            return self._of_record(text, *found)
        if text.startswith("arn:") or _RESOURCE_ID.fullmatch(text):
            raise SelectorError(self._nothing(text))
        return None

    def _by_address(self, text: str) -> End | None:
        vpc, slash, host = text.partition("/")
        if slash and vpc in self._snapshot.vpcs:
            return self._address(text, _parsed(Address.parse, host, text), vpc)
        if slash and re.fullmatch(r"(vpc|cgw)-.*", vpc):
            raise SelectorError(self._nothing(vpc))
        if not re.fullmatch(r"[0-9a-fA-F:.]+(/\d+)?", text) or not re.search(r"[.:]", text):
            return None
        if slash:
            return self._cidr(text, _parsed(Prefix.parse, text, text))
        return self._address(text, _parsed(Address.parse, text, text), "")

    def _by_keyword(self, text: str) -> End | None:
        if text == "internet":
            return End(text, Nature.INTERNET, "internet", "internet", outside=_EVERYWHERE)
        return None

    def _by_name(self, text: str) -> End | None:
        found = self._names.get(text, [])
        if len(found) > 1:
            listed = ", ".join(f"{record.id} ({kind})" for kind, record in found[:10])
            more = f" and {len(found) - 10} more" if len(found) > 10 else ""
            raise SelectorError(
                f"{len(found)} resources bear the name {quoted(text)}: {listed}{more}; "
                "ask by id, or for all of them with tag:Name=..."
            )
        return self._of_record(text, *found[0]) if found else None

    def _by_service(self, text: str) -> End | None:
        if text not in SERVICE_NAMES and not _SERVICE.fullmatch(text):
            return None
        why = f"paths to the AWS service {text} are not modelled yet"
        return End(text, Nature.UNMODELLED, "aws-service", text, why=why)

    def _unknown_service(self, text: str) -> End:
        near = difflib.get_close_matches(text, SERVICE_NAMES, 3)
        raise SelectorError(f"no AWS service is called {quoted(text)}" + _nearest(near))

    # -- what a record means as an end

    def _of_record(self, text: str, kind: str, record: Resource) -> End:
        if kind == "network-interface":
            return self._resource(text, kind, record, [record.id])
        if kind == "instance":
            return self._resource(text, kind, record, self._interfaces_of_instance(record.id))
        if kind in ("vpc", "subnet", "security-group"):
            return self._container(text, "sg" if kind == "security-group" else kind, record.id)
        if kind == "nat-gateway":
            interfaces = [a.interface for a in self._snapshot.nat_gateways[record.id].addresses]
            known = [i for i in interfaces if i in self._snapshot.interfaces]
            return self._resource(text, kind, record, known)
        if kind == "elastic-ip":
            public = self._snapshot.elastic_ips[record.id].public
            if public is not None:
                return self._address(text, public, "")
        why = f"a {kind} as an end of a path is not modelled yet"
        return End(text, Nature.UNMODELLED, kind, record.id, record.name, why=why)

    def _resource(self, text: str, kind: str, record: Resource, interfaces: list[str]) -> End:
        if not interfaces:
            why = f"the snapshot holds no network interface of {record.id}"
            return End(text, Nature.BARE, kind, record.id, record.name, why=why)
        members = tuple(Member(interface) for interface in interfaces)
        return End(text, Nature.RESOURCE, kind, record.id, record.name, members)

    def _interfaces_of_instance(self, instance: str) -> list[str]:
        listed = [
            i
            for i in self._snapshot.instances[instance].interfaces
            if i in self._snapshot.interfaces
        ]
        return list(dict.fromkeys([*listed, *self._by_instance.get(instance, ())]))

    def _container(self, text: str, form: str, identifier: str) -> End:
        field, kind, belongs = _CONTAINERS[form]
        records = getattr(self._snapshot, field)
        record = records.get(identifier)
        if record is None:
            near = difflib.get_close_matches(identifier, records, 3)
            raise SelectorError(f"no {kind} {quoted(identifier)} in the snapshot" + _nearest(near))
        members = self._set(i for i in self._snapshot.interfaces.values() if belongs(i, identifier))
        return End(text, Nature.SET, kind, identifier, record.name, members)

    def _by_tag(self, text: str, rest: str) -> End:
        key, equals, value = rest.partition("=")
        if not equals:
            raise SelectorError(f"{quoted(text)} is no tag selector: write tag:Key=Value")
        instances = {i.id for i in self._snapshot.instances.values() if i.tags.get(key) == value}
        members = self._set(
            i
            for i in self._snapshot.interfaces.values()
            if i.tags.get(key) == value or (i.instance and i.instance in instances)
        )
        if not members:
            raise SelectorError(self._no_tag(key, value))
        return End(text, Nature.SET, "tag", text, members=members)

    def _no_tag(self, key: str, value: str) -> str:
        values = {
            record.tags[key]
            for records in (self._snapshot.instances, self._snapshot.interfaces)
            for record in records.values()
            if key in record.tags
        }
        near = difflib.get_close_matches(value, values, 3)
        return f"no instance or interface has the tag {quoted(f'{key}={value}')}" + _nearest(near)

    def _set(self, interfaces: Iterable[NetworkInterface]) -> tuple[Member, ...]:
        """Return the members of a set: what merely carries traffic for others is none."""
        return tuple(Member(i.id) for i in interfaces if i.interface_type not in _NO_ENDS)

    # -- addresses

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

    @cached_property
    def _by_instance(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for record in self._snapshot.interfaces.values():
            if record.instance:
                found.setdefault(record.instance, []).append(record.id)
        return found

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

    @cached_property
    def _names(self) -> dict[str, list[tuple[str, Resource]]]:
        found: dict[str, list[tuple[str, Resource]]] = {}
        for kind, record in self._records():
            if record.name:
                found.setdefault(record.name, []).append((kind, record))
        for name, records in found.items():
            found[name] = self._without_own_interfaces(records)
        return found

    def _without_own_interfaces(
        self, records: list[tuple[str, Resource]]
    ) -> list[tuple[str, Resource]]:
        """Drop what a name does not mean: interfaces named as their instance, the terminated."""
        alive = [
            (kind, record)
            for kind, record in records
            if not (isinstance(record, Instance) and record.state == "terminated")
        ]
        records = alive or records
        instances = {record.id for kind, record in records if kind == "instance"}
        return [
            (kind, record)
            for kind, record in records
            if not (isinstance(record, NetworkInterface) and record.instance in instances)
        ]

    def _records(self) -> Iterator[tuple[str, Resource]]:
        for field, kind in KINDS.items():
            for record in getattr(self._snapshot, field).values():
                yield kind, record
        for record in self._snapshot.unmodelled.values():
            yield record.kind, record

    def _nothing(self, text: str) -> str:
        known = [
            *(record.id for _, record in self._records()),
            *(name for name in self._names),
            "internet",
        ]
        near = difflib.get_close_matches(text, known, 3, cutoff=0.5)
        return f"nothing in the snapshot matches {quoted(text)}" + _nearest(near)


def _nearest(near: list[str]) -> str:
    if not near:
        return "; `netreach show SNAPSHOT` lists what is there"
    return "; nearest: " + ", ".join(quoted(one) for one in near)


def _has_private(record: NetworkInterface, address: Address) -> bool:
    return any(held.private == address for held in record.addresses)


def _parsed(parse: Callable[[str], Parsed], part: str, text: str) -> Parsed:
    """Parse an address or CIDR; text that only looks like one is an error."""
    try:
        return parse(part)
    except AddressError as error:
        raise SelectorError(f"{quoted(text)}: {error}") from None


#: Interface types that are no ends of a set: they neither begin nor accept connections.
_NO_ENDS: Final = frozenset({"nat_gateway", "transit_gateway"})
#: Interface types that accept connections and begin none.
DESTINATIONS_ONLY: Final = UNMODELLED_TYPES
_EVERYWHERE: Final = (Prefix(4, 0, 0), Prefix(6, 0, 0))
_CONTAINERS: Final[dict[str, tuple[str, str, Callable[[NetworkInterface, str], bool]]]] = {
    "vpc": ("vpcs", "vpc", lambda record, vpc: record.vpc == vpc),
    "subnet": ("subnets", "subnet", lambda record, subnet: record.subnet == subnet),
    "sg": ("security_groups", "security-group", lambda record, group: group in record.groups),
}

__all__ = ["DESTINATIONS_ONLY", "End", "Member", "Nature", "Selectors"]
