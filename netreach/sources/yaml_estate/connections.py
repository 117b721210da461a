"""YAML forms -> peerings and VPN."""

from __future__ import annotations

from collections.abc import Iterator

from netreach.model.connections import (
    CustomerGateway,
    DirectConnectAssociation,
    DirectConnectGateway,
    PeeredVpc,
    VirtualInterface,
    VpcPeering,
    VpnConnection,
    VpnGateway,
)
from netreach.model.records import Attachment, Resource
from netreach.sources.yaml_estate.connection_forms import (
    DirectConnectTieForm,
    PeeredVpcForm,
    VpnGatewayForm,
)
from netreach.sources.yaml_estate.phrases import Reference
from netreach.sources.yaml_estate.whole import Whole


def connections(whole: Whole) -> Iterator[Resource]:
    """Yield the peerings of an estate, its VPN and its Direct Connect.

    Raises:
        PhraseError: one of them refers to nothing.
    """
    yield from _peerings(whole)
    yield from _vpn_gateways(whole)
    yield from _customer_gateways(whole)
    yield from _vpn_connections(whole)
    yield from _direct_connect_gateways(whole)
    yield from _virtual_interfaces(whole)


def _peerings(whole: Whole) -> Iterator[VpcPeering]:
    for key, form in whole.estate.peerings.items():
        place = f"peerings.{key}"
        requester = _side(whole, form.requester, f"{place}.requester")
        yield VpcPeering(
            **whole.common("vpc-peering-connection", "", key, form, requester.region),
            requester=requester,
            accepter=_side(whole, form.accepter, f"{place}.accepter"),
            state=form.state,
        )


def _side(whole: Whole, side: Reference | PeeredVpcForm, place: str) -> PeeredVpc:
    form = side if isinstance(side, PeeredVpcForm) else PeeredVpcForm.model_construct(vpc=side)
    vpc = whole.vpc(form.vpc, place)
    _, written = whole.form_of(vpc)
    blocks = written.prefixes if written and form.cidrs is None else form.cidrs or ()
    return PeeredVpc(
        vpc=vpc,
        owner=form.account or whole.account_of(written),
        region=form.region or whole.region_of(written),
        prefixes=tuple(sorted(blocks, key=lambda block: block.family)),
        resolves_remote_names=form.resolves_remote_names,
    )


def _vpn_gateways(whole: Whole) -> Iterator[VpnGateway]:
    for key, form in whole.estate.vpn_gateways.items():
        yield VpnGateway(
            **whole.common("vpn-gateway", "", key, form, form.region),
            attachments=tuple(_ties(whole, form, f"vpn_gateways.{key}.vpc")),
            state=form.state,
            asn=form.asn,
        )


def _ties(whole: Whole, form: VpnGatewayForm, place: str) -> Iterator[Attachment]:
    if form.vpc is not None and form.attachment != "detached":
        state = "available" if form.attachment == "attached" else form.attachment
        yield Attachment(vpc=whole.vpc(form.vpc, place), state=state)


def _customer_gateways(whole: Whole) -> Iterator[CustomerGateway]:
    for key, form in whole.estate.customer_gateways.items():
        yield CustomerGateway(
            **whole.common("customer-gateway", "", key, form, form.region),
            address=form.address,
            state=form.state,
            asn=form.asn,
        )


def _vpn_connections(whole: Whole) -> Iterator[VpnConnection]:
    for key, form in whole.estate.vpn_connections.items():
        place = f"vpn_connections.{key}"
        yield VpnConnection(
            **whole.common("vpn-connection", "", key, form, form.region),
            customer_gateway=whole.resolve(
                "customer-gateway", form.customer_gateway, f"{place}.customer_gateway"
            ),
            vpn_gateway=whole.resolve("vpn-gateway", form.vpn_gateway, f"{place}.vpn_gateway"),
            transit_gateway=whole.resolve(
                "transit-gateway", form.transit_gateway, f"{place}.transit_gateway"
            ),
            state=form.state,
            is_static=form.static,
            routes=tuple(form.routes),
            tunnels_up=form.tunnels_up,
            family=6 if form.ipv6 else 4,
            aws_side=form.aws_side,
            site_side=form.site_side,
        )


def _direct_connect_gateways(whole: Whole) -> Iterator[DirectConnectGateway]:
    for key, form in whole.estate.direct_connect_gateways.items():
        ties = None
        if form.associations != "unknown":
            place = f"direct_connect_gateways.{key}.associations"
            ties = tuple(
                _direct_connect_tie(whole, tie, f"{place}.{row}")
                for row, tie in enumerate(form.associations)
            )
        yield DirectConnectGateway(
            **whole.common("direct-connect-gateway", "", key, form, None),
            state=form.state,
            asn=form.asn,
            associations=ties,
        )


def _direct_connect_tie(
    whole: Whole, form: DirectConnectTieForm, place: str
) -> DirectConnectAssociation:
    ends = (
        whole.resolve("vpn-gateway", form.vpn_gateway, f"{place}.vpn_gateway"),
        whole.resolve("transit-gateway", form.transit_gateway, f"{place}.transit_gateway"),
    )
    return DirectConnectAssociation(
        gateway=next(filter(None, ends)), state=form.state, allowed=tuple(form.allowed)
    )


def _virtual_interfaces(whole: Whole) -> Iterator[VirtualInterface]:
    for key, form in whole.estate.virtual_interfaces.items():
        place = f"virtual_interfaces.{key}"
        yield VirtualInterface(
            **whole.common("virtual-interface", "", key, form, form.region),
            kind=form.kind,
            state=form.state,
            direct_connect_gateway=whole.resolve(
                "direct-connect-gateway",
                form.direct_connect_gateway,
                f"{place}.direct_connect_gateway",
            ),
            vpn_gateway=whole.resolve("vpn-gateway", form.vpn_gateway, f"{place}.vpn_gateway"),
            is_up=form.up,
            families=tuple(form.families),
        )
