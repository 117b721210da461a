"""Files of `aws ... describe-*` JSON, however people keep them -> Snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from netreach.errors import InputError
from netreach.model.garbage import no_garbage_collection
from netreach.model.snapshot import Problem, Snapshot
from netreach.sources.assemble import assemble
from netreach.sources.files import (
    STDIN,
    Document,
    digest,
    read_documents,
    read_standard_input,
    taken,
)
from netreach.sources.gather import gather
from netreach.sources.kinds import EXPECTED_CALLS, SHAPES, UNMODELLED
from netreach.sources.pages import doubt_missing_pages
from netreach.sources.parts import KIND_BY_KEY
from netreach.sources.pieces import PREFIX_LIST_ENTRIES, Piece, split
from netreach.sources.values import file_name

EMPTY_FILE: Final = "empty-file"
UNNAMED_ENTRIES: Final = "unnamed-entries"
OTHER_FORMAT: Final = "other-format"

_KEYS: Final = tuple(f'"{key}"'.encode() for key in (*SHAPES, *UNMODELLED))
#: How much of a file without a telling name is searched for a telling key.
_HEAD: Final = 4096


class Contents(NamedTuple):
    """What the documents hold, taken apart."""

    pieces: list[Piece]
    #: Name of a format that is not describe output -> the first file that has it.
    foreign: dict[str, str]
    problems: list[Problem]


def read(path: Path | Literal["-"]) -> Snapshot:
    """Read a folder, a file or standard input of describe output.

    Raises:
        InputError: something can't be read, or nothing in it is describe output.
    """
    if path == "-":
        documents, name = [read_standard_input()], STDIN
    else:
        documents, name = list(read_documents(path)), display_name(path)
    snapshot = snapshot_of(documents)
    if isinstance(snapshot, Contents):
        raise nothing_found(snapshot, name)
    return snapshot


def snapshot_of(documents: list[Document]) -> Snapshot | Contents:
    """Turn documents into a snapshot; return what they hold if none of it is describe output.

    Raises:
        InputError: something can't be read.
    """
    documents = [each for each in documents if each.begins_json or each.named_json]
    try:
        with no_garbage_collection():
            contents = _contents(documents)
            return _snapshot(contents, documents) if contents.pieces else contents
    except RecursionError:
        raise InputError(
            file=documents[0].file if len(documents) == 1 else "",
            what="its lists or objects are nested too deeply",
            mend="write the answers of the AWS CLI unchanged",
        ) from None


def _snapshot(contents: Contents, documents: list[Document]) -> Snapshot:
    snapshot = assemble(gather(contents.pieces), contents.pieces)
    snapshot = doubt_missing_pages(snapshot, contents.pieces)
    return msgspec.structs.replace(
        snapshot,
        problems=(*snapshot.problems, *contents.problems, *_not_read(contents)),
        taken=taken(documents),
        digest=digest(documents),
        format="describe",
    )


def display_name(path: Path) -> str:
    """Return how messages name what the user named."""
    return file_name(path.name or str(path))


def _contents(documents: list[Document]) -> Contents:
    contents = Contents([], {}, [])
    for document in documents:
        if document.is_empty:
            contents.problems.append(_empty(document))
            continue
        try:
            parts = split(document)
        except InputError:
            if len(documents) == 1 or _claims_to_be_ours(document):
                raise
            continue
        contents.pieces.extend(parts.pieces)
        contents.problems.extend(map(_unnamed, filter(_is_unnamed, parts.pieces)))
        if parts.foreign:
            contents.foreign.setdefault(parts.foreign, document.file)
    return contents


def _claims_to_be_ours(document: Document) -> bool:
    """Tell whether a file must be readable: notes may begin with a bracket too."""
    head = document.content[:_HEAD]
    return document.named_json or any(key in head for key in _KEYS)


#: What lists hold whose items don't say whose parts they are.
_UNNAMED: Final[Mapping[str, str]] = {PREFIX_LIST_ENTRIES: "entries of a prefix list"} | {
    kind.key: f"parts of a transit gateway {word} table"
    for field, word in (("transit_route_tables", "route"), ("transit_policy_tables", "policy"))
    for kind in KIND_BY_KEY.values()
    if kind.field == field
}


def _is_unnamed(piece: Piece) -> bool:
    return piece.key in _UNNAMED and not piece.resource


def _unnamed(piece: Piece) -> Problem:
    """Warn of parts of a resource that don't say which one's they are."""
    file = piece.document.file
    return Problem(
        kind=UNNAMED_ENTRIES,
        resources=(),
        message=f"{file} holds {_UNNAMED[piece.key]}, nothing says of which: put its id into the "
        "file's name",
        file=file,
    )


def _empty(document: Document) -> Problem:
    return Problem(
        kind=EMPTY_FILE,
        resources=(),
        message=f"{document.file} is empty: the call that wrote it failed",
        file=document.file,
    )


def _not_read(contents: Contents) -> Iterator[Problem]:
    """Warn of other formats that lie beside describe output; they describe the estate again."""
    for word, file in contents.foreign.items():
        yield Problem(
            kind=OTHER_FORMAT,
            resources=(),
            message=f"{file} is {word}; it is not read beside describe output",
            file=file,
        )


def nothing_found(contents: Contents, name: str) -> InputError:
    """Return the error that says what was found instead of describe output."""
    for word, file in contents.foreign.items():
        return InputError(
            file=file,
            what=f"this is {word}, a format that is not read yet",
            mend=f"give the output of aws ec2 {EXPECTED_CALLS}",
        )
    return InputError(
        file=name,
        what="nothing here is the output of an AWS describe call",
        mend=f"expected the JSON of aws ec2 {EXPECTED_CALLS}",
    )
