"""Gateways, peerings, attachments, endpoints and prefix lists as the ends of a question."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netreach import Verdict
from netreach.errors import SelectorError
from netreach.explain.codes import Code
from netreach.model.connections import PeeredVpc, VpcPeering
from netreach.model.records import Attachment, PrefixList
from netreach.model.relations import Relations
from netreach.network import Answer, Network
from netreach.packets.prefixes import Prefix
from netreach.query.selectors import Selectors
from netreach.sources.yaml_estate import read

ESTATE = """
netreach: 1
account: "111122223333"
region: eu-central-1
vpcs:
  a:
    cidrs: [10.1.0.0/16, "2001:db8:1::/56"]
    internet_gateway: {id: igw-a}
    egress_only_gateway: {id: eigw-a}
    subnets:
      a-public: {cidrs: [10.1.1.0/24, "2001:db8:1:1::/64"], zone: a, route_table: public}
      a-private: {cidrs: [10.1.2.0/24, "2001:db8:1:2::/64"], zone: a, route_table: private}
      a-lone: {cidr: 10.1.3.0/24, zone: a, route_table: to-nobody}
      a-far: {cidr: 10.1.4.0/24, zone: a, route_table: to-hub}
    route_tables:
      public:
        routes:
          0.0.0.0/0: internet-gateway
          "::/0": internet-gateway
          10.2.0.0/16: vpc-peering-connection:a-b
      private:
        routes:
          0.0.0.0/0: nat-gateway:nat-a
          "::/0": egress-only-internet-gateway
      to-nobody: {routes: {}}
      to-hub: {routes: {0.0.0.0/0: transit-gateway:hub}}
    groups:
      all: {ingress: [tcp 443 from anywhere]}
      edge: {ingress: [tcp 443 from prefix-list:cdn]}
    nat_gateways:
      nat-a: {subnet: a-public, address: 10.1.1.5, public: 198.51.100.5}
    endpoints:
      s3: {kind: gateway, service: s3, prefix_list: s3, route_tables: [private]}
    instances:
      web:
        {subnet: a-public, address: 10.1.1.10, ipv6: "2001:db8:1:1::10", elastic: 198.51.100.10,
         groups: [all]}
      cdn-web: {subnet: a-public, address: 10.1.1.11, elastic: 198.51.100.11, groups: [edge]}
      app: {subnet: a-private, address: 10.1.2.10, ipv6: "2001:db8:1:2::10", groups: [all]}
      lone: {subnet: a-lone, address: 10.1.3.10, groups: [all]}
      far: {subnet: a-far, address: 10.1.4.10, groups: [all]}
  b:
    cidr: 10.2.0.0/16
    internet_gateway: {id: igw-b}
    subnets:
      b-public: {cidr: 10.2.1.0/24, zone: a, route_table: b-public}
      b-hub: {cidr: 10.2.9.0/24, zone: a, route_table: b-hub}
    route_tables:
      b-public:
        routes:
          0.0.0.0/0: internet-gateway
          10.1.0.0/16: vpc-peering-connection:a-b
          10.1.4.0/24: transit-gateway:hub
      b-hub: {routes: {0.0.0.0/0: nat-gateway:nat-b}}
    groups: {b-all: {ingress: [tcp 443 from anywhere]}}
    nat_gateways:
      nat-b: {subnet: b-public, address: 10.2.1.5, public: 198.51.100.6}
    instances:
      other: {subnet: b-public, address: 10.2.1.10, elastic: 198.51.100.20, groups: [b-all]}
peerings:
  a-b: {requester: a, accepter: b}
transit_gateways:
  hub:
    attachments:
      a-link: {vpc: a, subnets: [a-far]}
      b-link: {vpc: b, subnets: [b-hub]}
    tables:
      main: {default_association: true, propagations: [a-link, b-link], routes: {0.0.0.0/0: b-link}}
