from __future__ import annotations

import pickle

import pytest

from netreach.packets.prefixes import Address, AddressError, MaskedPrefix, Prefix


@pytest.mark.parametrize(
    ("text", "block", "host"),
    [
        pytest.param("10.0.1.7/24", "10.0.1.0/24", "10.0.1.7/32", id="ipv4"),
        pytest.param("10.0.1.7/31", "10.0.1.6/31", "10.0.1.7/32", id="two-addresses"),
        pytest.param("1.2.3.4/0", "0.0.0.0/0", "1.2.3.4/32", id="all-of-ipv4"),
        pytest.param("2001:db8::7/64", "2001:db8::/64", "2001:db8::7/128", id="ipv6"),
    ],
)
def test_a_masked_prefix_is_the_block_and_remembers_the_host(
    text: str, block: str, host: str
) -> None:
    masked = MaskedPrefix.parse(text)
    assert (str(masked), str(masked.certain), masked.written) == (block, host, text)
    assert masked == Prefix.parse(block)
    assert hash(masked) == hash(Prefix.parse(block))
    assert not masked.is_certain
    assert masked.contains(Address.parse(host.partition("/")[0]))


@pytest.mark.parametrize("text", ["10.0.1.0/24", "10.0.1.7/32", "0.0.0.0/0", "::/0", "10.0.1.7"])
def test_any_other_prefix_has_one_reading(text: str) -> None:
    prefix = Prefix.parse(text)
    assert prefix.is_certain
    assert prefix.certain is prefix


def test_the_host_survives_a_pickle() -> None:
    masked: MaskedPrefix = pickle.loads(pickle.dumps(MaskedPrefix.parse("10.0.1.7/24")))  # noqa: S301 - our own
    assert masked.written == "10.0.1.7/24"


def test_what_is_no_cidr_is_refused() -> None:
    with pytest.raises(AddressError, match="the length must be 0 to 32"):
        MaskedPrefix.parse("10.0.1.7/33")
