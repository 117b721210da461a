"""The only prose: what each blocker and each gap says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from netreach.explain.codes import Code
from netreach.explain.records import Component, ComponentType
from netreach.fabric.vocabulary import Fate
from netreach.model.connections import DirectConnectGateway
from netreach.query.words import brief, safe


def label(component: Component) -> str:
    """Return how a component is called in a sentence: its id, and its name where it has one."""
    name, identifier = safe(component.name, 60), safe(brief(component.id), 100)
    if not identifier:
        return name or component.kind or str(component.type)
    return f"{identifier} ({name})" if name and name != identifier else identifier


def no_group_rules(component: Component, groups: str, *, ingress: bool) -> str:
    """Say that the groups have no rule at all in this direction."""
    side = "inbound" if ingress else "outbound"
    return f"{groups or 'the security groups'} of {label(component)} have no {side} rules at all"


def group_mismatch(
    component: Component, services: str, peer: str, *, ingress: bool, nearest: str
) -> str:
    """Say that no rule of the groups matches, and what the nearest one allows instead."""
    word = "from" if ingress else "to"
    said = f"no security-group rule of {label(component)} allows {services} {word} {peer}"
    if not nearest:
        return said
    verb = "comes from" if ingress else "goes to"
    return f"{said}; {nearest}, and the packet {verb} {peer} as {services}"


def references_lost(component: Component, services: str, peer: str, nearest: str) -> str:
    """Say that only a reference would match, and that the way hides the sender's groups."""
    return (
        f"{nearest}, but that rule names a security group, and the packet arrives at "
        f"{label(component)} from {peer}, where no group can be seen any more ({services})"
    )


def acl_denies(
    component: Component, services: str, peer: str, *, ingress: bool, evidence: str
) -> str:
    """Say which rule of an ACL denies what."""
    word = "from" if ingress else "to"
    side = "into" if ingress else "out of"
    return f"{label(component)}: {evidence} ({services} {word} {peer}, {side} the subnet)"


def route_filtered(component: Component, destination: str, route: str) -> str:
    """Say that only a route that AWS does not use covers the destination."""
    return f"{label(component)} has no route in use that covers {destination}; it lists {route}"


def leads_elsewhere(balancer: Component, target: Component, services: str) -> str:
    """Say that a balancer takes a packet and hands it to others."""
    return f"no listener of {label(balancer)} for {services} leads to {label(target)}"


def not_trusted(component: Component, why: str) -> str:
    """Say why a record leaves the answer open."""
    return f"{label(component)} can't be trusted: {why}"


def through_a_third(component: Component, source: str) -> str:
    """Say that a peering would carry what neither of its VPCs has sent."""
    return (
        f"{label(component)} is asked to carry packets of {source}, which are not of the VPC that "
        "hands them over: AWS supports no way through a VPC, and does not say that it drops them"
    )


def several_links(component: Component, destination: str) -> str:
    """Say that several links may be taken, and that nobody knows which one is."""
    return f"the snapshot does not say by which link {label(component)} sends to {destination}"


def firewall_drops(
    component: Component, services: str, ends: str, evidence: str, clients: Sequence[str] = ()
) -> str:
    """Say which rule of a firewall drops what, be it from some client ports only."""
    only = f" from client ports {', '.join(clients)}" if clients else ""
    return f"{label(component)} drops {services} from {ends}{only}: {evidence}"


def firewall_undecided(component: Component, rule: str, why: str) -> str:
    """Say what of a firewall's rules addresses and ports alone do not decide."""
    said = f"{rule} of {label(component)}" if rule else f"rule group {label(component)}"
    return f"{said} may match or not: {why}"


def firewall_by_port(component: Component, rules: str) -> str:
    """Say that a firewall treats some of the ports differently that may occur."""
    return f"{label(component)}: whether {rules} decides depends on the sender's port"


def firewall_answers(component: Component, rules: str) -> str:
    """Say that rules would drop the answers to what has passed for want of a rule."""
    return (
        f"{label(component)}: no rule has passed the connection, and AWS does not say whether its "
        f"answers are spared {rules}"
    )


