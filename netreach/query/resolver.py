"""What a selector names: its grammar and its matching, for ends of paths and for pages alike.

`FORMS` is the grammar: a new way to name things is one more entry there. What a *record* stands for
where hosts are wanted is one entry in `netreach.query.standings`. A form should say what it found
in the words that are there (a record, a group, a place, a prefix): then both users of the resolver
(`netreach.query.selectors`, `netreach.query.subjects`) know what to do with it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from netreach.errors import SelectorError
from netreach.fabric.links import sites_behind
from netreach.model.records import Instance, NetworkInterface, PrefixList, Resource
from netreach.model.relations import Relations
from netreach.model.snapshot import KINDS
from netreach.packets.prefixes import Address, AddressError, Prefix
from netreach.query.dns import Names
from netreach.query.list_names import LIST_KEYWORDS, lists_called, lists_of_keyword
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
from netreach.query.standings import STANDINGS
from netreach.query.words import quoted, safe

ParsedT = TypeVar("ParsedT")

# -- finding it


class Resolver:
    """Finds what texts name in one snapshot."""

    def __init__(
        self, relations: Relations, misses: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Index nothing yet: names and tags are indexed when first needed.

        `misses` says, by what was sought (a type word, "tag", "service"), how it is told that
        nothing matches, where the usual sentence won't do.
        """
        self.relations = relations
        self.snapshot = relations.snapshot
        self._misses = misses
        self.dns = Names(relations)

    def resolve(self, text: str) -> Referent:
        """Return what a text names, by the first form that fits.

        Raises:
            SelectorError: it names nothing.
        """
        for form in FORMS:
            if not text.startswith(form.prefix):
                continue
            rest = text.removeprefix(form.prefix)
            referent = form.find(self, rest)
            if referent is not None:
                return referent
            if form.prefix:
                raise self.nothing(rest)
        raise self.nothing(text)

    @cached_property
    def names(self) -> dict[str, list[Found]]:
        """What bears a name, of that which it can mean."""
        found: dict[str, list[Found]] = {}
        for kind, record in self.relations.everything():
            if record.name:
                found.setdefault(record.name, []).append(Found(kind, record))
        return {name: _meant(records) for name, records in found.items()}

    @cached_property
    def own_names(self) -> dict[str, list[Found]]:
        """What bears a name of its own, whatever its tags say: a balancer before its targets."""
        groups: dict[str, list[Found]] = {}
        for group in self.snapshot.target_groups.values():
            groups.setdefault(group.group_name, []).append(Found("target-group", group))
        balancers: dict[str, list[Found]] = {}
        for balancer in self.snapshot.load_balancers.values():
            found = Found("load-balancer", balancer)
            balancers.setdefault(balancer.balancer_name, []).append(found)
        found_by_name = groups | balancers
        for service in self.snapshot.managed_services.values():
            also = found_by_name.setdefault(service.service_name, [])
            also.append(Found(service.kind, service))
        return {name: found for name, found in found_by_name.items() if name}

    @cached_property
    def tags(self) -> dict[str, dict[str, list[Found]]]:
        """What bears a tag, by its key and its value."""
        found: dict[str, dict[str, list[Found]]] = {}
        for kind, record in self.relations.everything():
            for key, value in record.tags.items():
                found.setdefault(key, {}).setdefault(value, []).append(Found(kind, record))
        return found

    def nothing(
        self, text: str, known: Iterable[str] | None = None, sought: str = ""
    ) -> SelectorError:
        """Return the error that nothing matches a text, with what is nearest to it."""
        if known is None:
            ids = (one.id for _, one in self.relations.everything())
            known = (*ids, *self.names, *self.own_names, "internet", *self.dns.known())
        candidates = {name[:_COMPARED]: name for name in known}
        near = difflib.get_close_matches(text[:_COMPARED], candidates, 3, cutoff=0.5)
        told = ", ".join(quoted(candidates[one]) for one in near)
        hint = f"nearest: {told}" if near else "`netreach show SNAPSHOT` lists what is there"
        sentence = self._misses.get(sought, "nothing in the snapshot matches {}")
        return SelectorError(f"{sentence.format(quoted(text))}; {hint}")


