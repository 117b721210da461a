"""What each kind of record stands for, where hosts are wanted: an entry a kind.

A kind without an entry can be found and shown like any other; as the end of a path it is not
modelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from netreach.fabric.load_balancer_targets import balancer_nodes
from netreach.model.records import Instance, NetworkInterface
from netreach.model.relations import Relations
from netreach.packets.prefixes import Address

#: From the id of a record to its interfaces.
Interfaces = Callable[[Relations, str], Iterable[NetworkInterface]]


def _none(_relations: Relations, _number: str) -> tuple[NetworkInterface, ...]:
    return ()


class Standing(NamedTuple):
    """What a record of one kind stands for."""

    interfaces: Interfaces = _none
    #: `sg` in `sg:ID`: the record is a set of interfaces.
    form: str = ""
    #: What an interface of such a set does with the record: it "carries" sg-1.
    verb: str = ""
    #: A tag of the record means its interfaces.
    is_host: bool = False
    #: The public address that the record merely reserves.
    address: Callable[[Relations, str], Address | None] | None = None


def _of_nat_gateway(relations: Relations, number: str) -> list[NetworkInterface]:
    known = relations.snapshot.interfaces
    addresses = relations.snapshot.nat_gateways[number].addresses
    return [known[one.interface] for one in addresses if one.interface in known]


def _of_endpoint(relations: Relations, number: str) -> list[NetworkInterface]:
    known = relations.snapshot.interfaces
    listed = relations.snapshot.endpoints[number].interfaces
    return [known[one] for one in listed if one in known]


def _of_balancer(relations: Relations, number: str) -> list[NetworkInterface]:
    nodes = balancer_nodes(relations.snapshot).values()
    return [node.interface for node in nodes if node.balancer and node.balancer.id == number]


def is_classic(record: Instance) -> bool:
    """Tell whether an instance is in no subnet: of what is gone, AWS tells none any more.

    ClassicLink ties such an instance to a VPC, in no subnet of it.
    """
    return not record.subnet and not record.interfaces and record.state not in _GONE


_GONE: Final = frozenset({"terminated", "shutting-down"})

#: Type word -> what such a record stands for. What is not here is no end yet.
STANDINGS: Final[Mapping[str, Standing]] = {
    "vpc": Standing(lambda known, number: known.interfaces_of_vpc.get(number, ()), "vpc", "is in"),
    "subnet": Standing(
        lambda known, number: known.interfaces_of_subnet.get(number, ()), "subnet", "is in"
    ),
    "security-group": Standing(
        lambda known, number: known.interfaces_of_group.get(number, ()), "sg", "carries"
    ),
    "instance": Standing(
        lambda known, number: known.interfaces_of_instance.get(number, ()), is_host=True
    ),
    "network-interface": Standing(
        lambda known, number: (known.snapshot.interfaces[number],), is_host=True
    ),
    "nat-gateway": Standing(_of_nat_gateway),
    "vpc-endpoint": Standing(_of_endpoint),
    "load-balancer": Standing(_of_balancer),
    "elastic-ip": Standing(address=lambda known, number: known.snapshot.elastic_ips[number].public),
}
