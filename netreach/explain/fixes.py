"""The smallest change that removes a blocker, and `apply`, which makes it in a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import msgspec

from netreach.errors import UsageError
from netreach.explain.firewall_fixes import add_rule, set_default
from netreach.explain.records import Fix
from netreach.fabric.rules import services_of
from netreach.model.records import (
    Attachment,
    InterfaceAddress,
    NetworkAclRule,
    Resource,
    Route,
    SecurityGroupRule,
    TargetKind,
)
from netreach.model.snapshot import Snapshot
from netreach.packets.prefixes import Address, Prefix
from netreach.packets.services import ICMP, ICMPV6, NAMES, START, TCP, UDP, ServiceSet

R = TypeVar("R", bound=Resource)
Fields = dict[str, str | int | bool]

#: Addresses for documentation, given out by `apply` where a fix says "an Elastic IP".
_SPARE: Final = Prefix.parse("203.0.113.0/24")


# -- making fixes


def allow_in_group(group: str, services: ServiceSet, peer: str, *, ingress: bool) -> Fix | None:
    """Return the rule to add to a group; None where one rule can't say the services."""
    said = rule_fields(services)
    if said is None:
        return None
    services = covered(said)
    word, direction = ("from", "ingress") if ingress else ("to", "egress")
    fields: Fields = {"group": group, "direction": direction, "peer": peer, **said}
    permission = _permission(said, peer)
    return Fix(
        f"allow {services} {word} {peer} in {group}",
        "add-group-rule",
        fields,
        f"aws ec2 authorize-security-group-{direction} --group-id {group} "
        f"--ip-permissions '{permission}'",
    )


def allow_in_acl(
    acl: str, number: int, services: ServiceSet, peer: str, *, ingress: bool
) -> Fix | None:
    """Return the entry to add to an ACL; None where one entry can't say the services."""
    said = rule_fields(services)
    if said is None or not number:
        return None
    services = covered(said)
    word, direction = ("from", "ingress") if ingress else ("to", "egress")
    fields: Fields = {"acl": acl, "direction": direction, "number": number, "peer": peer, **said}
    return Fix(
        f"add {direction} rule {number} to {acl}: allow {services} {word} {peer}",
        "add-acl-rule",
        fields,
        _acl_command(acl, number, said, peer, direction),
    )


def route(table: str, destination: str, kind: TargetKind, target: str, *, replaces: bool) -> Fix:
    """Return the route to add to a table, or to put in the place of one."""
    verb = "replace" if replaces else "create"
    six = ":" in destination
    option = "--destination-ipv6-cidr-block" if six else "--destination-cidr-block"
    target_option = {
        TargetKind.NAT_GATEWAY: "--nat-gateway-id",
        TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: "--egress-only-internet-gateway-id",
    }.get(kind, "--gateway-id")
    words = "point" if replaces else "add the route"
    return Fix(
        f"{words} {destination} {'at' if replaces else '->'} {target} in {table}",
        "add-route",
        {
            "table": table,
            "destination": destination,
            "target_type": str(kind),
            "target": target,
            "replaces": replaces,
        },
        f"aws ec2 {verb}-route --route-table-id {table} {option} {destination} "
        f"{target_option} {target}",
    )


def associate_address(interface: str, private: str) -> Fix:
    """Return the association of an Elastic IP."""
    return Fix(
        f"associate an Elastic IP with {private} on {interface}",
        "associate-address",
        {"interface": interface, "address": private},
        f"aws ec2 associate-address --allocation-id eipalloc-... "
        f"--network-interface-id {interface} --private-ip-address {private}",
    )


def start_instance(instance: str) -> Fix:
    """Return the start of a stopped instance."""
    return Fix(
        f"start {instance}",
        "start-instance",
        {"instance": instance},
        f"aws ec2 start-instances --instance-ids {instance}",
    )


def attach_gateway(gateway: str, vpc: str) -> Fix:
    """Return the attachment of an internet gateway."""
    return Fix(
        f"attach {gateway} to {vpc}",
        "attach-internet-gateway",
        {"gateway": gateway, "vpc": vpc},
        f"aws ec2 attach-internet-gateway --internet-gateway-id {gateway} --vpc-id {vpc}",
    )


