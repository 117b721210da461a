"""DNS names: what one stands for, asked inside a VPC or from the internet [HY-8, EP-2, PC-5].

Written from the guides of Route 53, of VPC and of PrivateLink. Inside a VPC whose two DNS
attributes are on, the closest of all domains that the VPC has an opinion about answers alone: a
private zone, the hidden zone of an endpoint's private name, the names that EC2 gives, or a rule of
the resolver, which goes before all others of the same name. What a Route 53 Profile lends to the
VPC counts among them, after what the VPC has of that name. Everybody else asks public DNS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, ip_address
from typing import Final

from tests.oracle.managed import Service
from tests.oracle.name_records import (
    AnsweredBy,
    Directory,
    Domain,
    Endpoint,
    Machine,
    Record,
    Rule,
    Zone,
    above,
    lies_in,
)
from tests.oracle.profiles import Profile
from tests.oracle.world import Address, Prefix

#: More names than this, each standing for the next, go round in a circle.
MANY: Final = 16
#: Domains that the resolver of every VPC knows itself: hosts' private and public names.
EC2_DOMAINS: Final = re.compile(
    r"(?:.*?\.)?((?:[a-z0-9-]+\.)?compute\.(?:internal|amazonaws\.com)|ec2\.internal)"
)
NUMBERS: Final = r"(\d+)-(\d+)-(\d+)-(\d+)"
PRIVATE: Final = re.compile(rf"ip-{NUMBERS}\.(?:ec2|[a-z0-9-]+\.compute)\.internal")
MACHINE: Final = re.compile(r"(i-[0-9a-z-]+)\.(?:ec2|[a-z0-9-]+\.compute)\.internal")
PUBLIC: Final = re.compile(rf"ec2-{NUMBERS}\.(?:[a-z0-9-]+\.compute|compute-1)\.amazonaws\.com")
OF_SERVICE: Final = re.compile(
    r"(?:(?:.+\.)?(?P<s3>s3)|(?P<one>[a-z0-9-]+))\.(?P<where>[a-z]+-[a-z]+-\d)\.amazonaws\.com"
)


@dataclass(frozen=True)
class Found:
    """What a name stands for; several things at once where records say so."""

    addresses: frozenset[Address] = frozenset()
    #: The VPCs in which some of them are: those of what AWS itself gives names to.
    homes: frozenset[tuple[Address, str]] = frozenset()
    ranges: frozenset[Prefix] = frozenset()
    is_hidden: bool = False  # AWS tells nobody at which public addresses a service is
    is_open: bool = False  # of these Route 53 gives some, by a policy
    is_unknown: bool = False  # others answer, or the snapshot lacks the answer


UNKNOWN: Final = Found(is_unknown=True)


class NothingError(Exception):
    """There is no such name."""


class NobodyError(NothingError):
    """Whoever answers for the name is not on record."""


@dataclass
class Query:
    """One name on its way through the records."""

    directory: Directory
    vpc: str  # "" is the internet
    depth: int = field(default=0)


def resolve(directory: Directory, name: str, vpc: str) -> Found | None:
    """Return what a name stands for in a VPC; None if there is no such name."""
    try:
        return _resolve(Query(directory, vpc), name.lower().rstrip("."))
    except NothingError:
        return None


def _resolve(query: Query, name: str) -> Found:
    if query.depth > MANY:
        raise NothingError
    if query.vpc in query.directory.asks_others:
        return UNKNOWN
    if _is_blurred(query, name):
        return UNKNOWN
    domain = _closest(query, name)
    if isinstance(domain, Rule):
        return UNKNOWN  # whoever it names answers
    if isinstance(domain, Zone):
        return _in_zone(query, domain, name)
    if isinstance(domain, Endpoint):
        return _at_endpoint(query, domain, name)
    return _outside(query, name)


def _closest(query: Query, name: str) -> AnsweredBy | None:
    """Return what answers for a name in the VPC itself; None: the resolver asks public DNS."""
    if not query.vpc:
        return None
    found = [one for one in _domains(query) if lies_in(name, one.name)]
    own = EC2_DOMAINS.fullmatch(name)
    if own:
        found.append(Domain(own[1], None))
    rules = [one for one in found if isinstance(one.answers, Rule)]
    rule = max(rules, key=_length, default=None)
    best = max((one for one in found if one not in rules), key=_length, default=None)
    is_beaten = rule is None or (best is not None and len(best.name) > len(rule.name))
    if rule and not is_beaten and isinstance(rule.answers, Rule) and rule.answers.forwards:
        return (
            rule.answers
        )  # it goes before a zone of its name; one of the system's changes nothing
    return best.answers if best else None


def _length(domain: Domain) -> tuple[int, int]:
    """Order domains: the longest, then what the VPC has itself, then what is lent to it."""
    if domain.answers is None:
        return len(domain.name), 0
    return len(domain.name), 1 if domain.is_lent else 2


def _domains(query: Query) -> Iterator[Domain]:
    """Yield the domains about which a VPC has an opinion, and whose each is."""
    directory, vpc = query.directory, query.vpc
    lent = _lent(directory, vpc)
    for rule in directory.rules:
        if rule.vpcs is None or vpc in rule.vpcs:  # nobody says where it is in force: perhaps here
            yield Domain(rule.domain, rule)
        elif rule.id in lent:
            yield Domain(rule.domain, rule, is_lent=True)
    if vpc in directory.has_dns:
        yield from _private_zones(directory, vpc)
        for endpoint in directory.endpoints:
            if endpoint.vpc == vpc and endpoint.is_private:
                yield from (Domain(name, endpoint) for name in endpoint.private_names)


def _private_zones(directory: Directory, vpc: str) -> Iterator[Domain]:
    lent = _lent(directory, vpc)
    for zone in directory.zones:
        if zone.is_private and zone.id in lent and vpc not in zone.vpcs:
            yield Domain(zone.name, replace(zone, vpcs=(*zone.vpcs, vpc)), is_lent=True)
        elif zone.is_private and (vpc in zone.vpcs or not zone.vpcs):
            yield Domain(zone.name, zone)


# -- profiles


def _lent(directory: Directory, vpc: str) -> frozenset[str]:
    """Return the ids of what profiles lend to a VPC for certain."""
    sure = (one for one in directory.profiles if one.vpcs is not None and vpc in one.vpcs)
    return frozenset(each for one in sure for each in one.lends or ())


def _is_blurred(query: Query, name: str) -> bool:
    """Say whether profiles leave open what a name means in a VPC."""
    directory, vpc = query.directory, query.vpc
    mine = [one for one in directory.profiles if one.vpcs is None or vpc in one.vpcs] if vpc else []
    known = frozenset(
        one.id for each in (directory.zones, directory.rules, directory.endpoints) for one in each
    )
    if any(one.lends is None or one.is_lost(known) for one in mine):
        return True
    speaking = [(one, {*_speaking(query, one, name)}) for one in mine]
    ends = {one.id for one in directory.endpoints}
    said = [names for _, names in speaking if names]
    return (
        any(one.vpcs is None and names for one, names in speaking)
        or any(names & ends for names in said)
        or any(names != said[0] for names in said)
    )


def _speaking(query: Query, profile: Profile, name: str) -> Iterator[str]:
    """Yield the ids of what a profile holds that may answer for a name."""
    directory, lends = query.directory, profile.lends or frozenset()
    yield from (r.id for r in directory.rules if r.id in lends and lies_in(name, r.domain))
    if query.vpc in directory.has_dns:
        yield from (z.id for z in directory.zones if z.id in lends and lies_in(name, z.name))
        for one in directory.endpoints:
            if one.id in lends and any(lies_in(name, each) for each in one.private_names):
                yield one.id


def _at_endpoint(query: Query, endpoint: Endpoint, name: str) -> Found:
    """Return an endpoint's interfaces for the names that it lists; what others mean nobody says."""
    is_listed = name in endpoint.private_names or any(
        name != star and lies_in(name, star) for star in endpoint.stars
    )
    if endpoint.interfaces and (is_listed or OF_SERVICE.fullmatch(name)):
        return _at(_all_of(query, endpoint.interfaces))
    return UNKNOWN


