"""Shapes of managed services: databases, caches, clusters, functions, file systems."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from netreach.sources.service_shapes import Named, Port
from netreach.sources.shapes import Resource, Shape, Tag


class Managed(Named):
    """A managed service; one that lives in no VPC is nobody's business."""

    @property
    def is_ours(self) -> bool:
        """Tell whether it may have an address in a VPC."""
        return True


class GroupMember(Shape):
    """A security group of a database, or of a cache."""

    vpc_security_group_id: str | None = None
    security_group_id: str | None = None
    status: str | None = None


class Endpoint(Shape):
    """A name and a port."""

    address: str | None = None
    port: Port | None = None


class SubnetId(Shape):
    """A subnet of a subnet group."""

    subnet_identifier: str | None = None


class SubnetGroup(Shape):
    """Where the databases, caches or warehouses of a group stand."""

    key: ClassVar[str] = "vpc_id"

    db_subnet_group_name: str | None = msgspec.field(default=None, name="DBSubnetGroupName")
    cache_subnet_group_name: str | None = None
    cluster_subnet_group_name: str | None = None
    vpc_id: str | None = None
    subnets: list[SubnetId] | None = None

    @property
    def name(self) -> str:
        """What other calls call it."""
        names = (self.db_subnet_group_name, self.cache_subnet_group_name)
        return next(filter(None, names), self.cluster_subnet_group_name or "")


class DbInstance(Managed, kw_only=True):
    """An item of DBInstances."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="DBInstanceArn")
    name: str | None = msgspec.field(default=None, name="DBInstanceIdentifier")
    endpoint: Endpoint | None = None
    availability_zone: str | None = None
    vpc_security_groups: list[GroupMember] | None = None
    db_subnet_group: SubnetGroup | None = msgspec.field(default=None, name="DBSubnetGroup")
    tags: list[Tag] | None = msgspec.field(default=None, name="TagList")


class ClusterMember(Shape):
    """One instance of a database cluster."""

    name: str | None = msgspec.field(default=None, name="DBInstanceIdentifier")
    is_cluster_writer: bool | None = None


class DbCluster(Managed, kw_only=True):
    """An item of DBClusters, of RDS, Neptune or DocumentDB."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="DBClusterArn")
    name: str | None = msgspec.field(default=None, name="DBClusterIdentifier")
    endpoint: str | None = None
    reader_endpoint: str | None = None
    members: list[ClusterMember] | None = msgspec.field(default=None, name="DBClusterMembers")
    #: provisioned, or serverless for Aurora Serverless of the first version.
    engine_mode: str | None = None
    port: Port | None = None
    vpc_security_groups: list[GroupMember] | None = None
    #: Only its name.
    db_subnet_group: str | None = msgspec.field(default=None, name="DBSubnetGroup")
    tags: list[Tag] | None = msgspec.field(default=None, name="TagList")


class DbProxy(Managed, kw_only=True):
    """An item of DBProxies."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="DBProxyArn")
    name: str | None = msgspec.field(default=None, name="DBProxyName")
    vpc_id: str | None = None
    endpoint: str | None = None
    vpc_security_group_ids: list[str] | None = None
    vpc_subnet_ids: list[str] | None = None


class CacheNode(Shape):
    """One node of a cache."""

    endpoint: Endpoint | None = None


class CacheCluster(Managed, kw_only=True):
    """An item of CacheClusters."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="ARN")
    name: str | None = msgspec.field(default=None, name="CacheClusterId")
    configuration_endpoint: Endpoint | None = None
    cache_nodes: list[CacheNode] | None = None
    cache_subnet_group_name: str | None = None
    security_groups: list[GroupMember] | None = None


class NodeMember(Shape):
    """One member of a node group."""

    cache_cluster_id: str | None = None
    #: primary or replica; told of groups with one shard only.
    current_role: str | None = None
    read_endpoint: Endpoint | None = None


class NodeGroup(Shape):
    """One shard of a replication group."""

    primary_endpoint: Endpoint | None = None
    reader_endpoint: Endpoint | None = None
    node_group_members: list[NodeMember] | None = None


class ReplicationGroup(Managed, kw_only=True):
    """An item of ReplicationGroups."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="ARN")
    name: str | None = msgspec.field(default=None, name="ReplicationGroupId")
    configuration_endpoint: Endpoint | None = None
    node_groups: list[NodeGroup] | None = None
    member_clusters: list[str] | None = None


class ServerlessCache(Managed, kw_only=True):
    """An item of ServerlessCaches; one with public endpoints alone is in no VPC."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="ARN")
    name: str | None = msgspec.field(default=None, name="ServerlessCacheName")
    endpoint: Endpoint | None = None
    reader_endpoint: Endpoint | None = None
    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None
    connection_type: str | None = None

    @property
    def is_ours(self) -> bool:
        """Tell whether it is in a VPC."""
        return self.connection_type != "public"


