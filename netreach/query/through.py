"""Client, load balancer, target as one question: of the ways to a balancer, those to one target."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from netreach.errors import UsageError
from netreach.fabric.element import Ending, Passage
from netreach.fabric.fabric import Fabric
from netreach.fabric.sessions import SessionKind
from netreach.fabric.vocabulary import Fate, Kind
from netreach.packets.batch import NO_ROW, Column, Mask, column, distinct, filled
from netreach.packets.pool import NOTHING
from netreach.packets.prefixes import Address, AddressError
from netreach.query.path import PathResult, Round, verdict_of
from netreach.query.selectors import End, Member, Nature
from netreach.query.verdict import Verdict
from netreach.query.words import quoted

#: How ways end at a balancer that takes a packet and has nobody to give it to.
_WITHOUT_TARGET: Final = (
    Fate.ELBV2_LISTENER_HAS_NO_TG,
    Fate.ELBV2_NO_TARGETS_IN_AZ,
    Fate.ELB_NOT_CROSSZONE,
    Fate.ELB_INSTALLED_AZ_RESTRICTION,
    Fate.NOT_MODELLED,
    Fate.UNKNOWN_RESOURCE,
)
_BALANCER_KINDS: Final = (Kind.LOAD_BALANCER, Kind.TARGET_GROUP)


class Lead(IntEnum):
    """Where a balancer's listener leads, from the least to the most."""

    ELSEWHERE = 0
    #: Nobody knows; or the target is registered, and nobody gets anything by that listener.
    MAYBE = 1
    TARGET = 2


class Front(NamedTuple):
    """What is asked instead of the target: a balancer, or a PrivateLink endpoint before one."""

    kind: str
    id: str


class Through(Struct, frozen=True):
    """What a question through a balancer came to."""

    #: The answer about the balancer, of which only the ways to the target are left.
    result: PathResult
    target: End
    towards: Towards
    #: Where the balancer leads at best.
    lead: Lead
    front: Front


