"""A base estate in which everything is open, for tests to close one thing of, and to ask.

``estate(...)`` merges what a test says into the base; a mapping is merged key by key, everything
else replaces, and None takes away. ``ask(network, "web-1 db-1 tcp 5432")`` asks in one line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any, Final

import yaml

from netreach.model.snapshot import Snapshot
from netreach.network import Answer, Network
from netreach.sources.yaml_estate import read

Form = dict[str, Any]

#: The VPC `shop` has everything, the VPC `lab` is another one with a public host.
BASE: Final = """
netreach: 1
account: "111122223333"
region: eu-central-1

vpcs:
  shop:
    cidrs: [10.0.0.0/16, "2600:1f14:1:100::/56"]
    dns_support: true
    dns_hostnames: true
    internet_gateway: true
    egress_only_gateway: true
    subnets:
      nat-a: {cidr: 10.0.0.0/24, zone: a, route_table: nat, acl: nat}
      web-a: {cidrs: [10.0.1.0/24, "2600:1f14:1:101::/64"], zone: a, route_table: web, acl: web}
      app-a: {cidrs: [10.0.2.0/24, "2600:1f14:1:102::/64"], zone: a, route_table: app, acl: app}
      db-b: {cidrs: [10.0.3.0/24, "2600:1f14:1:103::/64"], zone: b, acl: db}
    route_tables:
      main: {main: true}
      nat: {routes: {0.0.0.0/0: internet-gateway}}
      web: {routes: {0.0.0.0/0: internet-gateway, "::/0": internet-gateway}}
      app: {routes: {0.0.0.0/0: nat-gateway:nat, "::/0": egress-only-internet-gateway}}
    nat_gateways:
      nat: {subnet: nat-a, address: 10.0.0.5, public: 198.51.100.5}
    acls:
      nat: &open
        ingress: [100 allow all from 0.0.0.0/0, "101 allow all from ::/0"]
        egress: [100 allow all to 0.0.0.0/0, "101 allow all to ::/0"]
      web: *open
      app: *open
      db: *open
    groups:
      web: {ingress: [all from anywhere]}
      app: {ingress: [all from anywhere]}
      db: {ingress: [all from anywhere]}
    instances:
      web-1:
        {subnet: web-a, address: 10.0.1.10, ipv6: "2600:1f14:1:101::10", elastic: 203.0.113.10,
         groups: [web]}
      web-2:
        {subnet: web-a, address: 10.0.1.20, ipv6: "2600:1f14:1:101::20", elastic: 203.0.113.20,
         groups: [web]}
      app-1: {subnet: app-a, address: 10.0.2.10, ipv6: "2600:1f14:1:102::10", groups: [app]}
      db-1: {subnet: db-b, address: 10.0.3.10, ipv6: "2600:1f14:1:103::10", groups: [db]}
  lab:
    cidr: 10.1.0.0/16
    internet_gateway: true
    subnets:
      lab-a: {cidr: 10.1.1.0/24, zone: a, route_table: public}
    route_tables:
      public: {routes: {0.0.0.0/0: internet-gateway}}
    groups:
      lab: {ingress: [all from anywhere]}
    instances:
      lab-1: {subnet: lab-a, address: 10.1.1.10, elastic: 203.0.113.99, groups: [lab]}
"""
#: Addresses that the tests name.
WEB_1, WEB_2, APP_1, DB_1, NAT = "10.0.1.10", "10.0.1.20", "10.0.2.10", "10.0.3.10", "10.0.0.5"
WEB_1_PUBLIC, WEB_2_PUBLIC = "203.0.113.10", "203.0.113.20"
LAB_1_PUBLIC, NAT_PUBLIC = "203.0.113.99", "198.51.100.5"
WEB_1_SIX, WEB_2_SIX = "2600:1f14:1:101::10", "2600:1f14:1:101::20"
APP_1_SIX, DB_1_SIX = "2600:1f14:1:102::10", "2600:1f14:1:103::10"
HOST, HOST_SIX = "8.8.8.8", "2606:4700::1111"

NO_MATCH: Final = "ENI_SG_RULES_MISMATCH"
NO_RULES: Final = "SG_HAS_NO_RULES"
ACL: Final = "SUBNET_ACL_RESTRICTION"
NO_ROUTE: Final = "NO_ROUTE_TO_DESTINATION"
NO_PUBLIC_IN: Final = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
NO_PUBLIC_OUT: Final = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
OPEN: Final = ("100 allow all {} 0.0.0.0/0", "101 allow all {} ::/0")


def snapshot(*, rest: Form | None = None, **shop: Any) -> Snapshot:  # noqa: ANN401 - YAML forms
    """Read the base estate with the parts of the VPC `shop` that a test says otherwise.

    `rest` is merged at the estate's own level: prefix lists, the VPC `lab`, what is missing.
    """
    form = _base()
    _merge(form, rest or {})
    _merge(form["vpcs"]["shop"], shop)
    return read(yaml.safe_dump(form, sort_keys=False))


def estate(*, rest: Form | None = None, **shop: Any) -> Network:  # noqa: ANN401 - YAML forms
    """Compile the base estate with what a test says otherwise."""
    return Network(snapshot(rest=rest, **shop))


def acl(*, ingress: tuple[str, ...] = (), egress: tuple[str, ...] = ()) -> Form:
    """Write an ACL; a direction that is not said is open."""
    return {
        "ingress": list(ingress) or [rule.format("from") for rule in OPEN],
        "egress": list(egress) or [rule.format("to") for rule in OPEN],
    }


def ask(network: Network, question: str, **options: Any) -> Answer:  # noqa: ANN401 - path's own
    """Ask ``SOURCE DESTINATION [PROTOCOL [PORT]]``."""
    source, destination, *service = question.split()
    options |= dict(zip(("protocol", "port"), service, strict=False))
    return network.path(source, destination, **options)


def verdict(network: Network, question: str, **options: Any) -> str:  # noqa: ANN401 - path's own
    """Return the verdict of a question."""
    return str(ask(network, question, **options).verdict)


def codes(answer: Answer, leg: str = "") -> set[str]:
    """Return the codes of an answer's blockers and gaps, or of the blockers of one leg."""
    if leg:
        return {str(one.code) for one in answer.explanations if one.leg == leg}
    blockers = {str(one.code) for one in answer.explanations}
    return blockers | {str(one.code) for one in answer.missing}


def legs(answer: Answer) -> set[str]:
    """Return the legs on which an answer has blockers."""
    return {explanation.leg for explanation in answer.explanations}


def sees(answer: Answer) -> set[str]:
    """Return the source addresses that the destination sees."""
    return {part.seen_source for part in answer.parts if part.seen_source}


def named(answer: Answer) -> set[str]:
    """Return the ids of what an answer lacks."""
    return {missing.component.id for missing in answer.missing}


@cache
def _as_json() -> str:
    return json.dumps(yaml.safe_load(BASE))


def _base() -> Form:
    """Return the base as mappings that share nothing: YAML's aliases would."""
    form: Form = json.loads(_as_json())
    return form


def _merge(into: Form, parts: Mapping[str, Any]) -> None:
    for key, value in parts.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = deepcopy(value)
