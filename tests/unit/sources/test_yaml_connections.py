"""Peerings, transit gateways and VPN in our own YAML."""

from __future__ import annotations

import pytest

from netreach.errors import InputError
from netreach.model.connections import (
    AttachmentKind,
    PeeredVpc,
    TransitAttachment,
    TransitRoute,
    TransitRouteTable,
    VpcPeering,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Prefix
from netreach.sources.yaml_estate import read

ACCOUNT, REGION = "111122223333", "eu-central-1"


def snapshot(rest: str, routes: str = "{}") -> Snapshot:
    """Read an estate of two VPCs, with more keys; the routes are those of the shop."""
    return read(
        f"""
netreach: 1
account: "{ACCOUNT}"
region: {REGION}
vpcs:
  shop:
    cidrs: [10.0.0.0/16, "2001:db8:1::/56"]
    subnets: {{a: {{cidr: 10.0.1.0/24, zone: a}}, b: {{cidr: 10.0.2.0/24, zone: b}}}}
    route_tables: {{main: {{main: true, routes: {routes}}}}}
  lab:
    cidr: 10.1.0.0/16
    account: "444455556666"
    region: us-east-1
    subnets: {{c: {{cidr: 10.1.1.0/24, zone: a}}}}
{rest}
""",
        "estate.yaml",
    )


def hub(attachments: str = "", tables: str = "", more: str = "") -> Snapshot:
    """Read an estate with one transit gateway."""
    return snapshot(
        f"""
transit_gateways:
  hub:
    attachments: {{{attachments}}}
    {f"tables: {{{tables}}}" if tables else ""}
{more}
"""
    )


def refusal(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        snapshot(text)
    return caught.value


def prefixes(*texts: str) -> tuple[Prefix, ...]:
    return tuple(map(Prefix.parse, texts))


# -- peerings


def test_a_peering_takes_what_its_vpcs_say() -> None:
    found = snapshot("peerings: {both: {requester: shop, accepter: lab}}")
    assert found.peerings == {
        "pcx-both": VpcPeering(
            id="pcx-both",
            tags={"Name": "both"},
            owner=ACCOUNT,
            region=REGION,
            requester=PeeredVpc(
                vpc="vpc-shop",
                owner=ACCOUNT,
                region=REGION,
                prefixes=prefixes("10.0.0.0/16", "2001:db8:1::/56"),
            ),
            accepter=PeeredVpc(
                vpc="vpc-lab",
                owner="444455556666",
                region="us-east-1",
                prefixes=prefixes("10.1.0.0/16"),
            ),
        )
    }
    assert found.problems == ()


def test_of_a_vpc_that_is_left_out_a_peering_says_the_rest() -> None:
    far = '{vpc: missing:vpc-9, cidrs: [10.9.0.0/16], account: "444455556666", region: us-east-1}'
    found = snapshot(f"peerings: {{far: {{requester: shop, accepter: {far}}}}}")
    accepter = found.peerings["pcx-far"].accepter
    assert accepter == PeeredVpc(
        vpc="vpc-9",
        owner="444455556666",
        region="us-east-1",
        prefixes=prefixes("10.9.0.0/16"),
    )


@pytest.mark.parametrize("target", ["both", "pcx-both"])
def test_a_route_leads_to_a_peering_by_key_or_id(target: str) -> None:
    found = snapshot(
        "peerings: {both: {requester: shop, accepter: lab}}",
        f"{{10.1.0.0/16: vpc-peering-connection:{target}}}",
    )
    assert found.route_tables["rtb-main"].routes[-1].target == "pcx-both"
    assert found.unmodelled == {}


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("transit_gateways: {x: {}}", "transit-gateway"),
        ("vpn_gateways: {x: {vpc: shop}}", "vpn-gateway"),
    ],
)
def test_a_route_leads_to_a_gateway_by_key(section: str, kind: str) -> None:
    found = snapshot(section, f"{{10.1.0.0/16: {kind}:x}}")
    target = found.route_tables["rtb-main"].routes[-1].target
    assert found.find(target) is not None
    assert found.unmodelled == {}


# -- attachments


