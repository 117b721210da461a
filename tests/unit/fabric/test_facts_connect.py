"""What AWS documents about Connect attachments, policy tables and multicast: TG-1, TG-8, TG-10."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.model.connections import (
    AttachmentKind,
    ConnectPeer,
    MulticastDomain,
    PolicyEntry,
    TransitAttachment,
    TransitPolicyTable,
    TransitRoute,
)
from netreach.network import Answer, Network
from netreach.packets.prefixes import Prefix
from tests.unit.fabric.connections_by_hand import LAB_1, attached, attachment, static, table
from tests.unit.fabric.estates_by_hand import Form, ask, codes, named, snapshot, verdict
from tests.unit.fabric.sites_by_hand import OFFICE, prefixes, static_vpn, transit_tie

OUT, IN = f"web-1 {OFFICE} tcp 443", f"{OFFICE} web-1 tcp 443"
ACROSS = f"web-1 {LAB_1} tcp 443"
CONNECT, UNKNOWN_ROUTES = "tgw-attach-sdwan", "TGW_RTB_ROUTES_ARE_UNKNOWN"
NO_MATCH = "TGW_POLICY_TABLE_NO_MATCH"


def tie(name: str = CONNECT, **changes: Any) -> TransitAttachment:  # noqa: ANN401
    """Return a Connect attachment over the attachment of the lab."""
    fields: dict[str, Any] = {"transport": "tgw-attach-lab", "table": "tgw-rtb-1"} | changes
    return transit_tie(name, "tgw-attach-lab", AttachmentKind.CONNECT, **fields)


def learned(destination: str, *attachments: str) -> TransitRoute:
    """Return a propagated route."""
    return replace(static(destination, *attachments), is_static=False)


def connected(
    *ties: TransitAttachment,
    peers: tuple[ConnectPeer, ...] = (),
    routes: tuple[TransitRoute, ...] | None = None,
    **lab: Any,  # noqa: ANN401 - fields of the lab's attachment
) -> Network:
    """Compile an estate whose office lies behind an SD-WAN appliance in the lab's VPC."""
    ties = ties or (tie(),)
    way = "transit-gateway:tgw-1"
    tables: Form = {name: {"routes": {"192.168.0.0/16": way}} for name in ("web", "main")}
    office = routes or (learned("192.168.0.0/16", *(one.id for one in ties)),)
    told = replace(
        table(propagations=()),
        propagated_routes=(
            *office,
            learned("10.0.0.0/16", "tgw-attach-shop"),
            learned("10.1.0.0/16", "tgw-attach-lab"),
        ),
    )
    hub = attached(snapshot(route_tables=tables), lab=lab, tables=(told,), more=ties)
    return Network(replace(hub.snapshot, connect_peers={one.id: one for one in peers}))


def peer(**changes: Any) -> ConnectPeer:  # noqa: ANN401
    """Return a Connect peer of the appliance."""
    fields: dict[str, Any] = {"id": "tgw-connect-peer-1", "attachment": CONNECT} | changes
    return ConnectPeer(**fields)


@pytest.mark.parametrize("question", [OUT, IN, f"{CONNECT} web-1 tcp 443", f"web-1 {CONNECT}"])
def test_tg_1_a_connect_attachment_carries_what_has_been_learned_by_it(question: str) -> None:
    answer = ask(connected(), question)
    assert answer.verdict == "reachable"
    assert any(CONNECT in warning for warning in answer.report.warnings)


def test_tg_1_a_connect_peer_stands_for_the_network_behind_its_attachment() -> None:
    network = connected(peers=(peer(),))
    assert verdict(network, "tgw-connect-peer-1 web-1 tcp 443") == "reachable"
    assert verdict(network, f"tgw-connect-peer-1/{OFFICE} web-1 tcp 443") == "reachable"


def test_tg_1_a_connect_attachment_of_which_no_route_tells_must_be_asked_by_address() -> None:
    network = connected(routes=(learned("10.9.0.0/16", "tgw-attach-lab"),))
    with pytest.raises(SelectorError, match="name one"):
        ask(network, f"{CONNECT} web-1 tcp 443")


