"""The engine and the judge agree on managed services, asked by id, by ARN and by name."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from itertools import product
from typing import Final

import pytest

from netreach.model.relations import Relations
from netreach.network import Network
from netreach.query.dns import Names
from tests.oracle.managed import Service
from tests.oracle.name_records import directory
from tests.oracle.names import Found, resolve
from tests.oracle.parse import parse
from tests.property.balancers import held
from tests.property.chunks import chunks
from tests.property.dice import seeded
from tests.property.plan import Estate
from tests.property.test_names_agree import (
    SERVICES,
    End,
    judged,
    named_case,
    said_by_engine,
    snapshot_with_names,
    verdict,
)

ESTATES: Final = 200
QUICK: Final = range(50)
CHUNK: Final = 25


def name_disagreements(seed: int) -> list[str]:
    """Ask both for the names of all services, from all VPCs, and return where they differ."""
    estate, _ = named_case(seed, 0)
    names, told = Names(Relations(snapshot_with_names(deepcopy(estate)))), directory(estate)
    known = [name for one in told.services for name in one.names]
    found = []
    for vpc, name in product(("", *(vpc["VpcId"] for vpc in estate["Vpcs"])), known):
        theirs, ours = said_by_engine(names, told, name, vpc), resolve(told, name, vpc)
        if theirs != ours:
            found.append(f"{name} from {vpc or 'the internet'}: {theirs}, but the judge: {ours}")
    return found


def path_disagreements(seed: int) -> list[str]:
    """Ask both for ways to services by id from a host, and return where they differ."""
    estate, _ = named_case(seed, 0)
    told, world = directory(estate), parse(estate)
    network = Network(snapshot_with_names(deepcopy(estate)))
    dice, found = seeded(seed), []
    hosts = [one for one in estate["NetworkInterfaces"] if one["InterfaceType"] == "interface"]
    hosts = [one for one in hosts if held(one)]
    for service in told.services if hosts else ():
        host, (protocol, port) = dice.pick(hosts), dice.pick(SERVICES)
        source = End(host["NetworkInterfaceId"], held(host)[0])
        machines = [told.machines[one] for one in service.interfaces]
        homes = frozenset((one.four, one.vpc) for one in machines if one.four)
        meant = Found(frozenset(address for address, _ in homes), homes)
        wanted = judged(world, meant, source, protocol, port)
        asked = f"{host['VpcId']}/{source.address}"
        said = verdict(network, asked, service.id, protocol, port)
        if wanted is not None and said != wanted:
            found.append(f"{source} to {service.id} {protocol} {port}: {said}, not {wanted}")
    return found


def test_every_kind_of_service_occurs() -> None:
    told: Counter[str] = Counter()
    for seed in QUICK:
        estate, _ = named_case(seed, 0)
        told.update(_kind(one) for one in directory(estate).services)
        told.update(_odd(estate))
    assert len(told) >= 13, told
    assert min(told.values()) >= 2, told


def _kind(service: Service) -> str:
    return service.id.split(":")[2] if ":" in service.id else service.id.partition("-")[0]


def _odd(estate: Estate) -> list[str]:
    inside = [f"inside {one.inside}" for one in directory(estate).services]
    return [*inside, *("task on a host" for one in estate["containerInstances"] if one)]


@pytest.mark.parametrize("first", chunks(ESTATES, CHUNK, quick=QUICK))
def test_engine_and_judge_resolve_the_names_of_services_alike(first: int) -> None:
    for seed in range(first, first + CHUNK):
        assert not name_disagreements(seed), seed


@pytest.mark.parametrize("first", chunks(ESTATES, CHUNK, quick=QUICK))
def test_engine_and_judge_find_the_same_ways_to_services(first: int) -> None:
    for seed in range(first, first + CHUNK):
        assert not path_disagreements(seed), seed
