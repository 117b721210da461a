"""What services a rule covers: the meaning of protocol, ports, type and code [SG-4, NA-6]."""

from __future__ import annotations

from functools import lru_cache

from netreach.model.records import ANY_PROTOCOL, NetworkAclRule, SecurityGroupRule
from netreach.packets.services import ICMP, ICMPV6, TCP, UDP, ServiceSet


def group_rule_services(rule: SecurityGroupRule) -> ServiceSet:
    """Return what a security-group rule allows [SG-4]."""
    return services_of(rule.protocol, rule.low, rule.high)


def acl_rule_services(rule: NetworkAclRule) -> ServiceSet:
    """Return what an ACL rule covers [NA-6]; ICMPv6 in an IPv4 rule means every ICMP type."""
    if rule.protocol == ICMPV6 and rule.prefix.family == 4:
        return ServiceSet.protocol(ICMP) | ServiceSet.protocol(ICMPV6)
    return services_of(rule.protocol, rule.low, rule.high)


@lru_cache(maxsize=65536)
def services_of(protocol: int, low: int | None, high: int | None) -> ServiceSet:
    """Return the services of a protocol and its ports, or ICMP type (`low`) and code (`high`).

    Protocols other than TCP, UDP, ICMP and ICMPv6 have no ports: all of them, whatever is given.
    """
    if protocol == ANY_PROTOCOL:
        return ServiceSet.everything()
    if protocol in (ICMP, ICMPV6):
        return ServiceSet.icmp(protocol, low, high)
    if protocol not in (TCP, UDP) or low is None or high is None:
        return ServiceSet.protocol(protocol)
    return ServiceSet.ports(protocol, low, high)
