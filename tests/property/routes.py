"""Random gateways and route tables."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Final

from tests.property.plan import (
    EMPTY_LIST,
    GHOST_ROUTE_LIST,
    KNOWN_LIST,
    KNOWN_LIST_6,
    Draft,
    Record,
    SubnetPlan,
    VpcPlan,
)

GHOST_NAT: Final = "nat-0ghost"
#: Targets that are not modelled yet.
FOREIGN: Final = (
    {"TransitGatewayId": "tgw-0a"},
    {"VpcPeeringConnectionId": "pcx-0a"},
    {"GatewayId": "vgw-0a"},
    {"GatewayId": "vpce-0a"},
    {"NetworkInterfaceId": "eni-0middlebox"},
)
ROLES: Final = ("public", "public", "nat", "nat", "public", "isolated", "odd")
#: Where everything goes to a transit gateway, or to an appliance.
TRANSIT: Final = "transit"
DETOUR: Final = "detour"


def draw_gateways(draft: Draft, vpc: VpcPlan) -> None:
    """Draw the VPC's internet gateways; a few are not attached, a few have no record."""
    dice = draft.dice
    if dice.chance(90):
        vpc.gateway = f"igw-{vpc.id[4:]}"
        state = "detaching" if dice.chance(3) else "available"
        if not dice.chance(6):
            draft.estate["InternetGateways"].append(
                {
                    "InternetGatewayId": vpc.gateway,
                    "Attachments": [{"State": state, "VpcId": vpc.id}],
                }
            )
    if vpc.sixes and dice.chance(60):
        vpc.egress_only = f"eigw-{vpc.id[4:]}"
        state = "detaching" if dice.chance(5) else "attached"
        if not dice.chance(6):
            draft.estate["EgressOnlyInternetGateways"].append(
                {
                    "EgressOnlyInternetGatewayId": vpc.egress_only,
                    "Attachments": [{"State": state, "VpcId": vpc.id}],
                }
            )


def draw_nat_gateways(draft: Draft, vpc: VpcPlan) -> None:
    """Draw up to two NAT gateways, the first one mostly in the first, public subnet."""
    dice = draft.dice
    homes = [subnet for subnet in vpc.subnets if subnet.block is not None]
    for number in range(dice.pick((1, 1, 0, 2))):
        home = dice.pick(homes[:1] * 4 + homes)
        home.is_home = True
        state = dice.pick(("available",) * 40 + ("pending", "deleting", "failed", "deleted"))
        is_public = vpc.gateway is not None and dice.chance(85)
        name = f"nat-{vpc.id[4:]}{number}"
        (vpc.dead_nats if state == "deleted" else vpc.nats).append(name)
        addresses = _nat_addresses(draft, home, name, dice.pick((1, 1, 1, 2)), is_public=is_public)
        if state not in ("failed", "deleted"):
            _nat_interfaces(draft, home, addresses)
        if not dice.chance(4):
            draft.estate["NatGateways"].append(
                {
                    "NatGatewayId": name,
                    "VpcId": vpc.id,
                    "SubnetId": home.id,
                    "State": state,
                    "ConnectivityType": "public" if is_public else "private",
                    "NatGatewayAddresses": addresses,
                }
            )


def _nat_addresses(
    draft: Draft, home: SubnetPlan, name: str, count: int, *, is_public: bool
) -> list[Record]:
    """Draw its addresses; they end in .50 and up, beside each other."""
    if home.block is None:
        return []
    base = int(home.block.network_address) + 50 + 2 * int(name[-1])
    addresses = []
    for index in range(count):
        address: Record = {
            "NetworkInterfaceId": f"eni-{name}",  # secondary addresses are on the same interface
            "PrivateIp": str(home.block.network_address + (base - int(home.block[0])) + index),
            "IsPrimary": index == 0,
            "Status": "succeeded",
        }
        if is_public:
            address["AllocationId"] = f"eipalloc-{name}-{index}"
            address["PublicIp"] = draft.new_public()
        addresses.append(address)
    return addresses


