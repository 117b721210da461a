"""What `netreach show` can be asked about: records of every kind, addresses, CIDRs, sets.

The selectors and their precedence are those of `netreach.query.selectors`, which resolves the ends
of paths; here they mean the records themselves, of every kind, and nothing needs to be compiled.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from netreach.errors import SelectorError
from netreach.model.records import InterfaceAddress, NetworkInterface, Resource
from netreach.model.relations import Relations
from netreach.packets.prefixes import Address, AddressError, Prefix
from netreach.query.words import quoted, safe

ParsedT = TypeVar("ParsedT")

#: An error lists at most this many candidates.
_LISTED: Final = 10
#: Text beyond this is not compared with what is there.
_COMPARED: Final = 100

_FORMS: Final = ("tag:", "name:", "sg:", "subnet:", "vpc:", "service:")
_RESOURCE_ID: Final = re.compile(r"[a-z][a-z-]*-[0-9a-f]{8}(?:[0-9a-f]{9})?")
_ADDRESS: Final = re.compile(r"(?=.*[.:])[0-9a-fA-F:.]+(/\d+)?")
_SERVICE: Final = re.compile(r"com\.amazonaws(\.[a-z0-9-]+)+")
_SERVICE_WORD: Final = re.compile(r"[a-z0-9.-]+")
_AWS: Final = r"com\.amazonaws\.([a-z0-9-]+\.)?"


@dataclass(frozen=True, slots=True)
class Found:
    """One record and its type word."""

    kind: str
    record: Resource


@dataclass(frozen=True, slots=True)
class Matches:
    """What a selector that stands for a set matches."""

    #: What the records are to the selector: "carries sg-1".
    what: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An address, perhaps in one VPC only."""

    address: Address
    vpc: str = ""


Subject = Found | Matches | Place | Prefix


