"""Answers that say yes, written by hand as `explain` fills them."""

from __future__ import annotations

from msgspec.structs import replace

from netreach.explain.records import (
    Action,
    Component,
    ComponentType,
    Part,
    Report,
)
from netreach.packets.services import ICMP, UDP, ServiceSet
from netreach.query.verdict import Verdict
from tests.unit.present.parts import (
    ACL_APP,
    ACL_PUBLIC,
    ANY,
    APP,
    BACK,
    DIGEST,
    ENI_APP,
    ENI_WEB,
    IGW,
    INTERNET,
    NAT,
    RTB,
    SG_APP,
    SG_WEB,
    SUBNET_A,
    SUBNET_B,
    TAKEN,
    THERE,
    WEB,
    asked,
    forward,
    hop,
    returning,
    tcp,
)


def reachable() -> Report:
    services = tcp(8080)
    part = Part(
        "10.0.1.10",
        "10.0.2.20",
        Verdict.REACHABLE,
        services,
        services,
        ANY,
        forward=forward(THERE),
        returning=returning(BACK),
        seen_source="10.0.1.10",
    )
    return Report(
        Verdict.REACHABLE,
        asked("web-1", "app-1", "tcp", "8080"),
        WEB,
        APP,
        services,
        services,
        ANY,
        (part,),
        taken=TAKEN,
        digest=DIGEST,
    )


def open_question() -> Report:
    services = tcp(8080) | ServiceSet.icmp(ICMP, 8, 0)
    report = reachable()
    part = replace(report.parts[0], services=services, forward_services=services)
    return replace(
        report,
        query=asked("web-1", "app-1"),
        services=services,
        forward_services=services,
        parts=(part,),
    )


def many_services() -> Report:
    """Return an answer to an open question that has 300 ranges of ports."""
    services = ServiceSet.of([(port, port + 1) for port in range(20, 4520, 15)])
    report = open_question()
    return replace(report, services=services, forward_services=services)


def through_nat() -> Report:
    services = tcp(443)
    inside = ("10.0.2.20", "203.0.113.9", "tcp 443")
    translated = ("10.0.1.5", "203.0.113.9", "tcp 443")
    outside = ("198.51.100.7", "203.0.113.9", "tcp 443")
    acl = "rule 100 allows all to 0.0.0.0/0"
    way = (
        hop(inside, APP, Action.SEND),
        hop(inside, ENI_APP, Action.SEND, subnet=SUBNET_B),
        hop(inside, SG_APP, Action.ALLOW, "allows tcp 443 to 0.0.0.0/0", "egress", SUBNET_B),
        hop(inside, ACL_APP, Action.ALLOW, acl, "egress", SUBNET_B),
        hop(inside, RTB, Action.ROUTE, f"0.0.0.0/0 -> {NAT.id}", subnet=SUBNET_B),
        hop(
            inside,
            ACL_PUBLIC,
            Action.ALLOW,
            "rule 100 allows all from 0.0.0.0/0",
            "ingress",
            SUBNET_A,
        ),
        hop(translated, NAT, Action.TRANSLATE, "10.0.2.20 becomes 10.0.1.5", subnet=SUBNET_A),
        hop(translated, ACL_PUBLIC, Action.ALLOW, acl, "egress", SUBNET_A),
        hop(translated, RTB, Action.ROUTE, f"0.0.0.0/0 -> {IGW.id}", subnet=SUBNET_A),
        hop(outside, IGW, Action.TRANSLATE, "10.0.1.5 becomes 198.51.100.7"),
        hop(outside, INTERNET, Action.DELIVER),
    )
    reply = ("203.0.113.9", "198.51.100.7", "tcp 1024-65535")
    home = (
        hop(reply, INTERNET, Action.SEND),
        hop(("203.0.113.9", "10.0.1.5", "tcp 1024-65535"), IGW, Action.TRANSLATE),
        hop(("203.0.113.9", "10.0.2.20", "tcp 1024-65535"), NAT, Action.TRANSLATE),
        hop(("203.0.113.9", "10.0.2.20", "tcp 1024-65535"), ENI_APP, Action.DELIVER),
    )
    part = Part(
        "10.0.2.20",
        "203.0.113.9",
        Verdict.REACHABLE,
        services,
        services,
        ANY,
        via=(NAT.id, IGW.id),
        forward=way,
        returning=home,
        seen_source="198.51.100.7",
    )
    host = Component("203.0.113.9", ComponentType.INTERNET)
    return Report(
        Verdict.REACHABLE,
        asked("app-1", "203.0.113.9", "tcp", "443"),
        APP,
        host,
        services,
        services,
        ANY,
        (part,),
        taken=TAKEN,
        digest=DIGEST,
    )


def itself() -> Report:
    everything = ServiceSet.everything()
    part = Part(
        "10.0.1.10",
        "10.0.1.10",
        Verdict.REACHABLE,
        everything,
        everything,
        ANY,
        seen_source="10.0.1.10",
    )
    return Report(
        Verdict.REACHABLE,
        asked("web-1", "web-1"),
        WEB,
        WEB,
        everything,
        everything,
        ANY,
        (part,),
        taken=TAKEN,
        digest=DIGEST,
    )


def from_internet() -> Report:
    services = tcp(443) | ServiceSet.ports(UDP, 443, 443)
    public, private = (
        ("0.0.0.0/5", "198.51.100.10", "tcp 443, udp 443"),
        ("0.0.0.0/5", "10.0.1.10", "tcp 443, udp 443"),
    )
    part = Part(
        "internet",
        "198.51.100.10",
        Verdict.REACHABLE,
        services,
        services,
        ANY,
        via=(IGW.id,),
        forward=(
            hop(public, INTERNET, Action.SEND),
            hop(private, IGW, Action.TRANSLATE, "198.51.100.10 becomes 10.0.1.10"),
            hop(
                private,
                ACL_PUBLIC,
                Action.ALLOW,
                "rule 100 allows all from 0.0.0.0/0",
                "ingress",
                SUBNET_A,
            ),
            hop(
                private, SG_WEB, Action.ALLOW, "allows tcp 443 from 0.0.0.0/0", "ingress", SUBNET_A
            ),
            hop(private, ENI_WEB, Action.DELIVER, subnet=SUBNET_A),
            hop(private, WEB, Action.DELIVER),
        ),
        returning=(
            hop(("10.0.1.10", "0.0.0.0/5", "tcp 1024-65535"), ENI_WEB, Action.SEND),
            hop(("198.51.100.10", "0.0.0.0/5", "tcp 1024-65535"), IGW, Action.TRANSLATE),
        ),
        seen_source="0.0.0.0/5",
    )
    return Report(
        Verdict.REACHABLE,
        asked("internet", "web-1"),
        INTERNET,
        WEB,
        services,
        services,
        ANY,
        (part,),
        warnings=("acl-0a1a1a1a1a1a1a1a1 is not in the snapshot: AWS's default ACL is assumed.",),
        taken=TAKEN,
        digest=DIGEST,
    )
