"""Names as ends of a question: what each asking VPC finds behind them, as ordinary ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from netreach.errors import SelectorError
from netreach.packets.prefixes import Prefix
from netreach.query.answers import Answers, merged
from netreach.query.dns import Names
from netreach.query.selectors import End, Member, Nature, Selectors, View
from netreach.query.words import quoted

#: Where the addresses are of which nobody knows more than that they are public.
_INTERNET4: Final = (Prefix(4, 0, 0),)
#: The kind of an end that is one of AWS's own services.
SERVICE: Final = "aws-service"
#: The kind of an end that an account offers by PrivateLink.
OFFER: Final = "vpc-endpoint-service"


class NamedEnds:
    """Resolves ends that are names, as those see them who ask."""

    def __init__(self, selectors: Selectors) -> None:
        """Take whoever turns texts into ends."""
        self._selectors = selectors
        self._names: Names = selectors.names

    def source(self, end: End) -> End:
        """Return who sends where a name is a source; other ends stay as they are.

        Raises:
            SelectorError: the name stands for several addresses, or nothing resolves it.
        """
        if end.nature is not Nature.NAME or end.kind in (SERVICE, OFFER):
            return end
        found = self._anywhere(end)
        if len(found.addresses) > 1 and not found.interfaces:
            raise SelectorError(f"{quoted(end.text)} stands for several addresses; name one")
        return self._settled(end, found)

    def _anywhere(self, end: End) -> Answers:
        """Return what a name resolves to where anything resolves it: inside before outside."""
        failure: SelectorError | None = None
        for vpc in (*self._selectors.snapshot.vpcs, ""):
            try:
                found = self._answers(end, vpc)
            except SelectorError as error:
                failure = error
                continue
            if not found.unknown:
                return found
        if failure is not None:
            raise failure
        return Answers(unknown=f"nothing in the snapshot resolves {quoted(end.text)}")

    def destination(self, end: End, source: End) -> End:
        """Return what a name stands for in the VPCs of a source; other ends stay as they are.

        Raises:
            SelectorError: nothing in one of them resolves it.
        """
        if end.nature is not Nature.NAME:
            return end
        found = {vpc: self._answers(end, vpc) for vpc in self._asking(source)}
        if len(found) == 1 and not _is_spread(*found.values()):
            return self._settled(end, *found.values())
        whole = merged(found.values())
        views = tuple(
            View(vpc, tuple(self._ends(end, one)), one.choice) for vpc, one in found.items()
        )
        if not any(view.ends for view in views):
            return self._settled(end, whole)
        outside = (*whole.ranges, *(_INTERNET4 if whole.hidden else ()))
        return replace(
            end,
            views=views,
            outside=outside,
            hidden=whole.hidden,
            service=whole.service,
            why=whole.unknown,
            choice=whole.choice,
            notes=whole.notes,
        )

    def _asking(self, source: End) -> list[str]:
        """Return the VPCs that a source is in; "" for what lies outside them all."""
        known = self._selectors.snapshot.interfaces
        vpcs = [known[m.interface].vpc if m.interface else m.vpc for m in source.members]
        return list(dict.fromkeys([*vpcs, *([""] if source.outside or not vpcs else [])]))

    def _answers(self, end: End, vpc: str) -> Answers:
        if end.kind == SERVICE:
            return self._names.services.seen_from(end.id, vpc)
        if end.kind == OFFER:
            offer = self._selectors.snapshot.endpoint_services[end.id]
            return self._names.services.of_offer(offer, vpc)
        return self._names.seen_from(end.id, vpc)

    def _settled(self, end: End, found: Answers) -> End:
        """Return the one ordinary end that a name stands for."""
        ends = list(self._ends(end, found))
        if not ends:
            return replace(end, nature=Nature.BARE, why=found.unknown)
        return replace(ends[0], notes=found.notes, choice=found.choice)

    def _ends(self, end: End, found: Answers) -> Iterator[End]:
        """Yield what answers stand for, as ends whose kind and id are the name's."""
        kind, number = end.kind, found.service or end.id
        if found.interfaces:
            members = tuple(map(Member, found.interfaces))
            yield End(end.text, Nature.RESOURCE, kind, number, end.name, members)
        for address in found.addresses:
            yield self._selectors.address(end.text, address)
        if found.ranges:
            yield End(end.text, Nature.SET, kind, number, end.name, outside=found.ranges)
        if found.hidden:
            yield End(end.text, Nature.INTERNET, kind, number, end.name, outside=_INTERNET4)


def _is_spread(found: Answers) -> bool:
    """Tell whether answers are more than one ordinary end."""
    return (
        bool(found.ranges or found.hidden)
        or len(found.addresses) > 1
        or (bool(found.interfaces) and bool(found.addresses))
        or (bool(found.unknown) and bool(found.interfaces or found.addresses))
    )
