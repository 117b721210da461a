"""Answers that say no, not always, or nothing at all, written by hand."""

from __future__ import annotations

from msgspec.structs import replace

from netreach.explain.codes import Code
from netreach.explain.records import (
    Action,
    Component,
    ComponentType,
    Evidence,
    Explanation,
    Fix,
    Missing,
    Part,
    Report,
)
from netreach.query.verdict import Verdict
from tests.unit.present.parts import (
    ACL_APP,
    ACL_DB,
    ACL_PUBLIC,
    BACK,
    DB,
    DIGEST,
    ENI_DB,
    ENI_WEB,
    NOTHING,
    RTB,
    SG_APP,
    SG_DB,
    SUBNET_A,
    TAKEN,
    TGW,
    THERE,
    WEB,
    asked,
    forward,
    hop,
    returning,
    tcp,
)
from tests.unit.present.reports import reachable


def three_blockers() -> Report:
    """Return an answer with two blockers on the way there and one on the way back."""
    there, back = (
        ("10.0.1.10", "10.0.3.30", "tcp 5432"),
        ("10.0.3.30", "10.0.1.10", "tcp 1024-65535"),
    )
    acl = "rule 200 denies tcp 0-65535 from 10.0.1.0/24"
    part = Part(
        "10.0.1.10",
        "10.0.3.30",
        Verdict.UNREACHABLE,
        NOTHING,
        NOTHING,
        (),
        forward=(
            *forward(there)[:5],
            hop(there, ACL_DB, Action.DENY, acl, "ingress", "subnet-0c3c3c3c3c3c3c3c3"),
            hop(
                there,
                SG_DB,
                Action.DENY,
                "no rule allows tcp 5432 from 10.0.1.10",
                "ingress",
                "subnet-0c3c3c3c3c3c3c3c3",
            ),
            hop(there, ENI_DB, Action.DELIVER, subnet="subnet-0c3c3c3c3c3c3c3c3"),
            hop(there, DB, Action.DELIVER),
        ),
        returning=(
            hop(back, ENI_DB, Action.SEND, subnet="subnet-0c3c3c3c3c3c3c3c3"),
            hop(
                back,
                ACL_DB,
                Action.DENY,
                "no rule allows tcp 1024-65535 to 10.0.1.10",
                "egress",
                "subnet-0c3c3c3c3c3c3c3c3",
            ),
            hop(back, RTB, Action.ROUTE, "10.0.0.0/16 -> local", subnet="subnet-0c3c3c3c3c3c3c3c3"),
            hop(
                back,
                ACL_PUBLIC,
                Action.ALLOW,
                "rule 100 allows all from 0.0.0.0/0",
                "ingress",
                SUBNET_A,
            ),
            hop(back, ENI_WEB, Action.DELIVER, subnet=SUBNET_A),
        ),
    )
    ends = ("10.0.1.10", "10.0.3.30")
    explanations = (
        Explanation(
            Code.SUBNET_ACL_RESTRICTION,
            "forward",
            ACL_DB,
            "Rule 200 denies tcp 5432 from 10.0.1.10 before any rule allows it.",
            "ingress",
            Evidence("rule 300 allows tcp 5432 from 10.0.0.0/16", {"rule": 300}),
            Fix(
                "add a rule before 200 that allows tcp 5432 from 10.0.1.10/32",
                "add-acl-rule",
                {"acl": ACL_DB.id, "rule": 199, "cidr": "10.0.1.10/32"},
                "aws ec2 create-network-acl-entry --network-acl-id acl-0c3c3c3c3c3c3c3c3 --ingress "
                "--rule-number 199 --protocol 6 --port-range From=5432,To=5432 "
                "--cidr-block 10.0.1.10/32 --rule-action allow",
            ),
            *ends,
        ),
        Explanation(
            Code.ENI_SG_RULES_MISMATCH,
            "forward",
            SG_DB,
            "No group of eni-0c3c3c3c3c3c3c3c3 allows tcp 5432 from 10.0.1.10.",
            "ingress",
            Evidence(
                "sg-0c3c3c3c3c3c3c3c3 allows tcp 5432 from 10.0.2.0/24",
                {},
            ),
            Fix(
                "allow tcp 5432 from 10.0.1.10/32 in sg-0c3c3c3c3c3c3c3c3 (db)",
                "add-group-rule",
                {"group": SG_DB.id, "cidr": "10.0.1.10/32", "services": "tcp 5432"},
                "aws ec2 authorize-security-group-ingress --group-id sg-0c3c3c3c3c3c3c3c3 "
                "--protocol tcp --port 5432 --cidr 10.0.1.10/32",
            ),
            *ends,
        ),
        Explanation(
            Code.SUBNET_ACL_RESTRICTION,
            "return",
            ACL_DB,
            "No rule allows the replies, tcp 1024-65535 to 10.0.1.10.",
            "egress",
            source=ends[0],
            destination=ends[1],
        ),
    )
    return Report(
        Verdict.UNREACHABLE,
        asked("web-1", "db-1", "tcp", "5432"),
        WEB,
        DB,
        NOTHING,
        NOTHING,
        (),
        (part,),
        explanations=explanations,
        taken=TAKEN,
        digest=DIGEST,
    )