prefix_lists:
  s3: {entries: [52.219.0.0/16], list_name: com.amazonaws.eu-central-1.s3}
  cdn: {entries: [13.32.0.0/15], list_name: com.amazonaws.global.cloudfront.origin-facing}
  office: {entries: [192.0.2.0/24, 10.1.2.0/24], list_name: Office_v4}
"""
SNAPSHOT = read(ESTATE)


@pytest.fixture(scope="module")
def network() -> Network:
    return Network(SNAPSHOT)


def codes(answer: Answer) -> set[Code]:
    return {explanation.code for explanation in answer.explanations}


# -- gateways


@pytest.mark.parametrize(
    ("source", "gateway", "verdict", "code"),
    [
        ("web", "igw-a", Verdict.REACHABLE, None),
        ("app", "igw-a", Verdict.UNREACHABLE, Code.DELIVERED_ELSEWHERE),
        ("web", "igw-b", Verdict.UNREACHABLE, Code.DELIVERED_ELSEWHERE),
        ("lone", "igw-a", Verdict.UNREACHABLE, Code.NO_ROUTE_TO_DESTINATION),
        ("far", "igw-b", Verdict.REACHABLE, None),
        ("far", "igw-a", Verdict.UNREACHABLE, Code.DELIVERED_ELSEWHERE),
    ],
    ids=["direct", "ipv6-by-eigw", "another-vpcs", "no-route", "behind-transit", "not-own"],
)
def test_a_gateway_as_destination_is_the_internet_by_it_alone(
    network: Network, source: str, gateway: str, verdict: Verdict, code: Code | None
) -> None:
    family = 6 if code is Code.DELIVERED_ELSEWHERE and source == "app" else 4
    answer = network.path(source, gateway, port=443, family=family)
    assert answer.verdict is verdict
    assert codes(answer) == ({code} if code else set())


def test_one_family_by_the_gateway_and_one_past_it_is_partial(network: Network) -> None:
    assert network.path("app", "igw-a", port=443).verdict is Verdict.PARTIAL
    assert network.path("app", "igw-a", port=443, family=4).verdict is Verdict.REACHABLE


@pytest.mark.parametrize(
    ("source", "verdict"), [("app", Verdict.REACHABLE), ("web", Verdict.UNREACHABLE)]
)
def test_an_egress_only_gateway_as_destination_is_the_ipv6_internet_by_it(
    network: Network, source: str, verdict: Verdict
) -> None:
    assert network.path(source, "eigw-a", port=443).verdict is verdict


def test_an_egress_only_gateway_begins_nothing(network: Network) -> None:
    answer = network.path("eigw-a", "app", port=443)
    assert answer.verdict is Verdict.UNREACHABLE
    assert codes(answer) == {Code.SOURCE_CANNOT_INITIATE}


@pytest.mark.parametrize(
    ("destination", "port", "verdict"),
    [
        ("web", 443, Verdict.REACHABLE),
        ("web", 22, Verdict.UNREACHABLE),
        ("198.51.100.10", 443, Verdict.REACHABLE),
        ("lone", 443, Verdict.UNREACHABLE),
    ],
)
def test_a_gateway_as_source_is_the_internet_coming_in(
    network: Network, destination: str, port: int, verdict: Verdict
) -> None:
    assert network.path("igw-a", destination, port=port, family=4).verdict is verdict


@pytest.mark.parametrize("destination", ["other", "8.8.8.8", "internet", "0.0.0.0/0", "igw-b"])
def test_a_gateway_leads_into_its_own_vpc_only(network: Network, destination: str) -> None:
    with pytest.raises(SelectorError, match=r"leads into its own VPC only.*vpc:vpc-a"):
        network.path("igw-a", destination, port=443)


def test_a_gateway_that_lets_nothing_in_yields_to_the_one_that_does() -> None:
    gateway = SNAPSHOT.internet_gateways["igw-a"]
    (attachment,) = gateway.attachments
    idle = replace(gateway, id="igw-x", attachments=(replace(attachment, state="detached"),))
    snapshot = replace(SNAPSHOT, internet_gateways={"igw-x": idle, **SNAPSHOT.internet_gateways})
    with pytest.raises(SelectorError, match="by igw-a, not by"):
        Network(snapshot).path("igw-x", "web", port=443)


def test_the_attachment_of_a_gateway_decides() -> None:
    gateway = SNAPSHOT.internet_gateways["igw-a"]
    off = replace(gateway, attachments=(Attachment(vpc="vpc-a", state="detaching"),))
    snapshot = replace(SNAPSHOT, internet_gateways={**SNAPSHOT.internet_gateways, "igw-a": off})
    answer = Network(snapshot).path("igw-a", "web", port=443, family=4)
    assert answer.verdict is Verdict.UNREACHABLE
    assert Code.BAD_STATE_ATTACHMENT in codes(answer)


# -- peerings and transit gateways


@pytest.mark.parametrize(
    ("source", "destination", "verdict"),
    [
        ("web", "a-b", Verdict.REACHABLE),
        ("lone", "a-b", Verdict.UNREACHABLE),
        ("app", "a-b", Verdict.REACHABLE),
        ("a-b", "web", Verdict.REACHABLE),
        ("vpc:vpc-a", "a-b", Verdict.PARTIAL),
    ],
)
def test_a_peering_is_the_vpc_at_its_far_side(
    network: Network, source: str, destination: str, verdict: Verdict
) -> None:
    answer = network.path(source, destination, port=443)
    assert answer.verdict is verdict
    inside = {"a-b": "10.2.", "web": "10.1.", "app": "10.1.", "lone": "10.1.", "vpc:vpc-a": "10.1."}
    for part in answer.parts:
        assert part.source_address.startswith(inside[source])
        assert part.destination_address.startswith(inside[destination])


@pytest.mark.parametrize("other", ["internet", "a-b", "0.0.0.0/0", "pl-office"])
def test_a_peering_without_a_near_side_is_refused(network: Network, other: str) -> None:
    with pytest.raises(SelectorError, match="name a side: vpc:vpc-a or vpc:vpc-b"):
        network.path(other, "a-b", port=443)


def test_a_peering_with_a_vpc_that_the_snapshot_lacks_is_unknown() -> None:
    one, other = PeeredVpc(vpc="vpc-a"), PeeredVpc(vpc="vpc-z")
    peering = VpcPeering(id="pcx-z", requester=one, accepter=other)
    network = Network(replace(SNAPSHOT, peerings={"pcx-z": peering}))
    answer = network.path("web", "pcx-z", port=443)
    assert answer.verdict is Verdict.UNKNOWN
    assert [one.why for one in answer.missing] == ["the snapshot lacks vpc-z"]


def test_an_attachment_is_the_hosts_of_its_vpc(network: Network) -> None:
    there = network.path("far", "b-link", port=443)
    assert there.verdict is network.path("far", "vpc:vpc-b", port=443).verdict
    assert there.verdict is Verdict.REACHABLE
    assert network.path("b-link", "far", port=443).verdict is Verdict.REACHABLE


@pytest.mark.parametrize("turned", [False, True], ids=["source", "destination"])
def test_an_attachment_is_not_asked_within_its_own_vpc(network: Network, *, turned: bool) -> None:
    ends = ("a-link", "web")
    with pytest.raises(SelectorError, match="stands for the hosts of vpc-a, and 'web' is among"):
        network.path(*(ends[::-1] if turned else ends), port=443)


def test_a_whole_transit_gateway_is_refused_and_its_attachments_named(network: Network) -> None:
    with pytest.raises(SelectorError, match=r"name an attachment: .*a-link"):
        network.path("far", "hub", port=443)


# -- gateway endpoints


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("app", None),
        ("web", Code.DELIVERED_ELSEWHERE),
        ("lone", Code.NO_ROUTE_TO_DESTINATION),
    ],
)
def test_a_gateway_endpoint_is_its_service_by_it(
    network: Network, source: str, code: Code | None
) -> None:
    answer = network.path(source, "vpce-s3", port=443)
    assert answer.verdict is (Verdict.UNREACHABLE if code else Verdict.REACHABLE)
    assert [one.code for one in answer.explanations][:1] == ([code] if code else [])


def test_a_gateway_endpoint_whose_list_is_unknown_takes_what_its_route_covers() -> None:
    lists = {
        **SNAPSHOT.prefix_lists,
        "pl-s3": replace(SNAPSHOT.prefix_lists["pl-s3"], entries=None),
    }
    network = Network(replace(SNAPSHOT, prefix_lists=lists))
    assert network.path("app", "vpce-s3", port=443).verdict is Verdict.REACHABLE
    assert network.path("web", "vpce-s3", port=443).verdict is Verdict.UNREACHABLE


# -- prefix lists


@pytest.mark.parametrize(
    "source",
    ["pl-cdn", "com.amazonaws.global.cloudfront.origin-facing", "cloudfront", "cdn"],
)
def test_a_prefix_list_as_source_is_its_addresses(network: Network, source: str) -> None:
    assert network.path(source, "cdn-web", port=443).verdict is Verdict.REACHABLE
    assert network.path("internet", "cdn-web", port=443).verdict is Verdict.PARTIAL


def test_a_prefix_list_holds_hosts_of_the_estate_too(network: Network) -> None:
    end = Selectors(Relations(SNAPSHOT)).resolve("Office_v4")
    assert [member.interface for member in end.members] == ["eni-app"]
    assert end.outside == (Prefix.parse("192.0.2.0/24"),)
    # the host inside, not the addresses outside
    assert network.path("lone", "pl-office", port=443).verdict is Verdict.PARTIAL
    assert network.path("lone", "192.0.2.0/24", port=443).verdict is Verdict.UNREACHABLE


def test_the_name_of_a_service_stays_the_service(network: Network) -> None:
    assert network.path("app", "com.amazonaws.eu-central-1.s3", port=443)


def test_a_prefix_list_without_entries_is_unknown_and_named() -> None:
    unknown = PrefixList(id="pl-x", list_name="com.amazonaws.global.cloudfront.origin-facing")
    network = Network(replace(SNAPSHOT, prefix_lists={**SNAPSHOT.prefix_lists, "pl-x": unknown}))
    answer = network.path("pl-x", "web", port=443)
    assert answer.verdict is Verdict.UNKNOWN
    assert [one.why for one in answer.missing] == ["the snapshot lacks the entries of pl-x"]
    # of two lists by one name, both would be needed
    assert network.path("cloudfront", "web", port=443).verdict is Verdict.UNKNOWN


def test_a_keyword_without_its_list_says_which_answers_are_missing(network: Network) -> None:
    with pytest.raises(SelectorError, match="no prefix list of global-accelerator"):
        network.path("global-accelerator", "web", port=443)


def test_global_accelerator_is_the_list_that_the_snapshot_holds() -> None:
    name = "com.amazonaws.us-east-1.globalaccelerator"
    held = PrefixList(id="pl-ga", list_name=name, entries=(Prefix.parse("75.2.0.0/16"),))
    network = Network(replace(SNAPSHOT, prefix_lists={**SNAPSHOT.prefix_lists, "pl-ga": held}))
    for source in ("global-accelerator", name):
        assert network.path(source, "web", port=443, family=4).verdict is Verdict.REACHABLE
        assert network.path(source, "cdn-web", port=443).verdict is Verdict.UNREACHABLE
    told = network.path("global-accelerator", "web", port=443, family=4).warnings
    assert any("where client addresses are not preserved" in one for one in told)
    assert not any("preserved" in one for one in network.path("pl-cdn", "web", port=443).warnings)
