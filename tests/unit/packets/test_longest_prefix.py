"""What PrefixTable takes, and what it answers at the edges."""

from __future__ import annotations

import pickle
import re
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from netreach.errors import UsageError
from netreach.packets import Address, Prefix
from netreach.packets._address_columns import ManyAddresses, OneAddress
from netreach.packets._direct_table import NarrowTable
from netreach.packets.longest_prefix import PrefixTable

FIRST = str(IPv4Address(0))
CIDRS = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "10.1.2.128/25"]
TABLE = PrefixTable(CIDRS)
TABLE6 = PrefixTable(["2001:db8::/32", "2001:db8::/64", "2001:db8::/80", "2001:db8::1/128"])
BOTH = pytest.mark.parametrize("is_prepared", [False, True], ids=["searched", "direct"])


@pytest.mark.parametrize(
    ("address", "row"),
    [
        pytest.param("9.255.255.255", -1, id="just-before-a-prefix"),
        pytest.param("10.0.0.0", 0, id="first-of-a-prefix"),
        pytest.param("10.0.255.255", 0, id="just-before-a-longer-one"),
        pytest.param("10.1.0.0", 1, id="first-of-the-longer-one"),
        pytest.param("10.1.2.2", 1, id="just-before-a-host"),
        pytest.param("10.1.2.3", 2, id="a-host"),
        pytest.param("10.1.2.4", 1, id="just-past-a-host"),
        pytest.param("10.1.2.127", 1, id="just-before-an-odd-length"),
        pytest.param("10.1.2.128", 3, id="first-of-an-odd-length"),
        pytest.param("10.1.2.255", 3, id="last-of-an-odd-length"),
        pytest.param("10.1.3.0", 1, id="back-in-the-shorter-one"),
        pytest.param("10.255.255.255", 0, id="last-of-a-prefix"),
        pytest.param("11.0.0.0", -1, id="just-past-a-prefix"),
        pytest.param("255.255.255.255", -1, id="last-of-all"),
    ],
)
def test_the_longest_prefix_decides(address: str, row: int) -> None:
    assert TABLE.lookup(address) == row


@pytest.mark.parametrize(
    ("address", "row"),
    [
        ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", -1),
        ("2001:db8::", 2),
        ("2001:db8::1", 3),
        ("2001:db8::2", 2),
        ("2001:db8::ffff:ffff:ffff", 2),
        ("2001:db8:0:0:1::", 1),
        ("2001:db8:0:1::", 0),
        ("2001:db9::", -1),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", -1),
    ],
)
def test_ipv6_is_told_apart_on_both_sides_of_64_bits(address: str, row: int) -> None:
    assert TABLE6.lookup(address) == row


@pytest.mark.parametrize("cidr", ["2001:db8::/80", "2001:db8::/128", "2001:db8:0:0:8000::/66"])
def test_a_prefix_within_64_bits_ends_there(cidr: str) -> None:
    table = PrefixTable(["2001::/16", cidr])
    assert table.lookup(cidr.partition("/")[0]) == 1
    assert table.lookup(["2001:db8:0:1::", "2001:db8:0:1:8000::", "2001:db9::"]).tolist() == [0] * 3


