"""Pages that are missing: a call whose last page says that more follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from netreach.model.records import NetworkAcl, RouteTable
from netreach.model.snapshot import Problem, Snapshot
from netreach.sources.checks import Doubt, with_doubts
from netreach.sources.parts import KIND_BY_KEY, TRANSIT_ROUTES
from netreach.sources.pieces import PREFIX_LIST_ENTRIES, Piece
from netreach.sources.values import plain

MORE_PAGES: Final = "more-pages"


def doubt_missing_pages(snapshot: Snapshot, pieces: Iterable[Piece]) -> Snapshot:
    """Return the snapshot with a problem for each call that is not complete, and its doubts."""
    cut_short = _cut_short(pieces)
    if not cut_short:
        return snapshot
    keys = {piece.key for piece in cut_short}
    lists = {piece.resource for piece in cut_short if piece.key == PREFIX_LIST_ENTRIES}
    problems = (*snapshot.problems, *map(_problem, cut_short))
    return msgspec.structs.replace(
        with_doubts(snapshot, (*_doubts(snapshot, keys), *_doubts_of_parts(snapshot, cut_short))),
        problems=problems,
        prefix_lists={
            number: msgspec.structs.replace(record, entries=None) if number in lists else record
            for number, record in snapshot.prefix_lists.items()
        },
    )


def _cut_short(pieces: Iterable[Piece]) -> list[Piece]:
    """Return, for each call of each folder without a last page, one of its pages.

    Searches for transit routes have no pages: each says on its own whether there are more.
    """
    pages: dict[tuple[str, str, str], list[Piece]] = {}
    for piece in pieces:
        file = piece.document.file
        place = file + piece.path if piece.key == TRANSIT_ROUTES else file.rpartition("/")[0]
        pages.setdefault((place, piece.key, piece.resource), []).append(piece)
    return [page[-1] for page in pages.values() if all(piece.has_more for piece in page)]


def _problem(piece: Piece) -> Problem:
    name = piece.resource or piece.key
    return Problem(
        kind=MORE_PAGES,
        resources=(piece.resource,) if piece.resource else (),
        message=f"more pages of {plain(name)} exist than the snapshot holds",
        file=piece.document.file,
    )


def _doubts(snapshot: Snapshot, keys: set[str]) -> Iterator[Doubt]:
    """Doubt subnets that a missing page may tie to another table or ACL than what is assumed."""
    ties: dict[str, Iterable[RouteTable | NetworkAcl]] = {
        "RouteTables": snapshot.route_tables.values(),
        "NetworkAcls": snapshot.network_acls.values(),
    }
    for key, records in ties.items():
        if key not in keys:
            continue
        tied = {subnet for record in records for subnet in record.subnets}
        reason = f"more pages of {key} exist than the snapshot holds"
        yield from (
            Doubt("subnets", subnet, reason) for subnet in snapshot.subnets if subnet not in tied
        )


def _doubts_of_parts(snapshot: Snapshot, cut_short: Iterable[Piece]) -> Iterator[Doubt]:
    """Doubt resources of which not all parts are known; all of a kind, if it is not said whose."""
    for piece in cut_short:
        if kind := KIND_BY_KEY.get(piece.key):
            reason = (
                f"more pages of {plain(piece.resource or piece.key)} exist than the snapshot holds"
            )
            numbers = [piece.resource] if piece.resource else getattr(snapshot, kind.field)
            yield from (Doubt(kind.field, number, reason) for number in numbers)
