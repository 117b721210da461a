"""The engine and the judge agree on what names stand for, wherever they are asked [HY-8]."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

import pytest

from netreach.errors import SelectorError
from netreach.model.relations import Relations
from netreach.model.snapshot import Snapshot
from netreach.network import Network
from netreach.query.answers import Answers
from netreach.query.dns import Names
from netreach.sources.describe import snapshot_of
from netreach.sources.files import Document
from tests.oracle.judge import answer, several
from tests.oracle.name_records import Directory, directory
from tests.oracle.names import Found, resolve
from tests.oracle.parse import parse
from tests.oracle.question import Question
from tests.oracle.spelling import prefix
from tests.oracle.verdict import Verdict
from tests.oracle.world import Address, World
from tests.property.balancers import held
from tests.property.chunks import chunks
from tests.property.dice import seeded
from tests.property.estates import draw_estate
from tests.property.name_draws import Asked, draw_asked, draw_names
from tests.property.plan import ANSWERS, Estate
from tests.property.public_access import as_described
from tests.property.target_health import draw_thresholds

ESTATES: Final = 300
QUICK: Final = range(100)
CHUNK: Final = 25
SERVICES: Final = ((6, 443), (6, 80), (6, 22), (17, 53))
NAMES: Final = {6: "tcp", 17: "udp"}
LONG_FIRST: Final = int(os.environ.get("NETREACH_FIRST_ESTATE", "1000"))
LONG_ESTATES: Final = int(os.environ.get("NETREACH_ESTATES", "20000"))


def named_case(seed: int, count: int = 30) -> tuple[Estate, list[Asked]]:
    """Return an estate with names, and which are asked where."""
    dice = seeded(seed)
    estate = draw_estate(dice)
    draw_names(dice, estate)
    asked = draw_asked(dice, estate, count)
    draw_thresholds(dice, estate)
    return estate, asked


def snapshot_with_names(estate: Estate) -> Snapshot:
    """Read an estate with names, as the calls answer."""
    apart = (*ANSWERS, "ZoneVpcs", "ZoneRecords", "ProfileContents", "KubernetesClusters")
    lists = as_described({kind: each for kind, each in estate.items() if kind not in apart})
    files = {"lists": lists}
    files |= {
        f"{kind}-{number}": each
        for kind in ANSWERS
        for number, each in enumerate(estate.get(kind, ()))
    }
    zones = {zone["Id"].rpartition("/")[2]: zone for zone in estate["HostedZones"]}
    for told in estate["ZoneVpcs"]:
        number = told["Zone"]
        files[f"zone-{number}"] = {"HostedZone": zones[number], "VPCs": told["VPCs"]}
    for told in estate["ZoneRecords"]:
        files[f"records-{told['Zone']}"] = {"ResourceRecordSets": told["ResourceRecordSets"]}
    for told in estate.get("ProfileContents", ()):
        key = "ProfileResourceAssociations"
        files[f"contents-{told['Profile']}"] = {key: told[key]}
    for number, told in enumerate(estate.get("KubernetesClusters", ())):
        files[f"kubernetes-{number}"] = told
    documents = [Document(f"{name}.json", json.dumps(f).encode()) for name, f in files.items()]
    snapshot = snapshot_of(documents)
    assert isinstance(snapshot, Snapshot)
    return snapshot


def said_by_engine(names: Names, told: Directory, name: str, vpc: str) -> Found | None:
    """Return what the engine says, in the judge's words."""
    try:
        answers = names.seen_from(name, vpc)
    except SelectorError:
        return None
    return Found(
        frozenset(_addresses(answers, told, vpc)),
        frozenset(_homes(answers, told, vpc)),
        frozenset(prefix(str(block)) for block in answers.ranges),
        is_hidden=bool(answers.hidden),
        is_open=bool(answers.choice),
        is_unknown=bool(answers.unknown),
    )


def _addresses(answers: Answers, told: Directory, vpc: str) -> list[Address]:
    """Return addresses; an interface stands for its first ones, a public one from the internet."""
    found: list[Address] = [ip_address(str(address)) for address in answers.addresses]
    for interface in answers.interfaces:
        machine = told.machines[interface]
        four = machine.public if machine.public and not vpc else machine.four
        found += [one for one in (four, machine.six) if one is not None]
    return found


def _homes(answers: Answers, told: Directory, vpc: str) -> list[tuple[Address, str]]:
    """Return where the interfaces are that the engine names, by their addresses."""
    found: list[tuple[Address, str]] = []
    for interface in answers.interfaces:
        machine = told.machines[interface]
        four = None if machine.public and not vpc else machine.four  # a public one is in none
        found += [(one, machine.vpc) for one in (four, machine.six) if one is not None]
    return found


