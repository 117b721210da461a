"""Load balancers, listeners and target groups, in each layout that people keep them in."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from netreach.errors import InputError
from netreach.model.relations import Relations
from netreach.model.services import BalancerKind, BalancerZone, Listener
from netreach.model.snapshot import Snapshot
from netreach.sources.load import open_snapshot
from tests.unit.sources.describe_dumps import Json, estate, interface, loaded, subnet, written

HEAD: Final = "arn:aws:elasticloadbalancing:eu-west-1:111111111111"
BALANCER: Final = f"{HEAD}:loadbalancer/net/web/0123456789abcdef"
LISTENER: Final = f"{HEAD}:listener/net/web/0123456789abcdef/00000000000000aa"
RULE: Final = f"{HEAD}:listener-rule/net/web/0123456789abcdef/00000000000000aa/00000000000000bb"
GROUP: Final = f"{HEAD}:targetgroup/blue/fedcba9876543210"
OTHER: Final = f"{HEAD}:targetgroup/green/fedcba9876543211"


def balancer(number: str = BALANCER, /, **more: object) -> Json:
    return {
        "LoadBalancerArn": number,
        "LoadBalancerName": number.split("/")[2],
        "Type": "network",
        "VpcId": "vpc-1",
        "AvailabilityZones": [{"ZoneName": "eu-west-1a", "SubnetId": "subnet-1"}],
        **more,
    }


def listener(*groups: str, **more: object) -> Json:
    return {
        "ListenerArn": LISTENER,
        "LoadBalancerArn": BALANCER,
        "Protocol": "TCP",
        "Port": 80,
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": number} for number in groups],
        **more,
    }


def target_group(number: str = GROUP, /, **more: object) -> Json:
    return {"TargetGroupArn": number, "TargetGroupName": number.split("/")[1], **more}


def health(number: str = "i-1", state: str = "healthy", port: int = 80) -> Json:
    return {"Target": {"Id": number, "Port": port}, "TargetHealth": {"State": state}}


def attribute(key: str, value: str) -> Json:
    return {"Attributes": [{"Key": key, "Value": value}, {"Key": "idle", "Value": "60"}]}


CROSS: Final = attribute("load_balancing.cross_zone.enabled", "true")
PRESERVES: Final = attribute("preserve_client_ip.enabled", "false")


def folder(root: Path, **files: object) -> Snapshot:
    """Return the snapshot of one balancer, two groups and these files."""
    written(root / "balancers.json", {"LoadBalancers": [balancer()]})
    written(root / "groups.json", {"TargetGroups": [target_group(), target_group(OTHER)]})
    for name, content in files.items():
        written(root / name, content)
    return open_snapshot(root)


def test_a_balancer_is_read_whole(tmp_path: Path) -> None:
    shown = balancer(
        Scheme="internet-facing",
        State={"Code": "provisioning"},
        DNSName="web.example",
        SecurityGroups=["sg-1"],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off",
        IpAddressType="ipv4",
    )
    found = loaded(tmp_path, LoadBalancers=[shown]).load_balancers[BALANCER]
    assert (found.kind, found.balancer_name, found.vpc) == (BalancerKind.NETWORK, "web", "vpc-1")
    assert (found.state, found.is_internet_facing) == ("provisioning", True)
    assert (found.dns_name, found.groups) == ("web.example", ("sg-1",))
    assert found.zones == (BalancerZone(zone="eu-west-1a", subnet="subnet-1"),)
    assert (found.owner, found.region) == ("111111111111", "eu-west-1")
    assert not found.filters_private_link
    assert found.takes_ipv6 is False


def test_what_no_call_told_is_none(tmp_path: Path) -> None:
    snapshot = loaded(tmp_path, LoadBalancers=[balancer()], TargetGroups=[target_group()])
    found, group = snapshot.load_balancers[BALANCER], snapshot.target_groups[GROUP]
    assert (found.listeners, found.is_cross_zone, found.filters_private_link) == (None, None, True)
    assert (group.targets, group.preserves_client, group.is_cross_zone) == (None, None, None)
    assert snapshot.problems == ()


@pytest.mark.parametrize(
    ("path", "kind"),
    [("app", BalancerKind.APPLICATION), ("net", BalancerKind.NETWORK), ("gwy", "gateway")],
)
def test_a_type_that_is_not_said_shows_in_the_arn(
    path: str, kind: BalancerKind, tmp_path: Path
) -> None:
    number = BALANCER.replace("/net/", f"/{path}/")
    found = loaded(tmp_path, LoadBalancers=[balancer(number, Type=None)]).load_balancers[number]
    assert (found.kind, found.doubt) == (kind, "")


def test_a_balancer_of_an_unknown_type_is_in_doubt(tmp_path: Path) -> None:
    found = loaded(tmp_path, LoadBalancers=[balancer(Type="quantum")]).load_balancers[BALANCER]
    assert "quantum" in found.doubt


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"Listeners": [listener(GROUP)]}, id="plain"),
        pytest.param({BALANCER: {"Listeners": [listener(GROUP)]}}, id="keyed"),
        pytest.param(
            {
                "LoadBalancerListeners": [
                    {"LoadBalancerArn": BALANCER, "Listeners": [listener(GROUP)]}
                ]
            },
            id="wrapped",
        ),
        pytest.param(
            [{"Listeners": [listener(GROUP)]}, {"Listeners": [listener(GROUP)]}], id="twice"
        ),
    ],
)
def test_listeners_come_in_several_wrappings(content: object, tmp_path: Path) -> None:
    snapshot = folder(tmp_path, **{"listeners.json": content})
    expected = Listener(protocol="TCP", port=80, target_groups=(GROUP,), id=LISTENER)
    assert snapshot.load_balancers[BALANCER].listeners == (expected,)
    assert snapshot.load_balancers[BALANCER].doubt == ""
    assert snapshot.problems == ()


@pytest.mark.parametrize(
    "content",
    [
        {BALANCER: {"Listeners": []}},
        {"LoadBalancerListeners": [{"LoadBalancerArn": BALANCER, "Listeners": []}]},
    ],
    ids=["keyed", "wrapped"],
)
def test_no_listeners_is_not_the_same_as_nobody_said(content: object, tmp_path: Path) -> None:
    snapshot = folder(tmp_path, **{"listeners.json": content})
    assert snapshot.load_balancers[BALANCER].listeners == ()


def test_a_listener_hands_to_the_groups_of_all_its_actions_and_rules(tmp_path: Path) -> None:
    third, fourth = OTHER.replace("green", "red"), OTHER.replace("green", "grey")
    weighted = {
        "TargetGroups": [{"TargetGroupArn": third}, {"TargetGroupArn": fourth, "Weight": 0}]
    }
    shown = listener(GROUP)
    shown["DefaultActions"].append({"Type": "forward", "ForwardConfig": weighted})
    rules = [
        {"RuleArn": RULE, "Actions": [{"Type": "forward", "TargetGroupArn": OTHER}]},
        {"RuleArn": f"{RULE}2", "Actions": [{"Type": "redirect"}]},
    ]
    for name in ("a-rules.json", "z-rules.json"):  # before and after the listeners
        snapshot = folder(
            tmp_path / name, **{"listeners.json": {"Listeners": [shown]}, name: {"Rules": rules}}
        )
        (found,) = snapshot.load_balancers[BALANCER].listeners or ()
        assert found.target_groups == (GROUP, third, OTHER)


def test_a_gateway_balancers_listener_takes_every_port(tmp_path: Path) -> None:
    shown = listener(GROUP, Protocol=None, Port=None)
    snapshot = loaded(tmp_path, LoadBalancers=[balancer(Type="gateway")], Listeners=[shown])
    (found,) = snapshot.load_balancers[BALANCER].listeners or ()
    assert (found.protocol, found.port) == ("GENEVE", None)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(quote(BALANCER, safe=""), id="quoted-arn"),
        pytest.param("attributes-0123456789abcdef.json", id="end-of-arn"),
        pytest.param("web.json", id="name"),
        pytest.param("elbv2-describe-load-balancer-attributes-web.json", id="call-and-name"),
        pytest.param("web-attributes.json", id="name-and-call"),
    ],
)
def test_the_name_of_a_file_says_whose_its_attributes_are(name: str, tmp_path: Path) -> None:
    snapshot = folder(tmp_path, **{name: CROSS})
    assert snapshot.load_balancers[BALANCER].is_cross_zone is True
    assert snapshot.problems == ()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({BALANCER: CROSS}, id="keyed"),
        pytest.param(
            {"LoadBalancerAttributes": [{"LoadBalancerArn": BALANCER, **CROSS}]}, id="wrapped"
        ),
    ],
)
def test_attributes_come_in_several_wrappings(content: object, tmp_path: Path) -> None:
    snapshot = folder(tmp_path, **{"attributes.json": content})
    assert snapshot.load_balancers[BALANCER].is_cross_zone is True


@pytest.mark.parametrize(
    "name",
    ["attributes.json", "webby.json", "my-web.json", "x0123456789abcdef0.json"],
    ids=["no-name", "longer-name", "end-of-another-name", "part-of-a-longer-id"],
)
def test_an_answer_that_nobody_can_attribute_is_reported_and_not_guessed(
    name: str, tmp_path: Path
) -> None:
    snapshot = folder(tmp_path, **{name: CROSS})
    assert snapshot.load_balancers[BALANCER].is_cross_zone is None
    assert [(each.kind, each.file) for each in snapshot.problems] == [("unnamed-answer", name)]


def test_a_name_that_a_balancer_and_a_group_share_is_nobodys(tmp_path: Path) -> None:
    namesake = f"{HEAD}:targetgroup/web/fedcba9876543212"
    written(tmp_path / "x.json", {"TargetGroups": [target_group(namesake)]})
    snapshot = folder(tmp_path, **{"web.json": CROSS})
    assert snapshot.load_balancers[BALANCER].is_cross_zone is None
    assert snapshot.target_groups[namesake].is_cross_zone is None


def test_a_name_that_groups_of_two_regions_share_is_nobodys(tmp_path: Path) -> None:
    namesake = GROUP.replace("eu-west-1", "us-east-1")
    written(tmp_path / "more.json", {"TargetGroups": [target_group(namesake)]})
    groups = folder(tmp_path, **{"blue.json": PRESERVES}).target_groups
    assert [groups[number].preserves_client for number in (GROUP, namesake)] == [None, None]


def test_attributes_that_nobody_reads_need_no_owner(tmp_path: Path) -> None:
    assert folder(tmp_path, **{"x.json": attribute("idle_timeout.timeout", "60")}).problems == ()


@pytest.mark.parametrize(
    ("value", "is_cross_zone"),
    [("true", True), ("false", False), ("use_load_balancer_configuration", None)],
)
def test_a_group_sends_across_zones_or_leaves_it_to_its_balancer(
    value: str, is_cross_zone: bool | None, tmp_path: Path
) -> None:
    content = {GROUP: attribute("load_balancing.cross_zone.enabled", value)}
    group = folder(tmp_path, **{"x.json": content}).target_groups[GROUP]
    assert group.is_cross_zone is is_cross_zone


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("blue.json", PRESERVES, id="name"),
        pytest.param("x.json", {GROUP: PRESERVES}, id="keyed"),
        pytest.param(
            "x.json",
            {"TargetGroupAttributes": [{"TargetGroupArn": GROUP, **PRESERVES}]},
            id="wrapped",
        ),
    ],
)
def test_a_group_says_whether_it_preserves_clients(
    name: str, content: object, tmp_path: Path
) -> None:
    groups = folder(tmp_path, **{name: content}).target_groups
    assert (groups[GROUP].preserves_client, groups[OTHER].preserves_client) == (False, None)


FLOOR: Final = "target_group_health.unhealthy_state_routing.minimum_healthy_targets."
DNS_FLOOR: Final = "target_group_health.dns_failover.minimum_healthy_targets."


@pytest.mark.parametrize(
    ("key", "value", "routing", "dns"),
    [
        pytest.param("idle", "60", (1, None), (1, None), id="nothing-of-it"),
        pytest.param(f"{FLOOR}count", "3", (3, None), (1, None), id="nodes-count"),
        pytest.param(f"{FLOOR}percentage", "50", (1, 50), (1, None), id="nodes-share"),
        pytest.param(f"{DNS_FLOOR}count", "off", (1, None), (None, None), id="dns-count-off"),
        pytest.param(f"{DNS_FLOOR}percentage", "75", (1, None), (1, 75), id="dns-share"),
    ],
)
def test_a_group_says_how_many_targets_must_be_healthy(
    key: str,
    value: str,
    routing: tuple[int | None, int | None],
    dns: tuple[int | None, int | None],
    tmp_path: Path,
) -> None:
    groups = folder(tmp_path, **{"x.json": {GROUP: attribute(key, value)}}).target_groups
    found = groups[GROUP].routing_floor, groups[GROUP].dns_floor
    assert [(one.count, one.percent) for one in found if one] == [routing, dns]
    assert (groups[OTHER].routing_floor, groups[OTHER].dns_floor) == (None, None)


def test_a_threshold_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"minimum_healthy_targets\.count: 'some' is no number"):
        folder(tmp_path, **{"x.json": {GROUP: attribute(f"{FLOOR}count", "some")}})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param(
            "target-health-blue.json", {"TargetHealthDescriptions": [health()]}, id="name"
        ),
        pytest.param("x.json", {GROUP: {"TargetHealthDescriptions": [health()]}}, id="keyed"),
        pytest.param(
            "x.json",
            {
                "LoadBalancerTargetHealth": [
                    {"TargetGroupArn": GROUP, "TargetHealthDescriptions": [health()]}
                ]
            },
            id="wrapped",
        ),
    ],
)
def test_targets_come_in_several_wrappings(name: str, content: object, tmp_path: Path) -> None:
    groups = folder(tmp_path, **{name: content}).target_groups
    (target,) = groups[GROUP].targets or ()
    assert (target.id, target.port, target.health) == ("i-1", 80, "healthy")
    assert groups[OTHER].targets is None


@pytest.mark.parametrize(
    ("override", "state"),
    [
        ("zonal_shift_active", "unhealthy"),
        ("zonal_shift_delegated_to_dns", "healthy"),
        ("no_override", "healthy"),
    ],
)
def test_lb_6_a_target_that_a_zonal_shift_is_away_from_counts_as_unhealthy(
    override: str, state: str, tmp_path: Path
) -> None:
    shifted = health() | {"AdministrativeOverride": {"State": override}}
    content: Json = {GROUP: {"TargetHealthDescriptions": [shifted]}}
    (target,) = folder(tmp_path, **{"x.json": content}).target_groups[GROUP].targets or ()
    assert target.health == state


def test_a_group_without_targets_is_told_from_one_of_which_nobody_said(tmp_path: Path) -> None:
    content: Json = {GROUP: {"TargetHealthDescriptions": []}}
    groups = folder(tmp_path, **{"x.json": content}).target_groups
    assert (groups[GROUP].targets, groups[OTHER].targets) == ((), None)


def test_one_file_may_hold_the_answers_of_many_calls_one_after_another(tmp_path: Path) -> None:
    text = (
        f'{{"{GROUP}": {{"TargetHealthDescriptions": []}}}}\n'
        f'{{"{OTHER}": {{"TargetHealthDescriptions": []}}}}\n'
    )
    groups = folder(tmp_path, **{"x.json": text.encode()}).target_groups
    assert [groups[number].targets for number in (GROUP, OTHER)] == [(), ()]


def test_a_target_whose_health_is_told_in_two_ways_puts_its_group_in_doubt(tmp_path: Path) -> None:
    one = {GROUP: {"TargetHealthDescriptions": [health(state="healthy")]}}
    two = {GROUP: {"TargetHealthDescriptions": [health(state="draining")]}}
    snapshot = folder(tmp_path, **{"x.json": one, "y.json": two})
    assert "differ in targets" in snapshot.target_groups[GROUP].doubt


def test_the_targets_of_two_answers_add_up(tmp_path: Path) -> None:
    one = {GROUP: {"TargetHealthDescriptions": [health("i-1"), health("i-1", port=81)]}}
    two = {GROUP: {"TargetHealthDescriptions": [health("i-1"), health("i-2")]}}
    group = folder(tmp_path, **{"x.json": one, "y.json": two}).target_groups[GROUP]
    found = [(each.id, each.port) for each in group.targets or ()]
    assert (found, group.doubt) == ([("i-1", 80), ("i-1", 81), ("i-2", 80)], "")


@pytest.mark.parametrize(("text", "port"), [("traffic-port", None), ("8080", 8080), (None, None)])
def test_health_is_asked_for_at_a_port_or_at_that_of_the_traffic(
    text: str | None, port: int | None, tmp_path: Path
) -> None:
    found = loaded(tmp_path, TargetGroups=[target_group(HealthCheckPort=text)])
    assert found.target_groups[GROUP].health_port == port


CLASSIC: Final[Json] = {
    "LoadBalancerName": "old",
    "VPCId": "vpc-1",
    "Scheme": "internet-facing",
    "DNSName": "old.example",
    "Subnets": ["subnet-1"],
    "AvailabilityZones": ["eu-west-1b"],
    "SecurityGroups": ["sg-1"],
    "Instances": [{"InstanceId": "i-1"}],
    "ListenerDescriptions": [
        {"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}}
    ],
}


def test_a_classic_balancer_is_read_whole(tmp_path: Path) -> None:
    place = subnet(AvailabilityZone="eu-west-1a")
    snapshot = loaded(tmp_path, **estate(Subnets=[place], LoadBalancerDescriptions=[CLASSIC]))
    found = snapshot.load_balancers["old"]
    assert (found.kind, found.vpc, found.groups) == (BalancerKind.CLASSIC, "vpc-1", ("sg-1",))
    assert found.listeners == (Listener(protocol="HTTP", port=80, instance_port=8080),)
    assert (found.instances, found.is_internet_facing) == (("i-1",), True)
    assert found.zones == (BalancerZone(zone="eu-west-1a", subnet="subnet-1"),)
    assert found.is_cross_zone is None


@pytest.mark.parametrize("by_file", [True, False])
def test_lb_6_health_of_a_classic_balancer_s_instances_is_read(
    *, by_file: bool, tmp_path: Path
) -> None:
    states = ("i-1", "InService"), ("i-2", "OutOfService"), ("i-3", "Unknown")
    told: Json = {"InstanceStates": [{"InstanceId": i, "State": s} for i, s in states]}
    name = CLASSIC["LoadBalancerName"]
    written(tmp_path / "classic.json", {"LoadBalancerDescriptions": [CLASSIC]})
    file = f"elb-describe-instance-health-{name}.json" if by_file else "health.json"
    written(tmp_path / file, told if by_file else {"LoadBalancerName": name, **told})
    (found,) = open_snapshot(tmp_path).load_balancers.values()
    assert found.instance_health == {"i-1": "healthy", "i-2": "unused"}


@pytest.mark.parametrize(
    ("name", "is_cross_zone"), [("elb-describe-load-balancer-attributes/old", True), ("x", None)]
)
def test_attributes_of_a_classic_balancer_are_named_by_their_file(
    name: str, is_cross_zone: bool | None, tmp_path: Path
) -> None:
    written(tmp_path / "classic.json", {"LoadBalancerDescriptions": [CLASSIC]})
    content = {"LoadBalancerAttributes": {"CrossZoneLoadBalancing": {"Enabled": True}}}
    written(tmp_path / name, content)
    assert open_snapshot(tmp_path).load_balancers["old"].is_cross_zone is is_cross_zone


def test_the_nodes_of_balancers_are_found_by_what_aws_writes_on_them(tmp_path: Path) -> None:
    path = BALANCER.partition(":loadbalancer/")[2]
    nodes = [
        interface("eni-1", "10.0.1.11", Description=f"ELB {path}"),
        interface("eni-2", "10.0.1.12", Description="ELB old"),
        interface("eni-3", "10.0.1.13", Description="ELB older"),
        interface("eni-4", "10.0.1.14", Description=f"{path}"),
    ]
    snapshot = loaded(
        tmp_path,
        **estate(
            NetworkInterfaces=nodes, LoadBalancers=[balancer()], LoadBalancerDescriptions=[CLASSIC]
        ),
    )
    found = Relations(snapshot).interfaces_of_balancer
    assert {number: [each.id for each in nodes] for number, nodes in found.items()} == {
        BALANCER: ["eni-1"],
        "old": ["eni-2"],
    }


@pytest.mark.parametrize(
    ("calls", "place", "what"),
    [
        pytest.param(
            {"LoadBalancers": [balancer()], "Listeners": [listener(Port=70000)]},
            "$.Listeners[0].Port",
            "expected `int` <= 65535",
            id="listener-port",
        ),
        pytest.param(
            {"TargetGroups": [target_group(Port=-1)]},
            "$.TargetGroups[0].Port",
            "expected `int` >= 0",
            id="group-port",
        ),
        pytest.param(
            {"TargetGroups": [target_group(HealthCheckPort="http")]},
            "$.TargetGroups[0].HealthCheckPort",
            "'http' is not a port",
            id="health-port",
        ),
        pytest.param(
            {"TargetHealthDescriptions": {}},
            "$.TargetHealthDescriptions",
            "expected `array | null`, got `object`",
            id="health-is-no-list",
        ),
        pytest.param(
            {"LoadBalancers": [{"Type": "network"}]},
            "$.LoadBalancers[0]",
            "object missing required field `LoadBalancerArn`",
            id="no-id",
        ),
        pytest.param(
            {"LoadBalancerDescriptions": "none"},
            "$.LoadBalancerDescriptions",
            "LoadBalancerDescriptions is not a list",
            id="no-list",
        ),
    ],
)
def test_bad_input_is_refused_with_its_place(
    calls: Json, place: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, **calls)
    assert (caught.value.place, caught.value.what) == (place, what)
