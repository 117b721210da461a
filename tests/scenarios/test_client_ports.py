"""What an answer says where a firewall tells client ports apart, as people read it."""

from __future__ import annotations

from collections.abc import Callable

from netreach.present.text import render_text
from tests.unit.fabric.estates_by_hand import ask
from tests.unit.fabric.firewalls_by_hand import rule, stateless, walled

HTTPS = ((443, 443),)
LOW, HIGH = (1024, 32767), (32768, 65535)


def test_client_ports_dropped_on_either_way(golden: Callable[[str, str], None]) -> None:
    there = rule(10, "drop", protocols=(6,), source_ports=((1024, 2047),), destination_ports=HTTPS)
    back = rule(20, "drop", protocols=(6,), source_ports=HTTPS, destination_ports=((61000, 65535),))
    answer = ask(walled(None, stateless(there, back)), "web-1 db-1 tcp 443", family=4)
    golden("path/firewall-client-ports.txt", render_text(answer.report))


def test_services_with_client_ports_of_their_own(golden: Callable[[str, str], None]) -> None:
    low = rule(10, "drop", protocols=(6,), source_ports=(LOW,), destination_ports=((22, 22),))
    high = rule(20, "drop", protocols=(6,), source_ports=(HIGH,), destination_ports=HTTPS)
    network = walled(None, stateless(low, high))
    answer = network.path("web-1", "db-1", protocol="tcp", port="22-443", family=4)
    golden("path/firewall-client-ports-range.txt", render_text(answer.report))
