"""Pairs and classes of a matrix as Arrow tables; only where one is wanted is pyarrow imported."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from netreach.errors import MissingExtraError
from netreach.packets.batch import NO_ROW, Column, column
from netreach.present._matrix_words import VERDICT_TEXTS, Words
from netreach.query.matrix.expansion import Keep, Pairs
from netreach.query.matrix.places import Places

if TYPE_CHECKING:
    import pyarrow

#: The columns of a table of pairs.
PAIR_COLUMNS: Final = ("source", "destination", "verdict", "services", "client_ports")


def need(module: str, extra: str) -> Any:  # noqa: ANN401 - it is a module
    """Import a module of an extra.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module.partition(".")[0]:
            raise
        raise MissingExtraError(
            f"this needs {error.name}, which is not installed: pip install 'netreach[{extra}]'"
        ) from error


def arrow() -> Any:  # noqa: ANN401 - it is a module
    """Import pyarrow."""
    return need("pyarrow", "parquet")


def pair_schema() -> pyarrow.Schema:
    """Return the schema of a table of pairs."""
    texts = arrow().dictionary(arrow().int32(), arrow().string())
    return arrow().schema([arrow().field(name, texts, nullable=False) for name in PAIR_COLUMNS])


def coded(codes: Column, texts: Iterable[str]) -> pyarrow.DictionaryArray:
    """Return texts by their codes."""
    names = arrow().array(list(texts), arrow().string())
    return arrow().DictionaryArray.from_arrays(codes.astype(np.int32), names)


def compact(codes: Column, texts: pyarrow.StringArray) -> pyarrow.DictionaryArray:
    """Return texts by their codes, with a dictionary of those only that occur."""
    used, places = np.unique(codes, return_inverse=True)
    names = texts.take(arrow().array(used))
    return arrow().DictionaryArray.from_arrays(places.astype(np.int32), names)


def worded(number: Column, words: Words) -> list[pyarrow.DictionaryArray]:
    """Return the columns of verdicts, services and client ports."""
    verdict, services, ports = words.of(number)
    return [
        coded(verdict, VERDICT_TEXTS),
        coded(services, words.services),
        coded(ports, words.client_ports),
    ]


def place_batch(
    places: Places, words: Words, keep: Keep, vpc: int | None = None
) -> pyarrow.RecordBatch:
    """Return the pairs of places and interfaces, of all sources or of those of one VPC.

    A place is in no VPC: what it sends belongs to NO_ROW.
    """
    plan = places.plan
    ids = list(plan.fabric.snapshot.interfaces)
    home = plan.fabric.interfaces.columns.vpc
    rows: list[tuple[str, str, int]] = []
    for place in places:
        if place.is_source and vpc in (None, NO_ROW):
            others = plan.destinations.tolist()
            rows += [(place.text, ids[one], places.number(place, one)) for one in others]
        elif not place.is_source:
            mine = plan.sources if vpc is None else plan.sources[home[plan.sources] == vpc]
            rows += [(ids[one], place.text, places.number(place, one)) for one in mine.tolist()]
    number = column([row[2] for row in rows])
    kept = np.flatnonzero(keep(number))
    ends = [
        arrow().array([rows[at][end] for at in kept.tolist()], arrow().string()).dictionary_encode()
        for end in (0, 1)
    ]
    return arrow().RecordBatch.from_arrays(
        [*ends, *worded(number[kept], words)], schema=pair_schema()
    )


def pair_batch(pairs: Pairs, ids: pyarrow.StringArray, words: Words) -> pyarrow.RecordBatch:
    """Return pairs as a batch of a table."""
    ends = [compact(end, ids) for end in (pairs.source, pairs.destination)]
    columns = [*ends, *worded(pairs.number, words)]
    return arrow().RecordBatch.from_arrays(columns, schema=pair_schema())
