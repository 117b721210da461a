"""YAML forms -> managed services and client VPN endpoints, each with its interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from netreach.model.connections import ClientVpnAuthorization, ClientVpnEndpoint, ClientVpnRoute
from netreach.model.records import NetworkInterface
from netreach.model.services import ManagedService
from netreach.sources.yaml_estate.elastic_ips import ElasticIps
from netreach.sources.yaml_estate.managed_forms import ClientVpnForm, ManagedForm
from netreach.sources.yaml_estate.nodes import Served, service_interfaces, subnets_of
from netreach.sources.yaml_estate.phrases import parse_cidr
from netreach.sources.yaml_estate.scope import Scope

MANAGED: Final = "managed-service"
CLIENT_VPN: Final = "client-vpn-endpoint"
#: Types of the interfaces of these kinds; those of others are plain ones.
_TYPES: Final = {"lambda-function": "lambda", "mount-target": "efs"}
#: What AWS writes on interfaces that tell no more.
_WRITTEN: Final = {
    "db-instance": "RDSNetworkInterface",
    "db-cluster": "RDSNetworkInterface",
    "redshift-cluster": "RedshiftNetworkInterface",
}


def managed_services(
    scope: Scope, elastic_ips: ElasticIps
) -> Iterator[ManagedService | NetworkInterface]:
    """Yield the managed services of a VPC, each with its interfaces.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    for key, form in scope.form.services.items():
        common = scope.common(MANAGED, key, form)
        place = f"{scope.place}.services.{key}"
        served = Served(
            key,
            place,
            form.subnets,
            interface_type=_TYPES.get(form.kind, "interface"),
            description=_WRITTEN.get(form.kind, f"{form.kind} {key}"),
            source_dest_check=True,
            groups=form.groups,
        )
        own = tuple(service_interfaces(scope, elastic_ips, common, served))
        yield from own
        yield ManagedService(
            **common,
            kind=form.kind,
            service_name=key,
            vpc=scope.id,
            dns_names=tuple(form.dns_names),
            interfaces=tuple(one.id for one in own),
            subnets=subnets_of(scope, form.subnets, place),
            groups=_groups(scope, form, place),
            zone=_zone(scope, form),
            candidates=tuple(
                scope.resolve("network-interface", one, f"{place}.candidates.{row}")
                for row, one in enumerate(form.candidates)
            ),
            access=form.access or "",
            port=form.port,
            arn=common["id"] if common["id"].startswith("arn:") else "",
        )


def _zone(scope: Scope, form: ManagedForm) -> str:
    zone = form.zone or ""
    return scope.region + zone if len(zone) == 1 else zone


def _groups(scope: Scope, form: ManagedForm | ClientVpnForm, place: str) -> tuple[str, ...]:
    return tuple(scope.group(one, f"{place}.groups.{row}") for row, one in enumerate(form.groups))


def client_vpns(
    scope: Scope, elastic_ips: ElasticIps
) -> Iterator[ClientVpnEndpoint | NetworkInterface]:
    """Yield the client VPN endpoints of a VPC, each with its interfaces.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    for key, form in scope.form.client_vpn_endpoints.items():
        common = scope.common(CLIENT_VPN, key, form)
        place = f"{scope.place}.client_vpn_endpoints.{key}"
        served = Served(
            key,
            place,
            form.subnets,
            interface_type="interface",
            description=f"ClientVPN Endpoint resource {common['id']}",
            source_dest_check=True,
            groups=form.groups,
        )
        yield from service_interfaces(scope, elastic_ips, common, served)
        subnets = subnets_of(scope, form.subnets, place)
        told = None if form.authorizations == "unknown" else form.authorizations
        yield ClientVpnEndpoint(
            **common,
            vpc=scope.id,
            clients=form.clients,
            state=form.state,
            groups=_groups(scope, form, place),
            subnets=subnets,
            authorizations=None
            if told is None
            else tuple(ClientVpnAuthorization(prefix=one.prefix, group=one.group) for one in told),
            routes=None
            if form.routes == "unknown"
            else tuple(_client_routes(scope, form, subnets, place)),
        )


def _client_routes(
    scope: Scope, form: ClientVpnForm, subnets: tuple[str, ...], place: str
) -> Iterator[ClientVpnRoute]:
    """Yield the routes: AWS makes those to the VPC's own blocks by each associated subnet."""
    for prefix, subnet in product(scope.form.prefixes, subnets):
        if prefix.family == 4:
            yield ClientVpnRoute(prefix=prefix, subnet=subnet)
    for cidr, reference in () if isinstance(form.routes, str) else form.routes.items():
        there = f"{place}.routes.{cidr}"
        subnet = scope.resolve("subnet", reference, there)
        yield ClientVpnRoute(prefix=parse_cidr(cidr), subnet=subnet)
