from __future__ import annotations

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.model.connections import PeeredVpc, VpcPeering
from netreach.model.relations import Relations
from netreach.model.services import (
    BalancerKind,
    DnsRecord,
    HostedZone,
    ManagedService,
)
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.query.dns import Names
from netreach.query.subjects import Matches, Subjects
from tests.unit.fabric.balancers_by_hand import balancer, node, with_balancers
from tests.unit.fabric.endpoints_by_hand import DOOR, DOOR_A, DOOR_B, REGION, door
from tests.unit.fabric.estates_by_hand import (
    DB_1,
    WEB_1,
    WEB_1_PUBLIC,
    ask,
    codes,
    named,
    snapshot,
)

SHOP, LAB = "vpc-shop", "vpc-lab"
WEB_1_NAME = f"ec2-203-0-113-10.{REGION}.compute.amazonaws.com"


@dataclass(frozen=True)
class Seen:
    """What a name means in a VPC, as texts."""

    interfaces: list[str]
    addresses: list[str]
    unknown: str


def seen(base: Snapshot, name: str, vpc: str = SHOP) -> Seen:
    found = Names(Relations(base)).seen_from(name, vpc)
    return Seen(list(found.interfaces), [str(one) for one in found.addresses], found.unknown)


def addresses(base: Snapshot, name: str, vpc: str = SHOP) -> list[str]:
    return seen(base, name, vpc).addresses


def zone(*records: tuple[str, str, str], known: bool = True, **changes: object) -> HostedZone:
    """Return the private zone corp.example of the VPC `shop`."""
    listed = tuple(DnsRecord(name=n, kind=k, values=tuple(v.split())) for n, k, v in records)
    private = HostedZone(
        id="Z1",
        zone_name="corp.example.",
        is_private=True,
        vpcs=(SHOP,),
        records=listed if known else None,
    )
    return replace(private, **changes)


def zoned(*zones: HostedZone, base: Snapshot | None = None) -> Snapshot:
    base = snapshot() if base is None else base
    return replace(base, hosted_zones={one.id: one for one in zones})


def attributes(base: Snapshot, *, support: bool | None, hostnames: bool | None) -> Snapshot:
    vpc = replace(base.vpcs[SHOP], dns_support=support, dns_hostnames=hostnames)
    return replace(base, vpcs={**base.vpcs, SHOP: vpc})


# -- hosted zones


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("db.corp.example", [DB_1]),
        ("DB.Corp.Example.", [DB_1]),
        ("both.corp.example", [WEB_1, DB_1]),
        ("alias.corp.example", [DB_1]),
        ("far.corp.example", [DB_1]),
        ("x.any.corp.example", [WEB_1]),
        ("own.any.corp.example", [DB_1]),
    ],
    ids=["own", "any-case", "several", "alias", "chain", "wildcard", "before-the-wildcard"],
)
def test_hy_8_a_private_zone_resolves_names_in_its_vpc(name: str, expected: list[str]) -> None:
    records = zone(
        ("db.corp.example.", "A", DB_1),
        ("both.corp.example.", "A", f"{WEB_1} {DB_1}"),
        ("alias.corp.example.", "ALIAS", "db.corp.example."),
        ("far.corp.example.", "CNAME", "alias.corp.example"),
        (r"\052.any.corp.example.", "A", WEB_1),
        ("own.any.corp.example.", "A", DB_1),
        ("db.corp.example.", "TXT", "words"),
    )
    assert addresses(zoned(records), name) == expected


@pytest.mark.parametrize("name", ["db.corp.example", "x.a.db.corp.example", "txt.corp.example"])
def test_hy_8_a_wildcard_above_names_that_are_there_is_unknown(name: str) -> None:
    star, below = (r"\052.corp.example.", "A", WEB_1), ("a.db.corp.example.", "A", DB_1)
    base = zoned(zone(star, below, other_names=("txt.corp.example",)))
    assert "whether the wildcard answers" in seen(base, name).unknown
    assert addresses(base, "a.db.corp.example") == [DB_1]
    assert addresses(base, "far.away.corp.example") == [WEB_1]


DB = ("db.corp.example.", "A", DB_1)


