"""The base estate with a Network Firewall, or appliances, between two of its subnets and beyond."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from netreach.model.connections import TransitGateway
from netreach.model.services import (
    EndpointKind,
    FirewallEndpoint,
    FirewallPolicy,
    FirewallRuleGroup,
    NetworkFirewall,
    PolicyGroup,
    StatefulRule,
    StatelessRule,
    VpcEndpoint,
)
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Prefix
from tests.unit.fabric.connections_by_hand import SHOP, TRANSIT, attachment, static, table
from tests.unit.fabric.estates_by_hand import Form, snapshot

#: Routes to the firewall's two endpoints.
WALL_A, WALL_B = "vpc-endpoint:vpce-a", "vpc-endpoint:vpce-b"
DROPPED: Final = "FIREWALL_RULES_RESTRICTION"
ASYMMETRIC: Final = "FIREWALL_ASYMMETRIC_ROUTING"
UNDECIDED: Final = "FIREWALL_UNSUPPORTED_RULE_OPTIONS"
UNDECIDED_GROUP: Final = "FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE"

#: Subnets of the shop for the endpoints; their tables know the VPC only.
SUBNETS: Final[Form] = {
    "fw-a": {"cidr": "10.0.8.0/24", "zone": "a", "route_table": "fw", "acl": "fw"},
    "fw-b": {"cidr": "10.0.9.0/24", "zone": "b", "route_table": "fw", "acl": "fw"},
}
_OPEN: Final = ["100 allow all from 0.0.0.0/0", "101 allow all from ::/0"]
_OPEN_OUT: Final = ["100 allow all to 0.0.0.0/0", "101 allow all to ::/0"]


def crossing(*, there: str = WALL_A, back: str = WALL_A, **shop: Any) -> Snapshot:  # noqa: ANN401
    """Read the shop with routes from web to db, and back, by endpoints; "" for directly."""
    web: Form = {"routes": {"10.0.3.0/24": there}} if there else {}
    main: Form = {"routes": {"10.0.1.0/24": back}} if back else {}
    forms: Form = {
        "subnets": SUBNETS,
        "route_tables": {"web": web, "main": main, "fw": {}},
        "acls": {"fw": {"ingress": _OPEN, "egress": _OPEN_OUT}},
    }
    for name, form in shop.items():
        forms[name] = forms.get(name, {}) | form
    return snapshot(**forms)


def policy(**changes: Any) -> FirewallPolicy:  # noqa: ANN401 - the record's own fields
    """Return the firewall's policy; it forwards everything to the stateful engine."""
    return FirewallPolicy(id="policy", **changes)


def walled(
    base: Snapshot | None = None,
    *groups: FirewallRuleGroup,
    says: FirewallPolicy | None = None,
    **changes: Any,  # noqa: ANN401 - the firewall's own fields
) -> Network:
    """Compile an estate with a firewall at vpce-a and vpce-b, which uses the groups in order.

    The policy lists them the other way round: what counts is their priority.
    """
    record = says or policy()
    used = tuple(PolicyGroup(group=one.id, priority=n) for n, one in enumerate(groups))
    stateful = tuple(u for u, one in zip(used, groups, strict=True) if one.is_stateful)
    stateless = tuple(u for u, one in zip(used, groups, strict=True) if not one.is_stateful)
    record = replace(
        record,
        stateful_groups=(*stateful[::-1], *record.stateful_groups),
        stateless_groups=(*stateless[::-1], *record.stateless_groups),
    )
    fields: dict[str, Any] = {
        "vpc": SHOP,
        "policy": "policy",
        "endpoints": (
            FirewallEndpoint(endpoint="vpce-a", subnet="subnet-fw-a"),
            FirewallEndpoint(endpoint="vpce-b", subnet="subnet-fw-b"),
        ),
    }
    firewall = NetworkFirewall(id="fw-1", **(fields | changes))
    return Network(
        replace(
            crossing() if base is None else base,
            firewalls={"fw-1": firewall},
            firewall_policies={"policy": record} if record.policy_name != "missing" else {},
            firewall_rule_groups={one.id: one for one in groups},
        )
    )


