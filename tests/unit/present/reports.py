"""Answers written by hand, as `explain` would fill them, one for each thing a rendering must show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from netreach.explain.codes import Code
from netreach.explain.records import (
    Action,
    Component,
    ComponentType,
    Evidence,
    Explanation,
    Fix,
    Hop,
    Missing,
    Part,
    Report,
)
from netreach.packets.services import ICMP, TCP, UDP, ServiceSet
from netreach.query.verdict import Verdict

NOTHING: Final = ServiceSet.of([])
ANY: Final = ("1024-65535",)
VPC: Final = "vpc-0aa11bb22cc33dd44"
TAKEN: Final = "2026-05-04T03:02:01Z"
DIGEST: Final = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

WEB: Final = Component("i-0123456789abcdef0", ComponentType.INSTANCE, "web-1")
APP: Final = Component("i-0fedcba9876543210", ComponentType.INSTANCE, "app-1")
DB: Final = Component("i-0d0d0d0d0d0d0d0d0", ComponentType.INSTANCE, "db-1")
ENI_WEB: Final = Component("eni-0a1a1a1a1a1a1a1a1", ComponentType.INTERFACE)
ENI_APP: Final = Component("eni-0b2b2b2b2b2b2b2b2", ComponentType.INTERFACE)
ENI_DB: Final = Component("eni-0c3c3c3c3c3c3c3c3", ComponentType.INTERFACE)
SG_WEB: Final = Component("sg-0a1a1a1a1a1a1a1a1", ComponentType.SECURITY_GROUP, "web")
SG_APP: Final = Component("sg-0b2b2b2b2b2b2b2b2", ComponentType.SECURITY_GROUP, "app")
SG_DB: Final = Component("sg-0c3c3c3c3c3c3c3c3", ComponentType.SECURITY_GROUP, "db")
ACL_PUBLIC: Final = Component("acl-0a1a1a1a1a1a1a1a1", ComponentType.NETWORK_ACL, "public")
ACL_APP: Final = Component("acl-0b2b2b2b2b2b2b2b2", ComponentType.NETWORK_ACL, "app")
ACL_DB: Final = Component("acl-0c3c3c3c3c3c3c3c3", ComponentType.NETWORK_ACL, "db")
RTB: Final = Component("rtb-0e5e5e5e5e5e5e5e5", ComponentType.ROUTE_TABLE, "main")
NAT: Final = Component("nat-0f6f6f6f6f6f6f6f6", ComponentType.NAT_GATEWAY, "nat-a")
IGW: Final = Component("igw-0171717171717171f", ComponentType.INTERNET_GATEWAY)
TGW: Final = Component("tgw-0282828282828282f", ComponentType.OTHER, "hub", kind="transit-gateway")
INTERNET: Final = Component("internet", ComponentType.INTERNET)
SUBNET_A: Final = "subnet-0a1a1a1a1a1a1a1a1"
SUBNET_B: Final = "subnet-0b2b2b2b2b2b2b2b2"


def tcp(low: int, high: int | None = None) -> ServiceSet:
    return ServiceSet.ports(TCP, low, low if high is None else high)


def asked(source: str, destination: str, protocol: str = "", port: str = "") -> dict[str, str]:
    return {
        "protocol": protocol,
        "port": port,
        "client_ports": "1024-65535",
        "source": source,
        "destination": destination,
    }


def hop(  # noqa: PLR0917  a row of a table
    packet: tuple[str, str, str],
    component: Component,
    action: Action,
    because: str = "",
    direction: str = "",
    subnet: str = "",
) -> Hop:
    source, destination, service = packet
    evidence = Evidence(because, {"action": str(action)}) if because else None
    return Hop(component, action, source, destination, service, subnet, VPC, evidence, direction)


def forward(packet: tuple[str, str, str], *, last: str = "allow") -> tuple[Hop, ...]:
    """Return web-1's way to app-1; the last group is `allow`, or what it says instead."""
    service = packet[2]
    ends = (
        hop(packet, WEB, Action.SEND),
        hop(packet, ENI_WEB, Action.SEND, subnet=SUBNET_A),
        hop(packet, SG_WEB, Action.ALLOW, "allows all to 0.0.0.0/0", "egress", SUBNET_A),
        hop(
            packet, ACL_PUBLIC, Action.ALLOW, "rule 100 allows all to 0.0.0.0/0", "egress", SUBNET_A
        ),
        hop(packet, RTB, Action.ROUTE, "10.0.0.0/16 -> local", subnet=SUBNET_A),
        hop(
            packet,
            ACL_APP,
            Action.ALLOW,
            f"rule 100 allows {service} from 10.0.1.0/24",
            "ingress",
            SUBNET_B,
        ),
    )
    if last != "allow":
        return (*ends, hop(packet, SG_APP, Action.DENY, last, "ingress", SUBNET_B))
    return (
        *ends,
        hop(
            packet,
            SG_APP,
            Action.ALLOW,
            f"allows {service} from {SG_WEB.id} (web)",
            "ingress",
            SUBNET_B,
        ),
        hop(packet, ENI_APP, Action.DELIVER, subnet=SUBNET_B),
        hop(packet, APP, Action.DELIVER),
    )