class WarehouseInterface(Shape):
    """An interface of a warehouse."""

    network_interface_id: str | None = None
    private_ip_address: str | None = None
    subnet_id: str | None = None


class WarehouseEndpoint(Shape):
    """Interfaces of a warehouse in one VPC."""

    vpc_id: str | None = None
    network_interfaces: list[WarehouseInterface] | None = None


class WarehouseName(Endpoint):
    """Name, port and interfaces of a warehouse."""

    vpc_endpoints: list[WarehouseEndpoint] | None = None


class WarehouseNode(Shape):
    """One node of a warehouse."""

    private_ip_address: str | None = msgspec.field(default=None, name="PrivateIPAddress")


class RedshiftCluster(Managed, kw_only=True):
    """An item of Clusters as Redshift writes it; other services have the same key and no VPC."""

    key: ClassVar[str] = "cluster_identifier"

    cluster_identifier: str
    cluster_namespace_arn: str | None = None
    vpc_id: str | None = None
    availability_zone: str | None = None
    endpoint: WarehouseName | None = None
    cluster_nodes: list[WarehouseNode] | None = None
    cluster_subnet_group_name: str | None = None
    vpc_security_groups: list[GroupMember] | None = None

    @property
    def id(self) -> str:
        """Its name; Redshift gives it no ARN of its own."""
        return self.cluster_identifier

    @property
    def is_ours(self) -> bool:
        """Tell whether it is in a VPC."""
        return bool(self.vpc_id)


class DomainVpc(Shape):
    """Where a search domain stands."""

    vpc_id: str | None = msgspec.field(default=None, name="VPCId")
    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None


class Domain(Managed, kw_only=True):
    """An item of DomainStatusList."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="ARN")
    name: str | None = msgspec.field(default=None, name="DomainName")
    endpoint: str | None = None
    endpoints: dict[str, str] | None = None
    vpc_options: DomainVpc | None = msgspec.field(default=None, name="VPCOptions")

    @property
    def is_ours(self) -> bool:
        """Tell whether it is in a VPC."""
        return bool(self.vpc_options and self.vpc_options.vpc_id)


class DomainAnswer(Shape):
    """The answer of describe-domain."""

    domain_status: Domain


class BrokerNodes(Shape):
    """Where the brokers of a streaming cluster stand."""

    client_subnets: list[str] | None = None
    security_groups: list[str] | None = None


class ProvisionedStream(Shape):
    """A streaming cluster with brokers, as the second version of the call writes it."""

    broker_node_group_info: BrokerNodes | None = None


class StreamVpc(Shape):
    """Where a serverless streaming cluster stands."""

    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None


class ServerlessStream(Shape):
    """A serverless streaming cluster."""

    vpc_configs: list[StreamVpc] | None = None


class Broker(Shape):
    """What a broker is reached by."""

    interface: str | None = msgspec.field(default=None, name="AttachedENIId")
    client_vpc_ip_address: str | None = None
    endpoints: list[str] | None = None


class StreamNode(Resource, kw_only=True):
    """An item of NodeInfoList (MSK)."""

    key: ClassVar[str] = "arn"

    arn: str = msgspec.field(name="NodeARN")
    broker: Broker | None = msgspec.field(default=None, name="BrokerNodeInfo")

    @property
    def id(self) -> str:
        """Its ARN."""
        return self.arn


class Stream(Managed, kw_only=True):
    """An item of ClusterInfoList (MSK)."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="ClusterArn")
    name: str | None = msgspec.field(default=None, name="ClusterName")
    broker_node_group_info: BrokerNodes | None = None
    provisioned: ProvisionedStream | None = None
    serverless: ServerlessStream | None = None


class MountTarget(Managed, kw_only=True):
    """An item of MountTargets (EFS)."""

    key: ClassVar[str] = "mount_target_id"

    mount_target_id: str
    file_system_id: str | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    ip_address: str | None = None
    ipv6_address: str | None = None
    network_interface_id: str | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return self.mount_target_id


class FunctionVpc(Shape):
    """Where a function's interfaces stand."""

    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None


class Function(Managed, kw_only=True):
    """An item of Functions (Lambda)."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="FunctionArn")
    name: str | None = msgspec.field(default=None, name="FunctionName")
    vpc_config: FunctionVpc | None = None

    @property
    def is_ours(self) -> bool:
        """Tell whether it is in a VPC."""
        return bool(self.vpc_config and self.vpc_config.vpc_id)
