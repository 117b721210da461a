"""Our own YAML -> Snapshot: an estate that people write by hand, for fixtures and sketches.

The format is described in docs/yaml.md and by the JSON Schema in ``estate.schema.json``. It is
strict: what a describe dump may hold and gets a warning for is an error here, with its place.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Final

from netreach.model.snapshot import Snapshot

#: An indented key belongs to something else, such as a service of that name.
_BEGINS: Final = re.compile(r"""^(\{\s*)?["']?netreach["']?[ \t]*:""", re.MULTILINE)


def is_estate(text: str) -> bool:
    r"""Tell whether a text is our YAML: whether the key `netreach` begins a line of it.

    >>> is_estate("netreach: 1\nvpcs: {}\n")
    True
    """
    return _BEGINS.search(text) is not None


def read(text: str, file: str = "") -> Snapshot:
    """Return the snapshot that a YAML text describes; the file is named by errors.

    Raises:
        InputError: the text is not YAML, not of this format, or describes what can't be.

    >>> sorted(read("{netreach: 1, vpcs: {shop: {cidr: 10.0.0.0/16}}}").vpcs)
    ['vpc-shop']
    """
    # pydantic takes its time to load, and no other format needs it
    from netreach.sources.yaml_estate.snapshot import read_snapshot  # noqa: PLC0415

    return read_snapshot(text, file)


def schema_file() -> str:
    """Return the JSON Schema of the format, as text."""
    return files("netreach.sources").joinpath("estate.schema.json").read_text("utf-8")
