"""Random managed services, at interfaces of their own."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any, Final

from tests.property.balancers import held
from tests.property.dice import Dice
from tests.property.plan import Estate, Record
from tests.property.rivals import free_address

REGION: Final = "eu-central-1"
ACCOUNT: Final = "111122223333"
TAIL: Final = f"{REGION}.amazonaws.com"
KINDS: Final = (
    "DBProxies",
    "CacheClusters",
    "Clusters",
    "DomainStatusList",
    "ClusterInfoList",
    "NodeInfoList",
    "MountTargets",
    "Functions",
    "tasks",
    "containerInstances",
    "KubernetesClusters",
)


def draw_managed(dice: Dice, estate: Estate) -> None:
    """Draw some services, each at one interface or two of one VPC."""
    for kind in KINDS:
        estate[kind] = []
    homes = [one["VpcId"] for one in estate["Subnets"] if "CidrBlock" in one]
    for draw in dice.some(DRAWS, 0, 5 if homes else 0):
        vpc = dice.pick(homes)
        groups = [one["GroupId"] for one in estate["SecurityGroups"] if one["VpcId"] == vpc]
        groups = dice.some(groups, 1, 2)
        drawn = [_interface(dice, estate, vpc, groups) for _ in range(dice.pick((1, 1, 2)))]
        interfaces = [one for one in drawn if one]
        if interfaces and groups:
            draw(dice, estate, interfaces)


def _interface(dice: Dice, estate: Estate, vpc: str, groups: list[str]) -> Record | None:
    """Add an interface of a VPC that nothing else has; none if its subnet is full."""
    known = [one for one in estate["Subnets"] if one["VpcId"] == vpc and "CidrBlock" in one]
    subnet = dice.pick(known)
    address = free_address(estate, subnet)
    if address is None:
        return None
    taken = sum("managed" in one["NetworkInterfaceId"] for one in estate["NetworkInterfaces"])
    record: Record = {
        "NetworkInterfaceId": f"eni-managed{taken}",
        "VpcId": vpc,
        "SubnetId": subnet["SubnetId"],
        "AvailabilityZone": subnet.get("AvailabilityZone", f"{REGION}a"),
        "InterfaceType": "interface",
        "SourceDestCheck": True,
        "Status": "in-use",
        "PrivateIpAddress": str(address),
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": str(address)}],
        "Ipv6Addresses": [],
        "Groups": [{"GroupId": one, "GroupName": one} for one in groups],
    }
    for six in subnet["Ipv6CidrBlockAssociationSet"] if dice.chance(50) else ():
        block = ip_network(six["Ipv6CidrBlock"])
        record["Ipv6Addresses"].append({"Ipv6Address": str(block[int(address) & 63])})
    estate["NetworkInterfaces"].append(record)
    return record


def _take(interfaces: list[Record], words: str) -> list[str]:
    """Make interfaces a service's, which writes what they are for on them."""
    for one in interfaces:
        one |= {"Description": words, "RequesterManaged": True}
    return [one["NetworkInterfaceId"] for one in interfaces]


def _groups(interfaces: list[Record]) -> list[str]:
    return [group["GroupId"] for group in interfaces[0]["Groups"]]


def _subnets(interfaces: list[Record]) -> list[str]:
    return list(dict.fromkeys(one["SubnetId"] for one in interfaces))


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def _proxy(_: Dice, estate: Estate, interfaces: list[Record]) -> None:
    _take(interfaces, "Network interface for DBProxy pool")
    estate["DBProxies"].append(
        {
            "DBProxyName": "pool",
            "DBProxyArn": _arn("rds", "db-proxy:prx-0pool"),
            "VpcId": interfaces[0]["VpcId"],
            "VpcSecurityGroupIds": _groups(interfaces),
            "VpcSubnetIds": _subnets(interfaces),
            "Endpoint": f"pool.proxy-abc123.{REGION}.rds.amazonaws.com",
        }
    )


def _cache(dice: Dice, estate: Estate, interfaces: list[Record]) -> None:
    _take(interfaces[:1], "ElastiCache baskets")
    end = {"Address": f"baskets.abc123.0001.euc1.cache.{TAIL.partition('.')[2]}", "Port": 6379}
    status = "active" if dice.chance(70) else "adding"
    groups = [{"SecurityGroupId": one, "Status": status} for one in _groups(interfaces)]
    estate["CacheClusters"].append(
        {
            "CacheClusterId": "baskets",
            "ARN": _arn("elasticache", "cluster:baskets"),
            "CacheNodes": [{"CacheNodeId": "0001", "Endpoint": end}],
            "SecurityGroups": groups,
        }
    )


def _warehouse(_: Dice, estate: Estate, interfaces: list[Record]) -> None:
    ties = [
        {"NetworkInterfaceId": number, "SubnetId": one["SubnetId"]}
        for number, one in zip(
            _take(interfaces, "RedshiftNetworkInterface"), interfaces, strict=True
        )
    ]
    vpc = interfaces[0]["VpcId"]
    doors = [{"VpcId": vpc, "NetworkInterfaces": ties}]
    address = f"sales.abc123.{REGION}.redshift.amazonaws.com"
    estate["Clusters"].append(
        {
            "ClusterIdentifier": "sales",
            "VpcId": vpc,
            "Endpoint": {"Address": address, "Port": 5439, "VpcEndpoints": doors},
        }
    )


