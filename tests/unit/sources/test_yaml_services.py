"""Endpoints, balancers, firewalls and Block Public Access in our own YAML."""

from __future__ import annotations

import pytest

from netreach.errors import InputError
from netreach.model.records import NetworkInterface, TargetKind
from netreach.model.services import (
    EndpointKind,
    FirewallEndpoint,
    Listener,
    PolicyGroup,
    StatefulRule,
    StatelessRule,
    Target,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Prefix
from netreach.sources.yaml_estate import read
from netreach.sources.yaml_estate.firewall_phrases import parse_stateful, parse_stateless
from netreach.sources.yaml_estate.phrases import PhraseError
from netreach.sources.yaml_estate.service_phrases import parse_listener, parse_target

_ANY = "from anywhere to anywhere"
ACCOUNT, REGION = "111122223333", "eu-central-1"
ARN = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"
WALLS = f"arn:aws:network-firewall:{REGION}:{ACCOUNT}"


def snapshot(vpc: str = "", rest: str = "") -> Snapshot:
    """Read an estate of two VPCs; the shop has two subnets and more keys."""
    return read(
        f"""
netreach: 1
account: "{ACCOUNT}"
region: {REGION}
vpcs:
  shop:
    cidr: 10.0.0.0/16
    subnets:
      a: {{cidr: 10.0.1.0/24, zone: a, zone_id: euc1-az2}}
      b: {{cidr: 10.0.2.0/24, zone: b}}
    groups: {{web: {{}}}}
    instances: {{web-1: {{subnet: a, address: 10.0.1.10, groups: [web]}}}}
{vpc}
  lab: {{cidr: 10.0.0.0/16}}
{rest}
""",
        "estate.yaml",
    )


def only(records: object) -> object:
    """Return the one value of a mapping."""
    (found,) = records.values()  # type: ignore[attr-defined]  # a mapping of any records
    return found


def made(interface: NetworkInterface) -> tuple[object, ...]:
    """Return what AWS decides about the interface of a service."""
    return (
        interface.interface_type,
        interface.description,
        interface.source_dest_check,
        interface.is_service_owned,
        interface.status,
    )


# -- interfaces


@pytest.mark.parametrize(
    ("kind", "path", "interface_type", "checks"),
    [
        ("network", "net", "network_load_balancer", False),
        ("gateway", "gwy", "gateway_load_balancer", False),
        ("application", "app", "interface", True),
    ],
)
def test_the_nodes_of_a_balancer_are_described_as_aws_does(
    kind: str, path: str, interface_type: str, checks: bool
) -> None:
    found = snapshot(
        f"    load_balancers: {{front: {{kind: {kind}, subnets: {{a: 10.0.1.20}}, groups: [web]}}}}"
    )
    balancer = found.load_balancers[next(iter(found.load_balancers))]
    number = balancer.id.rpartition("/")[2]
    assert balancer.id == f"{ARN}:loadbalancer/{path}/front/{number}"
    node = found.interfaces["eni-front-a"]
    described = f"ELB {path}/front/{number}"
    assert made(node) == (interface_type, described, checks, True, "in-use")
    assert node.groups == balancer.groups == ("sg-web",)
    assert [str(held.private) for held in node.addresses] == ["10.0.1.20"]
    assert [(one.zone, one.zone_id, one.subnet) for one in balancer.zones] == [
        ("eu-central-1a", "euc1-az2", "subnet-a")
    ]


def test_a_classic_balancer_is_known_by_its_name() -> None:
    rest = "instances: [web-1], listeners: [tcp 80 -> port 81]"
    found = snapshot(
        f"    load_balancers: {{old: {{kind: classic, subnets: {{b: 10.0.2.20}}, {rest}}}}}"
    )
    balancer = found.load_balancers["old"]
    assert balancer.instances == ("i-web-1",)
    assert balancer.listeners == (Listener(protocol="TCP", port=80, instance_port=81),)
    assert found.interfaces["eni-old-b"].description == "ELB old"


def test_an_elastic_ip_of_a_node_is_tied_to_it() -> None:
    node = "{a: {address: 10.0.1.20, elastic: 203.0.113.20}}"
    found = snapshot(f"    load_balancers: {{front: {{subnets: {node}}}}}")
    elastic = found.elastic_ips["eipalloc-front-a"]
    assert (str(elastic.public), elastic.interface) == ("203.0.113.20", "eni-front-a")
    assert str(found.interfaces["eni-front-a"].addresses[0].public) == "203.0.113.20"


@pytest.mark.parametrize(
    ("kind", "interface_type", "checks"),
    [
        ("interface", "vpc_endpoint", True),
        ("gateway-load-balancer", "gateway_load_balancer_endpoint", False),
    ],
)
def test_the_interfaces_of_an_endpoint_are_described_as_aws_does(
    kind: str, interface_type: str, checks: bool
) -> None:
    form = f"{{kind: {kind}, service: ssm, subnets: {{a: 10.0.1.30, b: 10.0.2.30}}}}"
    found = snapshot(f"    endpoints: {{door: {form}}}")
    endpoint = found.endpoints["vpce-door"]
    assert endpoint.interfaces == ("eni-door-a", "eni-door-b")
    assert endpoint.subnets == ("subnet-a", "subnet-b")
    assert made(found.interfaces["eni-door-b"]) == (
        interface_type,
        "VPC Endpoint Interface vpce-door",
        checks,
        True,
        "in-use",
    )


def test_a_service_belongs_to_its_account_and_so_do_its_interfaces() -> None:
    form = '{account: "444455556666", service: ssm, subnets: {a: 10.0.1.30}}'
    found = snapshot(f"    endpoints: {{door: {form}}}")
    assert found.endpoints["vpce-door"].owner == "444455556666"
    assert found.interfaces["eni-door-a"].owner == "444455556666"


# -- endpoints


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("s3", f"com.amazonaws.{REGION}.s3"),
        ("ecr.api", f"com.amazonaws.{REGION}.ecr.api"),
        ("com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.s3"),
        ("endpoint-service:api", f"com.amazonaws.vpce.{REGION}.vpce-svc-api"),
        ("endpoint-service:vpce-svc-api", f"com.amazonaws.vpce.{REGION}.vpce-svc-api"),
        ("endpoint-service:missing:vpce-svc-9", f"com.amazonaws.vpce.{REGION}.vpce-svc-9"),
    ],
)
def test_an_endpoint_names_its_service(written: str, full: str) -> None:
    found = snapshot(
        f'    endpoints: {{door: {{service: "{written}"}}}}', "endpoint_services: {api: {}}"
    )
    assert found.endpoints["vpce-door"].service == full