def unfollowed(component: Component, services: str) -> str:
    """Say that a firewall drops the rest of a connection that it did not see begin."""
    return (
        f"{label(component)} did not see the connection begin, so its firewall drops what comes "
        f"back by it ({services}): both directions must cross the same endpoint"
    )


def ipv6_unsaid(component: Component) -> str:
    """Say that nobody knows whether an endpoint takes IPv6."""
    return f"the snapshot leaves open whether {label(component)} takes IPv6: IpAddressType decides"


def one_sided(component: Component) -> str:
    """Say that a firewall sees one direction of a connection only."""
    return (
        f"the firewall at {label(component)} sees one direction of the connection only, which AWS "
        "does not support: both directions must cross the same endpoint"
    )


def blocks_replies(component: Component) -> str:
    """Say what AWS does not say about an exclusion that allows egress only."""
    return (
        f"Block Public Access lets {label(component)} begin connections only, and AWS does not say "
        "whether answers to a public address of its own come in"
    )


def blocks_unclear(component: Component) -> str:
    """Say that nobody knows what Block Public Access makes of a subnet."""
    return (
        f"the snapshot does not say what Block Public Access lets {label(component)} do: its mode "
        "or its exclusions are not known"
    )


def host_bits(component: Component, says: str, written: str, readings: str) -> str:
    """Say which CIDR can be read in two ways."""
    return f"{label(component)} {says} {written}, which has host bits: {readings} may be meant"


