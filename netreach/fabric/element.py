"""What every element can do: take a batch, narrow it, rewrite it, hand it on.

An element's `cross` gets a batch of packets that are all at its stage and a `Passage`, the record
of one walk. It never loops over packets: it screens, stops, moves or delivers whole batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum, auto
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct, field

from netreach.fabric.ports_read import PortsRead, couple, half_seen
from netreach.fabric.sessions import SessionLog
from netreach.packets.batch import Column, Mask, PacketBatch, column, filled
from netreach.packets.pool import EVERYTHING, NOTHING, UNSURE, ServicePool


class Stage(IntEnum):
    """Which element takes a packet next."""

    ORIGIN = 0  # place: the interface that sends it (NO_ROW: an address that nobody holds)
    ROUTER = auto()  # leaves its subnet; place: unused, the subnet decides
    DELIVER = auto()  # inside its VPC, to whoever holds the destination
    NAT_GATEWAY = auto()  # place: the NAT gateway
    INTERNET_GATEWAY = auto()  # on its way out; place: the gateway
    EGRESS_ONLY = auto()  # on its way out; place: the gateway
    INTERNET = auto()  # between gateways and the hosts out there
    INGRESS = auto()  # an internet gateway, on the way in; place: the gateway
    EGRESS_ONLY_RETURN = auto()  # an egress-only gateway, on the way in
    MIDDLEBOX = auto()  # routed to an interface; place: the interface
    MIDDLEBOX_RETURN = auto()  # a reply to what an appliance sent as its own
    GATEWAY_TABLE = auto()  # in by a gateway with a route table of its own; place: the table
    PEERING = auto()  # place: the peering connection
    TRANSIT_GATEWAY = auto()  # from a VPC; place: the gateway
    TRANSIT_TABLE = auto()  # inside a transit gateway; place: the attachment it came in by
    TRANSIT_ARRIVAL = auto()  # into a VPC; place: the attachment
    SITE = auto()  # outside AWS and the internet; place: the site
    SITE_ARRIVAL = auto()  # out of AWS to a site; place: the link
    TRANSIT_SITE = auto()  # out of a transit gateway to a site; place: the attachment
    VPN_GATEWAY = auto()  # from its VPC; place: the gateway
    VPN_GATEWAY_INGRESS = auto()  # from a site; place: the link
    CLIENT_VPN = auto()  # from a client; place: the endpoint
    CLIENT_VPN_RETURN = auto()  # a reply to a client; place: the endpoint's interface
    ENDPOINT = auto()  # place: the endpoint
    INSPECTION = auto()  # place: the endpoint in front of a firewall or of appliances
    BALANCER = auto()  # place: the node's interface
    BALANCER_RETURN = auto()  # a reply to a client whose address a balancer kept
    PRIVATE_LINK = auto()  # to a provider's balancer, and back; place: the endpoint's interface


class Kind(IntEnum):
    """What a component of a trace is; origins.py turns kind and row into a record."""

    INTERFACE = 0
    GROUP_SET = auto()  # row: the interface that carries the groups
    NETWORK_ACL = auto()  # row: the subnet that the ACL guards
    ROUTE_TABLE = auto()  # row: the subnet; detail: the route
    INTERNET_GATEWAY = auto()
    EGRESS_ONLY = auto()
    NAT_GATEWAY = auto()
    INTERNET = auto()
    AWS_SERVICE = auto()
    VPC = auto()
    UNMODELLED = auto()  # row: the route that leads there
    SUBNET = auto()
    GATEWAY_TABLE = auto()  # row: the table of a gateway; detail: the route
    PEERING = auto()
    TRANSIT_GATEWAY = auto()
    TRANSIT_ATTACHMENT = auto()
    TRANSIT_TABLE = auto()  # row: the transit route table; detail: its route
    TRANSIT_POLICY = auto()  # row: the policy table
    MULTICAST_DOMAIN = auto()
    SITE = auto()  # networks behind a customer gateway, a Direct Connect link, VPN clients
    SITE_LINK = auto()  # a VPN connection, Direct Connect or a client VPN endpoint
    VPN_GATEWAY = auto()
    ENDPOINT = auto()
    LOAD_BALANCER = auto()  # row: the interface of its node; detail: the way by a listener
    TARGET_GROUP = auto()
    INSPECTION = auto()  # row: the endpoint of a firewall, or in front of appliances
    FIREWALL = auto()
    PUBLIC_ACCESS = auto()  # row: the subnet whose internet access is restricted
    ENDPOINT_SERVICE = auto()
    GATEWAY_BALANCER = auto()  # behind an inspection endpoint; row: the interface of its node
    APPLIANCES = auto()  # its target group


class Fate(IntEnum):
    """How a packet's way ended; apart from the first two, the names are explanation codes."""

    DELIVERED = 0
    FILTERED = auto()
    NO_ROUTE_TO_DESTINATION = auto()
    BAD_STATE_ROUTE = auto()
    UNROUTABLE_DESTINATION_RANGE = auto()
    ROUTING_LOOP = auto()
    BAD_STATE = auto()
    BAD_STATE_ATTACHMENT = auto()
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS = auto()
    IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS = auto()
    VPC_BLOCK_PUBLIC_ACCESS_ENABLED = auto()
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS = auto()
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS = auto()
    IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS = auto()
    IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS = auto()
    GATEWAY_REJECTS_SPOOFED_TRAFFIC = auto()
    ENI_SOURCE_DEST_CHECK_RESTRICTION = auto()
    ENI_DENIES_IGW_TRAFFIC = auto()
    EIGW_OUTBOUND_ONLY = auto()
    EIGW_DROPS_INSPECTED_TRAFFIC = auto()
    NGW_NO_SESSION = auto()
    NOT_AN_INTERNET_ADDRESS = auto()
    NO_POSSIBLE_DESTINATION = auto()
    NO_SOURCE_OR_DESTINATION = auto()
    ADDRESS_NOT_HELD = auto()
    NGW_REQUIRES_NAT64_ADDRESS = auto()
    INSTANCE_METADATA_DISABLED = auto()
    DELIVERED_ELSEWHERE = auto()
    REPLY_FROM_OTHER_ADDRESS = auto()
    VPC_DNS_SUPPORT_DISABLED = auto()
    REGIONAL_NGW_ROUTE_AZ_RESTRICTION = auto()
    INGRESS_RTB_NO_PUBLIC_IP = auto()
    INGRESS_RTB_TRAFFIC_REDIRECTION = auto()
    PCX_REQUIRES_ADDRESS_IN_VPC_CIDR = auto()
    VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC = auto()
    VPCE_SERVICE_NOT_INSTALLED_IN_AZ = auto()
    TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION = auto()
    TGW_POLICY_TABLE_NO_MATCH = auto()
    TGW_ROUTE_AZ_RESTRICTION = auto()
    TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT = auto()
    TGW_RTB_BAD_STATE_ROUTE = auto()
    ELBV2_LISTENERS_MISMATCH = auto()
    ELBV2_LISTENER_HAS_NO_TG = auto()
    ELBV2_NO_TARGETS_IN_AZ = auto()
    ELBV2_SOURCE_ADDRESS_PRESERVATION = auto()
    ELBV2_LISTENER_REQUIRES_TG_ACCEPT = auto()
    GWLB_DESTINATION_PORT_RESTRICTION = auto()
    GWLB_PROTOCOL_RESTRICTION = auto()
    GWLB_TAKES_NO_IPV6 = auto()
    ELB_LISTENERS_MISMATCH = auto()
    ELB_INSTALLED_AZ_RESTRICTION = auto()
    ELB_NOT_CROSSZONE = auto()
    BAD_STATE_VPN = auto()
    TGW_BAD_STATE_VPN = auto()
    VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS = auto()
    VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS = auto()
    CLIENT_VPN_NOT_AUTHORIZED = auto()
    # from here on: nobody can say
    NOT_MODELLED = auto()
    UNKNOWN_RESOURCE = auto()
    AMBIGUOUS_ROUTE = auto()
    PREFIX_LIST_ENTRIES_UNKNOWN = auto()
    TGW_RTB_ROUTES_ARE_UNKNOWN = auto()
    UNKNOWN_DESTINATION = auto()


