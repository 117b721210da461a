"""Random peerings and transit gateways between the VPCs of an estate."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from tests.property.plan import Draft, Record, VpcPlan

HOME, AWAY = "eu-central-1", "us-east-1"
GONE_VPC, GONE_BLOCK = "vpc-0gone", "10.99.0.0/16"
PEERING_STATES: Final = ("pending-acceptance", "rejected", "expired", "failed", "deleted")
TIE_STATES: Final = ("modifying", "pendingAcceptance", "rejected", "deleting")
#: Where static routes of transit tables lead besides whole VPCs.
WIDE: Final = ("0.0.0.0/0", "10.0.0.0/8", "0.0.0.0/0", "::/0", "203.0.113.0/24")


def draw_connections(draft: Draft) -> None:
    """Join most VPCs by peerings, transit gateways or both."""
    for one, other in combinations(draft.vpcs, 2):
        if not one.overlaps(other) and draft.dice.chance(45):
            _peering(draft, one, other)
    if draft.dice.chance(5):
        _add_peering(draft, "pcx-0gone", draft.vpcs[0], None)
        draft.vpcs[0].peers.append(("pcx-0gone", VpcPlan(GONE_VPC, [], [])))
    if draft.dice.chance(60 if len(draft.vpcs) > 1 else 12):
        draw_transit(draft)


# -- peering


def _peering(draft: Draft, one: VpcPlan, other: VpcPlan) -> None:
    name = f"pcx-{one.id[4:]}{other.id[4:]}"
    _add_peering(draft, name, one, other)
    one.peers.append((name, other))
    other.peers.append((name, one))


def _add_peering(draft: Draft, name: str, one: VpcPlan, other: VpcPlan | None) -> None:
    dice = draft.dice
    state = dice.pick(PEERING_STATES) if dice.chance(9) else "active"
    region = AWAY if dice.chance(15) else HOME
    far = _side(other, region) if other else {"VpcId": GONE_VPC, "Region": region}
    if other is None:
        far |= {"CidrBlock": GONE_BLOCK, "CidrBlockSet": [{"CidrBlock": GONE_BLOCK}]}
    draft.estate["VpcPeeringConnections"].append(
        {
            "VpcPeeringConnectionId": name,
            "RequesterVpcInfo": _side(one, HOME),
            "AccepterVpcInfo": far,
            "Status": {"Code": state},
        }
    )


def _side(vpc: VpcPlan, region: str) -> Record:
    return {
        "VpcId": vpc.id,
        "Region": region,
        "CidrBlock": str(vpc.blocks[0]),
        "CidrBlockSet": [{"CidrBlock": str(block)} for block in vpc.blocks],
        "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": str(six)} for six in vpc.sixes],
    }


# -- transit gateways


@dataclass
class Hub:
    """A transit gateway on its way."""

    id: str
    tables: list[str]
    ties: dict[str, VpcPlan] = field(default_factory=dict)
    center: str = ""  # the attachment of the VPC by which all others go out
    peering: str = ""  # its attachment of a peering with another gateway
    beyond: list[VpcPlan] = field(default_factory=list)  # who is behind that


def draw_transit(draft: Draft) -> None:
    """Draw a transit gateway, or now and then two that are peered."""
    dice, vpcs = draft.dice, draft.vpcs
    count = dice.pick((1, 2, 2, 3))
    first = Hub("tgw-01", [f"tgw-rtb-1{n}" for n in range(count)])
    hubs = [first]
    if len(vpcs) > 1 and dice.chance(50):
        vpcs[0].is_center = True
    if dice.chance(42):
        hubs.append(Hub("tgw-02", ["tgw-rtb-20"]))
    for number, vpc in enumerate(vpcs):
        homes = [hub for hub in hubs if dice.chance(90 if hub is hubs[number % len(hubs)] else 15)]
        for hub in homes:
            _attach(draft, hub, vpc)
    if len(hubs) > 1:
        _peer_hubs(draft, *hubs)
    for hub in hubs:
        _add_hub(draft, hub)
    _draw_dirt(draft, first)


def _attach(draft: Draft, hub: Hub, vpc: VpcPlan) -> None:
    dice = draft.dice
    order = vpc.subnets if vpc.is_center or dice.chance(30) else vpc.subnets[::-1]
    homes = {subnet.zone: subnet.id for subnet in order if subnet.block is not None}
    if dice.chance(25):  # leave a zone out
        homes = {zone: homes[zone] for zone in dice.some(sorted(homes), 1, 1)}
    name = f"tgw-attach-{hub.id[-1]}{vpc.id[4:]}"
    hub.ties[name] = vpc
    if vpc.is_center:
        hub.center = name
    state = dice.pick(TIE_STATES) if dice.chance(5) else "available"
    _add_tie(draft, hub, name, "vpc", vpc.id, state)
    if dice.chance(2):
        return
    draft.estate["TransitGatewayVpcAttachments"].append(
        {
            "TransitGatewayAttachmentId": name,
            "TransitGatewayId": hub.id,
            "VpcId": vpc.id,
            "State": state,
            "SubnetIds": list(homes.values()),
            "Options": {
                "ApplianceModeSupport": "enable" if dice.chance(20) else "disable",
                "Ipv6Support": "disable" if dice.chance(25) else "enable",
                "SecurityGroupReferencingSupport": "disable" if dice.chance(15) else "enable",
            },
        }
    )


def _add_tie(draft: Draft, hub: Hub, name: str, kind: str, resource: str, state: str) -> None:
    record: Record = {
        "TransitGatewayAttachmentId": name,
        "TransitGatewayId": hub.id,
        "ResourceType": kind,
        "ResourceId": resource,
        "State": state,
    }
    if not draft.dice.chance(4):
        is_center = bool(hub.center) and name == hub.center
        table = draft.dice.pick(hub.tables[:1] * 9 * is_center + hub.tables)
        record["Association"] = {"TransitGatewayRouteTableId": table, "State": "associated"}
    draft.estate["TransitGatewayAttachments"].append(record)


def _peer_hubs(draft: Draft, one: Hub, other: Hub) -> None:
    name = "tgw-attach-peer"
    state = "pendingAcceptance" if draft.dice.chance(6) else "available"
    for hub, far in ((one, other), (other, one)):
        _add_tie(draft, hub, name, "peering", far.id, state)
        hub.peering, hub.beyond = name, list(far.ties.values())
    draft.estate["TransitGatewayPeeringAttachments"].append(
        {
            "TransitGatewayAttachmentId": name,
            "RequesterTgwInfo": {"TransitGatewayId": one.id, "Region": HOME},
            "AccepterTgwInfo": {"TransitGatewayId": other.id, "Region": HOME},
            "State": state,
        }
    )


def _add_hub(draft: Draft, hub: Hub) -> None:
    dice, everybody = draft.dice, [*hub.ties.values(), *hub.beyond]
    for vpc in hub.ties.values():
        vpc.hubs[hub.id] = [other for other in everybody if other.id != vpc.id]
    knows_groups = "enable" if dice.chance(60) else "disable"
    options = {"SecurityGroupReferencingSupport": knows_groups}
    gateway = {"TransitGatewayId": hub.id, "State": "available", "Options": options}
    if not dice.chance(2):
        draft.estate["TransitGateways"].append(gateway)
    for table in hub.tables:
        _add_table(draft, hub, table)


def _add_table(draft: Draft, hub: Hub, table: str) -> None:
    dice, name = draft.dice, {"TransitGatewayRouteTableId": table}
    if dice.chance(3):  # another account's
        return
    draft.estate["TransitGatewayRouteTables"].append(
        {**name, "TransitGatewayId": hub.id, "State": "available"}
    )
    propagating = [tie for tie in hub.ties if not dice.chance(12)]
    if hub.center and table == hub.tables[-1] != hub.tables[0]:  # the others do not know each other
        propagating = [hub.center] * dice.chance(70)
    ties = [{"TransitGatewayAttachmentId": tie, "State": "enabled"} for tie in propagating]
    if not dice.chance(2):
        draft.estate["TransitGatewayPropagations"].append(
            {**name, "TransitGatewayRouteTablePropagations": ties}
        )
    if not dice.chance(2):
        draft.estate["TransitGatewayStaticRoutes"].append(
            {**name, "Routes": list(_static_routes(draft, hub).values())}
        )


def _static_routes(draft: Draft, hub: Hub) -> dict[str, Record]:
    dice = draft.dice
    routes: dict[str, Record] = {}
    for vpc in hub.beyond:
        for block in (*vpc.blocks, *vpc.sixes):
            if not dice.chance(12):
                _put(routes, str(block), hub.peering)
    if hub.ties:
        _routes_to_ties(draft, hub, routes)
    return routes


def _routes_to_ties(draft: Draft, hub: Hub, routes: dict[str, Record]) -> None:
    dice, ties = draft.dice, list(hub.ties)
    for tie, vpc in hub.ties.items():
        for block in (*vpc.blocks, *vpc.sixes):
            if dice.chance(10):
                _put(routes, str(block), dice.pick([tie, tie, "", dice.pick(ties)]))
        subnet = dice.pick(vpc.subnets).block
        if subnet is not None and dice.chance(8):
            _put(routes, str(subnet), dice.pick([tie, "", dice.pick(ties)]))
    if hub.center and not dice.chance(10):
        _put(routes, "0.0.0.0/0", hub.center)
    for block in dice.some(WIDE, 0, 2):
        if dice.chance(60):
            _put(routes, block, dice.pick(ties))


def _put(routes: dict[str, Record], block: str, tie: str) -> None:
    """Add a static route; without an attachment it is a blackhole."""
    ties = [{"TransitGatewayAttachmentId": tie}] if tie else []
    routes.setdefault(
        block,
        {
            "DestinationCidrBlock": block,
            "Type": "static",
            "State": "active" if tie else "blackhole",
            "TransitGatewayAttachments": ties,
        },
    )


def _draw_dirt(draft: Draft, hub: Hub) -> None:
    """Now and then attach a VPC that is not in the snapshot, and send packets there."""
    dice, name = draft.dice, "tgw-attach-gone"
    if not dice.chance(6):
        return
    _add_tie(draft, hub, name, "vpc", GONE_VPC, "available")
    if dice.chance(30):
        for told in draft.estate["TransitGatewayPropagations"]:
            told["TransitGatewayRouteTablePropagations"].append(
                {"TransitGatewayAttachmentId": name, "State": "enabled"}
            )
    for table in draft.estate["TransitGatewayStaticRoutes"]:
        routes: dict[str, Record] = {}
        _put(routes, GONE_BLOCK, name)
        if not any(r["DestinationCidrBlock"] == GONE_BLOCK for r in table["Routes"]):
            table["Routes"] += routes.values()
