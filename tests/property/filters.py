"""Random security groups, network ACLs and prefix lists."""

from __future__ import annotations

from typing import Final

from tests.property.dice import Dice
from tests.property.plan import (
    EMPTY_LIST,
    GHOST_LIST,
    INTERNET_BLOCKS,
    INTERNET_BLOCKS_6,
    KNOWN_LIST,
    KNOWN_LIST_6,
    Draft,
    Record,
    VpcPlan,
    draw_block,
)

PORTS: Final = ((443, 443), (22, 22), (0, 65535), (53, 53), (80, 80), (1024, 65535))
ODD_PORTS: Final = ((8000, 8100), (1, 1023), (0, 0), (65535, 65535), (5432, 5433))
REPLY_PORTS: Final = (
    (1024, 65535),
    (32768, 60999),
    (49152, 65535),
    (1024, 32767),
    (1025, 65535),
    (1024, 65534),
)
ICMP_RULES: Final = ((-1, -1), (8, -1), (8, 0), (0, 0), (3, 4), (13, -1))
ICMPV6_RULES: Final = ((-1, -1), (128, -1), (128, 0), (129, 0), (1, 0))
#: A rule's protocol, often enough for each.
PROTOCOLS: Final = ("-1", "tcp", "tcp", "tcp", "tcp", "udp", "icmp", "-1", "50")
ACL_PROTOCOLS: Final = ("-1", "6", "6", "6", "17", "1", "50")


def draw_prefix_lists(draft: Draft) -> None:
    """Add two lists that are known, and one of which the entries were not asked for."""
    for name, family, blocks in (
        (KNOWN_LIST, "IPv4", INTERNET_BLOCKS[:3:2]),
        (KNOWN_LIST_6, "IPv6", INTERNET_BLOCKS_6[:1]),
        (EMPTY_LIST, "IPv4", None),
    ):
        record: Record = {
            "PrefixListId": name,
            "PrefixListName": name,
            "AddressFamily": family,
            "MaxEntries": 5,
            "State": "create-complete",
        }
        if blocks is not None:
            record["Entries"] = [{"Cidr": block} for block in blocks]
        draft.estate["ManagedPrefixLists"].append(record)


def name_groups(draft: Draft) -> None:
    """Name two to four groups in each VPC."""
    for vpc in draft.vpcs:
        vpc.groups = [f"sg-{vpc.id[4:]}{n}" for n in range(draft.dice.integer(2, 4))]


def draw_groups(draft: Draft, vpc: VpcPlan) -> None:
    """Draw the groups that were named; they may refer to each other, and to an appliance's."""
    drawn = {group["GroupId"] for group in draft.estate["SecurityGroups"]}
    for name in [name for name in vpc.groups if name not in drawn]:
        draft.estate["SecurityGroups"].append(
            {
                "GroupId": name,
                "GroupName": name,
                "Description": name,
                "VpcId": vpc.id,
                "IpPermissions": _permissions(draft, vpc, egress=False),
                "IpPermissionsEgress": _permissions(draft, vpc, egress=True),
            }
        )


def _permissions(draft: Draft, vpc: VpcPlan, *, egress: bool) -> list[Record]:
    dice = draft.dice
    kind = dice.integer(1, 100)
    if kind > 96:
        return []
    if kind <= (74 if egress else 52):
        everywhere = _permission("-1", (0, 0))
        everywhere["IpRanges"] = [{"CidrIp": "0.0.0.0/0"}]
        everywhere["Ipv6Ranges"] = [{"CidrIpv6": "::/0"}] if vpc.sixes else []
        return [everywhere]
    return [_draw_permission(draft, vpc) for _ in range(dice.integer(1, 3))]


