"""Random networks outside AWS: VPN, Direct Connect, client VPN, and the gateways they end at."""

from __future__ import annotations

from typing import Final

from tests.property.dice import Dice
from tests.property.hosts import draw_interface
from tests.property.plan import Draft, Record, VpcPlan

#: What networks outside hold; parts of each other, so that the longest prefix decides.
OFFICE, FLOOR, PLANT, LAB = "192.168.128.0/20", "192.168.130.0/24", "172.20.0.0/16", "10.200.0.0/16"
SIX, ABROAD = "2001:db8:5::/48", "203.0.113.0/24"
BLOCKS: Final = (OFFICE, FLOOR, PLANT, LAB)
CLIENTS: Final = "172.21.0.0/22"
SITES: Final = ("cgw-1", "cgw-2", "cgw-3")
GONE_SITE: Final = "cgw-0gone"
VPN_STATES: Final = ("pending", "deleting", "deleted")


def draw_hybrid(draft: Draft) -> None:
    """Tie networks outside to some VPCs and to some transit gateways."""
    dice = draft.dice
    for vpc in draft.vpcs:
        if dice.chance(35):
            _draw_gateway(draft, vpc)
    _draw_direct_connect(draft)
    for gateway in draft.estate["TransitGateways"]:
        if dice.chance(45):
            _draw_transit(draft, gateway["TransitGatewayId"])
    _draw_customers(draft)


def draw_clients(draft: Draft) -> None:
    """Let VPN clients into some VPC; its interfaces need the groups."""
    dice = draft.dice
    for vpc in draft.vpcs:
        homes = [subnet for subnet in vpc.subnets if subnet.block is not None]
        if dice.chance(9):
            _draw_endpoint(draft, vpc, [home.id for home in dice.some(homes, 1, 2)])


# -- VPN gateways


def _draw_gateway(draft: Draft, vpc: VpcPlan) -> None:
    dice = draft.dice
    vpc.vpn_gateway = name = f"vgw-{vpc.id[4:]}"
    tie = "detaching" if dice.chance(4) else "attached"
    attachments = [] if dice.chance(3) else [{"VpcId": vpc.id, "State": tie}]
    if dice.chance(3):
        attachments = [{"VpcId": dice.pick([*(v.id for v in draft.vpcs), "vpc-0gone"])}]
        attachments[0]["State"] = "attached"
    if not dice.chance(4):
        draft.estate["VpnGateways"].append(
            {
                "VpnGatewayId": name,
                "State": "deleted" if dice.chance(4) else "available",
                "VpcAttachments": attachments,
            }
        )
    blocks: list[str] = []
    for number in range(dice.pick((1, 2, 1, 2, 3, 0))):
        blocks += _draw_vpn(draft, f"vpn-{vpc.id[4:]}{number}", {"VpnGatewayId": name})
    _tell(draft, vpc, name, blocks)


def _tell(draft: Draft, vpc: VpcPlan, gateway: str, blocks: list[str]) -> None:
    """Write down what the VPC may route to its gateway, and what it may learn from it."""
    dice = draft.dice
    known = [*dict.fromkeys(blocks), *dice.some((PLANT, OFFICE, FLOOR, "0.0.0.0/0", SIX), 0, 2)]
    vpc.outside += [({"GatewayId": gateway}, block) for block in known]
    vpc.learnable += known


def _draw_vpn(draft: Draft, name: str, end: Record) -> list[str]:
    """Add a VPN connection and return what is behind it, as far as it says."""
    dice = draft.dice
    is_static = dice.chance(50)
    blocks = dice.some(BLOCKS, 1, 2)
    if dice.chance(8):
        blocks.append(dice.pick((ABROAD, "0.0.0.0/0")))
    states = ["available"] * 12 + ["pending"]
    record: Record = {
        "VpnConnectionId": name,
        "State": dice.pick(VPN_STATES) if dice.chance(5) else "available",
        "CustomerGatewayId": GONE_SITE if dice.chance(3) else dice.pick(SITES),
        "Options": {"StaticRoutesOnly": is_static},
        "Routes": [{"DestinationCidrBlock": block, "State": dice.pick(states)} for block in blocks]
        if is_static
        else [],
        **end,
    }
    if dice.chance(70):
        words = dice.pick((("UP", "UP"), ("UP", "DOWN"), ("UP", "UP"), ("DOWN", "DOWN")))
        record["VgwTelemetry"] = [{"Status": word} for word in words]
    if not dice.chance(3):
        draft.estate["VpnConnections"].append(record)
    return blocks