#: The first of the fates that mean "unknown".
FIRST_UNKNOWN: Final = Fate.NOT_MODELLED


class Assumed(IntEnum):
    """Bits: defaults of AWS that the snapshot did not state."""

    ACL = 1
    GATEWAY = 2
    DNS_SUPPORT = 4
    NO_GROUPS = 8
    #: Not a default: one of several ways of which nobody knows which one AWS takes.
    EITHER = 16
    #: Not a default: what arrives is not the service that was asked for (a listener maps ports).
    MAPPED = 32
    #: What lies behind a customer gateway, a Direct Connect link or a VPN client.
    SITE = 64
    #: That an appliance passes on what it is sent.
    APPLIANCE = 128
    #: How it does so on this branch: as it is, or with its own address as the source; out of the
    #: interface by which it came, or out of the host's other one.
    FORWARDS = 256
    TRANSLATES = 512
    FORWARDS_ACROSS = 1024
    TRANSLATES_ACROSS = 2048
    #: That targets whose health the snapshot does not say are used.
    HEALTH = 4096
    #: Not a default, with EITHER: a way that is taken besides those that surely are, or not at all.
    PERHAPS = 8192
    #: That unhealthy targets get nothing beside a healthy one: the group's thresholds are not said.
    THRESHOLD = 16384