def test_a_vpc_is_attached_at_its_subnets() -> None:
    found = hub(
        "shop: {vpc: shop, subnets: [a, b], table: all, appliance: true, ipv6: true,"
        " references_groups: false, state: modifying}",
        "all: {}",
    )
    assert found.transit_attachments == {
        "tgw-attach-shop": TransitAttachment(
            id="tgw-attach-shop",
            tags={"Name": "shop"},
            owner=ACCOUNT,
            region=REGION,
            gateway="tgw-hub",
            kind=AttachmentKind.VPC,
            resource="vpc-shop",
            resource_owner=ACCOUNT,
            state="modifying",
            table="tgw-rtb-all",
            subnets=("subnet-a", "subnet-b"),
            is_appliance=True,
            supports_ipv6=True,
            references_groups=False,
        )
    }


@pytest.mark.parametrize(
    ("table", "tables", "found"),
    [
        ("", "x: {}, y: {default_association: true}", "tgw-rtb-y"),
        ("", "x: {}", ""),
        (", table: x", "x: {}, y: {default_association: true}", "tgw-rtb-x"),
        (", table: tgw-rtb-x", "x: {}", "tgw-rtb-x"),
        (", table: none", "x: {default_association: true}", ""),
        (", table: unknown", "x: {default_association: true}", None),
        (", table: missing:tgw-rtb-9", "x: {}", "tgw-rtb-9"),
        ("", "", "tgw-rtb-hub-default"),
    ],
)
def test_an_attachment_has_the_table_that_it_names_or_the_default_one(
    table: str, tables: str, found: str | None
) -> None:
    read_hub = hub(f"shop: {{vpc: shop, subnets: [a]{table}}}", tables)
    assert read_hub.transit_attachments["tgw-attach-shop"].table == found


def test_without_tables_there_is_the_one_that_aws_makes() -> None:
    found = snapshot(
        """
transit_gateways:
  hub:
    attachments:
      shop: {vpc: shop, subnets: [a]}
      office: {vpn: office}
      far: {peer: missing:tgw-9}
customer_gateways: {office: {address: 203.0.113.9}}
vpn_connections: {office: {customer_gateway: office, transit_gateway: hub}}
"""
    )
    assert found.transit_route_tables == {
        "tgw-rtb-hub-default": TransitRouteTable(
            id="tgw-rtb-hub-default",
            owner=ACCOUNT,
            region=REGION,
            gateway="tgw-hub",
            static_routes=(),
            propagations=("tgw-attach-shop", "tgw-attach-office"),
            is_default_association=True,
            is_default_propagation=True,
        )
    }
    office = found.transit_attachments["tgw-attach-office"]
    assert (office.kind, office.resource) == (AttachmentKind.VPN, "vpn-office")


def test_an_appliance_is_connected_over_another_attachment() -> None:
    found = snapshot(
        """
transit_gateways:
  hub:
    attachments: {shop: {vpc: shop, subnets: [a]}, sdwan: {connect: shop}}
    tables: {all: {default_association: true, propagated: {192.168.0.0/16: sdwan}}}
"""
    )
    tie = found.transit_attachments["tgw-attach-sdwan"]
    assert (tie.kind, tie.transport, tie.table) == (
        AttachmentKind.CONNECT,
        "tgw-attach-shop",
        "tgw-rtb-all",
    )


def test_subnets_may_be_unknown() -> None:
    found = hub("shop: {vpc: shop, subnets: unknown}")
    assert found.transit_attachments["tgw-attach-shop"].subnets is None


def test_a_peering_is_an_attachment_of_both_gateways() -> None:
    found = snapshot(
        """
transit_gateways:
  west:
    attachments: {link: {peer: east, table: out, peer_table: back}}
    tables: {out: {routes: {10.1.0.0/16: link}}}
  east:
    region: us-east-1
    tables: {back: {routes: {10.0.0.0/16: link}}}
"""
    )
    ends = [
        (each.id, each.gateway, each.peer, each.peer_region, each.table, each.region)
        for each in found.transit_attachments.values()
    ]
    assert ends == [
        ("tgw-attach-link", "tgw-west", "tgw-east", "us-east-1", "tgw-rtb-out", REGION),
        ("tgw-attach-link@tgw-east", "tgw-east", "tgw-west", REGION, "tgw-rtb-back", "us-east-1"),
    ]
    ways = {
        number: [route.attachments for route in table.static_routes or ()]
        for number, table in found.transit_route_tables.items()
    }
    assert ways == {
        "tgw-rtb-out": [("tgw-attach-link",)],
        "tgw-rtb-back": [("tgw-attach-link@tgw-east",)],
    }


# -- routes


