"""A cluster of dask.distributed: one that is there, by its scheduler's address, or a local one.

Workers make the matrix once each, from a recipe that the scheduler also gives to those that join
later; tasks may be done twice, so that a lost worker costs what it was at and no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from netreach.errors import MissingExtraError, NetreachError, UsageError

if TYPE_CHECKING:
    from distributed import Client

Session = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Cluster:
    """The workers of a dask scheduler; without an address, so many processes of this machine."""

    address: str = ""
    jobs: int = 1
    least_seconds: float = 0.5
    #: How long to wait for the scheduler to answer.
    patience: float = 10.0

    @property
    def is_at_hand(self) -> bool:
        """Whether it can be used: if not, `results` says why."""
        return True

    def check(self) -> None:
        """Refuse at once what `results` would refuse once it has work to send.

        Raises:
            MissingExtraError: dask.distributed is not installed.
            UsageError: no scheduler answers at the address.
        """
        _need()
        if self.address:
            with self._client():
                pass

    def results(
        self, session: Session, recipe: Callable[[], Session], tasks: Sequence[Any]
    ) -> Iterator[Any]:
        """Yield what each task comes to, in the order in which they are done.

        Raises:
            MissingExtraError: dask.distributed is not installed.
            UsageError: no scheduler answers at the address.
            NetreachError: workers die again and again.
        """
        del session  # it is of this process
        _need()
        from distributed import as_completed  # noqa: PLC0415 - heavy, and an extra
        from distributed.scheduler import KilledWorker  # noqa: PLC0415

        from netreach.executors._dask_worker import Keeper, do  # noqa: PLC0415

        name = f"netreach-{uuid4().hex}"
        with self._client() as client:
            client.register_plugin(Keeper(recipe), name=name)
            futures = {
                client.submit(do, name, task, key=f"{name}-{number}", pure=False)
                for number, task in enumerate(tasks)
            }
            try:
                for future, found in as_completed(futures, loop=client.loop, with_results=True):
                    # what is here need not be done again where a worker is lost later
                    futures.discard(future)
                    future.release()
                    yield found
            except KilledWorker as error:
                raise NetreachError(
                    f"workers of the cluster died again and again at the same task: {error}"
                ) from error
            finally:
                client.cancel(list(futures))
                with suppress(OSError):  # a worker that has just died has nothing to forget
                    client.unregister_worker_plugin(name)

    @contextmanager
    def _client(self) -> Iterator[Client]:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - heavy, and an extra

        with ExitStack() as stack:
            if not self.address:
                started = LocalCluster(
                    n_workers=self.jobs, threads_per_worker=1, dashboard_address=None
                )
                here = Client(stack.enter_context(started), set_as_default=False)
                yield stack.enter_context(here)
                return
            self._knock()
            yield stack.enter_context(
                Client(self.address, timeout=self.patience, set_as_default=False)
            )

    def _knock(self) -> None:
        """See whether a scheduler answers: a client would wait for ever for one that is none."""
        try:
            with ThreadPoolExecutor(1) as thread:  # this one may have an event loop of its own
                thread.submit(asyncio.run, self._answered()).result()
        except Exception as error:  # what another program says may be taken for anything
            raise UsageError(
                place="--scheduler",
                what=f"no dask scheduler answers at {self.address!r}",
                mend="start one, or give the address that it printed, such as tcp://HOST:8786",
            ) from error

    async def _answered(self) -> None:
        from distributed.core import rpc  # noqa: PLC0415 - heavy, and an extra

        async with rpc(self.address) as scheduler:
            await asyncio.wait_for(scheduler.identity(), self.patience)


def _need() -> None:
    if find_spec("distributed") is None:
        raise MissingExtraError(
            "a cluster needs dask.distributed, which is not installed: pip install 'netreach[dask]'"
        )
