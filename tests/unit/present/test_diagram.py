"""Drawings of estates and of paths on them, as Graphviz source and through `dot` itself."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import graphviz
import pytest
from msgspec.structs import replace

from netreach.errors import InputError, MissingExtraError, UsageError
from netreach.explain.codes import Code
from netreach.explain.records import (
    Action,
    Component,
    ComponentType,
    Explanation,
    Hop,
    Part,
    Report,
)
from netreach.model.records import (
    Attachment,
    Instance,
    InterfaceAddress,
    InternetGateway,
    NatAddress,
    NatGateway,
    NetworkInterface,
    Route,
    RouteState,
    RouteTable,
    Subnet,
    TargetKind,
    Unmodelled,
    Vpc,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address, Prefix
from netreach.packets.services import TCP, ServiceSet
from netreach.present._diagram_places import COLLAPSE_ABOVE
from netreach.present.diagram import build, write
from netreach.query.verdict import Verdict
from netreach.sources.yaml_estate import read

HOSTILE = '\x1b[31m"<script>&lt;\\N\\\n\u202e\ud800' + "x" * 10_000

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


@pytest.fixture(scope="module")
def estate() -> Snapshot:
    path = Path(__file__).parents[2] / "golden/show/estate.yaml"
    return read(path.read_text(encoding="utf-8"))


def node(source: str, key: str) -> str:
    """Return the line that defines a node."""
    (line,) = (row for row in source.splitlines() if row.strip().startswith(f'"{key}" ['))
    return line


def edges(source: str, *, visible: bool = True) -> list[str]:
    """Return the lines of edges, without the invisible ones that only order the drawing."""
    rows = [row.strip() for row in source.splitlines() if " -> " in row]
    return [row for row in rows if ("style=invis" not in row) == visible]


def edge(source: str, tail: str, head: str) -> str:
    (line,) = (row for row in edges(source) if row.startswith(f'"{tail}" -> "{head}" '))
    return line


def svg_of(source: str) -> ET.Element:
    drawn = subprocess.run(
        ["dot", "-Tsvg"],
        input=source.encode(),
        capture_output=True,
        check=True,
    )
    return ET.fromstring(drawn.stdout)


# -- estates


def test_an_estate_is_drawn(estate: Snapshot, golden: Callable[[str, str], None]) -> None:
    golden("diagram/estate.dot", build(estate).source)


def test_subnets_stand_in_zones_and_zones_in_their_vpc(estate: Snapshot) -> None:
    source = build(estate).source
    zone = "vpc/vpc-shop/zone/eu-central-1b"
    start = source.index(f'subgraph "cluster_{zone}"')
    inside = source[start : source.index("\n\t\t}\n", start)]
    assert re.findall(r'subgraph "cluster_subnet/([^"]*)"', inside) == [
        "subnet-web-b",
        "subnet-pods-b",
        "subnet-six-b",
    ]
    assert '"id/eni-web-2"' in inside
    assert '"id/eni-web-1"' not in inside


def test_an_instance_with_one_interface_is_one_node(estate: Snapshot) -> None:
    source = build(estate).source
    assert 'label="web-1\\ni-web-1\\n10.0.1.10 ↔ 203.0.113.10"' in node(source, "id/eni-web-1")
    assert "eni-web-1" not in node(source, "id/eni-web-1").partition("[")[2]
    assert "eni-router-1-inside\\n" in node(source, "id/eni-router-1-inside").partition("[")[2]
    assert "dashed" in node(source, "id/eni-node-1")
    assert "(stopped)" in node(source, "id/eni-node-1")


def test_a_nat_gateway_is_drawn_instead_of_its_interface(estate: Snapshot) -> None:
    source = build(estate).source
    assert "NAT gateway\\nnat-a\\n10.0.1.5 ↔ 198.51.100.7" in node(source, "id/nat-a")
    assert "eni-nat-a" not in source


def test_routes_lead_from_the_frame_of_a_subnet(estate: Snapshot) -> None:
    source = build(estate).source
    line = edge(source, "id/eni-app-1", "id/nat-a")
    assert 'ltail="cluster_subnet/subnet-app-a"' in line
    assert 'label="0.0.0.0/0"' in line
    assert "dashed" not in line


def test_targets_that_are_not_modelled_are_dashed(estate: Snapshot) -> None:
    source = build(estate).source
    line = edge(source, "id/eni-app-1", "target/pcx-peer")
    assert 'label="partners, 10.9.0.0/16"' in line
    assert "dashed" in line
    assert "dashed" in node(source, "target/pcx-peer")


def test_routes_that_never_carry_anything_are_not_drawn(estate: Snapshot) -> None:
    source = build(estate).source
    assert "vgw-0a1b2c3d4e5f60718" not in "".join(edges(source))


def test_what_is_not_drawn_is_said(estate: Snapshot) -> None:
    assert "not drawn, not modelled yet: 1 load-balancer, 1 vpn-gateway" in build(estate).source


def vpc_with(*routes: Route, subnets: int = 1, **others: object) -> Snapshot:
    """Return a VPC whose subnets share one route table."""
    ids = [f"subnet-{n}" for n in range(subnets)]
    return Snapshot(
        vpcs={"vpc-1": Vpc(id="vpc-1")},
        subnets={n: Subnet(id=n, vpc="vpc-1") for n in ids},
        route_tables={"rtb-1": RouteTable(id="rtb-1", vpc="vpc-1", is_main=True, routes=routes)},
        **others,  # type: ignore[arg-type]  # fields are names
    )


def to(kind: TargetKind, target: str, destination: str = "0.0.0.0/0", **others: object) -> Route:
    prefix = Prefix.parse(destination)
    return Route(destination=prefix, target_kind=kind, target=target, **others)  # type: ignore[arg-type]  # fields are names


def test_a_blackhole_is_marked() -> None:
    route = to(TargetKind.NAT_GATEWAY, "nat-gone", state=RouteState.BLACKHOLE)
    source = build(vpc_with(route)).source
    assert "✗ blackhole\\nnat-gone" in node(source, "vpc/vpc-1/blackhole/nat-gone")
    assert edge(source, "empty/subnet-0", "vpc/vpc-1/blackhole/nat-gone")


@pytest.mark.parametrize(
    "kind", [TargetKind.NAT_GATEWAY, TargetKind.INTERNET_GATEWAY, TargetKind.TRANSIT_GATEWAY]
)
def test_a_target_that_the_snapshot_lacks_says_so(kind: TargetKind) -> None:
    source = build(vpc_with(to(kind, "x-1"))).source
    assert "x-1\\n(not in the snapshot)" in node(source, "target/x-1")


def test_a_nat_gateway_that_is_gone_is_drawn_only_where_a_route_leads() -> None:
    nats = {
        n: NatGateway(id=n, vpc="vpc-1", subnet="", state="deleted") for n in ("nat-1", "nat-2")
    }
    source = build(vpc_with(to(TargetKind.NAT_GATEWAY, "nat-1"), nat_gateways=nats)).source
    assert "nat-1\\n(deleted)" in node(source, "target/nat-1")
    assert "nat-2" not in source


def test_a_gateway_that_is_attached_to_nothing_leads_nowhere() -> None:
    loose = InternetGateway(id="igw-1")
    tied = InternetGateway(id="igw-2", attachments=(Attachment(vpc="vpc-1"),))
    source = build(vpc_with(internet_gateways={"igw-1": loose, "igw-2": tied})).source
    assert "(attached to no VPC)" in node(source, "id/igw-1")
    assert [row.split(" [")[0] for row in edges(source)] == ['"id/igw-2" -> "world/internet"']


def test_routes_of_several_subnets_to_elsewhere_are_one_arrow() -> None:
    route = to(TargetKind.TRANSIT_GATEWAY, "tgw-1")
    source = build(vpc_with(route, subnets=3)).source
    (line,) = edges(source)
    assert 'label="0.0.0.0/0"' in line
    assert 'ltail="cluster_vpc/vpc-1"' in line


def test_an_arrow_says_how_many_subnets_share_it() -> None:
    snapshot = vpc_with(to(TargetKind.TRANSIT_GATEWAY, "tgw-1"), subnets=3)
    tables = dict(snapshot.route_tables)
    tables["rtb-2"] = RouteTable(id="rtb-2", vpc="vpc-1", subnets=("subnet-2",))
    changed = Snapshot(vpcs=snapshot.vpcs, subnets=snapshot.subnets, route_tables=tables)
    (line,) = edges(build(changed).source)
    assert 'label="0.0.0.0/0\\nfrom 2 of 3 subnets"' in line


def crowd(count: int) -> Snapshot:
    """Return a VPC with two subnets, the first of which holds all but one interface."""
    interfaces = {
        f"eni-{n}": NetworkInterface(
            id=f"eni-{n}",
            vpc="vpc-1",
            subnet="subnet-0" if n else "subnet-1",
            instance=f"i-{n}",
            addresses=(InterfaceAddress(private=Address(4, 0x0A000000 + n), is_primary=True),),
        )
        for n in range(count)
    }
    instances = {f"i-{n}": Instance(id=f"i-{n}", vpc="vpc-1") for n in range(count)}
    return vpc_with(subnets=2, interfaces=interfaces, instances=instances)


def test_the_interfaces_of_a_large_estate_are_counted() -> None:
    source = build(crowd(COLLAPSE_ABOVE + 1)).source
    rest = node(source, "rest/subnet%2Fsubnet-0")
    assert f'label="{COLLAPSE_ABOVE} interfaces"' in rest
    assert 'label="1 interface"' in node(source, "rest/subnet%2Fsubnet-1")
    assert "eni-" not in source


def test_the_interfaces_of_a_smaller_estate_are_all_drawn() -> None:
    source = build(crowd(COLLAPSE_ABOVE)).source
    assert len(set(re.findall(r'"id/(eni-\d+)" \[', source))) == COLLAPSE_ABOVE


def test_interfaces_of_unknown_subnets_stand_in_their_vpc() -> None:
    lost = NetworkInterface(id="eni-1", vpc="vpc-9", subnet="subnet-9")
    source = build(Snapshot(interfaces={"eni-1": lost})).source
    assert 'label="VPC vpc-9 (not in the snapshot)\\l"' in source
    assert source.index("cluster_vpc/vpc-9") < source.index('"id/eni-1"')


def test_a_nat_gateway_of_an_unknown_subnet_stands_in_its_vpc() -> None:
    address = NatAddress(private=Address.parse("10.0.0.9"), interface="eni-1")
    nat = NatGateway(
        id="nat-1", vpc="vpc-1", subnet="subnet-9", state="failed", addresses=(address,)
    )
    source = build(vpc_with(nat_gateways={"nat-1": nat})).source
    assert 'label="NAT gateway\\nnat-1\\n10.0.0.9\\n(failed)"' in node(source, "id/nat-1")
    assert "dashed" in node(source, "id/nat-1")


def test_many_addresses_are_cut_short() -> None:
    addresses = tuple(InterfaceAddress(private=Address(4, n)) for n in range(5))
    one = NetworkInterface(id="eni-1", vpc="vpc-1", subnet="subnet-0", addresses=addresses)
    source = build(vpc_with(interfaces={"eni-1": one})).source
    assert "0.0.0.0\\n0.0.0.1\\n0.0.0.2\\nand 2 more" in node(source, "id/eni-1")


def test_an_instance_without_interface_is_drawn_unless_it_is_gone() -> None:
    instances = {
        n: Instance(id=n, vpc="vpc-1", subnet="subnet-0", state=state)
        for n, state in (("i-1", "running"), ("i-2", "terminated"))
    }
    source = build(vpc_with(instances=instances)).source
    assert "i-1\\nno interface known" in node(source, "id/i-1")
    assert "i-2" not in source


# -- hostile text


@needs_dot
def test_hostile_text_stays_text() -> None:
    tags = {"Name": HOSTILE}
    snapshot = Snapshot(
        vpcs={HOSTILE: Vpc(id=HOSTILE, tags=tags)},
        subnets={HOSTILE: Subnet(id=HOSTILE, vpc=HOSTILE, zone=HOSTILE, tags=tags)},
        interfaces={HOSTILE: NetworkInterface(id=HOSTILE, vpc=HOSTILE, subnet=HOSTILE, tags=tags)},
        route_tables={
            "rtb-1": RouteTable(
                id="rtb-1",
                vpc=HOSTILE,
                is_main=True,
                routes=(to(TargetKind.TRANSIT_GATEWAY, HOSTILE),),
            )
        },
        unmodelled={HOSTILE: Unmodelled(id=HOSTILE, kind=HOSTILE, tags=tags)},
        taken=HOSTILE,
    )
    svg = svg_of(build(snapshot).source)
    names = [text.text or "" for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    shown = [name for name in names if "script" in name]
    assert len(shown) >= 5
    assert all(r'\x1b[31m"<script>&lt;\N\\n\u202e\ud800xxx' in name for name in shown)
    assert all(name.isprintable() and len(name) < 300 for name in names)
    assert not list(svg.iter("{http://www.w3.org/2000/svg}script"))


@pytest.mark.parametrize("name", ["<b>bold</b>", "a\\", "a\\l", '"', "graph", "&amp;", "{a|b}"])
@needs_dot
def test_a_name_is_drawn_as_it_is(name: str) -> None:
    snapshot = Snapshot(vpcs={"vpc-1": Vpc(id="vpc-1", tags={"Name": name})})
    subnet = Subnet(id="subnet-1", vpc="vpc-1", tags={"Name": name})
    source = build(Snapshot(vpcs=snapshot.vpcs, subnets={"subnet-1": subnet})).source
    texts = [text.text for text in svg_of(source).iter("{http://www.w3.org/2000/svg}text")]
    assert f"VPC {name} (vpc-1)" in texts
    assert name in texts


# -- paths


def hop(number: str, kind: ComponentType, action: Action, **others: str) -> Hop:
    place = {"source": "10.0.11.10", "destination": "10.0.1.10", "service": "tcp 443"}
    return Hop(component=Component(number, kind), action=action, **{**place, **others})  # type: ignore[arg-type]  # fields are names


SERVICES = ServiceSet.ports(TCP, 443, 443)
APP = Component("i-app-1", ComponentType.INSTANCE, "app-1")
WEB = Component("i-web-1", ComponentType.INSTANCE, "web-1")
SEND = hop("eni-app-1", ComponentType.INTERFACE, Action.SEND, subnet="subnet-app-a")
ACL = Component("acl-web", ComponentType.NETWORK_ACL, "web")
GROUP = Component("sg-web", ComponentType.SECURITY_GROUP, "web")
DELIVER = hop("eni-web-1", ComponentType.INTERFACE, Action.DELIVER, subnet="subnet-web-a")
BACK = hop("eni-web-1", ComponentType.INTERFACE, Action.SEND, subnet="subnet-web-a")
HOME = hop("eni-app-1", ComponentType.INTERFACE, Action.DELIVER, subnet="subnet-app-a")


def part(verdict: Verdict, *forward: Hop, returning: tuple[Hop, ...] = ()) -> Part:
    return Part(
        source_address="10.0.11.10",
        destination_address="10.0.1.10",
        verdict=verdict,
        services=SERVICES,
        forward_services=SERVICES,
        client_ports=("1024-65535",),
        forward=forward,
        returning=returning,
    )


def report(*parts: Part, blockers: tuple[Explanation, ...] = ()) -> Report:
    return Report(
        verdict=parts[0].verdict if parts else Verdict.UNREACHABLE,
        query={"protocol": "tcp", "port": "443", "client_ports": "1024-65535"},
        source=APP,
        destination=WEB,
        services=SERVICES,
        forward_services=SERVICES,
        client_ports=("1024-65535",),
        parts=parts,
        explanations=blockers,
    )


def blocker(code: Code, component: Component, direction: str, leg: str = "forward") -> Explanation:
    return Explanation(
        code=code,
        leg=leg,
        component=component,
        message="",
        direction=direction,
        source="10.0.11.10",
        destination="10.0.1.10",
    )


def denial(component: Component, direction: str, subnet: str = "subnet-web-a") -> Hop:
    denied = hop(component.id, component.type, Action.DENY, direction=direction, subnet=subnet)
    return replace(denied, component=component)


WORKS = part(Verdict.REACHABLE, SEND, DELIVER, returning=(BACK, HOME))
AT_ACL = part(Verdict.UNREACHABLE, SEND, denial(ACL, "ingress"))
BY_ACL = blocker(Code.SUBNET_ACL_RESTRICTION, ACL, "ingress")


def test_a_path_that_works_is_drawn_there_and_back(
    estate: Snapshot, golden: Callable[[str, str], None]
) -> None:
    source = build(estate, report(WORKS)).source
    there = edge(source, "id/eni-app-1", "id/eni-web-1")
    back = edge(source, "id/eni-web-1", "id/eni-app-1")
    assert "penwidth=3" in there
    assert "style" not in there
    assert "style=dashed" in back
    assert "✗" not in "".join(edges(source))
    golden("diagram/reachable.dot", source)


def test_a_blocker_stands_in_its_subnet_and_the_way_ends_there(
    estate: Snapshot, golden: Callable[[str, str], None]
) -> None:
    source = build(estate, report(AT_ACL, blockers=(BY_ACL,))).source
    drawn = next(row for row in source.splitlines() if "✗ network ACL ingress" in row)
    key = drawn.split('"')[1]
    assert "web\\nacl-web\\nSUBNET_ACL_RESTRICTION" in drawn
    assert "penwidth=3" in edge(source, "id/eni-app-1", key)
    assert "style=dotted" in edge(source, key, "id/eni-web-1")
    golden("diagram/unreachable.dot", source)


def test_the_first_part_that_does_not_work_is_drawn(estate: Snapshot) -> None:
    source = build(estate, report(WORKS, AT_ACL, blockers=(BY_ACL,))).source
    way = [row.split(" [")[0] for row in edges(source) if "#0072b2" in row]
    assert way == ['"id/eni-app-1" -> "subnet/subnet-web-a/forward/ingress/acl-web"']


def test_a_group_that_blocks_is_named_by_the_code_of_its_interface(estate: Snapshot) -> None:
    interface = Component("eni-web-1", ComponentType.INTERFACE)
    found = blocker(Code.ENI_SG_RULES_MISMATCH, interface, "ingress")
    stopped = part(Verdict.UNREACHABLE, SEND, denial(GROUP, "ingress"))
    source = build(estate, report(stopped, blockers=(found,))).source
    drawn = next(row for row in source.splitlines() if "✗ security group ingress" in row)
    assert "ENI_SG_RULES_MISMATCH" in drawn
    assert "ENI_SG_RULES_MISMATCH" not in node(source, "id/eni-web-1")


def test_a_group_at_both_ends_blocks_in_one_direction_only(estate: Snapshot) -> None:
    interface = Component("eni-web-1", ComponentType.INTERFACE)
    found = blocker(Code.ENI_SG_RULES_MISMATCH, interface, "ingress")
    lets = replace(denial(GROUP, "egress", "subnet-web-b"), action=Action.ALLOW)
    stopped = part(Verdict.UNREACHABLE, SEND, lets, denial(GROUP, "ingress"))
    source = build(estate, report(stopped, blockers=(found,))).source
    assert "✗ security group ingress" in source
    assert "security group egress" not in source


def test_a_blocker_that_the_way_never_came_to_is_marked_too(estate: Snapshot) -> None:
    interface = Component("eni-web-1", ComponentType.INTERFACE)
    table = Component("rtb-private", ComponentType.ROUTE_TABLE, "private")
    later = (
        BY_ACL,
        blocker(Code.ENI_SG_RULES_MISMATCH, interface, "ingress"),
        blocker(Code.NO_ROUTE_TO_DESTINATION, table, "", leg="return"),
    )
    source = build(estate, report(AT_ACL, blockers=later)).source
    assert 'label="✗ web-1\\n' in node(source, "id/eni-web-1")
    assert "ENI_SG_RULES_MISMATCH" in node(source, "id/eni-web-1")
    drawn = next(row for row in source.splitlines() if "✗ route table" in row)
    assert "NO_ROUTE_TO_DESTINATION" in drawn
    assert drawn.split('"')[1].startswith("subnet/subnet-app-a/")


def test_a_node_is_marked_once_for_all_that_blocks_there(estate: Snapshot) -> None:
    interface = Component("eni-web-1", ComponentType.INTERFACE)
    found = (
        blocker(Code.ENI_SG_RULES_MISMATCH, interface, "ingress"),
        blocker(Code.SG_HAS_NO_RULES, interface, "egress", leg="return"),
    )
    drawn = node(build(estate, report(AT_ACL, blockers=found)).source, "id/eni-web-1")
    assert drawn.count("✗") == 1
    assert "10.0.1.10 ↔ 203.0.113.10\\nENI_SG_RULES_MISMATCH\\nSG_HAS_NO_RULES" in drawn


def test_a_blocker_of_another_pair_is_not_drawn(estate: Snapshot) -> None:
    other = replace(BY_ACL, source="10.0.11.20", code=Code.BAD_STATE)
    source = build(estate, report(AT_ACL, blockers=(BY_ACL, other))).source
    assert "BAD_STATE" not in source


def test_a_filter_that_lets_some_replies_through_is_no_cross(estate: Snapshot) -> None:
    back = (BACK, denial(ACL, "egress"), HOME)
    found = blocker(Code.SUBNET_ACL_RESTRICTION, ACL, "egress", leg="return")
    partly = part(Verdict.PARTIAL, SEND, DELIVER, returning=back)
    source = build(estate, report(partly, blockers=(found,))).source
    drawn = next(row for row in source.splitlines() if "! network ACL egress" in row)
    key = drawn.split('"')[1]
    assert "style=dashed" in edge(source, "id/eni-web-1", key)
    assert "style=dashed" in edge(source, key, "id/eni-app-1")


def test_a_gateway_on_the_way_is_marked_itself(estate: Snapshot) -> None:
    gateway = Component("igw-shop", ComponentType.INTERNET_GATEWAY)
    dropped = part(Verdict.UNREACHABLE, SEND, denial(gateway, ""))
    found = blocker(Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS, gateway, "")
    source = build(estate, report(dropped, blockers=(found,))).source
    drawn = node(source, "id/igw-shop")
    assert 'label="✗ internet gateway\\n' in drawn
    assert "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS" in drawn


def test_what_is_not_on_the_map_is_drawn_outside(estate: Snapshot) -> None:
    stranger = hop("8.8.8.8", ComponentType.ADDRESS, Action.DELIVER)
    away = replace(part(Verdict.REACHABLE, SEND, stranger), destination_address="8.8.8.8")
    source = build(estate, report(away)).source
    assert edge(source, "id/eni-app-1", "outside/8.8.8.8")


def test_a_way_into_what_is_not_modelled_ends_in_a_question(estate: Snapshot) -> None:
    peer = hop("pcx-peer", ComponentType.OTHER, Action.UNKNOWN)
    source = build(estate, report(part(Verdict.UNKNOWN, SEND, peer))).source
    assert 'label="? VPC peering connection\\n' in node(source, "target/pcx-peer")
    way = [row for row in edges(source) if row.startswith('"id/eni-app-1" -> "target/pcx-peer"')]
    assert ["penwidth=3" in row for row in way] == [False, True]
    assert "style=dotted" in edge(source, "target/pcx-peer", "id/eni-web-1")


def test_an_end_on_the_internet_is_the_internet(estate: Snapshot) -> None:
    world = Component("internet", ComponentType.INTERNET)
    gateway = hop("igw-shop", ComponentType.INTERNET_GATEWAY, Action.TRANSLATE)
    away = hop("internet", ComponentType.INTERNET, Action.DELIVER)
    asked = report(replace(part(Verdict.REACHABLE, SEND, gateway, away), destination_address="any"))
    source = build(estate, replace(asked, destination=world)).source
    assert "penwidth=3" in node(source, "world/internet")
    colours = [row for row in edges(source) if row.startswith('"id/igw-shop" -> "world/internet"')]
    assert len(colours) == 2


def test_a_host_of_the_internet_is_no_node_of_its_own(estate: Snapshot) -> None:
    stranger = Component("8.8.8.8", ComponentType.ADDRESS)
    away = hop("internet", ComponentType.INTERNET, Action.DELIVER)
    works = replace(part(Verdict.REACHABLE, SEND, away), destination_address="8.8.8.8")
    source = build(estate, replace(report(works), destination=stranger)).source
    assert "penwidth=3" in node(source, "world/internet")
    assert "outside/" not in source


def test_a_blocker_beyond_the_way_stands_where_it_serves(estate: Snapshot) -> None:
    start = denial(Component("sg-app", ComponentType.SECURITY_GROUP), "egress", "subnet-app-a")
    stopped = part(Verdict.UNREACHABLE, SEND, start)
    source = build(estate, report(stopped, blockers=(BY_ACL,))).source
    drawn = next(row for row in source.splitlines() if "✗ network ACL ingress" in row)
    assert drawn.split('"')[1].startswith("subnet/subnet-web-a/")


def test_a_blocker_that_serves_neither_end_stands_in_its_vpc(estate: Snapshot) -> None:
    table = Component("rtb-shop-main", ComponentType.ROUTE_TABLE)
    found = blocker(Code.NO_ROUTE_TO_DESTINATION, table, "")
    source = build(estate, report(AT_ACL, blockers=(BY_ACL, found))).source
    drawn = next(row for row in source.splitlines() if "✗ route table" in row)
    assert drawn.split('"')[1].startswith("vpc/vpc-shop/")


def test_of_several_holders_of_an_address_the_one_that_was_asked_is_the_end() -> None:
    address = (InterfaceAddress(private=Address.parse("10.0.1.10")),)
    interfaces = {
        f"eni-{n}": NetworkInterface(
            id=f"eni-{n}", vpc=f"vpc-{n}", subnet="", instance=f"i-{n}", addresses=address
        )
        for n in range(2)
    }
    asked = replace(report(AT_ACL), destination=Component("i-1", ComponentType.INSTANCE))
    source = build(Snapshot(interfaces=interfaces), asked).source
    assert "penwidth=3" in node(source, "id/eni-1")
    assert "penwidth=3" not in node(source, "id/eni-0")


def test_without_any_part_the_two_ends_are_marked(estate: Snapshot) -> None:
    source = build(estate, report()).source
    for key in ("id/eni-app-1", "id/eni-web-1"):
        assert "penwidth=3" in node(source, key)


def test_what_a_path_crosses_is_drawn_even_among_many() -> None:
    source = Component("i-0", ComponentType.INSTANCE)
    destination = Component("i-1", ComponentType.INSTANCE)
    hops = (
        hop("eni-0", ComponentType.INTERFACE, Action.SEND, subnet="subnet-1"),
        hop("eni-1", ComponentType.INTERFACE, Action.DELIVER, subnet="subnet-0"),
    )
    asked = replace(report(part(Verdict.REACHABLE, *hops)), source=source, destination=destination)
    drawn = build(crowd(COLLAPSE_ABOVE + 1), asked).source
    assert edge(drawn, "id/eni-0", "id/eni-1")
    rest = node(drawn, "rest/subnet%2Fsubnet-0")
    assert f'label="{COLLAPSE_ABOVE - 1} other interfaces"' in rest
    assert "rest/subnet%2Fsubnet-1" not in drawn


# -- files


@needs_dot
@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.dot", b"digraph"),
        ("a.gv", b"digraph"),
        ("a.svg", b"<?xml"),
        ("a.SVG", b"<?xml"),
        ("a.png", b"\x89PNG"),
        ("a.pdf", b"%PDF"),
    ],
)
def test_the_suffix_says_what_is_written(
    name: str, head: bytes, estate: Snapshot, tmp_path: Path
) -> None:
    write(build(estate), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(head)
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.gif", "a", "a.dot.zip"])
def test_an_unknown_suffix_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"give it one of \.svg, \.png, \.pdf, \.dot, \.gv$"):
        write(build(Snapshot()), tmp_path / name)


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))


@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.pdf"])
def test_without_graphviz_a_picture_is_one_clear_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match=r"apt install graphviz.*brew.*choco") as error:
        write(build(Snapshot()), tmp_path / name)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("no_dot")
def test_without_graphviz_its_source_is_still_written(tmp_path: Path) -> None:
    write(build(Snapshot()), tmp_path / "a.dot")
    assert (tmp_path / "a.dot").read_text(encoding="utf-8").startswith("digraph")


def test_a_failure_of_graphviz_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> bytes:
        raise graphviz.CalledProcessError(139, ["dot"])

    monkeypatch.setattr(graphviz.Digraph, "pipe", fail)
    with pytest.raises(InputError, match="the program `dot` failed with status 139"):
        write(build(Snapshot()), tmp_path / "a.svg")
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be written: No such file or directory"):
        write(build(Snapshot()), tmp_path / "nowhere" / "a.dot")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.dot"
    target.write_text("old", encoding="utf-8")

    def fail(_path: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="No space left on device"):
        write(build(Snapshot()), target)
    assert target.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.dot"]


@needs_dot
def test_the_drawing_is_what_graphviz_accepts(estate: Snapshot) -> None:
    source = build(estate, report(AT_ACL, blockers=(BY_ACL,))).source
    drawn = subprocess.run(
        ["dot", "-Tsvg"],
        input=source.encode(),
        capture_output=True,
        check=True,
    )
    assert drawn.stderr == b""