@pytest.mark.parametrize(
    ("peers", "word"),
    [
        pytest.param((), "reachable", id="none-listed"),
        pytest.param(({"is_up": True},), "reachable", id="up"),
        pytest.param(({"is_up": None},), "reachable", id="not-said"),
        pytest.param(({"is_up": False},), "unreachable", id="no-bgp"),
        pytest.param(({"state": "pending"},), "unreachable", id="pending"),
        pytest.param(
            ({"is_up": False}, {"id": "tgw-connect-peer-2"}), "reachable", id="one-of-two"
        ),
        pytest.param(
            ({"attachment": "tgw-attach-other", "is_up": False},), "reachable", id="other"
        ),
    ],
)
@pytest.mark.parametrize("question", [OUT, IN])
def test_tg_1_one_connect_peer_must_be_up(
    peers: tuple[dict[str, Any], ...], word: str, question: str
) -> None:
    answer = ask(connected(peers=tuple(peer(**one) for one in peers)), question)
    assert (answer.verdict, codes(answer)) == (word, {"BAD_STATE"} if word[0] == "u" else set())
    assert all("none of its Connect peers is up" in one.message for one in answer.explanations)


def test_tg_1_the_attachment_that_carries_the_tunnels_must_be_in_service() -> None:
    (why,) = ask(connected(state="deleting"), OUT).explanations
    assert (why.code, "which carries it, is not in service" in why.message) == ("BAD_STATE", True)
    lost = ask(connected(tie(transport="tgw-attach-elsewhere")), OUT)
    assert (lost.verdict, named(lost)) == ("unknown", {CONNECT})
    network = connected(tie(transport="tgw-attach-gone"))
    gone = replace(network.snapshot, deleted=frozenset({"tgw-attach-gone"}))
    assert codes(ask(Network(gone), OUT), "forward") == {"BAD_STATE"}


def test_tg_1_a_connect_attachment_out_of_service_carries_nothing() -> None:
    for question in (OUT, IN):
        assert codes(ask(connected(tie(state="deleting")), question)) == {"BAD_STATE_ATTACHMENT"}


def test_tg_1_what_connect_propagates_only_a_search_of_the_table_shows() -> None:
    told = table(static("10.0.0.0/16", "tgw-attach-shop"), propagations=(CONNECT,))
    network = connected()
    blind = Network(replace(network.snapshot, transit_route_tables={told.id: told}))
    answer = ask(blind, OUT)
    assert (answer.verdict, codes(answer)) == ("unknown", {UNKNOWN_ROUTES})


def test_tg_8_connect_attachments_share_what_both_have_learned() -> None:
    both = connected(tie(), tie("tgw-attach-other"))
    answer = ask(both, OUT)
    assert (answer.verdict, len(answer.parts)) == ("reachable", 2)
    half = connected(tie(), tie("tgw-attach-other"), peers=(peer(is_up=False),))
    answer = ask(half, OUT)
    assert (answer.verdict, codes(answer)) == ("partial", {"BAD_STATE"})


def test_tg_2_connect_comes_before_vpn_and_after_direct_connect() -> None:
    vpn = transit_tie("tgw-attach-vpn-1", "vpn-1", AttachmentKind.VPN)
    routes = tuple(learned("192.168.0.0/16", one) for one in (vpn.id, CONNECT))
    network = connected(tie(), vpn, routes=routes)
    line = static_vpn(vpn_gateway="", transit_gateway="tgw-1")
    both = Network(replace(network.snapshot, vpn_connections={line.id: line}))
    assert [part.via for part in ask(both, OUT).parts] == [("tgw-attach-shop", CONNECT)]


# -- policy tables


def policed(
    *entries: PolicyEntry,
    lab: PolicyEntry | None = None,
    known: bool = True,
    **changes: Any,  # noqa: ANN401 - the record's own
) -> Network:
    """Compile two VPCs on a transit gateway, of which the shop's has a policy table."""
    away = replace(table(propagations=()), id="tgw-rtb-away", static_routes=())
    hub = attached(tables=(table(), away), shop={"table": ""})
    fields: dict[str, Any] = {"entries": entries if known else None} | {
        "attachments": ("tgw-attach-shop",)
    }
    policies = [TransitPolicyTable(id="tgw-ptb-1", gateway="tgw-1", **(fields | changes))]
    if lab is not None:
        ties = hub.snapshot.transit_attachments
        bare = replace(ties["tgw-attach-lab"], table="")
        hub = Network(replace(hub.snapshot, transit_attachments={**ties, "tgw-attach-lab": bare}))
        policies.append(
            TransitPolicyTable(
                id="tgw-ptb-2", gateway="tgw-1", entries=(lab,), attachments=("tgw-attach-lab",)
            )
        )
    return Network(replace(hub.snapshot, transit_policy_tables={one.id: one for one in policies}))


def entry(number: int | None = 100, where: str = "tgw-rtb-1", **match: Any) -> PolicyEntry:  # noqa: ANN401
    """Return an entry that leads to the table with the routes, or where nothing is routed."""
    for side in ("source", "destination"):
        if side in match:
            match[side] = Prefix.parse(match[side])
    return PolicyEntry(number=number, table=where, **match)