def _draw_customers(draft: Draft) -> None:
    named = SITES if draft.estate["VpnConnections"] or draft.dice.chance(8) else ()
    for number, name in enumerate(named):
        if not draft.dice.chance(5):
            asn = str(65001 if draft.dice.chance(15) else 65001 + number)
            draft.estate["CustomerGateways"].append(
                {"CustomerGatewayId": name, "State": "available", "BgpAsn": asn}
            )


# -- Direct Connect


def _draw_direct_connect(draft: Draft) -> None:
    dice, estate = draft.dice, draft.estate
    homes = [vpc for vpc in draft.vpcs if vpc.vpn_gateway]
    if homes and dice.chance(35):
        name = "dxgw-1"
        _add_direct_gateway(draft, name)
        for vpc in dice.some(homes, 1, 2):
            _associate(draft, name, vpc.vpn_gateway or "", [str(block) for block in vpc.blocks])
            _tell(draft, vpc, vpc.vpn_gateway or "", dice.some((PLANT, LAB, SIX), 1, 2))
    if homes and dice.chance(8):
        vpc = dice.pick(homes)
        circuit = _circuit(draft, "dxvif-0lone")
        estate["virtualInterfaces"].append(circuit | {"virtualGatewayId": vpc.vpn_gateway})
        _tell(draft, vpc, vpc.vpn_gateway or "", [PLANT])


def _add_direct_gateway(draft: Draft, name: str) -> None:
    dice, estate = draft.dice, draft.estate
    state = "deleting" if dice.chance(5) else "available"
    estate["directConnectGateways"].append(
        {"directConnectGatewayId": name, "directConnectGatewayState": state}
    )
    for number in range(dice.pick((0, 1, 1, 2))):
        circuit = _circuit(draft, f"dxvif-{name[5:]}{number}")
        estate["virtualInterfaces"].append(circuit | {"directConnectGatewayId": name})


def _circuit(draft: Draft, name: str) -> Record:
    dice = draft.dice
    words = dice.pick((["up"], [], ["up", "down"], ["down"]))
    return {
        "virtualInterfaceId": name,
        "virtualInterfaceType": "private",
        "virtualInterfaceState": "down" if dice.chance(6) else "available",
        "bgpPeers": [_peer(dice, word) for word in words],
    }


def _peer(dice: Dice, word: str) -> Record:
    """Draw a BGP session: nearly always it says of which IP version."""
    peer = {"bgpStatus": word, "bgpPeerState": "available"}
    return peer | ({} if dice.chance(5) else {"addressFamily": dice.pick(("ipv4", "ipv6"))})


def _associate(draft: Draft, name: str, gateway: str, blocks: list[str]) -> None:
    dice = draft.dice
    allowed = dice.pick(([], blocks, ["10.0.0.0/8"], blocks[:1], ["10.0.0.0/24"]))
    state = "disassociating" if dice.chance(4) else "associated"
    draft.estate["directConnectGatewayAssociations"].append(
        {
            "directConnectGatewayId": name,
            "associationState": state,
            "associatedGateway": {"id": gateway},
            "allowedPrefixesToDirectConnectGateway": [{"cidr": block} for block in allowed],
        }
    )


# -- behind transit gateways


def _draw_transit(draft: Draft, hub: str) -> None:
    """Attach VPN connections and a Direct Connect gateway to a transit gateway."""
    dice = draft.dice
    tables = [
        table["TransitGatewayRouteTableId"]
        for table in draft.estate["TransitGatewayRouteTables"]
        if table["TransitGatewayId"] == hub
    ]
    behind: dict[str, list[str]] = {}
    for number in range(dice.pick((2, 1, 2, 2, 0))):
        name = f"vpn-{hub[-1]}{number}"
        blocks = _draw_vpn(draft, name, {"TransitGatewayId": hub})
        if behind and dice.chance(75):  # what both announce may be shared between them [TG-8]
            blocks = [*dict.fromkeys([*blocks, *next(iter(behind.values()))])]
        if not dice.chance(3):
            behind[_attach(draft, hub, tables, "vpn", name)] = blocks
    if dice.chance(30):
        name = f"dxgw-{hub[-1]}hub"
        _add_direct_gateway(draft, name)
        ours = [str(vpc.blocks[0]) for vpc in draft.vpcs]
        if not dice.chance(8):
            _associate(draft, name, hub, ours)
        tie = _attach(draft, hub, tables, "direct-connect-gateway", name)
        behind[tie] = dice.some((PLANT, LAB, OFFICE, SIX), 1, 2)
        _draw_private_tunnels(draft, hub, tie)
    carriers = [
        t for t in draft.estate["TransitGatewayVpcAttachments"] if t["TransitGatewayId"] == hub
    ]
    if carriers and dice.chance(35):
        for number in range(dice.pick((1, 2))):
            tie = _attach(draft, hub, tables, "connect", f"connect-{hub[-1]}{number}")
            behind[tie] = dice.some((PLANT, LAB, OFFICE), 1, 2)
            _draw_tunnels(draft, tie, dice.pick(carriers)["TransitGatewayAttachmentId"])
    _route(draft, hub, tables, behind)


