"""Matrices and single paths, side by side: where do they differ?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from netreach.fabric.interface import CANNOT_INITIATE
from netreach.network import Network
from netreach.packets.batch import Column, column
from netreach.query.matrix.pair_values import ASK, Fared
from netreach.query.matrix.plan import PairMatrix, TileRow
from netreach.query.options import parse_families, parse_question
from netreach.query.verdict import client_ports

Told = tuple[str, str, tuple[str, ...]]


def ends_of(network: Network) -> tuple[Column, Column]:
    """Return the interfaces that can send, and all that hold an address."""
    book, records = network.fabric.book, list(network.snapshot.interfaces.values())
    held = np.unique(book.interface[book.interface >= 0])
    senders = [row for row in held.tolist() if records[row].interface_type not in CANNOT_INITIATE]
    return column(senders), held


def matrix_of(network: Network, port: str | None = None, *, strict: bool = False) -> PairMatrix:
    """Return the matrix of all interfaces."""
    senders, held = ends_of(network)
    question = parse_question(None, port)
    families = parse_families(None, question)
    return PairMatrix(
        network.fabric, question, families, strict=strict, sources=senders, destinations=held
    )


def told(fared: Fared) -> Told:
    """Return what a matrix says of a pair, as single answers say it."""
    ports = client_ports(fared.replies, fared.services)
    return str(fared.verdict), str(fared.services), ports


def asked(
    network: Network, source: str, destination: str, port: str | None, *, strict: bool
) -> Told:
    """Return what a single path says."""
    answer = network.path(source, destination, port=port, strict=strict)
    return str(answer.verdict), str(answer.services), answer.client_ports


def differences(
    network: Network, port: str | None = None, *, strict: bool = False
) -> Iterator[tuple[str, str, Told, Told]]:
    """Yield the pairs of which a matrix and a single path say different things."""
    matrix, ids = matrix_of(network, port, strict=strict), list(network.snapshot.interfaces)
    for source, destination in product(matrix.sources.tolist(), matrix.destinations.tolist()):
        if source == destination:
            continue
        mine = told(matrix.fared(matrix.number(source, destination)))
        theirs = asked(network, ids[source], ids[destination], port, strict=strict)
        if mine != theirs:
            yield ids[source], ids[destination], mine, theirs


def block_differences(matrix: PairMatrix) -> Iterator[tuple[int, int, Fared, Fared]]:
    """Yield the pairs of which blocks say another thing than the pair asked alone.

    Each pair of kinds must be in one block.
    """
    for row in matrix.rows():
        told: set[tuple[int, int]] = set()
        for source, destination, number in cells_of(row):
            assert (source, destination) not in told
            told.add((source, destination))
            mine, theirs = matrix.kinds.members[source], matrix.kinds.members[destination]
            for left, right in product(mine.tolist(), theirs.tolist()):
                if left == right or matrix.hosts[left] == matrix.hosts[right]:
                    continue
                alone = matrix.fared(matrix.number(left, right))
                if matrix.fared(number) != alone:
                    yield left, right, matrix.fared(number), alone


def cells_of(row: TileRow) -> Iterator[tuple[int, int, int]]:
    """Yield the kinds and numbers of every cell of a tile row, with patches in place."""
    patched = set(zip(row.patches.source.tolist(), row.patches.destination.tolist(), strict=True))
    for block in row.blocks:
        numbers = block.numbers[block.source_group[:, None], block.destination_group[None, :]]
        for i, j in np.argwhere(numbers != ASK).tolist():
            source, destination = int(block.sources[i]), int(block.destinations[j])
            if (source, destination) not in patched:
                yield source, destination, int(numbers[i, j])
    for part in (row.singles, row.patches):
        yield from zip(
            part.source.tolist(), part.destination.tolist(), part.number.tolist(), strict=True
        )
