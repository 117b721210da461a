"""Policy tables, Connect peers and multicast domains of the describe output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netreach.errors import InputError
from netreach.model.connections import ConnectPeer, MulticastDomain, PolicyEntry
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address, Prefix
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import Json, loaded, problem_kinds, written

TABLE = "tgw-ptb-0a1"
POLICY: Json = {
    "TransitGatewayPolicyTableId": TABLE,
    "TransitGatewayId": "tgw-1",
    "State": "available",
}
ENTRY: Json = {
    "PolicyRuleNumber": "100",
    "PolicyRule": {
        "SourceCidrBlock": "10.0.0.0/16",
        "SourcePortRange": "*",
        "DestinationCidrBlock": "10.1.0.0/16",
        "DestinationPortRange": "443",
        "Protocol": "6",
    },
    "TargetRouteTableId": "tgw-rtb-1",
    "State": "active",
}


def tied(number: str = "tgw-attach-1", state: str = "associated") -> Json:
    return {
        "TransitGatewayPolicyTableId": TABLE,
        "TransitGatewayAttachmentId": number,
        "State": state,
    }


def folder(path: Path, *entries: Json, ties: list[Json] | None = None) -> Snapshot:
    """Write the dump as the README makes it."""
    written(path / "policy-tables.json", {"TransitGatewayPolicyTables": [POLICY]})
    key = "TransitGatewayPolicyTableEntries"
    written(path / f"{TABLE}-entries.json", {key: list(entries)})
    if ties is not None:
        written(path / f"{TABLE}-associations.json", {"Associations": ties})
    return open_snapshot(path)


def only(snapshot: Snapshot) -> tuple[PolicyEntry, ...]:
    return snapshot.transit_policy_tables[TABLE].entries or ()


def test_a_policy_table_has_its_entries_and_its_attachments(tmp_path: Path) -> None:
    found = folder(tmp_path, ENTRY, ties=[tied()]).transit_policy_tables[TABLE]
    assert (found.gateway, found.attachments) == ("tgw-1", ("tgw-attach-1",))
    assert found.entries == (
        PolicyEntry(
            number=100,
            source=Prefix.parse("10.0.0.0/16"),
            destination=Prefix.parse("10.1.0.0/16"),
            protocol=6,
            ports=(443, 443),
            table="tgw-rtb-1",
        ),
    )


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param({}, {}, id="nothing-said"),
        pytest.param({"Protocol": "*", "DestinationPortRange": "*"}, {}, id="stars"),
        pytest.param({"Protocol": "-1"}, {}, id="minus-one"),
        pytest.param({"Protocol": "udp"}, {"protocol": 17}, id="by-name"),
        pytest.param({"DestinationPortRange": "0-65535"}, {}, id="all-ports"),
        pytest.param({"DestinationPortRange": "80 - 90"}, {"ports": (80, 90)}, id="range"),
        pytest.param({"DestinationPortRange": "90-80"}, {"is_obscure": True}, id="backwards"),
        pytest.param({"DestinationPortRange": "70000"}, {"is_obscure": True}, id="no-port"),
        pytest.param({"DestinationPortRange": "http"}, {"is_obscure": True}, id="a-word"),
        pytest.param({"Protocol": "quic"}, {"is_obscure": True}, id="unknown-protocol"),
        pytest.param({"Protocol": "256"}, {"protocol": 256, "is_obscure": True}, id="too-high"),
        pytest.param({"SourcePortRange": "53"}, {"has_source_ports": True}, id="source-port"),
        pytest.param({"SourcePortRange": "x"}, {"has_source_ports": True}, id="odd-source-port"),
        pytest.param(
            {"MetaData": {"MetaDataKey": "segment", "MetaDataValue": "prod"}},
            {"is_obscure": True},
            id="segment",
        ),
        pytest.param({"SourceCidrBlock": "*"}, {}, id="any-source"),
    ],
)
def test_what_an_entry_matches(rule: Json, expected: dict[str, Any], tmp_path: Path) -> None:
    entry = {**ENTRY, "PolicyRule": rule}
    wanted = PolicyEntry(number=100, table="tgw-rtb-1", **expected)
    assert only(folder(tmp_path, entry)) == (wanted,)


def test_an_entry_of_aws_has_no_number_and_a_deleted_one_is_none(tmp_path: Path) -> None:
    entries = ({**ENTRY, "PolicyRuleNumber": "*"}, {**ENTRY, "State": "deleted"})
    assert [one.number for one in only(folder(tmp_path, *entries))] == [None]


def test_a_cidr_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        folder(tmp_path, {**ENTRY, "PolicyRule": {"SourceCidrBlock": "10.0.0.0/99"}})
    assert caught.value.place is not None
    assert "SourceCidrBlock" in caught.value.place


@pytest.mark.parametrize(
    ("ties", "attachments"),
    [
        pytest.param(None, None, id="not-told"),
        pytest.param([], (), id="none"),
        pytest.param([tied(), tied("tgw-attach-2", "disassociated")], ("tgw-attach-1",), id="one"),
        pytest.param([tied(), tied("tgw-attach-2", "associating")], None, id="changing"),
    ],
)
def test_whose_policy_table_it_is(
    ties: list[Json] | None, attachments: tuple[str, ...] | None, tmp_path: Path
) -> None:
    assert folder(tmp_path, ties=ties).transit_policy_tables[TABLE].attachments == attachments


def test_without_its_entries_call_a_policy_table_is_open(tmp_path: Path) -> None:
    found = loaded(tmp_path, TransitGatewayPolicyTables=[POLICY])
    assert found.transit_policy_tables[TABLE].entries is None


def test_entries_that_do_not_say_whose_they_are_are_a_warning(tmp_path: Path) -> None:
    written(tmp_path / "a.json", {"TransitGatewayPolicyTables": [POLICY]})
    written(tmp_path / "b.json", {"TransitGatewayPolicyTableEntries": [ENTRY]})
    found = open_snapshot(tmp_path)
    assert "unnamed-entries" in problem_kinds(found)
    assert found.transit_policy_tables[TABLE].entries is None


@pytest.mark.parametrize(
    ("sessions", "is_up"),
    [([], None), (["up", "down"], True), (["down", "down"], False), (["down", "odd"], None)],
)
def test_a_connect_peer(sessions: list[str], is_up: bool | None, tmp_path: Path) -> None:
    item = {
        "TransitGatewayConnectPeerId": "tgw-connect-peer-1",
        "TransitGatewayAttachmentId": "tgw-attach-1",
        "State": "available",
        "ConnectPeerConfiguration": {
            "PeerAddress": "10.0.1.10",
            "BgpConfigurations": [{"BgpStatus": word} for word in sessions],
        },
    }
    found = loaded(tmp_path, TransitGatewayConnectPeers=[item])
    assert found.connect_peers == {
        "tgw-connect-peer-1": ConnectPeer(
            id="tgw-connect-peer-1",
            attachment="tgw-attach-1",
            address=Address.parse("10.0.1.10"),
            is_up=is_up,
        )
    }


def test_a_multicast_domain(tmp_path: Path) -> None:
    number = "tgw-mcast-domain-1"
    item = {"TransitGatewayMulticastDomainId": number, "TransitGatewayId": "tgw-1"}
    found = loaded(tmp_path, TransitGatewayMulticastDomains=[item])
    assert found.multicast_domains == {number: MulticastDomain(id=number, gateway="tgw-1")}
    assert found.find(number) is not None


def joining(number: str, state: str = "associated") -> Json:
    return {
        "TransitGatewayAttachmentId": "tgw-attach-1",
        "ResourceType": "vpc",
        "Subnet": {"SubnetId": number, "State": state},
    }


@pytest.mark.parametrize(
    ("ties", "subnets"),
    [
        pytest.param(
            [joining("subnet-1"), joining("subnet-2")], ("subnet-1", "subnet-2"), id="two"
        ),
        pytest.param([joining("subnet-1", "associating")], ("subnet-1",), id="on-its-way"),
        pytest.param([joining("subnet-1", "disassociated")], (), id="gone"),
        pytest.param([joining("subnet-1", "rejected")], (), id="rejected"),
        pytest.param([], (), id="none"),
        pytest.param(None, None, id="unsaid"),
    ],
)
def test_the_subnets_of_a_multicast_domain(
    ties: list[Json] | None, subnets: tuple[str, ...] | None, tmp_path: Path
) -> None:
    number = "tgw-mcast-domain-0a"
    item = {"TransitGatewayMulticastDomainId": number, "TransitGatewayId": "tgw-1"}
    written(tmp_path / "domains.json", {"TransitGatewayMulticastDomains": [item]})
    if ties is not None:
        name = f"associations-{number}.json"
        written(tmp_path / name, {"MulticastDomainAssociations": ties})
    found = open_snapshot(tmp_path)
    assert found.multicast_domains[number].subnets == subnets
    assert found.problems == ()


def test_bare_lists_are_told_apart(tmp_path: Path) -> None:
    for name, item in (
        ("a", POLICY),
        ("b", {"TransitGatewayMulticastDomainId": "d", "TransitGatewayId": "tgw-1"}),
        ("c", {"TransitGatewayConnectPeerId": "p", "ConnectPeerConfiguration": {}}),
    ):
        written(tmp_path / f"{name}.json", [item])
    found = open_snapshot(tmp_path)
    assert (set(found.transit_policy_tables), set(found.multicast_domains)) == ({TABLE}, {"d"})
    assert set(found.connect_peers) == {"p"}