def _draw_private_tunnels(draft: Draft, hub: str, carrier: str) -> None:
    """Let some VPN connections of a transit gateway run over its Direct Connect."""
    for record in draft.estate["VpnConnections"]:
        if record.get("TransitGatewayId") == hub and draft.dice.chance(40):
            lost = draft.dice.chance(5)
            told = {"TransportTransitGatewayAttachmentId": "tgw-attach-lost" if lost else carrier}
            record["Options"] |= {"OutsideIpAddressType": "PrivateIpv4", **told}


def _draw_tunnels(draft: Draft, tie: str, carrier: str) -> None:
    """Let tunnels run over another attachment of the same gateway."""
    dice, estate = draft.dice, draft.estate
    name = {"TransitGatewayAttachmentId": tie}
    if not dice.chance(5):
        carrier = "tgw-attach-lost" if dice.chance(3) else carrier
        estate["TransitGatewayConnects"].append(
            {**name, "TransportTransitGatewayAttachmentId": carrier}
        )
    for number in range(dice.pick((1, 0, 1, 2))):
        words = dice.pick((("up", "up"), (), ("up", "down"), ("down", "down")))
        estate["TransitGatewayConnectPeers"].append(
            {
                **name,
                "TransitGatewayConnectPeerId": f"tgw-connect-peer-{tie[-2:]}{number}",
                "State": "pending" if dice.chance(6) else "available",
                "ConnectPeerConfiguration": {
                    "BgpConfigurations": [{"BgpStatus": word} for word in words]
                },
            }
        )


def _attach(draft: Draft, hub: str, tables: list[str], kind: str, resource: str) -> str:
    dice, name = draft.dice, f"tgw-attach-{resource}"
    record: Record = {
        "TransitGatewayAttachmentId": name,
        "TransitGatewayId": hub,
        "ResourceType": kind,
        "ResourceId": "vpn-0ghost" if kind == "vpn" and dice.chance(3) else resource,
        "State": "deleting" if dice.chance(4) else "available",
    }
    if tables and not dice.chance(5):
        chosen = dice.pick(tables[:1] * 2 + tables)
        record["Association"] = {"TransitGatewayRouteTableId": chosen, "State": "associated"}
    draft.estate["TransitGatewayAttachments"].append(record)
    return name


def _route(draft: Draft, hub: str, tables: list[str], behind: dict[str, list[str]]) -> None:
    """Tell the tables of the gateway, and those of its VPCs, where the networks are."""
    dice, estate = draft.dice, draft.estate
    for table in tables:
        propagating = [tie for tie in behind if dice.chance(80)]
        for told in _of(estate["TransitGatewayPropagations"], table):
            told["TransitGatewayRouteTablePropagations"] += [
                {"TransitGatewayAttachmentId": tie, "State": "enabled"} for tie in propagating
            ]
        for listed in _of(estate["TransitGatewayStaticRoutes"], table):
            routes = _static(draft, behind, {r["DestinationCidrBlock"] for r in listed["Routes"]})
            if propagating and dice.chance(85):
                routes += _learned(draft, behind, propagating, _propagating(draft, table))
            listed["Routes"] += routes
    for vpc in draft.vpcs:
        if hub in vpc.hubs:
            known = dict.fromkeys(block for blocks in behind.values() for block in blocks)
            vpc.outside += [({"TransitGatewayId": hub}, block) for block in known]


def _propagating(draft: Draft, table: str) -> list[str]:
    key = "TransitGatewayRouteTablePropagations"
    told = _of(draft.estate["TransitGatewayPropagations"], table)
    return [tie["TransitGatewayAttachmentId"] for one in told for tie in one[key]]