def test_hy_8_a_private_zone_serves_no_other_vpc() -> None:
    found = seen(zoned(zone(DB)), "db.corp.example", LAB)
    assert (found.addresses, "Z1" in found.unknown) == ([], True)


@pytest.mark.parametrize(("support", "hostnames"), [(False, True), (True, False)])
def test_hy_8_a_private_zone_needs_both_attributes(*, support: bool, hostnames: bool) -> None:
    base = attributes(zoned(zone(DB)), support=support, hostnames=hostnames)
    assert seen(base, "db.corp.example").unknown
    assert addresses(attributes(base, support=True, hostnames=True), "db.corp.example") == [DB_1]


def test_hy_8_the_closest_private_zone_answers_alone() -> None:
    closer = zone(("a.db.corp.example", "A", WEB_1), id="Z2", zone_name="db.corp.example")
    base = zoned(zone(DB, ("b.db.corp.example", "A", DB_1)), closer)
    assert addresses(base, "a.db.corp.example") == [WEB_1]
    with pytest.raises(SelectorError, match=r"Z2.*has no address record 'b\.db\.corp\.example'"):
        seen(base, "b.db.corp.example")


def test_hy_8_a_private_zone_goes_before_a_public_one() -> None:
    public = zone(("db.corp.example", "A", WEB_1_PUBLIC), id="Z2", is_private=False, vpcs=())
    base = zoned(public, zone(DB))
    assert addresses(base, "db.corp.example") == [DB_1]
    assert addresses(base, "db.corp.example", LAB) == [WEB_1_PUBLIC]
    assert addresses(base, "db.corp.example", "") == [WEB_1_PUBLIC]


def test_a_zone_without_records_leaves_its_names_open() -> None:
    answer = ask(Network(zoned(zone(known=False))), "web-1 db.corp.example tcp 5432")
    assert (answer.verdict, codes(answer)) == ("unknown", {"UNKNOWN_RESOURCE"})
    assert "Z1" in answer.missing[0].why


def test_names_that_stand_for_each_other_are_an_error() -> None:
    base = zoned(
        zone(
            ("a.corp.example", "CNAME", "b.corp.example"),
            ("b.corp.example", "CNAME", "a.corp.example"),
        )
    )
    with pytest.raises(SelectorError, match="stands for a name that stands for it"):
        seen(base, "a.corp.example")


def test_a_name_that_stands_for_one_beyond_the_snapshot_is_unknown() -> None:
    found = seen(zoned(zone(("a.corp.example", "CNAME", "x.partner.test"))), "a.corp.example")
    assert "x.partner.test" in found.unknown


def test_a_name_is_a_destination_at_each_of_its_addresses() -> None:
    base = zoned(zone(("both.corp.example", "A", f"{DB_1} 8.8.8.8")))
    answer = ask(Network(base), "web-1 both.corp.example tcp 443")
    assert {part.destination_address for part in answer.parts} == {DB_1, "8.8.8.8"}


def test_a_name_of_one_address_is_asked_as_that_address() -> None:
    network = Network(zoned(zone(DB)))
    by_name, by_address = (
        ask(network, f"web-1 {one} tcp 5432") for one in ("db.corp.example", DB_1)
    )
    assert by_name.verdict == by_address.verdict == "reachable"
    assert by_name.parts == by_address.parts


def test_a_name_is_a_source_as_well() -> None:
    answer = ask(Network(zoned(zone(DB))), "db.corp.example web-1 tcp 443")
    assert answer.verdict == "reachable"
    assert {part.source_address for part in answer.parts} == {DB_1}


def test_a_name_of_several_addresses_is_no_source() -> None:
    base = zoned(zone(("both.corp.example", "A", f"{WEB_1} {DB_1}")))
    with pytest.raises(SelectorError, match="several addresses"):
        ask(Network(base), "both.corp.example web-1 tcp 443")


def test_a_name_that_nothing_resolves_is_an_error_with_the_nearest() -> None:
    network = Network(zoned(zone(DB)))
    with pytest.raises(SelectorError, match=r"matches 'dbx\.corp\.example'; nearest: .*'db\.corp"):
        ask(network, "web-1 dbx.corp.example tcp 5432")


# -- names that EC2 gives