def accept_peering(peering: str) -> Fix:
    """Return the acceptance of a peering connection."""
    return Fix(
        f"accept {peering}",
        "accept-peering",
        {"peering": peering},
        f"aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id {peering}",
    )


def rule_fields(services: ServiceSet) -> Fields | None:
    """Return the protocol and the smallest range with which one rule covers these services.

    None where that takes several rules, unless "all" covers them.
    """
    if services == ServiceSet.everything():
        return {"protocol": -1}
    protocols = services.protocols()
    if len(protocols) != 1:
        return None
    protocol, first, last = protocols[0], services.intervals[0][0], services.intervals[-1][1]
    if protocol not in START:
        return {"protocol": protocol}
    low, high = first - START[protocol], last - START[protocol]
    if protocol in (TCP, UDP):
        return {"protocol": protocol, "low": low, "high": high}
    if low // 256 != high // 256:
        return {"protocol": protocol}
    code = low % 256 if low == high else -1
    return {"protocol": protocol, "low": low // 256, "high": code}


def covered(said: Fields) -> ServiceSet:
    """Return the services that a rule with these fields covers."""
    return services_of(*_range(said))


def _permission(said: Fields, peer: str) -> str:
    number = int(said["protocol"])
    parts = [f'"IpProtocol":"{NAMES.get(number, number)}"']
    if "low" in said:
        parts += [f'"FromPort":{said["low"]}', f'"ToPort":{said["high"]}']
    key, item = ("Ipv6Ranges", "CidrIpv6") if ":" in peer else ("IpRanges", "CidrIp")
    parts.append(f'"{key}":[{{"{item}":"{peer}"}}]')
    return "[{" + ",".join(parts) + "}]"


def _acl_command(acl: str, number: int, said: Fields, peer: str, direction: str) -> str:
    block = "--ipv6-cidr-block" if ":" in peer else "--cidr-block"
    ports = ""
    if int(said["protocol"]) in (ICMP, ICMPV6):
        kind, code = said.get("low", -1), said.get("high", -1)
        ports = f" --icmp-type-code Type={kind},Code={code}"
    elif "low" in said:
        ports = f" --port-range From={said['low']},To={said['high']}"
    return (
        f"aws ec2 create-network-acl-entry --network-acl-id {acl} --{direction} "
        f"--rule-number {number} --protocol {said['protocol']}{ports} {block} {peer} "
        f"--rule-action allow"
    )


# -- applying them


def apply(snapshot: Snapshot, fix: Fix) -> Snapshot:
    """Return the snapshot as it would be with the fix made.

    Raises:
        UsageError: the fix is of a kind that is not known here.
    """
    change = _CHANGES.get(fix.kind)
    if change is None:
        raise UsageError(place=fix.kind, what="is no kind of fix", mend=f"one of {list(_CHANGES)}")
    return change(snapshot, fix.fields)


def _add_group_rule(snapshot: Snapshot, fields: Fields) -> Snapshot:
    group = snapshot.security_groups[str(fields["group"])]
    protocol, low, high = _range(fields)
    peer = Prefix.parse(str(fields["peer"]))
    rule = SecurityGroupRule(prefix=peer, protocol=protocol, low=low, high=high)
    if fields["direction"] == "ingress":
        changed = msgspec.structs.replace(group, ingress=(*group.ingress, rule))
    else:
        changed = msgspec.structs.replace(group, egress=(*group.egress, rule))
    return _with(snapshot, "security_groups", snapshot.security_groups, changed)


def _add_acl_rule(snapshot: Snapshot, fields: Fields) -> Snapshot:
    acl = snapshot.network_acls[str(fields["acl"])]
    protocol, low, high = _range(fields)
    rule = NetworkAclRule(
        number=int(fields["number"]),
        allows=True,
        prefix=Prefix.parse(str(fields["peer"])),
        protocol=protocol,
        low=low,
        high=high,
    )
    if fields["direction"] == "ingress":
        changed = msgspec.structs.replace(acl, ingress=_in_order((*acl.ingress, rule)))
    else:
        changed = msgspec.structs.replace(acl, egress=_in_order((*acl.egress, rule)))
    return _with(snapshot, "network_acls", snapshot.network_acls, changed)


def _in_order(rules: tuple[NetworkAclRule, ...]) -> tuple[NetworkAclRule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.number))


