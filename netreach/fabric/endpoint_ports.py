"""Which ports a service serves behind its interface endpoints [EP-1, LAB-5].

AWS's own services take HTTPS, apart from a closed table. What others offer by PrivateLink
takes what the listeners of their balancers take, if the snapshot holds those. All else is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_, or_
from typing import Final

from netreach.model.services import EndpointKind, Listener, VpcEndpoint
from netreach.model.snapshot import Snapshot
from netreach.packets.pool import Bounds
from netreach.packets.services import TCP, UDP, ServiceSet

#: com.amazonaws.REGION.NAME; what others offer is com.amazonaws.vpce.REGION.vpce-svc-ID.
_OWN_SERVICE: Final = re.compile(r"(?:cn\.)?com\.amazonaws\.(?!vpce\.)[a-z0-9-]+\.(.+)")
_HTTPS: Final = (443,)

#: Services that serve other TCP ports than 443 alone, with where that is written.
_PORTS: Final[Mapping[str, tuple[int, ...]]] = {
    "s3": (80, 443),  # measured [LAB-5]
    # docs.aws.amazon.com/keyspaces/latest/devguide/programmatic.endpoints.html
    "cassandra": (443, 9142),
    "cassandra-fips": (443, 9142),
    # docs.aws.amazon.com/ses/latest/dg/smtp-connect.html
    "email-smtp": (25, 465, 587, 2465, 2587),
    # docs.aws.amazon.com/iot/latest/developerguide/protocols.html
    "iot.data": (443, 8443, 8883),
}
#: The kind of managed services that stand behind a VPC endpoint of their own.
SERVERLESS_CACHE: Final = "serverless-cache"
#: Services that take other ports too, which nothing here says.
_UNSAID: Final = frozenset({"appstream.streaming", "datasync", "storagegateway", "transfer.server"})
_WITH_PORTS: Final = ServiceSet.protocol(TCP) | ServiceSet.protocol(UDP)
_UNKNOWN: Final = Bounds(ServiceSet.empty(), _WITH_PORTS)
_ANYTHING: Final = Bounds(ServiceSet.empty(), ServiceSet.everything())


def is_of_aws(endpoint: VpcEndpoint) -> bool:
    """Tell whether an endpoint leads to a service of AWS's own."""
    return _OWN_SERVICE.fullmatch(endpoint.service) is not None


def served_by(snapshot: Snapshot, endpoint: VpcEndpoint | None) -> Bounds:
    """Return what an interface endpoint takes: surely, and maybe. None answers a ping."""
    if endpoint is None:
        return _UNKNOWN
    if endpoint.kind not in (EndpointKind.INTERFACE, EndpointKind.UNKNOWN):
        return _ANYTHING  # resource and service-network endpoints [EP-6]
    own = _OWN_SERVICE.fullmatch(endpoint.service)
    if own is None:
        return _of_cache(snapshot, endpoint) or _offered(snapshot, endpoint.service)
    if own[1] in _UNSAID:
        return _UNKNOWN
    ports = _tcp(_PORTS.get(own[1], _HTTPS))
    return Bounds(ports, ports)


def _tcp(ports: tuple[int, ...]) -> ServiceSet:
    return reduce(or_, (ServiceSet.ports(TCP, port, port) for port in ports))


def _of_cache(snapshot: Snapshot, endpoint: VpcEndpoint) -> Bounds | None:
    """Return what the serverless cache behind an endpoint takes: its port surely."""
    for service in snapshot.managed_services.values():
        is_here = any(one in endpoint.interfaces for one in service.interfaces)
        if service.kind == SERVERLESS_CACHE and is_here and service.port is not None:
            return Bounds(_tcp((service.port,)), _WITH_PORTS)
    return None


def _offered(snapshot: Snapshot, service: str) -> Bounds:
    """Return what the balancers behind an endpoint service listen to [EP-5]."""
    heard = list(_heard(snapshot, service))
    known = [ports for ports in heard if ports is not None]
    if not known or len(known) < len(heard):
        return _UNKNOWN
    return Bounds(reduce(and_, known), reduce(or_, known))


def _heard(snapshot: Snapshot, service: str) -> Iterator[ServiceSet | None]:
    """Yield what each balancer of an endpoint service listens to; None where nobody says."""
    for offer in snapshot.endpoint_services.values():
        for number in offer.balancers if service and offer.service == service else ():
            balancer = snapshot.load_balancers.get(number)
            listeners = balancer.listeners if balancer and not balancer.doubt else None
            yield None if listeners is None else _taken(listeners)


def _taken(listeners: tuple[Listener, ...]) -> ServiceSet:
    sets = [
        ServiceSet.ports(protocol, listener.port, listener.port)
        for listener in listeners
        if listener.port is not None
        for protocol in _protocols(listener.protocol)
    ]
    return reduce(or_, sets, ServiceSet.empty())


def _protocols(listener: str) -> Iterator[int]:
    """Yield the protocols of a listener: TLS is TCP, TCP_UDP is both, QUIC is UDP."""
    words = set(listener.split("_"))
    if words - {"UDP", "QUIC"}:
        yield TCP
    if words & {"UDP", "QUIC"}:
        yield UDP
