"""Shapes of containers: tasks and their hosts (ECS), clusters (EKS)."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from netreach.sources.managed_shapes import Managed
from netreach.sources.service_shapes import Port
from netreach.sources.shapes import Resource, Shape


class Detail(Shape, rename="camel"):
    """One fact about an attachment."""

    name: str | None = None
    value: str | None = None


class TaskAttachment(Shape, rename="camel"):
    """What is attached to a task."""

    id: str | None = None
    type: str | None = None
    details: list[Detail] | None = None

    def detail(self, name: str) -> str:
        """Return a fact about it, or nothing."""
        return next((part.value or "" for part in self.details or () if part.name == name), "")


class LowerTag(Shape, rename="camel"):
    """One tag as the container services write it."""

    key: str
    value: str | None = None


class NetworkBinding(Shape, rename="camel"):
    """A port of the host that leads into a container."""

    host_port: Port | None = None


class Container(Shape, rename="camel"):
    """One container of a task."""

    network_bindings: list[NetworkBinding] | None = None


class ContainerInstance(Resource, kw_only=True):
    """An item of containerInstances (ECS): a host of tasks."""

    key: ClassVar[str] = "arn"

    arn: str = msgspec.field(name="containerInstanceArn")
    instance: str | None = msgspec.field(default=None, name="ec2InstanceId")

    @property
    def id(self) -> str:
        """Its ARN."""
        return self.arn


class Task(Managed, kw_only=True):
    """An item of tasks (ECS)."""

    key: ClassVar[str] = "arn"

    arn: str = msgspec.field(name="taskArn")
    group: str | None = msgspec.field(default=None, name="group")
    last_status: str | None = msgspec.field(default=None, name="lastStatus")
    attachments: list[TaskAttachment] | None = msgspec.field(default=None, name="attachments")
    host: str | None = msgspec.field(default=None, name="containerInstanceArn")
    containers: list[Container] | None = msgspec.field(default=None, name="containers")
    lower_tags: list[LowerTag] | None = msgspec.field(default=None, name="tags")

    @property
    def id(self) -> str:
        """Its ARN."""
        return self.arn

    @property
    def is_ours(self) -> bool:
        """Tell whether it runs, by an interface of its own or by its host's."""
        is_running = self.last_status not in ("STOPPED", "DEPROVISIONING")
        return is_running and bool(self.attachments or self.host)


class ClusterVpc(Shape, rename="camel"):
    """Where the control plane of a Kubernetes cluster stands."""

    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None
    cluster_security_group_id: str | None = None
    endpoint_private_access: bool | None = None
    endpoint_public_access: bool | None = None


class KubernetesCluster(Managed, kw_only=True):
    """The answer of describe-cluster (EKS)."""

    key: ClassVar[str] = "arn"
    other_key: ClassVar[str] = "name"

    arn: str | None = msgspec.field(default=None, name="arn")
    name: str | None = msgspec.field(default=None, name="name")
    endpoint: str | None = msgspec.field(default=None, name="endpoint")
    vpc_config: ClusterVpc | None = msgspec.field(default=None, name="resourcesVpcConfig")
    lower_tags: dict[str, str] | None = msgspec.field(default=None, name="tags")


class KubernetesAnswer(Shape, rename="camel"):
    """The answer of describe-cluster."""

    cluster: KubernetesCluster
