"""The describe output's shapes of filters: security groups, their rules, network ACLs."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from netreach.sources.shapes import Resource, Shape, TableAssociation


class IpRange(Shape):
    """An IPv4 peer of a permission."""

    cidr_ip: str
    description: str | None = None


class Ipv6Range(Shape):
    """An IPv6 peer of a permission."""

    cidr_ipv6: str
    description: str | None = None


class PrefixListPeer(Shape):
    """A prefix list as the peer of a permission."""

    prefix_list_id: str
    description: str | None = None


class GroupPeer(Shape):
    """Another group as the peer of a permission; old dumps name it instead of giving its id."""

    group_id: str | None = None
    group_name: str | None = None
    vpc_id: str | None = None
    description: str | None = None


class Permission(Shape):
    """One line of a security group, with all of its peers."""

    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: list[IpRange] | None = None
    ipv6_ranges: list[Ipv6Range] | None = None
    prefix_list_ids: list[PrefixListPeer] | None = None
    user_id_group_pairs: list[GroupPeer] | None = None


class SecurityGroup(Resource, kw_only=True):
    """An item of SecurityGroups."""

    key: ClassVar[str] = "group_id"

    group_id: str
    group_name: str | None = None
    vpc_id: str | None = None
    ip_permissions: list[Permission] | None = None
    ip_permissions_egress: list[Permission] | None = None
    security_group_arn: str | None = None


class SecurityGroupRule(Resource, kw_only=True):
    """An item of SecurityGroupRules: one rule, one peer."""

    key: ClassVar[str] = "security_group_rule_id"
    loose: ClassVar[frozenset[str]] = frozenset({"tags", "description"})

    security_group_rule_id: str
    group_id: str
    is_egress: bool
    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    cidr_ipv4: str | None = None
    cidr_ipv6: str | None = None
    prefix_list_id: str | None = None
    referenced_group_info: GroupPeer | None = None
    description: str | None = None


class PortRange(Shape):
    """The ports of an ACL entry."""

    first: int | None = msgspec.field(default=None, name="From")
    last: int | None = msgspec.field(default=None, name="To")


class IcmpTypeCode(Shape):
    """The ICMP type and code of an ACL entry."""

    type: int | None = None
    code: int | None = None


class AclEntry(Shape):
    """One numbered entry of a network ACL."""

    rule_number: int
    rule_action: str
    egress: bool
    protocol: str
    cidr_block: str | None = None
    ipv6_cidr_block: str | None = None
    port_range: PortRange | None = None
    icmp_type_code: IcmpTypeCode | None = None


class NetworkAcl(Resource, kw_only=True):
    """An item of NetworkAcls."""

    key: ClassVar[str] = "network_acl_id"

    network_acl_id: str
    vpc_id: str | None = None
    is_default: bool | None = None
    associations: list[TableAssociation] | None = None
    entries: list[AclEntry] | None = None