def _nat_interfaces(draft: Draft, home: SubnetPlan, addresses: list[Record]) -> None:
    private = []
    for address in addresses:
        record: Record = {
            "Primary": address["IsPrimary"],
            "PrivateIpAddress": address["PrivateIp"],
        }
        if "PublicIp" in address:
            record["Association"] = {"PublicIp": address["PublicIp"]}
        private.append(record)
    draft.estate["NetworkInterfaces"].append(
        {
            "NetworkInterfaceId": addresses[0]["NetworkInterfaceId"],
            "VpcId": home.vpc,
            "SubnetId": home.id,
            "InterfaceType": "nat_gateway",
            "Status": "in-use",
            "SourceDestCheck": False,
            "RequesterManaged": True,
            "PrivateIpAddress": addresses[0]["PrivateIp"],
            "PrivateIpAddresses": private,
            "Ipv6Addresses": [],
            "Groups": [],
            "Attachment": {"Status": "attached", "DeviceIndex": 1},
        }
    )


def draw_tables(draft: Draft, vpc: VpcPlan) -> None:
    """Give each subnet a role, each role a table; one of the tables is the main one."""
    dice = draft.dice
    options = ROLES + (TRANSIT,) * 2 * bool(vpc.hubs) + (DETOUR,) * bool(vpc.appliances)
    for index, subnet in enumerate(vpc.subnets):
        first = "public" if index == 0 and dice.integer(1, 10) < 10 else ""
        subnet.role = first or _role(draft, vpc, index) or dice.pick(options)
    roles = list(dict.fromkeys(subnet.role for subnet in vpc.subnets))
    main = dice.pick([*roles, "isolated"])
    for role in dict.fromkeys([*roles, main]):
        name = f"rtb-{vpc.id[4:]}{role}"
        associations = [
            {"Main": False, "RouteTableId": name, "SubnetId": subnet.id}
            for subnet in vpc.subnets
            if subnet.role == role and (role != main or dice.chance(20))
        ]
        if role == main:
            associations.append({"Main": True, "RouteTableId": name})
        routes = [*_local(vpc), *_by_role(draft, vpc, role).values()]
        routes += _propagated(draft, vpc)
        draft.estate["RouteTables"].append(
            {
                "RouteTableId": name,
                "VpcId": vpc.id,
                "Routes": routes,
                "Associations": [
                    {**a, "AssociationState": {"State": "associated"}} for a in associations
                ],
            }
        )
    if vpc.appliances and vpc.gateway and dice.chance(45):
        _draw_edge_table(draft, vpc, vpc.gateway)
    if vpc.appliances and vpc.vpn_gateway and dice.chance(30):
        _draw_edge_table(draft, vpc, vpc.vpn_gateway)


def _role(draft: Draft, vpc: VpcPlan, index: int) -> str:
    """Return the role that what else there is suggests for a subnet, or nothing."""
    dice = draft.dice
    if vpc.subnets[index].is_home and not dice.chance(12):
        return dice.pick(("public", "public", TRANSIT if vpc.hubs else "public", "isolated"))
    if index and vpc.appliances and dice.chance(60):
        return DETOUR
    if index and vpc.is_center and dice.chance(50):
        return "nat"
    return TRANSIT if vpc.hubs and not vpc.is_center and dice.chance(40) else ""


def _draw_edge_table(draft: Draft, vpc: VpcPlan, gateway: str) -> None:
    """Send what comes in from the internet to an appliance first, for a subnet or all [RT-11]."""
    dice, name, routes = draft.dice, f"rtb-{vpc.id[4:]}edge{gateway[0]}", _local(vpc)
    appliance = {"NetworkInterfaceId": dice.pick(vpc.appliances)}
    if dice.chance(15):
        routes[0] = {**routes[0], **appliance, "Origin": "CreateRoute"}
        del routes[0]["GatewayId"]
    else:
        detours = [subnet for subnet in vpc.subnets if subnet.role == DETOUR]
        subnet = dice.pick(detours * 4 + vpc.subnets)
        inner: Routes = {}
        for block in (subnet.block, subnet.six):
            if block is not None and (block == subnet.block or dice.chance(60)):
                _put(inner, str(block), appliance)
        routes += inner.values()
    associations = [
        {"Main": False, "RouteTableId": name, "GatewayId": gateway}
        | {"AssociationState": {"State": "associated"}}
    ]
    draft.estate["RouteTables"].append(
        {"RouteTableId": name, "VpcId": vpc.id, "Routes": routes, "Associations": associations}
    )


