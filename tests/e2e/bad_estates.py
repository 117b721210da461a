"""Describe dumps of two VPCs with something wrong between them, as they come from real accounts."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

Json = dict[str, Any]

ACCOUNT: Final = "111111111111"
BALANCER: Final = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:loadbalancer/net/front/0123"
GROUP: Final = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:targetgroup/web/0123"
FIREWALL: Final = f"arn:aws:network-firewall:eu-west-1:{ACCOUNT}:firewall/wall"
POLICY: Final = f"arn:aws:network-firewall:eu-west-1:{ACCOUNT}:firewall-policy/walls"
RULES: Final = f"arn:aws:network-firewall:eu-west-1:{ACCOUNT}:stateful-rulegroup/odd"


def local(cidr: str) -> Json:
    return {
        "DestinationCidrBlock": cidr,
        "GatewayId": "local",
        "State": "active",
        "Origin": "CreateRouteTable",
    }


def estate() -> Json:
    """Return two VPCs, `a` and `b`, each with one host and everything open; nothing joins them."""
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    found: Json = {
        name: []
        for name in (
            *("Vpcs", "Subnets", "RouteTables", "NetworkAcls", "SecurityGroups"),
            *("NetworkInterfaces", "Reservations", "InternetGateways", "NatGateways"),
            *("PrefixLists", "Addresses"),
        )
    }
    for name, number in (("a", 0), ("b", 1)):
        vpc, cidr = f"vpc-{name}", f"10.{number}.0.0/16"
        found["Vpcs"].append({"VpcId": vpc, "CidrBlock": cidr, "OwnerId": ACCOUNT})
        found["Subnets"].append(subnet(f"subnet-{name}", vpc, f"10.{number}.1.0/24"))
        found["RouteTables"].append(
            {
                "RouteTableId": f"rtb-{name}",
                "VpcId": vpc,
                "Associations": [{"Main": True}],
                "Routes": [local(cidr)],
            }
        )
        found["NetworkAcls"].append(open_acl(name, vpc, f"subnet-{name}"))
        found["SecurityGroups"].append(
            {
                "GroupId": f"sg-{name}",
                "GroupName": name,
                "VpcId": vpc,
                "IpPermissions": everything,
                "IpPermissionsEgress": everything,
            }
        )
        found["NetworkInterfaces"].append(host(name, vpc, f"10.{number}.1.10"))
        found["Reservations"].append(
            {
                "ReservationId": f"r-{name}",
                "OwnerId": ACCOUNT,
                "Instances": [
                    {
                        "InstanceId": f"i-{name}",
                        "VpcId": vpc,
                        "SubnetId": f"subnet-{name}",
                        "State": {"Name": "running"},
                        "Tags": [{"Key": "Name", "Value": name}],
                    }
                ],
            }
        )
    return found


def subnet(number: str, vpc: str, cidr: str) -> Json:
    return {
        "SubnetId": number,
        "VpcId": vpc,
        "CidrBlock": cidr,
        "AvailabilityZone": "eu-west-1a",
    }


def open_acl(name: str, vpc: str, *subnets: str) -> Json:
    entry = {"RuleNumber": 100, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
    return {
        "NetworkAclId": f"acl-{name}",
        "VpcId": vpc,
        "IsDefault": True,
        "Associations": [{"SubnetId": one} for one in subnets],
        "Entries": [{**entry, "Egress": is_egress} for is_egress in (True, False)],
    }


def host(name: str, vpc: str, address: str, **more: object) -> Json:
    return {
        "NetworkInterfaceId": f"eni-{name}",
        "VpcId": vpc,
        "SubnetId": f"subnet-{name}",
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "Groups": [{"GroupId": f"sg-{name}"}],
        "Status": "in-use",
        "SourceDestCheck": True,
        "Attachment": {"InstanceId": f"i-{name}", "DeviceIndex": 0, "Status": "attached"},
        **more,
    }


def leads(found: Json, name: str, cidr: str, **target: object) -> None:
    """Add a route to the table of a VPC."""
    table = next(one for one in found["RouteTables"] if one["RouteTableId"] == f"rtb-{name}")
    route = {"DestinationCidrBlock": cidr, "State": "active", "Origin": "CreateRoute"}
    table["Routes"].append({**route, **target})


def peered(state: str) -> Json:
    """Join the two by a peering in a state."""
    found = estate()
    sides = {
        side: {"VpcId": f"vpc-{name}", "CidrBlock": f"10.{number}.0.0/16", "OwnerId": ACCOUNT}
        for side, name, number in (("RequesterVpcInfo", "a", 0), ("AccepterVpcInfo", "b", 1))
    }
    found["VpcPeeringConnections"] = [
        {"VpcPeeringConnectionId": "pcx-1", **sides, "Status": {"Code": state}}
    ]
    leads(found, "a", "10.1.0.0/16", VpcPeeringConnectionId="pcx-1")
    leads(found, "b", "10.0.0.0/16", VpcPeeringConnectionId="pcx-1")
    return found


def attachment(name: str, gateway: str = "tgw-1", table: str = "tgw-rtb-1") -> Json:
    return {
        "TransitGatewayAttachmentId": f"tgw-attach-{name}",
        "TransitGatewayId": gateway,
        "ResourceType": "vpc",
        "ResourceId": f"vpc-{name}",
        "State": "available",
        "Association": {"TransitGatewayRouteTableId": table, "State": "associated"},
    }


def of_vpc(name: str) -> Json:
    return {
        "TransitGatewayAttachmentId": f"tgw-attach-{name}",
        "TransitGatewayId": "tgw-1",
        "VpcId": f"vpc-{name}",
        "State": "available",
        "SubnetIds": [f"subnet-{name}"],
        "Options": {},
    }


def routes(attachment_of: dict[str, str]) -> Json:
    """Return the answer of search-transit-gateway-routes: CIDR -> attachment."""
    return {
        "Routes": [
            {
                "DestinationCidrBlock": cidr,
                "Type": "static",
                "State": "active",
                "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": number}],
            }
            for cidr, number in attachment_of.items()
        ],
        "AdditionalRoutesAvailable": False,
    }


def transit() -> Json:
    """Join the two by a transit gateway."""
    found = estate()
    found["TransitGateways"] = [{"TransitGatewayId": "tgw-1", "State": "available"}]
    found["TransitGatewayAttachments"] = [attachment("a"), attachment("b")]
    found["TransitGatewayVpcAttachments"] = [of_vpc("a"), of_vpc("b")]
    found["TransitGatewayRouteTables"] = [
        {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1"}
    ]
    found["tgw-rtb-1"] = routes({"10.0.0.0/16": "tgw-attach-a", "10.1.0.0/16": "tgw-attach-b"})
    for name in "ab":
        leads(found, name, "10.0.0.0/8", TransitGatewayId="tgw-1")
    return found


def without_vpc_b(found: Json) -> Json:
    """Leave out everything of the second VPC, as a dump of one account does."""
    for key in ("Vpcs", "Subnets", "RouteTables", "NetworkAcls", "SecurityGroups"):
        found[key].pop()
    found["NetworkInterfaces"].pop()
    found["Reservations"].pop()
    return found


def circle() -> Json:
    """Let two transit gateways send the same block to each other."""
    found = transit()
    found["TransitGateways"].append({"TransitGatewayId": "tgw-2", "State": "available"})
    ends = (("tgw-1", "tgw-2", "tgw-rtb-1"), ("tgw-2", "tgw-1", "tgw-rtb-2"))
    for here, there, table in ends:
        found["TransitGatewayAttachments"].append(
            {
                **attachment("p", here, table),
                "ResourceType": "peering",
                "ResourceId": there,
            }
        )
    found["TransitGatewayPeeringAttachments"] = [
        {
            "TransitGatewayAttachmentId": "tgw-attach-p",
            "RequesterTgwInfo": {"TransitGatewayId": "tgw-1"},
            "AccepterTgwInfo": {"TransitGatewayId": "tgw-2"},
            "State": "available",
        }
    ]
    found["TransitGatewayRouteTables"].append(
        {"TransitGatewayRouteTableId": "tgw-rtb-2", "TransitGatewayId": "tgw-2"}
    )
    for table in ("tgw-rtb-1", "tgw-rtb-2"):
        found[table] = routes({"10.9.0.0/16": "tgw-attach-p"})
    return found


def balanced(health: list[Json] | None, *, listeners: bool = True) -> Json:
    """Give the first VPC a network balancer; `health` is what describe-target-health says."""
    found = estate()
    listener = {
        "ListenerArn": f"{BALANCER.replace(':loadbalancer/', ':listener/')}/0123",
        "LoadBalancerArn": BALANCER,
        "Port": 80,
        "Protocol": "TCP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP}],
    }
    found["LoadBalancers"] = [
        {
            "LoadBalancerArn": BALANCER,
            "LoadBalancerName": "front",
            "Type": "network",
            "Scheme": "internal",
            "VpcId": "vpc-a",
            "State": {"Code": "active"},
            "AvailabilityZones": [{"ZoneName": "eu-west-1a", "SubnetId": "subnet-a"}],
        }
    ]
    found["TargetGroups"] = [
        {
            "TargetGroupArn": GROUP,
            "TargetGroupName": "web",
            "Protocol": "TCP",
            "Port": 80,
            "VpcId": "vpc-a",
            "TargetType": "instance",
            "LoadBalancerArns": [BALANCER],
        }
    ]
    node = {
        **host("a", "vpc-a", "10.0.1.20", Groups=[], InterfaceType="network_load_balancer"),
        "NetworkInterfaceId": "eni-lb",
        "Description": "ELB net/front/0123",
        "RequesterManaged": True,
        "Attachment": {"Status": "attached", "InstanceOwnerId": "amazon-elb"},
    }
    found["NetworkInterfaces"].append(node)
    if listeners:
        found["LoadBalancerListeners"] = [{"LoadBalancerArn": BALANCER, "Listeners": [listener]}]
    if health is not None:
        found["TargetGroupTargetHealth"] = [
            {"TargetGroupArn": GROUP, "TargetHealthDescriptions": health}
        ]
    return found


def walled(*options: Json) -> Json:
    """Send the first VPC's way out by a firewall with one drop rule for tcp 443."""
    found = estate()
    found["Subnets"].append(subnet("subnet-f", "vpc-a", "10.0.9.0/28"))
    found["NetworkAcls"][0]["Associations"].append({"SubnetId": "subnet-f"})
    found["NetworkInterfaces"].append(
        host(
            "f",
            "vpc-a",
            "10.0.9.5",
            Groups=[],
            InterfaceType="gateway_load_balancer_endpoint",
            RequesterManaged=True,
            SourceDestCheck=False,
            Attachment={"Status": "attached"},
        )
    )
    found["VpcEndpoints"] = [
        {
            "VpcEndpointId": "vpce-f",
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": "vpc-a",
            "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
            "State": "available",
            "SubnetIds": ["subnet-f"],
            "NetworkInterfaceIds": ["eni-f"],
        }
    ]
    found["firewall"] = {
        "Firewall": {
            "FirewallName": "wall",
            "FirewallArn": FIREWALL,
            "FirewallPolicyArn": POLICY,
            "VpcId": "vpc-a",
        },
        "FirewallStatus": {
            "SyncStates": {
                "eu-west-1a": {
                    "Attachment": {
                        "SubnetId": "subnet-f",
                        "EndpointId": "vpce-f",
                        "Status": "READY",
                    }
                }
            }
        },
    }
    found["policy"] = {
        "FirewallPolicyResponse": {"FirewallPolicyName": "walls", "FirewallPolicyArn": POLICY},
        "FirewallPolicy": {
            "StatelessDefaultActions": ["aws:forward_to_sfe"],
            "StatefulRuleGroupReferences": [{"ResourceArn": RULES}],
        },
    }
    rule = {
        "Action": "DROP",
        "Header": {
            "Protocol": "TCP",
            "Source": "ANY",
            "SourcePort": "ANY",
            "Direction": "FORWARD",
            "Destination": "ANY",
            "DestinationPort": "443",
        },
        "RuleOptions": [{"Keyword": "sid:1"}, *options],
    }
    found["rules"] = {
        "RuleGroupResponse": {"RuleGroupName": "odd", "RuleGroupArn": RULES, "Type": "STATEFUL"},
        "RuleGroup": {"RulesSource": {"StatefulRules": [rule]}},
    }
    found["InternetGateways"] = [
        {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-a", "State": "available"}]}
    ]
    _publish(found["NetworkInterfaces"][0])
    leads(found, "a", "0.0.0.0/0", VpcEndpointId="vpce-f")
    out = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
    back = {"DestinationCidrBlock": "10.0.1.0/24", "VpcEndpointId": "vpce-f", "State": "active"}
    for number, association, route in (
        ("f", {"SubnetId": "subnet-f"}, out),
        ("edge", {"GatewayId": "igw-1"}, back),
    ):
        found["RouteTables"].append(
            {
                "RouteTableId": f"rtb-{number}",
                "VpcId": "vpc-a",
                "Associations": [association],
                "Routes": [local("10.0.0.0/16"), {**route, "Origin": "CreateRoute"}],
            }
        )
    return found


def _publish(interface: Json) -> None:
    public = {"PublicIp": "203.0.113.3"}
    interface["Association"] = deepcopy(public)
    interface["PrivateIpAddresses"][0]["Association"] = deepcopy(public)