def _search(_: Dice, estate: Estate, interfaces: list[Record]) -> None:
    _take(interfaces, "ES finds")
    options = {"VPCId": interfaces[0]["VpcId"], "SubnetIds": _subnets(interfaces)}
    estate["DomainStatusList"].append(
        {
            "DomainName": "finds",
            "ARN": _arn("es", "domain/finds"),
            "Endpoints": {"vpc": f"vpc-finds-abc123.{REGION}.es.amazonaws.com"},
            "VPCOptions": options | {"SecurityGroupIds": _groups(interfaces)},
        }
    )


def _stream(_: Dice, estate: Estate, interfaces: list[Record]) -> None:
    arn = _arn("kafka", "cluster/events/0a1b2c3d-0000-0000-0000-000000000000-1")
    _take(interfaces, f"DO NOT DELETE - Amazon MSK network interface for cluster {arn}")
    nodes = {"ClientSubnets": _subnets(interfaces), "SecurityGroups": _groups(interfaces)}
    estate["ClusterInfoList"].append(
        {"ClusterName": "events", "ClusterArn": arn, "BrokerNodeGroupInfo": nodes}
    )
    for number, one in enumerate(interfaces, 1):
        name = f"b-{number}.events.abc123.c2.kafka.{TAIL}"
        info = {"AttachedENIId": one["NetworkInterfaceId"], "Endpoints": [name]}
        broker = f"{arn.replace(':cluster/', ':broker/')}/{number}"
        estate["NodeInfoList"].append({"NodeARN": broker, "BrokerNodeInfo": info})


def _mount(_: Dice, estate: Estate, interfaces: list[Record]) -> None:
    mine = interfaces[0]
    _take([mine], "EFS mount target for fs-0a1b2c3d (fsmt-0a1b2c3d)")
    estate["MountTargets"].append(
        {
            "MountTargetId": "fsmt-0a1b2c3d",
            "FileSystemId": "fs-0a1b2c3d",
            "SubnetId": mine["SubnetId"],
            "VpcId": mine["VpcId"],
            "NetworkInterfaceId": mine["NetworkInterfaceId"],
            "IpAddress": held(mine)[0],
        }
    )


def _function(_: Dice, estate: Estate, interfaces: list[Record]) -> None:
    """Draw a function whose interface is called after another one of its groups."""
    mine = interfaces[0]
    _take([mine], "AWS Lambda VPC ENI-other-0a1b2c3d-0000-0000-0000-000000000000")
    mine["InterfaceType"] = "lambda"
    config = {"VpcId": mine["VpcId"], "SubnetIds": [mine["SubnetId"]]}
    estate["Functions"].append(
        {
            "FunctionName": "resize",
            "FunctionArn": _arn("lambda", "function:resize"),
            "VpcConfig": config | {"SecurityGroupIds": _groups([mine])},
        }
    )


def _task(dice: Dice, estate: Estate, interfaces: list[Record]) -> None:
    """Draw a task at an interface of its own, or on a host."""
    cluster = "arn:aws:ecs:eu-central-1:111122223333:cluster/jobs"
    task: dict[str, Any] = {"taskArn": _arn("ecs", "task/jobs/0a1b2c3d"), "clusterArn": cluster}
    hosts = [
        one["Attachment"]["InstanceId"]
        for one in estate["NetworkInterfaces"]
        if one.get("Attachment", {}).get("DeviceIndex") == 0 and "InstanceId" in one["Attachment"]
    ]
    if hosts and dice.chance(40):
        host = _arn("ecs", "container-instance/jobs/0f")
        of_host = {"containerInstanceArn": host, "ec2InstanceId": dice.pick(hosts)}
        estate["containerInstances"].append(of_host)
        task["containerInstanceArn"] = host
    else:
        number = _take(interfaces[:1], _arn("ecs", "attachment/0a1b2c3d"))[0]
        detail = {"name": "networkInterfaceId", "value": number}
        task["attachments"] = [{"type": "ElasticNetworkInterface", "details": [detail]}]
    estate["tasks"].append(task | {"lastStatus": "RUNNING"})


def _control_plane(dice: Dice, estate: Estate, interfaces: list[Record]) -> None:
    _take(interfaces, "Amazon EKS fleet")
    config: Record = {"vpcId": interfaces[0]["VpcId"], "subnetIds": _subnets(interfaces)}
    config["securityGroupIds"] = _groups(interfaces)
    if not dice.chance(15):
        private, public = dice.pick(((True, False), (True, True), (False, True)))
        config |= {"endpointPrivateAccess": private, "endpointPublicAccess": public}
    cluster = {
        "name": "fleet",
        "arn": _arn("eks", "cluster/fleet"),
        "endpoint": f"https://0123456789ABCDEF.gr7.{REGION}.eks.amazonaws.com".lower(),
        "resourcesVpcConfig": config,
    }
    estate["KubernetesClusters"].append({"cluster": cluster})


DRAWS: Final[tuple[Callable[[Dice, Estate, list[Record]], None], ...]] = (
    _proxy,
    _cache,
    _warehouse,
    _search,
    _stream,
    _mount,
    _function,
    _task,
    _control_plane,
)
