"""End: what a selector stands for as one end of a question."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from netreach.packets.prefixes import Address, Prefix


class Nature(StrEnum):
    """What an end is by nature."""

    RESOURCE = "resource"
    ADDRESS = "address"
    SET = "set"
    INTERNET = "internet"
    #: A DNS name or an AWS service: what it is depends on who asks.
    NAME = "name"
    #: Something that the model does not cover as an end, or that cannot be one.
    UNMODELLED = "unmodelled"
    #: A resource without any interface.
    BARE = "bare"


class Member(Struct, frozen=True):
    """One host of an end: an interface, or an address that no interface holds."""

    interface: str = ""
    #: The addresses to ask about; empty for an interface: all of its own.
    address: Address | None = None
    #: The VPC of an address that nobody holds.
    vpc: str = ""


class View(Struct, frozen=True):
    """What a name stands for in one VPC; "" is whatever lies outside them all."""

    vpc: str
    ends: tuple[End, ...]
    #: Why nobody knows which of them is meant; "" where all of them are.
    choice: str = ""


class End(Struct, frozen=True):
    """One end of a question."""

    text: str
    nature: Nature
    kind: str
    id: str = ""
    name: str = ""
    members: tuple[Member, ...] = ()
    #: Literal prefixes outside the estate, as atoms of the internet or beyond.
    outside: tuple[Prefix, ...] = ()
    #: The VPC that a literal address was asked in, where it says so.
    vpc: str = ""
    #: The sites that it was asked at, where it says so: its addresses are theirs.
    sites: tuple[str, ...] = ()
    #: Why it is not covered, for Nature.UNMODELLED and Nature.BARE; of a name, why it is not
    #: known for every asking VPC.
    why: str = ""
    #: Of a name: what each asking VPC finds behind it.
    views: tuple[View, ...] = ()
    #: Why nobody knows which addresses of `outside` are meant; "" where all of them are.
    hidden: str = ""
    #: Why nobody knows which of `members` is meant; "" where all of them are.
    choice: str = ""
    #: The full name of the AWS service that it is, if it is one.
    service: str = ""
    #: What was taken for granted to find it.
    notes: tuple[str, ...] = ()
    #: The gateway, or the endpoint of one, by which alone it counts as reached or as sending.
    door: str = ""
    #: The traffic mirror session of which it is the source or the target.
    mirror: str = ""

    @property
    def is_set(self) -> bool:
        """Tell whether it stands for several flows by nature."""
        return self.nature in (Nature.SET, Nature.INTERNET)
