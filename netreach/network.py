"""Network, the facade: load a snapshot once, then ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from netreach.explain.records import Explanation, Missing, Part, Report
from netreach.explain.report import PathReport, Reporter
from netreach.fabric.compile import compile_fabric
from netreach.fabric.fabric import Fabric
from netreach.model.snapshot import Snapshot
from netreach.packets.services import ServiceSet
from netreach.query.options import parse_client_ports, parse_families, parse_question
from netreach.query.path import PathFinder
from netreach.query.verdict import Verdict

if TYPE_CHECKING:
    import networkx

    from netreach.explain.chain import ChainReport
    from netreach.matrix import Matrix, Progress
    from netreach.query.matrix.cast import Casting
    from netreach.query.path import PathResult
    from netreach.query.selectors import Selectors


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was put."""

    source: str
    destination: str
    port: int | str | None = None
    protocol: int | str | None = None
    client_ports: str = "any"
    family: int | str | None = None
    strict: bool = False
    via: tuple[str, ...] = ()
    via_port: int | str = 22
    through: str = ""

    def legs(self, selectors: Selectors) -> Iterator[Asked]:
        """Yield the question about each connection: all but the last one to `via_port`."""
        from netreach.query.pivots import check_port, legs  # noqa: PLC0415 - only with pivots

        check_port(self.via_port)
        *others, last = legs(selectors, self.source, self.via, self.destination)
        for source, destination in others:
            leg = replace(self, source=source, destination=destination, via=(), through="")
            yield replace(leg, port=self.via_port, protocol="tcp")
        yield replace(self, source=last[0], via=())

    def as_dict(self) -> dict[str, str]:
        """Return it as the JSON form's `query`."""
        low, high = parse_client_ports(self.client_ports)
        protocol = "tcp" if self.protocol is None and self.port is not None else self.protocol
        asked = {
            "protocol": str(protocol or "all"),
            "port": "" if self.port is None else str(self.port),
            "client_ports": f"{low}-{high}",
            "source": self.source,
            "destination": self.destination,
        }
        if self.via:
            asked |= {"via": ", ".join(self.via), "via_port": str(self.via_port)}
        if self.through:
            asked["through"] = self.through
        return asked


class Answer:
    """What a path question came to. True where the verdict is `reachable`.

    The verdict and the sets are there at once; hops, blockers and words are worked out when they
    are first asked for.
    """

    def __init__(
        self, report: PathReport | ChainReport, asked: Asked, legs: tuple[Answer, ...] = ()
    ) -> None:
        """Hold what a question came to; `Network.path` makes answers."""
        self._report, self._asked = report, asked
        #: The answer about each connection, where several are needed one after another.
        self.legs = legs

    def __bool__(self) -> bool:
        """Tell whether the verdict is `reachable`."""
        return self.verdict is Verdict.REACHABLE

    def __repr__(self) -> str:
        """Show the verdict and the services."""
        return f"<Answer {self.verdict}: {self.services}>"

    @property
    def verdict(self) -> Verdict:
        """`reachable`, `partial`, `unreachable` or `unknown`."""
        return self._report.verdict

    @property
    def services(self) -> ServiceSet:
        """The services that make the full round trip, over all parts."""
        return self._report.services

    @property
    def forward_services(self) -> ServiceSet:
        """The services that get there, whether or not replies come back."""
        return self._report.forward_services

    @property
    def client_ports(self) -> tuple[str, ...]:
        """The client ports whose replies come back, as ranges."""
        return self._report.client_ports

    @property
    def parts(self) -> tuple[Part, ...]:
        """What became of each address pair, with the hops there and back."""
        return self._report.parts

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """Every blocker, with its code, the nearest rule and the smallest fix."""
        return self._report.explanations

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the snapshot or the model lacks, where the answer depends on it."""
        return self._report.missing

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was assumed or left out."""
        return self._report.warnings

    @cached_property
    def report(self) -> Report:
        """Everything that the answer says, as plain data."""
        return self._report.complete(self._asked.as_dict())

    def explain(self) -> str:
        """Return the answer as text for people."""
        from netreach.present.text import render_text  # noqa: PLC0415 - words only when wanted

        return render_text(self.report)


