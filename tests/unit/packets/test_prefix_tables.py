"""Many tables of longest-prefix match at once."""

from __future__ import annotations

from ipaddress import IPv4Address

import numpy as np
import pytest

from netreach.errors import InputError
from netreach.packets._address_columns import ManyAddresses
from netreach.packets.longest_prefix import ManyNames, PrefixTable, PrefixTables

TABLE = PrefixTable(["10.0.0.0/8"])
FIRST = str(IPv4Address(0))
TABLE6 = PrefixTable(["2001:db8::/32"])


@pytest.fixture
def stack() -> PrefixTables:
    return PrefixTables(
        {
            "main": PrefixTable(["0.0.0.0/0", "10.0.0.0/16"], values=[7, 8]),
            "private": PrefixTable(["10.0.0.0/8"], values=[1 << 40], default=-5),
            "empty": PrefixTable([], default=-6),
            "last": PrefixTable(["255.255.255.255/32", "0.0.0.0/32"]),
        }
    )


def test_each_address_is_asked_of_its_own_table(stack: PrefixTables) -> None:
    names = ["main", "main", "private", "private", "empty", "last", "last", "last"]
    texts = [
        "10.1.0.0",
        "10.0.9.9",
        "10.0.9.9",
        "11.0.0.0",
        "10.0.0.1",
        "255.255.255.255",
        FIRST,
    ]
    found = stack.lookup(names, [*texts, "0.0.0.1"])
    assert found.tolist() == [7, 8, 1 << 40, -5, -6, 0, 1, -1]
    assert found.dtype == np.int64


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["private", "main"], id="a-list"),
        pytest.param(("private", "main"), id="a-tuple"),
        pytest.param(iter(["private", "main"]), id="an-iterator"),
        pytest.param(np.array(["private", "main"]), id="an-array-of-text"),
        pytest.param(np.array(["private", "main"], object), id="an-array-of-objects"),
        pytest.param([1, 0], id="places"),
        pytest.param(np.array([1, 0]), id="an-array-of-places"),
        pytest.param(np.array([1, 0], np.uint8), id="small-places"),
    ],
)
def test_tables_may_be_named_or_numbered(stack: PrefixTables, names: ManyNames) -> None:
    assert stack.lookup(names, ["11.0.0.0", "11.0.0.0"]).tolist() == [-5, 7]


def test_one_name_goes_for_all_and_one_address_goes_for_all(stack: PrefixTables) -> None:
    assert stack.lookup("main", ["10.0.0.1", "11.0.0.0"]).tolist() == [8, 7]
    assert stack.lookup(1, np.array([0x0A000001], np.uint32)).tolist() == [1 << 40]
    assert stack.lookup(["main", "private", "empty"], "10.0.0.1").tolist() == [8, 1 << 40, -6]
    for name in ("main", 0, np.int64(0)):
        found = stack.lookup(name, "10.0.0.1")
        assert found == 8
        assert type(found) is int
    assert stack.lookup(np.array("main"), "10.0.0.1") == 8


@pytest.mark.parametrize(
    ("names", "addresses"),
    [([], []), (np.array([], np.int64), np.array([], np.uint32)), ("main", []), ([], "10.0.0.1")],
    ids=["lists", "arrays", "one-name", "one-address"],
)
def test_nothing_asked_of_tables_is_nothing_answered(
    stack: PrefixTables, names: ManyNames, addresses: ManyAddresses
) -> None:
    found = stack.lookup(names, addresses)
    assert found.shape == (0,)
    assert found.dtype == np.int64


def test_tables_of_ipv6_that_share_upper_words() -> None:
    stack = PrefixTables(
        {
            "hosts": PrefixTable(["2001:db8::5/128", "2001:db8::/64"]),
            "nets": PrefixTable(["2001:db8::/32", "2001:db8:0:1::/64"]),
            "empty": PrefixTable([]),
            "late": PrefixTable(["2001:db8:0:0:8000::/65"]),
        }
    )
    addresses = ["2001:db8::4", "2001:db8::5", "2001:db8::6", "2001:db8:0:1::", "2001:db9::"]
    expected = {
        "hosts": [1, 0, 1, -1, -1],
        "nets": [0, 0, 0, 1, -1],
        "empty": [-1] * 5,
        "late": [-1] * 5,
    }
    assert {name: stack.lookup(name, addresses).tolist() for name in expected} == expected
    assert stack.lookup("late", "2001:db8::8000:0:0:0") == 0
    assert stack.lookup("hosts", "2001:db8::8000:0:0:0") == 1


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        pytest.param({"a": PrefixTable([], default=3)}, "10.0.0.1", id="empty-tables"),
        pytest.param({"a": PrefixTable([], default=3)}, "::1", id="empty-tables-ipv6"),
    ],
)
def test_empty_tables_answer_their_default_for_either_family(
    tables: dict[str, PrefixTable], message: str
) -> None:
    assert PrefixTables(tables).lookup("a", message) == 3


def test_no_tables_answer_nothing_but_nothing() -> None:
    stack = PrefixTables({})
    assert len(stack) == 0
    assert stack.lookup([], []).tolist() == []
    with pytest.raises(InputError, match="no table is called 'main': there are no tables"):
        stack.lookup("main", "10.0.0.1")


def test_tables_of_both_families_do_not_stack() -> None:
    with pytest.raises(InputError, match="table 'four' is IPv4 and table 'six' is IPv6"):
        PrefixTables({"none": PrefixTable([]), "six": TABLE6, "four": TABLE})


@pytest.mark.parametrize(
    ("names", "addresses", "message"),
    [
        pytest.param(
            "mian", "10.0.0.1", "no table is called 'mian': the nearest name is 'main'", id="one"
        ),
        pytest.param(["main", "priv"], ["10.0.0.1"] * 2, "nearest name is 'private'", id="second"),
        pytest.param(
            ["main", 5], ["10.0.0.1"] * 2, "no table is called 5", id="number-among-names"
        ),
        pytest.param(["main", []], ["10.0.0.1"] * 2, "no table is called []", id="unhashable"),
        pytest.param(
            [0, 4], ["10.0.0.1"] * 2, "name 1: there is no table 4: there are 4", id="past"
        ),
        pytest.param(-1, "10.0.0.1", "there is no table -1", id="negative"),
        pytest.param(
            [0.0], ["10.0.0.1"], "an array of float64 and shape (1,) names no", id="floats"
        ),
        pytest.param([[0]], ["10.0.0.1"], "shape (1, 1) names no tables", id="a-matrix"),
        pytest.param([True], ["10.0.0.1"], "an array of bool", id="truths"),
        pytest.param(["main"], ["10.0.0.1"] * 2, "1 names for 2 addresses", id="too-few-names"),
        pytest.param(["main"] * 2, ["10.0.0.1"], "2 names for 1 addresses", id="too-many-names"),
        pytest.param("main", "::1", "IPv6 where IPv4 is asked for", id="other-family"),
    ],
)
def test_questions_to_tables_that_cannot_be_answered(
    stack: PrefixTables, names: object, addresses: object, message: str
) -> None:
    with pytest.raises(InputError) as refusal:
        stack.lookup(names, addresses)  # type: ignore[call-overload]  # wrong on purpose
    assert message in str(refusal.value)