def _add_route(snapshot: Snapshot, fields: Fields) -> Snapshot:
    table = snapshot.route_tables[str(fields["table"])]
    destination = Prefix.parse(str(fields["destination"]))
    kept = tuple(r for r in table.routes if r.destination != destination)
    added = Route(
        destination=destination,
        target_kind=TargetKind(str(fields["target_type"])),
        target=str(fields["target"]),
    )
    changed = msgspec.structs.replace(table, routes=(*kept, added))
    return _with(snapshot, "route_tables", snapshot.route_tables, changed)


def _associate_address(snapshot: Snapshot, fields: Fields) -> Snapshot:
    interface = snapshot.interfaces[str(fields["interface"])]
    private = Address.parse(str(fields["address"]))
    public = _spare_address(snapshot)
    addresses = tuple(
        InterfaceAddress(private=a.private, public=public, is_primary=a.is_primary)
        if a.private == private
        else a
        for a in interface.addresses
    )
    changed = msgspec.structs.replace(interface, addresses=addresses)
    return _with(snapshot, "interfaces", snapshot.interfaces, changed)


def _spare_address(snapshot: Snapshot) -> Address:
    taken = {a.public for i in snapshot.interfaces.values() for a in i.addresses}
    for number in range(_SPARE.last - 1, _SPARE.first, -1):
        if Address(4, number) not in taken:
            return Address(4, number)
    raise UsageError(what="no spare documentation address is left", mend="apply fewer fixes")


def _start_instance(snapshot: Snapshot, fields: Fields) -> Snapshot:
    instance = snapshot.instances[str(fields["instance"])]
    changed = msgspec.structs.replace(instance, state="running")
    return _with(snapshot, "instances", snapshot.instances, changed)


def _attach_gateway(snapshot: Snapshot, fields: Fields) -> Snapshot:
    gateway = snapshot.internet_gateways[str(fields["gateway"])]
    attachment = Attachment(vpc=str(fields["vpc"]))
    changed = msgspec.structs.replace(gateway, attachments=(attachment,))
    return _with(snapshot, "internet_gateways", snapshot.internet_gateways, changed)


def _accept_peering(snapshot: Snapshot, fields: Fields) -> Snapshot:
    peering = snapshot.peerings[str(fields["peering"])]
    changed = msgspec.structs.replace(peering, state="active")
    return _with(snapshot, "peerings", snapshot.peerings, changed)


def _with(snapshot: Snapshot, field: str, records: Mapping[str, R], changed: R) -> Snapshot:
    return msgspec.structs.replace(snapshot, **{field: {**records, changed.id: changed}})


def _range(fields: Fields) -> tuple[int, int | None, int | None]:
    """Return protocol, low and high as the records spell them: None is all."""
    low, high = fields.get("low"), fields.get("high")
    if low is None or high is None:
        return int(fields["protocol"]), None, None
    return int(fields["protocol"]), int(low), None if int(high) < 0 else int(high)


_CHANGES: Final[Mapping[str, Callable[[Snapshot, Fields], Snapshot]]] = {
    "add-group-rule": _add_group_rule,
    "add-acl-rule": _add_acl_rule,
    "add-route": _add_route,
    "associate-address": _associate_address,
    "start-instance": _start_instance,
    "attach-internet-gateway": _attach_gateway,
    "accept-peering": _accept_peering,
    "add-firewall-rule": add_rule,
    "set-firewall-default": set_default,
}

__all__ = [
    "allow_in_acl",
    "allow_in_group",
    "apply",
    "associate_address",
    "attach_gateway",
    "route",
    "rule_fields",
    "start_instance",
]
