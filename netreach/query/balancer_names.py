"""Names of load balancers: the nodes that they lead to [LB-6, LB-8]."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from netreach.fabric.balancer_dns import Listing, listed_nodes
from netreach.fabric.load_balancer_targets import TargetPlaces, balancer_nodes
from netreach.model.records import NetworkInterface
from netreach.model.services import LoadBalancer
from netreach.model.snapshot import Snapshot
from netreach.packets.atoms import AtomAxis
from netreach.query.answers import Answers
from netreach.query.words import brief, safe


class BalancerNames:
    """Finds the nodes of one snapshot's balancers."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Index nothing yet."""
        self._snapshot = snapshot

    def seen(self, balancer: LoadBalancer) -> Answers:
        """Return a balancer's nodes: an internet-facing one's name means its public addresses."""
        nodes = self._nodes.get(balancer.id, ())
        if not nodes:
            return Answers(unknown=f"the snapshot holds no network interface of {balancer.id}")
        listing = listed_nodes(self._places, balancer, nodes)
        choice = _open(balancer, listing) if listing.is_open else ""
        notes = tuple(_notes(balancer, listing))
        if not balancer.is_internet_facing:
            interfaces = tuple(node.id for node in listing.nodes)
            return Answers(interfaces=interfaces, choice=choice, notes=notes)
        held = [address for node in listing.nodes for address in node.addresses]
        public = tuple(one.public for one in held if one.public is not None)
        public += tuple(one.private for one in held if one.private.family == 6)
        if not public:
            return Answers(unknown=f"the snapshot shows no public address of {balancer.id}")
        return Answers(addresses=public, choice=choice, notes=notes)

    @cached_property
    def _nodes(self) -> dict[str, list[NetworkInterface]]:
        """The interfaces of each balancer."""
        found: dict[str, list[NetworkInterface]] = {}
        for node in self._places.nodes.values():
            if node.balancer is not None:
                found.setdefault(node.balancer.id, []).append(node.interface)
        return found

    @cached_property
    def _places(self) -> TargetPlaces:
        """Where targets are; only their zones are of interest, so nothing need be cut."""
        rows = {identifier: row for row, identifier in enumerate(self._snapshot.interfaces)}
        return TargetPlaces(self._snapshot, AtomAxis.cut(()), balancer_nodes(self._snapshot), rows)


def _open(balancer: LoadBalancer, listing: Listing) -> str:
    groups = ", ".join(safe(brief(one)) for one in listing.few)
    return (
        f"AWS does not say whether targets of {groups} that are leaving or not in use count as "
        f"registered, nor whether the share of none is too small, and so which zones of "
        f"{safe(brief(balancer.id))} are in DNS"
    )


def _notes(balancer: LoadBalancer, listing: Listing) -> Iterator[str]:
    """Say which nodes the name leads past, and what was assumed of that."""
    name = safe(brief(balancer.id))
    if listing.left_out:
        nodes = ", ".join(safe(one.id) for one in listing.left_out)
        groups = ", ".join(safe(brief(one)) for one in listing.few)
        yield f"the name of {name} leads past {nodes}: too few of {groups} are healthy there"
    if listing.assumed:
        groups = ", ".join(safe(brief(one)) for one in listing.assumed)
        yield (
            f"the snapshot does not say how many targets of {groups} must be healthy for a zone of "
            f"{name} to be in DNS: AWS's default, one, is assumed"
        )
