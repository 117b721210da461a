"""Shapes of what answers or passes on: endpoints, balancers, firewalls, zones, mirrors.

As in `shapes`: only what the model needs, and every field but the id may be absent or null.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from netreach.sources.shapes import Resource, Shape

#: A port; what lies outside is refused while decoding, where the file and place are known.
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Named(Resource):
    """A resource whose id, an ARN, old dumps lack: its name stands in."""

    #: Field that holds the name.
    other_key: ClassVar[str] = ""

    @property
    def id(self) -> str:
        """The ARN, else the name."""
        return getattr(self, self.key) or getattr(self, self.other_key) or ""


# -- endpoints


class DnsEntry(Shape):
    """One name of an endpoint."""

    dns_name: str | None = None


class EndpointGroup(Shape):
    """A security group of an endpoint."""

    group_id: str | None = None


class VpcEndpoint(Resource, kw_only=True):
    """An item of VpcEndpoints."""

    key: ClassVar[str] = "vpc_endpoint_id"

    vpc_endpoint_id: str
    vpc_endpoint_type: str | None = None
    vpc_id: str | None = None
    service_name: str | None = None
    resource_configuration_arn: str | None = None
    service_network_arn: str | None = None
    state: str | None = None
    route_table_ids: list[str] | None = None
    subnet_ids: list[str] | None = None
    groups: list[EndpointGroup] | None = None
    network_interface_ids: list[str] | None = None
    private_dns_enabled: bool | None = None
    dns_entries: list[DnsEntry] | None = None
    ip_address_type: str | None = None


class ServiceType(Shape):
    """The type of an endpoint service, which AWS wraps in an object."""

    service_type: str | None = None


class EndpointService(Resource, kw_only=True):
    """An item of ServiceConfigurations."""

    key: ClassVar[str] = "service_id"

    service_id: str
    service_name: str | None = None
    service_type: list[ServiceType] | None = None
    service_state: str | None = None
    availability_zones: list[str] | None = None
    network_load_balancer_arns: list[str] | None = None
    gateway_load_balancer_arns: list[str] | None = None
    supported_ip_address_types: list[str] | None = None
    private_dns_name: str | None = None


# -- VPC Block Public Access, traffic mirrors, groups in other VPCs


class BlockOptions(Resource, kw_only=True):
    """The answer of describe-vpc-block-public-access-options."""

    key: ClassVar[str] = "aws_region"

    aws_account_id: str | None = None
    aws_region: str | None = None
    internet_gateway_block_mode: str | None = None

    @property
    def id(self) -> str:
        """The account and the region that it holds for."""
        return f"block-public-access/{self.aws_account_id or ''}/{self.aws_region or ''}"


class BlockExclusion(Resource, kw_only=True):
    """An item of VpcBlockPublicAccessExclusions."""

    key: ClassVar[str] = "exclusion_id"

    exclusion_id: str
    internet_gateway_exclusion_mode: str | None = None
    resource_arn: str | None = None
    state: str | None = None


class MirrorSession(Resource, kw_only=True):
    """An item of TrafficMirrorSessions."""

    key: ClassVar[str] = "traffic_mirror_session_id"

    traffic_mirror_session_id: str
    traffic_mirror_target_id: str | None = None
    network_interface_id: str | None = None
    virtual_network_id: int | None = None


class MirrorTarget(Resource, kw_only=True):
    """An item of TrafficMirrorTargets."""

    key: ClassVar[str] = "traffic_mirror_target_id"

    traffic_mirror_target_id: str
    network_interface_id: str | None = None
    network_load_balancer_arn: str | None = None
    gateway_load_balancer_endpoint_id: str | None = None


class GroupAssociation(Resource, kw_only=True):
    """An item of SecurityGroupVpcAssociations."""

    key: ClassVar[str] = "group_id"

    group_id: str
    vpc_id: str | None = None
    state: str | None = None


# -- Route 53


class ZoneConfig(Shape):
    """Whether a zone is private."""

    private_zone: bool | None = None


class ZoneVpc(Shape):
    """A VPC that a private zone serves."""

    vpc_id: str | None = msgspec.field(default=None, name="VPCId")


class RecordValue(Shape):
    """One value of a record."""

    value: str | None = None


class AliasTarget(Shape):
    """What an alias record stands for."""

    dns_name: str | None = msgspec.field(default=None, name="DNSName")
    evaluate_target_health: bool | None = None


class RecordSet(Shape):
    """An item of ResourceRecordSets."""

    name: str
    type: str | None = None
    resource_records: list[RecordValue] | None = None
    alias_target: AliasTarget | None = None
    set_identifier: str | None = None
    weight: int | None = None
    region: str | None = None
    failover: str | None = None
    multi_value_answer: bool | None = None
    health_check_id: str | None = None


class HostedZone(Resource, kw_only=True):
    """An item of HostedZones, or the zone of get-hosted-zone."""

    key: ClassVar[str] = "zone_id"

    zone_id: str = msgspec.field(name="Id")
    name: str | None = None
    config: ZoneConfig | None = None
    #: Answers of other calls, put here by the gathering; None: no call told.
    vpcs: list[ZoneVpc] | None = None
    records: list[RecordSet] | None = None

    @property
    def id(self) -> str:
        """The id without the path that stands before it."""
        return self.zone_id.rpartition("/")[2]


class ZoneAnswer(Shape):
    """The answer of get-hosted-zone."""

    hosted_zone: HostedZone
    vpcs: list[ZoneVpc] | None = msgspec.field(default=None, name="VPCs")


class RecordsAnswer(Shape):
    """The answer of list-resource-record-sets."""

    resource_record_sets: list[RecordSet]


class ZoneSummary(Resource, kw_only=True):
    """An item of HostedZoneSummaries: a zone that serves a VPC, of whatever account."""

    key: ClassVar[str] = "hosted_zone_id"

    hosted_zone_id: str
    name: str | None = None


class ResolverTarget(Shape):
    """Who answers what a rule forwards."""

    ip: str | None = None
    ipv6: str | None = None
    port: Port | None = None


class ResolverRule(Resource, kw_only=True):
    """An item of ResolverRules."""

    key: ClassVar[str] = "rule_id"

    rule_id: str = msgspec.field(name="Id")
    arn: str | None = None
    domain_name: str | None = None
    rule_type: str | None = None
    name: str | None = None
    target_ips: list[ResolverTarget] | None = None


class DnsProfile(Resource, kw_only=True):
    """An item of ProfileSummaries; or what an association says of its profile."""

    key: ClassVar[str] = "profile_id"

    profile_id: str = msgspec.field(name="Id")
    arn: str | None = None
    name: str | None = None


class DnsProfileTie(Shape):
    """An item of ProfileAssociations: a VPC that a profile is for."""

    profile_id: str
    #: The VPC's id, or its ARN.
    resource_id: str | None = None
    status: str | None = None


class DnsProfileResource(Shape):
    """An item of ProfileResourceAssociations: what a profile brings."""

    profile_id: str
    resource_arn: str | None = None
    status: str | None = None


class ResolverRuleAssociation(Resource, kw_only=True):
    """An item of ResolverRuleAssociations: a VPC in which a rule is in force."""

    key: ClassVar[str] = "association_id"

    association_id: str = msgspec.field(name="Id")
    resolver_rule_id: str | None = None
    vpc_id: str | None = msgspec.field(default=None, name="VPCId")
    status: str | None = None
