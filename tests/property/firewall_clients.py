"""Firewall rules that tell the client's ports apart; put into estates after all else is drawn."""

from __future__ import annotations

from typing import Any, Final

from tests.property.dice import Dice
from tests.property.firewall_rules import DROP, FORWARD, GROUP, PASS
from tests.property.plan import Estate, Record

#: Parts of the ports that clients send from, with the edges of what is usual.
CLIENTS: Final = (
    (1024, 32767),
    (32768, 60999),
    (61000, 65535),
    (49152, 65535),
    (0, 1023),
    (1023, 1024),
    (1024, 1024),
    (60999, 61000),
    (65535, 65535),
    (1025, 65534),
    (1024, 65535),
    (0, 65535),
)
WORDS: Final = (
    "1024:32767",
    "32768:60999",
    "!32768:60999",
    "61000:",
    ":1024",
    "[1024:40000,!2000:3000]",
    "65535",
    "!65535",
)
SERVICES: Final = ((443, 443), (22, 443), (53, 443), (0, 65535))
ACTIONS: Final = (DROP, FORWARD, PASS, DROP, FORWARD)
KINDS: Final = ("less", "ful")


def single_out_clients(dice: Dice, estate: Estate) -> None:
    """Let some firewalls treat some client ports differently, on either way or both."""
    for policy in estate["FirewallPolicies"]:
        if dice.chance(55):
            _add_group(dice, estate, policy)
    for group in estate["FirewallRuleGroups"]:
        source = group["RuleGroup"]["RulesSource"]
        rules = source.get("StatelessRulesAndCustomActions", {}).get("StatelessRules", ())
        for rule in rules:
            match = rule["RuleDefinition"]["MatchAttributes"]
            if dice.chance(20) and match.get("Protocols", [6])[0] in (6, 17):
                key = dice.pick(("SourcePorts", "DestinationPorts"))
                match[key] = _ranges(dice)
        for rule in source.get("StatefulRules", ()):
            if dice.chance(25):
                rule["Header"]["SourcePort"] = dice.pick(WORDS)


def open_but_for_clients(dice: Dice, estate: Estate) -> None:
    """Mend what else is in the way, so that much gets to rules about client ports."""
    for firewall in estate["NetworkFirewalls"]:
        for zone in firewall["FirewallStatus"]["SyncStates"].values():
            zone["Attachment"]["Status"] = "READY"
    for endpoint in estate["VpcEndpoints"]:
        endpoint["State"] = "available"
    for reservation in estate["Reservations"]:
        for instance in reservation["Instances"]:
            instance["State"] = {"Name": "running"}
    for policy in estate["FirewallPolicies"]:
        plain = policy["FirewallPolicy"]
        default = dice.pick((FORWARD, PASS, FORWARD))
        plain |= {"StatelessDefaultActions": [default], "StatefulDefaultActions": []}
        plain |= {f"State{kind}RuleGroupReferences": [] for kind in KINDS}
        if dice.chance(25):
            names = [group["RuleGroupResponse"] for group in estate["FirewallRuleGroups"]]
            full = [name["RuleGroupArn"] for name in names if name["Type"] == "STATEFUL"]
            plain["StatefulRuleGroupReferences"] = [
                {"ResourceArn": arn, "Priority": n + 1} for n, arn in enumerate(full[:1])
            ]
        _add_group(dice, estate, policy)


def _add_group(dice: Dice, estate: Estate, policy: dict[str, Any]) -> None:
    """Add stateless rules that come before all others."""
    rules = [
        {"Priority": 10 * n + 1, "RuleDefinition": _rule(dice)} for n in range(dice.integer(1, 3))
    ]
    arn = f"{GROUP}:stateless-rulegroup/clients{len(estate['FirewallRuleGroups'])}"
    estate["FirewallRuleGroups"].append(
        {
            "RuleGroupResponse": {
                "RuleGroupArn": arn,
                "RuleGroupName": "clients",
                "Type": "STATELESS",
            },
            "RuleGroup": {
                "RulesSource": {"StatelessRulesAndCustomActions": {"StatelessRules": rules}}
            },
        }
    )
    policy["FirewallPolicy"]["StatelessRuleGroupReferences"].append(
        {"ResourceArn": arn, "Priority": 3}
    )


def _rule(dice: Dice) -> Record:
    """Draw a rule about client ports, of what they send or of what is sent to them."""
    ends = ["SourcePorts", "DestinationPorts"]
    if dice.chance(35):
        ends.reverse()
    match: Record = {"Protocols": list(dice.pick(((6,), (6, 17), (6,), (17,))))}
    match[ends[0]] = _ranges(dice)
    if dice.chance(50):
        low, high = dice.pick(SERVICES)
        match[ends[1]] = [{"FromPort": low, "ToPort": high}]
    return {"MatchAttributes": match, "Actions": [dice.pick(ACTIONS)]}


def _ranges(dice: Dice) -> list[Record]:
    chosen = dice.some(CLIENTS, 1, 2)
    return [{"FromPort": low, "ToPort": high} for low, high in chosen]