def returning(
    packet: tuple[str, str, str], *, egress: tuple[Action, str] | None = None
) -> tuple[Hop, ...]:
    """Return app-1's replies' way; `egress` is what the app subnet's ACL does with them."""
    action, because = egress or (Action.ALLOW, "rule 100 allows tcp 1024-65535 to 10.0.1.0/24")
    return (
        hop(packet, ENI_APP, Action.SEND, subnet=SUBNET_B),
        hop(packet, ACL_APP, action, because, "egress", SUBNET_B),
        hop(packet, RTB, Action.ROUTE, "10.0.0.0/16 -> local", subnet=SUBNET_B),
        hop(
            packet,
            ACL_PUBLIC,
            Action.ALLOW,
            "rule 100 allows all from 0.0.0.0/0",
            "ingress",
            SUBNET_A,
        ),
        hop(packet, ENI_WEB, Action.DELIVER, subnet=SUBNET_A),
    )


THERE: Final = ("10.0.1.10", "10.0.2.20", "tcp 8080")
BACK: Final = ("10.0.2.20", "10.0.1.10", "tcp 1024-65535")


def reachable() -> Report:
    services = tcp(8080)
    part = Part(
        *("10.0.1.10", "10.0.2.20", Verdict.REACHABLE, services, services, ANY),
        forward=forward(THERE),
        returning=returning(BACK),
        seen_source="10.0.1.10",
    )
    return Report(
        *(Verdict.REACHABLE, asked("web-1", "app-1", "tcp", "8080"), WEB, APP),
        *(services, services, ANY, (part,)),
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
        *("10.0.2.20", "203.0.113.9", Verdict.REACHABLE, services, services, ANY),
        via=(NAT.id, IGW.id),
        forward=way,
        returning=home,
        seen_source="198.51.100.7",
    )
    host = Component("203.0.113.9", ComponentType.INTERNET)
    return Report(
        *(Verdict.REACHABLE, asked("app-1", "203.0.113.9", "tcp", "443"), APP, host),
        *(services, services, ANY, (part,)),
        taken=TAKEN,
        digest=DIGEST,
    )


def three_blockers() -> Report:
    """Return an answer with two blockers on the way there and one on the way back."""
    there, back = (
        ("10.0.1.10", "10.0.3.30", "tcp 5432"),
        ("10.0.3.30", "10.0.1.10", "tcp 1024-65535"),
    )
    acl = "rule 200 denies tcp 0-65535 from 10.0.1.0/24"
    part = Part(
        *("10.0.1.10", "10.0.3.30", Verdict.UNREACHABLE, NOTHING, NOTHING, ()),
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
            *(Code.SUBNET_ACL_RESTRICTION, "forward", ACL_DB),
            "Rule 200 denies tcp 5432 from 10.0.1.10 into subnet-0c3c3c3c3c3c3c3c3 before any rule allows it.",
            *("ingress", Evidence("rule 300 allows tcp 5432 from 10.0.0.0/16", {"rule": 300})),
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
            *(Code.ENI_SG_RULES_MISMATCH, "forward", SG_DB),
            "No group of eni-0c3c3c3c3c3c3c3c3 allows tcp 5432 from 10.0.1.10.",
            *(
                "ingress",
                Evidence(
                    "sg-0c3c3c3c3c3c3c3c3 allows tcp 5432 from 10.0.2.0/24; the packet comes from 10.0.1.10",
                    {},
                ),
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
            *(Code.SUBNET_ACL_RESTRICTION, "return", ACL_DB),
            "No rule allows the replies, tcp 1024-65535 to 10.0.1.10, out of subnet-0c3c3c3c3c3c3c3c3.",
            "egress",
            source=ends[0],
            destination=ends[1],
        ),
    )
    return Report(
        *(Verdict.UNREACHABLE, asked("web-1", "db-1", "tcp", "5432"), WEB, DB),
        *(NOTHING, NOTHING, (), (part,)),
        explanations=explanations,
        taken=TAKEN,
        digest=DIGEST,
    )


