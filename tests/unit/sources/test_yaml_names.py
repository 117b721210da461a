"""Managed services, client VPN, zones, resolver rules and mirror sessions in our own YAML."""

from __future__ import annotations

import pytest

from netreach.errors import InputError
from netreach.model.connections import ClientVpnAuthorization, ClientVpnRoute
from netreach.model.services import DnsRecord
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.packets.prefixes import Prefix
from netreach.sources.yaml_estate import read

ACCOUNT, REGION = "111122223333", "eu-central-1"


def snapshot(vpc: str = "", rest: str = "") -> Snapshot:
    """Read an estate of one VPC with two subnets, two hosts and more keys."""
    return read(
        f"""
netreach: 1
account: "{ACCOUNT}"
region: {REGION}
vpcs:
  shop:
    cidr: 10.0.0.0/16
    subnets:
      a: {{cidr: 10.0.1.0/24, zone: a}}
      b: {{cidr: 10.0.2.0/24, zone: b}}
    groups: {{web: {{ingress: [all from anywhere]}}, db: {{ingress: [tcp 5432 from anywhere]}}}}
    instances:
      web-1: {{subnet: a, address: 10.0.1.10, groups: [web]}}
      web-2: {{subnet: b, address: 10.0.2.10, groups: [web]}}
{vpc}
{rest}
""",
        "estate.yaml",
    )


def refused(vpc: str = "", rest: str = "") -> str:
    with pytest.raises(InputError) as caught:
        snapshot(vpc, rest)
    return f"{caught.value.place}: {caught.value.what}"