@pytest.mark.parametrize(
    "name", ["ip-10-0-3-10.ec2.internal", f"ip-10-0-3-10.{REGION}.compute.internal"]
)
def test_hy_8_a_private_name_is_its_address(name: str) -> None:
    assert addresses(snapshot(), name) == [DB_1]


def test_hy_8_a_private_name_may_be_of_an_instance() -> None:
    base = snapshot()
    base = replace(
        base,
        instances={**base.instances, "i-0db1": replace(base.instances["i-db-1"], id="i-0db1")},
    )
    assert seen(base, "i-0db1.ec2.internal").interfaces == ["eni-db-1"]


@pytest.mark.parametrize(
    ("vpc", "expected"), [(SHOP, WEB_1), (LAB, WEB_1_PUBLIC), ("", WEB_1_PUBLIC)]
)
def test_hy_8_a_public_name_is_the_private_address_in_its_own_vpc(vpc: str, expected: str) -> None:
    assert addresses(snapshot(), WEB_1_NAME, vpc) == [expected]


@pytest.mark.parametrize(("support", "hostnames"), [(False, True), (True, False)])
def test_hy_8_a_public_name_needs_both_attributes(*, support: bool, hostnames: bool) -> None:
    base = attributes(snapshot(), support=support, hostnames=hostnames)
    assert addresses(base, WEB_1_NAME) == [WEB_1_PUBLIC]


def test_hy_8_attributes_that_nobody_says_are_taken_to_be_on_with_a_warning() -> None:
    base = attributes(snapshot(), support=True, hostnames=None)
    answer = ask(Network(base), f"web-2 {WEB_1_NAME} tcp 443")
    assert {part.destination_address for part in answer.parts} == {WEB_1}
    assert any("DNS hostnames of vpc-shop" in one for one in answer.warnings)


def test_a_public_name_of_nobody_here_is_its_public_address() -> None:
    assert addresses(snapshot(), "ec2-8-8-8-8.compute-1.amazonaws.com") == ["8.8.8.8"]


@pytest.mark.parametrize(
    ("mine", "theirs", "state", "expected"),
    [
        (True, False, "active", WEB_1),
        (False, True, "active", WEB_1_PUBLIC),
        (None, None, "active", WEB_1_PUBLIC),
        (True, True, "pending-acceptance", WEB_1_PUBLIC),
    ],
    ids=["on", "only-the-other-side", "not-said", "not-active"],
)
def test_pc_5_across_a_peering_the_names_own_side_decides(
    mine: bool | None, theirs: bool | None, state: str, expected: str
) -> None:
    base = snapshot()
    lab = replace(base.vpcs[LAB], dns_support=True, dns_hostnames=True)
    sides = (
        PeeredVpc(vpc=LAB, resolves_remote_names=theirs),
        PeeredVpc(vpc=SHOP, resolves_remote_names=mine),
    )
    tie = VpcPeering(id="pcx-1", requester=sides[0], accepter=sides[1], state=state)
    base = replace(base, vpcs={**base.vpcs, LAB: lab}, peerings={tie.id: tie})
    assert addresses(base, WEB_1_NAME, LAB) == [expected]


# -- names of balancers and endpoints


def test_a_zonal_name_of_an_endpoint_is_its_interface_there() -> None:
    base = door()
    zonal = f"{DOOR}-abcd-{REGION}a.ec2.{REGION}.vpce.amazonaws.com"
    assert seen(base, zonal).interfaces == ["eni-door-a"]
    regional = f"{DOOR}-abcd.ec2.{REGION}.vpce.amazonaws.com"
    assert seen(base, regional).interfaces == ["eni-door-a", "eni-door-b"]
    assert seen(base, regional, LAB).interfaces == ["eni-door-a", "eni-door-b"]


def test_ep_2_a_private_name_of_an_endpoint_means_it_in_its_vpc_alone() -> None:
    base, name = door(), f"ec2.{REGION}.amazonaws.com"
    assert seen(base, name).interfaces == ["eni-door-a", "eni-door-b"]
    assert seen(base, name, LAB).interfaces == []
    answer = ask(Network(base), f"app-1 {name} tcp 443")
    assert {part.destination_address for part in answer.parts} == {DOOR_A, DOOR_B}


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("s3", "s3"),
        ("bucket.with.dots.s3", "s3"),
        ("api.ecr", "ecr.api"),
        ("111122223333.dkr.ecr", "ecr.dkr"),
        ("sts", "sts"),
    ],
)
def test_public_names_of_services_lead_to_their_endpoints(host: str, service: str) -> None:
    base = door(service=f"com.amazonaws.{REGION}.{service}", dns_names=())
    assert seen(base, f"{host}.{REGION}.amazonaws.com").interfaces == ["eni-door-a", "eni-door-b"]
    assert seen(base, f"{host}.us-west-2.amazonaws.com").interfaces == []


