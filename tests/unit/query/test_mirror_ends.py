"""Traffic mirroring: can a session's source reach its target?"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach import Verdict
from netreach.explain.codes import Code
from netreach.model.services import MirrorSession
from netreach.network import Answer, Network
from netreach.sources.yaml_estate import read

ESTATE = """
netreach: 1
account: "111122223333"
region: eu-central-1
vpcs:
  a:
    cidr: 10.1.0.0/16
    subnets:
      near: {cidr: 10.1.1.0/24, zone: a, route_table: main, acl: near}
      probes: {cidr: 10.1.2.0/24, zone: a, route_table: main, acl: probes}
      balancers: {cidr: 10.1.3.0/24, zone: a, route_table: main}
    route_tables:
      main: {main: true, routes: {}}
    acls:
      near: {ingress: [100 deny all from 0.0.0.0/0], egress: [100 allow all to 0.0.0.0/0]}
      probes: {ingress: [100 allow udp 4789 from 0.0.0.0/0], egress: [100 deny all to 0.0.0.0/0]}
    groups:
      shut: {ingress: [tcp 22 from anywhere], egress: []}
      probe: {ingress: [udp 4789 from group:shut]}
      deaf: {ingress: [tcp 22 from anywhere]}
      sink: {ingress: [udp 4789 from anywhere]}
      choosy: {ingress: [udp 4789 from 10.1.1.11/32]}
      tap: {ingress: [udp 4789 from anywhere]}
      shut-tap: {ingress: [udp 4789 from anywhere], egress: []}
    load_balancers:
      tap: {subnets: {balancers: 10.1.3.20}, groups: [tap], listeners: [udp 4789 -> sinks]}
      shut-tap:
        {subnets: {balancers: 10.1.3.21}, groups: [shut-tap], listeners: [udp 4789 -> sinks]}
    target_groups:
      sinks: {protocol: udp, port: 4789, targets: [sink]}
    instances:
      watched: {subnet: near, address: 10.1.1.10, secondary: [10.1.1.11], groups: [shut]}
      probe: {subnet: probes, address: 10.1.2.10, groups: [probe]}
      deaf: {subnet: probes, address: 10.1.2.11, groups: [deaf]}
      sink: {subnet: balancers, address: 10.1.3.10, groups: [sink]}
      choosy: {subnet: balancers, address: 10.1.3.11, groups: [choosy]}
  b:
    cidr: 10.2.0.0/16
    subnets:
      b: {cidr: 10.2.1.0/24, zone: a}
    route_tables:
      b-main: {main: true, routes: {}}
    groups: {b: {ingress: [udp 4789 from anywhere]}}
    instances: {away: {subnet: b, address: 10.2.1.10, groups: [b]}}
"""
SNAPSHOT = read(ESTATE)


def asked(target: str, *, source: str = "eni-watched", **options: object) -> Answer:
    session = MirrorSession(id="tms-1", interface=source, target_resource=target)
    network = Network(replace(SNAPSHOT, mirror_sessions={"tms-1": session}))
    return network.path("tms-1", "tms-1", **options)  # type: ignore[arg-type]  # as given


def codes(answer: Answer) -> list[Code]:
    return [explanation.code for explanation in answer.explanations]


def test_copies_need_no_egress_rule_and_no_reply() -> None:
    # neither groups nor ACLs would let the same packet go, or its reply come back
    answer = asked("eni-probe")
    assert (answer.verdict, str(answer.services)) == (Verdict.REACHABLE, "udp 4789")
    network = Network(SNAPSHOT)
    assert network.path("i-watched", "i-probe", protocol="udp", port=4789).verdict == "unreachable"
    assert "udp 4789" in answer.explain()


def test_copies_go_between_primary_addresses() -> None:
    (part,) = asked("eni-probe").parts
    assert not part.returning
    assert asked("eni-choosy").verdict is Verdict.UNREACHABLE  # which a second address would reach
    assert (part.source_address, part.destination_address) == ("10.1.1.10", "10.1.2.10")


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("eni-deaf", Code.ENI_SG_RULES_MISMATCH),
        ("eni-away", Code.NO_ROUTE_TO_DESTINATION),
        ("eni-sink", Code.SUBNET_ACL_RESTRICTION),
    ],
)
def test_copies_meet_routes_acls_and_the_targets_groups(target: str, code: Code) -> None:
    acl = SNAPSHOT.network_acls["acl-near"]
    shut = tuple(replace(rule, allows=False) for rule in acl.egress)
    acls = {**SNAPSHOT.network_acls, "acl-near": replace(acl, egress=shut)}
    snapshot = replace(SNAPSHOT, network_acls=acls) if target == "eni-sink" else SNAPSHOT
    session = MirrorSession(id="tms-1", interface="eni-watched", target_resource=target)
    network = Network(replace(snapshot, mirror_sessions={"tms-1": session}))
    answer = network.path("tms-1", "tms-1")
    assert answer.verdict is Verdict.UNREACHABLE
    assert codes(answer)[0] is code or Code.DISCONNECTED_VPCS in codes(answer)
    assert all(explanation.leg == "forward" for explanation in answer.explanations)


def test_another_port_is_asked_where_it_is_given() -> None:
    assert asked("eni-probe", protocol="udp", port=53).verdict is Verdict.UNREACHABLE
    assert asked("eni-deaf", port=22).verdict is Verdict.UNREACHABLE  # the ACL


def test_a_stopped_source_copies_nothing() -> None:
    instance = replace(SNAPSHOT.instances["i-watched"], state="stopped")
    session = MirrorSession(id="tms-1", interface="eni-watched", target_resource="eni-probe")
    stopped = {**SNAPSHOT.instances, "i-watched": instance}
    snapshot = replace(SNAPSHOT, instances=stopped, mirror_sessions={"tms-1": session})
    answer = Network(snapshot).path("tms-1", "tms-1")
    assert (answer.verdict, codes(answer)) == (Verdict.UNREACHABLE, [Code.BAD_STATE])


@pytest.mark.parametrize(("source", "target"), [("eni-x", "eni-probe"), ("eni-watched", "")])
def test_what_the_snapshot_lacks_of_a_session_is_unknown(source: str, target: str) -> None:
    answer = asked(target, source=source)
    assert answer.verdict is Verdict.UNKNOWN
    assert answer.missing[0].why.startswith("the snapshot lacks the ")


def test_a_host_may_be_asked_whether_it_reaches_a_sessions_target() -> None:
    session = MirrorSession(id="tms-1", interface="eni-watched", target_resource="eni-sink")
    network = Network(replace(SNAPSHOT, mirror_sessions={"tms-1": session}))
    answer = network.path("i-deaf", "tms-1")
    # a host's packets are no copies: its own filters drop them
    assert answer.verdict is Verdict.UNREACHABLE
    assert set(codes(answer)) == {Code.SUBNET_ACL_RESTRICTION}
    shut = network.path("i-watched", "tms-1")
    assert (shut.verdict, codes(shut)[0]) == (Verdict.UNREACHABLE, Code.SG_HAS_NO_RULES)
    assert network.path("tms-1", "tms-1").verdict is Verdict.REACHABLE


@pytest.mark.parametrize(
    ("balancer", "verdict"),
    [("tap", Verdict.REACHABLE), ("shut-tap", Verdict.UNREACHABLE)],
)
def test_a_balancer_hands_copies_on_as_its_own_groups_let_it(
    balancer: str, verdict: Verdict
) -> None:
    (number,) = (
        one.id for one in SNAPSHOT.load_balancers.values() if one.balancer_name == balancer
    )
    assert asked(number).verdict is verdict