class Towards:
    """Which ways of load balancers lead to one target."""

    def __init__(self, fabric: Fabric, target: End) -> None:
        """Find the target's interfaces and addresses."""
        self._fabric = fabric
        self._ways = fabric.balancers.ways
        self._leads: dict[int, Lead] = {}
        self._names = {target.id}
        self._spots: set[tuple[int, int]] = set()
        for member in target.members:
            self._add(member)
        #: Branches that lead less far are left out.
        self.least = Lead.TARGET
        #: Whether any listener takes what was asked.
        self.is_heard = False

    def _add(self, member: Member) -> None:
        """Note where a member is, and what target groups call it."""
        axis, snapshot = self._fabric.book.axis, self._fabric.snapshot
        record = snapshot.interfaces.get(member.interface)
        if record is None:
            addresses = [member.address] if member.address else []
            row = NO_ROW
        else:
            row = self._fabric.rows.interfaces[member.interface]
            held = (a for a in record.addresses if member.address in (None, a.private, a.public))
            addresses = [a.private for a in held]
            self._names |= {record.instance} - {""}
        self._spots |= {(row, axis.locate(address)) for address in addresses}
        self._names |= {str(address) for address in addresses}

    # -- where ways lead

    def of_node(self, node: int, services: int, been: frozenset[int] = frozenset()) -> Lead:
        """Return where a node leads at best with these services, an id of the pool."""
        balancers = self._fabric.balancers
        if balancers.nodes.fate[node] == Fate.UNKNOWN_RESOURCE:
            return Lead.MAYBE
        best = Lead.ELSEWHERE
        _, ways = self._ways.of_node.take(column([node]))
        for way in ways.tolist():
            if self._fabric.pool.meet(column([services]), self._ways.takes[[way]])[0] != NOTHING:
                self.is_heard = True
                self._leads[way] = self._of_way(way, node, been | {node})
                best = max(best, self._leads[way])
        return best

    def of_front(self, row: int, services: int) -> Lead:
        """Return where a balancer's node leads at best, or an endpoint before some."""
        if self._fabric.balancers.ids[row]:
            return self.of_node(row, services)
        nodes = self._fabric.private_links.nodes.take(column([row]))[1].tolist()
        return max((self.of_node(node, services) for node in nodes), default=Lead.ELSEWHERE)

    def _of_way(self, way: int, node: int, been: frozenset[int]) -> Lead:
        if self._ways.is_ping[way]:
            return Lead.ELSEWHERE
        target = int(self._ways.target[way])
        if target == NO_ROW:
            return self._without_target(way, node)
        row = int(self._ways.target_interface[way])
        if (row, target) in self._spots or (NO_ROW, target) in self._spots:
            return Lead.TARGET
        if row == NO_ROW or row in been or not self._fabric.balancers.ids[row]:
            return Lead.ELSEWHERE
        return self.of_node(row, int(self._ways.gives[way]), been)

    def _without_target(self, way: int, node: int) -> Lead:
        """Return where a way leads that has no target: its group may have the one that is asked."""
        registered = self._registered(way, node)
        is_strange = registered is not None and not self._names & registered
        return Lead.ELSEWHERE if is_strange else Lead.MAYBE

    def _registered(self, way: int, node: int) -> set[str] | None:
        """Return what is registered with a way's group; None where the snapshot lacks it."""
        balancers, snapshot = self._fabric.balancers, self._fabric.snapshot
        row = int(self._ways.group[way])
        if row == NO_ROW:
            record = snapshot.load_balancers.get(balancers.ids[node])
            return set(record.instances) if record else None
        group = snapshot.target_groups.get(balancers.group_ids[row])
        if group is None or group.targets is None:
            return None
        return {target.id for target in group.targets}

    # -- which branches went there

    def keeps(self, sessions: Column, passage: Passage) -> Mask:
        """Tell which branches of a walk lead to the target, or were stopped before a balancer."""
        found = filled(len(sessions), NO_ROW)
        chosen = self._chosen(passage)
        while (sessions != NO_ROW).any():  # one turn a session, not one a packet
            here = np.where(sessions >= 0, chosen[sessions], NO_ROW)
            found = np.where(found == NO_ROW, here, found)
            sessions = passage.sessions.chain(sessions)
        mask: Mask = self._good(len(self._ways.target))[found]
        return mask

    def _good(self, size: int) -> Mask:
        """Return by way whether it leads far enough; the spare last element is for no way."""
        good = np.zeros(size + 1, bool)
        good[[way for way, lead in self._leads.items() if lead >= self.least]] = True
        good[NO_ROW] = True
        return good

    def _chosen(self, passage: Passage) -> Column:
        """Return by session which way of a balancer it took; a spare last element for none."""
        pairs = [
            (step.batch.session, step.detail)
            for step in passage.steps
            if step.kind is Kind.LOAD_BALANCER and step.detail is not None and step.fate is None
        ]
        sessions = passage.sessions
        for step in passage.steps:
            if step.fate in _WITHOUT_TARGET and step.kind in _BALANCER_KINDS:
                ended = step.batch.session
                is_fork = sessions.kind(ended) == SessionKind.FORK
                known = self._fabric.balancers.nodes.fate[step.batch.place] == Fate.DELIVERED
                mine = is_fork & known
                pairs.append((ended[mine], sessions.place(ended)[mine]))
        size = max((int(rows.max()) for rows, _ in pairs if len(rows)), default=NO_ROW)
        newest = max((int(s.batch.session.max()) for s in passage.steps if len(s.batch)), default=0)
        chosen = filled(max(size, newest) + 2, NO_ROW)
        for rows, ways in pairs:
            chosen[rows] = ways
        return chosen

    def sessions(self, passage: Passage) -> frozenset[int]:
        """Return the sessions, and none at all, of the branches that `keeps` keeps."""
        newest = max((int(s.batch.session.max()) for s in passage.steps if len(s.batch)), default=0)
        found = np.arange(NO_ROW, newest + 1)
        return frozenset(found[self.keeps(found, passage)].tolist())

    def endings(self, endings: list[Ending], passage: Passage) -> list[Ending]:
        """Return the endings of the branches that `keeps` keeps."""
        found = []
        for one in endings:
            keep = self.keeps(one.batch.session, passage)
            found.append(Ending(one.fate, one.kind, one.component[keep], one.batch.where(keep)))
        return [one for one in found if len(one.batch)]


