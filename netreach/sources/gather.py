"""Pieces -> shapes by id: decoded, pages joined, descriptions of one resource merged."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import GenericAlias
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from netreach.errors import InputError
from netreach.sources import connection_shapes, filter_shapes, policy_shapes, shapes
from netreach.sources.kinds import SHAPES
from netreach.sources.merge import merged
from netreach.sources.parts import KIND_BY_KEY, PartKind, owner_of
from netreach.sources.pieces import PREFIX_LIST_ENTRIES, VPC_ATTRIBUTE, Piece
from netreach.sources.values import ImpossibleValueError

ShapeT = TypeVar("ShapeT", bound=shapes.Resource)
ItemT = TypeVar("ItemT")
Rows = tuple[int, ...]

#: The lists that lie inside the items of a key, for the places of messages.
_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Reservations": ("", ".Instances", ".NetworkInterfaces"),
    "Instances": ("", ".NetworkInterfaces"),
}


class Found(msgspec.Struct, Generic[ShapeT], gc=False):
    """A described resource, where it was first met, and what contradicts it."""

    shape: ShapeT
    piece: Piece
    #: Row numbers, from the piece's list inwards.
    rows: Rows
    #: Fields in which another description differs, and the file of that one.
    conflicts: tuple[str, ...] = ()
    other_file: str = ""

    @property
    def file(self) -> str:
        """The file of the first description."""
        return self.piece.document.file

    @property
    def place(self) -> str:
        """Where the first description stands in its file."""
        steps = _STEPS.get(self.piece.key, ("",))
        return self.piece.path + "".join(
            f"{step}[{row}]" for step, row in zip(steps, self.rows, strict=False)
        )


class Part(NamedTuple):
    """What one piece lists of a resource: items and their row numbers."""

    items: list[tuple[int, Any]]
    piece: Piece

    def read(self, make: Callable[[Any], ItemT | None]) -> Iterator[ItemT]:
        """Yield what is made of each item, but for None.

        Raises:
            InputError: a value can't be.
        """
        for row, item in self.items:
            try:
                made = make(item)
            except ImpossibleValueError as error:
                place = f"{self.piece.path}[{row}]."
                raise error.located(file=self.piece.document.file, place=place) from None
            if made is not None:
                yield made


class Shelf(dict[str, Found[ShapeT]], Generic[ShapeT]):
    """The descriptions of one kind, by id."""

    def put(self, shape: ShapeT, piece: Piece, rows: Rows) -> None:
        """Add a description, or merge it with what the id has already."""
        number = shape.id
        found = self.get(number)
        if found is None:
            self[number] = Found(shape, piece, rows)
        elif shape != found.shape:
            self._merge(found, shape, piece)

    @staticmethod
    def _merge(found: Found[ShapeT], shape: ShapeT, piece: Piece) -> None:
        """Fill what the first description lacks; the owner's account describes a resource best."""
        first = found.shape
        if _is_owners(shape, piece) and not _is_owners(first, found.piece):
            first, shape = shape, first
        found.shape, conflicts = merged(first, shape)
        if conflicts:
            found.conflicts = (*found.conflicts, *conflicts)
            found.other_file = piece.document.file


