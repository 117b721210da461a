"""YAML forms -> NAT gateways and the interfaces that AWS makes for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netreach.model.records import InterfaceAddress, NatAddress, NatGateway, NetworkInterface
from netreach.sources.yaml_estate.elastic_ips import ElasticIps, Holder
from netreach.sources.yaml_estate.forms import NatAddressForm, NatGatewayForm
from netreach.sources.yaml_estate.scope import Home, Scope


def nat_gateways(scope: Scope, elastic_ips: ElasticIps) -> Iterator[NatGateway | NetworkInterface]:
    """Yield the NAT gateways of a VPC, each with its interface.

    Raises:
        PhraseError: an address is not to be had, or a reference means nothing.
    """
    for key, form in scope.form.nat_gateways.items():
        yield from _nat_gateway(scope, key, form, elastic_ips)


def _nat_gateway(
    scope: Scope, key: str, form: NatGatewayForm, elastic_ips: ElasticIps
) -> Iterator[NatGateway | NetworkInterface]:
    common = scope.common("nat-gateway", key, form)
    gateway, place = common["id"], f"{scope.place}.nat_gateways.{key}"
    home = None
    if form.subnet is not None:
        home = scope.home(form.subnet, f"{place}.subnet")
    wire = scope.names.own("network-interface", scope.key, key) if form.address else None
    holder = Holder(scope, wire or gateway, wire or "")
    addresses = _nat_addresses(form, home, holder, elastic_ips, place)
    yield NatGateway(
        **common,
        vpc=scope.id,
        subnet=home.id if home else "",
        state=form.state,
        is_public=form.connectivity == "public",
        is_regional=form.regional,
        addresses=addresses,
    )
    if wire and home:
        yield _nat_interface(scope, wire, gateway, home, addresses)


def _nat_addresses(
    form: NatGatewayForm, home: Home | None, holder: Holder, elastic_ips: ElasticIps, place: str
) -> tuple[NatAddress, ...]:
    first = NatAddressForm.model_construct(address=form.address, public=form.public)
    wanted = [(first, f"{place}.address")] if form.address or form.public else []
    wanted += [(item, f"{place}.secondary.{n}") for n, item in enumerate(form.secondary)]
    found: list[NatAddress] = []
    for item, there in wanted:
        if item.address is not None and home is not None:
            holder.scope.book.take_private(
                item.address, vpc=holder.scope.id, subnet=home.prefixes, place=there
            )
        if item.public is not None:
            elastic_ips.tie(item.public, item.address, holder, f"{there} (public)")
        found.append(
            NatAddress(
                private=item.address,
                public=item.public,
                interface=holder.interface,
                status=item.status,
            )
        )
    return tuple(found)


def _nat_interface(
    scope: Scope, wire: str, gateway: str, home: Home, addresses: Sequence[NatAddress]
) -> NetworkInterface:
    """Return the interface that AWS makes for a NAT gateway."""
    return NetworkInterface(
        **scope.bare(wire),
        vpc=scope.id,
        subnet=home.id,
        zone=home.zone,
        attachment_status="attached",
        interface_type="nat_gateway",
        description=f"Interface for NAT Gateway {gateway}",
        addresses=tuple(
            InterfaceAddress(private=one.private, public=one.public, is_primary=not row)
            for row, one in enumerate(addresses)
            if one.private is not None
        ),
        source_dest_check=False,
        is_service_owned=True,
    )