def narrowed(fabric: Fabric, result: PathResult, target: End) -> Through:
    """Keep of an answer about a balancer what leads to the target.

    Raises:
        UsageError: the answer is about no load balancer, or the target is not one target.
    """
    front = front_of(fabric, result.destination)
    _check(result.source, target)
    towards = Towards(fabric, target)
    services = fabric.pool.intern(result.question.services)
    leads = [_leads(fabric, towards, asked, services) for asked in result.rounds]
    best = max((Lead(int(found.max())) for found in leads), default=Lead.ELSEWHERE)
    towards.least = best
    if best is Lead.ELSEWHERE:
        if towards.is_heard:
            result = replace(result, verdict=Verdict.UNREACHABLE, rounds=())
        return Through(result, target, towards, best, front)
    asked = zip(result.rounds, leads, strict=True)
    rounds = tuple(filter(None, (_narrowed(one, lead, towards) for one, lead in asked)))
    if rounds and verdict_of(rounds[:1]) is Verdict.REACHABLE:
        rounds = rounds[:1]  # the others were asked for the sake of other targets
    result = replace(result, rounds=rounds, verdict=verdict_of(rounds))
    return Through(result, target, towards, best, front)


def front_of(fabric: Fabric, end: End) -> Front:
    """Return the balancer, or the endpoint before one, that an end stands for.

    Raises:
        UsageError: it stands for neither, or for several.
    """
    if end.kind == "load-balancer":
        return Front(end.kind, end.id)
    views = (one for view in end.views for one in view.ends)
    members = [member for one in (end, *views) for member in one.members]
    is_address = _is_literal(end.text)
    rows = [fabric.rows.interfaces.get(member.interface, NO_ROW) for member in members]
    fronts = {_front_at(fabric, row) for row in rows} if rows and not is_address else {None}
    links = fabric.private_links
    held = [row for row in rows if row != NO_ROW]  # an address that nobody holds has no interface
    known = any(fabric.balancers.ids[row] for row in held) or len(links.nodes.take(column(held))[1])
    if len(fronts) == 1 and known and (front := fronts.pop()) is not None:
        return front
    mend = "name one by its ARN, name or DNS name, or a PrivateLink endpoint before one by its id"
    what = f"{quoted(end.text)} is no load balancer"
    if end.kind == "vpc-endpoint":
        what = f"{quoted(end.text)} leads to no load balancer that the snapshot holds"
    raise UsageError(place="--through", what=what, mend=mend)


def _is_literal(text: str) -> bool:
    """Tell whether an end was written as an address, with or without its VPC."""
    try:
        Address.parse(text.rpartition("/")[2])
    except AddressError:
        return False
    return True


def _front_at(fabric: Fabric, row: int) -> Front | None:
    """Return whose interface it is, if it is a balancer's node or leads to some."""
    if row == NO_ROW:
        return None
    if fabric.balancers.ids[row]:
        return Front("load-balancer", fabric.balancers.ids[row])
    if fabric.private_links.service[row] == NO_ROW:
        return None
    endpoint = int(fabric.interfaces.endpoints.of_interface[row])
    return Front("vpc-endpoint", tuple(fabric.rows.endpoints)[endpoint])


def _check(source: End, target: End) -> None:
    if target.is_set or not (target.members or target.nature is Nature.BARE):
        what = f"{quoted(target.text)} is not one host"
        raise UsageError(place="--through", what=what, mend="name one target of the balancer")
    for end in (source, target):
        if end.choice:
            mend = "name one interface of them by its id"
            raise UsageError(place=end.text, what=end.choice, mend=mend)


def _leads(fabric: Fabric, towards: Towards, asked: Round, services: int) -> Column:
    """Return for each pair where the interface leads that it asks."""
    pairs = asked.pairs
    asked_at = pairs.destinations.atom[pairs.destination]
    public = fabric.book.interface[fabric.book.public_holder(asked_at)]
    fronts = np.where(pairs.flows.expected >= 0, pairs.flows.expected, public)
    lead_of = {row: towards.of_front(row, services) for row in set(fronts.tolist()) if row >= 0}
    return column([lead_of.get(row, Lead.ELSEWHERE) for row in fronts.tolist()])


def _narrowed(asked: Round, leads: Column, towards: Towards) -> Round | None:
    """Keep the pairs whose node leads far enough, and of them the branches to the target."""
    trips = asked.trips
    if trips is None:
        return None
    pair = asked.walked[trips.flow]
    keep = (leads[pair] == towards.least) & towards.keeps(trips.session, trips.onward)
    kept = distinct(pair[keep])
    if not len(kept):
        return None
    position = filled(len(asked.pairs), NO_ROW)
    position[kept] = np.arange(len(kept))
    left = trips.where(keep)
    verdict = filled(len(asked.pairs), NO_ROW)
    verdict[asked.walked] = left.verdict_of_flow(len(asked.walked))
    return Round(asked.pairs.at(kept), position[asked.walked], left, verdict[kept])