#: Text beyond this is not compared with what is there.
_COMPARED: Final = 100
#: An error lists at most this many candidates.
_LISTED: Final = 10


def several(what: str, found: Sequence[Found], otherwise: str = "") -> SelectorError:
    """Return the error that a text names several things where one is meant."""
    listed = ", ".join(f"{safe(one.record.id)} ({safe(one.kind)})" for one in found[:_LISTED])
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return SelectorError(f"{len(found)} {what}: {listed}{more}; ask by id{otherwise}")


def _meant(found: list[Found]) -> list[Found]:
    """Drop what a name does not mean: interfaces named as their instance, the terminated."""
    alive = [one for one in found if not _is_terminated(one.record)] or found
    instances = {one.record.id for one in alive if one.kind == "instance"}
    return [
        one
        for one in alive
        if not (isinstance(one.record, NetworkInterface) and one.record.instance in instances)
    ]


def _is_terminated(record: Resource) -> bool:
    return isinstance(record, Instance) and record.state == "terminated"


# -- behind a prefix


def _tag(resolver: Resolver, text: str) -> Group:
    key, equals, value = text.partition("=")
    if not equals:
        raise SelectorError(f"{quoted(f'tag:{text}')} is no tag selector: write tag:Key=Value")
    values = resolver.tags.get(key, {})
    if value not in values:
        raise resolver.nothing(text, [f"{key}={known}" for known in values], "tag")
    return Group("tag", f"tag:{text}", "", f"has the tag {quoted(text)}", tuple(values[value]))


def _name(resolver: Resolver, text: str, *, is_set: bool) -> Found | Namesakes | None:
    found = resolver.names.get(text) or resolver.own_names.get(text, [])
    if len(found) > 1:
        return Namesakes(text, tuple(found), is_set)
    return found[0] if found else None


def group_of(resolver: Resolver, number: str, *, kind: str) -> Group:
    """Return the interfaces that a record of a kind stands for.

    Raises:
        SelectorError: there is no such record.
    """
    records: Mapping[str, Resource] = getattr(resolver.snapshot, _FIELDS[kind])
    if number not in records:
        raise resolver.nothing(number, records, kind)
    standing = STANDINGS[kind]
    interfaces = standing.interfaces(resolver.relations, number)
    found = tuple(Found("network-interface", one) for one in interfaces)
    return Group(kind, number, records[number].name, f"{standing.verb} {number}", found)


_FIELDS: Final = {kind: field for field, kind in KINDS.items()}


def _service(resolver: Resolver, text: str) -> Service | None:
    if not re.fullmatch(r"[a-z0-9.-]+", text):
        return None
    listed = rf"com\.amazonaws\.([a-z0-9-]+\.)?{re.escape(text)}"
    lists = tuple(
        Found("prefix-list", record)
        for record in resolver.snapshot.prefix_lists.values()
        if record.list_name == text or re.fullmatch(listed, record.list_name)
    )
    is_known = text in SERVICE_NAMES or bool(_SERVICE.fullmatch(text))
    is_known = is_known or resolver.dns.services.offers(text)
    return Service(text, is_known, lists) if is_known or lists else None


def _service_by_form(resolver: Resolver, text: str) -> Service:
    service = _service(resolver, text)
    if service is None:
        raise resolver.nothing(text, SERVICE_NAMES, "service")
    return service


_SERVICE: Final = re.compile(r"com\.amazonaws(\.[a-z0-9-]+)+")
#: Well-known names without their region: `s3`; or spelt out: `com.amazonaws.eu-west-1.s3`.
SERVICE_NAMES: Final = frozenset(
    {"s3", "dynamodb", "ec2", "sts", "ssm", "sqs", "sns", "kms", "ecr.api", "ecr.dkr", "logs"}
)


# -- any text


def _id(resolver: Resolver, text: str) -> Found | None:
    """Return the record of an id or ARN; what looks like one and is none is an error."""
    is_arn = text.startswith("arn:")
    number = re.split(r"[/:]", text)[-1] if is_arn else text
    found = resolver.snapshot.find(text) or resolver.snapshot.find(number)
    if found is not None:
        return Found(*found)
    if not is_arn and not _RESOURCE_ID.fullmatch(text):
        return None
    tail = _tail(resolver, text)
    if tail is None:
        raise resolver.nothing(text)
    return tail