@BOTH
@pytest.mark.parametrize(
    ("cidrs", "first", "last"),
    [
        pytest.param(["0.0.0.0/0"], FIRST, "255.255.255.255", id="all-of-ipv4"),
        pytest.param(["::/0"], "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", id="all-of-ipv6"),
        pytest.param(["255.0.0.0/8"], "255.0.0.0", "255.255.255.255", id="up-to-the-last-of-ipv4"),
        pytest.param(["255.255.255.255/32"], "255.255.255.255", "255.255.255.255", id="last-host"),
        pytest.param(["0.0.0.0/32"], FIRST, FIRST, id="first-host"),
        pytest.param(["::/128"], "::", "::", id="first-host-of-ipv6"),
        pytest.param(["128.0.0.0/1"], "128.0.0.0", "255.255.255.255", id="half-of-ipv4"),
        pytest.param(["0.0.0.0/1", "128.0.0.0/1"], "127.255.255.255", "128.0.0.0", id="two-halves"),
    ],
)
def test_prefixes_at_the_ends_of_the_address_space(
    cidrs: list[str], first: str, last: str, is_prepared: bool
) -> None:
    table = PrefixTable(cidrs, values=[5] * len(cidrs))
    addresses = [first, last] * 600  # so many that a direct table is used where there is one
    if is_prepared:
        table.prepare()
    assert table.lookup(addresses).tolist() == [5] * 1200


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["10.1.2.3", "10.0.0.1"], id="texts"),
        pytest.param(("10.1.2.3", "10.0.0.1"), id="a-tuple"),
        pytest.param(iter(["10.1.2.3", "10.0.0.1"]), id="an-iterator"),
        pytest.param(np.array(["10.1.2.3", "10.0.0.1"]), id="an-array-of-text"),
        pytest.param(np.array(["10.1.2.3", "10.0.0.1"], object), id="an-array-of-objects"),
        pytest.param([b"\x0a\x01\x02\x03", b"\x0a\x00\x00\x01"], id="packed"),
        pytest.param([bytearray(b"\x0a\x01\x02\x03"), b"\x0a\x00\x00\x01"], id="bytearrays"),
        pytest.param([0x0A010203, 0x0A000001], id="numbers"),
        pytest.param([np.uint32(0x0A010203), 0x0A000001], id="numpy-numbers"),
        pytest.param([ip_address("10.1.2.3"), ip_address("10.0.0.1")], id="ipaddress"),
        pytest.param([Address.parse("10.1.2.3"), Address.parse("10.0.0.1")], id="our-own"),
        pytest.param(np.array([0x0A010203, 0x0A000001], np.uint32), id="uint32"),
        pytest.param(np.array([0x0A010203, 0x0A000001], np.int64), id="int64"),
        pytest.param(np.array([0x0A010203, 0x0A000001], np.uint64), id="uint64"),
        pytest.param(np.array([0x0A010203, 0x0A000001], ">u4"), id="big-endian"),
        pytest.param(np.array([[10, 1, 2, 3], [10, 0, 0, 1]], np.uint8), id="octets"),
    ],
)
def test_addresses_of_every_form(addresses: ManyAddresses) -> None:
    found = TABLE.lookup(addresses)
    assert found.tolist() == [2, 0]
    assert found.dtype == np.int64


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        b"\x0a\x01\x02\x03",
        bytearray(b"\x0a\x01\x02\x03"),
        0x0A010203,
        np.uint32(0x0A010203),
        np.array(0x0A010203, np.uint32),
        ip_address("10.1.2.3"),
        Address.parse("10.1.2.3"),
    ],
    ids=lambda address: type(address).__name__,
)
def test_one_in_one_out(address: OneAddress) -> None:
    found = TABLE.lookup(address)
    assert found == 2
    assert type(found) is int


@BOTH
def test_arrays_may_be_read_only_and_have_gaps(is_prepared: bool) -> None:
    table = PrefixTable(CIDRS)
    if is_prepared:
        table.prepare()
    numbers = np.tile(np.array([0x0A010203, 0, 0x0A000001, 0], np.uint32), 1000)
    octets = np.tile(np.array([[10, 1, 2, 3, 9, 9], [10, 0, 0, 1, 9, 9]], np.uint8), (1000, 1))
    numbers.flags.writeable = octets.flags.writeable = False
    expected = [2, 0] * 1000
    assert table.lookup(numbers[::2]).tolist() == expected
    assert table.lookup(numbers[::-2]).tolist() == [-1] * 2000
    assert table.lookup(octets[:, :4]).tolist() == expected
    assert numbers[0] == 0x0A010203


@BOTH
@pytest.mark.parametrize("kind", ["i1", "i4", "i8", ">i4", ">i8"])
@pytest.mark.parametrize("step", [1, 2, -1], ids=["gapless", "with-gaps", "backwards"])
def test_answers_go_where_the_caller_wants_them(is_prepared: bool, kind: str, step: int) -> None:
    table = PrefixTable(CIDRS)
    if is_prepared:
        table.prepare()
    out = np.zeros(4000, kind)[::step][:2000]
    numbers = np.tile(np.array([0x0A010203, 0x0A000001], np.uint32), 1000)
    found = table.lookup(numbers, out=out)
    assert found is out
    assert found.tolist() == [2, 0] * 1000


@pytest.mark.parametrize(
    ("out", "message"),
    [
        (np.zeros(3, np.int64), "not an array of 2 integers: pass np.empty(2, np.int64)"),
        (np.zeros((2, 1), np.int64), "not an array of 2 integers"),
        (np.zeros(2, float), "not an array of 2 integers"),
        (np.zeros(2, np.uint8), "values of -1 to 300 do not fit into uint8"),
        (np.frombuffer(bytes(16), np.int64), "out= is read-only"),
    ],
)
def test_an_array_that_answers_do_not_fit_into_is_refused(
    out: NDArray[np.int64], message: str
) -> None:
    table = PrefixTable(["10.0.0.0/8"], [300])
    with pytest.raises(UsageError, match=re.escape(message)):
        table.lookup(["10.0.0.1", "9.9.9.9"], out=out)


def test_one_address_needs_no_array() -> None:
    with pytest.raises(UsageError, match="one address is answered by a number"):
        TABLE.lookup("10.0.0.1", out=np.zeros(1, np.int64))


