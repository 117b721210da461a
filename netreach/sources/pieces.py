"""Documents -> pieces: one list of one describe call each, however the JSON wraps it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from netreach.errors import InputError
from netreach.sources import parts
from netreach.sources.answers import ANSWERS, MORE_RECORDS, answer_kind
from netreach.sources.files import Document
from netreach.sources.kinds import (
    COMMON_WORDS,
    PAGE_LISTS,
    SHAPES,
    UNMODELLED,
    bare_list_key,
    describes,
    foreign_format,
)
from netreach.sources.values import echo

#: Folders of responses inside one file are followed this deep, and no deeper.
DEEPEST: Final = 5

_PREFIX_LIST: Final = re.compile(r"pl-[0-9a-f]{8,17}(?![0-9a-f])")
_TRAILING: Final = re.compile(r"trailing characters \(byte (\d+)\)")
_KNOWN: Final = frozenset(SHAPES) | frozenset(UNMODELLED)
#: Where the AWS CLI and its libraries say that more pages follow.
_MORE: Final = ("NextToken", "nextToken", "NextMarker")

#: Pieces that are one object, not a list, have keys of their own.
VPC_ATTRIBUTE: Final = "VpcAttribute"
PREFIX_LIST_ENTRIES: Final = "PrefixListEntries"
BLOCK_PUBLIC_ACCESS: Final = "VpcBlockPublicAccessOptions"

#: What a query of AWS Config says that found nothing, or that was never set up.
_NO_RESULTS: Final = msgspec.Raw(b"[]")

_Object = dict[str, msgspec.Raw]
_OBJECT: Final = msgspec.json.Decoder(_Object)
_ANY: Final = msgspec.json.Decoder(msgspec.Raw)
_ID: Final = msgspec.json.Decoder(str)
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])


class Piece(NamedTuple):
    """A list of one describe call, not decoded yet, and where it stands."""

    key: str
    raw: msgspec.Raw
    document: Document
    #: Where it stands in its file, such as `$.Vpcs` or `$[1].Reservations`.
    path: str
    #: The page says that another one follows.
    has_more: bool = False
    #: The resource that the piece belongs to, where its items don't say so.
    resource: str = ""


class Parts(NamedTuple):
    """What a document holds: pieces of describe calls, or the name of another format."""

    pieces: tuple[Piece, ...] = ()
    foreign: str = ""


def split(document: Document) -> Parts:
    """Take a JSON document apart.

    Raises:
        InputError: it is not JSON, is truncated, or is nested without measure.
    """
    _require_utf8(document)
    splitter = _Splitter(document)
    values = _values_in(document)
    for number, raw in enumerate(values):
        splitter.split(raw, "$" if len(values) == 1 else f"$[{number}]", depth=0, lenient=False)
    return Parts(tuple(splitter.pieces), splitter.foreign)


class _Splitter:
    """Collects the pieces of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.pieces: list[Piece] = []
        self.foreign = ""
        #: Keys of the objects that lie around what is being taken apart.
        self._around: list[str] = []

    def split(self, raw: msgspec.Raw, path: str, *, depth: int, lenient: bool) -> None:
        """Take one JSON value apart: pages, wrappers and keys that hold responses."""
        first = _first_byte(raw)
        if first == b"{":
            self._object(raw, path, depth=depth, lenient=lenient)
        elif first == b"[" and depth <= DEEPEST:
            self._list(raw, path, depth=depth)

    def _list(self, raw: msgspec.Raw, path: str, *, depth: int) -> None:
        """Take a list apart: pages, or the bare items of one call."""
        items = _LIST.decode(raw)
        if items and (key := _bare_key(items[0])):
            self.pieces.append(Piece(key, raw, self.document, path))
            return
        for number, item in enumerate(items):
            self.split(item, f"{path}[{number}]", depth=depth + 1, lenient=False)

    def _object(self, raw: msgspec.Raw, path: str, *, depth: int, lenient: bool) -> None:
        if depth > DEEPEST:
            return
        fields = _OBJECT.decode(raw)
        if foreign := foreign_format(frozenset(fields)):
            if fields.get("Results") != _NO_RESULTS:
                self.foreign = self.foreign or foreign
            return
        self._single(raw, fields, path)
        has_more = any(_is_given(fields.get(name)) for name in _MORE)
        for key, value in fields.items():
            place = f"{path}.{_step(key)}"
            if key in _KNOWN:
                self._known(key, value, place, has_more=has_more, lenient=lenient)
            elif key in PAGE_LISTS:
                self.split(value, place, depth=depth + 1, lenient=lenient)
            elif _first_byte(value) == b"{":
                self._around.append(key)
                self._object(value, place, depth=depth + 1, lenient=True)
                self._around.pop()

    def _known(
        self, key: str, value: msgspec.Raw, place: str, *, has_more: bool, lenient: bool
    ) -> None:
        """Take the list of a call; deep inside other answers, the same word may mean anything."""
        lenient = lenient or key in COMMON_WORDS
        if _first_byte(value) == b"[":
            if not lenient or _is_list_of(key, value):
                self.pieces.append(Piece(key, value, self.document, place, has_more))
        elif not lenient and bytes(value) != b"null":
            raise InputError(
                file=self.document.file,
                place=place,
                what=f"{key} is not a list",
                mend="write the answer of the AWS CLI unchanged",
            )

    def _single(self, raw: msgspec.Raw, fields: _Object, path: str) -> None:
        """Recognise answers about one resource, which have no list of resources."""
        if "VpcId" in fields and fields.keys() & {"EnableDnsSupport", "EnableDnsHostnames"}:
            self.pieces.append(Piece(VPC_ATTRIBUTE, raw, self.document, path))
        if "Entries" in fields and fields.keys().isdisjoint(("NetworkAclId", "VpcId")):
            self._entries(fields, path)
        if _first_byte(fields.get(BLOCK_PUBLIC_ACCESS, _NO_RESULTS)) == b"{":
            key, value = BLOCK_PUBLIC_ACCESS, fields[BLOCK_PUBLIC_ACCESS]
            self.pieces.append(Piece(key, value, self.document, f"{path}.{key}"))
        for word in ANSWERS:
            if word in fields:
                self._answer(word, raw, fields, path)
        for word in parts.WORDS:
            if word in fields and _first_byte(fields[word]) == b"[":
                self._parts(word, fields, path)

    def _answer(self, word: str, raw: msgspec.Raw, fields: _Object, path: str) -> None:
        """Recognise an answer that is kept whole, and note the key that may say whose it is."""
        value = fields[word]
        kind = answer_kind(word, _first_byte(value), lambda: _fields_of(value))
        if kind is None:
            return
        has_more = any(_is_given(fields.get(name)) for name in _MORE)
        has_more = has_more or bytes(fields.get(MORE_RECORDS, b"")) == b"true"
        whose = self._around[-1] if self._around else ""
        self.pieces.append(Piece(kind.key, raw, self.document, path, has_more, whose))

    def _entries(self, fields: _Object, path: str) -> None:
        """Recognise the entries of a prefix list, which don't say whose entries they are."""
        resource = _text(fields.get("PrefixListId"))
        if not resource:
            named = _PREFIX_LIST.findall(path) or _PREFIX_LIST.findall(self.document.file)
            resource = named[-1] if named else ""
        has_more = _is_given(fields.get("NextToken"))
        place, raw = f"{path}.Entries", fields["Entries"]
        if not _is_list_with(raw, "Cidr", or_empty=bool(resource)):
            return
        self.pieces.append(
            Piece(PREFIX_LIST_ENTRIES, raw, self.document, place, has_more, resource)
        )

    def _parts(self, word: str, fields: _Object, path: str) -> None:
        """Recognise parts of one resource, such as the routes of a transit table."""
        items = _LIST.decode(fields[word])
        if items and _first_byte(items[0]) != b"{":
            return
        first = _OBJECT.decode(items[0]) if items else {}
        names = f"{self.document.file} {path}"
        kind = (
            parts.kind_of_items(word, frozenset(first))
            if items
            else parts.kind_of_none(word, frozenset(fields), names)
        )
        if kind is None:
            return
        resource = _text(first.get(kind.owner)) or _text(fields.get(kind.owner))
        resource = resource or parts.named(kind, path, self.document.file)
        has_more = any(_is_given(fields.get(name)) for name in _MORE)
        has_more = has_more or bytes(fields.get(parts.MORE_ROUTES, b"")) == b"true"
        place, raw = f"{path}.{word}", fields[word]
        self.pieces.append(Piece(kind.key, raw, self.document, place, has_more, resource))


