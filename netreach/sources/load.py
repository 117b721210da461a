"""Any supported source -> Snapshot: what it is shows in its content, never in its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from netreach.errors import InputError
from netreach.model.snapshot import Snapshot
from netreach.sources import describe
from netreach.sources.describe import Contents
from netreach.sources.files import Document, read_documents, read_standard_input
from netreach.sources.kinds import EXPECTED_CALLS, SHAPES
from netreach.sources.values import listed

#: The AWS CLI's YAML output begins with one of its keys.
_CLI_YAML: Final = re.compile(rf"({'|'.join(SHAPES)}):")
#: Our YAML may be written as JSON, which is YAML too.
_OUR_JSON: Final = re.compile(rb'\s*\{\s*"?netreach"?\s*:')


def open_snapshot(source: str | Path) -> Snapshot:
    """Read a folder, a file, or standard input (`-`), of any format that is known.

    Raises:
        InputError: it can't be read, or it is of no known format.
    """
    if not str(source):  # a shell variable that is not set; for Python it is the folder at hand
        raise InputError(what="the snapshot has no name", mend="name a folder, a file, or -")
    if str(source) == "-":
        return _of_file(read_standard_input())
    path = Path(source)
    documents = list(read_documents(path))
    return _of_folder(documents, path) if path.is_dir() else _of_file(documents[0])


def _of_file(document: Document) -> Snapshot:
    if document.begins_json and not _OUR_JSON.match(document.content):
        snapshot = describe.snapshot_of([document])
        if isinstance(snapshot, Contents):
            raise describe.nothing_found(snapshot, document.file)
        return snapshot
    return _of_text(document)


def _of_folder(documents: list[Document], path: Path) -> Snapshot:
    """Read describe output, or else the one estate in our own YAML that the folder holds."""
    snapshot = describe.snapshot_of(documents)
    if not isinstance(snapshot, Contents):
        return snapshot
    sketches = [document for document in documents if _is_ours(document)]
    if not sketches:
        raise describe.nothing_found(snapshot, describe.display_name(path))
    if len(sketches) > 1:
        raise InputError(
            file=describe.display_name(path),
            what=f"it holds several estates: {listed([each.file for each in sketches])}",
            mend="name one of them",
        )
    return _of_text(sketches[0])


def _is_ours(document: Document) -> bool:
    from netreach.sources import yaml_estate  # noqa: PLC0415 - describe output needs none of it

    return yaml_estate.is_estate(document.content.decode(errors="replace"))


def _of_text(document: Document) -> Snapshot:
    """Read our own YAML, or say what else the text is."""
    from netreach.sources import yaml_estate  # noqa: PLC0415 - describe output needs none of it

    file = document.file
    try:
        text = document.content.decode()
    except UnicodeDecodeError as error:
        what = f"it is not valid UTF-8 at byte {error.start}"
        raise InputError(file=file, what=what, mend="save it as UTF-8") from None
    if _OUR_JSON.match(document.content) or yaml_estate.is_estate(text):
        return yaml_estate.read(text, file)
    raise InputError(file=file, what=_what(text), mend=_MEND)


def _what(text: str) -> str:
    if not text.strip():
        return "it is empty"
    if _CLI_YAML.match(text):
        return "this is the AWS CLI's YAML output, a format that is not read yet"
    return "it is neither JSON nor an estate in netreach's own YAML"


_MEND: Final = f"give the JSON of aws ec2 {EXPECTED_CALLS} (--output json)"
