"""What is worth asking of random balancers: their nodes, and what listens there."""

from __future__ import annotations

from typing import Final

from tests.property.balancers import held, sixes
from tests.property.plan import Estate, Record

#: A service that some listener takes: protocol, port, code.
Service = tuple[int, int, int]
CARRIED: Final = {"UDP": (17,), "QUIC": (17,), "TCP_UDP": (6, 17)}


def nodes_to_ask(estate: Estate, version: int) -> list[str]:
    """Return the private addresses of nodes, more often the more seldom their like is."""
    return [
        address
        for interface in estate["NetworkInterfaces"]
        for address in (*held(interface), *sixes(interface))
        if (":" in address) == (version == 6)
        for _ in range(_interest(estate, _path_of(interface)))
    ]


def _path_of(interface: Record) -> str:
    """Return what a node's description says of its balancer, nothing for other interfaces."""
    said = str(interface.get("Description", ""))
    return said.removeprefix("ELB ") if said.startswith("ELB ") else ""


def _interest(estate: Estate, path: str) -> int:
    """Say how often to ask a node: classic balancers, and those before others, are the rarest."""
    if not path:
        return 0
    name = path.split("/")[-2] if "/" in path else ""
    groups = [group for group in estate["TargetGroups"] if group["TargetType"] == "alb"]
    is_chained = any(group["TargetGroupName"].startswith(f"tg-{name}-") for group in groups)
    return 5 if not name or is_chained else 1


def services_at(estate: Estate, address: str) -> list[Service]:
    """Return what listens at an address of a balancer's node, and what it may answer itself."""
    path = next(filter(None, map(_path_of, _holding(estate, address))), "")
    found: list[Service] = [(6, 81, 0), (1, 8, 0)] if path else []
    for answer in estate["LoadBalancerListeners"]:
        if path and answer["LoadBalancerArn"].endswith(path):
            for one in answer["Listeners"]:
                carriers = CARRIED.get(one["Protocol"], (6,))
                found += [(number, one["Port"], 0) for number in carriers] * 3
    for record in estate["LoadBalancerDescriptions"]:
        if record["LoadBalancerName"] == path:
            ports = [one["Listener"]["LoadBalancerPort"] for one in record["ListenerDescriptions"]]
            found += [(6, port, 0) for port in ports] * 6
    return found


def _holding(estate: Estate, address: str) -> list[Record]:
    """Return the interfaces that hold an address, public or private, in whichever VPC."""
    return [
        interface
        for interface in estate["NetworkInterfaces"]
        if address in held(interface)
        or address in sixes(interface)
        or any(
            private.get("Association", {}).get("PublicIp") == address
            for private in interface["PrivateIpAddresses"]
        )
    ]
