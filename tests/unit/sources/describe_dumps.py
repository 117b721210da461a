"""Small describe dumps for tests: one item of each call, with what a test wants to say of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from netreach.model.snapshot import Snapshot
from netreach.sources.load import open_snapshot

Json = dict[str, Any]


def written(path: Path, content: object) -> Path:
    """Write a value as JSON, or bytes as they are, and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def loaded(folder: Path, **calls: object) -> Snapshot:
    """Return the snapshot of one combined file that holds these calls."""
    return open_snapshot(written(folder / "dump.json", calls))


def vpc(number: str = "vpc-1", cidr: str = "10.0.0.0/16", /, **more: object) -> Json:
    return {"VpcId": number, "CidrBlock": cidr, **more}


def subnet(number: str = "subnet-1", cidr: str = "10.0.1.0/24", /, **more: object) -> Json:
    return {"SubnetId": number, "VpcId": "vpc-1", "CidrBlock": cidr, **more}


def interface(number: str = "eni-1", address: str = "10.0.1.10", /, **more: object) -> Json:
    return {
        "NetworkInterfaceId": number,
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
        "Status": "in-use",
        **more,
    }


def instance(number: str = "i-1", /, *interfaces: Json, **more: object) -> Json:
    """Return a reservation of one instance."""
    return {
        "ReservationId": "r-1",
        "OwnerId": "111111111111",
        "Instances": [
            {
                "InstanceId": number,
                "ImageId": "ami-1",
                "VpcId": "vpc-1",
                "SubnetId": "subnet-1",
                "State": {"Code": 16, "Name": "running"},
                "NetworkInterfaces": list(interfaces),
                **more,
            }
        ],
    }


def group(number: str = "sg-1", /, **more: object) -> Json:
    return {
        "GroupId": number,
        "GroupName": "web",
        "VpcId": "vpc-1",
        "IpPermissions": [],
        "IpPermissionsEgress": [],
        **more,
    }


def permission(protocol: str = "tcp", /, **more: object) -> Json:
    return {"IpProtocol": protocol, "IpRanges": [{"CidrIp": "0.0.0.0/0"}], **more}


def entry(number: int = 100, /, **more: object) -> Json:
    return {
        "RuleNumber": number,
        "RuleAction": "allow",
        "Egress": False,
        "Protocol": "-1",
        "CidrBlock": "0.0.0.0/0",
        **more,
    }


def acl(*entries: Json, **more: object) -> Json:
    return {
        "NetworkAclId": "acl-1",
        "VpcId": "vpc-1",
        "Entries": list(entries),
        "Associations": [],
        **more,
    }


def table(*routes: Json, **more: object) -> Json:
    return {
        "RouteTableId": "rtb-1",
        "VpcId": "vpc-1",
        "Routes": list(routes),
        "Associations": [],
        **more,
    }


def route(**target: object) -> Json:
    return {
        "DestinationCidrBlock": "0.0.0.0/0",
        "State": "active",
        "Origin": "CreateRoute",
        **target,
    }


def estate(**more: object) -> Json:
    """Return a small estate in which nothing is odd, with these calls added or replaced."""
    return {
        "Vpcs": [vpc()],
        "Subnets": [subnet()],
        "RouteTables": [
            table(
                route(DestinationCidrBlock="10.0.0.0/16", GatewayId="local"),
                Associations=[{"Main": True}],
            )
        ],
        "NetworkAcls": [acl(Associations=[{"SubnetId": "subnet-1"}], IsDefault=True)],
        "SecurityGroups": [group()],
        "NetworkInterfaces": [interface()],
        "Reservations": [],
        "InternetGateways": [],
        "NatGateways": [],
        "PrefixLists": [],
        "Addresses": [],
        **more,
    }


def problem_kinds(snapshot: Snapshot) -> list[str]:
    return [problem.kind for problem in snapshot.problems]
