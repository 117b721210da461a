"""Longest-prefix match: which of many prefixes covers an address most narrowly, for arrays.

The prefixes of a table cut the address space into disjoint ranges, each with the value of the
longest prefix that covers it. A table answers from them in one of two ways, always the same:

- by binary search: ready at once, some 15 to 90 ns for an address of a large batch;
- by a direct table (see ``_direct_table``): some 4 to 12 ns for an IPv4 address, 15 to 50 ns for an
  IPv6 one, after a build of milliseconds to half a second and 0.3 to 128 MiB. It is built once so
  many addresses have been asked for that it pays, or by ``prepare``.

Where numba is installed (``netreach[fast]``) and so many addresses are asked for that compiling
pays, kernels do the same in a fifth to a tenth of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import compress
from operator import index
from typing import Any, Final, NoReturn, Self, SupportsIndex, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netreach.errors import InputError, UsageError
from netreach.packets._address_columns import (
    ManyAddresses,
    OneAddress,
    Words,
    no_words,
    read_addresses,
)
from netreach.packets._address_text import Family
from netreach.packets._boundary_search import BoundarySearch
from netreach.packets._compiled_table import CompiledTable
from netreach.packets._direct_table import NarrowTable, WideTable, compile_direct_table
from netreach.packets._disjoint_ranges import NO_ROW, cut_into_ranges, is_new
from netreach.packets._prefix_columns import PrefixColumns, Prefixes, read_prefixes
from netreach.packets.jit import Effort, Jit

OneName: TypeAlias = str | int | np.integer[Any]
ManyNames: TypeAlias = Iterable[OneName] | NDArray[Any]
Whole = TypeVar("Whole", bound=np.integer[Any])

_DIRECT_FROM: Final = 1024
"""Fewer addresses than this are searched for even beside a direct table: it takes fewer calls."""

_COMPILED_FROM: Final = 1 << 14
"""Fewer addresses than this are not worth the call of a kernel."""

_DTYPES: Final = (np.int8, np.int16, np.int32, np.int64)

_PLAIN: Final = (np.dtype(np.int32), np.dtype(np.int64))
"""What answers are written to at once; arrays of other integers get a copy."""

_BUILD_COST: Final = 1 << 17
_BUILD_COST_OF_RANGE: Final = 64
"""The build of a direct table takes as long as a search for this many addresses."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """The whole address space as disjoint ranges, ascending."""

    words: Words
    """The first address of each range."""
    values: NDArray[np.integer[Any]]
    """The value of each range, in the smallest dtype that holds them all."""


class PrefixTable:
    """Prefixes of one family and their values, for longest-prefix match.

    Memory: N prefixes make up to 2 N + 1 ranges, of 5 to 12 bytes for IPv4 and 17 to 57 for IPv6;
    then there is the direct table, once it is built.

    >>> table = PrefixTable(["10.0.0.0/8", "10.1.0.0/16"], values=[1, 2], default=-1)
    >>> table.lookup(["10.1.2.3", "10.2.0.0", "192.0.2.1"])
    array([ 2,  1, -1])
    >>> table.lookup("10.1.2.3")
    2
    """

    __slots__ = (
        "_asked",
        "_compiled",
        "_direct",
        "_is_prepared",
        "_jit",
        "_search",
        "_size",
        "family",
        "ranges",
    )

    def __init__(
        self,
        prefixes: Prefixes,
        values: ArrayLike | None = None,
        default: SupportsIndex = NO_ROW,
        *,
        jit: Jit | None = None,
    ) -> None:
        """Build a table from CIDRs; without values a prefix has its row number as value.

        ``jit`` says whether numba may be used; without it ``NETREACH_JIT`` and the work do.

        Raises:
            InputError: something is not a CIDR, has host bits, repeats an earlier prefix or is of
                another family than the first; values or the default are not 64-bit integers.
            UsageError: there are not as many values as prefixes.
        """
        columns = read_prefixes(prefixes)
        #: 4 or 6; None for a table without prefixes, which any address may be asked of.
        self.family: Family | None = columns.family
        self._size = columns.length.size
        self.ranges = _valued_ranges(columns, _outcomes(values, self._size, default))
        self._search = BoundarySearch.of(self.ranges.words)
        self._direct: NarrowTable | WideTable | None = None
        self._compiled: CompiledTable | None = None
        self._is_prepared = False
        self._jit = jit or Jit.from_environment()
        self._asked = 0

    def __len__(self) -> int:
        """Return the number of prefixes."""
        return self._size

    def __repr__(self) -> str:
        """Say how many prefixes of which family there are."""
        family = f"IPv{self.family} " if self.family else ""
        return f"<PrefixTable of {self._size} {family}prefixes>"

    @overload
    def lookup(self, addresses: OneAddress) -> int: ...  # type: ignore[overload-overlap]  # one text is an iterable of texts to mypy
    @overload
    def lookup(self, addresses: ManyAddresses) -> NDArray[np.int64]: ...
    @overload
    def lookup(self, addresses: ManyAddresses, out: NDArray[Whole]) -> NDArray[Whole]: ...
    def lookup(
        self, addresses: OneAddress | ManyAddresses, out: NDArray[Any] | None = None
    ) -> NDArray[Any] | int:
        """Return the value of the longest prefix that covers each address, else the default.

        Addresses are ``uint32`` numbers in host order (or any integers that are IPv4 addresses),
        ``uint8`` of shape (N, 4) or (N, 16) in network order, packed bytes, text, or address
        objects. N in, an ``int64`` array of N out; one in, an ``int`` out.

        ``out`` is an array for the answers of many addresses, of any integers that hold all
        values. It is filled and returned: a stream of batches then needs no memory of its own.

        Raises:
            InputError: something is not an address, or is one of the other family.
            UsageError: ``out`` has not one place for each address, or does not hold all values.
        """
        words, is_single = read_addresses(addresses, self.family)
        if is_single and out is not None:
            raise UsageError(what="one address is answered by a number", mend="leave out= out")
        found = self._fill(_of_family(words, self.family), out)
        return int(found[0]) if is_single else found

    def prepare(self) -> Self:
        """Build the direct table now, for whom the first large lookup must not be slower.

        It has no effect on answers, and none on a table that is too large for a direct table.
        """
        if not self._is_prepared:
            words, values = self.ranges.words, self.ranges.values
            self._direct = compile_direct_table(words, values)
            self._compiled = CompiledTable.of(words, values, self._direct)
            self._is_prepared = True
        return self

    def _fill(self, words: Words, out: NDArray[Any] | None) -> NDArray[Any]:
        """Return the array with the answers, in their place."""
        count = words[0].size
        if out is None:
            out = np.empty(count, np.int64)
        else:
            _check_out(out, count, self.ranges.values)
        found = out if _is_plain(out) else np.empty(count, np.int64)
        self._look_up(words, found)
        if found is not out:
            out[:] = found
        return out

    def _look_up(self, words: Words, found: NDArray[Any]) -> None:
        """Write the value of each address, in whichever way is the fastest for so many."""
        count, values = found.size, self.ranges.values
        self._asked += count
        effort = Effort(self._jit, self._asked if count >= _COMPILED_FROM else 0)
        if self._asked > _BUILD_COST + _BUILD_COST_OF_RANGE * values.size:
            self.prepare()
        if self._compiled is not None and self._compiled.lookup(words, found, effort):
            return
        if self._direct is None or count < _DIRECT_FROM:
            found[:] = values[self._search.locate(words, effort)]
        else:
            self._direct.lookup(words, found)


class PrefixTables:
    """Several tables of one family, searched together: every address in a table of its own.

    One binary search over all of them answers the whole batch; it takes no longer for thousands of
    tables than for one as large. Memory: 9 to 16 bytes for an IPv4 range, 9 to 57 for an IPv6 one.

    >>> main = PrefixTable(["0.0.0.0/0"], values=[7])
    >>> private = PrefixTable(["10.0.0.0/8"], values=[3])
    >>> tables = PrefixTables({"main": main, "private": private})
    >>> tables.lookup(["main", "private", "private"], ["10.0.0.1", "10.0.0.1", "192.0.2.1"])
    array([ 7,  3, -1])
    """

    __slots__ = ("_asked", "_jit", "_row_by_name", "_search", "_values", "family")

    def __init__(self, tables: Mapping[str, PrefixTable], *, jit: Jit | None = None) -> None:
        """Stack the tables, in the order of the mapping.

        ``jit`` says whether numba may be used; without it ``NETREACH_JIT`` and the work do.

        Raises:
            InputError: some tables are IPv4 and some IPv6.
        """
        self._row_by_name = {name: row for row, name in enumerate(tables)}
        #: 4 or 6; None if all tables are empty, which any address may be asked of.
        self.family = _common_family(tables)
        # Where there are no tables, one that nobody can name leaves something to search.
        stacked = [table.ranges for table in tables.values()] or [PrefixTable([]).ranges]
        words = [_of_family(ranges.words, self.family) for ranges in stacked]
        table = np.repeat(np.arange(len(stacked)), [ranges.values.size for ranges in stacked])
        columns = tuple(np.concatenate(column) for column in zip(*words, strict=True))
        self._search = BoundarySearch.of(columns, table)
        self._values = np.concatenate([ranges.values for ranges in stacked])
        self._jit = jit or Jit.from_environment()
        self._asked = 0

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self._row_by_name)

    @overload
    def lookup(self, names: OneName, addresses: OneAddress) -> int: ...  # type: ignore[overload-overlap]  # one text is an iterable of texts to mypy
    @overload
    def lookup(
        self, names: OneName | ManyNames, addresses: OneAddress | ManyAddresses
    ) -> NDArray[np.int64]: ...
    def lookup(
        self, names: OneName | ManyNames, addresses: OneAddress | ManyAddresses
    ) -> NDArray[np.int64] | int:
        """Return what each named table says of its address.

        Tables go by their names, or by their places in the mapping as integers. There is a name
        for every address; a single name goes for all addresses, a single address for all names.

        Raises:
            InputError: no table is called so; something is not an address or of the other family.
            UsageError: there are not as many names as addresses.
        """
        words, is_one_address = read_addresses(addresses, self.family)
        table, is_one_name = self._rows(names)
        count = table.size if is_one_address else words[0].size
        if not is_one_name and table.size != count:
            raise UsageError(what=f"{table.size} names for {count} addresses")
        words = tuple(np.broadcast_to(word, count) for word in _of_family(words, self.family))
        self._asked += count
        effort = Effort(self._jit, self._asked if count >= _COMPILED_FROM else 0)
        found = self._values[self._search.locate(words, effort, np.broadcast_to(table, count))]
        return int(found[0]) if is_one_address and is_one_name else found.astype(np.int64)

    def _rows(self, names: OneName | ManyNames) -> tuple[NDArray[np.int64], bool]:
        """Return the rows of named tables, and whether it was a single name."""
        if isinstance(names, np.ndarray) and names.ndim == 0:
            names = names.item()
        if isinstance(names, str | int | np.integer):
            return self._rows([names])[0], True
        some = names if isinstance(names, np.ndarray) else list(names)
        if len(some) and isinstance(some[0], str):
            return self._rows_by_name([*some]), False
        return self._checked_rows(np.asarray(some)), False

    def _rows_by_name(self, names: list[Any]) -> NDArray[np.int64]:
        try:
            return np.array([self._row_by_name[name] for name in names], np.int64)
        except (KeyError, TypeError):
            known = self._row_by_name
            self._refuse_name(next(n for n in names if not isinstance(n, str) or n not in known))

    def _refuse_name(self, name: object) -> NoReturn:
        near = get_close_matches(str(name), self._row_by_name, n=1, cutoff=0)
        mend = f"the nearest name is {near[0]!r}" if near else "there are no tables"
        raise InputError(what=f"no table is called {name!r}", mend=mend)

    def _checked_rows(self, rows: NDArray[Any]) -> NDArray[np.int64]:
        if rows.size == 0:
            return np.zeros(0, np.int64)
        if rows.ndim != 1 or rows.dtype.kind not in "iu":
            what = f"an array of {rows.dtype} and shape {rows.shape} names no tables"
            raise InputError(what=what, mend="pass names or their places in the mapping")
        wrong = np.flatnonzero((rows < 0) | (rows >= len(self)))
        if wrong.size:
            place, what = f"name {wrong[0]}", f"there is no table {rows[wrong[0]]}"
            raise InputError(place=place, what=what, mend=f"there are {len(self)} tables")
        return rows.astype(np.int64)


def _of_family(words: Words, family: Family | None) -> Words:
    """Return the words, or zeros for those of a table or a question that has no family."""
    width = 2 if family == 6 else 1
    return words if len(words) == width else no_words(family or 4, words[0].size)


def _check_out(out: NDArray[Any], count: int, values: NDArray[np.integer[Any]]) -> None:
    """Refuse an array that the answers do not fit into."""
    if out.shape != (count,) or out.dtype.kind not in "iu":
        what = f"out= is not an array of {count} integers"
        raise UsageError(what=what, mend=f"pass np.empty({count}, np.int64)")
    if not out.flags.writeable:
        raise UsageError(what="out= is read-only")
    span = np.iinfo(out.dtype)
    if values.min() < span.min or values.max() > span.max:
        what = f"values of {int(values.min())} to {int(values.max())} do not fit into {out.dtype}"
        raise UsageError(what=what, mend=f"pass np.empty({count}, np.int64)")


def _is_plain(out: NDArray[Any]) -> bool:
    """Tell whether kernels are compiled for arrays like this one."""
    return out.dtype in _PLAIN and out.flags.c_contiguous and out.flags.aligned


def _common_family(tables: Mapping[str, PrefixTable]) -> Family | None:
    """Return the family of all tables that have one."""
    name_by_family = {table.family: name for name, table in tables.items() if table.family}
    if len(name_by_family) > 1:
        what = f"table {name_by_family[4]!r} is IPv4 and table {name_by_family[6]!r} is IPv6"
        raise InputError(what=what, mend="stack the tables of each family apart")
    return next(iter(name_by_family), None)


def _valued_ranges(columns: PrefixColumns, outcomes: NDArray[np.int64]) -> Ranges:
    """Cut the address space into ranges, as few as have different values."""
    starts, owner = cut_into_ranges(columns.words, columns.length)
    values = outcomes[owner]  # the last outcome is the default, and NO_ROW is the last row
    differs = is_new((values,))
    low, high = values.min(), values.max()
    fits = (np.iinfo(kind).min <= low and high <= np.iinfo(kind).max for kind in _DTYPES)
    return Ranges(
        tuple(word[differs] for word in starts),
        values[differs].astype(next(compress(_DTYPES, fits))),
    )


def _outcomes(values: ArrayLike | None, count: int, default: SupportsIndex) -> NDArray[np.int64]:
    """Return the value of every prefix, and the default last."""
    try:
        column = np.arange(count) if values is None else np.asarray(values)
    except ValueError:
        raise InputError(what="values of different lengths are not all 64-bit integers") from None
    if column.shape != (count,):
        found = column.size if column.ndim == 1 else f"an array of {column.ndim} dimensions of"
        raise UsageError(what=f"{found} values for {count} prefixes")
    is_whole = column.dtype.kind in "iu" or not column.size
    if not is_whole or (column > np.iinfo(np.int64).max).any():
        raise InputError(what=f"values of {column.dtype} are not all 64-bit integers")
    try:
        return np.append(column.astype(np.int64), np.int64(index(default)))
    except (OverflowError, TypeError):
        raise InputError(what=f"the default {default!r} is not a 64-bit integer") from None