def test_a_gateway_endpoint_puts_routes_into_its_tables() -> None:
    found = snapshot(
        """
    route_tables: {one: {}, other: {}}
    endpoints: {s3: {kind: gateway, service: s3, prefix_list: s3, route_tables: [one, main]}}
""",
        "prefix_lists: {s3: {entries: [52.219.0.0/16]}}",
    )
    assert found.endpoints["vpce-s3"].kind is EndpointKind.GATEWAY
    assert found.endpoints["vpce-s3"].route_tables == ("rtb-one", "rtb-shop-main")
    leading = {
        table.id: [(route.prefix_list, route.target) for route in table.routes if route.prefix_list]
        for table in found.route_tables.values()
        if table.vpc == "vpc-shop"
    }
    there = [("pl-s3", "vpce-s3")]
    assert leading == {"rtb-one": there, "rtb-other": [], "rtb-shop-main": there}


def test_a_route_leads_to_an_endpoint_by_key() -> None:
    found = snapshot(
        """
    route_tables: {one: {routes: {0.0.0.0/0: vpc-endpoint:wall-a}}}
    firewalls: {wall: {policy: loose, subnets: {a: 10.0.1.50}}}
""",
        "firewall_policies: {loose: {}}",
    )
    route = found.route_tables["rtb-one"].routes[-1]
    assert (route.target_kind, route.target) == (TargetKind.VPC_ENDPOINT, "vpce-wall-a")
    assert found.unmodelled == {}


