"""Paths: from a cold start, warm one by one, and a hundred thousand in one batch.

Run it with ``python -m tests.benchmarks.bench_path [ESTATE]``; ESTATE is the synthetic estate of a
thousand interfaces (default ``../shared/tools/estate.py --interfaces 1000``, made on the fly).
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import netreach
from netreach.network import Network
from netreach.packets.batch import NO_ROW
from netreach.query.ends import Places
from netreach.query.flow_batch import FlowBatch
from netreach.query.flows import Asker
from netreach.query.options import parse_question

ROOT = Path(__file__).parents[2]
GENERATOR = ROOT.parent / "shared" / "tools" / "estate.py"
PAIRS = 10_000


def estate(folder: Path, interfaces: int) -> Path:
    """Write the synthetic estate of a size."""
    out = folder / f"estate-{interfaces}"
    command = [sys.executable, str(GENERATOR), str(out), "--interfaces", str(interfaces)]
    subprocess.run(command, check=True, capture_output=True)
    return out


def cold(folder: Path) -> list[float]:
    """Return the wall seconds of whole `netreach path` processes on thirty interfaces.

    Bytecode is cached, as it is where netreach was installed: one run that is not counted.
    """
    snapshot = estate(folder, 30)
    network = netreach.load(snapshot)
    source, destination = list(network.snapshot.interfaces)[-2:]
    command = [sys.executable, "-m", "netreach", "path", str(snapshot), source, destination]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    taken = []
    for _ in range(10):
        start = time.perf_counter()
        subprocess.run(
            [*command, "--port", "443"],
            check=False,
            capture_output=True,
            cwd=ROOT,
            env=environment,
        )
        taken.append(time.perf_counter() - start)
    return taken[1:]


def pairs_of(network: Network, count: int, *, across: bool) -> list[tuple[str, str]]:
    """Return distinct ordered pairs of interfaces, both ends in one VPC or in two."""
    by_vpc: dict[str, list[str]] = {}
    for record in network.snapshot.interfaces.values():
        if record.interface_type == "interface":
            by_vpc.setdefault(record.vpc, []).append(record.id)
    dice = random.Random(1)  # noqa: S311 - a benchmark wants the same pairs each time
    found: dict[tuple[str, str], None] = {}
    vpcs = [ids for ids in by_vpc.values() if len(ids) > 1]
    while len(found) < count:
        if across:
            left, right = (dice.choice(ids) for ids in dice.sample(vpcs, 2))
        else:
            left, right = dice.sample(dice.choice(vpcs), 2)
        found[left, right] = None
    return list(found)


def warm(network: Network, *, across: bool = False) -> list[float]:
    """Return the seconds of each `Network.path`, hops built, explanation left lazy."""
    taken = []
    for source, destination in pairs_of(network, PAIRS, across=across):
        start = time.perf_counter()
        answer = network.path(source, destination, port=443)
        _ = answer.verdict, answer.parts
        taken.append(time.perf_counter() - start)
    return taken


def batch(network: Network, count: int) -> float:
    """Return the seconds of one batch of random pairs of interfaces, primary IPv4 addresses."""
    fabric = network.fabric
    places, dice = Places(fabric), np.random.default_rng(1)
    rows = np.array([i for i in range(len(fabric.rows.interfaces)) if len(places.rows(i))])
    source, destination = dice.choice(rows, count), dice.choice(rows, count)
    first = np.array([places.rows(int(row))[0] for row in rows])
    lookup = dict(zip(rows.tolist(), first.tolist(), strict=True))
    source_row = np.array([lookup[row] for row in source.tolist()])
    destination_row = np.array([lookup[row] for row in destination.tolist()])
    columns = fabric.interfaces.columns
    flows = FlowBatch(
        source_interface=source,
        vpc=columns.vpc[source],
        subnet=columns.subnet[source],
        source=fabric.book.first_atom[source_row],
        destination=fabric.book.first_atom[destination_row],
        site=np.full(count, NO_ROW, np.int64),
        expected=destination,
        chooser=np.full(count, NO_ROW, np.int64),
        choice=np.full(count, NO_ROW, np.int64),
    )
    asker = Asker(fabric, parse_question("tcp", 443))
    start = time.perf_counter()
    asker.verdicts(flows)
    return time.perf_counter() - start


def _say(what: str, each: list[float]) -> None:
    median, tail = statistics.median(each), sorted(each)[int(PAIRS * 0.9)]
    print(
        f"warm Network.path {what}, {PAIRS} distinct pairs: "
        f"median {median * 1e3:.2f} ms, p90 {tail * 1e3:.2f} ms"
    )


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taken = cold(folder)
        print(
            f"cold `netreach path`, 30 interfaces: median {statistics.median(taken) * 1e3:.0f} ms, "
            f"best {min(taken) * 1e3:.0f} ms"
        )
        start = time.perf_counter()
        network = netreach.load(estate(folder, 1000))
        print(f"load and compile, 1,000 interfaces: {time.perf_counter() - start:.2f} s")
        _say("inside a VPC, 1,000 interfaces", warm(network))
        large = netreach.load(estate(folder, 10_000))
        _say("across a transit gateway, 10,000 interfaces", warm(large, across=True))
        for count in (1_000, 10_000, 100_000, 1_000_000):
            best = min(batch(network, count) for _ in range(3))
            print(f"batch of {count:>9,}: {best:.3f} s, {best / count * 1e6:.2f} us a pair")


if __name__ == "__main__":
    main()
