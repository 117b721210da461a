"""The small estate with a third VPC, joined to the first by a peering or a transit gateway."""

from __future__ import annotations

from typing import Final

from tests.oracle.verdict import Ruling
from tests.unit.oracle.small_estate import (
    Estate,
    Record,
    ask,
    entry,
    find,
    interface,
    route,
    rule,
    small_estate,
)

FAR, FAR_BLOCK, NEAR_BLOCK = "172.31.1.10", "172.31.0.0/16", "10.0.0.0/16"
FIREWALL: Final = "10.0.1.99"
PEERING: Final = {"VpcPeeringConnectionId": "pcx-1"}
TRANSIT: Final = {"TransitGatewayId": "tgw-1"}
FIREWALLED: Final = {"NetworkInterfaceId": "eni-fw"}


def far_estate() -> Estate:
    """Return the small estate and a VPC in zones a and b, joined to nothing yet."""
    estate = small_estate()
    for subnet in estate["Subnets"]:
        subnet["AvailabilityZoneId"] = "az1"
    estate["Vpcs"].append({"VpcId": "vpc-c", "CidrBlock": FAR_BLOCK})
    for name, number, zone in (("subnet-c", 1, "az1"), ("subnet-d", 2, "az2")):
        block = f"172.31.{number}.0/24"
        estate["Subnets"].append(
            {"SubnetId": name, "VpcId": "vpc-c", "CidrBlock": block, "AvailabilityZoneId": zone}
        )
    estate["RouteTables"].append(
        {
            "RouteTableId": "rtb-c",
            "VpcId": "vpc-c",
            "Associations": [{"Main": True}],
            "Routes": [route(FAR_BLOCK, GatewayId="local")],
        }
    )
    everything = [rule(cidr="0.0.0.0/0")]
    estate["SecurityGroups"].append(
        {"GroupId": "sg-far", "IpPermissions": everything, "IpPermissionsEgress": everything}
    )
    far = interface("eni-far", "subnet-c", "sg-far", {FAR: None})
    estate["NetworkInterfaces"].append(far | {"VpcId": "vpc-c"})
    instance = {"InstanceId": "i-far", "State": {"Name": "running"}}
    estate["Reservations"].append({"Instances": [instance]})
    return estate


def to_each_other(estate: Estate, target: dict[str, str]) -> Estate:
    """Add a route each way."""
    for table in ("rtb-public", "rtb-private"):
        find(estate, table)["Routes"].append(route(FAR_BLOCK, **target))
    find(estate, "rtb-c")["Routes"].append(route(NEAR_BLOCK, **target))
    return estate


def peered_estate(state: str = "active", region: str = "here") -> Estate:
    """Return the estate with the two VPCs peered."""
    estate = to_each_other(far_estate(), PEERING)
    estate["VpcPeeringConnections"] = [
        {
            "VpcPeeringConnectionId": "pcx-1",
            "Status": {"Code": state},
            "RequesterVpcInfo": {"VpcId": "vpc-a", "Region": "here"},
            "AccepterVpcInfo": {"VpcId": "vpc-c", "Region": region},
        }
    ]
    return estate


def attachment(name: str, vpc: str, *subnets: str, **options: str) -> tuple[Record, Record]:
    """Return an attachment of a VPC as either call describes it."""
    base = {"TransitGatewayAttachmentId": name, "TransitGatewayId": "tgw-1", "State": "available"}
    listed = {**base, "ResourceType": "vpc", "ResourceId": vpc}
    table = {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}
    described = {**base, "VpcId": vpc, "SubnetIds": list(subnets), "Options": options}
    return {**listed, "Association": table}, described


def attached_estate() -> Estate:
    """Return the estate with the two VPCs on a transit gateway of one table."""
    estate = to_each_other(far_estate(), TRANSIT)
    ties = [
        attachment("tie-a", "vpc-a", "subnet-public"),
        attachment("tie-c", "vpc-c", "subnet-c", "subnet-d"),
    ]
    estate["TransitGateways"] = [{"TransitGatewayId": "tgw-1"}]
    estate["TransitGatewayAttachments"] = [listed for listed, _ in ties]
    estate["TransitGatewayVpcAttachments"] = [described for _, described in ties]
    table = {"TransitGatewayRouteTableId": "tgw-rtb-1"}
    propagating = [{"TransitGatewayAttachmentId": name} for name in ("tie-a", "tie-c")]
    estate["TransitGatewayRouteTables"] = [{**table, "TransitGatewayId": "tgw-1"}]
    estate["TransitGatewayStaticRoutes"] = [{**table, "Routes": []}]
    estate["TransitGatewayPropagations"] = [
        {**table, "TransitGatewayRouteTablePropagations": propagating}
    ]
    return estate


def static(block: str, tie: str = "") -> Record:
    """Return a static transit route; without an attachment it is a blackhole."""
    return {
        "DestinationCidrBlock": block,
        "Type": "static",
        "State": "active" if tie else "blackhole",
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": tie}] if tie else [],
    }


def firewalled_estate(public: str | None = "3.0.0.60") -> Estate:
    """Return the small estate with a host beside the web server that passes packets on."""
    estate = far_estate()
    firewall = interface("eni-fw", "subnet-public", "sg-other", {FIREWALL: public})
    firewall |= {"VpcId": "vpc-a", "SourceDestCheck": False}
    estate["NetworkInterfaces"].append(firewall)
    instance = {"InstanceId": "i-fw", "State": {"Name": "running"}}
    estate["Reservations"].append({"Instances": [instance]})
    return estate


def another_interface(estate: Estate, name: str, address: str, *, check: bool) -> None:
    """Give the firewall another interface in the private subnet."""
    more = interface(name, "subnet-private", "sg-other", {address: None})
    more |= {"VpcId": "vpc-a", "SourceDestCheck": check}
    more["Attachment"] = {"InstanceId": "i-fw", "Status": "attached"}
    estate["NetworkInterfaces"].append(more)


def close(estate: Estate, acl: str, cidr: str, *, egress: bool) -> None:
    """Let an ACL deny a block."""
    find(estate, acl)["Entries"].append(entry(1, "deny", cidr, egress=egress))


def ask_back(estate: Estate, destination: str) -> Ruling:
    """Ask from the third VPC's host."""
    return ask(estate, FAR, destination, source_id="eni-far")