#: Assumptions that `--strict` turns into unknown.
STRICT_BITS: Final = Assumed.ACL | Assumed.GATEWAY | Assumed.APPLIANCE
#: What an appliance may do; which of them it does is its own setting, not AWS's.
MODES: Final = (
    Assumed.FORWARDS,
    Assumed.TRANSLATES,
    Assumed.FORWARDS_ACROSS,
    Assumed.TRANSLATES_ACROSS,
)
MODE_BITS: Final = int(sum(MODES))


class Step(Struct, frozen=True):
    """One decision or crossing by one kind of component, for a whole batch."""

    kind: Kind
    component: Column
    batch: PacketBatch
    #: Ids of what passes; None where the component does not filter.
    bounds: Column | None = None
    ingress: bool = False
    #: What it says of both ports, where it reads both.
    ports: PortsRead | None = None
    #: The row of the route that decided, or of the way through a load balancer.
    detail: Column | None = None
    #: How the way ended here; None where it went on.
    fate: Fate | None = None


class Ending(Struct, frozen=True):
    """Packets whose way ended, and how."""

    fate: Fate
    kind: Kind
    component: Column
    batch: PacketBatch


class Check(NamedTuple):
    """One thing that a gateway insists on: which packets fail it, and how it is called."""

    fails: Mask
    fate: Fate
    kind: Kind
    component: Column


