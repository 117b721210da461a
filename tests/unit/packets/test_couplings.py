"""Couplings: services that go with client ports, by themselves and as columns of ids."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from netreach.packets.couplings import (
    WITH_PORTS,
    Coupled,
    Coupling,
    both_ways,
    cells,
    clients_through,
    coupling_of,
    services_through,
    union,
)
from netreach.packets.pool import FREE, Bounds, ServicePool
from netreach.packets.services import TCP, UDP, ServiceSet

EVERYTHING, NOTHING = ServiceSet.everything(), ServiceSet.empty()
ALL_TCP, ALL_UDP = ServiceSet.protocol(TCP), ServiceSet.protocol(UDP)


def tcp(low: int, high: int | None = None) -> ServiceSet:
    return ServiceSet.ports(TCP, low, low if high is None else high)


def udp(low: int, high: int | None = None) -> ServiceSet:
    return ServiceSet.ports(UDP, low, low if high is None else high)


def coupled(clients: ServiceSet, sure: ServiceSet, maybe: ServiceSet | None = None) -> Coupled:
    return Coupled(clients, Bounds(sure, sure if maybe is None else maybe))


def test_ports_with_equal_services_are_listed_together_and_free_ones_not_at_all() -> None:
    found = [coupled(tcp(3), tcp(22)), coupled(tcp(1), tcp(22)), coupled(tcp(2), ALL_TCP)]
    assert coupling_of(found) == (coupled(tcp(1) | tcp(3), tcp(22)),)
    assert coupling_of([coupled(tcp(1), NOTHING, ALL_TCP)]) != ()
    assert coupling_of([coupled(NOTHING, tcp(22))]) == ()


def test_protocols_are_listed_apart_even_if_nothing_is_left_of_either() -> None:
    both = coupling_of([coupled(udp(1), NOTHING), coupled(tcp(1), NOTHING)])
    assert both == (coupled(tcp(1), NOTHING), coupled(udp(1), NOTHING))
    assert [one.block for one in both] == [ALL_TCP, ALL_UDP]


def test_what_two_couplings_leave_is_what_both_leave() -> None:
    left = coupling_of([coupled(tcp(1, 4), tcp(22) | tcp(80), tcp(20, 90))])
    right = coupling_of([coupled(tcp(3, 6), tcp(80), tcp(80, 99))])
    assert both_ways(left, right) == coupling_of(
        [
            coupled(tcp(1, 2), tcp(22) | tcp(80), tcp(20, 90)),
            coupled(tcp(3, 4), tcp(80), tcp(80, 90)),
            coupled(tcp(5, 6), tcp(80), tcp(80, 99)),
        ]
    )


def test_services_are_those_of_any_of_the_client_ports() -> None:
    coupling = coupling_of(
        [coupled(tcp(1), tcp(22)), coupled(tcp(2), tcp(80), tcp(80, 81)), coupled(udp(1), udp(53))]
    )
    some = services_through(coupling, tcp(1, 2))
    assert some == Bounds(
        (EVERYTHING - ALL_TCP) | tcp(22) | tcp(80), (EVERYTHING - ALL_TCP) | tcp(22) | tcp(80, 81)
    )
    # a port that is not listed is left with everything
    assert services_through(coupling, tcp(1, 3)) == Bounds(EVERYTHING, EVERYTHING)
    assert services_through(coupling, tcp(1) | udp(1)).sure == (
        (EVERYTHING - WITH_PORTS) | tcp(22) | udp(53)
    )
    assert services_through(coupling, NOTHING) == Bounds(EVERYTHING, EVERYTHING)


def test_client_ports_are_those_that_any_of_the_services_is_left_to() -> None:
    coupling = coupling_of([coupled(tcp(1), tcp(22)), coupled(tcp(2), tcp(80), tcp(80, 81))])
    assert clients_through(coupling, tcp(22)) == Bounds(EVERYTHING - tcp(2), EVERYTHING - tcp(2))
    assert clients_through(coupling, tcp(81)) == Bounds(EVERYTHING - tcp(1, 2), EVERYTHING - tcp(1))
    assert clients_through((), tcp(22)) == Bounds(EVERYTHING, EVERYTHING)


_RANGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=3)


def _set(ranges: list[tuple[int, int]]) -> ServiceSet:
    return ServiceSet.of((low, low + more) for low, more in ranges)


@given(_RANGES, st.lists(_RANGES, max_size=3))
def test_cells_cut_a_set_by_the_sets_that_its_members_are_in(
    within: list[tuple[int, int]], others: list[list[tuple[int, int]]]
) -> None:
    whole, sets = _set(within), [_set(one) for one in others]
    found = cells(whole, sets)
    told = {n: inside for part, inside in found for low, high in part for n in range(low, high + 1)}
    assert told == {n: [n in one for one in sets] for n in range(20) if n in whole}
    assert union(part for part, _ in found) == whole
    assert len({tuple(inside) for _, inside in found}) == len(found)


_COUPLING = st.lists(st.tuples(_RANGES, _RANGES, _RANGES), max_size=3)


def _coupling(found: list[tuple[list[tuple[int, int]], ...]]) -> Coupling:
    left, made = tcp(0, 12), []
    for clients, sure, more in found:
        made.append(coupled(_set(clients) & left, _set(sure), _set(sure) | _set(more)))
        left -= _set(clients)
    return coupling_of(made)


def _leaves(coupling: Coupling, client: int, service: int) -> tuple[bool, bool]:
    for one in coupling:
        if client in one.clients:
            return service in one.services.sure, service in one.services.maybe
    return True, True


@given(_COUPLING, _COUPLING, _RANGES)
def test_couplings_are_what_they_say_port_by_port(
    first: list[tuple[list[tuple[int, int]], ...]],
    second: list[tuple[list[tuple[int, int]], ...]],
    some: list[tuple[int, int]],
) -> None:
    left, right, members = _coupling(first), _coupling(second), _set(some)
    pool = ServicePool()
    ids = [np.array([pool.intern_coupling(one)]) for one in (left, right)]
    both = pool.coupling(int(pool.couple(*ids)[0]))
    cases = [(c, s) for c in range(14) for s in range(14)]
    for client, service in cases:
        a, b = _leaves(left, client, service), _leaves(right, client, service)
        assert _leaves(both, client, service) == (a[0] and b[0], a[1] and b[1])
    services, clients = services_through(left, members), clients_through(left, members)
    for bound in (0, 1):
        for n in range(14):
            reached = not members or any(
                _leaves(left, c, n)[bound] for c in range(14) if c in members
            )
            assert (n in services[bound]) == reached
            kept = any(_leaves(left, n, s)[bound] for s in range(14) if s in members)
            assert (n in clients[bound]) == (kept or not any(n in o.clients for o in left))


def test_a_pool_numbers_each_coupling_once_and_the_free_one_first() -> None:
    pool, one = ServicePool(), coupling_of([coupled(tcp(1), tcp(22))])
    number = pool.intern_coupling(one)
    assert (pool.intern_coupling(()), pool.coupling(FREE)) == (FREE, ())
    assert (pool.intern_coupling(one), pool.coupling(number)) == (number, one)
    column = np.array([number, FREE])
    assert pool.couple(column, np.array([FREE, FREE])) is column
    assert pool.couple(column, np.array([FREE, number])).tolist() == [number, number]
