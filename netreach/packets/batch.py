"""PacketBatch: the columns of packets on their way. The only file that names dtypes.

All columns are 64-bit integers, kept as the rows of one ``(COLUMNS, N)`` array: choosing, joining
and copying a batch is then one numpy call, which is what makes a batch of one cheap too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: "No such row": no interface, no subnet, no route, no session.
NO_ROW: Final = -1

#: The columns, in order.
COLUMN_NAMES: Final = (
    "row",  # which question the packet belongs to
    "stage",  # which kind of element it goes to next
    "place",  # which one of that kind (a subnet, interface, gateway, VPC ... row)
    "vpc",  # the VPC it is in; NO_ROW on the internet
    "subnet",  # the subnet it is in; NO_ROW outside
    "source",  # atom of its source address, as it is here
    "destination",  # atom of its destination address, as it is here
    "carrier",  # interface whose groups references see; NO_ROW once translated [SG-6, SG-9]
    "asked",  # id of the services that this branch was asked for, as the client names them; of
    # replies: of those that they answer, as they are named where the replies are
    "services",  # id of the services (forward) or reply ports (return) still alive
    "session",  # translations undergone, newest first: a row of Sessions
    "assumed",  # bits: defaults that the snapshot did not state
    "random",  # id of the services of which some connections fail at random
    "hops",  # how many routers it has crossed
    "chooser",  # where a route is taken that no known prefix tells: table and address
    "choice",  # the route that is taken there
    "inspected",  # what `watched` and `coupling` say, in one integer
)
#: The bits of `inspected` below the id of a coupling.
_WATCHED_BITS: Final = 40
_WATCHED: Final = (1 << _WATCHED_BITS) - 1
_INDEX: Final = {name: number for number, name in enumerate(COLUMN_NAMES)}


def column(values: Sequence[int] | Column) -> Column:
    """Return the values as a column, ``(N,)``."""
    return np.asarray(values, np.int64)


def by_row(values: Sequence[int], none: int = NO_ROW) -> Column:
    """Return values by row as a column with one more, at its end, for NO_ROW.

    Indexing it with a column of rows then answers "none" for "no such row", without a mask.
    """
    return column([*values, none])


def mask_by_row(values: Sequence[bool]) -> Mask:
    """Return flags by row as a mask that says False for NO_ROW."""
    return np.array([*values, False], bool)


def distinct(values: Column) -> Column:
    """Return the values that occur, ascending; unlike `np.unique` at no cost for small columns."""
    ordered = np.sort(values)
    if len(ordered) < 2:
        return ordered
    first = np.empty(len(ordered), bool)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def spread(first: Column, counts: Column) -> tuple[Column, Column]:
    """Return positions, each as often as its count says, and what its counting from `first` gives.

    >>> [one.tolist() for one in spread(column([5, 9]), column([2, 1]))]
    [[0, 0, 1], [5, 6, 9]]
    """
    at = np.arange(len(first)).repeat(counts)
    return at, np.arange(len(at)) - (counts.cumsum() - counts - first).repeat(counts)


def filled(size: int, value: int) -> Column:
    """Return a column of one repeated value, ``(size,)``."""
    return np.full(size, value, np.int64)


class _View:
    """One column of a batch, by name."""

    def __init__(self, name: str) -> None:
        self._number = _INDEX[name]

    def __get__(self, batch: PacketBatch, owner: type[PacketBatch]) -> Column:
        values: Column = batch.data[self._number]
        return values


@dataclass(frozen=True, slots=True, eq=False)
class PacketBatch:
    """Packets as columns; treated as immutable, so that traces may keep it."""

    data: NDArray[np.int64]

    row = _View("row")
    stage = _View("stage")
    place = _View("place")
    vpc = _View("vpc")
    subnet = _View("subnet")
    source = _View("source")
    destination = _View("destination")
    carrier = _View("carrier")
    asked = _View("asked")
    services = _View("services")
    session = _View("session")
    assumed = _View("assumed")
    random = _View("random")
    hops = _View("hops")
    chooser = _View("chooser")
    choice = _View("choice")
    inspected = _View("inspected")

    @property
    def watched(self) -> Column:
        """Bits: firewalls that have seen the way there, and not yet the way back."""
        return self.inspected & _WATCHED

    @property
    def coupling(self) -> Column:
        """Ids of what firewalls have said of the client's and the service's port together."""
        return self.inspected >> _WATCHED_BITS

    @classmethod
    def of(cls, size: int, **columns: Column | int) -> PacketBatch:
        """Build a batch; columns that are not given hold 0."""
        data = np.zeros((len(COLUMN_NAMES), size), np.int64)
        for name, values in columns.items():
            data[_INDEX[name]] = values
        return cls(data)

    @classmethod
    def joined(cls, batches: Sequence[PacketBatch]) -> PacketBatch:
        """Return all packets of several batches in one."""
        if len(batches) == 1:
            return batches[0]
        return cls(np.concatenate([batch.data for batch in batches], axis=1))

    def __len__(self) -> int:
        """Count the packets."""
        return int(self.data.shape[1])

    def where(self, keep: Mask) -> PacketBatch:
        """Return the packets whose mask is set."""
        return PacketBatch(self.data.compress(keep, axis=1))

    def at(self, rows: Column) -> PacketBatch:
        """Return the packets at these positions; a position may occur more than once."""
        return PacketBatch(self.data[:, rows])

    def replace(self, **columns: Column | int) -> PacketBatch:
        """Return a copy with some columns changed."""
        data = self.data.copy()
        for name, values in columns.items():
            data[_INDEX[name]] = values
        return PacketBatch(data)

    def rewatched(self, watched: Column) -> PacketBatch:
        """Return a copy that other firewalls have seen."""
        return self.replace(inspected=(self.inspected & ~_WATCHED) | watched)

    def recoupled(self, coupling: Column | int) -> PacketBatch:
        """Return the batch with other couplings."""
        inspected = self.watched | (np.asarray(coupling, np.int64) << _WATCHED_BITS)
        return self if (inspected == self.inspected).all() else self.replace(inspected=inspected)
