"""Security groups and network ACLs of the describe output -> records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from netreach.model.records import NetworkAcl, NetworkAclRule, SecurityGroup, SecurityGroupRule
from netreach.packets.prefixes import Prefix
from netreach.packets.services import ICMP, ICMPV6
from netreach.sources.describe_records import Common
from netreach.sources.filter_shapes import (
    AclEntry,
    GroupPeer,
    IcmpTypeCode,
    Permission,
    PortRange,
)
from netreach.sources.filter_shapes import (
    NetworkAcl as AclShape,
)
from netreach.sources.filter_shapes import (
    SecurityGroup as GroupShape,
)
from netreach.sources.filter_shapes import (
    SecurityGroupRule as RuleShape,
)
from netreach.sources.service_shapes import GroupAssociation
from netreach.sources.values import ImpossibleValueError, Prefixes, echo, ports, protocol

#: VPC and name of a group -> its id.
IdByName = Mapping[tuple[str, str], str]

_PORT_FIELDS: Final = ("FromPort", "ToPort")
_LAST_RULE: Final = 32768


class StandaloneRule(NamedTuple):
    """A rule that its own call describes, apart from its group."""

    group: str
    is_egress: bool
    rule: SecurityGroupRule
    doubt: str


class Rules:
    """Reads the rules of groups; knows the groups by name and the rules that stand alone."""

    def __init__(self, groups: Iterable[GroupShape], alone: Iterable[StandaloneRule]) -> None:
        """Index groups by name and standalone rules by group."""
        self.id_by_name: IdByName = {
            (group.vpc_id or "", group.group_name): group.group_id
            for group in groups
            if group.group_name
        }
        self.alone: dict[str, list[StandaloneRule]] = {}
        for rule in alone:
            self.alone.setdefault(rule.group, []).append(rule)

    def of_permissions(
        self, group: GroupShape, permissions: list[Permission], prefixes: Prefixes
    ) -> Iterator[SecurityGroupRule]:
        """Yield one rule for each peer of each permission."""
        for row, permission in enumerate(permissions):
            try:
                yield from self._of_permission(group, permission, prefixes)
            except ImpossibleValueError as error:
                raise error.below(f"[{row}].") from None

    def _of_permission(
        self, group: GroupShape, permission: Permission, prefixes: Prefixes
    ) -> Iterator[SecurityGroupRule]:
        number = protocol(permission.ip_protocol, "IpProtocol")
        low, high = ports(number, permission.from_port, permission.to_port, _PORT_FIELDS)
        for row, four in enumerate(permission.ip_ranges or ()):
            yield SecurityGroupRule(
                protocol=number,
                low=low,
                high=high,
                prefix=prefixes.read(four.cidr_ip, f"IpRanges[{row}].CidrIp"),
                description=four.description or "",
            )
        for row, six in enumerate(permission.ipv6_ranges or ()):
            yield SecurityGroupRule(
                protocol=number,
                low=low,
                high=high,
                prefix=prefixes.read(six.cidr_ipv6, f"Ipv6Ranges[{row}].CidrIpv6"),
                description=six.description or "",
            )
        for listed in permission.prefix_list_ids or ():
            yield SecurityGroupRule(
                protocol=number,
                low=low,
                high=high,
                prefix_list=listed.prefix_list_id,
                description=listed.description or "",
            )
        for pair in permission.user_id_group_pairs or ():
            yield SecurityGroupRule(
                protocol=number,
                low=low,
                high=high,
                group=self._group_id(pair, group.vpc_id or ""),
                description=pair.description or "",
            )

    def _group_id(self, pair: GroupPeer, vpc: str) -> str:
        """Return the peer's id; a peer that is only named is looked up in its VPC."""
        if pair.group_id:
            return pair.group_id
        name = pair.group_name or ""
        return self.id_by_name.get((pair.vpc_id or vpc, name), name)


def lists_no_rules(shape: GroupShape) -> bool:
    """Tell whether a group's own description is silent about its rules."""
    return shape.ip_permissions is None and shape.ip_permissions_egress is None


def security_group(
    shape: GroupShape, common: Common, prefixes: Prefixes, rules: Rules
) -> SecurityGroup:
    """Read a group; `rules` hold those that stand alone of groups that list none themselves."""
    alone = rules.alone.get(common.id, [])
    doubts = (common.doubt, *(rule.doubt for rule in alone))
    ingress = _permissions(shape, "IpPermissions", prefixes, rules)
    egress = _permissions(shape, "IpPermissionsEgress", prefixes, rules)
    return SecurityGroup(
        **common._replace(doubt=next(filter(None, doubts), ""))._asdict(),
        vpc=shape.vpc_id or "",
        group_name=shape.group_name or "",
        ingress=(*ingress, *(rule.rule for rule in alone if not rule.is_egress)),
        egress=(*egress, *(rule.rule for rule in alone if rule.is_egress)),
    )


