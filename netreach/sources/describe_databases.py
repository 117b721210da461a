"""Databases and caches -> records; a function for each kind."""

from __future__ import annotations

from collections.abc import Iterable

from netreach.model.services import ManagedService
from netreach.sources import managed_shapes as shapes
from netreach.sources.describe_endpoints import of_arn, texts
from netreach.sources.describe_records import Common
from netreach.sources.service_places import Places, group_ids, is_settled, subnet_ids


def db_instance(shape: shapes.DbInstance, common: Common, places: Places) -> ManagedService:
    """Read a database instance; of one with a standby, the zone is that of the primary."""
    group = shape.db_subnet_group or shapes.SubnetGroup()
    endpoint = shape.endpoint or shapes.Endpoint()
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="db-instance",
        service_name=shape.name or "",
        vpc=group.vpc_id or places.named(group.name).vpc_id or "",
        dns_names=texts([endpoint.address]),
        subnets=subnet_ids(group) or subnet_ids(places.named(group.name)),
        groups=group_ids(shape.vpc_security_groups),
        has_settled_groups=is_settled(shape.vpc_security_groups),
        zone=shape.availability_zone or "",
        port=endpoint.port,
        arn=shape.arn or "",
    )


def db_cluster(shape: shapes.DbCluster, common: Common, places: Places) -> ManagedService:
    """Read a database cluster, which names its subnet group only, and its instances."""
    group = places.named(shape.db_subnet_group)
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        # of the first version of Aurora Serverless nothing is known but its names
        kind="serverless-db-cluster" if shape.engine_mode == "serverless" else "db-cluster",
        service_name=shape.name or "",
        vpc=group.vpc_id or "",
        dns_names=texts([shape.endpoint, shape.reader_endpoint]),
        subnets=subnet_ids(group),
        groups=group_ids(shape.vpc_security_groups),
        has_settled_groups=is_settled(shape.vpc_security_groups),
        members=texts(member.name for member in shape.members or ()),
        meanings=_roles(shape),
        port=shape.port,
        arn=shape.arn or "",
    )


def _roles(shape: shapes.DbCluster) -> dict[str, tuple[str, ...]]:
    """Return what the endpoints mean: the writer, and the readers, or the writer if none is."""
    members = shape.members or []
    writers = texts(one.name for one in members if one.is_cluster_writer)
    readers = texts(one.name for one in members if one.is_cluster_writer is False)
    found = {shape.endpoint: writers, shape.reader_endpoint: readers or writers}
    return {name.lower(): whose for name, whose in found.items() if name and whose}


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
        subnets=subnet_ids(group),
        groups=group_ids(shape.security_groups),
        has_settled_groups=is_settled(shape.security_groups),
        port=_port(ends),
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
        subnets=subnet_ids(home),
        groups=group_ids(member.security_groups),
        members=texts(shape.member_clusters),
        meanings=dict(_shards(shape)),
        dns_names=texts(end.address for end in ends if end),
        port=_port(ends),
        arn=shape.arn or "",
    )


def serverless_cache(shape: shapes.ServerlessCache, common: Common, _: Places) -> ManagedService:
    """Read a serverless cache, which is reached by a VPC endpoint in its subnets."""
    ends = [shape.endpoint, shape.reader_endpoint]
    return ManagedService(
        **of_arn(common, shape.arn)._asdict(),
        kind="serverless-cache",
        service_name=shape.name or "",
        dns_names=texts(end.address for end in ends if end),
        subnets=texts(shape.subnet_ids),
        groups=texts(shape.security_group_ids),
        port=_port(ends),
        arn=shape.arn or "",
    )


def _port(ends: Iterable[shapes.Endpoint | None]) -> int | None:
    return next((end.port for end in ends if end and end.port is not None), None)


def _shards(shape: shapes.ReplicationGroup) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield what the endpoints of each shard mean, as far as the roles of its caches are told."""
    for group in shape.node_groups or ():
        caches = group.node_group_members or []
        primary = texts(one.cache_cluster_id for one in caches if one.current_role == "primary")
        others = texts(one.cache_cluster_id for one in caches if one.current_role == "replica")
        whole = texts(one.cache_cluster_id for one in caches)
        for end, whose in (
            (group.primary_endpoint, primary or whole),
            (group.reader_endpoint, others or whole),
            *((one.read_endpoint, texts([one.cache_cluster_id])) for one in caches),
        ):
            if end and end.address and whose:
                yield end.address.lower(), whose
