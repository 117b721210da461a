"""Target groups as ends: their targets, each where its group finds it [LB-7]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from netreach.model.relations import Relations
from netreach.model.services import Target, TargetGroup
from netreach.packets.prefixes import Address, AddressError, Prefix
from netreach.query.end import End, Member, Nature
from netreach.query.standings import STANDINGS
from netreach.query.words import safe

_LENGTH: Final = {4: 32, 6: 128}


def end_of_targets(relations: Relations, text: str, record: TargetGroup) -> End:
    """Return the end of a target group: every target; those that nobody can place are noted."""
    targets = {target.id: target for target in record.targets or ()}
    found = {number: list(_places(relations, record, one)) for number, one in targets.items()}
    places = [place for some in found.values() for place in some]
    members = tuple(dict.fromkeys(one for one in places if isinstance(one, Member)))
    outside = tuple(dict.fromkeys(one for one in places if isinstance(one, Prefix)))
    lost = ", ".join(safe(number) for number, some in found.items() if not some)
    why = f"the snapshot holds no network interface of {lost}" if lost else ""
    plain = End(
        text, Nature.BARE, "target-group", record.id, record.name or record.group_name, members
    )
    if places:
        notes = (why,) if why else ()
        return replace(plain, nature=Nature.RESOURCE, outside=outside, notes=notes)
    if record.targets is None:
        why = f"the snapshot does not say what the targets of {safe(record.id)} are"
    elif record.target_kind == "lambda":
        why = f"the targets of {safe(record.id)} are functions, which have no address"
    return replace(plain, why=why or f"{safe(record.id)} has no targets")


def _places(relations: Relations, group: TargetGroup, target: Target) -> Iterator[Member | Prefix]:
    """Yield where a target is: an instance's first interface, an address, a balancer's nodes."""
    if group.target_kind == "ip":
        yield from _at_address(relations, group.vpc, target.id)
    elif group.target_kind == "alb":
        nodes = STANDINGS["load-balancer"].interfaces(relations, target.id)
        yield from (Member(one.id) for one in nodes)
    elif group.target_kind == "instance":
        known = relations.interfaces_of_instance.get(target.id, ())
        yield from [Member(one.id) for one in known if one.vpc == group.vpc][:1]


def _at_address(relations: Relations, vpc: str, text: str) -> Iterator[Member | Prefix]:
    try:
        address = Address.parse(text)
    except AddressError:
        return
    holders = [
        Member(one.id, address, one.vpc)
        for one in relations.interfaces_of_vpc.get(vpc, ())
        if any(held.private == address for held in one.addresses)
    ]
    yield from holders
    record = relations.snapshot.vpcs.get(vpc)
    blocks = record.prefixes if record else ()
    if not holders and not any(block.contains(address) for block in blocks):
        yield Prefix(address.family, address.number, _LENGTH[address.family])
