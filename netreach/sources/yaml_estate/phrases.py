"""The phrases of our YAML: CIDRs, addresses, references, route targets and rules.

Each is read strictly: one spelling for one meaning, and an error that shows the phrase and the
spellings that there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from netreach.model.records import ANY_PROTOCOL, TargetKind
from netreach.packets.prefixes import Address, AddressError, Prefix, has_host_bits
from netreach.packets.services import NAMES, NUMBERS

Preposition = Literal["from", "to"]

#: Numbers of a person's own ACL rules; AWS keeps those above for itself [NA-2].
LAST_RULE_NUMBER: Final = 32766
ANYWHERE: Final = (Prefix.parse("0.0.0.0/0"), Prefix.parse("::/0"))
_LONGEST_SHOWN: Final = 80
#: What can stand in a path as it is.
_PLAIN: Final = re.compile(r"[A-Za-z0-9._:/-]{1,100}")
#: A name, an id or an ARN.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}|arn:[A-Za-z0-9:/._-]{1,300}")


class PhraseError(ValueError):
    """What a person wrote and can't stand: what is wrong, how to mend it, and where."""

    def __init__(self, what: str, mend: str = "", place: str = "") -> None:
        """Keep the parts; the place may be added by whoever knows it."""
        self.what, self.mend, self.place = what, mend, place
        super().__init__(": ".join(part for part in (place, what, mend) if part))


def shown(text: object) -> str:
    """Return the text quoted, escaped and short enough for a message."""
    quoted = ascii(text)
    return quoted if len(quoted) <= _LONGEST_SHOWN else quoted[: _LONGEST_SHOWN - 3] + "..."


def place_of(*parts: object) -> str:
    """Return a dotted path; a part that is not plain text is quoted.

    >>> print(place_of("vpcs", "shop", "web server"))
    vpcs.shop.'web server'
    """
    words = (str(part) for part in parts)
    return ".".join(word if _PLAIN.fullmatch(word) else shown(word) for word in words)


def parse_cidr(text: object) -> Prefix:
    """Read a CIDR that has a length and no host bits."""
    word = text_of(text)
    try:
        prefix = Prefix.parse(word)
        masked = has_host_bits(word)
    except AddressError:
        raise PhraseError(f"{shown(word)} is not a CIDR", "write 10.0.0.0/16") from None
    if "/" not in word:
        raise PhraseError(f"{word} is an address, not a CIDR", f"write {prefix}")
    if masked:
        raise PhraseError(f"{word} has host bits", f"write {prefix}")
    return prefix


def parse_address(text: object) -> Address:
    """Read one address of either family."""
    word = text_of(text)
    try:
        return Address.parse(word)
    except AddressError:
        raise PhraseError(f"{shown(word)} is not an IP address", "write 10.0.0.5") from None


def text_of(value: object) -> str:
    """Return what must be text."""
    if not isinstance(value, str):
        raise PhraseError(f"{shown(value)} is not text", "put it in quotes")
    return value


class Reference(NamedTuple):
    """A name or an id of another resource; `is_missing` if the estate leaves it out on purpose."""

    name: str
    is_missing: bool = False


def parse_reference(text: object) -> Reference:
    """Read ``web``, ``sg-web`` or ``missing:sg-0a1``."""
    word = text_of(text)
    name = word.removeprefix("missing:")
    if not _NAME.fullmatch(name):
        raise PhraseError(
            f"{shown(word)} is not a reference", "write a name, an id or `missing:ID`"
        )
    return Reference(name, is_missing=name != word)


@dataclass(frozen=True, slots=True)
class Destination:
    """What a route covers: a prefix or a prefix list."""

    prefix: Prefix | None = None
    prefix_list: Reference | None = None


def parse_destination(text: object) -> Destination:
    """Read ``10.0.0.0/8`` or ``prefix-list:NAME``."""
    word = text_of(text)
    if word.startswith("prefix-list:"):
        return Destination(prefix_list=parse_reference(word.partition(":")[2]))
    return Destination(prefix=parse_cidr(word))


class Target(NamedTuple):
    """Where a route leads; without a reference, the gateway of the VPC itself."""

    kind: TargetKind
    reference: Reference | None = None


#: Kinds of which a VPC has at most one, so that the kind alone names it.
_LONE_KINDS: Final = (
    TargetKind.LOCAL,
    TargetKind.INTERNET_GATEWAY,
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
)
_TARGET_FORMS: Final = "write `internet-gateway`, `nat-gateway:NAME` or another of: " + ", ".join(
    kind if kind in _LONE_KINDS else f"{kind}:ID" for kind in TargetKind
)


def parse_target(text: object) -> Target:
    """Read ``internet-gateway``, ``nat-gateway:NAME`` or ``transit-gateway:ID``."""
    head, colon, tail = text_of(text).partition(":")
    if head not in tuple(TargetKind) or (head == TargetKind.LOCAL and colon):
        raise PhraseError(f"{shown(text)} is not a route's target", _TARGET_FORMS)
    kind = TargetKind(head)
    if not colon and kind not in _LONE_KINDS:
        raise PhraseError(f"{shown(text)} does not say which {kind}", f"write `{kind}:NAME`")
    return Target(kind, parse_reference(tail) if colon else None)


class ServicePhrase(NamedTuple):
    """A rule's protocol and ports (or ICMP type and code), as the records spell them."""

    protocol: int
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """The far end of a group's rule: prefixes, a group or a prefix list."""

    prefixes: tuple[Prefix, ...] = ()
    group: Reference | None = None
    prefix_list: Reference | None = None