class Subjects:
    """Resolves selectors against one snapshot."""

    def __init__(self, relations: Relations) -> None:
        """Index nothing yet: names are indexed when first needed."""
        self._relations = relations
        self._snapshot = relations.snapshot

    def resolve(self, text: str) -> Subject:
        """Return what a selector means.

        Raises:
            SelectorError: it matches nothing, or several things where one is meant.
        """
        steps: tuple[Callable[[str], Subject | None], ...] = (
            self._by_form,
            self._by_id,
            self._by_address,
            self._by_keyword,
            self._by_name,
            self._by_service,
        )
        for step in steps:
            subject = step(text)
            if subject is not None:
                return subject
        raise self._nothing(text)

    # -- the steps, in order of precedence

    def _by_form(self, text: str) -> Subject | None:
        form = next((form for form in _FORMS if text.startswith(form)), "")
        rest = text[len(form) :]
        resolvers: dict[str, Callable[[str], Subject | None]] = {
            "tag:": self._by_tag,
            "name:": self._by_shared_name,
            "sg:": self._carriers,
            "subnet:": self._in_subnet,
            "vpc:": self._in_vpc,
            "service:": self._by_service,
        }
        if not form:
            return None
        subject = resolvers[form](rest)
        if subject is None:
            raise self._nothing(rest)
        return subject

    def _by_id(self, text: str) -> Found | None:
        identifier = re.split(r"[/:]", text)[-1] if text.startswith("arn:") else text
        found = self._snapshot.find(text) or self._snapshot.find(identifier)
        if found is not None:
            return Found(*found)
        tails = self._by_tail(text)
        if tails:
            return tails
        if text.startswith("arn:") or _RESOURCE_ID.fullmatch(text):
            raise self._nothing(text)
        return None

    def _by_tail(self, text: str) -> Found | None:
        """Return the resource whose ARN ends in a text."""
        ends = (f"/{text}", f":{text}")
        found = [
            record
            for record in self._snapshot.unmodelled.values()
            if record.id.startswith("arn:") and record.id.endswith(ends)
        ]
        if len(found) > 1:
            raise _several(f"ARNs end in {quoted(text)}", [Found(one.kind, one) for one in found])
        return Found(found[0].kind, found[0]) if found else None

    def _by_address(self, text: str) -> Subject | None:
        vpc, slash, host = text.partition("/")
        if slash and vpc.startswith("vpc-"):
            if vpc not in self._snapshot.vpcs:
                raise self._nothing(vpc, self._snapshot.vpcs)
            return Place(_parsed(Address.parse, host), vpc)
        if not _ADDRESS.fullmatch(text):
            return None
        if slash:
            return _parsed(Prefix.parse, text)
        return Place(_parsed(Address.parse, text))

    def _by_keyword(self, text: str) -> Matches | None:
        """Return the doors to the internet and who has a public address there."""
        if text != "internet":
            return None
        gateways = (
            Found(kind, record)
            for kind, record in self._relations.everything()
            if kind in ("internet-gateway", "egress-only-internet-gateway")
        )
        faces = (
            Found("network-interface", one)
            for one in self._snapshot.interfaces.values()
            if any(_is_public(held) for held in one.addresses)
        )
        return Matches("faces the internet", (*gateways, *faces))

    def _by_name(self, text: str) -> Found | None:
        found = self._names.get(text, [])
        if len(found) > 1:
            raise _several(
                f"resources bear the name {quoted(text)}", found, ", or all with name:..."
            )
        return found[0] if found else None

    def _by_shared_name(self, text: str) -> Subject | None:
        found = self._names.get(text, [])
        if len(found) > 1:
            return Matches(f"bears the name {quoted(text)}", tuple(found))
        return found[0] if found else None

    def _by_service(self, text: str) -> Matches | None:
        """Return the prefix lists of an AWS service, whole or without `com.amazonaws.REGION.`."""
        if not _SERVICE_WORD.fullmatch(text):
            return None
        is_whole = _SERVICE.fullmatch(text)
        found = tuple(
            Found("prefix-list", record)
            for record in self._snapshot.prefix_lists.values()
            if record.list_name == text
            or (not is_whole and re.fullmatch(rf"{_AWS}{re.escape(text)}", record.list_name))
        )
        return Matches(f"is the AWS service {text}", found) if found else None

    def _by_tag(self, text: str) -> Matches:
        key, equals, value = text.partition("=")
        if not equals:
            raise SelectorError(f"{quoted(f'tag:{text}')} is no tag selector: write tag:Key=Value")
        found = [
            Found(kind, record)
            for kind, record in self._relations.everything()
            if record.tags.get(key) == value
        ]
        if not found:
            tags = {
                f"{key}={record.tags[key]}"
                for _, record in self._relations.everything()
                if key in record.tags
            }
            raise self._nothing(text, tags)
        return Matches(f"has the tag {quoted(text)}", tuple(found))

    # -- sets of interfaces

    def _carriers(self, number: str) -> Matches:
        carriers = self._relations.interfaces_of_group
        return self._set("carries", number, self._snapshot.security_groups, carriers)

    def _in_subnet(self, number: str) -> Matches:
        inside = self._relations.interfaces_of_subnet
        return self._set("is in", number, self._snapshot.subnets, inside)

    def _in_vpc(self, number: str) -> Matches:
        inside = self._relations.interfaces_of_vpc
        return self._set("is in", number, self._snapshot.vpcs, inside)

    def _set(
        self,
        what: str,
        number: str,
        records: Iterable[str],
        interfaces: dict[str, list[NetworkInterface]],
    ) -> Matches:
        if number not in records:
            raise self._nothing(number, records)
        found = (Found("network-interface", one) for one in interfaces.get(number, ()))
        return Matches(f"{what} {number}", tuple(found))

    # -- names, and what is near to a text that matches nothing

    @cached_property
    def _names(self) -> dict[str, list[Found]]:
        found: dict[str, list[Found]] = {}
        for kind, record in self._relations.everything():
            if record.name:
                found.setdefault(record.name, []).append(Found(kind, record))
        return {name: _without_own_interfaces(records) for name, records in found.items()}

    def _nothing(self, text: str, known: Iterable[str] | None = None) -> SelectorError:
        if known is None:
            known = (*(one.id for _, one in self._relations.everything()), *self._names)
        candidates = {name[:_COMPARED]: name for name in known}
        near = difflib.get_close_matches(text[:_COMPARED], candidates, 3, cutoff=0.5)
        told = ", ".join(quoted(candidates[one]) for one in near)
        hint = f"nearest: {told}" if near else "`netreach show SNAPSHOT` lists what is there"
        return SelectorError(f"nothing in the snapshot matches {quoted(text)}; {hint}")


def _several(what: str, found: list[Found], otherwise: str = "") -> SelectorError:
    listed = ", ".join(f"{safe(one.record.id)} ({safe(one.kind)})" for one in found[:_LISTED])
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return SelectorError(f"{len(found)} {what}: {listed}{more}; ask by id{otherwise}")


def _is_public(held: InterfaceAddress) -> bool:
    """Tell whether the internet may know an address: a public one, or a global IPv6 one."""
    return held.public is not None or (held.private.family == 6 and _GLOBAL.contains(held.private))


_GLOBAL: Final = Prefix.parse("2000::/3")


def _without_own_interfaces(found: list[Found]) -> list[Found]:
    """Drop interfaces that bear the same name as the instance they belong to."""
    instances = {one.record.id for one in found if one.kind == "instance"}
    return [
        one
        for one in found
        if not (isinstance(one.record, NetworkInterface) and one.record.instance in instances)
    ]


def _parsed(parse: Callable[[str], ParsedT], text: str) -> ParsedT:
    """Parse an address or CIDR; text that only looks like one is an error."""
    try:
        return parse(text)
    except AddressError as error:
        raise SelectorError(safe(str(error))) from None
