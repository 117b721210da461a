"""The calculator against the pages of the Amazon VPC user guide, and against `ipaddress`."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netreach.errors import UsageError
from netreach.packets.calculator import (
    Questions,
    aggregate,
    answer,
    describe,
    membership,
    overlaps,
    parse_prefix,
    plan_hosts,
    quoted,
    split,
    split_into,
)
from netreach.packets.prefixes import Prefix
from netreach.packets.scopes import place
from netreach.packets.vpc_blocks import (
    as_subnet,
    as_vpc_block,
    fit_in_vpc,
    reserved_addresses,
    usable_range,
)


def blocks(*texts: str) -> list[Prefix]:
    return [Prefix.parse(text) for text in texts]


def networks(prefixes: Sequence[Prefix]) -> list[IPv4Network]:
    return [IPv4Network(str(prefix)) for prefix in prefixes]


# nearby blocks, so that many of them overlap, touch or are equal
NEARBY = st.builds(
    lambda number, length: Prefix.parse(f"10.0.{number >> 8}.{number & 255}/{length}"),
    st.integers(0, 0x3FF),
    st.integers(20, 32),
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("9.255.255.255", "public", id="just-before-10"),
        pytest.param("10.0.0.0", "private", id="first-of-10"),
        pytest.param("10.255.255.255", "private", id="last-of-10"),
        pytest.param("11.0.0.0", "public", id="just-after-10"),
        pytest.param("100.63.255.255", "public", id="just-before-shared"),
        pytest.param("100.64.0.0", "shared", id="first-shared"),
        pytest.param("100.127.255.255", "shared", id="last-shared"),
        pytest.param("100.128.0.0", "public", id="just-after-shared"),
        pytest.param("127.0.0.1", "loopback", id="loopback"),
        pytest.param("169.254.169.254", "link-local", id="metadata"),
        pytest.param("172.15.255.255", "public", id="just-before-172.16"),
        pytest.param("172.16.0.0", "private", id="first-of-172.16"),
        pytest.param("172.31.255.255", "private", id="last-of-172.16"),
        pytest.param("172.32.0.0", "public", id="just-after-172.31"),
        pytest.param("192.0.2.1", "documentation", id="documentation"),
        pytest.param("192.167.255.255", "public", id="just-before-192.168"),
        pytest.param("192.168.255.255", "private", id="last-of-192.168"),
        pytest.param("198.19.255.255", "benchmarking", id="last-benchmark"),
        pytest.param("223.255.255.255", "public", id="just-before-multicast"),
        pytest.param("224.0.0.1", "multicast", id="multicast"),
        pytest.param("255.255.255.255", "reserved", id="last-of-all"),
        pytest.param("0.0.0.0/0", "mixed", id="all-of-ipv4"),
        pytest.param("172.0.0.0/8", "mixed", id="public-around-private"),
        pytest.param("::1", "loopback", id="ipv6-loopback"),
        pytest.param("fe80::1", "link-local", id="ipv6-link-local"),
        pytest.param("fd00::1", "unique-local", id="ipv6-unique-local"),
        pytest.param("2001:db8::1", "documentation", id="ipv6-documentation"),
        pytest.param("2600:1f16::1", "public", id="ipv6-global"),
        pytest.param("4000::1", "reserved", id="ipv6-unassigned"),
        pytest.param("::/0", "mixed", id="all-of-ipv6"),
    ],
)
def test_a_block_is_private_or_public_or_what_its_standard_says(text: str, kind: str) -> None:
    assert place(Prefix.parse(text)).kind == kind


def test_a_mixed_block_names_the_special_blocks_inside() -> None:
    placement = place(Prefix.parse("198.0.0.0/8"))
    assert [str(part.prefix) for part in placement.parts] == ["198.18.0.0/15", "198.51.100.0/24"]


@pytest.mark.parametrize(
    ("text", "vpc", "subnet"),
    [
        pytest.param("10.0.0.0/15", False, False, id="v4-15"),
        pytest.param("10.0.0.0/16", True, True, id="v4-16"),
        pytest.param("10.0.0.0/28", True, True, id="v4-28"),
        pytest.param("10.0.0.0/29", False, False, id="v4-29"),
        pytest.param("2600::/40", False, False, id="v6-40"),
        pytest.param("2600::/44", True, True, id="v6-44"),
        pytest.param("2600::/50", False, False, id="v6-50-is-no-step-of-4"),
        pytest.param("2600::/56", True, True, id="v6-56"),
        pytest.param("2600::/60", True, True, id="v6-60"),
        pytest.param("2600::/64", False, True, id="v6-64"),
        pytest.param("2600::/68", False, False, id="v6-68"),
        pytest.param("100.64.0.0/16", True, True, id="shared"),
        pytest.param("52.0.0.0/16", True, True, id="public"),
        pytest.param("198.18.0.0/16", True, True, id="benchmarking"),
        pytest.param("fd00:1::/56", True, True, id="unique-local"),
        pytest.param("169.254.0.0/16", False, False, id="link-local"),
        pytest.param("127.0.0.0/16", False, False, id="loopback"),
        pytest.param("224.0.0.0/16", False, False, id="multicast"),
        pytest.param("fe80::/56", False, False, id="v6-link-local"),
    ],
)
def test_aws_takes_some_sizes_and_ranges(text: str, vpc: bool, subnet: bool) -> None:
    prefix = Prefix.parse(text)
    assert (as_vpc_block(prefix).accepted, as_subnet(prefix).accepted) == (vpc, subnet)


def test_a_range_that_aws_does_not_document_says_so() -> None:
    assert "name no benchmarking" in as_vpc_block(Prefix.parse("198.18.0.0/16")).why
    assert "name no" not in as_vpc_block(Prefix.parse("198.19.0.0/16")).why


@pytest.mark.parametrize("text", ["10.0.0.0/24", "10.0.0.16/28", "2600::/64"])
def test_the_first_four_addresses_and_the_last_are_reserved(text: str) -> None:
    subnet = ip_network(text)
    expected = [subnet[0], subnet[1], subnet[2], subnet[3], subnet[-1]]
    reserved = reserved_addresses(Prefix.parse(text))
    assert [str(one.address) for one in reserved] == list(map(str, expected))
    assert reserved[1].purpose == "VPC router"
    first, last = usable_range(Prefix.parse(text))
    assert (str(first), str(last)) == (str(subnet[4]), str(subnet[-2]))


@given(NEARBY)
def test_a_block_is_what_ipaddress_says(prefix: Prefix) -> None:
    block, network = describe(str(prefix)), IPv4Network(str(prefix))
    assert str(block.first) == str(network.network_address)
    assert str(block.last) == str(network.broadcast_address)
    assert str(block.netmask) == str(network.netmask)
    assert str(block.wildcard) == str(network.hostmask)
    assert block.prefix.size == network.num_addresses


def test_an_ipv6_block_has_its_masks_too() -> None:
    block, network = describe("2001:db8::/56"), IPv6Network("2001:db8::/56")
    assert str(block.netmask) == str(network.netmask)
    assert str(block.wildcard) == str(network.hostmask)


def test_host_bits_are_masked_and_noted() -> None:
    block = describe("100.68.0.18/18")
    assert str(block.prefix) == "100.68.0.0/18"
    assert block.notes == ("100.68.0.18/18 has host bits; masked to 100.68.0.0/18, as AWS does",)


@pytest.mark.parametrize(
    ("text", "prefix"), [("10.0.0.5", "10.0.0.5/32"), ("2001:db8::1", "2001:db8::1/128")]
)
def test_a_plain_address_is_the_block_of_itself(text: str, prefix: str) -> None:
    block = describe(text)
    assert (str(block.prefix), block.reserved, block.notes) == (prefix, (), ())


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param("172.17.3.0/24", "Cloud9", id="docker-bridge"),
        pytest.param("172.31.0.0/20", "default VPC", id="default-vpc"),
        pytest.param("169.254.169.254", "metadata", id="metadata"),
        pytest.param("fd00:ec2::253", "never routed", id="aws-ipv6"),
        pytest.param("52.0.0.0/24", "can't reach their owner", id="public"),
        pytest.param("2600::/52", "IPAM", id="not-amazons-ipv6-size"),
    ],
)
def test_a_block_with_a_catch_is_noted(text: str, word: str) -> None:
    (note,) = describe(text).notes
    assert word in note


@pytest.mark.parametrize("text", ["172.18.0.0/24", "52.0.0.0/8", "2600::/56", "10.0.0.0/24"])
def test_a_block_without_a_catch_has_no_note(text: str) -> None:
    assert describe(text).notes == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("10.0.0.300", "no IP address or CIDR", id="octet"),
        pytest.param("10.0.0", "no IP address or CIDR", id="three-octets"),
        pytest.param("", "no IP address or CIDR", id="empty"),
        pytest.param("/24", "no IP address or CIDR", id="length-alone"),
        pytest.param("web-1", "no IP address or CIDR", id="name"),
        pytest.param("fe80::1%eth0", "no IP address or CIDR", id="zone"),
        pytest.param("10.0.0.0/33", "must be 0 to 32", id="v4-length"),
        pytest.param("10.0.0.0/-1", "must be 0 to 32", id="negative"),
        pytest.param("10.0.0.0/", "must be 0 to 32", id="no-length"),
        pytest.param("10.0.0.0/255.255.255.0", "must be 0 to 32", id="netmask"),
        pytest.param("2001:db8::/129", "must be 0 to 128", id="v6-length"),
    ],
)
def test_what_is_no_block_is_refused_with_the_reason(text: str, what: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_prefix(text)
    assert what in caught.value.what
    assert caught.value.mend.startswith("write it like")


def test_an_argument_is_quoted_without_control_characters_and_short() -> None:
    assert quoted("a\x1b[31m\n\u202e") == r"'a\x1b[31m\n\u202e'"
    assert len(quoted("x" * 10_000)) == 62


@given(st.lists(NEARBY, max_size=8))
def test_overlaps_are_the_pairs_that_share_an_address(prefixes: list[Prefix]) -> None:
    found = list(overlaps(prefixes))
    pairs = [pair for pair in combinations(networks(prefixes), 2) if pair[0].overlaps(pair[1])]
    assert len(found) == len(pairs)
    assert all(one.outer.contains(one.inner) for one in found)
    asked = sorted(sorted((str(one), str(other))) for one, other in pairs)
    assert sorted(sorted((str(one.outer), str(one.inner))) for one in found) == asked


def test_blocks_of_different_families_never_overlap() -> None:
    assert list(overlaps(blocks("0.0.0.0/0", "::/0"))) == []


@given(st.lists(NEARBY, max_size=8))
def test_the_aggregate_is_what_ipaddress_collapses(prefixes: list[Prefix]) -> None:
    collapsed = collapse_addresses(networks(prefixes))
    assert list(map(str, aggregate(prefixes))) == list(map(str, collapsed))


def test_an_aggregate_keeps_the_families_apart() -> None:
    mixed = blocks("2001:db8:0:1::/64", "10.0.1.0/24", "2001:db8::/64", "10.0.0.0/24")
    assert [str(one) for one in aggregate(mixed)] == ["10.0.0.0/23", "2001:db8::/63"]


@pytest.mark.parametrize(
    ("primary", "added", "accepted"),
    [
        pytest.param("10.2.0.0/16", "10.3.0.0/16", True, id="10-and-10"),
        pytest.param("10.2.0.0/16", "172.16.0.0/16", False, id="10-and-172"),
        pytest.param("10.2.0.0/16", "192.168.0.0/24", False, id="10-and-192"),
        pytest.param("10.2.0.0/16", "198.19.0.0/24", False, id="10-and-198.19"),
        pytest.param("10.2.0.0/16", "100.64.0.0/16", True, id="10-and-shared"),
        pytest.param("10.2.0.0/16", "52.0.0.0/16", True, id="10-and-public"),
        pytest.param("10.2.0.0/16", "10.0.0.0/16", True, id="10.2-and-10.0"),
        pytest.param("10.1.0.0/16", "10.0.0.0/24", False, id="10.1-and-10.0"),
        pytest.param("10.0.0.0/24", "10.0.1.0/24", False, id="10.0-and-10.0"),
        pytest.param("10.0.0.0/16", "10.1.0.0/16", True, id="10.0-and-10.1"),
        pytest.param("172.16.0.0/16", "172.20.0.0/16", True, id="172-and-172"),
        pytest.param("172.16.0.0/16", "172.31.0.0/20", False, id="172-and-172.31"),
        pytest.param("172.31.0.0/20", "172.30.0.0/16", True, id="172.31-and-172.30"),
        pytest.param("172.16.0.0/16", "10.0.0.0/16", False, id="172-and-10"),
        pytest.param("172.16.0.0/16", "198.19.0.0/16", False, id="172-and-198.19"),
        pytest.param("192.168.0.0/24", "192.168.1.0/24", True, id="192-and-192"),
        pytest.param("192.168.0.0/24", "172.16.0.0/24", False, id="192-and-172"),
        pytest.param("198.19.0.0/24", "10.0.0.0/16", False, id="198.19-and-10"),
        pytest.param("198.19.0.0/24", "52.0.0.0/16", True, id="198.19-and-public"),
        pytest.param("198.19.0.0/24", "100.64.0.0/16", True, id="198.19-and-shared"),
        pytest.param("52.0.0.0/16", "10.0.0.0/16", False, id="public-and-10"),
        pytest.param("52.0.0.0/16", "198.19.0.0/16", False, id="public-and-198.19"),
        pytest.param("52.0.0.0/16", "53.0.0.0/16", True, id="public-and-public"),
        pytest.param("100.64.0.0/16", "192.168.0.0/16", False, id="shared-and-192"),
        pytest.param("100.64.0.0/16", "52.0.0.0/16", True, id="shared-and-public"),
        pytest.param("10.2.0.0/16", "10.2.3.0/24", False, id="overlap"),
        pytest.param("10.2.0.0/16", "10.4.0.0/14", False, id="too-large"),
        pytest.param("10.2.0.0/16", "2600::/56", True, id="ipv6"),
    ],
)
def test_the_primary_block_decides_which_blocks_may_follow(
    primary: str, added: str, accepted: bool
) -> None:
    fit = fit_in_vpc(blocks(primary, added))
    assert [one.verdict.accepted for one in fit.associations] == [True, accepted]
    assert fit.fits is accepted


def test_any_earlier_block_in_10_0_or_10_1_closes_10_0() -> None:
    fit = fit_in_vpc(blocks("10.5.0.0/16", "10.1.0.0/16", "10.0.0.0/16"))
    assert [one.verdict.accepted for one in fit.associations] == [True, True, False]
    assert fit.associations[2].verdict.why.endswith("a VPC with a block in 10.0.0.0/15")
    assert list(map(str, fit.order)) == ["10.5.0.0/16", "10.0.0.0/16", "10.1.0.0/16"]


def test_an_order_that_works_is_offered_only_where_the_given_one_does_not() -> None:
    assert fit_in_vpc(blocks("10.2.0.0/16", "100.64.0.0/16")).order == ()
    assert fit_in_vpc(blocks("10.2.0.0/16", "172.16.0.0/16")).order == ()
    swapped = fit_in_vpc(blocks("100.64.0.0/16", "10.2.0.0/16"))
    assert list(map(str, swapped.order)) == ["10.2.0.0/16", "100.64.0.0/16"]


@pytest.mark.parametrize(
    ("count", "family", "fits"), [(5, 4, True), (6, 4, False), (5, 6, True), (6, 6, False)]
)
def test_a_vpc_has_five_blocks_of_each_family(count: int, family: int, fits: bool) -> None:
    start = [] if family == 4 else ["10.0.0.0/16"]
    more = [f"10.{n}.0.0/16" if family == 4 else f"2600:{n}::/56" for n in range(2, 2 + count)]
    fit = fit_in_vpc(blocks(*start, *more))
    assert fit.fits is fits
    assert any("the quota is 5" in problem for problem in fit.problems) is not fits


def test_a_vpc_needs_an_ipv4_block() -> None:
    fit = fit_in_vpc(blocks("2600::/56"))
    assert fit.associations[0].verdict.accepted
    assert fit.problems == ("a VPC needs an IPv4 block",)


def test_the_first_ipv4_block_is_primary_wherever_it_stands() -> None:
    fit = fit_in_vpc(blocks("2600::/56", "10.2.0.0/16", "10.3.0.0/16", "2600:1::/56"))
    assert [(str(one.prefix), one.role) for one in fit.associations] == [
        ("10.2.0.0/16", "primary"),
        ("10.3.0.0/16", "secondary"),
        ("2600::/56", "ipv6"),
        ("2600:1::/56", "ipv6"),
    ]


def test_a_refused_block_leaves_no_trace() -> None:
    fit = fit_in_vpc(blocks("10.0.0.0/8", "10.2.0.0/16", "172.16.0.0/16", "172.16.5.0/24"))
    assert [one.role for one in fit.associations] == ["primary"] * 2 + ["secondary"] * 2
    assert [one.verdict.accepted for one in fit.associations] == [False, True, False, False]
    assert fit.associations[3].verdict.why == (
        "AWS adds no block of 172.16.0.0/12 to a VPC whose primary block is 10.2.0.0/16"
    )


def test_ipv6_blocks_of_a_vpc_must_not_overlap() -> None:
    fit = fit_in_vpc(blocks("10.2.0.0/16", "2600::/52", "2600::/56"))
    assert [one.verdict.why for one in fit.associations][-1] == "it overlaps 2600::/52"


@pytest.mark.parametrize(
    ("hosts", "length"),
    [
        pytest.param(1, 28, id="one"),
        pytest.param(11, 28, id="all-of-28"),
        pytest.param(12, 27, id="one-more-than-28"),
        pytest.param(27, 27, id="all-of-27"),
        pytest.param(28, 26, id="one-more-than-27"),
        pytest.param(29, 26, id="29"),
        pytest.param(59, 26, id="all-of-26"),
        pytest.param(60, 25, id="one-more-than-26"),
        pytest.param(65_531, 16, id="all-of-16"),
    ],
)
def test_the_smallest_subnet_for_hosts(hosts: int, length: int) -> None:
    assert plan_hosts(hosts).best.length == length


@given(st.integers(1, 65_531))
def test_the_best_subnet_has_room_and_the_next_smaller_has_not(hosts: int) -> None:
    plan = plan_hosts(hosts)
    assert plan.best.usable == plan.best.size - 5 >= hosts
    assert plan.smaller is None or plan.smaller.usable < hosts
    assert (plan.smaller is None) == (plan.best.length == 28)
    assert (plan.larger is None) == (plan.best.length == 16)


@pytest.mark.parametrize(
    ("hosts", "within", "count"),
    [
        pytest.param(29, "10.0.0.0/24", 4, id="four"),
        pytest.param(29, "10.0.0.0/26", 1, id="itself"),
        pytest.param(29, "10.0.0.0/27", 0, id="too-small"),
        pytest.param(29, "10.0.0.0/8", 262_144, id="wider-than-a-vpc"),
        pytest.param(29, "2600::/56", 256, id="ipv6"),
    ],
)
def test_how_often_the_subnet_fits_in_a_block(hosts: int, within: str, count: int) -> None:
    subnets = plan_hosts(hosts, Prefix.parse(within)).subnets
    assert (subnets.count if subnets else 0) == count


@pytest.mark.parametrize(
    ("hosts", "within", "what"),
    [
        pytest.param(65_532, None, "a /16, has 65,531", id="one-too-many"),
        pytest.param(2**84 - 4, "2600::/40", "a /44, has", id="ipv6"),
        pytest.param(0, None, "at least 1", id="none"),
    ],
)
def test_hosts_that_no_subnet_holds_are_refused(hosts: int, within: str | None, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        plan_hosts(hosts, Prefix.parse(within) if within else None)


@given(NEARBY, st.integers(0, 5))
def test_a_split_is_what_ipaddress_splits(prefix: Prefix, bits: int) -> None:
    length = min(32, prefix.length + bits)
    parts = split(prefix, length)
    expected = [str(one) for one in IPv4Network(str(prefix)).subnets(new_prefix=length)]
    assert [str(one) for one in parts.subnets(64)] == expected
    assert parts.count == len(expected)


def test_a_split_lists_no_more_than_asked() -> None:
    parts = split(Prefix.parse("::/0"), 128)
    assert parts.count == 2**128
    assert [str(one) for one in parts.subnets(2)] == ["::/128", "::1/128"]


@pytest.mark.parametrize(
    ("asked", "length", "count"),
    [(1, 24, 1), (2, 25, 2), (3, 26, 4), (4, 26, 4), (5, 27, 8), (256, 32, 256)],
)
def test_a_number_of_parts_is_rounded_up_to_a_power_of_two(
    asked: int, length: int, count: int
) -> None:
    parts = split_into(Prefix.parse("10.0.0.0/24"), asked)
    assert (parts.length, parts.count, parts.parts) == (length, count, asked)


@pytest.mark.parametrize("length", [23, 33])
def test_a_block_is_not_cut_into_wider_or_impossible_ones(length: int) -> None:
    with pytest.raises(UsageError, match="ask for /24 to /32"):
        split(Prefix.parse("10.0.0.0/24"), length)


@pytest.mark.parametrize("parts", [0, 257])
def test_a_block_is_not_cut_into_none_or_more_than_it_has(parts: int) -> None:
    with pytest.raises(UsageError, match="ask for 1 to 256"):
        split_into(Prefix.parse("10.0.0.0/24"), parts)


@pytest.mark.parametrize(
    ("prefix", "asked", "inside", "purpose"),
    [
        pytest.param("10.0.0.0/24", "10.0.0.0", True, "network address", id="network"),
        pytest.param("10.0.0.0/24", "10.0.0.3", True, "kept for future use", id="last-of-four"),
        pytest.param("10.0.0.0/24", "10.0.0.4", True, None, id="first-usable"),
        pytest.param("10.0.0.0/24", "10.0.0.254", True, None, id="last-usable"),
        pytest.param("10.0.0.0/24", "10.0.1.0", False, None, id="just-after"),
        pytest.param("10.0.0.0/8", "10.0.0.0", True, None, id="no-subnet"),
        pytest.param("10.0.0.0/24", "10.0.0.0/25", True, None, id="block"),
        pytest.param("10.0.0.0/24", "10.0.0.0/23", False, None, id="wider-block"),
        pytest.param("0.0.0.0/0", "::1", False, None, id="other-family"),
    ],
)
def test_a_block_holds_an_address_or_not(
    prefix: str, asked: str, inside: bool, purpose: str | None
) -> None:
    member = membership(*blocks(prefix, asked))
    assert member.inside is inside
    assert (member.reserved.purpose if member.reserved else None) == purpose


def test_an_address_is_found_so_far_into_its_block() -> None:
    assert membership(*blocks("10.0.0.0/24", "10.0.0.77")).offset == 77


@pytest.mark.parametrize(
    ("texts", "questions", "what"),
    [
        pytest.param((), Questions(), "PREFIX: missing", id="nothing"),
        pytest.param((), Questions(vpc=True), "PREFIX: missing", id="vpc-of-nothing"),
        pytest.param((), Questions(hosts=5, split=26), "PREFIX: missing", id="split-of-nothing"),
        pytest.param(
            ("10.0.0.0/24",), Questions(split=26, split_into=4), "contradicts", id="two-splits"
        ),
        pytest.param(("10.0.0.0/24",), Questions(contains="x"), "no IP address", id="contains"),
    ],
)
def test_questions_that_make_no_sense_are_refused(
    texts: tuple[str, ...], questions: Questions, what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        answer(texts, questions)


def test_every_question_is_answered_for_every_block() -> None:
    questions = Questions(hosts=5, split=28, contains="10.0.0.9", vpc=True)
    report = answer(["10.0.0.0/24", "10.2.0.0/24"], questions)
    assert [str(plan.within) for plan in report.plans] == ["10.0.0.0/24", "10.2.0.0/24"]
    assert [part.count for part in report.splits] == [16, 16]
    assert [member.inside for member in report.memberships] == [True, False]
    assert report.vpc is not None
    assert report.vpc.fits


def test_one_block_alone_is_not_judged_as_a_vpc_unless_asked() -> None:
    assert answer(["10.0.0.0/24"], Questions()).vpc is None
    assert answer(["10.0.0.0/24"], Questions(vpc=True)).vpc is not None
    assert answer(["10.0.0.0/24", "10.2.0.0/24"], Questions()).vpc is not None