@pytest.mark.parametrize(
    ("written", "route"),
    [
        ("shop", TransitRoute(attachments=("tgw-attach-shop",))),
        ("[shop, lab]", TransitRoute(attachments=("tgw-attach-shop", "tgw-attach-lab"))),
        ("blackhole", TransitRoute(state="blackhole")),
        (
            "{attachments: [lab], state: pending}",
            TransitRoute(attachments=("tgw-attach-lab",), state="pending"),
        ),
    ],
    ids=["one", "several", "blackhole", "long"],
)
@pytest.mark.parametrize("key", ["routes", "propagated"])
def test_a_transit_route_leads_to_attachments(written: str, route: TransitRoute, key: str) -> None:
    ties = "shop: {vpc: shop, subnets: [a]}, lab: {vpc: lab, subnets: [c]}"
    found = hub(ties, f"all: {{{key}: {{10.0.0.0/8: {written}}}}}")
    table = found.transit_route_tables["tgw-rtb-all"]
    is_static = key == "routes"
    ways = table.static_routes if is_static else table.propagated_routes
    assert ways == (
        TransitRoute(
            destination=Prefix.parse("10.0.0.0/8"),
            state=route.state,
            is_static=is_static,
            attachments=route.attachments,
        ),
    )


def test_a_transit_route_may_cover_a_prefix_list() -> None:
    lists = "prefix_lists: {office: {entries: [192.168.0.0/16]}}"
    tables = "all: {routes: {prefix-list:office: blackhole}}"
    found = hub("", tables, lists).transit_route_tables["tgw-rtb-all"].static_routes
    assert found == (TransitRoute(prefix_list="pl-office", state="blackhole"),)


@pytest.mark.parametrize(
    ("table", "static", "propagated", "propagations"),
    [
        ("{}", (), None, ()),
        ("{routes: unknown}", None, None, ()),
        ("{propagations: unknown}", (), None, None),
        ("{propagations: [shop]}", (), None, ("tgw-attach-shop",)),
        ("{propagated: {}}", (), (), ()),
    ],
)
def test_a_table_may_leave_open_what_it_holds(
    table: str,
    static: tuple[TransitRoute, ...] | None,
    propagated: tuple[TransitRoute, ...] | None,
    propagations: tuple[str, ...] | None,
) -> None:
    found = hub("shop: {vpc: shop, subnets: [a]}", f"all: {table}")
    record = found.transit_route_tables["tgw-rtb-all"]
    assert record.static_routes == static
    assert (record.propagated_routes, record.propagations) == (propagated, propagations)


# -- VPN


@pytest.mark.parametrize(
    ("state", "ties"),
    [
        ("attached", [("vpc-shop", "available")]),
        ("detaching", [("vpc-shop", "detaching")]),
        ("detached", []),
    ],
)
def test_a_vpn_gateway_is_attached_unless_it_says_otherwise(
    state: str, ties: list[tuple[str, str]]
) -> None:
    found = snapshot(f"vpn_gateways: {{office: {{vpc: shop, attachment: {state}, asn: 64512}}}}")
    gateway = found.vpn_gateways["vgw-office"]
    assert [(tie.vpc, tie.state) for tie in gateway.attachments] == ties
    assert gateway.asn == 64512


def test_a_static_vpn_has_its_routes() -> None:
    found = snapshot(
        """
vpn_gateways: {office: {vpc: shop}}
customer_gateways: {office: {address: 203.0.113.9, asn: 65000}}
vpn_connections:
  office:
    customer_gateway: office
    vpn_gateway: office
    static: true
    routes: [192.168.0.0/16]
    tunnels_up: 1
    aws_side: 10.0.0.0/8
    site_side: 192.168.0.0/24
"""
    )
    vpn = found.vpn_connections["vpn-office"]
    assert (vpn.customer_gateway, vpn.vpn_gateway) == ("cgw-office", "vgw-office")
    assert (vpn.transit_gateway, vpn.is_static, vpn.tunnels_up) == ("", True, 1)
    assert vpn.routes == prefixes("192.168.0.0/16")
    assert (vpn.aws_side, vpn.site_side) == prefixes("10.0.0.0/8", "192.168.0.0/24")
    gateway = found.customer_gateways["cgw-office"]
    assert (str(gateway.address), gateway.asn) == ("203.0.113.9", 65000)


# -- what is refused