def _local(vpc: VpcPlan) -> list[Record]:
    blocks = [("DestinationCidrBlock", str(b)) for b in vpc.blocks]
    blocks += [("DestinationIpv6CidrBlock", str(b)) for b in vpc.sixes]
    return [
        {key: block, "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"}
        for key, block in blocks
    ]


Routes = dict[str, Record]


def _put(routes: Routes, destination: str, target: Record | None, state: str = "active") -> None:
    """Add a static route; a table holds one for each destination."""
    if target is None or destination in routes:
        return
    if destination.startswith("pl-"):
        key = "DestinationPrefixListId"
    else:
        key = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    routes[destination] = {key: destination, **target, "State": state, "Origin": "CreateRoute"}


def _internet(vpc: VpcPlan) -> Record | None:
    return {"GatewayId": vpc.gateway} if vpc.gateway else None


def _egress_only(vpc: VpcPlan) -> Record | None:
    return {"EgressOnlyInternetGatewayId": vpc.egress_only} if vpc.egress_only else None


def _nat(draft: Draft, vpc: VpcPlan) -> Record | None:
    return {"NatGatewayId": draft.dice.pick(vpc.nats)} if vpc.nats else None


def _any_target(draft: Draft, vpc: VpcPlan) -> Record:
    """Draw a target for an odd IPv4 route."""
    nat, internet = _nat(draft, vpc), _internet(vpc)
    options = [internet or FOREIGN[0], nat or FOREIGN[0], {"NatGatewayId": GHOST_NAT}]
    return draft.dice.pick([*options[:2] * 3, *FOREIGN, options[2]])


def _by_role(draft: Draft, vpc: VpcPlan, role: str) -> Routes:
    dice = draft.dice
    routes: Routes = {}
    _outside_routes(draft, vpc, routes)
    _far_routes(draft, vpc, routes, bends=60 if role == DETOUR else 3)
    _extra_routes(draft, vpc, routes)
    if role in (TRANSIT, DETOUR):
        _route_everything(draft, vpc, role, routes)
    if role == "public":
        _put(routes, "0.0.0.0/0", _internet(vpc))
        if vpc.sixes:
            _put(routes, "::/0", _internet(vpc))
    if role == "nat":
        _route_by_nat(draft, vpc, routes)
    if role == "isolated":
        _put(routes, "0.0.0.0/0", _internet(vpc) if dice.chance(12) else None, "filtered")
    if role == "odd":
        state = dice.pick(("active", "active", "blackhole"))
        dead = {"NatGatewayId": vpc.dead_nats[0]} if vpc.dead_nats else {"GatewayId": "igw-0gone"}
        target = dead if state == "blackhole" else _any_target(draft, vpc)
        _put(routes, "0.0.0.0/0", target, state)
        if vpc.sixes:
            six = dice.pick((_egress_only(vpc), _internet(vpc), FOREIGN[0]))
            _put(routes, "::/0", six, dice.pick(("active", "active", "blackhole")))
    return routes


def _route_by_nat(draft: Draft, vpc: VpcPlan, routes: Routes) -> None:
    _put(routes, "0.0.0.0/0", _nat(draft, vpc))
    if vpc.sixes:
        _put(routes, "::/0", _egress_only(vpc))
        _put(routes, "64:ff9b::/96", _nat(draft, vpc))


def _far_routes(draft: Draft, vpc: VpcPlan, routes: Routes, *, bends: int) -> None:
    """Add routes to the VPCs that something joins to this one, most of them.

    ``bends`` in a hundred lead by an appliance, if there is any.
    """
    dice = draft.dice
    ways = [({"VpcPeeringConnectionId": name}, [peer]) for name, peer in vpc.peers]
    ways += [({"TransitGatewayId": hub}, others) for hub, others in vpc.hubs.items()]
    for target, others in ways:
        if dice.chance(15):  # a peering carries no more than what is for its other side
            _put(routes, dice.pick(("10.0.0.0/8", "10.0.0.0/8", "0.0.0.0/0")), target)
        for other in others:
            for block in (*other.blocks, *other.sixes):
                if not _is_within(vpc, str(block)) and not dice.chance(8):
                    detour = {"NetworkInterfaceId": dice.pick(vpc.appliances or [""])}
                    bent = bool(vpc.appliances) and dice.chance(bends)
                    _put(routes, str(block), detour if bent else target)


