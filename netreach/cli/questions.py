"""What the commands about many pairs share: their options, and the question as it was asked."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from netreach.errors import UsageError

if TYPE_CHECKING:
    from netreach.cli.watch import Watch
    from netreach.matrix import Matrix
    from netreach.network import Network

SnapshotArgument = Annotated[
    str, typer.Argument(metavar="SNAPSHOT", help="A folder, a file, or - for standard input.")
]
PortOption = Annotated[
    str, typer.Option(help="443, 8000-8100, or TYPE[/CODE] of ICMP.", show_default=False)
]
ProtocolOption = Annotated[
    str, typer.Option(help="tcp, udp, icmp, icmpv6, all or a number.", show_default=False)
]
ClientPortsOption = Annotated[str, typer.Option(help="linux, windows, any or LOW-HIGH.")]
FamilyOption = Annotated[str, typer.Option(help="4 or 6.", show_default=False)]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Answer unknown where a default is assumed.")
]

_WIDTH: Final = 100


JobsOption = Annotated[
    int,
    typer.Option(min=0, help="Processes that share the work: one a core.", show_default=False),
]
SchedulerOption = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="A dask cluster that does the work, or local for one that is started here.",
        show_default=False,
    ),
]
MaxMemoryOption = Annotated[
    str,
    typer.Option(metavar="SIZE", help="What each process may take: 500M, 2G.", show_default=False),
]
_SIZE: Final = re.compile(r"(\d{1,9}) *([kmgt]?)(i?)b?", re.ASCII | re.IGNORECASE)
_UNITS: Final = ("", "k", "m", "g", "t")


@dataclass(frozen=True, slots=True)
class Effort:
    """What a question about many pairs may take: processes, a cluster, memory."""

    jobs: int = 0
    scheduler: str = ""
    max_memory: str = ""

    def bytes(self) -> int | None:
        """Return how much memory it may take, None where nobody says.

        Raises:
            UsageError: it is no size.
        """
        if not self.max_memory:
            return None
        found = _SIZE.fullmatch(self.max_memory.strip())
        if not found:
            from netreach.query.words import quoted  # noqa: PLC0415 - nothing for --help

            what = f"{quoted(self.max_memory)} is no size"
            raise UsageError(place="--max-memory", what=what, mend="500M, 2G or so")
        step = 1024 if found[3] else 1000
        size: int = int(found[1]) * step ** _UNITS.index(found[2].lower())
        return size


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about many pairs, as it was put."""

    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    port: str
    protocol: str
    client_ports: str
    family: str
    strict: bool
    effort: Effort = Effort()

    def matrix(self, network: Network, watch: Watch, *, outside: tuple[str, ...] = ()) -> Matrix:
        """Return the matrix of all pairs that are asked about, and of places at open ends."""
        watch.step("finding the ways between all interfaces")
        return network.matrix(
            self.sources,
            self.destinations,
            port=self.port or None,
            protocol=self.protocol or None,
            client_ports=self.client_ports,
            family=self.family or None,
            strict=self.strict,
            outside=outside,
            progress=watch,
            jobs=self.effort.jobs or None,
            scheduler=self.effort.scheduler or None,
            max_memory=self.effort.bytes(),
        )

    def as_dict(self) -> dict[str, str]:
        """Return it as the `query` of the JSON forms."""
        from netreach.query.options import parse_client_ports  # noqa: PLC0415 - brings numpy

        low, high = parse_client_ports(self.client_ports)
        return {
            "from": ", ".join(self.sources),
            "to": ", ".join(self.destinations),
            "protocol": self.protocol or ("tcp" if self.port else "all"),
            "port": self.port,
            "client_ports": f"{low}-{high}",
            "family": self.family,
            "strict": "yes" if self.strict else "no",
        }


def service_words(matrix: Matrix) -> str:
    """Return the services that a matrix was asked about, nothing if it was all of them."""
    question = matrix.plan.question
    return "" if question.is_open else str(question.services)


def terminal_width() -> int:
    """Return how wide text may be."""
    columns = shutil.get_terminal_size((_WIDTH, 24)).columns if sys.stdout.isatty() else _WIDTH
    return max(80, min(240, columns))


def speaks_unicode() -> bool:
    """Tell whether standard output can write what is not ASCII."""
    return (sys.stdout.encoding or "").lower().replace("-", "") in ("utf8", "utf16", "utf32")
