"""Managed services and hosted zones -> records; a function for each kind of service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from netreach.model.services import DnsRecord, HostedZone, ManagedService
from netreach.packets.prefixes import Address
from netreach.sources import managed_shapes as shapes
from netreach.sources import service_shapes
from netreach.sources.answers import KUBERNETES
from netreach.sources.describe_endpoints import of_arn, texts
from netreach.sources.describe_records import Common
from netreach.sources.values import address

_HTTPS: Final = 443
_NFS: Final = 2049
#: How Route 53 writes characters that are none of a name's: \052 is the star.
_ESCAPE: Final = re.compile(r"\\([0-7]{3})")
_RECORD_KINDS: Final = frozenset({"A", "AAAA", "CNAME"})

SubnetGroups = Mapping[str, list[shapes.SubnetGroup]]


class Places:
    """Where the databases and caches of a subnet group stand."""

    def __init__(self, groups: SubnetGroups, caches: Iterable[shapes.CacheCluster] = ()) -> None:
        """Keep the groups of each name, and the caches that make up replication groups."""
        self._groups = groups
        self._caches = {cache.name: cache for cache in caches}

    def member(self, names: Iterable[str] | None) -> shapes.CacheCluster:
        """Return the first cache that is known of a replication group, or an empty one."""
        known = (self._caches.get(name) for name in names or ())
        return next(filter(None, known), shapes.CacheCluster())

    def named(self, name: str | None) -> shapes.SubnetGroup:
        """Return the group, or an empty one if nobody knows, or several bear the name."""
        groups = self._groups.get(name or "", [])
        is_clear = all(group == groups[0] for group in groups)
        return groups[0] if groups and is_clear else shapes.SubnetGroup()


def _members(groups: list[shapes.GroupMember] | None) -> tuple[str, ...]:
    ids = (group.vpc_security_group_id or group.security_group_id for group in groups or ())
    return texts(ids)


def _subnets(group: shapes.SubnetGroup) -> tuple[str, ...]:
    return texts(subnet.subnet_identifier for subnet in group.subnets or ())


def db_instance(shape: shapes.DbInstance, common: Common, places: Places) -> ManagedService:
    """Read a database instance."""
    group = shape.db_subnet_group or shapes.SubnetGroup()
    endpoint = shape.endpoint or shapes.Endpoint()
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="db-instance",
        service_name=shape.name or "",
        vpc=group.vpc_id or places.named(group.name).vpc_id or "",
        dns_names=texts([endpoint.address]),
        subnets=_subnets(group),
        groups=_members(shape.vpc_security_groups),
        port=endpoint.port,
        arn=shape.arn or "",
    )


def db_cluster(shape: shapes.DbCluster, common: Common, places: Places) -> ManagedService:
    """Read a database cluster, which names its subnet group only."""
    group = places.named(shape.db_subnet_group)
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="db-cluster",
        service_name=shape.name or "",
        vpc=group.vpc_id or "",
        dns_names=texts([shape.endpoint, shape.reader_endpoint]),
        subnets=_subnets(group),
        groups=_members(shape.vpc_security_groups),
        port=shape.port,
        arn=shape.arn or "",
    )


def db_proxy(shape: shapes.DbProxy, common: Common, _: Places) -> ManagedService:
    """Read a proxy of databases."""
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="db-proxy",
        service_name=shape.name or "",
        vpc=shape.vpc_id or "",
        dns_names=texts([shape.endpoint]),
        subnets=texts(shape.vpc_subnet_ids),
        groups=texts(shape.vpc_security_group_ids),
        arn=shape.arn or "",
    )


def cache_cluster(shape: shapes.CacheCluster, common: Common, places: Places) -> ManagedService:
    """Read a cache."""
    group = places.named(shape.cache_subnet_group_name)
    ends = [shape.configuration_endpoint, *(node.endpoint for node in shape.cache_nodes or ())]
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="cache-cluster",
        service_name=shape.name or "",
        vpc=group.vpc_id or "",
        dns_names=texts(end.address for end in ends if end),
        subnets=_subnets(group),
        groups=_members(shape.security_groups),
        port=next((end.port for end in ends if end and end.port is not None), None),
        arn=shape.arn or "",
    )


def replication_group(
    shape: shapes.ReplicationGroup, common: Common, places: Places
) -> ManagedService:
    """Read a group of caches that replicate each other; its members say where they stand."""
    member = places.member(shape.member_clusters)
    home = places.named(member.cache_subnet_group_name)
    ends = [shape.configuration_endpoint]
    for group in shape.node_groups or ():
        ends += [group.primary_endpoint, group.reader_endpoint]
        ends += [member.read_endpoint for member in group.node_group_members or ()]
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="replication-group",
        service_name=shape.name or "",
        vpc=home.vpc_id or "",
        subnets=_subnets(home),
        groups=_members(member.security_groups),
        dns_names=texts(end.address for end in ends if end),
        port=next((end.port for end in ends if end and end.port is not None), None),
        arn=shape.arn or "",
    )


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
            *_addresses(nodes, "ClusterNodes.PrivateIPAddress"),
            *_addresses(
                (tie.private_ip_address for tie in ties if tie.private_ip_address not in nodes),
                "Endpoint.VpcEndpoints.NetworkInterfaces.PrivateIpAddress",
            ),
        ),
        interfaces=texts(tie.network_interface_id for tie in ties),
        subnets=_subnets(places.named(shape.cluster_subnet_group_name)),
        groups=_members(shape.vpc_security_groups),
        port=endpoint.port,
    )


def _addresses(values: Iterable[str | None], field: str) -> tuple[Address, ...]:
    return tuple(address(text, field) for text in texts(values))


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


def stream(shape: shapes.Stream, common: Common, _: Places) -> ManagedService:
    """Read a streaming cluster, of either version of the call."""
    nodes = shape.broker_node_group_info
    if shape.provisioned:
        nodes = nodes or shape.provisioned.broker_node_group_info
    nodes = nodes or shapes.BrokerNodes()
    others = (shape.serverless and shape.serverless.vpc_configs) or []
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="msk-cluster",
        service_name=shape.name or "",
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
            *_addresses([shape.ip_address], "IpAddress"),
            *_addresses([shape.ipv6_address], "Ipv6Address"),
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


def task(shape: shapes.Task, common: Common, _: Places) -> ManagedService:
    """Read a container task with an interface of its own."""
    ties = [each for each in shape.attachments or () if each.type == "ElasticNetworkInterface"]
    tags = {tag.key: tag.value or "" for tag in shape.lower_tags or ()}
    four = _addresses((tie.detail("privateIPv4Address") for tie in ties), "attachments")
    six = _addresses((tie.detail("privateIPv6Address") for tie in ties), "attachments")
    return ManagedService(
        **of_arn(common, shape.arn)._replace(tags=tags)._asdict(),
        kind="ecs-task",
        # service:NAME or family:NAME
        service_name=(shape.group or "").rpartition(":")[2],
        addresses=(*four, *six),
        interfaces=texts(tie.detail("networkInterfaceId") for tie in ties),
        subnets=texts(tie.detail("subnetId") for tie in ties),
        arn=shape.arn,
    )


def kubernetes_cluster(
    shape: shapes.KubernetesCluster, common: Common, _: Places
) -> ManagedService:
    """Read the control plane of a Kubernetes cluster."""
    config = shape.vpc_config or shapes.ClusterVpc()
    groups = [*(config.security_group_ids or ()), config.cluster_security_group_id]
    return ManagedService(
        **of_arn(common, shape.arn)._replace(tags=dict(shape.lower_tags or {}))._asdict(),
        kind="eks-cluster",
        service_name=shape.name or "",
        vpc=config.vpc_id or "",
        dns_names=texts([(shape.endpoint or "").removeprefix("https://").lower()]),
        subnets=texts(config.subnet_ids),
        groups=texts(groups),
        port=_HTTPS,
        arn=shape.arn or "",
    )


#: Key of a call -> how one of its items becomes a record.
READERS: Final[Mapping[str, Callable[[Any, Common, Places], ManagedService]]] = {
    "DBInstances": db_instance,
    "DBClusters": db_cluster,
    "DBProxies": db_proxy,
    "CacheClusters": cache_cluster,
    "ReplicationGroups": replication_group,
    "Clusters": redshift_cluster,
    "DomainStatusList": domain,
    "ClusterInfoList": stream,
    "MountTargets": mount_target,
    "Functions": function,
    "tasks": task,
    KUBERNETES: kubernetes_cluster,
}


def hosted_zone(shape: service_shapes.HostedZone, common: Common) -> HostedZone:
    """Read a zone of Route 53, with its records if a call told them."""
    vpcs = texts(vpc.vpc_id for vpc in shape.vpcs or ())
    config = shape.config or service_shapes.ZoneConfig()
    return HostedZone(
        **common._asdict(),
        zone_name=_domain_name(shape.name or ""),
        is_private=bool(config.private_zone or vpcs),
        vpcs=vpcs,
        records=None if shape.records is None else _dns_records(shape.records),
    )


def _dns_records(records: list[service_shapes.RecordSet]) -> tuple[DnsRecord, ...]:
    return tuple(filter(None, map(_dns_record, records)))


def _dns_record(shape: service_shapes.RecordSet) -> DnsRecord | None:
    """Read the records that lead to addresses; the others are of no matter here."""
    if shape.type not in _RECORD_KINDS:
        return None
    if shape.alias_target:
        name = _domain_name(shape.alias_target.dns_name or "")
        return DnsRecord(name=_domain_name(shape.name), kind="ALIAS", values=texts([name]))
    values = texts(each.value for each in shape.resource_records or ())
    return DnsRecord(name=_domain_name(shape.name), kind=shape.type, values=values)


def _domain_name(text: str) -> str:
    r"""Return a name without escapes and without the dot at its end.

    >>> _domain_name("\\052.example.com.")
    '*.example.com'
    """
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 8)), text).rstrip(".").lower()