def _permission(protocol: str, ports: tuple[int, int]) -> Record:
    record: Record = {
        "IpProtocol": protocol,
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
    if protocol in ("tcp", "udp", "icmp", "icmpv6"):
        record["FromPort"], record["ToPort"] = ports
    return record


def _draw_permission(draft: Draft, vpc: VpcPlan) -> Record:
    dice = draft.dice
    protocol = dice.pick(PROTOCOLS)
    version = 6 if vpc.sixes and dice.chance(35) else 4
    if protocol == "icmp" and version == 6:
        protocol = "icmpv6"
    record = _permission(protocol, _draw_ports(dice, protocol))
    for _ in range(dice.pick((1, 1, 2))):
        _add_peer(draft, vpc, record, version)
    return record


def _draw_ports(dice: Dice, protocol: str) -> tuple[int, int]:
    if protocol == "icmp":
        return dice.pick(ICMP_RULES)
    if protocol == "icmpv6":
        return dice.pick(ICMPV6_RULES)
    return dice.pick(ODD_PORTS) if dice.chance(20) else dice.pick(PORTS)


def _add_peer(draft: Draft, vpc: VpcPlan, record: Record, version: int) -> None:
    dice, kind = draft.dice, draft.dice.integer(1, 100)
    if kind <= 55:
        where, key = ("IpRanges", "CidrIp") if version == 4 else ("Ipv6Ranges", "CidrIpv6")
        peer = {key: draw_block(draft, vpc, version)}
    elif kind <= 85:
        far = [group for other in vpc.joined for group in other.groups]
        where, peer = "UserIdGroupPairs", {"GroupId": dice.pick(vpc.groups * 2 + far)}
    else:
        known = KNOWN_LIST if version == 4 else KNOWN_LIST_6
        where = "PrefixListIds"
        peer = {"PrefixListId": dice.pick((known, known, EMPTY_LIST, GHOST_LIST))}
    if peer not in record[where]:
        record[where].append(peer)


def draw_acls(draft: Draft, vpc: VpcPlan) -> None:
    """Give each subnet the VPC's default ACL, or now and then one of its own."""
    own = [subnet for subnet in vpc.subnets if draft.dice.chance(38)]
    shared = [subnet for subnet in vpc.subnets if subnet not in own]
    entries = _everything(100, 101, vpc)
    _add_acl(draft, vpc, f"acl-{vpc.id[4:]}", entries, [s.id for s in shared], default=True)
    for subnet in own:
        narrow = draft.dice.pick((True, True, False, None))  # that way out, that way in, both
        entries = [
            entry
            for egress in (False, True)
            for entry in _draw_entries(draft, vpc, egress=egress, wide=narrow is (not egress))
        ]
        _add_acl(draft, vpc, f"acl-{subnet.id[7:]}", entries, [subnet.id], default=False)


def _add_acl(
    draft: Draft,
    vpc: VpcPlan,
    name: str,
    entries: list[Record],
    subnets: list[str],
    *,
    default: bool,
) -> None:
    for egress in (False, True):
        entries.append(_entry(32767, "deny", "-1", "0.0.0.0/0", egress=egress))
        if vpc.sixes:
            entries.append(_entry(32768, "deny", "-1", "::/0", egress=egress))
    draft.estate["NetworkAcls"].append(
        {
            "NetworkAclId": name,
            "VpcId": vpc.id,
            "IsDefault": default,
            "Entries": entries,
            "Associations": [
                {"NetworkAclAssociationId": f"aclassoc-{s}", "NetworkAclId": name, "SubnetId": s}
                for s in subnets
            ],
        }
    )


def _entry(number: int, action: str, protocol: str, block: str, *, egress: bool) -> Record:
    key = "Ipv6CidrBlock" if ":" in block else "CidrBlock"
    return {
        "RuleNumber": number,
        "RuleAction": action,
        "Protocol": protocol,
        key: block,
        "Egress": egress,
    }


def _everything(four: int, six: int, vpc: VpcPlan) -> list[Record]:
    return [
        entry for egress in (False, True) for entry in _allow_all(four, six, vpc, egress=egress)
    ]


def _allow_all(four: int, six: int, vpc: VpcPlan, *, egress: bool) -> list[Record]:
    entries = [_entry(four, "allow", "-1", "0.0.0.0/0", egress=egress)]
    if vpc.sixes:
        entries.append(_entry(six, "allow", "-1", "::/0", egress=egress))
    return entries


def _draw_entries(draft: Draft, vpc: VpcPlan, *, egress: bool, wide: bool) -> list[Record]:
    """Draw a few rules, listed in any order, and mostly one to close with."""
    dice = draft.dice
    if wide:
        return _allow_all(100, 101, vpc, egress=egress)
    numbers = dice.some((90, 10, 100, 110, 32766, 1, 200), 0, 3)
    entries = [_draw_entry(draft, vpc, number, egress=egress) for number in numbers]
    closing = dice.integer(1, 100)
    if closing <= 50:
        entries += _allow_all(150, 160, vpc, egress=egress)
    elif closing <= 94:
        entries += _reply_ports(draft, vpc, egress=egress)
    return entries[::-1] if dice.chance(30) else entries


def _reply_ports(draft: Draft, vpc: VpcPlan, *, egress: bool) -> list[Record]:
    """Let tcp and udp through to some of the ports that clients ask from."""
    entries = []
    for number, protocol, block in (
        (150, "6", "0.0.0.0/0"),
        (151, "17", "0.0.0.0/0"),
        (160, "6", "::/0"),
        (161, "17", "::/0"),
    )[: 4 if vpc.sixes else 2]:
        low, high = draft.dice.pick(REPLY_PORTS)
        entry = _entry(number, "allow", protocol, block, egress=egress)
        entries.append({**entry, "PortRange": {"From": low, "To": high}})
    return entries


def _draw_entry(draft: Draft, vpc: VpcPlan, number: int, *, egress: bool) -> Record:
    dice = draft.dice
    version = 6 if vpc.sixes and dice.chance(35) else 4
    protocol = dice.pick(ACL_PROTOCOLS)
    if protocol == "1" and (version == 6 or dice.chance(10)):
        protocol = "58"
    action = dice.pick(("allow", "allow", "deny"))
    entry = _entry(number, action, protocol, draw_block(draft, vpc, version), egress=egress)
    if protocol in ("6", "17"):
        low, high = dice.pick(REPLY_PORTS) if dice.chance(40) else _draw_ports(dice, "tcp")
        entry["PortRange"] = {"From": low, "To": high}
    if protocol in ("1", "58"):
        kind, code = dice.pick(ICMP_RULES if protocol == "1" else ICMPV6_RULES)
        entry["IcmpTypeCode"] = {"Type": kind, "Code": code}
    return entry