WEB_PORTS: dict[str, Any] = {"protocol": 6, "ports": (443, 443)}


def asked(network: Network, question: str = ACROSS) -> Answer:
    """Ask by IPv4."""
    return ask(network, question, family=4)


@pytest.mark.parametrize(
    ("match", "word"),
    [
        pytest.param({}, "reachable", id="everything"),
        pytest.param({"source": "10.0.1.0/24"}, "reachable", id="source"),
        pytest.param({"source": "10.0.2.0/24"}, "unreachable", id="other-source"),
        pytest.param({"destination": "10.1.0.0/16"}, "reachable", id="destination"),
        pytest.param({"destination": "10.2.0.0/16"}, "unreachable", id="other-destination"),
        pytest.param({"protocol": 6}, "reachable", id="protocol"),
        pytest.param({"protocol": 17}, "unreachable", id="other-protocol"),
        pytest.param(WEB_PORTS, "reachable", id="port"),
        pytest.param({"protocol": 6, "ports": (444, 500)}, "unreachable", id="other-port"),
        pytest.param({"source": "2001:db8::/32"}, "unreachable", id="other-family"),
    ],
)
def test_tg_10_an_entry_matches_by_addresses_protocol_and_port(
    match: dict[str, Any], word: str
) -> None:
    answer = asked(policed(entry(**match)))
    assert answer.verdict == word
    assert codes(answer, "forward") == ({NO_MATCH} if word == "unreachable" else set())


def test_tg_10_the_policy_table_is_a_hop() -> None:
    hops = [hop.component.id for hop in asked(policed(entry())).parts[0].forward]
    assert hops.index("tgw-attach-shop") < hops.index("tgw-ptb-1") < hops.index("tgw-rtb-1")


@pytest.mark.parametrize(("first", "word"), [(90, "unreachable"), (110, "reachable")])
def test_tg_10_the_lowest_number_that_matches_decides(first: int, word: str) -> None:
    network = policed(entry(), entry(first, "tgw-rtb-away", **WEB_PORTS))
    answer = asked(network)
    assert answer.verdict == word
    assert asked(network, f"web-1 {LAB_1} tcp 80").verdict == "reachable"


def test_tg_10_a_range_of_ports_may_go_by_several_tables() -> None:
    network = policed(entry(90, "tgw-rtb-away", **WEB_PORTS), entry())
    answer = ask(network, f"web-1 {LAB_1} tcp 443-444", family=4)
    assert (answer.verdict, str(answer.services)) == ("partial", "tcp 444")
    whole = policed(entry(90, **WEB_PORTS), entry())
    assert ask(whole, f"web-1 {LAB_1} tcp 443-444", family=4).verdict == "reachable"


def test_tg_10_what_a_filter_has_stopped_before_the_policy_table_is_not_forgotten() -> None:
    estate = policed(entry(90, **WEB_PORTS), entry()).snapshot
    web = estate.security_groups["sg-web"]
    only = replace(web.egress[0], protocol=6, low=443, high=443)
    groups = {**estate.security_groups, "sg-web": replace(web, egress=(only,))}
    network = Network(replace(estate, security_groups=groups))
    answer = ask(network, f"web-1 {LAB_1} tcp 443-444", family=4)
    assert (answer.verdict, str(answer.services)) == ("partial", "tcp 443")


def test_tg_10_replies_are_matched_by_the_clients_port_and_the_lab_s_own_table() -> None:
    to_clients = entry(protocol=6, ports=(1024, 65535))
    assert asked(policed(entry(), lab=to_clients)).verdict == "reachable"
    to_web = asked(policed(entry(), lab=entry(**WEB_PORTS)))
    assert (to_web.verdict, codes(to_web, "return")) == ("unreachable", {NO_MATCH})
    some = asked(policed(entry(), lab=entry(protocol=6, ports=(1024, 2000))))
    assert (some.verdict, named(some)) == ("unknown", {"tgw-ptb-2"})


@pytest.mark.parametrize(
    "obscure",
    [
        pytest.param({"has_source_ports": True}, id="source-ports"),
        pytest.param({"is_obscure": True}, id="segment"),
    ],
)
def test_tg_10_what_an_entry_asks_beyond_the_snapshot_is_unknown(obscure: dict[str, Any]) -> None:
    network = policed(entry(90, "tgw-rtb-away", **obscure, **WEB_PORTS), entry())
    answer = asked(network)
    assert (answer.verdict, named(answer)) == ("unknown", {"tgw-ptb-1"})
    assert asked(network, f"web-1 {LAB_1} tcp 80").verdict == "reachable"


def test_tg_10_aws_s_own_entries_come_first() -> None:
    network = policed(entry(1), entry(None, "tgw-rtb-away"))
    assert codes(asked(network), "forward") == {"TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"}


