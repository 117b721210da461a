"""YAML text -> dicts, lists and scalars, strictly: what nobody can have meant is an error.

Only text, whole decimal numbers, ``true``, ``false`` and ``null`` exist here, so that ``no``,
``012345678901`` and ``1:30`` stay the text that they look like. Anchors and aliases work, up to a
limit of size; merge keys, tags, repeated keys and several documents do not.
"""

from __future__ import annotations

import re
from typing import Final

import yaml

from netreach.sources.yaml_estate.phrases import PhraseError, shown

#: What the text may hold once its aliases are expanded; people's estates stay far below.
MAX_NODES: Final = 200_000
MAX_DEPTH: Final = 50

Plain = dict[str, "Plain"] | list["Plain"] | str | int | bool | None

_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "": None}
_WHOLE_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_TAGS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))


class _Loader(yaml.SafeLoader):
    """A safe loader that gives no meaning to plain words: `_scalar` does."""

    # the stubs call it an instance's; PyYAML reads it from the class
    yaml_implicit_resolvers = {}  # noqa: RUF012


def parse(text: str) -> dict[str, Plain]:
    """Return the one mapping that the text holds.

    Raises:
        PhraseError: the text is not YAML, or YAML that an estate can't be; its place is a line.
    """
    try:
        node = _compose(text)
        data = _Expansion().expand(node, 0)
    except RecursionError:
        raise PhraseError("is nested too deep", "an estate needs only a few levels") from None
    if not isinstance(data, dict):
        raise PhraseError("is not a mapping", "begin with the line `netreach: 1`", _line(node))
    return data


def _compose(text: str) -> yaml.Node:
    try:
        node: yaml.Node | None = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error) from None
    except yaml.reader.ReaderError as error:
        place = f"line {text.count(chr(10), 0, error.position) + 1}"
        what = f"holds the character {shown(text[error.position])}"
        raise PhraseError(what, "remove it, and save the file as UTF-8", place) from None
    if node is None:
        raise PhraseError("holds nothing", "begin with the line `netreach: 1`")
    return node


def _syntax_error(error: yaml.MarkedYAMLError) -> PhraseError:
    mark = error.problem_mark or error.context_mark
    place = f"line {mark.line + 1}" if mark else ""
    if error.context == "expected a single document in the stream":
        return PhraseError("holds several YAML documents", "keep one, without `---`", place)
    what = ", ".join(part for part in (error.context, error.problem) if part)
    return PhraseError(f"is not YAML: {_one_line(what)}", "mend the syntax", place)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _line(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"


class _Expansion:
    """One expansion of a node graph into plain data, with its budget."""

    def __init__(self) -> None:
        self._nodes = 0

    def expand(self, node: yaml.Node, depth: int) -> Plain:
        """Return the node's plain data; aliases are copied out as often as they occur."""
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise PhraseError(
                "is too large or too deep once its aliases are expanded",
                f"stay below {MAX_NODES:,} values and {MAX_DEPTH} levels",
                _line(node),
            )
        if node.tag not in _TAGS:
            raise PhraseError(f"the tag {shown(node.tag)} is not allowed", "remove it", _line(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.expand(child, depth + 1) for child in node.value]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for key, value in node.value:
            name = _key(key)
            if name in found:
                raise PhraseError(f"the key {shown(name)} repeats", "keep one of them", _line(key))
            found[name] = self.expand(value, depth + 1)
        return found


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag not in _TAGS or not node.value:
        raise PhraseError("a key must be a word", "write `name: ...`", _line(node))
    return str(node.value)


def _scalar(node: yaml.Node) -> str | int | bool | None:
    text = str(node.value)
    if (
        not isinstance(node, yaml.ScalarNode) or node.style is not None
    ):  # quoted or a block: text, whatever it looks like
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text
