"""Random policies of firewalls, their rule groups and rules."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Final

from tests.property.plan import Draft, Record, VpcPlan, draw_block

GROUP: Final = "arn:aws:network-firewall:eu-central-1:111111111111"
FORWARD, PASS, DROP = "aws:forward_to_sfe", "aws:pass", "aws:drop"
PORTS: Final = ((443, 443), (22, 22), (0, 65535), (1, 1023), (53, 443))
REPLY_PORTS: Final = ((1024, 65535), (0, 65535), (1, 65535))
#: Ranges of the client's ports that only some clients use.
SOME_PORTS: Final = ((1024, 32767), (32768, 60999), (49152, 65535))
WORDS: Final = ("any", "443", "[22,443]", "!22", "53:443", "[1:1023,!22]", "$WEB", ":1023")
SOURCE_WORDS: Final = ("any", "any", "any", "1024:65535", "!443", ":1023")
PROTOCOLS: Final = ("TCP", "TCP", "IP", "TCP", "UDP", "ICMP", "IP", "TLS", "HTTP")
OPTIONS: Final = ("content", "flowbits", "tls.sni")


def draw_policy(draft: Draft, vpc: VpcPlan, arn: str) -> None:
    """Draw a policy and its groups."""
    dice = draft.dice
    is_strict = dice.chance(50)
    less = [_stateless_group(draft, vpc, n) for n in range(dice.pick((0, 0, 0, 1, 1, 2)))]
    full = [_stateful_group(draft, vpc, n) for n in range(dice.pick((1, 0, 0, 1, 1, 2)))]
    policy: Record = {
        "StatelessDefaultActions": [dice.pick((FORWARD,) * 8 + (PASS, DROP))],
        "StatelessFragmentDefaultActions": [FORWARD],
        "StatelessRuleGroupReferences": _references(less[::-1]),
        "StatefulRuleGroupReferences": _references(full),
        "StatefulEngineOptions": {
            "RuleOrder": "STRICT_ORDER" if is_strict else "DEFAULT_ACTION_ORDER",
            "StreamExceptionPolicy": "CONTINUE" if dice.chance(20) else "DROP",
        },
    }
    if is_strict:
        defaults = ((), ("aws:drop_established",), (), ("aws:drop_strict", "aws:alert_strict"), ())
        policy["StatefulDefaultActions"] = list(dice.pick(defaults))
    if dice.chance(25):
        home = [str(block) for block in dice.some(vpc.blocks, 1, 1)]
        policy["PolicyVariables"] = {"RuleVariables": {"HOME_NET": {"Definition": home}}}
    draft.estate["FirewallPolicies"].append(
        {
            "FirewallPolicyResponse": {"FirewallPolicyName": "p", "FirewallPolicyArn": arn},
            "FirewallPolicy": policy,
        }
    )


def _references(groups: list[str]) -> list[Record]:
    return [{"ResourceArn": arn, "Priority": 10 * n + 10} for n, arn in enumerate(groups)]


def _add_group(draft: Draft, arn: str, kind: str, group: Record) -> str:
    draft.estate["FirewallRuleGroups"].append(
        {
            "RuleGroupResponse": {"RuleGroupArn": arn, "RuleGroupName": "g", "Type": kind},
            "RuleGroup": group,
        }
    )
    return arn


# -- the stateless engine


def _stateless_group(draft: Draft, vpc: VpcPlan, number: int) -> str:
    count = draft.dice.integer(1, 3)
    rules = [
        {"Priority": 50 - 10 * n, "RuleDefinition": _stateless_rule(draft, vpc)}
        for n in range(count)
    ]
    source = {"StatelessRulesAndCustomActions": {"StatelessRules": rules}}
    arn = f"{GROUP}:stateless-rulegroup/{vpc.id[4:]}{number}"
    return _add_group(draft, arn, "STATELESS", {"RulesSource": source})


def drop_replies(draft: Draft, vpc: VpcPlan) -> None:
    """Let a policy first of all drop what servers send to some clients [NF-5]."""
    dice = draft.dice
    low, high = dice.pick(REPLY_PORTS + SOME_PORTS)
    match: Record = {
        "Protocols": [6],
        "SourcePorts": [{"FromPort": 22, "ToPort": 443}],
        "DestinationPorts": [{"FromPort": low, "ToPort": high}],
    }
    rule = {"Priority": 1, "RuleDefinition": {"MatchAttributes": match, "Actions": [DROP]}}
    source = {"StatelessRulesAndCustomActions": {"StatelessRules": [rule]}}
    arn = f"{GROUP}:stateless-rulegroup/{vpc.id[4:]}replies"
    _add_group(draft, arn, "STATELESS", {"RulesSource": source})
    for policy in draft.estate["FirewallPolicies"]:
        policy["FirewallPolicy"]["StatelessRuleGroupReferences"].append(
            {"ResourceArn": arn, "Priority": 5}
        )


def _stateless_rule(draft: Draft, vpc: VpcPlan) -> Record:
    dice = draft.dice
    match: Record = {}
    version = 6 if vpc.sixes and dice.chance(35) else 4
    for key, percent in (("Sources", 60), ("Destinations", 60)):
        if dice.chance(percent):
            block = draw_block(draft, vpc, version)
            match[key] = [{"AddressDefinition": _masked(block)}]
    if dice.chance(60):
        match["Protocols"] = list(dice.pick(((6,), (6,), (17,), (6, 17), (1,), (1, 58))))
    for key in ("SourcePorts", "DestinationPorts"):
        if dice.chance(40) and match.get("Protocols", [6])[0] in (6, 17):
            low, high = dice.pick(PORTS + REPLY_PORTS)
            match[key] = [{"FromPort": low, "ToPort": high}]
    if dice.chance(6):
        match["TCPFlags"] = [{"Flags": ["SYN"]}]
        match["Protocols"] = [6]
    return {"MatchAttributes": match, "Actions": [dice.pick((PASS, FORWARD, FORWARD, DROP))]}


def _masked(block: str) -> str:
    """Return a CIDR without host bits: the reading of those is tested elsewhere."""
    return str(ip_network(block, strict=False))


# -- the stateful engine


def _stateful_group(draft: Draft, vpc: VpcPlan, number: int) -> str:
    dice = draft.dice
    arn = f"{GROUP}:stateful-rulegroup/{vpc.id[4:]}{number}"
    group: Record = {}
    kind = dice.integer(1, 100)
    if kind > 95:
        group["RulesSource"] = {
            "RulesSourceList": {
                "Targets": [".example.com"],
                "TargetTypes": ["TLS_SNI"],
                "GeneratedRulesType": "ALLOWLIST",
            }
        }
        return _add_group(draft, arn, "STATEFUL", group)
    heads = [_head(draft, vpc) for _ in range(dice.integer(1, 3))]
    actions = [
        dice.pick(("PASS", "DROP", "PASS", "PASS", "DROP", "PASS", "REJECT", "ALERT"))
        for _ in heads
    ]
    odd = [dice.pick(OPTIONS) if dice.chance(4) else "" for _ in heads]
    rows = list(zip(actions, heads, odd, strict=True))
    if kind > 50:
        group["RulesSource"] = {"StatefulRules": [_structured(n, *r) for n, r in enumerate(rows)]}
    else:
        lines = [_suricata(n, *r) for n, r in enumerate(rows)]
        group["RulesSource"] = {"RulesString": "\n".join(lines)}
    if not dice.chance(10):
        group["RuleVariables"] = {
            "IPSets": {"OURS": {"Definition": [str(vpc.blocks[0])]}},
            "PortSets": {"WEB": {"Definition": ["443", "8443"]}},
        }
    return _add_group(draft, arn, "STATEFUL", group)


def _head(draft: Draft, vpc: VpcPlan) -> Record:
    dice = draft.dice
    version = 6 if vpc.sixes and dice.chance(25) else 4
    return {
        "Protocol": dice.pick(PROTOCOLS),
        "Source": _address(draft, vpc, version),
        "SourcePort": dice.pick(SOURCE_WORDS),
        "Direction": "ANY" if dice.chance(20) else "FORWARD",
        "Destination": _address(draft, vpc, version),
        "DestinationPort": dice.pick(WORDS),
    }


def _address(draft: Draft, vpc: VpcPlan, version: int) -> str:
    dice, kind = draft.dice, draft.dice.integer(1, 100)
    if kind <= 45:
        return "any"
    if kind <= 60:
        return dice.pick(("$HOME_NET", "$EXTERNAL_NET", "$OURS"))
    block = _masked(draw_block(draft, vpc, version))
    if kind <= 75:
        return f"!{block}"
    if kind <= 85:
        return f"[{block},!{_masked(draw_block(draft, vpc, version))}]"
    return block


def _structured(number: int, action: str, head: Record, odd: str) -> Record:
    options = [{"Keyword": "sid", "Settings": [str(number + 1)]}]
    options += [{"Keyword": odd, "Settings": ["x"]}] if odd else []
    return {"Action": action, "Header": head, "RuleOptions": options}


def _suricata(number: int, action: str, head: Record, odd: str) -> str:
    arrow = "<>" if head["Direction"] == "ANY" else "->"
    ends = f"{head['Source']} {head['SourcePort']} {arrow} {head['Destination']}"
    tail = f' {odd}:"x";' if odd else ""
    start = f"{action.lower()} {head['Protocol'].lower()} {ends} {head['DestinationPort']}"
    return f'{start} (msg:"rule {number}";{tail} sid:{number + 1};)'
