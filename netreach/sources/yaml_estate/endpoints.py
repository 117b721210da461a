"""YAML forms -> VPC endpoints, their interfaces, and what accounts offer by PrivateLink."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netreach.model.records import NetworkInterface
from netreach.model.services import EndpointKind, EndpointService, VpcEndpoint
from netreach.sources.yaml_estate.elastic_ips import ElasticIps
from netreach.sources.yaml_estate.nodes import Served, service_interfaces, subnets_of
from netreach.sources.yaml_estate.scope import Scope
from netreach.sources.yaml_estate.service_forms import EndpointForm
from netreach.sources.yaml_estate.whole import Whole

_KINDS: Final = {
    "gateway": EndpointKind.GATEWAY,
    "interface": EndpointKind.INTERFACE,
    "gateway-load-balancer": EndpointKind.GATEWAY_LOAD_BALANCER,
    "resource": EndpointKind.RESOURCE,
    "service-network": EndpointKind.SERVICE_NETWORK,
}
#: The type of the interfaces of inspection endpoints.
INSPECTING: Final = "gateway_load_balancer_endpoint"
#: How whole names of services begin.
_WHOLE_NAMES: Final = ("com.", "cn.", "arn:", "aws.")


def endpoint_interface(endpoint: str) -> str:
    """Return what AWS writes on the interfaces of an endpoint."""
    return f"VPC Endpoint Interface {endpoint}"


def endpoints(scope: Scope, elastic_ips: ElasticIps) -> Iterator[VpcEndpoint | NetworkInterface]:
    """Yield the endpoints of a VPC, each with its interfaces.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    for key, form in scope.form.endpoints.items():
        common = scope.common("vpc-endpoint", key, form)
        place = f"{scope.place}.endpoints.{key}"
        is_inspecting = form.kind == "gateway-load-balancer"
        own = tuple(
            service_interfaces(
                scope,
                elastic_ips,
                common,
                Served(
                    key,
                    place,
                    form.subnets,
                    interface_type=INSPECTING if is_inspecting else "vpc_endpoint",
                    description=endpoint_interface(common["id"]),
                    source_dest_check=not is_inspecting,
                    groups=form.groups,
                ),
            )
        )
        yield from own
        yield VpcEndpoint(
            **common,
            vpc=scope.id,
            kind=_KINDS[form.kind],
            service=_service(scope, form, place),
            state=form.state,
            route_tables=tuple(
                scope.resolve("route-table", one, f"{place}.route_tables.{row}")
                for row, one in enumerate(form.route_tables)
            ),
            subnets=subnets_of(scope, form.subnets, place),
            interfaces=tuple(one.id for one in own),
            groups=tuple(
                scope.group(one, f"{place}.groups.{row}") for row, one in enumerate(form.groups)
            ),
            has_private_dns=form.private_dns,
            dns_names=tuple(form.dns_names),
            takes_ipv6=form.ip_address_type != "ipv4" if is_inspecting else None,
        )


def _service(scope: Scope, form: EndpointForm, place: str) -> str:
    """Return the full name of the service that an endpoint leads to."""
    name = form.service
    if name.offered is None:
        is_whole = name.text.startswith(_WHOLE_NAMES)
        return name.text if is_whole else f"com.amazonaws.{scope.region}.{name.text}"
    found = scope.names.resolve("vpc-endpoint-service", "", name.offered, f"{place}.service")
    for key, offer in scope.estate.endpoint_services.items():
        if scope.names.own("vpc-endpoint-service", "", key) == found:
            return _service_name(found, offer.region or scope.estate.region or "")
    return _service_name(found, scope.region)


def _service_name(number: str, region: str) -> str:
    return f"com.amazonaws.vpce.{region}.{number}"


def endpoint_services(whole: Whole) -> Iterator[EndpointService]:
    """Yield what the accounts of an estate offer.

    Raises:
        PhraseError: a balancer is not there.
    """
    for key, form in whole.estate.endpoint_services.items():
        common = whole.common("vpc-endpoint-service", "", key, form, form.region)
        place = f"endpoint_services.{key}.load_balancers"
        region = common["region"]
        yield EndpointService(
            **common,
            service=_service_name(common["id"], region),
            kind=_KINDS[form.kind],
            state=form.state,
            balancers=tuple(
                whole.names.find("load-balancer", one, f"{place}.{row}")
                for row, one in enumerate(form.load_balancers)
            ),
            zones=tuple(region + one if len(one) == 1 else one for one in form.zones),
            private_dns_name=form.private_dns_name,
        )
