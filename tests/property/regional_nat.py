"""Random regional NAT gateways, with the tables of their own."""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.plan import Draft, Estate, Record, VpcPlan

STATES = ("pending", "failed", "deleting", "deleted")


def draw_regional_nat(draft: Draft, vpc: VpcPlan) -> None:
    """Draw one in a few VPCs with an internet gateway; routes may lead to it afterwards."""
    dice = draft.dice
    if vpc.gateway is None or not dice.chance(16):
        return
    name, table = f"nat-{vpc.id[4:]}r", f"rtb-{vpc.id[4:]}regional"
    state = dice.pick(STATES) if dice.chance(6) else "available"
    (vpc.dead_nats if state == "deleted" else vpc.nats).append(name)
    by_hand = dice.chance(50)
    zones = dice.some(("a", "b"), 1, 1 if by_hand else 2)
    addresses = [_address(draft, zone) for zone in zones for _ in range(dice.pick((1, 1, 2)))]
    draft.estate["NatGateways"].append(
        {
            "NatGatewayId": name,
            "VpcId": vpc.id,
            "State": state,
            "ConnectivityType": "public",
            "AvailabilityMode": "regional",
            "AutoProvisionZones": "disabled" if by_hand else "enabled",
            "RouteTableId": table,
            "NatGatewayAddresses": addresses,
        }
    )
    draft.estate["Addresses"] += [
        {"PublicIp": address["PublicIp"], "AssociationId": f"eipassoc-{address['PublicIp']}"}
        for address in addresses
    ]
    if not dice.chance(4):
        _table(draft, vpc, table)


def _address(draft: Draft, zone: str) -> Record:
    return {
        "PublicIp": draft.new_public(),
        "AvailabilityZone": f"eu-central-1{zone}",
        "AvailabilityZoneId": f"euc1-az{'ab'.index(zone) + 1}",
        "Status": "succeeded",
    }


def _table(draft: Draft, vpc: VpcPlan, name: str) -> None:
    """Add its table: to the VPC, to the internet, now and then to a transit gateway."""
    routes = [
        {"DestinationCidrBlock": str(b), "GatewayId": "local", "Origin": "CreateRouteTable"}
        for b in vpc.blocks
    ]
    if not draft.dice.chance(6):
        out = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": str(vpc.gateway)}
        routes.append({**out, "Origin": "CreateRoute"})
    if vpc.hubs and draft.dice.chance(40):
        back = {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": next(iter(vpc.hubs))}
        routes.append({**back, "Origin": "CreateRoute"})
    draft.estate["RouteTables"].append(
        {
            "RouteTableId": name,
            "VpcId": vpc.id,
            "Routes": [{**route, "State": "active"} for route in routes],
            "Associations": [],
        }
    )


def elements(estate: Estate) -> Iterator[str]:
    """Name what of them the estate holds."""
    for nat in estate["NatGateways"]:
        if nat.get("AvailabilityMode") == "regional":
            yield f"regional NAT {nat['State']}"
            yield f"regional NAT, zones by hand {nat['AutoProvisionZones'] == 'disabled'}"
