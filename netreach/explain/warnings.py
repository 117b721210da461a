"""Warnings: what an answer relies on without the snapshot saying so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from netreach.explain.codes import Code
from netreach.explain.traces import PacketStep
from netreach.fabric.origins import Origins
from netreach.fabric.vocabulary import Assumed, Kind
from netreach.packets.batch import NO_ROW, column
from netreach.query.ends import service_ranges
from netreach.query.path import PathResult
from netreach.query.selectors import Nature
from netreach.query.verdict import Verdict
from netreach.query.words import safe
from netreach.query.zones import normal

#: How many things one warning lists.
_LISTED = 5


def warnings_of(
    origins: Origins, result: PathResult, bits: int, steps: Sequence[PacketStep]
) -> Iterator[str]:
    """Yield one sentence for each default that was assumed, and for what was left out."""
    yield from _defaults(origins, bits, steps)
    yield from _inspected(origins, bits, steps)
    yield from _beyond(origins, bits, steps)
    if bits & Assumed.NO_GROUPS:
        text = safe(result.source.text)
        yield f"no interface holds {text}: it is judged as if sent from its subnet, without groups"
    yield from _left_out(origins, result)
    yield from _of_names(origins, result)


def _defaults(origins: Origins, bits: int, steps: Sequence[PacketStep]) -> Iterator[str]:
    """Say which of AWS's defaults were assumed."""
    if bits & Assumed.ACL:
        subnets = _listed(
            origins.subnet_id(step.row)
            for step in steps
            if step.kind is Kind.NETWORK_ACL and origins.fabric.acls.is_assumed[step.row]
        )
        yield f"the snapshot lacks the network ACL of {subnets}: AWS's default is assumed"
    if bits & Assumed.GATEWAY:
        gateways = _listed(_unrecorded(origins, steps))
        yield f"the snapshot lacks {gateways}, which a route names: assumed to exist and attached"
    if bits & Assumed.DNS_SUPPORT:
        yield "the snapshot does not say whether DNS support is on: AWS's default, on, is assumed"


def _beyond(origins: Origins, bits: int, steps: Sequence[PacketStep]) -> Iterator[str]:
    """Say what lies beyond AWS's own settings."""
    if bits & Assumed.HEALTH:
        yield "the snapshot does not say whether targets are healthy: those are taken as usable"
    if bits & Assumed.THRESHOLD:
        yield (
            "the snapshot does not say how many healthy targets target groups must have: AWS's "
            "default, one, is assumed, and unhealthy targets get nothing beside it"
        )
    if bits & Assumed.SITE:
        ends = _listed(
            origins.id_of(step.kind, step.row) for step in steps if step.kind is Kind.SITE
        )
        yield f"what lies behind {ends}, and what it lets through, is assumed from AWS's routes"


def _of_names(origins: Origins, result: PathResult) -> Iterator[str]:
    """Say what was taken for granted to find the ends, and where a managed service listens."""
    for end in (result.source, result.destination):
        yield from end.notes
        if end.choice and result.verdict is not Verdict.UNKNOWN:
            yield f"{end.choice}; the answer is the same for each"
    if result.question.is_open:
        for record in origins.fabric.snapshot.managed_services.values():
            names = (record.id, *map(normal, record.dns_names))
            if record.port is not None and result.destination.id in names:
                name = safe(record.name or record.service_name or record.id)
                yield f"hint: {name} listens on tcp {record.port} by default"


def _unrecorded(origins: Origins, steps: Sequence[PacketStep]) -> Iterator[str]:
    snapshot = origins.fabric.snapshot
    for step in steps:
        if step.kind is Kind.INTERNET_GATEWAY:
            identifier = origins.id_of(step.kind, step.row)
            if identifier and identifier not in snapshot.internet_gateways:
                yield identifier
        elif step.kind is Kind.EGRESS_ONLY and step.row < 0:
            yield "an egress-only internet gateway"


def _inspected(origins: Origins, bits: int, steps: Sequence[PacketStep]) -> Iterator[str]:
    """Say what is assumed of appliances, and which transit gateway may go past them."""
    if bits & Assumed.APPLIANCE:
        yield from _passing_on(origins, steps)
    transit = origins.fabric.transit
    vpcs = {step.vpc for step in steps if step.kind is Kind.INSPECTION}
    ties = [
        origins.id_of(step.kind, step.row)
        for step in steps
        if step.kind is Kind.TRANSIT_ATTACHMENT
        and int(transit.vpc[step.row]) in vpcs - {NO_ROW}
        and not transit.is_appliance[step.row]
    ]
    if ties:
        yield (
            f"{_listed(ties)} leads to inspection with appliance mode off: answers may use another "
            f"zone's endpoint ({Code.TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED})"
        )


def _passing_on(origins: Origins, steps: Sequence[PacketStep]) -> Iterator[str]:
    """Say which hosts and appliances are assumed to pass on what they are sent."""
    hosts = list(_appliances(origins, steps))
    if hosts:
        yield (
            f"{_listed(hosts)} is assumed to pass on what it is sent: "
            "that is the host's own setting"
        )
    crossed = [
        step
        for step in steps
        if step.kind is Kind.INSPECTION and origins.fabric.inspections.firewall[step.row] == NO_ROW
    ]
    if not crossed:
        return
    known = origins.fabric.inspections.appliances.is_known
    for is_checked, note in ((True, ""), (False, f" ({Code.PATH_THROUGH_GWLB_NOT_CHECKED})")):
        some = [s for s in crossed if bool(known[s.row]) is is_checked]
        if some:
            ends = _listed(origins.id_of(step.kind, step.row) for step in some)
            yield f"the appliances behind {ends} are assumed to pass on what they are sent{note}"
    there, back = ({s.row for s in crossed if s.returning is leg} for leg in (False, True))
    if back or any(step.returning for step in steps):
        missed = _listed(origins.id_of(Kind.INSPECTION, row) for row in sorted(there ^ back))
        if there ^ back:
            yield f"one direction only goes by {missed}: appliances may drop what they see half of"


def _appliances(origins: Origins, steps: Sequence[PacketStep]) -> Iterator[str]:
    """Yield the interfaces that neither end's address belongs to."""
    book = origins.fabric.book
    for step in steps:
        if step.kind is Kind.INTERFACE and NO_ROW not in (step.row, step.vpc):
            ends = column([step.source, step.destination])
            holders = book.interface[book.holder(column([step.vpc, step.vpc]), ends)]
            record = origins.interface(step.row)
            if step.row not in holders.tolist() and not record.source_dest_check:
                yield f"{record.id} of {record.instance}" if record.instance else record.id


def _left_out(origins: Origins, result: PathResult) -> Iterator[str]:
    """Say which ranges `internet` leaves out: those of services that have a route of their own."""
    ends = (result.source, result.destination)
    if any(end.nature is Nature.INTERNET for end in ends):
        ranges = [str(prefix) for prefix in service_ranges(origins.fabric)]
        if ranges:
            yield (
                f"`internet` leaves out {_listed(ranges)}: ranges of AWS services "
                "that a route sends to an endpoint"
            )


def _listed(words: Iterable[str]) -> str:
    found = list(dict.fromkeys(words))
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return ", ".join(safe(word) for word in found[:_LISTED]) + more or "something"
