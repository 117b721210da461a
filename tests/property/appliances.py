"""Random hosts that pass on what is not for them."""

from __future__ import annotations

from tests.property.hosts import APPLIANCE, STATES, draw_interface
from tests.property.plan import Draft, VpcPlan


def _group(draft: Draft, vpc: VpcPlan) -> str:
    """Add a group that lets everything through."""
    name = f"sg-fw-{vpc.id[4:]}"
    everything = {
        "IpProtocol": "-1",
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
    draft.estate["SecurityGroups"].append(
        {
            "GroupId": name,
            "GroupName": name,
            "Description": name,
            "VpcId": vpc.id,
            "IpPermissions": [everything],
            "IpPermissionsEgress": [everything],
        }
    )
    vpc.groups.append(name)
    return name


def draw_appliances(draft: Draft, vpc: VpcPlan) -> None:
    """Draw an appliance in a few VPCs, of one interface or more; some forget to let it pass."""
    dice = draft.dice
    if not dice.chance(38):
        return
    instance, group = f"{APPLIANCE}-{vpc.id[4:]}", _group(draft, vpc)
    for number in range(dice.pick((1, 1, 2, 1, 2, 1, 2, 1, 1, 3))):
        home = dice.pick(vpc.subnets[:1] * 3 + vpc.subnets if number == 0 else vpc.subnets)
        record = draw_interface(draft, vpc, home, f"eni-fw-{vpc.id[4:]}{number}")
        record["SourceDestCheck"] = dice.chance(10 if number == 0 else 40)
        record["InterfaceType"], record["RequesterManaged"] = "interface", False
        record["Status"] = "in-use"
        if dice.chance(80):
            record["Groups"] = [{"GroupId": group, "GroupName": group}]
        record["Attachment"] = {"Status": "attached", "InstanceId": instance, "DeviceIndex": number}
        if number == 0 or dice.chance(50):
            vpc.appliances.append(record["NetworkInterfaceId"])
    state = dice.pick(STATES) if dice.chance(4) else "running"
    host = {"InstanceId": instance, "VpcId": vpc.id, "State": {"Name": state}}
    draft.estate["Reservations"].append({"Instances": [host]})
