"""Random network interfaces and instances."""

from __future__ import annotations

from ipaddress import IPv6Network

from tests.property.plan import GHOST_GROUP, Draft, Record, SubnetPlan, VpcPlan

#: How instances begin that no other interface is attached to by chance.
APPLIANCE = "i-fw"
STATES = ("stopped", "pending", "stopping", "shutting-down", "terminated")


def draw_hosts(draft: Draft) -> None:
    """Draw two to six interfaces with or without an instance, some on one instance together."""
    for number in range(draft.dice.integer(2, 6)):
        vpc = draft.dice.pick(draft.vpcs)
        subnet = draft.dice.pick(vpc.subnets)
        draw_interface(draft, vpc, subnet, f"eni-0{number}")


def draw_interface(draft: Draft, vpc: VpcPlan, subnet: SubnetPlan, name: str) -> Record:
    """Draw one interface, attached to something or nothing."""
    dice = draft.dice
    groups = dice.some(vpc.groups, 1, 2)
    if dice.chance(3):
        groups.append(GHOST_GROUP)
    sixes = _six_addresses(draft, subnet)
    private = _private_addresses(draft, vpc, subnet)
    record: Record = {
        "NetworkInterfaceId": name,
        "VpcId": vpc.id,
        "SubnetId": subnet.id,
        "AvailabilityZone": f"eu-central-1{subnet.zone}",
        "InterfaceType": "interface",
        "SourceDestCheck": not dice.chance(10),
        "RequesterManaged": False,
        "PrivateIpAddresses": private,
        "Ipv6Addresses": [{"Ipv6Address": six} for six in sixes],
        "Groups": [{"GroupId": group, "GroupName": group} for group in groups],
        **_attachment(draft, vpc, name),
    }
    if private:
        record["PrivateIpAddress"] = private[0]["PrivateIpAddress"]
        if "Association" in private[0]:
            record["Association"] = private[0]["Association"]
    if dice.chance(7):
        record["DenyAllIgwTraffic"] = not any("Association" in p for p in private)
    if dice.chance(3):
        record["InterfaceType"] = dice.pick(("vpc_endpoint", "network_load_balancer"))
        record["RequesterManaged"] = True
        record.pop("Attachment", None)
        record["Status"] = "in-use"
    _delegate(draft, subnet, record)
    draft.estate["NetworkInterfaces"].append(record)
    return record


def _private_addresses(draft: Draft, vpc: VpcPlan, subnet: SubnetPlan) -> list[Record]:
    """Take the next hosts of the subnet; public addresses map to one each."""
    dice = draft.dice
    if subnet.block is None:
        return []
    records = []
    for index in range(dice.pick((1, 1, 1, 2))):
        record: Record = {
            "Primary": index == 0,
            "PrivateIpAddress": str(subnet.block[subnet.next_host]),
        }
        subnet.next_host += 1
        if vpc.gateway and dice.chance(60 if subnet.role == "public" else 20):
            record["Association"] = {"PublicIp": draft.new_public(), "IpOwnerId": "amazon"}
        records.append(record)
    return records


def _six_addresses(draft: Draft, subnet: SubnetPlan) -> list[str]:
    if subnet.six is None or (subnet.block is not None and not draft.dice.chance(75)):
        return []
    addresses = []
    for _ in range(draft.dice.pick((1, 1, 2))):
        addresses.append(str(subnet.six[subnet.next_host]))
        subnet.next_host += 1
    return addresses


def _delegate(draft: Draft, subnet: SubnetPlan, record: Record) -> None:
    """Now and then delegate a /28, or a /80, to the interface."""
    if subnet.next_prefix > 2 or not draft.dice.chance(12):
        return
    if subnet.block is not None:
        base = subnet.block[16 * subnet.next_prefix]  # one of the four in its 64 addresses
        record["Ipv4Prefixes"] = [{"Ipv4Prefix": f"{base}/28"}]
    if subnet.six is not None and record["Ipv6Addresses"]:
        block = IPv6Network((int(subnet.six[0]) + (subnet.next_prefix << 48), 80))
        record["Ipv6Prefixes"] = [{"Ipv6Prefix": str(block)}]
    subnet.next_prefix += 1


def _attachment(draft: Draft, vpc: VpcPlan, name: str) -> Record:
    """Attach it to an instance of its own, to an earlier one, to a service, or to nothing."""
    dice, kind = draft.dice, draft.dice.integer(1, 100)
    if kind > 98:
        return {"Status": "available"}
    if kind > 90:
        return {"Status": "in-use", "Attachment": {"Status": "attached", "DeviceIndex": 1}}
    instance = f"i-{name[4:]}"
    earlier = [i for r in draft.estate["Reservations"] for i in r["Instances"]]
    shared = [
        i for i in earlier if i["VpcId"] == vpc.id and not i["InstanceId"].startswith(APPLIANCE)
    ]
    if shared and dice.chance(15):
        instance = dice.pick(shared)["InstanceId"]
    elif not dice.chance(5):
        state = dice.pick(STATES) if dice.chance(3) else "running"
        record = {"InstanceId": instance, "VpcId": vpc.id, "State": {"Name": state}}
        draft.estate["Reservations"].append({"Instances": [record]})
    status = "detaching" if dice.chance(1) else "attached"
    attachment = {"Status": status, "InstanceId": instance, "DeviceIndex": 0}
    return {"Status": "in-use", "Attachment": attachment}
