"""Texts and numbers of the describe output as the model's values; what can't be is refused."""

from __future__ import annotations

from typing import Final

from netreach.errors import InputError
from netreach.model.records import ANY_PROTOCOL
from netreach.packets.prefixes import (
    Address,
    AddressError,
    MaskedPrefix,
    Prefix,
    has_host_bits,
)
from netreach.packets.services import ICMP, ICMPV6, NAMES, NUMBERS, TCP, UDP

#: Echoed values longer than this are cut.
LONGEST_ECHO: Final = 80

#: Ids up to this length are shown whole; ARNs are long.
LONGEST_NAME: Final = 256

#: As many ids are spelt out in one message.
LONGEST_LIST: Final = 3

_LAST: Final = {TCP: 65535, UDP: 65535, ICMP: 255, ICMPV6: 255}
_PROTOCOLS: Final = {**NUMBERS, "-1": ANY_PROTOCOL, "all": ANY_PROTOCOL}

Range = tuple[int | None, int | None]


class ImpossibleValueError(ValueError):
    """A value that AWS can't have written; the caller knows the file and the item it is in."""

    def __init__(self, field: str, what: str, mend: str) -> None:
        """Keep the field's path below its item, what is wrong with it and what would be right."""
        super().__init__(what)
        self.field, self.what, self.mend = field, what, mend

    def below(self, path: str) -> ImpossibleValueError:
        """Return the same complaint, seen from further up."""
        return ImpossibleValueError(f"{path}{self.field}", self.what, self.mend)

    def located(self, *, file: str, place: str) -> InputError:
        """Return the error that a person can mend."""
        return InputError(file=file, place=f"{place}{self.field}", what=self.what, mend=self.mend)


def echo(text: str) -> str:
    r"""Return hostile text in quotes, control characters escaped, cut to a line's length.

    >>> print(echo("a\nb"))
    'a\nb'
    """
    if len(text) > LONGEST_ECHO:
        text = f"{text[: LONGEST_ECHO - 3]}..."
    return ascii(text)


def address(text: str, field: str) -> Address:
    """Read an address.

    Raises:
        ImpossibleValueError: it is none.
    """
    try:
        return Address.parse(text)
    except AddressError:
        raise ImpossibleValueError(
            field, f"{echo(text)} is not an IP address", "write one such as 10.0.0.5"
        ) from None


class Prefixes:
    """Read CIDRs, each text once, and remember which of them had host bits."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._prefix_by_text: dict[str, Prefix] = {}
        #: Texts with host bits that were read since somebody last took them away.
        self.masked: list[str] = []

    def read(self, text: str, field: str) -> Prefix:
        """Read a CIDR; host bits are masked, as AWS does, and remembered.

        Raises:
            ImpossibleValueError: it is none.
        """
        prefix = self._prefix_by_text.get(text)
        if prefix is None:
            prefix = self._prefix_by_text[text] = _parse_prefix(text, field)
        if isinstance(prefix, MaskedPrefix):
            self.masked.append(text)
        return prefix

    def take_masked(self) -> list[str]:
        """Return the texts with host bits read since the last call, each once, in order."""
        if not self.masked:
            return []
        taken = list(dict.fromkeys(self.masked))
        self.masked.clear()
        return taken


def _parse_prefix(text: str, field: str) -> Prefix:
    try:
        prefix = Prefix.parse(text)
    except AddressError:
        raise ImpossibleValueError(
            field, f"{echo(text)} is not a CIDR", "write one such as 10.0.0.0/16"
        ) from None
    return MaskedPrefix.parse(text) if has_host_bits(text) else prefix


def protocol(text: str, field: str) -> int:
    """Read a protocol: a name, a number or "-1".

    Raises:
        ImpossibleValueError: there is no such protocol.
    """
    number = _PROTOCOLS.get(text)
    if number is None:
        number = _PROTOCOLS.get(text.lower())
    if number is not None:
        return number
    if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 255:
        return int(text)
    raise ImpossibleValueError(
        field,
        f"{echo(text)} is not a protocol",
        "write tcp, udp, icmp, icmpv6, -1 or a number from 0 to 255",
    )


def ports(number: int, low: int | None, high: int | None, fields: tuple[str, str]) -> Range:
    """Return the inclusive ports, or the ICMP type and code, of a rule; None stands for all.

    Raises:
        ImpossibleValueError: a number is out of range, or the range is reversed.
    """
    low, high = (None if value == -1 else value for value in (low, high))
    if number not in _LAST or (low is None and high is None):
        return None, None
    if number in (ICMP, ICMPV6):
        return _icmp(number, low, high, fields)
    if low is None or high is None:
        raise ImpossibleValueError(
            fields[low is not None], "the port range has one end only", "write both, or neither"
        )
    _in_range(number, low, fields[0])
    _in_range(number, high, fields[1])
    if low > high:
        raise ImpossibleValueError(
            fields[0], f"the port range {low}-{high} is reversed", "write the lower port first"
        )
    return low, high


def _icmp(number: int, kind: int | None, code: int | None, fields: tuple[str, str]) -> Range:
    """Return type and code; without a type, a code says nothing."""
    if kind is None:
        return None, None
    _in_range(number, kind, fields[0])
    return kind, None if code is None else _in_range(number, code, fields[1])


def _in_range(number: int, value: int, field: str) -> int:
    last = _LAST[number]
    if not 0 <= value <= last:
        noun = f"a {NAMES[number]} port" if last > 255 else "an ICMP type or code"
        raise ImpossibleValueError(field, f"{value} is not {noun}", f"write 0 to {last}")
    return value


def plain(text: str) -> str:
    """Return an id as it is, or in quotes if printing it as it is would be unsafe."""
    is_safe = text.isascii() and text.isprintable() and len(text) <= LONGEST_NAME
    return text if is_safe else echo(text)


def file_name(text: str) -> str:
    """Return a file's name, whole, with the characters escaped that must not reach a terminal."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def listed(names: list[str]) -> str:
    """Return ids as a person lists them, the first few spelt out.

    >>> listed(["eni-1", "eni-2", "eni-3", "eni-4", "eni-5"])
    'eni-1, eni-2, eni-3 and 2 more'
    """
    shown = [plain(name) for name in names[:LONGEST_LIST]]
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join((*([", ".join(shown[:-1])] if shown[1:] else []), *shown[-1:]))