class Passage(Struct):
    """One walk of a batch: which way, how strictly, and what has happened so far."""

    pool: ServicePool
    returning: bool = False
    #: Whether what sets out are copies of packets: no group is asked to let them out.
    is_copy: bool = False
    #: False for the explaining walk: denials are recorded, the asked set is kept whole.
    narrowing: bool = True
    #: Whether the groups of who sends and who receives are left for later: they are asked apart,
    #: where many pairs that travel alike differ in nothing else.
    defers_groups: bool = False
    #: Whether steps are kept.
    traced: bool = False
    #: The id of the replies that clients await, which says what ports they send from; for ways
    #: there. NOTHING where nobody says: then filters take any port.
    clients: int = NOTHING
    #: Ids of the replies that each row's client awaits; for returning walks.
    replies: Column = field(default_factory=lambda: column([]))
    #: The newest session of the way there, of what each row answers; for returning walks.
    begun: Column = field(default_factory=lambda: column([]))
    #: Ids of the services that it answers, as the client names them; for returning walks.
    asked: Column = field(default_factory=lambda: column([]))
    sessions: SessionLog = field(default_factory=SessionLog)
    steps: list[Step] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    pending: list[PacketBatch] = field(default_factory=list)

    def move(self, batch: PacketBatch) -> None:
        """Send packets to the stage that they name."""
        if len(batch):
            self.pending.append(batch)

    def note(
        self, kind: Kind, component: Column, batch: PacketBatch, detail: Column | None = None
    ) -> None:
        """Record that packets cross a component that does not filter."""
        if self.traced and len(batch):
            self.steps.append(Step(kind, component, batch, detail=detail))

    def screen(
        self, kind: Kind, component: Column, batch: PacketBatch, bounds: Column, *, ingress: bool
    ) -> PacketBatch:
        """Let a filter decide, and return what is left of the batch."""
        if self.traced and len(batch):
            self.steps.append(Step(kind, component, batch, bounds, ingress))
        return self._narrowed(kind, component, batch, bounds) if self.narrowing else batch

    def screen_ports(
        self, kind: Kind, component: Column, batch: PacketBatch, said: PortsRead
    ) -> PacketBatch:
        """Let a filter decide that reads both ports, and return what is left of the batch."""
        if self.traced and len(batch):
            self.steps.append(
                Step(kind, component, batch, said.bounds, ingress=True, ports=said),
            )
        if not self.narrowing:
            return batch
        batch, bounds = couple(batch, said, self.pool, returning=self.returning)
        return self._narrowed(kind, component, batch, bounds)

    def _narrowed(
        self, kind: Kind, component: Column, batch: PacketBatch, bounds: Column
    ) -> PacketBatch:
        """End the way of packets of which a filter leaves nothing; return the others."""
        services = self.pool.meet(batch.services, bounds)
        if services is batch.services:
            return batch
        narrowed = batch.replace(services=services)
        dead = services == NOTHING
        if not dead.any():
            return narrowed
        self.endings.append(
            Ending(Fate.FILTERED, kind, component[dead], narrowed.where(dead)),
        )
        return narrowed.where(~dead)

    def stop(
        self,
        fate: Fate,
        kind: Kind,
        component: Column,
        batch: PacketBatch,
        detail: Column | None = None,
    ) -> None:
        """End the way of packets; `detail` says what of the component did, for explanations."""
        if not len(batch):
            return
        if self.returning and fate is Fate.DELIVERED:
            batch = self._doubt_half_seen(batch)
        if self.traced:
            self.steps.append(Step(kind, component, batch, detail=detail, fate=fate))
        self.endings.append(Ending(fate, kind, component, batch))

    def _doubt_half_seen(self, batch: PacketBatch) -> PacketBatch:
        """Doubt replies that went around a firewall which saw the way there [NF-5]."""
        missed = batch.watched != 0
        if not missed.any():
            return batch
        begun = self.begun[batch.row]
        places = self.sessions.unwatched(begun, batch.watched)
        is_whole, unseen = self.sessions.half_seen(begun, batch.watched, self.pool.couple)
        batch = self.doubt_where(missed & is_whole, Kind.INSPECTION, places, batch, UNSURE)
        if is_whole[missed].all():
            return batch
        said = half_seen(batch, missed & ~is_whole, unseen, self.pool)
        return self.screen_ports(Kind.INSPECTION, places, batch, said)

    def gate(self, batch: PacketBatch, checks: Iterable[Check]) -> Mask:
        """End the way of packets that fail any check, the first one first; return who passes.

        The explaining walk records every check that a packet fails.
        """
        passes = np.ones(len(batch), bool)
        for check in checks:
            hits = check.fails & passes
            self.stop(check.fate, check.kind, check.component[hits], batch.where(hits))
            if self.traced and not self.narrowing:
                again = check.fails & ~passes
                if again.any():
                    step = Step(
                        check.kind, check.component[again], batch.where(again), fate=check.fate
                    )
                    self.steps.append(step)
            passes &= ~check.fails
        return passes

    def stop_where(
        self, mask: Mask, fate: Fate, kind: Kind, component: Column, batch: PacketBatch
    ) -> tuple[PacketBatch, Mask | None]:
        """End the way of the masked packets; return the others and the mask that kept them."""
        if not mask.any():
            return batch, None
        self.stop(fate, kind, component[mask], batch.where(mask))
        return batch.where(~mask), ~mask

    def fail_where(
        self, mask: Mask, fate: Fate, kind: Kind, component: Column, batch: PacketBatch
    ) -> PacketBatch:
        """End the way of the masked packets for a state that may change, such as "stopped".

        The explaining walk records it and goes on, to say what else is in the way.
        """
        if not mask.any():
            return batch
        if self.narrowing:
            return self.stop_where(mask, fate, kind, component, batch)[0]
        self.steps.append(Step(kind, component[mask], batch.where(mask), fate=fate))
        return batch

    def wonder(self, kind: Kind, component: Column, batch: PacketBatch, unsure: int) -> None:
        """Record that nobody knows which of several ways these packets take."""
        if self.traced and len(batch):
            bounds = filled(len(batch), unsure)
            self.steps.append(Step(kind, component, batch, bounds))

    def drop_dead(self, kind: Kind, batch: PacketBatch) -> PacketBatch:
        """End the way of packets of which no service is left; `place` is where they are."""
        dead = batch.services == NOTHING
        if not dead.any():
            return batch
        self.endings.append(Ending(Fate.FILTERED, kind, batch.place[dead], batch.where(dead)))
        return batch.where(~dead)

    def doubt_where(
        self, mask: Mask, kind: Kind, component: Column, batch: PacketBatch, unsure: int
    ) -> PacketBatch:
        """Make what the masked packets carry uncertain from here on."""
        if not mask.any():
            return batch
        bounds = np.where(mask, unsure, EVERYTHING)
        return self.screen(kind, component, batch, bounds, ingress=False)


Cross = Callable[[PacketBatch, Passage], None]
#: Sees all packets that are on their way, before each crossing.
Watch = Callable[[PacketBatch], None]
