"""Expansion: from the blocks of a tile row back to kinds and to pairs of interfaces, in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from netreach.packets.batch import NO_ROW, Column, Mask, column, filled
from netreach.packets.likeness import Members
from netreach.query.matrix.blocks import Cells
from netreach.query.matrix.pair_values import ASK
from netreach.query.matrix.plan import PairMatrix, TileRow

#: Tells of numbers whether their pairs are wanted.
Keep = Callable[[Column], Mask]


class KindRows(NamedTuple):
    """What some kinds of sources come to with every kind."""

    kinds: Column
    #: ``(kinds, all kinds)``; NO_ROW where there is no pair.
    numbers: Cells


class Pairs(NamedTuple):
    """Ordered pairs of interfaces, by their rows, and the number of what each comes to."""

    source: Column
    destination: Column
    number: Column

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.source)


class Expansion:
    """Writes the tile rows of a matrix out."""

    def __init__(self, plan: PairMatrix) -> None:
        """List which interfaces of each kind send, and which are asked."""
        self._plan = plan
        kinds = plan.kinds
        self.senders = _members(kinds.of_interface, plan.sources, len(kinds))
        self.receivers = _members(kinds.of_interface, plan.destinations, len(kinds))

    def kind_rows(self, row: TileRow) -> Iterator[KindRows]:
        """Yield what the sources of a tile row come to, kind by kind, in pieces."""
        size = len(self._plan.kinds)
        sources = np.unique(np.concatenate([column([]), *(one.sources for one in row.blocks)]))
        step = max(1, self._plan.limits.expanded // max(1, size))
        for first in range(0, len(sources), step):
            yield self._filled(row, sources[first : first + step])

    def _filled(self, row: TileRow, kinds: Column) -> KindRows:
        plan, size = self._plan, len(self._plan.kinds)
        place = filled(size, NO_ROW)
        place[kinds] = np.arange(len(kinds))
        numbers = np.full((len(kinds), size), NO_ROW, np.int64)
        for block in row.blocks:
            at = place[block.sources]
            here = at != NO_ROW
            group = block.source_group[here]
            cells = block.numbers[group[:, None], block.destination_group[None, :]]
            numbers[at[here][:, None], block.destinations[None, :]] = cells
        _write(numbers, place, row.singles)
        _write(numbers, place, row.patches)
        counts = plan.kinds
        alone = (counts.both == 1) & (counts.sources == 1) & (counts.destinations == 1)
        own = kinds[alone[kinds]]
        numbers[place[own], own] = NO_ROW
        numbers[numbers == ASK] = NO_ROW  # of one interface, with itself
        return KindRows(kinds, numbers)

    def pairs(self, row: TileRow, keep: Keep) -> Iterator[Pairs]:
        """Yield the pairs of interfaces of a tile row that are kept, in pieces."""
        most = self._plan.limits.expanded
        return gathered((one for rows in self.kind_rows(row) for one in self._of(rows, keep)), most)

    def _of(self, rows: KindRows, keep: Keep) -> Iterator[Pairs]:
        most = self._plan.limits.expanded
        for kind, numbers in zip(rows.kinds.tolist(), rows.numbers, strict=True):
            kept = np.flatnonzero((numbers != NO_ROW) & keep(numbers))
            receiver, number = self._receiving(kept, numbers)
            senders = self.senders[kind]
            for start in range(0, len(receiver), most):
                part = slice(start, start + most)
                step = max(1, most // len(receiver[part]))
                for first in range(0, len(senders), step):
                    yield _crossed(senders[first : first + step], receiver[part], number[part])

    def _receiving(self, kinds: Column, numbers: Column) -> tuple[Column, Column]:
        """Return the interfaces of kinds, ascending, and the number of each."""
        start, rows = self.receivers
        counts = start[kinds + 1] - start[kinds]
        offset = np.arange(counts.sum()) - (counts.cumsum() - counts).repeat(counts)
        receiver = rows[start[kinds].repeat(counts) + offset]
        order = np.argsort(receiver)
        return receiver[order], numbers[kinds].repeat(counts)[order]


def _members(kind_of: Column, interfaces: Column, size: int) -> Members:
    found = Members.of(kind_of[interfaces], size)
    return Members(found.start, interfaces[found.rows])


def _write(numbers: Cells, place: Column, told: tuple[Column, Column, Column]) -> None:
    """Write what single pairs of kinds come to over what blocks say."""
    source, destination, number = told
    at = place[source]
    here = at != NO_ROW
    numbers[at[here], destination[here]] = number[here]


def _crossed(senders: Column, receiver: Column, number: Column) -> Pairs:
    source = senders.repeat(len(receiver))
    destination, numbers = np.tile(receiver, len(senders)), np.tile(number, len(senders))
    keep = source != destination
    return Pairs(source[keep], destination[keep], numbers[keep])


def gathered(pieces: Iterable[Pairs], most: int) -> Iterator[Pairs]:
    """Join small pieces to such of about `most` pairs."""
    held: list[Pairs] = []
    size = 0
    for piece in pieces:
        if held and size + len(piece) > most:
            yield _joined(held)
            held, size = [], 0
        held.append(piece)
        size += len(piece)
    if size:
        yield _joined(held)


def _joined(pieces: list[Pairs]) -> Pairs:
    return Pairs(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))
