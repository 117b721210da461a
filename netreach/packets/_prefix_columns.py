"""CIDRs as people write them, read into columns of first addresses and lengths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netreach.errors import InputError
from netreach.packets._address_columns import (
    BITS,
    HOST_MASKS,
    Words,
    no_words,
    unpack,
)
from netreach.packets._address_text import Family, family_of, pack
from netreach.packets._disjoint_ranges import first_repeated
from netreach.packets.prefixes import Prefix

Prefixes: TypeAlias = Iterable[str | IPv4Network | IPv6Network | Prefix]

_LENGTHS: Final = {family: {str(n): n for n in range(bits + 1)} for family, bits in BITS.items()}


@dataclass(frozen=True, slots=True)
class PrefixColumns:
    """Distinct prefixes of one family without host bits, in the order given."""

    family: Family | None
    """None where there are no prefixes."""
    words: Words
    """The first address of each."""
    length: NDArray[np.int64]


def read_prefixes(given: Prefixes) -> PrefixColumns:
    """Read CIDRs.

    Raises:
        InputError: something is not a CIDR, has host bits, repeats an earlier prefix, or is of
            another family than the first.
    """
    if isinstance(given, str | bytes):
        raise InputError(what=f"{given!r} is one text, not a list of prefixes", mend="put it in []")
    texts = [prefix if isinstance(prefix, str) else str(prefix) for prefix in given]
    if not texts:
        return PrefixColumns(None, no_words(4), np.zeros(0, np.int64))
    family: Family = 6 if ":" in texts[0] else 4
    parts = [text.rpartition("/") for text in texts]
    lengths = [_LENGTHS[family].get(length, -1) for _, _, length in parts]
    packed = pack([address for address, _, _ in parts], family)
    if packed is None or -1 in lengths:
        _refuse_cidr(texts, family)
    columns = PrefixColumns(family, unpack(packed, family), np.array(lengths, np.int64))
    _refuse_host_bits(columns, texts)
    _refuse_repeated(columns, texts)
    return columns


def _family_of_cidr(text: str) -> Family | None:
    """Return the family of a CIDR, or None for what is none."""
    address, _, length = text.rpartition("/")
    family = family_of(address)
    return family if family and length in _LENGTHS[family] else None


def _refuse_cidr(texts: Sequence[str], family: Family) -> NoReturn:
    """Name the first text that is not a CIDR of the family, and say what is wrong with it."""
    row = next(row for row, text in enumerate(texts) if _family_of_cidr(text) != family)
    text = texts[row]
    other, bare = _family_of_cidr(text), family_of(text)
    length_only = family_of(text.rpartition("/")[0])
    what, mend = f"{text!r} is not a CIDR", 'write it as "10.0.0.0/8" or "2001:db8::/32"'
    if other:
        what = f"{text} is IPv{other}, the prefixes before it are IPv{family}"
        mend = "make a table for each family"
    elif bare:
        what, mend = f"{text} has no length", f"write {text}/{BITS[bare]} for the one address"
    elif length_only:
        what = f"{text!r} has no possible length"
        mend = f"lengths of IPv{length_only} are 0 to {BITS[length_only]}"
    raise InputError(place=f"prefix {row}", what=what, mend=mend)


def _refuse_host_bits(columns: PrefixColumns, texts: Sequence[str]) -> None:
    """Refuse the first prefix whose address is not the first of its block."""
    stray = np.zeros(columns.length.size, bool)
    for word, mask in zip(columns.words, HOST_MASKS[len(columns.words)], strict=True):
        stray |= (word & mask[columns.length]) != 0
    if stray.any():
        row = int(stray.argmax())
        what, mend = f"{texts[row]} has host bits", f"write {ip_network(texts[row], strict=False)}"
        raise InputError(place=f"prefix {row}", what=what, mend=mend)


def _refuse_repeated(columns: PrefixColumns, texts: Sequence[str]) -> None:
    """Refuse the first prefix that is there already, in whatever spelling."""
    repeated = first_repeated((*columns.words, columns.length))
    if repeated:
        first, again = repeated
        what = f"{texts[again]} is already prefix {first}"
        raise InputError(place=f"prefix {again}", what=what, mend="keep one of the two")