@pytest.mark.parametrize(
    "nothing",
    [
        [],
        (),
        np.array([]),
        np.array([], np.uint32),
        np.array([], "U1"),
        np.zeros((0, 4), np.uint8),
    ],
    ids=["list", "tuple", "floats", "uint32", "texts", "octets"],
)
def test_no_addresses_in_none_out(nothing: ManyAddresses) -> None:
    for table in (TABLE, TABLE.prepare(), PrefixTable([])):
        found = table.lookup(nothing)
        assert found.shape == (0,)
        assert found.dtype == np.int64


@pytest.mark.parametrize("address", ["10.0.0.1", "::1", 1 << 100, b"\0" * 4, b"\0" * 16], ids=repr)
def test_an_empty_table_answers_the_default_for_either_family(address: str | bytes | int) -> None:
    table = PrefixTable([], default=9)
    assert (len(table), table.family) == (0, None)
    assert table.lookup(address) == 9
    assert table.lookup([address] * 3).tolist() == [9, 9, 9]
    assert table.prepare().lookup([address] * 2000).tolist() == [9] * 2000


@BOTH
@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1, 2, 3, 4], id="small"),
        pytest.param([-128, 127, 128, 4], id="past-int8"),
        pytest.param([-32769, 3, 32767, 4], id="past-int16"),
        pytest.param([1 << 31, 3, -(1 << 31), 4], id="past-int32"),
        pytest.param([(1 << 63) - 1, 3, -(1 << 63), 4], id="int64"),
        pytest.param(np.array([7, 8, 9, 10], np.uint64), id="unsigned"),
        pytest.param(np.array([7, 7, 9, 7], np.int8), id="repeated"),
        pytest.param(range(4), id="a-range"),
    ],
)
def test_values_come_back_exactly(values: ArrayLike, is_prepared: bool) -> None:
    table = PrefixTable(CIDRS, values=values, default=-9)
    if is_prepared:
        table.prepare()
    addresses = ["10.0.0.1", "10.1.0.1", "10.1.2.3", "10.1.2.200", "11.0.0.0"] * 300
    assert table.lookup(addresses).tolist() == [*map(int, np.asarray(values)), -9] * 300


def test_the_same_address_with_other_lengths_is_no_repetition() -> None:
    assert PrefixTable(["10.0.0.0/8", "10.0.0.0/9", "10.0.0.0/32"]).lookup("10.0.0.0") == 2


@pytest.mark.parametrize(
    "prefix",
    [ip_network("10.0.0.0/8"), Prefix.parse("10.0.0.0/8"), "10.0.0.0/8"],
    ids=["ipaddress", "our-own", "text"],
)
def test_prefixes_of_every_form(prefix: str | IPv4Network | Prefix) -> None:
    assert PrefixTable(iter([prefix])).lookup(["10.1.1.1", "11.0.0.0"]).tolist() == [0, -1]


def test_a_table_says_how_large_it_is() -> None:
    assert (len(TABLE), TABLE.family, TABLE6.family) == (4, 4, 6)
    assert repr(TABLE) == "<PrefixTable of 4 IPv4 prefixes>"
    assert repr(PrefixTable([])) == "<PrefixTable of 0 prefixes>"


def test_ranges_of_equal_values_are_one() -> None:
    table = PrefixTable(["10.0.0.0/9", "10.128.0.0/9", "10.3.0.0/16"], values=[4, 4, 4])
    assert [f"{first:08x}" for first in table.ranges.words[0]] == [
        "00000000",
        "0a000000",
        "0b000000",
    ]
    assert table.ranges.values.tolist() == [-1, 4, -1]
    assert table.ranges.values.dtype == np.int8


def test_the_direct_table_comes_when_enough_was_asked() -> None:
    table = PrefixTable(["10.0.0.0/8"])
    enough = (1 << 17) + 64 * 3
    half = np.zeros(enough // 2, np.uint32)
    table.lookup(half)
    table.lookup(half)
    assert table._direct is None
    assert table.lookup("10.0.0.1") == 0
    assert isinstance(table._direct, NarrowTable)


def test_preparing_twice_builds_once() -> None:
    table = PrefixTable(CIDRS)
    direct = table.prepare()._direct
    assert table.prepare()._direct is direct


@BOTH
def test_a_table_can_be_sent_to_another_process(is_prepared: bool) -> None:
    table = PrefixTable(CIDRS)
    if is_prepared:
        table.prepare()
    copy = pickle.loads(pickle.dumps(table))  # noqa: S301  # our own bytes
    assert copy.lookup(["10.1.2.3", "10.0.0.1"] * 1000).tolist() == [2, 0] * 1000
