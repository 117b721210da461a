"""Security groups and network ACLs, one packet at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Final

from tests.oracle.verdict import (
    ENI_SG_RULES_MISMATCH,
    SG_HAS_NO_RULES,
    SUBNET_ACL_RESTRICTION,
    Fork,
    StopError,
)
from tests.oracle.world import (
    ALL,
    AclEntry,
    Address,
    GroupRule,
    Interface,
    Packet,
    World,
    Written,
)

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58

#: Ask for the option that holds in the world being walked: key, kind, how many, what is missing.
Suppose = Callable[[Hashable, Fork, int, str], int]

YES: Final = 0  # the first option, so that of two equal rulings the one that went on is kept


def check_acl(world: World, subnet: str, packet: Packet, *, egress: bool, suppose: Suppose) -> None:
    """Stop the packet unless the subnet's ACL allows it; a missing ACL is AWS's default [NA-2]."""
    entries = world.acl_of_subnet.get(subnet)
    if entries is None:
        return
    peer = packet.destination if egress else packet.source
    for entry in entries:
        if entry.egress != egress or not _acl_entry_matches(entry, packet):
            continue
        if is_surely_meant(entry.prefix, peer) or _is_supposed(entry, subnet, peer, suppose):
            if entry.allow:
                return
            break
    raise StopError(SUBNET_ACL_RESTRICTION)


def _is_supposed(entry: AclEntry, subnet: str, peer: Address, suppose: Suppose) -> bool:
    """Say whether the entry covers the peer in the world being walked, if nobody knows.

    The first option lets the packet go on, whether the entry allows or denies.
    """
    if not is_perhaps_meant(entry.prefix, peer):
        return False
    option = suppose(("entry", subnet, entry), Fork.EITHER, 2, str(entry.prefix))
    return (option == YES) == entry.allow


def is_surely_meant(written: Written, peer: Address) -> bool:
    """Say whether a rule's CIDR covers the peer, however it is read.

    AWS keeps no CIDR with host bits; one that has some may mean the block or the one address.
    """
    is_block = written.ip == written.network.network_address
    return peer == written.ip or (is_block and peer in written.network)


def is_perhaps_meant(written: Written, peer: Address) -> bool:
    """Say whether the CIDR covers the peer if it is read as the block."""
    return peer in written.network


def _acl_entry_matches(entry: AclEntry, packet: Packet) -> bool:
    """Compare protocol, and ports or ICMP type and code where the protocol has them [NA-6]."""
    if entry.protocol == ALL:
        return True
    if entry.protocol == ICMPV6 and entry.prefix.version == 4:  # every ICMP type, so AWS says
        return packet.protocol in (ICMP, ICMPV6)
    if entry.protocol != packet.protocol:
        return False
    if packet.protocol in (TCP, UDP):
        return entry.ports is None or entry.ports[0] <= packet.port <= entry.ports[1]
    if packet.protocol in (ICMP, ICMPV6):
        return entry.icmp[0] in (ALL, packet.port) and entry.icmp[1] in (ALL, packet.code)
    return True


def check_groups(
    world: World,
    interface: Interface,
    packet: Packet,
    *,
    egress: bool,
    known: list[Interface],
    suppose: Suppose,
) -> None:
    """Stop the packet unless some rule of some group allows it [SG-1, SG-2].

    ``known``: whom references to groups can mean [SG-6]. On the way in that is the sender, unless
    something on the way hides who it was; on the way out whoever may hold the destination.
    """
    if not interface.has_groups:
        return
    peer = packet.destination if egress else packet.source
    rules = list(_rules(world, interface, egress=egress))
    fitting = [rule for rule in rules if _group_rule_matches(rule, packet)]
    for rule in fitting:
        if any(is_surely_meant(cidr, peer) for cidr in rule.prefixes):
            return
        if _in_list(world, rule, peer):
            return
        if any(group in one.groups for one in known for group in rule.groups):
            return
    for what, key in _doubts(world, interface, fitting, packet, egress=egress):
        if suppose(key, Fork.EITHER, 2, what) == YES:
            return
    raise StopError(ENI_SG_RULES_MISMATCH if rules else SG_HAS_NO_RULES)


def _rules(world: World, interface: Interface, *, egress: bool) -> Iterator[GroupRule]:
    for group in interface.groups:
        if group in world.groups:
            yield from world.groups[group].egress if egress else world.groups[group].ingress


def _group_rule_matches(rule: GroupRule, packet: Packet) -> bool:
    """Compare protocol, and ports or ICMP type and code where the protocol has them [SG-4]."""
    if rule.protocol == ALL:
        return True
    if rule.protocol != packet.protocol:
        return False
    if packet.protocol in (TCP, UDP):
        first, last = rule.first, rule.last
        return first is None or last is None or first <= packet.port <= last
    if packet.protocol in (ICMP, ICMPV6):
        icmp_type = ALL if rule.first is None else rule.first
        icmp_code = ALL if rule.last is None else rule.last
        return icmp_type == ALL or (icmp_type == packet.port and icmp_code in (ALL, packet.code))
    return True


def _in_list(world: World, rule: GroupRule, peer: Address) -> bool:
    return any(is_surely_meant(cidr, peer) for cidr in _entries(world, rule))


def _entries(world: World, rule: GroupRule) -> Iterator[Written]:
    for name in rule.prefix_lists:
        known = world.prefix_lists.get(name)
        yield from (known.entries or ()) if known else ()


def is_list_unknown(world: World, name: str, address: Address) -> bool:
    """Say whether nobody knows if the prefix list covers the address."""
    known = world.prefix_lists.get(name)
    if known is None:
        return True
    return known.entries is None and known.family in (None, address.version)


def _doubts(
    world: World, interface: Interface, fitting: list[GroupRule], packet: Packet, *, egress: bool
) -> Iterator[tuple[str, Hashable]]:
    """Name what the snapshot lacks and what might have let the packet through."""
    peer = packet.destination if egress else packet.source
    for rule in fitting:
        for cidr in (*rule.prefixes, *_entries(world, rule)):
            if is_perhaps_meant(cidr, peer):
                yield str(cidr), ("rule", rule, cidr)
        for name in rule.prefix_lists:
            if is_list_unknown(world, name, peer):
                yield name, ("list", name, peer)
    for group in interface.groups:
        if group not in world.groups:
            yield group, ("group", group, egress, packet)
