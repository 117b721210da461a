"""A folder of a matrix is complete or absent."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

import netreach
from netreach.errors import InputError, UsageError
from netreach.matrix import Matrix
from netreach.present.matrix_parquet import Writing, drafts_of
from tests.property.estates import random_case
from tests.property.test_engine_agrees import network_of

FIXTURES = Path(__file__).parents[3] / "fixtures"


def hub(**options: Any) -> Matrix:  # noqa: ANN401 - options of all kinds
    return netreach.load(FIXTURES / "hub-and-spoke").matrix(jobs=1, **options)


class FullDisk:
    """A writer of files that finds the disk full with its last batch."""

    def __init__(self, path: Path, *_: object, **__: object) -> None:
        path.write_bytes(b"PAR1")

    def write_batch(self, _: object) -> None:
        """Take a batch, for now."""

    def close(self) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("level", ["interface", "class"])
def test_a_full_disk_is_one_error_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, level: str
) -> None:
    monkeypatch.setattr(parquet, "ParquetWriter", FullDisk)
    with pytest.raises(InputError, match=r"out: it could not be written .No space left on device"):
        hub().write_parquet(tmp_path / "out", level)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk of its own")
def test_a_disk_that_is_really_full_is_one_error_and_leaves_nothing(tmp_path: Path) -> None:
    mount = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    disk = f"mount -t tmpfs -o size=4k none {tmp_path}"
    try:
        subprocess.run([*mount, disk], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets nobody mount a disk of their own")
    script = (
        "import sys, netreach\n"
        "try: netreach.load(sys.argv[1]).matrix().write_parquet(sys.argv[2])\n"
        "except netreach.InputError as error: print(error)"
    )
    program = [sys.executable, "-c", script, str(FIXTURES / "hub-and-spoke"), f"{tmp_path}/out"]
    line = " ".join(f"'{word}'" for word in program)
    done = subprocess.run(
        [*mount, f"{disk} && {line} && ls -A {tmp_path}"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "No space left on device" in done.stdout
    assert done.stdout.count("\n") == 1


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    (tmp_path / "file").touch()
    for name in ("out", "file"):
        with pytest.raises(UsageError, match=f"{name}: it is there already"):
            hub().write_parquet(tmp_path / name)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "mine", "out"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert hub().write_parquet(tmp_path) == parquet.read_table(tmp_path).num_rows > 0


def test_folders_above_are_made(tmp_path: Path) -> None:
    hub().write_parquet(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "_matrix.json").is_file()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_folder_that_nobody_may_write_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"it could not be written .Not a directory"):
        hub().write_parquet(tmp_path / "file" / "out")


def test_an_unknown_level_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'subnet' is no level: interface or class"):
        hub().write_parquet(tmp_path / "out", "subnet")


def test_a_folder_says_what_it_is(tmp_path: Path) -> None:
    matrix = hub(port=443)
    rows = matrix.write_parquet(tmp_path / "out")
    told = json.loads((tmp_path / "out" / "_matrix.json").read_text(encoding="utf-8"))
    assert told["schema"] == "netreach/matrix-parquet/1"
    assert (told["level"], told["services"]) == ("interface", "tcp 443")
    assert sum(told["files"].values()) == rows
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "_matrix.json",
        *(name.partition("/")[0] for name in told["files"]),
    }


def test_work_that_is_done_twice_does_no_harm(tmp_path: Path) -> None:
    plan = hub().plan
    place = tmp_path / "out"
    place.mkdir()
    drafts_of(place).mkdir()
    work = Writing(str(place), "interface")
    tasks = [(vpc,) for vpc in plan.source_vpcs.tolist()]
    first = [work.here(plan, task) for task in tasks]
    before = files(tmp_path)
    assert [work.here(plan, task) for task in tasks] == first
    assert dict(files(tmp_path)) == dict(before)


def test_what_dead_and_late_workers_do_is_not_in_the_result(tmp_path: Path) -> None:
    late: list[tuple[Any, Any]] = []

    class Dying:
        is_at_hand = True
        least_seconds = 0.0

        def results(self, session: Any, _: object, tasks: Any) -> Iterator[Any]:  # noqa: ANN401
            for task in tasks:
                yield session(task)
                (drafts,) = tmp_path.glob(".out.*.drafts")
                (drafts / f"half-{len(late)}").write_bytes(b"PAR1")
                late.append((session, task))

    matrix = hub()
    assert Matrix(matrix.plan, matrix.places, matrix._selectors, None, Dying()).write_parquet(
        tmp_path / "out"
    )
    before = sorted(tmp_path.rglob("*"))
    for session, task in late:
        with contextlib.suppress(FileNotFoundError):  # what has no pairs has no file
            session(task)
    assert sorted(tmp_path.rglob("*")) == before
    assert not list(tmp_path.rglob(".*"))
    assert late


def files(folder: Path) -> list[tuple[str, bytes]]:
    return sorted((str(path), path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def test_what_workers_wrote_elsewhere_is_missed(tmp_path: Path) -> None:
    class Afar:
        is_at_hand = True
        least_seconds = 0.0

        def results(self, *_: object) -> Iterator[Any]:
            yield 1, [("source_vpc=vpc-1/part.parquet", 7)]

    matrix = hub()
    far = Matrix(matrix.plan, matrix.places, matrix._selectors, None, Afar())
    with pytest.raises(InputError, match=r"workers wrote source_vpc=vpc-1/part.parquet.*share"):
        far.write_parquet(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_names_of_vpcs_lead_nowhere_else(tmp_path: Path) -> None:
    estate = random_case(3, count=1)[0]
    names = sorted(network_of(estate).snapshot.vpcs)
    text = json.dumps(estate)
    for name in names:
        text = text.replace(f'"{name}"', f'"../{name}"')
    hostile = network_of(json.loads(text)).matrix(jobs=1)
    assert sorted(hostile.plan.fabric.snapshot.vpcs) == [f"../{name}" for name in names]
    hostile.write_parquet(tmp_path / "out")
    assert {path.parent.parent.name for path in tmp_path.rglob("*.parquet")} == {"out"}
    found = set(parquet.read_table(tmp_path / "out").column("source_vpc").to_pylist())
    assert found
    assert found <= {f"../{name}" for name in names}
