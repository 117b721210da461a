"""Which interfaces may be whose, where all of a service's interfaces bear the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from netreach.model.services import ManagedService
from tests.unit.sources.describe_dumps import Json, estate, interface, loaded, subnet

ACCOUNT: Final = "111111111111"
CLUSTER: Final = f"arn:aws:kafka:eu-west-1:{ACCOUNT}:cluster/bus/0f-2"
BROKER: Final = "DO NOT DELETE - Amazon MSK network interface for cluster "


def made_by(words: str, number: str = "eni-1", host: int = 10, **more: object) -> Json:
    """Return an interface that a service made for itself."""
    plain = {"Description": words, "RequesterManaged": True, "AvailabilityZone": "eu-west-1a"}
    return interface(number, f"10.0.1.{host}", **{**plain, **more})


def of_rds(number: str = "eni-1", host: int = 10, **more: object) -> Json:
    return made_by("RDSNetworkInterface", number, host, **more)


def groups(*ids: str) -> list[Json]:
    return [{"GroupId": one, "GroupName": one} for one in ids]


def database(name: str = "shop", **more: object) -> Json:
    return {
        "DBInstanceArn": f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:{name}",
        "DBInstanceIdentifier": name,
        "AvailabilityZone": "eu-west-1a",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
        "DBSubnetGroup": {
            "DBSubnetGroupName": "data",
            "VpcId": "vpc-1",
            "Subnets": [{"SubnetIdentifier": "subnet-1"}],
        },
        **more,
    }


def cluster(*members: tuple[str, bool], **more: object) -> Json:
    return {
        "DBClusterArn": f"arn:aws:rds:eu-west-1:{ACCOUNT}:cluster:aurora",
        "DBClusterIdentifier": "aurora",
        "Endpoint": "Aurora.cluster.example",
        "ReaderEndpoint": "aurora.reader.example",
        "DBClusterMembers": [
            {"DBInstanceIdentifier": name, "IsClusterWriter": writes} for name, writes in members
        ],
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
        **more,
    }


def tied(folder: Path, *interfaces: Json, **calls: object) -> dict[str, ManagedService]:
    """Return the services of an estate with these interfaces, by name."""
    snapshot = loaded(folder, **estate(NetworkInterfaces=list(interfaces), **calls))
    return {one.service_name: one for one in snapshot.managed_services.values()}


def test_the_only_interface_with_its_groups_subnets_and_zone_is_a_databases(tmp_path: Path) -> None:
    found = tied(tmp_path, of_rds(), DBInstances=[database()])["shop"]
    assert (found.interfaces, found.candidates, found.rivals) == (("eni-1",), (), ())


@pytest.mark.parametrize(
    "other",
    [
        {"Groups": groups("sg-1", "sg-2")},
        {"Groups": groups("sg-2")},
        {"AvailabilityZone": "eu-west-1b"},
        {"SubnetId": "subnet-2"},
        {"VpcId": "vpc-2"},
        {"RequesterManaged": False},
        {"Description": "RDSNetworkInterface of mine"},
        {"OwnerId": "222222222222"},
    ],
    ids=["more-groups", "other-group", "zone", "subnet", "vpc", "hand-made", "words", "account"],
)
def test_what_differs_in_one_thing_is_no_candidate(other: Json, tmp_path: Path) -> None:
    found = tied(tmp_path, of_rds(**other), DBInstances=[database()])["shop"]
    assert (found.interfaces, found.candidates) == ((), ())


def test_the_zone_of_an_interface_is_its_subnets_where_nobody_says_it(tmp_path: Path) -> None:
    subnets = [subnet(AvailabilityZone="eu-west-1b")]
    shown = of_rds(AvailabilityZone=None)
    found = tied(tmp_path, shown, Subnets=subnets, DBInstances=[database()])["shop"]
    assert (found.interfaces, found.candidates) == ((), ())


def test_of_several_interfaces_any_may_be_its_own(tmp_path: Path) -> None:
    shown = (of_rds("eni-2", 20), of_rds("eni-1", 10))
    found = tied(tmp_path, *shown, DBInstances=[database(), database("lab")])
    for each in found.values():
        assert (each.interfaces, each.candidates) == ((), ("eni-1", "eni-2"))
        assert each.rivals == ()


def test_groups_on_their_way_in_or_out_tell_nothing(tmp_path: Path) -> None:
    changing = [{"VpcSecurityGroupId": "sg-1", "Status": "adding"}]
    shown = (of_rds(), of_rds("eni-2", 20, Groups=groups("sg-2")))
    found = tied(tmp_path, *shown, DBInstances=[database(VpcSecurityGroups=changing)])["shop"]
    assert found.candidates == ("eni-1", "eni-2")


def test_more_databases_than_interfaces_are_rivals(tmp_path: Path) -> None:
    found = tied(tmp_path, of_rds(), DBInstances=[database(), database("lab")])
    assert found["shop"].interfaces == ()
    assert found["shop"].candidates == ("eni-1",)
    assert found["shop"].rivals == (f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:lab",)


def test_a_database_elsewhere_is_no_rival(tmp_path: Path) -> None:
    there = database("lab", AvailabilityZone="eu-west-1b")
    shown = (of_rds(), of_rds("eni-2", 20, AvailabilityZone="eu-west-1b"))
    found = tied(tmp_path, *shown, DBInstances=[database(), there])
    assert {name: one.interfaces for name, one in found.items()} == {
        "shop": ("eni-1",),
        "lab": ("eni-2",),
    }


def test_a_cluster_has_what_its_instances_have_and_its_names_mean_their_roles(
    tmp_path: Path,
) -> None:
    there = database("b", AvailabilityZone="eu-west-1b")
    shown = (of_rds(), of_rds("eni-2", 20, AvailabilityZone="eu-west-1b"))
    clusters = [cluster(("a", True), ("b", False))]
    found = tied(tmp_path, *shown, DBInstances=[database("a"), there], DBClusters=clusters)
    assert found["aurora"].interfaces == ("eni-1", "eni-2")
    assert dict(found["aurora"].meanings) == {
        "aurora.cluster.example": ("a",),
        "aurora.reader.example": ("b",),
    }


def test_without_readers_the_reader_endpoint_is_the_writer(tmp_path: Path) -> None:
    found = tied(tmp_path, DBClusters=[cluster(("a", True))])["aurora"]
    assert found.meanings["aurora.reader.example"] == ("a",)


def test_a_cluster_of_instances_that_nobody_describes_is_tied_to_nothing(tmp_path: Path) -> None:
    found = tied(tmp_path, of_rds(), DBClusters=[cluster(("a", True))])["aurora"]
    assert (found.interfaces, found.candidates) == ((), ())


def test_a_cluster_that_names_no_instances_is_matched_itself(tmp_path: Path) -> None:
    found = tied(tmp_path, of_rds(), DBClusters=[cluster()])["aurora"]
    assert found.interfaces == ("eni-1",)


@pytest.mark.parametrize(
    ("words", "calls", "is_tied"),
    [
        ("ElastiCache shop-001", {"CacheClusterId": "shop-001"}, True),
        ("ElastiCache+shop-001", {"CacheClusterId": "shop-001"}, True),
        ("ElastiCache shop-002", {"CacheClusterId": "shop-001"}, False),
    ],
    ids=["cache", "cache-with-a-plus", "another-cache"],
)
def test_the_name_of_a_cache_stands_on_its_interfaces(
    words: str, calls: Json, is_tied: bool, tmp_path: Path
) -> None:
    found = tied(tmp_path, made_by(words), CacheClusters=[calls])["shop-001"]
    assert found.interfaces == (("eni-1",) if is_tied else ())


def test_what_anybody_may_write_ties_only_what_services_made(tmp_path: Path) -> None:
    mine = interface(Description="ElastiCache shop-001")
    found = tied(tmp_path, mine, CacheClusters=[{"CacheClusterId": "shop-001"}])["shop-001"]
    assert found.interfaces == ()


def test_a_replication_group_has_the_interfaces_of_its_caches(tmp_path: Path) -> None:
    group = {
        "ReplicationGroupId": "shop",
        "MemberClusters": ["shop-001", "shop-002"],
        "NodeGroups": [
            {
                "PrimaryEndpoint": {"Address": "primary.example", "Port": 6379},
                "ReaderEndpoint": {"Address": "reader.example", "Port": 6379},
                "NodeGroupMembers": [
                    {"CacheClusterId": "shop-001", "CurrentRole": "primary"},
                    {"CacheClusterId": "shop-002", "CurrentRole": "replica"},
                ],
            }
        ],
    }
    shown = (made_by("ElastiCache shop-001"), made_by("ElastiCache shop-002", "eni-2", 20))
    found = tied(tmp_path, *shown, ReplicationGroups=[group])["shop"]
    assert found.interfaces == ("eni-1", "eni-2")
    assert dict(found.meanings) == {
        "primary.example": ("shop-001",),
        "reader.example": ("shop-002",),
    }


@pytest.mark.parametrize("ending", ["", "."])
def test_the_arn_of_a_streaming_cluster_stands_on_its_interfaces(
    ending: str, tmp_path: Path
) -> None:
    stream = {"ClusterArn": CLUSTER, "ClusterName": "bus"}
    mine = made_by(f"{BROKER}{CLUSTER}{ending}")
    other = made_by(f"{BROKER}{CLUSTER}1{ending}", "eni-2", 20)
    assert tied(tmp_path, mine, other, ClusterInfoList=[stream])["bus"].interfaces == ("eni-1",)


def test_brokers_are_told_by_the_nodes_of_their_cluster(tmp_path: Path) -> None:
    node: Json = {
        "NodeARN": f"{CLUSTER.replace(':cluster/', ':broker/')}/0b",
        "BrokerNodeInfo": {
            "AttachedENIId": "eni-1",
            "ClientVpcIpAddress": "10.0.1.10",
            "Endpoints": ["B-1.bus.example"],
        },
    }
    elsewhere = {**node, "NodeARN": node["NodeARN"].replace("/bus/", "/other/")}
    stream = {"ClusterArn": CLUSTER, "ClusterName": "bus"}
    nodes = [node, {**elsewhere, "BrokerNodeInfo": {"AttachedENIId": "eni-9"}}]
    found = tied(tmp_path, interface(), ClusterInfoList=[stream], NodeInfoList=nodes)["bus"]
    assert (found.interfaces, found.dns_names) == (("eni-1",), ("B-1.bus.example",))
    assert dict(found.meanings) == {"b-1.bus.example": ("eni-1",)}


def test_the_name_of_a_proxy_stands_on_its_interfaces(tmp_path: Path) -> None:
    proxy = {"DBProxyName": "p", "VpcId": "vpc-1"}
    shown = (
        made_by("Network interface for DBProxy p"),
        made_by("Network interface for DBProxy p2", "eni-2", 20),
    )
    assert tied(tmp_path, *shown, DBProxies=[proxy])["p"].interfaces == ("eni-1",)


def test_a_warehouse_that_lists_no_interface_is_matched_as_databases_are(tmp_path: Path) -> None:
    warehouse = {
        "ClusterIdentifier": "dw",
        "VpcId": "vpc-1",
        "AvailabilityZone": "eu-west-1a",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
    }
    shown = (made_by("RedshiftNetworkInterface"), of_rds("eni-2", 20))
    assert tied(tmp_path, *shown, Clusters=[warehouse])["dw"].interfaces == ("eni-1",)


def task(*ports: int) -> Json:
    return {
        "taskArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/shop/1",
        "group": "service:web",
        "lastStatus": "RUNNING",
        "containerInstanceArn": "arn:host",
        "containers": [{"networkBindings": [{"hostPort": port} for port in ports]}],
    }


@pytest.mark.parametrize(("ports", "hint"), [((32768,), 32768), ((32768, 32769), None)])
def test_a_task_on_its_hosts_ports_is_at_the_hosts_interface(
    ports: tuple[int, ...], hint: int | None, tmp_path: Path
) -> None:
    host = {"containerInstanceArn": "arn:host", "ec2InstanceId": "i-1"}
    reservation = {
        "ReservationId": "r-1",
        "Instances": [{"InstanceId": "i-1", "VpcId": "vpc-1", "SubnetId": "subnet-1"}],
    }
    mine = interface(Attachment={"InstanceId": "i-1", "DeviceIndex": 0})
    found = tied(
        tmp_path, mine, Reservations=[reservation], tasks=[task(*ports)], containerInstances=[host]
    )["web"]
    assert (found.interfaces, found.port, found.vpc) == (("eni-1",), hint, "vpc-1")


def test_a_task_whose_host_nobody_describes_is_tied_to_nothing(tmp_path: Path) -> None:
    found = tied(tmp_path, interface(), tasks=[task(80)])["web"]
    assert (found.interfaces, found.instance) == ((), "")


@pytest.mark.parametrize(
    ("inside", "outside", "access"),
    [(True, True, "both"), (True, False, "private"), (False, True, "public"), (None, True, "")],
)
def test_who_is_led_inside_by_the_name_of_a_control_plane(
    inside: bool | None, outside: bool, access: str, tmp_path: Path
) -> None:
    config = {"vpcId": "vpc-1", "endpointPrivateAccess": inside, "endpointPublicAccess": outside}
    shown = {"arn": "arn:k", "name": "k", "resourcesVpcConfig": config}
    assert tied(tmp_path, cluster=shown)["k"].access == access


def test_one_that_fits_fewer_interfaces_counts_among_the_rivals(tmp_path: Path) -> None:
    narrow = database("narrow", AvailabilityZone="eu-west-1a")
    wide = [database(name, AvailabilityZone=None) for name in ("shop", "lab")]
    shown = (of_rds(), of_rds("eni-2", 20, AvailabilityZone="eu-west-1b"))
    found = tied(tmp_path, *shown, DBInstances=[narrow, *wide])
    assert found["narrow"].interfaces == ("eni-1",)
    assert len(found["shop"].rivals) == len(found["lab"].rivals) == 2


def test_an_instance_is_no_rival_of_a_cluster(tmp_path: Path) -> None:
    found = tied(tmp_path, of_rds(), DBInstances=[database()], DBClusters=[cluster()])
    assert found["shop"].interfaces == found["aurora"].interfaces == ("eni-1",)


def test_a_cluster_of_which_one_instance_is_missing_is_tied_to_nothing(tmp_path: Path) -> None:
    clusters = [cluster(("a", True), ("b", False))]
    found = tied(tmp_path, of_rds(), DBInstances=[database("a")], DBClusters=clusters)
    assert (found["a"].interfaces, found["aurora"].interfaces) == (("eni-1",), ())


def test_a_cache_of_another_account_has_another_interface(tmp_path: Path) -> None:
    cache = {
        "CacheClusterId": "shop-001",
        "ARN": f"arn:aws:elasticache:eu-west-1:{ACCOUNT}:cluster:shop-001",
    }
    theirs = made_by("ElastiCache shop-001", OwnerId="222222222222")
    assert tied(tmp_path, theirs, CacheClusters=[cache])["shop-001"].interfaces == ()


# -- behind VPC endpoints


def serverless(name: str = "sessions", **more: object) -> Json:
    return {
        "ARN": f"arn:aws:elasticache:eu-west-1:{ACCOUNT}:serverlesscache:{name}",
        "ServerlessCacheName": name,
        "SubnetIds": ["subnet-1", "subnet-2"],
        "SecurityGroupIds": ["sg-1"],
        **more,
    }


def door(number: str = "vpce-0a", *interfaces: str, **more: object) -> Json:
    return {
        "VpcEndpointId": number,
        "VpcEndpointType": "Interface",
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-0c",
        "State": "available",
        "NetworkInterfaceIds": list(interfaces),
        **more,
    }


def of_door(number: str, host: int, endpoint: str = "vpce-0a", **more: object) -> Json:
    kind = {"InterfaceType": "vpc_endpoint", "AvailabilityZone": None}
    return made_by(f"VPC Endpoint Interface {endpoint}", number, host, **{**kind, **more})


SUBNETS: Final = [subnet(), subnet("subnet-2", "10.0.2.0/24")]
TWO_DOORS: Final = (of_door("eni-1", 10), of_door("eni-2", 20, SubnetId="subnet-2"))


def behind(folder: Path, *interfaces: Json, **calls: object) -> dict[str, ManagedService]:
    return tied(folder, *interfaces, **{"Subnets": SUBNETS, **calls})


def test_a_serverless_cache_has_the_interfaces_of_its_only_endpoint(tmp_path: Path) -> None:
    calls = {"VpcEndpoints": [door()], "ServerlessCaches": [serverless()]}
    found = behind(tmp_path, *TWO_DOORS, **calls)["sessions"]
    assert (found.interfaces, found.candidates) == (("eni-1", "eni-2"), ())


@pytest.mark.parametrize(
    ("other", "endpoint"),
    [
        pytest.param({"Groups": groups("sg-2")}, {}, id="groups"),
        pytest.param({"SubnetId": "subnet-9"}, {}, id="subnet"),
        pytest.param({}, {"ServiceName": "com.amazonaws.eu-west-1.sqs"}, id="a-service-of-aws-s"),
        pytest.param({}, {"VpcEndpointId": "vpce-0b"}, id="endpoint-not-on-record"),
    ],
)
def test_an_endpoint_that_may_be_another_one_is_not_a_cache_s(
    other: Json, endpoint: Json, tmp_path: Path
) -> None:
    calls = {"VpcEndpoints": [door(**endpoint)], "ServerlessCaches": [serverless()]}
    found = behind(tmp_path, of_door("eni-1", 10, **other), **calls)["sessions"]
    assert (found.interfaces, found.candidates) == ((), ())


def test_beside_an_endpoint_that_is_not_on_record_no_other_is_a_cache_s_for_certain(
    tmp_path: Path,
) -> None:
    shown = (*TWO_DOORS, of_door("eni-3", 30, "vpce-0b"))
    calls: Json = {"VpcEndpoints": [door()], "ServerlessCaches": [serverless()]}
    found = behind(tmp_path, *shown, **calls)["sessions"]
    assert (found.interfaces, found.candidates) == ((), ())


def test_a_cache_that_names_no_subnets_is_tied_to_nothing(tmp_path: Path) -> None:
    calls = {"VpcEndpoints": [door()], "ServerlessCaches": [serverless(SubnetIds=None)]}
    found = behind(tmp_path, *TWO_DOORS, **calls)["sessions"]
    assert (found.interfaces, found.candidates) == ((), ())


def test_of_several_endpoints_a_cache_has_one(tmp_path: Path) -> None:
    shown = (*TWO_DOORS, of_door("eni-3", 30, "vpce-0b"))
    doors = [door(), door("vpce-0b")]
    one = behind(tmp_path, *shown, VpcEndpoints=doors, ServerlessCaches=[serverless()])
    assert one["sessions"].candidates == ("eni-1", "eni-2", "eni-3")
    caches = [serverless(name) for name in ("a", "b", "c")]
    many = behind(tmp_path, *shown, VpcEndpoints=doors, ServerlessCaches=caches)
    assert many["a"].rivals == tuple(
        f"arn:aws:elasticache:eu-west-1:{ACCOUNT}:serverlesscache:{name}" for name in "bc"
    )


def stream(*configs: Json) -> Json:
    return {
        "ClusterArn": f"arn:aws:kafka:eu-west-1:{ACCOUNT}:cluster/bus/0f-s1",
        "ClusterName": "bus",
        "ClusterType": "SERVERLESS",
        "Serverless": {"VpcConfigs": list(configs)},
    }


def test_a_serverless_stream_has_the_interfaces_of_its_only_endpoint(tmp_path: Path) -> None:
    home = {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
    calls: Json = {"VpcEndpoints": [door()], "ClusterInfoList": [stream(home)]}
    found = behind(tmp_path, *TWO_DOORS, **calls)["bus"]
    assert (found.kind, found.interfaces) == ("msk-serverless-cluster", ("eni-1", "eni-2"))


def test_of_a_serverless_stream_in_several_vpcs_nobody_knows_which_groups_are_where(
    tmp_path: Path,
) -> None:
    configs = (
        {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        {"SubnetIds": ["subnet-2"], "SecurityGroupIds": ["sg-2"]},
    )
    calls: Json = {"VpcEndpoints": [door()], "ClusterInfoList": [stream(*configs)]}
    found = behind(tmp_path, *TWO_DOORS, **calls)["bus"]
    assert (found.interfaces, found.candidates) == ((), ())