_STOPS: Final[Mapping[Fate, str]] = {
    Fate.NO_ROUTE_TO_DESTINATION: "{component} has no route that covers {destination}",
    Fate.BAD_STATE_ROUTE: (
        "the route of {component} that covers {destination} is a blackhole: {evidence}"
    ),
    Fate.UNROUTABLE_DESTINATION_RANGE: (
        "{destination} lies in a range that no VPC router forwards, whatever the routes say"
    ),
    Fate.ROUTING_LOOP: "the packet is routed in a circle and never leaves it: {circle}",
    Fate.BAD_STATE: "{component} is not in service: {state}",
    Fate.BAD_STATE_ATTACHMENT: "{component} is not attached to {vpc}",
    Fate.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS: (
        "{source} has no public address, so {component} drops it on the way out"
    ),
    Fate.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS: (
        "{destination} is nobody's public address: nothing from the internet can be sent to it"
    ),
    Fate.VPC_BLOCK_PUBLIC_ACCESS_ENABLED: (
        "VPC Block Public Access forbids what {component} would carry from {source} to "
        "{destination}: no exclusion lets it through"
    ),
    Fate.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS: (
        "{destination} is a private address, and {component} drops those on the way out"
    ),
    Fate.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS: (
        "{destination} lies in 100.64.0.0/10, and {component} drops that on the way out"
    ),
    Fate.IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS: (
        "{source} is a private address; none of those comes in from the internet"
    ),
    Fate.IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS: (
        "{source} lies in 100.64.0.0/10; nothing from there comes in from the internet"
    ),
    Fate.GATEWAY_REJECTS_SPOOFED_TRAFFIC: (
        "{source} belongs to no interface of {vpc}, so {component} drops it as spoofed"
    ),
    Fate.ENI_SOURCE_DEST_CHECK_RESTRICTION: (
        "{component} holds neither end's address and its source/destination check is on"
    ),
    Fate.ENI_DENIES_IGW_TRAFFIC: (
        "{component} refuses all traffic through internet gateways (DenyAllIgwTraffic)"
    ),
    Fate.EIGW_DROPS_INSPECTED_TRAFFIC: (
        "{component} drops IPv6 packets that have come by a Gateway Load Balancer endpoint, and "
        "those from {source} have"
    ),
    Fate.EIGW_OUTBOUND_ONLY: (
        "{component} is egress-only: connections that start on the internet do not pass it"
    ),
    Fate.NGW_NO_SESSION: (
        "{component} is a NAT gateway and drops what belongs to no connection that it began"
    ),
    Fate.NGW_REQUIRES_NAT64_ADDRESS: (
        "{component} takes IPv6 only for destinations in 64:ff9b::/96, not for {destination}"
    ),
    Fate.NOT_AN_INTERNET_ADDRESS: "{address} is not an address that the internet routes",
    Fate.NO_POSSIBLE_DESTINATION: "no internet gateway is attached to {vpc}",
    Fate.NO_SOURCE_OR_DESTINATION: "{source} lies in no subnet of {vpc}",
    Fate.ADDRESS_NOT_HELD: "no interface in {vpc} holds {destination}",
    Fate.DELIVERED_ELSEWHERE: (
        "the routes deliver {destination} to {component}, not to the destination that was asked"
    ),
    Fate.REPLY_FROM_OTHER_ADDRESS: (
        "the reply comes from {source}, not from the address that the client asked"
    ),
    Fate.VPC_DNS_SUPPORT_DISABLED: "{component} has DNS support switched off",
    Fate.INSTANCE_METADATA_DISABLED: "the instance of {component} hides its metadata service",
    Fate.REGIONAL_NGW_ROUTE_AZ_RESTRICTION: (
        "{component} is a regional NAT gateway that has no address in the zone of {source}"
    ),
    Fate.INGRESS_RTB_NO_PUBLIC_IP: (
        "the internet gateway's own route table sends what arrives to {component}, which has no "
        "public address"
    ),
    Fate.INGRESS_RTB_TRAFFIC_REDIRECTION: (
        "what arrives for {source} is sent to an appliance by the route table of {component}, so "
        "{source} can't leave by the gateway directly"
    ),
    Fate.ELBV2_LISTENERS_MISMATCH: "no listener of {component} takes {services}",
    Fate.ELB_LISTENERS_MISMATCH: "no listener of {component} takes {services}",
    Fate.ELBV2_LISTENER_HAS_NO_TG: (
        "a listener takes the packet, but no target is registered and in use at {component}"
    ),
    Fate.ELBV2_NO_TARGETS_IN_AZ: (
        "{component} has no target in the zone of the load balancer's node that was asked, and the "
        "node sends to no other zone: cross-zone balancing is off"
    ),
    Fate.ELB_NOT_CROSSZONE: (
        "{component} has no instance in the zone of the node that was asked, and the node sends to "
        "no other zone: cross-zone balancing is off"
    ),
    Fate.ELB_INSTALLED_AZ_RESTRICTION: (
        "all targets of {component} are in zones that the load balancer does not enable"
    ),
    Fate.ELBV2_SOURCE_ADDRESS_PRESERVATION: (
        "{component} keeps the client's address {source}, and {destination} drops what comes with "
        "it: a target can't reach itself through its balancer, nor another balancer behind it"
    ),
    Fate.ELBV2_LISTENER_REQUIRES_TG_ACCEPT: (
        "no target of {component} can be sent GENEVE (udp 6081) by the Gateway Load Balancer and "
        "answer it: groups, ACLs or routes between the two are in the way"
    ),
    Fate.GWLB_DESTINATION_PORT_RESTRICTION: (
        "{component} exchanges GENEVE with its targets, udp 6081 and nothing else"
    ),
    Fate.GWLB_PROTOCOL_RESTRICTION: (
        "{component} exchanges GENEVE with its targets, udp 6081 and no other protocol"
    ),
    Fate.GWLB_TAKES_NO_IPV6: (
        "{component} takes no IPv6: it, its endpoint service or the Gateway Load Balancer behind "
        "it is of the IPv4 type"
    ),
    Fate.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR: (
        "{component} carries packets for the peer VPC's own addresses only, and {destination} is "
        "none: peering leads no further, neither to a third network nor to the peer's gateways"
    ),
    Fate.VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC: (
        "{component} serves the subnets of {vpc} only, and {source} comes from elsewhere"
    ),
    Fate.VPCE_SERVICE_NOT_INSTALLED_IN_AZ: (
        "the service behind {component} has no load balancer in the zone of the endpoint's "
        "interface {destination}"
    ),
    Fate.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION: (
        "{component} is associated with no transit gateway route table, so nothing routes {source}"
    ),
    Fate.TGW_POLICY_TABLE_NO_MATCH: (
        "no entry of {component} matches this packet from {source} to {destination}, so the "
        "transit gateway drops it"
    ),
    Fate.TGW_ROUTE_AZ_RESTRICTION: (
        "{component} has no subnet in the zone of {source}: from there nothing enters the "
        "transit gateway"
    ),
    Fate.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT: "{component} has no route that covers {destination}",
    Fate.TGW_RTB_BAD_STATE_ROUTE: (
        "the route of {component} that covers {destination} is a blackhole or not in service"
    ),
    Fate.TGW_RTB_ROUTES_ARE_UNKNOWN: (
        "the snapshot does not hold all routes that decide at {component}"
    ),
    Fate.BAD_STATE_VPN: "the VPN connection {component} is down: {state}",
    Fate.TGW_BAD_STATE_VPN: (
        "the VPN connection {component} behind the transit gateway is down: {state}"
    ),
    Fate.VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS: (
        "{source} belongs to no attached interface of {vpc}, so {component} drops it"
    ),
    Fate.VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS: (
        "{destination} belongs to no attached interface of {vpc}, so {component} drops it"
    ),
    Fate.FUNCTION_TAKES_NO_CONNECTIONS: (
        "{component} is how functions of Lambda send; nothing comes to them that way"
    ),
    Fate.VPN_TRAFFIC_SELECTORS: ("{component} carries no packets from {source} to {destination}"),
    Fate.CLIENT_VPN_NOT_AUTHORIZED: (
        "no authorization rule of {component} lets its clients go to {destination}"
    ),
    Fate.UNKNOWN_DESTINATION: (
        "what {component} does with packets for {destination} is not in the snapshot"
    ),
    Fate.NOT_MODELLED: "the path enters {component}, which is not modelled yet",
    Fate.UNKNOWN_RESOURCE: "the snapshot lacks what the path needs at {component}",
    Fate.AMBIGUOUS_ROUTE: (
        "two prefix lists of {component} cover {destination} alike; AWS picks one at random"
    ),
    Fate.PREFIX_LIST_ENTRIES_UNKNOWN: (
        "the snapshot lacks the entries of a prefix list that {component} routes by"
    ),
}


