"""Random hosts that pass on what is not for them."""

from __future__ import annotations

from tests.property.hosts import APPLIANCE, STATES, draw_interface
from tests.property.plan import Draft, Record, VpcPlan


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


def _publish(draft: Draft, vpc: VpcPlan, record: Record) -> None:
    """Give it a public address in most cases, or else nothing from outside may come by it."""
    first = (record["PrivateIpAddresses"] or [{"Association": {}}])[0]
    if vpc.gateway and "Association" not in first and draft.dice.chance(60):
        first["Association"] = {"PublicIp": draft.new_public(), "IpOwnerId": "amazon"}
        record["Association"] = first["Association"]


def draw_appliances(draft: Draft, vpc: VpcPlan) -> None:
    """Draw an appliance in a few VPCs, of one interface or more; some forget to let it pass."""
    dice = draft.dice
    if not dice.chance(50 if len(vpc.subnets) > 1 else 5):
        return
    homes = [subnet for subnet in vpc.subnets if subnet.block is not None]
    instance, group = f"{APPLIANCE}-{vpc.id[4:]}", _group(draft, vpc)
    count = dice.pick((1, 2, 2, 1, 2, 1, 2, 1, 2, 3))
    if count > 1:  # by the first one in, out by the others
        homes.reverse()
    for number in range(count):
        is_first = number == 0
        home = dice.pick(homes[:1] * 3 + homes if is_first else homes[-1:] * 3 + homes)
        home.is_home = home.is_home or is_first or dice.chance(50)
        record = draw_interface(draft, vpc, home, f"eni-fw-{vpc.id[4:]}{number}")
        record["SourceDestCheck"] = dice.chance(7 if is_first else 25)
        _publish(draft, vpc, record)
        record["InterfaceType"], record["RequesterManaged"] = "interface", False
        record["Status"] = "in-use"
        if dice.chance(80):
            record["Groups"] = [{"GroupId": group, "GroupName": group}]
        record["Attachment"] = {"Status": "attached", "InstanceId": instance, "DeviceIndex": number}
        if is_first or dice.chance(40):
            vpc.appliances.append(record["NetworkInterfaceId"])
    state = dice.pick(STATES) if dice.chance(4) else "running"
    host = {"InstanceId": instance, "VpcId": vpc.id, "State": {"Name": state}}
    draft.estate["Reservations"].append({"Instances": [host]})