def stateless(*rules: StatelessRule, name: str = "less") -> FirewallRuleGroup:
    """Return a stateless rule group."""
    return FirewallRuleGroup(id=name, stateless=rules)


def rule(priority: int, action: str, **fields: Any) -> StatelessRule:  # noqa: ANN401
    """Return a stateless rule; CIDRs are written as texts."""
    for side in ("sources", "destinations"):
        fields[side] = tuple(Prefix.parse(text) for text in fields.get(side, ()))
    return StatelessRule(priority=priority, action=f"aws:{action}", **fields)


def stateful(*rules: str | StatefulRule, name: str = "full", **fields: Any) -> FirewallRuleGroup:  # noqa: ANN401
    """Return a stateful rule group; rules are written as Suricata does."""
    read = tuple(suricata(one) if isinstance(one, str) else one for one in rules)
    return FirewallRuleGroup(id=name, is_stateful=True, stateful=read, **fields)


def suricata(text: str, **fields: Any) -> StatefulRule:  # noqa: ANN401 - the record's own fields
    """Return ``drop tcp SOURCE PORT -> DESTINATION PORT`` as a record."""
    action, protocol, source, source_port, arrow, destination, port = text.split()
    return StatefulRule(
        action=action.upper(),
        protocol=protocol.upper(),
        source=source,
        source_port=source_port,
        destination=destination,
        destination_port=port,
        is_any_direction=arrow == "<>",
        **fields,
    )


def strict(*defaults: str) -> FirewallPolicy:
    """Return a policy in strict order."""
    return policy(is_strict=True, stateful_defaults=defaults)


def behind_balancer(base: Snapshot | None = None, **changes: Any) -> Network:  # noqa: ANN401
    """Compile an estate whose endpoints lead to appliances behind a Gateway Load Balancer."""
    ends = {
        name: VpcEndpoint(
            id=name,
            vpc=SHOP,
            kind=EndpointKind.GATEWAY_LOAD_BALANCER,
            subnets=(f"subnet-fw-{name[-1]}",),
            **changes,
        )
        for name in ("vpce-a", "vpce-b")
    }
    return Network(replace(crossing() if base is None else base, endpoints=ends))


def central(*, appliance: bool) -> Network:
    """Compile shop and lab joined by a transit gateway by way of an inspecting VPC.

    The shop's db is in zone b, the lab in zone a; the firewall has an endpoint in either.
    """
    wall: Form = {
        "cidr": "10.9.0.0/16",
        "subnets": {
            f"{kind}-{zone}": {
                "cidr": f"10.9.{number}.0/24",
                "zone": zone,
                "route_table": "out" if kind == "fw" else f"in-{zone}",
            }
            for number, (kind, zone) in enumerate(
                [("tgw", "a"), ("tgw", "b"), ("fw", "a"), ("fw", "b")]
            )
        },
        "route_tables": {
            "in-a": {"routes": {"0.0.0.0/0": WALL_A}},
            "in-b": {"routes": {"0.0.0.0/0": WALL_B}},
            "out": {"routes": {"0.0.0.0/0": TRANSIT}},
        },
    }
    spokes: Form = {"lab": {"route_tables": {"public": {"routes": {"10.0.0.0/16": TRANSIT}}}}}
    base = snapshot(
        route_tables={"main": {"routes": {"10.1.0.0/16": TRANSIT}}},
        rest={"vpcs": spokes | {"wall": wall}},
    )
    ties = (
        attachment("tgw-attach-shop", SHOP, "subnet-web-a", "subnet-db-b"),
        attachment("tgw-attach-lab", "vpc-lab", "subnet-lab-a"),
        attachment(
            "tgw-attach-wall",
            "vpc-wall",
            "subnet-tgw-a",
            "subnet-tgw-b",
            table="tgw-rtb-2",
            is_appliance=appliance,
        ),
    )
    tables = (
        table(static("0.0.0.0/0", "tgw-attach-wall"), propagations=()),
        replace(table(), id="tgw-rtb-2"),
    )
    joined = replace(
        base,
        transit_gateways={"tgw-1": TransitGateway(id="tgw-1")},
        transit_attachments={tie.id: tie for tie in ties},
        transit_route_tables={one.id: one for one in tables},
    )
    return walled(joined, vpc="vpc-wall")