def _is_list_of(key: str, raw: msgspec.Raw) -> bool:
    items = _LIST.decode(raw)
    if not items:
        return True
    return _first_byte(items[0]) == b"{" and describes(key, frozenset(_OBJECT.decode(items[0])))


def _is_list_with(raw: msgspec.Raw, field: str, *, or_empty: bool) -> bool:
    """Tell whether a value is a list of objects with a field, as far as its first item shows."""
    items = _LIST.decode(raw) if _first_byte(raw) == b"[" else None
    if not items:
        return or_empty and items is not None
    return _first_byte(items[0]) == b"{" and field in _OBJECT.decode(items[0])


def _fields_of(raw: msgspec.Raw) -> frozenset[str] | None:
    """Return the fields of an object, or of the first item of a list; None if there is none."""
    if _first_byte(raw) == b"[":
        items = _LIST.decode(raw)
        if not items:
            return None
        raw = items[0]
    return frozenset(_OBJECT.decode(raw)) if _first_byte(raw) == b"{" else frozenset()


def _first_byte(raw: msgspec.Raw) -> bytes:
    return bytes(memoryview(raw)[:1])


def _bare_key(raw: msgspec.Raw) -> str:
    if _first_byte(raw) != b"{":
        return ""
    return bare_list_key(frozenset(_OBJECT.decode(raw)))


