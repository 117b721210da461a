"""What a matrix says of its pairs, row by row, and what its exports say, side by side."""

from __future__ import annotations

from pathlib import Path

from pyarrow import parquet

from netreach.matrix import Matrix, Pair

#: Source and destination, and the verdict, the services and the client ports of the pair.
Told = dict[tuple[str, str], tuple[str, str, str]]


def words(pair: Pair) -> tuple[str, str, str]:
    """Return what is said of a pair as exports say it."""
    services = str(pair.services) if pair.services else ""
    return str(pair.verdict), services, ", ".join(pair.client_ports)


def told_by(matrix: Matrix, *, every: bool = False) -> Told:
    """Return what the rows of a matrix say of pairs that are not unreachable, or of all."""
    return {
        (pair.source, pair.destination): words(pair)
        for pair in matrix.rows()
        if every or pair.verdict != "unreachable"
    }


def told_by_interfaces(folder: Path) -> Told:
    """Return what a folder at the level of interfaces says; no pair may be there twice."""
    rows = parquet.read_table(folder).to_pylist()
    found = {(row["source"], row["destination"]): _words(row) for row in rows}
    assert len(found) == len(rows)
    return found


def told_by_classes(folder: Path) -> Told:
    """Return what a folder at the level of classes says, joined as docs/matrix.md tells."""
    members: dict[int, list[dict[str, object]]] = {}
    for row in parquet.read_table(folder / "kinds").to_pylist():
        members.setdefault(row["kind"], []).append(row)
    ends = [_ends(folder, end, members) for end in ("source", "destination")]
    found: Told = {}
    for row in parquet.read_table(folder / "pairs").to_pylist():
        vpc = row["source_vpc"]
        left, right = ends[0][vpc, row["source_class"]], ends[1][vpc, row["destination_class"]]
        pairs = [(one, other) for one in left for other in right if one != other]
        assert len(pairs) == row["pairs"]
        assert not found.keys() & set(pairs)
        found |= dict.fromkeys(pairs, _words(row))
    return found


def _ends(
    folder: Path, end: str, members: dict[int, list[dict[str, object]]]
) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for row in parquet.read_table(folder / f"{end}_classes").to_pylist():
        known = found.setdefault((row["source_vpc"], row["class"]), [])
        known += [str(one["interface"]) for one in members[row["kind"]] if one[f"is_{end}"]]
    return found


def _words(row: dict[str, str]) -> tuple[str, str, str]:
    return row["verdict"], row["services"], row["client_ports"]
