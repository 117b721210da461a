"""Two records that claim one thing: an address, a subnet's table or ACL, a VPC's main table.

AWS allows none of these; they come from calls that were made at different moments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from netreach.model.records import NetworkAcl, RouteTable
from netreach.model.snapshot import Problem, Snapshot
from netreach.packets.prefixes import Address
from netreach.sources.checks import Doubt, Findings
from netreach.sources.values import listed, plain

CLASH: Final = "contradiction"


def clashes(snapshot: Snapshot) -> Findings:
    """Find records that contradict each other; answers that depend on them are in doubt."""
    findings = Findings([], [])
    for names, doubts, message in chain(
        _shared_addresses(snapshot),
        _other_publics(snapshot),
        _tied_twice(snapshot, snapshot.route_tables.values(), "route tables"),
        _tied_twice(snapshot, snapshot.network_acls.values(), "network ACLs"),
        _main_twice(snapshot),
    ):
        findings.problems.append(Problem(kind=CLASH, resources=names, message=message))
        findings.doubts.extend(doubts)
    return findings


_Clash = tuple[tuple[str, ...], list[Doubt], str]


def _clash(names: Iterable[str], message: str, field: str, doubted: Iterable[str]) -> _Clash:
    return tuple(names), [Doubt(field, number, message) for number in doubted], message


def _shared_addresses(snapshot: Snapshot) -> Iterator[_Clash]:
    """Find addresses that several interfaces of one VPC hold."""
    holder: dict[tuple[str, Address], str] = {}
    for interface in snapshot.interfaces.values():
        for part in interface.addresses:
            other = holder.setdefault((interface.vpc, part.private), interface.id)
            if other != interface.id:
                both = [other, interface.id]
                yield _clash(both, f"{listed(both)} hold {part.private}", "interfaces", both)


def _other_publics(snapshot: Snapshot) -> Iterator[_Clash]:
    """Find Elastic IPs of interfaces that show another public address."""
    for elastic in snapshot.elastic_ips.values():
        interface = snapshot.interfaces.get(elastic.interface)
        for part in interface.addresses if interface else ():
            if part.private == elastic.private and part.public != elastic.public:
                message = (
                    f"{plain(elastic.interface)} shows the public address {part.public} where "
                    f"{plain(elastic.id)} says {elastic.public}"
                )
                names = (elastic.interface, elastic.id)
                yield _clash(names, message, "interfaces", [elastic.interface])


def _tied_twice(
    snapshot: Snapshot, records: Iterable[RouteTable | NetworkAcl], word: str
) -> Iterator[_Clash]:
    """Find subnets that several tables, or several ACLs, say are theirs."""
    ties: dict[str, list[str]] = {}
    for record in records:
        for subnet in dict.fromkeys(record.subnets):
            ties.setdefault(subnet, []).append(record.id)
    for subnet, names in ties.items():
        if len(names) > 1 and subnet in snapshot.subnets:
            message = f"{plain(subnet)} has several {word}: {listed(names)}"
            yield _clash((subnet, *names), message, "subnets", [subnet])


def _main_twice(snapshot: Snapshot) -> Iterator[_Clash]:
    """Find VPCs with several main tables, and the subnets that would use them."""
    mains: dict[str, list[str]] = {}
    for table in snapshot.route_tables.values():
        if table.is_main:
            mains.setdefault(table.vpc, []).append(table.id)
    tied = {subnet for table in snapshot.route_tables.values() for subnet in table.subnets}
    for vpc, names in mains.items():
        if len(names) > 1:
            message = f"{plain(vpc)} has several main route tables: {listed(names)}"
            free = [s.id for s in snapshot.subnets.values() if s.vpc == vpc and s.id not in tied]
            yield _clash((vpc, *names), message, "subnets", free)
