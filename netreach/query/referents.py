"""What a text can name: a record, a group of them, a place, a prefix ..."""

from __future__ import annotations

from msgspec import Struct

from netreach.model.records import Resource
from netreach.packets.prefixes import Address, Prefix


class Found(Struct, frozen=True):
    """One record and its type word."""

    kind: str
    record: Resource


class Group(Struct, frozen=True):
    """A set of records: by their tag, or the interfaces of a record."""

    #: The type word of the record; "tag".
    kind: str
    #: The id of the record; `tag:env=prod`.
    id: str
    name: str
    #: What the records have in common: "carries sg-1".
    what: str
    found: tuple[Found, ...]


class Namesakes(Struct, frozen=True):
    """Several records that bear one name."""

    name: str
    found: tuple[Found, ...]
    #: They may all be meant: the text says that it is a name.
    is_set: bool


class Place(Struct, frozen=True):
    """An address, perhaps in one VPC only."""

    address: Address
    vpc: str = ""


class Behind(Struct, frozen=True):
    """An address or a CIDR at a site: behind a customer gateway, a link, a VPN client."""

    sites: tuple[str, ...]
    target: Address | Prefix


class Internet(Struct, frozen=True):
    """Everything beyond the internet gateways."""


class Service(Struct, frozen=True):
    """An AWS service, whole or without `com.amazonaws.REGION.`."""

    name: str
    #: The name is one that AWS gives; otherwise only prefix lists bear it.
    is_known: bool
    prefix_lists: tuple[Found, ...]


class Name(Struct, frozen=True):
    """A DNS name that something in the snapshot may resolve."""

    text: str


Referent = Found | Group | Namesakes | Place | Behind | Prefix | Internet | Service | Name
