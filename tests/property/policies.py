"""Random policy tables of transit gateways, in the place of route tables."""

from __future__ import annotations

from typing import Final

from tests.property.plan import Draft, Record

#: Ports of entries: none of them parts the ports of clients.
PORTS: Final = ("*", "443", "22-80", "1024-65535", "0-1023")


def draw_policies(draft: Draft) -> None:
    """Give some attachments of some transit gateways a policy table."""
    for gateway in draft.estate["TransitGateways"]:
        if draft.dice.chance(22):
            _draw_policy(draft, gateway["TransitGatewayId"])


def _draw_policy(draft: Draft, hub: str) -> None:
    dice, estate, name = draft.dice, draft.estate, f"tgw-ptb-{hub[-1]}"
    owner = {"TransitGatewayPolicyTableId": name}
    estate["TransitGatewayPolicyTables"].append({**owner, "TransitGatewayId": hub})
    tables = [
        table["TransitGatewayRouteTableId"]
        for table in estate["TransitGatewayRouteTables"]
        if table["TransitGatewayId"] == hub
    ]
    if dice.chance(4) or not tables:
        tables.append("tgw-rtb-gone")
    for number in range(0 if dice.chance(3) else dice.integer(1, 4)):
        estate["TransitGatewayPolicyTableEntries"].append(
            {**owner, **_entry(draft, tables, 100 - 10 * number)}
        )
    if dice.chance(70):
        last = {"PolicyRuleNumber": "500", "PolicyRule": {}, "TargetRouteTableId": tables[0]}
        estate["TransitGatewayPolicyTableEntries"].append({**owner, **last})
    ties = [t for t in estate["TransitGatewayAttachments"] if t["TransitGatewayId"] == hub]
    ties = [tie for tie in ties if tie["ResourceType"] != "peering"]
    for tie in dice.some(ties, 0 if dice.chance(6) else 1, 3):
        tie.pop("Association", None)
        estate["Associations"].append(
            {
                **owner,
                "TransitGatewayAttachmentId": tie["TransitGatewayAttachmentId"],
                "State": "associated",
            }
        )


def _entry(draft: Draft, tables: list[str], number: int) -> Record:
    dice = draft.dice
    rule: Record = {}
    blocks = [str(block) for vpc in draft.vpcs for block in vpc.blocks] + ["192.168.128.0/20"]
    for key in ("SourceCidrBlock", "DestinationCidrBlock"):
        if dice.chance(35):
            rule[key] = dice.pick(blocks)
    if dice.chance(50):
        rule["Protocol"] = dice.pick(("6", "17", "1", "*", "47"))
        rule["DestinationPortRange"] = dice.pick(PORTS)
    if dice.chance(6):
        rule["SourcePortRange"] = "53"
    if dice.chance(4):
        rule["MetaData"] = {"MetaDataKey": "segment", "MetaDataValue": "prod"}
    is_own = dice.chance(6)
    return {
        "PolicyRuleNumber": "*" if is_own else str(number),
        "PolicyRule": rule,
        "TargetRouteTableId": dice.pick(tables),
        "State": "active",
    }
