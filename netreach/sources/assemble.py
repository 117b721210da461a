"""Shapes by id -> Snapshot: every record with its owner, its region and what is odd about it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from typing import Final, NamedTuple, TypeVar

from msgspec.structs import replace

from netreach.model.records import SecurityGroup, TargetKind, Unmodelled
from netreach.model.snapshot import Problem, Snapshot
from netreach.sources import describe_records as records
from netreach.sources import filter_shapes, shapes
from netreach.sources.assemble_connections import connections
from netreach.sources.assemble_services import mentions, service_records
from netreach.sources.checks import checked, with_findings
from netreach.sources.clashes import clashes
from netreach.sources.describe_filters import (
    Rules,
    in_other_vpcs,
    lists_no_rules,
    network_acl,
    security_group,
    standalone_rule,
)
from netreach.sources.describe_interfaces import Estate, network_interface
from netreach.sources.describe_records import Common
from netreach.sources.describe_routes import Gateways, route_table, unknown_words
from netreach.sources.files import region_of
from netreach.sources.gather import Found, Gathered, Shelf
from netreach.sources.gather_services import Services, gather_services
from netreach.sources.pieces import Piece
from netreach.sources.public_access import doubt_blocked_gateways, doubt_inspected_gateways
from netreach.sources.service_ties import with_ties
from netreach.sources.unmodelled import unmodelled
from netreach.sources.values import ImpossibleValueError, Prefixes, echo, listed, plain

ShapeT = TypeVar("ShapeT", bound=shapes.Resource)
RecordT = TypeVar("RecordT")

DUPLICATE: Final = "duplicate-id"
HOST_BITS: Final = "host-bits"
UNKNOWN_WORD: Final = "unknown-word"

#: Fields from which the region shows: zones, and ARNs.
_ZONES: Final = ("availability_zone", "region")
_ARNS: Final = ("subnet_arn", "security_group_arn", "prefix_list_arn", "transit_gateway_arn")

#: Fields that name something whose region is known.
_HOMES: Final = ("vpc_id", "transit_gateway_id")

#: Kinds that a route's GatewayId can name, by the words of Unmodelled.
_GATEWAY_KINDS: Final = (
    TargetKind.CARRIER_GATEWAY,
    TargetKind.LOCAL_GATEWAY,
)


def assemble(gathered: Gathered, pieces: list[Piece]) -> Snapshot:
    """Return the snapshot of everything that was gathered.

    Raises:
        InputError: a value can't be.
    """
    builder, others, services = _Builder(gathered), unmodelled(pieces), gather_services(pieces)
    build, read = builder.build, builder.prefixes
    estate = Estate(_shapes(gathered.elastic_ips), _shapes(gathered.nat_gateways))
    tables = partial(
        route_table, prefixes=read, gateways=_gateways(gathered, others.records, services)
    )
    members = _interfaces_by_instance(gathered)
    options = {number: found.shape for number, found in gathered.dhcp_options.items()}
    snapshot = Snapshot(
        vpcs=build(_described(gathered.vpcs), partial(records.vpc, prefixes=read, options=options)),
        subnets=build(gathered.subnets, partial(records.subnet, prefixes=read)),
        route_tables=build(gathered.route_tables, tables),
        network_acls=build(gathered.network_acls, partial(network_acl, prefixes=read)),
        security_groups=in_other_vpcs(builder.security_groups(), services.associations),
        interfaces=build(
            gathered.interfaces, partial(network_interface, prefixes=read, estate=estate)
        ),
        instances=build(gathered.instances, partial(records.instance, interfaces=members)),
        internet_gateways=build(gathered.internet_gateways, records.internet_gateway),
        egress_only_gateways=build(gathered.egress_only_gateways, records.egress_only_gateway),
        nat_gateways=build(gathered.nat_gateways, records.nat_gateway),
        prefix_lists=build(gathered.prefix_lists, partial(records.prefix_list, prefixes=read)),
        elastic_ips=build(gathered.elastic_ips, records.elastic_ip),
        **connections(gathered, build, read),
        **service_records(services, gathered, build, read),
        unmodelled=others.records,
        problems=(
            *builder.problems,
            *services.problems,
            *_unknown_words(gathered.route_tables),
        ),
        calls=frozenset(piece.key for piece in pieces),
    )
    endpoints = frozenset(services.endpoints) - frozenset(snapshot.endpoints)
    snapshot = replace(snapshot, deleted=snapshot.deleted | endpoints)
    said = {**others.mentions, **mentions(snapshot)}
    snapshot = with_findings(checked(with_ties(snapshot), said), clashes(snapshot))
    snapshot = doubt_inspected_gateways(snapshot, _shapes(gathered.vpcs))
    return doubt_blocked_gateways(snapshot, _shapes(gathered.subnets))


class _Builder:
    """Turns shelves of shapes into records, and keeps what was odd about them."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self.prefixes = Prefixes()
        self.problems: list[Problem] = []
        self._regions = _region_by_home(gathered)

    def build(
        self, shelf: Mapping[str, Found[ShapeT]], make: Callable[[ShapeT, Common], RecordT]
    ) -> dict[str, RecordT]:
        """Return the records of a shelf, by id.

        Raises:
            InputError: a value can't be.
        """
        built: dict[str, RecordT] = {}
        for number, found in shelf.items():
            try:
                built[number] = make(found.shape, self._common(number, found))
            except ImpossibleValueError as error:
                raise error.located(file=found.file, place=f"{found.place}.") from None
            if self.prefixes.masked:
                self._note_host_bits(number, found.file)
        return built

    def security_groups(self) -> dict[str, SecurityGroup]:
        """Return the groups, those included that only their rules speak of."""
        groups, rules = self.gathered.security_groups, self.gathered.security_group_rules
        for found in rules.values():
            if found.shape.group_id not in groups:
                group = filter_shapes.SecurityGroup(group_id=found.shape.group_id)
                groups[group.group_id] = Found(group, found.piece, found.rows)
        needed = {
            number: found
            for number, found in rules.items()
            if lists_no_rules(groups[found.shape.group_id].shape)
        }
        alone = self.build(needed, partial(standalone_rule, prefixes=self.prefixes))
        reader = Rules(_shapes(groups), alone.values())
        return self.build(groups, partial(security_group, prefixes=self.prefixes, rules=reader))

    def _common(self, number: str, found: Found[ShapeT]) -> Common:
        shape, document = found.shape, found.piece.document
        return Common(
            id=number,
            tags={tag.key: tag.value or "" for tag in shape.tags or ()},
            owner=shape.owner_id or document.account,
            region=_region(shape) or document.region or self._region_of_home(shape),
            doubt=self._doubt(number, found) if found.conflicts else "",
        )

    def _region_of_home(self, shape: shapes.Resource) -> str:
        for field in _fields_of(type(shape)).homes:
            if region := self._regions.get(getattr(shape, field) or ""):
                return region
        return ""

    def _doubt(self, number: str, found: Found[ShapeT]) -> str:
        """Warn of descriptions that contradict each other, and say so on the record."""
        fields = listed(list(dict.fromkeys(found.conflicts)))
        files = " and ".join(dict.fromkeys((found.file, found.other_file)))
        reason = f"its descriptions differ in {fields} ({files})"
        self.problems.append(
            Problem(
                kind=DUPLICATE,
                resources=(number,),
                message=f"{plain(number)}: {reason}",
                file=found.other_file,
            )
        )
        return reason

    def _note_host_bits(self, number: str, file: str) -> None:
        for text in self.prefixes.take_masked():
            prefix = self.prefixes.read(text, "")
            message = (
                f"{plain(number)}: {plain(text)} has host bits; it is read as {prefix}, as AWS does"
            )
            self.problems.append(
                Problem(kind=HOST_BITS, resources=(number,), message=message, file=file)
            )
        self.prefixes.take_masked()


