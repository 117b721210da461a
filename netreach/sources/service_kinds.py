"""What the top-level keys of describe output about services mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from netreach.sources import (
    balancer_shapes,
    container_shapes,
    firewall_shapes,
    managed_shapes,
    service_shapes,
    workgroup_shapes,
)
from netreach.sources.shapes import Shape

#: Top-level key -> the shape of one item of its list.
SERVICE_SHAPES: Final[Mapping[str, type[Shape]]] = {
    "VpcEndpoints": service_shapes.VpcEndpoint,
    "ServiceConfigurations": service_shapes.EndpointService,
    "LoadBalancers": balancer_shapes.LoadBalancer,
    "LoadBalancerDescriptions": balancer_shapes.ClassicLoadBalancer,
    "TargetGroups": balancer_shapes.TargetGroup,
    # these wrap the answers of calls that are made for each balancer or group
    "LoadBalancerListeners": balancer_shapes.BalancerListeners,
    "LoadBalancerAttributes": balancer_shapes.AttributesAnswer,
    "LoadBalancerTargetHealth": balancer_shapes.TargetHealthAnswer,
    "TargetGroupAttributes": balancer_shapes.AttributesAnswer,
    "TargetGroupTargetHealth": balancer_shapes.TargetHealthAnswer,
    "Firewalls": firewall_shapes.Firewall,
    "VpcBlockPublicAccessExclusions": service_shapes.BlockExclusion,
    "HostedZones": service_shapes.HostedZone,
    "HostedZoneSummaries": service_shapes.ZoneSummary,
    "ResolverRules": service_shapes.ResolverRule,
    "ResolverRuleAssociations": service_shapes.ResolverRuleAssociation,
    "ProfileSummaries": service_shapes.DnsProfile,
    "ProfileAssociations": service_shapes.DnsProfileTie,
    "ProfileResourceAssociations": service_shapes.DnsProfileResource,
    "TrafficMirrorSessions": service_shapes.MirrorSession,
    "TrafficMirrorTargets": service_shapes.MirrorTarget,
    "SecurityGroupVpcAssociations": service_shapes.GroupAssociation,
    "DBInstances": managed_shapes.DbInstance,
    "DBClusters": managed_shapes.DbCluster,
    "DBProxies": managed_shapes.DbProxy,
    "DBSubnetGroups": managed_shapes.SubnetGroup,
    "CacheClusters": managed_shapes.CacheCluster,
    "ReplicationGroups": managed_shapes.ReplicationGroup,
    "ServerlessCaches": managed_shapes.ServerlessCache,
    "workgroups": workgroup_shapes.Workgroup,
    "CacheSubnetGroups": managed_shapes.SubnetGroup,
    # Redshift's; those of other services have the same key and no VPC
    "Clusters": managed_shapes.RedshiftCluster,
    "ClusterSubnetGroups": managed_shapes.SubnetGroup,
    "DomainStatusList": managed_shapes.Domain,
    "ClusterInfoList": managed_shapes.Stream,
    "MountTargets": managed_shapes.MountTarget,
    "Functions": managed_shapes.Function,
    "NodeInfoList": managed_shapes.StreamNode,
    "tasks": container_shapes.Task,
    "containerInstances": container_shapes.ContainerInstance,
}

#: Keys that other services use too, or that are no lists elsewhere.
SERVICE_COMMON_WORDS: Final = frozenset(
    {
        "Functions",
        "Clusters",
        "tasks",
        "LoadBalancerAttributes",
        "ClusterSubnetGroups",
        "workgroups",
    }
)

#: Fields that tell what the items of a bare list are.
SERVICE_SIGNATURES: Final = (
    ("MountTargetId FileSystemId", "MountTargets"),
    ("VpcEndpointId ServiceName VpcId", "VpcEndpoints"),
    ("ServiceId ServiceName ServiceState", "ServiceConfigurations"),
    ("LoadBalancerArn LoadBalancerName", "LoadBalancers"),
    ("LoadBalancerName ListenerDescriptions", "LoadBalancerDescriptions"),
    ("TargetGroupArn TargetGroupName", "TargetGroups"),
    ("DBInstanceIdentifier DBInstanceClass", "DBInstances"),
    ("DBClusterIdentifier Engine", "DBClusters"),
    ("TrafficMirrorSessionId", "TrafficMirrorSessions"),
    ("TrafficMirrorTargetId Type", "TrafficMirrorTargets"),
)
