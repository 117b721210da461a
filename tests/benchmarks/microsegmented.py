"""An estate where nothing is alike: one security group for each interface, with narrow rules.

``python -m tests.benchmarks.microsegmented OUT --interfaces 30000`` writes it as describe files.
Each group has ten random ingress rules: a narrow CIDR of the VPC's /16 (/22 to /32), or of
elsewhere, and one of 200 ports or a range between two of them; everything may leave. All interfaces
stand in one VPC, so that nothing but groups keeps any two apart.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any, Final

VPC: Final = "vpc-0000000000000001"
RULES: Final = 10
SUBNETS: Final = 8
#: Interfaces of one VPC: eight subnets of a /16, less what AWS keeps.
MOST: Final = SUBNETS * ((1 << 13) - 5)


def dotted(number: int) -> str:
    """Return an IPv4 address."""
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def estate(interfaces: int, seed: int = 1) -> dict[str, list[dict[str, Any]]]:
    """Return the describe lists of the estate."""
    rng = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    ports = sorted(rng.sample(range(1, 65536), 200))
    base = 10 << 24
    subnets = [
        {
            "SubnetId": f"subnet-{n}",
            "VpcId": VPC,
            "CidrBlock": f"{dotted(base + (n << 13))}/19",
            "AvailabilityZone": "eu-central-1a",
            "State": "available",
        }
        for n in range(SUBNETS)
    ]
    groups, cards = [], []
    for number in range(interfaces):
        subnet, host = number % SUBNETS, number // SUBNETS
        address = dotted(base + (subnet << 13) + 4 + host)
        groups.append(_group(rng, number, ports, base))
        cards.append(
            {
                "NetworkInterfaceId": f"eni-{number}",
                "VpcId": VPC,
                "SubnetId": f"subnet-{subnet}",
                "AvailabilityZone": "eu-central-1a",
                "InterfaceType": "interface",
                "Status": "in-use",
                "SourceDestCheck": True,
                "PrivateIpAddress": address,
                "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
                "Groups": [{"GroupId": f"sg-{number}", "GroupName": f"sg-{number}"}],
            }
        )
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    return {
        "Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "State": "available"}],
        "Subnets": subnets,
        "RouteTables": [
            {
                "RouteTableId": "rtb-1",
                "VpcId": VPC,
                "Routes": [{**local, "Origin": "CreateRouteTable"}],
                "Associations": [{"Main": True, "RouteTableAssociationId": "rtbassoc-1"}],
            }
        ],
        "NetworkAcls": [_open_acl()],
        "SecurityGroups": groups,
        "NetworkInterfaces": cards,
    }


def _open_acl() -> dict[str, Any]:
    entries = [
        {
            "RuleNumber": 100,
            "Egress": egress,
            "RuleAction": "allow",
            "CidrBlock": "0.0.0.0/0",
            "Protocol": "-1",
        }
        for egress in (True, False)
    ]
    return {
        "NetworkAclId": "acl-1",
        "VpcId": VPC,
        "IsDefault": True,
        "Entries": entries,
        "Associations": [
            {"NetworkAclAssociationId": f"aclassoc-{n}", "SubnetId": f"subnet-{n}"}
            for n in range(SUBNETS)
        ],
    }


def _group(rng: random.Random, number: int, ports: list[int], base: int) -> dict[str, Any]:
    rules = []
    for _ in range(RULES):
        length = rng.choice((22, 24, 26, 28, 32, 32))
        inside = rng.random() < 0.05
        first = (base if inside else 11 << 24) + rng.randrange(1 << 16)
        first = first >> (32 - length) << (32 - length)
        low = rng.randrange(len(ports))
        high = min(len(ports) - 1, low + rng.choice((0, 0, 0, 1, 5)))
        rules.append(
            {
                "IpProtocol": rng.choice(("tcp", "tcp", "tcp", "udp")),
                "FromPort": ports[low],
                "ToPort": ports[high],
                "IpRanges": [
                    {"CidrIp": f"{dotted(first >> (32 - length) << (32 - length))}/{length}"}
                ],
            }
        )
    return {
        "GroupId": f"sg-{number}",
        "GroupName": f"sg-{number}",
        "Description": "its own",
        "VpcId": VPC,
        "IpPermissions": rules,
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    }


def write(folder: Path, interfaces: int, seed: int = 1) -> None:
    """Write the estate as describe files."""
    folder.mkdir(parents=True, exist_ok=True)
    for key, rows in estate(interfaces, seed).items():
        (folder / f"{key}.json").write_text(json.dumps({key: rows}))


def main() -> None:
    """Write an estate of the wanted size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--interfaces", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not 0 < options.interfaces <= MOST:
        parser.error(f"--interfaces: 1 to {MOST}")
    write(options.out, options.interfaces, options.seed)


if __name__ == "__main__":
    main()
