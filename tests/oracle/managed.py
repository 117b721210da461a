"""Managed services: which interfaces they have, and which of them each of their names means.

Written from the API references of the services and from what these write on their interfaces. A
call that tells an interface's id or address settles it; else its description bears the name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.oracle.spelling import Estate

Answer = Mapping[str, Any]
BROKER: Final = "DO NOT DELETE - Amazon MSK network interface for cluster "


@dataclass(frozen=True)
class Service:
    id: str  # its ARN, or whatever else the service calls it by
    interfaces: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Whom a control plane's name leads inside: "all", "vpc" (its own), nobody; "?" nobody says.
    inside: str = "all"
    vpc: str = ""


def services(estate: Estate) -> Iterator[Service]:
    """Yield the services of an estate, RDS aside."""
    for kind, read in READERS.items():
        yield from (read(estate, one) for one in estate.get(kind, ()))


def _proxy(estate: Estate, record: Answer) -> Service:
    mine = _written(estate, f"Network interface for DBProxy {record['DBProxyName']}")
    return _whole(record["DBProxyArn"], mine, record["Endpoint"])


def _cache(estate: Estate, record: Answer) -> Service:
    mine = _written(estate, f"ElastiCache {record['CacheClusterId']}")
    return _whole(record["ARN"], mine, record["CacheNodes"][0]["Endpoint"]["Address"])


def _warehouse(_: Estate, record: Answer) -> Service:
    doors = record["Endpoint"]["VpcEndpoints"]
    mine = (tie["NetworkInterfaceId"] for door in doors for tie in door["NetworkInterfaces"])
    return _whole(record["ClusterIdentifier"], tuple(mine), record["Endpoint"]["Address"])


def _search(estate: Estate, record: Answer) -> Service:
    mine = _written(estate, f"ES {record['DomainName']}")
    return _whole(record["ARN"], mine, *record["Endpoints"].values())


def _mount(_: Estate, record: Answer) -> Service:
    return _whole(record["MountTargetId"], (record["NetworkInterfaceId"],))


def _whole(number: str, interfaces: tuple[str, ...], *names: str) -> Service:
    return Service(number, interfaces, dict.fromkeys(names, interfaces))


def _written(estate: Estate, words: str) -> tuple[str, ...]:
    """Return the interfaces that a service of AWS's has written these words on."""
    return tuple(
        one["NetworkInterfaceId"]
        for one in estate["NetworkInterfaces"]
        if one.get("Description") == words and one.get("RequesterManaged")
    )


def _stream(estate: Estate, record: Answer) -> Service:
    """Return a streaming cluster: each broker has names of its own, the whole has none."""
    arn = record["ClusterArn"]
    names = {
        name: (node["BrokerNodeInfo"]["AttachedENIId"],)
        for node in estate["NodeInfoList"]
        for name in node["BrokerNodeInfo"]["Endpoints"]
    }
    return Service(arn, _written(estate, f"{BROKER}{arn}"), names)


def _function(estate: Estate, record: Answer) -> Service:
    """Return a function with the interfaces that those of a subnet and of the same groups share."""
    config = record["VpcConfig"]
    mine = (
        one["NetworkInterfaceId"]
        for one in estate["NetworkInterfaces"]
        if one["InterfaceType"] == "lambda" and one["SubnetId"] in config["SubnetIds"]
        if {group["GroupId"] for group in one["Groups"]} == set(config["SecurityGroupIds"])
    )
    return _whole(record["FunctionArn"], tuple(mine))


def _task(estate: Estate, record: Answer) -> Service:
    return _whole(record["taskArn"], _of_task(estate, record))


def _of_task(estate: Estate, record: Answer) -> tuple[str, ...]:
    """Return the interface of a task, or the first one of the host that it runs on."""
    details = [part for one in record.get("attachments", ()) for part in one["details"]]
    own = [part["value"] for part in details if part["name"] == "networkInterfaceId"]
    if own:
        return tuple(own)
    hosts = {
        one["containerInstanceArn"]: one["ec2InstanceId"] for one in estate["containerInstances"]
    }
    return tuple(
        one["NetworkInterfaceId"]
        for one in estate["NetworkInterfaces"]
        if one.get("Attachment", {}).get("InstanceId") == hosts[record["containerInstanceArn"]]
        if one["Attachment"]["DeviceIndex"] == 0
    )


def _control_plane(estate: Estate, told: Answer) -> Service:
    """Return a control plane: with private access alone its name is private wherever one asks.

    With both kinds of access its own VPC finds it inside, by a private zone, all others outside.
    """
    record = told["cluster"]
    config = record["resourcesVpcConfig"]
    private, public = config.get("endpointPrivateAccess"), config.get("endpointPublicAccess")
    inside = "?" if private is None or public is None else ""
    if private and public is not None:
        inside = "vpc" if public else "all"
    mine = _written(estate, f"Amazon EKS {record['name']}")
    name = record["endpoint"].removeprefix("https://")
    return Service(record["arn"], mine, {name: mine}, inside, config["vpcId"])


READERS: Final[Mapping[str, Callable[[Estate, Answer], Service]]] = {
    "DBProxies": _proxy,
    "CacheClusters": _cache,
    "Clusters": _warehouse,
    "DomainStatusList": _search,
    "ClusterInfoList": _stream,
    "MountTargets": _mount,
    "Functions": _function,
    "tasks": _task,
    "KubernetesClusters": _control_plane,
}