# -- managed services


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("db-instance", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders"),
        ("db-cluster", f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:orders"),
        ("db-proxy", f"arn:aws:rds:{REGION}:{ACCOUNT}:db-proxy:orders"),
        ("cache-cluster", f"arn:aws:elasticache:{REGION}:{ACCOUNT}:cluster:orders"),
        ("replication-group", f"arn:aws:elasticache:{REGION}:{ACCOUNT}:replicationgroup:orders"),
        ("redshift-cluster", "orders"),
        ("opensearch-domain", f"arn:aws:es:{REGION}:{ACCOUNT}:domain/orders"),
        ("mount-target", "fsmt-orders"),
        ("lambda-function", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:orders"),
        ("eks-cluster", f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/orders"),
    ],
)
def test_a_managed_service_has_the_interfaces_of_its_subnets(kind: str, number: str) -> None:
    form = "{kind: %s, subnets: {a: 10.0.1.20, b: 10.0.2.20}, groups: [db], port: 5432}"
    made = snapshot(f"    services: {{orders: {form % kind}}}")
    found = made.managed_services[number]
    assert (found.kind, found.service_name, found.vpc, found.port) == (
        kind,
        "orders",
        "vpc-shop",
        5432,
    )
    assert found.interfaces == ("eni-orders-a", "eni-orders-b")
    assert (found.subnets, found.groups) == (("subnet-a", "subnet-b"), ("sg-db",))
    assert made.interfaces["eni-orders-a"].is_service_owned
    assert found.arn == (number if number.startswith("arn:") else "")


def test_a_managed_service_is_an_end_by_its_key() -> None:
    network = Network(
        snapshot(
            "    services: {orders: {kind: db-instance, subnets: {a: 10.0.1.20}, groups: [db]}}"
        )
    )
    assert network.path("web-1", "orders", port=5432).verdict == "reachable"
    assert network.path("web-1", "orders", port=22).verdict == "unreachable"


def test_a_managed_service_may_have_one_of_several_interfaces() -> None:
    made = snapshot(
        "    services: {orders: {kind: db-instance, candidates: [web-1, web-2], zone: a}}"
    )
    (found,) = made.managed_services.values()
    assert (found.candidates, found.zone) == (("eni-web-1", "eni-web-2"), f"{REGION}a")
    assert Network(made).path("web-1", "orders", port=5432).verdict == "reachable"


@pytest.mark.parametrize(
    ("form", "what"),
    [
        ("{kind: db}", "vpcs.shop.services.orders.kind: 'db' is not one of them"),
        (
            "{kind: db-instance, access: private}",
            "vpcs.shop.services.orders: only the name of an eks-cluster has an `access`",
        ),
        (
            "{kind: db-instance, subnets: {a: 10.0.1.20}, candidates: [web-1]}",
            "vpcs.shop.services.orders: its interfaces are known, or candidates are",
        ),
        (
            "{kind: db-instance, candidates: [web-9]}",
            "vpcs.shop.services.orders.candidates.0: there is no network-interface 'web-9' here",
        ),
        (
            "{kind: db-instance, subnets: {a: 10.0.1.10}}",
            "vpcs.shop.services.orders.subnets.a.address: 10.0.1.10 is also that of",
        ),
    ],
)
def test_a_managed_service_that_cannot_be_is_refused(form: str, what: str) -> None:
    assert refused(f"    services: {{orders: {form}}}").startswith(what)


# -- client VPN

STAFF = """    client_vpn_endpoints:
      staff:
        clients: 172.16.0.0/22
        subnets: {a: 10.0.1.30}
        groups: [web]
        authorizations: %s
        routes: %s
"""


def test_a_client_vpn_has_aws_own_routes_beside_the_written_ones() -> None:
    made = snapshot(STAFF % ("[10.0.0.0/16, 10.8.0.0/16 for admins]", "{10.8.0.0/16: a}"))
    found = made.client_vpn_endpoints["cvpn-endpoint-staff"]
    assert (found.vpc, found.clients) == ("vpc-shop", Prefix.parse("172.16.0.0/22"))
    assert (found.subnets, found.groups) == (("subnet-a",), ("sg-web",))
    own, far = Prefix.parse("10.0.0.0/16"), Prefix.parse("10.8.0.0/16")
    assert found.authorizations == (
        ClientVpnAuthorization(prefix=own),
        ClientVpnAuthorization(prefix=far, group="admins"),
    )
    assert found.routes == (
        ClientVpnRoute(prefix=own, subnet="subnet-a"),
        ClientVpnRoute(prefix=far, subnet="subnet-a"),
    )
    network = Network(made)
    assert network.path("cvpn-endpoint-staff", "web-1", port=443).verdict == "reachable"
    assert network.path("cvpn-endpoint-staff/172.16.0.9", "web-1", port=443).verdict == "reachable"


def test_what_nobody_knows_of_a_client_vpn_is_unknown() -> None:
    made = snapshot(STAFF % ("unknown", "unknown"))
    found = made.client_vpn_endpoints["cvpn-endpoint-staff"]
    assert (found.authorizations, found.routes) == (None, None)
    answer = Network(made).path("cvpn-endpoint-staff/172.16.0.9", "web-1", port=443)
    assert answer.verdict == "unknown"


@pytest.mark.parametrize(
    ("rules", "routes", "what"),
    [
        ("[10.0.0.0]", "{}", "authorizations.0: 10.0.0.0 is an address, not a CIDR"),
        (
            "[10.0.0.0/16 to admins]",
            "{}",
            "authorizations.0: '10.0.0.0/16 to admins' says not whom",
        ),
        ("[]", "{10.8.0.0/16: z}", "routes.10.8.0.0/16: there is no subnet 'z' here"),
    ],
)
def test_a_client_vpn_that_cannot_be_is_refused(rules: str, routes: str, what: str) -> None:
    place = "vpcs.shop.client_vpn_endpoints.staff"
    assert refused(STAFF % (rules, routes)).startswith(f"{place}.{what}")


# -- zones and rules


def records(text: str) -> tuple[DnsRecord, ...] | None:
    zone = f"hosted_zones: {{corp: {{domain: corp.example, vpcs: [shop], records: {text}}}}}"
    return snapshot(rest=zone).hosted_zones["corp"].records


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.1.10", [("A", ("10.0.1.10",))]),
        ("2600:1f14::10", [("AAAA", ("2600:1f14::10",))]),
        ("[10.0.1.10, '2600:1f14::10']", [("A", ("10.0.1.10",)), ("AAAA", ("2600:1f14::10",))]),
        ("Web.Corp.Example", [("CNAME", ("web.corp.example",))]),
        ("alias web.corp.example", [("ALIAS", ("web.corp.example",))]),
        ("delegated", [("NS", ())]),
    ],
)
def test_a_record_says_what_it_is(text: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    found = records(f"{{db.corp.example: {text}}}") or ()
    assert [(one.kind, one.values) for one in found] == expected
    assert {one.name for one in found} == {"db.corp.example"}


def test_a_policy_has_a_record_for_each_answer() -> None:
    form = "{policy: failover, answers: {a: 10.0.1.10, b: 10.0.2.10}, fallback: [b], checked: [a]}"
    one, two = records(f"{{db.corp.example: {form}}}") or ()
    assert (one.policy, one.set_id, one.is_fallback, one.may_fail) == ("failover", "a", False, True)
    assert (two.policy, two.set_id, two.is_fallback, two.may_fail) == ("failover", "b", True, False)


@pytest.mark.parametrize(
    ("keys", "is_private", "vpcs", "is_told"),
    [
        ("vpcs: [shop]", True, ("vpc-shop",), True),
        ("vpcs: unknown", True, (), True),
        ("records: unknown", False, (), False),
    ],
)
def test_a_zone_with_vpcs_is_private(
    keys: str, vpcs: tuple[str, ...], *, is_private: bool, is_told: bool
) -> None:
    made = snapshot(rest=f"hosted_zones: {{corp: {{domain: Corp.Example., {keys}}}}}")
    found = made.hosted_zones["corp"]
    assert (found.zone_name, found.is_private, found.vpcs) == ("corp.example", is_private, vpcs)
    assert (found.records is not None) is is_told


@pytest.mark.parametrize(
    ("keys", "domain", "kind", "vpcs", "targets"),
    [
        (
            "domain: site.example, vpcs: [shop], targets: [192.168.0.53, 'fd00::53']",
            "site.example",
            "FORWARD",
            ("vpc-shop",),
            ("192.168.0.53:53", "[fd00::53]:53"),
        ),
        ('domain: ".", kind: system, vpcs: unknown', "", "SYSTEM", None, ()),
    ],
)
def test_a_rule_of_the_resolver(
    keys: str, domain: str, kind: str, vpcs: tuple[str, ...] | None, targets: tuple[str, ...]
) -> None:
    found = snapshot(rest=f"resolver_rules: {{site: {{{keys}}}}}").resolver_rules["rslvr-rr-site"]
    assert (found.domain, found.kind, found.vpcs, found.targets) == (domain, kind, vpcs, targets)


@pytest.mark.parametrize(
    ("rest", "what"),
    [
        (
            "hosted_zones: {z: {domain: a.example, records: {b.example: 10.0.0.1}}}",
            "hosted_zones.z.records.b.example: b.example lies outside of a.example",
        ),
        (
            "hosted_zones: {z: {domain: a.example, records: {a.example: nobody}}}",
            "hosted_zones.z.records.a.example: 'nobody' is no answer",
        ),
        ("hosted_zones: {z: {domain: 'a b'}}", "hosted_zones.z.domain: 'a b' is not a domain"),
        (
            "hosted_zones: {z: {domain: a.example, vpcs: [lab]}}",
            "hosted_zones.z.vpcs.0: there is no vpc 'lab' here",
        ),
        (
            (
                "hosted_zones: {z: {domain: a.example, records: "
                "{a.example: {policy: weighted, answers: {x: 10.0.0.1}, checked: [y]}}}}"
            ),
            "hosted_zones.z.records.a.example: there is no answer 'y'",
        ),
        (
            "resolver_rules: {r: {domain: a.example}}",
            "resolver_rules.r: a rule that forwards has `targets`, no other has",
        ),
        (
            "resolver_rules: {r: {domain: a.example, kind: system, targets: [10.0.0.1]}}",
            "resolver_rules.r: a rule that forwards has `targets`, no other has",
        ),
        (
            "mirror_sessions: {tap: {source: web-9, target: web-2}}",
            "mirror_sessions.tap.source: there is no network-interface 'web-9' here",
        ),
        (
            "mirror_sessions: {tap: {source: web-1, target: web-9}}",
            "mirror_sessions.tap.target: there is no network-interface 'web-9' here",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(rest: str, what: str) -> None:
    assert refused(rest=rest).startswith(what)


# -- mirror sessions


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ("web-2", "eni-web-2"),
        ("probes", "loadbalancer/net/probes"),
        ("tapped", "vpce-tapped"),
    ],
)
def test_a_mirror_session_has_a_source_and_a_target(target: str, number: str) -> None:
    vpc = """    load_balancers: {probes: {subnets: {a: 10.0.1.40}}}
    endpoints: {tapped: {kind: gateway-load-balancer, service: x, subnets: {a: 10.0.1.50}}}
"""
    made = snapshot(vpc, f"mirror_sessions: {{tap: {{source: web-1, target: {target}}}}}")
    found = made.mirror_sessions["tms-tap"]
    assert (found.interface, found.target) == ("eni-web-1", "tmt-tap")
    assert number in found.target_resource


def test_a_mirror_session_is_both_ends() -> None:
    network = Network(snapshot(rest="mirror_sessions: {tap: {source: web-1, target: web-2}}"))
    assert network.path("tms-tap", "tms-tap").verdict == "reachable"


# -- what was not asked


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ("HostedZones", "hosted_zones"),
        ("ResolverRules", "resolver_rules"),
        ("TrafficMirrorSessions", "mirror_sessions"),
    ],
)
def test_a_call_that_was_not_made_leaves_its_records_out(call: str, field: str) -> None:
    rest = f"""missing: [{call}]
hosted_zones: {{corp: {{domain: corp.example}}}}
resolver_rules: {{site: {{domain: site.example, targets: [192.168.0.53]}}}}
mirror_sessions: {{tap: {{source: web-1, target: web-2}}}}
"""
    assert getattr(snapshot(rest=rest), field) == {}


@pytest.mark.parametrize(
    ("keys", "vpcs", "resources"),
    [
        ("vpcs: [shop], zones: [corp], rules: [site]", ("vpc-shop",), ("corp", "rslvr-rr-site")),
        ("vpcs: unknown", None, ()),
        ("contents: unknown", (), None),
    ],
)
def test_a_profile(
    keys: str, vpcs: tuple[str, ...] | None, resources: tuple[str, ...] | None
) -> None:
    rest = f"""hosted_zones: {{corp: {{domain: corp.example, vpcs: [shop]}}}}
resolver_rules: {{site: {{domain: site.example, targets: [192.168.0.53]}}}}
dns_profiles: {{shared: {{{keys}}}}}
"""
    found = snapshot(rest=rest).dns_profiles["rp-shared"]
    assert (found.vpcs, found.resources) == (vpcs, resources)
