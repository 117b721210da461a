"""One question to judge and engine: a literal source, a literal destination, one service."""

from __future__ import annotations

from dataclasses import dataclass

ANY_CLIENT_PORT = (1024, 65535)


@dataclass(frozen=True)
class Question:
    """Can ``source`` reach ``destination`` on one service.

    ``source`` is an interface id, a VPC id (then ``source_address`` is one that nobody holds) or
    ``internet``. ``port`` is the ICMP type for protocols 1 and 58, and 0 for those without ports.
    ``destination_vpc`` is where the packet must arrive, if the question says so.
    """

    source: str
    source_address: str
    destination: str
    protocol: int
    port: int = 0
    code: int = 0
    client_ports: tuple[int, int] = ANY_CLIENT_PORT
    destination_vpc: str | None = None