# -- zones


def _in_zone(query: Query, zone: Zone, name: str) -> Found:
    """Return what a zone says; what it does not hold is not asked of anybody else."""
    if zone.records is None or (zone.is_private and not zone.vpcs):
        return UNKNOWN
    cuts = [one.name for one in zone.records if one.kind == "NS" and one.name != zone.name]
    if any(lies_in(name, cut) for cut in cuts):
        return UNKNOWN
    records = _records(zone, name)
    if not records:
        raise NothingError
    if records[0].name not in (name, _source_of_synthesis(zone, name)):
        return UNKNOWN  # AWS does not say that Route 53 keeps to the RFC
    parts = [_of_record(query, record) for record in records]
    sets = {record.set_id for record in records if record.set_id}
    return Found(
        frozenset(address for part in parts for address in part.addresses),
        frozenset(home for part in parts for home in part.homes),
        frozenset(block for part in parts for block in part.ranges),
        is_hidden=any(part.is_hidden for part in parts),
        is_open=len(sets) > 1 or any(part.is_open for part in parts),
        is_unknown=any(part.is_unknown for part in parts),
    )


def _records(zone: Zone, name: str) -> list[Record]:
    """Return the records of a name, or else of the nearest star above it."""
    labels = name.split(".")
    stars = [".".join(("*", *labels[n:])) for n in range(1, len(labels))]
    for wanted in (name, *stars):
        found = [r for r in zone.records or () if r.name == wanted and r.kind != "NS"]
        if found:
            return [record for record in found if not _stands_back(record, found)]
    return []


