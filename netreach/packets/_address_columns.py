"""Addresses as people write them, read into columns of machine words.

An IPv4 address is one ``uint32`` word, an IPv6 address two ``uint64`` words, most significant
first; a column of N addresses is a tuple of one or two arrays of N words. Everything below this
file works on such tuples and never sees text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netreach.errors import InputError
from netreach.packets._address_text import Family, family_of, pack
from netreach.packets.prefixes import Address

Word: TypeAlias = NDArray[np.unsignedinteger[Any]]
Words: TypeAlias = tuple[Word, ...]
OneAddress: TypeAlias = (
    str | bytes | bytearray | int | np.integer[Any] | IPv4Address | IPv6Address | Address
)
ManyAddresses: TypeAlias = NDArray[Any] | Iterable[OneAddress]

BITS: Final = {4: 32, 6: 128}
_SINGLE: Final = (str, bytes, bytearray, int, np.integer, IPv4Address, IPv6Address, Address)
_FAMILY_BY_SIZE: Final[dict[int, Family]] = {4: 4, 16: 6}

_FORMS: Final = "pass uint32 numbers, uint8 of shape (N, 4) or (N, 16), packed bytes or text"


def read_addresses(given: OneAddress | ManyAddresses, family: Family | None) -> tuple[Words, bool]:
    """Return the words of one address or many, and whether it was a single one.

    ``family`` is the only one allowed; None allows both, though not in one call.

    Raises:
        InputError: something is not an address, or is one of the other family.
    """
    if isinstance(given, np.ndarray) and given.ndim == 0:
        given = given.item()
    if isinstance(given, _SINGLE):
        return _from_items([given], family), True
    if hasattr(given, "__array__"):
        return _from_array(np.asarray(given), family), False
    if not isinstance(given, Iterable):
        raise InputError(what=f"{given!r} is not an address", mend=_FORMS)
    return _from_items(list(given), family), False


def _from_items(items: list[Any], family: Family | None) -> Words:
    """Read a list by the kind of its first item; an item of another kind is then refused."""
    if not items:
        return no_words(family or 4)
    first = items[0]
    if isinstance(first, str):
        return _from_texts(items, family)
    if isinstance(first, int | np.integer) and not isinstance(first, bool):
        return _from_numbers(items, family)
    return _from_packed(items, family)


def _from_texts(items: list[Any], family: Family | None) -> Words:
    """Parse text at the speed of the C library, and look for the culprit only if it fails."""
    chosen: Family = family or (6 if ":" in items[0] else 4)
    packed = pack(items, chosen)
    if packed is None:
        _refuse_address(items, chosen)
    return unpack(packed, chosen)


def _from_packed(items: list[Any], family: Family | None) -> Words:
    """Read packed bytes and address objects of the standard library."""
    packed = [_packed(item) for item in items]
    sizes = [len(item) for item in packed]
    size = BITS[family] // 8 if family else sizes[0]
    for row, found in enumerate(sizes):
        if found != size and found in _FAMILY_BY_SIZE and size in _FAMILY_BY_SIZE:
            _refuse_family(f"address {row}", _FAMILY_BY_SIZE[found])
        if found != size or found not in _FAMILY_BY_SIZE:
            what = f"{items[row]!r} is not an address"
            raise InputError(place=f"address {row}", what=what, mend=_FORMS)
    return unpack(b"".join(packed), _FAMILY_BY_SIZE[size])


def _packed(item: object) -> bytes:
    """Return the bytes of an address, none for what is no address."""
    if isinstance(item, Address):
        return item.number.to_bytes(BITS[item.family] // 8, "big")
    if isinstance(item, IPv4Address | IPv6Address):
        return item.packed
    return bytes(item) if isinstance(item, bytes | bytearray) else b""


def _from_numbers(items: list[Any], family: Family | None) -> Words:
    """Read plain integers: IPv6 addresses where the table is IPv6, else IPv4."""
    size = BITS[family or 6] // 8
    packed = bytearray()
    for row, item in enumerate(items):
        try:
            packed += int(item.__index__()).to_bytes(size, "big")
        except (AttributeError, TypeError, OverflowError):
            what = f"{item!r} is not the number of an IPv{family or 6} address"
            raise InputError(place=f"address {row}", what=what) from None
    return unpack(packed, family or 6)


def _from_array(array: NDArray[Any], family: Family | None) -> Words:
    """Read an array by its dtype and shape."""
    if array.ndim == 1 and array.dtype.kind in "OU":
        return _from_items(array.tolist(), family)
    if array.ndim == 1 and array.size == 0:
        return no_words(family or 4)
    if array.ndim == 2 and array.dtype == np.uint8 and array.shape[1] in _FAMILY_BY_SIZE:
        found = _FAMILY_BY_SIZE[array.shape[1]]
        words = unpack(np.ascontiguousarray(array).data, found)
    elif array.ndim == 1 and array.dtype.kind in "iu" and array.dtype.itemsize > 1:
        found, words = 4, (_as_uint32(array),)
    else:
        what = f"an array of {array.dtype} and shape {array.shape} holds no addresses"
        raise InputError(what=what, mend=_FORMS)
    if family and found != family:
        _refuse_family(f"an array of {array.dtype} and shape {array.shape}", found)
    return words


def _as_uint32(array: NDArray[Any]) -> NDArray[np.uint32]:
    """Narrow a column of integers, refusing what is not the number of an IPv4 address."""
    if array.dtype != np.uint32:
        wrong = np.flatnonzero((array < 0) | (array > 0xFFFFFFFF))
        if wrong.size:
            row = int(wrong[0])
            what = f"{int(array[row])} is not the number of an IPv4 address"
            raise InputError(place=f"address {row}", what=what)
    return array.astype(np.uint32, copy=False)


def no_words(family: Family, count: int = 0) -> Words:
    """Return a column of so many zeros."""
    return unpack(bytes(count * BITS[family] // 8), family)


def words_of(numbers: Sequence[int], family: Family) -> Words:
    """Return addresses that are plain integers as columns; every one is of the family."""
    if family == 4:
        return (np.fromiter(numbers, np.uint32, len(numbers)),)
    return unpack(b"".join([number.to_bytes(16, "big") for number in numbers]), 6)


def unpack(packed: bytes | bytearray | memoryview, family: Family) -> Words:
    """Turn packed addresses, one after the other, into columns of words."""
    if family == 4:
        return (np.frombuffer(packed, ">u4").astype(np.uint32),)
    pairs = np.frombuffer(packed, ">u8").reshape(-1, 2)
    return pairs[:, 0].astype(np.uint64), pairs[:, 1].astype(np.uint64)


def _refuse_address(items: list[Any], family: Family) -> NoReturn:
    """Name the first item that is not an address of the family."""
    row = next(row for row, item in enumerate(items) if family_of(item) != family)
    other = family_of(items[row])
    if other:
        _refuse_family(f"address {row} ({items[row]})", other)
    mend = _FORMS if not isinstance(items[row], str) else ""
    raise InputError(place=f"address {row}", what=f"{items[row]!r} is not an IP address", mend=mend)


def _refuse_family(place: str, found: Family) -> NoReturn:
    asked = 10 - found
    what = f"IPv{found} where IPv{asked} is asked for"
    raise InputError(place=place, what=what, mend=f"ask a table of IPv{found} prefixes")


def _host_masks(family: Family) -> Words:
    bits = BITS[family]
    packed = b"".join(((1 << (bits - n)) - 1).to_bytes(bits // 8, "big") for n in range(bits + 1))
    return unpack(packed, family)


HOST_MASKS: Final = {len(masks): masks for masks in map(_host_masks, _FAMILY_BY_SIZE.values())}
"""By the number of words of an address: the host bits of every prefix length, a row for each."""