def name_disagreements(seed: int) -> list[str]:
    """Ask both for all names and return where they differ."""
    estate, asked = named_case(seed)
    names, told = Names(Relations(snapshot_with_names(deepcopy(estate)))), directory(estate)
    found = []
    for vpc, name in asked:
        theirs, ours = said_by_engine(names, told, name, vpc), resolve(told, name, vpc)
        if theirs != ours:
            found.append(f"{name} from {vpc or 'the internet'}: {theirs}, but the judge: {ours}")
    return found


def test_every_kind_of_answer_occurs() -> None:
    told: Counter[str] = Counter()
    for seed in QUICK:
        estate, asked = named_case(seed)
        known = directory(estate)
        for vpc, name in asked:
            told.update(_kinds(resolve(known, name, vpc)))
    wanted = ["nothing", "unknown", "hidden", "open", "listed", "inside", "several", "IPv4", "IPv6"]
    assert min(told[kind] for kind in wanted) >= 10, told


def _kinds(found: Found | None) -> Iterator[str]:
    if found is None:
        yield "nothing"
        return
    yield from (["unknown"] * found.is_unknown + ["hidden"] * found.is_hidden)
    yield from (["open"] * found.is_open + ["listed"] * bool(found.ranges))
    yield from (["inside"] * bool(found.homes) + ["several"] * (len(found.addresses) > 1))
    yield from (f"IPv{address.version}" for address in found.addresses)


# -- paths to names


def path_disagreements(seed: int, count: int = 8) -> list[str]:
    """Ask both for paths to names, from hosts, and return where they differ."""
    estate, asked = named_case(seed, 4 * count)
    told, world = directory(estate), parse(estate)
    network = Network(snapshot_with_names(deepcopy(estate)))
    dice, found = seeded(seed), []
    hosts = [one for one in estate["NetworkInterfaces"] if one["InterfaceType"] == "interface"]
    for vpc, name in asked:
        near = [one for one in hosts if one["VpcId"] == vpc and held(one)]
        meant = resolve(told, name, vpc)
        is_asked = near and meant is not None and "." in name  # or else it is no name of ours
        if not is_asked or meant is None or meant.ranges or meant.is_hidden:
            continue
        host, (protocol, port) = dice.pick(near), dice.pick(SERVICES)
        source = End(host["NetworkInterfaceId"], held(host)[0])
        wanted = judged(world, meant, source, protocol, port)
        if wanted is None:
            continue
        said = verdict(network, f"{vpc}/{source.address}", name, protocol, port)
        if said != (wanted if said or meant.addresses else ""):
            found.append(f"{source} to {name} {protocol} {port}: {said}, not {wanted}")
    return found


def verdict(network: Network, source: str, name: str, protocol: int, port: int) -> str:
    """Return what the engine says; nothing of a name that the snapshot does not know."""
    try:
        return str(network.path(source, name, protocol=NAMES[protocol], port=str(port)).verdict)
    except SelectorError:
        return ""


@dataclass(frozen=True)
class End:
    """Who asks."""

    interface: str
    address: str


def judged(world: World, meant: Found, source: End, protocol: int, port: int) -> Verdict | None:
    """Return what the judge says of all that a name means; None if nothing is to be compared."""
    homes = dict(meant.homes)
    verdicts = [
        answer(
            world,
            Question(
                source.interface,
                source.address,
                str(address),
                protocol,
                port,
                destination_vpc=homes.get(address),
            ),
        ).verdict
        for address in sorted(meant.addresses, key=str)
        if address.version == 4
    ]
    if not verdicts and not meant.is_unknown:  # of the other family only
        return None
    if meant.is_open and len(set(verdicts)) > 1:
        return Verdict.UNKNOWN
    return several([*verdicts, *([Verdict.UNKNOWN] if meant.is_unknown else [])])


@pytest.mark.parametrize("first", chunks(ESTATES, CHUNK, quick=QUICK))
def test_engine_and_judge_find_the_same_ways_to_names(first: int) -> None:
    for seed in range(first, first + CHUNK):
        assert not path_disagreements(seed), seed


@pytest.mark.parametrize("first", chunks(ESTATES, CHUNK, quick=QUICK))
def test_engine_and_judge_resolve_alike(first: int) -> None:
    for seed in range(first, first + CHUNK):
        assert not name_disagreements(seed), seed


@pytest.mark.long
def test_engine_and_judge_resolve_alike_for_long() -> None:
    for seed in range(LONG_FIRST, LONG_FIRST + LONG_ESTATES):
        assert not name_disagreements(seed), seed
