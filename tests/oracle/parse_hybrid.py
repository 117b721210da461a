"""Describe JSON -> VPN gateways, links and sites. Reads AWS's spellings and decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.oracle.connect import connect_links
from tests.oracle.hybrid_world import (
    CLIENTS,
    CONNECT,
    DIRECT,
    VPN,
    ClientEndpoint,
    ClientRoute,
    Hybrid,
    Link,
    VpnGateway,
)
from tests.oracle.spelling import Estate, Record, prefix
from tests.oracle.world import Interface, Prefix, Tie

IN_SERVICE = ("available", "modifying")


def hybrid(
    estate: Estate,
    ties: tuple[Tie, ...],
    interfaces: Mapping[str, Interface],
    gone: frozenset[str],
) -> Hybrid:
    """Read all that ties networks outside AWS to it."""
    gateways = {
        record["VpnGatewayId"]: VpnGateway(
            record["VpnGatewayId"],
            record["State"],
            {tie["VpcId"]: tie["State"] for tie in record.get("VpcAttachments", ())},
        )
        for record in estate.get("VpnGateways", ())
    }
    every = links(estate, ties, gone)
    named = [record["CustomerGatewayId"] for record in estate.get("CustomerGateways", ())]
    sites = dict.fromkeys([*(link.site for link in every), *named])
    return Hybrid(gateways, every, tuple(sites), _endpoints(estate, interfaces))


def links(estate: Estate, ties: tuple[Tie, ...], gone: frozenset[str]) -> tuple[Link, ...]:
    """Read all links."""
    found = (
        *_vpn_links(estate, ties, gone),
        *_direct_links(estate, ties, gone),
        *_lone_circuits(estate),
        *_client_links(estate),
        *connect_links(estate, ties, gone),
    )
    return tuple(_silenced(link, ties) for link in found)


def _silenced(link: Link, ties: tuple[Tie, ...]) -> Link:
    """Doubt what speaks BGP behind a policy table: AWS announces nothing there [TG-10]."""
    tie = next((tie for tie in ties if link.tie and tie.id == link.tie), None)
    is_silent = tie is not None and bool(tie.policy) and link.kind in (VPN, CONNECT)
    return replace(link, is_doubted=True) if is_silent and link.is_bgp else link


# -- VPN


def _vpn_links(estate: Estate, ties: tuple[Tie, ...], gone: frozenset[str]) -> Iterator[Link]:
    asns = {r["CustomerGatewayId"]: int(r["BgpAsn"]) for r in estate.get("CustomerGateways", ())}
    known = set()
    for record in estate.get("VpnConnections", ()):
        known.add(record["VpnConnectionId"])
        link = _vpn_link(record, asns)
        if record.get("VpnGatewayId"):
            end = record["VpnGatewayId"]
            yield replace(link, vpn_gateway=end, is_up=link.is_up and end not in gone)
        elif record.get("TransitGatewayId"):
            mine = [tie.id for tie in ties if (tie.kind, tie.resource) == (VPN, link.id)]
            version = 6 if record["Options"].get("TunnelInsideIpVersion") == "ipv6" else 4
            link = replace(_carried(link, record, ties, gone), is_transit=True, version=version)
            yield from (replace(link, tie=tie) for tie in mine or [""])
    yield from _unrecorded(VPN, known, ties, gone)


def _carried(link: Link, record: Record, ties: tuple[Tie, ...], gone: frozenset[str]) -> Link:
    """Take down tunnels whose carrier is out of service; one that nobody lists may be."""
    carrier = record["Options"].get("TransportTransitGatewayAttachmentId", "")
    states = [tie.state for tie in ties if tie.id == carrier]
    if carrier in gone or any(state not in IN_SERVICE for state in states):
        return replace(link, is_up=False)
    tunnels = [tunnel["Status"] for tunnel in record.get("VgwTelemetry", ())]
    is_lost = bool(carrier) and not states and "UP" not in tunnels
    return replace(link, is_doubted=is_lost)


def _vpn_link(record: Record, asns: Mapping[str, int]) -> Link:
    is_static = record["Options"]["StaticRoutesOnly"]
    routes = [r for r in record.get("Routes", ()) if r["State"] == "available" and is_static]
    tunnels = record.get("VgwTelemetry")
    is_through = tunnels is None or any(tunnel["Status"] == "UP" for tunnel in tunnels)
    site = record.get("CustomerGatewayId") or record["VpnConnectionId"]
    return Link(
        VPN,
        record["VpnConnectionId"],
        site,
        is_up=record["State"] in IN_SERVICE and is_through,
        is_bgp=not is_static,
        routes=tuple(prefix(route["DestinationCidrBlock"]) for route in routes),
        asn=asns.get(site),
        aws_side=_side(record["Options"], "Remote"),
        site_side=_side(record["Options"], "Local"),
    )


def _side(options: Record, word: str) -> Prefix | None:
    """Read whose packets the tunnels are for; the customer's side is AWS's Local."""
    version = "6" if options.get("TunnelInsideIpVersion") == "ipv6" else "4"
    text = options.get(f"{word}Ipv{version}NetworkCidr")
    return prefix(text) if text and not text.endswith("/0") else None


def _unrecorded(
    kind: str, known: set[str], ties: tuple[Tie, ...], gone: frozenset[str]
) -> Iterator[Link]:
    """Yield the links of attachments whose other end is deleted, or not in the snapshot."""
    for tie in ties:
        if tie.kind == kind and tie.resource not in known:
            end, is_lost = tie.resource, tie.resource not in gone
            yield Link(kind, end, end, is_lost, is_transit=True, tie=tie.id, is_doubted=is_lost)


# -- Direct Connect


def _direct_links(estate: Estate, ties: tuple[Tie, ...], gone: frozenset[str]) -> Iterator[Link]:
    gateways, known = {r["VpnGatewayId"] for r in estate.get("VpnGateways", ())}, set()
    for record in estate.get("directConnectGateways", ()):
        name = record["directConnectGatewayId"]
        known.add(name)
        works = record["directConnectGatewayState"] == "available" and _has_circuit(estate, name)
        circuits = _circuits(estate, name)
        base = Link(DIRECT, name, name, works, version=_only_version(circuits))
        mine = {tie.gateway: tie.id for tie in ties if (tie.kind, tie.resource) == (DIRECT, name)}
        told = set()
        for association in _associations(estate, name):
            far = association["associatedGateway"]["id"]
            told.add(far)
            link = _associated(base, association)
            if far in gateways:
                yield replace(link, vpn_gateway=far)
            elif far in mine:
                yield replace(link, is_transit=True, tie=mine[far])
        for gateway, tie in mine.items():
            if gateway not in told:
                yield replace(base, is_transit=True, tie=tie)
    yield from _unrecorded(DIRECT, known, ties, gone)


def _associations(estate: Estate, name: str) -> list[Record]:
    every = estate.get("directConnectGatewayAssociations", ())
    return [record for record in every if record["directConnectGatewayId"] == name]


def _associated(base: Link, association: Record) -> Link:
    listed = association.get("allowedPrefixesToDirectConnectGateway", ())
    works = base.is_up and association["associationState"] in ("associated", "updating")
    allowed = tuple(prefix(one["cidr"]) for one in listed)
    return replace(base, is_up=works, allowed=allowed or None)


def _has_circuit(estate: Estate, name: str) -> bool:
    """Say whether some virtual interface of the gateway works; if none is listed, one may."""
    mine = _circuits(estate, name)
    return not mine or any(map(_is_working, mine))


def _circuits(estate: Estate, name: str) -> list[Record]:
    every = estate.get("virtualInterfaces", ())
    return [record for record in every if record.get("directConnectGatewayId") == name]


def _only_version(circuits: list[Record]) -> int | None:
    """Return the IP version of which alone working circuits have BGP peers [HY-3].

    None where there are peers of both, or where nobody lists any.
    """
    versions: set[int] = set()
    for circuit in filter(_is_working, circuits):
        peers = [one for one in circuit.get("bgpPeers", ()) if one["bgpStatus"] != "down"]
        versions |= {int(one.get("addressFamily", "ipv4")[3:]) for one in peers}
        if not peers or not all("addressFamily" in one for one in peers):
            return None
    return versions.pop() if len(versions) == 1 else None


def _is_working(circuit: Record) -> bool:
    sessions = {peer["bgpStatus"] for peer in circuit.get("bgpPeers", ())}
    return circuit["virtualInterfaceState"] == "available" and sessions != {"down"}


def _lone_circuits(estate: Estate) -> Iterator[Link]:
    for record in estate.get("virtualInterfaces", ()):
        if record.get("virtualGatewayId") and not record.get("directConnectGatewayId"):
            name = record["virtualInterfaceId"]
            gateway = record["virtualGatewayId"]
            link = Link(DIRECT, name, name, _is_working(record), vpn_gateway=gateway)
            yield replace(link, version=_only_version([record]))


# -- client VPN


def _client_links(estate: Estate) -> Iterator[Link]:
    for record in estate.get("ClientVpnEndpoints", ()):
        name, clients = record["ClientVpnEndpointId"], (prefix(record["ClientCidrBlock"]),)
        works = record["Status"]["Code"] == "available"
        yield Link(CLIENTS, name, name, works, is_bgp=False, routes=clients)


def _endpoints(estate: Estate, interfaces: Mapping[str, Interface]) -> dict[str, ClientEndpoint]:
    found = {}
    for record in estate.get("ClientVpnEndpoints", ()):
        name = record["ClientVpnEndpointId"]
        subnets = tuple(
            network["TargetNetworkId"] for network in _of(estate, "ClientVpnTargetNetworks", name)
        )
        rules, routes = _of(estate, "AuthorizationRules", name), _of(estate, "Routes", name)
        found[name] = ClientEndpoint(
            name,
            subnets,
            tuple(prefix(r["DestinationCidr"]) for r in rules if _is_active(r)) if rules else None,
            tuple(
                ClientRoute(prefix(r["DestinationCidr"]), r["TargetSubnet"])
                for r in routes
                if _is_active(r)
            )
            if routes
            else None,
            tuple(_doors(estate, name, interfaces)),
        )
    return found


def _of(estate: Estate, key: str, endpoint: str) -> list[Record]:
    return [r for r in estate.get(key, ()) if r["ClientVpnEndpointId"] == endpoint]


def _is_active(record: Record) -> bool:
    return bool(record["Status"]["Code"] == "active")


def _doors(
    estate: Estate, endpoint: str, interfaces: Mapping[str, Interface]
) -> Iterator[Interface]:
    """Yield the endpoint's interfaces: AWS writes on them what they are, and perhaps whose."""
    using: dict[str, set[str]] = {}
    for network in estate.get("ClientVpnTargetNetworks", ()):
        using.setdefault(network["TargetNetworkId"], set()).add(network["ClientVpnEndpointId"])
    for record in estate.get("NetworkInterfaces", ()):
        description = record.get("Description", "")
        if "clientvpn endpoint" in description.lower() and (
            endpoint in description or using.get(record["SubnetId"]) == {endpoint}
        ):
            yield interfaces[record["NetworkInterfaceId"]]
