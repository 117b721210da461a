"""Zones of Route 53 -> records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from netreach.model.services import DnsProfile, DnsRecord, HostedZone, ResolverRule
from netreach.sources import service_shapes
from netreach.sources.describe_endpoints import of_arn, texts
from netreach.sources.describe_records import Common

#: How Route 53 writes characters that are none of a name's: \052 is the star.
_ESCAPE: Final = re.compile(r"\\([0-7]{3})")
_RECORD_KINDS: Final = frozenset({"A", "AAAA", "CNAME", "NS"})
#: Fields of a record set -> the policy that they tell of; what else bears a set id is another one.
_POLICIES: Final = {
    "weight": "weighted",
    "region": "latency",
    "failover": "failover",
    "multi_value_answer": "multivalue",
}
#: The association of a rule that is in force.
_IN_FORCE: Final = (None, "", "COMPLETE")
#: What of a profile is no more, or never was.
_OVER: Final = frozenset({"DELETING", "DELETED", "FAILED"})


def hosted_zone(shape: service_shapes.HostedZone, common: Common) -> HostedZone:
    """Read a zone of Route 53, with its records if a call told them."""
    vpcs = texts(vpc.vpc_id for vpc in shape.vpcs or ())
    config = shape.config or service_shapes.ZoneConfig()
    return HostedZone(
        **common._asdict(),
        zone_name=_domain_name(shape.name or ""),
        is_private=bool(config.private_zone or vpcs),
        vpcs=vpcs,
        records=None if shape.records is None else _dns_records(shape.records),
        other_names=_other_names(shape.records or []),
    )


def _dns_records(records: list[service_shapes.RecordSet]) -> tuple[DnsRecord, ...]:
    return tuple(filter(None, map(_dns_record, records)))


def _other_names(records: list[service_shapes.RecordSet]) -> tuple[str, ...]:
    """Return the names of records that are of no matter but that they are there."""
    return texts(_domain_name(one.name) for one in records if one.type not in _RECORD_KINDS)


def _dns_record(shape: service_shapes.RecordSet) -> DnsRecord | None:
    """Read the records that lead to addresses; the others are of no matter here."""
    if shape.type not in _RECORD_KINDS:
        return None
    values = texts(each.value for each in shape.resource_records or ())
    record = DnsRecord(
        name=_domain_name(shape.name),
        kind=shape.type,
        values=values,
        policy=_policy(shape),
        set_id=shape.set_identifier or "",
        is_fallback=shape.weight == 0 or shape.failover == "SECONDARY",
        may_fail=bool(shape.health_check_id),
    )
    if not shape.alias_target:
        return record
    name = _domain_name(shape.alias_target.dns_name or "")
    may_fail = record.may_fail or shape.alias_target.evaluate_target_health is True
    return replace(record, kind="ALIAS", values=texts([name]), may_fail=may_fail)


def _policy(shape: service_shapes.RecordSet) -> str:
    """Return how Route 53 chooses among the records of a name."""
    if not shape.set_identifier:
        return ""
    named = (word for field, word in _POLICIES.items() if getattr(shape, field) is not None)
    return next(named, "location")


def _domain_name(text: str) -> str:
    r"""Return a name without escapes and without the dot at its end.

    >>> _domain_name("\\052.example.com.")
    '*.example.com'
    """
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 8)), text).rstrip(".").lower()


def resolver_rule(
    shape: service_shapes.ResolverRule,
    common: Common,
    ties: Iterable[service_shapes.ResolverRuleAssociation],
) -> ResolverRule:
    """Read a rule of the resolver, with the VPCs in which it is in force if a call told them."""
    known = list(ties)
    mine = (tie for tie in known if tie.resolver_rule_id == shape.id and tie.status in _IN_FORCE)
    whole = of_arn(common, shape.arn)
    tags = whole.tags or ({"Name": shape.name} if shape.name else {})
    return ResolverRule(
        **whole._replace(tags=tags)._asdict(),
        domain=_domain_name(shape.domain_name or ""),
        kind=shape.rule_type or "FORWARD",
        vpcs=texts(tie.vpc_id for tie in mine) if known else None,
        targets=texts(_target(one) for one in shape.target_ips or ()),
    )


def dns_profile(
    shape: service_shapes.DnsProfile,
    common: Common,
    ties: list[service_shapes.DnsProfileTie] | None,
    resources: Mapping[str, list[service_shapes.DnsProfileResource]],
) -> DnsProfile:
    """Read a Route 53 Profile, with its VPCs and what it brings, if calls told them."""
    vpcs, brought = None, resources.get(shape.id)
    if ties is not None:
        mine = (one for one in ties if one.profile_id == shape.id and one.status not in _OVER)
        vpcs = texts(_last(one.resource_id) for one in mine)
    whole = of_arn(common, shape.arn)
    tags = whole.tags or ({"Name": shape.name} if shape.name else {})
    return DnsProfile(
        **whole._replace(tags=tags)._asdict(),
        vpcs=vpcs,
        resources=None
        if brought is None
        else texts(_last(one.resource_arn) for one in brought if one.status not in _OVER),
    )


def _last(arn: str | None) -> str:
    """Return the id at the end of an ARN."""
    return (arn or "").rpartition("/")[2]


def _target(shape: service_shapes.ResolverTarget) -> str:
    host = shape.ip or (f"[{shape.ipv6}]" if shape.ipv6 else "")
    return f"{host}:{shape.port}" if host and shape.port is not None else host
