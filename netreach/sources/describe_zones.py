"""Zones of Route 53 -> records."""

from __future__ import annotations

import re
from typing import Final

from netreach.model.services import DnsRecord, HostedZone
from netreach.sources import service_shapes
from netreach.sources.describe_endpoints import texts
from netreach.sources.describe_records import Common

#: How Route 53 writes characters that are none of a name's: \052 is the star.
_ESCAPE: Final = re.compile(r"\\([0-7]{3})")
_RECORD_KINDS: Final = frozenset({"A", "AAAA", "CNAME"})


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
    )


def _dns_records(records: list[service_shapes.RecordSet]) -> tuple[DnsRecord, ...]:
    return tuple(filter(None, map(_dns_record, records)))


def _dns_record(shape: service_shapes.RecordSet) -> DnsRecord | None:
    """Read the records that lead to addresses; the others are of no matter here."""
    if shape.type not in _RECORD_KINDS:
        return None
    if shape.alias_target:
        name = _domain_name(shape.alias_target.dns_name or "")
        return DnsRecord(name=_domain_name(shape.name), kind="ALIAS", values=texts([name]))
    values = texts(each.value for each in shape.resource_records or ())
    return DnsRecord(name=_domain_name(shape.name), kind=shape.type, values=values)


def _domain_name(text: str) -> str:
    r"""Return a name without escapes and without the dot at its end.

    >>> _domain_name("\\052.example.com.")
    '*.example.com'
    """
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 8)), text).rstrip(".").lower()