def _outside_routes(draft: Draft, vpc: VpcPlan, routes: Routes) -> None:
    """Add routes to networks outside AWS, most of them."""
    dice = draft.dice
    for target, block in vpc.outside:
        if not _is_within(vpc, block) and not dice.chance(40 if block == "0.0.0.0/0" else 15):
            _put(routes, block, target)


def _route_everything(draft: Draft, vpc: VpcPlan, role: str, routes: Routes) -> None:
    """Send all that is left to a transit gateway or to an appliance."""
    dice = draft.dice
    if role == TRANSIT:
        target = {"TransitGatewayId": dice.pick(list(vpc.hubs))}
    else:
        target = {"NetworkInterfaceId": dice.pick(vpc.appliances)}
    _put(routes, "0.0.0.0/0", target)
    _put(routes, "::/0", target if vpc.sixes and dice.chance(75) else None)


def _is_within(vpc: VpcPlan, block: str) -> bool:
    """Say whether the block is of the VPC itself: no route may lead it out."""
    mine = [*map(str, vpc.blocks), *map(str, vpc.sixes)]
    network = ip_network(block)
    return any(
        own.version == network.version and own.supernet_of(network)  # type: ignore[arg-type]
        for own in map(ip_network, mine)
    )


def _extra_routes(draft: Draft, vpc: VpcPlan, routes: Routes) -> None:
    """Add, each one seldom, what longest prefix match and its exceptions decide about."""
    dice = draft.dice
    state = dice.pick(("active", "active", "active", "blackhole", "filtered"))
    for percent, block in ((16, "203.0.113.0/24"), (12, "203.0.113.128/25")):
        if dice.chance(percent):
            _put(routes, block, _any_target(draft, vpc), state)
    if dice.chance(8):
        name = dice.pick((KNOWN_LIST, KNOWN_LIST, EMPTY_LIST, GHOST_ROUTE_LIST))
        _put(routes, name, _any_target(draft, vpc), state)
    for block in ("10.0.0.0/8", "100.64.0.0/10"):
        if dice.chance(4):
            _put(routes, block, _internet(vpc))
    subnet = dice.pick(vpc.subnets).block
    if subnet is not None:
        _inner_routes(draft, vpc, str(subnet), routes)
    if vpc.sixes:
        _extra_routes_6(draft, vpc, routes, state)


def _inner_routes(draft: Draft, vpc: VpcPlan, subnet: str, routes: Routes) -> None:
    """Add, now and then, what is more specific than the local route [RT-5]."""
    if draft.dice.chance(10):
        _put(routes, subnet, _nat(draft, vpc))
    if vpc.appliances and draft.dice.chance(15):
        _put(routes, subnet, {"NetworkInterfaceId": draft.dice.pick(vpc.appliances)})


def _extra_routes_6(draft: Draft, vpc: VpcPlan, routes: Routes, state: str) -> None:
    dice = draft.dice
    if dice.chance(10):
        target = dice.pick((_egress_only(vpc), _internet(vpc), FOREIGN[0]))
        name = dice.pick(("2001:db8:1::/48", "2001:db8:1:8000::/49", KNOWN_LIST_6))
        _put(routes, name, target, state)
    if dice.chance(30):
        _put(routes, "64:ff9b::/96", _nat(draft, vpc))


def _propagated(draft: Draft, vpc: VpcPlan) -> list[Record]:
    """Draw what a virtual private gateway announces: seldom, and often in vain."""
    dice = draft.dice
    mine = dice.some(vpc.learnable, 0, 3) if dice.chance(70) else []
    if vpc.vpn_gateway and mine:
        return [
            {
                "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock": block,
                "GatewayId": vpc.vpn_gateway,
                "State": "blackhole" if dice.chance(3) else "active",
                "Origin": "EnableVgwRoutePropagation",
            }
            for block in dict.fromkeys(mine)
        ]
    if not dice.chance(12):
        return []
    subnet = next((str(s.block) for s in vpc.subnets if s.block), "")
    options = ("203.0.113.0/24", "203.0.113.128/25", "0.0.0.0/0", "198.51.100.0/24", subnet)
    return [
        {
            "DestinationCidrBlock": block,
            "GatewayId": "vgw-0a",
            "State": dice.pick(("active", "active", "blackhole")),
            "Origin": "EnableVgwRoutePropagation",
        }
        for block in dice.some([option for option in options if option], 1, 2)
    ]
