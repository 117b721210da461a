"""Classes of a matrix as Arrow tables: interfaces that fare alike stand in one row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from netreach.packets.batch import NO_ROW, Column, column, filled
from netreach.packets.likeness import Likeness, alike
from netreach.present._matrix_arrow import arrow, worded
from netreach.present._matrix_words import Words
from netreach.query.matrix.blocks import Cells
from netreach.query.matrix.expansion import Expansion, KindRows
from netreach.query.matrix.plan import PairMatrix

if TYPE_CHECKING:
    import pyarrow


def class_schemas() -> dict[str, pyarrow.Schema]:
    """Return the tables of each source VPC and their schemas: pairs, and the members of classes."""
    pa = arrow()
    texts = pa.dictionary(pa.int32(), pa.string())
    members = pa.schema([("class", pa.int32()), ("kind", pa.int32())])
    pairs = pa.schema(
        [
            ("source_class", pa.int32()),
            ("destination_class", pa.int32()),
            ("verdict", texts),
            ("services", texts),
            ("client_ports", texts),
            ("pairs", pa.int64()),
        ]
    )
    return {"pairs": pairs, "source_classes": members, "destination_classes": members}


def kind_table(plan: PairMatrix) -> pyarrow.RecordBatch:
    """Return which interfaces are of which kind, and at which ends of the matrix they are."""
    pa, (start, rows) = arrow(), plan.kinds.members
    ids = pa.array(list(plan.fabric.snapshot.interfaces), pa.string())
    return pa.RecordBatch.from_pydict(
        {
            "kind": np.arange(len(plan.kinds), dtype=np.int32).repeat(np.diff(start)),
            "interface": ids.take(pa.array(rows)),
            "is_source": np.isin(rows, plan.sources),
            "is_destination": np.isin(rows, plan.destinations),
        }
    )


class ClassTables:
    """The tables of one source VPC."""

    def __init__(self, plan: PairMatrix, vpc: int) -> None:
        """Number no class yet."""
        self._plan, self._vpc = plan, vpc
        self._words, self._expansion = Words(plan), Expansion(plan)
        self._classes = [0, 0]

    def batches(self) -> Iterator[list[pyarrow.RecordBatch]]:
        """Yield the tables in the order of `class_schemas`, piece by piece."""
        for row in self._plan.rows_of(self._vpc):
            for rows in self._expansion.kind_rows(row):
                yield self._tables(rows)

    def _tables(self, rows: KindRows) -> list[pyarrow.RecordBatch]:
        real = rows.numbers != NO_ROW
        worth = self._words.is_worth_telling(rows.numbers.ravel()).reshape(rows.numbers.shape)
        numbers = np.where(real & worth, rows.numbers, NO_ROW)
        targets = np.flatnonzero((numbers != NO_ROW).any(axis=0))
        numbers = numbers[:, targets]
        mine, theirs = _merged(numbers), alike(*numbers)
        cells = numbers[mine.first[:, None], theirs.first[None, :]]
        pairs = self._pairs(rows.kinds, targets, mine, theirs)
        told = (cells != NO_ROW) & (pairs > 0)
        left, right = np.nonzero(told)
        first = list(self._classes)
        self._classes = [first[0] + mine.size, first[1] + theirs.size]
        schemas = class_schemas()
        return [
            arrow().RecordBatch.from_arrays(
                [
                    (first[0] + left).astype(np.int32),
                    (first[1] + right).astype(np.int32),
                    *worded(cells[told], self._words),
                    pairs[told],
                ],
                schema=schemas["pairs"],
            ),
            _members(first[0] + mine.group, rows.kinds),
            _members(first[1] + theirs.group, targets),
        ]

    def _pairs(self, sources: Column, targets: Column, mine: Likeness, theirs: Likeness) -> Cells:
        """Return how many pairs each two classes have, none of an interface with itself."""
        kinds = self._plan.kinds
        left = np.bincount(mine.group, kinds.sources[sources], mine.size).astype(np.int64)
        right = np.bincount(theirs.group, kinds.destinations[targets], theirs.size)
        found: Cells = left[:, None] * right.astype(np.int64)[None, :]
        place = filled(len(kinds), NO_ROW)
        place[targets] = theirs.group
        own = place[sources] != NO_ROW
        np.subtract.at(found, (mine.group[own], place[sources[own]]), kinds.both[sources[own]])
        return found


def _merged(numbers: Cells) -> Likeness:
    """Group equal rows, compared byte by byte."""
    known: dict[bytes, int] = {}
    group = column([known.setdefault(row.tobytes(), len(known)) for row in numbers])
    first = np.unique(group, return_index=True)[1]
    return Likeness(group, first)


def _members(classes: Column, kinds: Column) -> pyarrow.RecordBatch:
    return arrow().RecordBatch.from_arrays(
        [classes.astype(np.int32), kinds.astype(np.int32)],
        schema=class_schemas()["source_classes"],
    )
