"""Bytes from folders, files and standard input: walked, unzipped, decoded to UTF-8, dated."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from netreach.errors import InputError
from netreach.sources.values import file_name

#: How messages name standard input.
STDIN: Final = "standard input"

_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_BITS: Final = 31
#: Endings of names that are read whatever their content begins with.
_NAMES: Final = (".json", ".json.gz", ".yaml", ".yml")
#: As much of other files is looked at.
_HEAD: Final = 4096
_REGION: Final = re.compile(
    r"[a-z]{2,5}(?:-[a-z]+)?"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d{1,2}"
)
_ACCOUNT: Final = re.compile(r"\d{12}")
#: What follows a byte order mark: PowerShell's `>` writes UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Document(NamedTuple):
    """One file's content, and what its folders say about it."""

    #: Its name, relative to what the user named, safe to print.
    file: str
    content: bytes
    region: str = ""
    account: str = ""
    #: When it was written, in seconds since 1970; 0 if nobody knows.
    written: float = 0

    @property
    def begins_json(self) -> bool:
        """Tell whether the first character is one that a JSON object or list begins with."""
        return self.content[:64].lstrip()[:1] in (b"{", b"[")

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing but white space."""
        return not self.content.strip()

    @property
    def named_json(self) -> bool:
        """Tell whether its name promises JSON."""
        return self.file.lower().endswith((".json", ".json.gz"))


def region_of(text: str) -> str:
    """Return the region that a zone's name or a region's name begins with, or nothing.

    >>> region_of("us-west-2-lax-1a")
    'us-west-2'
    """
    found = _REGION.match(text)
    return found.group() if found else ""


def read_documents(source: Path) -> Iterator[Document]:
    """Yield a file, or the files below a folder that may matter, in order of path.

    Below a folder hidden files are left out, and so is what neither looks like JSON nor has the
    name of a JSON or YAML file.

    Raises:
        InputError: a file is not there or can't be read.
    """
    with _refusals(source.name):
        is_folder = source.is_dir()
    if not is_folder:
        yield _document(source, source.name, (source.absolute().parent.name,))
        return
    root = source.resolve().name
    for path in _walk(source, {_mark(source.stat())}):
        relative = path.relative_to(source)
        if relative.name.lower().endswith(_NAMES) or _may_be_json(path, relative.as_posix()):
            yield _document(path, relative.as_posix(), (root, *relative.parts[:-1]))


def read_standard_input() -> Document:
    """Return all of standard input."""
    with _refusals(STDIN):
        content = sys.stdin.buffer.read()
    return Document(STDIN, _text(_unzipped(content, STDIN), STDIN))


def digest(documents: Iterable[Document]) -> str:
    """Return the SHA-256 of the contents, in the order given."""
    sha = hashlib.sha256()
    for document in documents:
        sha.update(b"%d:" % len(document.content))
        sha.update(document.content)
    return sha.hexdigest()


def taken(documents: Iterable[Document]) -> str:
    """Return when the newest document was written, ISO 8601 in UTC, or nothing."""
    newest = max((document.written for document in documents), default=0)
    if not newest:
        return ""
    return datetime.fromtimestamp(newest, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _walk(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Yield the regular files below a folder; a folder that links lead to twice is read once."""
    with _refusals(folder.name):
        paths = sorted(folder.iterdir())
    for path in paths:
        if path.name.startswith("."):
            continue
        try:
            status = path.stat()
        except OSError:  # a link to nothing, or around in a circle
            continue
        if stat.S_ISREG(status.st_mode):
            yield path
        elif stat.S_ISDIR(status.st_mode) and _mark(status) not in seen:
            seen.add(_mark(status))
            yield from _walk(path, seen)


def _may_be_json(path: Path, name: str) -> bool:
    """Tell by its first bytes whether a file is worth reading whole."""
    with _refusals(name), path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_GZIP_MAGIC):
        try:
            head = zlib.decompressobj(wbits=_GZIP_BITS).decompress(head)
        except zlib.error:
            return False
    has_mark = any(head.startswith(mark) for mark, _ in _MARKS)
    return has_mark or head.lstrip()[:1] in (b"{", b"[")


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Turn the operating system's refusals into errors that name the file."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        what = getattr(error, "strerror", None) or "it can't be read"
        mend = "name a file or folder that you may read"
        raise InputError(file=file_name(name), what=what, mend=mend) from None


def _mark(status: os.stat_result) -> tuple[int, int]:
    """Return what tells one folder from all others."""
    return status.st_dev, status.st_ino


def _document(path: Path, name: str, folders: tuple[str, ...]) -> Document:
    name = file_name(name)
    with _refusals(name):
        content = path.read_bytes()
        written = path.stat().st_mtime
    regions = [folder for folder in folders if _REGION.fullmatch(folder)]
    accounts = [folder for folder in folders if _ACCOUNT.fullmatch(folder)]
    return Document(
        name,
        _text(_unzipped(content, name), name),
        regions[-1] if regions else "",
        accounts[-1] if accounts else "",
        written,
    )


def _unzipped(content: bytes, file: str) -> bytes:
    if not content.startswith(_GZIP_MAGIC):
        return content
    parts: list[bytes] = []
    try:
        while content.startswith(_GZIP_MAGIC):
            unzip = zlib.decompressobj(wbits=_GZIP_BITS)
            parts.append(unzip.decompress(content))
            if not unzip.eof:
                raise InputError(
                    file=file, what="the gzip data is truncated", mend="copy the file again"
                )
            content = unzip.unused_data
    except zlib.error:
        raise InputError(
            file=file, what="the gzip data is damaged", mend="copy the file again"
        ) from None
    return b"".join(parts)


def _text(content: bytes, file: str) -> bytes:
    """Return the content as UTF-8 without a byte order mark."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _recoded(content[len(mark) :], encoding, file)
    return content


def _recoded(content: bytes, encoding: str, file: str) -> bytes:
    if encoding == "utf-8":
        return content
    try:
        return content.decode(encoding).encode()
    except UnicodeError:
        raise InputError(
            file=file, what=f"it is not valid {encoding.upper()}", mend="save it as UTF-8"
        ) from None
