"""What a command loads before it has anything to do with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOADED = """
import sys
from netreach.cli.app import run
run(sys.argv[1:])
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("arguments", ["--help", "path --help", "cidr 10.0.0.0/24", "explain list"])
def test_what_asks_no_network_loads_nothing_that_networks_need(arguments: str) -> None:
    command = [sys.executable, "-c", LOADED, *arguments.split()]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    heavy = {"numpy", "msgspec", "networkx", "graphviz", "yaml", "rich", "pydantic"}
    assert heavy.isdisjoint(ran.stdout.splitlines()[-1].split())