def test_an_endpoint_service_finds_its_balancer_in_any_vpc() -> None:
    found = snapshot(
        "    load_balancers: {front: {}}", "endpoint_services: {api: {load_balancers: [front]}}"
    )
    assert found.endpoint_services["vpce-svc-api"].balancers == tuple(found.load_balancers)


# -- listeners and targets


@pytest.mark.parametrize(
    ("phrase", "protocol", "port", "groups", "instance_port"),
    [
        ("tcp 443 -> web", "TCP", 443, ["web"], None),
        ("https 443 -> web and api", "HTTPS", 443, ["web", "api"], None),
        ("tcp_udp 53 -> dns", "TCP_UDP", 53, ["dns"], None),
        ("http 80", "HTTP", 80, [], None),
        ("geneve -> walls", "GENEVE", None, ["walls"], None),
        ("ssl 443 -> port 8443", "SSL", 443, [], 8443),
    ],
)
def test_a_listener_is_one_phrase(
    phrase: str, protocol: str, port: int | None, groups: list[str], instance_port: int | None
) -> None:
    found = parse_listener(phrase)
    assert (found.protocol, found.port, found.instance_port) == (protocol, port, instance_port)
    assert [group.name for group in found.groups] == groups


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "tcp",
        "tcp 443 444",
        "tcp 65536 -> web",
        "sctp 5 -> web",
        "tcp 443 ->",
        "tcp 443 -> web api",
        "tcp 443 -> web and",
        "geneve 6081 -> walls",
        "tcp 80 -> port x",
    ],
)
def test_what_is_no_listener_is_refused_whole(phrase: str) -> None:
    with pytest.raises(PhraseError, match="can't read") as caught:
        parse_listener(phrase)
    assert "tcp 443 -> GROUP" in caught.value.mend


@pytest.mark.parametrize(
    ("phrase", "who", "port", "health"),
    [
        ("web-1", "web-1", None, "healthy"),
        ("web-1 port 8080", "web-1", 8080, "healthy"),
        ("10.0.1.10 draining", "10.0.1.10", None, "draining"),
        ("2001:db8::1 port 80 unhealthy", "2001:db8::1", 80, "unhealthy"),
        ("missing:i-9 unsaid", "i-9", None, ""),
    ],
)
def test_a_target_is_one_phrase(phrase: str, who: str, port: int | None, health: str) -> None:
    found = parse_target(phrase)
    assert getattr(found.who, "name", str(found.who)) == who
    assert (found.port, found.health) == (port, health)


@pytest.mark.parametrize("phrase", ["", "web-1 port", "web-1 sick", "web-1 port 0x", "10:0:1"])
def test_what_is_no_target_is_refused_whole(phrase: str) -> None:
    with pytest.raises(PhraseError, match="can't read"):
        parse_target(phrase)


@pytest.mark.parametrize(
    ("targets", "kind"),
    [("[]", "instance"), ("[web-1]", "instance"), ("[10.0.1.10]", "ip"), ("unknown", "instance")],
)
def test_a_group_is_of_the_kind_of_its_targets(targets: str, kind: str) -> None:
    found = snapshot(f"    target_groups: {{web: {{port: 80, targets: {targets}}}}}")
    assert only(found.target_groups).target_kind == kind  # type: ignore[attr-defined]  # a group


def test_targets_are_registered_with_port_zone_and_health() -> None:
    targets = "[web-1 port 81 initial, {target: web-1, zone: all}]"
    found = snapshot(f"    target_groups: {{web: {{port: 80, targets: {targets}}}}}")
    assert only(found.target_groups).targets == (  # type: ignore[attr-defined]  # a group
        Target(id="i-web-1", port=81, health="initial"),
        Target(id="i-web-1", zone="all", health="healthy"),
    )


def test_a_group_knows_the_balancers_that_send_to_it() -> None:
    found = snapshot(
        """
    load_balancers:
      one: {listeners: [tcp 80 -> web, tcp 81 -> web]}
      two: {listeners: [tcp 80 -> web]}
    target_groups: {web: {port: 80}}
"""
    )
    group = only(found.target_groups)
    assert group.balancers == tuple(found.load_balancers)  # type: ignore[attr-defined]  # a group