def in_other_vpcs(
    groups: Mapping[str, SecurityGroup], associations: Iterable[GroupAssociation]
) -> dict[str, SecurityGroup]:
    """Return the groups with the other VPCs that they may be used in [SG-11]."""
    vpcs: dict[str, list[str]] = {}
    for tie in associations:
        if tie.vpc_id and tie.state in (None, "associated"):
            vpcs.setdefault(tie.group_id, []).append(tie.vpc_id)
    changed = {
        number: msgspec.structs.replace(
            groups[number], vpcs=tuple(dict.fromkeys(v for v in names if v != groups[number].vpc))
        )
        for number, names in vpcs.items()
        if number in groups
    }
    return {**groups, **changed}


def _permissions(
    shape: GroupShape, field: str, prefixes: Prefixes, rules: Rules
) -> tuple[SecurityGroupRule, ...]:
    is_ingress = field == "IpPermissions"
    permissions = shape.ip_permissions if is_ingress else shape.ip_permissions_egress
    try:
        return tuple(rules.of_permissions(shape, permissions or [], prefixes))
    except ImpossibleValueError as error:
        raise error.below(field) from None


def standalone_rule(shape: RuleShape, common: Common, prefixes: Prefixes) -> StandaloneRule:
    """Read one item of describe-security-group-rules."""
    number = protocol(shape.ip_protocol, "IpProtocol")
    low, high = ports(number, shape.from_port, shape.to_port, _PORT_FIELDS)
    prefix = None
    if shape.cidr_ipv4 is not None:
        prefix = prefixes.read(shape.cidr_ipv4, "CidrIpv4")
    elif shape.cidr_ipv6 is not None:
        prefix = prefixes.read(shape.cidr_ipv6, "CidrIpv6")
    peer = shape.referenced_group_info
    rule = SecurityGroupRule(
        protocol=number,
        low=low,
        high=high,
        prefix=prefix,
        prefix_list=shape.prefix_list_id or "",
        group=(peer and peer.group_id) or "",
        description=shape.description or "",
    )
    return StandaloneRule(shape.group_id, shape.is_egress, rule, common.doubt)


def network_acl(shape: AclShape, common: Common, prefixes: Prefixes) -> NetworkAcl:
    """Read an ACL; its rules ascend by number, whatever the order of the entries."""
    rules: dict[bool, list[NetworkAclRule]] = {True: [], False: []}
    for row, entry in enumerate(shape.entries or ()):
        try:
            rules[entry.egress].append(_acl_rule(entry, prefixes))
        except ImpossibleValueError as error:
            raise error.below(f"Entries[{row}].") from None
    ingress, egress = (
        tuple(sorted(rules[direction], key=lambda rule: rule.number)) for direction in (False, True)
    )
    return NetworkAcl(
        **common._asdict(),
        vpc=shape.vpc_id or "",
        is_default=bool(shape.is_default),
        subnets=tuple(tie.subnet_id for tie in shape.associations or () if tie.subnet_id),
        ingress=ingress,
        egress=egress,
    )


def _acl_rule(entry: AclEntry, prefixes: Prefixes) -> NetworkAclRule:
    if not 0 < entry.rule_number <= _LAST_RULE:
        what = f"{entry.rule_number} is not a rule number"
        raise ImpossibleValueError("RuleNumber", what, f"write 1 to {_LAST_RULE}")
    if entry.rule_action not in ("allow", "deny"):
        what = f"{echo(entry.rule_action)} is not an action"
        raise ImpossibleValueError("RuleAction", what, "write allow or deny")
    number = protocol(entry.protocol, "Protocol")
    low, high = _acl_ports(entry, number)
    return NetworkAclRule(
        number=entry.rule_number,
        allows=entry.rule_action == "allow",
        prefix=_acl_prefix(entry, prefixes),
        protocol=number,
        low=low,
        high=high,
    )


def _acl_prefix(entry: AclEntry, prefixes: Prefixes) -> Prefix:
    if entry.cidr_block:
        return prefixes.read(entry.cidr_block, "CidrBlock")
    if entry.ipv6_cidr_block:
        return prefixes.read(entry.ipv6_cidr_block, "Ipv6CidrBlock")
    raise ImpossibleValueError("CidrBlock", "the rule has no CIDR", "write 0.0.0.0/0 for all")


def _acl_ports(entry: AclEntry, number: int) -> tuple[int | None, int | None]:
    """Return the ports, or the ICMP type and code; an absent range covers all."""
    if number in (ICMP, ICMPV6):
        icmp = entry.icmp_type_code or IcmpTypeCode()
        return ports(number, icmp.type, icmp.code, ("IcmpTypeCode.Type", "IcmpTypeCode.Code"))
    between = entry.port_range or PortRange()
    return ports(number, between.first, between.last, ("PortRange.From", "PortRange.To"))