def _tail(resolver: Resolver, text: str) -> Found | None:
    """Return the record whose ARN ends in a text, or the managed service that is called so."""
    ends = (f"/{text}", f":{text}")
    found = [
        Found(record.kind, record)
        for record in resolver.snapshot.unmodelled.values()
        if record.id.startswith("arn:") and record.id.endswith(ends)
    ]
    found += [
        Found(record.kind, record)
        for record in resolver.snapshot.managed_services.values()
        if text in (record.service_name, record.arn) or record.arn.endswith(ends)
    ]
    if len(found) > 1:
        raise several(f"ARNs end in {quoted(text)}", found)
    return found[0] if found else None


def _place(resolver: Resolver, text: str) -> Place | Behind | None:
    """Return an address that is said to be in a VPC, or an address or CIDR at a site."""
    vpc, slash, host = text.partition("/")
    if not slash:
        return None
    if vpc in resolver.snapshot.vpcs:
        return Place(_parsed(Address.parse, host), vpc)
    sites = sites_behind(resolver.snapshot, vpc)
    if sites:
        if "/" in host:
            return Behind(sites, _parsed(Prefix.parse, host))
        return Behind(sites, _parsed(Address.parse, host))
    if vpc.startswith(("vpc-", "cgw-")):
        raise resolver.nothing(vpc, (*resolver.snapshot.vpcs, *resolver.snapshot.customer_gateways))
    return None


def _address(_resolver: Resolver, text: str) -> Place | Prefix | None:
    """Return an address or a CIDR, held by anybody or not."""
    if not _ADDRESS.fullmatch(text):
        return None
    if "/" in text:
        return _parsed(Prefix.parse, text)
    return Place(_parsed(Address.parse, text))


def _dns_name(resolver: Resolver, text: str) -> Name | None:
    return Name(text) if resolver.dns.knows(text) else None


def _list(resolver: Resolver, text: str) -> Service | None:
    return _of_lists(text, lists_called(resolver.snapshot, text))


def _keyword(resolver: Resolver, text: str) -> Internet | Service | None:
    if text not in LIST_KEYWORDS:
        return Internet() if text == "internet" else None
    lists = lists_of_keyword(resolver.snapshot, text)
    if not lists and text not in resolver.names:
        raise SelectorError(
            f"the snapshot holds no prefix list of {text}; add the answers of "
            "describe-managed-prefix-lists and get-managed-prefix-list-entries"
        )
    return _of_lists(text, lists)


def _of_lists(text: str, lists: Sequence[PrefixList]) -> Service | None:
    found = tuple(Found("prefix-list", one) for one in lists)
    return Service(text, False, found) if found else None


def _parsed(parse: Callable[[str], ParsedT], text: str) -> ParsedT:
    """Parse an address or CIDR; text that only looks like one is an error."""
    try:
        return parse(text)
    except AddressError as error:
        raise SelectorError(safe(str(error))) from None


_RESOURCE_ID: Final = re.compile(r"[a-z][a-z-]*-[0-9a-f]{8}(?:[0-9a-f]{9})?")
_ADDRESS: Final = re.compile(r"([0-9.]*\.[0-9.]*|(?=.*:)[0-9a-fA-F:.]+)(/\d+)?")


class Form(NamedTuple):
    """One way to name something."""

    #: What the text begins with; nothing: any text may be it.
    prefix: str
    #: Finds what the text behind the prefix names; None: nothing.
    find: Callable[[Resolver, str], Referent | None]


#: The grammar, in order of precedence.
FORMS: Final[tuple[Form, ...]] = (
    Form("tag:", _tag),
    Form("name:", partial(_name, is_set=True)),
    *(
        Form(f"{standing.form}:", partial(group_of, kind=kind))
        for kind, standing in STANDINGS.items()
        if standing.form
    ),
    Form("service:", _service_by_form),
    Form("", _id),
    Form("", _place),
    Form("", _address),
    Form("", _keyword),
    Form("", partial(_name, is_set=False)),
    Form("", _tail),
    Form("", _service),
    Form("", _list),
    Form("", _dns_name),
)
