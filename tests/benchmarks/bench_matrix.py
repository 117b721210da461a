"""Every pair at once: estates of several sizes, with numba and with numpy alone, beside peers.

``python -m tests.benchmarks.bench_matrix [--interfaces N ...] [--microsegmented N] [--peers N]``
prints tables. Every row is a process of its own, since peak memory never falls: load, compile, and
the matrix stage (`Network.matrix` and the number of pairs by verdict) are timed apart, and memory
is what the process held before the matrix stage and the most that it held in it. A network keeps
what it sorted the ends of a matrix into, which no question changes: `ends` is the time for that
alone, `matrix` without it, as for every further question about the same ends. All of it runs on one
thread. The estates are those of ``shared/tools/estate.py`` and one where nothing is alike
(`tests.benchmarks.microsegmented`).

Peers, at a size that they finish, in processes of the same run:

- loop: one pair after the other in plain Python: groups, ACLs, routes, replies, on integers, all
  protocols and both families; a sample of pairs, and its rate for all of them. Some of these are
  looked up in a matrix, which must say the same;
- dd.cudd: a BDD of who may send what to whom by security groups alone: no routes, no ACLs, no
  replies, which is much less than a matrix says.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections import Counter

    from netreach.matrix import Matrix
    from netreach.network import Network
    from netreach.query.verdict import Verdict

ROOT: Final = Path(__file__).parents[2]
GENERATOR: Final = ROOT.parent / "shared" / "tools" / "estate.py"
sys.path.insert(0, str(ROOT))  # the tree that this file is in


def megabytes() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def held() -> float:
    """Return the memory that this process holds now, in MB; 0 where nobody says."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return 0.0
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(folder: str) -> dict[str, Any]:
    """Load, compile and ask everything of one estate."""
    from netreach.network import Network  # noqa: PLC0415 - in a process of its own
    from netreach.query.verdict import Verdict  # noqa: PLC0415
    from netreach.sources.load import open_snapshot  # noqa: PLC0415

    start = perf_counter()
    snapshot = open_snapshot(folder)
    loaded = perf_counter()
    network = Network(snapshot)
    compiled = perf_counter()
    before, peak = held(), megabytes()
    first, _, _ = answered(network)  # what is compiled or read from a cache is so here
    again, matrix, counts = answered(network)
    whole, planning = min(again, answered(network)[0])
    ends, statistics = sorted_ends(network, matrix), matrix.statistics()
    return {
        "interfaces": len(snapshot.interfaces),
        "load": loaded - start,
        "compile": compiled - loaded,
        "first": first[0],
        "ends": ends,
        "matrix": whole,
        "lanes_s": planning,
        "before": before,
        "peak_before": peak,
        "peak": megabytes(),
        "kinds": statistics.kinds,
        "walked": statistics.walked,
        "singly": statistics.singly,
        "pairs": statistics.pairs,
        "reachable": counts[Verdict.REACHABLE],
        "partial": counts[Verdict.PARTIAL],
        "unknown": counts[Verdict.UNKNOWN],
        "rate": statistics.pairs / whole,
        "full_rate": statistics.pairs / (whole + ends),
    }


def answered(network: Network) -> tuple[tuple[float, float], Matrix, Counter[Verdict]]:
    """Make a matrix and count its pairs by verdict; first the seconds, in all and of planning."""
    begun = perf_counter()
    matrix = network.matrix(jobs=1)
    planned = perf_counter()
    counts = matrix.counts()
    return (perf_counter() - begun, planned - begun), matrix, counts


def sorted_ends(network: Network, matrix: Matrix) -> float:
    """Sort the ends of a matrix anew; return the seconds."""
    from netreach.query.matrix.cast import Cast  # noqa: PLC0415 - in a process of its own

    begun = perf_counter()
    Cast(network.fabric, matrix.plan.sources, matrix.plan.destinations)
    return perf_counter() - begun


