"""Zones of Route 53 and rules of its resolver: whose answer a name gets, and which records it has.

Records of a routing policy are answers of which one is given, or some: which, depends on weights,
on health, on who asks. Each is considered; what can't be given is left out.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Final

from netreach.model.services import DnsRecord, HostedZone, ResolverRule
from netreach.query.words import quoted, safe

#: Records that lead to addresses.
_LEADING: Final = frozenset({"A", "AAAA", "CNAME", "ALIAS"})
#: Kinds of rules that decide who answers.
DECIDING: Final = ("FORWARD", "SYSTEM")
#: A sentence lists no more set ids than this.
_LISTED: Final = 5


def normal(name: str) -> str:
    r"""Return a name as it is compared: in lower case, without the dot at its end.

    >>> normal("\\052.Example.com.")
    '*.example.com'
    """
    return name.lower().removesuffix(".").replace("\\052", "*")


def lies_in(name: str, domain: str) -> bool:
    """Tell whether a name is a domain or lies below it; everything lies below the root."""
    apex = normal(domain)
    return not apex or name == apex or name.endswith(f".{apex}")


def closest(zones: Iterable[HostedZone], brought: Container[str] = ()) -> HostedZone | None:
    """Return the zone with the longest name; of one name, those that are `brought` come last."""

    def order(zone: HostedZone) -> tuple[int, bool]:
        return len(normal(zone.zone_name)), zone.id not in brought

    return max(zones, key=order, default=None)


def covers(zone: HostedZone, name: str) -> bool:
    """Tell whether a zone may hold a name: it does, or its records are unknown."""
    if not lies_in(name, zone.zone_name):
        return False
    return zone.records is None or bool(records_of(zone, name)) or bool(delegation(zone, name))


# -- records


def records_of(zone: HostedZone, name: str) -> list[DnsRecord]:
    """Return the records of a name: its own, else those of the closest wildcard."""
    return _records_and_source(zone, name)[0]


def _records_and_source(zone: HostedZone, name: str) -> tuple[list[DnsRecord], str]:
    """Return the records of a name, and the name that they bear."""
    leading = [record for record in zone.records or () if record.kind in _LEADING]
    wildcards = (f"*.{parent}" for parent in _upwards(name)[1:])
    for wanted in (name, *wildcards):
        found = [record for record in leading if normal(record.name) == wanted]
        if found:
            return _given(found), wanted
    return [], ""


def _upwards(name: str) -> list[str]:
    """Return a name and the domains that it lies in, the closest first."""
    labels = name.split(".")
    return [".".join(labels[depth:]) for depth in range(len(labels))]


def hidden_wildcard(zone: HostedZone, name: str) -> tuple[str, str]:
    """Return the wildcard that would give a name's records, and what there is between; else "".

    By RFC 4592 it gives none to a name that the zone holds, be it for another type or for a name
    below it, nor to names below such a one. AWS does not say that Route 53 keeps to that.
    """
    _, source = _records_and_source(zone, name)
    if not source.startswith("*.") or source == name:
        return "", ""
    held = [normal(record.name) for record in zone.records or ()]
    held += map(normal, zone.other_names)
    for between in _upwards(name):
        if between == source[2:]:
            break
        if any(lies_in(one, between) for one in held):
            return source, between
    return "", ""


def _given(records: list[DnsRecord]) -> list[DnsRecord]:
    """Leave out what stands back as long as another one, which nothing takes away, is there."""
    firm = {
        record.kind
        for record in records
        if record.policy and not record.is_fallback and not record.may_fail
    }
    return [one for one in records if not (one.is_fallback and one.kind in firm)]


def undecided(records: Sequence[DnsRecord], name: str) -> str:
    """Say that only some of a name's records are its answer; "" where all of them are."""
    sets = list(dict.fromkeys(one.set_id for one in records if one.policy))
    if len(sets) < 2:
        return ""
    policies = ", ".join(dict.fromkeys(one.policy for one in records if one.policy))
    more = f" and {len(sets) - _LISTED} more" if len(sets) > _LISTED else ""
    listed = ", ".join(quoted(one) for one in sets[:_LISTED]) + more
    return f"Route 53 answers {quoted(name)} by policy ({policies}), with some of {listed}"


def delegation(zone: HostedZone, name: str) -> str:
    """Return the domain in a zone for whose names others answer, if the name is one; else ""."""
    apex = normal(zone.zone_name)
    cut = (
        normal(record.name)
        for record in zone.records or ()
        if record.kind == "NS" and normal(record.name) != apex
    )
    return max((one for one in cut if lies_in(name, one)), key=len, default="")


def gap_of(zone: HostedZone, name: str, *, is_brought: bool) -> str:
    """Say why a zone of the snapshot does not tell what a name means; "" where it does."""
    if zone.is_private and not zone.vpcs and not is_brought:
        return (
            f"the snapshot does not say which VPCs {safe(zone.id)}, a private zone of "
            f"{quoted(zone.zone_name)}, serves; add the answer of get-hosted-zone"
        )
    if zone.records is None:
        return f"the snapshot lacks the records of {safe(zone.id)}"
    cut = delegation(zone, name)
    if cut:
        return f"{safe(zone.id)} leaves {quoted(cut)} to other name servers"
    wildcard, between = hidden_wildcard(zone, name)
    if not wildcard:
        return ""
    return (
        f"{safe(zone.id)} holds {quoted(wildcard)} and {quoted(between)}: AWS does not say whether "
        f"the wildcard answers for {quoted(name)} then"
    )


# -- rules of the resolver


def rule_for(
    rules: Iterable[ResolverRule], name: str, vpc: str, brought: Container[str] = ()
) -> ResolverRule | None:
    """Return the rule that decides who answers for a name in a VPC: the one closest to it.

    Rules that profiles have `brought` are in force there too, but give way to the VPC's own.
    """
    mine = (
        rule
        for rule in rules
        if rule.kind in DECIDING and lies_in(name, rule.domain)
        if rule.id in brought or _is_in(rule, vpc)
    )

    def order(rule: ResolverRule) -> tuple[int, bool, bool]:
        is_own, is_sure = _is_in(rule, vpc), rule.vpcs is not None or rule.id in brought
        return len(normal(rule.domain)), is_own, is_sure

    return max(mine, key=order, default=None)


def is_forwarded(rules: Iterable[ResolverRule], name: str) -> bool:
    """Tell whether a rule, wherever it is in force, speaks of a name and not of all names."""
    return any(
        rule.kind == "FORWARD" and bool(rule.domain) and lies_in(name, rule.domain)
        for rule in rules
    )


def _is_in(rule: ResolverRule, vpc: str) -> bool:
    """Tell whether a rule is in force in a VPC; a rule that others answer may be."""
    if rule.vpcs is None:
        return bool(vpc) and rule.kind == "FORWARD"
    return bool(vpc) and vpc in rule.vpcs


def forwarded(rule: ResolverRule, vpc: str, brought: Container[str] = ()) -> str:
    """Say that a rule has others answer."""
    whom = ", ".join(map(safe, rule.targets)) or "others"
    domain = quoted(rule.domain or ".")
    if rule.vpcs is None and rule.id not in brought:
        return (
            f"{safe(rule.id)} forwards {domain} to {whom}, and the snapshot does not say whether "
            f"{safe(vpc)} is under it; add the answer of list-resolver-rule-associations"
        )
    return f"{safe(rule.id)} forwards {domain} of {safe(vpc)} to {whom}: the answer is theirs"