@dataclass(slots=True)
class Gathered:
    """Everything that the pieces describe, by kind and id."""

    vpcs: Shelf[shapes.Vpc] = field(default_factory=Shelf)
    dhcp_options: Shelf[shapes.DhcpOptions] = field(default_factory=Shelf)
    subnets: Shelf[shapes.Subnet] = field(default_factory=Shelf)
    route_tables: Shelf[shapes.RouteTable] = field(default_factory=Shelf)
    network_acls: Shelf[filter_shapes.NetworkAcl] = field(default_factory=Shelf)
    security_groups: Shelf[filter_shapes.SecurityGroup] = field(default_factory=Shelf)
    security_group_rules: Shelf[filter_shapes.SecurityGroupRule] = field(default_factory=Shelf)
    interfaces: Shelf[shapes.Interface] = field(default_factory=Shelf)
    instances: Shelf[shapes.Instance] = field(default_factory=Shelf)
    internet_gateways: Shelf[shapes.InternetGateway] = field(default_factory=Shelf)
    egress_only_gateways: Shelf[shapes.EgressOnlyInternetGateway] = field(default_factory=Shelf)
    nat_gateways: Shelf[shapes.NatGateway] = field(default_factory=Shelf)
    prefix_lists: Shelf[shapes.PrefixList] = field(default_factory=Shelf)
    elastic_ips: Shelf[shapes.ElasticIp] = field(default_factory=Shelf)
    peerings: Shelf[connection_shapes.VpcPeering] = field(default_factory=Shelf)
    transit_gateways: Shelf[connection_shapes.TransitGateway] = field(default_factory=Shelf)
    transit_attachments: Shelf[connection_shapes.TransitAttachment] = field(default_factory=Shelf)
    transit_route_tables: Shelf[connection_shapes.TransitRouteTable] = field(default_factory=Shelf)
    transit_policy_tables: Shelf[policy_shapes.PolicyTable] = field(default_factory=Shelf)
    connect_peers: Shelf[policy_shapes.ConnectPeer] = field(default_factory=Shelf)
    multicast_domains: Shelf[policy_shapes.MulticastDomain] = field(default_factory=Shelf)
    vpn_gateways: Shelf[connection_shapes.VpnGateway] = field(default_factory=Shelf)
    customer_gateways: Shelf[connection_shapes.CustomerGateway] = field(default_factory=Shelf)
    vpn_connections: Shelf[connection_shapes.VpnConnection] = field(default_factory=Shelf)
    direct_connect_gateways: Shelf[connection_shapes.DirectConnectGateway] = field(
        default_factory=Shelf
    )
    virtual_interfaces: Shelf[connection_shapes.VirtualInterface] = field(default_factory=Shelf)
    client_vpn_endpoints: Shelf[connection_shapes.ClientVpnEndpoint] = field(default_factory=Shelf)
    #: Parts of resources, such as the routes of transit tables, by kind of part and resource.
    parts: dict[tuple[str, str], list[Part]] = field(default_factory=dict)

    def read_parts(
        self, key: str, resource: str, make: Callable[[Any], ItemT | None]
    ) -> tuple[ItemT, ...] | None:
        """Return what is made of each part of a resource, but for None; None if nobody tells.

        Raises:
            InputError: a value can't be.
        """
        told = self.parts.get((key, resource))
        return None if told is None else tuple(made for part in told for made in part.read(make))


#: Top-level key -> the shelf that its items belong on.
_SHELVES: Final[Mapping[str, str]] = {
    "Vpcs": "vpcs",
    "DhcpOptions": "dhcp_options",
    "Subnets": "subnets",
    "RouteTables": "route_tables",
    "NetworkAcls": "network_acls",
    "SecurityGroups": "security_groups",
    "SecurityGroupRules": "security_group_rules",
    "NetworkInterfaces": "interfaces",
    "InternetGateways": "internet_gateways",
    "EgressOnlyInternetGateways": "egress_only_gateways",
    "NatGateways": "nat_gateways",
    "PrefixLists": "prefix_lists",
    "ManagedPrefixLists": "prefix_lists",
    "Addresses": "elastic_ips",
    "VpcPeeringConnections": "peerings",
    "TransitGateways": "transit_gateways",
    "TransitGatewayVpcAttachments": "transit_attachments",
    "TransitGatewayPeeringAttachments": "transit_attachments",
    "TransitGatewayConnects": "transit_attachments",
    "TransitGatewayRouteTables": "transit_route_tables",
    "TransitGatewayPolicyTables": "transit_policy_tables",
    "TransitGatewayConnectPeers": "connect_peers",
    "TransitGatewayMulticastDomains": "multicast_domains",
    "VpnGateways": "vpn_gateways",
    "CustomerGateways": "customer_gateways",
    "VpnConnections": "vpn_connections",
    "directConnectGateways": "direct_connect_gateways",
    "virtualInterfaces": "virtual_interfaces",
    "ClientVpnEndpoints": "client_vpn_endpoints",
}


def gather(pieces: Iterable[Piece]) -> Gathered:
    """Decode the pieces that the model covers and bring them together by id.

    Raises:
        InputError: a field has the wrong type, or an id is missing.
    """
    gathered = Gathered()
    # interfaces that instances describe come after those of their own call, which say more
    for piece in sorted(pieces, key=lambda piece: piece.key in _STEPS):
        if piece.key in _SHELVES:
            shelf = getattr(gathered, _SHELVES[piece.key])
            for row, shape in enumerate(decode(piece, SHAPES[piece.key])):
                shelf.put(shape, piece, (row,))
        elif piece.key in _PUT:
            _PUT[piece.key](gathered, piece)
        elif piece.key in KIND_BY_KEY:
            _put_parts(gathered, piece, KIND_BY_KEY[piece.key])
    return gathered


def decode(piece: Piece, kind: type[Any]) -> list[Any]:
    """Return the items of a piece.

    Raises:
        InputError: a field has the wrong type, or an id is missing.
    """
    items: list[Any] = decode_as(piece, GenericAlias(list, (kind,)))
    return items


def decode_as(piece: Piece, kind: Any) -> Any:  # noqa: ANN401 - what comes back is a `kind`
    """Return the whole of a piece as one type.

    Raises:
        InputError: a field has the wrong type, or an id is missing.
    """
    try:
        return _decoder(kind).decode(piece.raw)
    except msgspec.ValidationError as error:
        raise _wrong_type(piece, str(error)) from None


