"""Managed services -> records; a function for each kind of service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from netreach.model.services import ManagedService
from netreach.sources import describe_containers as containers
from netreach.sources import describe_databases as databases
from netreach.sources import managed_shapes as shapes
from netreach.sources import workgroup_shapes as workgroups
from netreach.sources.answers import KUBERNETES
from netreach.sources.describe_endpoints import of_arn, texts
from netreach.sources.describe_records import Common
from netreach.sources.service_places import Places, addresses, group_ids, is_settled, subnet_ids

_HTTPS: Final = 443
_NFS: Final = 2049


def redshift_cluster(
    shape: shapes.RedshiftCluster, common: Common, places: Places
) -> ManagedService:
    """Read a warehouse, with the interfaces of its endpoints in its own VPC."""
    endpoint = shape.endpoint or shapes.WarehouseName()
    ties = [
        tie
        for each in endpoint.vpc_endpoints or ()
        if each.vpc_id in (None, shape.vpc_id)
        for tie in each.network_interfaces or ()
    ]
    nodes = [node.private_ip_address for node in shape.cluster_nodes or ()]
    return ManagedService(
        **of_arn(common, shape.cluster_namespace_arn)._asdict(),
        kind="redshift-cluster",
        service_name=shape.cluster_identifier,
        vpc=shape.vpc_id or "",
        dns_names=texts([endpoint.address]),
        addresses=(
            *addresses(nodes, "ClusterNodes.PrivateIPAddress"),
            *addresses(
                (tie.private_ip_address for tie in ties if tie.private_ip_address not in nodes),
                "Endpoint.VpcEndpoints.NetworkInterfaces.PrivateIpAddress",
            ),
        ),
        interfaces=texts(tie.network_interface_id for tie in ties),
        subnets=subnet_ids(places.named(shape.cluster_subnet_group_name)),
        groups=group_ids(shape.vpc_security_groups),
        has_settled_groups=is_settled(shape.vpc_security_groups),
        zone=shape.availability_zone or "",
        port=endpoint.port,
    )


def workgroup(shape: workgroups.Workgroup, common: Common, _: Places) -> ManagedService:
    """Read a serverless warehouse, with the interfaces of its endpoint."""
    endpoint = shape.endpoint or workgroups.WorkgroupEndpoint()
    doors = endpoint.vpc_endpoints or []
    ties = [tie for door in doors for tie in door.network_interfaces or ()]
    homes = texts(door.vpc_id for door in doors)
    return ManagedService(
        **of_arn(common, shape.workgroup_arn)._asdict(),
        kind="redshift-workgroup",
        service_name=shape.workgroup_name or "",
        vpc=homes[0] if len(homes) == 1 else "",
        dns_names=texts([endpoint.address]),
        addresses=addresses(
            (tie.private_ip_address for tie in ties if not tie.network_interface_id),
            "endpoint.vpcEndpoints.networkInterfaces.privateIpAddress",
        ),
        interfaces=texts(tie.network_interface_id for tie in ties),
        subnets=texts(shape.subnet_ids),
        groups=texts(shape.security_group_ids),
        port=endpoint.port,
        arn=shape.workgroup_arn or "",
    )


def domain(shape: shapes.Domain, common: Common, _: Places) -> ManagedService:
    """Read a search domain."""
    options = shape.vpc_options or shapes.DomainVpc()
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="opensearch-domain",
        service_name=shape.name or "",
        vpc=options.vpc_id or "",
        dns_names=texts([shape.endpoint, *(shape.endpoints or {}).values()]),
        subnets=texts(options.subnet_ids),
        groups=texts(options.security_group_ids),
        port=_HTTPS,
        arn=shape.arn or "",
    )


def stream(shape: shapes.Stream, common: Common, places: Places) -> ManagedService:
    """Read a streaming cluster, of either version of the call, with its brokers if they are told.

    A broker's name means that broker; no name of the whole cluster is in these calls.
    """
    nodes = shape.broker_node_group_info
    if shape.provisioned:
        nodes = nodes or shape.provisioned.broker_node_group_info
    nodes = nodes or shapes.BrokerNodes()
    brokers = list(places.brokers(shape.arn))
    others = (shape.serverless and shape.serverless.vpc_configs) or []
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="msk-serverless-cluster" if shape.serverless else "msk-cluster",
        service_name=shape.name or "",
        dns_names=texts(name for one in brokers for name in one.endpoints or ()),
        meanings={
            name.lower(): (one.interface,)
            for one in brokers
            for name in one.endpoints or ()
            if one.interface
        },
        addresses=addresses(
            (one.client_vpc_ip_address for one in brokers if not one.interface),
            "NodeInfoList.BrokerNodeInfo.ClientVpcIpAddress",
        ),
        interfaces=texts(one.interface for one in brokers),
        subnets=texts(
            [*(nodes.client_subnets or ()), *(n for each in others for n in each.subnet_ids or ())]
        ),
        groups=texts(
            [
                *(nodes.security_groups or ()),
                *(n for each in others for n in each.security_group_ids or ()),
            ]
        ),
        arn=shape.arn or "",
    )


def mount_target(shape: shapes.MountTarget, common: Common, _: Places) -> ManagedService:
    """Read a mount target of a file system."""
    return ManagedService(
        **common._asdict(),
        kind="mount-target",
        service_name=shape.file_system_id or "",
        vpc=shape.vpc_id or "",
        addresses=(
            *addresses([shape.ip_address], "IpAddress"),
            *addresses([shape.ipv6_address], "Ipv6Address"),
        ),
        interfaces=texts([shape.network_interface_id]),
        subnets=texts([shape.subnet_id]),
        port=_NFS,
    )


def function(shape: shapes.Function, common: Common, _: Places) -> ManagedService:
    """Read a function that has interfaces in a VPC; it begins connections, and takes none there."""
    config = shape.vpc_config or shapes.FunctionVpc()
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="lambda-function",
        service_name=shape.name or "",
        vpc=config.vpc_id or "",
        subnets=texts(config.subnet_ids),
        groups=texts(config.security_group_ids),
        arn=shape.arn or "",
    )


#: Key of a call -> how one of its items becomes a record.
READERS: Final[Mapping[str, Callable[[Any, Common, Places], ManagedService]]] = {
    "DBInstances": databases.db_instance,
    "DBClusters": databases.db_cluster,
    "DBProxies": databases.db_proxy,
    "CacheClusters": databases.cache_cluster,
    "ReplicationGroups": databases.replication_group,
    "ServerlessCaches": databases.serverless_cache,
    "workgroups": workgroup,
    "Clusters": redshift_cluster,
    "DomainStatusList": domain,
    "ClusterInfoList": stream,
    "MountTargets": mount_target,
    "Functions": function,
    "tasks": containers.task,
    KUBERNETES: containers.kubernetes_cluster,
}