@dataclass(frozen=True, slots=True)
class GroupPhrase:
    """One rule of a security group."""

    service: ServicePhrase
    peer: Peer


@dataclass(frozen=True, slots=True)
class AclPhrase:
    """One rule of a network ACL."""

    number: int
    allows: bool
    service: ServicePhrase
    prefix: Prefix


def parse_group_rule(phrase: object, preposition: Preposition) -> GroupPhrase:
    """Read ``tcp 443 from 10.0.0.0/16``, ``all to anywhere`` ..."""
    forms = (
        f"write `tcp 443 {preposition} 10.0.0.0/16`, `udp 53 {preposition} group:NAME`, "
        f"`icmp 8/0 {preposition} prefix-list:NAME` or `all {preposition} anywhere`"
    )
    with reading(phrase, forms):
        service, peer = _split(text_of(phrase).split(), preposition)
        return GroupPhrase(_parse_service(service), _parse_peer(peer))


def parse_acl_rule(phrase: object, preposition: Preposition) -> AclPhrase:
    """Read ``100 allow tcp 1024-65535 to 10.0.1.0/24``, ``200 deny all from 0.0.0.0/0`` ..."""
    forms = (
        f"write `100 allow tcp 1024-65535 {preposition} 10.0.1.0/24` "
        f"or `200 deny all {preposition} 0.0.0.0/0`"
    )
    with reading(phrase, forms):
        words, prefix = _split(text_of(phrase).split(), preposition)
        number, action, *service = [*words, "", ""] if len(words) < 3 else words
        return AclPhrase(
            _rule_number(number), _allows(action), _parse_service(service), parse_cidr(prefix)
        )


def _allows(word: str) -> bool:
    if word not in {"allow", "deny"}:
        raise PhraseError(f"{shown(word)} is neither `allow` nor `deny`")
    return word == "allow"


@contextmanager
def reading(phrase: object, forms: str) -> Iterator[None]:
    """Show the whole phrase in errors about its parts, and the forms that there are."""
    try:
        yield
    except PhraseError as error:
        raise _in_phrase(error, phrase, forms) from None


def _in_phrase(error: PhraseError, phrase: object, forms: str) -> PhraseError:
    """Show the whole phrase, what is wrong in it, and the forms that there are."""
    detail = f"{error.what} ({error.mend})" if error.mend else error.what
    return PhraseError(f"can't read {shown(phrase)}: {detail}", forms)


def _split(words: list[str], preposition: Preposition) -> tuple[list[str], str]:
    if len(words) < 3 or words[-2] != preposition:
        raise PhraseError(f"it does not end in `{preposition}` and a peer")
    return words[:-2], words[-1]


def _parse_service(words: list[str]) -> ServicePhrase:
    match words:
        case ["all"]:
            return ServicePhrase(ANY_PROTOCOL)
        case ["tcp" | "udp" as name]:
            return ServicePhrase(NUMBERS[name], 0, 65535)
        case ["tcp" | "udp" as name, ports]:
            return ServicePhrase(NUMBERS[name], *parse_ports(ports))
        case ["icmp" | "icmpv6" as name]:
            return ServicePhrase(NUMBERS[name])
        case ["icmp" | "icmpv6" as name, kind]:
            return ServicePhrase(NUMBERS[name], *_type_and_code(kind))
        case ["protocol", number]:
            return ServicePhrase(_other_protocol(number))
    raise PhraseError(
        f"{shown(' '.join(words))} is no service",
        "services are `tcp 443`, `udp 53-54`, `icmp 8/0`, `icmpv6`, `protocol 50` and `all`",
    )


def parse_ports(word: str) -> tuple[int, int]:
    """Read ``443`` or ``8000-8100``."""
    low, dash, high = word.partition("-")
    first = number_in(low, 65535, "port")
    last = number_in(high, 65535, "port") if dash else first
    if first > last:
        raise PhraseError(f"the ports {first}-{last} are reversed", f"write {last}-{first}")
    return first, last


def _type_and_code(word: str) -> tuple[int, int | None]:
    kind, slash, code = word.partition("/")
    return number_in(kind, 255, "ICMP type"), number_in(code, 255, "ICMP code") if slash else None


def _other_protocol(word: str) -> int:
    number = number_in(word, 255, "protocol number")
    if number in NAMES:
        raise PhraseError(f"protocol {number} has a name", f"write `{NAMES[number]}`")
    return number


def _rule_number(word: str) -> int:
    return number_in(word, LAST_RULE_NUMBER, "rule number", first=1)


def number_in(word: str, last: int, noun: str, *, first: int = 0) -> int:
    """Read a number of a range; errors call it by the noun."""
    if not (word.isascii() and word.isdigit()):
        raise PhraseError(f"{shown(word)} is no {noun}", f"it is {first} to {last}")
    if len(word) > 9 or not first <= int(word) <= last:
        raise PhraseError(f"{noun} {word[:20]} is out of range", f"it is {first} to {last}")
    return int(word)


def _parse_peer(word: str) -> Peer:
    if word == "anywhere":
        return Peer(prefixes=ANYWHERE)
    head, _, tail = word.partition(":")
    if head == "group":
        return Peer(group=parse_reference(tail))
    if head == "prefix-list":
        return Peer(prefix_list=parse_reference(tail))
    if "/" not in word and "." not in word and ":" not in word:
        raise PhraseError(f"{shown(word)} is no peer")
    return Peer(prefixes=(parse_cidr(word),))
