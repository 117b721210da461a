"""A limit of memory is kept by the whole process, and what an error says is enough is enough."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.benchmarks.microsegmented import estate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "wait4"), reason="nobody tells a child's peak here"),
]

INTERFACES: Final = 1_500


class Ran(NamedTuple):
    """How a program ended: its status, what it said, and the most memory it held, in bytes."""

    status: int
    said: str
    peak: int


@pytest.fixture(scope="module")
def open_estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an estate of which every interface reaches every other on a port of its own."""
    folder = tmp_path_factory.mktemp("open")
    documents = estate(INTERFACES)
    for number, group in enumerate(documents["SecurityGroups"]):
        rule = {"IpProtocol": "tcp", "FromPort": number, "ToPort": number}
        group["IpPermissions"] = [{**rule, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    for kind, rows in documents.items():
        (folder / f"{kind}.json").write_text(json.dumps({kind: rows}), encoding="utf-8")
    return folder


def run(*arguments: str) -> Ran:
    """Run the program in a process of its own."""
    command = [sys.executable, "-m", "netreach", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return Ran(process.returncode, said, usage.ru_maxrss * unit)


def test_a_limit_of_memory_is_kept(open_estate: Path, tmp_path: Path) -> None:
    ask = "matrix", str(open_estate), "--format", "parquet", "--jobs", "1", "-o"
    refused = run(*ask, str(tmp_path / "none"), "--max-memory", "1M")
    assert refused.status == 2
    least = re.search(r"at least ((\d+) MB)", refused.said)
    assert least is not None
    kept = run(*ask, str(tmp_path / "kept"), "--max-memory", least[1])
    assert (kept.status, kept.said) == (0, "")
    usual = run(*ask, str(tmp_path / "usual"))
    assert kept.peak <= int(least[2]) * 1_000_000 < usual.peak  # it would take more