def test_tg_10_entries_and_tables_that_the_snapshot_lacks_are_unknown() -> None:
    for network in (policed(known=False), policed(entry(where="tgw-rtb-elsewhere"))):
        answer = asked(network)
        assert (answer.verdict, codes(answer), named(answer)) == (
            "unknown",
            {UNKNOWN_ROUTES},
            {"tgw-ptb-1"},
        )


def test_tg_10_an_attachment_without_a_table_may_have_a_policy_table_that_is_not_told() -> None:
    answer = asked(policed(entry(), attachments=None))
    assert (answer.verdict, codes(answer)) == ("unknown", {UNKNOWN_ROUTES})
    none = asked(policed(entry(), attachments=()))
    assert codes(none, "forward") == {"TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"}


def test_tg_10_whoever_has_a_policy_table_needs_no_word_about_a_route_table() -> None:
    told = policed(entry()).snapshot
    shop = replace(told.transit_attachments["tgw-attach-shop"], table=None)
    ties = {**told.transit_attachments, shop.id: shop}
    assert asked(Network(replace(told, transit_attachments=ties))).verdict == "reachable"


def test_tg_10_behind_a_policy_table_aws_announces_nothing_by_bgp() -> None:
    network = connected(tie(table=""))
    policy = TransitPolicyTable(
        id="tgw-ptb-1", gateway="tgw-1", entries=(entry(),), attachments=(CONNECT,)
    )
    policed_site = Network(replace(network.snapshot, transit_policy_tables={policy.id: policy}))
    for question in (OUT, IN):
        answer = ask(policed_site, question)
        assert (answer.verdict, named(answer)) == ("unknown", {CONNECT})


def test_tg_10_a_static_vpn_behind_a_policy_table_is_routed_by_it() -> None:
    vpn = transit_tie("tgw-attach-vpn-1", "vpn-1", AttachmentKind.VPN, table="")
    network = connected(vpn)
    line = static_vpn(vpn_gateway="", transit_gateway="tgw-1", routes=prefixes("192.168.0.0/16"))
    policy = TransitPolicyTable(
        id="tgw-ptb-1",
        gateway="tgw-1",
        entries=(entry(**WEB_PORTS),),
        attachments=("tgw-attach-vpn-1",),
    )
    told = Network(
        replace(
            network.snapshot,
            vpn_connections={line.id: line},
            transit_policy_tables={policy.id: policy},
        )
    )
    assert verdict(told, IN) == "reachable"
    assert codes(ask(told, f"{OFFICE} web-1 tcp 80"), "forward") == {NO_MATCH}
    beyond = ask(told, f"{OFFICE} 172.16.0.1 tcp 443")  # which is the office's own affair
    assert (beyond.verdict, named(beyond)) == ("unknown", {"cgw-1"})


# -- multicast


def test_multicast_is_named_and_unknown_where_a_domain_may_take_it() -> None:
    domain = MulticastDomain(id="tgw-mcast-domain-1", gateway="tgw-1")
    hub = attached().snapshot
    network = Network(replace(hub, multicast_domains={domain.id: domain}))
    answer = ask(network, "web-1 239.1.1.1 udp 5000")
    assert (answer.verdict, named(answer)) == ("unknown", {"tgw-mcast-domain-1"})
    assert verdict(network, f"web-1 {LAB_1} udp 53", family=4) == verdict(
        Network(hub), f"web-1 {LAB_1} udp 53", family=4
    )
    # which subnets are in the domain changes nothing of what is sent to one host
    for subnets in ((), ("subnet-web-a",), tuple(hub.subnets)):
        joined = replace(domain, subnets=subnets)
        told = Network(replace(hub, multicast_domains={joined.id: joined}))
        assert verdict(told, f"web-1 {LAB_1} udp 53", family=4) == "reachable"
        assert verdict(told, "web-1 239.1.1.1 udp 5000") == "unknown"
    assert verdict(Network(hub), "web-1 239.1.1.1 udp 5000") == "unreachable"
    other = replace(domain, gateway="tgw-2")
    apart = Network(replace(hub, multicast_domains={other.id: other}))
    assert verdict(apart, "web-1 239.1.1.1 udp 5000") == "unreachable"


def test_an_attachment_to_nothing_known_is_not_modelled() -> None:
    odd = replace(attachment("tgw-attach-odd", "x"), kind=AttachmentKind.UNKNOWN)
    routes = (learned("192.168.0.0/16", odd.id),)
    answer = ask(connected(odd, routes=routes), OUT)
    assert (answer.verdict, named(answer)) == ("unknown", {"tgw-attach-odd"})
