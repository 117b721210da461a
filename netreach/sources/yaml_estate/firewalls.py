"""YAML forms -> network firewalls with their endpoints, and policies with their rules [NF-1..5]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netreach.model.records import NetworkInterface
from netreach.model.services import (
    EndpointKind,
    FirewallEndpoint,
    FirewallPolicy,
    FirewallRuleGroup,
    NetworkFirewall,
    PolicyGroup,
    StatefulRule,
    StatelessRule,
    VpcEndpoint,
)
from netreach.sources.suricata import undecided
from netreach.sources.yaml_estate.elastic_ips import ElasticIps
from netreach.sources.yaml_estate.endpoints import INSPECTING, endpoint_interface
from netreach.sources.yaml_estate.firewall_phrases import StatefulPhrase, StatelessPhrase
from netreach.sources.yaml_estate.nodes import Served, service_interfaces
from netreach.sources.yaml_estate.phrases import parse_reference
from netreach.sources.yaml_estate.scope import Common, Scope
from netreach.sources.yaml_estate.service_forms import FirewallForm, FirewallPolicyForm
from netreach.sources.yaml_estate.whole import Whole

_DEFAULTS: Final = {"pass": "aws:pass", "drop": "aws:drop", "forward": "aws:forward_to_sfe"}


def firewalls(
    scope: Scope, elastic_ips: ElasticIps
) -> Iterator[NetworkFirewall | VpcEndpoint | NetworkInterface]:
    """Yield the firewalls of a VPC, each with an endpoint and its interface in every subnet.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    for key, form in scope.form.firewalls.items():
        common, place = scope.common("network-firewall", key, form), _place(scope, key)
        made: list[FirewallEndpoint] = []
        for subnet in form.subnets:
            endpoint, interface = _endpoint(scope, key, form, subnet, elastic_ips)
            yield interface
            yield endpoint
            made.append(
                FirewallEndpoint(
                    endpoint=endpoint.id,
                    subnet=interface.subnet,
                    zone=interface.zone,
                    state=form.state,
                )
            )
        yield NetworkFirewall(
            **common,
            firewall_name=key,
            vpc=scope.id,
            policy=scope.names.resolve("firewall-policy", "", form.policy, f"{place}.policy"),
            endpoints=tuple(made),
        )


def _place(scope: Scope, key: str) -> str:
    return f"{scope.place}.firewalls.{key}"


def _endpoint(
    scope: Scope, key: str, form: FirewallForm, subnet: str, elastic_ips: ElasticIps
) -> tuple[VpcEndpoint, NetworkInterface]:
    """Return a firewall's endpoint in one subnet, with the tags that AWS gives it."""
    firewall = scope.common("network-firewall", key, form)
    home = scope.home(parse_reference(subnet), f"{_place(scope, key)}.subnets.{subnet}")
    tags = {
        "Name": f"{key} ({home.zone or subnet})",
        "AWSNetworkFirewallManaged": "true",
        "Firewall": firewall["id"],
    }
    found = scope.id_of("vpc-endpoint", f"{key}-{subnet}")
    common = Common(**{**firewall, "id": found, "tags": tags})
    (interface,) = service_interfaces(
        scope,
        elastic_ips,
        common,
        Served(
            key,
            _place(scope, key),
            {subnet: form.subnets[subnet]},
            interface_type=INSPECTING,
            description=endpoint_interface(found),
            source_dest_check=False,
        ),
    )
    endpoint = VpcEndpoint(
        **common,
        vpc=scope.id,
        kind=EndpointKind.GATEWAY_LOAD_BALANCER,
        subnets=(home.id,),
        interfaces=(interface.id,),
    )
    return endpoint, interface


# -- policies


def firewall_policies(whole: Whole) -> Iterator[FirewallPolicy | FirewallRuleGroup]:
    """Yield the policies of an estate, each with the rule groups that its rules make up."""
    for key, form in whole.estate.firewall_policies.items():
        groups = tuple(_rule_groups(whole, key, form))
        yield from groups
        used = {group.is_stateful: PolicyGroup(group=group.id, priority=1) for group in groups}
        if True in used and form.order == "action":
            used[True] = PolicyGroup(group=used[True].group)
        yield FirewallPolicy(
            **whole.common("firewall-policy", "", key, form, form.region),
            policy_name=key,
            stateless_default=_DEFAULTS[form.stateless_default],
            stateless_groups=(used[False],) if False in used else (),
            stateful_groups=(used[True],) if True in used else (),
            is_strict=form.order == "strict",
            stateful_defaults=tuple(f"aws:{word}" for word in form.stateful_default),
            stream_exception=form.stream_exception.upper(),
            home_net=tuple(map(str, form.home_net)),
        )


def _rule_groups(whole: Whole, key: str, form: FirewallPolicyForm) -> Iterator[FirewallRuleGroup]:
    policy = whole.common("firewall-policy", "", key, form, form.region)
    for is_stateful, rules in ((False, form.stateless), (True, form.stateful)):
        kind = "stateful" if is_stateful else "stateless"
        if rules:
            yield FirewallRuleGroup(
                id=whole.names.own("firewall-rule-group", "", f"{key}-{kind}") or "",
                owner=policy["owner"],
                region=policy["region"],
                group_name=key,
                is_stateful=is_stateful,
                is_strict=is_stateful and form.order == "strict",
                stateless=() if is_stateful else tuple(_stateless(form.stateless)),
                stateful=tuple(_stateful(form.stateful)) if is_stateful else (),
            )


def _stateless(phrases: list[StatelessPhrase]) -> Iterator[StatelessRule]:
    """Yield rules, the lowest priority first."""
    for phrase in sorted(phrases):
        yield StatelessRule(**phrase._asdict())


def _stateful(phrases: list[StatefulPhrase]) -> Iterator[StatefulRule]:
    """Yield rules in their order, numbered as AWS wants them."""
    for row, phrase in enumerate(phrases, start=1):
        open_question = undecided(phrase.action, phrase.protocol, ())
        yield StatefulRule(**phrase._asdict(), undecided=open_question, sid=str(row))
