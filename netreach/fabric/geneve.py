"""Asks of every Gateway Load Balancer's node whether its targets can be sent GENEVE, and answer.

That is a walk of its own through the compiled network: from the node to the target, and back to the
node, to port 6081 both ways. What it finds is put behind the endpoints that lead there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from msgspec.structs import replace

from netreach.fabric.element import Ending, Passage
from netreach.fabric.fabric import Fabric
from netreach.fabric.gateway_balancer import GENEVE, Detour, Detours, Tunnel
from netreach.fabric.inspection import Appliances
from netreach.fabric.load_balancer_targets import TargetPlaces, balancer_nodes
from netreach.fabric.vocabulary import Fate, Kind, Stage
from netreach.model.services import EndpointKind
from netreach.packets.batch import NO_ROW, PacketBatch, column, filled
from netreach.packets.pool import NOTHING

#: How sure it is that a target gets and answers what a node sends it.
_NEVER, _MAYBE, _SURELY = 0, 1, 2


def with_appliances(fabric: Fabric) -> Fabric:
    """Return the network, in which endpoints know what the appliances behind them can get."""
    kinds = (record.kind for record in fabric.snapshot.endpoints.values())
    if EndpointKind.GATEWAY_LOAD_BALANCER not in kinds:
        return fabric
    detours = _detours(fabric)
    asked = {tunnel for one in detours if one for tunnel in one.tunnels}
    # of GENEVE that a route leads to appliances itself nobody says what becomes
    unsaid = [[(Fate.UNKNOWN_RESOURCE, Kind.INSPECTION, row)] for row in range(len(detours))]
    carried = _carried(_with_ways(fabric, unsaid), sorted(asked))
    return _with_ways(fabric, [_ways(one, carried) for one in detours])


def _with_ways(fabric: Fabric, ways: Sequence[Sequence[tuple[Fate, Kind, int]]]) -> Fabric:
    """Return the network in which this becomes of packets behind each endpoint."""
    inspections = replace(fabric.inspections, appliances=Appliances.of(ways))
    crossings = {**fabric.crossings, Stage.INSPECTION: inspections.cross}
    return replace(fabric, inspections=inspections, crossings=crossings)


def _detours(fabric: Fabric) -> list[Detour | None]:
    """Return what is behind each endpoint; None where nobody says."""
    snapshot, rows = fabric.snapshot, fabric.rows
    nodes = balancer_nodes(snapshot)
    places = TargetPlaces(snapshot, fabric.book.axis, nodes, rows.interfaces)
    finder = Detours(
        snapshot,
        places,
        groups={group: row for row, group in enumerate(fabric.balancers.group_ids)},
        services={one: row for row, one in enumerate(fabric.private_links.service_ids)},
        endpoints=rows.endpoints,
    )
    return [finder.of(snapshot.endpoints.get(endpoint)) for endpoint in rows.endpoints]


def _ways(detour: Detour | None, carried: dict[Tunnel, int]) -> list[tuple[Fate, Kind, int]]:
    """Return the different things that become of packets behind an endpoint."""
    if detour is None:
        return []
    if not detour.tunnels:
        return [(detour.fate, detour.kind, detour.row)]
    fates = {
        _SURELY: Fate.DELIVERED,
        _MAYBE: Fate.UNKNOWN_RESOURCE,
        _NEVER: Fate.ELBV2_LISTENER_REQUIRES_TG_ACCEPT,
    }
    found = {carried[tunnel] for tunnel in detour.tunnels}
    return [(fates[how], detour.kind, detour.row) for how in sorted(found, reverse=True)]


# -- the walks


def _carried(fabric: Fabric, tunnels: Sequence[Tunnel]) -> dict[Tunnel, int]:
    """Return how sure it is of each tunnel that it carries, both ways."""
    if not tunnels:
        return {}
    onward = Passage(fabric.pool)
    fabric.carry(_packets(fabric, tunnels), onward)
    there = _sureness(fabric, onward.endings, tunnels, [one.target_interface for one in tunnels])
    arrived = [one for one in onward.endings if one.fate is Fate.DELIVERED]
    back = Passage(
        fabric.pool,
        returning=True,
        replies=filled(len(tunnels), fabric.pool.intern(GENEVE)),
        begun=filled(len(tunnels), NO_ROW),
        asked=filled(len(tunnels), fabric.pool.intern(GENEVE)),
        sessions=onward.sessions,
        worlds=onward.worlds,
    )
    if arrived:
        fabric.carry(PacketBatch.joined([_answers(fabric, one) for one in arrived]), back)
    home = _sureness(fabric, back.endings, tunnels, [one.node for one in tunnels])
    answered = {row for one in arrived for row in one.batch.row.tolist()}
    return {
        one: min(there[n], home[n]) if n in answered else there[n] for n, one in enumerate(tunnels)
    }


def _packets(fabric: Fabric, tunnels: Sequence[Tunnel]) -> PacketBatch:
    nodes = column([one.node for one in tunnels])
    asked = fabric.pool.intern(GENEVE)
    return PacketBatch.of(
        len(tunnels),
        row=np.arange(len(tunnels)),
        stage=Stage.ORIGIN,
        place=nodes,
        vpc=fabric.interfaces.columns.vpc[nodes],
        subnet=fabric.interfaces.columns.subnet[nodes],
        source=column([one.source for one in tunnels]),
        destination=column([one.target for one in tunnels]),
        carrier=nodes,
        asked=asked,
        services=asked,
        session=NO_ROW,
        random=NOTHING,
        chooser=NO_ROW,
        choice=NO_ROW,
    )


def _answers(fabric: Fabric, ending: Ending) -> PacketBatch:
    """Return what appliances send back: to the same port."""
    batch = ending.batch
    return batch.replace(
        stage=Stage.ORIGIN,
        place=ending.component,
        source=batch.destination,
        destination=batch.source,
        services=filled(len(batch), fabric.pool.intern(GENEVE)),
        carrier=NO_ROW,
        hops=0,
    )


def _sureness(
    fabric: Fabric, endings: Iterable[Ending], tunnels: Sequence[Tunnel], ends: Sequence[int]
) -> list[int]:
    """Return how sure it is that the packets of each tunnel reached the interface they are for."""
    found: list[set[int]] = [set() for _ in tunnels]
    for ending in endings:
        for place, row, services in zip(
            ending.component.tolist(),
            ending.batch.row.tolist(),
            ending.batch.services.tolist(),
            strict=True,
        ):
            found[row].add(_of_ending(fabric, ending.fate, ends[row] in (place, NO_ROW), services))
    # of several ways some may do
    return [next(iter(how)) if len(how) == 1 else _MAYBE if how else _NEVER for how in found]


def _of_ending(fabric: Fabric, fate: Fate, is_right: bool, services: int) -> int:
    if fate >= Fate.NOT_MODELLED:
        return _MAYBE
    if fate is not Fate.DELIVERED or not is_right:
        return _NEVER
    return _SURELY if fabric.pool[services].sure else _MAYBE
