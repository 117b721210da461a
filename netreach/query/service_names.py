"""AWS services by name: where each VPC finds them [EP-2, EP-3].

In a VPC with an interface endpoint and its private DNS, the service's name resolves to the
endpoint's interfaces; everywhere else to public addresses, which routes may lead to a gateway
endpoint, to a NAT gateway or straight to the internet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from netreach.errors import SelectorError
from netreach.fabric.endpoint import is_available, is_gateway
from netreach.model.services import EndpointKind, EndpointService, VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Prefix
from netreach.query.answers import Answers, dns_notes, has_dns, merged
from netreach.query.profiles import doubt_of_service
from netreach.query.words import safe
from netreach.query.zones import normal

#: The names under which AWS keeps services: com.amazonaws.REGION.SERVICE.
_FULL: Final = re.compile(r"(?:cn\.)?com\.amazonaws\.[a-z0-9-]+\.[a-z0-9.-]+")
_ZONE: Final = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]")
#: Services whose public addresses AWS keeps in prefix lists.
_LISTED: Final = (".s3", ".dynamodb")
_REGION: Final = r"([a-z]{2}(?:-[a-z]+)+-\d+)"
#: Public host names -> the service: those whose parts stand the other way round come first.
_HOSTS: Final = (
    (re.compile(rf"(?:.+\.)?s3\.{_REGION}\.amazonaws\.com"), "s3"),
    (re.compile(rf"api\.ecr\.{_REGION}\.amazonaws\.com"), "ecr.api"),
    (re.compile(rf"(?:.+\.)?dkr\.ecr\.{_REGION}\.amazonaws\.com"), "ecr.dkr"),
)
_PLAIN: Final = re.compile(rf"([a-z0-9-]+)\.{_REGION}\.amazonaws\.com")


def service_of_host(name: str) -> str:
    """Return the service behind one of AWS's public host names, "" if it is none.

    >>> service_of_host("logs.s3.eu-west-1.amazonaws.com")
    'com.amazonaws.eu-west-1.s3'
    """
    for pattern, service in _HOSTS:
        found = pattern.fullmatch(name)
        if found:
            return f"com.amazonaws.{found[1]}.{service}"
    plain = _PLAIN.fullmatch(name)
    return f"com.amazonaws.{plain[2]}.{plain[1]}" if plain else ""


def host_of_service(service: str) -> str:
    """Return the public host name of a service of AWS's own, "" for one that an account offers.

    >>> host_of_service("com.amazonaws.eu-west-1.ecr.api")
    'api.ecr.eu-west-1.amazonaws.com'
    """
    if not _FULL.fullmatch(service) or ".vpce." in service:
        return ""
    _, _, rest = service.removeprefix("cn.").split(".", 2)
    region, *parts = rest.split(".")
    suffix = "amazonaws.com.cn" if service.startswith("cn.") else "amazonaws.com"
    return ".".join((*reversed(parts), region, suffix))


def private_domains(endpoint: VpcEndpoint) -> list[str]:
    """Return the domains for which an endpoint answers where its private names count [EP-2]."""
    names = [normal(one).removeprefix("*.") for one in endpoint.dns_names]
    names = [one for one in names if endpoint.id not in one]
    return list(filter(None, names or [host_of_service(endpoint.service)]))


class ServiceNames:
    """Finds where services are, as the VPCs of one snapshot see them."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Index nothing."""
        self._snapshot = snapshot

    def offers(self, name: str) -> bool:
        """Tell whether an endpoint of the snapshot leads to a service, whole or without Region."""
        services = (endpoint.service for endpoint in self._snapshot.endpoints.values())
        return any(service == name or service.endswith(f".{name}") for service in services)

    def seen_from(self, name: str, vpc: str) -> Answers:
        """Return where a service is, as a VPC sees it; "" is the internet."""
        region = "" if _FULL.fullmatch(name) else self._region(vpc)
        if not region and not _FULL.fullmatch(name):
            where = safe(vpc) or "the sender"
            return Answers(unknown=f"the snapshot does not say in which Region {where} is")
        full = f"com.amazonaws.{region}.{name}" if region else name
        record = self._snapshot.vpcs.get(vpc)
        doubt = doubt_of_service(self._snapshot, full, vpc, has_dns=has_dns(record))
        if doubt:
            return Answers(unknown=doubt)
        private = self._private(full, vpc)
        return self._public(full) if private is None else private

    def of_offer(self, offer: EndpointService, vpc: str) -> Answers:
        """Return where a VPC finds what an account offers: at its endpoints that lead there [EP-5].

        Raises:
            SelectorError: it has none.
        """
        mine = [
            one
            for one in self._snapshot.endpoints.values()
            if one.vpc == vpc and one.service == offer.service and offer.service
        ]
        ready = [one for one in mine if is_available(one)]
        if not ready:
            where = f"in {safe(vpc)}" if vpc else "outside all VPCs"
            least = f"{mine[0].id} is {safe(mine[0].state)}" if mine else "no endpoint there does"
            raise SelectorError(
                f"nothing {where} leads to {safe(offer.id)}: {least}; name one of its load "
                "balancers, or ask from a VPC that has an endpoint"
            )
        return merged(map(self.of_endpoint, ready))

    def _region(self, vpc: str) -> str:
        """Return the Region of a VPC; of the internet, if all VPCs are in one."""
        record = self._snapshot.vpcs.get(vpc)
        if record is not None and record.region:
            return record.region
        zones = [s.zone for s in self._snapshot.subnets.values() if not vpc or s.vpc == vpc]
        found = {match[1] for match in map(_ZONE.fullmatch, zones) if match}
        if not vpc:
            found |= {one.region for one in self._snapshot.vpcs.values() if one.region}
        return found.pop() if len(found) == 1 else ""

    def _private(self, service: str, vpc: str) -> Answers | None:
        """Return the interfaces of the endpoint whose private DNS the VPC sees [EP-2]."""
        record = self._snapshot.vpcs.get(vpc)
        endpoint = next(self._with_private_dns(service, vpc), None)
        if endpoint is None or not has_dns(record):
            return None
        notes = (*dns_notes(record), *self._inbound_notes(endpoint))
        return self.at_interfaces(endpoint, notes)

    def _with_private_dns(self, service: str, vpc: str) -> Iterator[VpcEndpoint]:
        for endpoint in self._snapshot.endpoints.values():
            known = endpoint.vpc == vpc and endpoint.service == service
            if known and endpoint.has_private_dns and is_available(endpoint):
                yield endpoint

    def _inbound_notes(self, endpoint: VpcEndpoint) -> Iterator[str]:
        """Say what else private DNS may mean beside a gateway endpoint: S3 alone has both."""
        beside = (
            other.vpc == endpoint.vpc and other.service == endpoint.service and is_gateway(other)
            for other in self._snapshot.endpoints.values()
        )
        if any(beside):
            yield (
                f"private DNS of {safe(endpoint.id)} is taken to hold for its VPC, not only for "
                "inbound resolver endpoints"
            )

    def at_interfaces(self, endpoint: VpcEndpoint, notes: tuple[str, ...] = ()) -> Answers:
        """Return the interfaces of an endpoint."""
        known = tuple(one for one in endpoint.interfaces if one in self._snapshot.interfaces)
        if known:
            return Answers(interfaces=known, notes=notes)
        return Answers(unknown=f"the snapshot holds no network interface of {safe(endpoint.id)}")

    def _public(self, service: str) -> Answers:
        """Return the public addresses of a service, as far as a prefix list says them."""
        known = self._entries(service)
        if known:
            return Answers(ranges=known, service=service)
        why = f"the snapshot does not say at which public addresses {safe(service)} answers"
        if service.endswith(_LISTED):
            why = f"the snapshot lacks the entries of the prefix list {safe(service)}"
        return Answers(hidden=why, service=service)

    def _entries(self, service: str) -> tuple[Prefix, ...]:
        for record in self._snapshot.prefix_lists.values():
            if record.list_name == service and record.entries and not record.doubt:
                return record.entries
        return ()

    def of_endpoint(self, endpoint: VpcEndpoint) -> Answers:
        """Return what an endpoint's own name stands for; a gateway endpoint has none."""
        if endpoint.kind is EndpointKind.GATEWAY:
            return Answers(unknown=f"{safe(endpoint.id)} is a gateway endpoint and has no address")
        return self.at_interfaces(endpoint)
