"""A matrix as a folder of Parquet files, partitioned by the VPC of the sources.

The folder is written beside its place and renamed when it is whole: it is complete or absent.
Pairs that are unreachable are left out. At the level of interfaces there is a row for each pair;
at the level of classes one for each two classes of interfaces that fare alike, with the members of
the classes in tables beside it (docs/matrix.md has the columns).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from netreach.errors import InputError, UsageError
from netreach.packets.batch import NO_ROW
from netreach.present._matrix_arrow import arrow, need, pair_batch, pair_schema, place_batch
from netreach.present._matrix_classes import ClassTables, class_schemas, kind_table
from netreach.present._matrix_words import Words
from netreach.query.matrix.expansion import Expansion
from netreach.query.matrix.places import Places
from netreach.query.matrix.plan import PairMatrix
from netreach.query.matrix.tasks import Executor, Progress, Task, Work, results
from netreach.query.words import quoted

LEVELS: Final = ("interface", "class")
#: The name of the partitions' key, and what it is where there is no VPC: Hive's word for null
#: can't be read where no other partition is.
KEY: Final = "source_vpc"
NO_VPC: Final = "none"
MANIFEST: Final = "_matrix.json"
SCHEMA: Final = "netreach/matrix-parquet/1"
#: A file of a folder, and how many rows it has.
Written = tuple[str, int]


def write_folder(
    plan: PairMatrix,
    places: Places,
    folder: Path,
    level: str = "interface",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> int:
    """Write a matrix; return how many rows of pairs it has.

    Raises:
        UsageError: there is no such level, or the folder is there already.
        MissingExtraError: pyarrow is not installed.
        InputError: it could not be written, and nothing is left of it.
    """
    if level not in LEVELS:
        raise UsageError(
            place="level", what=f"{quoted(level)} is no level", mend=" or ".join(LEVELS)
        )
    need("pyarrow.parquet", "parquet")
    with _beside(folder) as place:
        files: list[Written] = []
        if level == "class":
            _write(place, "kinds/kinds.parquet", iter([kind_table(plan)]))
        work = Writing(str(place), level)
        for found in results(plan, work, executor, progress):
            files += found
        files += _write_places(places, place, level)
        _check(place, files)
        _finish(plan, place, level, files)
    return sum(rows for name, rows in files if _is_of_pairs(name, level))


class Writing(Work[list[Written]]):
    """Writes what the interfaces of source VPCs come to; doing it twice does no harm."""

    def __init__(self, place: str, level: str) -> None:
        """Write into that folder."""
        self._place, self._level = place, level

    def here(self, plan: PairMatrix, task: Task) -> list[Written]:
        """Write the files of some VPCs."""
        return [one for vpc in task for one in self._of_vpc(plan, vpc)]

    def _of_vpc(self, plan: PairMatrix, vpc: int) -> Iterator[Written]:
        partition = f"{KEY}={_partition(plan, vpc)}/part.parquet"
        if self._level == "class":
            tables = ClassTables(plan, vpc)
            files = [f"{name}/{partition}" for name in class_schemas()]
            rows = _write_several(Path(self._place), files, tables.batches())
            yield from ((name, count) for name, count in zip(files, rows, strict=True) if count)
            return
        words, expansion = Words(plan), Expansion(plan)
        ids = arrow().array(list(plan.fabric.snapshot.interfaces), arrow().string())
        batches = (
            pair_batch(pairs, ids, words)
            for row in plan.rows_of(vpc)
            for pairs in expansion.pairs(row, words.is_worth_telling)
        )
        count = _write(Path(self._place), partition, batches)
        if count:
            yield partition, count


def _write_places(places: Places, place: Path, level: str) -> list[Written]:
    """Write the pairs of places and interfaces, as pairs of interfaces are written."""
    if not len(places):
        return []
    words, files = Words(places.plan), []
    for vpc in sorted({NO_ROW, *places.plan.source_vpcs.tolist()}):
        name = f"{KEY}={_partition(places.plan, vpc)}/places.parquet"
        name = f"places/{name}" if level == "class" else name
        batch = place_batch(places, words, words.is_worth_telling, vpc)
        count = _write(place, name, iter([batch]))
        if count:
            files.append((name, count))
    return files


def _partition(plan: PairMatrix, vpc: int) -> str:
    """Return what a VPC is called in the names of folders."""
    if vpc == NO_ROW:
        return NO_VPC
    return quote(list(plan.fabric.snapshot.vpcs)[vpc], safe="")


def _write(place: Path, name: str, batches: Iterator[Any]) -> int:
    """Write batches as one file, if there are any; return how many rows that is."""
    (count,) = _write_several(place, [name], ([batch] for batch in batches))
    return count


def _write_several(place: Path, names: list[str], batches: Iterator[list[Any]]) -> list[int]:
    """Write batches into a file each; what has no rows has no file.

    Files are written as drafts outside the folder and moved in when they are whole, so what a
    worker leaves that dies in the middle, or was given up and goes on, is never in the result.
    """
    parquet = need("pyarrow.parquet", "parquet")
    counts, writers, drafts = [0] * len(names), {}, {}
    try:
        for several in batches:
            for number, batch in enumerate(several):
                if not batch.num_rows:
                    continue
                if number not in writers:
                    drafts[number] = drafts_of(place) / uuid4().hex
                    writers[number] = parquet.ParquetWriter(
                        drafts[number], batch.schema, compression="zstd"
                    )
                writers[number].write_batch(batch)
                counts[number] += batch.num_rows
    finally:
        for writer in writers.values():
            writer.close()
    for number, draft in drafts.items():
        _make_parents(place, names[number])
        draft.replace(place / names[number])
    return counts


def drafts_of(place: Path) -> Path:
    """Return the folder where files of a folder are until they are whole."""
    return place.with_name(f"{place.name}.drafts")


def _make_parents(place: Path, name: str) -> None:
    """Make the folders that a file goes into, but never the place: it may have been moved."""
    for parent in reversed(PurePosixPath(name).parents[:-1]):
        (place / parent).mkdir(exist_ok=True)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give a folder to write into, and put it in its place once all went well."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            file=str(folder), what="it is there already", mend="name a folder that is not"
        )
    place = folder.absolute().with_name(f".{folder.absolute().name}.{uuid4().hex}")
    try:
        place.mkdir(parents=True)
        drafts_of(place).mkdir()
        yield place
        if folder.exists():
            folder.rmdir()
        place.rename(folder)
    except OSError as error:
        why = error.strerror or str(error).partition("\n")[0]
        raise InputError(
            file=str(folder), what=f"it could not be written ({why})", mend="nothing is left of it"
        ) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(drafts_of(place), ignore_errors=True)


def _check(place: Path, files: list[Written]) -> None:
    """See that what workers wrote came here: those of a cluster may have a disk of their own."""
    for name, _ in files:
        if not (place / name).is_file():
            raise InputError(
                file=str(place.parent),
                what=f"workers wrote {name}, and it is not there",
                mend="give a folder that all workers share with this machine",
            )


def _is_of_pairs(name: str, level: str) -> bool:
    return level != "class" or name.startswith(("pairs/", "places/"))


def _finish(plan: PairMatrix, place: Path, level: str, files: list[Written]) -> None:
    """Write what readers need besides: a file where there are no pairs, and what all this is."""
    if level == "interface" and not files:
        need("pyarrow.parquet", "parquet").write_table(
            pair_schema().empty_table(), place / "empty.parquet"
        )
    if level == "class":
        for name, schema in class_schemas().items():
            if not any(file.startswith(f"{name}/") for file, _ in files):
                (place / name).mkdir()
                need("pyarrow.parquet", "parquet").write_table(
                    schema.empty_table(), place / name / "empty.parquet"
                )
    told = {
        "schema": SCHEMA,
        "level": level,
        "services": str(plan.question.services),
        "client_ports": "{}-{}".format(*plan.question.client_ports),
        "families": list(plan.families),
        "strict": plan.strict,
        "sources": len(plan.sources),
        "destinations": len(plan.destinations),
        "files": dict(sorted(files)),
    }
    (place / MANIFEST).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