# -- firewalls


@pytest.mark.parametrize(
    ("phrase", "rule"),
    [
        (
            "10 drop tcp 23 from anywhere to 10.0.0.0/8",
            StatelessRule(
                priority=10,
                action="aws:drop",
                protocols=(6,),
                destinations=(Prefix.parse("10.0.0.0/8"),),
                destination_ports=((23, 23),),
            ),
        ),
        (
            "1 pass udp 53,60-70 from 10.0.0.0/8,10.9.0.0/16 port 1024-65535 to anywhere",
            StatelessRule(
                priority=1,
                action="aws:pass",
                protocols=(17,),
                sources=(Prefix.parse("10.0.0.0/8"), Prefix.parse("10.9.0.0/16")),
                source_ports=((1024, 65535),),
                destination_ports=((53, 53), (60, 70)),
            ),
        ),
        (
            "65535 forward all from anywhere to anywhere",
            StatelessRule(priority=65535, action="aws:forward_to_sfe"),
        ),
        (
            "5 drop icmp from anywhere to anywhere",
            StatelessRule(priority=5, action="aws:drop", protocols=(1,)),
        ),
    ],
)
def test_a_stateless_rule_is_one_phrase(phrase: str, rule: StatelessRule) -> None:
    assert StatelessRule(**parse_stateless(phrase)._asdict()) == rule


@pytest.mark.parametrize(
    ("phrase", "rule"),
    [
        (
            "pass tcp 443 from 10.0.0.0/8 to !10.0.0.0/8",
            StatefulRule(
                action="PASS",
                protocol="TCP",
                source="10.0.0.0/8",
                destination="!10.0.0.0/8",
                destination_port="443",
            ),
        ),
        (
            "reject udp 53,60-70 from 10.0.0.0/8,$HOME_NET port 1024-65535 to anywhere",
            StatefulRule(
                action="REJECT",
                protocol="UDP",
                source="[10.0.0.0/8,$HOME_NET]",
                source_port="1024:65535",
                destination_port="[53,60:70]",
            ),
        ),
        (
            "drop all between 10.1.0.0/16 and 10.2.0.0/16",
            StatefulRule(
                action="DROP",
                source="10.1.0.0/16",
                destination="10.2.0.0/16",
                is_any_direction=True,
            ),
        ),
    ],
)
def test_a_stateful_rule_is_one_phrase(phrase: str, rule: StatefulRule) -> None:
    assert StatefulRule(**parse_stateful(phrase)._asdict()) == rule


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "pass",
        "allow tcp 443 from anywhere to anywhere",
        "pass sctp from anywhere to anywhere",
        "pass all 443 from anywhere to anywhere",
        "pass icmp from anywhere port 1 to anywhere",
        "pass tcp 443 from anywhere",
        "pass tcp 443 from anywhere and anywhere",
        "pass tcp 443 from 10.0.0.1/8 to anywhere",
        "pass tcp 444-443 from anywhere to anywhere",
        "pass tcp from anywhere ports 1 to anywhere",
        "pass tcp from $ to anywhere",
    ],
)
def test_what_is_no_stateful_rule_is_refused_whole(phrase: str) -> None:
    with pytest.raises(PhraseError, match="can't read"):
        parse_stateful(phrase)


@pytest.mark.parametrize(
    "phrase",
    [
        "drop tcp 23 from anywhere to anywhere",
        "0 drop tcp 23 from anywhere to anywhere",
        "65536 drop tcp from anywhere to anywhere",
        "1 reject tcp from anywhere to anywhere",
        "1 drop tcp between 10.1.0.0/16 and 10.2.0.0/16",
        "1 drop icmp 8 from anywhere to anywhere",
        "1 drop tls from anywhere to anywhere",
    ],
)
def test_what_is_no_stateless_rule_is_refused_whole(phrase: str) -> None:
    with pytest.raises(PhraseError, match="can't read"):
        parse_stateless(phrase)


