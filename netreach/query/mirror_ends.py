"""Traffic mirror sessions as ends: can the copies of a session's packets reach its target?

What AWS documents on docs.aws.amazon.com/vpc/latest/mirroring: copies travel as VXLAN on UDP 4789,
from the source interface's primary address to the target's (traffic-mirroring-packet-formats).
The VPC's route tables route them, and the outbound rules of the source's groups are not asked
(traffic-mirroring-considerations); the target's inbound rules must allow them
(create-traffic-mirroring-target). Nobody replies. Network ACLs guard every subnet's edge, and
copies are none of what AWS lists as exempt [NA-8, NA-9]: they are asked as ever. Which packets a
session's filter selects for copying, netreach does not ask.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from netreach.model.records import NetworkInterface
from netreach.packets.prefixes import Address
from netreach.packets.services import UDP, ServiceSet
from netreach.query.end import End, Member, Nature
from netreach.query.selectors import Selectors
from netreach.query.verdict import Question
from netreach.query.words import safe

#: The type word of sessions.
KIND: Final = "traffic-mirror-session"
#: VXLAN's port.
_COPIES: Final = ServiceSet.ports(UDP, 4789, 4789)


def sending(selectors: Selectors, end: End) -> End:
    """Return the source of a mirror session; other ends stay as they are."""
    return _standing_in(selectors, end, is_source=True)


def receiving(selectors: Selectors, end: End) -> End:
    """Return the target of a mirror session; other ends stay as they are."""
    return _standing_in(selectors, end, is_source=False)


def _standing_in(selectors: Selectors, end: End, *, is_source: bool) -> End:
    session = selectors.snapshot.mirror_sessions.get(end.id) if end.kind == KIND else None
    if session is None:
        return end
    number = session.interface if is_source else session.target_resource
    if not number or selectors.snapshot.find(number) is None:
        role, named = ("source", number) if is_source else ("target", number or session.target)
        why = f"the snapshot lacks the {role} of {safe(end.id)}, {safe(named) or 'unnamed'}"
        return replace(end, nature=Nature.BARE, why=why, mirror=end.id)
    found = selectors.resolve(number)
    members = tuple(_by_primary(selectors, member) for member in found.members)
    return replace(found, text=end.text, members=members, mirror=end.id)


def _by_primary(selectors: Selectors, member: Member) -> Member:
    """Return an interface at its primary IPv4 address alone."""
    record = selectors.snapshot.interfaces.get(member.interface)
    primary = _primary(record) if record else None
    return member if primary is None else replace(member, address=primary)


def _primary(record: NetworkInterface) -> Address | None:
    held = [one for one in record.addresses if one.private.family == 4]
    first = next((one for one in held if one.is_primary), held[0] if held else None)
    return first.private if first else None


def mirrored(question: Question, ends: tuple[End, End]) -> Question:
    """Return what is asked between two ends: of a session, UDP 4789 where nothing else is said."""
    if not any(end.mirror for end in ends):
        return question
    if question.is_open:
        question = question._replace(services=_COPIES, is_open=False)
    return question._replace(is_copy=bool(ends[0].mirror))
