"""Containers -> records: tasks (ECS) and clusters (EKS)."""

from __future__ import annotations

from typing import Final

from netreach.model.services import ManagedService
from netreach.sources import container_shapes as shapes
from netreach.sources.describe_endpoints import of_arn, texts
from netreach.sources.describe_records import Common
from netreach.sources.service_places import Places, addresses

_HTTPS: Final = 443


def task(shape: shapes.Task, common: Common, places: Places) -> ManagedService:
    """Read a container task: at an interface of its own, or on ports of its host."""
    ties = [each for each in shape.attachments or () if each.type == "ElasticNetworkInterface"]
    tags = {tag.key: tag.value or "" for tag in shape.lower_tags or ()}
    four = addresses((tie.detail("privateIPv4Address") for tie in ties), "attachments")
    six = addresses((tie.detail("privateIPv6Address") for tie in ties), "attachments")
    return ManagedService(
        **of_arn(common, shape.arn)._replace(tags=tags)._asdict(),
        kind="ecs-task",
        # service:NAME or family:NAME
        service_name=(shape.group or "").rpartition(":")[2],
        addresses=(*four, *six),
        interfaces=texts(tie.detail("networkInterfaceId") for tie in ties),
        subnets=texts(tie.detail("subnetId") for tie in ties),
        instance="" if ties else places.instance(shape.host),
        port=None if ties else _only_port(shape),
        arn=shape.arn,
    )


def _only_port(shape: shapes.Task) -> int | None:
    """Return the host's port that leads into a task, if it is one alone."""
    found = {
        binding.host_port
        for container in shape.containers or ()
        for binding in container.network_bindings or ()
        if binding.host_port
    }
    return found.pop() if len(found) == 1 else None


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
        access=_access(config),
        port=_HTTPS,
        arn=shape.arn or "",
    )


def _access(config: shapes.ClusterVpc) -> str:
    """Return who is led to a cluster's own interfaces by its name."""
    inside, outside = config.endpoint_private_access, config.endpoint_public_access
    if inside is None or outside is None:
        return ""
    return ("both" if outside else "private") if inside else "public"