def _put_reservations(gathered: Gathered, piece: Piece) -> None:
    for row, reservation in enumerate(decode(piece, shapes.Reservation)):
        for number, instance in enumerate(reservation.instances or ()):
            instance.owner_id = instance.owner_id or reservation.owner_id
            _put_instance(gathered, instance, piece, (row, number))


def _put_instances(gathered: Gathered, piece: Piece) -> None:
    for row, instance in enumerate(decode(piece, shapes.Instance)):
        _put_instance(gathered, instance, piece, (row,))


def _put_instance(gathered: Gathered, instance: shapes.Instance, piece: Piece, rows: Rows) -> None:
    gathered.instances.put(instance, piece, rows)
    for number, interface in _embedded(instance):
        gathered.interfaces.put(interface, piece, (*rows, number))


def _embedded(instance: shapes.Instance) -> Iterator[tuple[int, shapes.Interface]]:
    """Yield the interfaces inside an instance, completed by what the instance says of them."""
    interfaces = instance.network_interfaces or []
    for number, interface in enumerate(interfaces):
        if interface.attachment is None:
            interface.attachment = shapes.InterfaceAttachment()
        interface.attachment.instance_id = instance.instance_id
        if interface.attachment.device_index == 0 or len(interfaces) == 1:
            _complete_primary(interface, instance)
        yield number, interface


def _complete_primary(interface: shapes.Interface, instance: shapes.Instance) -> None:
    """Fill in what old dumps tell about the instance only, which is its primary interface's."""
    if interface.groups is None:
        interface.groups = instance.security_groups
    if interface.source_dest_check is None:
        interface.source_dest_check = instance.source_dest_check
    has_public = interface.association or any(
        address.association for address in interface.private_ip_addresses or ()
    )
    if not has_public and instance.public_ip_address:
        interface.association = shapes.Association(public_ip=instance.public_ip_address)


def _put_attribute(gathered: Gathered, piece: Piece) -> None:
    gathered.vpcs.put(decode_as(piece, shapes.Vpc), piece, ())


def _put_entries(gathered: Gathered, piece: Piece) -> None:
    if not piece.resource:
        return
    entries = decode(piece, shapes.PrefixListEntry)
    found = gathered.prefix_lists.get(piece.resource)
    if found is None:
        shape = shapes.PrefixList(prefix_list_id=piece.resource, entries=entries)
        gathered.prefix_lists.put(shape, piece, ())
    else:  # pages add up
        found.shape.entries = [*(found.shape.entries or ()), *entries]


def _put_parts(gathered: Gathered, piece: Piece, kind: PartKind) -> None:
    """Sort the items of a piece by the resource that they are parts of."""
    found: dict[str, Part] = {}
    items = decode(piece, kind.shape)
    for row, item in enumerate(items):
        resource = owner_of(kind, item) or piece.resource
        found.setdefault(resource, Part([], piece)).items.append((row, item))
    for resource, part in (found or {piece.resource: Part([], piece)}).items():
        if resource:
            gathered.parts.setdefault((piece.key, resource), []).append(part)


def _put_attachments(gathered: Gathered, piece: Piece) -> None:
    """Note which attachments are said to have no table: whoever sees those of others would see it.

    Only the transit gateway's owner is told of associations.
    """
    items = decode(piece, connection_shapes.TransitAttachment)
    telling = {item.transit_gateway_id for item in items if item.association}
    for row, item in enumerate(items):
        account = piece.document.account
        is_owners = bool(account) and item.transit_gateway_owner_id == account
        if item.association is None and (is_owners or item.transit_gateway_id in telling):
            item.association = connection_shapes.TransitAssociation()
        gathered.transit_attachments.put(item, piece, (row,))


#: Pieces whose items are no plain list of one kind.
_PUT: Final[Mapping[str, Callable[[Gathered, Piece], None]]] = {
    "Reservations": _put_reservations,
    "Instances": _put_instances,
    VPC_ATTRIBUTE: _put_attribute,
    PREFIX_LIST_ENTRIES: _put_entries,
    "TransitGatewayAttachments": _put_attachments,
}


def _is_owners(shape: shapes.Resource, piece: Piece) -> bool:
    return bool(shape.owner_id) and shape.owner_id == piece.document.account


@functools.cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401 - any type can be decoded
    return msgspec.json.Decoder(kind)


def _wrong_type(piece: Piece, message: str) -> InputError:
    """Turn the decoder's message, which ends in a path below the piece, into one of ours."""
    what, _, path = message.partition(" - at `$")
    return InputError(
        file=piece.document.file,
        place=piece.path + path.rstrip("`"),
        what=what[:1].lower() + what[1:],
        mend="write the answer of the AWS CLI unchanged",
    )