def _source_of_synthesis(zone: Zone, name: str) -> str:
    """Return the wildcard that stands for a name by RFC 4592: right below the closest encloser.

    A name that is there, for whatever type or for a longer one's sake, has none.
    """
    encloser = next((node for node in above(name) if node in zone.nodes), zone.name)
    return "" if encloser == name else f"*.{encloser}"


def _stands_back(record: Record, others: list[Record]) -> bool:
    """Say whether a record without weight, or a secondary one, is never given."""
    firm = (one for one in others if one.set_id and not one.is_last and not one.may_fail)
    return record.is_last and any(one.kind == record.kind for one in firm)


def _of_record(query: Query, record: Record) -> Found:
    if record.kind in ("A", "AAAA"):
        return Found(frozenset(map(ip_address, record.values)))
    try:
        onward = Query(query.directory, query.vpc, query.depth + 1)
        return _resolve(onward, record.values[0])
    except NobodyError:
        return UNKNOWN


# -- everything else


def _outside(query: Query, name: str) -> Found:
    """Return what AWS or a public zone says of a name."""
    known = _given(query, name)
    if known is not None:
        return known
    zones = [zone for zone in query.directory.zones if lies_in(name, zone.name)]
    public = [zone for zone in zones if not zone.is_private]
    if public:
        return _in_zone(query, max(public, key=lambda zone: len(zone.name)), name)
    if zones:  # one that serves others: for all that is known there is a public one of its name
        return UNKNOWN
    raise NobodyError


def _given(query: Query, name: str) -> Found | None:
    """Return what a name stands for that AWS has given to something."""
    directory = query.directory
    for balancer in directory.balancers:
        if balancer.name in (name, name.removeprefix("dualstack.")):
            if not balancer.nodes:
                return UNKNOWN
            held = _of_nodes(query, balancer.nodes, is_facing=balancer.is_facing)
            found = Found(frozenset(a for a, _ in held)) if balancer.is_facing else _at(held)
            return replace(found, is_open=balancer.is_open)
    for endpoint in directory.endpoints:
        if name in endpoint.own_names:
            zonal = [i for i in endpoint.interfaces if _is_of_zone(query, name, i)]
            return _at(_all_of(query, tuple(zonal) or endpoint.interfaces))
    return _managed(query, name) or _of_host(query, name) or _of_service(query, name)