def test_a_firewall_has_an_endpoint_in_each_subnet() -> None:
    found = snapshot(
        "    firewalls: {wall: {policy: p, subnets: {a: 10.0.1.50, b: 10.0.2.50}}}",
        "firewall_policies: {p: {}}",
    )
    firewall = found.firewalls[f"{WALLS}:firewall/wall"]
    assert firewall.policy == f"{WALLS}:firewall-policy/p"
    assert firewall.endpoints == (
        FirewallEndpoint(endpoint="vpce-wall-a", subnet="subnet-a", zone="eu-central-1a"),
        FirewallEndpoint(endpoint="vpce-wall-b", subnet="subnet-b", zone="eu-central-1b"),
    )
    endpoint = found.endpoints["vpce-wall-a"]
    assert endpoint.kind is EndpointKind.GATEWAY_LOAD_BALANCER
    assert endpoint.interfaces == ("eni-wall-a",)
    assert endpoint.tags == {
        "Name": "wall (eu-central-1a)",
        "AWSNetworkFirewallManaged": "true",
        "Firewall": firewall.id,
    }


@pytest.mark.parametrize(("order", "priority"), [("strict", 1), ("action", None)])
def test_the_rules_of_a_policy_make_up_its_groups(order: str, priority: int | None) -> None:
    found = snapshot(
        rest=f"""
firewall_policies:
  p:
    order: {order}
    stateful: [drop all from anywhere to anywhere]
    stateless: [2 pass tcp 80 from anywhere to anywhere, 1 drop tcp 23 from anywhere to anywhere]
    stateless_default: drop
"""
    )
    policy = found.firewall_policies[f"{WALLS}:firewall-policy/p"]
    assert policy.stateless_default == "aws:drop"
    assert policy.is_strict == (order == "strict")
    (stateful,) = policy.stateful_groups
    assert stateful == PolicyGroup(group=f"{WALLS}:stateful-rulegroup/p", priority=priority)
    rules = found.firewall_rule_groups[f"{WALLS}:stateless-rulegroup/p"].stateless
    assert [rule.priority for rule in rules] == [1, 2]
    assert found.firewall_rule_groups[stateful.group].stateful[0].sid == "1"


# -- Block Public Access


def test_public_access_is_blocked_for_the_estates_account_and_region() -> None:
    found = snapshot(
        rest="""
block_public_access: [{mode: block-ingress}]
public_access_exclusions: {whole: {vpc: shop}, part: {vpc: shop, subnet: a, mode: allow-egress}}
"""
    )
    block = found.public_access_blocks[f"block-public-access/{ACCOUNT}/{REGION}"]
    assert (block.owner, block.region, block.mode) == (ACCOUNT, REGION, "block-ingress")
    assert {one.resource: one.mode for one in found.public_access_exclusions.values()} == {
        "vpc-shop": "allow-bidirectional",
        "subnet-a": "allow-egress",
    }


# -- what is refused


