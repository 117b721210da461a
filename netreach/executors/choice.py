"""Which executor does the work, by what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from netreach.errors import UsageError
from netreach.executors.processes import Processes, cores

if TYPE_CHECKING:
    from netreach.executors.cluster import Cluster

#: The word for a cluster that is started on this machine and ended after the work.
LOCAL: Final = "local"


def chosen(jobs: int | None, scheduler: str | None) -> Processes | Cluster | None:
    """Return who does the work; None for this process alone.

    Without `jobs`, as many processes as there are cores, where they can be forked; with `jobs`, so
    many, started anew where they can't. `scheduler` is a dask scheduler's address, or ``local``.

    Raises:
        UsageError: fewer than one process is asked for, or no scheduler answers.
        MissingExtraError: dask.distributed is not installed.
    """
    if jobs is not None and jobs < 1:
        raise UsageError(place="--jobs", what=f"{jobs} processes do no work", mend="give 1 or more")
    if scheduler is not None:
        from netreach.executors.cluster import Cluster  # noqa: PLC0415 - only where asked for

        cluster = Cluster("" if scheduler == LOCAL else scheduler, jobs or cores())
        cluster.check()
        return cluster
    if jobs is None:
        return Processes(cores(), only_forked=True) if cores() > 1 else None
    return Processes(jobs) if jobs > 1 else None
