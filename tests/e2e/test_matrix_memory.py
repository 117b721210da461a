"""A limit of memory is kept by the whole process, and what an error says is enough is enough."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.benchmarks.microsegmented import estate

STATUS: Final = Path("/proc/self/status")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STATUS.exists(), reason="no process knows its own peak here"),
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


#: Runs the program and tells its peak; what its parent says of it would count the parent's own
#: memory, from which it was forked.
RUN: Final = """
import sys
from netreach.cli.app import run
status = run(sys.argv[1:])
with open("/proc/self/status") as lines:
    print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
sys.exit(status)
"""


def run(*arguments: str) -> Ran:
    """Run the program in a process of its own."""
    command = [sys.executable, "-c", RUN, *arguments]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    return Ran(ran.returncode, ran.stderr, int(ran.stdout.split()[-1]) * 1024)


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
