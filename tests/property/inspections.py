"""Random firewalls and endpoints of Gateway Load Balancers, and routes that lead by them.

They are drawn last: routes that lead on by other means are bent to an endpoint, whose own subnet's
table keeps them.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Final

from tests.property.dice import Dice
from tests.property.firewall_rules import draw_policy
from tests.property.plan import Draft, Record, SubnetPlan, VpcPlan

ARN: Final = "arn:aws:network-firewall:eu-central-1:111111111111"
MANAGED: Final = {"Key": "AWSNetworkFirewallManaged", "Value": "true"}


def draw_inspections(draft: Draft) -> None:
    """Draw a firewall or an endpoint of appliances in some VPCs."""
    for vpc in draft.vpcs:
        if draft.dice.chance(25 if len(vpc.subnets) > 1 else 4):
            _draw_inspection(draft, vpc)


def _draw_inspection(draft: Draft, vpc: VpcPlan) -> None:
    dice = draft.dice
    homes = _homes(draft, vpc)
    if not homes:
        return
    names = [f"vpce-{vpc.id[4:]}{number}" for number, _ in enumerate(homes)]
    is_firewall = dice.chance(75)
    if is_firewall:
        add_firewall(draft, vpc, dict(zip(names, homes, strict=True)))
    for name, home in zip(names, homes, strict=True):
        if not is_firewall or dice.chance(80):
            add_endpoint(draft, home, name, is_firewall=is_firewall)
    _own_tables(draft, homes)
    is_plain = dice.chance(65)  # all of the VPC goes and comes by one endpoint
    _bend(draft, vpc, names[:1] if is_plain else names, homes, is_plain=is_plain)
    if vpc.gateway and dice.chance(95 if is_plain else 40):
        _bend_arrivals(draft, vpc, names[:1] if is_plain else names, homes, is_plain=is_plain)


def _homes(draft: Draft, vpc: VpcPlan) -> list[SubnetPlan]:
    """Return the subnets of the endpoints, the last of a zone or any other."""
    dice = draft.dice
    order = [subnet for subnet in vpc.subnets if subnet.block is not None]
    if not order:
        return []
    if dice.chance(60):
        order = order[-1:] + order[:-1]
    homes = {order[0].zone: order[0]}
    for subnet in order[1:]:
        if subnet.zone not in homes and dice.chance(50):
            homes[subnet.zone] = subnet
    return list(homes.values())


# -- records


def add_firewall(draft: Draft, vpc: VpcPlan, homes: dict[str, SubnetPlan]) -> None:
    dice = draft.dice
    arn, policy = f"{ARN}:firewall/{vpc.id[4:]}", f"{ARN}:firewall-policy/{vpc.id[4:]}"
    zones = {
        f"eu-central-1{home.zone}": {
            "Attachment": {
                "SubnetId": home.id,
                "EndpointId": name,
                "Status": dice.pick(("FAILED", "SCALING")) if dice.chance(5) else "READY",
            }
        }
        for name, home in homes.items()
    }
    draft.estate["NetworkFirewalls"].append(
        {
            "Firewall": {
                "FirewallName": vpc.id[4:],
                "FirewallArn": arn,
                "FirewallPolicyArn": policy,
                "VpcId": vpc.id,
                "SubnetMappings": [{"SubnetId": home.id} for home in homes.values()],
            },
            "FirewallStatus": {"Status": "READY", "SyncStates": zones},
        }
    )
    draw_policy(draft, vpc, policy)
    if dice.chance(3):
        draft.estate["FirewallPolicies"].pop()
    elif dice.chance(4):
        draft.estate["FirewallRuleGroups"] = draft.estate["FirewallRuleGroups"][:-1]


def add_endpoint(draft: Draft, home: SubnetPlan, name: str, *, is_firewall: bool) -> None:
    dice = draft.dice
    is_managed = is_firewall or dice.chance(4)  # or else of a firewall that is not on record
    state = dice.pick(("pending", "failed", "deleting")) if dice.chance(4) else "available"
    draft.estate["VpcEndpoints"].append(
        {
            "VpcEndpointId": name,
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": home.vpc,
            "ServiceName": "com.amazonaws.vpce.eu-central-1.vpce-svc-0wall",
            "State": state,
            "SubnetIds": [home.id],
            "Tags": [MANAGED] if is_managed else [],
        }
    )
    # without a throw of the dice, so that all else stays as it was
    turn = sum(f"{name}{home.id}{home.vpc}".encode()) % 6
    if turn:
        kind = "ipv4" if turn == 1 else "dualstack"
        draft.estate["VpcEndpoints"][-1]["IpAddressType"] = kind


# -- routes


def _own_tables(draft: Draft, homes: list[SubnetPlan]) -> None:
    """Give the endpoints' subnets tables of their own, that lead where theirs have led."""
    for home in homes:
        table = _table_of(draft, home)
        if table is None:
            continue
        own = deepcopy(table)
        own["RouteTableId"] = f"{table['RouteTableId']}-{home.id[7:]}"
        own["Associations"] = [
            {"Main": False, "RouteTableId": own["RouteTableId"], "SubnetId": home.id}
            | {"AssociationState": {"State": "associated"}}
        ]
        table["Associations"] = [a for a in table["Associations"] if a.get("SubnetId") != home.id]
        draft.estate["RouteTables"].append(own)


