"""Network, the facade: load a snapshot once, then ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from netreach.explain.records import Explanation, Missing, Part, Report
from netreach.explain.report import PathReport, Reporter
from netreach.fabric.compile import compile_fabric
from netreach.fabric.fabric import Fabric
from netreach.model.snapshot import Snapshot
from netreach.packets.services import ServiceSet
from netreach.query.options import parse_families, parse_question
from netreach.query.path import PathFinder, PathResult
from netreach.query.verdict import Verdict

if TYPE_CHECKING:
    import networkx


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was put."""

    source: str
    destination: str
    port: str = ""
    protocol: str = ""
    client_ports: tuple[int, int] = (1024, 65535)

    def as_dict(self) -> dict[str, str]:
        """Return it as the JSON form's `query`."""
        low, high = self.client_ports
        return {
            "protocol": self.protocol,
            "port": self.port,
            "client_ports": f"{low}-{high}",
            "source": self.source,
            "destination": self.destination,
        }


class Answer:
    """What a path question came to. True where the verdict is `reachable`.

    The verdict and the sets are there at once; hops, blockers and words are worked out when they
    are first asked for.
    """

    def __init__(self, result: PathResult, report: PathReport, asked: Asked) -> None:
        """Hold a result; `Network.path` makes answers."""
        self._result, self._report, self._asked = result, report, asked

    def __bool__(self) -> bool:
        """Tell whether the verdict is `reachable`."""
        return self.verdict is Verdict.REACHABLE

    def __repr__(self) -> str:
        """Show the verdict and the services."""
        return f"<Answer {self.verdict}: {self.services}>"

    @property
    def verdict(self) -> Verdict:
        """`reachable`, `partial`, `unreachable` or `unknown`."""
        return self._result.verdict

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

    def path(
        self,
        source: str,
        destination: str,
        *,
        port: int | str | None = None,
        protocol: int | str | None = None,
        client_ports: str = "any",
        family: int | str | None = None,
        strict: bool = False,
    ) -> Answer:
        """Return whether, how and why (not) the source reaches the destination.

        Raises:
            NetreachError: an end matches nothing or too much, or the options are bad.
        """
        question = parse_question(protocol, port, client_ports)
        families = parse_families(family, question)
        result = self._finder.find(source, destination, question, families, strict=strict)
        word = "tcp" if protocol is None and port is not None else str(protocol or "all")
        said = "" if port is None else str(port)
        asked = Asked(source, destination, said, word, question.client_ports)
        return Answer(result, self._reporter.of(result), asked)

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