def no_reply() -> Report:
    """Return an answer whose packets arrive and whose replies all die."""
    denied = (Action.DENY, "no rule allows tcp 1024-65535 to 10.0.1.10")
    part = Part(
        *("10.0.1.10", "10.0.2.20", Verdict.UNREACHABLE, NOTHING, tcp(8080), ()),
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
        *(Code.SUBNET_ACL_RESTRICTION, "return", ACL_APP, message),
        *("egress", nearest, fix, "10.0.1.10", "10.0.2.20"),
    )


def some_client_ports() -> Report:
    returned = ("32768-60999",)
    allowed = (Action.ALLOW, "rule 100 allows tcp 32768-60999 to 10.0.1.0/24")
    part = Part(
        *("10.0.1.10", "10.0.2.20", Verdict.PARTIAL, tcp(8080), tcp(8080), returned),
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
        *(Code.ENI_SG_RULES_MISMATCH, "forward", SG_APP),
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
        *(there[0], there[1], Verdict.UNREACHABLE, NOTHING, NOTHING, ()),
        forward=denied,
        returning=returning((there[1], there[0], "tcp 1024-65535")),
    )
    mismatch = Explanation(
        *(Code.ENI_SG_RULES_MISMATCH, "forward", SG_APP),
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
        *("10.0.1.10", "172.16.0.9", Verdict.UNKNOWN, NOTHING, NOTHING, ()),
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
        *(Verdict.UNKNOWN, asked("web-1", "172.16.0.9", "tcp", "22"), WEB, destination),
        *(NOTHING, NOTHING, (), (part,)),
        missing=(missing,),
        taken=TAKEN,
        digest=DIGEST,
    )


def unasked() -> Report:
    """Return an answer cut short: an end is not modelled, so there is no part."""
    missing = Missing(TGW, "transit gateways are not modelled yet", Code.NOT_MODELLED)
    return replace(unknown(), destination=TGW, parts=(), missing=(missing,))


def itself() -> Report:
    everything = ServiceSet.everything()
    part = Part(
        *("10.0.1.10", "10.0.1.10", Verdict.REACHABLE, everything, everything, ANY),
        seen_source="10.0.1.10",
    )
    return Report(
        *(Verdict.REACHABLE, asked("web-1", "web-1"), WEB, WEB),
        *(everything, everything, ANY, (part,)),
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
        *("internet", "198.51.100.10", Verdict.REACHABLE, services, services, ANY),
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
        *(Verdict.REACHABLE, asked("internet", "web-1"), INTERNET, WEB),
        *(services, services, ANY, (part,)),
        warnings=("acl-0a1a1a1a1a1a1a1a1 is not in the snapshot: AWS's default ACL is assumed.",),
        taken=TAKEN,
        digest=DIGEST,
    )


