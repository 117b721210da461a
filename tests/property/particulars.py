"""What hosts, VPCs and VPNs say of themselves besides; drawn last, so that the rest stays alike."""

from __future__ import annotations

from typing import Final

from tests.property.dice import Dice
from tests.property.hybrid import BLOCKS, SIX
from tests.property.plan import Estate, Record

_SWITCH: Final = ("enabled", "disabled")
_ALL_IPV4: Final = {"LocalIpv4NetworkCidr": "0.0.0.0/0", "RemoteIpv4NetworkCidr": "0.0.0.0/0"}


def draw_particulars(dice: Dice, estate: Estate) -> None:
    """Draw who may use a VPN's tunnels, what the internet hears of, who asks by IPv6."""
    _draw_functions(dice, estate)
    _draw_classic_health(dice, estate)
    for record in estate["VpnConnections"]:
        record["Options"] |= _draw_selectors(dice, estate, record)
    for vpc in estate["Vpcs"]:
        for block in vpc["Ipv6CidrBlockAssociationSet"]:
            block["Ipv6AddressAttribute"] = "private" if dice.chance(6) else "public"
    for reservation in estate["Reservations"]:
        for instance in reservation["Instances"]:
            if "MetadataOptions" in instance:
                instance["MetadataOptions"]["HttpProtocolIpv6"] = dice.pick(_SWITCH)


def _draw_functions(dice: Dice, estate: Estate) -> None:
    """Let functions send by some interfaces of no host."""
    made = {"InterfaceType": "lambda", "RequesterManaged": True, "Status": "in-use"}
    for interface in estate["NetworkInterfaces"]:
        is_plain = interface["InterfaceType"] == "interface" and not interface.get("Attachment")
        if is_plain and dice.chance(8):
            interface.update(made)


def _draw_classic_health(dice: Dice, estate: Estate) -> None:
    """Say of some classic balancers how their instances do."""
    words = ("InService", "InService", "OutOfService", "Unknown")
    for balancer in estate["LoadBalancerDescriptions"]:
        states = [
            {"InstanceId": one["InstanceId"], "State": dice.pick(words)}
            for one in balancer["Instances"]
        ]
        if states and dice.chance(40):
            name = balancer["LoadBalancerName"]
            answer = {"LoadBalancerName": name, "InstanceStates": states}
            estate["ClassicLoadBalancerHealth"].append(answer)


def _draw_selectors(dice: Dice, estate: Estate, record: Record) -> Record:
    """Draw whose packets go through the tunnels: mostly all IPv4."""
    if "TransitGatewayId" in record and dice.chance(10):
        return {"TunnelInsideIpVersion": "ipv6", "LocalIpv6NetworkCidr": dice.pick(("::/0", SIX))}
    if not dice.chance(15):
        return {"TunnelInsideIpVersion": "ipv4", **_ALL_IPV4}
    inside = [vpc["CidrBlock"] for vpc in estate["Vpcs"]]
    return {
        "LocalIpv4NetworkCidr": dice.pick((*BLOCKS, "0.0.0.0/0")),
        "RemoteIpv4NetworkCidr": dice.pick((*inside, "0.0.0.0/0")),
    }
