"""A YAML text -> Snapshot: parse it, validate its forms, make the records; say what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from netreach.errors import InputError
from netreach.model.connections import (
    ClientVpnEndpoint,
    CustomerGateway,
    DirectConnectGateway,
    TransitAttachment,
    TransitGateway,
    TransitRouteTable,
    VirtualInterface,
    VpcPeering,
    VpnConnection,
    VpnGateway,
)
from netreach.model.records import (
    EgressOnlyInternetGateway,
    ElasticIp,
    Instance,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkInterface,
    PrefixList,
    Resource,
    RouteTable,
    SecurityGroup,
    Subnet,
    Unmodelled,
    Vpc,
)
from netreach.model.services import (
    DnsProfile,
    EndpointService,
    FirewallPolicy,
    FirewallRuleGroup,
    HostedZone,
    LoadBalancer,
    ManagedService,
    MirrorSession,
    NetworkFirewall,
    PublicAccessBlock,
    PublicAccessExclusion,
    ResolverRule,
    TargetGroup,
    VpcEndpoint,
)
from netreach.model.snapshot import Snapshot
from netreach.sources.assemble_services import mentions
from netreach.sources.checks import checked
from netreach.sources.yaml_estate.calls import FIELD_OF_CALL, Call
from netreach.sources.yaml_estate.forms import Estate
from netreach.sources.yaml_estate.names import name_everything
from netreach.sources.yaml_estate.phrases import PhraseError, place_of, shown
from netreach.sources.yaml_estate.records import estate_records
from netreach.sources.yaml_estate.text import Plain, parse
from netreach.sources.yaml_estate.values import SHAPES

_FIELD_OF: Final[Mapping[type[Resource], str]] = {
    Vpc: "vpcs",
    Subnet: "subnets",
    RouteTable: "route_tables",
    NetworkAcl: "network_acls",
    SecurityGroup: "security_groups",
    NetworkInterface: "interfaces",
    Instance: "instances",
    InternetGateway: "internet_gateways",
    EgressOnlyInternetGateway: "egress_only_gateways",
    NatGateway: "nat_gateways",
    PrefixList: "prefix_lists",
    ElasticIp: "elastic_ips",
    VpcPeering: "peerings",
    TransitGateway: "transit_gateways",
    TransitAttachment: "transit_attachments",
    TransitRouteTable: "transit_route_tables",
    VpnGateway: "vpn_gateways",
    CustomerGateway: "customer_gateways",
    VpnConnection: "vpn_connections",
    DirectConnectGateway: "direct_connect_gateways",
    VirtualInterface: "virtual_interfaces",
    VpcEndpoint: "endpoints",
    EndpointService: "endpoint_services",
    LoadBalancer: "load_balancers",
    TargetGroup: "target_groups",
    NetworkFirewall: "firewalls",
    FirewallPolicy: "firewall_policies",
    FirewallRuleGroup: "firewall_rule_groups",
    PublicAccessBlock: "public_access_blocks",
    PublicAccessExclusion: "public_access_exclusions",
    ClientVpnEndpoint: "client_vpn_endpoints",
    HostedZone: "hosted_zones",
    ResolverRule: "resolver_rules",
    DnsProfile: "dns_profiles",
    MirrorSession: "mirror_sessions",
    ManagedService: "managed_services",
    Unmodelled: "unmodelled",
}
#: What the estate says in the forms of something else.
_IMPLIED_CALLS: Final = frozenset({"TransitGatewayVpcAttachments", "TransitGatewayRoutes"})


#: What pydantic's errors of type say, in our words.
_EXPECTED: Final = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "greater_than_equal": "a number from 0 on",
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a mapping of names",
    "model_type": "a mapping of keys",
}
#: How to mend a text that does not fit its pattern, by key.
_EXAMPLES: Final = {
    "id": "write letters, digits, `.`, `_` and `-`",
    "account": "write the twelve digits in quotes",
    "region": "write a region such as eu-central-1",
    "zone": "write a letter, or a zone such as eu-central-1a",
    "taken": "write 2026-01-31 or 2026-01-31T12:00:00Z",
    "kind": "write small letters and hyphens, such as transit-gateway",
}


def read_snapshot(text: str, file: str) -> Snapshot:
    """Return the snapshot that a YAML text describes; the file is named by errors.

    Raises:
        InputError: the text is not YAML, not of this format, or describes what can't be.
    """
    try:
        return _snapshot(_estate(parse(text)), text)
    except PhraseError as error:
        raise InputError(file=file, place=error.place, what=error.what, mend=error.mend) from None


def _estate(data: dict[str, Plain]) -> Estate:
    if "netreach" not in data:
        raise PhraseError("the key `netreach` is missing", "begin with the line `netreach: 1`")
    if data["netreach"] != 1 or data["netreach"] is True:
        what = f"format version {shown(data['netreach'])} is unknown"
        raise PhraseError(what, "this netreach reads version 1", "netreach")
    try:
        return Estate.model_validate(data)
    except ValidationError as error:
        raise _first_error(error.errors(include_url=False)[0], data) from None


def _first_error(error: ErrorDetails, data: dict[str, Plain]) -> PhraseError:
    """Say the first thing that is wrong with the data, in our words."""
    place, kind = _place(error["loc"], data), error["type"]
    name = place.rpartition(".")[2]
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, PhraseError):
        return PhraseError(cause.what, cause.mend, place)
    if kind == "missing":
        return PhraseError(f"`{name}` is missing", "add it", place)
    if kind in _EXPECTED:
        return PhraseError(f"{shown(error['input'])} is not {_EXPECTED[kind]}", _mend(error), place)
    if kind == "literal_error":
        words = error["msg"].replace("Input should be ", "")
        return PhraseError(f"{shown(error['input'])} is not one of them", f"write {words}", place)
    mend = _EXAMPLES.get(name, "write one of the forms in docs/yaml.md")
    return PhraseError(f"{shown(error['input'])} can't stand here", mend, place)


def _mend(error: ErrorDetails) -> str:
    if error["type"] == "string_type" and isinstance(error["input"], int):
        return "put it in quotes"
    return f"write {_EXPECTED[error['type']]}"


def _place(location: tuple[int | str, ...], data: Plain) -> str:
    """Return the dotted path of an error, without what pydantic adds for branches of a union."""
    parts: list[str] = []
    here: Plain = data
    for part in location:
        if isinstance(here, dict) and part in here:
            here = here[str(part)]
        elif isinstance(here, list) and isinstance(part, int):
            here = here[part]
        elif part == "[key]" or part in SHAPES:
            continue
        else:
            here = None
        parts.append(str(part))
    return place_of(*parts)


def _snapshot(estate: Estate, text: str) -> Snapshot:
    names = name_everything(estate)
    fields: dict[str, dict[str, Resource]] = {field: {} for field in _FIELD_OF.values()}
    for record in estate_records(estate, names):
        fields[_FIELD_OF[type(record)]][record.id] = record
    for call in estate.missing:
        fields[FIELD_OF_CALL[call]].clear()
    made: dict[str, Any] = dict(fields)
    snapshot = Snapshot(
        **made,
        calls=(_IMPLIED_CALLS | frozenset(get_args(Call))) - frozenset(estate.missing),
        taken=estate.taken or "",
        digest=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        format="yaml",
    )
    # what is missing on purpose gets the warnings and doubts that it has in a dump
    return checked(snapshot, mentions(snapshot))