def five_hundred() -> Report:
    """Return an answer about 500 pairs, of which two fail at one group."""
    services = tcp(8080)
    way = reachable().parts[0]
    good = tuple(
        replace(way, source_address=f"10.0.1.{source}", destination_address=f"10.0.2.{target}")
        for source in range(10, 35)
        for target in range(20, 40)
        if not (source in {10, 11} and target == 39)
    )
    bad = tuple(
        Part(
            *(source, "10.0.2.39", Verdict.UNREACHABLE, NOTHING, NOTHING, ()),
            forward=forward(
                (source, "10.0.2.39", "tcp 8080"), last=f"no rule allows tcp 8080 from {source}"
            ),
        )
        for source in ("10.0.1.10", "10.0.1.11")
    )
    explanations = tuple(
        Explanation(
            *(Code.ENI_SG_RULES_MISMATCH, "forward", SG_APP),
            f"No group of eni-0b2b2b2b2b2b2b2b2 allows tcp 8080 from {part.source_address}.",
            *("ingress", Evidence("sg-0b2b2b2b2b2b2b2b2 allows tcp 8080 from 10.0.1.12/30", {})),
            Fix(
                f"allow tcp 8080 from {part.source_address}/32 in sg-0b2b2b2b2b2b2b2b2 (app)",
                "add-group-rule",
            ),
            *(part.source_address, part.destination_address),
        )
        for part in bad
    )
    return Report(
        *(Verdict.PARTIAL, asked("tag:role=web", "tag:role=app", "tcp", "8080")),
        Component("tag:role=web", ComponentType.SET),
        Component("tag:role=app", ComponentType.SET),
        *(services, services, ANY, (*good, *bad)),
        explanations=explanations,
        taken=TAKEN,
        digest=DIGEST,
    )


def all_of_a_set() -> Report:
    report = five_hundred()
    good = tuple(part for part in report.parts if part.verdict is Verdict.REACHABLE)
    return replace(report, verdict=Verdict.REACHABLE, parts=good, explanations=())


#: What people have put into Name tags, and what an attacker would.
HOSTILE: Final[Mapping[str, str]] = {
    "control": "web\x1b[31m\x07\x00\x9b2J",
    "newlines": "web\nreachable: everything\r\n\u2028next",
    "quotes": "'; rm -rf / \" ` $(id) \\",
    "script": "<script>alert(1)</script><!--",
    "html-label": "<<b>bold</b>>",
    "long": "A" * 10_000,
    "right-to-left": "\u202egnp.exe\u2066\u200f",
    "markdown": "**a** `b` [c](d) | # e",
    "mermaid": 'a"] --> evil["b; end %%{init: {}}%% #quot; click n0',
    "dot": 'a"]; evil [label="x\\N\\G\\l|{<p>}',
    "backslash": "ends with a backslash\\",
    "surrogate": "half \ud800 a character",
    "wide": "\u6771\u4eac-\U0001f600-e\u0301",
}


def hostile(name: str) -> Report:
    """Return an answer in which everything that somebody else named bears this name."""
    report = three_blockers()
    part = report.parts[0]
    explanations = tuple(
        replace(
            it,
            component=replace(it.component, name=name),
            message=f"{name} denies it.",
            nearest=Evidence(f"{name} allows it", {"name": name}),
            fix=Fix(
                f"mend {name}", "add-acl-rule", {"name": name}, f"aws ec2 mend --name {name!r}"
            ),
        )
        for it in report.explanations
    )
    named = replace(
        part, forward=_named(part.forward, name), returning=_named(part.returning, name)
    )
    return replace(
        report,
        query=asked(name, name, "tcp", "5432"),
        source=replace(WEB, name=name),
        destination=Component(name, ComponentType.OTHER, name, name),
        parts=(named,),
        explanations=explanations,
        missing=(Missing(Component(name, ComponentType.OTHER, name), name),),
        warnings=(name,),
        taken=name,
        digest=name,
    )


def _named(hops: tuple[Hop, ...], name: str) -> tuple[Hop, ...]:
    return tuple(
        replace(
            it, component=replace(it.component, name=name), because=Evidence(f"{name} says so", {})
        )
        for it in hops
    )


#: Every sample, by the name of its golden files.
SAMPLES: Final[Mapping[str, Callable[[], Report]]] = {
    "reachable": reachable,
    "open-question": open_question,
    "many-services": many_services,
    "through-nat": through_nat,
    "three-blockers": three_blockers,
    "no-reply": no_reply,
    "some-client-ports": some_client_ports,
    "some-ports": some_ports,
    "two-families": two_families,
    "unknown": unknown,
    "unasked": unasked,
    "itself": itself,
    "from-internet": from_internet,
    "five-hundred-pairs": five_hundred,
    "all-of-a-set": all_of_a_set,
}
