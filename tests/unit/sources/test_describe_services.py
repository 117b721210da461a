"""Managed services, the interfaces that are certainly theirs, and the zones of Route 53."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from netreach.errors import InputError
from netreach.model.services import DnsRecord, ManagedService
from netreach.model.snapshot import Snapshot
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import Json, estate, interface, loaded, written

UUID: Final = "01234567-89ab-cdef-0123-456789abcdef"
SUBNET_GROUP: Final[Json] = {
    "DBSubnetGroupName": "data",
    "VpcId": "vpc-1",
    "Subnets": [{"SubnetIdentifier": "subnet-1"}],
}
GROUPS: Final = [{"VpcSecurityGroupId": "sg-1", "Status": "active"}]


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:eu-west-1:111111111111:{rest}"


def service(snapshot: Snapshot) -> ManagedService:
    (found,) = snapshot.managed_services.values()
    return found


DB_INSTANCE: Final[Json] = {
    "DBInstanceArn": arn("rds", "db:shop"),
    "DBInstanceIdentifier": "shop",
    "Endpoint": {"Address": "shop.rds.example", "Port": 5432},
    "VpcSecurityGroups": GROUPS,
    "DBSubnetGroup": SUBNET_GROUP,
    "TagList": [{"Key": "Name", "Value": "orders"}],
}
DB_CLUSTER: Final[Json] = {
    "DBClusterArn": arn("rds", "cluster:shop"),
    "DBClusterIdentifier": "shop",
    "Endpoint": "shop.cluster.example",
    "ReaderEndpoint": "shop.reader.example",
    "Port": 3306,
    "VpcSecurityGroups": GROUPS,
    "DBSubnetGroup": "data",
}
CACHE: Final[Json] = {
    "ARN": arn("elasticache", "cluster:shop-001"),
    "CacheClusterId": "shop-001",
    "CacheNodes": [{"Endpoint": {"Address": "n1.cache.example", "Port": 6379}}],
    "CacheSubnetGroupName": "caches",
    "SecurityGroups": [{"SecurityGroupId": "sg-1", "Status": "active"}],
}
CACHE_GROUP: Final[Json] = {
    "CacheSubnetGroupName": "caches",
    "VpcId": "vpc-1",
    "Subnets": [{"SubnetIdentifier": "subnet-1"}],
}
WAREHOUSE: Final[Json] = {
    "ClusterIdentifier": "dw",
    "VpcId": "vpc-1",
    "Endpoint": {
        "Address": "dw.redshift.example",
        "Port": 5439,
        "VpcEndpoints": [
            {"VpcId": "vpc-1", "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}]},
            {"VpcId": "vpc-9", "NetworkInterfaces": [{"NetworkInterfaceId": "eni-9"}]},
        ],
    },
    "VpcSecurityGroups": GROUPS,
}
SERVERLESS: Final[Json] = {
    "ARN": arn("elasticache", "serverlesscache:sessions"),
    "ServerlessCacheName": "sessions",
    "Endpoint": {"Address": "sessions.serverless.example", "Port": 6379},
    "ReaderEndpoint": {"Address": "sessions.reader.example", "Port": 6380},
    "SubnetIds": ["subnet-1"],
    "SecurityGroupIds": ["sg-1"],
}
WORKGROUP: Final[Json] = {
    "workgroupArn": arn("redshift-serverless", "workgroup/0f"),
    "workgroupName": "reports",
    "endpoint": {
        "address": "reports.serverless.example",
        "port": 5439,
        "vpcEndpoints": [
            {"vpcId": "vpc-1", "networkInterfaces": [{"networkInterfaceId": "eni-1"}]}
        ],
    },
    "securityGroupIds": ["sg-1"],
    "subnetIds": ["subnet-1"],
}
VPC_OPTIONS: Final[Json] = {
    "VPCId": "vpc-1",
    "SubnetIds": ["subnet-1"],
    "SecurityGroupIds": ["sg-1"],
}
DOMAIN: Final[Json] = {
    "ARN": arn("es", "domain/logs"),
    "DomainName": "logs",
    "Endpoints": {"vpc": "logs.es.example"},
    "VPCOptions": VPC_OPTIONS,
}
STREAM: Final[Json] = {
    "ClusterArn": arn("kafka", "cluster/bus/1"),
    "ClusterName": "bus",
    "BrokerNodeGroupInfo": {"ClientSubnets": ["subnet-1"], "SecurityGroups": ["sg-1"]},
}
MOUNT: Final[Json] = {
    "MountTargetId": "fsmt-1",
    "FileSystemId": "fs-1",
    "SubnetId": "subnet-1",
    "IpAddress": "10.0.1.10",
    "NetworkInterfaceId": "eni-1",
}
FUNCTION: Final[Json] = {
    "FunctionArn": arn("lambda", "function:resize"),
    "FunctionName": "resize",
    "VpcConfig": {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
}
TASK: Final[Json] = {
    "taskArn": arn("ecs", "task/shop/1"),
    "group": "service:web",
    "lastStatus": "RUNNING",
    "tags": [{"key": "Name", "value": "front"}],
    "attachments": [
        {
            "type": "ElasticNetworkInterface",
            "details": [
                {"name": "subnetId", "value": "subnet-1"},
                {"name": "networkInterfaceId", "value": "eni-1"},
                {"name": "privateIPv4Address", "value": "10.0.1.10"},
            ],
        }
    ],
}
KUBERNETES: Final[Json] = {
    "arn": arn("eks", "cluster/k"),
    "name": "k",
    "endpoint": "https://ABC.eks.example",
    "tags": {"Name": "pods"},
    "resourcesVpcConfig": {
        "vpcId": "vpc-1",
        "subnetIds": ["subnet-1"],
        "securityGroupIds": ["sg-1"],
        "clusterSecurityGroupId": "sg-2",
    },
}
PROXY: Final[Json] = {
    "DBProxyArn": arn("rds", "db-proxy:p"),
    "DBProxyName": "p",
    "VpcId": "vpc-1",
    "Endpoint": "p.proxy.example",
    "VpcSecurityGroupIds": ["sg-1"],
    "VpcSubnetIds": ["subnet-1"],
}


@pytest.mark.parametrize(
    ("calls", "number", "kind", "name", "dns_names", "port"),
    [
        pytest.param(
            {"DBInstances": [DB_INSTANCE]},
            DB_INSTANCE["DBInstanceArn"],
            "db-instance",
            "shop",
            ("shop.rds.example",),
            5432,
            id="database",
        ),
        pytest.param(
            {"DBClusters": [DB_CLUSTER], "DBSubnetGroups": [SUBNET_GROUP]},
            DB_CLUSTER["DBClusterArn"],
            "db-cluster",
            "shop",
            ("shop.cluster.example", "shop.reader.example"),
            3306,
            id="database-cluster",
        ),
        pytest.param(
            {"DBProxies": [PROXY]},
            PROXY["DBProxyArn"],
            "db-proxy",
            "p",
            ("p.proxy.example",),
            None,
            id="proxy",
        ),
        pytest.param(
            {"CacheClusters": [CACHE], "CacheSubnetGroups": [CACHE_GROUP]},
            CACHE["ARN"],
            "cache-cluster",
            "shop-001",
            ("n1.cache.example",),
            6379,
            id="cache",
        ),
        pytest.param(
            {
                "Clusters": [{**WAREHOUSE, "ClusterSubnetGroupName": "dw"}],
                "ClusterSubnetGroups": [
                    {**CACHE_GROUP, "CacheSubnetGroupName": None, "ClusterSubnetGroupName": "dw"}
                ],
            },
            "dw",
            "redshift-cluster",
            "dw",
            ("dw.redshift.example",),
            5439,
            id="warehouse",
        ),
        pytest.param(
            {"ServerlessCaches": [SERVERLESS]},
            SERVERLESS["ARN"],
            "serverless-cache",
            "sessions",
            ("sessions.serverless.example", "sessions.reader.example"),
            6379,
            id="serverless-cache",
        ),
        pytest.param(
            {"workgroups": [WORKGROUP]},
            WORKGROUP["workgroupArn"],
            "redshift-workgroup",
            "reports",
            ("reports.serverless.example",),
            5439,
            id="serverless-warehouse",
        ),
        pytest.param(
            {"DomainStatusList": [DOMAIN]},
            DOMAIN["ARN"],
            "opensearch-domain",
            "logs",
            ("logs.es.example",),
            443,
            id="search",
        ),
        pytest.param(
            {"DomainStatus": DOMAIN},
            DOMAIN["ARN"],
            "opensearch-domain",
            "logs",
            ("logs.es.example",),
            443,
            id="search-alone",
        ),
        pytest.param(
            {"ClusterInfoList": [STREAM]},
            STREAM["ClusterArn"],
            "msk-cluster",
            "bus",
            (),
            None,
            id="stream",
        ),
        pytest.param(
            {"Functions": [FUNCTION]},
            FUNCTION["FunctionArn"],
            "lambda-function",
            "resize",
            (),
            None,
            id="function",
        ),
        pytest.param(
            {"cluster": KUBERNETES},
            KUBERNETES["arn"],
            "eks-cluster",
            "k",
            ("abc.eks.example",),
            443,
            id="kubernetes",
        ),
    ],
)
def test_a_service_is_read_with_its_place(
    calls: Json,
    number: str,
    kind: str,
    name: str,
    dns_names: tuple[str, ...],
    port: int | None,
    tmp_path: Path,
) -> None:
    snapshot = loaded(tmp_path, **estate(**calls))
    found = service(snapshot)
    assert (found.id, found.kind, found.service_name) == (number, kind, name)
    assert (found.vpc, found.subnets, found.groups[:1]) == ("vpc-1", ("subnet-1",), ("sg-1",))
    assert (found.dns_names, found.port) == (dns_names, port)
    assert snapshot.find(number) == (kind, found)
    if number.startswith("arn:"):
        assert (found.arn, found.owner, found.region) == (number, "111111111111", "eu-west-1")


def test_tags_come_in_the_spelling_of_each_service(tmp_path: Path) -> None:
    found = loaded(tmp_path, DBInstances=[DB_INSTANCE], tasks=[TASK], cluster=KUBERNETES)
    names = {each.kind: each.name for each in found.managed_services.values()}
    assert names == {"db-instance": "orders", "ecs-task": "front", "eks-cluster": "pods"}


@pytest.mark.parametrize(
    "calls",
    [
        {"Functions": [{"FunctionName": "f", "VpcConfig": {"VpcId": ""}}]},
        {"Functions": [{"FunctionName": "f"}]},
        {"Functions": [{"NoName": 1, "VpcConfig": {"VpcId": "vpc-1"}}]},
        {"Clusters": [{"ClusterIdentifier": "dw"}]},
        {"Clusters": [{"ClusterArn": "arn:x", "VpcId": "vpc-1"}]},
        {"DomainStatusList": [{"ARN": "arn:x"}]},
        {"tasks": [{**TASK, "lastStatus": "STOPPED"}]},
        {"tasks": [{**TASK, "attachments": []}]},
    ],
    ids=[
        "no-vpc",
        "no-config",
        "no-name",
        "warehouse-without-vpc",
        "cluster-of-another-service",
        "public-domain",
        "stopped-task",
        "task-on-the-host",
    ],
)
def test_what_is_in_no_vpc_is_nobodys_business(calls: Json, tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, **estate(**calls))
    assert (snapshot.managed_services, snapshot.unmodelled) == ({}, {})


def test_a_replication_group_stands_where_its_members_do(tmp_path: Path) -> None:
    shown = {
        "ARN": arn("elasticache", "replicationgroup:shop"),
        "ReplicationGroupId": "shop",
        "MemberClusters": ["shop-000", "shop-001"],
        "NodeGroups": [
            {
                "PrimaryEndpoint": {"Address": "primary.example", "Port": 6379},
                "NodeGroupMembers": [{"ReadEndpoint": {"Address": "read.example", "Port": 6379}}],
            }
        ],
    }
    calls = {"CacheClusters": [CACHE], "CacheSubnetGroups": [CACHE_GROUP]}
    snapshot = loaded(tmp_path, ReplicationGroups=[shown], **calls)
    found = snapshot.managed_services[arn("elasticache", "replicationgroup:shop")]
    assert (found.vpc, found.groups, found.port) == ("vpc-1", ("sg-1",), 6379)
    assert found.dns_names == ("primary.example", "read.example")


def test_a_subnet_group_whose_name_stands_for_two_places_tells_none(tmp_path: Path) -> None:
    two = [SUBNET_GROUP, {**SUBNET_GROUP, "VpcId": "vpc-2"}]
    assert service(loaded(tmp_path, DBClusters=[DB_CLUSTER], DBSubnetGroups=two)).vpc == ""


@pytest.mark.parametrize(
    ("calls", "described", "is_tied"),
    [
        pytest.param({"MountTargets": [MOUNT]}, "", True, id="mount-target-by-id"),
        pytest.param({"tasks": [TASK]}, "", True, id="task-by-id"),
        pytest.param({"Clusters": [WAREHOUSE]}, "", True, id="warehouse-by-id"),
        pytest.param(
            {
                "Clusters": [
                    {
                        **WAREHOUSE,
                        "Endpoint": {},
                        "ClusterNodes": [{"PrivateIPAddress": "10.0.1.10"}],
                    }
                ]
            },
            "",
            True,
            id="warehouse-by-address",
        ),
        pytest.param(
            {"MountTargets": [{**MOUNT, "NetworkInterfaceId": None, "IpAddress": None}]},
            "EFS mount target for fs-1 (fsmt-1)",
            True,
            id="mount-target-by-description",
        ),
        pytest.param(
            {"MountTargets": [{**MOUNT, "NetworkInterfaceId": None, "IpAddress": "10.0.1.99"}]},
            "EFS mount target for fs-1 (fsmt-2)",
            False,
            id="another-mount-target",
        ),
        pytest.param({"DomainStatusList": [DOMAIN]}, "ES logs", True, id="search"),
        pytest.param({"DomainStatusList": [DOMAIN]}, "ES logs-2", False, id="another-search"),
        pytest.param({"cluster": KUBERNETES}, "Amazon EKS k", True, id="kubernetes"),
        pytest.param({"cluster": KUBERNETES}, "Amazon EKS k2", False, id="another-kubernetes"),
        pytest.param(
            {"Functions": [FUNCTION]}, f"AWS Lambda VPC ENI-resize-{UUID}", True, id="function"
        ),
        pytest.param(
            {"Functions": [FUNCTION]},
            f"AWS Lambda VPC ENI-other-{UUID}",
            True,
            id="function-with-the-same-subnet-and-groups",
        ),
        pytest.param(
            {
                "Functions": [
                    {
                        **FUNCTION,
                        "VpcConfig": {**FUNCTION["VpcConfig"], "SecurityGroupIds": ["sg-2"]},
                    }
                ]
            },
            f"AWS Lambda VPC ENI-resizes-{UUID}",
            False,
            id="function-with-other-groups",
        ),
        pytest.param({"DBInstances": [DB_INSTANCE]}, "RDSNetworkInterface", False, id="database"),
    ],
)
def test_only_interfaces_that_are_certainly_its_own_are_tied_to_a_service(
    calls: Json, described: str, is_tied: bool, tmp_path: Path
) -> None:
    snapshot = loaded(
        tmp_path, **estate(NetworkInterfaces=[interface(Description=described)], **calls)
    )
    assert service(snapshot).interfaces == (("eni-1",) if is_tied else ())
    if is_tied:
        assert service(snapshot).vpc == "vpc-1"


def test_an_interface_of_another_vpc_is_nobodys_for_its_description(tmp_path: Path) -> None:
    elsewhere = interface(Description="ES logs", VpcId="vpc-2")
    snapshot = loaded(tmp_path, NetworkInterfaces=[elsewhere], DomainStatusList=[DOMAIN])
    assert service(snapshot).interfaces == ()


def test_the_second_version_of_the_streaming_call_wraps_the_brokers(tmp_path: Path) -> None:
    brokers = STREAM["BrokerNodeGroupInfo"]
    wrapped = {
        **STREAM,
        "BrokerNodeGroupInfo": None,
        "Provisioned": {"BrokerNodeGroupInfo": brokers},
    }
    found = service(loaded(tmp_path, ClusterInfoList=[wrapped]))
    assert (found.subnets, found.groups) == (("subnet-1",), ("sg-1",))


@pytest.mark.parametrize(
    ("calls", "place", "what"),
    [
        pytest.param(
            {"DBInstances": [{**DB_INSTANCE, "Endpoint": {"Port": 99999}}]},
            "$.DBInstances[0].Endpoint.Port",
            "expected `int` <= 65535",
            id="port",
        ),
        pytest.param(
            {"MountTargets": [{**MOUNT, "IpAddress": "10.0.1.256"}]},
            "$.MountTargets[0].IpAddress",
            "'10.0.1.256' is not an IP address",
            id="address",
        ),
        pytest.param(
            {"DBInstances": [{**DB_INSTANCE, "VpcSecurityGroups": "sg-1"}]},
            "$.DBInstances[0].VpcSecurityGroups",
            "expected `array | null`, got `str`",
            id="type",
        ),
        pytest.param(
            {"CacheClusters": [{"CacheNodes": []}]},
            "$.CacheClusters[0]",
            "object missing required field `ARN`",
            id="no-id",
        ),
    ],
)
def test_bad_input_is_refused_with_its_place(
    calls: Json, place: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, **calls)
    assert (caught.value.place, caught.value.what) == (place, what)


ZONE: Final[Json] = {
    "Id": "/hostedzone/Z0123456789ABC",
    "Name": "Example.com.",
    "Config": {"PrivateZone": True},
}
RECORDS: Final[Json] = {
    "ResourceRecordSets": [
        {"Name": "example.com.", "Type": "SOA", "ResourceRecords": [{"Value": "ns."}]},
        {"Name": "\\052.example.com.", "Type": "A", "ResourceRecords": [{"Value": "10.0.1.10"}]},
        {"Name": "db.example.com.", "Type": "CNAME", "ResourceRecords": [{"Value": "x.rds."}]},
        {"Name": "www.example.com.", "Type": "A", "AliasTarget": {"DNSName": "lb.example.net."}},
    ]
}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("records-Z0123456789ABC.json", RECORDS, id="id-in-the-name"),
        pytest.param("example.com.json", RECORDS, id="zone-name"),
        pytest.param("x.json", {"Z0123456789ABC": RECORDS}, id="keyed"),
    ],
)
def test_a_zone_is_read_with_its_records(name: str, content: object, tmp_path: Path) -> None:
    written(tmp_path / "zones.json", {"HostedZones": [{**ZONE, "Name": "example.com."}]})
    written(tmp_path / name, content)
    snapshot = open_snapshot(tmp_path)
    found = snapshot.hosted_zones["Z0123456789ABC"]
    assert (found.zone_name, found.is_private, snapshot.problems) == ("example.com", True, ())
    assert found.records == (
        DnsRecord(name="*.example.com", kind="A", values=("10.0.1.10",)),
        DnsRecord(name="db.example.com", kind="CNAME", values=("x.rds.",)),
        DnsRecord(name="www.example.com", kind="ALIAS", values=("lb.example.net",)),
    )


def test_a_zone_alone_names_its_vpcs_and_nobody_said_its_records(tmp_path: Path) -> None:
    vpcs = [{"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}]
    written(tmp_path / "list.json", {"HostedZones": [ZONE]})
    written(tmp_path / "one.json", {"HostedZone": ZONE, "VPCs": vpcs})
    found = open_snapshot(tmp_path).hosted_zones["Z0123456789ABC"]
    assert (found.zone_name, found.vpcs, found.records) == ("example.com", ("vpc-1",), None)


def test_records_that_go_on_elsewhere_are_reported(tmp_path: Path) -> None:
    more = {"Z0123456789ABC": {**RECORDS, "IsTruncated": True}}
    snapshot = loaded(tmp_path, HostedZones=[ZONE], **more)
    assert [problem.kind for problem in snapshot.problems] == ["more-pages"]


def test_a_serverless_warehouse_has_the_interfaces_of_its_endpoint(tmp_path: Path) -> None:
    interfaces = [interface("eni-1"), interface("eni-2", "10.0.1.20")]
    calls = estate(NetworkInterfaces=interfaces, workgroups=[WORKGROUP])
    (found,) = loaded(tmp_path, **calls).managed_services.values()
    assert (found.interfaces, found.vpc, found.groups) == (("eni-1",), "vpc-1", ("sg-1",))


def test_a_serverless_cache_with_public_endpoints_alone_is_in_no_vpc(tmp_path: Path) -> None:
    public = {**SERVERLESS, "ConnectionType": "public"}
    assert loaded(tmp_path, ServerlessCaches=[public]).managed_services == {}


def test_of_the_first_aurora_serverless_nothing_is_known_but_its_names(tmp_path: Path) -> None:
    cluster = {**DB_CLUSTER, "EngineMode": "serverless", "DBClusterMembers": []}
    other = interface("eni-1", Description="RDSNetworkInterface", RequesterManaged=True)
    calls = estate(NetworkInterfaces=[other], DBClusters=[cluster], DBSubnetGroups=[SUBNET_GROUP])
    (found,) = loaded(tmp_path, **calls).managed_services.values()
    assert (found.interfaces, found.candidates) == ((), ())
    assert found.dns_names == ("shop.cluster.example", "shop.reader.example")
