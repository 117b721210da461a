"""YAML forms -> transit gateways, their attachments and route tables.

A peering between two transit gateways is written once, under one of them, and is an attachment of
both; the other one's has the same id, `@` and the gateway's, as it has in describe output.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netreach.model.connections import (
    AttachmentKind,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    TransitRouteTable,
)
from netreach.model.records import Resource
from netreach.sources.yaml_estate.connection_forms import (
    AttachmentForm,
    TransitGatewayForm,
    TransitRouteForm,
    TransitRoutes,
    TransitTableForm,
)
from netreach.sources.yaml_estate.names import DEFAULT_TABLE, hub_of
from netreach.sources.yaml_estate.phrases import (
    PhraseError,
    Reference,
    parse_destination,
    place_of,
)
from netreach.sources.yaml_estate.scope import Common
from netreach.sources.yaml_estate.whole import Whole

ATTACHMENT: Final = "transit-gateway-attachment"
TABLE: Final = "transit-gateway-route-table"

#: What `table: none` and `table: unknown` say.
_NO_TABLES: Final = {"none": "", "unknown": None}
_BLACKHOLE: Final = Reference("blackhole")
#: Attachments that propagate into the default table if nobody says what propagates [TG-1].
_PROPAGATING: Final = ("vpc", "vpn", "direct_connect", "connect")


def transit_gateways(whole: Whole) -> Iterator[Resource]:
    """Yield the transit gateways of an estate with all that belongs to them.

    Raises:
        PhraseError: something refers to nothing, or is said twice.
    """
    for key, form in whole.estate.transit_gateways.items():
        hub = Hub(whole, key, form)
        yield TransitGateway(
            **hub.common,
            state=form.state,
            vpn_ecmp=form.vpn_ecmp,
            references_groups=form.references_groups,
            is_multicast=form.multicast,
        )
        yield from hub.attachments()
        yield from hub.tables()


class Hub:
    """One transit gateway of an estate while its records are made."""

    def __init__(self, whole: Whole, key: str, form: TransitGatewayForm) -> None:
        """Find out how it is called."""
        self.whole, self.key, self.form = whole, key, form
        self.place = f"transit_gateways.{key}"
        self.common = whole.common("transit-gateway", "", key, form, form.region)
        self.id = self.common["id"]

    # -- attachments

    def attachments(self) -> Iterator[TransitAttachment]:
        """Yield its own attachments, and the far ends of those that are peerings."""
        for key, form in self.form.attachments.items():
            place = f"{self.place}.attachments.{key}"
            common = self._common(ATTACHMENT, key, form)
            if form.vpc is not None:
                yield self._of_vpc(form, form.vpc, common, place)
            elif form.connect is not None:
                yield self._of_appliances(form, form.connect, common, place)
            elif form.peer is not None:
                yield from self._peering(key, form, form.peer, common, place)
            else:
                yield self._of_site(form, common, place)

    def _common(self, kind: str, key: str, form: AttachmentForm | TransitTableForm) -> Common:
        found = self.whole.common(kind, self.key, key, form, self.common["region"])
        return found if form.account else Common({**found, "owner": self.common["owner"]})

    def _of_vpc(
        self, form: AttachmentForm, reference: Reference, common: Common, place: str
    ) -> TransitAttachment:
        vpc = self.whole.vpc(reference, f"{place}.vpc")
        key, written = self.whole.form_of(vpc)
        subnets = None
        if form.subnets != "unknown":
            subnets = tuple(
                self.whole.resolve("subnet", subnet, f"{place}.subnets.{number}", key)
                for number, subnet in enumerate(form.subnets)
            )
        return TransitAttachment(
            **common,
            gateway=self.id,
            kind=AttachmentKind.VPC,
            resource=vpc,
            resource_owner=self.whole.account_of(written),
            state=form.state,
            table=self.table_of(form.table, f"{place}.table"),
            subnets=subnets,
            is_appliance=form.appliance,
            supports_ipv6=form.ipv6,
            references_groups=form.references_groups,
        )

    def _of_site(self, form: AttachmentForm, common: Common, place: str) -> TransitAttachment:
        is_vpn = form.vpn is not None
        resource = ""
        if form.direct_connect is not None:
            name = form.direct_connect.name
            resource = self.whole.names.own("direct-connect-gateway", "", name) or name
        if is_vpn:
            resource = self.whole.resolve("vpn-connection", form.vpn, f"{place}.vpn")
        return TransitAttachment(
            **common,
            gateway=self.id,
            kind=AttachmentKind.VPN if is_vpn else AttachmentKind.DIRECT_CONNECT,
            resource=resource,
            resource_owner=common["owner"],
            state=form.state,
            table=self.table_of(form.table, f"{place}.table"),
        )

    def _of_appliances(
        self, form: AttachmentForm, reference: Reference, common: Common, place: str
    ) -> TransitAttachment:
        transport = self.whole.resolve(ATTACHMENT, reference, f"{place}.connect", self.key)
        return TransitAttachment(
            **common,
            gateway=self.id,
            kind=AttachmentKind.CONNECT,
            resource=transport,
            resource_owner=common["owner"],
            state=form.state,
            table=self.table_of(form.table, f"{place}.table"),
            transport=transport,
        )

    def _peering(
        self, key: str, form: AttachmentForm, reference: Reference, common: Common, place: str
    ) -> Iterator[TransitAttachment]:
        peer = self.whole.resolve("transit-gateway", reference, f"{place}.peer")
        far_key = hub_of(self.whole.estate, self.whole.names, reference)
        far = far_key and Hub(self.whole, far_key, self.whole.estate.transit_gateways[far_key])
        near_table = self.table_of(form.table, f"{place}.table")
        yield self.end(form, common, far or None, peer, near_table)
        if far:
            name = self.whole.names.own(ATTACHMENT, far.key, key) or ""
            far_common = Common({**common, "id": name, "region": far.common["region"]})
            far_table = far.table_of(form.peer_table, f"{place}.peer_table")
            yield far.end(form, far_common, self, self.id, far_table)

    def end(
        self, form: AttachmentForm, common: Common, far: Hub | None, peer: str, table: str | None
    ) -> TransitAttachment:
        """Return one end of a peering."""
        return TransitAttachment(
            **common,
            gateway=self.id,
            kind=AttachmentKind.PEERING,
            resource=peer,
            resource_owner=far.common["owner"] if far else "",
            state=form.state,
            table=table,
            peer=peer,
            peer_region=far.common["region"] if far else "",
        )

    def table_of(self, reference: Reference | None, place: str) -> str | None:
        """Return the table of an attachment: the one it names, else the default one."""
        if reference is None:
            return self._default("default_association")
        if reference.name in _NO_TABLES and not reference.is_missing:
            return _NO_TABLES[reference.name]
        return self.whole.resolve(TABLE, reference, place, self.key)

    def _default(self, field: str) -> str:
        """Return the table that is the default one, or nothing."""
        names = self.whole.names
        if not self.form.tables:
            return names.own(TABLE, self.key, DEFAULT_TABLE) or ""
        chosen = [key for key, form in self.form.tables.items() if getattr(form, field)]
        if len(chosen) > 1:
            place = f"{self.place}.tables.{chosen[1]}.{field}"
            raise PhraseError(f"{chosen[0]} is the default table already", "keep one", place)
        return (names.own(TABLE, self.key, chosen[0]) or "") if chosen else ""

    # -- tables

    def tables(self) -> Iterator[TransitRouteTable]:
        """Yield its tables; if none is written, the default one that AWS makes."""
        for key, form in self.form.tables.items():
            yield self._route_table(key, form)
        if not self.form.tables:
            ties = (
                self.whole.names.own(ATTACHMENT, self.key, key) or ""
                for key, form in self.form.attachments.items()
                if any(getattr(form, field) is not None for field in _PROPAGATING)
            )
            yield TransitRouteTable(
                id=self._default(""),
                owner=self.common["owner"],
                region=self.common["region"],
                gateway=self.id,
                static_routes=(),
                propagations=tuple(ties),
                is_default_association=True,
                is_default_propagation=True,
            )

    def _route_table(self, key: str, form: TransitTableForm) -> TransitRouteTable:
        place = f"{self.place}.tables.{key}"
        static: tuple[TransitRoute, ...] | None = None
        if form.routes != "unknown":
            static = self._routes(form.routes, f"{place}.routes", is_static=True)
        propagated = None
        if form.propagated is not None:
            propagated = self._routes(form.propagated, f"{place}.propagated", is_static=False)
        propagations = None
        if form.propagations != "unknown":
            propagations = self._ties(form.propagations, f"{place}.propagations")
        return TransitRouteTable(
            **self._common(TABLE, key, form),
            gateway=self.id,
            static_routes=static,
            propagated_routes=propagated,
            propagations=propagations,
            is_default_association=form.default_association,
            is_default_propagation=form.default_propagation,
        )

    def _routes(
        self, routes: TransitRoutes, place: str, *, is_static: bool
    ) -> tuple[TransitRoute, ...]:
        return tuple(
            self._route(text, item, f"{place}.{place_of(text)}", is_static=is_static)
            for text, item in routes.items()
        )

    def _route(
        self,
        text: str,
        item: Reference | list[Reference] | TransitRouteForm,
        place: str,
        *,
        is_static: bool,
    ) -> TransitRoute:
        try:
            covered = parse_destination(text)
        except PhraseError as error:
            raise PhraseError(error.what, error.mend, place) from None
        ties, state = _ways(item)
        lists = covered.prefix_list
        return TransitRoute(
            destination=covered.prefix,
            prefix_list=self.whole.resolve("prefix-list", lists, place),
            state=state,
            is_static=is_static,
            attachments=self._ties(ties, place),
        )

    def _ties(self, references: list[Reference], place: str) -> tuple[str, ...]:
        return tuple(self.whole.resolve(ATTACHMENT, each, place, self.key) for each in references)


def _ways(item: Reference | list[Reference] | TransitRouteForm) -> tuple[list[Reference], str]:
    """Return the attachments and the state of a route."""
    if isinstance(item, TransitRouteForm):
        return item.attachments, item.state
    if isinstance(item, list):
        return item, "active"
    return ([], "blackhole") if item == _BLACKHOLE else ([item], "active")