def no_reply() -> Report:
    """Return an answer whose packets arrive and whose replies all die."""
    denied = (Action.DENY, "no rule allows tcp 1024-65535 to 10.0.1.10")
    part = Part(
        "10.0.1.10",
        "10.0.2.20",
        Verdict.UNREACHABLE,
        NOTHING,
        tcp(8080),
        (),
        forward=forward(THERE),
        returning=returning(BACK, egress=denied),
        seen_source="10.0.1.10",
    )
    return replace(
        reachable(),
        verdict=Verdict.UNREACHABLE,
        services=NOTHING,
        client_ports=(),
        parts=(part,),
        explanations=(_replies_die("No rule allows the replies out of the subnet."),),
    )


def _replies_die(message: str) -> Explanation:
    fix = Fix(
        "allow tcp 1024-65535 to 10.0.1.0/24 in acl-0b2b2b2b2b2b2b2b2 (app)",
        "add-acl-rule",
        {"acl": ACL_APP.id, "rule": 101},
        "aws ec2 create-network-acl-entry --network-acl-id acl-0b2b2b2b2b2b2b2b2 --egress "
        "--rule-number 101 --protocol 6 --port-range From=1024,To=65535 "
        "--cidr-block 10.0.1.0/24 --rule-action allow",
    )
    nearest = Evidence("rule 100 allows tcp 32768-60999 to 10.0.1.0/24", {"rule": 100})
    return Explanation(
        Code.SUBNET_ACL_RESTRICTION,
        "return",
        ACL_APP,
        message,
        "egress",
        nearest,
        fix,
        "10.0.1.10",
        "10.0.2.20",
    )


def some_client_ports() -> Report:
    returned = ("32768-60999",)
    allowed = (Action.ALLOW, "rule 100 allows tcp 32768-60999 to 10.0.1.0/24")
    part = Part(
        "10.0.1.10",
        "10.0.2.20",
        Verdict.PARTIAL,
        tcp(8080),
        tcp(8080),
        returned,
        forward=forward(THERE),
        returning=returning(BACK, egress=allowed),
        seen_source="10.0.1.10",
    )
    message = "Replies to client ports 1024-32767, 61000-65535 die: no rule allows them."
    return replace(
        reachable(),
        verdict=Verdict.PARTIAL,
        client_ports=returned,
        parts=(part,),
        explanations=(_replies_die(message),),
    )


def some_ports() -> Report:
    """Return an answer where half of the asked range gets through."""
    services = tcp(8000, 8049)
    report = reachable()
    part = replace(
        report.parts[0], verdict=Verdict.PARTIAL, services=services, forward_services=services
    )
    mismatch = Explanation(
        Code.ENI_SG_RULES_MISMATCH,
        "forward",
        SG_APP,
        "No group of eni-0b2b2b2b2b2b2b2b2 allows tcp 8050-8100 from 10.0.1.10.",
        direction="ingress",
    )
    return replace(
        report,
        verdict=Verdict.PARTIAL,
        query=asked("web-1", "app-1", "tcp", "8000-8100"),
        services=services,
        forward_services=services,
        parts=(part,),
        explanations=(mismatch,),
    )


def two_families() -> Report:
    """Return an answer where IPv4 works and IPv6 does not."""
    services = tcp(8080)
    first = reachable().parts[0]
    there = ("2001:db8:0:1::10", "2001:db8:0:2::20", "tcp 8080")
    denied = forward(there, last="no rule allows tcp 8080 from 2001:db8:0:1::10")
    second = Part(
        there[0],
        there[1],
        Verdict.UNREACHABLE,
        NOTHING,
        NOTHING,
        (),
        forward=denied,
        returning=returning((there[1], there[0], "tcp 1024-65535")),
    )
    mismatch = Explanation(
        Code.ENI_SG_RULES_MISMATCH,
        "forward",
        SG_APP,
        "No group of eni-0b2b2b2b2b2b2b2b2 allows tcp 8080 from 2001:db8:0:1::10.",
        direction="ingress",
        nearest=Evidence("sg-0b2b2b2b2b2b2b2b2 allows tcp 8080 from 10.0.1.0/24", {}),
        source=there[0],
        destination=there[1],
    )
    return replace(
        reachable(),
        verdict=Verdict.PARTIAL,
        services=services,
        parts=(first, second),
        explanations=(mismatch,),
    )


def unknown() -> Report:
    there = ("10.0.1.10", "172.16.0.9", "tcp 22")
    part = Part(
        "10.0.1.10",
        "172.16.0.9",
        Verdict.UNKNOWN,
        NOTHING,
        NOTHING,
        (),
        forward=(
            *forward(there)[:4],
            hop(there, RTB, Action.ROUTE, f"172.16.0.0/12 -> {TGW.id}", subnet=SUBNET_A),
            hop(there, TGW, Action.UNKNOWN),
        ),
        via=(TGW.id,),
    )
    missing = Missing(TGW, "transit gateways are not modelled yet", Code.NOT_MODELLED)
    destination = Component("172.16.0.9", ComponentType.ADDRESS)
    return Report(
        Verdict.UNKNOWN,
        asked("web-1", "172.16.0.9", "tcp", "22"),
        WEB,
        destination,
        NOTHING,
        NOTHING,
        (),
        (part,),
        missing=(missing,),
        taken=TAKEN,
        digest=DIGEST,
    )


def unasked() -> Report:
    """Return an answer cut short: an end is not modelled, so there is no part."""
    missing = Missing(TGW, "transit gateways are not modelled yet", Code.NOT_MODELLED)
    return replace(unknown(), destination=TGW, parts=(), missing=(missing,))
