"""Load balancers as plain records: what ``aws elb`` and ``aws elbv2`` say of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NETWORK, APPLICATION, CLASSIC, GATEWAY = "net", "app", "classic", "gwy"
#: The zone of a target outside the VPC: every node may use it.
EVERYWHERE: Final = ""


@dataclass(frozen=True)
class Listener:
    protocol: str
    port: int
    groups: tuple[str, ...] = ()  # of its default action and of all its rules
    instance_port: int | None = None  # a classic balancer's


@dataclass(frozen=True)
class Target:
    id: str  # an instance, an address, a function or an application balancer
    port: int | None
    zone: str  # as it was registered
    health: str  # "" where nobody says


@dataclass(frozen=True)
class Floor:
    """How many targets must be healthy: a number, and a share of the registered ones."""

    count: int | None  # None: off
    percent: int | None


@dataclass(frozen=True)
class TargetGroup:
    id: str
    kind: str  # instance, ip, lambda or alb
    protocol: str
    port: int | None
    version: int | None  # of the addresses that its targets are sent to; None: nobody says
    keeps_client: bool | None  # None: the default of its kind [LB-4]
    crosses: bool | None  # None: as its balancer does [LB-6]
    targets: tuple[Target, ...] | None  # None: nobody says
    routing: Floor  # below it nodes use unhealthy targets too
    naming: Floor  # below it DNS leaves a zone out


@dataclass(frozen=True)
class Balancer:
    id: str
    kind: str
    state: str
    zones: frozenset[str]  # that it enables, by id
    groups: tuple[str, ...]
    listeners: tuple[Listener, ...] | None  # None: nobody says
    crosses: bool | None
    instances: tuple[str, ...] = ()  # a classic balancer's
    idle: frozenset[str] = frozenset()  # those of them that are out of service
    filters_links: bool = True  # its groups judge what comes by PrivateLink [LB-3]
    takes_six: bool | None = None  # None: nobody says


@dataclass(frozen=True)
class Balancers:
    """All load balancers; nodes are interfaces, by id, with the balancer that they are of."""

    nodes: dict[str, Balancer | None]  # None: it is not on record
    groups: dict[str, TargetGroup]
    gateways: dict[str, Balancer]  # gateway ones, by ARN
    gateway_nodes: dict[str, Balancer | None]
    have_leaving_shares: bool  # whether some node may depend on how AWS counts those that leave

    def nodes_of(self, balancer: str) -> list[str]:
        """Return the interfaces that are a balancer's nodes."""
        return [node for node, owner in self.nodes.items() if owner and owner.id == balancer]