TWO_DEFAULTS = """
transit_gateways:
  hub:
    attachments: {t: {vpc: shop}}
    tables: {x: {default_association: true}, y: {default_association: true}}
"""
ROUTES_OF_BGP = """
vpn_connections:
  x: {customer_gateway: missing:cgw-1, vpn_gateway: missing:vgw-1, routes: [10.0.0.0/8]}
"""


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        (
            "peerings: {x: {requester: shop, accepter: nobody}}",
            "peerings.x.accepter",
            "there is no vpc 'nobody' here",
        ),
        (
            "transit_gateways: {hub: {attachments: {x: {}}}}",
            "transit_gateways.hub.attachments.x",
            "it attaches nothing",
        ),
        (
            "transit_gateways: {hub: {attachments: {x: {vpc: shop, vpn: y}}}}",
            "transit_gateways.hub.attachments.x",
            "it attaches vpc and vpn",
        ),
        (
            "transit_gateways: {hub: {attachments: {x: {peer: hub, subnets: [a]}}}}",
            "transit_gateways.hub.attachments.x",
            "only a VPC is attached at subnets",
        ),
        (
            "transit_gateways: {hub: {attachments: {x: {vpc: shop, peer_table: a}}}}",
            "transit_gateways.hub.attachments.x",
            "only a peer has a table at the other end",
        ),
        (
            "transit_gateways: {hub: {attachments: {x: {vpc: lab, subnets: [b]}}}}",
            "transit_gateways.hub.attachments.x.subnets.0",
            "there is no subnet 'b' here",
        ),
        (
            "transit_gateways: {hub: {attachments: {x: {vpc: shop, table: y}}}}",
            "transit_gateways.hub.attachments.x.table",
            "there is no transit-gateway-route-table 'y' here",
        ),
        (
            "transit_gateways: {hub: {tables: {x: {routes: {10.0.0.0/8: y}}}}}",
            "transit_gateways.hub.tables.x.routes.10.0.0.0/8",
            "there is no transit-gateway-attachment 'y' here",
        ),
        (
            "transit_gateways: {hub: {tables: {x: {routes: {10.0.0.1/8: blackhole}}}}}",
            "transit_gateways.hub.tables.x.routes.10.0.0.1/8",
            "10.0.0.1/8 has host bits",
        ),
        (
            TWO_DEFAULTS,
            "transit_gateways.hub.tables.y.default_association",
            "x is the default table already",
        ),
        (
            "vpn_connections: {x: {customer_gateway: missing:cgw-1}}",
            "vpn_connections.x",
            "it needs `vpn_gateway: ...` or `transit_gateway: ...`",
        ),
        (
            ROUTES_OF_BGP,
            "vpn_connections.x",
            "its routes are static, and it is not",
        ),
        (
            "vpn_connections: {x: {customer_gateway: y, vpn_gateway: missing:vgw-1}}",
            "vpn_connections.x.customer_gateway",
            "there is no customer-gateway 'y' here",
        ),
        (
            "peerings: {x: {id: vpc-x, requester: shop, accepter: lab}}",
            "peerings.x.id",
            "the id 'vpc-x' is not that of a vpc-peering-connection",
        ),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else None,
)
def test_what_cannot_be_is_refused_with_its_place(text: str, place: str, what: str) -> None:
    error = refusal(text)
    assert (error.place, error.what) == (place, what)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ("VpcPeeringConnections", "peerings"),
        ("TransitGateways", "transit_gateways"),
        ("TransitGatewayAttachments", "transit_attachments"),
        ("TransitGatewayRouteTables", "transit_route_tables"),
        ("VpnGateways", "vpn_gateways"),
        ("CustomerGateways", "customer_gateways"),
        ("VpnConnections", "vpn_connections"),
    ],
)
def test_a_call_that_was_not_made_leaves_its_records_out(call: str, field: str) -> None:
    rest = """
peerings: {both: {requester: shop, accepter: lab}}
transit_gateways: {hub: {attachments: {shop: {vpc: shop, subnets: [a]}}}}
vpn_gateways: {office: {vpc: shop}}
customer_gateways: {office: {}}
vpn_connections: {office: {customer_gateway: office, vpn_gateway: office}}
"""
    whole, holey = snapshot(rest), snapshot(f"{rest}missing: [{call}]")
    assert getattr(whole, field)
    assert not getattr(holey, field)
    assert whole.calls - holey.calls == {call}
