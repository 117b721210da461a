"""DNS names: what one resolves to inside a VPC, and outside [HY-8, EP-2, PC-5].

Only what the snapshot holds is known: private and public hosted zones, the names of balancers,
endpoints and managed services, and those that EC2 gives its instances.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Final

from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.fabric.endpoint import is_available
from netreach.model.connections import PeeredVpc
from netreach.model.records import Resource
from netreach.model.relations import Relations
from netreach.model.services import DnsRecord, HostedZone, LoadBalancer, ManagedService, VpcEndpoint
from netreach.packets.prefixes import Address, AddressError
from netreach.query.answers import Answers, dns_notes, has_dns, merged
from netreach.query.balancer_names import BalancerNames
from netreach.query.managed import of_managed
from netreach.query.profiles import Profiles
from netreach.query.service_names import ServiceNames, private_domains, service_of_host
from netreach.query.words import quoted, safe
from netreach.query.zones import (
    closest,
    covers,
    forwarded,
    gap_of,
    is_forwarded,
    lies_in,
    normal,
    records_of,
    rule_for,
    undecided,
)

#: What may be a DNS name: labels and dots, one dot at least, the last label no number.
NAME: Final = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9_*](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\.?",
    re.IGNORECASE | re.ASCII,
)
_HOST: Final = r"(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})"
_WHERE: Final = r"(?:ec2|[a-z0-9-]+\.compute)\.internal"
_PRIVATE: Final = re.compile(rf"ip-{_HOST}\.{_WHERE}")
_INSTANCE: Final = re.compile(rf"(i-[0-9a-f]+)\.{_WHERE}")
_PUBLIC: Final = re.compile(
    rf"ec2-{_HOST}\.(?:compute-1|[a-z0-9-]+\.compute)\.amazonaws\.com(?:\.cn)?"
)
#: Domains of which the resolver of every VPC answers itself, unless a rule for just them says else.
_OWN: Final = re.compile(
    r"(?:.*?\.)?((?:[a-z0-9-]+\.)?compute\.(?:internal|amazonaws\.com(?:\.cn)?)|ec2\.internal"
    r"|compute-1\.(?:internal|amazonaws\.com))"
)
#: More names than this, one standing for the next, are a circle.
_LONGEST: Final = 16


class Names:
    """Resolves names against one snapshot."""

    def __init__(self, relations: Relations) -> None:
        """Index nothing yet."""
        self._relations = relations
        self._snapshot = relations.snapshot
        self.services = ServiceNames(relations.snapshot)
        self._balancers = BalancerNames(relations.snapshot)
        self._profiles = Profiles(relations.snapshot, private_domains)

    def knows(self, text: str) -> bool:
        """Tell whether anything in the snapshot may resolve a name, from wherever."""
        name = normal(text)
        if name in self._bearers:  # whatever it looks like
            return True
        if not NAME.fullmatch(text):
            return False
        zones = any(covers(zone, name) for zone in self._snapshot.hosted_zones.values())
        zones = zones or is_forwarded(self._snapshot.resolver_rules.values(), name)
        zones = zones or self._profiles.are_open
        return zones or self._own(name, "") is not None or self._private_endpoint(name)

    def known(self) -> Iterator[str]:
        """Yield the names that are written in the snapshot."""
        yield from self._bearers
        for zone in self._snapshot.hosted_zones.values():
            yield from (normal(record.name) for record in zone.records or ())

    def bearers(self, text: str) -> Iterator[tuple[str, Resource]]:
        """Yield the records that bear a name, and the zones that hold it."""
        name = normal(text)
        bearer = self._bearers.get(name)
        found = self._snapshot.find(bearer.id) if bearer is not None else None
        if found is not None:
            yield found
        for zone in self._snapshot.hosted_zones.values():
            if covers(zone, name):
                yield "hosted-zone", zone
        for answer in filter(None, [self._own(name, "")]):
            for interface in answer.interfaces if found is None else ():
                yield "network-interface", self._snapshot.interfaces[interface]

    def seen_from(self, text: str, vpc: str) -> Answers:
        """Return what a name resolves to in a VPC; "" is the internet.

        Raises:
            SelectorError: nothing there resolves it.
        """
        name = normal(text)
        found = self._resolve(name, vpc, 0)
        if found is None:
            where = safe(vpc) or "the internet"
            raise SelectorError(f"nothing in the snapshot resolves {quoted(name)} for {where}")
        return found

    def _resolve(self, name: str, vpc: str, depth: int) -> Answers | None:
        if depth > _LONGEST:
            raise SelectorError(f"{quoted(name)} stands for a name that stands for it")
        record = self._snapshot.vpcs.get(vpc)
        if record is not None and record.dns_servers:
            servers = ", ".join(map(safe, record.dns_servers))
            asked = f"hosts of {safe(vpc)} ask {servers}, which its DHCP options name"
            return Answers(unknown=f"{asked}: what those answer is in no snapshot")
        doubt = self._profiles.doubt(name, vpc, has_dns=has_dns(record))
        if doubt:
            return Answers(unknown=doubt)
        zone = self._zone(name, vpc)
        beyond = self._forwarded(name, vpc, zone)
        if beyond is not None:
            return beyond
        if zone is not None and not self._is_closer_than(zone, name, vpc):
            return self._in_zone(zone, name, vpc, depth)
        private = self._at_private_endpoint(name, vpc)
        if private is not None:
            return private
        own = self._own(name, vpc) or self._hidden(name, vpc)
        return own if own is not None else self._in_public_zone(name, vpc, depth)

    # -- rules of the resolver

    def _forwarded(self, name: str, vpc: str, zone: HostedZone | None) -> Answers | None:
        """Return that a rule has others answer; what the VPC itself knows better goes before."""
        brought = self._profiles.brings(vpc)
        rule = rule_for(self._snapshot.resolver_rules.values(), name, vpc, brought)
        if rule is None or rule.kind != "FORWARD":
            return None
        own = [normal(zone.zone_name)] if zone else []
        own += self._inner_domains(name, vpc)
        if any(len(domain) > len(normal(rule.domain)) for domain in own):
            return None
        return Answers(unknown=forwarded(rule, vpc, brought))

    def _is_closer_than(self, zone: HostedZone, name: str, vpc: str) -> bool:
        """Tell whether the VPC itself has a closer domain of a name than a zone's [HY-8].

        The name of an endpoint of the VPC goes before a profile's zone of that name, as all that is
        the VPC's own.
        """
        apex = len(normal(zone.zone_name))
        if zone.id in self._profiles.lends(vpc):
            apex -= any(len(one) == apex for one in self._endpoint_domains(name, vpc))
        return any(len(domain) > apex for domain in self._inner_domains(name, vpc))

    def _inner_domains(self, name: str, vpc: str) -> Iterator[str]:
        """Yield the domains of a name about which a VPC's resolver answers itself [EP-2]."""
        yield from (found[1] for found in [_OWN.fullmatch(name)] if found)
        yield from self._endpoint_domains(name, vpc)

    def _endpoint_domains(self, name: str, vpc: str) -> Iterator[str]:
        """Yield the domains of a name that endpoints of a VPC bear there."""
        for endpoint in self._with_private_dns(vpc):
            yield from (one for one in private_domains(endpoint) if lies_in(name, one))

    def _with_private_dns(self, vpc: str) -> Iterator[VpcEndpoint]:
        """Yield the endpoints whose private names a VPC sees."""
        if has_dns(self._snapshot.vpcs.get(vpc)):
            for endpoint in self._snapshot.endpoints.values():
                if endpoint.vpc == vpc and endpoint.has_private_dns and is_available(endpoint):
                    yield endpoint

    # -- hosted zones

    def _zone(self, name: str, vpc: str) -> HostedZone | None:
        """Return the private zone that answers for a name in a VPC, the closest one [HY-8].

        One of which nobody says which VPCs it serves may be it.
        """
        record = self._snapshot.vpcs.get(vpc)
        if not has_dns(record):
            return None
        brought = self._profiles.brings(vpc)
        mine = (
            zone
            for zone in self._snapshot.hosted_zones.values()
            if zone.is_private and (vpc in zone.vpcs or not zone.vpcs or zone.id in brought)
            if lies_in(name, zone.zone_name)
        )
        return closest(mine, self._profiles.lends(vpc))

    def _in_public_zone(self, name: str, vpc: str, depth: int) -> Answers | None:
        zones = self._snapshot.hosted_zones.values()
        mine = [zone for zone in zones if lies_in(name, zone.zone_name)]
        public = closest(zone for zone in mine if not zone.is_private)
        if public is not None:
            return self._in_zone(public, name, vpc, depth)
        private = closest(zone for zone in mine if zone.is_private)
        if private is None:
            return None
        why = f"{safe(private.id)}, the private zone of {safe(name)}, does not serve "
        return Answers(unknown=f"{why}{safe(vpc) or 'the internet'}; others may resolve it")

    def _in_zone(self, zone: HostedZone, name: str, vpc: str, depth: int) -> Answers:
        """Return what a zone says of a name, names that stand for others followed."""
        gap = gap_of(zone, name, is_brought=zone.id in self._profiles.brings(vpc))
        if gap:
            return Answers(unknown=gap)
        records = records_of(zone, name)
        if not records:
            listed = f"{quoted(zone.zone_name)} ({safe(zone.id)})"
            raise SelectorError(f"the zone {listed} has no address record {quoted(name)}")
        notes = dns_notes(self._snapshot.vpcs.get(vpc)) if zone.is_private else ()
        found = [self._of_record(record, vpc, depth) for record in records]
        return merged([Answers(notes=notes, choice=undecided(records, name)), *found])

    def _of_record(self, record: DnsRecord, vpc: str, depth: int) -> Answers:
        if record.kind in ("A", "AAAA"):
            return Answers(addresses=tuple(map(Address.parse, record.values)))
        return merged(self._target(record, normal(value), vpc, depth) for value in record.values)

    def _target(self, record: DnsRecord, target: str, vpc: str, depth: int) -> Answers:
        found = self._resolve(target, vpc, depth + 1)
        if found is not None:
            return found
        stands = f"{safe(target)}, which {safe(normal(record.name))} stands for"
        return Answers(unknown=f"nothing in the snapshot resolves {stands}")

    # -- endpoints with private DNS

    def _private_endpoint(self, name: str) -> bool:
        return any(self._bears_privately(e, name) for e in self._snapshot.endpoints.values())

    def _at_private_endpoint(self, name: str, vpc: str) -> Answers | None:
        """Return the interfaces of an endpoint whose private name this is in its VPC [EP-2]."""
        notes = dns_notes(self._snapshot.vpcs.get(vpc))
        for endpoint in self._with_private_dns(vpc):
            if self._bears_privately(endpoint, name):
                return self.services.at_interfaces(endpoint, notes)
        return None

    def _hidden(self, name: str, vpc: str) -> Answers | None:
        """Return that an endpoint answers for a name that it does not list: AWS says not what."""
        for endpoint in self._with_private_dns(vpc):
            if any(lies_in(name, domain) for domain in private_domains(endpoint)):
                lists = f"{safe(endpoint.id)}, which answers for it in {safe(vpc)}, lists no"
                return Answers(unknown=f"{lists} {quoted(name)}")
        return None

    @staticmethod
    def _bears_privately(endpoint: VpcEndpoint, name: str) -> bool:
        names = [normal(one) for one in endpoint.dns_names if endpoint.has_private_dns]
        return any(
            name == one or (one.startswith("*.") and name.endswith(one[1:]))
            for one in names
            if endpoint.id not in one
        )

    # -- names that AWS gives

    @cached_property
    def _bearers(self) -> dict[str, LoadBalancer | ManagedService | VpcEndpoint]:
        """What bears a name of its own."""
        found: dict[str, LoadBalancer | ManagedService | VpcEndpoint] = {}
        for endpoint in self._snapshot.endpoints.values():
            found |= {normal(one): endpoint for one in endpoint.dns_names if endpoint.id in one}
        for service in self._snapshot.managed_services.values():
            found |= {normal(one): service for one in service.dns_names}
        for balancer in self._snapshot.load_balancers.values():
            if balancer.dns_name:
                found[normal(balancer.dns_name)] = balancer
        return found

    def _own(self, name: str, vpc: str) -> Answers | None:
        """Return what a name leads to that AWS gave."""
        bearer = self._bearers.get(name) or self._bearers.get(name.removeprefix("dualstack."))
        if bearer is not None:
            return self._of_bearer(bearer, name, vpc)
        inside = self._private_name(name, vpc)
        if inside is not None:
            return inside
        public = _PUBLIC.fullmatch(name)
        if public:
            return self._public_name(_address(public), vpc)
        service = service_of_host(name)
        return self.services.seen_from(service, vpc) if service else None

    def _private_name(self, name: str, vpc: str) -> Answers | None:
        """Return what a name means that EC2 gave a host, to VPCs whose attributes are on [HY-8]."""
        instance, private = _INSTANCE.fullmatch(name), _PRIVATE.fullmatch(name)
        known = self._relations.interfaces_of_instance.get(instance[1], ()) if instance else ()
        found = Answers(interfaces=(known[0].id,)) if known else None
        if private:
            found = _literal(private)
        if found is None or has_dns(self._snapshot.vpcs.get(vpc)):
            return found
        where = f"the resolver of {safe(vpc)}, whose DNS attributes are off," if vpc else "nobody"
        return Answers(unknown=f"{where} answers no private name such as {safe(name)}")

    def _of_bearer(
        self, bearer: LoadBalancer | ManagedService | VpcEndpoint, name: str, vpc: str
    ) -> Answers:
        if isinstance(bearer, ManagedService):
            return self._of_managed(bearer, name, vpc)
        if isinstance(bearer, VpcEndpoint):
            return self._of_endpoint(bearer, name)
        return self._balancers.seen(bearer)

    def _of_managed(self, service: ManagedService, name: str, vpc: str) -> Answers:
        """Return where a managed service's name leads: its public addresses from other VPCs."""
        sees_zones = has_dns(self._snapshot.vpcs.get(vpc))
        if service.kind == _CONTROL_PLANE and not _leads_inside(service, vpc, sees_zones):
            return _beyond(service)
        found = of_managed(self._snapshot, service, name)
        known = [self._snapshot.interfaces[one] for one in found.interfaces]
        is_inside = all(one.vpc == vpc for one in known) and sees_zones
        if not vpc or is_inside:
            return found
        seen = [
            self._held(one.vpc, part.private, part.public, vpc)
            for one in known
            for part in one.addresses
            if part.public is not None
        ]
        if not seen:
            return found
        return merged([replace(found, interfaces=()), *seen])

    def _of_endpoint(self, endpoint: VpcEndpoint, name: str) -> Answers:
        """Return an endpoint's interfaces; a name with a zone in it means the one there."""
        known = [self._snapshot.interfaces.get(one) for one in endpoint.interfaces]
        label = name.partition(".")[0]
        zonal = tuple(
            one.id for one in known if one and one.zone and label.endswith(f"-{one.zone}")
        )
        return Answers(interfaces=zonal) if zonal else self.services.of_endpoint(endpoint)

    def _public_name(self, address: Address | None, vpc: str) -> Answers | None:
        """Return what a host's public name means: in its own VPC its private address [HY-8]."""
        if address is None:
            return None
        for record in self._snapshot.interfaces.values():
            for held in record.addresses:
                if held.public == address:
                    return self._held(record.vpc, held.private, address, vpc)
        return Answers(addresses=(address,))

    def _held(self, home: str, private: Address, public: Address, vpc: str) -> Answers:
        """Return a host's private address to its own VPC and to peers that may see it.

        To others it is the public one. Between peers both VPCs need the DNS attributes [PC-5]
        (docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html).
        """
        both = [self._snapshot.vpcs.get(one) for one in dict.fromkeys((vpc, home))]
        is_resolved = all(map(has_dns, both))
        notes = tuple(chain.from_iterable(map(dns_notes, both)))
        sides = list(self._peer_sides(home, vpc))
        is_near = home == vpc or any(side.resolves_remote_names for side in sides)
        if is_resolved and is_near:
            return Answers(addresses=(private,), notes=notes)
        unsaid = [side for side in sides if side.resolves_remote_names is None]
        note = f"{safe(home)} is taken not to resolve its public names to private ones for peers"
        return Answers(addresses=(public,), notes=(note,) if unsaid else ())

    def _peer_sides(self, home: str, vpc: str) -> Iterator[PeeredVpc]:
        """Yield `home`'s side of each active peering with a VPC: its option decides [PC-5]."""
        for peering in self._snapshot.peerings.values():
            sides = (peering.requester, peering.accepter)
            for mine, other in (sides, sides[::-1]):
                if peering.state == "active" and (mine.vpc, other.vpc) == (home, vpc):
                    yield mine


#: The kind of services whose names lead to AWS's own public addresses, unless told otherwise.
_CONTROL_PLANE: Final = "eks-cluster"


def _leads_inside(cluster: ManagedService, vpc: str, sees_zones: bool) -> bool:
    """Tell whether a cluster's name means its own interfaces to a VPC: with private access on.

    Beside public access that is by a private zone, for which the DNS attributes must be on
    (docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html).
    """
    is_home = vpc == cluster.vpc and sees_zones
    return cluster.access == "private" or (cluster.access == "both" and is_home)


def _beyond(cluster: ManagedService) -> Answers:
    """Return what the name of a control plane means to those whom it does not lead inside."""
    if cluster.access:
        return Answers(hidden=f"AWS does not list the public addresses of {safe(cluster.id)}")
    why = f"the snapshot does not say who is led to the private addresses of {safe(cluster.id)}"
    return Answers(unknown=why)


def _address(found: re.Match[str]) -> Address | None:
    try:
        return Address.parse(".".join(found.groups()[:4]))
    except AddressError:
        return None


def _literal(found: re.Match[str]) -> Answers | None:
    address = _address(found)
    return None if address is None else Answers(addresses=(address,))