def _shapes(shelf: Mapping[str, Found[ShapeT]]) -> list[ShapeT]:
    return [found.shape for found in shelf.values()]


def _described(shelf: Shelf[shapes.Vpc]) -> dict[str, Found[shapes.Vpc]]:
    """Leave out VPCs of which only an attribute is known."""
    return {number: found for number, found in shelf.items() if records.is_described(found.shape)}


def _region_by_home(gathered: Gathered) -> dict[str, str]:
    """Return the regions of VPCs, as their subnets' zones tell them, and of transit gateways."""
    subnets = ((subnet.vpc_id, subnet) for subnet in _shapes(gathered.subnets))
    hubs = ((hub.id, hub) for hub in _shapes(gathered.transit_gateways))
    return {home: region for home, shape in chain(subnets, hubs) if (region := _region(shape))}


def _region(shape: shapes.Resource) -> str:
    fields = _fields_of(type(shape))
    for field in fields.zones:
        if text := getattr(shape, field):
            return _cached_region(text)
    for field in fields.arns:
        if text := getattr(shape, field):
            return _cached_region(":".join(text.split(":")[3:4]))
    return ""


class _Fields(NamedTuple):
    """Which of the fields that tell a region a kind of shape has."""

    zones: tuple[str, ...]
    arns: tuple[str, ...]
    homes: tuple[str, ...]


@functools.cache
def _fields_of(kind: type[shapes.Resource]) -> _Fields:
    return _Fields(
        *(tuple(name for name in names if hasattr(kind, name)) for names in (_ZONES, _ARNS, _HOMES))
    )


@functools.lru_cache(maxsize=1024)
def _cached_region(text: str) -> str:
    return region_of(text)


def _gateways(gathered: Gathered, others: Mapping[str, Unmodelled], services: Services) -> Gateways:
    """Return the ids that a route's GatewayId can name, whatever they look like."""
    return {
        TargetKind.VPC_ENDPOINT: services.endpoints,
        TargetKind.INTERNET_GATEWAY: gathered.internet_gateways,
        TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: gathered.egress_only_gateways,
        TargetKind.NAT_GATEWAY: gathered.nat_gateways,
        TargetKind.VPN_GATEWAY: gathered.vpn_gateways,
        TargetKind.TRANSIT_GATEWAY: gathered.transit_gateways,
        **{
            kind: {record.id for record in others.values() if record.kind == kind}
            for kind in _GATEWAY_KINDS
        },
    }


def _interfaces_by_instance(gathered: Gathered) -> dict[str, tuple[str, ...]]:
    """Return the interfaces of each instance, the primary one first."""
    members: dict[str, dict[tuple[int, str], None]] = {}
    embedded = (instance.network_interfaces or () for instance in _shapes(gathered.instances))
    for interface in chain(_shapes(gathered.interfaces), chain.from_iterable(embedded)):
        tie = interface.attachment
        if tie and tie.instance_id:
            ties = members.get(tie.instance_id)
            if ties is None:
                ties = members[tie.instance_id] = {}
            ties[tie.device_index or 0, interface.network_interface_id] = None
    return {
        number: tuple(dict.fromkeys(name for _, name in (sorted(ties) if len(ties) > 1 else ties)))
        for number, ties in members.items()
    }


def _unknown_words(shelf: Shelf[shapes.RouteTable]) -> list[Problem]:
    return [
        Problem(
            kind=UNKNOWN_WORD,
            resources=(number,),
            message=f"{plain(number)}: a route says {echo(word)}, which is not known",
            file=found.file,
        )
        for number, found in shelf.items()
        for word in unknown_words(found.shape)
    ]
