"""Addresses and CIDRs as numbers: parse, format, contain, the reserved addresses of a subnet.

An address is a ``(family, number)`` pair; a prefix is an address with zero host bits and a length.
Both are plain tuples, so that hundreds of thousands of them stay cheap.
"""

from __future__ import annotations

import socket
from typing import Final, Literal, NamedTuple

Family = Literal[4, 6]

#: Bits of an address of each family.
WIDTH: Final = {4: 32, 6: 128}

#: The first four addresses and the last one of an IPv4 subnet belong to AWS [RT-14].
RESERVED_AT_START: Final = 4
RESERVED_AT_END: Final = 1


class AddressError(ValueError):
    """Text that is no address or no CIDR."""


class Address(NamedTuple):
    """One IPv4 or IPv6 address."""

    family: Family
    number: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``10.0.0.5`` or ``2001:db8::1``.

        Raises:
            AddressError: the text is no address.

        >>> Address.parse("10.0.0.5").number
        167772165
        """
        family: Family = 6 if ":" in text else 4
        kind = socket.AF_INET6 if family == 6 else socket.AF_INET
        try:
            packed = socket.inet_pton(kind, text)
        except (OSError, UnicodeError, ValueError):
            raise AddressError(f"{text!r} is not an IP address") from None
        return tuple.__new__(cls, (family, int.from_bytes(packed, "big")))

    def __str__(self) -> str:
        """Return the usual text form."""
        if self.family == 4:
            return socket.inet_ntop(socket.AF_INET, self.number.to_bytes(4, "big"))
        return socket.inet_ntop(socket.AF_INET6, self.number.to_bytes(16, "big"))


class Prefix(NamedTuple):
    """A CIDR whose host bits are zero."""

    family: Family
    first: int
    length: int

    @classmethod
    def parse(cls, text: str) -> Prefix:
        """Read a CIDR, or an address as the prefix of that one address.

        Host bits are masked, as AWS does; `has_host_bits` tells whether there were any.

        Raises:
            AddressError: the text is no CIDR.

        >>> str(Prefix.parse("10.0.0.9/24"))
        '10.0.0.0/24'
        """
        host, slash, tail = text.partition("/")
        address = Address.parse(host)
        width = WIDTH[address.family]
        if not slash:
            return cls(address.family, address.number, width)
        if not (tail.isascii() and tail.isdigit() and len(tail) <= 3 and int(tail) <= width):
            raise AddressError(f"{text!r} is not a CIDR: the length must be 0 to {width}")
        length = int(tail)
        return cls(address.family, address.number >> width - length << width - length, length)

    @property
    def certain(self) -> Prefix:
        """What is inside whatever the writer meant: all of it, unless there were host bits."""
        return self

    @property
    def is_certain(self) -> bool:
        """Whether there is one way to read it."""
        return self.certain == self

    @property
    def last(self) -> int:
        """The highest address inside, as a number."""
        return self.first | (1 << WIDTH[self.family] - self.length) - 1

    @property
    def size(self) -> int:
        """How many addresses are inside."""
        return 1 << WIDTH[self.family] - self.length

    def contains(self, other: Prefix | Address) -> bool:
        """Tell whether an address, or a whole prefix, lies inside this one."""
        if other.family != self.family:
            return False
        if isinstance(other, Address):
            return self.first <= other.number <= self.last
        return self.first <= other.first and other.last <= self.last

    def overlaps(self, other: Prefix) -> bool:
        """Tell whether any address lies in both."""
        return self.family == other.family and self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        """Return the usual text form."""
        return f"{Address(self.family, self.first)}/{self.length}"


class MaskedPrefix(Prefix):
    """The block of a CIDR that was written with host bits, such as ``10.0.1.7/24``.

    AWS keeps no such CIDR, so somebody wrote it who may have meant the block or the one address.
    It is a prefix like any other, the block, and equal to it; it only remembers the address.
    """

    host: int

    @classmethod
    def parse(cls, text: str) -> MaskedPrefix:
        """Read a CIDR, and keep the address that was written.

        Raises:
            AddressError: the text is no CIDR.

        >>> str(MaskedPrefix.parse("10.0.0.9/24").certain)
        '10.0.0.9/32'
        """
        masked = cls(*Prefix.parse(text))
        masked.host = Address.parse(text.partition("/")[0]).number
        return masked

    @property
    def certain(self) -> Prefix:
        """The one address, which the block holds as well."""
        return Prefix(self.family, self.host, WIDTH[self.family])

    @property
    def written(self) -> str:
        """The CIDR with its host bits."""
        return f"{Address(self.family, self.host)}/{self.length}"


def has_host_bits(text: str) -> bool:
    """Tell whether a CIDR's text has bits set behind its prefix length."""
    host, slash, _ = text.partition("/")
    return bool(slash) and Address.parse(host).number != Prefix.parse(text).first


def usable_addresses(subnet: Prefix) -> int:
    """Return how many addresses of an AWS subnet hosts can have [RT-14].

    >>> usable_addresses(Prefix.parse("10.0.1.0/24"))
    251
    """
    return max(0, subnet.size - RESERVED_AT_START - RESERVED_AT_END)


def is_reserved(subnet: Prefix, address: Address) -> bool:
    """Tell whether AWS keeps this address of the subnet for itself [RT-14]."""
    offset = address.number - subnet.first
    return subnet.contains(address) and (
        offset < RESERVED_AT_START or address.number > subnet.last - RESERVED_AT_END
    )
