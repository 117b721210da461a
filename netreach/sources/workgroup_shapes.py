"""Shapes of serverless warehouses (Redshift Serverless), which writes its fields in its own way."""

from __future__ import annotations

from typing import ClassVar

from netreach.sources.managed_shapes import Managed
from netreach.sources.service_shapes import Port
from netreach.sources.shapes import Shape


class WorkgroupInterface(Shape, rename="camel"):
    """An interface of a workgroup's endpoint."""

    network_interface_id: str | None = None
    private_ip_address: str | None = None


class WorkgroupDoor(Shape, rename="camel"):
    """Interfaces of a workgroup in one VPC."""

    vpc_id: str | None = None
    network_interfaces: list[WorkgroupInterface] | None = None


class WorkgroupEndpoint(Shape, rename="camel"):
    """Name, port and interfaces of a workgroup."""

    address: str | None = None
    port: Port | None = None
    vpc_endpoints: list[WorkgroupDoor] | None = None


class Workgroup(Managed, rename="camel", kw_only=True):
    """An item of workgroups."""

    key: ClassVar[str] = "workgroup_arn"
    other_key: ClassVar[str] = "workgroup_name"

    workgroup_arn: str | None = None
    workgroup_name: str | None = None
    endpoint: WorkgroupEndpoint | None = None
    security_group_ids: list[str] | None = None
    subnet_ids: list[str] | None = None