def _text(raw: msgspec.Raw | None) -> str:
    """Return a JSON string, or nothing if it is something else."""
    return _ID.decode(raw) if raw is not None and _first_byte(raw) == b'"' else ""


def _step(key: str) -> str:
    """Return a key as a step of a path; keys are hostile text."""
    return key if key.isidentifier() and key.isascii() else echo(key)


def _is_given(token: msgspec.Raw | None) -> bool:
    return token is not None and bytes(token) not in (b"null", b'""')


def _require_utf8(document: Document) -> None:
    """Check what the decoder skips unread."""
    try:
        if not document.content.isascii():
            document.content.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            file=document.file,
            what=f"it is not valid UTF-8 at byte {error.start}",
            mend="save it as UTF-8",
        ) from None


def _values_in(document: Document) -> list[msgspec.Raw]:
    """Return the JSON values of a file: one, or several that were written one after another."""
    rest, start = memoryview(document.content), 0
    values: list[msgspec.Raw] = []
    while start < len(rest):
        value, length = _first_value(document, rest[start:], start)
        values.append(value)
        start += length
    return values


def _first_value(document: Document, text: memoryview, start: int) -> tuple[msgspec.Raw, int]:
    """Return the first JSON value of a text and how many bytes lie before the next one."""
    try:
        return _ANY.decode(text), len(text)
    except RecursionError:
        raise _unreadable(document, "its lists or objects are nested too deeply") from None
    except msgspec.DecodeError as error:
        trailing = _TRAILING.search(str(error))
        if not trailing:
            raise _malformed(document, start, str(error)) from None
        length = int(trailing.group(1)) - 1
    # what follows must be another answer, not the rest of a broken one
    if bytes(text[length : length + 1]) not in (b"{", b"["):
        raise _unreadable(document, f"something follows the JSON at byte {start + length}")
    return _ANY.decode(text[:length]), length


def _malformed(document: Document, start: int, message: str) -> InputError:
    """Say at which byte a text stops being JSON."""
    if "truncated" in message:
        return _unreadable(document, f"the JSON is truncated at byte {len(document.content)}")
    what, _, position = message.removeprefix("JSON is malformed: ").partition(" (byte ")
    number = position.rstrip(")")
    byte = start + int(number) if number.isdigit() else start
    return _unreadable(document, f"the JSON is malformed at byte {byte}: {what}")


def _unreadable(document: Document, what: str) -> InputError:
    return InputError(
        file=document.file, what=what, mend="write the file again with the AWS CLI, --output json"
    )
