"""Describe JSON -> inspection. Reads AWS's spellings and decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tests.oracle.spelling import Estate, Record, prefix
from tests.oracle.walls import (
    DROP,
    FORWARD,
    PASS,
    Inspection,
    Interval,
    OpenGroup,
    Policy,
    StatefulRule,
    StatelessRule,
    Variables,
    Wall,
)

_STATELESS: Final = {"aws:pass": PASS, "aws:drop": DROP, "aws:forward_to_sfe": FORWARD}
_STATEFUL: Final = {"PASS": PASS, "DROP": DROP, "REJECT": DROP}
#: Options that do not narrow down what a rule matches.
_IDLE: Final = ("sid", "rev", "msg", "priority", "gid", "metadata", "classtype", "reference")
_READY: Final = ("READY", "SCALING")
_TAG: Final = {"Key": "AWSNetworkFirewallManaged", "Value": "true"}
_LARGEST: Final = 65535


def inspection(estate: Estate) -> Inspection:
    """Read endpoints, firewalls and what these do."""
    firewalls = list(estate.get("NetworkFirewalls", ()))
    policies = {f["Firewall"]["FirewallArn"]: _policy_of(estate, f) for f in firewalls}
    return Inspection(
        walls={wall.id: wall for wall in _walls(estate, firewalls)},
        policies=policies,
        cuts=frozenset(
            cut
            for policy in policies.values()
            for low, high in (_ports(policy) if policy else ())
            for cut in (low, high + 1)
        ),
    )


def _walls(estate: Estate, firewalls: list[Record]) -> Iterator[Wall]:
    ends = {
        zone["Attachment"]["EndpointId"]: (one["Firewall"]["FirewallArn"], zone["Attachment"])
        for one in firewalls
        for zone in one["FirewallStatus"]["SyncStates"].values()
    }
    records = {r["VpcEndpointId"]: r for r in estate.get("VpcEndpoints", ())}
    for name in {**ends, **records}:
        record = records.get(name, {})
        if record and record["VpcEndpointType"] != "GatewayLoadBalancer":
            continue
        firewall, end = ends.get(name, (None, {}))
        is_up = record.get("State", "available") == "available"
        yield Wall(
            name,
            subnet=record["SubnetIds"][0] if record else end["SubnetId"],
            is_ready=is_up and end.get("Status", "READY") in _READY,
            firewall=firewall,
            service=record.get("ServiceName", ""),
            takes_six=_takes_six(record, has_firewall=firewall is not None),
            is_recorded=firewall is not None or _TAG not in record.get("Tags", ()),
        )


def _takes_six(record: Record, *, has_firewall: bool) -> bool | None:
    said = record.get("IpAddressType")
    if has_firewall:  # AWS says nothing of firewalls at endpoints for IPv4
        return None if said == "ipv4" else True
    return None if said is None else said != "ipv4"


# -- policies


def _policy_of(estate: Estate, firewall: Record) -> Policy | None:
    arn = firewall["Firewall"]["FirewallPolicyArn"]
    for record in estate.get("FirewallPolicies", ()):
        if record["FirewallPolicyResponse"]["FirewallPolicyArn"] == arn:
            return _policy(estate, firewall["Firewall"]["VpcId"], record["FirewallPolicy"])
    return None


def _policy(estate: Estate, vpc: str, record: Record) -> Policy:
    options = record.get("StatefulEngineOptions", {})
    defaults = record.get("StatefulDefaultActions", ())
    home = _home(estate, vpc, record)
    groups = {
        g["RuleGroupResponse"]["RuleGroupArn"]: g for g in estate.get("FirewallRuleGroups", ())
    }
    stateless: list[StatelessRule | OpenGroup] = []
    for name in _in_order(record, "StatelessRuleGroupReferences"):
        stateless += _stateless(name, groups.get(name))
    stateful: list[StatefulRule | OpenGroup] = []
    for name in _in_order(record, "StatefulRuleGroupReferences"):
        stateful += _stateful(name, groups.get(name), home)
    return Policy(
        tuple(stateless),
        _STATELESS[record["StatelessDefaultActions"][0]],
        tuple(stateful),
        is_strict=options.get("RuleOrder") == "STRICT_ORDER",
        drops_by_default=any(action.startswith("aws:drop") for action in defaults),
        drops_midstream=options.get("StreamExceptionPolicy", "DROP") != "CONTINUE",
    )


def _home(estate: Estate, vpc: str, record: Record) -> tuple[str, ...]:
    """Return HOME_NET: what the policy says, else the blocks of the firewall's VPC [NF-4]."""
    said = record.get("PolicyVariables", {}).get("RuleVariables", {}).get("HOME_NET")
    if said:
        return tuple(said["Definition"])
    own = next(v for v in estate["Vpcs"] if v["VpcId"] == vpc)
    blocks = [block["CidrBlock"] for block in own["CidrBlockAssociationSet"]]
    return (*blocks, *(b["Ipv6CidrBlock"] for b in own["Ipv6CidrBlockAssociationSet"]))


