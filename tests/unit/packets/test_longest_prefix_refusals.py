"""What PrefixTable refuses, and how it says so."""

from __future__ import annotations

from ipaddress import ip_address

import numpy as np
import pytest

from netreach.errors import InputError, UsageError
from netreach.packets.longest_prefix import PrefixTable

TABLE = PrefixTable(["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32"])
TABLE6 = PrefixTable(["2001:db8::/32"])


@pytest.mark.parametrize(
    ("cidrs", "mended"),
    [
        pytest.param(["10.0.0.1/8"], "10.0.0.1/8 has host bits: write 10.0.0.0/8", id="host-bits"),
        pytest.param(["2001:db8::1/64"], "write 2001:db8::/64", id="host-bits-of-ipv6"),
        pytest.param(["2001:db8:1::/32"], "write 2001:db8::/32", id="host-bits-above-64"),
        pytest.param(["0.0.0.0/0", "10.0.0.0"], "prefix 1: 10.0.0.0 has no length", id="no-length"),
        pytest.param(["::1"], "write ::1/128", id="no-length-of-ipv6"),
        pytest.param(["10.0.0.0/33"], "lengths of IPv4 are 0 to 32", id="length-33"),
        pytest.param(["::/129"], "lengths of IPv6 are 0 to 128", id="length-129"),
        pytest.param(["10.0.0.0/-1"], "no possible length", id="length-below-0"),
        pytest.param(["10.0.0.0/"], "no possible length", id="length-empty"),
        pytest.param(["10.0.0.0/255.0.0.0"], "no possible length", id="a-mask"),
        pytest.param(["10.0.0.0/8 "], "no possible length", id="a-blank"),
        pytest.param(["10.0.0/8"], "'10.0.0/8' is not a CIDR", id="three-octets"),
        pytest.param(["010.0.0.0/8"], "'010.0.0.0/8' is not a CIDR", id="a-leading-zero"),
        pytest.param(["10.0.0.256/32"], "not a CIDR", id="octet-256"),
        pytest.param(["fe80::%1/64"], "not a CIDR", id="a-zone"),
        pytest.param(["vpc-1"], "'vpc-1' is not a CIDR", id="not-an-address"),
        pytest.param([""], "'' is not a CIDR", id="nothing"),
        pytest.param([5], "'5' is not a CIDR", id="a-number"),
        pytest.param(["10.0.0.0/8", "::/0"], "prefix 1: ::/0 is IPv6", id="ipv6-after-ipv4"),
        pytest.param(["::/0", "10.0.0.0/8"], "prefix 1: 10.0.0.0/8 is IPv4", id="ipv4-after-ipv6"),
        pytest.param(
            ["10.0.0.0/8", "::/0", "10.0.0.0/8"], "prefix 1: ::/0 is IPv6", id="the-first-wrong-one"
        ),
        pytest.param(
            ["10.0.0.0/8", "0.0.0.0/0", "10.0.0.0/8"],
            "prefix 2: 10.0.0.0/8 is already prefix 0",
            id="repeated",
        ),
        pytest.param(
            ["2001:db8::/32", "2001:0db8:0::/32"], "is already prefix 0", id="repeated-otherwise"
        ),
        pytest.param(["10.0.0.0/8"] * 3, "prefix 1: 10.0.0.0/8 is already", id="three-times"),
        pytest.param("10.0.0.0/8", "one text, not a list", id="one-text"),
    ],
)
def test_a_prefix_that_cannot_be_is_refused(cidrs: object, mended: str) -> None:
    with pytest.raises(InputError) as refusal:
        PrefixTable(cidrs)  # type: ignore[arg-type]  # wrong on purpose
    assert mended in str(refusal.value)


