"""Reading addresses as strictly as ``ipaddress`` on systems whose ``inet_pton`` is not."""

from __future__ import annotations

import socket

import pytest

from netreach.packets._address_text import Family, pack

SIZE = {socket.AF_INET: 4, socket.AF_INET6: 16}


@pytest.fixture
def _lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this a system that takes anything for an address."""
    monkeypatch.setattr(socket, "inet_pton", lambda kind, _: bytes(SIZE[kind]))


@pytest.mark.usefixtures("_lenient")
@pytest.mark.parametrize(
    ("family", "text"),
    [
        pytest.param(4, "010.0.0.1", id="octal-at-the-start"),
        pytest.param(4, "10.0.0.01", id="octal-at-the-end"),
        pytest.param(4, "10.00.0.1", id="two-zeros"),
        pytest.param(4, " 10.0.0.1", id="a-blank-before"),
        pytest.param(4, "10.0.0.1 ", id="a-blank-after"),
        pytest.param(4, "0xa.0.0.1", id="hexadecimal"),
        pytest.param(4, "10.0.0.\u0661", id="other-digits"),
        pytest.param(6, "fe80::1%eth0", id="a-zone"),
        pytest.param(6, "[::1]", id="brackets"),
        pytest.param(6, "00001::", id="five-digits"),
        pytest.param(6, "::ffff:10.0.0.01", id="octal-in-the-tail"),
        pytest.param(6, "::ffff:010.0.0.1", id="octal-where-the-tail-starts"),
        pytest.param(6, "::g", id="not-a-digit"),
    ],
)
def test_loose_spellings_are_refused_everywhere(family: Family, text: str) -> None:
    assert pack([text], family) is None
    assert pack(["::1" if family == 6 else "10.0.0.1", text], family) is None


@pytest.mark.usefixtures("_lenient")
@pytest.mark.parametrize(
    ("family", "text"),
    [
        (4, "0.0.0.0"),  # noqa: S104  # an address, nothing is bound
        (4, "100.200.0.10"),
        (6, "::"),
        (6, "0001:0000::ABCD"),
        (6, "::ffff:10.0.0.1"),
        (6, "64:ff9b::0.1.20.0"),
    ],
)
def test_strict_spellings_are_read_everywhere(family: Family, text: str) -> None:
    assert pack([text, text], family) == bytes(8 if family == 4 else 32)