@pytest.mark.parametrize(
    ("vpc", "rest", "place", "what"),
    [
        (
            "    endpoints: {x: {kind: gateway, service: s3, subnets: {a: 10.0.1.9}}}",
            "",
            "vpcs.shop.endpoints.x",
            "a gateway endpoint has no interfaces",
        ),
        (
            "    endpoints: {x: {service: s3, route_tables: [main]}}",
            "",
            "vpcs.shop.endpoints.x",
            "only a gateway endpoint has route tables",
        ),
        (
            "    endpoints: {x: {kind: gateway, service: s3, route_tables: [main]}}",
            "",
            "vpcs.shop.endpoints.x",
            "`route_tables` and `prefix_list` need each other",
        ),
        (
            "    endpoints: {x: {service: endpoint-service:y}}",
            "",
            "vpcs.shop.endpoints.x.service",
            "there is no vpc-endpoint-service 'y' here",
        ),
        (
            "    endpoints: {x: {service: ssm, subnets: {c: 10.0.1.9}}}",
            "",
            "vpcs.shop.endpoints.x.subnets.c.subnet",
            "there is no subnet 'c' here",
        ),
        (
            "    endpoints: {x: {service: ssm, subnets: {a: 10.0.2.9}}}",
            "",
            "vpcs.shop.endpoints.x.subnets.a.address",
            "10.0.2.9 is outside of its subnet",
        ),
        (
            "    load_balancers: {x: {subnets: {a: 10.0.1.10}}}",
            "",
            "vpcs.shop.load_balancers.x.subnets.a.address",
            "10.0.1.10 is also that of vpcs.shop.instances.web-1.address",
        ),
        (
            "    load_balancers: {x: {listeners: [tcp 80 -> nobody]}}",
            "",
            "vpcs.shop.load_balancers.x.listeners.0",
            "there is no target-group 'nobody' here",
        ),
        (
            "    load_balancers: {x: {listeners: [tcp 80 -> port 81]}}",
            "",
            "vpcs.shop.load_balancers.x",
            "a classic balancer sends to a port of its instances, others to groups",
        ),
        (
            "    load_balancers: {x: {kind: gateway, listeners: [tcp 80]}}",
            "",
            "vpcs.shop.load_balancers.x",
            "a gateway balancer takes geneve, others don't",
        ),
        (
            "    load_balancers: {x: {instances: [web-1]}}",
            "",
            "vpcs.shop.load_balancers.x",
            "only a classic balancer has instances",
        ),
        (
            "    target_groups: {x: {port: 80, targets: [web-1, 10.0.1.10]}}",
            "",
            "vpcs.shop.target_groups.x",
            "targets are addresses, or none is one",
        ),
        (
            "    target_groups: {x: {targets: [web-1]}}",
            "",
            "vpcs.shop.target_groups.x",
            "`port` is missing",
        ),
        (
            "    target_groups: {x: {port: 80, targets: [web-2]}}",
            "",
            "vpcs.shop.target_groups.x.targets.0",
            "there is no instance 'web-2' here",
        ),
        (
            "    firewalls: {x: {policy: none}}",
            "",
            "vpcs.shop.firewalls.x.policy",
            "there is no firewall-policy 'none' here",
        ),
        (
            "",
            "firewall_policies: {x: {stateful_default: [drop_strict]}}",
            "firewall_policies.x",
            "only strict order has a stateful default",
        ),
        (
            "",
            f"firewall_policies: {{x: {{stateless: [{', '.join(['1 drop udp ' + _ANY] * 2)}]}}}}",
            "firewall_policies.x",
            "priority 1 repeats",
        ),
        (
            "    load_balancers: {x: {id: vpc-1}}",
            "",
            "vpcs.shop.load_balancers.x.id",
            "'vpc-1' can't stand here",
        ),
        (
            "",
            "endpoint_services: {x: {load_balancers: [y]}}",
            "endpoint_services.x.load_balancers.0",
            "there is no load-balancer 'y' here",
        ),
        (
            "",
            "public_access_exclusions: {x: {vpc: shop, subnet: c}}",
            "public_access_exclusions.x.subnet",
            "there is no subnet 'c' here",
        ),
        (
            "",
            "direct_connect_gateways: {x: {associations: [{allowed: []}]}}",
            "direct_connect_gateways.x.associations.0",
            "it needs `vpn_gateway: ...` or `transit_gateway: ...`",
        ),
    ],
    ids=lambda value: value.strip()[:60] if isinstance(value, str) else None,
)
def test_what_cannot_be_is_refused_with_its_place(
    vpc: str, rest: str, place: str, what: str
) -> None:
    with pytest.raises(InputError) as caught:
        snapshot(vpc, rest)
    assert (caught.value.place, caught.value.what) == (place, what)


def test_two_balancers_of_one_name_are_told_apart_by_id() -> None:
    twice = """
netreach: 1
region: eu-central-1
vpcs:
  one: {cidr: 10.0.0.0/16, account: "111122223333", load_balancers: {front: {}}}
  two: {cidr: 10.1.0.0/16, account: "444455556666", load_balancers: {front: {}}}
endpoint_services: {api: {load_balancers: [front]}}
"""
    with pytest.raises(InputError) as caught:
        read(twice, "estate.yaml")
    assert caught.value.place == "endpoint_services.api.load_balancers.0"
    assert caught.value.what.startswith("there are several: arn:aws:elasticloadbalancing:")