@pytest.mark.parametrize(
    ("values", "default", "error", "message"),
    [
        pytest.param([1], -1, UsageError, "1 values for 2 prefixes", id="too-few"),
        pytest.param([1, 2, 3], -1, UsageError, "3 values for 2 prefixes", id="too-many"),
        pytest.param([[1, 2]], -1, UsageError, "2 dimensions", id="a-matrix"),
        pytest.param(5, -1, UsageError, "0 dimensions", id="one-value"),
        pytest.param([1.0, 2.0], -1, InputError, "float64", id="floats"),
        pytest.param(["a", "b"], -1, InputError, "not all 64-bit integers", id="texts"),
        pytest.param([True, False], -1, InputError, "bool", id="truths"),
        pytest.param([1, 1 << 63], -1, InputError, "not all 64-bit integers", id="above-int64"),
        pytest.param([1, 1 << 70], -1, InputError, "not all 64-bit integers", id="far-above"),
        pytest.param([1, [2]], -1, InputError, "not all 64-bit integers", id="ragged"),
        pytest.param([1, 2], None, InputError, "the default None is not", id="default-none"),
        pytest.param([1, 2], 0.5, InputError, "the default 0.5 is not", id="default-float"),
        pytest.param([1, 2], 1 << 63, InputError, "64-bit integer", id="default-above-int64"),
    ],
)
def test_values_that_are_no_integers_are_refused(
    values: object, default: object, error: type[InputError], message: str
) -> None:
    with pytest.raises(InputError) as refusal:
        PrefixTable(["10.0.0.0/8", "0.0.0.0/0"], values=values, default=default)  # type: ignore[arg-type]  # wrong on purpose
    assert type(refusal.value) is error
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("addresses", "message"),
    [
        pytest.param("10.0.0", "address 0: '10.0.0' is not an IP address", id="text"),
        pytest.param(["10.0.0.1", "x"], "address 1: 'x' is not an IP address", id="second-text"),
        pytest.param(["10.0.0.1", "010.0.0.1"], "'010.0.0.1' is not", id="a-leading-zero"),
        pytest.param(["10.0.0.1\n10.0.0.2"], "is not an IP address", id="two-lines"),
        pytest.param(["10.0.0.1", "10.0.0.\u0661"], "is not an IP address", id="other-digits"),
        pytest.param(["10.0.0.1\0"], "is not an IP address", id="a-zero-byte"),
        pytest.param(["10.0.0.1", 5], "address 1: 5 is not an IP address", id="number-among-text"),
        pytest.param(["10.0.0.1", None], "address 1: None is not", id="none-among-text"),
        pytest.param([5, "10.0.0.1"], "address 1: '10.0.0.1' is not the number", id="text-last"),
        pytest.param([5, None], "address 1: None is not the number", id="none-among-numbers"),
        pytest.param([5, 1 << 32], "address 1: 4294967296 is not the number", id="above-ipv4"),
        pytest.param(-1, "address 0: -1 is not the number", id="below-0"),
        pytest.param(b"10.0.0.1", "b'10.0.0.1' is not an address", id="text-as-bytes"),
        pytest.param([b"\0\0\0\1", b"\0"], "address 1: b'\\x00' is not an address", id="short"),
        pytest.param([None], "address 0: None is not an address", id="none-in-a-list"),
        pytest.param(None, "None is not an address", id="none"),
        pytest.param(5.5, "5.5 is not an address", id="float"),
        pytest.param([5.5], "address 0: 5.5 is not an address", id="float-in-a-list"),
        pytest.param(True, "True is not an address", id="a-truth"),
        pytest.param(np.array([1.0]), "an array of float64 and shape (1,)", id="floats"),
        pytest.param(np.array([True]), "an array of bool", id="truths"),
        pytest.param(np.array([10, 0, 0, 1], np.uint8), "uint8 and shape (4,)", id="flat-octets"),
        pytest.param(np.zeros((2, 5), np.uint8), "uint8 and shape (2, 5)", id="five-octets"),
        pytest.param(np.zeros((2, 4), np.uint16), "uint16 and shape (2, 4)", id="wide-octets"),
        pytest.param(np.zeros((1, 2, 4), np.uint8), "shape (1, 2, 4)", id="three-dimensions"),
        pytest.param(np.array([b"\0\0\0\1"]), "an array of |S4", id="an-array-of-bytes"),
        pytest.param(np.array([5, -1]), "address 1: -1 is not the number", id="negative"),
        pytest.param(np.array([1 << 32, 5]), "address 0: 4294967296 is not", id="above-uint32"),
    ],
)
def test_what_is_no_address_is_refused(addresses: object, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        TABLE.lookup(addresses)  # type: ignore[call-overload]  # wrong on purpose
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("table", "addresses", "message"),
    [
        pytest.param(TABLE, "::1", "address 0 (::1): IPv6 where IPv4", id="text"),
        pytest.param(TABLE6, "10.0.0.1", "(10.0.0.1): IPv4 where IPv6", id="ipv4-text"),
        pytest.param(TABLE, ["10.0.0.1", "::1"], "address 1 (::1)", id="second-text"),
        pytest.param(TABLE, b"\0" * 16, "address 0: IPv6 where IPv4", id="packed"),
        pytest.param(TABLE6, [b"\0" * 16, b"\0" * 4], "address 1: IPv4", id="second-packed"),
        pytest.param(TABLE, ip_address("::1"), "address 0: IPv6", id="ipaddress"),
        pytest.param(TABLE, np.zeros((1, 16), np.uint8), "shape (1, 16): IPv6", id="octets"),
        pytest.param(TABLE6, np.zeros((1, 4), np.uint8), "shape (1, 4): IPv4", id="ipv4-octets"),
        pytest.param(TABLE6, np.array([5]), "int64 and shape (1,): IPv4", id="numbers"),
        pytest.param(PrefixTable([]), ["10.0.0.1", "::1"], "address 1 (::1)", id="mixed"),
        pytest.param(PrefixTable([]), [b"\0" * 4, b"\0" * 16], "address 1", id="mixed-packed"),
    ],
)
def test_addresses_of_the_other_family_are_refused(
    table: PrefixTable, addresses: object, message: str
) -> None:
    with pytest.raises(InputError) as refusal:
        table.lookup(addresses)  # type: ignore[call-overload]  # wrong on purpose
    assert message in str(refusal.value)
    assert "ask a table of IPv" in str(refusal.value)
