"""One answer for each thing that a rendering must show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from netreach.explain.records import Report
from tests.unit.present import crowds, failures, reports

#: Every sample, by the name of its golden files.
SAMPLES: Final[Mapping[str, Callable[[], Report]]] = {
    "reachable": reports.reachable,
    "open-question": reports.open_question,
    "many-services": reports.many_services,
    "through-nat": reports.through_nat,
    "three-blockers": failures.three_blockers,
    "no-reply": failures.no_reply,
    "some-client-ports": failures.some_client_ports,
    "some-ports": failures.some_ports,
    "two-families": failures.two_families,
    "unknown": failures.unknown,
    "unasked": failures.unasked,
    "itself": reports.itself,
    "from-internet": reports.from_internet,
    "five-hundred-pairs": crowds.five_hundred,
    "all-of-a-set": crowds.all_of_a_set,
}
