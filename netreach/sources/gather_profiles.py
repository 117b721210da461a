"""Brings together what calls say of Route 53 Profiles: their VPCs, and what they bring."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from netreach.sources import service_shapes as shapes
from netreach.sources.gather import Shelf, decode
from netreach.sources.pieces import Piece

_PROFILE: Final = re.compile(r"(?<![0-9A-Za-z])rp-[0-9a-z]{8,}")


@dataclass
class Profiles:
    """Profiles, those included that only their associations speak of."""

    shelf: Shelf[shapes.DnsProfile] = field(default_factory=Shelf)
    #: None: no call told.
    ties: list[shapes.DnsProfileTie] | None = None
    #: Profile id -> what it brings; not there: no call told.
    resources: dict[str, list[shapes.DnsProfileResource]] = field(default_factory=dict)

    def put_ties(self, piece: Piece) -> None:
        """Note which VPCs profiles are for; one of another account shows only here."""
        ties = decode(piece, shapes.DnsProfileTie)
        self.ties = [*(self.ties or ()), *ties]
        for row, tie in enumerate(ties):
            self._mention(tie.profile_id, piece, row)

    def put_resources(self, piece: Piece) -> None:
        """Note what profiles bring; of one that brings nothing, the file says which it is."""
        items = decode(piece, shapes.DnsProfileResource)
        for number in _PROFILE.findall(f"{piece.document.file} {piece.path}"):
            self.resources.setdefault(number, [])
        for row, item in enumerate(items):
            self.resources.setdefault(item.profile_id, []).append(item)
            self._mention(item.profile_id, piece, row)

    def _mention(self, number: str, piece: Piece, row: int) -> None:
        if number not in self.shelf:
            self.shelf.put(shapes.DnsProfile(profile_id=number), piece, (row,))