def _managed(query: Query, name: str) -> Found | None:
    for database in query.directory.databases:
        if database.name == name:
            return _of_database(query, database.interface)
    for service in query.directory.services:
        if name in service.names:
            return _of_service_name(query, service, name)
    return None


def _is_of_zone(query: Query, name: str, interface: str) -> bool:
    return name.split(".", maxsplit=1)[0].endswith(f"-{query.directory.machines[interface].zone}")


#: Addresses with the VPCs that they are in.
Held = frozenset[tuple[Address, str]]


def _at(held: Held) -> Found:
    return Found(frozenset(address for address, _ in held), held)


def _all_of(query: Query, interfaces: tuple[str, ...]) -> Held:
    """Return the private addresses of interfaces, the first of each family."""
    machines = [query.directory.machines[one] for one in interfaces]
    return frozenset((a, one.vpc) for one in machines for a in (one.four, one.six) if a)


def _of_nodes(query: Query, nodes: tuple[str, ...], *, is_facing: bool) -> Held:
    """Return a balancer's addresses: public ones if it faces the internet, wherever one asks."""
    machines = [query.directory.machines[one] for one in nodes]
    held = [(one.public if is_facing else one.four, one) for one in machines]
    return frozenset((a, one.vpc) for a, one in (*held, *((m.six, m) for m in machines)) if a)


def _of_database(query: Query, interface: str) -> Found:
    machine = query.directory.machines[interface]
    if machine.public is None or machine.vpc == query.vpc:
        if machine.public is not None and query.vpc not in query.directory.has_dns:
            return Found(frozenset({machine.public}))
        return _at(_all_of(query, (interface,)))
    return Found(frozenset({_as_seen(query, machine)}))


def _of_service_name(query: Query, service: Service, name: str) -> Found:
    """Return the interfaces that a managed service's name means, or AWS's own servers."""
    is_home = query.vpc == service.vpc and query.vpc in query.directory.has_dns
    if service.inside == "?":
        return UNKNOWN
    if service.inside == "" or (service.inside == "vpc" and not is_home):
        return Found(is_hidden=True)
    return _at(_all_of(query, service.names[name]))


def _of_host(query: Query, name: str) -> Found | None:
    """Return the host that bears a name that EC2 gives."""
    machines = query.directory.machines.values()
    private, instance, public = (p.fullmatch(name) for p in (PRIVATE, MACHINE, PUBLIC))
    if private or instance:
        if query.vpc not in query.directory.has_dns:  # its resolver knows none, nor does anybody
            return UNKNOWN
        if private:
            return Found(frozenset({_written(private)}))
        mine = [one for one in machines if instance and one.instance == instance[1]]
        first = min(mine, key=lambda one: one.device, default=None)
        return _at(_all_of(query, (first.id,))) if first else None
    if public:
        address = _written(public)
        mine = [one for one in machines if address in one.publics]
        if not mine:
            return Found(frozenset({address}))
        seen = _as_seen(query, mine[0], address)
        return Found(frozenset({seen}))
    return None


def _written(found: re.Match[str]) -> Address:
    return IPv4Address(".".join(found.groups()))


def _as_seen(query: Query, machine: Machine, public: Address | None = None) -> Address:
    """Return the private address of a host to those who may have it, else its public one."""
    directory, address = query.directory, public or machine.public
    assert address is not None
    near = machine.vpc == query.vpc or (machine.vpc, query.vpc) in directory.shows_private
    if near and {machine.vpc, query.vpc} <= directory.has_dns:
        return machine.publics[address]
    return address


def _of_service(query: Query, name: str) -> Found | None:
    """Return the public addresses of a service of AWS's own, as far as a list tells them."""
    said = OF_SERVICE.fullmatch(name)
    if said is None:
        return None
    service = said["s3"] or said["one"]
    blocks = query.directory.lists.get(f"com.amazonaws.{said['where']}.{service}")
    return Found(ranges=frozenset(blocks)) if blocks else Found(is_hidden=True)
