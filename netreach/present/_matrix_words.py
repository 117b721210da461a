"""What the numbers of a matrix say, as codes of few texts: columns for tables of pairs."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from netreach.packets.batch import Column, Mask, filled
from netreach.query.matrix.plan import PairMatrix
from netreach.query.trips import CODES, VERDICTS
from netreach.query.verdict import Verdict, client_ports

#: The texts of verdict codes, in order.
VERDICT_TEXTS: Final = tuple(str(verdict) for verdict in VERDICTS)
_UNREACHABLE: Final = CODES[Verdict.UNREACHABLE]
_UNKNOWN_YET: Final = -1


class Words:
    """Looks up what numbers say, each once."""

    def __init__(self, plan: PairMatrix) -> None:
        """Know nothing yet."""
        self._plan = plan
        #: The texts that occurred, by code; empty stands for none.
        self.services: dict[str, int] = {}
        self.client_ports: dict[str, int] = {}
        #: ``(3, numbers)``: codes of the verdict, the services and the client ports.
        self._codes: NDArray[np.int64] = np.full((3, 1), _UNKNOWN_YET, np.int64)

    def of(self, number: Column) -> NDArray[np.int64]:
        """Return the codes of verdicts, services and client ports, ``(3, N)``."""
        if not len(number):
            return np.zeros((3, 0), np.int64)
        missing = int(number.max()) + 1 - self._codes.shape[1]
        if missing > 0:
            more = np.full((3, missing), _UNKNOWN_YET, np.int64)
            self._codes = np.concatenate([self._codes, more], axis=1)
        for one in np.unique(number[self._codes[0, number] == _UNKNOWN_YET]).tolist():
            self._learn(one)
        codes: NDArray[np.int64] = self._codes[:, number]
        return codes

    def _learn(self, number: int) -> None:
        fared = self._plan.fared(number)
        ports = ", ".join(client_ports(fared.replies, fared.services))
        services = str(fared.services) if fared.services else ""
        self._codes[:, number] = (
            CODES[fared.verdict],
            self.services.setdefault(services, len(self.services)),
            self.client_ports.setdefault(ports, len(self.client_ports)),
        )

    def verdicts(self, number: Column, none: int) -> Column:
        """Return the codes of the verdicts, and `none` where the number is negative."""
        codes = filled(len(number), none)
        real = number >= 0
        codes[real] = self.of(number[real])[0]
        return codes

    def is_worth_telling(self, number: Column) -> Mask:
        """Tell which are reachable, partial or unknown."""
        worth: Mask = self.verdicts(number, _UNREACHABLE) != _UNREACHABLE
        return worth