def _in_order(record: Record, key: str) -> list[str]:
    used = sorted(record.get(key, ()), key=lambda one: one.get("Priority", 0))
    return [one["ResourceArn"] for one in used]


# -- stateless groups


def _stateless(name: str, record: Record | None) -> list[StatelessRule | OpenGroup]:
    if record is None:
        return [OpenGroup(name)]
    source = record["RuleGroup"]["RulesSource"]["StatelessRulesAndCustomActions"]
    rules = sorted(source["StatelessRules"], key=lambda rule: rule["Priority"])
    return [_stateless_rule(rule["RuleDefinition"]) for rule in rules]


def _stateless_rule(record: Record) -> StatelessRule:
    match = record["MatchAttributes"]

    def blocks(key: str) -> tuple[Any, ...]:
        return tuple(prefix(one["AddressDefinition"]) for one in match.get(key, ()))

    def ports(key: str) -> tuple[Interval, ...]:
        return tuple((one["FromPort"], one["ToPort"]) for one in match.get(key, ()))

    return StatelessRule(
        next(_STATELESS[action] for action in record["Actions"] if action in _STATELESS),
        blocks("Sources"),
        blocks("Destinations"),
        ports("SourcePorts"),
        ports("DestinationPorts"),
        tuple(match.get("Protocols", ())),
        is_open=bool(match.get("TCPFlags")),
    )


# -- stateful groups


def _stateful(
    name: str, record: Record | None, home: tuple[str, ...]
) -> list[StatefulRule | OpenGroup]:
    """Return the rules that decide something; those that only alert do not."""
    if record is None:
        return [OpenGroup(name)]
    group = record["RuleGroup"]
    source, variables = group["RulesSource"], _variables(group, home)
    if "RulesSourceList" in source:
        return [OpenGroup(name, home=home)]
    if "RulesString" in source:
        lines = [line for line in source["RulesString"].splitlines() if line]
        read = [_suricata(line, variables) for line in lines]
    else:
        read = [_structured(rule, variables) for rule in source["StatefulRules"]]
    return [rule for rule in read if rule.action != "alert"]


def _variables(group: Record, home: tuple[str, ...]) -> Variables:
    told = group.get("RuleVariables", {})
    addresses = {"HOME_NET": home, "EXTERNAL_NET": tuple(f"!{block}" for block in home)}
    addresses |= {name: tuple(v["Definition"]) for name, v in told.get("IPSets", {}).items()}
    ports = {name: tuple(v["Definition"]) for name, v in told.get("PortSets", {}).items()}
    return Variables(tuple(addresses.items()), tuple(ports.items()))


def _structured(record: Record, variables: Variables) -> StatefulRule:
    head = record["Header"]
    return StatefulRule(
        _STATEFUL.get(record["Action"], "alert"),
        head["Protocol"].lower(),
        head["Source"],
        head["SourcePort"],
        head["Destination"],
        head["DestinationPort"],
        is_both_ways=head["Direction"] == "ANY",
        is_open=any(o["Keyword"].split(":")[0] not in _IDLE for o in record["RuleOptions"]),
        variables=variables,
    )


def _suricata(line: str, variables: Variables) -> StatefulRule:
    head, _, tail = line.partition("(")
    action, protocol, source, source_port, arrow, destination, port = head.split()
    options = [option.strip().split(":")[0] for option in tail.rstrip(")").split(";")]
    return StatefulRule(
        _STATEFUL.get(action.upper(), "alert"),
        protocol.lower(),
        source,
        source_port,
        destination,
        port,
        is_both_ways=arrow == "<>",
        is_open=any(option and option not in _IDLE for option in options),
        variables=variables,
    )


# -- ports


def _ports(policy: Policy) -> Iterator[Interval]:
    """Yield every range of ports that some rule names."""
    for rule in policy.stateless:
        if isinstance(rule, StatelessRule):
            yield from (*rule.source_ports, *rule.destination_ports)
    for each in policy.stateful:
        if isinstance(each, StatefulRule):
            sets = (text for _, texts in each.variables.ports for text in texts)
            yield from _ranges((each.source_port, each.destination_port, *sets))


def _ranges(texts: Iterable[str]) -> Iterator[Interval]:
    for text in texts:
        for low, colon, high in re.findall(r"(\d*)(:?)(\d*)", text):
            if low or high:
                first = int(low or 0)
                yield first, int(high or _LARGEST) if colon else first