def _table_of(draft: Draft, subnet: SubnetPlan) -> Record | None:
    main = None
    for table in draft.estate["RouteTables"]:
        for association in table["Associations"]:
            if association.get("SubnetId") == subnet.id:
                return table
            if association.get("Main") and table["VpcId"] == subnet.vpc:
                main = table
    return main


def _bend(
    draft: Draft, vpc: VpcPlan, names: list[str], homes: list[SubnetPlan], *, is_plain: bool
) -> None:
    """Lead some routes of the other tables by an endpoint, mostly the same one for both ways."""
    dice = draft.dice
    inner = [
        str(block)
        for subnet in vpc.subnets
        if subnet not in homes and dice.chance(90 if is_plain else 60)
        for block in (subnet.block, subnet.six)
        if block is not None
    ]
    for table in draft.estate["RouteTables"]:
        if table["VpcId"] != vpc.id or any("GatewayId" in a for a in table["Associations"]):
            continue
        mine = [a.get("SubnetId") for a in table["Associations"]]
        if any(home.id in mine for home in homes):
            if dice.chance(3):  # in a circle
                _add(table, inner[:1], _wall(dice, names))
            continue
        percent = 97 if is_plain else dice.pick((90, 90, 50, 0))
        for number, route in enumerate(table["Routes"]):
            if route.get("GatewayId") != "local" and dice.chance(percent):
                table["Routes"][number] = _bent(route, _wall(dice, names))
        if dice.chance(percent):
            _add(table, inner, _wall(dice, names))


def _wall(dice: Dice, names: list[str]) -> str:
    return dice.pick(names) if dice.chance(15) else names[0]


def _bent(route: Record, wall: str) -> Record:
    """Return a route by an endpoint in place of another; prefix lists can't lead to one [RT-7]."""
    if "DestinationPrefixListId" in route or route["Origin"] != "CreateRoute":
        return route
    kept = {k: v for k, v in route.items() if k.startswith(("Destination", "State", "Origin"))}
    return kept | {"GatewayId": wall}


def _add(table: Record, blocks: list[str], wall: str) -> None:
    """Add routes more specific than the local one [RT-5]."""
    for block in blocks:
        key = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
        route = {key: block, "GatewayId": wall, "State": "active", "Origin": "CreateRoute"}
        if not any(old.get(key) == block for old in table["Routes"]):
            table["Routes"].append(route)


def _bend_arrivals(
    draft: Draft, vpc: VpcPlan, names: list[str], homes: list[SubnetPlan], *, is_plain: bool
) -> None:
    """Lead what comes in from the internet by an endpoint [RT-11]."""
    dice = draft.dice
    edges = [
        table
        for table in draft.estate["RouteTables"]
        if any(a.get("GatewayId") == vpc.gateway for a in table["Associations"])
    ]
    local = [
        r
        for table in draft.estate["RouteTables"]
        if table["VpcId"] == vpc.id
        for r in table["Routes"]
        if r.get("GatewayId") == "local"
    ]
    if not edges:
        name = f"rtb-{vpc.id[4:]}edge"
        edges.append(
            {
                "RouteTableId": name,
                "VpcId": vpc.id,
                "Routes": list({str(sorted(r.items())): dict(r) for r in local}.values()),
                "Associations": [
                    {"Main": False, "RouteTableId": name, "GatewayId": vpc.gateway}
                    | {"AssociationState": {"State": "associated"}}
                ],
            }
        )
        draft.estate["RouteTables"].append(edges[0])
    subnets = [subnet for subnet in vpc.subnets if subnet not in homes] or vpc.subnets
    blocks = [str(b) for s in subnets for b in (s.block, s.six) if b is not None]
    chosen = blocks if is_plain else dice.some(blocks, 1, len(blocks))
    _add(edges[0], chosen, _wall(dice, names))
