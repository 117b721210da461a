"""The axis of atoms: where many addresses are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from netreach.packets.atoms import _COLUMNS_FROM, AtomAxis
from netreach.packets.jit import Effort, Jit
from netreach.packets.prefixes import Address, Prefix

CIDRS = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "2001:db8::/32", "2001:db8::1/128"]


def axis_of(cidrs: Sequence[str]) -> AtomAxis:
    prefixes = [Prefix.parse(cidr) for cidr in cidrs]
    return AtomAxis.cut((one.family, one.first, one.last) for one in prefixes)


def addresses_of(texts: Sequence[str]) -> list[Address]:
    return [Address.parse(text) for text in texts]


@pytest.mark.parametrize("count", [0, 1, _COLUMNS_FROM - 1, _COLUMNS_FROM, 1000])
@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["9.255.255.255", "10.0.0.0", "10.1.2.3", "10.1.2.4"], id="ipv4"),
        pytest.param(["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db9::"], id="ipv6"),
        pytest.param(["2001:db8::1", "10.1.2.3", "::", "255.255.255.255"], id="both"),
    ],
)
def test_many_addresses_are_where_each_is(texts: list[str], count: int) -> None:
    axis = axis_of(CIDRS)
    addresses = (addresses_of(texts) * count)[:count]
    found = axis.locate_many(iter(addresses))
    assert found.dtype == np.int64
    assert found.tolist() == [axis.locate(address) for address in addresses]


def test_an_axis_without_cuts_has_an_atom_for_each_family() -> None:
    both = addresses_of(["10.0.0.1", "2001:db8::1"]) * 100
    assert AtomAxis.cut([]).locate_many(both).tolist() == [0, 1] * 100


def test_columns_of_words_need_no_addresses() -> None:
    axis = axis_of(CIDRS)
    numbers = np.array([0x0A010203, 0, 0xFFFFFFFF], np.uint32)
    assert axis.locate_words((numbers,)).tolist() == [
        axis.locate(Address(4, number)) for number in numbers.tolist()
    ]
    upper = np.array([0x20010DB8 << 32, (1 << 64) - 1], np.uint64)
    lower = np.array([1, (1 << 64) - 1], np.uint64)
    expected = [Address.parse("2001:db8::1"), Address(6, (1 << 128) - 1)]
    assert axis.locate_words((upper, lower)).tolist() == [axis.locate(one) for one in expected]


def test_the_switch_changes_nothing() -> None:
    axis = axis_of(CIDRS)
    both = addresses_of(["10.1.2.3", "2001:db8::1", "10.255.255.255"]) * 30
    effort = Effort(Jit.from_environment(), 1)
    assert axis.locate_many(both, effort).tolist() == [axis.locate(one) for one in both]