class Network:
    """A compiled snapshot, to ask questions of.

    >>> import netreach
    >>> network = netreach.load("fixtures/three-tier")
    >>> bool(network.path("web-1", "app-1", port=8080))
    True
    """

    def __init__(self, snapshot: Snapshot) -> None:
        """Compile a snapshot; `netreach.load` reads one from files."""
        self.snapshot = snapshot
        self.fabric: Fabric = compile_fabric(snapshot)
        self._finder = PathFinder(self.fabric)
        self._reporter = Reporter(self.fabric)

    def path(  # noqa: PLR0913 - each is an option of the question
        self,
        source: str,
        destination: str,
        *,
        port: int | str | None = None,
        protocol: int | str | None = None,
        client_ports: str = "any",
        family: int | str | None = None,
        strict: bool = False,
        via: str | Sequence[str] = (),
        via_port: int | str = 22,
        through: str = "",
    ) -> Answer:
        """Return whether, how and why (not) the source reaches the destination.

        With `via`, by connections one after another: to each of those hosts on TCP `via_port`, and
        from the last one to the destination as asked; the answer has `legs`. With `through`, over
        that load balancer: the destination is one of its targets, the port its listener's.

        Raises:
            NetreachError: an end matches nothing or too much, or the options are bad.
        """
        pivots = (via,) if isinstance(via, str) else tuple(via)
        asked = Asked(
            source=source,
            destination=destination,
            port=port,
            protocol=protocol,
            client_ports=client_ports,
            family=family,
            strict=strict,
            via=pivots,
            via_port=via_port,
            through=through,
        )
        return self._chained(asked) if asked.via else Answer(self._reported(asked), asked)

    def _chained(self, asked: Asked) -> Answer:
        """Return what connections one after another come to."""
        from netreach.explain.chain import ChainReport, Leg  # noqa: PLC0415 - only where asked for

        singles = list(asked.legs(self._finder.selectors))
        found = [Leg(self._reported(single), single.as_dict()) for single in singles]
        answers = (Answer(leg.report, one) for leg, one in zip(found, singles, strict=True))
        return Answer(ChainReport(found), asked, tuple(answers))

    def _reported(self, asked: Asked) -> PathReport:
        """Return what one connection came to."""
        question = parse_question(asked.protocol, asked.port, asked.client_ports)
        families = parse_families(asked.family, question)
        ends = asked.source, asked.through or asked.destination
        result = self._finder.find(*ends, question, families, strict=asked.strict)
        if asked.through:
            return self._narrowed(result, asked.destination)
        return self._reporter.of(result)

    def _narrowed(self, result: PathResult, target: str) -> PathReport:
        """Return what an answer about a load balancer says about one of its targets."""
        from netreach.explain.through import ThroughReport  # noqa: PLC0415 - only where asked for
        from netreach.query.through import narrowed  # noqa: PLC0415

        found = narrowed(self.fabric, result, self._finder.selectors.resolve(target))
        return ThroughReport(self._reporter, found)

    def matrix(  # noqa: PLR0913 - each is an option of the question
        self,
        sources: str | Sequence[str] = (),
        destinations: str | Sequence[str] = (),
        *,
        port: int | str | None = None,
        protocol: int | str | None = None,
        client_ports: str = "any",
        family: int | str | None = None,
        strict: bool = False,
        outside: str | Sequence[str] = (),
        progress: Progress | None = None,
        jobs: int | None = None,
        scheduler: str | None = None,
        max_memory: int | None = None,
    ) -> Matrix:
        """Return what every ordered pair of interfaces comes to, of all or of two selections.

        A selection may name places outside as well: `internet`, a CIDR, a service. Those of
        `outside` are asked at each end that is left open, at both if none is.

        `jobs` processes share the work where there is enough of it, by default one for each core;
        with `scheduler`, the workers of that dask cluster (`local`: one is started here). Each
        process keeps to `max_memory` bytes.

        Raises:
            NetreachError: an end matches nothing, or the options are bad.
        """
        from netreach.executors.choice import chosen  # noqa: PLC0415 - only where asked for
        from netreach.matrix import Matrix  # noqa: PLC0415
        from netreach.query.matrix.between import Between  # noqa: PLC0415
        from netreach.query.matrix.limits import Limits  # noqa: PLC0415

        question = parse_question(protocol, port, client_ports)
        families = parse_families(family, question)
        ends = [
            (one,) if isinstance(one, str) else tuple(one)
            for one in (sources, destinations, outside)
        ]
        executor, limits = chosen(jobs, scheduler), Limits.within(max_memory)
        between = Between(
            self._finder, question, families, strict=strict, limits=limits, casting=self._casting
        )
        return Matrix(*between.planned(*ends), self._finder.selectors, progress, executor)

    @cached_property
    def _casting(self) -> Casting:
        """Who sorts the ends of matrices; it keeps those of the last one."""
        from netreach.query.matrix.cast import Casting  # noqa: PLC0415 - only where asked for

        return Casting(self.fabric)

    def graph(self) -> networkx.MultiDiGraph[str]:
        """Return the compiled network as a networkx graph, to use or draw."""
        from netreach.fabric.graph import network_graph  # noqa: PLC0415 - networkx is heavy

        return network_graph(self.fabric)


def load(source: str | Path) -> Network:
    """Read a snapshot (a folder, a file, or `-` for standard input) and compile it.

    Raises:
        InputError: it can't be read; the message says where and how to mend it.
    """
    from netreach.sources.load import open_snapshot  # noqa: PLC0415 - readers only when reading

    return Network(open_snapshot(source))
