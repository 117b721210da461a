"""Transit gateways of the describe output: gateways, attachments, tables and their routes."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote_plus

import pytest

from netreach.errors import InputError
from netreach.model.connections import AttachmentKind, TransitAttachment, TransitRouteTable
from netreach.model.snapshot import Snapshot
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import Json, estate, loaded, problem_kinds, written

TABLE = "tgw-rtb-0abc0abc0abc0abc0"
OTHER = "tgw-rtb-0def0def0def0def0"
HUB = {"TransitGatewayId": "tgw-1", "TransitGatewayOwnerId": "111111111111"}


def gateway(number: str = "tgw-1", **options: object) -> Json:
    arn = f"arn:aws:ec2:eu-west-1:111111111111:transit-gateway/{number}"
    return {
        "TransitGatewayId": number,
        "TransitGatewayArn": arn,
        "OwnerId": "111111111111",
        "State": "available",
        "Options": options,
    }


def attachment(number: str = "tgw-attach-1", /, **more: object) -> Json:
    """Return an item of describe-transit-gateway-attachments."""
    return {
        "TransitGatewayAttachmentId": number,
        **HUB,
        "ResourceType": "vpc",
        "ResourceId": "vpc-1",
        "ResourceOwnerId": "222222222222",
        "State": "available",
        **more,
    }


def associated(table: str = TABLE, state: str = "associated") -> Json:
    return {"Association": {"TransitGatewayRouteTableId": table, "State": state}}


def vpc_attachment(number: str = "tgw-attach-1", /, **more: object) -> Json:
    """Return an item of describe-transit-gateway-vpc-attachments."""
    return {
        "TransitGatewayAttachmentId": number,
        "TransitGatewayId": "tgw-1",
        "VpcId": "vpc-1",
        "VpcOwnerId": "222222222222",
        "State": "available",
        "SubnetIds": ["subnet-1", "subnet-2"],
        "Options": {"Ipv6Support": "disable", "ApplianceModeSupport": "disable"},
        **more,
    }


def table(number: str = TABLE, **more: object) -> Json:
    return {
        "TransitGatewayRouteTableId": number,
        "TransitGatewayId": "tgw-1",
        "State": "available",
        **more,
    }


def route(
    destination: str = "10.1.0.0/16",
    kind: str = "static",
    *attachments: str,
    state: str = "active",
    **more: object,
) -> Json:
    ties = [{"TransitGatewayAttachmentId": number} for number in attachments]
    return {
        "DestinationCidrBlock": destination,
        "TransitGatewayAttachments": ties,
        "Type": kind,
        "State": state,
        **more,
    }


def search(*routes: Json, more: bool = False) -> Json:
    return {"Routes": list(routes), "AdditionalRoutesAvailable": more}


def propagations(*attachments: str, state: str = "enabled") -> Json:
    ties = [{"TransitGatewayAttachmentId": number, "State": state} for number in attachments]
    return {"TransitGatewayRouteTablePropagations": ties}


TABLES = {"TransitGatewayRouteTables": [table()]}


def read_tables(folder: Path, **files: object) -> dict[str, TransitRouteTable]:
    """Return the tables of a folder with these files, beside a description of the table."""
    written(folder / "tables.json", TABLES)
    for name, content in files.items():
        written(folder / f"{name}.json", content)
    return dict(open_snapshot(folder).transit_route_tables)


def read_table(folder: Path, **files: object) -> TransitRouteTable:
    return read_tables(folder, **files)[TABLE]


def read_attachment(snapshot: Snapshot) -> TransitAttachment:
    (record,) = snapshot.transit_attachments.values()
    return record


def destinations(record: TransitRouteTable, kind: str = "static") -> list[str] | None:
    routes = record.static_routes if kind == "static" else record.propagated_routes
    return None if routes is None else [str(each.destination) for each in routes]


# -- gateways


@pytest.mark.parametrize(
    ("options", "ecmp", "references", "multicast"),
    [
        ({}, True, False, False),
        ({"VpnEcmpSupport": "disable"}, False, False, False),
        ({"SecurityGroupReferencingSupport": "enable"}, True, True, False),
        ({"SecurityGroupReferencingSupport": "disable"}, True, False, False),
        ({"MulticastSupport": "enable", "VpnEcmpSupport": "enable"}, True, False, True),
    ],
    ids=str,
)
def test_the_options_of_a_gateway_are_off_unless_said(
    options: Json, ecmp: bool, references: bool, multicast: bool, tmp_path: Path
) -> None:
    found = loaded(tmp_path, TransitGateways=[gateway(**options)]).transit_gateways["tgw-1"]
    assert (found.vpn_ecmp, found.references_groups) == (ecmp, references)
    assert found.is_multicast is multicast
    assert (found.owner, found.region, found.state) == ("111111111111", "eu-west-1", "available")


# -- attachments


def test_two_calls_tell_of_one_attachment(tmp_path: Path) -> None:
    found = read_attachment(
        loaded(
            tmp_path,
            TransitGateways=[gateway()],
            TransitGatewayAttachments=[attachment(**associated())],
            TransitGatewayVpcAttachments=[vpc_attachment()],
        )
    )
    assert (found.id, found.gateway, found.kind) == ("tgw-attach-1", "tgw-1", AttachmentKind.VPC)
    assert (found.resource, found.resource_owner) == ("vpc-1", "222222222222")
    assert (found.table, found.subnets) == (TABLE, ("subnet-1", "subnet-2"))
    assert (found.region, found.doubt) == ("eu-west-1", "")


@pytest.mark.parametrize(
    ("key", "item", "kind", "unsaid"),
    [
        ("TransitGatewayAttachments", attachment(), AttachmentKind.VPC, {"subnets", "table"}),
        ("TransitGatewayVpcAttachments", vpc_attachment(), AttachmentKind.VPC, {"table"}),
        (
            "TransitGatewayAttachments",
            attachment(ResourceType="network-function"),
            AttachmentKind.UNKNOWN,
            {"subnets", "table"},
        ),
        (
            "TransitGatewayConnects",
            {
                "TransitGatewayAttachmentId": "tgw-attach-1",
                "TransportTransitGatewayAttachmentId": "tgw-attach-2",
                "TransitGatewayId": "tgw-1",
                "State": "available",
                "Options": {"Protocol": "gre"},
            },
            AttachmentKind.CONNECT,
            {"subnets", "table"},
        ),
    ],
    ids=["attachments", "vpc-attachments", "a-type-of-tomorrow", "connects"],
)
def test_what_one_call_alone_does_not_say_is_not_known(
    key: str, item: Json, kind: AttachmentKind, unsaid: set[str], tmp_path: Path
) -> None:
    found = read_attachment(loaded(tmp_path, **{key: [item]}))
    assert found.kind is kind
    assert {name for name in ("subnets", "table") if getattr(found, name) is None} == unsaid


def test_a_connect_attachment_names_what_carries_it(tmp_path: Path) -> None:
    connect = {
        "TransitGatewayAttachmentId": "tgw-attach-1",
        "TransportTransitGatewayAttachmentId": "tgw-attach-2",
    }
    listed = attachment(ResourceType="connect", ResourceId="tgw-attach-2", **associated())
    found = read_attachment(
        loaded(tmp_path, TransitGatewayConnects=[connect], TransitGatewayAttachments=[listed])
    )
    assert (found.kind, found.transport) == (AttachmentKind.CONNECT, "tgw-attach-2")
    assert found.table == TABLE


@pytest.mark.parametrize(
    ("options", "appliance", "six", "references"),
    [
        ({}, False, False, True),
        ({"ApplianceModeSupport": "enable"}, True, False, True),
        ({"Ipv6Support": "enable"}, False, True, True),
        ({"SecurityGroupReferencingSupport": "disable"}, False, False, False),
    ],
    ids=str,
)
def test_the_options_of_a_vpc_attachment_are_read(
    options: Json, appliance: bool, six: bool, references: bool, tmp_path: Path
) -> None:
    item = vpc_attachment(Options=options)
    found = read_attachment(loaded(tmp_path, TransitGatewayVpcAttachments=[item]))
    assert (found.is_appliance, found.supports_ipv6) == (appliance, six)
    assert found.references_groups is references


@pytest.mark.parametrize(
    ("mine", "others", "owner", "table"),
    [
        pytest.param(associated(), {}, "", TABLE, id="associated"),
        pytest.param(associated(state="disassociated"), {}, "", "", id="no-longer"),
        pytest.param(associated(state="associating"), {}, "", None, id="soon"),
        pytest.param({}, associated(), "", "", id="others-are"),
        pytest.param({}, {}, "", None, id="nobody-says"),
        pytest.param({}, {}, "111111111111", "", id="its-owner-sees-none"),
        pytest.param({}, {}, "222222222222", None, id="a-guest-sees-none"),
    ],
)
def test_no_association_means_no_table_where_it_would_be_seen(
    mine: Json, others: Json, owner: str, table: str | None, tmp_path: Path
) -> None:
    items = [attachment(**mine), attachment("tgw-attach-2", **others)]
    written(tmp_path / owner / "x.json", {"TransitGatewayAttachments": items})
    assert open_snapshot(tmp_path).transit_attachments["tgw-attach-1"].table == table


def test_an_association_of_another_gateway_says_nothing(tmp_path: Path) -> None:
    other = attachment("tgw-attach-2", TransitGatewayId="tgw-2", **associated())
    found = loaded(tmp_path, TransitGatewayAttachments=[attachment(), other])
    assert found.transit_attachments["tgw-attach-1"].table is None


def test_the_gateways_account_completes_what_a_guest_sees(tmp_path: Path) -> None:
    guest = {"TransitGatewayAttachments": [attachment()]}
    owner = {"TransitGatewayAttachments": [attachment(**associated())]}
    written(tmp_path / "222222222222" / "x.json", guest)
    written(tmp_path / "111111111111" / "x.json", owner)
    found = read_attachment(open_snapshot(tmp_path))
    assert (found.table, found.doubt) == (TABLE, "")


def test_calls_that_differ_in_state_put_the_attachment_in_doubt(tmp_path: Path) -> None:
    snapshot = loaded(
        tmp_path,
        TransitGatewayAttachments=[attachment()],
        TransitGatewayVpcAttachments=[vpc_attachment(State="failing")],
    )
    assert "State" in read_attachment(snapshot).doubt
    assert "duplicate-id" in problem_kinds(snapshot)


def test_what_is_no_vpc_attachment_may_be_listed_among_them(tmp_path: Path) -> None:
    """Emulators list all attachments in every call."""
    bare = {"TransitGatewayAttachmentId": "tgw-attach-1", "Options": {}, "State": "available"}
    vpn = attachment(ResourceType="vpn", ResourceId="vpn-1", **associated())
    found = read_attachment(
        loaded(
            tmp_path,
            TransitGatewayAttachments=[vpn],
            TransitGatewayVpcAttachments=[{**bare, "TransitGatewayId": "tgw-1"}],
            TransitGatewayPeeringAttachments=[bare],
        )
    )
    assert (found.kind, found.resource, found.table) == (AttachmentKind.VPN, "vpn-1", TABLE)
    assert (found.subnets, found.peer, found.doubt) == (None, "", "")


@pytest.mark.parametrize(
    "layout", ["keyed-by-table", "file-named-after-table", "field-beside-the-list"]
)
def test_a_table_lists_its_attachments(layout: str, tmp_path: Path) -> None:
    answer: Json = {
        "Associations": [{"TransitGatewayAttachmentId": "tgw-attach-1", "State": "associated"}]
    }
    name = f"{TABLE}-associations" if layout == "file-named-after-table" else "associations"
    if layout == "keyed-by-table":
        answer = {TABLE: answer}
    if layout == "field-beside-the-list":
        answer = {"TransitGatewayRouteTableId": TABLE, **answer}
    written(tmp_path / f"{name}.json", answer)
    written(tmp_path / "ties.json", {"TransitGatewayVpcAttachments": [vpc_attachment()]})
    assert read_attachment(open_snapshot(tmp_path)).table == TABLE


def test_two_tables_that_claim_an_attachment_put_it_in_doubt(tmp_path: Path) -> None:
    tie = {"TransitGatewayAttachmentId": "tgw-attach-1", "State": "associated"}
    answer = {number: {"Associations": [tie]} for number in (TABLE, OTHER)}
    written(tmp_path / "associations.json", answer)
    written(tmp_path / "ties.json", {"TransitGatewayVpcAttachments": [vpc_attachment()]})
    doubt = read_attachment(open_snapshot(tmp_path)).doubt
    assert "Association.TransitGatewayRouteTableId" in doubt
    assert "associations.json" in doubt


# -- peerings of transit gateways

SIDES = {
    "RequesterTgwInfo": {
        "TransitGatewayId": "tgw-1",
        "OwnerId": "111111111111",
        "Region": "eu-west-1",
    },
    "AccepterTgwInfo": {
        "TransitGatewayId": "tgw-2",
        "OwnerId": "111111111111",
        "Region": "ap-south-1",
    },
}
PEERING = {"TransitGatewayAttachmentId": "tgw-attach-9", "State": "available", **SIDES}


def end(here: str, there: str, table: str) -> Json:
    tie = {"ResourceType": "peering", "ResourceId": there, "TransitGatewayId": here}
    return attachment("tgw-attach-9", **tie, **associated(table))


def test_both_ends_of_a_peering_are_attachments(tmp_path: Path) -> None:
    near = {
        "TransitGatewayAttachments": [end("tgw-1", "tgw-2", TABLE)],
        "TransitGatewayPeeringAttachments": [PEERING],
        "TransitGatewayRouteTables": [table()],
    }
    far = {
        "TransitGatewayAttachments": [end("tgw-2", "tgw-1", OTHER)],
        "TransitGatewayPeeringAttachments": [PEERING],
        "TransitGatewayRouteTables": [table(OTHER, TransitGatewayId="tgw-2")],
    }
    for region, calls, number, block in (
        ("ap-south-1", far, OTHER, "10.0.0.0/16"),
        ("eu-west-1", near, TABLE, "10.1.0.0/16"),
    ):
        written(tmp_path / region / "calls.json", calls)
        routes = search(route(block, "static", "tgw-attach-9"))
        written(tmp_path / region / f"{number}.json", routes)
    snapshot = open_snapshot(tmp_path)
    ends = [
        (each.id, each.gateway, each.peer, each.peer_region, each.table)
        for each in snapshot.transit_attachments.values()
    ]
    assert sorted(ends) == [
        ("tgw-attach-9", "tgw-1", "tgw-2", "ap-south-1", TABLE),
        ("tgw-attach-9@tgw-2", "tgw-2", "tgw-1", "eu-west-1", OTHER),
    ]
    leads = {
        each.id: [way.attachments for way in each.static_routes or ()]
        for each in snapshot.transit_route_tables.values()
    }
    assert leads == {TABLE: [("tgw-attach-9",)], OTHER: [("tgw-attach-9@tgw-2",)]}
    assert snapshot.problems == ()


def test_one_end_alone_keeps_its_id(tmp_path: Path) -> None:
    listed = [end("tgw-2", "tgw-1", OTHER)]
    found = read_attachment(loaded(tmp_path, TransitGatewayAttachments=listed))
    assert (found.id, found.gateway, found.peer) == ("tgw-attach-9", "tgw-2", "tgw-1")
    assert (found.kind, found.resource, found.table) == (AttachmentKind.PEERING, "tgw-1", OTHER)


@pytest.mark.parametrize(
    ("held", "ends"),
    [
        ([], [("tgw-attach-9", "tgw-1")]),
        (["tgw-2"], [("tgw-attach-9", "tgw-2")]),
        (["tgw-2", "tgw-1"], [("tgw-attach-9", "tgw-1"), ("tgw-attach-9@tgw-2", "tgw-2")]),
    ],
    ids=["neither", "accepter", "both"],
)
def test_a_peering_that_no_gateway_lists_has_the_ends_that_are_here(
    held: list[str], ends: list[tuple[str, str]], tmp_path: Path
) -> None:
    snapshot = loaded(
        tmp_path,
        TransitGateways=[gateway(number) for number in held],
        TransitGatewayPeeringAttachments=[PEERING],
    )
    records = snapshot.transit_attachments.values()
    assert [(each.id, each.gateway) for each in records] == ends
    assert {(each.kind, each.table) for each in records} == {(AttachmentKind.PEERING, None)}


# -- tables and routes


def test_a_table_alone_says_nothing_of_its_routes(tmp_path: Path) -> None:
    found = read_table(tmp_path)
    assert (found.gateway, found.state) == ("tgw-1", "available")
    assert (found.static_routes, found.propagated_routes, found.propagations) == (None, None, None)


@pytest.mark.parametrize(
    ("shown", "options", "is_default"),
    [
        ({"DefaultAssociationRouteTable": True}, {}, True),
        ({"DefaultAssociationRouteTable": False}, {}, False),
        ({}, {"AssociationDefaultRouteTableId": TABLE}, True),
        ({}, {"AssociationDefaultRouteTableId": OTHER}, False),
    ],
    ids=["table", "not", "gateway", "another"],
)
def test_the_default_table_is_said_by_the_table_or_its_gateway(
    shown: Json, options: Json, is_default: bool, tmp_path: Path
) -> None:
    calls = {
        "TransitGateways": [gateway(**options)],
        "TransitGatewayRouteTables": [table(**shown)],
    }
    found = loaded(tmp_path, **calls).transit_route_tables[TABLE]
    assert (found.is_default_association, found.is_default_propagation) == (is_default, False)


def in_own_file(folder: Path, answer: Json) -> None:
    written(folder / f"{TABLE}.json", answer)


def in_file_of_call(folder: Path, answer: Json) -> None:
    written(folder / f"search-transit-gateway-routes_{TABLE}.json", answer)


def in_folder_of_call(folder: Path, answer: Json) -> None:
    written(folder / "ec2-search-transit-gateway-routes" / TABLE, answer)


def in_quoted_file(folder: Path, answer: Json) -> None:
    name = quote_plus(f"TransitGatewayRouteTableId={TABLE}&Filters=type")
    written(folder / "us-east-1" / "ec2-search-transit-gateway-routes" / name, answer)


def keyed_by_table(folder: Path, answer: Json) -> None:
    written(folder / "ec2.search_transit_gateway_routes.json", {TABLE: answer})


def with_its_table_beside(folder: Path, answer: Json) -> None:
    written(folder / "routes.json", {"TransitGatewayRouteTableId": TABLE, **answer})


def several_in_a_list(folder: Path, answer: Json) -> None:
    answers = [{"TransitGatewayRouteTableId": TABLE, **answer}]
    written(folder / "routes.json", answers)


@pytest.mark.parametrize(
    "write",
    [
        in_own_file,
        in_file_of_call,
        in_folder_of_call,
        in_quoted_file,
        keyed_by_table,
        with_its_table_beside,
        several_in_a_list,
    ],
    ids=lambda write: write.__name__,
)
@pytest.mark.parametrize("routes", [[route()], []], ids=["one", "none"])
def test_a_search_is_tied_to_its_table(write: object, routes: list[Json], tmp_path: Path) -> None:
    assert callable(write)
    write(tmp_path, search(*routes))
    found = read_table(tmp_path)
    assert destinations(found) == [each["DestinationCidrBlock"] for each in routes]
    assert destinations(found, "propagated") == []


def test_a_route_keeps_what_it_says(tmp_path: Path) -> None:
    found = read_table(
        tmp_path,
        routes={
            TABLE: search(
                route("10.1.0.0/16", "static", "tgw-attach-1", "tgw-attach-2"),
                route("10.2.0.0/16", "static", state="blackhole"),
                route("2001:db8::/56", "propagated", "tgw-attach-1"),
                route("10.3.0.0/16", "static", "tgw-attach-1", PrefixListId="pl-1"),
            )
        },
    )
    assert found.static_routes is not None
    assert found.propagated_routes is not None
    ways = [
        (str(each.destination), each.prefix_list, each.state, each.attachments, each.is_static)
        for each in (*found.static_routes, *found.propagated_routes)
    ]
    assert ways == [
        ("10.1.0.0/16", "", "active", ("tgw-attach-1", "tgw-attach-2"), True),
        ("10.2.0.0/16", "", "blackhole", (), True),
        ("10.3.0.0/16", "pl-1", "active", ("tgw-attach-1",), True),
        ("2001:db8::/56", "", "active", ("tgw-attach-1",), False),
    ]


STATIC, PROPAGATED = route("10.1.0.0/16", "static"), route("10.2.0.0/16", "propagated")


@pytest.mark.parametrize(
    ("files", "static", "propagated"),
    [
        pytest.param({"all": [STATIC, PROPAGATED]}, 1, 1, id="both"),
        pytest.param({"all": [STATIC]}, 1, 0, id="plain-with-static-only"),
        pytest.param({"all": [PROPAGATED]}, 0, 1, id="plain-with-propagated-only"),
        pytest.param({"all": []}, 0, 0, id="plain-and-empty"),
        pytest.param({"static": [STATIC]}, 1, None, id="static"),
        pytest.param({"Static": []}, 0, None, id="static-and-empty"),
        pytest.param({"static": [STATIC, PROPAGATED]}, 1, 1, id="said-static-but-holds-both"),
        pytest.param({"propagated": [PROPAGATED]}, None, 1, id="propagated"),
        pytest.param({"propagated": []}, None, 0, id="propagated-and-empty"),
        pytest.param({"static": [STATIC], "propagated": [PROPAGATED]}, 1, 1, id="one-each"),
        pytest.param({"static,propagated": [STATIC]}, 1, 0, id="both-were-asked"),
        pytest.param({"a": [STATIC], "b": [STATIC]}, 1, 0, id="twice-the-same"),
    ],
)
def test_a_search_is_complete_for_the_types_that_it_asked_for(
    files: dict[str, list[Json]], static: int | None, propagated: int | None, tmp_path: Path
) -> None:
    found = read_table(
        tmp_path, **{f"{TABLE}-{name}": search(*routes) for name, routes in files.items()}
    )
    counts = [
        None if routes is None else len(routes)
        for routes in (found.static_routes, found.propagated_routes)
    ]
    assert counts == [static, propagated]


def test_a_search_without_propagated_routes_is_not_believed_where_attachments_propagate(
    tmp_path: Path,
) -> None:
    found = read_table(
        tmp_path,
        routes={TABLE: search(route())},
        propagations={TABLE: propagations("tgw-attach-1")},
    )
    assert (destinations(found), destinations(found, "propagated")) == (["10.1.0.0/16"], None)
    assert found.propagations == ("tgw-attach-1",)


def test_a_search_without_propagated_routes_is_believed_where_none_propagates(
    tmp_path: Path,
) -> None:
    found = read_table(tmp_path, routes={TABLE: search()}, propagations={TABLE: propagations()})
    assert (destinations(found, "propagated"), found.propagations) == ([], ())


def test_wrapped_calls_are_taken_apart(tmp_path: Path) -> None:
    named = {"TransitGatewayRouteTableId": TABLE}
    found = read_table(
        tmp_path,
        a={"TransitGatewayStaticRoutes": [{**named, **search(route())}]},
        b={"TransitGatewayPropagations": [{**named, **propagations("tgw-attach-1")}]},
    )
    assert destinations(found) == ["10.1.0.0/16"]
    assert (found.propagated_routes, found.propagations) == (None, ("tgw-attach-1",))


def test_propagations_that_are_over_do_not_count(tmp_path: Path) -> None:
    over = propagations("tgw-attach-1", state="disabled")
    assert read_table(tmp_path, x={TABLE: over}).propagations == ()


@pytest.mark.parametrize("state", ["enabling", "disabling"])
def test_a_propagation_on_its_way_puts_the_table_in_doubt(state: str, tmp_path: Path) -> None:
    found = read_table(tmp_path, x={TABLE: propagations("tgw-attach-1", state=state)})
    assert found.doubt == f"a propagation is {state}"


def test_a_route_of_an_unknown_type_puts_the_table_in_doubt(tmp_path: Path) -> None:
    found = read_table(tmp_path, x={TABLE: search(route(kind="system"))})
    assert found.doubt == "a route is of the type 'system', which is not known"


@pytest.mark.parametrize("complete", ["static", "all"])
def test_routes_that_a_search_left_out_put_the_table_in_doubt(
    complete: str, tmp_path: Path
) -> None:
    files = {
        f"{TABLE}-{complete}": search(route()),
        f"{TABLE}-propagated": search(PROPAGATED, more=True),
    }
    found = read_table(tmp_path, **files)
    assert found.doubt == f"more pages of {TABLE} exist than the snapshot holds"


def test_propagations_on_a_missing_page_put_the_table_in_doubt(tmp_path: Path) -> None:
    first = {**propagations("tgw-attach-1"), "NextToken": "x"}
    assert "more pages" in read_table(tmp_path, x={TABLE: first}).doubt


def test_a_table_that_only_its_routes_tell_of_loads(tmp_path: Path) -> None:
    ties = {"TransitGatewayAttachments": [attachment(**associated(OTHER))]}
    found = read_tables(tmp_path, routes={OTHER: search(route())}, ties=ties)[OTHER]
    assert (found.gateway, destinations(found)) == ("tgw-1", ["10.1.0.0/16"])


@pytest.mark.parametrize(
    "answer", [search(route()), search(), propagations("tgw-attach-1")], ids=str
)
def test_parts_of_no_table_are_warned_of(answer: Json, tmp_path: Path) -> None:
    written(tmp_path / "x.json", answer)
    written(tmp_path / "tables.json", TABLES)
    snapshot = open_snapshot(tmp_path)
    assert problem_kinds(snapshot) == ["unnamed-entries"]
    assert "put its id into the file's name" in snapshot.problems[0].message
    assert snapshot.transit_route_tables[TABLE].static_routes is None


@pytest.mark.parametrize(
    "answer",
    [
        {
            "Routes": [
                {"LocalGatewayRouteTableId": "lgw-rtb-1", "Type": "static", "State": "active"}
            ]
        },
        {"Routes": []},
        {"Associations": [{"AssociationId": "1"}], "NextToken": None},
        {"Routes": ["GET /"]},
        {"Routes": {"a": 1}},
    ],
    ids=["local-gateway", "empty", "another-service", "texts", "object"],
)
def test_lists_of_other_calls_are_nobodys_parts(answer: Json, tmp_path: Path) -> None:
    written(tmp_path / "x.json", answer)
    written(tmp_path / "tables.json", TABLES)
    assert open_snapshot(tmp_path).problems == ()


def test_a_wrong_cidr_of_a_route_is_refused_at_its_own_place(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_table(tmp_path, routes={TABLE: search(route(), route("10.0.0.0/99"))})
    assert caught.value.file == "routes.json"
    assert caught.value.place.endswith(".Routes[1].DestinationCidrBlock")


def test_a_route_without_a_destination_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the route has no destination"):
        read_table(tmp_path, routes={TABLE: search(route(""))})


# -- routes by prefix lists


def reference(number: str = "pl-1", **more: object) -> Json:
    return {
        "TransitGatewayRouteTableId": TABLE,
        "PrefixListId": number,
        "State": "available",
        "Blackhole": False,
        "TransitGatewayAttachment": {"TransitGatewayAttachmentId": "tgw-attach-1"},
        **more,
    }


@pytest.mark.parametrize(
    ("more", "state", "attachments"),
    [
        ({}, "active", ("tgw-attach-1",)),
        ({"State": "modifying"}, "active", ("tgw-attach-1",)),
        ({"State": "deleting"}, "deleting", ("tgw-attach-1",)),
        ({"Blackhole": True, "TransitGatewayAttachment": None}, "blackhole", ()),
    ],
    ids=["active", "modifying", "deleting", "blackhole"],
)
def test_a_reference_to_a_prefix_list_is_a_static_route(
    more: Json, state: str, attachments: tuple[str, ...], tmp_path: Path
) -> None:
    lists = {"TransitGatewayPrefixListReferences": [reference(**more)]}
    found = read_table(tmp_path, routes={TABLE: search()}, lists=lists)
    assert found.static_routes is not None
    (way,) = found.static_routes
    assert (way.destination, way.prefix_list, way.state) == (None, "pl-1", state)
    assert (way.attachments, way.is_static) == (attachments, True)


def test_a_prefix_list_that_the_search_shows_is_not_added_again(tmp_path: Path) -> None:
    lists = {"TransitGatewayPrefixListReferences": [reference(), reference("pl-2")]}
    shown = search(route("10.3.0.0/16", "static", "tgw-attach-1", PrefixListId="pl-1"))
    found = read_table(tmp_path, routes={TABLE: shown}, lists=lists)
    ways = [(each.prefix_list, each.destination is None) for each in found.static_routes or ()]
    assert ways == [("pl-1", False), ("pl-2", True)]


def test_references_alone_do_not_say_what_else_a_table_holds(tmp_path: Path) -> None:
    lists = {"TransitGatewayPrefixListReferences": [reference()]}
    assert read_table(tmp_path, lists=lists).static_routes is None


# -- references to nothing


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        pytest.param(
            {"TransitGatewayVpcAttachments": [vpc_attachment(VpcId="vpc-9", SubnetIds=[])]},
            "VPC vpc-9 is not in the snapshot; tgw-attach-1 refers to it",
            id="vpc",
        ),
        pytest.param(
            {"TransitGatewayVpcAttachments": [vpc_attachment(SubnetIds=["subnet-9"])]},
            "subnet subnet-9 is not in the snapshot; tgw-attach-1 refers to it",
            id="subnet",
        ),
        pytest.param(
            {
                "TransitGatewayAttachments": [attachment(**associated(OTHER))],
                "TransitGatewayRouteTables": [],
            },
            f"transit gateway route table {OTHER} is not in the snapshot; "
            "tgw-attach-1 refers to it",
            id="table",
        ),
        pytest.param(
            {
                "TransitGatewayAttachments": [],
                "TransitGatewayRouteTables": [table()],
                TABLE: search(route("10.1.0.0/16", "static", "tgw-attach-9")),
            },
            f"transit gateway attachment tgw-attach-9 is not in the snapshot; {TABLE} refers to it",
            id="attachment",
        ),
        pytest.param(
            {
                "TransitGatewayAttachments": [],
                "TransitGatewayRouteTables": [table()],
                TABLE: search(route("10.1.0.0/16", "static", "tgw-attach-9", state="blackhole")),
            },
            "",
            id="attachment-of-a-blackhole",
        ),
        pytest.param(
            {"TransitGatewayAttachments": [attachment(ResourceId="vpc-9", State="deleting")]},
            "",
            id="over",
        ),
    ],
)
def test_a_reference_to_nothing_is_one_warning(calls: Json, message: str, tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, **estate(**calls))
    expected = [message] if message else []
    assert [problem.message for problem in snapshot.problems] == expected


def test_the_vpcs_of_other_accounts_are_not_missed(tmp_path: Path) -> None:
    home = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111111111111"}
    guest = vpc_attachment(VpcId="vpc-9", SubnetIds=["subnet-9"])
    calls = {"Vpcs": [home], "TransitGatewayVpcAttachments": [guest]}
    assert loaded(tmp_path, **estate(**calls)).problems == ()


def test_lists_without_their_key_are_told_apart(tmp_path: Path) -> None:
    for name, items in {
        "a": [gateway()],
        "b": [attachment(**associated())],
        "c": [vpc_attachment("tgw-attach-2")],
        "d": [{**PEERING, "TransitGatewayAttachmentId": "tgw-attach-3"}],
        "e": [table()],
    }.items():
        written(tmp_path / f"{name}.json", items)
    snapshot = open_snapshot(tmp_path)
    assert sorted(snapshot.transit_gateways) == ["tgw-1"]
    assert sorted(snapshot.transit_attachments) == [f"tgw-attach-{n}" for n in (1, 2, 3)]
    assert sorted(snapshot.transit_route_tables) == [TABLE]
