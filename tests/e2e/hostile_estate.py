"""A describe dump in which everything that people name bears the same hostile name."""

from __future__ import annotations

from typing import Any, Final

#: What people have put into Name tags, and what an attacker would.
NAMES: Final = {
    "control": "web\x1b[31m\x07\x00\x9b2J",
    "newlines": "web\nreachable: injected\r\n\u2028reachable: injected",
    "quotes": "'; rm -rf / \" ` $(id) \\",
    "script": "<script>alert(1)</script><!--",
    "long": "A" * 10_000,
    "right-to-left": "web\u202egnp.exe\u2066\u200f",
    "dot": 'a"]; injected [label="x\\N|{<p>}',
    "mermaid": 'a"] --> injected["b; end %%{init: {}}%% #quot; click n0',
}
WEB: Final = "i-0web"
DATABASE: Final = "i-0database"


def hostile_dump(name: str) -> dict[str, Any]:
    """Return a VPC with two instances; the ACL lets no replies back."""
    return {
        "Vpcs": [{"VpcId": "vpc-0a", "CidrBlock": "10.0.0.0/16", "Tags": _tags(name)}],
        "Subnets": [
            _subnet("subnet-0web", "10.0.1.0/24", name),
            _subnet("subnet-0database", "10.0.2.0/24", name),
        ],
        "RouteTables": [
            {
                "RouteTableId": "rtb-0a",
                "VpcId": "vpc-0a",
                "Associations": [{"Main": True, "RouteTableId": "rtb-0a"}],
                "Routes": [_local("10.0.0.0/16")],
                "Tags": _tags(name),
            }
        ],
        "NetworkAcls": [_acl(name)],
        "SecurityGroups": [_group(name)],
        "NetworkInterfaces": [
            _interface("eni-0web", "subnet-0web", "10.0.1.10", WEB, name),
            _interface("eni-0database", "subnet-0database", "10.0.2.20", DATABASE, name),
        ],
        "Reservations": [{"Instances": [_instance(WEB, name), _instance(DATABASE, name)]}],
        "InternetGateways": [],
        "NatGateways": [],
    }


def _tags(name: str) -> list[dict[str, str]]:
    return [{"Key": "Name", "Value": name}, {"Key": name, "Value": name}]


def _subnet(number: str, cidr: str, name: str) -> dict[str, Any]:
    return {
        "SubnetId": number,
        "VpcId": "vpc-0a",
        "CidrBlock": cidr,
        "AvailabilityZone": "eu-central-1a",
        "Tags": _tags(name),
    }


def _local(cidr: str) -> dict[str, str]:
    return {
        "DestinationCidrBlock": cidr,
        "GatewayId": "local",
        "Origin": "CreateRouteTable",
        "State": "active",
    }


def _acl(name: str) -> dict[str, Any]:
    def entry(*, egress: bool, low: int, high: int) -> dict[str, Any]:
        return {
            "CidrBlock": "0.0.0.0/0",
            "Egress": egress,
            "Protocol": "6",
            "PortRange": {"From": low, "To": high},
            "RuleAction": "allow",
            "RuleNumber": 100,
        }

    return {
        "NetworkAclId": "acl-0a",
        "VpcId": "vpc-0a",
        "IsDefault": True,
        "Associations": [],
        "Entries": [entry(egress=True, low=0, high=32767), entry(egress=False, low=0, high=65535)],
        "Tags": _tags(name),
    }


def _group(name: str) -> dict[str, Any]:
    def rule(port: int) -> dict[str, Any]:
        ranges = [{"CidrIp": "0.0.0.0/0", "Description": name}]
        return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}

    return {
        "GroupId": "sg-0a",
        "GroupName": name,
        "Description": name,
        "VpcId": "vpc-0a",
        "IpPermissions": [rule(5432)],
        "IpPermissionsEgress": [rule(5432), rule(22)],
        "Tags": _tags(name),
    }


def _interface(number: str, subnet: str, address: str, instance: str, name: str) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": number,
        "VpcId": "vpc-0a",
        "SubnetId": subnet,
        "Status": "in-use",
        "InterfaceType": "interface",
        "SourceDestCheck": True,
        "Description": name,
        "Attachment": {"InstanceId": instance, "Status": "attached", "DeviceIndex": 0},
        "Groups": [{"GroupId": "sg-0a", "GroupName": name}],
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
        "TagSet": _tags(name),
    }


def _instance(number: str, name: str) -> dict[str, Any]:
    return {"InstanceId": number, "State": {"Name": "running"}, "Tags": _tags(name)}