# -- managed services


def database(**changes: object) -> ManagedService:
    plain = ManagedService(
        id="db-orders",
        kind="db-instance",
        service_name="orders",
        vpc=SHOP,
        dns_names=(f"orders.abc.{REGION}.rds.amazonaws.com",),
        interfaces=("eni-db-1",),
        port=5432,
        arn=f"arn:aws:rds:{REGION}:111122223333:db:orders",
    )
    return replace(plain, **changes)


def managed(record: ManagedService) -> Network:
    return Network(replace(snapshot(), managed_services={record.id: record}))


@pytest.mark.parametrize(
    "selector",
    [
        "db-orders",
        "orders",
        f"arn:aws:rds:{REGION}:111122223333:db:orders",
        f"orders.abc.{REGION}.rds.amazonaws.com",
    ],
    ids=["id", "name", "arn", "dns-name"],
)
def test_a_managed_service_is_its_interfaces(selector: str) -> None:
    answer = ask(managed(database()), f"web-1 {selector} tcp 5432", family=4)
    assert answer.verdict == "reachable"
    assert {part.destination_address for part in answer.parts} == {DB_1}


def test_a_managed_service_without_interfaces_is_unknown() -> None:
    answer = ask(managed(database(interfaces=())), "web-1 db-orders tcp 5432")
    assert (answer.verdict, named(answer)) == ("unknown", {"db-orders"})
    assert "ties no network interface" in answer.missing[0].why


def test_the_default_port_is_a_hint_where_no_service_was_asked() -> None:
    network = managed(database())
    hint = "hint: orders listens on tcp 5432 by default"
    assert hint in ask(network, "web-1 db-orders").warnings
    assert hint in ask(network, f"web-1 orders.abc.{REGION}.rds.amazonaws.com").warnings
    assert hint not in ask(network, "web-1 db-orders tcp 22").warnings
    assert hint not in ask(network, "web-1 db-1").warnings


def test_a_page_shows_what_bears_a_name() -> None:
    base = replace(zoned(zone(DB)), managed_services={"db-orders": database()})
    subjects = Subjects(Relations(base))
    found = subjects.resolve(f"orders.abc.{REGION}.rds.amazonaws.com")
    assert isinstance(found, Matches)
    assert [one.record.id for one in found.found] == ["db-orders"]
    found = subjects.resolve("db.corp.example")
    assert isinstance(found, Matches)
    assert [one.record.id for one in found.found] == ["Z1"]


def fronted(*, is_internet_facing: bool, public: str = "") -> Snapshot:
    """Return an estate with a network balancer that has a node in each zone."""
    one = balancer(
        BalancerKind.NETWORK, dns_name="front.elb.test", is_internet_facing=is_internet_facing
    )
    nodes = [
        node(BalancerKind.NETWORK, zone, public=public if zone == "a" else "") for zone in "ab"
    ]
    return with_balancers([one], nodes, [], snapshot())


def test_an_internal_balancers_name_means_its_nodes() -> None:
    base = fronted(is_internet_facing=False)
    assert seen(base, "front.elb.test").interfaces == ["eni-front-a", "eni-front-b"]
    assert seen(base, "dualstack.front.elb.test", "").interfaces == ["eni-front-a", "eni-front-b"]


def test_an_internet_facing_balancers_name_means_its_public_addresses() -> None:
    base = fronted(is_internet_facing=True, public="203.0.113.150")
    assert addresses(base, "front.elb.test") == ["203.0.113.150"]
    assert seen(fronted(is_internet_facing=True), "front.elb.test").unknown


def test_a_balancer_without_nodes_is_unknown() -> None:
    base = replace(fronted(is_internet_facing=False), interfaces={})
    assert "no network interface" in seen(base, "front.elb.test").unknown
