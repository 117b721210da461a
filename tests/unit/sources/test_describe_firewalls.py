"""AWS Network Firewall: firewalls, policies and rule groups as the calls describe them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from netreach.errors import InputError
from netreach.model.services import FirewallEndpoint, FirewallRuleGroup, PolicyGroup, StatefulRule
from netreach.packets.prefixes import Prefix
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import Json, estate, loaded, written

HEAD: Final = "arn:aws:network-firewall:eu-west-1:111111111111"
FIREWALL: Final = f"{HEAD}:firewall/edge"
POLICY: Final = f"{HEAD}:firewall-policy/strict"
GROUP: Final = f"{HEAD}:stateful-rulegroup/web"

DESCRIBED: Final[Json] = {
    "Firewall": {
        "FirewallName": "edge",
        "FirewallArn": FIREWALL,
        "FirewallPolicyArn": POLICY,
        "VpcId": "vpc-1",
        "SubnetMappings": [{"SubnetId": "subnet-1"}],
    },
    "FirewallStatus": {
        "Status": "READY",
        "SyncStates": {
            "eu-west-1a": {
                "Attachment": {"SubnetId": "subnet-1", "EndpointId": "vpce-1", "Status": "READY"}
            },
            "eu-west-1b": {"Attachment": {"SubnetId": "subnet-2", "Status": "CREATING"}},
        },
    },
    "UpdateToken": "x",
}


@pytest.mark.parametrize(
    "content",
    [DESCRIBED, {FIREWALL: DESCRIBED}, [DESCRIBED, DESCRIBED]],
    ids=["plain", "keyed", "twice"],
)
def test_a_firewall_is_read_with_its_endpoints(content: object, tmp_path: Path) -> None:
    path = written(tmp_path / "x.json", content)
    found = open_snapshot(path).firewalls[FIREWALL]
    assert (found.firewall_name, found.vpc, found.policy, found.doubt) == (
        "edge",
        "vpc-1",
        POLICY,
        "",
    )
    assert found.endpoints == (
        FirewallEndpoint(endpoint="vpce-1", subnet="subnet-1", zone="eu-west-1a", state="READY"),
    )
    assert (found.owner, found.region) == ("111111111111", "eu-west-1")


def test_a_firewall_of_which_only_the_name_is_listed_is_in_doubt(tmp_path: Path) -> None:
    listed = {"Firewalls": [{"FirewallName": "edge", "FirewallArn": FIREWALL}]}
    written(tmp_path / "list.json", listed)
    assert "describe-firewall" in open_snapshot(tmp_path).firewalls[FIREWALL].doubt
    written(tmp_path / "one.json", DESCRIBED)
    assert open_snapshot(tmp_path).firewalls[FIREWALL].doubt == ""


def test_endpoints_that_were_not_told_are_those_that_bear_the_firewalls_tag(tmp_path: Path) -> None:
    untold = {"Firewall": DESCRIBED["Firewall"], "FirewallStatus": {"Status": "READY"}}
    ends = [
        {
            "VpcEndpointId": f"vpce-{number}",
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": "vpc-1",
            "SubnetIds": ["subnet-1"],
            "Tags": [{"Key": "Firewall", "Value": arn}],
        }
        for number, arn in ((1, FIREWALL), (2, f"{FIREWALL}2"))
    ]
    snapshot = loaded(tmp_path, **estate(VpcEndpoints=ends, **untold))
    found = snapshot.firewalls[FIREWALL].endpoints
    assert [(each.endpoint, each.subnet) for each in found] == [("vpce-1", "subnet-1")]


def policy(**more: object) -> Json:
    return {
        "FirewallPolicyResponse": {"FirewallPolicyName": "strict", "FirewallPolicyArn": POLICY},
        "FirewallPolicy": {"StatelessDefaultActions": ["aws:forward_to_sfe"], **more},
    }


def test_a_policy_names_its_groups_in_order(tmp_path: Path) -> None:
    shown = policy(
        StatelessDefaultActions=["count", "aws:drop"],
        StatelessRuleGroupReferences=[
            {"ResourceArn": "arn:b", "Priority": 20},
            {"ResourceArn": "arn:a", "Priority": 10},
        ],
        StatefulRuleGroupReferences=[{"ResourceArn": "arn:d"}, {"ResourceArn": "arn:c"}],
        StatefulDefaultActions=["aws:drop_established", "aws:alert_established"],
        StatefulEngineOptions={"RuleOrder": "STRICT_ORDER", "StreamExceptionPolicy": "CONTINUE"},
        PolicyVariables={"RuleVariables": {"HOME_NET": {"Definition": ["10.0.0.0/8"]}}},
    )
    found = loaded(tmp_path, **shown).firewall_policies[POLICY]
    assert (found.policy_name, found.stateless_default, found.doubt) == ("strict", "aws:drop", "")
    assert found.stateless_groups == (
        PolicyGroup(group="arn:a", priority=10),
        PolicyGroup(group="arn:b", priority=20),
    )
    assert [each.group for each in found.stateful_groups] == ["arn:d", "arn:c"]
    assert (found.is_strict, found.stream_exception) == (True, "CONTINUE")
    assert found.stateful_defaults == ("aws:drop_established", "aws:alert_established")
    assert found.home_net == ("10.0.0.0/8",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(
            {"FirewallPolicyResponse": {"FirewallPolicyArn": POLICY}},
            "holds no policy",
            id="no-policy",
        ),
        pytest.param(policy(StatelessDefaultActions=["count"]), "default action", id="no-default"),
        pytest.param(
            policy(
                StatefulRuleGroupReferences=[
                    {"ResourceArn": "arn:a", "Override": {"Action": "DROP_TO_ALERT"}}
                ]
            ),
            "overrides",
            id="override",
        ),
        pytest.param(
            policy(Route53ResolvedIPValidation={"Action": "DROP"}), "Resolver", id="validation"
        ),
    ],
)
def test_a_policy_that_cant_be_trusted_says_why(content: Json, reason: str, tmp_path: Path) -> None:
    assert reason in loaded(tmp_path, **content).firewall_policies[POLICY].doubt


def group(kind: str = "STATEFUL", /, variables: Json | None = None, **source: object) -> Json:
    return {
        "RuleGroupResponse": {"RuleGroupName": "web", "RuleGroupArn": GROUP, "Type": kind},
        "RuleGroup": {"RuleVariables": variables, "RulesSource": source},
    }


def read_group(folder: Path, content: Json) -> FirewallRuleGroup:
    return loaded(folder, **content).firewall_rule_groups[GROUP]


def stateless(priority: int = 10, /, actions: object = ("aws:pass",), **match: object) -> Json:
    definition = {"MatchAttributes": match, "Actions": actions}
    return {"Priority": priority, "RuleDefinition": definition}


def stateless_group(*rules: Json) -> Json:
    return group(
        "STATELESS", StatelessRulesAndCustomActions={"StatelessRules": rules, "CustomActions": []}
    )


def test_stateless_rules_come_by_priority_with_what_they_match(tmp_path: Path) -> None:
    first = stateless(
        5,
        actions=["aws:drop", "count"],
        Sources=[{"AddressDefinition": "10.0.0.0/8"}],
        Destinations=[{"AddressDefinition": "192.0.2.1"}],
        SourcePorts=[{"FromPort": 1024, "ToPort": 65535}],
        DestinationPorts=[{"FromPort": 22, "ToPort": 22}],
        Protocols=[6],
    )
    flagged = stateless(7, TCPFlags=[{"Flags": ["SYN"], "Masks": ["SYN", "ACK"]}])
    found = read_group(tmp_path, stateless_group(flagged, first))
    one, two = found.stateless
    assert (found.is_stateful, found.group_name, one.priority) == (False, "web", 5)
    assert (one.action, one.sources) == ("aws:drop", (Prefix.parse("10.0.0.0/8"),))
    assert one.destinations == (Prefix.parse("192.0.2.1/32"),)
    assert (one.source_ports, one.destination_ports) == (((1024, 65535),), ((22, 22),))
    assert (one.protocols, one.undecided, two.undecided) == ((6,), "", "TCP flags")


def test_structured_stateful_rules_keep_aws_words(tmp_path: Path) -> None:
    header = {
        "Protocol": "TCP",
        "Source": "$HOME_NET",
        "SourcePort": "ANY",
        "Direction": "ANY",
        "Destination": "192.0.2.0/24",
        "DestinationPort": "[80,443]",
    }
    rule = {
        "Action": "DROP",
        "Header": header,
        "RuleOptions": [{"Keyword": "sid:7"}, {"Keyword": "msg", "Settings": ['"no"']}],
    }
    variables = {
        "IPSets": {"HOME_NET": {"Definition": ["10.0.0.0/16"]}},
        "PortSets": {"WEB": {"Definition": ["80", "443"]}},
    }
    found = read_group(tmp_path, group(variables=variables, StatefulRules=[rule]))
    assert found.stateful == (
        StatefulRule(
            action="DROP",
            protocol="TCP",
            source="$HOME_NET",
            destination="192.0.2.0/24",
            destination_port="[80,443]",
            is_any_direction=True,
            sid="7",
        ),
    )
    assert found.address_sets == {"$HOME_NET": ("10.0.0.0/16",)}
    assert found.port_sets == {"$WEB": ("80", "443")}
    assert (found.is_stateful, found.undecided) == (True, "")


@pytest.mark.parametrize(
    ("line", "undecided"),
    [
        pytest.param("pass tcp any any -> any 80 (sid:1;)", "", id="plain"),
        pytest.param(
            'drop tcp any any -> any 80 (msg:"a;b"; flow:to_server, established; sid:1; rev:2;)',
            "",
            id="drop-established",
        ),
        pytest.param(
            "pass tcp any any -> any 80 (flow:established,to_server; sid:1;)",
            "flow:established",
            id="pass-established",
        ),
        pytest.param(
            "drop tcp any any -> any 80 (flow:to_client; sid:1;)", "flow:to_client", id="to-client"
        ),
        pytest.param(
            'pass tls any any -> any any (tls.sni; content:"x"; nocase; sid:1;)',
            "protocol tls, tls.sni, content, nocase",
            id="server-name",
        ),
        pytest.param("drop ip @bad any -> any any (sid:1;)", "set @bad", id="reference"),
    ],
)
def test_what_of_a_text_rule_its_header_does_not_decide_is_said(
    line: str, undecided: str, tmp_path: Path
) -> None:
    (rule,) = read_group(tmp_path, group(RulesString=line)).stateful
    assert (rule.undecided, rule.sid) == (undecided, "1")


def test_text_rules_keep_their_order_and_comments_are_none(tmp_path: Path) -> None:
    text = (
        "# first the ones that pass\n"
        "pass tcp [10.0.0.0/8, !10.1.0.0/16] any -> $WEB [80,443] (sid:1;)\n\n"
        "  drop udp any 53 <> any any \\\n (sid:2;)\r\n"
    )
    found = read_group(tmp_path, group(RulesString=text))
    one, two = found.stateful
    assert (one.action, one.source, one.destination) == (
        "PASS",
        "[10.0.0.0/8,!10.1.0.0/16]",
        "$WEB",
    )
    assert (one.destination_port, one.is_any_direction) == ("[80,443]", False)
    assert (two.action, two.protocol, two.source_port) == ("DROP", "UDP", "53")
    assert (two.is_any_direction, two.destination_port, found.undecided) == (True, "ANY", "")


@pytest.mark.parametrize(
    "line",
    [
        "passing tcp any any -> any any (sid:1;)",
        "pass tcp any any any any (sid:1;)",
        "pass tcp any any -> any any",
        "pass tcp any -> any any (sid:1;)",
    ],
    ids=["action", "no-arrow", "no-options", "word-missing"],
)
def test_a_group_with_a_line_that_nobody_understands_is_undecided(
    line: str, tmp_path: Path
) -> None:
    text = f"drop ip any any -> any any (sid:9;)\n{line}"
    found = read_group(tmp_path, group(RulesString=text))
    assert ([rule.sid for rule in found.stateful], bool(found.undecided)) == (["9"], True)


def test_a_domain_list_is_undecided(tmp_path: Path) -> None:
    source = {"Targets": [".example.com"], "TargetTypes": ["TLS_SNI"]}
    assert read_group(tmp_path, group(RulesSourceList=source)).undecided == "a domain list"


def test_a_policy_that_only_alerts_of_unresolved_addresses_is_trusted(tmp_path: Path) -> None:
    shown = policy(Route53ResolvedIPValidation={"Action": "ALERT"})
    assert loaded(tmp_path, **shown).firewall_policies[POLICY].doubt == ""


@pytest.mark.parametrize("rules", [None, {"RulesSource": {}}, {"RulesSource": None}])
def test_a_group_without_its_rules_is_undecided(rules: Json | None, tmp_path: Path) -> None:
    content = {"RuleGroupResponse": {"RuleGroupArn": GROUP, "Type": "STATEFUL"}}
    told = content if rules is None else content | {"RuleGroup": rules}
    assert "no rules" in read_group(tmp_path, told).undecided


_RULES: Final = "$.RuleGroup.RulesSource.StatelessRulesAndCustomActions.StatelessRules[0]"


@pytest.mark.parametrize(
    ("content", "place", "what"),
    [
        pytest.param(
            stateless_group(stateless(Sources=[{"AddressDefinition": "10.0.0.0/33"}])),
            f"{_RULES}.RuleDefinition.MatchAttributes.Sources[0].AddressDefinition",
            "'10.0.0.0/33' is not a CIDR",
            id="cidr",
        ),
        pytest.param(
            stateless_group(stateless(DestinationPorts=[{"FromPort": 90, "ToPort": 80}])),
            f"{_RULES}.RuleDefinition.MatchAttributes.DestinationPorts[0].FromPort",
            "the port range 90-80 is reversed",
            id="reversed",
        ),
        pytest.param(
            stateless_group(stateless(DestinationPorts=[{"FromPort": 0, "ToPort": 65536}])),
            f"{_RULES}.RuleDefinition.MatchAttributes.DestinationPorts[0].ToPort",
            "expected `int` <= 65535",
            id="port",
        ),
        pytest.param(
            stateless_group(stateless(Protocols=[256])),
            f"{_RULES}.RuleDefinition.MatchAttributes.Protocols[0]",
            "expected `int` <= 255",
            id="protocol",
        ),
        pytest.param(
            stateless_group(stateless(actions=["count"])),
            f"{_RULES}.RuleDefinition.Actions",
            "'count' names no action of AWS",
            id="stateless-action",
        ),
        pytest.param(
            group(StatefulRules=[{"Action": "SHRUG", "Header": {}}]),
            "$.RuleGroup.RulesSource.StatefulRules[0].Action",
            "'SHRUG' is not an action",
            id="stateful-action",
        ),
    ],
)
def test_rules_that_cant_be_are_refused_with_their_place(
    content: Json, place: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        read_group(tmp_path, content)
    assert (caught.value.place, caught.value.what) == (place, what)