def _unassociated(place: Component) -> str:
    """Say that an end is tied to nothing that could send or receive."""
    gateways = (ComponentType.INTERNET_GATEWAY, ComponentType.EGRESS_ONLY_INTERNET_GATEWAY)
    if place.type in gateways:
        return f"{label(place)} is attached to no VPC"
    return f"no network interface of {label(place)} has an address"


def cut_short(code: Code, place: Component) -> str:
    """Say why nothing was asked at all."""
    return {
        Code.NO_COMMON_ADDRESS_FAMILY: "the two ends have no address family in common",
        Code.SOURCE_CANNOT_INITIATE: f"{label(place)} answers and never begins a connection",
        Code.BAD_STATE: f"{label(place)} is not running and has no network interface any more",
        Code.UNASSOCIATED_COMPONENT: _unassociated(place),
    }[code]


def unannounced(place: Component, record: DirectConnectGateway, destination: str) -> str:
    """Say that a Direct Connect gateway leads to nobody who is announced to hold an address."""
    allowed = [str(prefix) for tie in record.associations or () for prefix in tie.allowed]
    told = f": they announce {', '.join(allowed)}" if allowed else ""
    return f"no association of {label(place)} announces {destination} to the site{told}"


def from_nowhere(source: str) -> str:
    """Say that nobody knows by which link packets come in that are not from the internet."""
    return (
        f"{source} is no public address, and no route shows it behind a VPN, Direct Connect or "
        "another link of the snapshot: nobody knows where its packets come in"
    )


def disconnected(source: str, destination: str) -> str:
    """Say that two VPCs have no connection at all."""
    return (
        f"nothing joins {safe(source)} and {safe(destination)}: no route of either leads to a "
        "peering, a transit gateway or anything else that could"
    )


def stop(fate: Fate, **words: str) -> str:
    """Say how a way ended."""
    return _STOPS[fate].format_map(words)


def has_stop(fate: Fate) -> bool:
    """Tell whether there are words for a fate."""
    return fate in _STOPS
