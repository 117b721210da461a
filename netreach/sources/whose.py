"""Whose an answer is, where it does not say so itself: by the key above it, or by its file's name.

People write one file for each balancer and call it after the balancer: by its ARN, URL-quoted, by
the last part of its ARN, or by its name. A name counts only if nothing but the words of the call
stands beside it, and if it is one resource's alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote

from netreach.sources.pieces import Piece

_ARN: Final = re.compile(r"arn:[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d*:[^\s\"']+")
_ENDING: Final = re.compile(r"\.json(\.gz)?$", re.IGNORECASE)
_CALL: Final = (
    r"(?:load[-_. ]?balancers?|target[-_. ]?groups?|target|attributes|health|listeners|rules"
    r"|instance|describe|list|elbv2|elb|route53|resource[-_. ]record[-_. ]sets|records|zone|dns)"
)
_AROUND: Final = re.compile(
    rf"^(?:{_CALL}[-_. ]+)*|(?:[-_. ]+{_CALL})*$",
    re.IGNORECASE,
)
_SHORTEST_TAIL: Final = 8


class Owners:
    """Resources that answers may belong to."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Take pairs of id and name."""
        self._names = list(names)
        self._ids = {number for number, _ in self._names}

    def of(self, piece: Piece) -> str:
        """Return the id of the resource that a piece belongs to, or nothing."""
        for text in (piece.resource, unquote(piece.document.file)):
            if text and (found := self._named(text)):
                return found
        return ""

    def _named(self, text: str) -> str:
        text = _ENDING.sub("", text)
        if text in self._ids:
            return text
        if arns := _ARN.findall(text):
            return str(arns[-1])
        last = text.rpartition("/")[2]
        candidates = set(self._by_tail(last)) or set(self._by_name(last))
        return candidates.pop() if len(candidates) == 1 else ""

    def _by_tail(self, text: str) -> Iterator[str]:
        """Yield the ids whose last part, long enough to be one of its kind, stands in a text."""
        words = set(re.split(r"[^0-9A-Za-z]+", text))
        for number, _ in self._names:
            tail = number.rpartition("/")[2]
            if len(tail) >= _SHORTEST_TAIL and tail in words:
                yield number

    def _by_name(self, text: str) -> Iterator[str]:
        stem = _AROUND.sub("", text)
        for number, name in self._names:
            if name and name in (text, stem):
                yield number
