"""What a name resolves to, as one VPC or the internet sees it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TypeVar

from msgspec import Struct

from netreach.model.records import Vpc
from netreach.packets.prefixes import Address, Prefix
from netreach.query.words import safe

ItemT = TypeVar("ItemT")


class Answers(Struct, frozen=True):
    """Where a name leads."""

    #: Interfaces, asked at the addresses at which they are asked by id.
    interfaces: tuple[str, ...] = ()
    #: Addresses, asked as they are written.
    addresses: tuple[Address, ...] = ()
    ranges: tuple[Prefix, ...] = ()
    #: Why nobody knows which of the internet's addresses they are; "" where that is not so.
    hidden: str = ""
    #: The full name of the AWS service that it is, if it is one.
    service: str = ""
    #: Why nobody knows where it leads.
    unknown: str = ""
    #: Why nobody knows which of the interfaces or addresses it leads to; "" where to all of them.
    choice: str = ""
    #: What was taken for granted.
    notes: tuple[str, ...] = ()


def merged(parts: Iterable[Answers]) -> Answers:
    """Return everything that several answers say."""
    found = list(parts)
    return Answers(
        interfaces=_each(part.interfaces for part in found),
        addresses=_each(part.addresses for part in found),
        ranges=_each(part.ranges for part in found),
        hidden=next((part.hidden for part in found if part.hidden), ""),
        service=next((part.service for part in found if part.service), ""),
        unknown=next((part.unknown for part in found if part.unknown), ""),
        choice=next((part.choice for part in found if part.choice), ""),
        notes=_each(part.notes for part in found),
    )


def _each(parts: Iterable[tuple[ItemT, ...]]) -> tuple[ItemT, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(parts)))


def has_dns(vpc: Vpc | None) -> bool:
    """Tell whether both DNS attributes of a VPC are on, or not said to be off [HY-8]."""
    return vpc is not None and vpc.dns_support is not False and vpc.dns_hostnames is not False


def dns_notes(vpc: Vpc | None) -> tuple[str, ...]:
    """Return what was taken for granted where the snapshot does not say both attributes."""
    if vpc is None or None not in (vpc.dns_support, vpc.dns_hostnames):
        return ()
    which = f"DNS support and DNS hostnames of {safe(vpc.id)}"
    return (f"the snapshot does not say whether {which} are on: taken to be, as the name needs",)