def _of(records: list[Record], table: str) -> list[Record]:
    return [record for record in records if record["TransitGatewayRouteTableId"] == table]


def _static(draft: Draft, behind: dict[str, list[str]], taken: set[str]) -> list[Record]:
    routes = []
    for tie, blocks in behind.items():
        for block in blocks:
            if block not in taken and draft.dice.chance(25):
                taken.add(block)
                routes.append(_transit_route(block, [tie], "static"))
    return routes


def _learned(
    draft: Draft, behind: dict[str, list[str]], propagating: list[str], told: list[str]
) -> list[Record]:
    """List what has been propagated, by VPCs too: a search that shows some shows all.

    What several attachments of one kind announce is one route with all of them [TG-8].
    """
    ties: dict[tuple[str, str], list[str]] = {}
    for tie in propagating:
        for block in behind[tie]:
            ties.setdefault((block, tie.split("-")[2]), []).append(tie)
    for name in told:
        for block in _blocks_of(draft, name):
            ties.setdefault((block, "vpc"), [name])  # of equal VPCs one is heard [TG-4]
    best: dict[str, list[str]] = {}
    for kind in ("vpc", "dxgw", "connect", "vpn"):  # AWS lists only the one that it uses [TG-2]
        for block in [block for block, its in ties if its == kind]:
            best.setdefault(block, ties[block, kind])
    return [_transit_route(block, names, "propagated") for block, names in best.items()]


def _blocks_of(draft: Draft, tie: str) -> list[str]:
    vpcs = {vpc.id: vpc for vpc in draft.vpcs}
    for record in draft.estate["TransitGatewayAttachments"]:
        if record["TransitGatewayAttachmentId"] == tie and record["ResourceId"] in vpcs:
            return [str(block) for block in vpcs[record["ResourceId"]].blocks]
    return []


def _transit_route(block: str, ties: list[str], kind: str) -> Record:
    return {
        "DestinationCidrBlock": block,
        "Type": kind,
        "State": "active",
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": tie} for tie in ties],
    }


# -- client VPN


def _draw_endpoint(draft: Draft, vpc: VpcPlan, homes: list[str]) -> None:
    dice, estate, name = draft.dice, draft.estate, f"cvpn-endpoint-{vpc.id[4:]}"
    estate["ClientVpnEndpoints"].append(
        {
            "ClientVpnEndpointId": name,
            "VpcId": vpc.id,
            "ClientCidrBlock": CLIENTS,
            "Status": {"Code": "pending-associate" if dice.chance(6) else "available"},
            "SecurityGroupIds": [],
        }
    )
    owner = {"ClientVpnEndpointId": name}
    for home in homes:
        status = {"Code": "associated"}
        estate["ClientVpnTargetNetworks"].append(
            {**owner, "TargetNetworkId": home, "Status": status}
        )
        for _ in range(dice.pick((1, 1, 2, 0))):
            _draw_door(draft, vpc, home, name)
    whole = [str(block) for block in vpc.blocks]
    inner = [str(subnet.block) for subnet in vpc.subnets if subnet.block]
    for block in dice.some(("0.0.0.0/0", *whole, *inner), 0, 3) if dice.chance(95) else ():
        state = "authorizing" if dice.chance(8) else "active"
        estate["AuthorizationRules"].append(
            {**owner, "DestinationCidr": block, "AccessAll": True, "Status": {"Code": state}}
        )
    for block in dice.some((*whole, "0.0.0.0/0", *inner), 1, 3) if dice.chance(95) else ():
        for home in dice.some(homes, 1, 2):
            state = "creating" if dice.chance(5) else "active"
            estate["Routes"].append(
                {**owner, "DestinationCidr": block, "TargetSubnet": home, "Status": {"Code": state}}
            )


def _draw_door(draft: Draft, vpc: VpcPlan, home: str, endpoint: str) -> None:
    """Add an interface by which clients come in; AWS writes on it what it is."""
    number = len(draft.estate["NetworkInterfaces"])
    subnet = next(subnet for subnet in vpc.subnets if subnet.id == home)
    record = draw_interface(draft, vpc, subnet, f"eni-cvpn{number}")
    of = f" {endpoint}" if draft.dice.chance(30) else ""
    record["Description"] = f"ClientVPN Endpoint resource{of}"
    record["InterfaceType"] = "interface"