def in_process(task: str, folder: Path, jit: str) -> dict[str, Any]:
    """Run one task in a process of its own, with kernels (1), without (0) or as it pays."""
    environment = {**os.environ, "NETREACH_JIT": jit, "OPENBLAS_NUM_THREADS": "1"}
    environment["NUMBA_NUM_THREADS"] = "1"
    command = [sys.executable, "-m", "tests.benchmarks.bench_matrix", "--task", task, str(folder)]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment
    )
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:] or ["no reason given"]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def made(folder: Path, interfaces: int, *, microsegmented: bool = False) -> Path:
    """Write an estate, unless it is there."""
    out = folder / f"{'micro' if microsegmented else 'estate'}-{interfaces}"
    if out.exists():
        return out
    generator = ["-m", "tests.benchmarks.microsegmented"] if microsegmented else [str(GENERATOR)]
    command = [sys.executable, *generator, str(out), "--interfaces", str(interfaces)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return out


HEAD: Final = (
    f"{'estate':>14} {'kernels':>7} {'load':>7} {'compile':>7} {'ends':>7} {'matrix':>8} "
    f"{'lanes':>7} {'pairs':>15} {'reachable':>15} {'pairs/s':>9} {'kinds':>7} {'walked':>9} "
    f"{'singly':>7} {'before':>7} {'peak':>7}"
)


def row(name: str, jit: str, found: dict[str, Any]) -> str:
    """Return a line of the table."""
    kernels = {"0": "numpy", "1": "numba", "": "-"}[jit]
    if "failed" in found:
        return f"{name:>14} {kernels:>7} failed: {found['failed'][0]}"
    return (
        f"{name:>14} {kernels:>7} {found['load']:>6.2f}s {found['compile']:>6.2f}s "
        f"{found['ends']:>6.3f}s "
        f"{found['matrix']:>7.3f}s {found['lanes_s']:>6.3f}s {found['pairs']:>15,} "
        f"{found['reachable']:>15,} {found['rate']:>9.2e} {found['kinds']:>7,} "
        f"{found['walked']:>9,} {found['singly']:>7,} {found['before']:>5.0f}MB "
        f"{found['peak']:>5.0f}MB"
    )


TASKS: Final = ("matrix", "loop", "cudd")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interfaces", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--microsegmented", type=int, nargs="*", default=[30_000])
    parser.add_argument("--peers", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--keep", type=Path, help="a folder to keep the estates in")
    parser.add_argument("--task", nargs=2, metavar=("TASK", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        from tests.benchmarks import matrix_peers  # noqa: PLC0415 - only in that process

        task, folder = options.task
        tasks = {"matrix": measure, "loop": matrix_peers.loop, "cudd": matrix_peers.cudd}
        print(json.dumps(tasks[task](folder)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        _print(folder, options)


def _print(folder: Path, options: argparse.Namespace) -> None:
    print(HEAD)
    sizes = [(n, False) for n in options.interfaces] + [(n, True) for n in options.microsegmented]
    rates: dict[int, tuple[float, float]] = {}
    for interfaces, microsegmented in sizes:
        out = made(folder, interfaces, microsegmented=microsegmented)
        for jit in ("0", "1"):
            found = in_process("matrix", out, jit)
            if not microsegmented and "rate" in found:
                rate = found["rate"], found["full_rate"]
                rates[interfaces] = max(rates.get(interfaces, (0, 0)), rate)
            print(row(out.name, jit, found), flush=True)
    print()
    for interfaces in options.peers:
        out = made(folder, interfaces)
        for task in ("loop", "cudd"):
            found = in_process(task, out, "0")
            if "failed" in found:
                print(f"{out.name:>14} {task}: failed: {found['failed'][0]}")
                continue
            ratio = ""
            if interfaces in rates:
                ours, with_ends = (rate / found["rate"] for rate in rates[interfaces])
                ratio = f"matrix {ours:,.0f}x ({with_ends:,.0f}x with its ends to be sorted)"
            print(
                f"{out.name:>14} {task}: {found['seconds']:.2f}s for {found['pairs']:,} pairs, "
                f"{found['rate']:.3g} pairs/s, {found['reachable']:,} let in; {ratio}"
                f"{_checked(found)}",
                flush=True,
            )


def _checked(found: dict[str, Any]) -> str:
    if "checked" not in found:
        return ""
    same = found["checked"] - len(found["differ"])
    return f"; {same:,} of {found['checked']:,} as the matrix says"


if __name__ == "__main__":
    main()
